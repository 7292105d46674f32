//! How the form is divided: one page, tabs or steps; and the pages' titles above their sections on the sheet.

use edit::FormEdit;
use leptos::{ev, prelude::*};
use runtime::model::view::{Page, Pages, Turn};

use super::{Sheet, words as own};
use crate::ui::icon::icon;

/// The choice under the sheet.
pub fn divide(sheet: Sheet) -> AnyView {
    let turn = move || sheet.form().pages.map(|it| it.turn);
    let set = move |turn: Option<Turn>| {
        let view = sheet.view.get_untracked();
        let now = untrack(|| sheet.form().pages);
        let pages = turn.map(|turn| match now {
            Some(it) => Pages { turn, ..it },
            None => {
                let title = |n: &str| own::NEW_PAGE.fill_now(&[n]);
                let page = |n: &str| Page { id: String::new(), title: title(n) };
                Pages { turn, list: vec![page("1"), page("2")] }
            }
        });
        sheet.edit(FormEdit::Pages { view, pages });
    };
    let choice = move |label: crate::text::Text, wanted: Option<Turn>| {
        view! { <button type="button" aria-pressed=move || (turn() == wanted).to_string() on:click=move |_| set(wanted)>{label.get()}</button> }
    };
    view! {
        <div class="segmented" role="group" aria-label=own::DIVIDED.get()>
            {choice(own::ONE_PAGE, None)}{choice(own::TABS, Some(Turn::Tabs))}{choice(own::STEPS, Some(Turn::Steps))}
        </div>
        {move || turn().is_some().then(|| view! {
            <button type="button" class="button" on:click=move |_| change(sheet, &|it| {
                let title = own::NEW_PAGE.fill_now(&[&(it.list.len() + 1).to_string()]);
                it.list.push(Page { id: String::new(), title });
            })>{icon("plus")}{own::ADD_PAGE.get()}</button>
        })}
    }
    .into_any()
}

fn change(sheet: Sheet, act: &dyn Fn(&mut Pages)) {
    if let Some(mut pages) = untrack(|| sheet.form().pages) {
        act(&mut pages);
        sheet.edit(FormEdit::Pages { view: sheet.view.get_untracked(), pages: Some(pages) });
    }
}

/// A page's title on the sheet, with what can be done to the page.
pub fn head(sheet: Sheet, at: usize, page: &Page, last: bool) -> AnyView {
    let address = format!("page/{}/{}/{}", sheet.module.get_value(), sheet.view.get_untracked(), page.id);
    let title = sheet.desk.document.with(|it| sheet.desk.words(it, &address, &page.title));
    let rename = move |event: ev::Event| {
        let title = event_target_value(&event);
        let mut pages = untrack(|| sheet.form().pages).unwrap_or_default();
        if let Some(it) = pages.list.get_mut(at) {
            it.title.clone_from(&title);
        }
        let own = FormEdit::Pages { view: sheet.view.get_untracked(), pages: Some(pages) };
        sheet.name(own, &address, &title);
    };
    view! {
        <div class="page-strip" data-page=page.id.clone()>
            <span class="step-number">{at + 1}</span>
            <input class="input" type="text" aria-label=own::PAGE_TITLE.get() prop:value=title on:change=rename/>
            <button type="button" class="button plain icon-only small" aria-label=crate::studio::words::MOVE_UP.get() disabled=at == 0 on:click=move |_| {
                change(sheet, &|it| if at > 0 && at < it.list.len() { it.list.swap(at, at - 1) });
            }>{icon("up")}</button>
            <button type="button" class="button plain icon-only small" aria-label=own::REMOVE_PAGE.get() title=own::REMOVE_PAGE.get() disabled=last on:click=move |_| {
                change(sheet, &|it| if at < it.list.len() { it.list.remove(at); });
            }>{icon("trash")}</button>
        </div>
    }
    .into_any()
}

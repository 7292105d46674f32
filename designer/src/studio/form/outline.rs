//! The form as a tree: pages, sections, fields. A click or Enter selects; Alt and the arrow keys move what is selected.

use leptos::{ev, prelude::*};
use runtime::model::view::{Page, Section};
use wasm_bindgen::JsCast;

use super::{Sheet, side, stage, words as own};
use crate::studio::words;
use crate::ui::icon::icon;
use edit::FormEdit;
use edit::field::FieldKind;

/// The tree.
#[component]
pub fn Outline(sheet: Sheet) -> impl IntoView {
    let shown = Memo::new(move |_| (sheet.form(), crate::app::app().lang.get()));
    let keys = move |event: ev::KeyboardEvent| walk(sheet, &event);
    view! {
        <div class="form-outline" role="tree" aria-label=own::OUTLINE.get() aria-multiselectable="true" on:keydown=keys>
            {move || {
                let (form, _) = shown.get();
                untrack(|| {
                    let branch = |page: Option<&Page>| {
                        let on = |it: &&(usize, &Section)| page.is_none() || form.page_of(it.1) == page;
                        let sections: Vec<(usize, &Section)> = form.sections.iter().enumerate().collect();
                        let items = sections.iter().filter(on).map(|(at, it)| section(sheet, *at, it, usize::from(page.is_some()))).collect_view();
                        let title = page.map(|it| view! { <div class="outline-page">{icon("fold")}<span class="clip">{it.title.clone()}</span></div> });
                        view! { {title}{items} }
                    };
                    match &form.pages {
                        Some(pages) => pages.list.iter().map(|it| branch(Some(it))).collect_view().into_any(),
                        None => branch(None).into_any(),
                    }
                })
            }}
        </div>
    }
}

fn section(sheet: Sheet, at: usize, it: &Section, level: usize) -> impl IntoView + use<> {
    let name = StoredValue::new(format!("section:{at}"));
    let address = format!("section/{}/{}/{}", sheet.module.get_value(), sheet.view.get_untracked(), it.id);
    let title = sheet.desk.document.with(|document| sheet.desk.words(document, &address, &it.title));
    let title = if title.trim().is_empty() { words::SECTION.read().to_owned() } else { title };
    let chosen = move || name.with_value(|it| sheet.is_chosen(it));
    let fields = it.fields.iter().map(|it| field(sheet, it.field.0.clone(), level + 1)).collect_view();
    let linked = it.linked.as_ref().map(|it| {
        let title = sheet.modules().into_iter().find(|other| other.0 == it.module.0).map_or_else(|| it.module.0.clone(), |it| it.1);
        view! { <div class="outline-note" style:padding-inline-start=format!("{}px", 22 + level * 14)>{icon("link")}<span class="clip">{title}</span></div> }
    });
    view! {
        <button type="button" role="treeitem" class="outline-item" style:padding-inline-start=format!("{}px", 6 + level * 14) data-outline=name.get_value()
            attr:aria-level=(level + 1).to_string() aria-selected=move || chosen().to_string() tabindex=move || if chosen() { "0" } else { "-1" }
            on:click=move |_| {
                sheet.select(&name.get_value());
                sheet.panel.set(None);
            }>{icon("columns")}<span class="clip">{title}</span></button>
        {fields}{linked}
    }
}

fn field(sheet: Sheet, key: String, level: usize) -> impl IntoView {
    let kind = sheet.field(&key).map_or(FieldKind::Text, |it| FieldKind::of(&it));
    let key = StoredValue::new(key);
    // It may be called otherwise while the form stays the same.
    let label = move || key.with_value(|it| sheet.label(it));
    let chosen = move || key.with_value(|it| sheet.is_chosen(it));
    view! {
        <button type="button" role="treeitem" class="outline-item" style:padding-inline-start=format!("{}px", 6 + level * 14) data-outline=key.get_value()
            attr:aria-level=(level + 1).to_string() aria-selected=move || chosen().to_string() tabindex=move || if chosen() { "0" } else { "-1" }
            on:click=move |event| {
                let key = key.get_value();
                if event.ctrl_key() || event.meta_key() || sheet.several.get_untracked() {
                    sheet.toggle(&key);
                } else if event.shift_key() {
                    sheet.extend(&key);
                } else {
                    sheet.select(&key);
                    sheet.panel.set(None);
                }
                stage::reveal(&key);
            }>{icon(side::symbol(&kind))}<span class="clip">{label}</span></button>
    }
}

/// Arrow keys go through the tree; with Alt they move what is selected.
fn walk(sheet: Sheet, event: &web_sys::KeyboardEvent) {
    let step: i64 = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let selected = untrack(|| sheet.selected());
    if event.alt_key() {
        match selected.as_deref().and_then(|it| it.strip_prefix("section:")?.parse::<usize>().ok()) {
            Some(at) => {
                let to = at as i64 + step;
                let many = untrack(|| sheet.form().sections.len()) as i64;
                if (0..many).contains(&to) {
                    sheet.edit(FormEdit::MoveSection {
                        view: sheet.view.get_untracked(),
                        section: at,
                        to: to as usize,
                    });
                    sheet.select(&format!("section:{to}"));
                }
            }
            None => stage::shift(sheet, step),
        }
        return refocus(selected);
    }
    let Ok(all) = document().query_selector_all(".form-outline [role=treeitem]") else { return };
    let items: Vec<web_sys::HtmlElement> = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let here = items.iter().position(|it| Some(it.as_ref()) == active.as_ref()).map_or(-1, |it| it as i64);
    if let Some(it) = usize::try_from(here + step).ok().and_then(|it| items.get(it)) {
        if let Some(key) = it.get_attribute("data-outline") {
            if event.shift_key() { sheet.extend(&key) } else { sheet.select(&key) }
        }
        let _ = it.focus();
    }
}

fn refocus(selected: Option<String>) {
    let Some(it) = selected else { return };
    request_animation_frame(move || {
        let found = document().query_selector(&format!(".form-outline [data-outline=\"{it}\"]")).ok().flatten();
        if let Some(it) = found.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = it.focus();
        }
    });
}

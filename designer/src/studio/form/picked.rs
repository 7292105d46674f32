//! What can be done with the selected fields, as buttons above the dock of a small screen: what keys and the clipboard's own
//! gestures do elsewhere.

use leptos::prelude::*;

use super::{Sheet, clipboard, stage, words as own};
use crate::studio::words;
use crate::text::Text;
use crate::ui::icon::icon;

/// The buttons.
pub fn picked(sheet: Sheet) -> impl IntoView {
    let fields = Memo::new(move |_| sheet.chosen_fields().len());
    let none = move || fields.get() == 0;
    let button = move |symbol: &'static str, words: Text, act: fn(Sheet)| {
        view! { <button type="button" class="button plain icon-only" aria-label=words.get() title=words.get() disabled=none on:click=move |_| act(sheet)>{icon(symbol)}</button> }
    };
    view! {
        <div class="dock-tools" role="group" aria-label=own::WITH_CHOSEN.get()>
            <button type="button" class="button plain icon-only" class:on=move || sheet.several.get() aria-label=own::SEVERAL.get() title=own::SEVERAL.get()
                aria-pressed=move || sheet.several.get().to_string() on:click=move |_| sheet.several.update(|it| *it = !*it)>{icon("check")}</button>
            <span role="status">{move || (fields.get() > 1).then(|| {
                let count = fields.get().to_string();
                view! { <span class="badge" aria-hidden="true">{count.clone()}</span><span class="unseen">{own::CHOSEN.fill(&[&count])}</span> }
            })}</span>
            {button("up", words::MOVE_UP, |it| stage::shift(it, -1))}
            {button("down", words::MOVE_DOWN, |it| stage::shift(it, 1))}
            {button("pencil", words::RENAME, |it| it.naming.set(untrack(|| it.selected())))}
            {button("copy", own::COPY, clipboard::copy)}
            <button type="button" class="button plain icon-only" aria-label=own::PASTE.get() title=own::PASTE.get() on:click=move |_| clipboard::paste(sheet)>{icon("paste")}</button>
            {button("plus", own::DUPLICATE, clipboard::duplicate)}
            {button("trash", words::TAKE_OFF, stage::take_off)}
        </div>
    }
}

//! A click anywhere in a row of a table is one on what the row leads to, unless text is being marked there.

use leptos::ev;
use leptos::prelude::{request_animation_frame, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What a click on its own does already.
const OWN: &str = "a, button, input, select, label, summary";

/// For the clicks of a table's body.
pub fn follow(event: ev::MouseEvent) {
    let Some(at) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else { return };
    let own = at.closest(OWN).ok().flatten().is_some();
    let marked = window().get_selection().ok().flatten().is_some_and(|it| !it.is_collapsed());
    if own || marked || event.default_prevented() {
        return;
    }
    let row = at.closest("tr").ok().flatten();
    let link = row.and_then(|it| it.query_selector("a.row-link, button:has(.row-link)").ok().flatten());
    let Some(link) = link.and_then(|it| it.dyn_into::<HtmlElement>().ok()) else { return };
    match link.get_attribute("href") {
        Some(href) if event.ctrl_key() || event.meta_key() => {
            let _ = window().open_with_url_and_target(&href, "_blank");
        }
        // Not within this click: it would come back to where it is being heard.
        Some(_) | None => request_animation_frame(move || link.click()),
    }
}

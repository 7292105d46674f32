//! What is drawn anew keeps the keyboard's place: without it whoever works by keys begins at the top of the page again.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Called before something is drawn anew: where the focus was inside of an element that is marked by this attribute, it goes
/// to the one with the same mark afterwards, unless it is somewhere else by then.
pub fn keep(mark: &'static str) {
    let Some(active) = document().active_element() else { return };
    let Some(key) = active.closest(&format!("[{mark}]")).ok().flatten().and_then(|it| it.get_attribute(mark)) else {
        return;
    };
    request_animation_frame(move || {
        if document().active_element().is_none_or(|it| it.tag_name() == "BODY") {
            to(mark, &key);
        }
    });
}

/// Focuses what is marked so.
fn to(mark: &str, key: &str) {
    let Ok(all) = document().query_selector_all(&format!("[{mark}]")) else { return };
    let marked = |it: &web_sys::HtmlElement| it.get_attribute(mark).as_deref() == Some(key);
    let found = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<web_sys::HtmlElement>().ok()).find(marked);
    if let Some(it) = found {
        let _ = it.focus();
    }
}

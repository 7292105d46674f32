//! Copy, cut and paste through the system's clipboard, so that elements travel between flows, packs and browser tabs.

use std::collections::BTreeSet;

use edit::FlowEdit;
use edit::clip::{self, Clip};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::gesture::Gesture;
use super::hand::{middle, reveal};
use super::{Canvas, words};
use crate::app::{Tone, app};
use crate::later;

/// Hears the clipboard while the board has the focus.
pub fn listen(canvas: Canvas) {
    let copy = window_event_listener_untyped("copy", move |event| {
        if here(canvas) && later::copied(canvas, &event) {
            event.prevent_default();
        }
    });
    let cut = window_event_listener_untyped("cut", move |event| {
        if here(canvas) && later::copied(canvas, &event) {
            event.prevent_default();
            later::hand(canvas, Gesture::Delete);
        }
    });
    let paste = window_event_listener_untyped("paste", move |event| {
        if here(canvas) {
            event.prevent_default();
            // The event's clipboard is empty once it is over.
            let text = clipboard(&event, "getData")
                .and_then(|(data, get)| get.call1(&data, &"text/plain".into()).ok()?.as_string());
            later::hand(canvas, Gesture::Paste(text.unwrap_or_default()));
        }
    });
    on_cleanup(move || {
        copy.remove();
        cut.remove();
        paste.remove();
    });
}

fn here(canvas: Canvas) -> bool {
    let board = canvas.board.try_get_untracked().flatten();
    let active = document().active_element();
    board.is_some_and(|board| active.is_some_and(|it| it == *board.unchecked_ref::<web_sys::Element>()))
}

/// The event's clipboard and one of its functions.
fn clipboard(event: &web_sys::Event, name: &str) -> Option<(JsValue, Function)> {
    let data = Reflect::get(event, &"clipboardData".into()).ok()?;
    let function = Reflect::get(&data, &name.into()).ok()?.dyn_into().ok()?;
    Some((data, function))
}

/// Puts what is selected into the clipboard.
pub fn copied(canvas: Canvas, event: &web_sys::Event) -> bool {
    let selection: BTreeSet<String> = canvas.selection();
    let Some(clip) = canvas.desk.document.with_untracked(|it| clip::copy(it, &canvas.key.get_value(), &selection))
    else {
        return false;
    };
    let Some((data, set)) = clipboard(event, "setData") else { return false };
    let done = set.call2(&data, &"text/plain".into(), &clip.text().into()).is_ok();
    if done {
        app().toast(Tone::Info, words::COPIED.fill_now(&[&selection.len().to_string()]));
    }
    done
}

/// Puts what was copied where the pointer is.
pub fn paste(canvas: Canvas, text: &str) {
    let Some(clip) = Clip::read(text) else {
        return app().toast(Tone::Info, words::NOTHING_TO_PASTE.now());
    };
    let at = canvas.pointer.get_value().unwrap_or_else(|| middle(canvas));
    if canvas.edit(FlowEdit::Paste { clip: Box::new(clip), at, plane: canvas.plane.get_untracked() }) {
        reveal(canvas);
    }
}

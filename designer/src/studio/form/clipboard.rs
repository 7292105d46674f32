//! Copy, cut and paste of fields through the system's clipboard: between forms, packs and browser tabs. A JSON Schema on
//! the clipboard becomes fields as well.

use edit::FormEdit;
use edit::form_clip::{self, FormClip};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{Sheet, stage, words as own};
use crate::app::{Tone, app, store, stored};

/// Hears the clipboard while the sheet or the outline has the focus.
pub fn listen(sheet: Sheet) {
    let copy = window_event_listener_untyped("copy", move |event| {
        if here() && copied(sheet, &event) {
            event.prevent_default();
        }
    });
    let cut = window_event_listener_untyped("cut", move |event| {
        if here() && copied(sheet, &event) {
            event.prevent_default();
            stage::take_off(sheet);
        }
    });
    let paste = window_event_listener_untyped("paste", move |event| {
        if here() {
            event.prevent_default();
            pasted(sheet, &event);
        }
    });
    on_cleanup(move || {
        copy.remove();
        cut.remove();
        paste.remove();
    });
}

/// Nothing that takes texts has the focus.
fn here() -> bool {
    let Some(active) = document().active_element() else { return false };
    let writing = matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    let inside =
        active.closest(".form-stage, .form-outline, body").ok().flatten().is_some_and(|it| it.tag_name() != "BODY");
    !writing && (inside || active.tag_name() == "BODY")
}

/// The event's clipboard and one of its functions.
fn clipboard(event: &web_sys::Event, name: &str) -> Option<(JsValue, Function)> {
    let data = Reflect::get(event, &"clipboardData".into()).ok()?;
    let function = Reflect::get(&data, &name.into()).ok()?.dyn_into().ok()?;
    Some((data, function))
}

fn clip(sheet: Sheet) -> Option<FormClip> {
    untrack(|| {
        let (module, view, chosen) = (sheet.module.get_value(), sheet.view.get(), sheet.chosen());
        sheet.desk.document.with(|it| form_clip::copy(it, &module, &view, &chosen))
    })
}

fn copied(sheet: Sheet, event: &web_sys::Event) -> bool {
    let Some(clip) = clip(sheet) else { return false };
    let Some((data, set)) = clipboard(event, "setData") else { return false };
    let done = set.call2(&data, &"text/plain".into(), &clip.text().into()).is_ok();
    if done {
        app().toast(Tone::Info, own::COPIED.fill_now(&[&clip.size().to_string()]));
    }
    done
}

fn pasted(sheet: Sheet, event: &web_sys::Event) {
    let text =
        clipboard(event, "getData").and_then(|(data, get)| get.call1(&data, &"text/plain".into()).ok()?.as_string());
    take(sheet, &text.unwrap_or_default());
}

/// Copies by a button. What was copied last is kept beside, for browsers that keep their clipboard to themselves.
pub fn copy(sheet: Sheet) {
    let Some(clip) = clip(sheet) else { return };
    let text = clip.text();
    store(KEPT, Some(&text));
    if let Some(system) = system() {
        let written = JsFuture::from(system.write_text(&text));
        spawn_local(async move {
            let _ = written.await;
        });
    }
    app().toast(Tone::Info, own::COPIED.fill_now(&[&clip.size().to_string()]));
}

/// Pastes by a button.
pub fn paste(sheet: Sheet) {
    let kept = || stored(KEPT);
    let Some(system) = system() else { return take(sheet, &kept().unwrap_or_default()) };
    let read = JsFuture::from(system.read_text());
    spawn_local(async move {
        let text = read.await.ok().and_then(|it| it.as_string()).filter(|it| !it.is_empty());
        take(sheet, &text.or_else(kept).unwrap_or_default());
    });
}

/// The system's clipboard; pages that did not come over TLS have none.
fn system() -> Option<web_sys::Clipboard> {
    let it = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
    it.is_object().then(|| it.unchecked_into())
}

/// Where what was copied is kept beside.
const KEPT: &str = "flowloom-fields";

/// Takes fields or a schema from a text.
pub fn take(sheet: Sheet, text: &str) {
    let (view, spot) = (sheet.view.get_untracked(), sheet.next_spot());
    let schema = || {
        let it: Value = runtime::plain::parse(text).ok()?;
        it.get("properties").is_some_and(Value::is_object).then_some(it)
    };
    let edit = if let Some(clip) = FormClip::read(text) {
        FormEdit::Paste { view, clip: Box::new(clip), spot }
    } else if let Some(schema) = schema() {
        FormEdit::TakeSchema { view, schema: Box::new(schema), spot }
    } else {
        return app().toast(Tone::Info, own::NOTHING_TO_PASTE.now());
    };
    sheet.edit_then(edit, move || reveal_selected(sheet));
}

fn reveal_selected(sheet: Sheet) {
    if let Some(it) = untrack(|| sheet.selected()) {
        stage::reveal(&it);
    }
}

/// The selected fields once more, behind themselves.
pub fn duplicate(sheet: Sheet) {
    if let Some(clip) = clip(sheet) {
        let (view, spot) = (sheet.view.get_untracked(), sheet.next_spot());
        sheet.edit_then(FormEdit::Paste { view, clip: Box::new(clip), spot }, move || reveal_selected(sheet));
    }
}

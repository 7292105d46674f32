//! Lines and blocks of text. Nothing is taken over while a word is being composed with an input method.

use leptos::{ev, prelude::*};
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::Input;
use crate::module::{Field, Kind, plain};

/// The value an input's text becomes: nothing for an empty one.
pub fn taken(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::String(text) }
}

/// Whether an `input` event comes from the middle of a composition.
pub fn composing(event: &ev::Event) -> bool {
    event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing)
}

fn longest(field: &Field) -> Option<String> {
    field.schema.get("maxLength").map(plain)
}

/// One line.
pub fn line(input: Input, field: &Field) -> AnyView {
    let (kind, mode, complete) = match field.kind {
        Kind::Phone => ("tel", "tel", "off"),
        Kind::Email => ("email", "email", "off"),
        Kind::Url => ("url", "url", "off"),
        _ => ("text", "text", "off"),
    };
    view! {
        <input class="input" id=input.id.get_value() type=kind inputmode=mode autocomplete=complete maxlength=longest(field)
            prop:value=move || plain(&input.value.get()) aria-label=input.aria_label() aria-invalid=input.aria_invalid()
            aria-describedby=input.aria_describedby() aria-required=input.aria_required() readonly=move || input.readonly.get()
            on:input=move |event| if !composing(&event) { input.set.run(taken(event_target_value(&event))) }
            on:compositionend=move |event| input.set.run(taken(event_target_value(&event)))
            on:blur=move |_| input.leave()/>
    }
    .into_any()
}

/// Several lines.
pub fn long(input: Input, field: &Field) -> AnyView {
    view! {
        <textarea class="input" id=input.id.get_value() rows=if input.compact { "1" } else { "3" } maxlength=longest(field)
            prop:value=move || plain(&input.value.get()) aria-label=input.aria_label() aria-invalid=input.aria_invalid()
            aria-describedby=input.aria_describedby() aria-required=input.aria_required() readonly=move || input.readonly.get()
            on:input=move |event| if !composing(&event) { input.set.run(taken(event_target_value(&event))) }
            on:compositionend=move |event| input.set.run(taken(event_target_value(&event)))
            on:blur=move |_| input.leave()></textarea>
    }
    .into_any()
}

/// What has no input of its own is edited as JSON.
pub fn json(input: Input) -> AnyView {
    let shown = move || match input.value.get() {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => serde_json::to_string_pretty(&other).unwrap_or_default(),
    };
    let take = move |text: String| {
        let value = if text.trim().is_empty() {
            Value::Null
        } else {
            runtime::plain::parse(&text).unwrap_or(Value::String(text))
        };
        input.set.run(value);
    };
    view! {
        <textarea class="input code" id=input.id.get_value() rows="4" spellcheck="false" prop:value=shown aria-label=input.aria_label()
            aria-invalid=input.aria_invalid() aria-describedby=input.aria_describedby()
            on:change=move |event| take(event_target_value(&event)) on:blur=move |_| input.leave()></textarea>
    }
    .into_any()
}

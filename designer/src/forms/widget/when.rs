//! Dates and times, by the browser's own inputs. A moment is shown in the person's time zone and stored in UTC.

use js_sys::Date;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsValue;

use super::Input;
use super::text_input::taken;
use crate::module::plain;

fn native(
    input: Input,
    kind: &'static str,
    shown: impl Fn(String) -> String + Send + Sync + 'static,
    back: impl Fn(String) -> Value + Clone + 'static,
) -> AnyView {
    view! {
        <input class="input num" id=input.id.get_value() type=kind prop:value=move || shown(plain(&input.value.get()))
            aria-label=input.aria_label() aria-invalid=input.aria_invalid() aria-describedby=input.aria_describedby()
            aria-required=input.aria_required() readonly=move || input.readonly.get() max=if kind == "date" { Some("9999-12-31") } else { None }
            on:change=move |event| input.set.run(back(event_target_value(&event))) on:blur=move |_| input.leave()/>
    }
    .into_any()
}

pub fn date(input: Input) -> AnyView {
    native(input, "date", |it| it, taken)
}

pub fn time(input: Input) -> AnyView {
    native(input, "time", |it| it, taken)
}

pub fn moment(input: Input) -> AnyView {
    let shown = |iso: String| {
        let date = Date::new(&JsValue::from_str(&iso));
        if iso.is_empty() || date.get_time().is_nan() {
            return String::new();
        }
        let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", date.get_hours(), date.get_minutes())
    };
    let back = |local: String| {
        let date = Date::new(&JsValue::from_str(&local));
        if local.is_empty() || date.get_time().is_nan() {
            Value::Null
        } else {
            Value::String(String::from(date.to_iso_string()))
        }
    };
    native(input, "datetime-local", shown, back)
}

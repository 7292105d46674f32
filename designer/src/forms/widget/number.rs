//! Numbers, money and scores. Decimals stay texts, digit for digit.

use leptos::prelude::*;
use serde_json::Value;

use super::Input;
use super::text_input::composing;
use crate::module::plain;
use crate::show;
use crate::ui::icon::icon;

/// How a field keeps its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// `integer`.
    Whole,
    /// `number`: as JSON has it.
    Number,
    /// `x-decimal`: a text, digit for digit.
    Text,
}

impl Digits {
    /// As the schema of a field says.
    pub fn of(schema: &Value) -> Self {
        let is = |name: &str| match &schema["type"] {
            Value::String(it) => it == name,
            Value::Array(all) => all.iter().any(|it| it == name),
            _other => false,
        };
        if is("integer") {
            Digits::Whole
        } else if is("number") {
            Digits::Number
        } else {
            Digits::Text
        }
    }
}

/// A text as a JSON number.
fn parsed(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| serde_json::Number::from_f64(text.parse().ok()?).map(Value::Number))
}

/// What was typed, as it is stored: without grouping, full-width digits as plain ones. What is no number stays as
/// typed, so that it can be marked and corrected; so does, until the person leaves, what a number would show otherwise (`1.`).
fn taken(text: &str, digits: Digits) -> Value {
    let clean: String = text
        .trim()
        .chars()
        .filter(|it| !matches!(it, ',' | '，' | ' ' | '\u{a0}'))
        .map(|it| match it {
            '０'..='９' => char::from_digit(it as u32 - '０' as u32, 10).unwrap_or(it),
            '．' | '。' => '.',
            '－' | '−' => '-',
            other => other,
        })
        .collect();
    if clean.is_empty() {
        return Value::Null;
    }
    match digits {
        Digits::Whole => clean.parse::<i64>().map_or(Value::String(clean), Value::from),
        Digits::Number => match parsed(&clean) {
            // As it is written: what would lose a digit stays a text.
            Some(it) if serde_json::to_string(&it).is_ok_and(|it| it == clean) => it,
            Some(_) | None => Value::String(clean),
        },
        Digits::Text => Value::String(clean),
    }
}

/// A whole number or a decimal; money with its sign before it.
pub fn number(input: Input, digits: Digits, currency: Option<String>) -> AnyView {
    let typing = RwSignal::new(false);
    let shown = move || {
        let text = plain(&input.value.get());
        if typing.get() { text } else { show::number(&text, None).replace('\u{2212}', "-") }
    };
    let sign = currency.map(|it| match it.as_str() {
        "CNY" | "" => "¥".to_owned(),
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        _ => it,
    });
    let money = sign.is_some();
    view! {
        <div class="number-box" class:money=money>
            {sign.map(|it| view! { <span class="sign" aria-hidden="true">{it}</span> })}
            <input class="input num" id=input.id.get_value() type="text" inputmode=if digits == Digits::Whole { "numeric" } else { "decimal" } autocomplete="off"
                prop:value=shown aria-label=input.aria_label() aria-invalid=input.aria_invalid() aria-describedby=input.aria_describedby()
                aria-required=input.aria_required() readonly=move || input.readonly.get()
                on:focus=move |_| typing.set(true)
                on:input=move |event| if !composing(&event) { input.set.run(taken(&event_target_value(&event), digits)) }
                on:compositionend=move |event| input.set.run(taken(&event_target_value(&event), digits))
                on:blur=move |_| {
                    typing.try_set(false);
                    if digits == Digits::Number
                        && let Some(Value::String(text)) = input.value.try_get_untracked()
                        && let Some(number) = parsed(&text)
                    {
                        let _ = input.set.try_run(number);
                    }
                    input.leave();
                }/>
        </div>
    }
    .into_any()
}

/// Stars; arrow keys choose, the chosen one again takes it back.
pub fn score(input: Input, most: u32) -> AnyView {
    let now = move || input.value.get().as_u64().unwrap_or_default();
    let name = input.id.get_value();
    view! {
        <div class="score" id=name.clone() tabindex="-1">
            {(1..=u64::from(most)).map(|it| {
                let name = name.clone();
                view! {
                    <label class:on=move || it <= now()>
                        <input class="sr" type="radio" name=name value=it.to_string() prop:checked=move || now() == it
                            on:change=move |_| input.set.run(Value::from(it)) on:blur=move |_| input.leave()/>
                        <span aria-hidden="true">"★"</span><span class="sr">{it.to_string()}</span>
                    </label>
                }
            }).collect_view()}
            {move || (now() > 0 && !input.required.get()).then(|| view! {
                <button type="button" class="button plain small icon-only" aria-label=crate::text::CLEAR.get()
                    on:click=move |_| input.set.run(Value::Null)>{icon("x")}</button>
            })}
        </div>
    }
    .into_any()
}

//! Numbers, money and scores. Decimals stay texts, digit for digit.

use leptos::prelude::*;
use serde_json::Value;

use super::Input;
use super::text_input::composing;
use crate::module::plain;
use crate::show;
use crate::ui::icon::icon;

/// What was typed, as it is stored: without grouping, full-width digits as plain ones. What is no number stays as
/// typed, so that it can be marked and corrected.
fn taken(text: &str, whole: bool) -> Value {
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
    if whole && let Ok(number) = clean.parse::<i64>() {
        return Value::from(number);
    }
    Value::String(clean)
}

/// A whole number or a decimal; money with its sign before it.
pub fn number(input: Input, whole: bool, currency: Option<String>) -> AnyView {
    let typing = RwSignal::new(false);
    let shown = move || {
        let digits = plain(&input.value.get());
        if typing.get() { digits } else { show::number(&digits, None).replace('\u{2212}', "-") }
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
            <input class="input num" id=input.id.get_value() type="text" inputmode=if whole { "numeric" } else { "decimal" } autocomplete="off"
                prop:value=shown aria-label=input.aria_label() aria-invalid=input.aria_invalid() aria-describedby=input.aria_describedby()
                aria-required=input.aria_required() readonly=move || input.readonly.get()
                on:focus=move |_| typing.set(true)
                on:input=move |event| if !composing(&event) { input.set.run(taken(&event_target_value(&event), whole)) }
                on:compositionend=move |event| input.set.run(taken(&event_target_value(&event), whole))
                on:blur=move |_| {
                    typing.try_set(false);
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

//! Values as people read them, in the language of the page: numbers, money and times by the browser's `Intl`,
//! choices and references by their names.

use std::collections::BTreeMap;

use js_sys::{Array, Date, Intl, Object, Reflect};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsValue;

use crate::app::Lang;
use crate::module::{Field, Kind, Module, plain};
use crate::text;
use crate::ui::icon::icon;

fn options(pairs: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in pairs {
        let _ = Reflect::set(&object, &JsValue::from_str(key), value);
    }
    object
}

fn locale(lang: Lang) -> Array {
    Array::of1(&JsValue::from_str(lang.tag()))
}

/// A decimal text with grouping, exact: the digits are never turned into a binary number.
pub fn number(digits: &str, places: Option<usize>) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("\u{2212}", rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.bytes().all(|it| it.is_ascii_digit()) || !rest.bytes().all(|it| it.is_ascii_digit()) {
        return digits.to_owned();
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let mut rest = rest.to_owned();
    if let Some(places) = places {
        while rest.len() < places {
            rest.push('0');
        }
    }
    if rest.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{rest}") }
}

/// Money with its currency: `¥1,000.00`.
pub fn money(digits: &str, currency: &str) -> String {
    let sign = match currency {
        "CNY" | "" => "¥",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        other => return format!("{other} {}", number(digits, Some(2))),
    };
    format!("{sign}{}", number(digits, Some(2)))
}

/// A date `2026-11-21`.
pub fn date(iso: &str, lang: Lang) -> String {
    let parts: Vec<u32> = iso.split('-').filter_map(|it| it.parse().ok()).collect();
    let &[year, month, day] = parts.as_slice() else { return iso.to_owned() };
    let date = Date::new_with_year_month_day(year, month as i32 - 1, day as i32);
    let long = options(&[("dateStyle", "medium".into())]);
    format(&date, lang, &long)
}

/// A moment in the person's own time zone.
pub fn moment(rfc3339: &str, lang: Lang) -> String {
    let date = Date::new(&JsValue::from_str(rfc3339));
    if date.get_time().is_nan() {
        return rfc3339.to_owned();
    }
    format(&date, lang, &options(&[("dateStyle", "medium".into()), ("timeStyle", "short".into())]))
}

/// A day in parts people name: `("weekday", "long")`, `("month", "short")` …
pub fn day(date: &Date, lang: Lang, parts: &[(&str, &str)]) -> String {
    let parts: Vec<(&str, JsValue)> = parts.iter().map(|(key, it)| (*key, JsValue::from_str(it))).collect();
    format(date, lang, &options(&parts))
}

fn format(date: &Date, lang: Lang, options: &Object) -> String {
    let format = Intl::DateTimeFormat::new(&locale(lang), options);
    format.format().call1(&JsValue::UNDEFINED, date).ok().and_then(|it| it.as_string()).unwrap_or_default()
}

/// How far away a moment is: `in 3 hours`, `2 天前`.
pub fn distance(rfc3339: &str, lang: Lang) -> String {
    let date = Date::new(&JsValue::from_str(rfc3339));
    let seconds = (date.get_time() - Date::now()) / 1000.0;
    if seconds.is_nan() {
        return String::new();
    }
    let (value, unit) = match seconds.abs() {
        it if it < 3_600.0 => (seconds / 60.0, "minute"),
        it if it < 86_400.0 => (seconds / 3_600.0, "hour"),
        // By the calendar: on a Saturday evening the morning of Monday is the day after tomorrow, not tomorrow.
        it if it < 2_592_000.0 => (day_of(&date) - day_of(&Date::new_0()), "day"),
        it if it < 31_536_000.0 => (seconds / 2_592_000.0, "month"),
        _ => (seconds / 31_536_000.0, "year"),
    };
    let format = Intl::RelativeTimeFormat::new(&locale(lang), &options(&[("numeric", "auto".into())]));
    String::from(format.format(value.trunc(), unit))
}

/// Which day it is here, counted from 1970.
fn day_of(date: &Date) -> f64 {
    ((date.get_time() / 60_000.0 - date.get_timezone_offset()) / 1_440.0).floor()
}

/// A moment, short, with the exact time as a tip.
pub fn ago(rfc3339: String) -> impl IntoView {
    let exact = rfc3339.clone();
    let iso = rfc3339.clone();
    view! {
        <time datetime=iso title=move || moment(&exact, crate::app::app().lang.get())>
            {move || distance(&rfc3339, crate::app::app().lang.get())}
        </time>
    }
}

/// A value in words; empty for nothing. `path` is `field` or `rows.column`.
pub fn words(
    module: &Module,
    path: &str,
    field: &Field,
    value: &Value,
    labels: &BTreeMap<String, String>,
    lang: Lang,
) -> String {
    let label = |id: &str| labels.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let each = |one: &dyn Fn(&str) -> String| match value {
        Value::Array(list) => {
            list.iter().map(|it| one(&plain(it))).collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
        }
        Value::Null => String::new(),
        Value::String(text) if text.is_empty() => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => one(&plain(value)),
    };
    match &field.kind {
        Kind::Choice(options) | Kind::Choices(options) => each(&|it| {
            let option = options.iter().find(|option| option.value == it);
            option.map_or_else(|| it.to_owned(), |option| module.option_title(path, option, lang))
        }),
        Kind::Dictionary { key, .. } => each(&|it| module.dictionary_title(key, it, lang)),
        Kind::Reference { .. } | Kind::User { .. } | Kind::Department { .. } | Kind::File { .. } => {
            each(&|it| label(it))
        }
        Kind::Money { currency } => each(&|it| money(it, currency)),
        Kind::Int | Kind::Decimal => each(&|it| number(it, None)),
        Kind::Date => each(&|it| date(it, lang)),
        Kind::DateTime => each(&|it| moment(it, lang)),
        Kind::Bool => match value {
            Value::Bool(true) => text::YES.of(lang).to_owned(),
            Value::Bool(false) => text::NO.of(lang).to_owned(),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => String::new(),
        },
        Kind::Rows(_) => match value.as_array().map_or(0, Vec::len) {
            0 => String::new(),
            count => text::ROWS_OF.of(lang).replace("{}", &count.to_string()),
        },
        Kind::Group(parts) => {
            let one = |part: &Field| {
                let path = format!("{path}.{}", part.key);
                words(module, &path, part, value.get(&part.key).unwrap_or(&Value::Null), labels, lang)
            };
            let parts: Vec<String> = parts.iter().map(one).filter(|it| !it.is_empty()).collect();
            parts.join(" ")
        }
        Kind::Score { most } => each(&|it| format!("{it} / {most}")),
        Kind::Text
        | Kind::Long
        | Kind::Time
        | Kind::Role
        | Kind::Phone
        | Kind::Email
        | Kind::Url
        | Kind::Words
        | Kind::Json => each(&|it| it.to_owned()),
    }
}

/// How a stage or a choice is coloured: by its place in the order of choices.
pub fn tone(options: &[crate::module::Pick], value: &str) -> &'static str {
    let at = options.iter().position(|it| it.value == value).unwrap_or_default();
    if at + 1 == options.len() {
        "success"
    } else if at == 0 {
        "info"
    } else {
        "accent"
    }
}

/// A value as it stands in a list or on a page.
pub fn cell(
    module: &Module,
    path: &str,
    field: &Field,
    value: &Value,
    labels: &BTreeMap<String, String>,
    lang: Lang,
) -> AnyView {
    let words = words(module, path, field, value, labels, lang);
    if words.is_empty() {
        return view! { <span class="faint" aria-label=text::EMPTY_VALUE.of(lang)>"–"</span> }.into_any();
    }
    match &field.kind {
        Kind::Choice(options) if module.stage() == Some(&field.key) => {
            view! { <span class=format!("badge {}", tone(options, &plain(value)))>{words}</span> }.into_any()
        }
        Kind::Choice(options) if is_severity(&field.key) => {
            let at = options.iter().position(|it| it.value == plain(value)).unwrap_or(9);
            let tone = ["danger", "warning"].get(at).copied().unwrap_or_default();
            view! { <span class=format!("badge {tone}")>{words}</span> }.into_any()
        }
        // No way into a dead end: a link only to what this person may read at all.
        Kind::Reference { module: other, many: false } if other != "*" && crate::shell::may_visit(other) => {
            view! { <a href=format!("/records/{other}/{}", plain(value))>{words}</a> }.into_any()
        }
        Kind::Email => view! { <a href=format!("mailto:{words}")>{words.clone()}</a> }.into_any(),
        Kind::Phone if !words.contains('*') => view! { <a class="num" href=format!("tel:{words}")>{words.clone()}</a> }.into_any(),
        Kind::Url if words.starts_with("http://") || words.starts_with("https://") => {
            view! { <a href=words.clone() target="_blank" rel="noopener noreferrer">{words.clone()}</a> }.into_any()
        }
        Kind::File { many: false } if field.widget.as_deref() == Some("signature") => {
            view! { <img class="signature-shown" src=format!("/api/files/{}?show=true", plain(value)) alt=words/> }.into_any()
        }
        Kind::File { .. } => {
            let one = |id: &Value| {
                let id = plain(id);
                let name = labels.get(&id).cloned().unwrap_or_else(|| id.clone());
                view! { <a class="file-link" href=format!("/api/files/{id}") download="">{icon("file")}{name}</a> }
            };
            let all: Vec<_> = value.as_array().map_or_else(|| vec![one(value)], |it| it.iter().map(one).collect());
            view! { <span class="file-links">{all}</span> }.into_any()
        }
        Kind::Bool if value == &Value::Bool(true) => view! { <span class="row">{icon("check")}{words}</span> }.into_any(),
        Kind::Score { most } => {
            let got = value.as_u64().unwrap_or_default();
            view! { <span class="stars" role="img" aria-label=words>{(1..=u64::from(*most)).map(|it| view! { <span class:on=it <= got>"★"</span> }).collect_view()}</span> }
                .into_any()
        }
        Kind::User { many: false } => view! { <span class="row"><span class="avatar" aria-hidden="true" data-initial=initial(&words)></span>{words}</span> }.into_any(),
        Kind::Int | Kind::Decimal | Kind::Money { .. } | Kind::Date | Kind::DateTime | Kind::Time => {
            view! { <span class="num nowrap">{words}</span> }.into_any()
        }
        Kind::Text | Kind::Long | Kind::Bool | Kind::Choice(_) | Kind::Choices(_) | Kind::Dictionary { .. } | Kind::Reference { .. }
        | Kind::User { .. } | Kind::Department { .. } | Kind::Role | Kind::Phone | Kind::Url | Kind::Group(_) | Kind::Rows(_)
        | Kind::Words | Kind::Json => words.into_any(),
    }
}

fn is_severity(key: &str) -> bool {
    matches!(key, "severity" | "priority" | "urgency")
}

/// What stands in an avatar.
pub fn initial(name: &str) -> String {
    name.chars().next().map(|it| it.to_uppercase().collect()).unwrap_or_default()
}

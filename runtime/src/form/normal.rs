//! One form for every value, whoever writes it: no surrounding spaces, blank is absent, decimals as exact texts,
//! moments in UTC. What cannot be read stays as it is, for the schema to refuse.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value};

use super::field::{Field, FieldKind};
use crate::script;
use crate::value;

/// How strict: a person's value is only tidied, a formula's is made to fit (rounded, cut to its day).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Given,
    Formula,
}

/// The value as it is stored; blank: none.
pub(super) fn normal(field: &Field, given: &Value, source: Source, zone: &TimeZone) -> Option<Value> {
    let made = match (&field.kind, given) {
        (_, Value::Null) => return None,
        (FieldKind::Long | FieldKind::Rich, Value::String(it)) => {
            Value::String(clean(&it.replace("\r\n", "\n"), true).trim_end().to_owned())
        }
        (FieldKind::Decimal { text: true }, _) => decimal(given, None, source),
        (FieldKind::Money { currency }, _) => decimal(given, Some(digits(currency)), source),
        (FieldKind::Decimal { text: false }, Value::String(_)) if source == Source::Formula => {
            value::decimal_of(given).map_or_else(|| given.clone(), value::from_decimal)
        }
        (FieldKind::Integer | FieldKind::Score { .. }, Value::Number(_) | Value::String(_)) => integer(given, source),
        (FieldKind::Date, Value::String(it)) => Value::String(date(it.trim(), source)),
        (FieldKind::DateTime, Value::String(it)) => Value::String(moment(it.trim(), zone)),
        (FieldKind::Time, Value::String(it)) => Value::String(it.trim().to_owned()),
        (FieldKind::Email, Value::String(it)) => Value::String(it.trim().to_owned()),
        (FieldKind::Url, Value::String(it)) => Value::String(url(it.trim())),
        (FieldKind::Phone, Value::String(it)) => Value::String(phone(it)),
        (FieldKind::Rows { columns }, Value::Array(rows)) => {
            Value::Array(rows.iter().filter_map(|row| self::row(columns, row, source, zone)).collect())
        }
        (FieldKind::Address { members }, Value::Object(_)) => row(members, given, source, zone)?,
        (
            FieldKind::MultiChoice { .. }
            | FieldKind::References { .. }
            | FieldKind::Users { .. }
            | FieldKind::Files
            | FieldKind::Dictionary { many: true, .. }
            | FieldKind::Department { many: true }
            | FieldKind::Role { many: true },
            Value::Array(items),
        ) => Value::Array(items.iter().filter(|it| !value::blank(it)).cloned().collect()),
        (_, Value::String(it)) => Value::String(clean(it, false).trim().to_owned()),
        (_, Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => given.clone(),
    };
    if value::blank(&made) { None } else { Some(made) }
}

/// A text without what nobody sees: control characters go, a line break where there is one line becomes a blank, and what
/// has nothing but marks of direction and width is no text. Inside others these stay: names and emoji are joined by them.
fn clean(text: &str, lines: bool) -> Cow<'_, str> {
    let control = |it: char| it.is_control() && !(lines && matches!(it, '\n' | '\t'));
    if text.contains(control) {
        let kept = text.chars().filter_map(|it| match it {
            '\n' | '\r' | '\t' if !lines => Some(' '),
            it if control(it) => None,
            it => Some(it),
        });
        let kept: String = kept.collect();
        return if kept.chars().all(unseen) { Cow::Borrowed("") } else { Cow::Owned(kept) };
    }
    if !text.is_ascii() && text.chars().all(unseen) { Cow::Borrowed("") } else { Cow::Borrowed(text) }
}

fn unseen(it: char) -> bool {
    it.is_whitespace()
        || matches!(it, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A row of a sub-table; one with nothing in it is none. Unknown members stay, for the schema to refuse.
fn row(columns: &[Field], given: &Value, source: Source, zone: &TimeZone) -> Option<Value> {
    let Value::Object(members) = given else { return Some(given.clone()) };
    let made: Map<String, Value> = members
        .iter()
        .filter_map(|(key, it)| {
            let made = match columns.iter().find(|column| column.key.as_str() == key) {
                Some(column) => normal(column, it, source, zone)?,
                None if value::blank(it) => return None,
                None => it.clone(),
            };
            Some((key.clone(), made))
        })
        .collect();
    (!made.is_empty()).then_some(Value::Object(made))
}

/// Digits after the point of a currency (ISO 4217).
fn digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" => 0,
        "BHD" | "KWD" | "OMR" | "JOD" | "TND" => 3,
        _ => 2,
    }
}

fn decimal(given: &Value, digits: Option<u32>, source: Source) -> Value {
    let Some(mut it) = value::decimal_of(given) else { return given.clone() };
    it = it.normalize();
    if let Some(digits) = digits {
        if source == Source::Formula {
            it = it.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
        }
        // Money always shows its digits; more than the currency has are left for the form to refuse.
        if it.scale() < digits {
            it.rescale(digits);
        }
    }
    Value::String(if it.is_zero() { it.abs() } else { it }.to_string())
}

/// True if an amount has more digits than its currency.
pub(super) fn too_fine(field: &Field, given: &Value) -> bool {
    let FieldKind::Money { currency } = &field.kind else { return false };
    value::decimal_of(given).is_some_and(|it| it.normalize().scale() > digits(currency))
}

fn integer(given: &Value, source: Source) -> Value {
    let Some(it) = value::decimal_of(given) else { return given.clone() };
    let round = it.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    match given {
        Value::String(_) if source == Source::Given => given.clone(),
        _ if source == Source::Formula || it == round => value::from_decimal(Decimal::normalize(&round)),
        _ => given.clone(),
    }
}

fn date(it: &str, source: Source) -> String {
    match it.get(..10) {
        Some(day) if source == Source::Formula && it.len() > 10 => day.to_owned(),
        _ => it.to_owned(),
    }
}

/// A moment in UTC, whole seconds. Without an offset it is taken in the catalog's zone.
fn moment(it: &str, zone: &TimeZone) -> String {
    if let Ok(at) = it.parse::<Timestamp>() {
        return script::moment(at);
    }
    let local = it.parse::<DateTime>().ok().filter(|_| it.len() > 10);
    local
        .and_then(|at| at.to_zoned(zone.clone()).ok())
        .map_or_else(|| it.to_owned(), |at| script::moment(at.timestamp()))
}

/// `www.example.com` becomes an address with a scheme; letters beyond ASCII are percent-encoded.
fn url(it: &str) -> String {
    let scheme = if it.is_empty() || it.contains(':') { "" } else { "https://" };
    let mut made = scheme.to_owned();
    for char in it.chars() {
        if char.is_ascii() && char != ' ' {
            made.push(char);
        } else {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                made.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    made
}

/// Full-width digits are digits.
fn phone(it: &str) -> String {
    it.trim()
        .chars()
        .map(|char| match char {
            '\u{ff10}'..='\u{ff19}' => char::from_digit(char as u32 - 0xff10, 10).unwrap_or(char),
            '\u{ff0b}' => '+',
            other => other,
        })
        .collect()
}

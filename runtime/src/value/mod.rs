//! Values between JSON and rhai. JSON integers become `i64`, other JSON numbers exact decimals; texts that a
//! form declares as decimals become decimals too, so that `data.amount > 1000` compares numbers.
//! Back: whole decimals and short ones become JSON numbers, longer ones texts; nothing loses a digit.

use std::collections::BTreeMap;
use std::str::FromStr;

use rhai::Dynamic;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Number, Value};

use crate::limits;

/// Which texts inside a value are decimals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// As JSON says.
    #[default]
    Any,
    /// A decimal in a text.
    Decimal,
    /// An object with such members; others are [`Shape::Any`].
    Object(BTreeMap<String, Shape>),
    /// An array of such items.
    Rows(Box<Shape>),
}

impl Shape {
    /// Which texts of a record of this schema are decimals.
    pub fn of(schema: &Value) -> Shape {
        if schema.get("format").and_then(Value::as_str) == Some("x-decimal") {
            return Shape::Decimal;
        }
        if let Some(items) = schema.get("items") {
            return Shape::Rows(Box::new(Shape::of(items)));
        }
        match schema.get("properties").and_then(Value::as_object) {
            Some(it) => Shape::Object(it.iter().map(|(key, it)| (key.clone(), Shape::of(it))).collect()),
            None => Shape::Any,
        }
    }

    /// The shape of one member.
    pub fn member(&self, key: &str) -> &Shape {
        match self {
            Shape::Object(members) => members.get(key).unwrap_or(&Shape::Any),
            Shape::Any | Shape::Decimal | Shape::Rows(_) => &Shape::Any,
        }
    }
}

/// JSON to rhai.
pub fn to_dynamic(value: &Value, shape: &Shape) -> Dynamic {
    into(value, shape, 0)
}

fn into(value: &Value, shape: &Shape, depth: usize) -> Dynamic {
    if depth > limits::JSON_DEPTH {
        return Dynamic::UNIT;
    }
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(it) => Dynamic::from(*it),
        Value::Number(it) => number(it),
        Value::String(it) => match shape {
            Shape::Decimal => decimal(it).map_or(Dynamic::UNIT, Dynamic::from_decimal),
            Shape::Any | Shape::Object(_) | Shape::Rows(_) => Dynamic::from(it.clone()),
        },
        Value::Array(items) => {
            let inner = match shape {
                Shape::Rows(inner) => inner,
                Shape::Any | Shape::Decimal | Shape::Object(_) => &Shape::Any,
            };
            Dynamic::from_array(items.iter().map(|it| into(it, inner, depth + 1)).collect())
        }
        Value::Object(members) => map(members, shape, depth),
    }
}

fn map(members: &Map<String, Value>, shape: &Shape, depth: usize) -> Dynamic {
    let it: rhai::Map =
        members.iter().map(|(key, value)| (key.as_str().into(), into(value, shape.member(key), depth + 1))).collect();
    Dynamic::from_map(it)
}

/// A whole object to rhai.
pub fn map_to_dynamic(members: &Map<String, Value>, shape: &Shape) -> Dynamic {
    map(members, shape, 0)
}

fn number(it: &Number) -> Dynamic {
    if let Some(whole) = it.as_i64() {
        return Dynamic::from(whole);
    }
    decimal(&it.to_string()).map_or(Dynamic::UNIT, Dynamic::from_decimal)
}

/// Reads a decimal as people and JSON write it: `12`, `-0.50`, `1e3`. None: not a decimal, or too large.
pub fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.is_empty() || text.len() > 64 || text.contains('_') {
        return None;
    }
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_str(text)).ok()
}

/// A JSON number or decimal text as decimal.
pub fn decimal_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(it) => decimal(&it.to_string()),
        Value::String(it) => decimal(it),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// rhai to JSON. Function pointers and the like become null.
pub fn from_dynamic(value: &Dynamic) -> Value {
    out(value, 0)
}

fn out(value: &Dynamic, depth: usize) -> Value {
    if depth > limits::JSON_DEPTH || value.is_unit() {
        return Value::Null;
    }
    if let Ok(it) = value.as_bool() {
        return Value::Bool(it);
    }
    if let Ok(it) = value.as_int() {
        return Value::from(it);
    }
    if let Ok(it) = value.as_decimal() {
        return from_decimal(it);
    }
    if let Ok(it) = value.as_char() {
        return Value::String(it.to_string());
    }
    if let Ok(it) = value.as_immutable_string_ref() {
        return Value::String(it.to_string());
    }
    if let Ok(items) = value.as_array_ref() {
        return Value::Array(items.iter().map(|it| out(it, depth + 1)).collect());
    }
    if let Ok(members) = value.as_map_ref() {
        return Value::Object(members.iter().map(|(key, it)| (key.to_string(), out(it, depth + 1))).collect());
    }
    Value::Null
}

/// A decimal as JSON: a number where JSON keeps it exactly, else a text.
pub fn from_decimal(it: Decimal) -> Value {
    let it = it.normalize();
    if it.scale() == 0 {
        return it.to_i64().map_or_else(|| Value::String(it.to_string()), Value::from);
    }
    if it.mantissa().unsigned_abs() < 1_000_000_000_000_000
        && let Some(number) = it.to_string().parse::<f64>().ok().and_then(Number::from_f64)
    {
        return Value::Number(number);
    }
    Value::String(it.to_string())
}

/// The same value, numbers compared as numbers (`1`, `1.0`), blanks all equal.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            x == y || decimal(&x.to_string()).is_some_and(|it| Some(it) == decimal(&y.to_string()))
        }
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Value::Object(x), Value::Object(y)) => {
            x.iter().all(|(key, value)| same(value, y.get(key).unwrap_or(&Value::Null)))
                && y.iter().all(|(key, value)| x.contains_key(key) || blank(value))
        }
        (Value::Null, other) | (other, Value::Null) => blank(other),
        (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_), _) => a == b,
    }
}

/// Not filled: null, empty text, empty list, empty object.
pub fn blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(it) => it.is_empty(),
        Value::Array(it) => it.is_empty(),
        Value::Object(it) => it.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn decimals_keep_every_digit_there_and_back() {
        let shape = Shape::Object([("amount".to_owned(), Shape::Decimal)].into());
        let it = to_dynamic(&json!({"amount": "0.10", "n": 7, "x": 0.1, "t": "0.10"}), &shape);
        assert_eq!(from_dynamic(&it), json!({"amount": 0.1, "n": 7, "x": 0.1, "t": "0.10"}));
        let long = decimal("123456789012345678.12").map(from_decimal);
        assert_eq!(long, Some(json!("123456789012345678.12")));
    }

    #[test]
    fn the_same_number_is_the_same_however_written() {
        assert!(same(&json!(1), &json!(1.0)));
        assert!(same(&json!(null), &json!("")));
        assert!(same(&json!({"a": 1}), &json!({"a": 1.0, "b": null})));
        assert!(!same(&json!("1"), &json!(1)));
    }
}

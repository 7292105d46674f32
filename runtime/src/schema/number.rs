//! Numbers of JSON, compared exactly where a decimal holds them.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::value;

/// A number; those too large or too small for a decimal stay floats.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Exact(Decimal),
    Float(f64),
}

impl Number {
    /// The number of a JSON value; none: it is no number.
    pub fn of(value: &Value) -> Option<Self> {
        let Value::Number(it) = value else { return None };
        let float = it.as_f64().unwrap_or(f64::NAN);
        // A decimal has 28 digits after the point: what is tiny would become nothing.
        if it.is_f64() && float != 0.0 && !(1e-12..1e27).contains(&float.abs()) {
            return Some(Self::Float(float));
        }
        Some(value::decimal(&it.to_string()).map_or(Self::Float(float), Self::Exact))
    }

    fn float(self) -> f64 {
        match self {
            Self::Exact(it) => it.to_string().parse().unwrap_or(f64::NAN),
            Self::Float(it) => it,
        }
    }

    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Some(a.cmp(&b)),
            _ => self.float().partial_cmp(&other.float()),
        }
    }

    pub fn is_whole(self) -> bool {
        match self {
            Self::Exact(it) => it.fract().is_zero(),
            Self::Float(it) => it.fract() == 0.0,
        }
    }

    pub fn is_multiple_of(self, of: Decimal) -> bool {
        match self {
            Self::Exact(it) => it.checked_rem(of).is_some_and(|it| it.is_zero()),
            Self::Float(it) => {
                let quotient = it / Self::Exact(of).float();
                quotient.is_finite() && quotient.fract() == 0.0
            }
        }
    }

    /// As faults show it.
    pub fn json(self) -> Value {
        match self {
            Self::Exact(it) => value::from_decimal(it),
            Self::Float(it) => Value::from(it),
        }
    }
}

/// Equal as JSON Schema says: numbers by value, members in any order.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => {
            Number::of(a).zip(Number::of(b)).is_some_and(|(a, b)| a.compare(b) == Some(Ordering::Equal))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

/// A text that is the same for equal values, for finding doubles among many.
pub(super) fn fingerprint(value: &Value, into: &mut String) {
    match value {
        Value::Null | Value::Bool(_) => into.push_str(&value.to_string()),
        Value::Number(_) => match Number::of(value) {
            Some(Number::Exact(it)) => into.push_str(&it.normalize().to_string()),
            Some(Number::Float(it)) => into.push_str(&format!("{it:e}")),
            None => {}
        },
        Value::String(it) => into.push_str(&Value::String(it.clone()).to_string()),
        Value::Array(items) => {
            into.push('[');
            for it in items {
                fingerprint(it, into);
                into.push(',');
            }
            into.push(']');
        }
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            into.push('{');
            for key in keys {
                into.push_str(&Value::String(key.clone()).to_string());
                into.push(':');
                fingerprint(&members[key], into);
                into.push(',');
            }
            into.push('}');
        }
    }
}

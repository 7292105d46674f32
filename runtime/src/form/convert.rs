//! A stored value as a field of another type would hold it: asked before a type changes, and done when the change is
//! published.

use serde_json::{Number, Value, json};

use super::field::{self, Field, FieldKind};
use crate::id::FieldKey;
use crate::schema::Schema;

/// A field with its schema compiled, ready for many values.
#[derive(Clone, Debug)]
pub struct Conversion {
    field: Field,
    schema: Schema,
}

impl Conversion {
    /// For a field of this schema; nothing where it cannot be read.
    pub fn new(schema: &Value) -> Option<Self> {
        let (compiled, faults) = Schema::compile(schema);
        if !crate::alert::publishable(&faults) {
            return None;
        }
        let field = field::fields(&json!({ "properties": { "it": schema } }))
            .into_iter()
            .find(|it| it.key == FieldKey::from("it"))?;
        Some(Self { field, schema: compiled })
    }

    /// The value as the field holds it; nothing where it neither fits nor can be converted.
    pub fn convert(&self, value: &Value) -> Option<Value> {
        let it = convert(value, &self.field.kind)?;
        self.schema.accepts(&it).then_some(it)
    }
}

/// Whether the two schemas are fields of different types.
pub fn is_another(before: &Value, now: &Value) -> bool {
    let kind = |schema: &Value| {
        field::fields(&json!({ "properties": { "it": schema } })).pop().map(|it| std::mem::discriminant(&it.kind))
    };
    kind(before) != kind(now)
}

/// By the type alone; whether length, range and choice are right the schema says.
fn convert(value: &Value, to: &FieldKind) -> Option<Value> {
    match to {
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Rich
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Url
        | FieldKind::Time
        | FieldKind::Number { .. } => text(value).map(Value::String),
        FieldKind::Integer | FieldKind::Score { .. } => whole(value).map(Value::from),
        FieldKind::Decimal { text: false } => {
            let digits = decimal(value)?;
            serde_json::from_str::<Number>(&digits).ok().map(Value::Number)
        }
        FieldKind::Decimal { text: true } | FieldKind::Money { .. } => decimal(value).map(Value::String),
        FieldKind::Bool => match value {
            Value::Bool(_) => Some(value.clone()),
            _ => match text(value)?.trim().to_lowercase().as_str() {
                "true" | "yes" | "1" | "是" => Some(true.into()),
                "false" | "no" | "0" | "否" => Some(false.into()),
                _ => None,
            },
        },
        FieldKind::Date => {
            let text = text(value)?;
            let day = text.trim().split(['T', ' ']).next().unwrap_or_default();
            day.parse::<jiff::civil::Date>().ok().map(|it| it.to_string().into())
        }
        FieldKind::DateTime => {
            let text = text(value)?;
            let text = text.trim();
            if text.parse::<jiff::Timestamp>().is_ok() {
                return Some(text.into());
            }
            // A day alone is its beginning; where, nobody knows.
            text.parse::<jiff::civil::Date>().ok().map(|it| format!("{it}T00:00:00Z").into())
        }
        FieldKind::Choice { options } => one_of(value, options),
        FieldKind::MultiChoice { options } => {
            list(value).iter().map(|it| one_of(it, options)).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        FieldKind::Dictionary { many: true, .. }
        | FieldKind::References { .. }
        | FieldKind::Users { .. }
        | FieldKind::Department { many: true }
        | FieldKind::Role { many: true }
        | FieldKind::Files => {
            list(value).iter().map(|it| it.as_str().map(Value::from)).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        FieldKind::Dictionary { many: false, .. }
        | FieldKind::Reference { .. }
        | FieldKind::User { .. }
        | FieldKind::Department { many: false }
        | FieldKind::Role { many: false }
        | FieldKind::File => match list(value).as_slice() {
            [Value::String(it)] => Some(it.as_str().into()),
            _ => None,
        },
        // A list of words, and whatever else has no type of ours.
        FieldKind::Json => Some(value.clone()),
        FieldKind::Address { .. } | FieldKind::Geo | FieldKind::Rows { .. } => {
            (value.is_object() || value.is_array()).then(|| value.clone())
        }
    }
}

/// As a person reads it; lists of texts with commas between.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(it) => Some(it.clone()),
        Value::Number(it) => Some(it.to_string()),
        Value::Bool(it) => Some(it.to_string()),
        Value::Array(list) if !list.is_empty() => {
            list.iter().map(|it| it.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().map(|it| it.join(", "))
        }
        Value::Array(_) | Value::Object(_) | Value::Null => None,
    }
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

/// Plain digits of a decimal number.
fn decimal(value: &Value) -> Option<String> {
    let text = text(value)?;
    // Thousands are grouped by people, never in data.
    let text: String = text.trim().chars().filter(|it| !matches!(it, ',' | '，' | ' ' | '\u{a0}')).collect();
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |it: &str| !it.is_empty() && it.len() <= 28 && it.bytes().all(|it| it.is_ascii_digit());
    (plain(whole) && plain(fraction)).then_some(text)
}

fn whole(value: &Value) -> Option<i64> {
    let text = decimal(value)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    // Nothing is rounded away.
    fraction.bytes().all(|it| it == b'0').then(|| whole.parse().ok()).flatten()
}

fn one_of(value: &Value, options: &[field::ChoiceOption]) -> Option<Value> {
    if let Some(it) = options.iter().find(|it| it.value == *value) {
        return Some(it.value.clone());
    }
    let words = text(value)?;
    let words = words.trim();
    let named = |it: &&field::ChoiceOption| it.title == words || it.value.as_str() == Some(words);
    options.iter().find(named).map(|it| it.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_converted_or_lost_never_guessed() {
        let text = json!({ "type": "string", "maxLength": 10 });
        let int = json!({ "type": "integer", "minimum": 0 });
        let money = json!({ "type": "string", "format": "x-decimal", "x-money": {"currency": "CNY"} });
        let date = json!({ "type": "string", "format": "date" });
        let moment = json!({ "type": "string", "format": "date-time" });
        let choice = json!({ "type": "string", "oneOf": [{"const": "a", "title": "Alpha"}] });
        let many = json!({ "type": "array", "items": {"type": "string", "oneOf": [{"const": "a", "title": "Alpha"}]} });
        let yes = json!({ "type": "boolean" });
        let person = json!({ "type": "string", "x-ref": {"directory": "user"} });
        let people = json!({ "type": "array", "items": {"type": "string"}, "x-ref": {"directory": "user"} });
        for (schema, value, wanted) in [
            (&text, json!(12), Some(json!("12"))),
            (&text, json!(["a", "b"]), Some(json!("a, b"))),
            (&text, json!("longer than ten"), None),
            (&text, json!({"a": 1}), None),
            (&int, json!("1,200"), Some(json!(1200))),
            (&int, json!("5.00"), Some(json!(5))),
            (&int, json!("5.5"), None),
            (&int, json!("-1"), None),
            (&int, json!("five"), None),
            (&money, json!("12.50"), Some(json!("12.50"))),
            (&money, json!(3), Some(json!("3"))),
            (&money, json!("1e3"), None),
            (&date, json!("2026-03-02T08:00:00Z"), Some(json!("2026-03-02"))),
            (&date, json!("next week"), None),
            (&moment, json!("2026-03-02"), Some(json!("2026-03-02T00:00:00Z"))),
            (&choice, json!("Alpha"), Some(json!("a"))),
            (&choice, json!("b"), None),
            (&many, json!("a"), Some(json!(["a"]))),
            (&many, json!(["a", "b"]), None),
            (&yes, json!("是"), Some(json!(true))),
            (&yes, json!("maybe"), None),
            (&person, json!(["u1"]), Some(json!("u1"))),
            (&person, json!(["u1", "u2"]), None),
            (&people, json!("u1"), Some(json!(["u1"]))),
        ] {
            let it = Conversion::new(schema).expect("a schema");
            assert_eq!(it.convert(&value), wanted, "{value} as {schema}");
        }
        assert!(Conversion::new(&json!({ "type": 5 })).is_none());
        assert!(is_another(&text, &choice) && !is_another(&text, &json!({ "type": "string", "maxLength": 5 })));
    }
}

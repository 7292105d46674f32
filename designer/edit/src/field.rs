//! The types of fields a person chooses from, and the JSON Schema each becomes.

use serde_json::{Map, Value, json};

/// A type of field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldKind {
    Text,
    Long,
    Rich,
    Int,
    Decimal,
    Percent,
    Money,
    Score,
    Date,
    DateTime,
    Time,
    Bool,
    Choice,
    Choices,
    Dictionary(String),
    Reference { module: String, many: bool },
    User { many: bool },
    Department { many: bool },
    Role,
    Phone,
    Email,
    Url,
    Address,
    Geo,
    Tags,
    File { many: bool },
    Image,
    Signature,
    Number,
    Rows,
}

impl FieldKind {
    /// In the order of the palette; references and dictionaries with what there is to choose put in by the page.
    pub fn palette() -> Vec<FieldKind> {
        use FieldKind as K;
        vec![
            K::Text,
            K::Long,
            K::Rich,
            K::Int,
            K::Decimal,
            K::Percent,
            K::Money,
            K::Score,
            K::Date,
            K::DateTime,
            K::Time,
            K::Bool,
            K::Choice,
            K::Choices,
            K::Dictionary(String::new()),
            K::Reference { module: String::new(), many: false },
            K::Reference { module: String::new(), many: true },
            K::User { many: false },
            K::User { many: true },
            K::Department { many: false },
            K::Department { many: true },
            K::Role,
            K::Phone,
            K::Email,
            K::Url,
            K::Address,
            K::Geo,
            K::Tags,
            K::File { many: false },
            K::File { many: true },
            K::Image,
            K::Signature,
            K::Number,
            K::Rows,
        ]
    }

    /// A stable word: for texts, icons and tests.
    pub fn word(&self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Long => "long",
            FieldKind::Rich => "rich",
            FieldKind::Int => "int",
            FieldKind::Decimal => "num",
            FieldKind::Percent => "pct",
            FieldKind::Money => "money",
            FieldKind::Score => "score",
            FieldKind::Date => "date",
            FieldKind::DateTime => "datetime",
            FieldKind::Time => "time",
            FieldKind::Bool => "bool",
            FieldKind::Choice => "enum",
            FieldKind::Choices => "multi",
            FieldKind::Dictionary(_) => "dict",
            FieldKind::Reference { many: false, .. } => "ref",
            FieldKind::Reference { many: true, .. } => "refs",
            FieldKind::User { many: false } => "user",
            FieldKind::User { many: true } => "users",
            FieldKind::Department { many: false } => "dept",
            FieldKind::Department { many: true } => "depts",
            FieldKind::Role => "role",
            FieldKind::Phone => "phone",
            FieldKind::Email => "email",
            FieldKind::Url => "url",
            FieldKind::Address => "addr",
            FieldKind::Geo => "geo",
            FieldKind::Tags => "tags",
            FieldKind::File { many: false } => "file",
            FieldKind::File { many: true } => "files",
            FieldKind::Image => "img",
            FieldKind::Signature => "sign",
            FieldKind::Number => "seq",
            FieldKind::Rows => "rows",
        }
    }

    /// The schema of a new field of this type.
    pub fn schema(&self, title: &str, id: &str) -> Value {
        let mut schema = Map::new();
        schema.insert("title".to_owned(), title.into());
        let body = match self {
            FieldKind::Text => json!({ "type": "string", "maxLength": 200 }),
            FieldKind::Long => json!({ "type": "string", "maxLength": 4000, "x-display": {"widget": "textarea"} }),
            FieldKind::Rich => json!({ "type": "string", "format": "x-rich", "maxLength": 20000 }),
            FieldKind::Int => json!({ "type": "integer" }),
            FieldKind::Decimal => json!({ "type": "string", "format": "x-decimal" }),
            FieldKind::Percent => {
                json!({ "type": "string", "format": "x-decimal", "x-display": {"widget": "percent"} })
            }
            FieldKind::Money => json!({ "type": "string", "format": "x-decimal", "x-money": {"currency": "CNY"} }),
            FieldKind::Score => {
                json!({ "type": "integer", "minimum": 1, "maximum": 5, "x-display": {"widget": "rating"} })
            }
            FieldKind::Date => json!({ "type": "string", "format": "date" }),
            FieldKind::DateTime => json!({ "type": "string", "format": "date-time" }),
            FieldKind::Time => json!({ "type": "string", "format": "time" }),
            FieldKind::Bool => json!({ "type": "boolean" }),
            FieldKind::Choice => json!({ "type": "string", "oneOf": [] }),
            FieldKind::Choices => {
                json!({ "type": "array", "items": {"type": "string", "oneOf": []}, "uniqueItems": true })
            }
            FieldKind::Dictionary(key) => json!({ "type": "string", "x-ref": {"dictionary": key} }),
            FieldKind::Reference { module, many: false } => json!({ "type": "string", "x-ref": {"module": module} }),
            FieldKind::Reference { module, many: true } => {
                json!({ "type": "array", "items": {"type": "string"}, "uniqueItems": true, "maxItems": 200, "x-ref": {"module": module} })
            }
            FieldKind::User { many } => directory("user", *many),
            FieldKind::Department { many } => directory("department", *many),
            FieldKind::Role => directory("role", false),
            FieldKind::Phone => json!({ "type": "string", "format": "x-phone", "maxLength": 40 }),
            FieldKind::Email => json!({ "type": "string", "format": "email", "maxLength": 200 }),
            FieldKind::Url => json!({ "type": "string", "format": "uri", "maxLength": 500 }),
            FieldKind::Address => json!({
                "type": "object",
                "properties": {
                    "region": {"title": "Region", "type": "string", "maxLength": 100},
                    "street": {"title": "Street", "type": "string", "maxLength": 300},
                    "postcode": {"title": "Postcode", "type": "string", "maxLength": 10}
                },
                "additionalProperties": false
            }),
            FieldKind::Geo => json!({
                "type": "object",
                "properties": {
                    "lat": {"title": "Latitude", "type": "string", "format": "x-decimal"},
                    "lng": {"title": "Longitude", "type": "string", "format": "x-decimal"}
                },
                "additionalProperties": false
            }),
            FieldKind::Tags => {
                json!({ "type": "array", "items": {"type": "string", "maxLength": 40}, "uniqueItems": true, "maxItems": 20 })
            }
            FieldKind::File { many: false } => json!({ "type": "string", "format": "x-file" }),
            FieldKind::File { many: true } => {
                json!({ "type": "array", "items": {"type": "string", "format": "x-file"}, "maxItems": 20 })
            }
            FieldKind::Image => json!({ "type": "string", "format": "x-file", "x-display": {"widget": "image"} }),
            FieldKind::Signature => {
                json!({ "type": "string", "format": "x-file", "x-display": {"widget": "signature"} })
            }
            FieldKind::Number => json!({ "type": "string", "readOnly": true, "x-number": "#NO{yyyy}-{00000}" }),
            FieldKind::Rows => {
                json!({ "type": "array", "items": {"type": "object", "properties": {}}, "maxItems": 200 })
            }
        };
        if let Value::Object(body) = body {
            schema.extend(body);
        }
        schema.insert("x-id".to_owned(), id.into());
        Value::Object(schema)
    }

    /// What a field of the schema is; the nearest type where it is none of ours exactly.
    pub fn of(schema: &Value) -> FieldKind {
        let word = |pointer: &str| schema.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let widget = word("/x-display/widget");
        let many = word("/type") == "array";
        let reference = schema.get("x-ref").or_else(|| schema.pointer("/items/x-ref"));
        if let Some(it) = reference {
            if let Some(key) = it.get("dictionary").and_then(Value::as_str) {
                return FieldKind::Dictionary(key.to_owned());
            }
            if let Some(module) = it.get("module").and_then(Value::as_str) {
                return FieldKind::Reference { module: module.to_owned(), many };
            }
            return match it.get("directory").and_then(Value::as_str) {
                Some("department") => FieldKind::Department { many },
                Some("role") => FieldKind::Role,
                _ => FieldKind::User { many },
            };
        }
        if many {
            return match () {
                () if schema.pointer("/items/properties").is_some() => FieldKind::Rows,
                () if schema.pointer("/items/oneOf").is_some() || schema.pointer("/items/enum").is_some() => {
                    FieldKind::Choices
                }
                () if word("/items/format") == "x-file" => FieldKind::File { many: true },
                () => FieldKind::Tags,
            };
        }
        if schema.get("oneOf").is_some() || schema.get("enum").is_some() {
            return FieldKind::Choice;
        }
        if schema.get("x-number").is_some() {
            return FieldKind::Number;
        }
        if schema.get("x-money").is_some() {
            return FieldKind::Money;
        }
        match (word("/type"), word("/format"), widget) {
            ("object", ..) if schema.pointer("/properties/lat").is_some() => FieldKind::Geo,
            ("object", ..) => FieldKind::Address,
            ("boolean", ..) => FieldKind::Bool,
            ("integer", _, "rating") => FieldKind::Score,
            ("integer", ..) => FieldKind::Int,
            (_, "x-decimal", "percent") => FieldKind::Percent,
            ("number", ..) | (_, "x-decimal", _) => FieldKind::Decimal,
            (_, "date", _) => FieldKind::Date,
            (_, "date-time", _) => FieldKind::DateTime,
            (_, "time", _) => FieldKind::Time,
            (_, "email", _) => FieldKind::Email,
            (_, "uri", _) => FieldKind::Url,
            (_, "x-phone", _) => FieldKind::Phone,
            (_, "x-file", "image") => FieldKind::Image,
            (_, "x-file", "signature") => FieldKind::Signature,
            (_, "x-file", _) => FieldKind::File { many: false },
            (_, "x-rich", _) => FieldKind::Rich,
            (_, _, "textarea") => FieldKind::Long,
            _ => FieldKind::Text,
        }
    }

    /// Columns of 12 a new one takes.
    pub fn span(&self) -> u8 {
        match self {
            FieldKind::Long
            | FieldKind::Rich
            | FieldKind::Rows
            | FieldKind::Address
            | FieldKind::File { many: true } => 12,
            _ => 6,
        }
    }

    /// People choose among listed options.
    pub fn options(&self) -> bool {
        matches!(self, FieldKind::Choice | FieldKind::Choices)
    }
}

fn directory(of: &str, many: bool) -> Value {
    if many {
        json!({ "type": "array", "items": {"type": "string"}, "uniqueItems": true, "maxItems": 200, "x-ref": {"directory": of} })
    } else {
        json!({ "type": "string", "x-ref": {"directory": of} })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_recognised_from_its_schema() {
        for kind in FieldKind::palette() {
            let schema = kind.schema("Title", "f_1");
            assert_eq!(FieldKind::of(&schema), kind, "{schema}");
            assert_eq!((schema["title"].as_str(), schema["x-id"].as_str()), (Some("Title"), Some("f_1")));
        }
    }
}

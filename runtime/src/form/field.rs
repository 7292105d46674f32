//! Fields as people know them, read from a JSON Schema and its `x-` words.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::file_rule::FileRule;
use crate::id::{DictKey, FieldKey, ModuleKey};
use crate::model::rules::ComputeMode;
use crate::value::Shape;

/// One field of a form, or one column of a sub-table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    pub key: FieldKey,
    /// Stable id (`x-id`); empty when the schema gives none.
    pub id: String,
    /// In the pack's language.
    pub title: String,
    pub help: String,
    pub kind: FieldKind,
    /// By the schema; rules and views can add conditions.
    pub required: bool,
    /// Set by the system; people never write it.
    pub readonly: bool,
    pub sensitive: Option<Sensitive>,
    pub index: Index,
    pub computed: Option<ComputeMode>,
    pub default: Option<Value>,
    /// Which files it takes, where it holds files.
    #[serde(default)]
    pub files: FileRule,
    pub display: Display,
    pub deprecated: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FieldKind {
    Text,
    Long,
    Rich,
    Integer,
    /// `text`: stored as a text (`x-decimal`); else as a JSON number.
    Decimal {
        text: bool,
    },
    Money {
        currency: String,
    },
    Date,
    DateTime,
    Time,
    Bool,
    Choice {
        options: Vec<ChoiceOption>,
    },
    MultiChoice {
        options: Vec<ChoiceOption>,
    },
    /// `many`: a list of values.
    Dictionary {
        dictionary: DictKey,
        tree: bool,
        many: bool,
    },
    /// One record; no module: of any.
    Reference {
        module: Option<ModuleKey>,
        label: Option<FieldKey>,
        filter: Option<String>,
        /// Whoever is above a record must not be below it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tree: bool,
    },
    References {
        module: Option<ModuleKey>,
        label: Option<FieldKey>,
        filter: Option<String>,
    },
    User {
        filter: Option<String>,
    },
    Users {
        filter: Option<String>,
    },
    Department {
        many: bool,
    },
    Role {
        many: bool,
    },
    Phone,
    Email,
    Url,
    /// `{region, street, postcode}`.
    Address {
        members: Vec<Field>,
    },
    /// `{lat, lng}`.
    Geo,
    File,
    Files,
    /// 1 to `most`.
    Score {
        most: i64,
    },
    /// Given by the numbering rule.
    Number {
        rule: String,
    },
    /// A sub-table.
    Rows {
        columns: Vec<Field>,
    },
    /// Anything else: shown and edited as JSON.
    Json,
}

/// A labelled choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChoiceOption {
    pub value: Value,
    pub title: String,
}

/// What those without the right get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sensitive {
    Mask,
    Hide,
}

/// How a field is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    pub search: Search,
    pub filter: bool,
    pub sort: bool,
    pub unique: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Search {
    #[default]
    None,
    Exact,
    Prefix,
    Fulltext,
}

/// Hints for showing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Display {
    pub widget: Option<String>,
    /// `default`, `optional`, `never`.
    pub list: Option<String>,
    /// `primary`, `secondary`, `extended`.
    pub tier: Option<String>,
}

impl Field {
    /// The module a single or multiple reference points at.
    pub fn target(&self) -> Option<&ModuleKey> {
        if let FieldKind::Reference { module, .. } | FieldKind::References { module, .. } = &self.kind {
            return module.as_ref();
        }
        None
    }

    /// Which texts of its value are decimals.
    pub(super) fn shape(&self) -> Shape {
        match &self.kind {
            FieldKind::Decimal { text: true } | FieldKind::Money { .. } => Shape::Decimal,
            FieldKind::Rows { columns } => Shape::Rows(Box::new(shape(columns))),
            FieldKind::Address { members } => shape(members),
            FieldKind::Text
            | FieldKind::Long
            | FieldKind::Rich
            | FieldKind::Integer
            | FieldKind::Decimal { text: false }
            | FieldKind::Date
            | FieldKind::DateTime
            | FieldKind::Time
            | FieldKind::Bool
            | FieldKind::Choice { .. }
            | FieldKind::MultiChoice { .. }
            | FieldKind::Dictionary { .. }
            | FieldKind::Reference { .. }
            | FieldKind::References { .. }
            | FieldKind::User { .. }
            | FieldKind::Users { .. }
            | FieldKind::Department { .. }
            | FieldKind::Role { .. }
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::Url
            | FieldKind::Geo
            | FieldKind::File
            | FieldKind::Files
            | FieldKind::Score { .. }
            | FieldKind::Number { .. }
            | FieldKind::Json => Shape::Any,
        }
    }
}

/// The shape of an object with these fields.
pub(super) fn shape(fields: &[Field]) -> Shape {
    Shape::Object(fields.iter().map(|it| (it.key.0.clone(), it.shape())).filter(|(_, it)| *it != Shape::Any).collect())
}

/// The fields of an object schema, those of `allOf`, `then`, `else` and `dependentSchemas` included, in file order.
pub fn fields(schema: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    collect(schema, schema, true, &mut found, 0);
    found
}

const NESTING: usize = 8;

fn collect(root: &Value, schema: &Value, certain: bool, found: &mut Vec<Field>, depth: usize) {
    if depth > NESTING {
        return;
    }
    let schema = resolve(root, schema);
    let required: Vec<&str> = list(schema, "required").iter().filter_map(Value::as_str).collect();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (key, property) in properties {
            if !found.iter().any(|it| it.key.as_str() == key) {
                let required = certain && required.contains(&key.as_str());
                found.push(field(root, key, property, required, depth));
            }
        }
    }
    for key in list(schema, "allOf") {
        collect(root, key, certain, found, depth + 1);
    }
    for key in ["then", "else"] {
        if let Some(it) = schema.get(key) {
            collect(root, it, false, found, depth + 1);
        }
    }
    if let Some(schemas) = schema.get("dependentSchemas").and_then(Value::as_object) {
        for it in schemas.values() {
            collect(root, it, false, found, depth + 1);
        }
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Follows local references (`#/$defs/…`).
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut at = schema;
    for _ in 0..NESTING {
        let Some(to) = at.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#')) else { break };
        let Some(next) = root.pointer(to) else { break };
        at = next;
    }
    at
}

fn text(schema: &Value, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn word<T: serde::de::DeserializeOwned + Default>(schema: &Value, key: &str) -> T {
    schema.get(key).and_then(|it| T::deserialize(it).ok()).unwrap_or_default()
}

fn field(root: &Value, key: &str, given: &Value, required: bool, depth: usize) -> Field {
    let schema = resolve(root, given);
    // Annotations beside a `$ref` win over those at its target.
    let annotation = |word: &str| given.get(word).or_else(|| schema.get(word));
    let title = annotation("title").and_then(Value::as_str).filter(|it| !it.is_empty()).unwrap_or(key).to_owned();
    let display: Display = annotation("x-display").and_then(|it| Display::deserialize(it).ok()).unwrap_or_default();
    Field {
        key: key.into(),
        id: annotation("x-id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        title,
        help: annotation("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        kind: kind(root, schema, &display, depth),
        required,
        readonly: annotation("readOnly").and_then(Value::as_bool).unwrap_or(false),
        sensitive: match annotation("x-sensitive").and_then(Value::as_str) {
            Some("hide") => Some(Sensitive::Hide),
            Some(_) => Some(Sensitive::Mask),
            None => None,
        },
        index: word(if given.get("x-index").is_some() { given } else { schema }, "x-index"),
        computed: None,
        default: annotation("default").cloned(),
        files: FileRule::of(if given.get("x-file").is_some() { given } else { schema }),
        display,
        deprecated: annotation("deprecated").and_then(Value::as_bool).unwrap_or(false),
    }
}

fn kind(root: &Value, schema: &Value, display: &Display, depth: usize) -> FieldKind {
    let many = is(schema, "array");
    let items = schema.get("items").map(|it| resolve(root, it)).unwrap_or(&Value::Null);
    if let Some(rule) = schema.get("x-number").and_then(Value::as_str) {
        return FieldKind::Number { rule: rule.to_owned() };
    }
    if let Some(Value::Object(to)) = schema.get("x-ref").or_else(|| items.get("x-ref")) {
        return reference(to, many);
    }
    if many {
        if let Some(options) = options(items) {
            return FieldKind::MultiChoice { options };
        }
        if format(items) == "x-file" {
            return FieldKind::Files;
        }
        if is(items, "object") && depth < NESTING {
            let mut columns = Vec::new();
            collect(root, items, true, &mut columns, depth + 1);
            return FieldKind::Rows { columns };
        }
        return FieldKind::Json;
    }
    if let Some(options) = options(schema) {
        return FieldKind::Choice { options };
    }
    if is(schema, "boolean") {
        return FieldKind::Bool;
    }
    if is(schema, "integer") {
        return match (
            display.widget.as_deref(),
            schema.get("minimum").and_then(Value::as_i64),
            schema.get("maximum").and_then(Value::as_i64),
        ) {
            (Some("rating"), _, most) => FieldKind::Score { most: most.unwrap_or(5) },
            (None, Some(1), Some(5)) => FieldKind::Score { most: 5 },
            _ => FieldKind::Integer,
        };
    }
    if is(schema, "number") {
        return FieldKind::Decimal { text: false };
    }
    if is(schema, "object") {
        let has = |key: &str| schema.get("properties").is_some_and(|it| it.get(key).is_some());
        if has("lat") && has("lng") {
            return FieldKind::Geo;
        }
        if has("street") && depth < NESTING {
            let mut members = Vec::new();
            collect(root, schema, true, &mut members, depth + 1);
            return FieldKind::Address { members };
        }
        return FieldKind::Json;
    }
    if is(schema, "string") || !format(schema).is_empty() {
        return string(schema, display);
    }
    FieldKind::Json
}

fn string(schema: &Value, display: &Display) -> FieldKind {
    match format(schema) {
        "date" => FieldKind::Date,
        "date-time" => FieldKind::DateTime,
        "time" => FieldKind::Time,
        "email" => FieldKind::Email,
        "uri" => FieldKind::Url,
        "x-phone" => FieldKind::Phone,
        "x-file" => FieldKind::File,
        "x-rich" => FieldKind::Rich,
        "x-decimal" => match schema.get("x-money") {
            Some(money) => FieldKind::Money {
                currency: Some(text(money, "currency")).filter(|it| !it.is_empty()).unwrap_or_else(|| "CNY".into()),
            },
            None => FieldKind::Decimal { text: true },
        },
        _ if display.widget.as_deref() == Some("textarea") => FieldKind::Long,
        _ if schema.get("maxLength").and_then(Value::as_u64).is_some_and(|it| it > 500) => FieldKind::Long,
        _ => FieldKind::Text,
    }
}

fn reference(to: &Map<String, Value>, many: bool) -> FieldKind {
    let get = |key: &str| to.get(key).and_then(Value::as_str).map(str::to_owned);
    let filter = get("filter");
    if let Some(dictionary) = get("dictionary") {
        return FieldKind::Dictionary { dictionary: dictionary.into(), tree: false, many };
    }
    match get("directory").as_deref() {
        Some("department") => return FieldKind::Department { many },
        Some("role") => return FieldKind::Role { many },
        Some(_) if many => return FieldKind::Users { filter },
        Some(_) => return FieldKind::User { filter },
        None => {}
    }
    let module = get("module").filter(|it| it != "*").map(ModuleKey::from);
    let label = get("label").map(FieldKey::from);
    if many {
        return FieldKind::References { module, label, filter };
    }
    let tree = to.get("tree").and_then(Value::as_bool).unwrap_or(false);
    FieldKind::Reference { module, label, filter, tree }
}

fn is(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(it)) => it == kind,
        Some(Value::Array(items)) => items.iter().find(|it| *it != "null").is_some_and(|it| it == kind),
        _ => false,
    }
}

fn format(schema: &Value) -> &str {
    schema.get("format").and_then(Value::as_str).unwrap_or_default()
}

/// `oneOf` constants with titles, or `enum`.
fn options(schema: &Value) -> Option<Vec<ChoiceOption>> {
    if let Some(branches) = schema.get("oneOf").and_then(Value::as_array) {
        return branches
            .iter()
            .map(|it| {
                let value = it.get("const")?.clone();
                let title = it.get("title").and_then(Value::as_str).map_or_else(|| plain(&value), str::to_owned);
                Some(ChoiceOption { value, title })
            })
            .collect();
    }
    let values = schema.get("enum").and_then(Value::as_array)?;
    Some(
        values
            .iter()
            .filter(|it| !it.is_null())
            .map(|it| ChoiceOption { value: it.clone(), title: plain(it) })
            .collect(),
    )
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

//! A JSON Schema from outside becomes fields: every property under a key of ours, with an id, and a place on the form. What
//! cannot be drawn (`if`, `allOf`, `patternProperties`, `$defs` …) is kept in the schema and still validated.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::allowed::Forbidden;
use crate::edit::Spot;
use crate::field::FieldKind;
use crate::form_edit::{Work, is_key, key_for, place, require};

/// Words of the record's schema that are ours to write.
const OURS: &[&str] = &["$schema", "$id", "id", "type", "title", "description", "properties", "required"];

/// Takes the properties as new fields and the rest as it is.
pub(crate) fn take(work: &mut Work, view: &str, schema: &Value, spot: Spot) -> Result<(), Forbidden> {
    let new = schema.get("properties").and_then(Value::as_object).ok_or(Forbidden::WrongType)?;
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    let mut order = Vec::new();
    for (name, property) in new {
        let title = property.get("title").and_then(Value::as_str).unwrap_or(name);
        let fields = work.fields()?;
        let taken = |key: &str| fields.contains_key(key) || keys.values().any(|it| it == key);
        let key = if is_key(name) && !taken(name) { name.clone() } else { key_for(&split(name), "field", &taken) };
        let id = work.fresh("f");
        let field = drawn(property, title, &id);
        work.fields()?.insert(key.clone(), field);
        keys.insert(name.clone(), key.clone());
        order.push(key);
    }
    let required: Vec<&str> = crate::tree::required(schema);
    for name in required {
        if let Some(key) = keys.get(name) {
            let key = key.clone();
            require(&mut work.schema, &key, true);
        }
    }
    keep(work, schema, &keys);
    for (nth, key) in order.iter().enumerate() {
        let span = crate::tree::field(&work.schema, key).map_or(6, |it| FieldKind::of(it).span());
        place(work, view, key, span, Spot { section: spot.section, index: spot.index.saturating_add(nth) })?;
    }
    Ok(())
}

/// `firstName` as words.
fn split(name: &str) -> String {
    let mut out = String::new();
    for it in name.chars() {
        if it.is_ascii_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.push(it);
    }
    out
}

/// The property as a field: with a title and an id, listed choices as people name them, nothing taken away.
fn drawn(property: &Value, title: &str, id: &str) -> Value {
    let mut field: Map<String, Value> = match property {
        Value::Object(it) => it.clone(),
        // `true` and `false` are schemas too.
        Value::Bool(false) => Map::from_iter([("not".to_owned(), json!({}))]),
        _ => Map::new(),
    };
    field.insert("title".to_owned(), title.into());
    field.entry("x-id").or_insert_with(|| id.into());
    choices(&mut field);
    if let Some(Value::Object(items)) = field.get_mut("items") {
        choices(items);
    }
    Value::Object(field)
}

/// `enum` of texts becomes choices that can be named.
fn choices(field: &mut Map<String, Value>) {
    let texts: Option<Vec<String>> = field
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|it| it.iter().map(|it| it.as_str().map(str::to_owned)).collect());
    if let Some(texts) = texts.filter(|it| !it.is_empty() && !field.contains_key("oneOf")) {
        let options = texts.into_iter().map(|it| json!({ "const": it, "title": it })).collect();
        field.remove("enum");
        field.entry("type").or_insert_with(|| "string".into());
        field.insert("oneOf".to_owned(), Value::Array(options));
    }
}

/// The rest of the schema, with the fields' keys: beside what is there where the word is free, in `allOf` where it is not.
fn keep(work: &mut Work, schema: &Value, keys: &BTreeMap<String, String>) {
    let Some(rest) = schema.as_object() else { return };
    let mut aside = Map::new();
    let Some(own) = work.schema.as_object_mut() else { return };
    for (word, it) in rest.iter().filter(|it| !OURS.contains(&it.0.as_str())) {
        let it = named(it, keys);
        match (word.as_str(), own.get_mut(word)) {
            ("$defs" | "definitions" | "dependentRequired" | "dependentSchemas", Some(Value::Object(there))) => {
                if let Value::Object(more) = it {
                    for (key, it) in more {
                        there.entry(key).or_insert(it);
                    }
                }
            }
            ("allOf", Some(Value::Array(there))) => there.extend(it.as_array().cloned().unwrap_or_default()),
            // A record has fields beside those that were pasted.
            ("additionalProperties" | "unevaluatedProperties" | "minProperties" | "maxProperties", _) => {}
            (_, None) => {
                own.insert(word.clone(), it);
            }
            // `if` belongs to its `then`: they go together.
            (_, Some(_)) => {
                aside.insert(word.clone(), it);
            }
        }
    }
    if aside.contains_key("if") || aside.contains_key("then") || aside.contains_key("else") {
        for word in ["if", "then", "else"] {
            if let Some(it) = rest.get(word) {
                aside.insert(word.to_owned(), named(it, keys));
            }
        }
    }
    if aside.is_empty() {
        return;
    }
    let all = own.entry("allOf").or_insert_with(|| json!([]));
    if let Some(all) = all.as_array_mut() {
        all.push(Value::Object(aside));
    }
}

/// A part of the schema that speaks of the record, with the fields' keys.
fn named(part: &Value, keys: &BTreeMap<String, String>) -> Value {
    let name = |key: &str| keys.get(key).cloned().unwrap_or_else(|| key.to_owned());
    match part {
        Value::Object(members) => {
            let one = |(word, it): (&String, &Value)| {
                let it = match (word.as_str(), it) {
                    ("required", Value::Array(list)) => {
                        list.iter().map(|it| it.as_str().map_or_else(|| it.clone(), |it| name(it).into())).collect()
                    }
                    ("properties", Value::Object(map)) => {
                        Value::Object(map.iter().map(|(key, it)| (name(key), it.clone())).collect())
                    }
                    ("if" | "then" | "else" | "not" | "allOf" | "anyOf" | "oneOf", it) => named(it, keys),
                    (_, it) => it.clone(),
                };
                (if keys.contains_key(word) { name(word) } else { word.clone() }, it)
            };
            Value::Object(members.iter().map(one).collect())
        }
        Value::Array(list) => list.iter().map(|it| named(it, keys)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => part.clone(),
    }
}

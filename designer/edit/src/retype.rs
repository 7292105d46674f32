//! Another type for a field: what both types have in common stays, its rules and its place too.

use serde_json::{Map, Value};

use crate::allowed::Forbidden;
use crate::field::FieldKind;
use crate::form_edit::Work;

/// Words that mean the same for every type.
const COMMON: &[&str] = &["title", "description", "x-id", "x-sensitive", "deprecated", "examples", "$comment"];

/// Gives the field the schema of another type.
pub(crate) fn retype(work: &mut Work, field: &str, kind: &FieldKind) -> Result<(), Forbidden> {
    let place = work.field(field)?;
    let Value::Object(now) = retyped(&Value::Object(place.clone()), kind) else { return Err(Forbidden::WrongType) };
    *place = now;
    crate::form_edit::begin_options(work, field);
    Ok(())
}

/// The schema of the field as another type.
pub fn retyped(before: &Value, kind: &FieldKind) -> Value {
    let word = |name: &str| before.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut now = kind.schema(word("title"), word("x-id"));
    let (Some(old), Some(new)) = (before.as_object(), now.as_object_mut()) else { return now };
    for name in COMMON {
        if let Some(it) = old.get(*name) {
            new.insert((*name).to_owned(), it.clone());
        }
    }
    if new.get("x-id").is_none_or(|it| it.as_str().is_none_or(|it| it.is_empty())) {
        new.remove("x-id");
    }
    index(old, new);
    display(old, new);
    if let Some(options) = crate::tree::options(before).cloned()
        && let Some(place) = new.get_mut("oneOf").filter(|_| *kind == FieldKind::Choice)
    {
        *place = Value::Array(options);
    } else if let Some(options) = crate::tree::options(before).cloned()
        && *kind == FieldKind::Choices
        && let Some(items) = new.get_mut("items")
    {
        items["oneOf"] = Value::Array(options);
    }
    let was = FieldKind::of(before);
    let text = |it: &FieldKind| matches!(it, FieldKind::Text | FieldKind::Long | FieldKind::Rich);
    if text(&was) && text(kind) {
        // A text that was allowed to be long stays so.
        let longest = |it: &Map<String, Value>| it.get("maxLength").and_then(Value::as_u64);
        if let (Some(old), Some(fresh)) = (longest(old), longest(new)) {
            new.insert("maxLength".to_owned(), old.max(fresh).into());
        }
        for name in ["minLength", "pattern", "default"] {
            if let Some(it) = old.get(name) {
                new.insert(name.to_owned(), it.clone());
            }
        }
    }
    now
}

/// How it is found, as far as the new type can be found so.
fn index(old: &Map<String, Value>, new: &mut Map<String, Value>) {
    let Some(mut index) = old.get("x-index").and_then(Value::as_object).cloned() else { return };
    let text = new.get("type").and_then(Value::as_str) == Some("string")
        && !["format", "x-ref", "oneOf", "x-number"].iter().any(|it| new.contains_key(*it));
    if !text {
        index.remove("search");
    }
    if matches!(new.get("type").and_then(Value::as_str), Some("array" | "object")) {
        index.remove("sort");
        index.remove("unique");
    }
    if !index.is_empty() {
        new.insert("x-index".to_owned(), Value::Object(index));
    }
}

/// Where it is shown; how it is entered belongs to the type.
fn display(old: &Map<String, Value>, new: &mut Map<String, Value>) {
    let mut display = new.get("x-display").and_then(Value::as_object).cloned().unwrap_or_default();
    for name in ["list", "tier"] {
        if let Some(it) = old.get("x-display").and_then(|it| it.get(name)) {
            display.insert(name.to_owned(), it.clone());
        }
    }
    if !display.is_empty() {
        new.insert("x-display".to_owned(), Value::Object(display));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_both_types_have_in_common_stays() {
        let text = json!({ "title": "A", "description": "why", "type": "string", "maxLength": 9000, "x-id": "f_1",
            "x-index": {"search": "fulltext", "filter": true, "unique": true}, "x-display": {"list": "default"} });
        let number = retyped(&text, &FieldKind::Int);
        assert_eq!(
            number,
            json!({ "title": "A", "description": "why", "type": "integer", "x-id": "f_1",
                "x-index": {"filter": true, "unique": true}, "x-display": {"list": "default"} })
        );
        let long = retyped(&text, &FieldKind::Long);
        assert_eq!((&long["maxLength"], &long["x-display"]["widget"]), (&json!(9000), &json!("textarea")));
        let choice = json!({ "title": "C", "type": "string", "oneOf": [{"const": "a", "title": "A"}], "x-id": "f_2" });
        let many = retyped(&choice, &FieldKind::Choices);
        assert_eq!(many["items"]["oneOf"], choice["oneOf"]);
        assert_eq!(retyped(&many, &FieldKind::Choice)["oneOf"], choice["oneOf"]);
        for kind in FieldKind::palette() {
            assert_eq!(FieldKind::of(&retyped(&text, &kind)), kind, "{kind:?}");
        }
    }
}

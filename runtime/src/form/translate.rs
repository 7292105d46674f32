//! A record as somebody sees it who knows its fields by another version of their schema: a flow goes on with the keys and
//! types it was drawn with, while the form was changed. A field, and a column of a sub-table, is the same where its `x-id`
//! is the same, whatever its key; what has none is known by its key, also when its `x-id` says later that this was it; what
//! is not found so is the same where the key is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::convert::{Conversion, is_another};
use super::field::{Field, FieldKind, fields};
use crate::id::FieldKey;

/// From one version of a schema to another.
#[derive(Clone, Debug, Default)]
pub struct Translation {
    members: BTreeMap<String, Member>,
    /// Fields only the other version has.
    new: Vec<FieldKey>,
}

#[derive(Clone, Debug)]
struct Member {
    /// Its key in the other version; none: it is not there.
    to: Option<FieldKey>,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    Same,
    Converted(Box<Conversion>),
    Rows(Box<Translation>),
}

/// A record, translated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Translated {
    pub data: Map<String, Value>,
    /// Fields of the other version whose value does not fit the type they have there, with the value.
    pub unfit: BTreeMap<FieldKey, Value>,
    /// Values of fields the other version does not have, by the keys they came with.
    pub gone: Map<String, Value>,
}

impl Translation {
    /// From the schema of one version to that of another.
    pub fn between(from: &Value, to: &Value) -> Self {
        let (ours, theirs) = (fields(from), fields(to));
        Self::of((&ours, from), (&theirs, to))
    }

    fn of((ours, from): (&[Field], &Value), (theirs, to): (&[Field], &Value)) -> Self {
        let members = ours
            .iter()
            .map(|one| {
                let other = counterpart(one, ours, theirs);
                let how = other.map_or(How::Same, |it| how((one, raw(from, &one.key)), (it, raw(to, &it.key))));
                (one.key.0.clone(), Member { to: other.map(|it| it.key.clone()), how })
            })
            .collect();
        let new = theirs
            .iter()
            .filter(|it| !ours.iter().any(|one| same((one, ours), (it, theirs))))
            .map(|it| it.key.clone())
            .collect();
        Self { members, new }
    }

    /// True if everything is called and stored the same in both.
    pub fn is_nothing(&self) -> bool {
        let same = |(key, it): (&String, &Member)| {
            it.to.as_ref().is_some_and(|to| to.as_str() == key)
                && match &it.how {
                    How::Same => true,
                    How::Converted(_) => false,
                    How::Rows(columns) => columns.is_nothing(),
                }
        };
        self.new.is_empty() && self.members.iter().all(same)
    }

    /// Fields only the other version has.
    pub fn new_fields(&self) -> &[FieldKey] {
        &self.new
    }

    /// What a field is called in the other version.
    pub fn key(&self, from: &str) -> Option<&FieldKey> {
        self.members.get(from)?.to.as_ref()
    }

    /// A record, or a part of it. What neither version knows stays what it is.
    pub fn translate(&self, data: &Map<String, Value>) -> Translated {
        let mut done = Translated::default();
        for (key, value) in data {
            match self.members.get(key) {
                None if self.new.iter().any(|it| it.as_str() == key) => {
                    done.gone.insert(key.clone(), value.clone());
                }
                None => {
                    done.data.entry(key.clone()).or_insert_with(|| value.clone());
                }
                Some(Member { to: None, .. }) => {
                    done.gone.insert(key.clone(), value.clone());
                }
                Some(Member { to: Some(to), how }) => match how.value(value) {
                    Some(value) => {
                        done.data.insert(to.0.clone(), value);
                    }
                    None => {
                        done.unfit.insert(to.clone(), value.clone());
                    }
                },
            }
        }
        done
    }

    /// A stored sub-table whose columns are called or typed otherwise from now on: what does not fit stays to be corrected.
    /// Nothing for what is no sub-table.
    pub fn stored_rows(&self, key: &str, value: &Value) -> Option<Value> {
        let (How::Rows(columns), Value::Array(rows)) = (&self.members.get(key)?.how, value) else { return None };
        let row = |row: &Value| match row {
            Value::Object(row) => Value::Object(columns.row(row).unwrap_or_else(|done| done)),
            other => other.clone(),
        };
        Some(Value::Array(rows.iter().map(row).collect()))
    }

    /// A row of a sub-table. What the other version has no column for is kept beside, so that nothing is lost on the way
    /// back. Where a cell does not fit, the row with that cell as it is.
    fn row(&self, row: &Map<String, Value>) -> Result<Map<String, Value>, Map<String, Value>> {
        let Translated { mut data, unfit, gone } = self.translate(row);
        let fits = unfit.is_empty();
        for (key, value) in gone.into_iter().chain(unfit.into_iter().map(|(key, value)| (key.0, value))) {
            data.entry(key).or_insert(value);
        }
        if fits { Ok(data) } else { Err(data) }
    }
}

/// What a field, or a column of a sub-table, is known by among its siblings: its `x-id`; without one its key, unless that is the
/// id of another; nothing then.
pub fn identity<'a>(one: &'a Field, among: &[Field]) -> &'a str {
    let key = one.key.as_str();
    match one.id.as_str() {
        "" if among.iter().any(|it| it.id == key) => "",
        "" => key,
        id => id,
    }
}

/// The field of another version that is the same as this one of ours.
pub fn counterpart<'a>(one: &Field, ours: &[Field], theirs: &'a [Field]) -> Option<&'a Field> {
    theirs.iter().find(|it| same((one, ours), (it, theirs)))
}

fn same((one, ours): (&Field, &[Field]), (other, theirs): (&Field, &[Field])) -> bool {
    let (mine, its) = (identity(one, ours), identity(other, theirs));
    let known = |id: &str, among: &[Field]| !id.is_empty() && among.iter().any(|it| identity(it, among) == id);
    if known(mine, theirs) || known(its, ours) { mine == its } else { one.key == other.key }
}

impl How {
    fn value(&self, value: &Value) -> Option<Value> {
        match (self, value) {
            (_, Value::Null) | (How::Same, _) => Some(value.clone()),
            (How::Converted(it), _) => it.convert(value),
            (How::Rows(columns), Value::Array(rows)) => rows
                .iter()
                .map(|row| match row {
                    Value::Object(row) => columns.row(row).ok().map(Value::Object),
                    other => Some(other.clone()),
                })
                .collect::<Option<Vec<_>>>()
                .map(Value::Array),
            (How::Rows(_), other) => Some(other.clone()),
        }
    }
}

fn how((one, from): (&Field, &Value), (other, to): (&Field, &Value)) -> How {
    if let (FieldKind::Rows { columns: ours }, FieldKind::Rows { columns: theirs }) = (&one.kind, &other.kind) {
        let items = |schema| Value::get(schema, "items").unwrap_or(&Value::Null);
        let columns = Translation::of((ours, items(from)), (theirs, items(to)));
        return if columns.is_nothing() { How::Same } else { How::Rows(Box::new(columns)) };
    }
    if !is_another(from, to) {
        return How::Same;
    }
    Conversion::new(to).map_or(How::Same, |it| How::Converted(Box::new(it)))
}

/// A field's own schema, where it stands written out.
fn raw<'a>(schema: &'a Value, key: &FieldKey) -> &'a Value {
    schema.get("properties").and_then(|it| it.get(key.as_str())).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema(properties: Value) -> Value {
        json!({ "type": "object", "properties": properties })
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn names_types_and_columns_are_carried_both_ways() {
        let rows = |price: &str| {
            json!({ "x-id": "f_4", "type": "array", "items": { "type": "object", "properties": {
                price: { "x-id": "f_5", "type": "integer" }, "note": { "type": "string" } } } })
        };
        let old = schema(json!({
            "a": { "x-id": "f_1", "type": "string" },
            "b": { "x-id": "f_2", "type": "string" },
            "plain": { "type": "string" },
            "lines": rows("price"),
            "left": { "x-id": "f_6", "type": "string" },
        }));
        // `a` and `b` have changed places, `b` is a number now; a column is called otherwise; one went, one came.
        let new = schema(json!({
            "b": { "x-id": "f_1", "type": "string" },
            "a": { "x-id": "f_2", "type": "integer" },
            "plain": { "x-id": "f_9", "type": "string" },
            "rows": rows("amount"),
            "more": { "x-id": "f_7", "type": "string" },
        }));
        let (back, forth) = (Translation::between(&new, &old), Translation::between(&old, &new));
        let now =
            map(json!({ "b": "first", "a": 12, "plain": "p", "rows": [{"amount": 3, "note": "n"}], "more": "m" }));
        let then = back.translate(&now);
        assert_eq!(
            Value::Object(then.data.clone()),
            json!({ "a": "first", "b": "12", "plain": "p", "lines": [{"price": 3, "note": "n"}] })
        );
        assert_eq!(then.gone, map(json!({ "more": "m" })));
        assert_eq!(back.new_fields(), ["left".into()]);
        let again = forth.translate(&then.data);
        assert_eq!(
            Value::Object(again.data),
            json!({ "b": "first", "a": 12, "plain": "p", "rows": [{"amount": 3, "note": "n"}] })
        );
        assert!(again.unfit.is_empty());
        let bad = forth.translate(&map(json!({ "b": "many", "left": "l", "lines": null })));
        assert_eq!(bad.unfit, BTreeMap::from([("a".into(), json!("many"))]));
        assert_eq!((bad.gone, bad.data), (map(json!({ "left": "l" })), map(json!({ "rows": null }))));
        assert_eq!(forth.key("lines").map(|it| it.as_str()), Some("rows"));
        assert!(!back.is_nothing() && !forth.is_nothing());
        assert!(Translation::between(&old, &old).is_nothing());
        let stored = json!([{"price": 3, "note": "n"}, {"price": "x", "own": 1}]);
        let wanted = json!([{"amount": 3, "note": "n"}, {"amount": "x", "own": 1}]);
        assert_eq!(forth.stored_rows("lines", &stored), Some(wanted));
        assert_eq!(forth.stored_rows("a", &json!("x")), None);
    }

    /// What has no id is known by its key, and by that as its id when it is renamed.
    #[test]
    fn what_has_no_id_keeps_its_values() {
        let rows = |columns: Value| json!({ "type": "array", "items": { "type": "object", "properties": columns } });
        let text = json!({ "type": "string" });
        let known = |id: &str| json!({ "type": "string", "x-id": id });
        let old = schema(json!({ "note": text, "other": text, "lines": rows(json!({ "qty": text, "unit": text })) }));
        let new = schema(json!({
            // The old key was given away: it is another field's.
            "remark": known("note"), "note": known("f_9"), "other": known("f_8"),
            "lines": rows(json!({ "amount": known("qty"), "unit": text })),
        }));
        let forth = Translation::between(&old, &new);
        let done = forth.translate(&map(json!({ "note": "n", "other": "o", "lines": [{ "qty": "1", "unit": "kg" }] })));
        let wanted = json!({ "remark": "n", "other": "o", "lines": [{ "amount": "1", "unit": "kg" }] });
        assert_eq!(Value::Object(done.data), wanted);
        assert_eq!(forth.new_fields(), ["note".into()]);
        // A key that is another's id says nothing.
        let odd = fields(&schema(json!({ "note": text, "remark": known("note") })));
        let of = |key: &str| odd.iter().find(|it| it.key.as_str() == key).map(|it| identity(it, &odd));
        assert_eq!((of("note"), of("remark")), (Some(""), Some("note")));
    }

    /// Whatever is renamed: there and back again is what it was.
    #[test]
    fn there_and_back_is_the_same() {
        for seed in 0..300u64 {
            let mut chance = crate::check::sound::random::Dice(seed);
            let count = 1 + chance.roll(7);
            let mut names: Vec<String> = (0..count).map(|it| format!("k{it}")).collect();
            let fields = |names: &[String]| -> Map<String, Value> {
                let field = |id| json!({ "x-id": format!("f_{id}"), "type": "string" });
                names.iter().enumerate().map(|(id, key)| (key.clone(), field(id))).collect()
            };
            let one = fields(&names);
            for at in (1..count).rev() {
                let with = chance.roll(at + 1);
                names.swap(at, with);
            }
            let other = fields(&names);
            let (one, other) = (schema(Value::Object(one)), schema(Value::Object(other)));
            let data: Map<String, Value> = (0..count)
                .filter(|_| !chance.one_in(3))
                .map(|it| (format!("k{it}"), Value::from(format!("value {it}"))))
                .collect();
            let there = Translation::between(&one, &other).translate(&data);
            let back = Translation::between(&other, &one).translate(&there.data);
            assert_eq!(back.data, data, "seed {seed}");
        }
    }
}

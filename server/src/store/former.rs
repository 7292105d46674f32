//! What fields were called before. The history of a record is append only and speaks of its fields by the keys they had when it
//! was written; here stands, for every key a field no longer has, which field that was and up to which entry. A field, and a
//! column of a sub-table, is known by its `x-id`, by its key if it has none.

use std::collections::BTreeMap;

use runtime::form::field::{Field, FieldKind, fields};
use runtime::form::translate::{counterpart, identity};
use runtime::id::ModuleKey;
use runtime::model::module::Module;
use serde_json::Value;

use super::history::Past;
use super::sql::{Query, Sql};
use crate::error::Error;

/// The former keys of a module: by sub-table (by its id; none: the record itself) and key, the last entry with the field's id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Former(BTreeMap<(String, String), Vec<(i64, String)>>);

/// Notes which fields are called otherwise from now on, or are gone. Part of publishing, in its transaction.
pub async fn note(db: &impl Sql, was: &Module, is: &Module) -> Result<(), Error> {
    let mut changed = Vec::new();
    differing("", &fields(&was.schema), &fields(&is.schema), &mut changed);
    if changed.is_empty() {
        return Ok(());
    }
    let last = db.row(Query::new("SELECT MAX(n) FROM history")).await?;
    let last = last.map(|it| it.get::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0);
    for (owner, key, id) in changed {
        let mut query = Query::new("INSERT INTO former_keys (module, owner, key, field, place) VALUES (");
        query.bind(is.definition.key.as_str()).push(", ").bind(owner.as_str()).push(", ").bind(key.as_str());
        query.push(", ").bind(id.as_str()).push(", ").bind(last).push(")");
        db.later(query).await?;
    }
    Ok(())
}

/// Owner, key and id of what is not called so any more.
fn differing(owner: &str, was: &[Field], is: &[Field], into: &mut Vec<(String, String, String)>) {
    for before in was {
        let (id, now) = (identity(before, was), counterpart(before, was, is));
        // What has no id of its own is itself again when it comes back.
        let gone = now.is_none() && !before.id.is_empty();
        if gone || now.is_some_and(|it| it.key != before.key) {
            into.push((owner.to_owned(), before.key.0.clone(), id.to_owned()));
        }
        if let (FieldKind::Rows { columns: was }, Some(FieldKind::Rows { columns: is })) =
            (&before.kind, now.map(|it| &it.kind))
        {
            differing(id, was, is, into);
        }
    }
}

/// What a module's fields were called.
pub async fn of(db: &impl Sql, module: &ModuleKey) -> Result<Former, Error> {
    let mut query = Query::new("SELECT owner, key, place, field FROM former_keys WHERE module = ");
    query.bind(module.as_str()).push(" ORDER BY place, n");
    let mut found = Former::default();
    for row in db.rows(query).await? {
        found.0.entry((row.get(0)?, row.get(1)?)).or_default().push((row.get(2)?, row.get(3)?));
    }
    Ok(found)
}

impl Former {
    /// Entries as if they had been written with the fields of today. A field that is gone gets a key nothing has.
    pub fn today(&self, schema: &Value, entries: &mut [Past]) {
        if self.0.is_empty() {
            return;
        }
        let now = fields(schema);
        for entry in entries {
            for change in &mut entry.changes {
                if let Some(key) = self.key("", &now, &change.field, entry.n) {
                    change.field = key;
                }
                let field = now.iter().find(|it| it.key.as_str() == change.field);
                if let Some(table @ Field { kind: FieldKind::Rows { columns }, .. }) = field {
                    let id = identity(table, &now);
                    self.rows(id, columns, &mut change.from, entry.n);
                    self.rows(id, columns, &mut change.to, entry.n);
                }
            }
        }
    }

    /// Today's key of what was called so at an entry; none: it is called so still.
    fn key(&self, owner: &str, now: &[Field], key: &str, entry: i64) -> Option<String> {
        let before = self.0.get(&(owner.to_owned(), key.to_owned()))?;
        let (_, id) = before.iter().find(|it| it.0 >= entry)?;
        let today = now.iter().find(|it| identity(it, now) == id);
        Some(today.map_or_else(|| format!("{key}~"), |it| it.key.0.clone()))
    }

    fn rows(&self, owner: &str, columns: &[Field], value: &mut Value, entry: i64) {
        for row in value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            let renamed = |key: String| self.key(owner, columns, &key, entry).unwrap_or(key);
            *row = std::mem::take(row).into_iter().map(|(key, it)| (renamed(key), it)).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use api::record::FieldChange;
    use serde_json::json;

    use super::*;

    fn shape(properties: Value) -> Vec<Field> {
        fields(&json!({ "type": "object", "properties": properties }))
    }

    #[test]
    fn keys_that_changed_hands_are_told_apart_by_when() {
        let text = |id: &str| json!({ "type": "string", "x-id": id });
        let rows = |column: &str| json!({ "type": "array", "x-id": "r", "items": { "type": "object", "properties": { column: text("c"), "plain": { "type": "string" } } } });
        let first = json!({ "a": text("1"), "b": text("2"), "old": rows("x"), "none": { "type": "string" }, "bare": { "type": "string" } });
        let second = json!({ "b": text("1"), "a": text("2"), "lines": rows("y"), "other": { "type": "string" }, "dressed": text("bare") });
        let mut changed = Vec::new();
        differing("", &shape(first), &shape(second.clone()), &mut changed);
        let s = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            changed,
            [s("", "a", "1"), s("", "b", "2"), s("", "old", "r"), s("r", "x", "c"), s("", "bare", "bare")]
        );
        let mut former = Former::default();
        for (place, (owner, key, id)) in
            changed.into_iter().map(|it| (5, it)).chain([(9, s("", "a", "2")), (9, s("", "b", "gone"))])
        {
            former.0.entry((owner, key)).or_default().push((place, id));
        }
        let now = json!({ "type": "object", "properties": { "b": text("1"), "second": text("2"), "lines": rows("y"), "dressed": text("bare") } });
        let was = |n: i64, field: &str, to: Value| Past {
            n,
            changes: vec![FieldChange { field: field.to_owned(), from: Value::Null, to }],
            ..Past::default()
        };
        for (n, field, wanted) in [
            (5, "a", "b"),
            (5, "b", "second"),
            (6, "a", "second"),
            (6, "b", "b~"),
            (10, "b", "b"),
            (10, "a", "a"),
            (1, "none", "none"),
            (5, "bare", "dressed"),
            (6, "bare", "bare"),
            (1, "old", "lines"),
        ] {
            let mut entries = [was(n, field, json!("v"))];
            former.today(&now, &mut entries);
            assert_eq!(entries[0].changes[0].field, wanted, "{field} at {n}");
        }
        let mut entries = [was(4, "old", json!([{ "x": 1, "plain": 2 }, "odd"])), was(6, "lines", json!([{ "x": 1 }]))];
        former.today(&now, &mut entries);
        assert_eq!(entries[0].changes[0].to, json!([{ "y": 1, "plain": 2 }, "odd"]));
        assert_eq!(entries[1].changes[0].to, json!([{ "x": 1 }]), "written after the column had its new name");
    }
}

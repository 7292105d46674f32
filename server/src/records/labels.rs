//! What references are called: records by one query per module, people and departments from memory.

use std::collections::{BTreeMap, BTreeSet};

use runtime::id::{FieldKey, ModuleKey};
use runtime::model::module::Action;
use runtime::policy::Cover;
use serde_json::{Map, Value};

use super::names::label_field;
use super::seat::Seat;
use crate::app::App;
use crate::error::Error;
use crate::store::records as rows;
use crate::store::sql::{Query, Sql};
use crate::store::table::Target;

/// Labels of everything that some records refer to, by id. Fields the person does not see are not looked at.
pub(super) async fn labels(
    app: &App,
    db: &impl Sql,
    seat: &Seat,
    records: &[&Map<String, Value>],
) -> Result<BTreeMap<String, String>, Error> {
    let people = app.people.state();
    let language = &seat.who.person.language;
    let mut labels = BTreeMap::new();
    let mut wanted: BTreeMap<(ModuleKey, FieldKey), BTreeSet<String>> = BTreeMap::new();
    let mut anywhere: BTreeSet<String> = BTreeSet::new();
    for column in seat.module.table.columns.iter().filter(|it| seat.sees(it.key.as_str())) {
        for id in records.iter().filter_map(|it| it.get(column.key.as_str())).flat_map(ids) {
            match &column.target {
                Target::User => {
                    labels.insert(id.to_owned(), people.name(id));
                }
                Target::Department => {
                    labels.insert(id.to_owned(), people.department_name(id, language));
                }
                Target::Module(module) => {
                    let Some(target) = seat.live.modules.get(module) else { continue };
                    let shown = label_field(&seat.module, column, target);
                    wanted.entry((module.clone(), shown)).or_default().insert(id.to_owned());
                }
                Target::AnyModule => {
                    anywhere.insert(id.to_owned());
                }
                Target::None | Target::Dictionary(_) | Target::Role => {}
            }
        }
    }
    let fields = seat.module.form.fields.iter().filter(|it| seat.sees(it.key.as_str()));
    labels.extend(crate::files::labels(db, fields, records).await?);
    for id in anywhere {
        if let Some(module) = rows::module_of(db, &id.as_str().into()).await?
            && let Some(target) = seat.live.modules.get(&module)
        {
            wanted.entry((module, target.definition.label.clone())).or_default().insert(id);
        }
    }
    for ((module, label), ids) in wanted {
        if let Some(target) = seat.beside(&module) {
            labels.extend(called(db, &target, &label, ids).await?);
        }
    }
    Ok(labels)
}

/// What is shown in place of the label of a record that the person may not read and that has no number.
const UNREADABLE: &str = "—";

/// What records are called: by the label where the person may read it, else by the number alone.
async fn called(
    db: &impl Sql,
    target: &Seat,
    label: &FieldKey,
    mut ids: BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Error> {
    let table = &target.module.table;
    let cover = target.cover(Action::Read);
    let mut named = BTreeMap::new();
    if target.sees(label.as_str()) && !cover.is_nothing() {
        let readable = |query: &mut Query| {
            if cover != Cover::All {
                query.push(" AND ");
                target.covered(query, &cover);
            }
        };
        named = rows::labels_where(db, table, label, &ids, readable).await?;
    }
    // Whoever speaks for a customer knows what it is called.
    if let Some(own) = target.who.person.customer.as_ref().filter(|it| ids.contains(it.as_str()))
        && !named.contains_key(own.as_str())
    {
        named.extend(rows::labels(db, table, label, &BTreeSet::from([own.0.clone()])).await?);
    }
    ids.retain(|it| !named.contains_key(it));
    if let Some((number, _)) = target.module.number.as_ref().filter(|_| !ids.is_empty()) {
        named.extend(rows::labels(db, table, number, &ids).await?);
        ids.retain(|it| !named.contains_key(it));
    }
    named.extend(ids.into_iter().map(|it| (it, UNREADABLE.to_owned())));
    Ok(named)
}

/// Ids in a reference's value.
pub(crate) fn ids(value: &Value) -> Vec<&str> {
    match value {
        Value::String(it) if !it.is_empty() => vec![it],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// A value as text; blank is nothing.
pub(crate) fn label_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(it)) => it.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

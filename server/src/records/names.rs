//! What the records are called that a record refers to, for finding it by those names.

use std::collections::{BTreeMap, BTreeSet};

use runtime::form::FieldKind;
use runtime::id::{FieldKey, ModuleKey, RecordId};
use serde_json::{Map, Value};

use super::labels::{ids, label_of};
use crate::definitions::{Live, Module};
use crate::error::Error;
use crate::store::records::{self as rows, Names};
use crate::store::sql::Sql;
use crate::store::table::{Column, Target};

/// The field by which a reference shows what it points at.
pub(crate) fn label_field(module: &Module, column: &Column, target: &Module) -> FieldKey {
    match module.form.field(column.key.as_str()).map(|it| &it.kind) {
        Some(FieldKind::Reference { label: Some(label), .. } | FieldKind::References { label: Some(label), .. }) => {
            label.clone()
        }
        Some(_) | None => target.definition.label.clone(),
    }
}

/// Names of everything that records of a module refer to. `known`: records that were read already. A name that not
/// everybody may see is left out.
pub(crate) async fn names(
    live: &Live,
    db: &impl Sql,
    module: &Module,
    records: &[&Map<String, Value>],
    known: &BTreeMap<RecordId, Map<String, Value>>,
) -> Result<Names, Error> {
    let mut names = Names::new();
    let mut wanted: BTreeMap<(ModuleKey, FieldKey), BTreeSet<String>> = BTreeMap::new();
    for column in module.table.columns.iter() {
        let Target::Module(key) = &column.target else { continue };
        let Some(target) = live.modules.get(key) else { continue };
        let label = label_field(module, column, target);
        if target.table.column(label.as_str()).is_none_or(|it| it.closed) {
            continue;
        }
        for id in records.iter().filter_map(|it| it.get(column.key.as_str())).flat_map(ids) {
            match known.get(id).and_then(|it| it.get(label.as_str())) {
                Some(name) => {
                    names.insert(id.to_owned(), label_of(Some(name)));
                }
                None => {
                    wanted.entry((key.clone(), label.clone())).or_default().insert(id.to_owned());
                }
            }
        }
    }
    for ((key, label), ids) in wanted {
        if let Some(target) = live.modules.get(&key) {
            names.extend(rows::labels(db, &target.table, &label, &ids).await?);
        }
    }
    Ok(names)
}

/// Modules whose records are found by a name that one of these fields of `module` gives, or compute something of it.
pub(crate) fn referring(live: &Live, module: &Module, changed: &BTreeSet<FieldKey>) -> Vec<ModuleKey> {
    let by_name = |other: &&std::sync::Arc<Module>| {
        other.table.columns.iter().any(|it| {
            matches!(&it.target, Target::Module(key) if *key == module.key)
                && (changed.contains(&label_field(other, it, module)) || other.form.follows(&it.key, changed))
        })
    };
    live.modules.values().filter(by_name).map(|it| it.key.clone()).collect()
}

//! `script-unknown-field` (warning): a script that a flow runs reads or sets a field the flow's record does not have: renamed, deleted or
//! mistyped. `script-unknown-table` (error): it asks a decision table that is nowhere. Fix: the name the schema has; the table's key.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Look, unknown};
use crate::alert::{Alert, Severity};
use crate::id::{FlowKey, ScriptKey};
use crate::model::flow::{ElementKind, Flow};
use crate::script::Script;

pub fn rule(found: &mut Vec<Alert>, look: &Look, _key: &FlowKey, flow: &Flow) {
    let mut named: BTreeSet<&ScriptKey> = BTreeSet::new();
    for it in flow.all() {
        match &it.kind {
            ElementKind::ScriptTask { script: Some(script), .. } => named.insert(script),
            ElementKind::UserTask(task) => task.performer.script.as_ref().is_some_and(|it| named.insert(it)),
            ElementKind::ServiceTask { call: Some(call) } => {
                call.input_script.as_ref().is_some_and(|it| named.insert(it))
            }
            _other => false,
        };
    }
    for key in named {
        // A script of another pack is that pack's to mend.
        let Some(script) = look.pack.scripts.get(key).and_then(|it| Script::compile(key, it).ok()) else { continue };
        let file = format!("scripts/{key}.rhai");
        if let Some(module) = flow.module.as_ref().filter(|it| look.catalog.module(it).is_some()) {
            let known = || {
                let properties =
                    look.catalog.module(module).and_then(|it| it.schema.get("properties")).and_then(Value::as_object);
                properties.into_iter().flatten().map(|(key, _)| key.clone())
            };
            let reads = script
                .reads()
                .into_iter()
                .filter(|it| it.root() == "data")
                .filter_map(|it| it.field().map(str::to_owned));
            let sets = script.writes().perhaps.into_iter().filter_map(|it| it.strip_prefix("data.").map(str::to_owned));
            for field in reads.chain(sets).collect::<BTreeSet<_>>() {
                if !look.has_field(module, &field) {
                    let mut alert = unknown("script-unknown-field", &format!("field of `{module}`"), &field, known());
                    alert.severity = Severity::Warning;
                    found.push(alert.at(&file, "").on(key.as_str()));
                }
            }
        }
        for call in script.calls().iter().filter(|it| it.name == "table") {
            if let Some(Some(Value::String(table))) = call.args.first()
                && look.catalog.table(&table.as_str().into()).is_none()
            {
                let known: Vec<String> =
                    look.catalog.packs().flat_map(|it| it.tables.keys()).map(ToString::to_string).collect();
                found.push(
                    unknown("script-unknown-table", "decision table", table, known.into_iter())
                        .at(&file, "")
                        .on(key.as_str()),
                );
            }
        }
    }
    found.dedup();
}

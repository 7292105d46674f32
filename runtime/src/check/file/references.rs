//! What a file names and does not hold. `flow-unknown-event` (error): a message, signal, error or escalation that stands nowhere at the
//! root of the file (BPMN 2.0.2 §8.4.11, §10.5.5). `flow-unknown-data` (error): a data store that is nowhere (§10.4.1).
//! `flow-unknown-node` (error): an association that begins or ends at nothing (§8.4.1). Files that import others may find it there.
//! Fix: name what is there, or take the reference away.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Look, Place, attribute};
use crate::alert::Alert;
use crate::check::flow::definitions;
use crate::model::flow::{ElementKind, EventDefinition};

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    if look.imports() {
        return;
    }
    let roots: BTreeSet<(&str, &str)> =
        look.roots().filter_map(|(_, it)| Some((it.name.as_str(), attribute(it, "id")?))).collect();
    let known = |kind: &str, id: &str| id.trim().is_empty() || roots.contains(&(kind, look.local(id)));
    let mut loose: Vec<(&Place, &str)> = Vec::new();
    for place in look.elements.values() {
        let mut named: Vec<(&str, &str)> = definitions(place.element).iter().filter_map(names).collect();
        match &place.element.kind {
            ElementKind::SendTask { message_ref: Some(id), .. }
            | ElementKind::ReceiveTask { message_ref: Some(id), .. } => named.push(("message", id)),
            ElementKind::DataStoreReference { data_store_ref: Some(id) } if !known("dataStore", id) => {
                let says = format!("expected a data store of the file, found `{id}`");
                found.push(look.on(Alert::error("flow-unknown-data", says), place).arg("name", id.as_str()));
            }
            ElementKind::Association { source_ref, target_ref, .. } => {
                loose.extend([(place, source_ref.as_str()), (place, target_ref.as_str())]);
            }
            _other => {}
        }
        for (kind, id) in named.into_iter().filter(|(kind, id)| !known(kind, id)) {
            let article = if kind == "error" || kind == "escalation" { "an" } else { "a" };
            let says = format!("expected {article} {kind} of the file, found `{id}`");
            found.push(look.on(Alert::error("flow-unknown-event", says), place).arg("name", id));
        }
    }
    loose.retain(|(_, id)| !look.elements.contains_key(look.local(id)));
    if loose.is_empty() {
        return;
    }
    // Lanes, pools, data inputs: whatever has an id can be at an end.
    let mut ids = BTreeSet::new();
    if let Ok(all) = serde_json::to_value(look.document) {
        collect(&all, &mut ids);
    }
    for (place, id) in loose.into_iter().filter(|(_, id)| !ids.contains(look.local(id))) {
        let says = format!("expected the association to join two things of the file, found `{id}`");
        found.push(look.on(Alert::error("flow-unknown-node", says), place).arg("name", id));
    }
}

/// What an event definition names.
fn names(it: &EventDefinition) -> Option<(&'static str, &str)> {
    match it {
        EventDefinition::Message { message_ref, .. } => Some(("message", message_ref)),
        EventDefinition::Signal { signal_ref, .. } => Some(("signal", signal_ref)),
        EventDefinition::Error { error_ref } => Some(("error", error_ref.as_deref()?)),
        EventDefinition::Escalation { escalation_ref } => Some(("escalation", escalation_ref.as_deref()?)),
        EventDefinition::Timer { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {}
        | EventDefinition::Multiple { .. } => None,
    }
}

/// Every id in a document: a member `id`, or a kept attribute of that name.
fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            ids.extend(members.get("id").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|it| collect(it, ids));
        }
        Value::Array(items) => {
            if let [Value::String(name), Value::String(id)] = &items[..]
                && name == "id"
            {
                ids.insert(id.clone());
            }
            items.iter().for_each(|it| collect(it, ids));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

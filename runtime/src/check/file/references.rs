//! What a file names and does not hold. `flow-unknown-event` (error): a message, signal, error, escalation or shared event definition that
//! stands nowhere at the root of the file (BPMN 2.0.2 §8.4.11, §9.3, §10.5.5). `flow-unknown-data` (error): a data store that is nowhere (§10.4.1).
//! `flow-unknown-node` (error): an association that begins or ends at nothing (§8.4.1). Files that import others may find it there.
//! Fix: name what is there, or take the reference away.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Look, Place, attribute, below, children, text};
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
    messages(found, look, &known);
    shared(found, look);
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

/// What flows between pools.
fn messages(found: &mut Vec<Alert>, look: &Look, known: &dyn Fn(&str, &str) -> bool) {
    for (at, collaboration) in look.document.collaborations.iter().enumerate() {
        for (nth, it) in collaboration.message_flows.iter().enumerate() {
            let Some(id) = it.message_ref.as_deref().filter(|id| !known("message", id)) else { continue };
            let says = format!("expected a message of the file, found `{id}`");
            let name = if it.name.is_empty() { &it.id } else { &it.name };
            found.push(
                Alert::error("flow-unknown-event", says)
                    .at(look.file, format!("/collaborations/{at}/messageFlows/{nth}"))
                    .on(it.id.as_str())
                    .arg("element", name.as_str())
                    .arg("name", id),
            );
        }
    }
}

/// Event definitions that events share by naming them.
fn shared(found: &mut Vec<Alert>, look: &Look) {
    let named = |place: &Place| -> Vec<String> {
        let kept = children(&place.element.kept.children);
        kept.filter(|(_, it)| it.name == "eventDefinitionRef").map(|(_, it)| text(it)).collect()
    };
    let named: Vec<(&Place, String)> =
        look.elements.values().flat_map(|place| named(place).into_iter().map(move |id| (place, id))).collect();
    if named.is_empty() {
        return;
    }
    let mut deep = Vec::new();
    below(&look.document.definitions.children, &mut deep);
    look.elements.values().for_each(|it| below(&it.element.kept.children, &mut deep));
    let definitions: BTreeSet<&str> = deep
        .into_iter()
        .filter(|it| it.name == "eventDefinition" || it.name.ends_with("EventDefinition"))
        .filter_map(|it| attribute(it, "id"))
        .collect();
    for (place, id) in named.into_iter().filter(|(_, id)| !definitions.contains(look.local(id))) {
        let says = format!("expected an event definition of the file, found `{id}`");
        found.push(look.on(Alert::error("flow-unknown-event", says), place).arg("name", id));
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

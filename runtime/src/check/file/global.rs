//! `flow-global` (warning): a message, signal, error or escalation at the root of a file has a blank name, the name of another, or is used by
//! nothing (BPMN 2.0.2 §8.4.11, §10.5.5). Fix: name it, use it, or delete it.

use std::collections::BTreeSet;

use super::{Look, attribute, bare, below, text};
use crate::alert::Alert;
use crate::check::flow::definitions;
use crate::model::flow::{Element, ElementKind, EventDefinition, Loop};

const KINDS: &[&str] = &["message", "signal", "error", "escalation"];

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for place in look.elements.values() {
        element(&mut used, place.element);
    }
    for it in look.document.collaborations.iter().flat_map(|it| &it.message_flows) {
        used.extend(it.message_ref.as_ref().map(|it| ("message", it.clone())));
    }
    // Operations of interfaces say what they take and give.
    let mut deep = Vec::new();
    below(&look.document.definitions.children, &mut deep);
    for it in deep {
        match it.name.as_str() {
            "inMessageRef" | "outMessageRef" => used.insert(("message", bare(&text(it)).to_owned())),
            "errorRef" => used.insert(("error", bare(&text(it)).to_owned())),
            "messageEventDefinition" => {
                used.insert(("message", bare(attribute(it, "messageRef").unwrap_or_default()).to_owned()))
            }
            "signalEventDefinition" => {
                used.insert(("signal", bare(attribute(it, "signalRef").unwrap_or_default()).to_owned()))
            }
            "errorEventDefinition" => {
                used.insert(("error", bare(attribute(it, "errorRef").unwrap_or_default()).to_owned()))
            }
            "escalationEventDefinition" => {
                used.insert(("escalation", bare(attribute(it, "escalationRef").unwrap_or_default()).to_owned()))
            }
            _other => false,
        };
    }
    let roots: Vec<_> = look.roots().filter(|(_, it)| KINDS.contains(&it.name.as_str())).collect();
    for (at, it) in &roots {
        let (kind, id, name) = (it.name.as_str(), attribute(it, "id").unwrap_or_default(), attribute(it, "name"));
        let mut say = |says: String| {
            found.push(
                Alert::warning("flow-global", says)
                    .at(look.file, format!("/definitions/children/{at}"))
                    .on(id)
                    .arg("name", name.unwrap_or(id)),
            );
        };
        if name.is_some_and(|it| it.trim().is_empty()) {
            say(format!("expected a name on the {kind} `{id}`, found none"));
        }
        if !used.contains(&(kind, id.to_owned())) {
            say(format!("expected something to use the {kind} `{}`, found nothing", name.unwrap_or(id)));
        }
        let same = |(_, other): &&(usize, &crate::model::flow::XmlElement)| {
            other.name == kind && attribute(other, "name") == name
        };
        if name.is_some() && roots.iter().filter(same).count() > 1 {
            say(format!("expected one {kind} called `{}`, found several", name.unwrap_or_default()));
        }
    }
}

fn element(used: &mut BTreeSet<(&str, String)>, it: &Element) {
    definitions(it).iter().for_each(|it| definition(used, it));
    match &it.kind {
        ElementKind::SendTask { message_ref, .. } | ElementKind::ReceiveTask { message_ref, .. } => {
            used.extend(message_ref.as_ref().map(|it| ("message", it.clone())));
        }
        _other => {}
    }
    if let Some(Loop::MultiInstance { none_behavior_event, one_behavior_event, complex_behaviors, .. }) =
        it.loop_characteristics.as_deref()
    {
        none_behavior_event
            .iter()
            .chain(one_behavior_event)
            .chain(complex_behaviors.iter().map(|it| &it.event))
            .for_each(|it| definition(used, it));
    }
}

fn definition(used: &mut BTreeSet<(&str, String)>, it: &EventDefinition) {
    match it {
        EventDefinition::Message { message_ref, .. } => used.insert(("message", message_ref.clone())),
        EventDefinition::Signal { signal_ref, .. } => used.insert(("signal", signal_ref.clone())),
        EventDefinition::Error { error_ref: Some(id) } => used.insert(("error", id.clone())),
        EventDefinition::Escalation { escalation_ref: Some(id) } => used.insert(("escalation", id.clone())),
        EventDefinition::Multiple { event_definitions, .. } => {
            event_definitions.iter().for_each(|it| definition(used, it));
            false
        }
        EventDefinition::Error { error_ref: None }
        | EventDefinition::Escalation { escalation_ref: None }
        | EventDefinition::Timer { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => false,
    };
}

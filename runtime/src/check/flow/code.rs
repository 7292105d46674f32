//! `flow-no-code` (warning): an error or escalation is thrown that has no code, so that nobody can tell it from others
//! (BPMN 2.0.2 §10.5.5: the code is needed by what throws it). `flow-no-reference` (warning): an event or task does not say which
//! message, signal, error or escalation it means. `flow-no-callee` (warning): a call activity calls nothing.
//! Fix: choose or add the message, signal, error, escalation, flow; give it a code.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, EventDefinition};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        let throws = matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. });
        for definition in definitions(it) {
            named(found, graph, it, definition, throws);
        }
        match &it.kind {
            ElementKind::ReceiveTask { message_ref, .. } if message_ref.as_deref().unwrap_or_default().is_empty() => {
                no_reference(found, graph, it, "message")
            }
            ElementKind::CallActivity { called_element, .. } if called_element.as_str().is_empty() => {
                let says = format!("expected `{}` to call a flow, found none", called(it));
                found.push(graph.on(Alert::warning("flow-no-callee", says), it));
            }
            _other => {}
        }
    }
}

fn named(found: &mut Vec<Alert>, graph: &Graph, it: &Element, definition: &EventDefinition, throws: bool) {
    match definition {
        EventDefinition::Message { message_ref, .. } if message_ref.is_empty() => {
            no_reference(found, graph, it, "message")
        }
        EventDefinition::Signal { signal_ref, .. } if signal_ref.is_empty() => no_reference(found, graph, it, "signal"),
        // A catching event without a reference catches all.
        EventDefinition::Error { error_ref: None } if throws => no_reference(found, graph, it, "error"),
        EventDefinition::Escalation { escalation_ref: None } if throws => no_reference(found, graph, it, "escalation"),
        EventDefinition::Error { error_ref: Some(id) } if throws => {
            if graph.flow.errors.iter().any(|it| it.id == *id && it.error_code.is_empty()) {
                no_code(found, graph, it, id);
            }
        }
        EventDefinition::Escalation { escalation_ref: Some(id) } if throws => {
            if graph.flow.escalations.iter().any(|it| it.id == *id && it.escalation_code.is_empty()) {
                no_code(found, graph, it, id);
            }
        }
        EventDefinition::Message { .. }
        | EventDefinition::Signal { .. }
        | EventDefinition::Error { .. }
        | EventDefinition::Escalation { .. }
        | EventDefinition::Timer { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {}
        | EventDefinition::Multiple { .. } => {}
    }
}

fn no_reference(found: &mut Vec<Alert>, graph: &Graph, it: &Element, what: &str) {
    let says = format!("expected `{}` to say which {what} it means, found none", called(it));
    found.push(graph.on(Alert::warning("flow-no-reference", says).arg("what", what), it));
}

fn no_code(found: &mut Vec<Alert>, graph: &Graph, it: &Element, id: &str) {
    let says = format!("expected `{id}`, which `{}` throws, to have a code, found none", called(it));
    found.push(graph.on(Alert::warning("flow-no-code", says).arg("name", id), it));
}

//! `flow-event-subprocess` (error): an event subprocess has none or several start events (BPMN 2.0.2 §10.3.5).
//! `flow-event-subprocess-start` (error): its start event has no trigger, so that it would never begin.
//! Fix: one start event with a message, timer, error, escalation, signal, condition or compensation.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let Some(holder) =
        graph.holder().filter(|it| matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. }))
    else {
        return;
    };
    let starts: Vec<_> = graph.nodes().filter(|it| matches!(it.kind, ElementKind::StartEvent { .. })).collect();
    if starts.len() != 1 {
        let says =
            format!("expected one start event in the event subprocess `{}`, found {}", called(holder), starts.len());
        found.push(graph.on_scope(Alert::error("flow-event-subprocess", says)));
    }
    for it in starts.into_iter().filter(|it| definitions(it).is_empty()) {
        let says = format!(
            "expected the start `{}` of an event subprocess to wait for something, found no trigger",
            called(it)
        );
        found.push(graph.on(Alert::error("flow-event-subprocess-start", says), it));
    }
}

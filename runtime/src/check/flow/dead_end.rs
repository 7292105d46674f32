//! `flow-no-start` (error): a scope has no start event; nothing would ever happen.
//! `flow-no-end` (error): a scope has no end event.
//! `flow-many-starts` (error): several none start events; which one begins would be a guess.
//! `flow-typed-inner-start` (warning): the start of a subprocess carries a trigger, which is never waited for (BPMN 2.0.2 §10.5.2).
//! `flow-dead-end` (error): a node that is no end event leads nowhere. BPMN lets a token end there silently; people take it
//! for a forgotten line, and it usually is one. Fix: connect it, or put an end event behind it.

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let scope = |alert: Alert| alert.at(graph.file, graph.scope_pointer());
    let starts: Vec<_> = graph.nodes().filter(|it| matches!(it.kind, ElementKind::StartEvent { .. })).collect();
    if starts.is_empty() {
        found.push(scope(Alert::error("flow-no-start", "expected a start event, found none")));
    }
    let blank: Vec<_> = starts.iter().filter(|it| matches!(it.kind, ElementKind::StartEvent { event_definition: None, .. })).collect();
    for it in blank.iter().skip(1) {
        let says = format!("expected one start event without a trigger, found `{}` besides `{}`", called(it), called(blank[0]));
        found.push(graph.on(Alert::error("flow-many-starts", says), it));
    }
    if graph.is_subprocess() {
        for it in starts.iter().filter(|it| matches!(it.kind, ElementKind::StartEvent { event_definition: Some(_), .. })) {
            let says = format!("expected the start of a subprocess to have no trigger, found one on `{}`", called(it));
            found.push(graph.on(Alert::warning("flow-typed-inner-start", says), it));
        }
    }
    if !graph.nodes().any(|it| matches!(it.kind, ElementKind::EndEvent { .. })) {
        found.push(scope(Alert::error("flow-no-end", "expected an end event, found none")));
    }
    for it in graph.nodes() {
        if matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::SubProcess { triggered_by_event: true, .. }) {
            continue;
        }
        if graph.out(&it.id).is_empty() {
            let says = format!("expected a flow out of `{}`, found none", called(it));
            found.push(graph.on(Alert::error("flow-dead-end", says), it));
        }
    }
}

//! `flow-no-start` (warning; error where there is an end event, and in packs): a scope has no start event (BPMN 2.0.2 §10.5.2: an
//! end event needs one). `flow-no-end` (warning; error where there is a start event, and in packs): a scope has no end event (§10.5.3).
//! `flow-many-starts` (error): several none start events; which one begins would be a guess.
//! `flow-typed-inner-start` (error): the start of a subprocess carries a trigger, which is never waited for (§10.5.2).
//! `flow-implicit-start` (warning): in a scope without start events a token appears at every node nothing leads to.
//! Fix: one start event, one or more end events, and a line from the start to every node.

use super::{Graph, called, definitions};
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    if graph.is_ad_hoc() {
        typed(found, graph);
        return;
    }
    let (has_start, has_end) = (graph.has_start(), graph.has_end());
    let severity = |counterpart: bool| if counterpart { Severity::Error } else { Severity::Warning };
    if !has_start {
        found.push(graph.on_scope(Alert::new(
            "flow-no-start",
            severity(has_end),
            "expected a start event, found none",
        )));
        for seat in graph.seats.iter().filter(|it| it.into.is_empty() && !graph.needs_no_way_in(it.it)) {
            let says = format!("expected a flow into `{}`, found none: it begins by itself", called(seat.it));
            found.push(graph.on(Alert::warning("flow-implicit-start", says), seat.it));
        }
    }
    if !has_end {
        found.push(graph.on_scope(Alert::new("flow-no-end", severity(has_start), "expected an end event, found none")));
    }
    let mut blank =
        graph.nodes().filter(|it| matches!(it.kind, ElementKind::StartEvent { event_definition: None, .. }));
    if let Some(first) = blank.next() {
        for it in blank {
            let says = format!(
                "expected one start event without a trigger, found `{}` besides `{}`",
                called(it),
                called(first)
            );
            found.push(graph.on(Alert::error("flow-many-starts", says), it));
        }
    }
    typed(found, graph);
}

fn typed(found: &mut Vec<Alert>, graph: &Graph) {
    let by_event =
        graph.holder().is_none_or(|it| matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. }));
    if by_event {
        return;
    }
    for it in
        graph.nodes().filter(|it| matches!(it.kind, ElementKind::StartEvent { .. }) && !definitions(it).is_empty())
    {
        let says = format!("expected the start of a subprocess to have no trigger, found one on `{}`", called(it));
        found.push(graph.on(Alert::error("flow-typed-inner-start", says), it));
    }
}

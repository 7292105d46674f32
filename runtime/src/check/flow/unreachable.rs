//! `flow-unreachable` (error): no way leads from a start event to the node; it would never happen (BPMN 2.0.2 §10.5.2: with a start
//! event, every other node is led to). Fix: connect it, or delete it.

use super::{Graph, called, instantiates};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    if !graph.has_start() || graph.is_ad_hoc() {
        return; // Without a start event, `flow-implicit-start` says which nodes begin by themselves.
    }
    let mut seen = vec![false; graph.elements.len()];
    let begins = |it: &&Element| {
        matches!(it.kind, ElementKind::StartEvent { .. } | ElementKind::SubProcess { triggered_by_event: true, .. })
            || instantiates(it)
    };
    let mut work: Vec<_> = graph.nodes().filter(begins).collect();
    while let Some(it) = work.pop() {
        let Some(place) = graph.place(&it.id) else { continue };
        if !std::mem::replace(&mut seen[place], true) {
            work.extend(graph.next(it).into_iter().filter_map(|id| graph.get(id)));
        }
    }
    // A compensation activity without its event is said by `flow-never-compensated`.
    let reached = |it: &Element| graph.place(&it.id).is_some_and(|place| seen[place]);
    for it in graph.nodes().filter(|it| !reached(it) && !it.is_for_compensation) {
        let says = format!("expected a way from the start to `{}`, found none", called(it));
        found.push(graph.on(Alert::error("flow-unreachable", says), it));
    }
}

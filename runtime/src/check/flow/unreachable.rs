//! `flow-unreachable` (error): no way leads from a start event to the node; it would never happen.
//! Fix: connect it, or delete it.

use std::collections::BTreeSet;

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let mut seen = BTreeSet::new();
    let mut work: Vec<_> = graph
        .nodes()
        .filter(|it| matches!(it.kind, ElementKind::StartEvent { .. } | ElementKind::SubProcess { triggered_by_event: true, .. }))
        .collect();
    if work.is_empty() {
        return; // `flow-no-start` says enough.
    }
    while let Some(it) = work.pop() {
        if seen.insert(&it.id) {
            work.extend(graph.next(it).into_iter().filter_map(|id| graph.get(id)));
        }
    }
    for it in graph.nodes().filter(|it| !seen.contains(&it.id)) {
        let says = format!("expected a way from the start to `{}`, found none", called(it));
        found.push(graph.on(Alert::error("flow-unreachable", says), it));
    }
}

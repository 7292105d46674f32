//! `flow-boundary` (error): a boundary event stands on an event subprocess or a compensation handler, which cannot be
//! interrupted by it (BPMN 2.0.2 §10.3.5, §10.7.2), or waits for nothing (§10.5.4). Fix: move it to an activity of the flow;
//! give it a trigger.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        let ElementKind::BoundaryEvent { attached_to_ref, .. } = &it.kind else { continue };
        if definitions(it).is_empty() {
            found.push(graph.on(
                Alert::error(
                    "flow-boundary",
                    format!("expected `{}` to wait for something, found no event definition", called(it)),
                ),
                it,
            ));
        }
        let Some(host) = graph.get(attached_to_ref) else { continue };
        if matches!(host.kind, ElementKind::SubProcess { triggered_by_event: true, .. }) || host.is_for_compensation {
            let says = format!(
                "expected `{}` to stand on an activity of the flow, found it on `{}`",
                called(it),
                called(host)
            );
            found.push(graph.on(Alert::error("flow-boundary", says), it));
        }
    }
}

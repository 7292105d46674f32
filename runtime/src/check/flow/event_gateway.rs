//! `flow-event-gateway` (error): an event-based gateway needs at least two ways out, each into a catching event or a receive
//! task that nothing else leads to (BPMN 2.0.2 §10.6.6).

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes().filter(|it| matches!(it.kind, ElementKind::EventBasedGateway { .. })) {
        if graph.out(&it.id).len() < 2 {
            let says = format!("expected two or more events behind `{}`, found {}", called(it), graph.out(&it.id).len());
            found.push(graph.on(Alert::error("flow-event-gateway", says), it));
        }
        for next in graph.next(it).into_iter().filter_map(|id| graph.get(id)) {
            if !matches!(next.kind, ElementKind::IntermediateCatchEvent { .. } | ElementKind::ReceiveTask { .. }) {
                let says = format!("expected only catching events behind `{}`, found `{}`", called(it), called(next));
                found.push(graph.on(Alert::error("flow-event-gateway", says), next));
            }
        }
    }
}

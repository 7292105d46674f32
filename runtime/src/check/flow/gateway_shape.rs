//! `flow-superfluous-gateway` (info): a gateway with one flow in and one out does nothing.
//! `flow-join-fork` (info): a gateway that joins and splits at once is read differently by different people.

use super::{Graph, called};
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        let is_gateway = matches!(
            it.kind,
            ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {} | ElementKind::ParallelGateway {} | ElementKind::ComplexGateway { .. }
        );
        if !is_gateway {
            continue;
        }
        match (graph.into(&it.id).len(), graph.out(&it.id).len()) {
            (1, 1) => {
                let says = format!("expected the gateway `{}` to split or join, found one flow in and one out", called(it));
                found.push(graph.on(Alert::new("flow-superfluous-gateway", Severity::Info, says), it));
            }
            (2.., 2..) => {
                let says = format!("expected the gateway `{}` either to join or to split, found both", called(it));
                found.push(graph.on(Alert::new("flow-join-fork", Severity::Info, says), it));
            }
            _other => {}
        }
    }
}

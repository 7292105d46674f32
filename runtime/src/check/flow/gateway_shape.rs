//! `flow-superfluous-gateway` (warning): a gateway with one flow in and one out does nothing; BPMN 2.0.2 §10.6.1 asks for several of
//! one kind. `flow-join-fork` (info): a gateway that joins and splits at once is read differently by different people.
//! `flow-gateway-direction` (error): a gateway is declared converging, diverging or mixed, and its flows say otherwise (§10.6.1).
//! Fix: delete the gateway; make two of it; correct the direction.

use super::{Graph, Seat, called};
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in &graph.seats {
        let it = seat.it;
        let is_gateway = matches!(
            it.kind,
            ElementKind::ExclusiveGateway {}
                | ElementKind::InclusiveGateway {}
                | ElementKind::ParallelGateway {}
                | ElementKind::ComplexGateway { .. }
                | ElementKind::EventBasedGateway { .. }
        );
        if !is_gateway {
            continue;
        }
        direction(found, graph, seat);
        let is_event_based = matches!(it.kind, ElementKind::EventBasedGateway { .. });
        match (seat.into.len(), seat.out.len()) {
            (1, 1) => {
                let says =
                    format!("expected the gateway `{}` to split or join, found one flow in and one out", called(it));
                found.push(graph.on(Alert::warning("flow-superfluous-gateway", says), it));
            }
            (2.., 2..) if !is_event_based => {
                let says = format!("expected the gateway `{}` either to join or to split, found both", called(it));
                found.push(graph.on(Alert::new("flow-join-fork", Severity::Info, says), it));
            }
            _other => {}
        }
    }
}

/// BPMN's `gatewayDirection` is kept as it was written; ours follows from the flows.
fn direction(found: &mut Vec<Alert>, graph: &Graph, seat: &Seat) {
    let Some((_, direction)) = seat.it.kept.attributes.iter().find(|(name, _)| name == "gatewayDirection") else {
        return;
    };
    let (into, out) = (seat.into.len(), seat.out.len());
    let fits = match direction.as_str() {
        "Converging" => into > 1 && out <= 1,
        "Diverging" => into <= 1 && out > 1,
        "Mixed" => into > 1 && out > 1,
        _unspecified => return,
    };
    if !fits {
        let says = format!(
            "expected the flows at `{}` to be {}, found {into} in and {out} out",
            called(seat.it),
            direction.to_lowercase()
        );
        found.push(graph.on(Alert::error("flow-gateway-direction", says), seat.it));
    }
}

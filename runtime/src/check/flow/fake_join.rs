//! `flow-fake-join` (info): several flows lead into an activity or event. They do not join: every token that comes makes it
//! happen once more. After parallel branches that is a mistake; where ways meet again, a gateway shows it openly.

use super::{Graph, called};
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in graph.seats.iter().filter(|it| it.into.len() > 1) {
        let is_gateway = matches!(
            seat.it.kind,
            ElementKind::ExclusiveGateway {}
                | ElementKind::InclusiveGateway {}
                | ElementKind::ParallelGateway {}
                | ElementKind::EventBasedGateway { .. }
                | ElementKind::ComplexGateway { .. }
        );
        // One that begins with several tokens waits for them (§10.3.2).
        if !is_gateway && seat.it.start_quantity < 2 {
            let says =
                format!("expected one flow into `{}`, found {}, which do not join", called(seat.it), seat.into.len());
            found.push(graph.on(Alert::new("flow-fake-join", Severity::Info, says), seat.it));
        }
    }
}

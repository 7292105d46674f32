//! `flow-superfluous-termination` (info): the only way a scope ends is a terminate end event; nothing else can be running by then, so a
//! plain end event says the same.

use super::{Graph, called, definitions};
use crate::alert::{Alert, Severity};
use crate::model::flow::{Element, ElementKind, EventDefinition};

fn terminates(it: &Element) -> bool {
    matches!(it.kind, ElementKind::EndEvent { .. }) && definitions(it).contains(&EventDefinition::Terminate {})
}

/// An event subprocess that interrupts takes the place of what ran.
fn interrupts(it: &Element) -> bool {
    matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. })
        && it.inside().iter().any(|it| matches!(it.kind, ElementKind::StartEvent { is_interrupting: true, .. }))
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let ends: Vec<&Element> = graph.seats.iter().filter(|it| it.out.is_empty()).map(|it| it.it).collect();
    let mut terminating = ends.iter().filter(|it| terminates(it));
    if let (Some(it), None) = (terminating.next(), terminating.next())
        && ends.iter().all(|it| terminates(it) || interrupts(it))
        // Branches that run beside each other are what a termination is for.
        && !splits(graph)
    {
        let says = format!(
            "expected a plain end event, found the termination `{}`, at which nothing else can be running",
            called(it)
        );
        found.push(graph.on(Alert::new("flow-superfluous-termination", Severity::Info, says), it));
    }
}

/// True when another branch can still be running where the termination is reached.
fn splits(graph: &Graph) -> bool {
    let beside =
        graph.seats.iter().any(|it| matches!(it.it.kind, ElementKind::BoundaryEvent { cancel_activity: false, .. }));
    let parallel = graph.seats.iter().any(|it| {
        let splits = matches!(
            it.it.kind,
            ElementKind::ParallelGateway {} | ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. }
        ) || it.it.kind.is_activity();
        it.out.len() > 1 && splits
    });
    beside || parallel && graph.seats.iter().any(|it| terminates(it.it) && it.into.len() > 1)
}

//! `flow-event-gateway` (error): an event-based gateway needs at least two ways out without conditions, each into a receive task
//! or an event that catches a message, signal, timer or condition; nothing else leads to those; receive tasks carry no boundary
//! events and are not mixed with message events (BPMN 2.0.2 §10.6.6).

use super::{Graph, called, definitions, has_condition};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, EventDefinition};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in graph.seats.iter().filter(|it| matches!(it.it.kind, ElementKind::EventBasedGateway { .. })) {
        let it = seat.it;
        if seat.out.len() < 2 {
            let says = format!("expected two or more events behind `{}`, found {}", called(it), seat.out.len());
            say(found, graph, it, says);
        }
        for flow in seat.out.iter().filter(|it| has_condition(it)) {
            say(found, graph, flow, format!("expected no condition behind `{}`, found one", called(it)));
        }
        let next: Vec<&Element> = graph.next(it).into_iter().filter_map(|id| graph.get(id)).collect();
        for target in &next {
            if !waits_there(target) {
                say(
                    found,
                    graph,
                    target,
                    format!("expected only catching events behind `{}`, found `{}`", called(it), called(target)),
                );
            } else if graph.into(&target.id).len() > 1 {
                say(
                    found,
                    graph,
                    target,
                    format!(
                        "expected only the gateway `{}` to lead to `{}`, found another flow into it",
                        called(it),
                        called(target)
                    ),
                );
            }
            if matches!(target.kind, ElementKind::ReceiveTask { .. }) && !graph.boundary(&target.id).is_empty() {
                say(
                    found,
                    graph,
                    target,
                    format!(
                        "expected no boundary event on `{}` behind the gateway `{}`, found one",
                        called(target),
                        called(it)
                    ),
                );
            }
        }
        let receives = next.iter().any(|it| matches!(it.kind, ElementKind::ReceiveTask { .. }));
        let catches =
            next.iter().any(|it| definitions(it).iter().any(|it| matches!(it, EventDefinition::Message { .. })));
        if receives && catches {
            say(
                found,
                graph,
                it,
                format!("expected either receive tasks or message events behind `{}`, found both", called(it)),
            );
        }
    }
}

fn waits_there(it: &Element) -> bool {
    match &it.kind {
        ElementKind::ReceiveTask { .. } => true,
        ElementKind::IntermediateCatchEvent { .. } => definitions(it).iter().all(|it| {
            matches!(
                it,
                EventDefinition::Message { .. }
                    | EventDefinition::Signal { .. }
                    | EventDefinition::Timer { .. }
                    | EventDefinition::Conditional { .. }
            )
        }),
        _other => false,
    }
}

fn say(found: &mut Vec<Alert>, graph: &Graph, it: &Element, says: String) {
    found.push(graph.on(Alert::error("flow-event-gateway", says), it));
}

//! `flow-instantiate` (error): a receive task or event-based gateway that starts the flow has a flow into it, or stands in a
//! subprocess; such a gateway leads to something else than messages; or it waits for all of its events without starting the flow (BPMN 2.0.2
//! §10.3.3, §10.6.6, §13.2). Fix: take the flow away, or the mark.

use super::{Graph, called, definitions, instantiates};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, EventDefinition};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in &graph.seats {
        let it = seat.it;
        if let ElementKind::EventBasedGateway { instantiate: false, parallel: true } = it.kind {
            say(
                found,
                graph,
                it,
                format!(
                    "expected a gateway that waits for all of its events to start the flow, found `{}`, which does not",
                    called(it)
                ),
            );
        }
        if !instantiates(it) {
            continue;
        }
        if !seat.into.is_empty() {
            say(found, graph, it, format!("expected no flow into `{}`, which starts the flow, found one", called(it)));
        }
        if graph.is_subprocess() {
            say(
                found,
                graph,
                it,
                format!("expected `{}`, which starts the flow, outside of subprocesses, found it inside", called(it)),
            );
        }
        if matches!(it.kind, ElementKind::EventBasedGateway { .. }) {
            for target in graph.next(it).into_iter().filter_map(|id| graph.get(id)) {
                let by_message = matches!(target.kind, ElementKind::ReceiveTask { .. })
                    || definitions(target).iter().all(|it| matches!(it, EventDefinition::Message { .. }));
                if matches!(target.kind, ElementKind::ReceiveTask { .. } | ElementKind::IntermediateCatchEvent { .. })
                    && !by_message
                {
                    say(
                        found,
                        graph,
                        target,
                        format!(
                            "expected a message behind `{}`, which starts the flow, found `{}`",
                            called(it),
                            called(target)
                        ),
                    );
                }
            }
        }
    }
}

fn say(found: &mut Vec<Alert>, graph: &Graph, it: &Element, says: String) {
    found.push(graph.on(Alert::error("flow-instantiate", says), it));
}

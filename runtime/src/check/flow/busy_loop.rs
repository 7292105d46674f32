//! `flow-busy-loop` (error): a loop in which nothing waits (no user task, timer, message, job) would run for ever in one step.
//! The engine stops such a loop at a limit; the checker finds it before. Fix: put a step that waits into the loop.

use std::collections::BTreeSet;

use super::{Graph, called};
use crate::alert::Alert;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind};

/// True when a token stays in the node until something from outside happens.
pub fn waits(it: &Element) -> bool {
    match &it.kind {
        ElementKind::UserTask(_)
        | ElementKind::ReceiveTask { .. }
        | ElementKind::IntermediateCatchEvent { .. }
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::CallActivity { .. } => true,
        ElementKind::ServiceTask { call } => call.is_some(),
        ElementKind::SubProcess { flow_elements, .. } | ElementKind::Transaction { flow_elements } => {
            flow_elements.iter().any(waits)
        }
        // Somebody chooses what happens next.
        ElementKind::AdHocSubProcess { .. } => true,
        ElementKind::SequenceFlow { .. }
        | ElementKind::StartEvent { .. }
        | ElementKind::EndEvent { .. }
        | ElementKind::IntermediateThrowEvent { .. }
        | ElementKind::BoundaryEvent { .. }
        | ElementKind::Task {}
        | ElementKind::ManualTask {}
        | ElementKind::ScriptTask { .. }
        | ElementKind::SendTask { .. }
        | ElementKind::BusinessRuleTask { .. }
        | ElementKind::ExclusiveGateway {}
        | ElementKind::InclusiveGateway {}
        | ElementKind::ParallelGateway {}
        | ElementKind::ComplexGateway { .. }
        | ElementKind::TextAnnotation { .. }
        | ElementKind::Association { .. }
        | ElementKind::Group { .. }
        | ElementKind::DataObject { .. }
        | ElementKind::DataObjectReference { .. }
        | ElementKind::DataStoreReference { .. } => false,
    }
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    // Without the nodes that wait, what still lies on a cycle is busy.
    let busy: Vec<&Element> = graph.nodes().filter(|it| !waits(it)).collect();
    let mut told: BTreeSet<&NodeId> = BTreeSet::new();
    for it in &busy {
        if told.contains(&it.id) {
            continue;
        }
        let mut seen: BTreeSet<&NodeId> = BTreeSet::new();
        let mut work = graph.next(it);
        while let Some(id) = work.pop() {
            if id == &it.id {
                let says = format!("expected a step that waits in the loop through `{}`, found none", called(it));
                found.push(graph.on(Alert::error("flow-busy-loop", says), it));
                told.extend(seen.iter().copied());
                break;
            }
            match graph.get(id) {
                Some(next) if !waits(next) && seen.insert(&next.id) => work.extend(graph.next(next)),
                _other => {}
            }
        }
    }
}

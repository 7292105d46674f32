//! `flow-busy-loop` (error): a loop in which nothing waits (no user task, timer, message, job) would run for ever in one step.
//! The engine stops such a loop at a limit; the checker finds it before. Fix: put a step that waits into the loop.

use super::{Graph, called};
use crate::alert::Alert;
use crate::check::sound::cycle;
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
    let mut index: Vec<Option<u32>> = vec![None; graph.elements.len()];
    for (at, it) in busy.iter().enumerate() {
        if let Some(place) = graph.place(&it.id) {
            index[place] = Some(at as u32);
        }
    }
    let number = |id: &NodeId| graph.place(id).and_then(|place| index[place]);
    let next: Vec<Vec<u32>> = busy.iter().map(|it| graph.next(it).into_iter().filter_map(number).collect()).collect();
    let cyclic = cycle::components(busy.len(), |at| next[at as usize].clone());
    // One word for all the loops that hang together.
    let mut told = vec![false; busy.len()];
    for at in (0..busy.len()).filter(|it| cyclic[*it]) {
        if told[at] {
            continue;
        }
        let says = format!("expected a step that waits in the loop through `{}`, found none", called(busy[at]));
        found.push(graph.on(Alert::error("flow-busy-loop", says), busy[at]));
        let mut work = vec![at as u32];
        while let Some(at) = work.pop() {
            if !std::mem::replace(&mut told[at as usize], true) {
                work.extend(next[at as usize].iter().filter(|it| cyclic[**it as usize]));
            }
        }
    }
}

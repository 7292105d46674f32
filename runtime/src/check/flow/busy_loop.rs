//! `flow-busy-loop` (error): a loop in which nothing waits (no user task, timer, message, job) would run for ever in one step.
//! The engine stops such a loop at a limit; the checker finds it before. In a file, what somebody does outside waits (manual and
//! service tasks; in a process that is drawn and not run, any task): there it is an info, since a pack would run through it.
//! Fix: put a step that waits into the loop.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, called};
use crate::alert::{Alert, Severity};
use crate::check::sound::cycle;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition};

/// True when a token stays in the node until something from outside happens.
pub fn waits(it: &Element) -> bool {
    match &it.kind {
        ElementKind::UserTask(_)
        | ElementKind::ReceiveTask { .. }
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::CallActivity { .. } => true,
        ElementKind::IntermediateCatchEvent { event_definition } => {
            !matches!(event_definition, EventDefinition::Link { .. })
        }
        ElementKind::ServiceTask { call } => call.is_some(),
        ElementKind::SubProcess { flow_elements, .. } | ElementKind::Transaction { flow_elements } => {
            !is_passed(flow_elements, waits)
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

/// True when a run through a scope may meet nothing that waits.
fn is_passed(elements: &[Element], waits: impl Fn(&Element) -> bool) -> bool {
    let mut into: BTreeSet<&NodeId> = BTreeSet::new();
    let mut next: BTreeMap<&NodeId, Vec<&NodeId>> = BTreeMap::new();
    for it in elements {
        if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
            into.insert(target_ref);
            next.entry(source_ref).or_default().push(target_ref);
        }
    }
    let apart = |it: &Element| {
        let handler = matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. });
        handler || it.is_for_compensation || matches!(it.kind, ElementKind::BoundaryEvent { .. })
    };
    let free: BTreeSet<&NodeId> =
        elements.iter().filter(|it| it.kind.is_node() && !waits(it)).map(|it| &it.id).collect();
    let first = |it: &&Element| it.kind.is_node() && !apart(it) && !into.contains(&it.id);
    let mut open: Vec<&NodeId> =
        elements.iter().filter(first).map(|it| &it.id).filter(|it| free.contains(it)).collect();
    let mut seen: BTreeSet<&NodeId> = open.iter().copied().collect();
    while let Some(at) = open.pop() {
        let Some(all) = next.get(at) else { return true };
        for &to in all {
            if free.contains(to) && seen.insert(to) {
                open.push(to);
            }
        }
    }
    false
}

/// The same where the flow is a file's: who does a task without a program is outside.
fn waits_outside(it: &Element, is_run: bool) -> bool {
    match &it.kind {
        ElementKind::ManualTask {} | ElementKind::ServiceTask { .. } | ElementKind::BusinessRuleTask { .. } => true,
        ElementKind::ScriptTask { source, .. } => source.is_none() || !is_run,
        ElementKind::Task {} | ElementKind::SendTask { .. } => !is_run,
        ElementKind::SubProcess { flow_elements, .. } | ElementKind::Transaction { flow_elements } => {
            !is_passed(flow_elements, |it| waits_outside(it, is_run))
        }
        _ => waits(it),
    }
}

/// Which of these nodes lie on a cycle of theirs; and what follows each.
fn cycles(graph: &Graph, busy: &[&Element]) -> (Vec<bool>, Vec<Vec<u32>>) {
    let mut index: Vec<Option<u32>> = vec![None; graph.elements.len()];
    for (at, it) in busy.iter().enumerate() {
        if let Some(place) = graph.place(&it.id) {
            index[place] = Some(at as u32);
        }
    }
    let number = |id: &NodeId| graph.place(id).and_then(|place| index[place]);
    let caught = |it: &Element| -> Vec<u32> {
        let ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { name }) } = &it.kind
        else {
            return Vec::new();
        };
        let catches = |it: &&Element| matches!(&it.kind, ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { name: by } } if by == name);
        graph.nodes().filter(catches).filter_map(|it| number(&it.id)).collect()
    };
    let next = |it: &&Element| graph.next(it).into_iter().filter_map(number).chain(caught(it)).collect();
    let next: Vec<Vec<u32>> = busy.iter().map(next).collect();
    (cycle::components(busy.len(), |at| next[at as usize].clone()), next)
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    // Without the nodes that wait, what still lies on a cycle is busy.
    let busy: Vec<&Element> = graph.nodes().filter(|it| !waits(it)).collect();
    let (cyclic, next) = cycles(graph, &busy);
    if !cyclic.contains(&true) {
        return;
    }
    let is_run = crate::check::file::executable::executable(graph.flow);
    let always: Vec<&Element> = busy.iter().copied().filter(|it| !waits_outside(it, is_run)).collect();
    let certain: BTreeSet<&NodeId> =
        always.iter().zip(cycles(graph, &always).0).filter(|it| it.1).map(|it| &it.0.id).collect();
    // One word for all the loops that hang together.
    let mut told = vec![false; busy.len()];
    for at in (0..busy.len()).filter(|it| cyclic[*it]) {
        if told[at] {
            continue;
        }
        let mut severity = Severity::Info;
        let mut work = vec![at as u32];
        while let Some(at) = work.pop() {
            if !std::mem::replace(&mut told[at as usize], true) {
                work.extend(next[at as usize].iter().filter(|it| cyclic[**it as usize]));
                if certain.contains(&busy[at as usize].id) {
                    severity = Severity::Error;
                }
            }
        }
        let says = format!("expected a step that waits in the loop through `{}`, found none", called(busy[at]));
        found.push(graph.on(Alert::new("flow-busy-loop", severity, says), busy[at]));
    }
}

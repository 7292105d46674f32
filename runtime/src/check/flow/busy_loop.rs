//! `flow-busy-loop` (error): a loop in which nothing waits (no user task, timer, message, job) would run for ever in one step.
//! The engine stops such a loop at a limit; the checker finds it before. In a file, what somebody does outside waits (manual and
//! service tasks; in a process that is drawn and not run, any task): there it is an info, since a pack would run through it. A call does not wait
//! where the flow it calls may be passed without waiting; an event whose condition always holds does not, and takes away at once what it
//! stands on; a repetition whose condition always holds is a loop of its own, and so is a way from an event that does not interrupt to a
//! signal which that event catches.
//! Fix: put a step that waits into the loop.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, called, definitions};
use crate::alert::{Alert, Severity};
use crate::check::condition::always;
use crate::check::file::executable::executable;
use crate::check::sound::calls::Find;
use crate::check::sound::cycle;
use crate::id::{FlowKey, NodeId};
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow, Loop};

/// True when a token stays in the node until something from outside happens.
pub fn waits(it: &Element) -> bool {
    match &it.kind {
        ElementKind::UserTask(_)
        | ElementKind::ReceiveTask { .. }
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::CallActivity { .. } => true,
        ElementKind::IntermediateCatchEvent { event_definition } => {
            !matches!(event_definition, EventDefinition::Link { .. }) && !holds_at_once(event_definition)
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

/// A condition that holds whatever happens is not waited for.
fn holds_at_once(it: &EventDefinition) -> bool {
    matches!(it, EventDefinition::Conditional { condition } if always(condition))
}

/// A loop that is never over by itself.
fn is_endless(it: &Element) -> bool {
    let Some(Loop::StandardLoop { loop_condition: Some(condition), loop_maximum, .. }) =
        it.loop_characteristics.as_deref()
    else {
        return false;
    };
    loop_maximum.as_deref().is_none_or(|it| it.trim().is_empty()) && always(condition)
}

/// Flows that may be passed without waiting, by their keys.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// If nothing outside waits.
    perhaps: BTreeSet<FlowKey>,
    /// Though who does a task of a file is outside.
    surely: BTreeSet<FlowKey>,
}

impl Passed {
    /// Those that some flows call, directly or further on.
    pub fn of<'a>(flows: &[Flow], find: Find<'a, '_>) -> Self {
        let mut called: BTreeMap<FlowKey, &Flow> = BTreeMap::new();
        let calls =
            |flow: &Flow| -> Vec<FlowKey> { flow.all().into_iter().filter_map(|it| callee(it).cloned()).collect() };
        let mut open: Vec<FlowKey> = flows.iter().flat_map(calls).collect();
        while let Some(key) = open.pop() {
            if let Some(flow) = find(&key).filter(|_| !called.contains_key(&key)) {
                called.insert(key, flow);
                open.extend(calls(flow));
            }
        }
        let mut found = Self::default();
        // Who calls what is found to be passed may be passed, too.
        loop {
            let before = found.perhaps.len() + found.surely.len();
            for (key, flow) in &called {
                let is_run = executable(flow);
                if is_passed(&flow.flow_elements, |it| found.perhaps_waits(it)) {
                    found.perhaps.insert(key.clone());
                }
                if is_passed(&flow.flow_elements, |it| found.surely_waits(it, is_run)) {
                    found.surely.insert(key.clone());
                }
            }
            if found.perhaps.len() + found.surely.len() == before {
                return found;
            }
        }
    }

    fn perhaps_waits(&self, it: &Element) -> bool {
        waits(it) && !callee(it).is_some_and(|it| self.perhaps.contains(it))
    }

    fn surely_waits(&self, it: &Element, is_run: bool) -> bool {
        waits_outside(it, is_run) && !callee(it).is_some_and(|it| self.surely.contains(it))
    }
}

fn callee(it: &Element) -> Option<&FlowKey> {
    match &it.kind {
        ElementKind::CallActivity { called_element, .. } => Some(called_element),
        _ => None,
    }
}

/// The events on an activity that take it away as soon as it begins.
fn cut_off<'a>(graph: &Graph<'a>, it: &Element) -> Vec<&'a Element> {
    let at_once = |it: &&&Element| matches!(&it.kind, ElementKind::BoundaryEvent { cancel_activity: true, event_definition, .. } if holds_at_once(event_definition));
    graph.boundary(&it.id).iter().filter(at_once).copied().collect()
}

fn is_same_signal(one: &EventDefinition, other: &EventDefinition) -> bool {
    let signal = |it: &EventDefinition| match it {
        EventDefinition::Signal { signal_ref, .. } => Some(signal_ref.clone()).filter(|it| !it.is_empty()),
        _other => None,
    };
    signal(one).is_some_and(|it| Some(it) == signal(other))
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
    // A signal reaches who waits for it at once; what does not interrupt waits on, for the same signal again.
    let signalled = |it: &Element| -> Vec<u32> {
        let throws = |at: &EventDefinition| definitions(it).iter().any(|it| is_same_signal(it, at));
        if !matches!(it.kind, ElementKind::IntermediateThrowEvent { .. } | ElementKind::EndEvent { .. }) {
            return Vec::new();
        }
        let stays = |at: &&Element| match &at.kind {
            ElementKind::BoundaryEvent { attached_to_ref, cancel_activity: false, .. } => {
                graph.nodes().any(|it| it.id == *attached_to_ref && waits(it)) && definitions(at).iter().any(throws)
            }
            _other => false,
        };
        graph.nodes().filter(stays).filter_map(|it| number(&it.id)).collect()
    };
    let caught = |it: &Element| -> Vec<u32> {
        let ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { name }) } = &it.kind
        else {
            return signalled(it);
        };
        let catches = |it: &&Element| matches!(&it.kind, ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { name: by } } if by == name);
        graph.nodes().filter(catches).filter_map(|it| number(&it.id)).collect()
    };
    let next = |it: &&Element| {
        let cut = cut_off(graph, it);
        if cut.is_empty() {
            graph.next(it).into_iter().filter_map(number).chain(caught(it)).collect()
        } else {
            cut.into_iter().filter_map(|it| number(&it.id)).collect()
        }
    };
    let next: Vec<Vec<u32>> = busy.iter().map(next).collect();
    (cycle::components(busy.len(), |at| next[at as usize].clone()), next)
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let is_run = executable(graph.flow);
    let nothing = Passed::default();
    let passed = graph.passed.unwrap_or(&nothing);
    for it in graph.nodes().filter(|it| is_endless(it) && !passed.perhaps_waits(it)) {
        let severity = if passed.surely_waits(it, is_run) { Severity::Info } else { Severity::Error };
        let says = format!("expected the loop of `{}` to wait or to be over some day, found neither", called(it));
        found.push(graph.on(Alert::new("flow-busy-loop", severity, says), it));
    }
    // Without the nodes that wait, what still lies on a cycle is busy.
    let cut = |it: &Element| !cut_off(graph, it).is_empty();
    let busy: Vec<&Element> = graph.nodes().filter(|it| !passed.perhaps_waits(it) || cut(it)).collect();
    let (cyclic, next) = cycles(graph, &busy);
    if !cyclic.contains(&true) {
        return;
    }
    let always: Vec<&Element> = busy.iter().copied().filter(|it| !passed.surely_waits(it, is_run) || cut(it)).collect();
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

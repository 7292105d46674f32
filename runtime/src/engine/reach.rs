//! From where a joining gateway can still get a token. One answer for the engine and for the checker.
//!
//! BPMN 2.0.2 §13.4.3 (inclusive gateway): it is enabled when at least one incoming flow has a token and, for every
//! token that can still reach an empty incoming flow without passing the gateway, that token can also reach an
//! incoming flow that has one. A token inside a subprocess counts as standing at the subprocess.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// For every inclusive, parallel and complex gateway with several incoming flows.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    index: BTreeMap<NodeId, usize>,
    joins: BTreeMap<NodeId, BTreeMap<NodeId, Bits>>,
    /// From where an end that takes every other token of its scope with it can be reached.
    ends: Bits,
}

/// A set of elements.
#[derive(Clone, Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, at: usize) -> bool {
        let (word, bit) = (at / 64, 1 << (at % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(it, other)| *it |= other);
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|it| it & (1 << (at % 64)) != 0)
    }
}

/// Neighbours backwards.
#[derive(Default)]
struct Back<'a> {
    /// Node → its incoming flows with their sources.
    incoming: BTreeMap<&'a NodeId, Vec<(&'a NodeId, &'a NodeId)>>,
    /// Boundary event → activity.
    host: BTreeMap<&'a NodeId, &'a NodeId>,
    joins: BTreeSet<&'a NodeId>,
    /// Terminate, error and cancel end events, of subprocesses too.
    ends: Vec<&'a NodeId>,
}

impl Reach {
    pub fn of(flow: &Flow) -> Self {
        let all = flow.all();
        let mut back = Back::default();
        let mut it = Self::default();
        for (at, element) in all.iter().enumerate() {
            it.index.insert(element.id.clone(), at);
            note(element, &mut back);
        }
        links(&flow.flow_elements, &mut back);
        for join in &back.joins {
            let Some(incoming) = back.incoming.get(join).filter(|it| it.len() > 1) else { continue };
            let sets = incoming.iter().map(|(flow, source)| ((*flow).clone(), it.before(&back, join, flow, source)));
            let sets: BTreeMap<NodeId, Bits> = sets.collect();
            it.joins.insert((*join).clone(), sets);
        }
        let mut ends = Bits::default();
        for end in &back.ends {
            for (flow, source) in back.incoming.get(end).into_iter().flatten() {
                ends.join(&it.before(&back, end, flow, source));
            }
        }
        it.ends = ends;
        it
    }

    /// Whether a token at `place` can still reach an end event that takes every other token of its scope with it.
    pub fn can_end_all(&self, place: &NodeId) -> bool {
        self.index.get(place).is_some_and(|at| self.ends.has(*at))
    }

    /// Elements from which `flow` (from `source` into `join`) can be reached without passing `join`.
    fn before(&self, back: &Back, join: &NodeId, flow: &NodeId, source: &NodeId) -> Bits {
        let mut found = Bits::default();
        let mark = |id: &NodeId, found: &mut Bits| self.index.get(id).is_some_and(|at| found.insert(*at));
        mark(flow, &mut found);
        let mut open = vec![source];
        while let Some(node) = open.pop() {
            if node == join || !mark(node, &mut found) {
                continue;
            }
            if let Some(host) = back.host.get(node) {
                open.push(host);
            }
            for (flow, source) in back.incoming.get(node).into_iter().flatten() {
                // A link has no flow: what throws it is marked when it is come to.
                if flow != source {
                    mark(flow, &mut found);
                }
                open.push(source);
            }
        }
        found
    }

    /// Whether an inclusive gateway goes on. `waiting`: its incoming flows that have a token; `others`: where the other
    /// tokens of the scope are (node or flow), those in incoming flows of the gateway left out.
    pub fn enabled<'a>(
        &self,
        join: &NodeId,
        waiting: &BTreeSet<NodeId>,
        mut others: impl Iterator<Item = &'a NodeId>,
    ) -> bool {
        let Some(sets) = self.joins.get(join) else { return true };
        !waiting.is_empty()
            && others.all(|place| {
                let Some(at) = self.index.get(place) else { return true };
                let reaches = |full: bool| sets.iter().any(|(flow, it)| waiting.contains(flow) == full && it.has(*at));
                !reaches(false) || reaches(true)
            })
    }

    /// Whether a token at `place` can still reach the flow into the gateway.
    pub fn reaches(&self, join: &NodeId, flow: &NodeId, place: &NodeId) -> bool {
        let set = self.joins.get(join).and_then(|it| it.get(flow));
        set.is_some_and(|set| self.index.get(place).is_some_and(|at| set.has(*at)))
    }
}

/// A throwing link leads to the catching one of its name in the same scope.
fn links<'a>(elements: &'a [Element], back: &mut Back<'a>) {
    let caught = |it: &'a Element| {
        let ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { name } } = &it.kind else {
            return None;
        };
        Some((name, &it.id))
    };
    for it in elements {
        if let ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { name }) } = &it.kind
            && let Some((_, target)) = elements.iter().filter_map(caught).find(|(it, _)| *it == name)
        {
            back.incoming.entry(target).or_default().push((&it.id, &it.id));
        }
        links(it.inside(), back);
    }
}

/// An end event with this takes every other token of its scope with it.
fn ends_all(it: &EventDefinition) -> bool {
    match it {
        EventDefinition::Terminate {} | EventDefinition::Error { .. } | EventDefinition::Cancel {} => true,
        EventDefinition::Multiple { event_definitions, .. } => event_definitions.iter().any(ends_all),
        EventDefinition::Timer { .. }
        | EventDefinition::Message { .. }
        | EventDefinition::Signal { .. }
        | EventDefinition::Escalation { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Link { .. } => false,
    }
}

fn note<'a>(element: &'a Element, back: &mut Back<'a>) {
    match &element.kind {
        ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
            back.incoming.entry(target_ref).or_default().push((&element.id, source_ref));
        }
        ElementKind::BoundaryEvent { attached_to_ref, .. } => {
            back.host.insert(&element.id, attached_to_ref);
        }
        ElementKind::InclusiveGateway {} | ElementKind::ParallelGateway {} | ElementKind::ComplexGateway { .. } => {
            back.joins.insert(&element.id);
        }
        ElementKind::EndEvent { event_definition } => {
            if event_definition.as_ref().is_some_and(ends_all) {
                back.ends.push(&element.id);
            }
        }
        ElementKind::StartEvent { .. }
        | ElementKind::IntermediateCatchEvent { .. }
        | ElementKind::IntermediateThrowEvent { .. }
        | ElementKind::UserTask(_)
        | ElementKind::Task {}
        | ElementKind::ManualTask {}
        | ElementKind::ServiceTask { .. }
        | ElementKind::ScriptTask { .. }
        | ElementKind::SendTask { .. }
        | ElementKind::ReceiveTask { .. }
        | ElementKind::BusinessRuleTask { .. }
        | ElementKind::CallActivity { .. }
        | ElementKind::SubProcess { .. }
        | ElementKind::Transaction { .. }
        | ElementKind::AdHocSubProcess { .. }
        | ElementKind::ExclusiveGateway {}
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::TextAnnotation { .. }
        | ElementKind::Association { .. }
        | ElementKind::Group { .. }
        | ElementKind::DataObject { .. }
        | ElementKind::DataObjectReference { .. }
        | ElementKind::DataStoreReference { .. } => {}
    }
}

//! From where a joining gateway can still get a token. One answer for the engine and for the checker.
//!
//! BPMN 2.0.2 §13.4.3 (inclusive gateway): it is enabled when at least one incoming flow has a token and, for every
//! token that can still reach an empty incoming flow without passing the gateway, that token can also reach an
//! incoming flow that has one. A token inside a subprocess counts as standing at the subprocess.
//!
//! The clause speaks of sequence flows; of the events on an activity it says nothing. A token may come by one, so it is waited for.
//! That it might have come by one is no reason not to wait: it comes by its sequence flow as well, or instead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// For every inclusive, parallel and complex gateway with several incoming flows.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    index: BTreeMap<NodeId, usize>,
    /// By element: those a token may have been in just before.
    back: Vec<Vec<usize>>,
    /// By element: the activity it is an event on.
    host: Vec<Option<usize>>,
    joins: BTreeMap<NodeId, Join>,
    /// From where an end that takes every other token of its scope with it can be reached.
    ends: Bits,
}

/// A gateway and the flows into it.
#[derive(Clone, Debug)]
struct Join {
    at: usize,
    ways: BTreeMap<NodeId, Way>,
}

/// A flow into a joining gateway.
#[derive(Clone, Debug)]
struct Way {
    at: usize,
    /// From where it is reached without passing the gateway; found when it is first asked for.
    before: OnceLock<Bits>,
    /// … by sequence flows alone: not over the events on an activity.
    by_flows: OnceLock<Bits>,
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
        it.back = vec![Vec::new(); all.len()];
        it.host = vec![None; all.len()];
        let index = |id: &NodeId| it.index.get(id).copied();
        for (event, host) in &back.host {
            if let (Some(event), Some(host)) = (index(event), index(host)) {
                it.host[event] = Some(host);
            }
        }
        for (node, incoming) in &back.incoming {
            let Some(node) = index(node) else { continue };
            for (flow, source) in incoming {
                // A link has no flow of its own.
                if let (true, Some(flow)) = (flow != source, index(flow)) {
                    it.back[node].push(flow);
                    it.back[flow].extend(index(source));
                } else {
                    it.back[node].extend(index(source));
                }
            }
        }
        for join in &back.joins {
            let Some(incoming) = back.incoming.get(join).filter(|it| it.len() > 1) else { continue };
            let Some(at) = index(join) else { continue };
            let ways = incoming.iter().filter_map(|(flow, _)| {
                Some(((*flow).clone(), Way { at: index(flow)?, before: OnceLock::new(), by_flows: OnceLock::new() }))
            });
            it.joins.insert((*join).clone(), Join { at, ways: ways.collect() });
        }
        let ends: Vec<usize> = back.ends.iter().filter_map(|it| index(it)).flat_map(|at| it.back[at].clone()).collect();
        it.ends = it.before(ends, None, true);
        it
    }

    /// Whether a token at `place` can still reach an end event that takes every other token of its scope with it.
    pub fn can_end_all(&self, place: &NodeId) -> bool {
        self.index.get(place).is_some_and(|at| self.ends.has(*at))
    }

    /// Elements from which one of these is reached without passing `join`, and they themselves.
    fn before(&self, mut open: Vec<usize>, join: Option<usize>, over_events: bool) -> Bits {
        let mut found = Bits::default();
        while let Some(at) = open.pop() {
            if Some(at) != join && found.insert(at) {
                open.extend(&self.back[at]);
                open.extend(self.host[at].filter(|_| over_events));
            }
        }
        found
    }

    fn reached(&self, join: &Join, way: &Way, from: usize) -> bool {
        way.before.get_or_init(|| self.before(vec![way.at], Some(join.at), true)).has(from)
    }

    fn flows_to(&self, join: &Join, way: &Way, from: usize) -> bool {
        way.by_flows.get_or_init(|| self.before(vec![way.at], Some(join.at), false)).has(from)
    }

    /// Whether an inclusive gateway goes on. `waiting`: its incoming flows that have a token; `others`: where the other
    /// tokens of the scope are (node or flow), those in incoming flows of the gateway left out.
    pub fn enabled<'a>(
        &self,
        join: &NodeId,
        waiting: &BTreeSet<NodeId>,
        mut others: impl Iterator<Item = &'a NodeId>,
    ) -> bool {
        let Some(join) = self.joins.get(join) else { return true };
        !waiting.is_empty()
            && others.all(|place| {
                let Some(at) = self.index.get(place) else { return true };
                let ways = |full| join.ways.iter().filter(move |(flow, _)| waiting.contains(*flow) == full);
                let comes = ways(false).any(|(_, way)| self.reached(join, way, *at));
                !comes || ways(true).any(|(_, way)| self.flows_to(join, way, *at))
            })
    }

    /// Whether a token at `place` can still reach the flow into the gateway.
    pub fn reaches(&self, join: &NodeId, flow: &NodeId, place: &NodeId) -> bool {
        let Some(join) = self.joins.get(join) else { return false };
        let way = join.ways.get(flow).zip(self.index.get(place));
        way.is_some_and(|(way, at)| self.reached(join, way, *at))
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

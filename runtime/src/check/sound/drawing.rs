//! A scope as it is drawn: which flows lead where, which events sit on which activity, and which parts of it are
//! handlers that run beside the rest. A non-interrupting boundary event whose way never comes back to what its
//! activity belongs to is a handler: it may happen many times, each time for itself, so it is judged for itself,
//! like an event subprocess (BPMN 2.0.2 §13.5.4). One that does come back is part of the net of its activity.

use super::net::Node;
use crate::limits;
use crate::model::flow::{Element, ElementKind, EventDefinition};
use crate::places::Places;

/// Members and first events of a handler.
type Handler = (Vec<bool>, Vec<Node>);

/// The flows and events around every element; all by position in the scope.
pub struct Drawing<'a> {
    pub elements: &'a [Element],
    /// Sequence flows into a node.
    pub into: Vec<Vec<Node>>,
    /// Sequence flows out of a node.
    pub out: Vec<Vec<Node>>,
    /// Source and target of a sequence flow; of other elements nothing of meaning.
    pub ends: Vec<(Node, Node)>,
    /// Boundary events on an activity, compensation left out.
    pub boundary: Vec<Vec<Node>>,
    /// Catching links by name.
    links: Vec<(&'a str, Node)>,
    ids: Places,
}

/// A part of a scope that is judged for itself.
pub struct Region {
    /// Which elements belong to it; none: all of the scope.
    members: Option<Vec<bool>>,
    /// The boundary events it begins with; empty: it begins as the scope does.
    pub entries: Vec<Node>,
}

impl Region {
    /// A part of a drawing that begins by itself.
    pub fn of(members: Vec<bool>) -> Self {
        Self { members: Some(members), entries: Vec::new() }
    }

    pub fn has(&self, node: Node) -> bool {
        self.members.as_ref().is_none_or(|it| it[node as usize])
    }
}

impl<'a> Drawing<'a> {
    pub fn of(elements: &'a [Element]) -> Self {
        let ids = Places::new(elements.len(), &|at| elements[at].id.as_str());
        let mut it = Self {
            elements,
            into: vec![Vec::new(); elements.len()],
            out: vec![Vec::new(); elements.len()],
            ends: vec![(0, 0); elements.len()],
            boundary: vec![Vec::new(); elements.len()],
            links: Vec::new(),
            ids,
        };
        for (at, element) in elements.iter().enumerate() {
            it.note(at, element);
        }
        it
    }

    fn note(&mut self, at: usize, element: &'a Element) {
        match &element.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
                let (source, target) = (self.find(source_ref.as_str()), self.find(target_ref.as_str()));
                // `flow-unknown-node` speaks of flows that lead nowhere.
                if let (Some(source), Some(target)) = (source, target)
                    && self.is_node(source)
                    && self.is_node(target)
                {
                    self.out[source as usize].push(at as Node);
                    self.into[target as usize].push(at as Node);
                    self.ends[at] = (source, target);
                }
            }
            ElementKind::BoundaryEvent { attached_to_ref, event_definition, .. } => {
                if let Some(host) = self.find(attached_to_ref.as_str())
                    && !matches!(event_definition, EventDefinition::Compensate { .. })
                {
                    self.boundary[host as usize].push(at as Node);
                }
            }
            ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { name } } => {
                self.links.push((name, at as Node));
            }
            ElementKind::StartEvent { .. }
            | ElementKind::EndEvent { .. }
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
            | ElementKind::InclusiveGateway {}
            | ElementKind::ParallelGateway {}
            | ElementKind::EventBasedGateway { .. }
            | ElementKind::ComplexGateway { .. }
            | ElementKind::DataObject { .. }
            | ElementKind::DataObjectReference { .. }
            | ElementKind::DataStoreReference { .. }
            | ElementKind::TextAnnotation { .. }
            | ElementKind::Association { .. }
            | ElementKind::Group { .. } => {}
        }
    }

    fn is_node(&self, at: Node) -> bool {
        self.elements[at as usize].kind.is_node()
    }

    pub fn find(&self, id: &str) -> Option<Node> {
        self.ids.find(id, &|at| self.elements[at].id.as_str()).map(|it| it as Node)
    }

    /// The links that catch what a throwing link of this name throws.
    pub fn catching<'b>(&'b self, name: &'b str) -> impl Iterator<Item = Node> + 'b {
        self.links.iter().filter(move |(it, _)| *it == name).map(|(_, at)| *at)
    }

    /// True for a node nothing leads to, which may begin when the scope does.
    pub fn is_root(&self, at: Node) -> bool {
        let it = &self.elements[at as usize];
        self.into[at as usize].is_empty()
            && it.kind.is_node()
            && !it.is_for_compensation
            && !matches!(
                it.kind,
                ElementKind::BoundaryEvent { .. }
                    | ElementKind::SubProcess { triggered_by_event: true, .. }
                    | ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { .. } }
            )
    }

    /// The parts judged for themselves, the scope's own first; and the non-interrupting events that are part of the net of
    /// their activity.
    pub fn regions(&self) -> (Vec<Region>, Vec<bool>) {
        let mut within = vec![false; self.elements.len()];
        let beside: Vec<(Node, Node)> = (0..self.elements.len() as Node)
            .flat_map(|host| self.boundary[host as usize].iter().map(move |it| (host, *it)))
            .filter(|(_, it)| !self.interrupts(*it))
            .collect();
        if beside.is_empty() {
            return (vec![Region { members: None, entries: Vec::new() }], within);
        }
        if beside.len() > limits::CHECK_HANDLERS {
            beside.iter().for_each(|(_, event)| within[*event as usize] = true);
            return (vec![Region { members: None, entries: Vec::new() }], within);
        }
        let roots: Vec<Node> = (0..self.elements.len() as Node).filter(|it| self.is_root(*it)).collect();
        // Each round that finds an event to be part of its activity's net begins again: at most once per event.
        let groups = loop {
            match self.handlers(&beside, &roots, &within) {
                Ok(groups) => break groups,
                Err(event) => within[event as usize] = true,
            }
        };
        let rest = (0..self.elements.len()).map(|at| groups.iter().all(|(members, _)| !members[at])).collect();
        let mut regions = vec![Region { members: Some(rest), entries: Vec::new() }];
        regions.extend(groups.into_iter().map(|(members, entries)| Region { members: Some(members), entries }));
        (regions, within)
    }

    /// The handlers, each with its members and the events it begins with; or an event that turns out to be none.
    fn handlers(&self, beside: &[(Node, Node)], roots: &[Node], within: &[bool]) -> Result<Vec<Handler>, Node> {
        let mut main = vec![false; self.elements.len()];
        self.mark(roots.to_vec(), within, &mut main);
        let mut groups: Vec<Handler> = Vec::new();
        // The handler a node belongs to, from one; zero: none.
        let mut owner = vec![0usize; self.elements.len()];
        for &(host, event) in beside.iter().filter(|(_, it)| !within[*it as usize]) {
            let mut reached = vec![false; self.elements.len()];
            self.mark(vec![event], within, &mut reached);
            let nodes: Vec<usize> = (0..reached.len()).filter(|it| reached[*it]).collect();
            let mut met: Vec<usize> = nodes.iter().map(|it| owner[*it]).filter(|it| *it > 0).collect();
            met.sort_unstable();
            met.dedup();
            let tangled = |it: usize| owner[host as usize] == it || self.joins_in(&groups[it - 1].0, &reached);
            let group = match met[..] {
                _ if nodes.iter().any(|it| main[*it]) => return Err(event),
                [] => {
                    groups.push((reached, vec![event]));
                    groups.len()
                }
                [one] if !tangled(one) => {
                    nodes.iter().for_each(|it| groups[one - 1].0[*it] = true);
                    groups[one - 1].1.push(event);
                    one
                }
                _ => return Err(event),
            };
            nodes.iter().for_each(|it| owner[*it] = group);
        }
        Ok(groups)
    }

    /// Which of the events that are part of their activity's net may happen again while it is open: all but a timer that goes off once
    /// (BPMN 2.0.2 §10.5.4, Table 10.101). Where there are too many to be told from handlers, none.
    pub fn again(&self, within: &[bool]) -> Vec<bool> {
        let many = within.iter().filter(|it| **it).count() > limits::CHECK_HANDLERS;
        let repeats = |it: &Element| match &it.kind {
            ElementKind::BoundaryEvent { event_definition: EventDefinition::Timer { time_cycle, .. }, .. } => {
                time_cycle.as_deref().is_some_and(|it| !it.trim_start().starts_with("R1/"))
            }
            _ => true,
        };
        self.elements.iter().zip(within).map(|(it, within)| *within && !many && repeats(it)).collect()
    }

    pub fn interrupts(&self, event: Node) -> bool {
        matches!(self.elements[event as usize].kind, ElementKind::BoundaryEvent { cancel_activity: true, .. })
    }

    /// Gateways that wait for several ways, in both parts.
    fn joins_in(&self, one: &[bool], other: &[bool]) -> bool {
        self.elements.iter().enumerate().any(|(at, it)| {
            let waits = matches!(
                it.kind,
                ElementKind::ParallelGateway {} | ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. }
            );
            waits && one[at] && other[at] && self.into[at].len() > 1
        })
    }

    /// Marks what can be reached: over flows, links, interrupting boundary events and those in `within`.
    fn mark(&self, mut open: Vec<Node>, within: &[bool], reached: &mut [bool]) {
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut reached[at as usize], true) {
                continue;
            }
            open.extend(self.out[at as usize].iter().map(|it| self.ends[*it as usize].1));
            open.extend(self.boundary[at as usize].iter().filter(|it| self.interrupts(**it) || within[**it as usize]));
            if let ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { name }) } =
                &self.elements[at as usize].kind
            {
                open.extend(self.catching(name));
            }
        }
    }
}

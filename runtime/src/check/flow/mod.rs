//! Rules on one process, without looking at anything else. Each file is one rule and documents its codes.

mod ad_hoc;
mod boundary;
mod busy_loop;
mod cancel;
mod caught_twice;
mod code;
mod compensation;
mod conditional_event;
mod connection;
mod data_association;
mod dead_end;
mod disconnected;
mod duplicate_id;
mod event_count;
mod event_gateway;
mod event_position;
mod event_subprocess;
mod fake_join;
mod fork;
mod gateway_kind;
mod gateway_shape;
mod instantiate;
mod label;
mod lane;
mod link;
mod repetition;
mod start;
mod termination;
mod timer;
mod tokens;
mod uncaught;
mod unreachable;
mod width;

pub use busy_loop::{Passed, waits};
pub use duplicate_id::rule as duplicate_ids;
pub use uncaught::is_caught_by_callers;
pub use unreachable::is_behind;

use crate::alert::{Alert, Severity};
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow, XmlNode};
use crate::places::Places;

/// A rule on one scope: adds what it finds.
type Rule = fn(&mut Vec<Alert>, &Graph);

const RULES: &[Rule] = &[
    ad_hoc::rule,
    boundary::rule,
    busy_loop::rule,
    cancel::rule,
    caught_twice::rule,
    code::rule,
    compensation::rule,
    conditional_event::rule,
    connection::rule,
    data_association::rule,
    dead_end::rule,
    disconnected::rule,
    event_count::rule,
    event_gateway::rule,
    event_position::rule,
    event_subprocess::rule,
    fake_join::rule,
    fork::rule,
    gateway_kind::rule,
    gateway_shape::rule,
    instantiate::rule,
    label::rule,
    link::rule,
    repetition::rule,
    start::rule,
    termination::rule,
    timer::rule,
    uncaught::rule,
    unreachable::rule,
    width::rule,
];

/// A rule on the flow as a whole.
type FlowRule = fn(&mut Vec<Alert>, &Flow, &str);

const FLOW_RULES: &[FlowRule] = &[duplicate_id::rule, lane::rule];

/// Looks at a flow with every rule. Alerts carry pointers into `file`. A global task has no scope to look at.
pub fn check(flow: &Flow, file: &str) -> Vec<Alert> {
    check_among(flow, file, None)
}

/// The same; `passed`: what is known of the flows it calls.
pub fn check_among(flow: &Flow, file: &str, passed: Option<&Passed>) -> Vec<Alert> {
    let mut found = Vec::new();
    for rule in FLOW_RULES {
        rule(&mut found, flow, file);
    }
    if !flow.global_task {
        walk(&mut found, Graph { passed, ..Graph::new(flow, file) });
    }
    found
}

/// What BPMN allows to be left out, a flow that people work by must say: BPMN lets a token appear at a node without a
/// way in, vanish at one without a way out, and take the first of several ways without conditions (§10.5.2, §10.5.3); who does a
/// task of a file is outside, and takes time.
const TOLD_APART: &[&str] = &[
    "flow-no-start",
    "flow-no-end",
    "flow-dead-end",
    "flow-undecided",
    "flow-conditional-event",
    "flow-timer",
    "flow-repetition",
    "flow-busy-loop",
];

/// A flow of a pack is run, not only drawn: what BPMN merely tolerates is an error in it.
pub fn for_running(alerts: &mut [Alert]) {
    let hides = |it: &Alert| it.code == "flow-no-condition" && it.args.contains_key("decision");
    for it in alerts.iter_mut().filter(|it| TOLD_APART.contains(&it.code.as_str()) || hides(it)) {
        it.severity = Severity::Error;
    }
}

fn walk(found: &mut Vec<Alert>, graph: Graph) {
    for rule in RULES {
        rule(found, &graph);
    }
    for (at, it) in graph.elements.iter().enumerate() {
        if matches!(
            it.kind,
            ElementKind::SubProcess { .. } | ElementKind::Transaction { .. } | ElementKind::AdHocSubProcess { .. }
        ) {
            walk(found, graph.inner(it, at));
        }
    }
}

/// Every element of a flow with its JSON pointer, those of subprocesses included, in file order.
pub fn places(flow: &Flow) -> Vec<(String, &Element)> {
    fn walk<'a>(elements: &'a [Element], pointer: &str, into: &mut Vec<(String, &'a Element)>) {
        for (at, it) in elements.iter().enumerate() {
            let place = format!("{pointer}/{at}");
            if it.inside().is_empty() {
                into.push((place, it));
            } else {
                into.push((place.clone(), it));
                walk(it.inside(), &format!("{place}/flowElements"), into);
            }
        }
    }
    let mut into = Vec::new();
    walk(&flow.flow_elements, "/flowElements", &mut into);
    into
}

/// One scope (a process or a subprocess) with what leads where.
pub struct Graph<'a> {
    pub flow: &'a Flow,
    pub elements: &'a [Element],
    pub file: &'a str,
    /// Called flows that may be passed without waiting.
    pub passed: Option<&'a Passed>,
    /// The subprocesses around the scope, the outermost first; empty for the process itself.
    pub around: Vec<&'a Element>,
    /// Nodes with the flows at them, in file order.
    pub seats: Vec<Seat<'a>>,
    pointer: String,
    /// Where an id stands; the first wins.
    index: Places,
    /// By place in the scope.
    at: Vec<Around<'a>>,
}

/// What is at an element.
#[derive(Clone, Default)]
struct Around<'a> {
    into: Vec<&'a Element>,
    out: Vec<&'a Element>,
    boundary: Vec<&'a Element>,
}

/// A node and the sequence flows at it, in file order.
pub struct Seat<'a> {
    pub it: &'a Element,
    pub into: Vec<&'a Element>,
    pub out: Vec<&'a Element>,
}

impl<'a> Graph<'a> {
    fn new(flow: &'a Flow, file: &'a str) -> Self {
        Self::over(flow, file, &flow.flow_elements, Vec::new(), "/flowElements".to_owned())
    }

    /// The scope of a subprocess of this one.
    fn inner(&self, it: &'a Element, at: usize) -> Self {
        let mut around = self.around.clone();
        around.push(it);
        let pointer = format!("{}/{at}/flowElements", self.pointer);
        Self { passed: self.passed, ..Self::over(self.flow, self.file, it.inside(), around, pointer) }
    }

    fn over(flow: &'a Flow, file: &'a str, elements: &'a [Element], around: Vec<&'a Element>, pointer: String) -> Self {
        let index = Places::new(elements.len(), &|at| elements[at].id.as_str());
        let mut graph = Self {
            flow,
            elements,
            file,
            passed: None,
            around,
            seats: Vec::new(),
            pointer,
            index,
            at: vec![Around::default(); elements.len()],
        };
        for it in elements {
            if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
                graph.note(source_ref, |at| at.out.push(it));
                graph.note(target_ref, |at| at.into.push(it));
            }
            if let ElementKind::BoundaryEvent { attached_to_ref, .. } = &it.kind {
                graph.note(attached_to_ref, |at| at.boundary.push(it));
            }
        }
        let nodes = elements.iter().filter(|it| it.kind.is_node());
        graph.seats = nodes
            .map(|it| Seat { it, into: Self::into(&graph, &it.id).to_vec(), out: graph.out(&it.id).to_vec() })
            .collect();
        graph
    }

    fn note(&mut self, id: &NodeId, at: impl FnOnce(&mut Around<'a>)) {
        if let Some(place) = self.place(id) {
            at(&mut self.at[place]);
        }
    }

    /// Where an id stands among the elements of the scope.
    pub fn place(&self, id: &NodeId) -> Option<usize> {
        self.index.find(id.as_str(), &|at| self.elements[at].id.as_str())
    }

    fn at(&self, id: &NodeId) -> Option<&Around<'a>> {
        self.at.get(self.place(id)?)
    }

    pub fn get(&self, id: &NodeId) -> Option<&'a Element> {
        self.place(id).map(|at| &self.elements[at])
    }

    /// Sequence flows out of a node, in file order.
    pub fn out(&self, id: &NodeId) -> &[&'a Element] {
        self.at(id).map(|it| it.out.as_slice()).unwrap_or_default()
    }

    /// Sequence flows into a node, in file order.
    pub fn into(&self, id: &NodeId) -> &[&'a Element] {
        self.at(id).map(|it| it.into.as_slice()).unwrap_or_default()
    }

    /// Boundary events of an activity.
    pub fn boundary(&self, id: &NodeId) -> &[&'a Element] {
        self.at(id).map(|it| it.boundary.as_slice()).unwrap_or_default()
    }

    /// Nodes, without sequence flows and notes.
    pub fn nodes(&self) -> impl Iterator<Item = &'a Element> + use<'a> {
        self.elements.iter().filter(|it| it.kind.is_node())
    }

    /// The nodes a node leads to, its boundary events included.
    pub fn next(&self, it: &Element) -> Vec<&'a NodeId> {
        let mut next: Vec<&NodeId> = Vec::new();
        for flow in self.out(&it.id) {
            if let ElementKind::SequenceFlow { target_ref, .. } = &flow.kind {
                next.push(target_ref);
            }
        }
        next.extend(self.boundary(&it.id).iter().map(|it| &it.id));
        if let Some(name) = throws_link(it) {
            next.extend(self.seats.iter().filter(|other| catches_link(other.it) == Some(name)).map(|it| &it.it.id));
        }
        if compensates(it) {
            next.extend(self.associated(&it.id).into_iter().map(|it| &it.id));
        }
        next
    }

    /// Nodes of the scope that an association joins with a node.
    pub fn associated(&self, id: &NodeId) -> Vec<&'a Element> {
        let ends = self.elements.iter().filter_map(|it| match &it.kind {
            ElementKind::Association { source_ref, target_ref, .. } if source_ref == id => Some(target_ref),
            ElementKind::Association { source_ref, target_ref, .. } if target_ref == id => Some(source_ref),
            _other => None,
        });
        ends.filter_map(|id| self.get(id)).filter(|it| it.kind.is_node()).collect()
    }

    /// The subprocess whose scope this is.
    pub fn holder(&self) -> Option<&'a Element> {
        self.around.last().copied()
    }

    /// True for the inside of an ad-hoc subprocess, whose activities need no flows.
    pub fn is_ad_hoc(&self) -> bool {
        self.holder().is_some_and(|it| matches!(it.kind, ElementKind::AdHocSubProcess { .. }))
    }

    /// True when something in the scope is a start event or starts the flow by itself (§10.3.3, §10.6.6).
    pub fn has_start(&self) -> bool {
        self.seats.iter().any(|seat| matches!(seat.it.kind, ElementKind::StartEvent { .. }) || instantiates(seat.it))
    }

    /// True when the scope has an end event.
    pub fn has_end(&self) -> bool {
        self.seats.iter().any(|seat| matches!(seat.it.kind, ElementKind::EndEvent { .. }))
    }

    /// True when a node may stand without a way in: it starts something, or is reached otherwise (§10.5.2).
    pub fn needs_no_way_in(&self, it: &Element) -> bool {
        matches!(
            it.kind,
            ElementKind::StartEvent { .. }
                | ElementKind::BoundaryEvent { .. }
                | ElementKind::SubProcess { triggered_by_event: true, .. }
        ) || it.is_for_compensation
            || instantiates(it)
            || catches_link(it).is_some()
            || self.is_ad_hoc() && it.kind.is_activity()
    }

    /// JSON pointer to an element.
    pub fn pointer(&self, it: &Element) -> String {
        let same = |at: &usize| std::ptr::eq(&self.elements[*at], it);
        let at = self.place(&it.id).filter(same).or_else(|| (0..self.elements.len()).find(same));
        at.map_or_else(|| self.pointer.clone(), |at| format!("{}/{at}", self.pointer))
    }

    /// JSON pointer to the scope's list of elements.
    pub fn scope_pointer(&self) -> &str {
        &self.pointer
    }

    /// Places an alert on the scope: on its subprocess, or on the list of elements.
    pub fn on_scope(&self, alert: Alert) -> Alert {
        let alert = alert.at(self.file, self.pointer.as_str());
        match self.holder() {
            Some(it) => alert.on(it.id.as_str()).arg("element", called(it)),
            None => alert,
        }
    }

    /// How grave it is that something is left open which a drawing may leave open and a process that is run may not.
    pub fn left_open(&self) -> Severity {
        if crate::check::file::executable::executable(self.flow) { Severity::Error } else { Severity::Warning }
    }

    /// Places an alert on an element.
    pub fn on(&self, alert: Alert, it: &Element) -> Alert {
        alert.at(self.file, self.pointer(it)).on(it.id.as_str()).arg("element", called(it))
    }

    /// True for a scope that is a subprocess.
    pub fn is_subprocess(&self) -> bool {
        !self.around.is_empty()
    }
}

/// The definitions of an event, one by one: none, its one, or those of a multiple event.
pub fn definitions(it: &Element) -> &[EventDefinition] {
    let one = match &it.kind {
        ElementKind::StartEvent { event_definition, .. }
        | ElementKind::EndEvent { event_definition }
        | ElementKind::IntermediateThrowEvent { event_definition } => event_definition.as_ref(),
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => Some(event_definition),
        _other => None,
    };
    match one {
        None => &[],
        Some(EventDefinition::Multiple { event_definitions, .. }) => event_definitions,
        Some(it) => std::slice::from_ref(it),
    }
}

/// The name a link throws to.
pub fn throws_link(it: &Element) -> Option<&str> {
    matches!(it.kind, ElementKind::IntermediateThrowEvent { .. }).then(|| link_name(it)).flatten()
}

/// The name a link catches.
pub fn catches_link(it: &Element) -> Option<&str> {
    matches!(it.kind, ElementKind::IntermediateCatchEvent { .. }).then(|| link_name(it)).flatten()
}

fn link_name(it: &Element) -> Option<&str> {
    definitions(it).iter().find_map(|it| match it {
        EventDefinition::Link { name } => Some(name.as_str()),
        _other => None,
    })
}

/// True for the boundary event that a compensation handler hangs on.
pub fn compensates(it: &Element) -> bool {
    matches!(it.kind, ElementKind::BoundaryEvent { .. })
        && matches!(definitions(it), [EventDefinition::Compensate { .. }])
}

/// True for a node that starts the flow by itself (§10.3.3, §10.6.6).
pub fn instantiates(it: &Element) -> bool {
    matches!(
        it.kind,
        ElementKind::ReceiveTask { instantiate: true, .. } | ElementKind::EventBasedGateway { instantiate: true, .. }
    )
}

/// True when the flow carries a condition; one that is still empty in a file counts.
pub fn has_condition(flow: &Element) -> bool {
    let empty =
        || flow.kept.children.iter().any(|it| matches!(it, XmlNode::Element(it) if it.name == "conditionExpression"));
    matches!(&flow.kind, ElementKind::SequenceFlow { condition_expression, .. } if condition_expression.is_some() || empty())
}

/// What a person calls an element: its name, or its id.
pub fn called(it: &Element) -> String {
    if it.name.is_empty() { it.id.to_string() } else { it.name.clone() }
}

#[cfg(test)]
mod tests;

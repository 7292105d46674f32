//! A flow laid flat: what happens before, instead of and beside what. Subprocesses become a step that is entered, their
//! inside, and a step that is left; so every analysis of data walks one graph.

use std::collections::BTreeMap;

use crate::check::flow::{catches_link, compensates, definitions, instantiates, throws_link, waits};
use crate::id::NodeId;
use crate::model::flow::{AdHocOrdering, Element, ElementKind, EventDefinition, Flow};

/// What a step stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The flow as a whole, while it runs.
    Root,
    /// A node.
    Node,
    /// A subprocess, while it runs.
    Enter,
    /// A subprocess, or the flow, when it ends.
    Exit,
    /// A flow into a gateway that waits for others.
    Edge,
}

/// How one step leads to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// After it.
    After,
    /// Into a subprocess, which goes on.
    Inside,
    /// Instead of it: an interrupting event at it.
    Instead,
    /// Beside it: an event at it that does not interrupt.
    Beside,
}

pub struct Step<'a> {
    pub element: Option<&'a Element>,
    pub role: Role,
    pub next: Vec<(usize, Way)>,
    pub prev: Vec<(usize, Way)>,
    /// Waits for a token of every way in.
    pub waits: bool,
    /// Gives a token to every way out.
    pub splits: bool,
    /// The entered subprocesses (and the root) around it, the innermost last.
    pub around: Vec<usize>,
}

/// A flow laid flat. Step 0 is the root, step 1 its end.
pub struct Order<'a> {
    pub steps: Vec<Step<'a>>,
    /// Where a node is entered and left.
    pub seat: BTreeMap<&'a NodeId, (usize, usize)>,
    /// Events by which a subprocess (or the flow) is interrupted or accompanied.
    events_of: BTreeMap<usize, Vec<usize>>,
}

/// The end of the flow.
pub const END: usize = 1;

impl<'a> Order<'a> {
    pub fn new(flow: &'a Flow) -> Self {
        let mut order = Self { steps: Vec::new(), seat: BTreeMap::new(), events_of: BTreeMap::new() };
        let root = order.step(None, Role::Root, &[]);
        let end = order.step(None, Role::Exit, &[]);
        order.scope(&flow.flow_elements, root, end, false);
        order
    }

    fn step(&mut self, element: Option<&'a Element>, role: Role, around: &[usize]) -> usize {
        self.steps.push(Step {
            element,
            role,
            next: Vec::new(),
            prev: Vec::new(),
            waits: role == Role::Exit,
            splits: false,
            around: around.to_vec(),
        });
        self.steps.len() - 1
    }

    fn join(&mut self, from: usize, to: usize, way: Way) {
        self.steps[from].next.push((to, way));
        self.steps[to].prev.push((from, way));
        if matches!(way, Way::Instead | Way::Beside) {
            self.events_of.entry(from).or_default().push(to);
        }
    }

    fn scope(&mut self, elements: &'a [Element], host: usize, exit: usize, is_ad_hoc: bool) {
        let mut around = self.steps[host].around.clone();
        around.push(host);
        for it in elements.iter().filter(|it| it.kind.is_node()) {
            let seat = match &it.kind {
                ElementKind::SubProcess { .. }
                | ElementKind::Transaction { .. }
                | ElementKind::AdHocSubProcess { .. } => {
                    let enter = self.step(Some(it), Role::Enter, &around);
                    (enter, self.step(Some(it), Role::Exit, &around))
                }
                _leaf => {
                    let at = self.step(Some(it), Role::Node, &around);
                    (at, at)
                }
            };
            self.seat.entry(&it.id).or_insert(seat);
        }
        for it in elements.iter().filter(|it| !it.inside().is_empty()) {
            if let Some((enter, left)) = self.seat.get(&it.id).copied() {
                self.scope(it.inside(), enter, left, matches!(it.kind, ElementKind::AdHocSubProcess { .. }));
            }
        }
        let mut into: BTreeMap<&NodeId, usize> = BTreeMap::new();
        for it in elements {
            if let ElementKind::SequenceFlow { target_ref, .. } = &it.kind {
                *into.entry(target_ref).or_default() += 1;
            }
        }
        for it in elements {
            if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
                self.line(into[target_ref] > 1, it, source_ref, target_ref, &around);
            }
        }
        for it in elements {
            self.event(elements, it, host, exit);
        }
        self.ends(elements, host, exit, is_ad_hoc);
    }

    fn line(&mut self, several: bool, flow: &'a Element, from: &NodeId, to: &NodeId, around: &[usize]) {
        let (Some((_, from)), Some((to, _))) = (self.seat.get(from).copied(), self.seat.get(to).copied()) else {
            return;
        };
        let is_gateway = |it: &Element| {
            matches!(
                it.kind,
                ElementKind::ParallelGateway {} | ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. }
            )
        };
        let target = self.steps[to].element;
        if several && target.is_some_and(is_gateway) {
            let edge = self.step(Some(flow), Role::Edge, around);
            self.join(from, edge, Way::After);
            self.join(edge, to, Way::After);
            self.steps[to].waits = true;
        } else {
            self.join(from, to, Way::After);
        }
        let chooses = self.steps[from].element.is_none_or(|it| {
            matches!(it.kind, ElementKind::ExclusiveGateway {} | ElementKind::EventBasedGateway { .. })
        });
        self.steps[from].splits |= !chooses;
    }

    fn event(&mut self, elements: &'a [Element], it: &'a Element, host: usize, exit: usize) {
        let Some((enter, left)) = self.seat.get(&it.id).copied() else { return };
        match &it.kind {
            ElementKind::BoundaryEvent { attached_to_ref, cancel_activity, .. } => {
                let Some((at, after)) = self.seat.get(attached_to_ref).copied() else { return };
                if compensates(it) {
                    self.join(after, enter, Way::After);
                    for handler in elements {
                        if let ElementKind::Association { source_ref, target_ref, .. } = &handler.kind
                            && *source_ref == it.id
                            && let Some((handler, _)) = self.seat.get(target_ref).copied()
                        {
                            self.join(enter, handler, Way::After);
                        }
                    }
                } else {
                    self.join(at, enter, if *cancel_activity { Way::Instead } else { Way::Beside });
                }
            }
            ElementKind::SubProcess { triggered_by_event: true, flow_elements } => {
                let beside = flow_elements
                    .iter()
                    .any(|it| matches!(it.kind, ElementKind::StartEvent { is_interrupting: false, .. }));
                self.join(host, enter, if beside { Way::Beside } else { Way::Instead });
                self.join(left, exit, Way::After);
            }
            _other => {}
        }
        if let Some(name) = throws_link(it) {
            for to in elements.iter().filter(|other| catches_link(other) == Some(name)) {
                if let Some((to, _)) = self.seat.get(&to.id).copied() {
                    self.join(left, to, Way::After);
                }
            }
        }
    }

    fn ends(&mut self, elements: &'a [Element], host: usize, exit: usize, is_ad_hoc: bool) {
        let nodes: Vec<(&Element, usize, usize)> = elements
            .iter()
            .filter(|it| it.kind.is_node())
            .filter_map(|it| self.seat.get(&it.id).map(|(a, b)| (it, *a, *b)))
            .collect();
        let by_itself = |it: &Element| matches!(it.kind, ElementKind::StartEvent { .. }) || instantiates(it);
        let has_start = nodes.iter().any(|(it, ..)| by_itself(it));
        for (it, enter, _) in &nodes {
            let begins =
                if has_start { by_itself(it) } else { self.steps[*enter].prev.is_empty() && !it.is_for_compensation };
            if begins {
                self.join(host, *enter, Way::Inside);
            }
        }
        let kind = self.steps[host].element.map(|it| &it.kind);
        let one_at_a_time =
            is_ad_hoc && matches!(kind, Some(ElementKind::AdHocSubProcess { ordering: AdHocOrdering::Sequential, .. }));
        self.steps[host].splits = !has_start && !one_at_a_time;
        for (_, _, left) in &nodes {
            if self.steps[*left].next.iter().all(|(_, way)| *way != Way::After) {
                self.join(*left, exit, Way::After);
            }
        }
        self.join(host, exit, Way::After);
    }

    /// Events that can interrupt or accompany what a step is part of: it can be followed by them at any moment.
    pub fn events_around(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        self.steps[step]
            .around
            .iter()
            .filter_map(|it| self.events_of.get(it))
            .flatten()
            .copied()
            .filter(move |it| *it != step && !self.steps[step].around.contains(it))
    }

    /// True when parallel branches can run inside a subprocess (or the flow) without being joined before its end.
    pub fn is_parallel_inside(&self, host: usize) -> bool {
        let forks = |it: &Step| {
            it.splits && it.next.iter().filter(|(_, way)| matches!(way, Way::After | Way::Inside)).count() > 1
        };
        forks(&self.steps[host]) || self.steps.iter().any(|it| it.around.last() == Some(&host) && forks(it))
    }

    /// The step that enters what an exit leaves.
    pub fn host(&self, exit: usize) -> usize {
        self.steps[exit].element.and_then(|it| self.seat.get(&it.id)).map_or(0, |it| it.0)
    }

    /// True when a token stays at the step until somebody or something acts, or until others come.
    pub fn rests(&self, step: usize) -> bool {
        let it = &self.steps[step];
        it.role == Role::Edge || it.role == Role::Node && it.element.is_some_and(waits)
    }

    /// True when a step can be followed by another.
    pub fn leads(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.steps.len()];
        let mut work = vec![from];
        while let Some(at) = work.pop() {
            for (next, _) in &self.steps[at].next {
                if *next == to {
                    return true;
                }
                if !std::mem::replace(&mut seen[*next], true) {
                    work.push(*next);
                }
            }
            work.extend(self.events_around(at).filter(|it| !std::mem::replace(&mut seen[*it], true)));
        }
        false
    }

    /// True when doing a step can end a scope in which the other step is, before anything else happens.
    pub fn ends_at_once(&self, step: usize, other: usize) -> bool {
        let mut seen = vec![false; self.steps.len()];
        let mut work = vec![step];
        while let Some(at) = work.pop() {
            let it = &self.steps[at];
            let terminates = it.element.is_some_and(|it| {
                matches!(it.kind, ElementKind::EndEvent { .. }) && definitions(it).iter().any(ends_scope)
            });
            if terminates && it.around.last().is_some_and(|host| self.steps[other].around.contains(host)) {
                return true;
            }
            if std::mem::replace(&mut seen[at], true) || at != step && self.rests(at) {
                continue;
            }
            work.extend(it.next.iter().filter(|(_, way)| *way == Way::After).map(|(to, _)| *to));
        }
        false
    }
}

/// Terminations, errors and cancellations take everything else of their scope away.
fn ends_scope(it: &EventDefinition) -> bool {
    matches!(it, EventDefinition::Terminate {} | EventDefinition::Error { .. } | EventDefinition::Cancel {})
}

//! Questions about the way to a node: which task was last, which decisions were taken, what is surely set.

use std::collections::BTreeSet;

use super::Data;
use super::access::Access;
use super::order::{Role, Way};
use crate::expr::Path;
use crate::id::NodeId;
use crate::model::flow::ElementKind;

/// A decision on the way: the gateway, the flow taken, and what has changed since.
pub type Decision<'d> = (&'d NodeId, &'d NodeId, Box<dyn Fn(&Path) -> bool + 'd>);

impl Data<'_> {
    /// JSON pointer to an element.
    pub fn pointer(&self, id: &NodeId) -> Option<&str> {
        self.pointers.get(id).map(String::as_str)
    }

    /// True when a path is set on every way to the end of a node: required, computed, written before.
    pub fn is_surely_set(&self, node: &NodeId, path: &Path) -> bool {
        // What a decision table gives is blank where no rule matches.
        if path.0.len() > 2 {
            return false;
        }
        let (Some((_, left)), Some(name)) = (self.order.seat.get(node), self.reader.name(path)) else { return false };
        self.index.get(&name).is_some_and(|it| self.surely[*left].has(*it))
    }

    /// True when one run can pass both nodes.
    pub fn can_both_happen(&self, one: &NodeId, other: &NodeId) -> bool {
        let (Some(one), Some(other)) = (self.order.seat.get(one).copied(), self.order.seat.get(other).copied()) else {
            return false;
        };
        self.order.leads(one.1, other.0)
            || self.order.leads(other.1, one.0)
            || self.beside().is_none_or(|it| it[one.0].has(other.0))
    }

    /// The user tasks whose outcome can be the last one at a node, and whether there always is one; none: not known.
    pub fn last_tasks(&self, node: &NodeId) -> Option<(BTreeSet<NodeId>, bool)> {
        let (enter, _) = *self.order.seat.get(node)?;
        let (mut found, mut always) = (BTreeSet::new(), true);
        let mut seen = BTreeSet::new();
        let mut work: Vec<usize> = vec![enter];
        while let Some(at) = work.pop() {
            for (from, _) in &self.order.steps[at].prev {
                let step = &self.order.steps[*from];
                match step.element {
                    Some(it) if matches!(it.kind, ElementKind::UserTask(_)) => {
                        found.insert(it.id.clone());
                        // An event at the task comes before the task has ended.
                        if self.order.steps[at].prev.iter().any(|(it, way)| it == from && *way != Way::After) {
                            work.push(*from);
                        }
                    }
                    _ if step.role == Role::Root => always = false,
                    _other => {
                        if seen.insert(*from) {
                            work.push(*from);
                        }
                    }
                }
            }
        }
        Some((found, always))
    }

    /// The decisions on the way to a node, nearest first, as long as there is only one way.
    pub fn decisions_before<'d>(&'d self, node: &NodeId) -> Vec<Decision<'d>> {
        let mut found: Vec<Decision<'d>> = Vec::new();
        let Some((mut at, _)) = self.order.seat.get(node).copied() else { return found };
        let writers = self.writers();
        let mut changed: BTreeSet<&str> = BTreeSet::new();
        let mut anything = false;
        let (mut rested, mut answered) = (false, false);
        let mut passed = BTreeSet::new();
        while let [(from, Way::After)] = self.order.steps[at].prev.as_slice() {
            let from = *from;
            if !passed.insert(from) {
                break;
            }
            let Some(element) = self.order.steps[from].element else { break };
            if matches!(element.kind, ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {}) {
                let target = self.order.steps[at].element;
                // Into a gateway that waits, the flow itself is the step between.
                let flow = match (self.order.steps[at].role, target) {
                    (Role::Edge, Some(it)) => Some(&it.id),
                    (_, Some(it)) => self.flow_between(&element.id, &it.id),
                    (_, None) => None,
                };
                if let Some(flow) = flow {
                    let (changed, anything, rested, answered) = (changed.clone(), anything, rested, answered);
                    let test = move |path: &Path| match path.0.as_slice() {
                        [] => rested,
                        [root] if root == "outcome" => answered,
                        [root, ..] if root == "data" => {
                            rested || anything || self.reader.name(path).is_some_and(|it| changed.contains(it.as_str()))
                        }
                        [root, ..] if matches!(root.as_str(), "user" | "now" | "today" | "refs" | "outcomes") => rested,
                        _variable => anything || self.reader.name(path).is_none_or(|it| changed.contains(it.as_str())),
                    };
                    found.push((&element.id, flow, Box::new(test)));
                }
            }
            let access = &self.access[from];
            let writes = access.enter.iter().chain(&access.leave).filter(|it| it.act.sets());
            changed.extend(writes.map(|it| it.name.as_str()));
            self.set_beside(from, &writers, &mut changed, &mut anything);
            anything |= access.sets_any || self.order.steps[from].role == Role::Exit;
            rested |= self.order.rests(from) || self.order.steps[from].role == Role::Exit;
            answered |= matches!(element.kind, ElementKind::UserTask(_)) || self.order.steps[from].role == Role::Exit;
            at = from;
        }
        found
    }

    /// The steps that set something.
    fn writers(&self) -> Vec<usize> {
        let sets = |it: &Access| it.sets_any || it.enter.iter().chain(&it.leave).any(|it| it.act.sets());
        (0..self.access.len()).filter(|it| sets(&self.access[*it])).collect()
    }

    /// What steps that can happen at the same time as this one may set in between.
    fn set_beside<'d>(&'d self, step: usize, writers: &[usize], changed: &mut BTreeSet<&'d str>, anything: &mut bool) {
        if writers.is_empty() {
            return;
        }
        let Some(beside) = self.beside() else {
            // Too many steps to know.
            *anything = true;
            return;
        };
        for access in writers.iter().filter(|it| beside[step].has(**it)).map(|it| &self.access[*it]) {
            let set = access.enter.iter().chain(&access.leave).filter(|it| it.act.sets());
            changed.extend(set.map(|it| it.name.as_str()));
            *anything |= access.sets_any;
        }
    }

    fn flow_between(&self, from: &NodeId, to: &NodeId) -> Option<&NodeId> {
        match self.between.get(&(from, to))?.as_slice() {
            [it] => Some(it),
            _several => None,
        }
    }
}

//! Conditions of flows: whether they cover all cases, overlap, are never or always true. Every case they can tell apart is
//! looked at, under what earlier decisions on the same way have said already.
//!
//! `flow-condition-gap` (warning): a decision without a default has a case in which no condition holds; the work gets stuck. The alert
//! says which case. It takes the place of `flow-no-default`, which is not said where every case is covered.
//! `flow-condition-overlap` (info): in some case two conditions of an exclusive gateway hold; the first in the file is taken.
//! `flow-condition-never` (warning): a condition holds in no case, or only where another is taken before: that way is never gone.
//! `flow-condition-always` (warning): a condition holds in every case: the other ways are never gone, or it says nothing.
//! Fix: mark a default, correct the comparison, take the way away.

mod alone;
mod apart;
mod fit;
mod kind;
pub(super) mod space;

use std::collections::BTreeMap;

use super::data::Data;
use super::flow::called;
use crate::alert::{Alert, Severity};
use crate::expr::{Expr, Path, Term};
use crate::id::{FlowKey, NodeId};
use crate::model::catalog::Catalog;
use crate::model::flow::{Element, ElementKind, Flow};
pub use alone::{always, covered, decisions};
pub use apart::apart;
pub use fit::check as fit;
pub use kind::{Kind, Kinds};
use space::Space;

/// A way out of a decision.
struct Branch<'a> {
    flow: &'a Element,
    /// None: the default, or a way without a condition.
    condition: Option<Term>,
    is_default: bool,
}

/// Looks at every decision of a flow; and the decisions of which it is known better than by shape whether they need a default.
pub(super) fn check(catalog: &Catalog, key: &FlowKey, flow: &Flow, data: &Data) -> (Vec<Alert>, Vec<NodeId>) {
    let module = flow.module.as_ref().and_then(|it| catalog.module(it));
    let kinds = Kinds::new(catalog, module, Some(flow));
    let elements = flow.all();
    let by_id: BTreeMap<&NodeId, &Element> = elements.iter().map(|it| (&it.id, *it)).collect();
    let mut out: BTreeMap<&NodeId, Vec<&Element>> = BTreeMap::new();
    for it in &elements {
        if let ElementKind::SequenceFlow { source_ref, .. } = &it.kind {
            out.entry(source_ref).or_default().push(it);
        }
    }
    let judge = Judge { flow, kinds, data, out, by_id, file: format!("flows/{key}/flow.json") };
    let (mut found, mut settled) = (Vec::new(), Vec::new());
    for it in &elements {
        if judge.decision(&mut found, it) == Some(true) {
            settled.push(it.id.clone());
        }
    }
    (found, settled)
}

/// A decision with every case its conditions can tell apart.
struct Asked<'a, 'b> {
    it: &'a Element,
    exclusive: bool,
    /// A way out has no condition, or is the default.
    is_open: bool,
    conditions: Vec<(&'a Element, &'b Term)>,
    space: &'b Space,
    /// Those that are possible here.
    cases: Vec<space::Case>,
}

impl<'a> Asked<'a, '_> {
    /// What is to be said of which element, and true when it is known better than by shape whether a default is needed.
    fn judge(&self, possible: &impl Fn(&space::Case) -> bool) -> (Vec<(&'a Element, Alert)>, Option<bool>) {
        let Self { exclusive, conditions, space, cases, .. } = self;
        let mut found = Vec::new();
        let mut taken_before: Vec<&Term> = Vec::new();
        for (flow, term) in conditions {
            let holds: Vec<&space::Case> = cases.iter().filter(|it| space.holds(term, it)).collect();
            let name = called(flow);
            if holds.is_empty() {
                let says = format!("expected the condition on `{name}` to hold in some case, found none");
                found.push((*flow, Alert::warning("flow-condition-never", says)));
            } else if *exclusive && holds.iter().all(|case| taken_before.iter().any(|it| space.holds(it, case))) {
                let says =
                    format!("expected the condition on `{name}` to hold where none before it does, found no such case");
                found.push((*flow, Alert::warning("flow-condition-never", says)));
            } else if holds.len() == cases.len() && *exclusive {
                let says =
                    format!("expected the condition on `{name}` not to hold in some case, found that it always does");
                found.push((*flow, Alert::warning("flow-condition-always", says)));
            }
            taken_before.push(term);
        }
        if *exclusive {
            self.overlap(&mut found);
        }
        let covered = |case: &space::Case| conditions.iter().any(|(_, it)| space.holds(it, case));
        let gap = cases.iter().find(|it| !covered(it));
        let settled = match gap {
            _ if self.is_open => None,
            None => Some(true),
            Some(case) => space.words(case, |it| !possible(it) || !covered(it)).map(|words| {
                let name = called(self.it);
                let says = format!("expected a way out of `{name}` in every case, found none when {words}");
                found.push((self.it, Alert::warning("flow-condition-gap", says).arg("case", words)));
                true
            }),
        };
        (found, settled)
    }

    fn overlap(&self, found: &mut Vec<(&'a Element, Alert)>) {
        for (nth, (one, a)) in self.conditions.iter().enumerate() {
            for (other, b) in &self.conditions[nth + 1..] {
                let both = |case: &space::Case| self.space.holds(a, case) && self.space.holds(b, case);
                let only = self.cases.iter().any(|case| self.space.holds(b, case) && !self.space.holds(a, case));
                if let (Some(case), true) = (self.cases.iter().find(|it| both(it)), only)
                    && let Some(words) = self.space.words(case, both)
                {
                    let says = format!(
                        "expected one way at a time, found that `{}` and `{}` both hold when {words}; the first is taken",
                        called(one),
                        called(other)
                    );
                    let alert = Alert::new("flow-condition-overlap", Severity::Info, says).arg("case", words);
                    found.push((*other, alert));
                }
            }
        }
    }
}

struct Judge<'a> {
    flow: &'a Flow,
    kinds: Kinds<'a>,
    data: &'a Data<'a>,
    by_id: BTreeMap<&'a NodeId, &'a Element>,
    /// The flows out of a node, in file order.
    out: BTreeMap<&'a NodeId, Vec<&'a Element>>,
    file: String,
}

impl<'a> Judge<'a> {
    fn branches(&self, it: &Element) -> Option<Vec<Branch<'a>>> {
        let mut found = Vec::new();
        for flow in self.out.get(&it.id).into_iter().flatten() {
            let ElementKind::SequenceFlow { condition_expression, .. } = &flow.kind else { continue };
            let is_default = it.default.as_ref() == Some(&flow.id);
            // A condition that cannot be read is told elsewhere, and nothing can be said of the decision.
            let condition = match condition_expression {
                Some(source) if !is_default => Some(Expr::parse(source).ok()?.tree()),
                Some(_) | None => None,
            };
            found.push(Branch { flow, condition, is_default });
        }
        Some(found)
    }

    /// True when it is known better than by shape whether the decision needs a default.
    fn decision(&self, found: &mut Vec<Alert>, it: &Element) -> Option<bool> {
        let exclusive = matches!(it.kind, ElementKind::ExclusiveGateway {});
        if !exclusive && !matches!(it.kind, ElementKind::InclusiveGateway {}) {
            return None;
        }
        let branches = self.branches(it)?;
        let conditions: Vec<(&Branch, &Term)> =
            branches.iter().filter_map(|it| Some((it, it.condition.as_ref()?))).collect();
        if conditions.is_empty() || branches.len() < 2 {
            return None;
        }
        let assumed = self.assumed(it);
        let terms: Vec<&Term> = conditions.iter().map(|(_, it)| *it).chain(assumed.iter().map(|(it, _)| it)).collect();
        let outcomes = self.data.last_tasks(&it.id);
        let kind = |path: &Path| {
            let (tasks, _) = outcomes.as_ref()?;
            // Without a task before, there is no outcome: it is blank.
            let none = || Kind::Choice { options: Vec::new(), open: false };
            (path.0 == ["outcome"])
                .then(|| tasks.iter().filter_map(|it| self.kinds.outcomes_of(it)).reduce(Kind::or).unwrap_or_else(none))
        };
        let surely = |path: &Path| match path.0.as_slice() {
            [it] if it == "outcome" => outcomes.as_ref().is_some_and(|(_, always)| *always),
            _other => self.data.is_surely_set(&it.id, path),
        };
        let space = Space::new(&terms, &self.kinds, kind, surely)?;
        let possible = |case: &space::Case| assumed.iter().all(|(term, truth)| space.holds(term, case) == *truth);
        let cases: Vec<space::Case> = space.cases().filter(possible).collect();
        if cases.is_empty() {
            return None; // What was assumed contradicts itself: the decision before it is told.
        }
        let is_open = branches.iter().any(|it| it.condition.is_none() || it.is_default);
        let conditions: Vec<(&Element, &Term)> = conditions.into_iter().map(|(it, term)| (it.flow, term)).collect();
        let asked = Asked { it, exclusive, is_open, conditions, space: &space, cases };
        let (alerts, settled) = asked.judge(&possible);
        alerts.into_iter().for_each(|(it, alert)| self.say(found, it, alert));
        settled
    }

    /// What the decisions on the only way to a node have said, as far as nothing has changed since: a condition and whether it held.
    fn assumed(&self, node: &Element) -> Vec<(Term, bool)> {
        let mut found = Vec::new();
        for (gateway, flow, changed) in self.data.decisions_before(&node.id) {
            let Some(gateway) = self.by_id.get(gateway) else { continue };
            let Some(branches) = self.branches(gateway) else { continue };
            let Some(at) = branches.iter().position(|it| it.flow.id == *flow) else { continue };
            let mut add = |term: &Term, truth: bool| {
                let mut stays = true;
                term.walk(&mut |it| match it {
                    Term::Path(path) => stays &= !changed(path),
                    Term::Call(..) | Term::Other(_) => stays &= !changed(&Path(Vec::new())),
                    _other => {}
                });
                if stays {
                    found.push((term.clone(), truth));
                }
            };
            let exclusive = matches!(gateway.kind, ElementKind::ExclusiveGateway {});
            if let Some(term) = &branches[at].condition {
                add(term, true);
            }
            if !exclusive && !branches[at].is_default {
                continue;
            }
            // An exclusive gateway takes the first that holds, the default when none does.
            let before = branches.iter().enumerate().filter(|(nth, _)| branches[at].is_default || *nth < at);
            for (_, branch) in before {
                if let Some(term) = &branch.condition {
                    add(term, false);
                }
            }
        }
        found
    }

    fn say(&self, found: &mut Vec<Alert>, it: &Element, alert: Alert) {
        let pointer = self.data.pointer(&it.id).unwrap_or_default();
        found.push(
            alert
                .at(&self.file, pointer)
                .on(it.id.as_str())
                .arg("element", called(it))
                .arg("flow", self.flow.name.as_str()),
        );
    }
}

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

//! What would mend a broken flow, as edits that can be applied and undone: another kind of gateway, a join where parallel
//! ways meet unjoined. Every candidate was judged before it is offered; those after which the flow is sound come first.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Breaks, Checker, Process, Verdict};
use crate::id::NodeId;
use crate::limits;
use crate::model::flow::{Element, ElementKind, Flow};

/// One way to mend a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    pub what: Mend,
    /// The element it changes, or before which it inserts.
    pub at: NodeId,
    /// True: the flow is sound after it; false: it has fewer faults, and no new ones.
    pub sound: bool,
    /// In order; together they are one change.
    pub edits: Vec<Edit>,
}

/// What a fix does, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mend {
    /// The gateway becomes a parallel one.
    Parallel,
    /// The gateway becomes an exclusive one.
    Exclusive,
    /// The gateway becomes an inclusive one.
    Inclusive,
    /// The ways into the element are joined by a parallel gateway before it.
    Join,
}

/// One edit of the elements of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// Takes the place of the element with the same id.
    Replace { element: Box<Element> },
    /// Is added beside `beside`, in the same scope.
    Add { element: Box<Element>, beside: NodeId },
}

/// The flow after a fix. Elements that are not there are left alone.
pub fn apply(flow: &Flow, fix: &Fix) -> Flow {
    let mut flow = flow.clone();
    for edit in &fix.edits {
        let id = match edit {
            Edit::Replace { element } => &element.id,
            Edit::Add { beside, .. } => beside,
        };
        let Some((scope, at)) = find(&mut flow.flow_elements, id) else { continue };
        match edit {
            Edit::Replace { element } => scope[at] = (**element).clone(),
            Edit::Add { element, .. } => scope.push((**element).clone()),
        }
    }
    flow
}

fn find<'a>(elements: &'a mut Vec<Element>, id: &NodeId) -> Option<(&'a mut Vec<Element>, usize)> {
    if let Some(at) = elements.iter().position(|it| it.id == *id) {
        return Some((elements, at));
    }
    elements.iter_mut().filter_map(|it| it.kind.inside_mut()).find_map(|it| find(it, id))
}

/// What would mend a broken flow; empty where nothing found does.
pub fn fixes(flow: &Flow, process: &Process) -> Vec<Fix> {
    let mut checker = Checker::new(limits::CHECK_FIX.0);
    let tried = candidates(flow, process).into_iter().filter_map(|it| tried(flow, process, it, &mut checker));
    best(tried.collect())
}

/// The fix a broken flow is tried with in its turn, if that mends it. Of `limits::CHECK_FIX` turns each is a search of its own.
pub fn fix(flow: &Flow, process: &Process, turn: usize) -> Option<Fix> {
    let candidate = candidates(flow, process).into_iter().nth(turn)?;
    tried(flow, process, candidate, &mut Checker::new(limits::CHECK_FIX.0))
}

/// The fixes worth an offer, those after which the flow is sound first.
pub fn best(mut found: Vec<Fix>) -> Vec<Fix> {
    found.sort_by_key(|it| !it.sound);
    found.truncate(3);
    found
}

fn tried(flow: &Flow, process: &Process, candidate: Fix, checker: &mut Checker) -> Option<Fix> {
    let after = checker.judge(&apply(flow, &candidate));
    let sound = after.verdict == Verdict::Sound;
    (sound || better(process, &after)).then_some(Fix { sound, ..candidate })
}

/// Fewer properties fail, and none that held.
fn better(before: &Process, after: &Process) -> bool {
    let failing = |it: &Process| it.properties.all().iter().filter(|it| **it == Some(false)).count();
    let worse = before
        .properties
        .all()
        .into_iter()
        .zip(after.properties.all())
        .any(|(before, after)| after != Some(true) && before != Some(false));
    let known = after.properties.all().iter().all(Option::is_some);
    known && !worse && failing(after) < failing(before)
}

/// Changes worth a try, those nearest to the faults first.
fn candidates(flow: &Flow, process: &Process) -> Vec<Fix> {
    if process.verdict != Verdict::Broken {
        return Vec::new();
    }
    let mut near: Vec<&NodeId> = Vec::new();
    for fault in &process.faults {
        near.extend(&fault.at);
        near.extend(fault.run.iter().rev().map(|it| &it.element));
    }
    let all = flow.all();
    let ids: BTreeSet<&NodeId> = all.iter().map(|it| &it.id).collect();
    near.extend(all.iter().map(|it| &it.id));
    let mut seen = BTreeSet::new();
    near.retain(|it| seen.insert(*it));
    let doubled = process.faults.iter().any(|it| matches!(it.what, Breaks::Unsafe | Breaks::EndTwice));
    let mut by_id: BTreeMap<&NodeId, &Element> = BTreeMap::new();
    let (mut into, mut out): (BTreeMap<&NodeId, usize>, BTreeMap<&NodeId, usize>) = Default::default();
    for it in &all {
        by_id.entry(&it.id).or_insert(it);
        if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
            *into.entry(target_ref).or_default() += 1;
            *out.entry(source_ref).or_default() += 1;
        }
    }
    let mut found = Vec::new();
    for id in near {
        if found.len() >= limits::CHECK_FIX.1 {
            break;
        }
        let Some(element) = by_id.get(id) else { continue };
        let count = |ends: &BTreeMap<&NodeId, usize>| ends.get(id).copied().unwrap_or_default();
        let (into, out) = (count(&into), count(&out));
        for (what, kind) in others(&element.kind) {
            if into > 1 || out > 1 {
                let changed = Element { kind, ..(**element).clone() };
                let edits = vec![Edit::Replace { element: Box::new(changed) }];
                found.push(Fix { what, at: id.clone(), sound: false, edits });
            }
        }
        let merges = element.kind.is_activity() || matches!(element.kind, ElementKind::EndEvent { .. });
        if doubled && into > 1 && merges {
            found.push(join_before(&all, &ids, id));
        }
    }
    found
}

/// The kinds of gateway this one could be instead.
fn others(kind: &ElementKind) -> Vec<(Mend, ElementKind)> {
    let (parallel, exclusive, inclusive) = (
        (Mend::Parallel, ElementKind::ParallelGateway {}),
        (Mend::Exclusive, ElementKind::ExclusiveGateway {}),
        (Mend::Inclusive, ElementKind::InclusiveGateway {}),
    );
    if matches!(kind, ElementKind::ExclusiveGateway {}) {
        vec![parallel, inclusive]
    } else if matches!(kind, ElementKind::ParallelGateway {}) {
        vec![exclusive, inclusive]
    } else if matches!(kind, ElementKind::InclusiveGateway {}) {
        vec![parallel, exclusive]
    } else {
        Vec::new()
    }
}

/// A parallel gateway that takes over the ways into an element.
fn join_before(all: &[&Element], ids: &BTreeSet<&NodeId>, at: &NodeId) -> Fix {
    let fresh = |word: &str| {
        let name = |count: usize| NodeId(format!("{word}_{at}_{count}"));
        (1..).map(name).find(|it| !ids.contains(it)).unwrap_or_default()
    };
    let (join, flow) = (fresh("join"), fresh("flow"));
    let mut edits = vec![Edit::Add {
        element: Box::new(Element::new(join.clone(), ElementKind::ParallelGateway {})),
        beside: at.clone(),
    }];
    for element in all {
        if let ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } = &element.kind
            && target_ref == at
        {
            let kind = ElementKind::SequenceFlow {
                source_ref: source_ref.clone(),
                target_ref: join.clone(),
                condition_expression: condition_expression.clone(),
            };
            edits.push(Edit::Replace { element: Box::new(Element { kind, ..(*element).clone() }) });
        }
    }
    let kind = ElementKind::SequenceFlow { source_ref: join, target_ref: at.clone(), condition_expression: None };
    edits.push(Edit::Add { element: Box::new(Element::new(flow, kind)), beside: at.clone() });
    Fix { what: Mend::Join, at: at.clone(), sound: false, edits }
}

//! `flow-unreachable` (error): no way leads from a start event to the node; it would never happen (BPMN 2.0.2 §10.5.2: with a start
//! event, every other node is led to). Said once of the first of them, with those behind it. Fix: connect it, or delete it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, called, instantiates};
use crate::alert::Alert;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    if !graph.has_start() || graph.is_ad_hoc() {
        return; // Without a start event, `flow-implicit-start` says which nodes begin by themselves.
    }
    let begins = |it: &&Element| {
        matches!(it.kind, ElementKind::StartEvent { .. } | ElementKind::SubProcess { triggered_by_event: true, .. })
            || instantiates(it)
    };
    let mut seen = vec![false; graph.elements.len()];
    spread(graph, graph.nodes().filter(begins).collect(), &mut seen);
    // A compensation activity without its event is said by `flow-never-compensated`.
    let lost =
        |it: &&Element, seen: &[bool]| !it.is_for_compensation && graph.place(&it.id).is_some_and(|place| !seen[place]);
    let all: Vec<&Element> = graph.nodes().filter(|it| lost(it, &seen)).collect();
    let led_to: BTreeSet<&NodeId> =
        all.iter().flat_map(|it| graph.next(it).into_iter().filter(|id| **id != it.id)).collect();
    // Where nothing leads to is the cause; then circles that only lead to themselves.
    let first = all.iter().filter(|it| !led_to.contains(&it.id));
    for it in first.chain(&all).copied() {
        if !lost(&it, &seen) {
            continue;
        }
        let behind: Vec<&Element> =
            spread(graph, vec![it], &mut seen).into_iter().filter(|other| other.id != it.id).collect();
        let says = format!("expected a way from the start to `{}`, found none{}", called(it), nor_to(&behind));
        let ids: Vec<&str> = behind.iter().map(|it| it.id.as_str()).collect();
        let alert = Alert::error("flow-unreachable", says);
        found.push(graph.on(if ids.is_empty() { alert } else { alert.arg("behind", ids) }, it));
    }
}

/// Goes on from some nodes to all that are led to and not seen yet, in file order.
fn spread<'a>(graph: &Graph<'a>, mut work: Vec<&'a Element>, seen: &mut [bool]) -> Vec<&'a Element> {
    let mut found = BTreeMap::new();
    while let Some(it) = work.pop() {
        let Some(place) = graph.place(&it.id) else { continue };
        if !std::mem::replace(&mut seen[place], true) {
            found.insert(place, it);
            work.extend(graph.next(it).into_iter().filter_map(|id| graph.get(id)));
        }
    }
    found.into_values().collect()
}

/// What else is not led to, in words.
fn nor_to(behind: &[&Element]) -> String {
    let names: Vec<String> = behind.iter().take(NAMED).map(|it| format!("`{}`", called(it))).collect();
    match behind.len().saturating_sub(NAMED) {
        _ if names.is_empty() => String::new(),
        0 => format!("; nor to {} behind it", names.join(", ")),
        more => format!("; nor to {} and {more} more behind it", names.join(", ")),
    }
}

/// The alert on the first of several nodes no way leads to is also about this one.
pub fn is_behind(alert: &Alert, id: &NodeId) -> bool {
    let behind = alert.args.get("behind").and_then(|it| it.as_array());
    behind.is_some_and(|it| it.iter().any(|it| it == id.as_str()))
}

/// So many are called by their names.
const NAMED: usize = 3;

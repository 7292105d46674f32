//! `flow-lane` (error): a lane names a node that is not in the flow, or two lanes name the same one (BPMN 2.0.2 §10.8: a lane
//! partitions the nodes). `flow-no-lane` (info): the flow has lanes and a node stands in none of them.
//! Fix: put every node into one lane.

use std::collections::BTreeMap;

use super::{called, places};
use crate::alert::{Alert, Severity};
use crate::id::NodeId;
use crate::model::flow::{Flow, Lane};

pub fn rule(found: &mut Vec<Alert>, flow: &Flow, file: &str) {
    if flow.lanes.is_empty() {
        return;
    }
    let places = places(flow);
    let nodes: BTreeMap<&NodeId, &str> =
        places.iter().filter(|(_, it)| it.kind.is_node()).map(|(pointer, it)| (&it.id, pointer.as_str())).collect();
    let mut taken: BTreeMap<&NodeId, &Lane> = BTreeMap::new();
    for (at, lane) in flow.lanes.iter().enumerate() {
        for (nth, id) in lane.flow_node_refs.iter().enumerate() {
            let name = if lane.name.is_empty() { &lane.id } else { &lane.name };
            let says = if !places.iter().any(|(_, it)| it.id == *id) {
                format!("expected the lane `{name}` to name nodes of this flow, found `{id}`")
            } else {
                match taken.insert(id, lane) {
                    Some(other) if !is_inside(flow, other, lane) && !is_inside(flow, lane, other) => {
                        let other = if other.name.is_empty() { &other.id } else { &other.name };
                        format!("expected `{id}` in one lane, found it in `{other}` and in `{name}`")
                    }
                    Some(_) | None => continue,
                }
            };
            found.push(
                Alert::error("flow-lane", says)
                    .at(file, format!("/lanes/{at}/flowNodeRefs/{nth}"))
                    .on(id.as_str())
                    .arg("name", id.as_str()),
            );
        }
    }
    if taken.is_empty() {
        return;
    }
    for it in flow.flow_elements.iter().filter(|it| nodes.contains_key(&it.id) && !taken.contains_key(&it.id)) {
        let says = format!("expected `{}` in a lane, found it in none", called(it));
        let pointer = nodes.get(&it.id).copied().unwrap_or_default();
        found.push(
            Alert::new("flow-no-lane", Severity::Info, says)
                .at(file, pointer)
                .on(it.id.as_str())
                .arg("element", called(it)),
        );
    }
}

/// True when a lane stands in another, at any depth.
fn is_inside(flow: &Flow, inner: &Lane, outer: &Lane) -> bool {
    let mut at = inner;
    for _ in 0..flow.lanes.len() {
        let Some(parent) = at.parent.as_ref().and_then(|id| flow.lanes.iter().find(|it| it.id == *id)) else {
            return false;
        };
        if parent.id == outer.id {
            return true;
        }
        at = parent;
    }
    false
}

//! `flow-lane` (error): a lane names a node that is not in the flow, or two lanes of a set name the same one (BPMN 2.0.2 §10.8: a lane
//! partitions the nodes; several sets part them by several measures). `flow-no-lane` (info): the flow has lanes and a node stands in none
//! of them. Fix: put every node into one lane.

use std::collections::{BTreeMap, BTreeSet};

use super::{called, places};
use crate::alert::{Alert, Severity};
use crate::id::NodeId;
use crate::model::flow::{Flow, Lane, XmlElement, XmlNode};

pub fn rule(found: &mut Vec<Alert>, flow: &Flow, file: &str) {
    if flow.lanes.is_empty() {
        return;
    }
    let places = places(flow);
    let nodes: BTreeMap<&NodeId, &str> =
        places.iter().filter(|(_, it)| it.kind.is_node()).map(|(pointer, it)| (&it.id, pointer.as_str())).collect();
    let sets = sets(flow);
    let mut taken: BTreeMap<(&NodeId, usize), &Lane> = BTreeMap::new();
    for (at, lane) in flow.lanes.iter().enumerate() {
        for (nth, id) in lane.flow_node_refs.iter().enumerate() {
            let name = if lane.name.is_empty() { &lane.id } else { &lane.name };
            let says = if !places.iter().any(|(_, it)| it.id == *id) {
                format!("expected the lane `{name}` to name nodes of this flow, found `{id}`")
            } else {
                let set = sets.get(lane.id.as_str()).copied().unwrap_or_default();
                match taken.insert((id, set), lane) {
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
    let taken: BTreeSet<&NodeId> = taken.into_keys().map(|(id, _)| id).collect();
    for it in flow.flow_elements.iter().filter(|it| nodes.contains_key(&it.id) && !taken.contains(&it.id)) {
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

/// Which of the file's sets a lane stands in, counted from 0; one that no set lists stands in the first.
fn sets(flow: &Flow) -> BTreeMap<&str, usize> {
    fn walk<'a>(nodes: &'a [XmlNode], number: usize, into: &mut BTreeMap<&'a str, usize>) {
        for node in nodes {
            let XmlNode::Element(it) = node else { continue };
            if it.name == "lane"
                && let Some((_, id)) = it.attributes.iter().find(|(name, _)| name == "id")
            {
                into.insert(id, number);
            }
            walk(&it.children, number, into);
        }
    }
    let is_set = |it: &&XmlElement| it.name == "laneSet";
    let kept = flow.kept.children.iter().filter_map(|it| if let XmlNode::Element(it) = it { Some(it) } else { None });
    let mut found = BTreeMap::new();
    for (number, set) in kept.filter(is_set).enumerate() {
        walk(&set.children, number, &mut found);
    }
    found
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

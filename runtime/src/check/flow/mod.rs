//! Rules on one process, without looking at anything else. Each file is one rule and documents its codes.

mod busy_loop;
mod connection;
mod dead_end;
mod duplicate_id;
mod event_gateway;
mod fork;
mod gateway_shape;
mod label;
mod timer;
mod unreachable;

use std::collections::BTreeMap;

use crate::alert::Alert;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, Flow};

/// A rule: adds what it finds.
type Rule = fn(&mut Vec<Alert>, &Graph);

const RULES: &[Rule] = &[
    duplicate_id::rule,
    connection::rule,
    dead_end::rule,
    unreachable::rule,
    fork::rule,
    gateway_shape::rule,
    event_gateway::rule,
    timer::rule,
    busy_loop::rule,
    label::rule,
];

/// Looks at a flow with every rule. Alerts carry pointers into `file`.
pub fn check(flow: &Flow, file: &str) -> Vec<Alert> {
    let mut found = Vec::new();
    walk(&mut found, &flow.flow_elements, file, "/flowElements");
    found
}

fn walk(found: &mut Vec<Alert>, elements: &[Element], file: &str, pointer: &str) {
    let graph = Graph::new(elements, file, pointer);
    for rule in RULES {
        rule(found, &graph);
    }
    for (at, it) in elements.iter().enumerate() {
        if !it.inside().is_empty() {
            walk(found, it.inside(), file, &format!("{pointer}/{at}/flowElements"));
        }
    }
}

/// One scope (a process or a subprocess) with what leads where.
pub struct Graph<'a> {
    pub elements: &'a [Element],
    pub file: &'a str,
    pointer: &'a str,
    /// Where an id stands; the first wins.
    index: BTreeMap<&'a NodeId, usize>,
    into: BTreeMap<&'a NodeId, Vec<&'a Element>>,
    out: BTreeMap<&'a NodeId, Vec<&'a Element>>,
    boundary: BTreeMap<&'a NodeId, Vec<&'a Element>>,
}

impl<'a> Graph<'a> {
    fn new(elements: &'a [Element], file: &'a str, pointer: &'a str) -> Self {
        let mut graph = Self {
            elements,
            file,
            pointer,
            index: BTreeMap::new(),
            into: BTreeMap::new(),
            out: BTreeMap::new(),
            boundary: BTreeMap::new(),
        };
        for (at, it) in elements.iter().enumerate() {
            graph.index.entry(&it.id).or_insert(at);
            if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
                graph.out.entry(source_ref).or_default().push(it);
                graph.into.entry(target_ref).or_default().push(it);
            }
            if let ElementKind::BoundaryEvent { attached_to_ref, .. } = &it.kind {
                graph.boundary.entry(attached_to_ref).or_default().push(it);
            }
        }
        graph
    }

    pub fn get(&self, id: &NodeId) -> Option<&'a Element> {
        self.index.get(id).map(|at| &self.elements[*at])
    }

    /// Sequence flows out of a node, in file order.
    pub fn out(&self, id: &NodeId) -> &[&'a Element] {
        self.out.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Sequence flows into a node, in file order.
    pub fn into(&self, id: &NodeId) -> &[&'a Element] {
        self.into.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Boundary events of an activity.
    pub fn boundary(&self, id: &NodeId) -> &[&'a Element] {
        self.boundary.get(id).map(Vec::as_slice).unwrap_or_default()
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
        next
    }

    /// JSON pointer to an element.
    pub fn pointer(&self, it: &Element) -> String {
        let at = self.elements.iter().position(|other| std::ptr::eq(other, it));
        at.map_or_else(|| self.pointer.to_owned(), |at| format!("{}/{at}", self.pointer))
    }

    /// JSON pointer to the scope's list of elements.
    pub fn scope_pointer(&self) -> &str {
        self.pointer
    }

    /// Places an alert on an element.
    pub fn on(&self, alert: Alert, it: &Element) -> Alert {
        alert.at(self.file, self.pointer(it)).on(it.id.as_str()).arg("element", called(it))
    }

    /// True for a scope that is a subprocess.
    pub fn is_subprocess(&self) -> bool {
        self.pointer != "/flowElements"
    }
}

/// What a person calls an element: its name, or its id.
pub fn called(it: &Element) -> String {
    if it.name.is_empty() { it.id.to_string() } else { it.name.clone() }
}

#[cfg(test)]
mod tests;

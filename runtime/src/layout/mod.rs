//! Drawings for flows that have none: pools, lanes, subprocesses, boundary events, data and notes, several processes.
//!
//! ```text
//! elements ─place─▶ cells of a grid ─route─▶ ways between cells ─measure─▶ pixels
//! ```
//!
//! Topology comes before geometry: ways keep to gaps and empty cells, then gaps become as wide as their lines need. So by
//! construction no two shapes overlap and no line runs through a shape. The same flow gives the same drawing.
//!
//! Reading order: [`draw`] (what is drawn where) → [`world`] → [`place`] → [`grid`] → [`route`] → [`measure`] → [`scope`] → [`label`];
//! [`missing`] for drawings that are there in part.

mod connect;
mod draw;
mod grid;
mod label;
mod measure;
mod missing;
mod place;
mod route;
mod scope;
mod text;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::id::NodeId;
use crate::interchange::Document;
use crate::model::flow::{Flow, XmlNode};
use crate::model::layout::Diagram;

/// A drawing of a single flow, and of the pools it works with.
pub fn flow(flow: &Flow) -> Diagram {
    let id = format!("{}_diagram", flow.id);
    match &flow.collaboration {
        Some(it) => {
            let flows: Vec<Flow> = std::iter::once(flow).chain(&it.processes).cloned().collect();
            draw::draw(&flows, std::slice::from_ref(it.as_ref()), &id)
        }
        None => draw::draw(std::slice::from_ref(flow), &[], &id),
    }
}

/// Draws what a document has no drawing of: everything, the processes of which no shape is in any diagram, or single pools, shapes and
/// lines. A diagram that is there and shows nothing is none yet: it is filled. What is drawn stays where it is.
pub fn complete(document: &mut Document) {
    document.layout.format = crate::model::load::FORMAT;
    if document.layout.diagrams.iter().all(is_empty) {
        let drawn: Vec<Flow> = document.flows.iter().filter(|it| !it.global_task).cloned().collect();
        let diagram = draw::draw(&drawn, &document.collaborations, "diagram");
        // The plane of a process shows its collaboration where there is one (BPMN 2.0.2 §12.2.3).
        if document.layout.diagrams.iter().all(|it| it.element != diagram.element) {
            let processes: BTreeSet<&str> = document.flows.iter().map(|it| it.id.as_str()).collect();
            let of_one = |it: &&mut Diagram| it.element.as_ref().is_some_and(|it| processes.contains(it.as_str()));
            if let Some(it) = document.layout.diagrams.iter_mut().find(of_one) {
                it.element = None;
            }
        }
        put(document, diagram);
        return;
    }
    missing::complete(document);
    let known: BTreeSet<&str> =
        document.layout.diagrams.iter().flat_map(|it| &it.shapes).map(|it| it.element.as_str()).collect();
    let unknown = |it: &&Flow| !it.global_task && !it.all().iter().any(|it| known.contains(it.id.as_str()));
    let fresh: Vec<Diagram> = document.flows.iter().filter(unknown).map(flow).collect();
    fresh.into_iter().for_each(|it| put(document, it));
}

/// Whether a diagram shows nothing, not even what nobody here can draw.
fn is_empty(diagram: &Diagram) -> bool {
    let drawn = |it: &XmlNode| matches!(it, XmlNode::Element(it) if it.name == "BPMNShape" || it.name == "BPMNEdge");
    let kept = |it: &XmlNode| matches!(it, XmlNode::Element(it) if it.children.iter().any(drawn));
    diagram.shapes.is_empty() && diagram.edges.is_empty() && !diagram.kept.children.iter().any(kept)
}

/// Puts a drawing into the empty diagram of the same thing, or, where there is one of nothing in particular, into that; else beside the
/// others.
fn put(document: &mut Document, drawn: Diagram) {
    if drawn.shapes.is_empty() {
        return;
    }
    let diagrams = &mut document.layout.diagrams;
    let empty = |wanted: &Option<NodeId>| diagrams.iter().position(|it| is_empty(it) && it.element == *wanted);
    match empty(&drawn.element).or_else(|| empty(&None)) {
        Some(at) => {
            let Diagram { element, shapes, edges, .. } = drawn;
            diagrams[at] = Diagram { element, shapes, edges, ..std::mem::take(&mut diagrams[at]) };
        }
        None => diagrams.push(drawn),
    }
}

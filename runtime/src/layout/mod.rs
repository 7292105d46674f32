//! Drawings for flows that have none: pools, lanes, subprocesses, boundary events, data and notes, several processes.
//!
//! ```text
//! elements ─place─▶ cells of a grid ─route─▶ ways between cells ─measure─▶ pixels
//! ```
//!
//! Topology comes before geometry: ways keep to gaps and empty cells, then gaps become as wide as their lines need. So by
//! construction no two shapes overlap and no line runs through a shape. The same flow gives the same drawing.
//!
//! Reading order: [`draw`] (what is drawn where) → [`world`] → [`place`] → [`grid`] → [`route`] → [`measure`] → [`scope`] → [`label`].

mod draw;
mod grid;
mod label;
mod measure;
mod place;
mod route;
mod scope;
mod text;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::interchange::Document;
use crate::model::flow::Flow;
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

/// Draws what a document has no drawing of: everything, or the processes of which no shape is in any diagram.
pub fn complete(document: &mut Document) {
    document.layout.format = crate::model::load::FORMAT;
    if document.layout.diagrams.is_empty() {
        let drawn: Vec<Flow> = document.flows.iter().filter(|it| !it.global_task).cloned().collect();
        let diagram = draw::draw(&drawn, &document.collaborations, "diagram");
        if !diagram.shapes.is_empty() {
            document.layout.diagrams.push(diagram);
        }
        return;
    }
    let known: BTreeSet<&str> =
        document.layout.diagrams.iter().flat_map(|it| &it.shapes).map(|it| it.element.as_str()).collect();
    let unknown = |it: &&Flow| !it.global_task && !it.all().iter().any(|it| known.contains(it.id.as_str()));
    let fresh: Vec<Diagram> =
        document.flows.iter().filter(unknown).map(flow).filter(|it| !it.shapes.is_empty()).collect();
    document.layout.diagrams.extend(fresh);
}

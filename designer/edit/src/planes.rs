//! Subprocesses that are drawn folded. What is inside one is on a plane of its own: in the file, a diagram of its own
//! where it came as one (BPMN 2.0.2 §12), else in the diagram of the subprocess. For editing all planes lie in one list.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{Element, Flow};
use runtime::model::layout::{Diagram, Layout, Shape};

use crate::tree;

/// The first diagram of a layout with the planes of this flow's subprocesses.
pub fn merged(flow: &Flow, layout: &Layout) -> Diagram {
    let mut diagrams = layout.diagrams.iter();
    let mut whole = diagrams.next().cloned().unwrap_or_default();
    if layout.diagrams.len() < 2 {
        return whole;
    }
    let mut known: BTreeSet<String> = whole
        .shapes
        .iter()
        .map(|it| &it.element)
        .chain(whole.edges.iter().map(|it| &it.element))
        .map(|it| it.0.clone())
        .gather();
    for plane in diagrams.filter(|it| is_plane(flow, it)) {
        whole.shapes.extend(plane.shapes.iter().filter(|it| known.insert(it.element.0.clone())).cloned());
        whole.edges.extend(plane.edges.iter().filter(|it| known.insert(it.element.0.clone())).cloned());
    }
    whole
}

fn is_plane(flow: &Flow, diagram: &Diagram) -> bool {
    let sub = |id: &str| tree::find(flow, id).is_some_and(|it| !it.inside().is_empty());
    diagram.element.as_ref().is_some_and(|it| sub(it.as_str()))
}

/// Puts an edited drawing back: what lies inside a subprocess with a diagram of its own into that, the rest into the first.
pub fn split(flow: &Flow, layout: &mut Layout, mut whole: Diagram) {
    for plane in layout.diagrams.iter_mut().skip(1).rev() {
        if !is_plane(flow, plane) {
            continue;
        }
        let id = plane.element.as_ref().map(|it| it.0.clone()).unwrap_or_default();
        let own: BTreeSet<String> = tree::boundary(flow, &id).into_iter().gather();
        let inside: BTreeSet<String> = tree::inside(flow, &id).into_iter().filter(|it| !own.contains(it)).gather();
        let here = |it: &str| inside.contains(it);
        (plane.shapes, whole.shapes) = whole.shapes.into_iter().partition(|it| here(it.element.as_str()));
        (plane.edges, whole.edges) = whole.edges.into_iter().partition(|it| here(it.element.as_str()));
    }
    // A plane of a subprocess that is gone has gone with it.
    let mut at = 0;
    layout.diagrams.retain(|it| {
        at += 1;
        at == 1 || !it.shapes.is_empty() || it.element.as_ref().is_none_or(|it| it.as_str() == flow.id)
    });
    match layout.diagrams.first_mut() {
        Some(first) => *first = whole,
        None => layout.diagrams.push(whole),
    }
}

/// The innermost folded subprocess around every element; those on the flow's own plane are left out.
pub fn planes<'a>(flow: &'a Flow, shapes: &[Shape]) -> BTreeMap<&'a str, &'a str> {
    fn walk<'a>(
        elements: &'a [Element],
        plane: Option<&'a str>,
        folded: &BTreeSet<&str>,
        into: &mut BTreeMap<&'a str, &'a str>,
    ) {
        for it in elements {
            if let Some(plane) = plane {
                into.insert(it.id.as_str(), plane);
            }
            let inner = if folded.contains(it.id.as_str()) { Some(it.id.as_str()) } else { plane };
            walk(it.inside(), inner, folded, into);
        }
    }
    let folded: BTreeSet<&str> =
        shapes.iter().filter(|it| it.is_expanded == Some(false)).map(|it| it.element.as_str()).collect();
    let mut found = BTreeMap::new();
    walk(&flow.flow_elements, None, &folded, &mut found);
    found
}

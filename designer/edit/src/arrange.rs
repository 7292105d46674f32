//! What is missing in a drawing: single shapes and arrows. A flow without any drawing is laid out (`runtime::layout`).

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{Element, Flow};
use runtime::model::layout::{Diagram, Edge, Shape};
use runtime::places::ById;

use crate::geometry::Rect;
use crate::kind::{Family, Kind};
use crate::route::{self, End};
use crate::tree::{self, Line};

/// Whether nothing is missing in a diagram.
pub fn is_whole(flow: &Flow, diagram: &Diagram) -> bool {
    let shapes = ById::new(&diagram.shapes, |it| it.element.as_str());
    let edges = ById::new(&diagram.edges, |it| it.element.as_str());
    let drawn = |id: &str| edges.get(id).is_some_and(|it| it.waypoints.len() > 1);
    let pools = flow.collaboration.as_deref().map_or(&[][..], |it| it.participants.as_slice());
    flow.all().into_iter().all(|it| Kind::of(&it.kind).is_none() || shapes.get(it.id.as_str()).is_some())
        && tree::links(flow).into_iter().all(|it| drawn(it.id))
        && pools.iter().all(|it| shapes.get(it.id.as_str()).is_some())
}

/// The diagram with everything that was missing in it: all of it, or single shapes and arrows.
pub fn completed(flow: &Flow, diagram: Option<Diagram>) -> Diagram {
    let mut whole = match diagram {
        Some(it) if !it.shapes.is_empty() => it,
        _ => crate::later::drawn(flow),
    };
    let known: BTreeSet<&str> = whole.shapes.iter().map(|it| it.element.as_str()).gather();
    let missing: Vec<&Element> =
        flow.all().into_iter().filter(|it| Kind::of(&it.kind).is_some() && !known.contains(it.id.as_str())).collect();
    if !missing.is_empty() {
        let below = whole.shapes.iter().map(|it| it.y + it.height).fold(0.0, f64::max) + 60.0;
        let left = whole.shapes.iter().map(|it| it.x).fold(f64::MAX, f64::min);
        let mut x = if left < 10_000.0 { left } else { 80.0 };
        for it in missing {
            let (width, height) = Kind::of(&it.kind).map_or((0.0, 0.0), Kind::size);
            whole.shapes.push(shape(&it.id.0, Rect::new(x, below, width, height)));
            x += width + 60.0;
        }
    }
    draw_edges(flow, &mut whole);
    crate::pools::complete(flow, &mut whole);
    whole
}

fn shape(id: &str, at: Rect) -> Shape {
    Shape {
        element: id.into(),
        x: at.x.round(),
        y: at.y.round(),
        width: at.width,
        height: at.height,
        ..Shape::default()
    }
}

/// Gives every line without a way one.
fn draw_edges(flow: &Flow, diagram: &mut Diagram) {
    let elements = flow.all();
    let drawn: BTreeSet<&str> =
        diagram.edges.iter().filter(|it| it.waypoints.len() > 1).map(|it| it.element.as_str()).collect();
    let missing: Vec<tree::Link> =
        tree::links(flow).into_iter().filter(|it| it.line != Line::Message && !drawn.contains(it.id)).collect();
    if missing.is_empty() {
        return;
    }
    let family: BTreeMap<&str, Family> =
        elements.iter().filter_map(|it| Some((it.id.as_str(), Kind::of(&it.kind)?.family()))).collect();
    for it in missing {
        if let Some(waypoints) = way(diagram, &family, it.source, it.target, it.id, it.line) {
            diagram.edges.retain(|edge| edge.element.as_str() != it.id);
            diagram.edges.push(Edge { element: it.id.into(), waypoints, ..Edge::default() });
        }
    }
}

/// A new way between two shapes of a diagram: around the others for sequence flows, straight for everything else. `edge`
/// itself is not in its own way. Shapes that are not in `family` are not seen.
pub fn way(
    diagram: &Diagram,
    family: &BTreeMap<&str, Family>,
    source: &str,
    target: &str,
    edge: &str,
    line: Line,
) -> Option<Vec<runtime::model::layout::Point>> {
    let rect = |id: &str| diagram.shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from);
    let (from, to) = (rect(source)?, rect(target)?);
    if line != Line::Sequence {
        return Some(route::crop(&[from.centre(), to.centre()], &from, &to));
    }
    let others: Vec<Rect> = diagram
        .shapes
        .iter()
        .filter(|it| it.element.as_str() != source && it.element.as_str() != target)
        .filter(|it| family.get(it.element.as_str()).is_some_and(|it| !it.aside() && *it != Family::Boundary))
        .map(Rect::from)
        // What surrounds an end is no obstacle; neither is what an end sits on.
        .filter(|it| {
            !it.encloses(&from) && !it.encloses(&to) && !it.contains(from.centre()) && !it.contains(to.centre())
        })
        .collect();
    let taken = |leaving: bool, rect: &Rect| {
        diagram
            .edges
            .iter()
            .filter(|it| it.element.as_str() != edge)
            .flat_map(|it| [(true, it.waypoints.first()), (false, it.waypoints.last())])
            .filter_map(|(start, it)| Some((start, *it?)))
            .filter(|(start, it)| rect.grown(1.0).contains(*it) && (leaving || *start))
            .map(|it| it.1)
            .collect()
    };
    let kind = |id: &str| family.get(id).copied().unwrap_or(Family::Activity);
    let from = End { taken: taken(true, &from), rect: from, family: kind(source) };
    let to = End { taken: taken(false, &to), rect: to, family: kind(target) };
    Some(route::route(&from, &to, &others))
}

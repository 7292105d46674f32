//! A drawing for a flow that has none: layers from left to right, the first way out straight on, others below.
//! Loops run back around. Subprocesses are arranged inside and sized to their contents.

use runtime::gather::{self, Gather as _};
use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{Element, ElementKind, Flow};
use runtime::model::layout::{Diagram, Edge, Shape};

use crate::geometry::Rect;
use crate::kind::{Family, Kind};
use crate::route::{self, End};
use crate::tree::{self, Line};

/// Between layers, and between rows.
const GAP: (f64, f64) = (70.0, 50.0);

/// The diagram with everything that was missing in it: all of it, or single shapes and arrows.
pub fn completed(flow: &Flow, diagram: Option<&Diagram>) -> Diagram {
    let mut whole = match diagram {
        Some(it) if !it.shapes.is_empty() => it.clone(),
        _ => Diagram { id: format!("{}_diagram", flow.id), ..arrange(flow) },
    };
    let known: BTreeSet<String> = whole.shapes.iter().map(|it| it.element.0.clone()).gather();
    let missing: Vec<&Element> =
        flow.all().into_iter().filter(|it| Kind::of(&it.kind).is_some() && !known.contains(it.id.as_str())).collect();
    if !missing.is_empty() {
        let below = whole.shapes.iter().map(|it| it.y + it.height).fold(0.0, f64::max) + 60.0;
        let mut x = whole.shapes.iter().map(|it| it.x).fold(f64::MAX, f64::min).min(10_000.0);
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

/// A whole new drawing.
pub fn arrange(flow: &Flow) -> Diagram {
    let mut diagram = Diagram { id: format!("{}_diagram", flow.id), ..Diagram::default() };
    level(&flow.flow_elements, &mut diagram);
    for it in &mut diagram.shapes {
        it.x += 80.0;
        it.y += 80.0;
    }
    draw_edges(flow, &mut diagram);
    diagram
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

/// Places the nodes of one level with its corner at the origin; returns the size.
fn level(elements: &[Element], diagram: &mut Diagram) -> (f64, f64) {
    let nodes: Vec<&Element> = elements
        .iter()
        .filter(|it| Kind::of(&it.kind).is_some_and(|it| !matches!(it.family(), Family::Boundary | Family::Lane)))
        .collect();
    let mut inner: BTreeMap<&str, Diagram> = BTreeMap::new();
    let mut sizes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for it in &nodes {
        let mut size = Kind::of(&it.kind).map_or((0.0, 0.0), Kind::size);
        if Kind::of(&it.kind).is_some_and(|it| it.family() == Family::Sub) {
            let flow_elements = it.inside();
            let mut inside = Diagram::default();
            let (width, height) = level(flow_elements, &mut inside);
            size = (f64::max(200.0, width + 60.0), f64::max(120.0, height + 80.0));
            inner.insert(it.id.as_str(), inside);
        }
        sizes.insert(it.id.as_str(), size);
    }
    let ways = ways(elements);
    let layers = layers(&nodes, &ways);
    let mut at: BTreeMap<&str, Rect> = BTreeMap::new();
    let mut x = 0.0;
    let last = layers.values().copied().max().unwrap_or(0);
    for layer in 0..=last {
        let mut members: Vec<(&str, f64)> = nodes
            .iter()
            .filter(|it| layers.get(it.id.as_str()) == Some(&layer))
            .map(|it| (it.id.as_str(), wished(it.id.as_str(), &ways, &at)))
            .collect();
        gather::order(&mut members, |a, b| a.1.total_cmp(&b.1));
        let widest = members.iter().map(|it| sizes[it.0].0).fold(0.0, f64::max);
        let mut free = f64::MIN;
        for (id, middle) in members {
            let (width, height) = sizes[id];
            let top = f64::max(middle - height / 2.0, free);
            at.insert(id, Rect::new(x + (widest - width) / 2.0, top, width, height));
            free = top + height + GAP.1 + if height < 60.0 { 20.0 } else { 0.0 };
        }
        x += widest + GAP.0;
    }
    let left = at.values().map(|it| it.x).fold(f64::MAX, f64::min);
    let top = at.values().map(|it| it.y).fold(f64::MAX, f64::min);
    let (mut right, mut bottom): (f64, f64) = (0.0, 0.0);
    for it in &nodes {
        let rect = at[it.id.as_str()].moved(-left, -top);
        (right, bottom) = (right.max(rect.right()), bottom.max(rect.bottom()));
        diagram.shapes.push(shape(it.id.as_str(), rect));
        if let Some(inside) = inner.remove(it.id.as_str()) {
            if let Some(it) = diagram.shapes.last_mut() {
                it.is_expanded = Some(true);
            }
            diagram.shapes.extend(inside.shapes.into_iter().map(|it| Shape {
                x: it.x + rect.x + 30.0,
                y: it.y + rect.y + 45.0,
                ..it
            }));
        }
        hang(it, elements, rect, diagram);
    }
    (right, bottom)
}

/// Boundary events in a row on the lower border of their host, from the right.
fn hang(host: &Element, elements: &[Element], rect: Rect, diagram: &mut Diagram) {
    let mut x = rect.right() - 30.0;
    for it in elements {
        if matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if *attached_to_ref == host.id) {
            diagram.shapes.push(shape(it.id.as_str(), Rect::new(x - 18.0, rect.bottom() - 18.0, 36.0, 36.0)));
            x -= 46.0;
        }
    }
}

/// Sequence flows of one level as (from, to), a boundary event's as its host's, in file order.
fn ways(elements: &[Element]) -> Vec<(&str, &str)> {
    let hosts: BTreeMap<&str, &str> = elements
        .iter()
        .filter_map(|it| match &it.kind {
            ElementKind::BoundaryEvent { attached_to_ref, .. } => Some((it.id.as_str(), attached_to_ref.as_str())),
            _ => None,
        })
        .gather();
    let mut ways: Vec<(bool, &str, &str)> = elements
        .iter()
        .filter_map(|it| match &it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
                let host = hosts.get(source_ref.as_str()).copied();
                Some((host.is_some(), host.unwrap_or(source_ref.as_str()), target_ref.as_str()))
            }
            _ => None,
        })
        .collect();
    // The ways of boundary events come last: they go below.
    gather::order(&mut ways, |a, b| a.0.cmp(&b.0));
    ways.into_iter().map(|it| (it.1, it.2)).collect()
}

/// Layer of every node: the longest way to it, arrows that close a loop not counted.
fn layers<'a>(nodes: &[&'a Element], ways: &[(&'a str, &'a str)]) -> BTreeMap<&'a str, usize> {
    let mut order: Vec<&str> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let entered: BTreeSet<&str> = ways.iter().map(|it| it.1).gather();
    let starts = nodes.iter().filter(|it| !entered.contains(it.id.as_str())).chain(nodes.iter());
    for start in starts {
        // Depth first without recursion: (node, next way to look at).
        let mut path: Vec<(&str, usize)> = Vec::new();
        if seen.insert(start.id.as_str()) {
            path.push((start.id.as_str(), 0));
        }
        while let Some((node, next)) = path.pop() {
            match ways[next..].iter().position(|it| it.0 == node) {
                None => order.push(node),
                Some(skip) => {
                    path.push((node, next + skip + 1));
                    let to = ways[next + skip].1;
                    if nodes.iter().any(|it| it.id.as_str() == to) && seen.insert(to) {
                        path.push((to, 0));
                    }
                }
            }
        }
    }
    order.reverse();
    let place: BTreeMap<&str, usize> = order.iter().enumerate().map(|(at, it)| (*it, at)).gather();
    let mut layers: BTreeMap<&str, usize> = order.iter().map(|it| (*it, 0)).gather();
    for node in &order {
        let mine = layers[node];
        for (_, to) in ways.iter().filter(|it| it.0 == *node) {
            if place.get(to) > place.get(node)
                && let Some(theirs) = layers.get_mut(to)
            {
                *theirs = (*theirs).max(mine + 1);
            }
        }
    }
    layers
}

/// The height a node wants its middle at: of the first node that leads to it, one row lower per earlier way out of that.
fn wished(id: &str, ways: &[(&str, &str)], at: &BTreeMap<&str, Rect>) -> f64 {
    ways.iter()
        .filter(|it| it.1 == id)
        .filter_map(|(from, _)| {
            let rect = at.get(from)?;
            let turn = ways.iter().filter(|it| it.0 == *from).position(|it| it.1 == id).unwrap_or(0);
            Some(rect.centre().y + turn as f64 * 130.0)
        })
        .fold(None, |least: Option<f64>, it| Some(least.map_or(it, |least| least.min(it))))
        .unwrap_or(0.0)
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

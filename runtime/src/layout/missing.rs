//! What is missing in a drawing that is there: pools, shapes, lines. What is there stays where it is, so what is new stands where drawn
//! lines lead, or below everything, and new lines go the shortest way.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::LineKind;
use super::world::{Link, World};
use super::{connect, draw};
use crate::interchange::{Collaboration, Document, Participant};
use crate::limits;
use crate::model::flow::{Element, ElementKind, Flow};
use crate::model::layout::{Diagram, Edge, Layout, Point, Shape};
use crate::places::ById;

/// Room between what was there and what is new.
const APART: f64 = 40.0;
/// Room in a pool around what is drawn already, and for its name.
const AROUND: (f64, f64) = (20.0, 30.0);

/// Draws what is missing in the diagrams of a document; diagrams that show nothing are left as they are.
pub(super) fn complete(document: &mut Document) {
    for it in &document.collaborations {
        pools(it, &document.flows, &mut document.layout);
    }
    let drawn = drawn(&document.layout);
    for it in document.flows.iter().filter(|it| !it.global_task) {
        shapes(&it.flow_elements, None, &drawn, &mut document.layout);
    }
    lines(document);
}

/// Everything that has a shape or a way somewhere.
fn drawn(layout: &Layout) -> BTreeSet<String> {
    let shapes = layout.diagrams.iter().flat_map(|it| &it.shapes).map(|it| it.element.0.clone());
    let edges = layout.diagrams.iter().flat_map(|it| &it.edges).filter(|it| it.waypoints.len() > 1);
    shapes.chain(edges.map(|it| it.element.0.clone())).collect()
}

fn pools(of: &Collaboration, flows: &[Flow], layout: &mut Layout) {
    let drawn = drawn(layout);
    let shows = |it: &&mut Diagram| !it.shapes.is_empty() && it.element.as_ref().is_some_and(|it| it.as_str() == of.id);
    let Some(diagram) = layout.diagrams.iter_mut().find(shows) else { return };
    for it in of.participants.iter().filter(|it| !drawn.contains(&it.id)) {
        let flow = flows.iter().find(|flow| !flow.global_task && it.process.as_ref() == Some(&flow.key));
        let inside: BTreeSet<&str> = flow.into_iter().flat_map(Flow::all).map(|it| it.id.as_str()).collect();
        let held = bounds(diagram.shapes.iter().filter(|it| inside.contains(it.element.as_str())));
        match held {
            Some((left, top, right, bottom)) => diagram.shapes.insert(0, around(it, left, top, right, bottom)),
            // One whose process is drawn in a diagram of its own shows nothing here.
            None => below(diagram, it, flow.filter(|_| inside.iter().all(|it| !drawn.contains(*it)))),
        }
    }
}

/// A pool around what is drawn of it.
fn around(pool: &Participant, left: f64, top: f64, right: f64, bottom: f64) -> Shape {
    let (room, name) = AROUND;
    let (x, y) = (left - room - name, top - room);
    let (width, height) = (right + room - x, bottom + room - y);
    let element = pool.id.as_str().into();
    Shape { element, x, y, width, height, is_horizontal: Some(true), ..Shape::default() }
}

/// A pool with what it holds, below everything else.
fn below(diagram: &mut Diagram, pool: &Participant, flow: Option<&Flow>) {
    let alone = Collaboration { participants: vec![pool.clone()], ..Collaboration::default() };
    let new = draw::draw(flow.map_or(&[], std::slice::from_ref), &[alone], "");
    let (Some(old), Some(own)) = (bounds(diagram.shapes.iter()), bounds(new.shapes.iter())) else { return };
    let (dx, dy) = ((old.0 - own.0).round(), (old.3 + APART - own.1).round());
    diagram.shapes.extend(new.shapes.into_iter().map(|mut it| {
        (it.x, it.y) = (it.x + dx, it.y + dy);
        it.label.iter_mut().for_each(|it| (it.x, it.y) = (it.x + dx, it.y + dy));
        it
    }));
    diagram.edges.extend(new.edges.into_iter().map(|mut it| {
        it.waypoints.iter_mut().for_each(|it| (it.x, it.y) = (it.x + dx, it.y + dy));
        it.label.iter_mut().for_each(|it| (it.x, it.y) = (it.x + dx, it.y + dy));
        it
    }));
}

/// Left, top, right and bottom of some shapes; none where beside them nothing could be drawn any more.
fn bounds<'a>(shapes: impl Iterator<Item = &'a Shape>) -> Option<(f64, f64, f64, f64)> {
    let found = shapes
        .map(|it| (it.x, it.y, it.x + it.width, it.y + it.height))
        .reduce(|a, b| (a.0.min(b.0), a.1.min(b.1), a.2.max(b.2), a.3.max(b.3)))?;
    let far = limits::DRAWING_FARTHEST / 2.0;
    [found.0, found.1, found.2, found.3].iter().all(|it| it.abs() < far).then_some(found)
}

/// What is missing of a scope, in the diagram that shows most of it; `within`: the open subprocess it is in. Of a scope of which nothing is
/// shown nothing is missing, nor of a closed subprocess, which nobody sees.
fn shapes(of: &[Element], within: Option<&Element>, drawn: &BTreeSet<String>, layout: &mut Layout) {
    let own: BTreeSet<&str> = of.iter().map(|it| it.id.as_str()).collect();
    let shown = |it: &Diagram| it.shapes.iter().filter(|it| own.contains(it.element.as_str())).count();
    let opens = |it: &Diagram| it.shapes.iter().any(|it| within.is_some_and(|of| is_open(it, of)));
    // Of several diagrams that show as much, the first.
    let shown = layout.diagrams.iter().map(|it| shown(it) * 2 + usize::from(opens(it)));
    let Some((_, at)) = shown.zip(0..).filter(|it| it.0 > 0).max_by_key(|(shown, at)| (*shown, usize::MAX - at)) else {
        return;
    };
    place(of, drawn, &mut layout.diagrams[at]);
    of.iter().filter(|it| !it.inside().is_empty()).for_each(|it| shapes(it.inside(), Some(it), drawn, layout));
}

fn is_open(shape: &Shape, of: &Element) -> bool {
    shape.element == of.id && shape.is_expanded == Some(true)
}

fn place(of: &[Element], drawn: &BTreeSet<String>, diagram: &mut Diagram) {
    let missing: Vec<&Element> = of.iter().filter(|it| !drawn.contains(it.id.as_str())).collect();
    let Some((left, _, _, bottom)) = bounds(diagram.shapes.iter()).filter(|_| !missing.is_empty()) else { return };
    let ends = ends(of, diagram);
    let hosts: BTreeMap<&str, &str> = of.iter().filter_map(host).collect();
    let mut free = (left, bottom + APART);
    for it in missing {
        if let Some((first, shape)) = outside(it, diagram) {
            diagram.shapes.insert(first, shape);
            continue;
        }
        let Some((width, height)) = draw::usual_size(it) else { continue };
        // Boundary events are no obstacle to what they hang on.
        let on_it = |shape: &&Shape| hosts.get(shape.element.as_str()) == Some(&it.id.as_str());
        let others = || diagram.shapes.iter().filter(|it| !on_it(it));
        let leads = ends.get(it.id.as_str()).map_or(&[][..], Vec::as_slice);
        let (x, y) = on_host(it, diagram).or_else(|| at_lines(leads, (width, height), &others)).unwrap_or_else(|| {
            let at = free;
            free.0 += width + APART;
            at
        });
        let closed = (!it.inside().is_empty()).then_some(false);
        let (x, y) = (x.round(), y.round());
        let element = it.id.clone();
        diagram.shapes.push(Shape { element, x, y, width, height, is_expanded: closed, ..Shape::default() });
    }
}

/// A subprocess around what is drawn of it, and its place in front of that.
fn outside(it: &Element, diagram: &Diagram) -> Option<(usize, Shape)> {
    let inside: BTreeSet<&str> = it.inside().iter().map(|it| it.id.as_str()).collect();
    let held = |it: &Shape| inside.contains(it.element.as_str());
    let first = diagram.shapes.iter().position(held)?;
    let (left, top, right, bottom) = bounds(diagram.shapes.iter().filter(|it| held(it)))?;
    let (room, name) = AROUND;
    let (x, y) = (left - room, top - name);
    let (width, height) = (right + room - x, bottom + room - y);
    let element = it.id.clone();
    Some((first, Shape { element, x, y, width, height, is_expanded: Some(true), ..Shape::default() }))
}

/// A boundary event and the activity it hangs on.
fn host(it: &Element) -> Option<(&str, &str)> {
    match &it.kind {
        ElementKind::BoundaryEvent { attached_to_ref, .. } => Some((it.id.as_str(), attached_to_ref.as_str())),
        _other => None,
    }
}

/// A boundary event on the lower border of its host, beside those that are there.
fn on_host(it: &Element, diagram: &Diagram) -> Option<(f64, f64)> {
    let ElementKind::BoundaryEvent { attached_to_ref, .. } = &it.kind else { return None };
    let host = diagram.shapes.iter().find(|it| it.element == *attached_to_ref)?;
    let y = host.y + host.height - 18.0;
    let taken = |x: f64| diagram.shapes.iter().any(|it| it.y == y && (it.x - x).abs() < it.width);
    let places = (0..).map(|step| host.x + host.width - 46.0 - 46.0 * f64::from(step));
    places.take_while(|x| *x >= host.x - 18.0).find(|x| !taken(*x)).map(|x| (x, y))
}

/// The end of a drawn line at a shape, and the point before it.
type Tip = (Point, Point);

/// Where drawn sequence flows lead to and come from, by node.
fn ends<'a>(of: &'a [Element], diagram: &Diagram) -> BTreeMap<&'a str, Vec<Tip>> {
    let edges = ById::new(&diagram.edges, |it| it.element.as_str());
    let mut found: BTreeMap<&str, Vec<Tip>> = BTreeMap::new();
    for it in of {
        if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind
            && source_ref != target_ref
            && let Some([first, second, ..]) = edges.get(it.id.as_str()).map(|it| it.waypoints.as_slice())
            && let Some([.., before, last]) = edges.get(it.id.as_str()).map(|it| it.waypoints.as_slice())
        {
            found.entry(target_ref.as_str()).or_default().push((*last, *before));
            found.entry(source_ref.as_str()).or_default().push((*first, *second));
        }
    }
    found
}

/// Where the middle of a side is at the end of a line, if nothing else is there.
fn at_lines<'a, Shapes: Iterator<Item = &'a Shape>>(
    ends: &[Tip],
    (width, height): (f64, f64),
    others: &dyn Fn() -> Shapes,
) -> Option<(f64, f64)> {
    let beside = |(at, from): &Tip| {
        let (dx, dy) = (at.x - from.x, at.y - from.y);
        match (dx.abs() >= dy.abs(), dx > 0.0, dy > 0.0) {
            (true, true, _) => (at.x, at.y - height / 2.0),
            (true, false, _) => (at.x - width, at.y - height / 2.0),
            (false, _, true) => (at.x - width / 2.0, at.y),
            (false, _, false) => (at.x - width / 2.0, at.y - height),
        }
    };
    let free = |(x, y): &(f64, f64)| {
        let (right, bottom) = (x + width, y + height);
        !others().any(|it| {
            let (far, low) = (it.x + it.width, it.y + it.height);
            let holds = it.x <= *x && it.y <= *y && far >= right && low >= bottom;
            !holds && it.x < right && *x < far && it.y < bottom && *y < low
        })
    };
    ends.iter().map(beside).find(free)
}

/// Ways for lines whose ends are drawn in one diagram.
fn lines(document: &mut Document) {
    let Document { flows, collaborations, layout, .. } = document;
    let drawn = drawn(layout);
    let mut world = World::default();
    flows.iter().for_each(|it| world.gather(&it.flow_elements, None));
    for it in collaborations.iter() {
        world.gather(&it.artifacts, None);
        for it in &it.message_flows {
            let (source, target) = (it.source_ref.as_str(), it.target_ref.as_str());
            world.links.push(Link { id: &it.id, kind: LineKind::Message, name: &it.name, source, target });
        }
    }
    let mut missing: Vec<&Link> = world.links.iter().filter(|it| !drawn.contains(it.id)).collect();
    for diagram in &mut layout.diagrams {
        let shapes = ById::new(&diagram.shapes, |it| it.element.as_str());
        let mut new: BTreeMap<&str, Edge> = BTreeMap::new();
        missing.retain(|link| {
            let (Some(from), Some(to)) = (shapes.get(link.source), shapes.get(link.target)) else { return true };
            let waypoints = match link.kind {
                LineKind::Sequence => connect::squared(from, to),
                LineKind::Association | LineKind::Message => connect::straight(from, to),
            };
            new.insert(link.id, Edge { element: link.id.into(), waypoints, ..Edge::default() });
            false
        });
        diagram.edges.retain(|it| !new.contains_key(it.element.as_str()));
        diagram.edges.extend(new.into_values());
    }
}

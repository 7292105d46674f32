//! `flow-no-drawing` (info): an element is in no diagram; nobody sees it. `flow-overlap` (info): shapes lie over each other, or stick out of
//! what they are in. `flow-odd-size` (info): a shape has another size than its kind usually has.
//! Fix: have the diagram laid out; move the shape; give it the usual size.

use std::collections::BTreeMap;

use super::Look;
use crate::alert::{Alert, Severity};
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, Flow};
use crate::model::layout::{Layout, Shape};
use crate::places::ById;

/// Most elements of one scope that are compared with each other.
const COMPARED: usize = 1_000;

/// Which sizes a shape may have.
#[derive(Clone, Copy, PartialEq)]
enum Sizes {
    Any,
    Usual,
}

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let document = look.document;
    let pointer = |id: &str| look.elements.get(id).map(|it| it.pointer.clone()).unwrap_or_default();
    let mut report = |code: &str, id: &str, says: String| {
        found.push(Alert::new(code, Severity::Info, says).at(look.file, pointer(id)).on(id));
    };
    let pools: Vec<&str> =
        document.collaborations.iter().flat_map(|it| &it.participants).map(|it| it.id.as_str()).collect();
    missing(&document.flows, &pools, &document.layout, &mut report);
    let shapes = shapes(&document.layout);
    let shapes = Shapes::new(&shapes, element);
    let found_pools: Vec<&Shape> = pools.iter().filter_map(|it| shapes.get(it).copied()).collect();
    collisions(&found_pools, |_, _| false, &mut report);
    for flow in &document.flows {
        let pool = document
            .collaborations
            .iter()
            .flat_map(|it| &it.participants)
            .find(|it| it.process.as_ref() == Some(&flow.key))
            .and_then(|it| shapes.get(it.id.as_str()).copied());
        scope(&flow.flow_elements, &shapes, pool, Sizes::Usual, &mut report);
    }
    for participant in document.collaborations.iter().flat_map(|it| &it.participants).filter(|it| it.process.is_none())
    {
        let Some(shape) = shapes.get(participant.id.as_str()) else { continue };
        let (side, size) =
            if shape.is_horizontal.unwrap_or(true) { ("height", shape.height) } else { ("width", shape.width) };
        if size != 60.0 {
            report(
                "flow-odd-size",
                &participant.id,
                format!("expected a {side} of 60 for the empty pool `{}`, found {size}", participant.id),
            );
        }
    }
}

/// The drawing of one flow of a pack. Sizes are the designer's own business there.
pub fn of_flow(flow: &Flow, layout: &Layout, file: &str) -> Vec<Alert> {
    let mut found = Vec::new();
    let mut report =
        |code: &str, id: &str, says: String| found.push(Alert::new(code, Severity::Info, says).at(file, "").on(id));
    let pools: Vec<&str> = flow.collaboration.iter().flat_map(|it| &it.participants).map(|it| it.id.as_str()).collect();
    missing(std::slice::from_ref(flow), &pools, layout, &mut report);
    let shapes = shapes(layout);
    scope(&flow.flow_elements, &Shapes::new(&shapes, element), None, Sizes::Any, &mut report);
    found
}

/// Every shape of a drawing; of an element that is drawn in several diagrams the last comes first.
fn shapes(layout: &Layout) -> Vec<&Shape> {
    layout.diagrams.iter().rev().flat_map(|it| it.shapes.iter().rev()).collect()
}

/// Shapes by what they show.
type Shapes<'a> = ById<'a, &'a Shape>;

fn element<'a>(it: &'a &Shape) -> &'a str {
    it.element.as_str()
}

fn missing(flows: &[Flow], pools: &[&str], layout: &Layout, report: &mut impl FnMut(&str, &str, String)) {
    let drawn: Vec<&str> = layout
        .diagrams
        .iter()
        .flat_map(|it| it.shapes.iter().map(|it| &it.element).chain(it.edges.iter().map(|it| &it.element)))
        .map(NodeId::as_str)
        .collect();
    let drawn = ById::new(&drawn, |it| it);
    let seen = |id: &str| drawn.get(id).is_some();
    let mut ids: Vec<&str> = pools.to_vec();
    for flow in flows.iter().filter(|it| !it.global_task) {
        ids.extend(
            flow.all()
                .into_iter()
                .filter(|it| !matches!(it.kind, ElementKind::DataObject { .. } | ElementKind::Association { .. }))
                .map(|it| it.id.as_str()),
        );
        ids.extend(flow.lanes.iter().map(|it| it.id.as_str()));
    }
    let missing: Vec<&str> = ids.into_iter().filter(|it| !it.is_empty() && !seen(it)).collect();
    if layout.diagrams.is_empty() {
        // Without any diagram one word is enough.
        if let Some(first) = missing.first() {
            report("flow-no-drawing", first, "expected a diagram, found none".to_owned());
        }
        return;
    }
    for id in missing {
        report("flow-no-drawing", id, format!("expected `{id}` in a diagram, found it in none"));
    }
}

fn scope(
    elements: &[Element],
    shapes: &Shapes,
    around: Option<&Shape>,
    sizes: Sizes,
    report: &mut impl FnMut(&str, &str, String),
) {
    let drawn: Vec<(&Element, &Shape)> =
        elements.iter().filter_map(|it| Some((it, *shapes.get(it.id.as_str())?))).collect();
    let hosts: BTreeMap<&str, &str> = elements
        .iter()
        .filter_map(|it| match &it.kind {
            ElementKind::BoundaryEvent { attached_to_ref, .. } => Some((it.id.as_str(), attached_to_ref.as_str())),
            _other => None,
        })
        .collect();
    // Groups and notes are meant to lie over others.
    let solid: Vec<&Shape> = drawn
        .iter()
        .filter(|(it, _)| !matches!(it.kind, ElementKind::Group { .. } | ElementKind::TextAnnotation { .. }))
        .map(|(_, it)| *it)
        .collect();
    collisions(
        &solid,
        |a, b| {
            hosts.get(a.element.as_str()) == Some(&b.element.as_str())
                || hosts.get(b.element.as_str()) == Some(&a.element.as_str())
        },
        report,
    );
    for (it, shape) in &drawn {
        if let Some(around) = around
            && !matches!(
                it.kind,
                ElementKind::DataStoreReference { .. } | ElementKind::Group { .. } | ElementKind::TextAnnotation { .. }
            )
            && !contains(around, shape)
        {
            report(
                "flow-overlap",
                it.id.as_str(),
                format!("expected `{}` inside of what it belongs to, found it sticking out", it.id),
            );
        }
        if sizes == Sizes::Usual
            && let Some((width, height)) = usual(it, shape)
            && (shape.width != width || shape.height != height)
        {
            report(
                "flow-odd-size",
                it.id.as_str(),
                format!(
                    "expected a size of {width} × {height} for `{}`, found {} × {}",
                    it.id, shape.width, shape.height
                ),
            );
        }
        if !it.inside().is_empty() {
            scope(it.inside(), shapes, shape.is_expanded.unwrap_or(false).then_some(*shape), sizes, report);
        }
    }
}

fn collisions(shapes: &[&Shape], may: impl Fn(&Shape, &Shape) -> bool, report: &mut impl FnMut(&str, &str, String)) {
    let shapes = shapes.get(..COMPARED).unwrap_or(shapes);
    // From left to right each is compared only with those that begin before it ends.
    let mut across: Vec<usize> = (0..shapes.len()).collect();
    across.sort_by(|a, b| shapes[*a].x.total_cmp(&shapes[*b].x));
    // The first of the list each one meets; where many lie in one place there are too many pairs to keep.
    let mut first: Vec<Option<usize>> = vec![None; shapes.len()];
    for (nth, at) in across.iter().enumerate() {
        let a = shapes[*at];
        for other in across[nth + 1..].iter().take_while(|it| shapes[**it].x <= a.x + a.width) {
            let b = shapes[*other];
            if a.y + a.height >= b.y && b.y + b.height >= a.y && b.x + b.width >= a.x && !may(a, b) {
                first[*at] = Some(first[*at].map_or(*other, |it| it.min(*other)));
                first[*other] = Some(first[*other].map_or(*at, |it| it.min(*at)));
            }
        }
    }
    // Pair by pair, in the order of the list.
    let mut told: Vec<(usize, usize, usize)> =
        first.iter().enumerate().filter_map(|(at, it)| it.map(|other| (at.min(other), at.max(other), at))).collect();
    told.sort_unstable();
    for (a, b, at) in told {
        let (it, other) = (shapes[at], shapes[a + b - at]);
        report(
            "flow-overlap",
            it.element.as_str(),
            format!("expected `{}` beside `{}`, found them over each other", it.element, other.element),
        );
    }
}

fn contains(outer: &Shape, inner: &Shape) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height
}

/// The sizes modelling tools give; what grows with its content has none.
fn usual(it: &Element, shape: &Shape) -> Option<(f64, f64)> {
    Some(match &it.kind {
        ElementKind::SubProcess { .. } | ElementKind::Transaction { .. } | ElementKind::AdHocSubProcess { .. }
            if shape.is_expanded == Some(true) =>
        {
            return None;
        }
        kind if kind.is_activity() => (100.0, 80.0),
        ElementKind::ExclusiveGateway {}
        | ElementKind::InclusiveGateway {}
        | ElementKind::ParallelGateway {}
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::ComplexGateway { .. } => (50.0, 50.0),
        ElementKind::DataObjectReference { .. } => (36.0, 50.0),
        ElementKind::DataStoreReference { .. } => (50.0, 50.0),
        kind if kind.is_node() => (36.0, 36.0),
        _line_or_note => return None,
    })
}

//! The rules: no shapes overlap, no line runs through a shape, lines are made of flat and upright stretches and end at their
//! shapes, names stand clear of shapes and of each other, everything is drawn.

use super::*;
use crate::model::flow::{Element, ElementKind};

pub fn check(document: &Document, diagram: &Diagram, found: &mut Vec<String>) {
    let mut inside: BTreeMap<String, String> = BTreeMap::new();
    let mut hosts: BTreeMap<String, String> = BTreeMap::new();
    let mut ends: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut pools = BTreeSet::new();
    for flow in &document.flows {
        gather(&flow.flow_elements, None, &mut inside, &mut hosts, &mut ends);
        pools.extend(flow.lanes.iter().map(|it| it.id.clone()));
    }
    for it in &document.collaborations {
        gather(&it.artifacts, None, &mut inside, &mut hosts, &mut ends);
        // A band is an obstacle like any other shape.
        pools.extend(it.participants.iter().filter(|it| it.process.is_some()).map(|it| it.id.clone()));
        ends.extend(it.message_flows.iter().map(|it| (it.id.clone(), (it.source_ref.clone(), it.target_ref.clone()))));
    }
    let bounds = |it: &Shape| Bounds { x: it.x, y: it.y, width: it.width, height: it.height };
    let shrunk = |it: &Bounds| Bounds { x: it.x + 1.0, y: it.y + 1.0, width: it.width - 2.0, height: it.height - 2.0 };
    let holds = |outer: &str, inner: &str| {
        let mut at = inner;
        loop {
            if at == outer {
                return true;
            }
            match hosts.get(at).or_else(|| inside.get(at)) {
                Some(next) => at = next,
                None => return false,
            }
        }
    };
    let shapes: Vec<(&str, Bounds)> = diagram
        .shapes
        .iter()
        .filter(|it| !pools.contains(it.element.as_str()))
        .map(|it| (it.element.as_str(), bounds(it)))
        .collect();
    let drawn: BTreeMap<&str, Bounds> = diagram.shapes.iter().map(|it| (it.element.as_str(), bounds(it))).collect();
    for (at, (a, one)) in shapes.iter().enumerate() {
        for (b, other) in &shapes[at + 1..] {
            if overlap(one, other) && !holds(a, b) && !holds(b, a) && hosts.get(*a).is_none_or(|it| it != b) {
                found.push(format!("{a} and {b} overlap"));
            }
            if inside.get(*b).is_some_and(|it| it == a)
                && !(other.x >= one.x
                    && other.y >= one.y
                    && other.x + other.width <= one.x + one.width
                    && other.y + other.height <= one.y + one.height)
            {
                found.push(format!("{b} leaves {a}"));
            }
        }
    }
    for edge in &diagram.edges {
        let id = edge.element.as_str();
        let (Some(first), Some(last)) = (edge.waypoints.first(), edge.waypoints.last()) else {
            found.push(format!("{id} has no way"));
            continue;
        };
        if edge.waypoints.windows(2).any(|it| (it[0].x - it[1].x).abs() > 0.01 && (it[0].y - it[1].y).abs() > 0.01) {
            found.push(format!("{id} is askew: {:?}", edge.waypoints));
        }
        let Some((source, target)) = ends.get(id) else { continue };
        for (end, at, word) in [(source, first, "begins"), (target, last, "ends")] {
            if let Some(shape) = drawn.get(end.as_str()) {
                let on = |low: f64, size: f64, at: f64| (at - low).abs() < 0.6 || (at - low - size).abs() < 0.6;
                let inside = |low: f64, size: f64, at: f64| at > low - 0.6 && at < low + size + 0.6;
                let docked = (on(shape.x, shape.width, at.x) && inside(shape.y, shape.height, at.y))
                    || (on(shape.y, shape.height, at.y) && inside(shape.x, shape.width, at.x));
                if !docked {
                    found.push(format!("{id} {word} off {end}: {at:?} {shape:?}"));
                }
            }
        }
        for (shape, bounds) in &shapes {
            if holds(shape, source) && shape != source || holds(shape, target) && shape != target {
                continue;
            }
            if edge.waypoints.windows(2).any(|it| crosses(&shrunk(bounds), it[0], it[1])) {
                found.push(format!("{id} ({source} to {target}) runs through {shape}"));
            }
        }
    }
    let mut names: Vec<(String, Bounds)> =
        diagram.edges.iter().filter_map(|it| Some((it.element.0.clone(), it.label?))).collect();
    names.extend(diagram.shapes.iter().filter_map(|it| Some((it.element.0.clone(), it.label?))));
    let solid: BTreeSet<&String> = inside.values().collect();
    for (at, (a, one)) in names.iter().enumerate() {
        let one = shrunk(one);
        found.extend(
            names[at + 1..]
                .iter()
                .filter(|it| overlap(&one, &it.1))
                .map(|it| format!("the names of {a} and {} overlap", it.0)),
        );
        for (b, other) in shapes.iter().filter(|it| !solid.contains(&it.0.to_owned())) {
            if overlap(&one, other) {
                found.push(format!("the name of {a} overlaps {b}"));
            }
        }
        // Of a line the name stands inside of a subprocess or outside.
        for (b, other) in shapes.iter().filter(|it| ends.contains_key(a) && solid.contains(&it.0.to_owned())) {
            let within = one.x >= other.x
                && one.y >= other.y
                && one.x + one.width <= other.x + other.width
                && one.y + one.height <= other.y + other.height;
            if overlap(&one, other) && !within {
                found.push(format!("the name of {a} lies on the border of {b}"));
            }
        }
    }
    for (id, (source, target)) in &ends {
        let both = drawn.contains_key(source.as_str()) && drawn.contains_key(target.as_str());
        if both
            && !diagram.edges.iter().any(|it| it.element.as_str() == id)
            && !holds(source, target)
            && !holds(target, source)
        {
            found.push(format!("{id} ({source} to {target}) is not drawn"));
        }
    }
}

fn gather(
    elements: &[Element],
    within: Option<&str>,
    inside: &mut BTreeMap<String, String>,
    hosts: &mut BTreeMap<String, String>,
    ends: &mut BTreeMap<String, (String, String)>,
) {
    for it in elements {
        match &it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, .. }
            | ElementKind::Association { source_ref, target_ref, .. } => {
                ends.insert(it.id.0.clone(), (source_ref.0.clone(), target_ref.0.clone()));
            }
            ElementKind::BoundaryEvent { attached_to_ref, .. } => {
                hosts.insert(it.id.0.clone(), attached_to_ref.0.clone());
            }
            _ => (),
        }
        for data in &it.data_input_associations {
            if let (Some(id), [source]) = (&data.id, data.source_ref.as_slice()) {
                ends.insert(id.clone(), (source.clone(), it.id.0.clone()));
            }
        }
        for data in &it.data_output_associations {
            if let (Some(id), Some(target)) = (&data.id, &data.target_ref) {
                ends.insert(id.clone(), (it.id.0.clone(), target.clone()));
            }
        }
        if let Some(within) = within {
            inside.insert(it.id.0.clone(), within.to_owned());
        }
        gather(it.inside(), Some(it.id.as_str()), inside, hosts, ends);
    }
}

//! What an edit of a flow carries with it, beyond its own words: small functions in a fixed order, all in the same
//! undo unit. None calls another.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{ElementKind, EventDefinition};
use runtime::model::layout::{Edge, Shape};

use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind};
use crate::tree::Line;
use crate::work::Work;
use crate::{arrange, conform, planes, pools, route, standing, tree};

/// In the order they are done.
pub const ALL: &[fn(&mut Work)] = &[
    conform::forget_lines,
    conform::part_from_others,
    conform::forget_conditions,
    conform::release_handlers,
    forget_defaults,
    forget_references,
    forget_data_objects,
    forget_messages,
    erase_drawings,
    fit_subprocesses,
    fit_pools,
    sort_into_lanes,
    repair_lines,
    draw_lines,
];

/// A default way that no longer leaves its gateway or activity is none.
fn forget_defaults(work: &mut Work) {
    let wrong: BTreeSet<String> = work
        .flow
        .all()
        .into_iter()
        .filter(|it| {
            let way = it.default.as_ref().map(|way| tree::ends(&work.flow, way.as_str()));
            way.is_some_and(|ends| ends.is_none_or(|(source, _)| source != it.id.as_str()))
        })
        .map(|it| it.id.0.clone())
        .gather();
    if wrong.is_empty() {
        return;
    }
    tree::each(&mut work.flow.flow_elements, &mut |it| {
        if wrong.contains(it.id.as_str()) {
            it.default = None;
        }
    });
}

/// Nothing returns to steps that are gone, asks who did them, compensates them, or keeps a line of data to them.
fn forget_references(work: &mut Work) {
    if work.gone.is_empty() {
        return;
    }
    let gone = work.gone.clone();
    tree::each(&mut work.flow.flow_elements, &mut |it| {
        it.data_input_associations.retain(|it| {
            !it.id.as_ref().is_some_and(|it| gone.contains(it)) && !it.source_ref.iter().any(|it| gone.contains(it))
        });
        it.data_output_associations.retain(|it| {
            !it.id.as_ref().is_some_and(|it| gone.contains(it))
                && !it.target_ref.as_ref().is_some_and(|it| gone.contains(it))
        });
        match &mut it.kind {
            ElementKind::UserTask(task) => {
                task.return_to.retain(|it| !gone.contains(it.as_str()));
                task.performer.not_same_as.retain(|it| !gone.contains(it.as_str()));
                if task.performer.same_as.as_ref().is_some_and(|it| gone.contains(it.as_str())) {
                    task.performer.same_as = None;
                }
            }
            ElementKind::IntermediateThrowEvent {
                event_definition: Some(EventDefinition::Compensate { activity_ref, .. }),
            }
            | ElementKind::EndEvent { event_definition: Some(EventDefinition::Compensate { activity_ref, .. }) }
                if activity_ref.as_ref().is_some_and(|it| gone.contains(it.as_str())) =>
            {
                *activity_ref = None;
            }
            _ => (),
        }
    });
    for lane in &mut work.flow.lanes {
        lane.flow_node_refs.retain(|it| !gone.contains(it.as_str()));
    }
}

/// A data object that was drawn and no longer is has gone with its last drawing.
fn forget_data_objects(work: &mut Work) {
    let mut orphans: BTreeSet<String> = std::mem::take(&mut work.unreferenced);
    for it in work.flow.all() {
        if let ElementKind::DataObjectReference { data_object_ref: Some(object) } = &it.kind {
            orphans.remove(object);
        }
    }
    if !orphans.is_empty() {
        tree::retain(&mut work.flow.flow_elements, &|it| !orphans.contains(it.id.as_str()));
    }
}

/// A message between pools that may no longer be is none: its end is gone, or has become what neither sends nor receives.
fn forget_messages(work: &mut Work) {
    let wrong: Vec<String> = tree::messages(&work.flow)
        .filter(|it| {
            let ends = pools::end(&work.flow, it.source).zip(pools::end(&work.flow, it.target));
            ends.is_none_or(|(from, to)| work.touched(it) && pools::may_send(&work.flow, from, to).is_err())
        })
        .map(|it| it.id.to_owned())
        .collect();
    if let Some(it) = work.flow.collaboration.as_deref_mut() {
        it.message_flows.retain(|it| !wrong.contains(&it.id));
    }
    work.gone.extend(wrong);
}

/// See [`pools::fit`].
fn fit_pools(work: &mut Work) {
    standing::lying(work, pools::fit);
}

/// What is gone is not drawn.
fn erase_drawings(work: &mut Work) {
    if work.gone.is_empty() {
        return;
    }
    let gone = &work.gone;
    work.diagram.shapes.retain(|it| !gone.contains(it.element.as_str()));
    work.diagram.edges.retain(|it| !gone.contains(it.element.as_str()));
}

/// A subprocess grows to hold what is in it, a lane what stands in it.
fn fit_subprocesses(work: &mut Work) {
    let mut subs: Vec<String> = work
        .flow
        .all()
        .into_iter()
        .filter(|it| Kind::of(&it.kind).is_some_and(|it| it.family() == Family::Sub))
        .map(|it| it.id.0.clone())
        .collect();
    // Inner ones first: the outer then sees their new size.
    subs.reverse();
    for id in subs {
        let Some(rect) = work.rect(&id).filter(|_| work.expanded(&id)) else {
            continue;
        };
        let own = tree::boundary(&work.flow, &id);
        let inner = tree::inside(&work.flow, &id)
            .iter()
            .filter(|it| !own.contains(it) && !work.hidden_within(it, &id))
            .filter_map(|it| work.rect(it))
            .reduce(|a, b| a.union(&b));
        let Some(inner) = inner else {
            continue;
        };
        let needed = Rect::new(inner.x - 20.0, inner.y - 30.0, inner.width + 40.0, inner.height + 50.0);
        if rect.encloses(&inner) {
            continue;
        }
        let grown = rect.union(&needed);
        if let Some(Shape { x, y, width, height, .. }) = work.shape_mut(&id) {
            (*x, *y, *width, *height) = (grown.x, grown.y, grown.width, grown.height);
        }
        // What sits on it stays on its border.
        for event in own {
            let off = work.rect(&event).map(|it| it.centre()).filter(|at| grown.grown(-19.0).contains(*at));
            if let Some(at) = off {
                let to = crate::place::on_border(&grown, at);
                work.shift(&event, (to.x - at.x).round(), (to.y - at.y).round());
            }
        }
    }
}

/// Nodes that are new or have moved belong to the lane they stand in.
fn sort_into_lanes(work: &mut Work) {
    if work.flow.lanes.is_empty() {
        return;
    }
    let changed = |it: &Shape| work.stood.get(it.element.as_str()) != Some(&Rect::from(it));
    let lanes: Vec<(String, Rect)> =
        work.flow.lanes.iter().filter_map(|it| Some((it.id.clone(), work.rect(&it.id)?))).collect();
    let lanes_moved =
        work.diagram.shapes.iter().any(|it| lanes.iter().any(|lane| it.element.as_str() == lane.0) && changed(it));
    let moved: Vec<(String, Option<String>)> = work
        .flow
        .flow_elements
        .iter()
        .filter(|it| it.kind.is_node())
        .filter_map(|it| {
            let shape = work.diagram.shapes.iter().find(|shape| shape.element == it.id)?;
            (lanes_moved || changed(shape)).then(|| {
                let centre = Rect::from(shape).centre();
                let inner = lanes.iter().filter(|it| it.1.contains(centre));
                let inner = inner.min_by(|a, b| (a.1.width * a.1.height).total_cmp(&(b.1.width * b.1.height)));
                (it.id.0.clone(), inner.map(|it| it.0.clone()))
            })
        })
        .collect();
    for (id, to) in moved {
        for lane in &mut work.flow.lanes {
            let here = lane.flow_node_refs.iter().any(|it| it.as_str() == id);
            match (to.as_ref() == Some(&lane.id), here) {
                (true, false) => lane.flow_node_refs.push(id.as_str().into()),
                (false, true) => lane.flow_node_refs.retain(|it| it.as_str() != id),
                (true, true) | (false, false) => (),
            }
        }
    }
}

/// Lines of nodes that moved keep their bends where they can.
fn repair_lines(work: &mut Work) {
    // Of the many lines of a large flow an edit moves the ends of a few; looking up the others' boxes would cost the most.
    let moved: BTreeSet<&str> = work
        .diagram
        .shapes
        .iter()
        .filter(|it| work.stood.get(it.element.as_str()) != Some(&Rect::from(*it)))
        .map(|it| it.element.as_str())
        .gather();
    let links: Vec<(String, String, String, Line)> = tree::links(&work.flow)
        .iter()
        .filter(|it| moved.contains(it.source) || moved.contains(it.target))
        .map(|it| (it.id.to_owned(), it.source.to_owned(), it.target.to_owned(), it.line))
        .collect();
    for (id, source, target, line) in links {
        if work.reroute.contains(&id) {
            continue;
        }
        let (Some(from), Some(to)) = (work.rect(&source), work.rect(&target)) else {
            continue;
        };
        if !work.diagram.edges.iter().any(|it| it.element.as_str() == id) {
            continue;
        }
        // A message that still begins and ends at its ends keeps its way.
        let docked = |rect: &Rect, at: Option<&runtime::model::layout::Point>| {
            at.is_some_and(|it| rect.grown(1.5).contains(*it) && !rect.grown(-1.5).contains(*it))
        };
        let way = work.diagram.edges.iter().find(|it| it.element.as_str() == id).map(|it| &it.waypoints);
        if line == Line::Message && way.is_some_and(|it| docked(&from, it.first()) && docked(&to, it.last())) {
            continue;
        }
        let moved = |id: &str, now: &Rect| {
            work.stood
                .get(id)
                .map_or((0.0, 0.0), |was| (now.centre().x - was.centre().x, now.centre().y - was.centre().y))
        };
        let (start, end) = (moved(&source, &from), moved(&target, &to));
        let resized = |id: &str, now: &Rect| {
            work.stood.get(id).is_some_and(|was| was.width != now.width || was.height != now.height)
        };
        if resized(&source, &from) || resized(&target, &to) {
            work.reroute.insert(id);
            continue;
        }
        if start == (0.0, 0.0) && end == (0.0, 0.0) {
            continue;
        }
        if line != Line::Sequence && start != end {
            work.reroute.insert(id);
            continue;
        }
        let repaired = work.edge_mut(&id).and_then(|it| route::repair(&it.waypoints, start, end, &from, &to));
        match repaired {
            Some(line) => {
                if let Some(it) = work.edge_mut(&id) {
                    let together = start == end;
                    it.waypoints = line;
                    match (&mut it.label, together) {
                        (Some(label), true) => {
                            label.x += start.0;
                            label.y += start.1;
                        }
                        (label, _) => *label = None,
                    }
                }
            }
            None => {
                work.reroute.insert(id);
            }
        }
    }
}

/// New ways, and ways that could not be repaired. Only what is on the same plane is in the way.
fn draw_lines(work: &mut Work) {
    if work.reroute.is_empty() {
        return;
    }
    let planes: BTreeMap<String, String> = planes::planes(&work.flow, &work.diagram.shapes)
        .into_iter()
        .map(|(id, plane)| (id.to_owned(), plane.to_owned()))
        .gather();
    let elements: Vec<(String, Family)> =
        work.flow.all().iter().filter_map(|it| Some((it.id.0.clone(), Kind::of(&it.kind)?.family()))).collect();
    for id in std::mem::take(&mut work.reroute) {
        let Some((source, target, line)) =
            tree::link(&work.flow, &id).map(|it| (it.source.to_owned(), it.target.to_owned(), it.line))
        else {
            continue;
        };
        if line == Line::Message {
            let Some(waypoints) = pools::way(&work.flow, &work.diagram, &source, &target, &id) else { continue };
            match work.edge_mut(&id) {
                Some(it) => (it.waypoints, it.label) = (waypoints, None),
                None => work.diagram.edges.push(Edge { element: id.into(), waypoints, ..Edge::default() }),
            }
            continue;
        }
        let plane = planes.get(&source);
        let family: BTreeMap<&str, Family> =
            elements.iter().filter(|it| planes.get(&it.0) == plane).map(|it| (it.0.as_str(), it.1)).collect();
        let Some(way) = arrange::way(&work.diagram, &family, &source, &target, &id, line) else {
            continue;
        };
        let waypoints = way.iter().map(|it| point(it.x.round(), it.y.round())).collect();
        match work.edge_mut(&id) {
            Some(it) => {
                it.waypoints = waypoints;
                it.label = None;
            }
            None => work.diagram.edges.push(Edge { element: id.into(), waypoints, ..Edge::default() }),
        }
    }
}

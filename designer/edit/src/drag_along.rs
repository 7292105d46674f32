//! What an edit of a flow carries with it, beyond its own words: small functions in a fixed order, all in the same
//! undo unit. None calls another.

use std::collections::BTreeMap;

use runtime::model::flow::ElementKind;
use runtime::model::layout::{Edge, Shape};

use crate::flow_edit::Work;
use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind};
use crate::{arrange, route, tree};

/// In the order they are done.
pub const ALL: &[fn(&mut Work)] = &[
    forget_defaults,
    forget_returns,
    erase_drawings,
    fit_subprocesses,
    repair_arrows,
    draw_arrows,
];

/// A default way that no longer leaves its gateway is none.
fn forget_defaults(work: &mut Work) {
    let sources: BTreeMap<String, String> =
        tree::flows(&work.flow).iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
    tree::each(&mut work.flow.flow_elements, &mut |it| {
        let id = it.id.0.clone();
        if it.default.as_ref().is_some_and(|way| sources.get(way.as_str()) != Some(&id))
        {
            it.default = None;
        }
    });
}

/// Tasks do not return to steps that are gone, nor ask who did them.
fn forget_returns(work: &mut Work) {
    if work.gone.is_empty() {
        return;
    }
    let gone = work.gone.clone();
    tree::each(&mut work.flow.flow_elements, &mut |it| {
        if let ElementKind::UserTask(task) = &mut it.kind {
            task.return_to.retain(|it| !gone.contains(it.as_str()));
            task.performer.not_same_as.retain(|it| !gone.contains(it.as_str()));
            if task.performer.same_as.as_ref().is_some_and(|it| gone.contains(it.as_str())) {
                task.performer.same_as = None;
            }
        }
    });
    for lane in &mut work.flow.lanes {
        lane.flow_node_refs.retain(|it| !gone.contains(it.as_str()));
    }
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

/// A subprocess grows to hold what is in it.
fn fit_subprocesses(work: &mut Work) {
    let mut subs: Vec<String> =
        work.flow.all().into_iter().filter(|it| matches!(it.kind, ElementKind::SubProcess { .. })).map(|it| it.id.0.clone()).collect();
    // Inner ones first: the outer then sees their new size.
    subs.reverse();
    for id in subs {
        let Some(rect) = work.rect(&id) else {
            continue;
        };
        let own = tree::boundary(&work.flow, &id);
        let inner = tree::inside(&work.flow, &id)
            .iter()
            .filter(|it| !own.contains(it))
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
    }
}

/// Arrows of nodes that moved keep their bends where they can.
fn repair_arrows(work: &mut Work) {
    let flows: Vec<(String, String, String)> =
        tree::flows(&work.flow).iter().map(|it| (it.0.to_owned(), it.1.to_owned(), it.2.to_owned())).collect();
    for (id, source, target) in flows {
        if work.reroute.contains(&id) {
            continue;
        }
        let (Some(from), Some(to)) = (work.rect(&source), work.rect(&target)) else {
            continue;
        };
        let moved = |id: &str, now: &Rect| work.stood.get(id).map_or((0.0, 0.0), |was| (now.centre().x - was.centre().x, now.centre().y - was.centre().y));
        let (start, end) = (moved(&source, &from), moved(&target, &to));
        let resized = |id: &str, now: &Rect| work.stood.get(id).is_some_and(|was| was.width != now.width || was.height != now.height);
        if resized(&source, &from) || resized(&target, &to) {
            work.reroute.insert(id);
            continue;
        }
        if start == (0.0, 0.0) && end == (0.0, 0.0) {
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

/// New ways, and ways that could not be repaired.
fn draw_arrows(work: &mut Work) {
    let elements: Vec<(String, Family)> =
        work.flow.all().iter().filter_map(|it| Some((it.id.0.clone(), Kind::of(&it.kind)?.family()))).collect();
    let family: BTreeMap<&str, Family> = elements.iter().map(|it| (it.0.as_str(), it.1)).collect();
    for id in std::mem::take(&mut work.reroute) {
        let Some((source, target)) = tree::ends(&work.flow, &id).map(|it| (it.0.to_owned(), it.1.to_owned())) else {
            continue;
        };
        let Some(line) = arrange::way(&work.diagram, &family, &source, &target, &id) else {
            continue;
        };
        let waypoints = line.iter().map(|it| point(it.x.round(), it.y.round())).collect();
        match work.edge_mut(&id) {
            Some(it) => {
                it.waypoints = waypoints;
                it.label = None;
            }
            None => work.diagram.edges.push(Edge { element: id.into(), waypoints, ..Edge::default() }),
        }
    }
}

//! Moving what is there: along with the pointer, into line, at even distances, to make room, folded and unfolded.

use runtime::model::layout::Point;

use crate::edit::Side;
use crate::geometry::{Rect, point};
use crate::kind::Family;
use crate::place::on_border;
use crate::work::Work;
use crate::{planes, tree};

/// Size of a folded subprocess.
const FOLDED: (f64, f64) = (100.0, 80.0);

/// See [`crate::FlowEdit::Move`].
pub fn many(work: &mut Work, nodes: &[String], dx: f64, dy: f64) {
    for id in nodes {
        // What moves with something around it moves once.
        let carried = tree::around(&work.flow, id).iter().any(|it| nodes.iter().any(|id| id == it))
            || work.attached(id).is_some_and(|host| nodes.contains(&host))
            || nodes.iter().any(|it| {
                it != id && work.family(it) == Family::Pool && crate::pools::carried(&work.flow, it).contains(id)
            });
        if !carried {
            one(work, id, dx, dy);
        }
    }
    adopt(work, nodes);
}

fn one(work: &mut Work, id: &str, dx: f64, dy: f64) {
    // A boundary event slides along its host.
    if let Some(host) = work.attached(id) {
        let (Some(rect), Some(host)) = (work.rect(id), work.rect(&host)) else {
            return;
        };
        let to = on_border(&host, point(rect.centre().x + dx, rect.centre().y + dy));
        work.shift(id, to.x - rect.centre().x, to.y - rect.centre().y);
        return;
    }
    if work.family(id) == Family::Lane {
        return crate::lanes::shift(work, id, dx, dy);
    }
    match crate::pools::end(&work.flow, id) {
        Some(crate::pools::End::Pool(_)) => return crate::pools::shift(work, id, dx, dy),
        // What another pool holds stays where it is in it.
        Some(crate::pools::End::Foreign(Some(_), _)) => return,
        Some(crate::pools::End::Own(_) | crate::pools::End::Foreign(None, _)) | None => (),
    }
    work.shift(id, dx, dy);
    for inner in tree::inside(&work.flow, id) {
        work.shift(&inner, dx, dy);
    }
}

/// A node without ways that was moved into a subprocess, or out of it, belongs there.
fn adopt(work: &mut Work, nodes: &[String]) {
    for id in nodes {
        let Some(rect) = work.rect(id) else {
            continue;
        };
        let connected = tree::links(&work.flow).iter().any(|it| it.source == id || it.target == id);
        let attached = work.attached(id).is_some() || !tree::boundary(&work.flow, id).is_empty();
        if connected || attached || tree::find(&work.flow, id).is_none() {
            continue;
        }
        let plane = planes::planes(&work.flow, &work.diagram.shapes).get(id.as_str()).map(|it| (*it).to_owned());
        let within = tree::inside(&work.flow, id);
        let there = work
            .diagram
            .shapes
            .iter()
            .filter(|it| it.element.as_str() != id && work.family(it.element.as_str()) == Family::Sub)
            .filter(|it| it.is_expanded != Some(false) && Rect::from(*it).contains(rect.centre()))
            .filter(|it| !within.contains(&it.element.0))
            .filter(|it| {
                planes::planes(&work.flow, &work.diagram.shapes).get(it.element.as_str()).copied() == plane.as_deref()
            })
            .min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)))
            .map(|it| it.element.0.clone())
            .or(plane.clone());
        if there.as_deref() == tree::parent(&work.flow, id) {
            continue;
        }
        let Some(element) = tree::find(&work.flow, id).cloned() else {
            continue;
        };
        tree::retain(&mut work.flow.flow_elements, &|it| it.id.as_str() != id);
        if let Some(level) = tree::level_mut(&mut work.flow, there.as_deref()) {
            level.push(element);
        }
        crate::conform::settle(work, id);
    }
}

/// See [`crate::FlowEdit::Align`].
pub fn align(work: &mut Work, nodes: &[String], side: Side) {
    let rects: Vec<(String, Rect)> = movable(work, nodes);
    let Some(whole) = rects.iter().map(|it| it.1).reduce(|a, b| a.union(&b)) else {
        return;
    };
    for (id, it) in rects {
        let (dx, dy) = match side {
            Side::Left => (whole.x - it.x, 0.0),
            Side::Centre => (whole.centre().x - it.centre().x, 0.0),
            Side::Right => (whole.right() - it.right(), 0.0),
            Side::Top => (0.0, whole.y - it.y),
            Side::Middle => (0.0, whole.centre().y - it.centre().y),
            Side::Bottom => (0.0, whole.bottom() - it.bottom()),
        };
        one(work, &id, dx.round(), dy.round());
    }
}

/// See [`crate::FlowEdit::Distribute`].
pub fn distribute(work: &mut Work, nodes: &[String], flat: bool) {
    let mut rects = movable(work, nodes);
    let low = |it: &Rect| if flat { it.x } else { it.y };
    let size = |it: &Rect| if flat { it.width } else { it.height };
    runtime::gather::order(&mut rects, |a, b| low(&a.1).total_cmp(&low(&b.1)));
    let (Some(first), Some(last)) = (rects.first(), rects.last()) else {
        return;
    };
    let room = low(&last.1) + size(&last.1) - low(&first.1) - rects.iter().map(|it| size(&it.1)).sum::<f64>();
    let gap = room / (rects.len() as f64 - 1.0).max(1.0);
    let mut at = low(&first.1);
    for (id, it) in rects.clone() {
        let by = (at - low(&it)).round();
        one(work, &id, if flat { by } else { 0.0 }, if flat { 0.0 } else { by });
        at += size(&it) + gap;
    }
}

/// Nodes that stand for themselves: not what sits on, or lies inside, another of them.
fn movable(work: &Work, nodes: &[String]) -> Vec<(String, Rect)> {
    nodes
        .iter()
        .filter(|id| work.attached(id).is_none() && !matches!(work.family(id), Family::Lane | Family::Pool))
        .filter(|id| !tree::around(&work.flow, id).iter().any(|it| nodes.iter().any(|id| id == it)))
        .filter_map(|id| Some((id.clone(), work.rect(id)?)))
        .collect()
}

/// See [`crate::FlowEdit::Space`].
pub fn space(work: &mut Work, at: Point, by: f64, flat: bool, plane: Option<&str>) {
    let planes = planes::planes(&work.flow, &work.diagram.shapes);
    let line = if flat { at.x } else { at.y };
    let mut moved: Vec<String> = Vec::new();
    let mut grown: Vec<String> = Vec::new();
    for it in &work.diagram.shapes {
        let id = it.element.as_str();
        let rigid = matches!(crate::pools::end(&work.flow, id), Some(crate::pools::End::Foreign(Some(_), _)))
            || plane.is_some() && work.family(id) == Family::Pool;
        if planes.get(id).copied() != plane || rigid {
            continue;
        }
        let (low, high) = if flat { (it.x, it.x + it.width) } else { (it.y, it.y + it.height) };
        if work.attached(id).is_some() {
            continue;
        }
        if low >= line {
            moved.push(id.to_owned());
        } else if high > line && work.family(id).area() && (it.is_expanded != Some(false) || is_band(work, id)) {
            grown.push(id.to_owned());
        }
    }
    let (dx, dy) = if flat { (by, 0.0) } else { (0.0, by) };
    let hidden: Vec<String> =
        work.flow.all().iter().map(|it| it.id.0.clone()).filter(|it| planes.contains_key(it.as_str())).collect();
    for id in &moved {
        if work.family(id) == Family::Pool && !crate::pools::is_own(&work.flow, id) {
            crate::pools::shift(work, id, dx, dy);
            continue;
        }
        work.shift(id, dx, dy);
        for event in tree::boundary(&work.flow, id) {
            work.shift(&event, dx, dy);
        }
        if !work.expanded(id) {
            for inner in tree::inside(&work.flow, id).iter().filter(|it| hidden.contains(it)) {
                work.shift(inner, dx, dy);
            }
        }
    }
    for id in &grown {
        if let Some(it) = work.shape_mut(id) {
            it.width = (it.width + dx).max(40.0);
            it.height = (it.height + dy).max(40.0);
        }
    }
    // Bends beyond the line go along; lines whose ends moved alike keep their shape that way too.
    let ends: Vec<(String, bool)> = tree::links(&work.flow)
        .iter()
        .map(|it| (it.id.to_owned(), moved.iter().any(|id| id == it.source) != moved.iter().any(|id| id == it.target)))
        .collect();
    for (id, across) in ends {
        if !across {
            continue;
        }
        let Some(edge) = work.edge_mut(&id) else { continue };
        for it in &mut edge.waypoints {
            if (if flat { it.x } else { it.y }) >= line {
                it.x += dx;
                it.y += dy;
            }
        }
        edge.label = None;
    }
    // The lines were led already.
    for id in moved.iter().chain(&grown) {
        if let Some(rect) = work.rect(id) {
            work.stood.insert(id.clone(), rect);
        }
        for event in tree::boundary(&work.flow, id) {
            if let Some(rect) = work.rect(&event) {
                work.stood.insert(event, rect);
            }
        }
    }
    let both: Vec<String> = tree::links(&work.flow)
        .iter()
        .filter(|it| moved.iter().any(|id| id == it.source) && moved.iter().any(|id| id == it.target))
        .map(|it| it.id.to_owned())
        .collect();
    for id in both {
        if let Some(edge) = work.edge_mut(&id) {
            edge.waypoints.iter_mut().for_each(|it| *it = point(it.x + dx, it.y + dy));
            if let Some(label) = &mut edge.label {
                label.x += dx;
                label.y += dy;
            }
        }
    }
}

/// A pool that shows nothing inside: room is made in it as in the flow beside it.
fn is_band(work: &Work, id: &str) -> bool {
    crate::pools::pool(&work.flow, id).is_some_and(|it| !crate::pools::is_open(&work.flow, it))
}

/// See [`crate::FlowEdit::Fold`].
pub fn fold(work: &mut Work, id: &str) {
    if work.family(id) == Family::Pool {
        return crate::pools::close(work, id);
    }
    let Some(rect) = work.rect(id) else { return };
    let own = tree::boundary(&work.flow, id);
    if work.expanded(id) {
        if let Some(it) = work.shape_mut(id) {
            it.is_expanded = Some(false);
        }
        work.place(id, Rect::new(rect.x, rect.centre().y - FOLDED.1 / 2.0, FOLDED.0, FOLDED.1));
    } else {
        if let Some(it) = work.shape_mut(id) {
            it.is_expanded = Some(true);
        }
        let inside: Vec<String> = tree::inside(&work.flow, id).into_iter().filter(|it| !own.contains(it)).collect();
        let whole = inside
            .iter()
            .filter(|it| !work.hidden_within(it, id))
            .filter_map(|it| work.rect(it))
            .reduce(|a, b| a.union(&b));
        let size = whole.map_or((200.0, 140.0), |it| ((it.width + 60.0).max(140.0), (it.height + 75.0).max(100.0)));
        let to = Rect::new(rect.x, (rect.centre().y - size.1 / 2.0).round(), size.0, size.1);
        work.place(id, to);
        if let Some(whole) = whole {
            let (dx, dy) = ((to.x + 30.0 - whole.x).round(), (to.y + 45.0 - whole.y).round());
            for it in inside {
                work.shift(&it, dx, dy);
            }
        }
    }
    keep_on_border(work, id, rect);
    work.done.select.insert(id.to_owned());
}

/// What sits on the border of something that got another size stays on it, at the same share of its sides.
pub fn keep_on_border(work: &mut Work, id: &str, was: Rect) {
    let Some(to) = work.rect(id) else { return };
    for event in tree::boundary(&work.flow, id) {
        if let Some(stood) = work.rect(&event) {
            let share = point(
                to.x + (stood.centre().x - was.x) / was.width * to.width,
                to.y + (stood.centre().y - was.y) / was.height * to.height,
            );
            let at = on_border(&to, share);
            work.shift(&event, (at.x - stood.centre().x).round(), (at.y - stood.centre().y).round());
        }
    }
}

//! Lanes: bands of the drawing that say who does what stands in them. The first ones enclose everything that is there.

use runtime::model::flow::Lane;

use crate::allowed::Forbidden;
use crate::geometry::Rect;
use crate::kind::Kind;
use crate::tree;
use crate::work::Work;

/// Width of the stripe with the name.
pub const HEADER: f64 = 30.0;
/// Least height of a lane.
pub const LEAST: f64 = 60.0;
const HEIGHT: f64 = 150.0;

/// A new lane below (or above) another; without one, below the last. The very first come as two: one around everything, one
/// below it.
pub fn add(work: &mut Work, beside: Option<&str>, above: bool) -> Result<(), Forbidden> {
    let drawn: Vec<(String, Rect)> =
        work.flow.lanes.iter().filter_map(|it| Some((it.id.clone(), work.rect(&it.id)?))).collect();
    let Some(whole) = drawn.iter().map(|it| it.1).reduce(|a, b| a.union(&b)) else {
        let everything =
            work.flow.flow_elements.iter().filter_map(|it| work.rect(it.id.as_str())).reduce(|a, b| a.union(&b));
        let inner = everything.unwrap_or(Rect::new(100.0, 100.0, 540.0, 90.0));
        let first = Rect::new(
            inner.x - 40.0 - HEADER,
            inner.y - 40.0,
            inner.width + 80.0 + HEADER,
            (inner.height + 80.0).max(HEIGHT),
        );
        // In the pool of the flow they fill it.
        let pool = crate::pools::own(&work.flow).and_then(|it| work.rect(&it.id));
        let first = pool.map_or(first, |it| Rect {
            x: it.x + HEADER,
            width: it.width - HEADER,
            height: it.height.max(HEIGHT),
            ..it
        });
        make(work, first, None);
        make(work, Rect { y: first.bottom(), height: HEIGHT, ..first }, None);
        return Ok(());
    };
    let at = beside.and_then(|id| drawn.iter().find(|it| it.0 == id));
    let last = drawn.iter().max_by(|a, b| a.1.bottom().total_cmp(&b.1.bottom()));
    let (beside, rect) = at.or(last).cloned().ok_or(Forbidden::NotFound)?;
    let parent = work.flow.lanes.iter().find(|it| it.id == beside).and_then(|it| it.parent.clone());
    let y = if above { rect.y } else { rect.bottom() };
    // Everything below makes room.
    crate::shift::space(work, crate::geometry::point(whole.x, y), HEIGHT, false, None);
    make(work, Rect { y, height: HEIGHT, ..rect }, parent);
    Ok(())
}

fn make(work: &mut Work, rect: Rect, parent: Option<String>) {
    let id = work.fresh("lane");
    work.flow.lanes.push(Lane { id: id.clone(), parent, ..Lane::default() });
    work.draw(&id, rect, Kind::Lane);
    work.done.select.insert(id);
}

/// A lane moves with what stands in it, and with the lanes around it: they are one band.
pub fn shift(work: &mut Work, id: &str, dx: f64, dy: f64) {
    let top = top_of(work, id);
    let lanes: Vec<String> =
        work.flow.lanes.iter().map(|it| it.id.clone()).filter(|it| top_of(work, it) == top).collect();
    let nodes: Vec<String> = work
        .flow
        .lanes
        .iter()
        .filter(|it| lanes.contains(&it.id))
        .flat_map(|it| it.flow_node_refs.iter().map(|it| it.0.clone()))
        .collect();
    for it in &lanes {
        work.shift(it, dx, dy);
    }
    for it in nodes {
        work.shift(&it, dx, dy);
        for inner in tree::inside(&work.flow, &it) {
            work.shift(&inner, dx, dy);
        }
    }
}

fn top_of(work: &Work, id: &str) -> String {
    let mut at = id.to_owned();
    for _ in 0..work.flow.lanes.len() {
        match work.flow.lanes.iter().find(|it| it.id == at).and_then(|it| it.parent.clone()) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at
}

/// Another size for a lane: its neighbours take or give the room, all keep the same width.
pub fn resize(work: &mut Work, id: &str, to: Rect) {
    let Some(was) = work.rect(id) else { return };
    let ids: Vec<String> = work.flow.lanes.iter().map(|it| it.id.clone()).collect();
    let to = Rect { height: to.height.max(LEAST), width: to.width.max(200.0), ..to };
    for it in ids {
        let Some(mut rect) = work.rect(&it) else { continue };
        let nested = rect.x - was.x;
        if it == id {
            rect = to;
        } else {
            // Side by side: the border between two is one border.
            if (rect.y - was.bottom()).abs() < 1.0 {
                let bottom = rect.bottom();
                rect.y = to.bottom();
                rect.height = (bottom - rect.y).max(LEAST);
            } else if (rect.bottom() - was.y).abs() < 1.0 {
                rect.height = (to.y - rect.y).max(LEAST);
            }
            rect.x = to.x + nested;
            rect.width = to.right() - rect.x;
        }
        work.place(&it, rect);
    }
}

/// The neighbour takes the room of a lane that goes; its nodes go to that one.
pub fn remove(work: &mut Work, id: &str) {
    let Some(rect) = work.rect(id) else { return };
    let parent = work.flow.lanes.iter().find(|it| it.id == id).and_then(|it| it.parent.clone());
    let siblings: Vec<(String, Rect)> = work
        .flow
        .lanes
        .iter()
        .filter(|it| it.id != id && it.parent == parent)
        .filter_map(|it| Some((it.id.clone(), work.rect(&it.id)?)))
        .collect();
    let above = siblings.iter().find(|it| (it.1.bottom() - rect.y).abs() < 1.0);
    let below = siblings.iter().find(|it| (it.1.y - rect.bottom()).abs() < 1.0);
    if let Some((neighbour, at)) = above.or(below).cloned() {
        work.place(&neighbour, at.union(&rect));
    }
    // Lanes inside it go up to where it was.
    for it in &mut work.flow.lanes {
        if it.parent.as_deref() == Some(id) {
            it.parent.clone_from(&parent);
        }
    }
    work.flow.lanes.retain(|it| it.id != id);
}

//! Lanes: bands of the drawing that say who does what stands in them. The first ones enclose everything that is there.

use runtime::id::RoleKey;
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
        make(work, first, None, None);
        make(work, Rect { y: first.bottom(), height: HEIGHT, ..first }, None, None);
        return Ok(());
    };
    let at = beside.and_then(|id| drawn.iter().find(|it| it.0 == id));
    let last = drawn.iter().max_by(|a, b| a.1.bottom().total_cmp(&b.1.bottom()));
    let (beside, rect) = at.or(last).cloned().ok_or(Forbidden::NotFound)?;
    let parent = work.flow.lanes.iter().find(|it| it.id == beside).and_then(|it| it.parent.clone());
    let y = if above { rect.y } else { rect.bottom() };
    // Everything below makes room.
    crate::shift::space(work, crate::geometry::point(whole.x, y), HEIGHT, false, None);
    let rect = Rect { y, height: HEIGHT, ..rect };
    // Those around it reach to the new one, also at their own border.
    let mut around = parent.clone();
    for _ in 0..work.flow.lanes.len() {
        let Some(id) = around else { break };
        if let Some(it) = work.rect(&id) {
            work.place(&id, it.union(&rect));
        }
        around = work.flow.lanes.iter().find(|it| it.id == id).and_then(|it| it.parent.clone());
    }
    make(work, rect, parent, None);
    Ok(())
}

/// Lanes of the same height inside another, which keeps the stripe with its name. Whoever did what stands in it still does.
pub fn divide(work: &mut Work, id: &str, parts: usize) -> Result<(), Forbidden> {
    let missing = LEAST * parts as f64 - work.rect(id).ok_or(Forbidden::NotFound)?.height;
    if missing > 0.0 {
        let low = work.rect(id).map_or(0.0, |it| it.bottom() - 1.0);
        crate::shift::space(work, crate::geometry::point(0.0, low), missing, false, None);
    }
    let rect = work.rect(id).ok_or(Forbidden::NotFound)?;
    let role = work.flow.lanes.iter().find(|it| it.id == id).and_then(|it| it.role.clone());
    let border = |at: usize| (rect.y + rect.height * at as f64 / parts as f64).round();
    for at in 0..parts {
        let (y, bottom) = (border(at), border(at + 1));
        let inner = Rect::new(rect.x + HEADER, y, rect.width - HEADER, bottom - y);
        make(work, inner, Some(id.to_owned()), role.clone());
    }
    Ok(())
}

fn make(work: &mut Work, rect: Rect, parent: Option<String>, role: Option<RoleKey>) {
    let id = work.fresh("lane");
    work.flow.lanes.push(Lane { id: id.clone(), parent, role, ..Lane::default() });
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

/// Another size for a lane: its neighbours take or give the room, lanes around it and in it that share a border with it still
/// do, all keep the same width.
pub fn resize(work: &mut Work, id: &str, to: Rect) {
    let Some(was) = work.rect(id) else { return };
    let lanes: Vec<(String, Rect)> =
        work.flow.lanes.iter().filter_map(|it| Some((it.id.clone(), work.rect(&it.id)?))).collect();
    let same = |a: f64, b: f64| (a - b).abs() < 1.0;
    // A border goes no nearer than this to the other border of any lane it belongs to.
    let kept = |border: f64, wish: f64, other: f64| {
        let (mut low, mut high) = (f64::MIN, f64::MAX);
        for (_, it) in &lanes {
            if same(it.bottom(), border) {
                low = low.max(if same(it.y, other) { f64::MIN } else { it.y } + LEAST);
            }
            if same(it.y, border) {
                high = high.min(if same(it.bottom(), other) { f64::MAX } else { it.bottom() } - LEAST);
            }
        }
        wish.min(high).max(low)
    };
    // One of the two is dragged at a time; where both are, the lower one gives way.
    let top = kept(was.y, to.y, was.bottom());
    let bottom = kept(was.bottom(), to.bottom(), was.y).max(top + LEAST);
    let width = to.width.max(200.0);
    for (lane, it) in &lanes {
        let across = |at: f64| match at {
            at if same(at, was.y) => top,
            at if same(at, was.bottom()) => bottom,
            at => at,
        };
        let (y, low, nested) = (across(it.y), across(it.bottom()), it.x - was.x);
        let x = to.x + nested;
        work.place(lane, Rect::new(x, y, to.x + width - x, low - y));
    }
}

/// The neighbour takes the room of a lane that goes, and its nodes; lanes inside it take its place.
pub fn remove(work: &mut Work, id: &str) {
    let Some(rect) = work.rect(id) else { return };
    let parent = work.flow.lanes.iter().find(|it| it.id == id).and_then(|it| it.parent.clone());
    let of = |parent: Option<&str>| -> Vec<(String, Rect)> {
        let lanes = work.flow.lanes.iter().filter(|it| it.id != id && it.parent.as_deref() == parent);
        lanes.filter_map(|it| Some((it.id.clone(), work.rect(&it.id)?))).collect()
    };
    let (siblings, inner) = (of(parent.as_deref()), of(Some(id)));
    let above = siblings.iter().find(|it| (it.1.bottom() - rect.y).abs() < 1.0);
    let below = siblings.iter().find(|it| (it.1.y - rect.bottom()).abs() < 1.0);
    if let Some((neighbour, at)) = above.or(below).filter(|_| inner.is_empty()).cloned() {
        work.place(&neighbour, at.union(&rect));
    }
    for (lane, at) in inner {
        work.place(&lane, Rect { x: rect.x, width: at.right() - rect.x, ..at });
    }
    for it in &mut work.flow.lanes {
        if it.parent.as_deref() == Some(id) {
            it.parent.clone_from(&parent);
        }
    }
    work.flow.lanes.retain(|it| it.id != id);
}

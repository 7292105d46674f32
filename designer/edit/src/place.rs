//! New nodes: dropped on the canvas, on a line, on an activity or into a subprocess, or appended to another.

use runtime::model::flow::{Element, ElementKind};
use runtime::model::layout::Point;

use crate::allowed::Forbidden;
use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind};
use crate::work::Work;
use crate::{lanes, standing, tree};

/// Room left and right of a node that is put between two others.
const APART: f64 = 40.0;

/// See [`crate::FlowEdit::Add`].
pub fn add(work: &mut Work, kind: Kind, at: Point, on: Option<&str>, plane: Option<&str>) -> Result<(), Forbidden> {
    if kind == Kind::Lane {
        return standing::lying(work, |it| lanes::add(it, on, false));
    }
    if kind == Kind::Pool {
        let at = if standing::stands(work) { point(at.y, at.x) } else { at };
        standing::lying(work, |it| crate::pools::add(it, at));
        return Ok(());
    }
    let (width, height) = kind.size();
    let rect = Rect::around(at, width, height);
    let Some(on) = on else {
        let area = work.area(at, plane);
        return work.insert(kind, rect, area.as_deref(), None).map(|_| ());
    };
    if let Some((source, target)) = tree::ends(&work.flow, on).map(|it| (it.0.to_owned(), it.1.to_owned())) {
        // Dropped on a sequence flow: the flow leads to the new node, a new one from it to the old target.
        let within = tree::parent(&work.flow, &source).map(str::to_owned);
        let rect = make_room(work, &source, &target, rect);
        let id = work.insert(kind, rect, within.as_deref(), None)?;
        if let Some(Element { kind: ElementKind::SequenceFlow { target_ref, .. }, .. }) =
            tree::find_mut(&mut work.flow.flow_elements, on)
        {
            *target_ref = id.as_str().into();
        }
        work.reroute.insert(on.to_owned());
        work.connect(&id, &target, None)?;
        return Ok(());
    }
    if kind.family() == Family::Boundary {
        let within = tree::parent(&work.flow, on).map(str::to_owned);
        let host = work.rect(on).ok_or(Forbidden::NotFound)?;
        let rect = Rect::around(on_border(&host, at), width, height);
        return work.insert(kind, rect, within.as_deref(), Some(on)).map(|_| ());
    }
    work.insert(kind, rect, Some(on), None).map(|_| ())
}

/// Between two neighbours in a row a new one gets as much room as it needs; what follows moves on.
fn make_room(work: &mut Work, source: &str, target: &str, rect: Rect) -> Rect {
    let (Some(from), Some(to)) = (work.rect(source), work.rect(target)) else {
        return rect;
    };
    let (gap, needed) = (to.x - from.right(), rect.width + 2.0 * APART);
    let in_row = gap >= 0.0
        && from.y < rect.centre().y
        && rect.centre().y < from.bottom()
        && to.y < from.bottom()
        && from.y < to.bottom();
    if !in_row || gap >= needed || !(rect.x < to.x && rect.right() > from.right()) {
        return rect;
    }
    let plane = crate::planes::planes(&work.flow, &work.diagram.shapes).get(source).map(|it| (*it).to_owned());
    crate::shift::space(work, point(to.x, to.y), (needed - gap).ceil(), true, plane.as_deref());
    Rect { x: (from.right() + APART).round(), ..rect }
}

/// The point of a box's border nearest to a point.
pub fn on_border(rect: &Rect, at: Point) -> Point {
    let x = at.x.clamp(rect.x, rect.right());
    let y = at.y.clamp(rect.y, rect.bottom());
    let sides = [
        (rect.bottom() - y, point(x, rect.bottom())),
        (y - rect.y, point(x, rect.y)),
        (rect.right() - x, point(rect.right(), y)),
        (x - rect.x, point(rect.x, y)),
    ];
    sides.into_iter().min_by(|a, b| a.0.abs().total_cmp(&b.0.abs())).map_or(at, |it| it.1)
}

/// See [`crate::FlowEdit::Append`].
pub fn append(work: &mut Work, after: &str, kind: Kind, at: Option<Point>) -> Result<(), Forbidden> {
    let from = work.rect(after).ok_or(Forbidden::NotFound)?;
    if kind.family() == Family::Boundary {
        // Beside those that already sit there.
        let sitting = tree::boundary(&work.flow, after).len() as f64;
        let at = point(from.right() - 30.0 - sitting * 46.0, from.bottom());
        return add(work, kind, at, Some(after), None);
    }
    let within = tree::parent(&work.flow, after).map(str::to_owned);
    let (width, height) = kind.size();
    let by_itself = |work: &Work| match kind.family() {
        Family::Note => Rect::new(from.right() + 20.0, from.y - 80.0, width, height),
        Family::Data => Rect::around(point(from.centre().x, from.bottom() + 50.0 + height / 2.0), width, height),
        _ if work.family(after) == Family::Boundary => {
            // Below the activity it sits on, to the right.
            let below =
                Rect::around(point(from.centre().x - 20.0, from.bottom() + 60.0 + height / 2.0), width / 2.0, 10.0);
            work.free_place(&below, kind)
        }
        _ => work.free_place(&from, kind),
    };
    let rect = match at {
        Some(at) => {
            let plane = crate::planes::planes(&work.flow, &work.diagram.shapes).get(after).map(|it| (*it).to_owned());
            if work.area(at, plane.as_deref()) != within {
                return Err(Forbidden::AcrossSubProcess);
            }
            Rect::around(at, width, height)
        }
        None => by_itself(work),
    };
    let id = work.insert(kind, rect, within.as_deref(), None)?;
    work.connect(after, &id, None)?;
    Ok(())
}

/// See [`crate::FlowEdit::Insert`].
pub fn insert(work: &mut Work, id: &str, on: &str, dx: f64, dy: f64) -> Result<(), Forbidden> {
    let target = tree::ends(&work.flow, on).ok_or(Forbidden::NotFound)?.1.to_owned();
    let there = tree::parent(&work.flow, on).map(str::to_owned);
    crate::shift::many(work, &[id.to_owned()], dx, dy);
    if tree::parent(&work.flow, id) != there.as_deref() {
        return Err(Forbidden::AcrossSubProcess);
    }
    if let Some(Element { kind: ElementKind::SequenceFlow { target_ref, .. }, .. }) =
        tree::find_mut(&mut work.flow.flow_elements, on)
    {
        *target_ref = id.into();
    }
    work.reroute.insert(on.to_owned());
    work.connect(id, &target, None)?;
    work.done.select.insert(id.to_owned());
    Ok(())
}

/// See [`crate::FlowEdit::Attach`]. Ways out of the event stay, ways in go: it is entered through its activity.
pub fn attach(work: &mut Work, id: &str, host: Option<&str>, at: Point) -> Result<(), Forbidden> {
    let element = tree::find(&work.flow, id).ok_or(Forbidden::NotFound)?.clone();
    let definition = crate::property::event(&element.kind).ok_or(Forbidden::CannotBecome)?.clone();
    let kind = match host {
        Some(host) => ElementKind::BoundaryEvent {
            attached_to_ref: host.into(),
            cancel_activity: !matches!(element.kind, ElementKind::BoundaryEvent { cancel_activity: false, .. }),
            event_definition: definition,
        },
        None => ElementKind::IntermediateCatchEvent { event_definition: definition },
    };
    let there = tree::parent(&work.flow, host.unwrap_or(id)).map(str::to_owned);
    if tree::parent(&work.flow, id) == there.as_deref() {
        if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, id) {
            it.kind = kind;
        }
    } else {
        tree::retain(&mut work.flow.flow_elements, &|it| it.id.as_str() != id);
        let level = tree::level_mut(&mut work.flow, there.as_deref()).ok_or(Forbidden::NotFound)?;
        level.push(Element { kind, ..element });
    }
    let rect = work.rect(id).ok_or(Forbidden::NotFound)?;
    let to = match host {
        Some(host) => on_border(&work.rect(host).ok_or(Forbidden::NotFound)?, at),
        None => at,
    };
    work.shift(id, (to.x - rect.centre().x).round(), (to.y - rect.centre().y).round());
    work.replaced.insert(id.to_owned());
    work.done.select.insert(id.to_owned());
    Ok(())
}

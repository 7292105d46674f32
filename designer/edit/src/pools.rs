//! Pools: the flow's own, which wraps it, and those it works with; messages between them. What another pool holds is shown,
//! moves with its pool and goes with it, and is otherwise left as its file says it.

use runtime::gather::Gather as _;
use std::collections::BTreeSet;

use runtime::model::flow::{Collaboration, Element, ElementKind, EventDefinition, Flow, Participant};
use runtime::model::layout::{Diagram, Edge, Point, Shape};

use crate::allowed::Forbidden;
use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind};
use crate::lanes::HEADER;
use crate::work::Work;
use crate::{planes, standing, tree};

/// Room around what stands in the pool of the flow.
const ROOM: f64 = 30.0;
/// Between pools.
const APART: f64 = 40.0;
/// Height (standing: width) of a pool that shows nothing inside.
pub const BAND: f64 = 60.0;

/// What can be at an end of a line.
#[derive(Clone, Copy, Debug)]
pub enum End<'a> {
    /// An element of the flow itself.
    Own(&'a Element),
    Pool(&'a Participant),
    /// What another pool holds; no pool: an artifact beside them.
    Foreign(Option<&'a Participant>, &'a Element),
}

/// What an id names, as an end of a line.
pub fn end<'a>(flow: &'a Flow, id: &str) -> Option<End<'a>> {
    if let Some(it) = tree::find(flow, id) {
        return Some(End::Own(it));
    }
    let around = flow.collaboration.as_deref()?;
    if let Some(it) = around.participants.iter().find(|it| it.id == id) {
        return Some(End::Pool(it));
    }
    around.foreign(id).map(|(pool, it)| End::Foreign(pool, it))
}

/// A pool by id.
pub fn pool<'a>(flow: &'a Flow, id: &str) -> Option<&'a Participant> {
    flow.collaboration.as_deref()?.participants.iter().find(|it| it.id == id)
}

/// The pool that wraps the flow itself.
pub fn own(flow: &Flow) -> Option<&Participant> {
    flow.collaboration.as_deref()?.pool_of(&flow.key)
}

/// It wraps the flow itself.
pub fn is_own(flow: &Flow, id: &str) -> bool {
    own(flow).is_some_and(|it| it.id == id)
}

/// A pool that shows something inside: the flow's own, or one whose process is kept.
pub fn is_open(flow: &Flow, pool: &Participant) -> bool {
    pool.process.as_ref() == Some(&flow.key)
        || flow
            .collaboration
            .as_deref()
            .is_some_and(|it| it.inside(pool).is_some_and(|it| !it.flow_elements.is_empty()))
}

/// May a message lead from one to the other (BPMN 2.0.2 §7.6.2, §9.3)? The same law as the checker's `flow-message-flow`.
pub fn may_send(flow: &Flow, from: End<'_>, to: End<'_>) -> Result<(), Forbidden> {
    let home = |it: End<'_>| match it {
        End::Own(_) => own(flow).map(|it| it.id.clone()),
        End::Pool(it) => Some(it.id.clone()),
        End::Foreign(pool, _) => pool.map(|it| it.id.clone()),
    };
    if home(from) == home(to) {
        return Err(Forbidden::SamePool);
    }
    for (it, sends) in [(from, true), (to, false)] {
        let (End::Own(element) | End::Foreign(_, element)) = it else { continue };
        let kind = Kind::of(&element.kind).ok_or(Forbidden::MessageNeedsEvent)?;
        let fits = match kind.family() {
            Family::Activity => true,
            Family::Sub => kind != Kind::EventSubProcess,
            Family::Start | Family::Boundary => !sends && by_message(element),
            Family::End => sends && by_message(element),
            Family::Intermediate => sends == kind.throws() && by_message(element),
            Family::Gateway | Family::Data | Family::Group | Family::Lane | Family::Pool | Family::Note => false,
        };
        if !fits || element.is_for_compensation {
            return Err(Forbidden::MessageNeedsEvent);
        }
    }
    Ok(())
}

/// The event is about a message, alone or among others.
fn by_message(element: &Element) -> bool {
    match crate::property::event(&element.kind) {
        Some(EventDefinition::Message { .. }) => true,
        Some(EventDefinition::Multiple { event_definitions, .. }) => {
            event_definitions.iter().any(|it| matches!(it, EventDefinition::Message { .. }))
        }
        _ => false,
    }
}

/// The message an element sends or waits for.
pub fn message_of(element: &Element) -> Option<String> {
    match &element.kind {
        ElementKind::SendTask { message_ref, .. } | ElementKind::ReceiveTask { message_ref, .. } => message_ref.clone(),
        other => match crate::property::event(other)? {
            EventDefinition::Message { message_ref, .. } if !message_ref.is_empty() => Some(message_ref.clone()),
            _ => None,
        },
    }
}

/// The box around what stands on the plane of the flow itself, without notes and groups; `None`: nothing does.
fn content(flow: &Flow, diagram: &Diagram) -> Option<Rect> {
    let hidden = planes::planes(flow, &diagram.shapes);
    let lanes: BTreeSet<&str> = flow.lanes.iter().map(|it| it.id.as_str()).gather();
    let counts = |it: &&Shape| {
        let id = it.element.as_str();
        let element = tree::find(flow, id).and_then(|it| Kind::of(&it.kind));
        lanes.contains(id)
            || element.is_some_and(|it| !matches!(it.family(), Family::Note | Family::Group))
                && !hidden.contains_key(id)
    };
    diagram.shapes.iter().filter(counts).map(Rect::from).reduce(|a, b| a.union(&b))
}

/// The box the flow's own pool has to have at least.
fn needed(flow: &Flow, diagram: &Diagram, horizontal: bool) -> Option<Rect> {
    let inner = content(flow, diagram)?;
    let tops = flow.lanes.iter().filter(|it| it.parent.is_none());
    let lanes = tops
        .filter_map(|lane| diagram.shapes.iter().find(|it| it.element.as_str() == lane.id))
        .map(Rect::from)
        .reduce(|a, b| a.union(&b));
    // Lanes fill their pool to the border.
    let room = if lanes.is_some_and(|it| it.encloses(&inner)) { 0.0 } else { ROOM };
    let it = inner.grown(room);
    Some(if horizontal {
        Rect::new(it.x - HEADER, it.y, it.width + HEADER, it.height)
    } else {
        Rect::new(it.x, it.y - HEADER, it.width, it.height + HEADER)
    })
}

/// Draws pools and messages that are not drawn.
pub fn complete(flow: &Flow, diagram: &mut Diagram) {
    let Some(around) = flow.collaboration.as_deref() else { return };
    let drawn: BTreeSet<String> = diagram.shapes.iter().map(|it| it.element.0.clone()).gather();
    for it in &around.participants {
        if drawn.contains(&it.id) {
            continue;
        }
        let own = is_own(flow, &it.id);
        let rect = if own {
            let least = Rect::new(0.0, 0.0, 600.0, 250.0);
            needed(flow, diagram, true).unwrap_or(least)
        } else {
            let all = diagram.shapes.iter().map(Rect::from).reduce(|a, b| a.union(&b)).unwrap_or_default();
            Rect::new(all.x, all.bottom() + APART, all.width.max(300.0), BAND)
        };
        let at = if own { 0 } else { diagram.shapes.len() };
        diagram.shapes.insert(at, shape(&it.id, rect, own));
    }
    let lines: BTreeSet<String> = diagram.edges.iter().map(|it| it.element.0.clone()).gather();
    for it in &around.message_flows {
        if lines.contains(&it.id) {
            continue;
        }
        if let Some(waypoints) = way(flow, diagram, &it.source_ref, &it.target_ref, &it.id) {
            diagram.edges.push(Edge { element: it.id.as_str().into(), waypoints, ..Edge::default() });
        }
    }
}

fn shape(id: &str, rect: Rect, open: bool) -> Shape {
    Shape {
        element: id.into(),
        x: rect.x.round(),
        y: rect.y.round(),
        width: rect.width.round(),
        height: rect.height.round(),
        is_expanded: (!open).then_some(false),
        is_horizontal: Some(true),
        ..Shape::default()
    }
}

/// A new pool: the first wraps the flow that is there, each further one is somebody the flow works with.
pub fn add(work: &mut Work, at: Point) {
    if own(&work.flow).is_none() {
        let (id, pool) = (work.fresh("collaboration"), work.fresh("pool"));
        let (name, process) = (work.flow.name.clone(), Some(work.flow.key.clone()));
        let around =
            work.flow.collaboration.get_or_insert_with(|| Box::new(Collaboration { id, ..Collaboration::default() }));
        around.participants.insert(0, Participant { id: pool.clone(), name, process, ..Participant::default() });
        let element = around.id.as_str().into();
        work.diagram.element = Some(element);
        let rect = needed(&work.flow, &work.diagram, true).unwrap_or(Rect::around(at, 600.0, 250.0));
        work.diagram.shapes.insert(0, shape(&pool, rect, true));
        work.done.select.insert(pool);
        return;
    }
    let (width, height) = Kind::Pool.size();
    let mut rect = Rect::around(at, width, height);
    let taken: Vec<Rect> = boxes(work).into_iter().map(|it| it.1).collect();
    if let Some(own) = own(&work.flow).and_then(|it| work.rect(&it.id)) {
        // It runs along the flow, beside which side it was dropped.
        let above = rect.centre().y < own.centre().y;
        (rect.x, rect.width) = (own.x, own.width);
        rect.y = if above { rect.y.min(own.y - APART - height) } else { rect.y.max(own.bottom() + APART) };
        for _ in 0..taken.len() {
            match taken.iter().find(|it| it.grown(10.0).overlaps(&rect)) {
                Some(it) if above => rect.y = it.y - APART - height,
                Some(it) => rect.y = it.bottom() + APART,
                None => break,
            }
        }
    }
    let id = work.fresh("pool");
    if let Some(it) = work.flow.collaboration.as_deref_mut() {
        it.participants.push(Participant { id: id.clone(), ..Participant::default() });
    }
    work.diagram.shapes.push(shape(&id, rect, false));
    work.done.select.insert(id);
}

/// Every pool with its box.
fn boxes(work: &Work) -> Vec<(String, Rect)> {
    let pools = work.flow.collaboration.iter().flat_map(|it| &it.participants);
    pools.filter_map(|it| Some((it.id.clone(), work.rect(&it.id)?))).collect()
}

/// Ids of what moves with a pool, itself included: shapes and lines.
pub fn carried(flow: &Flow, id: &str) -> BTreeSet<String> {
    fn all(of: &Flow, into: &mut BTreeSet<String>) {
        into.extend(of.all().iter().map(|it| it.id.0.clone()));
        into.extend(of.lanes.iter().map(|it| it.id.clone()));
        for it in of.all() {
            let mut links = Vec::new();
            tree::links_of(it, &mut links);
            into.extend(links.iter().map(|it| it.id.to_owned()));
        }
    }
    let mut found = BTreeSet::from([id.to_owned()]);
    if is_own(flow, id) {
        all(flow, &mut found);
    } else if let Some(it) = flow.collaboration.as_deref().and_then(|it| it.inside(pool(flow, id)?)) {
        all(it, &mut found);
    }
    found
}

/// A pool moves with everything in it.
pub fn shift(work: &mut Work, id: &str, dx: f64, dy: f64) {
    let carried = carried(&work.flow, id);
    let own = is_own(&work.flow, id);
    for it in &mut work.diagram.shapes {
        if carried.contains(it.element.as_str()) {
            (it.x, it.y) = (it.x + dx, it.y + dy);
            if let Some(label) = &mut it.label {
                (label.x, label.y) = (label.x + dx, label.y + dy);
            }
        }
    }
    // Lines of the flow itself are repaired with all others; those of another pool only ever move.
    for it in work.diagram.edges.iter_mut().filter(|it| !own && carried.contains(it.element.as_str())) {
        it.waypoints.iter_mut().for_each(|it| *it = point(it.x + dx, it.y + dy));
        if let Some(label) = &mut it.label {
            (label.x, label.y) = (label.x + dx, label.y + dy);
        }
    }
}

/// Another size: lanes of the flow's own pool go along to its borders.
pub fn resize(work: &mut Work, id: &str, to: Rect) {
    let Some(was) = work.rect(id) else { return };
    work.place(id, to);
    if !is_own(&work.flow, id) {
        return;
    }
    let lanes: Vec<String> = work.flow.lanes.iter().map(|it| it.id.clone()).collect();
    for it in lanes {
        let Some(mut rect) = work.rect(&it) else { continue };
        let (top, bottom) = ((rect.y - was.y).abs() < 1.0, (rect.bottom() - was.bottom()).abs() < 1.0);
        let (left, low) = (rect.x - was.x, if bottom { to.bottom() } else { rect.bottom() });
        rect.y = if top { to.y } else { rect.y };
        rect.height = (low - rect.y).max(crate::lanes::LEAST);
        rect.x = to.x + left;
        rect.width = (to.right() - rect.x).max(100.0);
        work.place(&it, rect);
    }
}

/// Pools go with what they hold and the messages from and to it. The flow's own goes last, and the flow stays.
pub fn remove(work: &mut Work, id: &str, gone: &mut BTreeSet<String>) {
    if is_own(&work.flow, id) {
        if let Some(it) = work.flow.collaboration.take() {
            gone.extend(it.ids().into_iter().map(|it| it.0));
            let process = work.flow.id.as_str().into();
            work.diagram.element = Some(process);
        }
        return;
    }
    gone.extend(carried(&work.flow, id));
    let Some(it) = work.flow.collaboration.as_deref_mut() else { return };
    let process = it.participants.iter().find(|it| it.id == id).and_then(|it| it.process.clone());
    it.participants.retain(|it| it.id != id);
    it.processes.retain(|it| process.as_ref() != Some(&it.key));
}

/// Another pool shows nothing inside any more: what it held is gone, and the messages from and to that are from and to the pool.
pub fn close(work: &mut Work, id: &str) {
    let mut inside = carried(&work.flow, id);
    inside.remove(id);
    let Some(around) = work.flow.collaboration.as_deref_mut() else { return };
    let Some(pool) = around.participants.iter_mut().find(|it| it.id == id) else { return };
    let process = pool.process.take();
    around.processes.retain(|it| process.as_ref() != Some(&it.key));
    for it in &mut around.message_flows {
        for end in [&mut it.source_ref, &mut it.target_ref] {
            if inside.contains(end.as_str()) {
                *end = id.to_owned();
                work.reroute.insert(it.id.clone());
            }
        }
    }
    work.gone.extend(inside);
    if let Some(it) = work.shape_mut(id) {
        it.is_expanded = Some(false);
        *(if it.is_horizontal == Some(false) { &mut it.width } else { &mut it.height }) = BAND;
    }
    work.done.select.insert(id.to_owned());
}

/// The flow's own pool holds what stands in it, and pushes others away.
pub fn fit(work: &mut Work) {
    let Some(id) = own(&work.flow).map(|it| it.id.clone()) else { return };
    let Some(rect) = work.rect(&id) else { return };
    let flat = work.shape_mut(&id).is_none_or(|it| it.is_horizontal != Some(false));
    let lanes = !work.flow.lanes.is_empty();
    let Some(needed) = needed(&work.flow, &work.diagram, flat) else { return };
    let to = if lanes && flat {
        needed
    } else if rect.encloses(&needed) {
        rect
    } else {
        rect.union(&needed)
    };
    if to != rect {
        work.place(&id, to);
        if lanes {
            standing::lying(work, |work| fill(work, &id));
        }
    }
    if !flat {
        return;
    }
    let mut others: Vec<(String, Rect)> = boxes(work).into_iter().filter(|it| it.0 != id).collect();
    // Those that ran along the flow still do.
    for (other, at) in &mut others {
        let band = pool(&work.flow, other).is_some_and(|it| !is_open(&work.flow, it));
        if band && (at.x - rect.x).abs() < 1.0 && (at.width - rect.width).abs() < 1.0 && to != rect {
            (at.x, at.width) = (to.x, to.width);
            work.place(other, *at);
        }
    }
    runtime::gather::order(&mut others, |a, b| a.1.y.total_cmp(&b.1.y));
    let (above, below): (Vec<_>, Vec<_>) = others.into_iter().partition(|it| it.1.centre().y < to.centre().y);
    let mut stands = to;
    for (other, at) in below {
        if at.overlaps(&stands) {
            shift(work, &other, 0.0, (stands.bottom() + APART - at.y).round());
        }
        stands = work.rect(&other).unwrap_or(at);
    }
    let mut stands = to;
    for (other, at) in above.into_iter().rev() {
        if at.overlaps(&stands) {
            shift(work, &other, 0.0, (stands.y - APART - at.bottom()).round());
        }
        stands = work.rect(&other).unwrap_or(at);
    }
}

/// Lanes reach to the borders of a pool that has grown: the first to the upper one, the last to the lower one, all to its right.
fn fill(work: &mut Work, id: &str) {
    let Some(pool) = work.rect(id) else { return };
    let lanes: Vec<(String, Rect)> =
        work.flow.lanes.iter().filter_map(|it| Some((it.id.clone(), work.rect(&it.id)?))).collect();
    let Some(whole) = lanes.iter().map(|it| it.1).reduce(|a, b| a.union(&b)) else { return };
    for (lane, rect) in lanes {
        let top = if (rect.y - whole.y).abs() < 1.0 { pool.y } else { rect.y };
        let bottom = if (rect.bottom() - whole.bottom()).abs() < 1.0 { pool.bottom() } else { rect.bottom() };
        let x = pool.x + HEADER + rect.x - whole.x;
        work.place(&lane, Rect::new(x, top, pool.right() - x, bottom - top));
    }
}

/// The way of a message: straight across the gap between two pools where it is free, else around what stands between.
pub fn way(flow: &Flow, diagram: &Diagram, source: &str, target: &str, edge: &str) -> Option<Vec<Point>> {
    let rect = |id: &str| diagram.shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from);
    let (from, to) = (rect(source)?, rect(target)?);
    let pools = [pool(flow, source).is_some(), pool(flow, target).is_some()];
    let solid: Vec<Rect> = diagram
        .shapes
        .iter()
        .filter(|it| it.element.as_str() != source && it.element.as_str() != target)
        .filter(|it| match end(flow, it.element.as_str()) {
            Some(End::Own(it) | End::Foreign(_, it)) => {
                Kind::of(&it.kind).is_some_and(|it| !it.aside() && it.family() != Family::Boundary)
            }
            Some(End::Pool(_)) | None => false,
        })
        .map(Rect::from)
        .filter(|it| {
            !it.encloses(&from) && !it.encloses(&to) && !it.contains(from.centre()) && !it.contains(to.centre())
        })
        .collect();
    let taken: Vec<Point> = diagram
        .edges
        .iter()
        .filter(|it| it.element.as_str() != edge)
        .flat_map(|it| [it.waypoints.first().copied(), it.waypoints.last().copied()])
        .flatten()
        .collect();
    let across = |a: Point, b: Point| !solid.iter().any(|it| it.grown(-1.0).crossed_by(a, b));
    let flat = from.bottom() <= to.y || to.bottom() <= from.y;
    let steep = from.right() <= to.x || to.right() <= from.x;
    // Where along its node a message leaves or arrives: the middle, then beside it, for those that are there already.
    let slots = |low: f64, high: f64| {
        let middle = f64::midpoint(low, high);
        let reach = ((high - low) / 2.0 - 8.0).max(0.0);
        [0.0, 20.0, -20.0, 32.0, -32.0].into_iter().filter(move |it: &f64| it.abs() <= reach).map(move |it| middle + it)
    };
    let (node, other) = if pools[0] { (to, from) } else { (from, to) };
    if flat {
        for x in slots(node.x, node.right()).filter(|x| other.x <= *x && *x <= other.right()) {
            let down = from.bottom() <= to.y;
            let (a, b) =
                (point(x, if down { from.bottom() } else { from.y }), point(x, if down { to.y } else { to.bottom() }));
            let free = !taken
                .iter()
                .any(|it| (it.x - x).abs() < 2.0 && ((it.y - a.y).abs() < 2.0 || (it.y - b.y).abs() < 2.0));
            if across(a, b) && free {
                return Some(vec![a, b]);
            }
        }
    } else if steep {
        for y in slots(node.y, node.bottom()).filter(|y| other.y <= *y && *y <= other.bottom()) {
            let right = from.right() <= to.x;
            let (a, b) =
                (point(if right { from.right() } else { from.x }, y), point(if right { to.x } else { to.right() }, y));
            if across(a, b) {
                return Some(vec![a, b]);
            }
        }
    }
    // A pool is met right across from the node.
    let dock = |it: Rect, pool: bool, node: &Rect| {
        if pool && flat {
            Rect::around(point(node.centre().x.clamp(it.x + 10.0, it.right() - 10.0), it.centre().y), 20.0, it.height)
        } else {
            it
        }
    };
    let (a, b) = (dock(from, pools[0], &to), dock(to, pools[1], &from));
    if flat {
        let down = a.bottom() <= b.y;
        let (start, stop) = if down {
            (point(a.centre().x, a.bottom()), point(b.centre().x, b.y))
        } else {
            (point(a.centre().x, a.y), point(b.centre().x, b.bottom()))
        };
        let middle = f64::midpoint(start.y, stop.y).round();
        let turns = [start, point(start.x, middle), point(stop.x, middle), stop];
        if turns.windows(2).all(|it| across(it[0], it[1])) {
            return Some(crate::route::simple(&turns));
        }
    }
    let ends = |rect: Rect| crate::route::End { rect, family: Family::Boundary, taken: Vec::new() };
    Some(crate::route::route(&ends(a), &ends(b), &solid))
}

//! What each [`FlowEdit`] does to a flow and its drawing. What an edit drags along beyond its own words is in
//! [`crate::drag_along`].

use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{Element, ElementKind, Flow};
use runtime::model::layout::{Diagram, Edge, Point, Shape};

use crate::allowed::Forbidden;
use crate::document::{Document, Done};
use crate::edit::FlowEdit;
use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind};
use crate::{arrange, drag_along, property, tree};

/// A flow under the knife.
pub struct Work {
    pub flow: Flow,
    pub diagram: Diagram,
    /// Boxes before the edit, for repairing arrows.
    pub stood: BTreeMap<String, Rect>,
    /// Sequence flows that get a new way.
    pub reroute: BTreeSet<String>,
    /// Elements that are gone.
    pub gone: BTreeSet<String>,
    pub done: Done,
    seed: u64,
}

impl Work {
    fn new(document: &Document, key: &str) -> Option<Self> {
        let diagram = document.diagram(key);
        Some(Work {
            flow: document.flow(key)?.as_ref().clone(),
            stood: diagram.shapes.iter().map(|it| (it.element.0.clone(), Rect::from(it))).collect(),
            diagram,
            reroute: BTreeSet::new(),
            gone: BTreeSet::new(),
            done: Done::default(),
            seed: document.seed(),
        })
    }

    /// The box of a node.
    pub fn rect(&self, id: &str) -> Option<Rect> {
        self.diagram.shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from)
    }

    pub fn shape_mut(&mut self, id: &str) -> Option<&mut Shape> {
        self.diagram.shapes.iter_mut().find(|it| it.element.as_str() == id)
    }

    pub fn edge_mut(&mut self, id: &str) -> Option<&mut Edge> {
        self.diagram.edges.iter_mut().find(|it| it.element.as_str() == id)
    }

    fn fresh(&mut self, slug: &str) -> String {
        let used: BTreeSet<String> = self.flow.all().iter().map(|it| it.id.0.clone()).collect();
        Document::fresh(&mut self.seed, slug, &|id| used.contains(id))
    }

    fn family(&self, id: &str) -> Family {
        tree::find(&self.flow, id).and_then(|it| Kind::of(&it.kind)).map_or(Family::Activity, Kind::family)
    }

    /// Adds a node to a level and draws it.
    fn insert(&mut self, kind: Kind, rect: Rect, within: Option<&str>, host: Option<&str>) -> Result<String, Forbidden> {
        let message = if matches!(kind, Kind::StartMessage | Kind::CatchMessage | Kind::BoundaryMessage) {
            property::message_named(&mut self.flow, "message")
        } else {
            String::new()
        };
        let made = kind.make(host, &message, None).ok_or(Forbidden::CannotBecome)?;
        let id = self.fresh(kind.slug());
        let element = Element::new(id.as_str(), made);
        let level = tree::level_mut(&mut self.flow, within).ok_or(Forbidden::NotFound)?;
        // Nodes before sequence flows, as people read files.
        let at = level.iter().rposition(|it| !matches!(it.kind, ElementKind::SequenceFlow { .. })).map_or(0, |it| it + 1);
        level.insert(at, element);
        self.draw(&id, rect, kind);
        self.done.select.insert(id.clone());
        Ok(id)
    }

    fn draw(&mut self, id: &str, rect: Rect, kind: Kind) {
        self.diagram.shapes.push(Shape {
            element: id.into(),
            x: rect.x.round(),
            y: rect.y.round(),
            width: rect.width.round(),
            height: rect.height.round(),
            is_expanded: (kind.family() == Family::Sub).then_some(true),
            ..Shape::default()
        });
    }

    /// Adds a sequence flow; its way is found with the others' at the end.
    fn connect(&mut self, source: &str, target: &str, condition: Option<String>) -> Result<String, Forbidden> {
        let id = self.fresh("flow");
        let within = tree::parent(&self.flow, source).map(str::to_owned);
        let level = tree::level_mut(&mut self.flow, within.as_deref()).ok_or(Forbidden::NotFound)?;
        let kind = ElementKind::SequenceFlow { source_ref: source.into(), target_ref: target.into(), condition_expression: condition };
        level.push(Element::new(id.as_str(), kind));
        self.reroute.insert(id.clone());
        Ok(id)
    }

    /// The innermost subprocess a point lies in.
    fn area(&self, at: Point) -> Option<String> {
        self.diagram
            .shapes
            .iter()
            .filter(|it| self.family(it.element.as_str()) == Family::Sub && it.is_expanded.unwrap_or(true) && Rect::from(*it).contains(at))
            .min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)))
            .map(|it| it.element.0.clone())
    }

    /// A place for a new node right of another, below those that are there.
    fn free_place(&self, after: &Rect, kind: Kind) -> Rect {
        let (width, height) = kind.size();
        let mut rect = Rect::around(point(after.right() + 60.0 + width / 2.0, after.centre().y), width, height);
        for _ in 0..200 {
            let blocked = self
                .diagram
                .shapes
                .iter()
                .filter(|it| !matches!(self.family(it.element.as_str()), Family::Sub))
                .map(Rect::from)
                .find(|it| it.grown(15.0).overlaps(&rect));
            match blocked {
                Some(it) => rect.y = it.bottom() + 30.0,
                None => break,
            }
        }
        rect
    }
}

/// The flow and the drawing after the edit and all it drags along.
pub fn expand(document: &Document, key: &str, edit: &FlowEdit) -> Result<(Flow, Diagram, Done), Forbidden> {
    let mut work = Work::new(document, key).ok_or(Forbidden::NotFound)?;
    act(&mut work, edit)?;
    for drag in drag_along::ALL {
        drag(&mut work);
    }
    Ok((work.flow, work.diagram, work.done))
}

fn act(work: &mut Work, edit: &FlowEdit) -> Result<(), Forbidden> {
    match edit {
        FlowEdit::Add { kind, at, on } => add(work, *kind, *at, on.as_deref()),
        FlowEdit::Append { after, kind } => append(work, after, *kind),
        FlowEdit::Connect { source, target } => {
            let id = work.connect(source, target, None)?;
            work.done.select.insert(id);
            Ok(())
        }
        FlowEdit::Reconnect { id, source, target } => reconnect(work, id, source.as_deref(), target.as_deref()),
        FlowEdit::Move { nodes, dx, dy } => {
            for id in nodes {
                move_one(work, id, *dx, *dy);
            }
            adopt(work, nodes);
            Ok(())
        }
        FlowEdit::Delete { ids } => {
            delete(work, ids);
            Ok(())
        }
        FlowEdit::Rename { id, name } => {
            if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, id) {
                match &mut it.kind {
                    ElementKind::TextAnnotation { text } => text.clone_from(name),
                    _ => name.trim().clone_into(&mut it.name),
                }
            }
            Ok(())
        }
        FlowEdit::Resize { id, rect } => {
            if let Some(it) = work.shape_mut(id) {
                (it.x, it.y, it.width, it.height) = (rect.x.round(), rect.y.round(), rect.width.round(), rect.height.round());
            }
            Ok(())
        }
        FlowEdit::Replace { id, kind } => replace(work, id, *kind),
        FlowEdit::Bend { id, line } => {
            if let Some(it) = work.edge_mut(id) {
                it.waypoints = crate::route::simple(line).iter().map(|it| point(it.x.round(), it.y.round())).collect();
                it.label = None;
            }
            Ok(())
        }
        FlowEdit::Duplicate { ids } => duplicate(work, ids),
        FlowEdit::Set { id, property } => {
            property::set(&mut work.flow, id, property);
            Ok(())
        }
        FlowEdit::Arrange {} => {
            let id = work.diagram.id.clone();
            let name = work.diagram.name.clone();
            work.diagram = Diagram { id, name, ..arrange::arrange(&work.flow) };
            work.stood = work.diagram.shapes.iter().map(|it| (it.element.0.clone(), Rect::from(it))).collect();
            Ok(())
        }
        FlowEdit::Title { name } => {
            name.trim().clone_into(&mut work.flow.name);
            Ok(())
        }
        FlowEdit::Describe { documentation } => {
            work.flow.documentation.clone_from(documentation);
            Ok(())
        }
    }
}

fn add(work: &mut Work, kind: Kind, at: Point, on: Option<&str>) -> Result<(), Forbidden> {
    let (width, height) = kind.size();
    let rect = Rect::around(at, width, height);
    let Some(on) = on else {
        let area = work.area(at);
        return work.insert(kind, rect, area.as_deref(), None).map(|_| ());
    };
    if let Some((source, target)) = tree::ends(&work.flow, on).map(|it| (it.0.to_owned(), it.1.to_owned())) {
        // Dropped on a sequence flow: the flow leads to the new node, a new one from it to the old target.
        let within = tree::parent(&work.flow, &source).map(str::to_owned);
        let id = work.insert(kind, rect, within.as_deref(), None)?;
        if let Some(Element { kind: ElementKind::SequenceFlow { target_ref, .. }, .. }) = tree::find_mut(&mut work.flow.flow_elements, on) {
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

fn append(work: &mut Work, after: &str, kind: Kind) -> Result<(), Forbidden> {
    let from = work.rect(after).ok_or(Forbidden::NotFound)?;
    if kind.family() == Family::Boundary {
        // Beside those that already sit there.
        let sitting = tree::boundary(&work.flow, after).len() as f64;
        return add(work, kind, point(from.right() - 30.0 - sitting * 46.0, from.bottom()), Some(after));
    }
    let within = tree::parent(&work.flow, after).map(str::to_owned);
    let mut rect = work.free_place(&from, kind);
    if work.family(after) == Family::Boundary {
        // Below the activity it sits on, to the right.
        let (width, height) = kind.size();
        rect = work.free_place(&Rect::around(point(from.centre().x - 20.0, from.bottom() + 60.0 + height / 2.0), width / 2.0, 10.0), kind);
    }
    if kind.family() == Family::Note {
        rect = Rect::new(from.x + 20.0, from.y - 80.0, kind.size().0, kind.size().1);
    }
    let id = work.insert(kind, rect, within.as_deref(), None)?;
    if kind.family() != Family::Note {
        work.connect(after, &id, None)?;
    }
    Ok(())
}

fn reconnect(work: &mut Work, id: &str, source: Option<&str>, target: Option<&str>) -> Result<(), Forbidden> {
    let element = tree::find_mut(&mut work.flow.flow_elements, id).ok_or(Forbidden::NotFound)?;
    if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &mut element.kind {
        if let Some(it) = source {
            *source_ref = it.into();
        }
        if let Some(it) = target {
            *target_ref = it.into();
        }
    }
    work.reroute.insert(id.to_owned());
    Ok(())
}

fn move_one(work: &mut Work, id: &str, dx: f64, dy: f64) {
    // A boundary event slides along its host.
    if let Some(host) = attached(&work.flow, id) {
        let (Some(rect), Some(host)) = (work.rect(id), work.rect(&host)) else {
            return;
        };
        let to = on_border(&host, point(rect.centre().x + dx, rect.centre().y + dy));
        shift(work, id, to.x - rect.centre().x, to.y - rect.centre().y);
        return;
    }
    shift(work, id, dx, dy);
    for inner in tree::inside(&work.flow, id) {
        shift(work, &inner, dx, dy);
    }
}

fn attached(flow: &Flow, id: &str) -> Option<String> {
    match &tree::find(flow, id)?.kind {
        ElementKind::BoundaryEvent { attached_to_ref, .. } => Some(attached_to_ref.0.clone()),
        _ => None,
    }
}

fn shift(work: &mut Work, id: &str, dx: f64, dy: f64) {
    if let Some(it) = work.shape_mut(id) {
        it.x += dx;
        it.y += dy;
        if let Some(label) = &mut it.label {
            label.x += dx;
            label.y += dy;
        }
    }
}

/// A node without ways that was moved into a subprocess, or out of it, belongs there.
fn adopt(work: &mut Work, nodes: &[String]) {
    for id in nodes {
        let Some(rect) = work.rect(id) else {
            continue;
        };
        let connected = tree::flows(&work.flow).iter().any(|it| it.1 == id || it.2 == id);
        if connected || attached(&work.flow, id).is_some() || !tree::boundary(&work.flow, id).is_empty() {
            continue;
        }
        let there = work
            .diagram
            .shapes
            .iter()
            .filter(|it| it.element.as_str() != id && work.family(it.element.as_str()) == Family::Sub)
            .filter(|it| it.is_expanded.unwrap_or(true) && Rect::from(*it).contains(rect.centre()))
            .filter(|it| !tree::inside(&work.flow, id).contains(&it.element.0))
            .min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)))
            .map(|it| it.element.0.clone());
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
    }
}

fn delete(work: &mut Work, ids: &[String]) {
    let mut gone: BTreeSet<String> = ids.iter().cloned().collect();
    for id in ids {
        gone.extend(tree::inside(&work.flow, id));
    }
    heal(work, &gone);
    let flows = tree::flows(&work.flow);
    // The keyboard goes on from the node before.
    let before = flows.iter().find(|it| gone.contains(it.2) && !gone.contains(it.1)).map(|it| it.1.to_owned());
    work.done.select.extend(before);
    let cut: Vec<String> = flows.iter().filter(|it| gone.contains(it.1) || gone.contains(it.2)).map(|it| it.0.to_owned()).collect();
    gone.extend(cut);
    tree::retain(&mut work.flow.flow_elements, &|it| !gone.contains(it.id.as_str()));
    work.gone = gone;
}

/// A single node with one way in and one way out leaves no gap: the way in leads on to where the way out led.
fn heal(work: &mut Work, gone: &BTreeSet<String>) {
    let [only] = gone.iter().filter(|it| tree::ends(&work.flow, it).is_none()).collect::<Vec<_>>()[..] else {
        return;
    };
    let (only, flows) = (only.clone(), tree::flows(&work.flow));
    let into: Vec<_> = flows.iter().filter(|it| it.2 == only).collect();
    let out: Vec<_> = flows.iter().filter(|it| it.1 == only).collect();
    let ([way_in], [way_out]) = (&into[..], &out[..]) else {
        return;
    };
    let (id, source, target, second) = (way_in.0.to_owned(), way_in.1.to_owned(), way_out.2.to_owned(), way_out.0.to_owned());
    let twice = flows.iter().any(|it| it.1 == source && it.2 == target);
    if source == target || twice || gone.contains(&id) || gone.contains(&second) {
        return;
    }
    if let Some(Element { kind: ElementKind::SequenceFlow { target_ref, .. }, .. }) = tree::find_mut(&mut work.flow.flow_elements, &id) {
        *target_ref = target.as_str().into();
        work.reroute.insert(id);
    }
}

fn replace(work: &mut Work, id: &str, kind: Kind) -> Result<(), Forbidden> {
    let old = tree::find(&work.flow, id).ok_or(Forbidden::NotFound)?.kind.clone();
    let message = if matches!(kind, Kind::StartMessage | Kind::CatchMessage | Kind::BoundaryMessage) {
        property::message_named(&mut work.flow, "message")
    } else {
        String::new()
    };
    let host = attached(&work.flow, id);
    let mut new = kind.make(host.as_deref(), &message, None).ok_or(Forbidden::CannotBecome)?;
    keep(&old, &mut new);
    if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, id) {
        it.kind = new;
    }
    work.done.select.insert(id.to_owned());
    Ok(())
}

/// What the old kind has and the new one can have.
fn keep(old: &ElementKind, new: &mut ElementKind) {
    match (old, new) {
        (ElementKind::BoundaryEvent { cancel_activity: was, .. }, ElementKind::BoundaryEvent { cancel_activity, .. }) => {
            *cancel_activity = *was;
        }
        (ElementKind::StartEvent { is_interrupting: was, .. }, ElementKind::StartEvent { is_interrupting, .. }) => {
            *is_interrupting = *was;
        }
        (ElementKind::SubProcess { flow_elements: was, .. }, ElementKind::SubProcess { flow_elements, .. }) => {
            flow_elements.clone_from(was);
        }
        _ => (),
    }
}

fn duplicate(work: &mut Work, ids: &[String]) -> Result<(), Forbidden> {
    let mut copies: BTreeMap<String, String> = BTreeMap::new();
    let nodes: Vec<&String> = ids.iter().filter(|it| !matches!(work.family(it), Family::Sub | Family::Boundary)).collect();
    for id in nodes {
        let (Some(element), Some(rect)) = (tree::find(&work.flow, id).cloned(), work.rect(id)) else {
            continue;
        };
        let Some(kind) = Kind::of(&element.kind) else {
            continue;
        };
        let copy = work.fresh(kind.slug());
        let within = tree::parent(&work.flow, id).map(str::to_owned);
        let made = Element { id: copy.as_str().into(), default: None, ..element };
        tree::level_mut(&mut work.flow, within.as_deref()).ok_or(Forbidden::NotFound)?.push(made);
        work.draw(&copy, rect.moved(30.0, 100.0), kind);
        copies.insert(id.clone(), copy.clone());
        work.done.select.insert(copy);
    }
    let between: Vec<(String, String, String)> =
        tree::flows(&work.flow).iter().map(|it| (it.0.to_owned(), it.1.to_owned(), it.2.to_owned())).collect();
    for (id, source, target) in between {
        if let (Some(source), Some(target)) = (copies.get(&source), copies.get(&target)) {
            let condition = match tree::find(&work.flow, &id).map(|it| &it.kind) {
                Some(ElementKind::SequenceFlow { condition_expression, .. }) => condition_expression.clone(),
                _ => None,
            };
            work.connect(&source.clone(), &target.clone(), condition)?;
        }
    }
    if copies.is_empty() { Err(Forbidden::NothingChosen) } else { Ok(()) }
}

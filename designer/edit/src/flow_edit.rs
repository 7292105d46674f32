//! What each [`FlowEdit`] does to a flow and its drawing. What an edit drags along beyond its own words is in
//! [`crate::drag_along`]; the larger ones have files of their own.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use runtime::check::sound::fix::{self, Fix, Mend};
use runtime::model::flow::{Element, ElementKind, Flow};
use runtime::model::layout::{Diagram, Edge, Layout, Shape};

use crate::allowed::Forbidden;
use crate::document::{Address, Content, Document, Done};
use crate::edit::{FlowEdit, Property};
use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind};
use crate::tree::Line;
use crate::work::Work;
use crate::{clip, drag_along, lanes, own_words, place, planes, pools, property, shift, standing, tree};

/// The flow and the drawing after the edit and all it drags along.
pub fn expand(document: &Document, key: &str, edit: &FlowEdit) -> Result<(Flow, Diagram, Done), Forbidden> {
    let mut work = Work::new(document, key).ok_or(Forbidden::NotFound)?;
    act(&mut work, document, key, edit)?;
    for drag in drag_along::ALL {
        drag(&mut work);
    }
    Ok((work.flow, work.diagram, work.done))
}

/// The files of a flow after an edit.
pub fn contents(document: &Document, key: &str, edit: &FlowEdit) -> Result<(Vec<(Address, Content)>, Done), Forbidden> {
    let (flow, diagram, done) = expand(document, key, edit)?;
    let mut layout =
        document.layout(key).map_or_else(|| Layout { format: 1, diagrams: Vec::new() }, |it| it.as_ref().clone());
    planes::split(&flow, &mut layout, diagram);
    let texts = own_words::of_flow(document, key, &flow);
    let flow = (Address::Flow(key.to_owned()), Content::Flow(Arc::new(flow)));
    let layout = (Address::Layout(key.to_owned()), Content::Layout(Arc::new(layout)));
    Ok(([flow, layout].into_iter().chain(texts).collect(), done))
}

fn act(work: &mut Work, document: &Document, key: &str, edit: &FlowEdit) -> Result<(), Forbidden> {
    match edit {
        FlowEdit::Add { kind, at, on, plane } => return place::add(work, *kind, *at, on.as_deref(), plane.as_deref()),
        FlowEdit::Append { after, kind, at } => return place::append(work, after, *kind, *at),
        FlowEdit::Connect { source, target } => {
            let id = work.connect(source, target, None)?;
            work.done.select.insert(id);
        }
        FlowEdit::Reconnect { id, source, target } => return reconnect(work, id, source.as_deref(), target.as_deref()),
        FlowEdit::Move { nodes, dx, dy } => shift::many(work, nodes, *dx, *dy),
        FlowEdit::Insert { id, on, dx, dy } => return place::insert(work, id, on, *dx, *dy),
        FlowEdit::Attach { id, host, at } => return place::attach(work, id, host.as_deref(), *at),
        FlowEdit::Delete { ids } => delete(work, ids),
        FlowEdit::Rename { id, name } => rename(work, id, name),
        FlowEdit::Resize { to } => {
            for (id, rect) in to {
                resize(work, id, *rect);
            }
        }
        FlowEdit::Replace { id, kind } => return replace(work, id, *kind),
        FlowEdit::Bend { id, line } if line.is_empty() => {
            work.reroute.insert(id.clone());
        }
        FlowEdit::Bend { id, line } => {
            if let Some(it) = work.edge_mut(id) {
                it.waypoints = crate::route::simple(line).iter().map(|it| point(it.x.round(), it.y.round())).collect();
                it.label = None;
            }
        }
        FlowEdit::Label { id, to } => {
            if let Some(it) = work.shape_mut(id) {
                it.label = *to;
            } else if let Some(it) = work.edge_mut(id) {
                it.label = *to;
            }
        }
        FlowEdit::Duplicate { ids } => {
            let ids: BTreeSet<String> = ids.iter().cloned().gather();
            let copied = clip::copy(document, key, &ids).ok_or(Forbidden::NothingChosen)?;
            return clip::paste(work, &copied, None, None);
        }
        FlowEdit::Paste { clip: copied, at, plane } => return clip::paste(work, copied, Some(*at), plane.as_deref()),
        FlowEdit::Align { nodes, side } => shift::align(work, nodes, *side),
        FlowEdit::Distribute { nodes, flat } => shift::distribute(work, nodes, *flat),
        FlowEdit::Space { at, by, flat, plane } => shift::space(work, *at, *by, *flat, plane.as_deref()),
        FlowEdit::Fold { id } => shift::fold(work, id),
        FlowEdit::AddLane { beside, above } => {
            return standing::lying(work, |it| lanes::add(it, beside.as_deref(), *above));
        }
        FlowEdit::DivideLane { id, parts } => return standing::lying(work, |it| lanes::divide(it, id, *parts)),
        FlowEdit::Turn => standing::turn(work),
        FlowEdit::Pool { id, flow } => {
            let around = work.flow.collaboration.as_deref_mut();
            if let Some(it) = around.and_then(|it| it.participants.iter_mut().find(|it| it.id == *id)) {
                it.process.clone_from(flow);
            }
        }
        FlowEdit::Message { id, name } => {
            let named = (!name.trim().is_empty()).then(|| property::message_named(&mut work.flow, name));
            let around = work.flow.collaboration.as_deref_mut();
            if let Some(it) = around.and_then(|it| it.message_flows.iter_mut().find(|it| it.id == *id)) {
                it.message_ref = named;
            }
        }
        FlowEdit::Set { id, property } => {
            property::set(&mut work.flow, id, property);
            if matches!(property, Property::ForCompensation(true)) {
                work.replaced.insert(id.clone());
            }
        }
        FlowEdit::Write { element } => {
            if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, element.id.as_str()) {
                it.clone_from(element);
            }
        }
        FlowEdit::Mend { fix } => mend(work, fix),
        FlowEdit::Arrange { ids } => arrange(work, ids),
        FlowEdit::Colour { ids, colour } => {
            for it in work.diagram.shapes.iter_mut().filter(|it| ids.contains(&it.element.0)) {
                crate::colour::set(&mut it.kept, *colour, true);
            }
            for it in work.diagram.edges.iter_mut().filter(|it| ids.contains(&it.element.0)) {
                crate::colour::set(&mut it.kept, *colour, false);
            }
            work.done.select.extend(ids.iter().cloned());
        }
        FlowEdit::Import { flow, layout } => import(work, flow, layout),
        FlowEdit::Title { name } => name.trim().clone_into(&mut work.flow.name),
        FlowEdit::Describe { documentation } => work.flow.documentation.clone_from(documentation),
    }
    Ok(())
}

fn rename(work: &mut Work, id: &str, name: &str) {
    if let Some(lane) = work.flow.lanes.iter_mut().find(|it| it.id == id) {
        name.trim().clone_into(&mut lane.name);
    } else if let Some(it) = named_beside(work, id) {
        name.trim().clone_into(it);
    } else if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, id) {
        match &mut it.kind {
            ElementKind::TextAnnotation { text } => name.clone_into(text),
            _ => name.trim().clone_into(&mut it.name),
        }
    }
}

/// The name of a pool or of a message between pools.
fn named_beside<'a>(work: &'a mut Work, id: &str) -> Option<&'a mut String> {
    let it = work.flow.collaboration.as_deref_mut()?;
    let pool = it.participants.iter_mut().find(|it| it.id == id).map(|it| &mut it.name);
    pool.or_else(|| it.message_flows.iter_mut().find(|it| it.id == id).map(|it| &mut it.name))
}

fn resize(work: &mut Work, id: &str, rect: Rect) {
    let family = work.family(id);
    if matches!(family, Family::Lane | Family::Pool) {
        let to = if standing::stands(work) { standing::mirrored(rect) } else { rect };
        let resize = if family == Family::Lane { lanes::resize } else { pools::resize };
        return standing::lying(work, |it| resize(it, id, to));
    }
    let was = work.rect(id);
    work.place(id, rect);
    if let Some(was) = was {
        shift::keep_on_border(work, id, was);
    }
}

/// Another end for a line: it stays what it is.
fn reconnect(work: &mut Work, id: &str, source: Option<&str>, target: Option<&str>) -> Result<(), Forbidden> {
    let link = tree::link(&work.flow, id).ok_or(Forbidden::NotFound)?;
    let (line, from, to) =
        (link.line, source.unwrap_or(link.source).to_owned(), target.unwrap_or(link.target).to_owned());
    match line {
        Line::Sequence | Line::Association => {
            let element = tree::find_mut(&mut work.flow.flow_elements, id).ok_or(Forbidden::NotFound)?;
            if let ElementKind::SequenceFlow { source_ref, target_ref, .. }
            | ElementKind::Association { source_ref, target_ref, .. } = &mut element.kind
            {
                (*source_ref, *target_ref) = (from.as_str().into(), to.as_str().into());
            }
        }
        Line::Message => {
            let around = work.flow.collaboration.as_deref_mut().ok_or(Forbidden::NotFound)?;
            let it = around.message_flows.iter_mut().find(|it| it.id == id).ok_or(Forbidden::NotFound)?;
            (it.source_ref, it.target_ref) = (from, to);
        }
        Line::DataInput | Line::DataOutput => {
            // It belongs to the activity at one of its ends, which may be another one now.
            let mut data = None;
            tree::each(&mut work.flow.flow_elements, &mut |it| {
                for list in [&mut it.data_input_associations, &mut it.data_output_associations] {
                    if let Some(at) = list.iter().position(|it| it.id.as_deref() == Some(id)) {
                        data = Some(list.remove(at));
                    }
                }
            });
            let mut data = data.ok_or(Forbidden::NotFound)?;
            let input = line == Line::DataInput;
            if input {
                data.source_ref = vec![from.clone()];
            } else {
                data.target_ref = Some(to.clone());
            }
            let at = if input { &to } else { &from };
            let element = tree::find_mut(&mut work.flow.flow_elements, at).ok_or(Forbidden::NotFound)?;
            if input { &mut element.data_input_associations } else { &mut element.data_output_associations }.push(data);
        }
    }
    work.reroute.insert(id.to_owned());
    Ok(())
}

fn delete(work: &mut Work, ids: &[String]) {
    let mut gone: BTreeSet<String> = ids.iter().cloned().gather();
    for id in ids {
        if work.flow.lanes.iter().any(|it| it.id == *id) {
            standing::lying(work, |it| lanes::remove(it, id));
            continue;
        }
        if pools::pool(&work.flow, id).is_some() {
            pools::remove(work, id, &mut gone);
            continue;
        }
        gone.extend(tree::inside(&work.flow, id));
    }
    // With a data object go the places where it is drawn.
    let drawn: Vec<String> = work
        .flow
        .all()
        .into_iter()
        .filter(|it| {
            matches!(&it.kind, ElementKind::DataObjectReference { data_object_ref: Some(object) } if gone.contains(object))
        })
        .map(|it| it.id.0.clone())
        .collect();
    gone.extend(drawn);
    heal(work, &gone);
    let links = tree::links(&work.flow);
    // The keyboard goes on from the node before.
    let before =
        links.iter().find(|it| it.line == Line::Sequence && gone.contains(it.target) && !gone.contains(it.source));
    work.done.select.extend(before.map(|it| it.source.to_owned()));
    let cut: Vec<String> = links
        .iter()
        .filter(|it| gone.contains(it.source) || gone.contains(it.target))
        .map(|it| it.id.to_owned())
        .collect();
    gone.extend(cut);
    for id in &gone {
        if let Some(ElementKind::DataObjectReference { data_object_ref: Some(it) }) =
            tree::find(&work.flow, id).map(|it| &it.kind)
        {
            work.unreferenced.insert(it.clone());
        }
    }
    tree::retain(&mut work.flow.flow_elements, &|it| !gone.contains(it.id.as_str()));
    if let Some(it) = work.flow.collaboration.as_deref_mut() {
        it.message_flows.retain(|it| !gone.contains(&it.id));
    }
    work.gone = gone;
}

/// A single node with one way in and one way out leaves no gap: the way in leads on to where the way out led.
fn heal(work: &mut Work, gone: &BTreeSet<String>) {
    let nodes: Vec<&String> =
        gone.iter().filter(|it| tree::find(&work.flow, it).is_some_and(|it| Kind::of(&it.kind).is_some())).collect();
    let [only] = nodes[..] else {
        return;
    };
    let (only, flows) = (only.clone(), tree::flows(&work.flow));
    let into: Vec<_> = flows.iter().filter(|it| it.2 == only).collect();
    let out: Vec<_> = flows.iter().filter(|it| it.1 == only).collect();
    let ([way_in], [way_out]) = (&into[..], &out[..]) else {
        return;
    };
    let (id, source, target, second) =
        (way_in.0.to_owned(), way_in.1.to_owned(), way_out.2.to_owned(), way_out.0.to_owned());
    let twice = flows.iter().any(|it| it.1 == source && it.2 == target);
    let healed = tree::Link { id: "", source: &source, target: &target, line: Line::Sequence };
    if !crate::allowed::may_stay(&work.flow, &healed) {
        return;
    }
    if source == target || twice || gone.contains(&id) || gone.contains(&second) {
        return;
    }
    if let Some(Element { kind: ElementKind::SequenceFlow { target_ref, .. }, .. }) =
        tree::find_mut(&mut work.flow.flow_elements, &id)
    {
        *target_ref = target.as_str().into();
        work.reroute.insert(id);
    }
}

fn replace(work: &mut Work, id: &str, kind: Kind) -> Result<(), Forbidden> {
    let old = tree::find(&work.flow, id).ok_or(Forbidden::NotFound)?.kind.clone();
    let (host, roots) = (work.attached(id), work.roots(kind));
    let mut new = kind.make(host.as_deref(), &roots).ok_or(Forbidden::CannotBecome)?;
    keep(&old, &mut new);
    if let (ElementKind::DataObjectReference { data_object_ref: Some(it) }, Kind::DataStore) = (&old, kind) {
        work.unreferenced.insert(it.clone());
    }
    let was = Kind::of(&old);
    if kind.family() == Family::Activity && !old.inside().is_empty() {
        // A task holds nothing: what was inside goes, what sits on the border stays.
        let sitting = tree::boundary(&work.flow, id);
        let inside = tree::inside(&work.flow, id).into_iter().filter(|it| !sitting.contains(it)).collect::<Vec<_>>();
        delete(work, &inside);
        work.done.select.clear();
    }
    if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, id) {
        it.kind = new;
    }
    work.replaced.insert(id.to_owned());
    if was == Some(Kind::Transaction) && kind != Kind::Transaction {
        crate::conform::leave_transaction(work, id);
    }
    if was.is_some_and(|it| it.size() != kind.size()) && kind.family() != Family::Sub {
        // It keeps its middle.
        if let Some(rect) = work.rect(id) {
            work.place(id, Rect::around(rect.centre(), kind.size().0, kind.size().1));
            shift::keep_on_border(work, id, rect);
        }
        if let Some(it) = work.shape_mut(id) {
            it.is_expanded = None;
        }
    } else if was.is_some_and(|it| it.family() == Family::Activity) && kind == Kind::SubProcess {
        // A task that becomes a subprocess stays as large as it was: folded, and empty.
        if let Some(it) = work.shape_mut(id) {
            it.is_expanded = Some(false);
        }
    }
    work.done.select.insert(id.to_owned());
    Ok(())
}

/// What the old kind has and the new one can have.
fn keep(old: &ElementKind, new: &mut ElementKind) {
    if let Some(inside) = new.inside_mut() {
        *inside = old.inside().to_vec();
        return;
    }
    let interrupts = !crate::property::may_go_on(new);
    match (old, new) {
        (
            ElementKind::BoundaryEvent { cancel_activity: was, .. },
            ElementKind::BoundaryEvent { cancel_activity, .. },
        ) => {
            *cancel_activity = *was || interrupts;
        }
        (ElementKind::StartEvent { is_interrupting: was, .. }, ElementKind::StartEvent { is_interrupting, .. }) => {
            *is_interrupting = *was || interrupts;
        }
        (
            ElementKind::SendTask { message_ref: was, .. } | ElementKind::ReceiveTask { message_ref: was, .. },
            ElementKind::SendTask { message_ref, .. } | ElementKind::ReceiveTask { message_ref, .. },
        ) => message_ref.clone_from(was),
        _ => (),
    }
}

/// A fix of the checker. A join it adds gets room before the element whose ways it joins.
fn mend(work: &mut Work, fix: &Fix) {
    let known: BTreeSet<String> = work.flow.all().iter().map(|it| it.id.0.clone()).gather();
    let ends: BTreeMap<String, (String, String)> =
        tree::flows(&work.flow).iter().map(|it| (it.0.to_owned(), (it.1.to_owned(), it.2.to_owned()))).collect();
    work.flow = fix::apply(&work.flow, fix);
    let fresh: Vec<(String, Kind)> = work
        .flow
        .all()
        .iter()
        .filter(|it| !known.contains(it.id.as_str()))
        .filter_map(|it| Some((it.id.0.clone(), Kind::of(&it.kind)?)))
        .collect();
    for (id, kind) in fresh {
        let (width, height) = kind.size();
        let Some(at) = work.rect(fix.at.as_str()) else { continue };
        if fix.what == Mend::Join {
            shift::space(work, point(at.x, at.y), 90.0, true, None);
        }
        work.draw(&id, Rect::around(point(at.x + 20.0, at.centre().y), width, height), kind);
    }
    let changed: Vec<String> = tree::flows(&work.flow)
        .iter()
        .filter(|it| ends.get(it.0).is_none_or(|was| was.0 != it.1 || was.1 != it.2))
        .map(|it| it.0.to_owned())
        .collect();
    work.reroute.extend(changed);
    work.done.select.insert(fix.at.0.clone());
}

/// What a file says takes the place of what is there. Who works on which record stays as it was.
fn import(work: &mut Work, flow: &Flow, layout: &Layout) {
    let old = std::mem::take(&mut work.flow);
    let mut collaboration = flow.collaboration.clone();
    // The pool of the file's process is the pool of this flow now.
    for it in collaboration.iter_mut().flat_map(|it| &mut it.participants) {
        if it.process.as_ref() == Some(&flow.key) {
            it.process = Some(old.key.clone());
        }
    }
    let name = if old.name.trim().is_empty() { flow.name.clone() } else { old.name };
    work.flow = Flow {
        format: old.format,
        id: old.id.clone(),
        key: old.key,
        module: old.module,
        name,
        collaboration,
        ..flow.clone()
    };
    let mut diagram = planes::merged(&work.flow, layout);
    let shown = work.flow.collaboration.as_ref().map_or(old.id.as_str(), |it| it.id.as_str());
    diagram.element = Some(shown.into());
    // What the file draws beyond this process and its pools has no meaning here.
    let known: BTreeSet<String> = work
        .flow
        .all()
        .iter()
        .map(|it| it.id.0.clone())
        .chain(work.flow.lanes.iter().map(|it| it.id.clone()))
        .chain(work.flow.collaboration.iter().flat_map(|it| it.ids()).map(|it| it.0))
        .gather();
    diagram.shapes.retain(|it| known.contains(it.element.as_str()));
    let foreign = work.flow.collaboration.iter().flat_map(|it| &it.participants).map(|it| it.id.clone());
    let foreign: Vec<String> = foreign.filter(|it| !pools::is_own(&work.flow, it)).collect();
    let mut lines: BTreeSet<String> = tree::links(&work.flow).iter().map(|it| it.id.to_owned()).gather();
    lines.extend(foreign.iter().flat_map(|it| pools::carried(&work.flow, it)));
    lines.extend(work.flow.collaboration.iter().flat_map(|it| &it.artifacts).map(|it| it.id.0.clone()));
    diagram.edges.retain(|it| lines.contains(it.element.as_str()));
    work.diagram = crate::arrange::completed(&work.flow, Some(diagram));
    work.stood = work.diagram.shapes.iter().map(|it| (it.element.0.clone(), Rect::from(it))).collect();
}

/// A drawing anew: of everything, or of some nodes, which then stand where they stood as a whole.
fn arrange(work: &mut Work, ids: &[String]) {
    if ids.is_empty() {
        let stood = standing::stands(work);
        let (id, name, element) = (work.diagram.id.clone(), work.diagram.name.clone(), work.diagram.element.clone());
        let folded: Vec<Shape> = work
            .diagram
            .shapes
            .iter()
            .filter(|it| it.is_expanded == Some(false) && work.family(it.element.as_str()) == Family::Sub)
            .cloned()
            .collect();
        let drawn = Diagram { id, name, element, ..crate::later::drawn(&work.flow) };
        let old = std::mem::replace(&mut work.diagram, drawn);
        // Colours, and whatever else the drawing says of them, stay with them.
        let shapes: BTreeMap<&str, &Shape> = old.shapes.iter().map(|it| (it.element.as_str(), it)).gather();
        let edges: BTreeMap<&str, &Edge> = old.edges.iter().map(|it| (it.element.as_str(), it)).gather();
        for it in &mut work.diagram.shapes {
            if let Some(was) = shapes.get(it.element.as_str()) {
                it.kept.clone_from(&was.kept);
            }
        }
        for it in &mut work.diagram.edges {
            if let Some(was) = edges.get(it.element.as_str()) {
                it.kept.clone_from(&was.kept);
            }
        }
        // What was folded is folded again, so that the picture says as much as before.
        for it in folded {
            if work.expanded(it.element.as_str()) {
                shift::fold(work, it.element.as_str());
            }
        }
        work.done.select.clear();
        work.stood = work.diagram.shapes.iter().map(|it| (it.element.0.clone(), Rect::from(it))).collect();
        // The layout lays pools and lanes down.
        if stood {
            standing::turn(work);
        }
        return;
    }
    let within = ids.first().and_then(|it| tree::parent(&work.flow, it)).map(str::to_owned);
    let chosen: BTreeSet<&str> =
        ids.iter().map(String::as_str).filter(|it| tree::parent(&work.flow, it) == within.as_deref()).collect();
    let level = tree::level(&work.flow, within.as_deref()).unwrap_or_default();
    let linked = |it: &Element| match &it.kind {
        ElementKind::SequenceFlow { source_ref, target_ref, .. }
        | ElementKind::Association { source_ref, target_ref, .. } => {
            chosen.contains(source_ref.as_str()) && chosen.contains(target_ref.as_str())
        }
        ElementKind::BoundaryEvent { attached_to_ref, .. } => chosen.contains(attached_to_ref.as_str()),
        _ => chosen.contains(it.id.as_str()),
    };
    let part = Flow { flow_elements: level.iter().filter(|it| linked(it)).cloned().collect(), ..Flow::default() };
    let drawn = crate::later::drawn(&part);
    let corner = |shapes: &[Shape], mine: &dyn Fn(&str) -> bool| {
        let boxes = shapes.iter().filter(|it| mine(it.element.as_str())).map(Rect::from);
        boxes.reduce(|a, b| a.union(&b)).map(|it| (it.x, it.y))
    };
    let mine = |id: &str| drawn.shapes.iter().any(|it| it.element.as_str() == id);
    let (Some(from), Some(to)) = (corner(&drawn.shapes, &|_| true), corner(&work.diagram.shapes, &mine)) else {
        return;
    };
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    for it in drawn.shapes {
        let mut it = Shape { x: it.x + dx, y: it.y + dy, ..it };
        if let Some(label) = &mut it.label {
            (label.x, label.y) = (label.x + dx, label.y + dy);
        }
        let id = it.element.0.clone();
        if let Some(was) = work.shape_mut(&id) {
            *was = Shape { kept: std::mem::take(&mut was.kept), ..it };
        }
    }
    let outside: Vec<String> = tree::links(&work.flow)
        .iter()
        .filter(|it| ids.iter().any(|id| id == it.source) != ids.iter().any(|id| id == it.target))
        .map(|it| it.id.to_owned())
        .collect();
    for it in drawn.edges {
        let id = it.element.0.clone();
        let mut moved = Edge { waypoints: it.waypoints.iter().map(|it| point(it.x + dx, it.y + dy)).collect(), ..it };
        if let Some(label) = &mut moved.label {
            (label.x, label.y) = (label.x + dx, label.y + dy);
        }
        if let Some(was) = work.edge_mut(&id) {
            *was = Edge { kept: std::mem::take(&mut was.kept), ..moved };
        }
    }
    work.reroute.extend(outside);
    for it in &work.diagram.shapes {
        work.stood.insert(it.element.0.clone(), Rect::from(it));
    }
}

//! Copying and pasting, also between flows, packs and browser tabs: what is copied travels as JSON text.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::id::NodeId;
use runtime::model::flow::{
    Element, ElementKind, ErrorDef, EscalationDef, EventDefinition, MessageFlow, Named, Participant,
};
use runtime::model::layout::{Edge, Point, Shape};
use serde::{Deserialize, Serialize};

use crate::allowed::Forbidden;
use crate::document::Document;
use crate::geometry::Rect;
use crate::kind::{Family, Kind};
use crate::work::Work;
use crate::{property, snap, tree};

/// What the text begins with, so that other texts are not taken for it.
const FORMAT: &str = "flowloom-clip-1";
/// Bytes of a text that is read at most.
const LONGEST: usize = 4_000_000;

/// Elements with their drawing, and the definitions they name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clip {
    format: String,
    pub elements: Vec<Element>,
    shapes: Vec<Shape>,
    edges: Vec<Edge>,
    messages: Vec<Named>,
    signals: Vec<Named>,
    errors: Vec<ErrorDef>,
    escalations: Vec<EscalationDef>,
    /// Pools the flow works with; what they hold stays behind.
    #[serde(default)]
    pools: Vec<Participant>,
    #[serde(default)]
    message_flows: Vec<MessageFlow>,
}

impl Clip {
    /// Reads what somebody pasted; `None` for any other text.
    pub fn read(text: &str) -> Option<Clip> {
        if text.len() > LONGEST {
            return None;
        }
        let clip: Clip = runtime::plain::parse(text).ok()?;
        (clip.format == FORMAT && !(clip.elements.is_empty() && clip.pools.is_empty())).then_some(clip)
    }

    /// As text for the clipboard.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Elements, those inside subprocesses included.
    pub fn size(&self) -> usize {
        fn count(elements: &[Element]) -> usize {
            elements.iter().map(|it| 1 + count(it.inside())).sum()
        }
        count(&self.elements) + self.pools.len()
    }
}

/// Copies nodes, what sits on them and lies inside them, and the lines between them. `None`: there was nothing to copy.
pub fn copy(document: &Document, key: &str, ids: &BTreeSet<String>) -> Option<Clip> {
    let flow = document.flow(key)?;
    let diagram = document.diagram(key);
    let mut chosen: BTreeSet<String> = ids
        .iter()
        .filter(|id| tree::find(flow, id).is_some_and(|it| Kind::of(&it.kind).is_some()))
        .filter(|id| !tree::around(flow, id).iter().any(|it| ids.contains(*it)))
        .cloned()
        .gather();
    for id in chosen.clone() {
        chosen.extend(tree::boundary(flow, &id));
        if let Some(ElementKind::DataObjectReference { data_object_ref: Some(object) }) =
            tree::find(flow, &id).map(|it| &it.kind)
        {
            chosen.insert(object.clone());
        }
    }
    // An event without its activity has nothing to sit on.
    chosen.retain(|id| match tree::find(flow, id).map(|it| &it.kind) {
        Some(ElementKind::BoundaryEvent { attached_to_ref, .. }) => {
            ids.contains(attached_to_ref.as_str()) || tree::around(flow, id).iter().any(|it| ids.contains(*it))
        }
        _ => true,
    });
    for it in tree::links(flow) {
        if chosen.contains(it.source) && chosen.contains(it.target) {
            chosen.insert(it.id.to_owned());
        }
    }
    let elements: Vec<Element> = flow.all().into_iter().filter(|it| chosen.contains(it.id.as_str())).cloned().collect();
    let around = flow.collaboration.iter().flat_map(|it| &it.participants);
    let pools: Vec<Participant> = around
        .filter(|it| ids.contains(&it.id) && it.process.as_ref() != Some(&flow.key))
        .map(|it| Participant {
            // One that holds something is copied as what it is from outside.
            process: it.process.clone().filter(|_| !crate::pools::is_open(flow, it)),
            ..it.clone()
        })
        .collect();
    if elements.is_empty() && pools.is_empty() {
        return None;
    }
    chosen.extend(pools.iter().map(|it| it.id.clone()));
    let messages = flow.collaboration.iter().flat_map(|it| &it.message_flows);
    let message_flows: Vec<MessageFlow> =
        messages.filter(|it| chosen.contains(&it.source_ref) && chosen.contains(&it.target_ref)).cloned().collect();
    chosen.extend(message_flows.iter().map(|it| it.id.clone()));
    let mut all = chosen;
    for it in &elements {
        all.extend(tree::inside(flow, it.id.as_str()));
    }
    Some(Clip {
        format: FORMAT.to_owned(),
        elements,
        shapes: diagram.shapes.iter().filter(|it| all.contains(it.element.as_str())).cloned().collect(),
        edges: diagram.edges.iter().filter(|it| all.contains(it.element.as_str())).cloned().collect(),
        messages: flow.messages.clone(),
        signals: flow.signals.clone(),
        errors: flow.errors.clone(),
        escalations: flow.escalations.clone(),
        pools,
        message_flows,
    })
}

/// Puts a copy into the flow with new ids, its middle at `at` (none: a little beside where it was).
pub fn paste(work: &mut Work, clip: &Clip, at: Option<Point>, plane: Option<&str>) -> Result<(), Forbidden> {
    let mut new = Renamed::default();
    new.elements(work, &clip.elements);
    if !clip.pools.is_empty() {
        if plane.is_some() {
            return Err(Forbidden::LaneInside);
        }
        // Other pools stand beside the flow's own.
        if crate::pools::own(&work.flow).is_none() {
            crate::standing::lying(work, |it| crate::pools::add(it, crate::geometry::point(0.0, 0.0)));
        }
        clip.pools.iter().for_each(|it| new.give(work, &it.id, "pool"));
        clip.message_flows.iter().for_each(|it| new.give(work, &it.id, "message_flow"));
    }
    let whole =
        clip.shapes.iter().filter(|it| top(clip, it.element.as_str())).map(Rect::from).reduce(|a, b| a.union(&b));
    let whole = whole.ok_or(Forbidden::NothingChosen)?;
    let (dx, dy) = match at {
        Some(at) => {
            let to = snap::to_grid(at);
            ((to.x - whole.centre().x).round(), (to.y - whole.centre().y).round())
        }
        None => (30.0, (whole.height + 40.0).round()),
    };
    let within = match at {
        Some(at) => work.area(at, plane),
        None => clip.elements.first().and_then(|it| tree::parent(&work.flow, it.id.as_str())).map(str::to_owned),
    };
    let mut made: Vec<Element> = Vec::new();
    for it in &clip.elements {
        let mut it = it.clone();
        if new.fits(work, clip, &mut it) {
            made.push(it);
        }
    }
    if made.is_empty() && clip.pools.is_empty() {
        return Err(Forbidden::NothingChosen);
    }
    let mut there: BTreeSet<String> = made.iter().flat_map(all_ids).gather();
    there.extend(pools(work, clip, &new));
    work.done.select = made
        .iter()
        .filter(|it| Kind::of(&it.kind).is_some_and(|it| it.family() != Family::Boundary))
        .map(|it| it.id.0.clone())
        .chain(clip.pools.iter().filter_map(|it| new.ids.get(&it.id).cloned()))
        .collect();
    tree::level_mut(&mut work.flow, within.as_deref()).ok_or(Forbidden::NotFound)?.extend(made);
    for it in &clip.shapes {
        if let Some(id) = new.ids.get(it.element.as_str()).filter(|it| there.contains(*it)) {
            let mut it = Shape { element: id.as_str().into(), x: it.x + dx, y: it.y + dy, ..it.clone() };
            if let Some(label) = &mut it.label {
                (label.x, label.y) = (label.x + dx, label.y + dy);
            }
            work.diagram.shapes.push(it);
        }
    }
    for it in &clip.edges {
        if let Some(id) = new.ids.get(it.element.as_str()).filter(|it| there.contains(*it)) {
            let mut it = Edge { element: id.as_str().into(), ..it.clone() };
            it.waypoints.iter_mut().for_each(|it| *it = crate::geometry::point(it.x + dx, it.y + dy));
            if let Some(label) = &mut it.label {
                (label.x, label.y) = (label.x + dx, label.y + dy);
            }
            work.diagram.edges.push(it);
        }
    }
    // Lines that came without a way are given one.
    let drawn: BTreeSet<&str> = work.diagram.edges.iter().map(|it| it.element.as_str()).gather();
    let missing: Vec<String> =
        tree::links(&work.flow).iter().map(|it| it.id.to_owned()).filter(|it| !drawn.contains(it.as_str())).collect();
    work.reroute.extend(missing);
    // What came without a shape gets one, so that nothing is there unseen.
    let shaped: BTreeSet<&str> = work.diagram.shapes.iter().map(|it| it.element.as_str()).gather();
    let bare: Vec<(String, Kind)> = work
        .flow
        .all()
        .iter()
        .filter_map(|it| Some((it.id.0.clone(), Kind::of(&it.kind)?)))
        .filter(|it| there.contains(&it.0) && !shaped.contains(it.0.as_str()))
        .collect();
    for (id, kind) in bare {
        let (width, height) = kind.size();
        work.draw(&id, Rect::around(whole.moved(dx, dy).centre(), width, height), kind);
    }
    Ok(())
}

fn top(clip: &Clip, id: &str) -> bool {
    clip.elements.iter().any(|it| it.id.as_str() == id) || clip.pools.iter().any(|it| it.id == id)
}

/// Puts the copied pools beside the others, and the messages between what was copied; their new ids.
fn pools(work: &mut Work, clip: &Clip, new: &Renamed) -> Vec<String> {
    let id = |it: &str| new.ids.get(it).cloned();
    let mut made = Vec::new();
    let mut flows: Vec<MessageFlow> = Vec::new();
    for it in &clip.message_flows {
        let (Some(own), Some(source_ref), Some(target_ref)) = (id(&it.id), id(&it.source_ref), id(&it.target_ref))
        else {
            continue;
        };
        let named = it.message_ref.as_ref().and_then(|id| clip.messages.iter().find(|it| it.id == *id));
        let message_ref = named.map(|it| property::message_named(&mut work.flow, &it.name));
        flows.push(MessageFlow { id: own, source_ref, target_ref, message_ref, ..it.clone() });
    }
    let key = work.flow.key.clone();
    if let Some(around) = work.flow.collaboration.as_deref_mut() {
        for it in &clip.pools {
            if let Some(id) = id(&it.id) {
                made.push(id.clone());
                let process = it.process.clone().filter(|it| *it != key);
                around.participants.push(Participant { id, process, ..it.clone() });
            }
        }
        made.extend(flows.iter().map(|it| it.id.clone()));
        around.message_flows.extend(flows);
    }
    made
}

fn all_ids(it: &Element) -> Vec<String> {
    let mut found = vec![it.id.0.clone()];
    found.extend(it.data_input_associations.iter().chain(&it.data_output_associations).filter_map(|it| it.id.clone()));
    found.extend(it.inside().iter().flat_map(all_ids));
    found
}

/// Old ids to new ones.
#[derive(Default)]
struct Renamed {
    ids: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Renamed {
    fn elements(&mut self, work: &mut Work, elements: &[Element]) {
        for it in elements {
            let slug = match &it.kind {
                ElementKind::SequenceFlow { .. } => "flow",
                ElementKind::Association { .. } => "link",
                ElementKind::DataObject { .. } => "object",
                kind => Kind::of(kind).map_or("element", Kind::slug),
            };
            self.give(work, it.id.as_str(), slug);
            for data in it.data_input_associations.iter().chain(&it.data_output_associations) {
                if let Some(id) = &data.id {
                    self.give(work, id, "data");
                }
            }
            self.elements(work, it.inside());
        }
    }

    fn give(&mut self, work: &mut Work, old: &str, slug: &str) {
        let mut id = work.fresh(slug);
        while !self.taken.insert(id.clone()) {
            id = work.fresh(slug);
        }
        self.ids.insert(old.to_owned(), id);
    }

    fn node(&self, it: &NodeId) -> Option<NodeId> {
        self.ids.get(it.as_str()).map(|it| it.as_str().into())
    }

    /// The new id, or the old one where it still means something here.
    fn known(&self, work: &Work, it: &NodeId) -> Option<NodeId> {
        self.node(it).or_else(|| tree::find(&work.flow, it.as_str()).is_some().then(|| it.clone()))
    }

    /// Gives an element its new ids. False: it makes no sense without what was not copied.
    fn fits(&self, work: &mut Work, clip: &Clip, it: &mut Element) -> bool {
        let Some(id) = self.node(&it.id) else { return false };
        it.id = id;
        it.default = it.default.as_ref().and_then(|it| self.node(it));
        for list in [&mut it.data_input_associations, &mut it.data_output_associations] {
            list.retain_mut(|data| {
                let source: Option<Vec<String>> = data.source_ref.iter().map(|it| self.ids.get(it).cloned()).collect();
                let target = data.target_ref.as_ref().map(|it| self.ids.get(it).cloned());
                match (source, target) {
                    (Some(source), target @ (None | Some(Some(_)))) => {
                        data.source_ref = source;
                        data.target_ref = target.flatten();
                        data.id = data.id.as_ref().and_then(|it| self.ids.get(it).cloned());
                        true
                    }
                    _ => false,
                }
            });
        }
        match &mut it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, .. }
            | ElementKind::Association { source_ref, target_ref, .. } => {
                let (Some(source), Some(target)) = (self.node(source_ref), self.node(target_ref)) else { return false };
                (*source_ref, *target_ref) = (source, target);
            }
            ElementKind::BoundaryEvent { attached_to_ref, event_definition, .. } => {
                let Some(host) = self.node(attached_to_ref) else { return false };
                *attached_to_ref = host;
                self.definition(work, clip, event_definition);
            }
            ElementKind::StartEvent { event_definition: Some(it), .. }
            | ElementKind::EndEvent { event_definition: Some(it) }
            | ElementKind::IntermediateThrowEvent { event_definition: Some(it) }
            | ElementKind::IntermediateCatchEvent { event_definition: it } => self.definition(work, clip, it),
            ElementKind::SendTask { message_ref: Some(it), .. }
            | ElementKind::ReceiveTask { message_ref: Some(it), .. } => {
                message(work, clip, it);
            }
            ElementKind::DataObjectReference { data_object_ref: Some(object) } => match self.ids.get(object.as_str()) {
                Some(it) => object.clone_from(it),
                None => return false,
            },
            ElementKind::UserTask(task) => {
                task.return_to = task.return_to.iter().filter_map(|it| self.known(work, it)).collect();
                task.performer.not_same_as =
                    task.performer.not_same_as.iter().filter_map(|it| self.known(work, it)).collect();
                task.performer.same_as = task.performer.same_as.as_ref().and_then(|it| self.known(work, it));
            }
            _ => (),
        }
        if let Some(inside) = it.kind.inside_mut() {
            inside.retain_mut(|it| self.fits(work, clip, it));
        }
        true
    }

    fn definition(&self, work: &mut Work, clip: &Clip, it: &mut EventDefinition) {
        match it {
            EventDefinition::Message { message_ref, .. } => message(work, clip, message_ref),
            EventDefinition::Signal { signal_ref, .. } => {
                let name = clip.signals.iter().find(|it| it.id == *signal_ref).map_or("signal", |it| it.name.as_str());
                *signal_ref = property::signal_named(&mut work.flow, name);
            }
            EventDefinition::Error { error_ref: Some(it) } => {
                let found = clip.errors.iter().find(|error| error.id == *it);
                let (name, code) = found.map_or(("error", "error"), |it| (it.name.as_str(), it.error_code.as_str()));
                *it = property::error_named(&mut work.flow, name, code);
            }
            EventDefinition::Escalation { escalation_ref: Some(it) } => {
                let found = clip.escalations.iter().find(|escalation| escalation.id == *it);
                let (name, code) =
                    found.map_or(("escalation", "escalation"), |it| (it.name.as_str(), it.escalation_code.as_str()));
                *it = property::escalation_named(&mut work.flow, name, code);
            }
            EventDefinition::Compensate { activity_ref, .. } => {
                *activity_ref = activity_ref.as_ref().and_then(|it| self.known(work, it));
            }
            EventDefinition::Multiple { event_definitions, .. } => {
                event_definitions.iter_mut().for_each(|it| self.definition(work, clip, it));
            }
            EventDefinition::Timer { .. }
            | EventDefinition::Error { error_ref: None }
            | EventDefinition::Escalation { escalation_ref: None }
            | EventDefinition::Conditional { .. }
            | EventDefinition::Cancel {}
            | EventDefinition::Link { .. }
            | EventDefinition::Terminate {} => (),
        }
    }
}

fn message(work: &mut Work, clip: &Clip, id: &mut String) {
    let name = clip.messages.iter().find(|it| it.id == *id).map_or("message", |it| it.name.as_str());
    *id = property::message_named(&mut work.flow, name);
}

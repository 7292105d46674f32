//! Processes and global tasks in XML and back.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::{Error, element, kept, lane, order, ours, xml};
use crate::model::flow::{
    Element, ElementKind, ErrorDef, EscalationDef, EventDefinition, Flow, Kept, Loop, Named, XmlElement, XmlNode,
};
use crate::model::load::FORMAT;

/// The kind of task a global task is; `None`: it is none.
fn task_of(global: &str) -> Option<&'static str> {
    match global {
        "globalTask" => Some("task"),
        "globalUserTask" => Some("userTask"),
        "globalManualTask" => Some("manualTask"),
        "globalScriptTask" => Some("scriptTask"),
        "globalBusinessRuleTask" => Some("businessRuleTask"),
        _ => None,
    }
}

fn global_of(task: &str) -> &'static str {
    match task {
        "userTask" => "globalUserTask",
        "manualTask" => "globalManualTask",
        "scriptTask" => "globalScriptTask",
        "businessRuleTask" => "globalBusinessRuleTask",
        _ => "globalTask",
    }
}

/// Whether a root element becomes a flow.
pub fn is_flow(name: &str) -> bool {
    name == "process" || task_of(name).is_some()
}

/// The name a flow has at the root.
pub fn tag(of: &Flow) -> &'static str {
    match of.flow_elements.first() {
        Some(task) if of.global_task => global_of(element::tag(&task.kind)),
        _ if of.global_task => "globalTask",
        _ => "process",
    }
}

/// Reads a process or a global task. `roots` are the root elements: what is referred to is copied from them.
///
/// # Errors
/// An extension of ours that cannot be read.
pub fn read(from: &XmlElement, roots: &Roots, names: &Names) -> Result<Flow, Error> {
    let mut own = XmlElement { name: from.name.clone(), attributes: from.attributes.clone(), children: Vec::new() };
    let mut elements = Vec::new();
    let mut lanes = Vec::new();
    let mut sets = Vec::new();
    let extension;
    if let Some(task) = task_of(&from.name) {
        let mut of_task = XmlElement { name: task.to_owned(), ..from.clone() };
        extension = ours::take(&mut of_task, ours::FLOW);
        elements.extend(element::read(&of_task, names)?);
    } else {
        for node in &from.children {
            match node {
                XmlNode::Element(it) if it.name == "laneSet" => sets.push(lane::read(it, None, names, &mut lanes)?),
                XmlNode::Element(it) => match element::read(it, names)? {
                    Some(it) => elements.push(it),
                    None => own.children.push(node.clone()),
                },
                XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => {
                    own.children.push(node.clone())
                }
            }
        }
        extension = ours::take(&mut own, ours::FLOW);
    }
    let mut flow = plain(&own);
    if flow.global_task {
        flow.documentation = elements.first().map(|it| it.documentation.clone()).unwrap_or_default();
    } else {
        flow.kept = kept::rest(&own, &write_plain(&flow));
        let several = sets.len() > 1;
        flow.kept.children.extend(sets.into_iter().filter(|it| several || !is_given(it)).map(XmlNode::Element));
    }
    flow.lanes = lanes;
    roots.copy_into(&mut flow, &elements);
    if let Some(it) = extension {
        let id = flow.id.clone();
        flow = ours::lay(flow, &it, &id)?;
    }
    flow.flow_elements = elements;
    Ok(flow)
}

/// Writes a process or a global task.
pub fn write(of: &Flow, roots: &Roots, names: &Names) -> XmlElement {
    let mut out;
    let mut base;
    if let (true, Some(task)) = (of.global_task, of.flow_elements.first()) {
        out = element::write(task, names);
        out.name = global_of(&out.name).to_owned();
        order::arrange(&mut out);
        base = plain(&out);
        base.documentation.clone_from(&task.documentation);
    } else {
        let (sets, others) = of
            .kept
            .children
            .iter()
            .cloned()
            .partition::<Vec<XmlNode>, _>(|it| matches!(it, XmlNode::Element(it) if it.name == "laneSet"));
        let sets = sets.into_iter().filter_map(|it| match it {
            XmlNode::Element(it) => Some(it),
            XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
        });
        let kept = Kept { attributes: of.kept.attributes.clone(), children: others };
        out = kept::join(write_plain(of), &kept);
        base = plain(&out);
        let sets = lane::write(&of.lanes, sets.collect());
        for it in &sets {
            // Reading back what was just written cannot fail but for lanes' own extensions, which are ours.
            let mut lanes = Vec::new();
            if lane::read(it, None, names, &mut lanes).is_ok() {
                base.lanes.extend(lanes);
            }
        }
        out.children.extend(sets.into_iter().map(XmlNode::Element));
        out.children.extend(of.flow_elements.iter().map(|it| XmlNode::Element(element::write(it, names))));
        order::arrange(&mut out);
    }
    roots.copy_into(&mut base, &of.flow_elements);
    let bare = Flow { flow_elements: Vec::new(), ..of.clone() };
    ours::extend(&mut out, ours::FLOW, &bare, &base);
    out
}

/// A set nobody needs to keep where it is the only one: a list of lanes without a name or an id.
fn is_given(set: &XmlElement) -> bool {
    set.attributes.is_empty()
        && set
            .children
            .iter()
            .all(|it| matches!(it, XmlNode::Element(it) if it.name == "lane" && it.children.is_empty()))
}

/// What BPMN's own words say of the flow itself.
fn plain(from: &XmlElement) -> Flow {
    let attribute = |name: &str| xml::attribute(from, name).unwrap_or_default().to_owned();
    let id = attribute("id");
    Flow {
        format: FORMAT,
        key: id.clone().into(),
        id,
        name: attribute("name"),
        documentation: xml::child(from, "documentation").map(xml::text).unwrap_or_default(),
        global_task: task_of(&from.name).is_some(),
        ..Flow::default()
    }
}

fn write_plain(of: &Flow) -> XmlElement {
    let mut out = xml::element("process");
    xml::set(&mut out, "id", &of.id);
    if !of.name.is_empty() {
        xml::set(&mut out, "name", &of.name);
    }
    if !of.documentation.is_empty() {
        xml::push(&mut out, xml::text_element("documentation", &of.documentation));
    }
    out
}

/// Ids of the messages the elements of a flow send or wait for.
pub fn messages(of: &Flow) -> BTreeSet<String> {
    let mut used = Vec::new();
    of.flow_elements.iter().for_each(|it| references(it, &mut used));
    used.into_iter().map(str::to_owned).collect()
}

/// A message as it stands at the root.
pub fn message(of: &Named) -> XmlElement {
    let mut out = xml::element("message");
    xml::set(&mut out, "id", &of.id);
    if !of.name.is_empty() {
        xml::set(&mut out, "name", &of.name);
    }
    out
}

/// Messages, signals, errors and escalations of a document.
#[derive(Debug, Default)]
pub struct Roots {
    messages: Vec<Named>,
    signals: Vec<Named>,
    errors: Vec<ErrorDef>,
    escalations: Vec<EscalationDef>,
}

impl Roots {
    /// Of the root elements of a file.
    pub fn of<'a>(roots: impl Iterator<Item = &'a XmlElement>) -> Self {
        let mut found = Roots::default();
        for it in roots {
            let attribute = |name: &str| xml::attribute(it, name).unwrap_or_default().to_owned();
            let (id, name) = (attribute("id"), attribute("name"));
            match it.name.as_str() {
                "message" => found.messages.push(Named { id, name }),
                "signal" => found.signals.push(Named { id, name }),
                "error" => found.errors.push(ErrorDef { id, name, error_code: attribute("errorCode") }),
                "escalation" => {
                    found.escalations.push(EscalationDef { id, name, escalation_code: attribute("escalationCode") })
                }
                _ => (),
            }
        }
        found
    }

    /// The message with that id.
    pub fn message(&self, id: &str) -> Option<&Named> {
        self.messages.iter().find(|it| it.id == id)
    }

    /// Gives a flow those its elements refer to, in the order of the file.
    fn copy_into(&self, flow: &mut Flow, elements: &[Element]) {
        let mut used = Vec::new();
        elements.iter().for_each(|it| references(it, &mut used));
        used.sort_unstable();
        used.dedup();
        let is = |id: &str| used.binary_search(&id).is_ok();
        flow.messages = self.messages.iter().filter(|it| is(&it.id)).cloned().collect();
        flow.signals = self.signals.iter().filter(|it| is(&it.id)).cloned().collect();
        flow.errors = self.errors.iter().filter(|it| is(&it.id)).cloned().collect();
        flow.escalations = self.escalations.iter().filter(|it| is(&it.id)).cloned().collect();
    }
}

/// The root elements of a document with what its flows say about them: changed ones change, new ones follow.
pub fn write_roots(flows: &[Flow], roots: &mut Vec<XmlNode>) {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (at, node) in roots.iter().enumerate() {
        if let XmlNode::Element(it) = node
            && let Some(id) = xml::attribute(it, "id")
        {
            places.entry((it.name.clone(), id.to_owned())).or_insert(at);
        }
    }
    let mut put = |tag: &str, id: &str, attributes: &[(&str, &str)]| {
        let at = *places.entry((tag.to_owned(), id.to_owned())).or_insert_with(|| {
            let mut fresh = xml::element(tag);
            xml::set(&mut fresh, "id", id);
            roots.push(XmlNode::Element(fresh));
            roots.len() - 1
        });
        let Some(XmlNode::Element(root)) = roots.get_mut(at) else { return };
        for (key, value) in attributes {
            if xml::attribute(root, key).unwrap_or_default() != *value {
                root.attributes.retain(|(it, _)| it != key);
                if !value.is_empty() {
                    xml::set(root, key, *value);
                }
            }
        }
    };
    for flow in flows {
        flow.messages.iter().for_each(|it| put("message", &it.id, &[("name", &it.name)]));
        flow.signals.iter().for_each(|it| put("signal", &it.id, &[("name", &it.name)]));
        flow.errors.iter().for_each(|it| put("error", &it.id, &[("name", &it.name), ("errorCode", &it.error_code)]));
        for it in &flow.escalations {
            put("escalation", &it.id, &[("name", &it.name), ("escalationCode", &it.escalation_code)]);
        }
    }
}

/// Ids of messages, signals, errors and escalations an element and those inside it refer to.
fn references<'a>(of: &'a Element, into: &mut Vec<&'a str>) {
    match &of.kind {
        ElementKind::SendTask { message_ref, .. } | ElementKind::ReceiveTask { message_ref, .. } => {
            into.extend(message_ref.as_deref());
        }
        _ => (),
    }
    match &of.kind {
        ElementKind::StartEvent { event_definition: Some(it), .. }
        | ElementKind::EndEvent { event_definition: Some(it) }
        | ElementKind::IntermediateThrowEvent { event_definition: Some(it) }
        | ElementKind::IntermediateCatchEvent { event_definition: it }
        | ElementKind::BoundaryEvent { event_definition: it, .. } => referred(it, into),
        _ => (),
    }
    if let Some(Loop::MultiInstance { none_behavior_event, one_behavior_event, complex_behaviors, .. }) =
        of.loop_characteristics.as_deref()
    {
        let complex = complex_behaviors.iter().map(|it| &it.event);
        none_behavior_event.iter().chain(one_behavior_event).chain(complex).for_each(|it| referred(it, into));
    }
    of.inside().iter().for_each(|it| references(it, into));
}

fn referred<'a>(by: &'a EventDefinition, into: &mut Vec<&'a str>) {
    match by {
        EventDefinition::Message { message_ref: it, .. } | EventDefinition::Signal { signal_ref: it, .. } => {
            into.push(it)
        }
        EventDefinition::Error { error_ref: it } | EventDefinition::Escalation { escalation_ref: it } => {
            into.extend(it.as_deref())
        }
        EventDefinition::Multiple { event_definitions, .. } => {
            event_definitions.iter().for_each(|it| referred(it, into))
        }
        EventDefinition::Timer { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => (),
    }
}

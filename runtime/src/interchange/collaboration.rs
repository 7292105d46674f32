//! Collaborations in XML and back: pools and what flows between them (BPMN 2.0.2 §9).

use super::names::Names;
use super::{Error, element, kept, order, ours, xml};
use crate::model::flow::{Collaboration, Kept, MessageFlow, Participant, XmlElement, XmlNode};

/// Reads a collaboration.
///
/// # Errors
/// An extension of ours that cannot be read.
pub fn read(from: &XmlElement, names: &Names) -> Result<Collaboration, Error> {
    let mut own = XmlElement { name: from.name.clone(), attributes: from.attributes.clone(), children: Vec::new() };
    let (mut participants, mut message_flows, mut artifacts) = (Vec::new(), Vec::new(), Vec::new());
    for node in &from.children {
        match node {
            XmlNode::Element(it) if it.name == "participant" => {
                let mut found = participant(it, names);
                found.kept = kept::rest(it, &write_participant(&found, names));
                participants.push(found);
            }
            XmlNode::Element(it) if it.name == "messageFlow" => {
                let mut found = message_flow(it, names);
                found.kept = kept::rest(it, &write_message_flow(&found));
                message_flows.push(found);
            }
            XmlNode::Element(it) if matches!(it.name.as_str(), "textAnnotation" | "association" | "group") => {
                artifacts.extend(element::read(it, names)?);
            }
            _ => own.children.push(node.clone()),
        }
    }
    let extension = ours::take(&mut own, ours::COLLABORATION);
    let mut found = plain(&own);
    found.kept = kept::rest(&own, &write_plain(&found));
    (found.participants, found.message_flows) = (participants, message_flows);
    if let Some(it) = extension {
        let id = found.id.clone();
        found = ours::lay(found, &it, &id)?;
    }
    found.artifacts = artifacts;
    Ok(found)
}

/// Writes a collaboration.
pub fn write(of: &Collaboration, names: &Names) -> XmlElement {
    let mut out = kept::join(write_plain(of), &of.kept);
    let mut base = plain(&out);
    for it in &of.participants {
        let written = kept::join(write_participant(it, names), &it.kept);
        base.participants.push(participant(&written, names));
        xml::push(&mut out, written);
    }
    for it in &of.message_flows {
        let written = kept::join(write_message_flow(it), &it.kept);
        base.message_flows.push(message_flow(&written, names));
        xml::push(&mut out, written);
    }
    of.artifacts.iter().for_each(|it| xml::push(&mut out, element::write(it, names)));
    order::arrange(&mut out);
    let bare = Collaboration { artifacts: Vec::new(), ..of.clone() };
    ours::extend(&mut out, ours::COLLABORATION, &bare, &base);
    out
}

fn text(from: &XmlElement, name: &str) -> String {
    xml::attribute(from, name).unwrap_or_default().to_owned()
}

fn reference(from: &XmlElement, name: &str, names: &Names) -> Option<String> {
    xml::attribute(from, name).map(|it| names.reference(it)).filter(|it| !it.is_empty())
}

fn plain(from: &XmlElement) -> Collaboration {
    Collaboration { id: text(from, "id"), name: text(from, "name"), ..Collaboration::default() }
}

fn participant(from: &XmlElement, names: &Names) -> Participant {
    let process = reference(from, "processRef", names).map(|it| names.key_of(&it));
    Participant { id: text(from, "id"), name: text(from, "name"), process, kept: Kept::default() }
}

fn message_flow(from: &XmlElement, names: &Names) -> MessageFlow {
    MessageFlow {
        id: text(from, "id"),
        name: text(from, "name"),
        source_ref: reference(from, "sourceRef", names).unwrap_or_default(),
        target_ref: reference(from, "targetRef", names).unwrap_or_default(),
        message_ref: reference(from, "messageRef", names),
        kept: Kept::default(),
    }
}

fn named(tag: &str, id: &str, name: &str) -> XmlElement {
    let mut out = xml::element(tag);
    xml::set(&mut out, "id", id);
    if !name.is_empty() {
        xml::set(&mut out, "name", name);
    }
    out
}

fn write_plain(of: &Collaboration) -> XmlElement {
    named("collaboration", &of.id, &of.name)
}

fn write_participant(of: &Participant, names: &Names) -> XmlElement {
    let mut out = named("participant", &of.id, &of.name);
    if let Some(it) = &of.process {
        xml::set(&mut out, "processRef", names.id_of(it));
    }
    out
}

fn write_message_flow(of: &MessageFlow) -> XmlElement {
    let mut out = named("messageFlow", &of.id, &of.name);
    for (key, value) in [
        ("sourceRef", Some(&of.source_ref)),
        ("targetRef", Some(&of.target_ref)),
        ("messageRef", of.message_ref.as_ref()),
    ] {
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            xml::set(&mut out, key, value);
        }
    }
    out
}

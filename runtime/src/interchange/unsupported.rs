//! What a document says that is read and kept but not executed.

use super::{Document, xml};
use crate::model::flow::{Element, Kept, XmlElement, XmlNode};

/// Parts of BPMN that describe and never change what happens, and what follows from other parts.
const SILENT: &[&str] = &[
    "documentation",
    "extensionElements",
    "incoming",
    "outgoing",
    "text",
    "laneSet",
    "category",
    "categoryValue",
    "categoryValueRef",
    "import",
    "relationship",
    "itemDefinition",
    "resource",
    "dataStore",
    "message",
    "signal",
    "error",
    "escalation",
    "dataState",
    "ioSpecification",
    "dataInput",
    "dataOutput",
    "inputSet",
    "outputSet",
    "property",
    "partnerEntity",
    "partnerRole",
    "endPoint",
    "interface",
    "participantMultiplicity",
    "eventDefinitionRef",
    "rendering",
    "auditing",
    "monitoring",
    "extension",
];

/// Every such part: the element it is at, and its name.
pub fn unsupported(document: &Document) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for node in &document.definitions.children {
        if let XmlNode::Element(it) = node
            && !super::flow::is_flow(&it.name)
            && it.name != "collaboration"
        {
            let id = xml::attribute(it, "id").unwrap_or_default().to_owned();
            one(&id, it, false, &mut found);
        }
    }
    for it in &document.collaborations {
        kept(&it.id, &it.kept, &mut found);
        it.participants.iter().for_each(|it| kept(&it.id, &it.kept, &mut found));
        it.message_flows.iter().for_each(|it| kept(&it.id, &it.kept, &mut found));
    }
    for flow in &document.flows {
        kept(&flow.id, &flow.kept, &mut found);
        flow.lanes.iter().for_each(|it| kept(&it.id, &it.kept, &mut found));
        elements(&flow.flow_elements, &mut found);
    }
    found
}

fn elements(all: &[Element], found: &mut Vec<(String, String)>) {
    for it in all {
        kept(it.id.as_str(), &it.kept, found);
        elements(it.inside(), found);
    }
}

fn kept(owner: &str, kept: &Kept, found: &mut Vec<(String, String)>) {
    for node in &kept.children {
        if let XmlNode::Element(it) = node {
            one(owner, it, true, found);
        }
    }
}

fn one(owner: &str, it: &XmlElement, owned: bool, found: &mut Vec<(String, String)>) {
    if it.name == "extensionElements" {
        for it in xml::elements(it) {
            let said = (owner.to_owned(), it.name.clone());
            if found.last() != Some(&said) {
                found.push(said);
            }
        }
        return;
    }
    let silent = SILENT.contains(&it.name.as_str()) || it.name.ends_with("EventDefinition");
    // What is left of a part the model has a word for: its ids, formats, prefixes.
    let skeleton = owned
        && matches!(
            it.name.as_str(),
            "conditionExpression"
                | "script"
                | "completionCondition"
                | "activationCondition"
                | "standardLoopCharacteristics"
                | "multiInstanceLoopCharacteristics"
                | "dataInputAssociation"
                | "dataOutputAssociation"
        );
    if silent || skeleton {
        if let Some(extensions) = xml::child(it, "extensionElements") {
            one(owner, extensions, owned, found);
        }
        return;
    }
    let element = xml::attribute(it, "id").unwrap_or(owner).to_owned();
    found.push((element, it.name.clone()));
}

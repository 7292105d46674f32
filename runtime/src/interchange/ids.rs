//! Ids for elements a file gives none: the model refers to everything by id.

use std::collections::BTreeSet;

use super::{flow, order, xml};
use crate::model::flow::{XmlElement, XmlNode};

/// Gives every element that the model refers to an id, where it has none. The same file gets the same ids.
pub fn complete(root: &mut XmlElement) {
    let mut used = BTreeSet::new();
    collect(root, &mut used);
    let mut number = 0;
    for node in &mut root.children {
        if let XmlNode::Element(it) = node {
            walk(it, &mut used, &mut number);
        }
    }
}

fn collect(element: &XmlElement, into: &mut BTreeSet<String>) {
    into.extend(xml::attribute(element, "id").map(str::to_owned));
    xml::elements(element).for_each(|it| collect(it, into));
}

fn walk(element: &mut XmlElement, used: &mut BTreeSet<String>, number: &mut usize) {
    let needed = order::is_flow_element(&element.name)
        || flow::is_flow(&element.name)
        || matches!(
            element.name.as_str(),
            "textAnnotation" | "association" | "group" | "lane" | "participant" | "messageFlow" | "collaboration"
        );
    let inside = needed || matches!(element.name.as_str(), "laneSet" | "childLaneSet");
    if needed && xml::attribute(element, "id").is_none_or(|it| it.trim().is_empty()) {
        let id = loop {
            *number += 1;
            let id = format!("{}_{number}", element.name);
            if used.insert(id.clone()) {
                break id;
            }
        };
        element.attributes.retain(|(key, _)| key != "id");
        element.attributes.insert(0, ("id".to_owned(), id));
    }
    if inside {
        for node in &mut element.children {
            if let XmlNode::Element(it) = node {
                walk(it, used, number);
            }
        }
    }
}

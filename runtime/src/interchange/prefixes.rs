//! Prefixes that mean the document itself: those declared for its target namespace (BPMN 2.0.2 §15.3.2). A reference without a
//! prefix means it too.

use std::collections::BTreeSet;

use super::{Document, xml};
use crate::model::flow::{DataAssociation, Element, Kept, XmlElement, XmlNode};

/// The prefixes of one document that mean itself.
#[derive(Debug, Default)]
pub struct Prefixes {
    /// None: nobody knows, and every prefix that is declared counts. So it is where a flow of a pack was written with the prefixes
    /// of the file it came from.
    target: Option<String>,
    own: BTreeSet<String>,
}

impl Prefixes {
    /// Those the root declares, by its attributes.
    pub fn of(attributes: &[(String, String)]) -> Self {
        let target = attributes.iter().find(|(key, _)| key == "targetNamespace").map(|(_, it)| it.clone());
        let mut found = Self { target: target.filter(|it| it != xml::OURS), own: BTreeSet::new() };
        found.declare(attributes);
        found
    }

    /// Those a document declares, wherever that is.
    pub fn of_document(document: &Document) -> Self {
        let mut found = Self::of(&document.definitions.attributes);
        found.nodes(&document.definitions.children);
        for it in &document.collaborations {
            found.kept(&it.kept);
            it.participants.iter().for_each(|it| found.kept(&it.kept));
            it.message_flows.iter().for_each(|it| found.kept(&it.kept));
            found.elements(&it.artifacts);
        }
        for it in &document.flows {
            found.kept(&it.kept);
            it.lanes.iter().for_each(|it| found.kept(&it.kept));
            found.elements(&it.flow_elements);
        }
        for it in &document.layout.diagrams {
            found.kept(&it.kept);
            it.shapes.iter().for_each(|it| found.kept(&it.kept));
            it.edges.iter().for_each(|it| found.kept(&it.kept));
        }
        found
    }

    /// Adds those declared inside an element; what another tool added speaks for itself.
    pub fn inside(&mut self, element: &XmlElement) {
        self.nodes(&element.children);
    }

    /// A reference without its prefix, if that means this document; else as it is.
    pub fn local<'a>(&self, reference: &'a str) -> &'a str {
        match reference.split_once(':') {
            Some((prefix, local)) if self.own.contains(prefix) => local,
            Some(_) | None => reference,
        }
    }

    fn declare(&mut self, attributes: &[(String, String)]) {
        for (key, space) in attributes {
            if let Some(prefix) = key.strip_prefix("xmlns:")
                && self.target.as_ref().is_none_or(|it| it == space)
            {
                self.own.insert(prefix.to_owned());
            }
        }
    }

    fn nodes(&mut self, nodes: &[XmlNode]) {
        for node in nodes {
            if let XmlNode::Element(it) = node
                && !matches!(it.name.as_str(), "extensionElements" | "extension")
            {
                self.declare(&it.attributes);
                self.nodes(&it.children);
            }
        }
    }

    fn kept(&mut self, kept: &Kept) {
        self.declare(&kept.attributes);
        self.nodes(&kept.children);
    }

    fn elements(&mut self, elements: &[Element]) {
        for it in elements {
            self.kept(&it.kept);
            let associations = it.data_input_associations.iter().chain(&it.data_output_associations);
            associations.for_each(|it: &DataAssociation| self.kept(&it.kept));
            self.elements(it.inside());
        }
    }
}

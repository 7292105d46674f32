//! What a document's names stand for: references with prefixes, keys of flows, names of data, shared event definitions,
//! and which sequence flows come into and leave a node. Gathered before anything is read or written.
//!
//! A reference is a QName. Its prefix may be declared at any element; what one prefix means is taken to hold for the whole
//! document, since no tool gives it two meanings. One for another namespace leads out of the document and stays as it is, and so
//! does one nobody declares: the model has `other:P` then, which is no id here.

use std::collections::BTreeMap;

use super::prefixes::Prefixes;
use super::{Document, event, ours, xml};
use crate::id::FlowKey;
use crate::model::flow::{Element, ElementKind, EventDefinition, Kept, XmlElement, XmlNode};

/// The names of one document.
#[derive(Debug, Default)]
pub struct Names {
    prefixes: Prefixes,
    /// Keys of flows by id, where they differ …
    keys: BTreeMap<String, String>,
    /// … and ids by key.
    ids: BTreeMap<String, String>,
    /// Names of data inputs, data outputs and properties by id.
    data: BTreeMap<String, String>,
    /// Event definitions that stand at the root, for events that refer to them.
    definitions: BTreeMap<String, EventDefinition>,
    /// Sequence flows by node: incoming, outgoing.
    wires: BTreeMap<String, (Vec<String>, Vec<String>)>,
}

impl Names {
    /// Of a file that is being read.
    pub fn of_tree(root: &XmlElement) -> Self {
        let mut names = Names { prefixes: Prefixes::of(&root.attributes), ..Names::default() };
        names.prefixes.inside(root);
        for it in xml::elements(root) {
            if let (Some(id), Some(key)) =
                (xml::attribute(it, "id"), ours::find(it, ours::FLOW).and_then(|it| xml::attribute(it, "key")))
            {
                names.key(id, key);
            }
            names.define(it);
            names.look(it);
        }
        names
    }

    /// Of a document that is being written.
    pub fn of_document(document: &Document) -> Self {
        let mut names = Names { prefixes: Prefixes::of_document(document), ..Names::default() };
        for node in &document.definitions.children {
            if let XmlNode::Element(it) = node {
                names.define(it);
                names.look(it);
            }
        }
        for flow in &document.flows {
            if flow.id != flow.key.0 {
                names.key(&flow.id, &flow.key.0);
            }
            names.look_kept(&flow.kept);
            names.look_elements(&flow.flow_elements);
        }
        names
    }

    fn key(&mut self, id: &str, key: &str) {
        self.keys.insert(id.to_owned(), key.to_owned());
        self.ids.insert(key.to_owned(), id.to_owned());
    }

    fn define(&mut self, root: &XmlElement) {
        if let (Some(id), Some(definition)) = (xml::attribute(root, "id"), event::definition(root, self)) {
            self.definitions.insert(id.to_owned(), definition);
        }
    }

    /// Data and sequence flows of an element and all inside it.
    fn look(&mut self, element: &XmlElement) {
        let attribute = |name: &str| xml::attribute(element, name);
        match element.name.as_str() {
            "dataInput" | "dataOutput" | "property" | "inputDataItem" | "outputDataItem" => {
                if let (Some(id), Some(name)) = (attribute("id"), attribute("name").filter(|it| !it.trim().is_empty()))
                {
                    self.data.insert(id.to_owned(), name.to_owned());
                }
            }
            "sequenceFlow" => {
                let at = |name: &str| attribute(name).map(|it| self.reference(it));
                if let (Some(id), Some(source), Some(target)) = (attribute("id"), at("sourceRef"), at("targetRef")) {
                    self.wire(id, source, target);
                }
            }
            // Foreign content: nothing in it is BPMN's.
            "extensionElements" => return,
            _ => (),
        }
        for it in xml::elements(element) {
            self.look(it);
        }
    }

    fn look_kept(&mut self, kept: &Kept) {
        for node in &kept.children {
            if let XmlNode::Element(it) = node {
                self.look(it);
            }
        }
    }

    fn look_elements(&mut self, elements: &[Element]) {
        for it in elements {
            if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
                self.wire(&it.id.0, source_ref.0.clone(), target_ref.0.clone());
            }
            self.look_kept(&it.kept);
            self.look_elements(it.inside());
        }
    }

    fn wire(&mut self, id: &str, source: String, target: String) {
        self.wires.entry(source).or_default().1.push(id.to_owned());
        self.wires.entry(target).or_default().0.push(id.to_owned());
    }

    /// What a reference names: without its prefix, if that means this document.
    pub fn reference(&self, raw: &str) -> String {
        self.prefixes.local(raw.trim()).to_owned()
    }

    /// A reference to data as expressions say it: an activity's own data by its name.
    pub fn data(&self, raw: &str) -> String {
        let id = self.reference(raw);
        self.data.get(&id).cloned().unwrap_or(id)
    }

    /// The key of the flow with that id.
    pub fn key_of(&self, id: &str) -> FlowKey {
        FlowKey(self.keys.get(id).cloned().unwrap_or_else(|| id.to_owned()))
    }

    /// The id of the flow with that key.
    pub fn id_of<'a>(&'a self, key: &'a FlowKey) -> &'a str {
        self.ids.get(&key.0).unwrap_or(&key.0)
    }

    /// The event definition at the root that a reference names.
    pub fn definition(&self, raw: &str) -> Option<&EventDefinition> {
        self.definitions.get(&self.reference(raw))
    }

    /// The sequence flows into a node, and out of it.
    pub fn wires(&self, node: &str) -> (&[String], &[String]) {
        self.wires.get(node).map_or((&[], &[]), |(incoming, outgoing)| (incoming, outgoing))
    }
}

//! Rules on a BPMN file as a whole: pools and what flows between them, what stands at its root, its drawing. Pointers lead into
//! the JSON form of the [`Document`].

mod called;
mod choreography;
mod collection;
mod data_sets;
mod drawing;
pub(in crate::check) mod executable;
mod global;
mod ids;
mod items;
mod link_ends;
mod loop_data;
mod message_flow;
mod place;
mod pool;
mod references;
mod repetition;
mod roots;
mod values;
mod wiring;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::alert::Alert;
use crate::check::flow::{called as name_of, places};
use crate::interchange::{Document, Prefixes};
use crate::model::flow::{Element, Flow, Kept, XmlElement, XmlNode};
use crate::model::layout::Layout;

pub use drawing::of_flow as drawing;
pub use place::places as xml_places;

/// A rule: adds what it finds.
type Rule = fn(&mut Vec<Alert>, &Look);

const RULES: &[Rule] = &[
    called::rule,
    choreography::rule,
    collection::rule,
    data_sets::rule,
    drawing::rule,
    executable::rule,
    global::rule,
    ids::rule,
    items::rule,
    link_ends::rule,
    loop_data::rule,
    message_flow::rule,
    pool::rule,
    references::rule,
    repetition::rule,
    roots::rule,
    values::rule,
    wiring::rule,
];

/// What a file says wrongly beyond its single flows; those are for [`super::one_flow`].
pub fn check(document: &Document, file: &str) -> Vec<Alert> {
    let look = Look::new(document, file);
    let mut found = Vec::new();
    for rule in RULES {
        rule(&mut found, &look);
    }
    found
}

/// What a flow of a pack says wrongly of the pools it works with and of the messages between them.
pub fn pools(flow: &Flow, file: &str) -> Vec<Alert> {
    if flow.collaboration.is_none() {
        return Vec::new();
    }
    let layout = Layout { format: crate::model::load::FORMAT, diagrams: Vec::new() };
    let document = Document::of_flow(flow.clone(), layout);
    let look = Look::new(&document, file);
    let mut found = Vec::new();
    message_flow::rule(&mut found, &look);
    pool::rule(&mut found, &look);
    for it in &mut found {
        // The flow has the one it takes part in.
        it.pointer = it.pointer.replacen("/collaborations/0", "/collaboration", 1);
    }
    found
}

/// A node of some flow of the file.
pub struct Place<'a> {
    pub flow: &'a Flow,
    pub element: &'a Element,
    pub pointer: String,
}

/// What the rules look at.
pub struct Look<'a> {
    pub document: &'a Document,
    pub file: &'a str,
    /// Elements of all flows by id; the first wins.
    pub elements: BTreeMap<&'a str, Place<'a>>,
    prefixes: Prefixes,
    root: OnceCell<XmlElement>,
}

impl<'a> Look<'a> {
    fn new(document: &'a Document, file: &'a str) -> Self {
        let mut elements = BTreeMap::new();
        for (at, flow) in document.flows.iter().enumerate() {
            for (pointer, element) in places(flow) {
                let pointer = format!("/flows/{at}{pointer}");
                elements.entry(element.id.as_str()).or_insert(Place { flow, element, pointer });
            }
        }
        Self { document, file, elements, prefixes: Prefixes::of_document(document), root: OnceCell::new() }
    }

    /// The id a reference names. One that leads out of the file, or whose prefix nobody declares, keeps its prefix, and no id has one.
    pub fn local<'r>(&self, reference: &'r str) -> &'r str {
        self.prefixes.local(reference.trim())
    }

    /// The whole file as it is written: for what holds of every element alike.
    pub fn root(&self) -> &XmlElement {
        self.root.get_or_init(|| self.document.root())
    }

    /// True where what is not in the file may stand in another.
    pub fn imports(&self) -> bool {
        self.roots().any(|(_, it)| it.name == "import")
    }

    /// Places an alert on an element.
    pub fn on(&self, alert: Alert, place: &Place) -> Alert {
        alert.at(self.file, place.pointer.as_str()).on(place.element.id.as_str()).arg("element", name_of(place.element))
    }

    /// Root elements the model has no word for: messages, items, interfaces … Those with a name.
    pub fn roots(&self) -> impl Iterator<Item = (usize, &'a XmlElement)> + use<'a> {
        children(&self.document.definitions.children)
    }
}

/// The elements among nodes, with their places.
pub fn children(nodes: &[XmlNode]) -> impl Iterator<Item = (usize, &XmlElement)> {
    nodes.iter().enumerate().filter_map(|(at, it)| match it {
        XmlNode::Element(it) => Some((at, it)),
        XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
    })
}

/// An attribute of a kept element.
pub fn attribute<'a>(it: &'a XmlElement, name: &str) -> Option<&'a str> {
    it.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// An attribute the model has no word for.
pub fn kept<'a>(it: &'a Kept, name: &str) -> Option<&'a str> {
    it.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The text inside a kept element, without the space around it.
pub fn text(it: &XmlElement) -> String {
    let parts =
        it.children.iter().filter_map(|it| if let XmlNode::Text(text) = it { Some(text.as_str()) } else { None });
    parts.collect::<String>().trim().to_owned()
}

/// A reference without the prefix a file may put before it, whatever that means: to see whether two speak of one thing. For whether
/// what it names is there see [`Look::local`].
pub fn bare(reference: &str) -> &str {
    reference.rsplit_once(':').map_or(reference, |(_, it)| it)
}

/// Every kept element below some nodes.
pub fn below<'a>(nodes: &'a [XmlNode], into: &mut Vec<&'a XmlElement>) {
    for (_, it) in children(nodes) {
        into.push(it);
        below(&it.children, into);
    }
}

#[cfg(test)]
mod tests;

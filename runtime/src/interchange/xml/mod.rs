//! XML in and out, hardened: [`decode`] makes text of bytes, [`read`] a tree of text, [`print`] text of a tree that XML
//! [`holds`].
//!
//! In the tree, elements of BPMN and of its diagrams carry their local names wherever BPMN's own can stand; what is
//! foreign carries its name as in the file. So the rest of [`super`] never thinks about prefixes.

mod decode;
mod holds;
mod print;
mod read;

pub use decode::decode;
pub use holds::holds;
pub use print::print;
pub use read::{Tree, read};

use crate::model::flow::{XmlElement, XmlNode};

/// BPMN 2.0, the model.
pub const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
/// BPMN 2.0, the diagrams.
pub const BPMNDI: &str = "http://www.omg.org/spec/BPMN/20100524/DI";
/// Diagram commons: bounds, points, fonts.
pub const DC: &str = "http://www.omg.org/spec/DD/20100524/DC";
/// Diagram interchange: way points, extensions.
pub const DI: &str = "http://www.omg.org/spec/DD/20100524/DI";
/// BPMN in Color: of shapes and lines.
pub const COLOR: &str = "http://www.omg.org/spec/BPMN/non-normative/color/1.0";
/// Colours as bpmn.io wrote them before there was a standard.
pub const BIOC: &str = "http://bpmn.io/schema/bpmn/biocolor/1.0";
/// Ours: what flows say beyond BPMN.
pub const OURS: &str = "urn:flowloom:bpmn:1";
pub(crate) use crate::model::flow::kept::{OURS_MARK, is_name};

/// The vocabulary an element belongs to, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    Model,
    Diagram,
    Foreign,
}

/// The namespace of an element of a diagram, by its local name; `None`: it is none.
fn diagram_space(local: &str) -> Option<&'static str> {
    match local {
        "BPMNDiagram" | "BPMNPlane" | "BPMNShape" | "BPMNEdge" | "BPMNLabel" | "BPMNLabelStyle" => Some(BPMNDI),
        "Bounds" | "Font" => Some(DC),
        "waypoint" | "extension" => Some(DI),
        _ => None,
    }
}

/// The elements directly inside, in order.
pub fn elements(of: &XmlElement) -> impl Iterator<Item = &XmlElement> {
    of.children.iter().filter_map(|it| match it {
        XmlNode::Element(it) => Some(it),
        XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
    })
}

/// The first element of that name directly inside.
pub fn child<'a>(of: &'a XmlElement, name: &str) -> Option<&'a XmlElement> {
    elements(of).find(|it| it.name == name)
}

/// An attribute's value.
pub fn attribute<'a>(of: &'a XmlElement, name: &str) -> Option<&'a str> {
    of.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The text of an element: its own, or where it has none that of the elements inside (marked-up text).
pub fn text(of: &XmlElement) -> String {
    let own: String = of
        .children
        .iter()
        .filter_map(|it| match it {
            XmlNode::Text(text) => Some(text.as_str()),
            XmlNode::Element(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
        })
        .collect();
    if own.trim().is_empty() && elements(of).next().is_some() { elements(of).map(text).collect() } else { own }
}

/// An element that holds nothing but text.
pub fn text_element(name: &str, text: impl Into<String>) -> XmlElement {
    let text: String = text.into();
    let children = if text.is_empty() { Vec::new() } else { vec![XmlNode::Text(text)] };
    XmlElement { name: name.to_owned(), attributes: Vec::new(), children }
}

/// An element with attributes.
pub fn element(name: &str) -> XmlElement {
    XmlElement { name: name.to_owned(), ..XmlElement::default() }
}

/// Adds an attribute.
pub fn set(to: &mut XmlElement, name: &str, value: impl Into<String>) {
    to.attributes.push((name.to_owned(), value.into()));
}

/// Adds an element at the end.
pub fn push(to: &mut XmlElement, child: XmlElement) {
    to.children.push(XmlNode::Element(child));
}

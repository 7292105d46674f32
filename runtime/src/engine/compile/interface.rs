//! What a call activity gives to the called flow and takes from it, where its file declares data inputs and outputs (`ioSpecification`).
//! BPMN 2.0.2 §10.3.6 wants the caller's and the called element's to match exactly; files give both the same names, or at least
//! the same order. A called flow that declares nothing has data objects, or plain variables, of these names.

use super::super::plan::Interface;
use super::Compiler;
use crate::id::FlowKey;
use crate::model::flow::{Element, ElementKind, Flow, Kept, XmlElement, XmlNode};

impl Compiler<'_> {
    /// None: nothing is declared, so everything goes in and comes back.
    pub(super) fn interface(&self, element: &Element, called: &FlowKey) -> Option<Interface> {
        let own = declared(&element.kept)?;
        let called = self.catalog.flow(called);
        let pairs = |kind: &str| {
            let own = names(own, kind);
            let theirs = called.and_then(|it| declared(&it.kept)).map(|it| names(it, kind)).unwrap_or_default();
            let matched = own.iter().enumerate().map(|(at, name)| {
                let by_place = theirs.get(at).filter(|it| theirs.len() == own.len() && !own.contains(it));
                let found = if theirs.contains(name) { Some(name) } else { by_place };
                let found = found.cloned().or_else(|| called.and_then(|it| object(it, name)));
                (name.clone(), found.unwrap_or_else(|| name.clone()))
            });
            matched.collect()
        };
        Some(Interface { inputs: pairs("dataInput"), outputs: pairs("dataOutput") })
    }
}

/// What a flow or an activity declares.
pub(super) fn declared(kept: &Kept) -> Option<&XmlElement> {
    elements(&kept.children).find(|it| it.name == "ioSpecification")
}

/// Names, or ids, of the inputs or the outputs: what associations know them by.
pub(super) fn names(declared: &XmlElement, kind: &str) -> Vec<String> {
    let attribute = |of: &XmlElement, name: &str| {
        let found = of.attributes.iter().find(|(key, _)| key == name).map(|(_, it)| it.clone());
        found.filter(|it| !it.trim().is_empty())
    };
    let all = elements(&declared.children).filter(|it| it.name == kind);
    all.filter_map(|it| attribute(it, "name").or_else(|| attribute(it, "id"))).collect()
}

/// The data object of that name in the flow itself.
fn object(flow: &Flow, name: &str) -> Option<String> {
    let found = flow.flow_elements.iter().find(|it| it.name == name);
    found.and_then(|it| match &it.kind {
        ElementKind::DataObject { .. } => Some(it.id.0.clone()),
        ElementKind::DataObjectReference { data_object_ref } => data_object_ref.clone(),
        _other => None,
    })
}

fn elements(list: &[XmlNode]) -> impl Iterator<Item = &XmlElement> {
    list.iter().filter_map(|it| match it {
        XmlNode::Element(it) => Some(it),
        XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
    })
}

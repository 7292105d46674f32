//! `flow-choreography` (error): a process or subprocess holds an activity of a choreography, which is another kind of diagram (BPMN 2.0.2
//! §10.2, §11). It is kept, and never executed. Fix: draw it in a choreography, or use a task.

use super::{Look, attribute, children};
use crate::alert::Alert;
use crate::model::flow::XmlNode;

const KINDS: &[&str] = &["choreographyTask", "subChoreography", "callChoreography"];

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for (at, flow) in look.document.flows.iter().enumerate() {
        inside(found, look, &flow.kept.children, &format!("/flows/{at}/kept/children"));
    }
    for place in look.elements.values() {
        inside(found, look, &place.element.kept.children, &format!("{}/kept/children", place.pointer));
    }
}

fn inside(found: &mut Vec<Alert>, look: &Look, nodes: &[XmlNode], pointer: &str) {
    for (at, it) in children(nodes).filter(|(_, it)| KINDS.contains(&it.name.as_str())) {
        let id = attribute(it, "id").unwrap_or_default();
        let says = format!("expected no choreography in a process, found the {} `{id}`", it.name);
        found.push(Alert::error("flow-choreography", says).at(look.file, format!("{pointer}/{at}")).on(id));
    }
}

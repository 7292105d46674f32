//! `flow-wiring` (error): a node lists a sequence flow as incoming or outgoing that does not lead to or from it (BPMN 2.0.2 §8.3.13). Tools
//! disagree on which of the two counts. Fix: let both say the same.

use super::{Look, bare, children, text};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for place in look.elements.values() {
        for (_, it) in
            children(&place.element.kept.children).filter(|(_, it)| it.name == "incoming" || it.name == "outgoing")
        {
            let id = text(it);
            let id = bare(&id);
            let fits = match look.elements.get(id).map(|it| &it.element.kind) {
                Some(ElementKind::SequenceFlow { source_ref, target_ref, .. }) => {
                    let end = if it.name == "incoming" { target_ref } else { source_ref };
                    *end == place.element.id
                }
                _other => false,
            };
            if !fits {
                let says = format!(
                    "expected the {} flow `{id}` of `{}` to be one of its own, found that it is not",
                    it.name, place.element.id
                );
                found.push(look.on(Alert::error("flow-wiring", says), place).arg("name", id));
            }
        }
    }
}

//! `flow-wiring` (error): a node lists a sequence flow as incoming or outgoing that does not lead to or from it (BPMN 2.0.2 §8.3.13). Tools
//! disagree on which of the two counts. A warning where a node lists some of its flows and leaves others out; listing none is a habit of
//! tools that keep the two ends only. Fix: let both say the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Look, bare, children, text};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let mut ways: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for place in look.elements.values() {
        if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &place.element.kind {
            ways.entry(source_ref.as_str()).or_default().push(("outgoing", place.element.id.as_str()));
            ways.entry(target_ref.as_str()).or_default().push(("incoming", place.element.id.as_str()));
        }
    }
    for place in look.elements.values() {
        let mut listed = BTreeSet::new();
        for (_, it) in
            children(&place.element.kept.children).filter(|(_, it)| it.name == "incoming" || it.name == "outgoing")
        {
            let id = text(it);
            let id = bare(&id);
            listed.insert((it.name.clone(), id.to_owned()));
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
        if listed.is_empty() {
            continue;
        }
        let own = ways.get(place.element.id.as_str()).into_iter().flatten();
        for (side, id) in own.filter(|(side, id)| !listed.contains(&((*side).to_owned(), (*id).to_owned()))) {
            let says =
                format!("expected `{}` to list its {side} flow `{id}`, found that it does not", place.element.id);
            found.push(look.on(Alert::warning("flow-wiring", says), place).arg("name", *id));
        }
    }
}

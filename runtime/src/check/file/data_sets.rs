//! `flow-data-sets` (error): a data input stands in no input set, a data output in no output set, or a subprocess declares inputs and
//! outputs, which only tasks, called elements and processes do (BPMN 2.0.2 §10.4.1, Tables 10.58 to 10.61).
//! Fix: refer to it from a set; give the subprocess data objects.

use super::{Look, attribute, bare, children, text};
use crate::alert::Alert;
use crate::model::flow::{ElementKind, XmlElement};

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for place in look.elements.values() {
        for (at, io) in children(&place.element.kept.children).filter(|(_, it)| it.name == "ioSpecification") {
            let pointer = format!("{}/kept/children/{at}", place.pointer);
            if matches!(
                place.element.kind,
                ElementKind::SubProcess { .. } | ElementKind::Transaction { .. } | ElementKind::AdHocSubProcess { .. }
            ) {
                let mut alert = look.on(
                    Alert::error("flow-data-sets", "expected no inputs and outputs at a subprocess, found some"),
                    place,
                );
                alert.pointer.clone_from(&pointer);
                found.push(alert);
            }
            for it in unlisted(io) {
                let mut alert = look.on(
                    Alert::error(
                        "flow-data-sets",
                        format!(
                            "expected the {} `{}` in a set, found it in none",
                            it.name,
                            attribute(it, "id").unwrap_or_default()
                        ),
                    ),
                    place,
                );
                alert.pointer.clone_from(&pointer);
                found.push(alert);
            }
        }
        // Events name their data beside their sets.
        let (inputs, sets): (Vec<_>, Vec<_>) = children(&place.element.kept.children)
            .map(|(_, it)| it)
            .filter(|it| ["dataInput", "dataOutput", "inputSet", "outputSet"].contains(&it.name.as_str()))
            .partition(|it| it.name.starts_with("data"));
        for it in inputs.into_iter().filter(|it| !listed(it, sets.iter().copied())) {
            let says = format!(
                "expected the {} `{}` in a set, found it in none",
                it.name,
                attribute(it, "id").unwrap_or_default()
            );
            found.push(look.on(Alert::error("flow-data-sets", says), place));
        }
    }
    for (at, flow) in look.document.flows.iter().enumerate() {
        for (nth, io) in children(&flow.kept.children).filter(|(_, it)| it.name == "ioSpecification") {
            for it in unlisted(io) {
                let says = format!(
                    "expected the {} `{}` in a set, found it in none",
                    it.name,
                    attribute(it, "id").unwrap_or_default()
                );
                found.push(
                    Alert::error("flow-data-sets", says)
                        .at(look.file, format!("/flows/{at}/kept/children/{nth}"))
                        .on(attribute(it, "id").unwrap_or_default()),
                );
            }
        }
    }
}

fn unlisted(io: &XmlElement) -> impl Iterator<Item = &XmlElement> {
    let sets: Vec<&XmlElement> =
        children(&io.children).map(|(_, it)| it).filter(|it| it.name == "inputSet" || it.name == "outputSet").collect();
    let data = children(&io.children).map(|(_, it)| it).filter(|it| it.name == "dataInput" || it.name == "dataOutput");
    data.filter(move |it| !listed(it, sets.iter().copied()))
}

fn listed<'a>(it: &XmlElement, sets: impl Iterator<Item = &'a XmlElement>) -> bool {
    let id = attribute(it, "id").unwrap_or_default();
    let word = if it.name == "dataInput" { "dataInputRefs" } else { "dataOutputRefs" };
    sets.flat_map(|it| children(&it.children)).any(|(_, it)| it.name == word && bare(&text(it)) == id)
}

//! `flow-data-sets` (error): a data input stands in no input set, a data output in no output set, a set lists data that is not declared
//! beside it, or a subprocess declares inputs and outputs, which only tasks, called elements and processes do (BPMN 2.0.2 §10.4.1, Tables
//! 10.58 to 10.61). A warning where inputs and outputs are declared without an input set or an output set (Table 10.57: one of each, be it
//! empty). Fix: refer to it from a set; add the set; give the subprocess data objects.

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
            for mut alert in of_specification(io).into_iter().map(|it| look.on(it, place)) {
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
            for it in of_specification(io) {
                found.push(it.at(look.file, format!("/flows/{at}/kept/children/{nth}")).on(flow.id.as_str()));
            }
        }
    }
}

/// What is said of declared inputs and outputs, without its place.
fn of_specification(io: &XmlElement) -> Vec<Alert> {
    let unlisted = unlisted(io).map(|it| {
        let id = attribute(it, "id").unwrap_or_default();
        Alert::error("flow-data-sets", format!("expected the {} `{id}` in a set, found it in none", it.name))
    });
    let ghosts = ghosts(io).into_iter().map(|(set, id)| {
        Alert::error("flow-data-sets", format!("expected the {set} to list data declared beside it, found `{id}`"))
    });
    let lacks = ["inputSet", "outputSet"].into_iter().filter(|set| !children(&io.children).any(|it| it.1.name == *set));
    let lacks = lacks.map(|set| {
        Alert::warning(
            "flow-data-sets",
            format!("expected the declared inputs and outputs to have an {set}, found none"),
        )
    });
    unlisted.chain(ghosts).chain(lacks).collect()
}

/// What sets list and nothing declares, with the name of the set.
fn ghosts(io: &XmlElement) -> Vec<(&str, String)> {
    let declared = |kind: &str, id: &str| {
        children(&io.children).any(|(_, it)| it.name == kind && attribute(it, "id").is_some_and(|it| it == id))
    };
    let sets = children(&io.children).map(|(_, it)| it).filter(|it| it.name == "inputSet" || it.name == "outputSet");
    let mut found = Vec::new();
    for set in sets {
        let (kind, word) =
            if set.name == "inputSet" { ("dataInput", "InputRefs") } else { ("dataOutput", "OutputRefs") };
        for (_, it) in children(&set.children).filter(|(_, it)| it.name.ends_with(word)) {
            let id = text(it);
            if !id.is_empty() && !declared(kind, bare(&id)) {
                found.push((set.name.as_str(), id));
            }
        }
    }
    found
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

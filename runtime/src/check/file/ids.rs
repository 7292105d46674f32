//! `flow-duplicate-id` in a file (error): two things share an id, in one process or in two, at the root or in the drawing; an id is unique
//! in the whole document (BPMN 2.0.2 §8.3.1, `xsd:ID`). What [`crate::check::flow`] says of one process is not said again.
//! Fix: give one of them another id.

use std::collections::BTreeSet;

use super::{Look, attribute, children};
use crate::alert::Alert;
use crate::check::flow::duplicate_ids;
use crate::model::flow::XmlElement;
use crate::places::Places;

/// Something with an id, and what it stands in.
struct Spot<'a> {
    id: &'a str,
    it: &'a XmlElement,
    /// The id of what is around it; empty: it stands at the root.
    around: &'a str,
}

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let mut spots = Vec::new();
    spot(look.root(), "", &mut spots);
    let id = |at: usize| spots[at].id;
    let places = Places::new(spots.len(), &id);
    let mut doubled: Vec<(usize, usize)> = (0..spots.len())
        .filter_map(|at| Some((places.find(id(at), &id)?, at)).filter(|(first, at)| first != at))
        .collect();
    if doubled.is_empty() {
        return;
    }
    let mut told = Vec::new();
    look.document.flows.iter().for_each(|it| duplicate_ids(&mut told, it, look.file));
    let told: BTreeSet<&str> = told.iter().filter_map(|it| it.element.as_deref()).collect();
    // One alert for each id, however often it comes.
    doubled.sort_unstable();
    // Of what stands twice as it is, everything in it does: that is one cause.
    let copies: BTreeSet<&str> = doubled
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.iter().all(|(first, at)| spots[*first].it == spots[*at].it))
        .map(|same| id(same[0].0))
        .collect();
    for same in doubled.chunk_by(|a, b| a.0 == b.0) {
        let (first, second) = same[0];
        let id = id(first);
        let within = |at: usize| copies.contains(spots[at].around);
        if told.contains(id) || same.iter().all(|(first, at)| within(*first) && within(*at)) {
            continue;
        }
        let more = match same.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let says = format!(
            "expected every id once in the file, found `{id}` at {} and at {}{more}",
            spots[first].place(),
            spots[second].place()
        );
        let pointer = look.elements.get(id).map_or("", |it| it.pointer.as_str());
        found.push(Alert::error("flow-duplicate-id", says).at(look.file, pointer).on(id).arg("element", id));
    }
}

/// Everything of BPMN and its diagrams that has an id. What another tool added has ids of its own kind.
fn spot<'a>(it: &'a XmlElement, around: &'a str, into: &mut Vec<Spot<'a>>) {
    if it.name.contains(':') || matches!(it.name.as_str(), "extensionElements" | "extension") {
        return;
    }
    let id = attribute(it, "id").map(str::trim).filter(|it| !it.is_empty());
    into.extend(id.map(|id| Spot { id, it, around }));
    let around = if it.name == "definitions" { "" } else { id.unwrap_or(around) };
    children(&it.children).for_each(|(_, it)| spot(it, around, into));
}

impl Spot<'_> {
    fn place(&self) -> String {
        let mut place = format!("the {}", self.it.name);
        if let Some(name) = attribute(self.it, "name").filter(|it| !it.trim().is_empty()) {
            place.push_str(&format!(" `{name}`"));
        }
        if !self.around.is_empty() {
            place.push_str(&format!(" in `{}`", self.around));
        }
        place
    }
}

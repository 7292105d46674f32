//! `flow-link` in a file (error): a link names its counterparts by reference (BPMN 2.0.2 Table 10.98), and they are not there, in another
//! scope, or do not name it back. Fix: one target, in the same scope, which names all its sources.

use std::collections::BTreeMap;

use super::{Look, Place, attribute, bare, children, text};
use crate::alert::Alert;
use crate::model::flow::{ElementKind, XmlElement};

struct End<'a> {
    place: &'a Place<'a>,
    throws: bool,
    scope: &'a str,
    targets: Vec<String>,
    sources: Vec<String>,
}

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let mut ends: BTreeMap<String, End> = BTreeMap::new();
    for place in look.elements.values() {
        for (_, it) in children(&place.element.kept.children).filter(|(_, it)| it.name == "linkEventDefinition") {
            let named = |word: &str, it: &XmlElement| {
                children(&it.children)
                    .filter(|(_, it)| it.name == word)
                    .map(|(_, it)| bare(&text(it)).to_owned())
                    .collect::<Vec<_>>()
            };
            let scope = place.pointer.rsplit_once('/').map_or("", |(scope, _)| scope);
            let end = End {
                place,
                throws: matches!(place.element.kind, ElementKind::IntermediateThrowEvent { .. }),
                scope,
                targets: named("target", it),
                sources: named("source", it),
            };
            ends.insert(attribute(it, "id").unwrap_or(place.element.id.as_str()).to_owned(), end);
        }
    }
    for (id, end) in &ends {
        let mut say = |says: String| found.push(look.on(Alert::error("flow-link", says), end.place));
        if end.throws && end.targets.len() > 1 {
            say(format!("expected one target of the link, found {}", end.targets.len()));
        }
        for target in &end.targets {
            match ends.get(target) {
                None => say(format!("expected the target of the link in this file, found `{target}`")),
                Some(other) if other.scope != end.scope => {
                    say(format!("expected the target of the link in the same scope, found `{target}` in another"))
                }
                Some(other) if !other.sources.iter().any(|it| it == id) => say(format!(
                    "expected the target `{target}` of the link to name it as a source, found that it does not"
                )),
                Some(_) => {}
            }
        }
        for source in end.sources.iter().filter(|it| !ends.contains_key(*it)) {
            say(format!("expected the source of the link in this file, found `{source}`"));
        }
        // Where one end goes by reference, the other does too.
        let by_reference = ends.values().any(|it| {
            it.scope == end.scope && it.throws != end.throws && !(it.targets.is_empty() && it.sources.is_empty())
        });
        if by_reference && end.targets.is_empty() && end.sources.is_empty() {
            say(format!("expected the link `{id}` to name its counterpart, found none"));
        }
    }
}

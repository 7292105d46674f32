//! `flow-link` (error): a link event has no name, no counterpart in its scope, or a second catching one (BPMN 2.0.2 §10.5.5: several
//! may throw to one); or a flow leads into the catching or out of the throwing one.
//! Fix: give both ends the same name, once each.

use super::{Graph, called, catches_link, throws_link};
use crate::alert::Alert;
use crate::model::flow::Element;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let catching: Vec<(&Element, &str)> =
        graph.seats.iter().filter_map(|it| Some((it.it, catches_link(it.it)?))).collect();
    let throwing: Vec<(&Element, &str)> =
        graph.seats.iter().filter_map(|it| Some((it.it, throws_link(it.it)?))).collect();
    for (it, name) in catching.iter().chain(&throwing) {
        if name.trim().is_empty() {
            say(found, graph, it, format!("expected a link name on `{}`, found none", called(it)));
        }
    }
    for (it, name) in throwing.iter().filter(|(_, name)| !name.trim().is_empty()) {
        if !catching.iter().any(|(_, other)| other == name) {
            say(
                found,
                graph,
                it,
                format!("expected an event of this scope that catches the link `{name}`, found none"),
            );
        }
        if !graph.out(&it.id).is_empty() {
            say(found, graph, it, format!("expected no flow out of the link `{}`, found one", called(it)));
        }
    }
    for (it, name) in catching.iter().filter(|(_, name)| !name.trim().is_empty()) {
        if !throwing.iter().any(|(_, other)| other == name) {
            say(found, graph, it, format!("expected an event of this scope that throws the link `{name}`, found none"));
        }
        if catching.iter().filter(|(_, other)| other == name).count() > 1 {
            say(found, graph, it, format!("expected one event that catches the link `{name}`, found several"));
        }
        if !graph.into(&it.id).is_empty() {
            say(found, graph, it, format!("expected no flow into the link `{}`, found one", called(it)));
        }
    }
}

fn say(found: &mut Vec<Alert>, graph: &Graph, it: &Element, says: String) {
    found.push(graph.on(Alert::error("flow-link", says), it));
}

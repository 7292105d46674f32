//! `flow-caught-twice` (warning): two events on one activity, or two event subprocesses of one scope, catch the same error, the same
//! escalation or the cancelling of one transaction; only the first ever would, the other's way is never gone (BPMN 2.0.2 §10.5.7).
//! Fix: give each a code of its own, or take one away.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, EventDefinition};

/// Where something is caught, and what.
#[derive(PartialEq)]
struct Caught<'a> {
    /// The activity; none: by an event subprocess.
    on: Option<&'a str>,
    what: &'static str,
    /// None: whatever is thrown.
    code: Option<&'a str>,
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let mut seen: Vec<(Caught, &Element)> = Vec::new();
    for it in graph.nodes() {
        match &it.kind {
            ElementKind::BoundaryEvent { attached_to_ref, .. } => {
                note(found, graph, &mut seen, Some(attached_to_ref.as_str()), it, it);
            }
            ElementKind::SubProcess { triggered_by_event: true, flow_elements } => {
                for start in flow_elements.iter().filter(|it| matches!(it.kind, ElementKind::StartEvent { .. })) {
                    note(found, graph, &mut seen, None, it, start);
                }
            }
            _other => {}
        }
    }
}

/// `at`: the element that is told; `event`: what catches.
fn note<'a>(
    found: &mut Vec<Alert>,
    graph: &Graph<'a>,
    seen: &mut Vec<(Caught<'a>, &'a Element)>,
    on: Option<&'a str>,
    at: &'a Element,
    event: &'a Element,
) {
    for definition in definitions(event) {
        let (what, code) = match definition {
            EventDefinition::Error { error_ref } => ("error", error_ref.as_deref().map(|it| error_code(graph, it))),
            EventDefinition::Escalation { escalation_ref } => ("escalation", escalation_ref.as_deref()),
            EventDefinition::Cancel {} => ("cancel", None),
            _other => continue,
        };
        let caught = Caught { on, what, code };
        match seen.iter().find(|it| it.0 == caught) {
            Some((_, other)) => {
                let says = format!(
                    "expected `{}` to catch something of its own, found that `{}` catches it",
                    called(at),
                    called(other)
                );
                found.push(graph.on(Alert::warning("flow-caught-twice", says), at).arg("name", called(other)));
            }
            None => seen.push((caught, at)),
        }
    }
}

/// Errors are caught by code: two with one code are one.
fn error_code<'a>(graph: &Graph<'a>, reference: &'a str) -> &'a str {
    let known = graph.flow.errors.iter().find(|it| it.id == reference);
    known.map(|it| it.error_code.as_str()).filter(|it| !it.is_empty()).unwrap_or(reference)
}

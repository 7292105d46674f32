//! `flow-uncaught-error` (warning): an error ends a subprocess and nothing around it catches it (BPMN 2.0.2 §10.5.7, §13.5.4); the
//! work stops there as an incident; of the process itself it is an info, since who calls it may; where every call in the file does, nothing is said. `flow-uncaught-escalation` (info): an escalation that nothing around catches changes nothing.
//! Fix: put an event that catches it on the subprocess, or an event subprocess beside.

use super::{Graph, called, definitions};
use crate::alert::{Alert, Severity};
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    // What leaves the process itself is for whoever calls it; an escalation that nobody hears there changes nothing.
    let severity = if graph.is_subprocess() { Severity::Warning } else { Severity::Info };
    for it in graph
        .nodes()
        .filter(|it| matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. }))
    {
        for definition in definitions(it) {
            match definition {
                EventDefinition::Error { error_ref }
                    if !is_caught(
                        graph,
                        |caught| matches!(caught, EventDefinition::Error { error_ref: by } if by.is_none() || by == error_ref),
                    ) =>
                {
                    let says =
                        format!("expected something around `{}` that catches its error, found nothing", called(it));
                    found.push(graph.on(Alert::new("flow-uncaught-error", severity, says), it));
                }
                EventDefinition::Escalation { escalation_ref }
                    if graph.is_subprocess()
                        && !is_caught(
                            graph,
                            |caught| matches!(caught, EventDefinition::Escalation { escalation_ref: by } if by.is_none() || by == escalation_ref),
                        ) =>
                {
                    let says = format!(
                        "expected something around `{}` that catches its escalation, found nothing",
                        called(it)
                    );
                    found.push(graph.on(Alert::new("flow-uncaught-escalation", Severity::Info, says), it));
                }
                _other => {}
            }
        }
    }
}

/// Whether every call of a flow among others catches, by an event on it, the error that one of its elements ends with.
pub fn is_caught_by_callers(flow: &Flow, element: &str, flows: &[Flow]) -> bool {
    let code = |of: &Flow, error: &Option<String>| {
        let id = error.as_deref()?;
        Some(of.errors.iter().find(|it| it.id == id).map_or(id, |it| it.error_code.as_str()).to_owned())
    };
    let thrown = flow.all().into_iter().find(|it| it.id.as_str() == element);
    let thrown = thrown.into_iter().flat_map(definitions).find_map(|it| match it {
        EventDefinition::Error { error_ref } => Some(code(flow, error_ref)),
        _other => None,
    });
    let Some(thrown) = thrown else { return false };
    let mut calls = flows.iter().flat_map(|by| by.all().into_iter().map(move |it| (by, it))).filter(
        |(_, it)| matches!(&it.kind, ElementKind::CallActivity { called_element, .. } if *called_element == flow.key),
    );
    let catches = |by: &Flow, call: &Element| {
        let on = by.all().into_iter().filter(
            |it| matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if *attached_to_ref == call.id),
        );
        on.flat_map(definitions).any(|it| match it {
            EventDefinition::Error { error_ref } => error_ref.is_none() || code(by, error_ref) == thrown,
            _other => false,
        })
    };
    let mut any = false;
    calls.all(|(by, call)| {
        any = true;
        catches(by, call)
    }) && any
}

/// True when an event subprocess of this scope or of one around it, or a boundary event of a subprocess around, catches it.
fn is_caught(graph: &Graph, catches: impl Fn(&EventDefinition) -> bool) -> bool {
    let in_event_subprocess = |scope: &[Element]| {
        let inner = scope
            .iter()
            .filter(|it| matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. }))
            .flat_map(Element::inside);
        inner.filter(|it| matches!(it.kind, ElementKind::StartEvent { .. })).flat_map(definitions).any(&catches)
    };
    let on_boundary = |scope: &[Element], host: &Element| {
        let here = scope.iter().filter(
            |it| matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if *attached_to_ref == host.id),
        );
        here.flat_map(definitions).any(&catches)
    };
    let scopes = std::iter::once(graph.flow.flow_elements.as_slice()).chain(graph.around.iter().map(|it| it.inside()));
    let scopes: Vec<&[Element]> = scopes.collect();
    graph.around.iter().zip(&scopes).any(|(host, scope)| on_boundary(scope, host))
        || scopes.into_iter().any(in_event_subprocess)
}

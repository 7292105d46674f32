//! `flow-event-position` (error): an event definition stands where BPMN does not allow it (BPMN 2.0.2 Table 10.93): a timer that
//! is thrown, a catching event that waits for nothing, a process that starts with an error, an error that does not interrupt, a link at the border of an activity.
//! Fix: choose another trigger, or another place.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, EventDefinition};

/// Where an event stands: the columns of Table 10.93.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    ProcessStart,
    InterruptingStart,
    StartBeside,
    Catch,
    InterruptingBoundary,
    BoundaryBeside,
    Throw,
    End,
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        let Some((place, words)) = place(graph, it) else { continue };
        if place == Place::Catch && definitions(it).is_empty() {
            let says = format!("expected `{}` to wait for something, found no event definition", called(it));
            found.push(graph.on(Alert::error("flow-event-position", says), it));
        }
        for definition in definitions(it).iter().filter(|it| !allowed(place, it)) {
            let kind = word(definition);
            let says = format!("expected no {kind} at the {words} `{}`, found one", called(it));
            found.push(graph.on(Alert::error("flow-event-position", says).arg("kind", kind), it));
        }
    }
}

fn place(graph: &Graph, it: &Element) -> Option<(Place, &'static str)> {
    let by_event =
        graph.holder().is_some_and(|it| matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. }));
    Some(match &it.kind {
        ElementKind::StartEvent { is_interrupting: true, .. } if by_event => {
            (Place::InterruptingStart, "start event of an event subprocess")
        }
        ElementKind::StartEvent { is_interrupting: false, .. } if by_event => {
            (Place::StartBeside, "non-interrupting start event")
        }
        // The start of any other subprocess has no trigger at all: `flow-typed-inner-start`.
        ElementKind::StartEvent { .. } if graph.is_subprocess() => return None,
        ElementKind::StartEvent { .. } => (Place::ProcessStart, "start event"),
        ElementKind::IntermediateCatchEvent { .. } => (Place::Catch, "catching event"),
        ElementKind::BoundaryEvent { cancel_activity: true, .. } => (Place::InterruptingBoundary, "boundary event"),
        ElementKind::BoundaryEvent { cancel_activity: false, .. } => {
            (Place::BoundaryBeside, "non-interrupting boundary event")
        }
        ElementKind::IntermediateThrowEvent { .. } => (Place::Throw, "throwing event"),
        ElementKind::EndEvent { .. } => (Place::End, "end event"),
        _other => return None,
    })
}

fn allowed(place: Place, definition: &EventDefinition) -> bool {
    use Place::{
        BoundaryBeside, Catch, End, InterruptingBoundary, InterruptingStart, ProcessStart, StartBeside, Throw,
    };
    let places: &[Place] = match definition {
        EventDefinition::Message { .. } | EventDefinition::Signal { .. } => {
            &[ProcessStart, InterruptingStart, StartBeside, Catch, InterruptingBoundary, BoundaryBeside, Throw, End]
        }
        EventDefinition::Timer { .. } | EventDefinition::Conditional { .. } => {
            &[ProcessStart, InterruptingStart, StartBeside, Catch, InterruptingBoundary, BoundaryBeside]
        }
        EventDefinition::Error { .. } => &[InterruptingStart, InterruptingBoundary, End],
        EventDefinition::Escalation { .. } => {
            &[InterruptingStart, StartBeside, InterruptingBoundary, BoundaryBeside, Throw, End]
        }
        EventDefinition::Compensate { .. } => &[InterruptingStart, InterruptingBoundary, Throw, End],
        EventDefinition::Cancel {} => &[InterruptingBoundary, End],
        EventDefinition::Link { .. } => &[Catch, Throw],
        EventDefinition::Terminate {} => &[End],
        // A multiple inside a multiple says nothing.
        EventDefinition::Multiple { .. } => &[],
    };
    places.contains(&place)
}

fn word(definition: &EventDefinition) -> &'static str {
    match definition {
        EventDefinition::Message { .. } => "message",
        EventDefinition::Signal { .. } => "signal",
        EventDefinition::Timer { .. } => "timer",
        EventDefinition::Conditional { .. } => "condition",
        EventDefinition::Error { .. } => "error",
        EventDefinition::Escalation { .. } => "escalation",
        EventDefinition::Compensate { .. } => "compensation",
        EventDefinition::Cancel {} => "cancellation",
        EventDefinition::Link { .. } => "link",
        EventDefinition::Terminate {} => "termination",
        EventDefinition::Multiple { .. } => "multiple event inside a multiple event",
    }
}

//! `flow-timer` (error): a timer needs exactly one of date, duration, cycle; and one that can be read.
//! Durations: `PT4H`, `P2D`, `8bh` (business hours), `3bd` (business days); a text beginning with `=` is an expression.

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::{ElementKind, EventDefinition};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        let timer = match &it.kind {
            ElementKind::StartEvent { event_definition, .. } | ElementKind::EndEvent { event_definition } | ElementKind::IntermediateThrowEvent { event_definition } => event_definition.as_ref(),
            ElementKind::IntermediateCatchEvent { event_definition } | ElementKind::BoundaryEvent { event_definition, .. } => Some(event_definition),
            _other => None,
        };
        let Some(EventDefinition::Timer { time_date, time_duration, time_cycle }) = timer else { continue };
        let given = [time_date, time_duration, time_cycle].into_iter().flatten().filter(|it| !it.trim().is_empty()).count();
        if given != 1 {
            let says = format!("expected one of date, duration and cycle on `{}`, found {given}", called(it));
            found.push(graph.on(Alert::error("flow-timer", says), it));
        }
        if matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. }) {
            found.push(graph.on(Alert::error("flow-timer", format!("expected no timer on the throwing event `{}`", called(it))), it));
        }
    }
}

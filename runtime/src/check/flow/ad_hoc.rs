//! `flow-ad-hoc` (error): an ad-hoc subprocess holds a start or end event, no activity, or a catching event that leads nowhere
//! (BPMN 2.0.2 §10.3.5): people choose what happens in it, and it is over when they say so.
//! Fix: take the event away, put an activity in, lead the event on to one.

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    if !graph.is_ad_hoc() {
        return;
    }
    for seat in &graph.seats {
        let says = match &seat.it.kind {
            ElementKind::StartEvent { .. } | ElementKind::EndEvent { .. } => {
                format!("expected no start and no end event in an ad-hoc subprocess, found `{}`", called(seat.it))
            }
            ElementKind::IntermediateCatchEvent { .. } if seat.out.is_empty() => {
                format!("expected a flow out of `{}`, found none", called(seat.it))
            }
            _other => continue,
        };
        found.push(graph.on(Alert::error("flow-ad-hoc", says), seat.it));
    }
    if !graph.seats.iter().any(|it| it.it.kind.is_activity()) && !graph.elements.is_empty() {
        found.push(
            graph.on_scope(Alert::error("flow-ad-hoc", "expected an activity in the ad-hoc subprocess, found none")),
        );
    }
}

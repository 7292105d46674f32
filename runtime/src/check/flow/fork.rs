//! `flow-no-default` (warning): every flow out of a decision has a condition and none is the default; when no condition holds,
//! the work gets stuck. Fix: mark one flow as the default.
//! `flow-no-condition` (warning; behind a decision of a pack an error): a flow out of a decision has neither a condition nor the default mark, so it is
//! always taken and hides the ones behind it.
//! `flow-undecided` (warning, in packs an error): an exclusive gateway has several flows and not one condition; always the first is taken.
//! `flow-condition-on-default` (warning): the default flow carries a condition, which is never looked at.
//! `flow-condition-ignored` (error): a condition behind a parallel gateway or an event is never looked at (BPMN 2.0.2 §8.3.13).
//! `flow-lone-condition` (error): the only flow out of an activity has a condition; when it does not hold, the work gets stuck (§8.3.13).
//! `flow-default-ignored` (warning): a default behind a parallel gateway, an event-based gateway or an event means nothing.
//! `flow-implicit-split` (info): an activity with several flows out splits into parallel branches; a gateway says so openly.

use super::{Graph, Seat, called, has_condition};
use crate::alert::{Alert, Severity};
use crate::model::flow::{Element, ElementKind};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in &graph.seats {
        let it = seat.it;
        match &it.kind {
            ElementKind::ExclusiveGateway {}
            | ElementKind::InclusiveGateway {}
            | ElementKind::ComplexGateway { .. } => decision(found, graph, seat),
            ElementKind::ParallelGateway {} => ignored(found, graph, seat),
            // Its conditions are said by `flow-event-gateway`.
            ElementKind::EventBasedGateway { .. } => default_ignored(found, graph, it),
            ElementKind::StartEvent { .. }
            | ElementKind::EndEvent { .. }
            | ElementKind::BoundaryEvent { .. }
            | ElementKind::IntermediateCatchEvent { .. }
            | ElementKind::IntermediateThrowEvent { .. } => {
                ignored(found, graph, seat);
                split(found, graph, seat);
            }
            _activity => {
                if let [flow] = seat.out.as_slice()
                    && has_condition(flow)
                    && it.default.is_none()
                {
                    let says = format!("expected no condition on the only flow out of `{}`, found one", called(it));
                    found.push(graph.on(Alert::error("flow-lone-condition", says), flow));
                }
                if seat.out.len() > 1 && is_decided(seat) {
                    no_condition(found, graph, seat, Severity::Warning);
                }
                split(found, graph, seat);
            }
        }
    }
}

/// True when somebody began to say under which condition which way is taken.
fn is_decided(seat: &Seat) -> bool {
    seat.it.default.is_some() || seat.out.iter().any(|it| has_condition(it))
}

fn decision(found: &mut Vec<Alert>, graph: &Graph, seat: &Seat) {
    let it = seat.it;
    if seat.out.len() < 2 {
        return;
    }
    if !is_decided(seat) {
        if !matches!(it.kind, ElementKind::ComplexGateway { .. }) {
            let says = format!("expected conditions behind `{}`, found none on {} flows", called(it), seat.out.len());
            found.push(graph.on(Alert::warning("flow-undecided", says), it));
        }
        return;
    }
    if it.default.is_none() && seat.out.iter().all(|it| has_condition(it)) {
        let says = format!("expected a default flow out of `{}`, found none", called(it));
        found.push(graph.on(Alert::warning("flow-no-default", says), it));
    }
    let first = found.len();
    no_condition(found, graph, seat, Severity::Warning);
    // Behind an activity a flow without a condition is a branch of its own; behind a decision it hides others.
    found[first..].iter_mut().for_each(|it| {
        it.args.insert("decision".to_owned(), true.into());
    });
}

fn no_condition(found: &mut Vec<Alert>, graph: &Graph, seat: &Seat, severity: Severity) {
    let it = seat.it;
    for flow in &seat.out {
        let is_default = it.default.as_ref() == Some(&flow.id);
        if !is_default && !has_condition(flow) {
            let says =
                format!("expected a condition on the flow `{}` out of `{}`, found none", called(flow), called(it));
            found.push(graph.on(Alert::new("flow-no-condition", severity, says), flow));
        }
        if is_default && has_condition(flow) {
            let says = format!("expected no condition on the default flow of `{}`, found one", called(it));
            found.push(graph.on(Alert::warning("flow-condition-on-default", says), flow));
        }
    }
}

fn ignored(found: &mut Vec<Alert>, graph: &Graph, seat: &Seat) {
    for flow in seat.out.iter().filter(|it| has_condition(it)) {
        let says = format!("expected no condition behind `{}`, found one", called(seat.it));
        found.push(graph.on(Alert::error("flow-condition-ignored", says), flow));
    }
    default_ignored(found, graph, seat.it);
}

fn default_ignored(found: &mut Vec<Alert>, graph: &Graph, it: &Element) {
    if it.default.is_some() {
        let says = format!("expected no default behind `{}`, found one", called(it));
        found.push(graph.on(Alert::warning("flow-default-ignored", says), it));
    }
}

fn split(found: &mut Vec<Alert>, graph: &Graph, seat: &Seat) {
    let it = seat.it;
    let always = seat.out.iter().filter(|flow| !has_condition(flow) && it.default.as_ref() != Some(&flow.id)).count();
    if always > 1 {
        let says =
            format!("expected a gateway behind `{}`, found {always} flows out of it that are always taken", called(it));
        found.push(graph.on(Alert::new("flow-implicit-split", Severity::Info, says), it));
    }
}

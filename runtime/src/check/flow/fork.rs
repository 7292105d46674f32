//! `flow-no-default` (warning): every flow out of a decision has a condition and none is the default; when no condition holds,
//! the work gets stuck. Fix: mark one flow as the default.
//! `flow-no-condition` (error): a flow out of a decision has neither a condition nor the default mark, so it is always taken
//! and hides the ones behind it.
//! `flow-condition-on-default` (warning): the default flow carries a condition, which is never looked at.
//! `flow-condition-ignored` (warning): a condition behind a parallel or event-based gateway is never looked at.
//! `flow-implicit-split` (info): an activity with several flows out splits into parallel branches; a gateway says so openly.

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind};

fn has_condition(flow: &Element) -> bool {
    matches!(&flow.kind, ElementKind::SequenceFlow { condition_expression: Some(_), .. })
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        let out = graph.out(&it.id);
        match &it.kind {
            ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {} => {
                if out.len() < 2 {
                    continue;
                }
                if it.default.is_none() && out.iter().all(|it| has_condition(it)) {
                    let says = format!("expected a default flow out of `{}`, found none", called(it));
                    found.push(graph.on(Alert::warning("flow-no-default", says), it));
                }
                for flow in out {
                    let is_default = it.default.as_ref() == Some(&flow.id);
                    if !is_default && !has_condition(flow) {
                        let says = format!("expected a condition on the flow `{}` out of `{}`, found none", called(flow), called(it));
                        found.push(graph.on(Alert::error("flow-no-condition", says), flow));
                    }
                    if is_default && has_condition(flow) {
                        let says = format!("expected no condition on the default flow of `{}`, found one", called(it));
                        found.push(graph.on(Alert::warning("flow-condition-on-default", says), flow));
                    }
                }
            }
            ElementKind::ParallelGateway {} | ElementKind::EventBasedGateway { .. } => {
                for flow in out.iter().filter(|it| has_condition(it)) {
                    let says = format!("expected no condition behind `{}`, found one", called(it));
                    found.push(graph.on(Alert::warning("flow-condition-ignored", says), flow));
                }
            }
            _other => {
                if out.len() > 1 && out.iter().any(|it| !has_condition(it)) {
                    let says = format!("expected a gateway behind `{}`, found {} flows out of it", called(it), out.len());
                    found.push(graph.on(Alert::new("flow-implicit-split", crate::alert::Severity::Info, says), it));
                }
            }
        }
    }
}

//! `flow-inclusive-gateway` (info): an inclusive gateway takes any number of ways, and its join waits for whatever can still come;
//! few people read that right. Exclusive and parallel gateways say the same more plainly.
//! `flow-complex-gateway` (info; warning where it joins without a condition): a complex gateway is read differently by different people and
//! executed by few engines; without an activation condition nobody knows when it opens (BPMN 2.0.2 §10.6.5).

use super::{Graph, called};
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in &graph.seats {
        let it = seat.it;
        let alert = match &it.kind {
            ElementKind::InclusiveGateway {} => Alert::new(
                "flow-inclusive-gateway",
                Severity::Info,
                format!("expected an exclusive or parallel gateway, found the inclusive gateway `{}`", called(it)),
            ),
            ElementKind::ComplexGateway { activation_condition } => {
                if activation_condition.as_deref().unwrap_or_default().trim().is_empty() && seat.into.len() > 1 {
                    Alert::warning(
                        "flow-complex-gateway",
                        format!("expected an activation condition on the complex gateway `{}`, found none", called(it)),
                    )
                } else {
                    Alert::new(
                        "flow-complex-gateway",
                        Severity::Info,
                        format!("expected a simpler gateway, found the complex gateway `{}`", called(it)),
                    )
                }
            }
            _other => continue,
        };
        found.push(graph.on(alert, it));
    }
}

//! `flow-dead-end` (warning; error where there is an end event or the node is a start, boundary or catching event, and in packs): a node
//! that is no end event leads nowhere. BPMN lets a token end there silently only in a scope without end events (§10.5.3); people take
//! it for a forgotten line, and it usually is one. Fix: connect it, or put an end event behind it.

use super::{Graph, called, compensates, throws_link};
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let has_end = graph.has_end();
    for seat in graph.seats.iter().filter(|it| it.out.is_empty()) {
        let it = seat.it;
        let ends_otherwise =
            matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::SubProcess { triggered_by_event: true, .. })
                || it.is_for_compensation
                || throws_link(it).is_some()
                || compensates(it) && !graph.associated(&it.id).is_empty()
                || graph.is_ad_hoc() && it.kind.is_activity();
        if ends_otherwise {
            continue;
        }
        let certain = has_end
            || matches!(
                it.kind,
                ElementKind::StartEvent { .. }
                    | ElementKind::BoundaryEvent { .. }
                    | ElementKind::IntermediateCatchEvent { .. }
            );
        let severity = if certain { Severity::Error } else { Severity::Warning };
        let says = format!("expected a flow out of `{}`, found none", called(it));
        found.push(graph.on(Alert::new("flow-dead-end", severity, says), it));
    }
}

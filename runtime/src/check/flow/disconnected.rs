//! `flow-disconnected` (warning): a node has no flow at all, neither in nor out. Fix: connect it, or delete it.

use super::{Graph, called, compensates};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in graph.seats.iter().filter(|it| it.into.is_empty() && it.out.is_empty()) {
        let it = seat.it;
        let stands_alone = matches!(
            it.kind,
            ElementKind::SubProcess { triggered_by_event: true, .. } | ElementKind::CallActivity { .. }
        ) || it.is_for_compensation
            || compensates(it)
            || graph.is_ad_hoc() && it.kind.is_activity();
        if !stands_alone {
            let says = format!("expected `{}` to be connected, found no flow at it", called(it));
            found.push(graph.on(Alert::warning("flow-disconnected", says), it));
        }
    }
}

//! `flow-many-definitions` (info): an event waits for, or throws, several things at once; several events say more plainly which.

use super::{Graph, called, definitions};
use crate::alert::{Alert, Severity};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes().filter(|it| definitions(it).len() > 1) {
        let says = format!("expected one event definition on `{}`, found {}", called(it), definitions(it).len());
        found.push(graph.on(Alert::new("flow-many-definitions", Severity::Info, says), it));
    }
}

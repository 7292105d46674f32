//! `flow-conditional-event` (warning, in packs and executable processes an error): an event waits for a condition that is not written (BPMN 2.0.2 §10.5.5); it
//! would wait for ever. Fix: write the condition.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::model::flow::EventDefinition;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        let blank = |it: &EventDefinition| matches!(it, EventDefinition::Conditional { condition } if condition.trim().is_empty());
        if definitions(it).iter().any(blank) {
            let says = format!("expected a condition at `{}`, found none", called(it));
            found.push(graph.on(Alert::new("flow-conditional-event", graph.left_open(), says), it));
        }
    }
}

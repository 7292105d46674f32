//! `flow-cancel` (error): a cancel end event outside a transaction, or a cancel boundary event on something else
//! (BPMN 2.0.2 §10.5.3, §10.5.4). `flow-cancel-nowhere` (warning): a transaction can be cancelled, but nothing leads on from there.
//! Fix: make the subprocess a transaction; put a cancel boundary event on it.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, EventDefinition};

fn is_cancel(it: &Element) -> bool {
    definitions(it).contains(&EventDefinition::Cancel {})
}

fn can_be_cancelled(elements: &[Element]) -> bool {
    elements.iter().any(|it| {
        let inner = !matches!(it.kind, ElementKind::Transaction { .. }) && can_be_cancelled(it.inside());
        inner || matches!(it.kind, ElementKind::EndEvent { .. }) && is_cancel(it)
    })
}

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let in_transaction = graph.around.iter().any(|it| matches!(it.kind, ElementKind::Transaction { .. }));
    let is_transaction = |id| graph.get(id).is_some_and(|it| matches!(it.kind, ElementKind::Transaction { .. }));
    for it in graph.nodes() {
        match &it.kind {
            ElementKind::EndEvent { .. } if is_cancel(it) && !in_transaction => {
                let says = format!("expected the cancel end event `{}` in a transaction, found it outside", called(it));
                found.push(graph.on(Alert::error("flow-cancel", says), it));
            }
            ElementKind::BoundaryEvent { attached_to_ref, .. } if is_cancel(it) && !is_transaction(attached_to_ref) => {
                let says = format!(
                    "expected the cancel event `{}` to stand on a transaction, found `{attached_to_ref}`",
                    called(it)
                );
                found.push(graph.on(Alert::error("flow-cancel", says), it));
            }
            ElementKind::Transaction { flow_elements }
                if can_be_cancelled(flow_elements) && !graph.boundary(&it.id).iter().any(|it| is_cancel(it)) =>
            {
                let says = format!(
                    "expected a cancel event on the transaction `{}`, which can be cancelled; found none",
                    called(it)
                );
                found.push(graph.on(Alert::warning("flow-cancel-nowhere", says), it));
            }
            _other => {}
        }
    }
}

//! `flow-no-name` (info, for a user task a warning): a task, an event that waits for or throws something, a decision or a condition has no
//! name; the diagram and the inbox show its id instead, or nothing.

use super::{Graph, definitions, has_condition};
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.elements.iter().filter(|it| it.name.trim().is_empty()) {
        let needs = match &it.kind {
            ElementKind::ExclusiveGateway {}
            | ElementKind::InclusiveGateway {}
            | ElementKind::ComplexGateway { .. } => graph.out(&it.id).len() > 1,
            ElementKind::SequenceFlow { .. } => has_condition(it),
            ElementKind::SubProcess { .. } | ElementKind::Transaction { .. } | ElementKind::AdHocSubProcess { .. } => {
                false
            }
            kind => kind.is_activity() || !definitions(it).is_empty(),
        };
        if needs {
            let severity = if matches!(it.kind, ElementKind::UserTask(_)) { Severity::Warning } else { Severity::Info };
            found.push(
                graph.on(
                    Alert::new("flow-no-name", severity, format!("expected a name on `{}`, found none", it.id)),
                    it,
                ),
            );
        }
    }
}

//! `flow-no-name` (info): a task, an event people see, or a decision has no name; the diagram and the inbox show its id instead.

use super::Graph;
use crate::alert::{Alert, Severity};
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes().filter(|it| it.name.trim().is_empty()) {
        let needs = match &it.kind {
            ElementKind::UserTask(_) => true,
            ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {} => graph.out(&it.id).len() > 1,
            kind => kind.is_activity(),
        };
        if needs {
            let severity = if matches!(it.kind, ElementKind::UserTask(_)) { Severity::Warning } else { Severity::Info };
            found.push(graph.on(Alert::new("flow-no-name", severity, format!("expected a name on `{}`, found none", it.id)), it));
        }
    }
}

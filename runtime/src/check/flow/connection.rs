//! `flow-unknown-node` (error): a sequence flow, a boundary event or a default points at nothing in its scope.
//! `flow-bad-connection` (error): a sequence flow enters a start or boundary event, leaves an end event, or ends at its own start event (BPMN 2.0.2 §10.4, §10.5).
//! `flow-duplicate-connection` (warning): two unconditional flows between the same two nodes double the token.

use std::collections::BTreeSet;

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let mut pairs = BTreeSet::new();
    for it in graph.elements {
        match &it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } => {
                for (end, id) in [("sourceRef", source_ref), ("targetRef", target_ref)] {
                    match graph.get(id).map(|node| (&node.kind, node)) {
                        None | Some((ElementKind::SequenceFlow { .. } | ElementKind::TextAnnotation { .. }, _)) => {
                            let says = format!("expected `{end}` to name a node of this scope, found `{id}`");
                            let mut alert = graph.on(Alert::error("flow-unknown-node", says), it);
                            alert.pointer = format!("{}/{end}", alert.pointer);
                            found.push(alert.arg("name", id.as_str()));
                        }
                        Some((ElementKind::StartEvent { .. } | ElementKind::BoundaryEvent { .. }, node)) if end == "targetRef" => {
                            let says = format!("expected no sequence flow into the event `{}`", called(node));
                            found.push(graph.on(Alert::error("flow-bad-connection", says), it));
                        }
                        Some((ElementKind::EndEvent { .. }, node)) if end == "sourceRef" => {
                            let says = format!("expected no sequence flow out of the end event `{}`", called(node));
                            found.push(graph.on(Alert::error("flow-bad-connection", says), it));
                        }
                        Some(_) => {}
                    }
                }
                if condition_expression.is_none() && !pairs.insert((source_ref, target_ref)) {
                    let says = format!("found a second flow from `{source_ref}` to `{target_ref}`");
                    found.push(graph.on(Alert::warning("flow-duplicate-connection", says), it));
                }
            }
            ElementKind::BoundaryEvent { attached_to_ref, .. } => {
                let host = graph.get(attached_to_ref);
                if !host.is_some_and(|it| it.kind.is_activity()) {
                    let says = format!("expected the event to stand on an activity, found `{attached_to_ref}`");
                    found.push(graph.on(Alert::error("flow-unknown-node", says), it).arg("name", attached_to_ref.as_str()));
                }
            }
            _other => {}
        }
        if let Some(default) = &it.default
            && !graph.out(&it.id).iter().any(|flow| flow.id == *default)
        {
            let says = format!("expected the default to be a flow out of `{}`, found `{default}`", called(it));
            found.push(graph.on(Alert::error("flow-unknown-node", says), it).arg("name", default.as_str()));
        }
    }
}

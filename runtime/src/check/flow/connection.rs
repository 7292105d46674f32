//! `flow-unknown-node` (error): a sequence flow, a boundary event or a default points at nothing in its scope.
//! `flow-bad-connection` (error): a sequence flow enters a start or boundary event, leaves an end event, or touches something no
//! token passes: a note, a data object, an event subprocess (BPMN 2.0.2 §8.3.13, §10.3.5, §10.5).
//! `flow-duplicate-connection` (warning): two flows between the same two nodes under the same condition double the token.

use std::collections::BTreeSet;

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let mut pairs = BTreeSet::new();
    for it in graph.elements {
        match &it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } => {
                for (end, id) in [("sourceRef", source_ref), ("targetRef", target_ref)] {
                    match graph.get(id) {
                        None => {
                            let elsewhere = graph.flow.all().iter().any(|it| it.id == *id);
                            let says = if elsewhere {
                                format!(
                                    "expected `{end}` to name a node of this scope, found `{id}`, which is in another; no sequence flow crosses the border of a subprocess"
                                )
                            } else {
                                format!("expected `{end}` to name a node of this scope, found `{id}`")
                            };
                            let mut alert = graph.on(Alert::error("flow-unknown-node", says), it);
                            alert.pointer = format!("{}/{end}", alert.pointer);
                            found.push(alert.arg("name", id.as_str()));
                        }
                        Some(node) => {
                            if let Some(says) = refused(node, end == "sourceRef") {
                                found.push(graph.on(Alert::error("flow-bad-connection", says), it));
                            }
                        }
                    }
                }
                let condition = condition_expression.as_deref().unwrap_or_default().trim();
                // Numbers are compared before what they stand for.
                let ends = [source_ref, target_ref].map(|id| graph.place(id).ok_or(id));
                if !pairs.insert((ends, condition)) {
                    let says = format!("found a second flow from `{source_ref}` to `{target_ref}`");
                    found.push(graph.on(Alert::warning("flow-duplicate-connection", says), it));
                }
            }
            ElementKind::BoundaryEvent { attached_to_ref, .. } => {
                let host = graph.get(attached_to_ref);
                if !host.is_some_and(|it| it.kind.is_activity()) {
                    let says = format!("expected the event to stand on an activity, found `{attached_to_ref}`");
                    found.push(
                        graph.on(Alert::error("flow-unknown-node", says), it).arg("name", attached_to_ref.as_str()),
                    );
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

/// Why a sequence flow may not begin or end at a node.
fn refused(node: &Element, is_source: bool) -> Option<String> {
    match &node.kind {
        ElementKind::StartEvent { .. } | ElementKind::BoundaryEvent { .. } if !is_source => {
            Some(format!("expected no sequence flow into the event `{}`", called(node)))
        }
        ElementKind::EndEvent { .. } if is_source => {
            Some(format!("expected no sequence flow out of the end event `{}`", called(node)))
        }
        ElementKind::SubProcess { triggered_by_event: true, .. } => Some(format!(
            "expected no sequence flow at the event subprocess `{}`, which its event starts",
            called(node)
        )),
        kind if !kind.is_node() => {
            Some(format!("expected a sequence flow between nodes, found `{}`, which no token passes", called(node)))
        }
        _other => None,
    }
}

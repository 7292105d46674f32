//! Where a flow and its subprocesses begin.

use std::collections::BTreeMap;

use super::plan::{Kind, Node};
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, Flow};

/// Where the flow and its subprocesses begin: at the first none start event; else at the only start event; a scope
/// without start events begins at every node nothing leads to (BPMN 2.0.2 §10.5.2).
pub(super) fn of(flow: &Flow, nodes: &BTreeMap<NodeId, Node>) -> BTreeMap<Option<NodeId>, Vec<NodeId>> {
    fn scope(elements: &[Element], nodes: &BTreeMap<NodeId, Node>) -> Vec<NodeId> {
        let mut plain = Vec::new();
        let mut triggered = Vec::new();
        for it in elements {
            if let ElementKind::StartEvent { event_definition, .. } = &it.kind {
                if event_definition.is_none() { plain.push(it.id.clone()) } else { triggered.push(it.id.clone()) }
            }
        }
        if let Some(first) = plain.into_iter().next().or_else(|| triggered.into_iter().next()) {
            return vec![first];
        }
        let free = |it: &&Element| {
            nodes.get(&it.id).is_some_and(|node| node.incoming.is_empty() && !matches!(node.kind, Kind::Boundary { .. }))
        };
        elements.iter().filter(free).map(|it| it.id.clone()).collect()
    }
    let mut found = BTreeMap::from([(None, scope(&flow.flow_elements, nodes))]);
    for it in flow.all() {
        if !it.inside().is_empty() || matches!(it.kind, ElementKind::SubProcess { .. }) {
            found.insert(Some(it.id.clone()), scope(it.inside(), nodes));
        }
    }
    found
}

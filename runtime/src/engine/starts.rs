//! Where a flow and its subprocesses begin.

use std::collections::BTreeMap;

use super::plan::{Kind, Node};
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

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
        let free = |it: &&Element| nodes.get(&it.id).is_some_and(|node| begins(node, it));
        elements.iter().filter(free).map(|it| it.id.clone()).collect()
    }
    let mut found = BTreeMap::from([(None, scope(&flow.flow_elements, nodes))]);
    for it in flow.all() {
        let inside = nodes.get(&it.id).is_some_and(|it| it.kind.has_inside());
        // In an ad-hoc subprocess nothing starts by itself.
        if inside && !matches!(it.kind, ElementKind::AdHocSubProcess { .. }) {
            found.insert(Some(it.id.clone()), scope(it.inside(), nodes));
        }
    }
    found
}

/// Whether a node that nothing leads to begins with its scope: not what an event, compensation or a link starts.
fn begins(node: &Node, element: &Element) -> bool {
    let link =
        matches!(element.kind, ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { .. } });
    let event = matches!(node.kind, Kind::Boundary { .. } | Kind::EventStart { .. } | Kind::Sub { event: true });
    node.incoming.is_empty() && !event && !link && !node.compensates
}

/// Start events of event subprocesses, by the scope they watch over, in file order.
pub(super) fn of_events(flow: &Flow, nodes: &BTreeMap<NodeId, Node>) -> BTreeMap<Option<NodeId>, Vec<NodeId>> {
    let mut found: BTreeMap<Option<NodeId>, Vec<NodeId>> = BTreeMap::new();
    for it in flow.all() {
        if let Some(Kind::EventStart { sub, .. }) = nodes.get(&it.id).map(|it| &it.kind)
            && let Some(sub) = nodes.get(sub)
        {
            found.entry(sub.parent.clone()).or_default().push(it.id.clone());
        }
    }
    found
}

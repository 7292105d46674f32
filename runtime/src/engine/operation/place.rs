//! Where a token comes to stand, and in which scope: shared by moving and migrating.

use super::super::instance::{Instance, Place, ScopeKind};
use super::super::plan::{Node, Plan};
use crate::id::NodeId;

/// Where a token that takes a flow comes to stand: before a join, or in the node behind it.
pub(super) fn behind(plan: &Plan, flow: &NodeId) -> Option<Place> {
    let target = &plan.paths.get(flow)?.target;
    Some(if plan.joins(target) { Place::Flow(flow.clone()) } else { Place::Node(target.clone()) })
}

/// The node a place belongs to.
pub(super) fn node<'p>(plan: &'p Plan, place: &Place) -> Option<&'p Node> {
    match place {
        Place::Node(id) => plan.node(id),
        Place::Flow(id) => plan.node(&plan.paths.get(id)?.target),
    }
}

/// The subprocesses around a node, innermost first.
pub(super) fn around(plan: &Plan, node: &Node) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut at = node.parent.clone();
    while let Some(id) = at {
        at = plan.node(&id).and_then(|it| it.parent.clone());
        found.push(id);
    }
    found
}

/// The tokens of a scope, by where they stand; one of them left out.
pub(super) fn places(instance: &Instance, scope: Option<u64>, without: Option<u64>) -> Vec<Place> {
    let inside = instance.tokens.iter().filter(|(id, it)| it.scope == scope && Some(**id) != without);
    inside.map(|(_, it)| it.at.clone()).collect()
}

/// The flow itself and every open subprocess.
pub(super) fn scopes(instance: &Instance) -> Vec<Option<u64>> {
    let open = instance.scopes.iter().filter(|(_, it)| it.kind == ScopeKind::Inside);
    std::iter::once(None).chain(open.map(|(id, _)| Some(*id))).collect()
}

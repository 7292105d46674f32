//! Gateways (BPMN 2.0.2 §10.6, §13.4), and the choice of flows out of any node.

mod complex;
pub(super) mod event_based;
mod exclusive;
mod inclusive;
mod parallel;
mod quantity;
mod stuck;

use super::evaluate::Names;
use super::plan::{Kind, Node, Plan};
use super::run::Stuck;
use crate::id::NodeId;

/// The flows taken out of a node, and why.
#[derive(Default)]
pub(super) struct Choice {
    pub taken: Vec<NodeId>,
    pub because: Vec<(NodeId, bool)>,
    /// Whether there was anything to decide.
    pub explain: bool,
}

/// `reset`: the token was made by the reset of a complex gateway.
pub(super) fn choose(plan: &Plan, node: &Node, names: &Names, reset: bool) -> Result<Choice, Stuck> {
    match &node.kind {
        Kind::Exclusive => exclusive::choose(plan, node, node.default.as_ref(), names),
        Kind::Complex(_) => complex::choose(plan, node, names, reset),
        Kind::Parallel | Kind::EventBased { .. } => Ok(Choice { taken: node.outgoing.clone(), ..Choice::default() }),
        Kind::Link(_) => Ok(Choice::default()),
        Kind::Inclusive
        | Kind::Pass
        | Kind::Throw(_)
        | Kind::User(_)
        | Kind::Service(_)
        | Kind::Script(_)
        | Kind::Rule { .. }
        | Kind::Child(_)
        | Kind::Sub { .. }
        | Kind::Transaction
        | Kind::AdHoc(_)
        | Kind::Catch(_)
        | Kind::Boundary { .. }
        | Kind::EventStart { .. } => inclusive::choose(plan, node, node.default.as_ref(), names),
    }
}

/// Whether a flow's condition holds; a flow without one always is taken.
fn holds(plan: &Plan, flow: &NodeId, names: &Names) -> Result<bool, Stuck> {
    match plan.paths.get(flow).and_then(|it| it.condition.as_ref()) {
        Some(it) => it.holds(names).map_err(|says| format!("condition of `{flow}`: {says}")),
        None => Ok(true),
    }
}

//! Start quantity (BPMN 2.0.2 §10.3, Table 10.3): an activity begins when so many tokens have arrived, by whichever of its
//! flows.

use super::super::instance::Place;
use super::super::run::Run;
use super::NodeId;

impl Run<'_> {
    pub(in super::super) fn join_quantity(&mut self, activity: &NodeId, scope: Option<u64>) {
        let Some(node) = self.plan.node(activity).filter(|it| it.quantity.0 > 1) else { return };
        let before = |at: &Place| matches!(at, Place::Flow(it) if node.incoming.contains(it));
        let waiting = self.instance.tokens.iter().filter(|(_, it)| it.scope == scope && before(&it.at));
        let tokens: Vec<u64> = waiting.map(|(id, _)| *id).take(node.quantity.0 as usize).collect();
        if tokens.len() == node.quantity.0 as usize {
            self.join(activity, scope, tokens);
        }
    }
}

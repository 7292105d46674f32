//! Parallel gateway (BPMN 2.0.2 §10.6.4, §13.4.1): takes exactly one token from every incoming flow; a second token on a
//! flow waits for the next round. Splits into all outgoing flows, conditions are not looked at.

use super::super::instance::Place;
use super::super::plan::Kind;
use super::super::run::Run;
use super::NodeId;

impl Run<'_> {
    /// Joins at a parallel gateway as soon as every incoming flow has a token of this scope.
    pub(in super::super) fn join_parallel(&mut self, gateway: &NodeId, scope: Option<u64>) {
        let Some(node) = self.plan.node(gateway).filter(|it| matches!(it.kind, Kind::Parallel)) else { return };
        let first = |flow: &NodeId| {
            let on = |at: &Place| matches!(at, Place::Flow(it) if it == flow);
            self.instance.tokens.iter().find(|(_, it)| it.scope == scope && on(&it.at)).map(|(id, _)| *id)
        };
        if let Some(tokens) = node.incoming.iter().map(first).collect::<Option<Vec<u64>>>() {
            self.join(gateway, scope, tokens);
        }
    }
}

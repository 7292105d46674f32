//! Event-based gateway (BPMN 2.0.2 §10.6.6): waits for the first of the events behind it; the others are forgotten. A
//! parallel one (only at the start of a flow) lets every event have a token of its own, so that all must happen.

use super::super::fact::Fact;
use super::super::plan::Node;
use super::super::run::{Run, Stuck, Work};
use super::NodeId;
use crate::model::flow::NotifyMoment;

impl<'a> Run<'a> {
    /// The events behind the gateway begin to wait; they find the token where it stands.
    pub(in super::super) fn wait_for_first(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        let scope = self.scope_of(token);
        for (_, event) in self.alternatives(node) {
            self.arm(Some(token), event, scope)?;
        }
        Ok(())
    }

    /// The events behind the gateway, each with the flow to it.
    pub(in super::super) fn alternatives(&self, node: &Node) -> Vec<(NodeId, &'a Node)> {
        let plan = self.plan;
        let behind =
            |flow: &NodeId| plan.paths.get(flow).and_then(|it| plan.node(&it.target)).map(|it| (flow.clone(), it));
        node.outgoing.iter().filter_map(behind).collect()
    }

    /// One of the events has happened.
    pub(in super::super) fn first_came(&mut self, token: u64, gateway: &Node, event: &'a Node) {
        let Some((flow, _)) = self.alternatives(gateway).into_iter().find(|(_, it)| it.id == event.id) else { return };
        let Some(it) = self.instance.tokens.get(&token).cloned() else { return };
        self.clear(token, "another event came first");
        self.emit(Fact::Decided { node: gateway.id.clone(), taken: vec![flow.clone()], because: Vec::new() });
        self.emit(Fact::Left { token, node: gateway.id.clone() });
        let token = self.place(&event.id, Some(&flow), it.scope, it.outcome);
        self.set_stage(event);
        self.notify_rules(token, event, NotifyMoment::Enter);
        self.queue(Work::Leave { token });
    }
}

//! Transactions (BPMN 2.0.2 §10.3.5, §13.5.3). Cancelled, by a cancel end event inside or from outside: what is active inside
//! is taken away, what was completed is compensated, and the transaction is left by its cancel boundary event. An error
//! that leaves it (a hazard) compensates nothing.

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::instance::ScopeKind;
use super::super::plan::{Kind, Node};
use super::super::run::{Run, Stuck};
use crate::id::NodeId;

impl<'a> Run<'a> {
    /// A cancel end event: cancels the transaction around it.
    pub(in super::super) fn cancel_around(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        let mut at = self.scope_of(token);
        while let Some((id, scope)) = at.and_then(|it| Some((it, self.instance.scopes.get(&it)?.clone()))) {
            let kind = self.plan.node(&scope.node).map(|it| &it.kind);
            if scope.kind == ScopeKind::Inside && matches!(kind, Some(Kind::Transaction)) {
                self.clear(token, "done");
                self.emit(Fact::Left { token, node: node.id.clone() });
                self.cancel_transaction(id, scope.token);
                return Ok(());
            }
            at = scope.parent;
        }
        Err("expected a transaction around the cancel end event, found none".to_owned())
    }

    fn cancel_transaction(&mut self, scope: u64, token: u64) {
        self.clear_scope(Some(scope), "cancelled");
        if let Some(node) = self.node_of(token) {
            self.compensate_transaction(token, node, scope);
        }
    }

    /// From outside: the oldest token in the activity.
    pub(in super::super) fn cancel_activity(&mut self, id: &NodeId) -> Result<(), Refusal> {
        let token = self.stands_in(id)?;
        let inside = self
            .instance
            .scopes
            .iter()
            .find(|(_, it)| it.token == token && it.kind == ScopeKind::Inside)
            .map(|(id, _)| *id);
        match (self.node_of(token).map(|it| &it.kind), inside) {
            (Some(Kind::Transaction), Some(scope)) if !self.instance.compensations.contains_key(&token) => {
                self.cancel_transaction(scope, token);
            }
            (Some(Kind::Transaction), _) => return Err(Refusal::NotNow { node: id.clone() }),
            (Some(_) | None, _) => self.remove(token, "withdrawn"),
        }
        Ok(())
    }

    /// The oldest token in a node.
    pub(in super::super) fn stands_in(&self, id: &NodeId) -> Result<u64, Refusal> {
        if self.plan.node(id).is_none() {
            return Err(Refusal::NoSuchNode { node: id.clone() });
        }
        let stands = |it: &&u64| self.node_of(**it).is_some_and(|it| it.id == *id);
        self.instance.tokens.keys().find(stands).copied().ok_or_else(|| Refusal::NotNow { node: id.clone() })
    }
}

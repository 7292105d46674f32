//! Ad-hoc subprocesses (BPMN 2.0.2 §10.3.5, §13.3.5): people choose which of the activities inside begins when, and how often;
//! in a sequential one only one at a time. The completion condition is asked each time an activity inside is left; without
//! one it is done when somebody says so. Then nothing new begins, and what is still active is cancelled or finished.

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::instance::{Phase, ScopeKind};
use super::super::plan::{AdHoc, Kind, Node};
use super::super::run::{Run, Stuck};
use crate::id::NodeId;

impl<'a> Run<'a> {
    pub(in super::super) fn open_ad_hoc(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        let open = self.inside(token);
        self.open_scope_at(token, node, &[])?;
        // Tried again, because the condition could not be asked.
        if open.is_some() {
            self.ask_ad_hoc(open);
        }
        Ok(())
    }

    fn inside(&self, token: u64) -> Option<u64> {
        self.instance.scopes.iter().find(|(_, it)| it.token == token && it.kind == ScopeKind::Inside).map(|(id, _)| *id)
    }

    /// Starts an activity of an open ad-hoc subprocess.
    pub(in super::super) fn start_activity(&mut self, id: &NodeId) -> Result<(), Refusal> {
        let node = self.plan.node(id).ok_or_else(|| Refusal::NoSuchNode { node: id.clone() })?;
        let refuse = || Refusal::NotNow { node: id.clone() };
        let sub = node.parent.as_ref().and_then(|it| self.plan.node(it)).ok_or_else(refuse)?;
        let Kind::AdHoc(ad_hoc) = &sub.kind else { return Err(refuse()) };
        let event = matches!(node.kind, Kind::Boundary { .. } | Kind::EventStart { .. } | Kind::Sub { event: true });
        if event || node.compensates || !node.incoming.is_empty() {
            return Err(refuse());
        }
        let open =
            |it: &super::super::instance::Scope| it.node == sub.id && it.kind == ScopeKind::Inside && !it.fulfilled;
        let scope = self.instance.scopes.iter().find(|(_, it)| open(it)).map(|(id, _)| *id).ok_or_else(refuse)?;
        if ad_hoc.sequential && self.instance.tokens.values().any(|it| it.scope == Some(scope)) {
            return Err(refuse());
        }
        if self.instance.tokens.len() >= crate::limits::INSTANCE_TOKENS {
            return Err(Refusal::Limit { what: "tokens".to_owned() });
        }
        self.enter(id, None, Some(scope), None);
        Ok(())
    }

    /// Somebody says that it is done.
    pub(in super::super) fn finish_ad_hoc(&mut self, id: &NodeId) -> Result<(), Refusal> {
        let open = |it: &super::super::instance::Scope| it.node == *id && it.kind == ScopeKind::Inside && !it.fulfilled;
        let found = self.instance.scopes.iter().find(|(_, it)| open(it)).map(|(id, _)| *id);
        match (found, self.plan.node(id).map(|it| &it.kind)) {
            (Some(scope), Some(Kind::AdHoc(ad_hoc))) => {
                self.fulfil(scope, id, ad_hoc);
                Ok(())
            }
            (_, Some(_)) => Err(Refusal::NotNow { node: id.clone() }),
            (_, None) => Err(Refusal::NoSuchNode { node: id.clone() }),
        }
    }

    /// Asks the completion condition, if the scope is the inside of an ad-hoc subprocess.
    pub(in super::super) fn ask_ad_hoc(&mut self, scope: Option<u64>) {
        let Some((id, it)) = scope.and_then(|id| Some((id, self.instance.scopes.get(&id)?.clone()))) else { return };
        let Some(node) = self.plan.node(&it.node) else { return };
        let Kind::AdHoc(ad_hoc) = &node.kind else { return };
        let Some(condition) = &ad_hoc.condition else { return };
        if it.fulfilled || it.kind != ScopeKind::Inside {
            return;
        }
        match condition.holds(&self.names_in(scope, None)) {
            Ok(true) => self.fulfil(id, &it.node, ad_hoc),
            Ok(false) => {}
            Err(says) => self.stuck(it.token, node, format!("completion condition: {says}"), Phase::Work),
        }
    }

    fn fulfil(&mut self, scope: u64, node: &NodeId, ad_hoc: &AdHoc) {
        self.emit(Fact::Fulfilled { scope, node: node.clone() });
        if ad_hoc.cancel_remaining {
            self.clear_scope(Some(scope), "no longer needed");
        }
    }
}

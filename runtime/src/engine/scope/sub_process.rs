//! A subprocess opens a scope; its token waits outside. When nothing is left inside, the scope closes and the subprocess
//! is left.

use serde_json::{Map, Value};

use super::super::fact::Fact;
use super::super::instance::{ScopeKind, State};
use super::super::plan::{Kind, Node};
use super::super::run::{Run, Stuck, Work};
use crate::id::NodeId;

impl<'a> Run<'a> {
    pub(in super::super) fn open_scope(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        let starts = self.plan.starts.get(&Some(node.id.clone())).map(Vec::as_slice).unwrap_or_default();
        self.open_scope_at(token, node, starts)
    }

    /// Opens the inside of a subprocess and begins at those nodes. It may be open already (tried again).
    pub(in super::super) fn open_scope_at(
        &mut self,
        token: u64,
        node: &'a Node,
        starts: &[NodeId],
    ) -> Result<(), Stuck> {
        if self.instance.scopes.values().any(|it| it.token == token && it.kind == ScopeKind::Inside) {
            return Ok(());
        }
        let parent = self.scope_of(token);
        let outcome = self.outcome(token);
        let scope = self.instance.next;
        let objects = self.plan.data_objects.get(&Some(node.id.clone())).into_iter().flatten();
        let vars: Map<String, Value> = objects.map(|it| (it.clone(), Value::Null)).collect();
        let kind = ScopeKind::Inside;
        self.emit(Fact::ScopeOpened { scope, token, node: node.id.clone(), parent, kind, vars, of: None });
        for start in starts {
            self.enter(start, None, Some(scope), outcome.clone());
        }
        self.watch(Some(scope))
    }

    /// Event subprocesses begin to watch over a scope.
    pub(in super::super) fn watch(&mut self, scope: Option<u64>) -> Result<(), Stuck> {
        let Some(owner) = self.waits_at(scope) else { return Ok(()) };
        let node = scope.and_then(|it| self.instance.scopes.get(&it)).map(|it| it.node.clone());
        let plan = self.plan;
        for event in plan.watching(node.as_ref()) {
            self.arm(owner, event, scope)?;
        }
        Ok(())
    }

    /// Closes one scope that has run empty. True: there was one.
    pub(in super::super) fn close_scope(&mut self) -> bool {
        let open = &self.instance.scopes;
        let empty = |scope: u64| {
            self.instance.tokens.values().all(|it| it.scope != Some(scope))
                && open.values().all(|it| it.parent != Some(scope))
        };
        let over = |id: u64| {
            let Some(it) = open.get(&id) else { return false };
            match self.plan.node(&it.node).map(|it| &it.kind) {
                Some(Kind::AdHoc(_)) => it.fulfilled || it.kind != ScopeKind::Inside,
                Some(_) | None => true,
            }
        };
        let found = open.iter().find(|(id, _)| empty(**id) && over(**id));
        let Some((scope, token, kind)) = found.map(|(id, it)| (*id, it.token, it.kind)) else { return false };
        match kind {
            ScopeKind::Inside => {
                self.disarm(Some(scope));
                if let Some(node) = self.node_of(token) {
                    self.keep_compensable(token, node, Some(scope));
                }
                // What the turn of a repeated activity gives may be in there.
                let vars = self.instance.scopes.get(&scope).map(|it| it.vars.clone()).unwrap_or_default();
                if let (Some((turn, _)), false) = (self.turn_of(token), vars.is_empty()) {
                    self.emit(Fact::VarsSet { scope: Some(turn), vars });
                }
                self.emit(Fact::ScopeClosed { scope });
                self.queue(Work::Leave { token });
            }
            ScopeKind::Turn { index } => self.turn_gone(scope, token, index),
            ScopeKind::Handler { entry } => self.handler_ended(scope, token, entry),
        }
        self.instance.state == State::Running
    }
}

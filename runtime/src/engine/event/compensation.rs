//! Compensation (BPMN 2.0.2 §10.6, §13.5.5). A completed activity that has a handler is remembered with its variables; a
//! subprocess with what was completed inside. Thrown, the handlers run one after the other, the last completed activity
//! first. What is thrown without an activity is for the scope around the event; out of an event subprocess, for the scope
//! it watches over. The token of the throwing event waits; if the event does not wait, a token of its own does.

use serde_json::{Map, Value};

use super::super::fact::Fact;
use super::super::instance::{After, Compensable, Phase, ScopeKind};
use super::super::plan::{Kind, Node};
use super::super::run::{Run, Stuck, Work};
use super::super::trigger::Wait;
use crate::id::NodeId;
use crate::limits;

impl<'a> Run<'a> {
    /// Remembers an activity that has completed, if it can be compensated; `body`: the inside of a subprocess, which is about
    /// to close. Of a repeated activity each turn is remembered by itself.
    pub(in super::super) fn keep_compensable(&mut self, token: u64, node: &'a Node, body: Option<u64>) {
        let inside = body.is_some_and(|body| self.instance.compensable.values().any(|it| it.scope == Some(body)));
        if node.compensates || !(inside || self.compensating(node)) {
            return;
        }
        let turn = self.turn_of(token).map(|it| it.0);
        let scope = match turn.and_then(|it| self.instance.scopes.get(&it)) {
            Some(it) => it.parent,
            None => self.scope_of(token),
        };
        let own = [turn, body].into_iter().flatten().filter_map(|it| self.instance.scopes.get(&it));
        let vars = own.flat_map(|it| it.vars.clone()).collect();
        let entry = self.instance.next;
        self.emit(Fact::Compensable { entry, node: node.id.clone(), scope, body, vars });
    }

    /// Whether it has something that compensates it.
    fn compensating(&self, node: &Node) -> bool {
        node.handler.is_some() || self.compensating_start(node).is_some()
    }

    /// A loop must not make an instance grow without end.
    pub(in super::super) fn has_room_to_compensate(&self, node: &Node) -> Result<(), Stuck> {
        let most = limits::INSTANCE_COMPENSABLE;
        if self.instance.compensable.len() < most || !self.compensating(node) {
            return Ok(());
        }
        Err(format!("expected at most {most} activities that can be compensated, found more"))
    }

    /// The start event of the event subprocess that compensates a subprocess from within.
    fn compensating_start(&self, node: &Node) -> Option<&'a Node> {
        if !node.kind.has_inside() {
            return None;
        }
        self.plan.watching(Some(&node.id)).find(|it| it.kind.wait().is_some_and(Wait::compensation))
    }

    /// Throws compensation. True: the token goes on at once.
    pub(in super::super) fn compensate(
        &mut self,
        token: u64,
        node: &'a Node,
        activity: Option<&NodeId>,
        wait: bool,
    ) -> bool {
        let chosen = self.chosen(token, activity);
        let entries = self.unwound(chosen);
        if entries.is_empty() {
            return true;
        }
        if wait {
            self.emit(Fact::CompensationBegan { token, node: node.id.clone(), entries, then: After::Leave });
            self.compensate_next(token);
            return false;
        }
        let carrier = self.instance.next;
        let (scope, outcome) = (self.scope_of(token), self.outcome(token));
        self.emit(Fact::Entered { token: carrier, node: node.id.clone(), via: None, scope, outcome, turn: true });
        self.emit(Fact::CompensationBegan { token: carrier, node: node.id.clone(), entries, then: After::Vanish });
        self.compensate_next(carrier);
        true
    }

    /// Compensates all that was completed in a transaction, then leaves it by its cancel event.
    pub(in super::super) fn compensate_transaction(&mut self, token: u64, node: &'a Node, scope: u64) {
        let inside = self.instance.compensable.iter().filter(|(_, it)| it.scope == Some(scope));
        let inside = inside.map(|(id, _)| *id).collect();
        let entries = self.unwound(inside);
        self.emit(Fact::CompensationBegan { token, node: node.id.clone(), entries, then: After::Cancel });
        self.compensate_next(token);
    }

    /// What is meant: of the innermost scope in sight that completed the activity; without an activity, all of the scope.
    fn chosen(&self, token: u64, activity: Option<&NodeId>) -> Vec<u64> {
        let completed = |scope: Option<u64>| {
            let here = self.instance.compensable.iter().filter(move |(_, it)| it.scope == scope);
            here.filter(|(_, it)| activity.is_none_or(|activity| it.node == *activity)).map(|(id, _)| *id)
        };
        let mut found = Vec::new();
        let mut at = self.scope_of(token);
        loop {
            found.extend(completed(at));
            let Some(scope) = at.and_then(|it| self.instance.scopes.get(&it)) else { break };
            if scope.of.is_some() {
                found.extend(completed(scope.of));
                break;
            }
            let watches = matches!(self.plan.node(&scope.node).map(|it| &it.kind), Some(Kind::Sub { event: true }));
            let further =
                if activity.is_some() { found.is_empty() } else { watches || scope.kind != ScopeKind::Inside };
            if !further {
                break;
            }
            at = scope.parent;
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Those that have something to run, the last completed first. A subprocess without a handler of its own is compensated
    /// by what was completed inside.
    fn unwound(&self, chosen: Vec<u64>) -> Vec<u64> {
        let mut found = Vec::new();
        // A stack: what is to come next is at its end.
        let mut open = chosen;
        while let Some(id) = open.pop() {
            let Some(entry) = self.instance.compensable.get(&id) else { continue };
            let Some(node) = self.plan.node(&entry.node) else { continue };
            if self.compensating(node) {
                found.push(id);
            } else if let Some(body) = entry.body {
                open.extend(
                    self.instance.compensable.iter().filter(|(_, it)| it.scope == Some(body)).map(|(id, _)| *id),
                );
            }
        }
        found
    }

    /// Runs the next handler, or ends.
    pub(in super::super) fn compensate_next(&mut self, token: u64) {
        let Some(compensation) = self.instance.compensations.get(&token).cloned() else { return };
        let Some(node) = self.node_of(token) else { return };
        // What somebody else has compensated meanwhile is done.
        for entry in compensation.entries {
            let Some(found) = self.instance.compensable.get(&entry).cloned() else { continue };
            let Some(done) = self.plan.node(&found.node) else { continue };
            let scope = self.instance.next;
            let around = self.instance.scopes.iter().find(|(_, it)| it.token == token && it.kind == ScopeKind::Inside);
            let parent = around.map(|(id, _)| *id).or(self.scope_of(token));
            let kind = ScopeKind::Handler { entry };
            let vars = self.snapshot(&found);
            self.emit(Fact::ScopeOpened { scope, token, node: done.id.clone(), parent, kind, vars, of: found.body });
            if let Some(handler) = &done.handler {
                self.enter(handler, None, Some(scope), None);
            } else if let Some(start) = self.compensating_start(done) {
                self.begin_event_sub(start, Some(scope));
            }
            return;
        }
        let gone = compensation.then == After::Vanish;
        if gone {
            self.clear(token, "done");
        }
        self.emit(Fact::CompensationEnded { token, gone });
        match compensation.then {
            After::Leave => self.queue(Work::Leave { token }),
            After::Vanish => {}
            After::Cancel => {
                if let Err(says) = self.leave_cancelled(token, node) {
                    self.stuck(token, node, says, Phase::Work);
                }
            }
        }
    }

    /// The variables an activity had around it in subprocesses that have completed since.
    fn snapshot(&self, entry: &Compensable) -> Map<String, Value> {
        let mut vars = entry.vars.clone();
        let mut at = entry.scope;
        while let Some(around) =
            at.and_then(|scope| self.instance.compensable.values().find(|it| it.body == Some(scope)))
        {
            for (name, value) in &around.vars {
                vars.entry(name.clone()).or_insert_with(|| value.clone());
            }
            at = around.scope;
        }
        vars
    }

    /// The scope of a handler has run empty.
    pub(in super::super) fn handler_ended(&mut self, scope: u64, token: u64, entry: u64) {
        let node = self.instance.scopes.get(&scope).map(|it| it.node.clone()).unwrap_or_default();
        self.emit(Fact::ScopeClosed { scope });
        self.emit(Fact::Compensated { token, entry, node });
        self.compensate_next(token);
    }

    /// Err: it cannot be left so.
    fn leave_cancelled(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        match node.cancel_event(self.plan) {
            Some(event) => {
                self.interrupt(token, &event.id, "cancel");
                Ok(())
            }
            None => {
                self.clear(token, "cancelled");
                Err("expected a cancel boundary event on the transaction, found none".to_owned())
            }
        }
    }
}

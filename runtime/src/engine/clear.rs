//! Taking away: what hangs on a token, what is inside a scope, a token with all of it.

use super::effect::Effect;
use super::fact::Fact;
use super::instance::Timer;
use super::plan::Kind;
use super::run::Run;
use crate::id::{IncidentId, InstanceId, JobId, TaskId, TimerId};

impl Run<'_> {
    /// Takes everything that hangs on a token away: tasks, timers, jobs, called flows, incidents, the inside of a
    /// subprocess. The token itself stays.
    pub fn clear(&mut self, token: u64, why: &str) {
        let hang = |it: &u64| *it == token;
        let tasks = self.instance.tasks.values().filter(|it| hang(&it.token)).map(|it| it.id.clone());
        for task in tasks.collect::<Vec<TaskId>>() {
            self.emit(Fact::TaskCancelled { task, why: why.to_owned() });
        }
        self.close_sheet(token, why, None);
        let timers = self
            .instance
            .timers
            .iter()
            .chain(&self.instance.held)
            .filter(|(_, it)| it.token == Some(token))
            .map(|(id, _)| id.clone());
        for timer in timers.collect::<Vec<TimerId>>() {
            self.emit(Fact::TimerCancelled { timer });
        }
        let jobs = self.instance.jobs.iter().filter(|(_, it)| hang(it)).map(|(id, _)| id.clone());
        for job in jobs.collect::<Vec<JobId>>() {
            self.emit(Fact::JobDone { job, outcome: None });
        }
        let children = self.instance.children.iter().filter(|(_, it)| hang(it)).map(|(id, _)| id.clone());
        for child in children.collect::<Vec<InstanceId>>() {
            self.emit(Fact::ChildEnded { child: child.clone() });
            self.effects.push(Effect::CancelChild { child });
        }
        self.resolve(token);
        // The inner ones first: a handler's scope stands beside what it compensates.
        let scopes = self.instance.scopes.iter().filter(|(_, it)| hang(&it.token)).map(|(id, _)| *id);
        for scope in scopes.rev().collect::<Vec<u64>>() {
            self.clear_scope(Some(scope), why);
            self.emit(Fact::ScopeClosed { scope });
        }
    }

    /// Removes every token of a scope (none: of the whole instance).
    pub fn clear_scope(&mut self, scope: Option<u64>, why: &str) {
        let inside = self.instance.tokens.iter().filter(|(_, it)| it.scope == scope).map(|(id, _)| *id);
        for token in inside.collect::<Vec<u64>>() {
            // One may have gone with another it hung on.
            if self.instance.tokens.contains_key(&token) {
                self.remove(token, why);
            }
        }
        self.disarm(scope);
    }

    /// Event subprocesses that watch over a scope wait no more.
    pub fn disarm(&mut self, scope: Option<u64>) {
        let Some(owner) = self.waits_at(scope) else { return };
        let watches = |it: &Timer| {
            it.token == owner
                && matches!(self.plan.node(&it.node).map(|it| &it.kind), None | Some(Kind::EventStart { .. }))
        };
        let timers = self
            .instance
            .timers
            .iter()
            .chain(&self.instance.held)
            .filter(|(_, it)| watches(it))
            .map(|(id, _)| id.clone());
        for timer in timers.collect::<Vec<TimerId>>() {
            self.emit(Fact::TimerCancelled { timer });
        }
    }

    /// What the waiting of event subprocesses hangs on: the token outside of the scope, or (inner none) the flow itself.
    /// None: there is no such scope.
    pub fn waits_at(&self, scope: Option<u64>) -> Option<Option<u64>> {
        match scope {
            None => Some(None),
            Some(scope) => self.instance.scopes.get(&scope).map(|it| Some(it.token)),
        }
    }

    /// Removes a token with all that hangs on it.
    pub fn remove(&mut self, token: u64, why: &str) {
        self.clear(token, why);
        self.emit(Fact::Removed { token, why: why.to_owned() });
    }

    /// Resolves what is stuck at a token.
    pub fn resolve(&mut self, token: u64) {
        let stuck = self.instance.incidents.iter().filter(|(_, it)| it.token == token).map(|(id, _)| id.clone());
        for incident in stuck.collect::<Vec<IncidentId>>() {
            self.emit(Fact::IncidentResolved { incident });
        }
    }

    /// Whether something is under way inside what the token stands in.
    pub fn has_inside(&self, token: u64) -> bool {
        self.instance.repeats.contains_key(&token) || self.instance.scopes.values().any(|it| it.token == token)
    }
}

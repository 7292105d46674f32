//! Errors and escalations go outward (BPMN 2.0.2 §10.5.6): from the activity where they happened to its boundary events, then
//! to the event subprocesses of the scope around it, then to the boundary events of that subprocess, and so on. On each
//! level the exact code goes before the catch-all. Out of a called flow they go to its caller.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::instance::{Phase, ScopeKind, State};
use super::super::plan::{Kind, Node};
use super::super::run::Run;
use super::super::trigger::Trigger;
use super::super::{Effect, Refusal};
use super::catch::{Catcher, interrupted};
use crate::id::NodeId;

/// Any code.
const EVERY: &str = "*";

/// Who catches an error.
pub(super) enum To<'a> {
    Catcher(Catcher<'a>),
    /// The flow that called this one.
    Caller,
}

impl<'a> Run<'a> {
    /// Throws an error at a token's activity and outward. `about` becomes the variable `error`. False: nobody catches it.
    pub(in super::super) fn throw(&mut self, token: u64, code: &str, about: Value) -> bool {
        match self.who_catches(token, code) {
            Some(to) => {
                self.hand(to, code, about);
                true
            }
            None => false,
        }
    }

    pub(super) fn who_catches(&self, token: u64, code: &str) -> Option<To<'a>> {
        let caught = |it: &Trigger| if let Trigger::Error(it) = it { Some(it.clone()) } else { None };
        if let Some(at) = self.catcher(token, code, &caught) {
            return Some(To::Catcher(at));
        }
        let outside =
            self.instance.parent.as_ref().is_some_and(|it| it.catches.iter().any(|it| it == code || it == EVERY));
        outside.then_some(To::Caller)
    }

    pub(super) fn hand(&mut self, to: To<'a>, code: &str, about: Value) {
        match to {
            To::Catcher(at) => {
                // Variables that are full must not hide the error.
                let _ = self.set_vars(at.scope, Map::from_iter([("error".to_owned(), about)]));
                self.occurs(at, code, Map::new());
            }
            To::Caller => {
                self.clear_scope(None, "error");
                if self.instance.state == State::Running {
                    self.end(Some(code.to_owned()));
                }
            }
        }
    }

    /// An error that happened at an activity outside of the flow; nobody catches it: an incident there.
    pub(in super::super) fn raise_error(&mut self, id: &NodeId, code: &str, message: &str) -> Result<(), Refusal> {
        let token = self.stands_in(id)?;
        if !self.throw(token, code, json!({ "code": code, "message": message }))
            && let Some(node) = self.node_of(token)
        {
            let says = format!("the error `{code}` was raised, nobody catches it: {message}");
            self.stuck(token, node, says, Phase::Work);
        }
        Ok(())
    }

    /// Throws an escalation at a token and outward. Nobody catches it: the caller is told; nobody there: nothing happens.
    pub(in super::super) fn escalate(&mut self, token: u64, code: &str, message: &str) {
        let to = self.who_is_told(token, code);
        self.hand_escalation(to, code, message);
    }

    pub(super) fn who_is_told(&self, token: u64, code: &str) -> Option<Catcher<'a>> {
        self.catcher(token, code, &escalation)
    }

    /// Whether an escalation nobody catches in here is caught by something that ends the call of this flow.
    pub(super) fn ends_call(&self, code: &str) -> bool {
        let known = self.instance.parent.as_ref().map(|it| &it.escalations);
        known.and_then(|it| it.get(code).or_else(|| it.get(EVERY))).is_some_and(|it| *it)
    }

    pub(super) fn hand_escalation(&mut self, to: Option<Catcher<'a>>, code: &str, message: &str) {
        match to {
            Some(at) => {
                let about = json!({ "code": code, "message": message });
                let _ = self.set_vars(at.scope, Map::from_iter([("escalation".to_owned(), about)]));
                self.occurs(at, code, Map::new());
            }
            None if self.instance.parent.is_some() => {
                self.effects.push(Effect::Escalate { code: code.to_owned(), message: message.to_owned() });
                // Taken away where it stands, as everything is that an interrupting event is around.
                if self.ends_call(code) && self.instance.state == State::Running {
                    self.cancel(format!("the escalation `{code}` has ended the call"));
                }
            }
            None => {}
        }
    }

    /// Error codes caught at a token's activity or further out; `*`: all.
    pub(in super::super) fn caught_at(&self, token: u64) -> Vec<String> {
        let mut found = self.instance.parent.as_ref().map(|it| it.catches.clone()).unwrap_or_default();
        for it in self.levels(token).into_iter().flatten() {
            if let Some(Trigger::Error(code)) = it.trigger() {
                found.push(code.clone().unwrap_or_else(|| EVERY.to_owned()));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Escalation codes caught at a token's activity or further out (`*`: every other), and whether who catches it first
    /// interrupts.
    pub(in super::super) fn escalations_at(&self, token: u64) -> BTreeMap<String, bool> {
        let mut found = self.instance.parent.as_ref().map(|it| it.escalations.clone()).unwrap_or_default();
        for level in self.levels(token).into_iter().rev() {
            let own =
                level.iter().rev().filter_map(|it| Some((escalation(it.trigger()?)?, it.event.kind.interrupts())));
            let (exact, every): (Vec<_>, Vec<_>) = own.partition(|(code, _)| code.is_some());
            if let Some((_, ends)) = every.last() {
                found = BTreeMap::from([(EVERY.to_owned(), *ends)]);
            }
            found.extend(exact.into_iter().filter_map(|(code, ends)| Some((code?, ends))));
        }
        found
    }

    /// Who catches the code first. `code_of`: the code a trigger of the kind wanted catches (none inside: every).
    fn catcher(
        &self,
        token: u64,
        code: &str,
        code_of: &dyn Fn(&Trigger) -> Option<Option<String>>,
    ) -> Option<Catcher<'a>> {
        for level in self.levels(token) {
            let mut every = None;
            for it in level {
                match it.trigger().and_then(code_of) {
                    Some(Some(own)) if own == code => return Some(it),
                    Some(None) => every = every.or(Some(it)),
                    Some(Some(_)) | None => {}
                }
            }
            if every.is_some() {
                return every;
            }
        }
        None
    }

    /// Everything that could catch something thrown at a token, level by level outward.
    fn levels(&self, token: u64) -> Vec<Vec<Catcher<'a>>> {
        let mut levels = Vec::new();
        let mut at = token;
        // Event subprocesses it came out of: none catches what it throws itself.
        let mut from: Vec<&NodeId> = Vec::new();
        loop {
            let Some(stands) = self.instance.tokens.get(&at) else { return levels };
            let scope = stands.scope;
            from.extend(self.node_of(at).filter(|it| matches!(it.kind, Kind::Sub { event: true })).map(|it| &it.id));
            if let Some(node) = self.node_of(at).filter(|_| self.turn_of(at).is_none()) {
                let events = node.boundary.iter().filter_map(|it| self.plan.node(it));
                levels.push(events.flat_map(|event| parts(Some(at), event, scope)).collect());
            }
            let around = scope.and_then(|it| self.instance.scopes.get(&it));
            let watched = match around {
                None => scope.is_none(),
                Some(it) => it.kind == ScopeKind::Inside,
            };
            if watched && !interrupted(self.plan, &self.instance, scope) {
                let own = |it: &&Node| matches!(&it.kind, Kind::EventStart { sub, .. } if from.contains(&sub));
                let events = self.plan.watching(around.map(|it| &it.node)).filter(|it| !own(it));
                levels.push(events.flat_map(|event| parts(around.map(|it| it.token), event, scope)).collect());
            }
            match around {
                Some(it) => at = it.token,
                None => return levels,
            }
        }
    }
}

/// The escalation a trigger waits for: its code (none inside: every).
fn escalation(it: &Trigger) -> Option<Option<String>> {
    if let Trigger::Escalation(code) = it { Some(code.clone()) } else { None }
}

fn parts<'a>(owner: Option<u64>, event: &'a Node, scope: Option<u64>) -> Vec<Catcher<'a>> {
    let count = event.kind.wait().map_or(0, |it| it.triggers.len());
    (0..count).map(|part| Catcher { owner, event, part, scope }).collect()
}

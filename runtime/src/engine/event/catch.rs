//! Waiting for something and its coming (BPMN 2.0.2 §10.5.5), alike for intermediate events, receive tasks, events behind
//! an event-based gateway, boundary events and the starts of event subprocesses. Where nothing needs to be remembered (a
//! signal, a message for the record) an event waits simply because its token stands there.

use serde_json::{Map, Value};

use super::super::fact::Fact;
use super::super::instance::{Instance, Mark, Note, Phase, Place, ScopeKind, State};
use super::super::plan::{Kind, Node, Plan};
use super::super::run::{Run, Stuck, Work};
use super::super::trigger::{Trigger, Wait};
use crate::id::NodeId;
use crate::limits;

/// One thing that is waited for: the `part`th trigger of `event`.
#[derive(Clone, Copy)]
pub(in super::super) struct Catcher<'a> {
    /// The token it is waited for at: in the event, before it in an event-based gateway, in the activity it is attached
    /// to, or outside of the scope it watches over. None: it watches over the flow itself.
    pub owner: Option<u64>,
    pub event: &'a Node,
    pub part: usize,
    /// The scope it sees.
    pub scope: Option<u64>,
}

impl<'a> Catcher<'a> {
    pub fn trigger(&self) -> Option<&'a Trigger> {
        self.event.kind.wait()?.triggers.get(self.part)
    }

    fn mark(&self, note: Note) -> Mark {
        Mark { token: self.owner, node: self.event.id.clone(), part: self.part as u32, note }
    }

    /// What is remembered of it.
    pub fn notes<'i>(&self, instance: &'i Instance) -> impl Iterator<Item = &'i Note> {
        let (owner, event, part) = (self.owner, self.event.id.clone(), self.part as u32);
        instance
            .marks
            .iter()
            .filter(move |it| it.token == owner && it.node == event && it.part == part)
            .map(|it| &it.note)
    }

    /// A message whose key could not be evaluated is not waited for: nobody knows which is meant.
    pub fn waits(&self, instance: &Instance) -> bool {
        let keyed = matches!(self.trigger(), Some(Trigger::Message { key: Some(_), .. }));
        !keyed || self.notes(instance).any(|it| matches!(it, Note::Key(_)))
    }
}

/// Everything an instance waits for that `wanted` names: what stands longest first, then event subprocesses, those of
/// inner scopes first. Each event once, with its first such trigger.
pub(in super::super) fn catchers<'a>(
    plan: &'a Plan,
    instance: &Instance,
    wanted: &dyn Fn(&Trigger) -> bool,
) -> Vec<Catcher<'a>> {
    let mut found = Vec::new();
    let mut look = |owner: Option<u64>, event: &'a Node, scope: Option<u64>| {
        for part in parts(event.kind.wait(), wanted) {
            let it = Catcher { owner, event, part, scope };
            if !it.notes(instance).any(|it| *it == Note::Happened) {
                found.push(it);
                return;
            }
        }
    };
    for (id, token) in &instance.tokens {
        let Place::Node(node) = &token.at else { continue };
        let Some(node) = plan.node(node) else { continue };
        let turn = turn_in(instance, *id, &node.id).is_some();
        if matches!(node.kind, Kind::Catch(_)) && (turn || node.repeat.is_none()) {
            look(Some(*id), node, token.scope);
        }
        if matches!(node.kind, Kind::EventBased { .. }) {
            for event in node.outgoing.iter().filter_map(|it| plan.paths.get(it)).filter_map(|it| plan.node(&it.target))
            {
                look(Some(*id), event, token.scope);
            }
        }
        if !turn {
            for event in node.boundary.iter().filter_map(|it| plan.node(it)) {
                look(Some(*id), event, token.scope);
            }
        }
    }
    let inside = instance.scopes.iter().rev().filter(|(_, it)| it.kind == ScopeKind::Inside && !it.fulfilled);
    for (scope, it) in inside {
        if !interrupted(plan, instance, Some(*scope)) {
            plan.watching(Some(&it.node)).for_each(|event| look(Some(it.token), event, Some(*scope)));
        }
    }
    if instance.state == State::Running && !interrupted(plan, instance, None) {
        plan.watching(None).for_each(|event| look(None, event, None));
    }
    found
}

fn parts(wait: Option<&Wait>, wanted: &dyn Fn(&Trigger) -> bool) -> Vec<usize> {
    let triggers = wait.map(|it| it.triggers.as_slice()).unwrap_or_default();
    triggers.iter().enumerate().filter(|(_, it)| wanted(it)).map(|(part, _)| part).collect()
}

/// Whether an interrupting event subprocess has taken over the scope: then nothing else starts in it.
pub(in super::super) fn interrupted(plan: &Plan, instance: &Instance, scope: Option<u64>) -> bool {
    instance.tokens.values().filter(|it| it.scope == scope).any(|it| {
        let Place::Node(node) = &it.at else { return false };
        let starts = || plan.watching(plan.node(node).and_then(|it| it.parent.as_ref()));
        matches!(plan.node(node).map(|it| &it.kind), Some(Kind::Sub { event: true }))
            && starts()
                .any(|it| it.kind.interrupts() && matches!(&it.kind, Kind::EventStart { sub, .. } if sub == node))
    })
}

/// The turn a token is: the scope of the turn and its number; none: it is not the token of a turn.
pub(in super::super) fn turn_in(instance: &Instance, token: u64, node: &NodeId) -> Option<(u64, u32)> {
    let scope = instance.tokens.get(&token)?.scope?;
    match instance.scopes.get(&scope)? {
        it if it.node == *node => match it.kind {
            ScopeKind::Turn { index } => Some((scope, index)),
            ScopeKind::Inside | ScopeKind::Handler { .. } => None,
        },
        _ => None,
    }
}

impl<'a> Run<'a> {
    /// Begins to wait: sets timers, evaluates keys of messages.
    pub(in super::super) fn arm(
        &mut self,
        owner: Option<u64>,
        event: &'a Node,
        scope: Option<u64>,
    ) -> Result<(), Stuck> {
        let Some(wait) = event.kind.wait() else { return Ok(()) };
        for (part, trigger) in wait.triggers.iter().enumerate() {
            let at = Catcher { owner, event, part, scope };
            match trigger {
                Trigger::Timer(when) => {
                    let waits = |it: &super::super::instance::Timer| {
                        it.token == owner && it.node == event.id && it.part == part as u32
                    };
                    if !self.instance.timers.values().chain(self.instance.held.values()).any(waits) {
                        self.set_timer(at, when)?;
                    }
                }
                Trigger::Message { key: Some(key), .. } => {
                    if !at.notes(&self.instance).any(|it| matches!(it, Note::Key(_))) {
                        let outcome = owner.and_then(|it| self.outcome(it));
                        let key = as_key(&key.eval(&self.names_in(scope, outcome.as_deref()))?)?;
                        let Mark { token, node, part, note } = at.mark(Note::Key(key));
                        self.emit(Fact::Noted { token, node, part, note });
                    }
                }
                Trigger::Condition(_) => self.dirty = true,
                Trigger::Message { key: None, .. }
                | Trigger::Signal(_)
                | Trigger::Error(_)
                | Trigger::Escalation(_)
                | Trigger::Compensation
                | Trigger::Cancel => {}
            }
        }
        Ok(())
    }

    /// One thing waited for has come. `name`: of what came; `payload` goes into the variables.
    pub(in super::super) fn occurs(&mut self, at: Catcher<'a>, name: &str, payload: Map<String, Value>) {
        let Some(wait) = at.event.kind.wait() else { return };
        // An earlier catcher of the same thing may have taken this one away.
        let stands = match at.owner {
            Some(token) => self.node_of(token),
            None => None,
        };
        if (at.owner.is_some() && stands.is_none())
            || at.scope.is_some_and(|it| !self.instance.scopes.contains_key(&it))
        {
            return;
        }
        if let Err(says) = self.set_vars(at.scope, payload) {
            return self.complain(at, says);
        }
        // What does not interrupt makes tokens: its own, and one inside an event subprocess.
        if !at.event.kind.interrupts() && self.instance.tokens.len() + 2 > limits::INSTANCE_TOKENS {
            let most = limits::INSTANCE_TOKENS;
            let says = format!("expected at most {most} tokens in one instance (a limit of the engine), found more");
            return self.complain(at, says);
        }
        if wait.all && wait.triggers.len() > 1 {
            let Mark { token, node, part, note } = at.mark(Note::Happened);
            self.emit(Fact::Noted { token, node, part, note });
            let all: Vec<Catcher> = (0..wait.triggers.len()).map(|part| Catcher { part, ..at }).collect();
            if !all.iter().all(|it| it.notes(&self.instance).any(|it| *it == Note::Happened)) {
                return;
            }
            if !at.event.kind.interrupts() {
                for it in &all {
                    let Mark { token, node, part, note } = it.mark(Note::Happened);
                    self.emit(Fact::Forgotten { token, node, part, note });
                }
            }
        }
        match (&at.event.kind, at.owner, stands) {
            (Kind::EventStart { sub, interrupting, .. }, ..) => self.start_event_sub(at, sub, *interrupting, name),
            (Kind::Boundary { .. }, Some(token), _) => self.boundary_fires(token, at.event, name),
            (_, Some(token), Some(node)) if node.id == at.event.id => {
                self.emit(Fact::Caught { node: at.event.id.clone(), name: name.to_owned() });
                self.queue(Work::Leave { token });
            }
            (_, Some(token), Some(gateway)) => {
                self.emit(Fact::Caught { node: at.event.id.clone(), name: name.to_owned() });
                self.first_came(token, gateway, at.event);
            }
            (_, None, _) | (_, Some(_), None) => {}
        }
    }

    /// What an event that waits could not do, said at its token, or at the first one of the scope it watches over.
    pub(in super::super) fn complain(&mut self, at: Catcher<'a>, says: Stuck) {
        let inside = || self.instance.tokens.iter().find(|(_, it)| it.scope == at.scope).map(|(id, _)| *id);
        let Some(token) = at.owner.or_else(inside) else { return };
        let said = self.instance.incidents.values().any(|it| it.token == token && it.message == says);
        if let (Some(node), false) = (self.node_of(token), said) {
            self.stuck(token, node, says, Phase::Work);
        }
    }

    /// The turn a token is, with its number.
    pub(in super::super) fn turn_of(&self, token: u64) -> Option<(u64, u32)> {
        self.turn_at(token, self.node_of(token)?)
    }

    /// The same, where the node the token stands in is known.
    pub(in super::super) fn turn_at(&self, token: u64, node: &Node) -> Option<(u64, u32)> {
        node.repeat.as_ref()?;
        turn_in(&self.instance, token, &node.id)
    }
}

/// A message's key as text.
pub(in super::super) fn as_key(value: &Value) -> Result<String, Stuck> {
    match value {
        Value::String(it) => Ok(it.clone()),
        Value::Number(it) => Ok(it.to_string()),
        Value::Bool(it) => Ok(it.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(format!("expected a text or a number as the key of a message, found {value}"))
        }
    }
}

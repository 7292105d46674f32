//! Taking a running instance to another version of its flow. Carried over: tokens, open tasks with their people and
//! deadlines, signatures, running plugin calls and called flows, open subprocesses, what was done by whom, variables, and
//! timers whose event is still there. Reset: timers of events that are gone are cancelled, events that are new begin to
//! wait from now. A token before a join goes on at once where there is no join any more, and a join that has all it needs
//! in the new version joins.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::instance::{Instance, Place, ScopeKind, State, Timer};
use super::super::plan::{Kind, Plan};
use super::super::run::Run;
use super::super::trigger::Trigger;
use super::ending::{Verdict, ending};
use super::place::{node as node_at, places, scopes};
use crate::id::{NodeId, TimerId};

/// What a running instance would do if its flow got another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fate {
    /// It has ended, or is on that version already.
    Stay {},
    /// It can go. `risky`: then some run could get stuck there, or it is not known.
    Move { risky: Vec<NodeId> },
    /// It stands in elements that have no counterpart; somebody must say where it goes on.
    NeedsMapping { nodes: Vec<NodeId> },
    /// It could not go on, or not end, there.
    WouldBreak { why: Vec<String> },
}

/// What would happen to an instance, with everything it stands in mapped.
pub fn fate(new: &Plan, instance: &Instance, mapping: &BTreeMap<NodeId, NodeId>) -> Fate {
    if !matches!(instance.state, State::Running | State::Suspended) {
        return Fate::Stay {};
    }
    let nodes = unmapped(instance, mapping);
    if !nodes.is_empty() {
        return Fate::NeedsMapping { nodes };
    }
    let mut after = instance.clone();
    after.rename(mapping);
    let mut why = problems(new, &after);
    if !why.is_empty() {
        return Fate::WouldBreak { why };
    }
    let mut risky = Vec::new();
    for scope in scopes(&after) {
        let tokens = places(&after, scope, None).into_iter().map(|it| match &it {
            // Where there is no join any more the token goes on.
            Place::Flow(flow) => super::place::behind(new, flow).unwrap_or(it),
            Place::Node(_) => it,
        });
        match ending(new, tokens.collect()) {
            Verdict::Fine => {}
            Verdict::Risky { stuck } => risky.extend(stuck),
            Verdict::Unknown {} => risky.extend(places(&after, scope, None).into_iter().map(|it| match it {
                Place::Node(id) | Place::Flow(id) => id,
            })),
            Verdict::CannotEnd { stuck } => {
                let at: Vec<&str> = stuck.iter().map(NodeId::as_str).collect();
                why.push(format!("the flow could not end any more; it would get stuck at {}", at.join(", ")));
            }
        }
    }
    if why.is_empty() { Fate::Move { risky } } else { Fate::WouldBreak { why } }
}

/// What the instance stands in that has no counterpart.
fn unmapped(instance: &Instance, mapping: &BTreeMap<NodeId, NodeId>) -> Vec<NodeId> {
    let tokens = instance.tokens.values().map(|it| match &it.at {
        Place::Node(id) | Place::Flow(id) => id,
    });
    let mut found: Vec<NodeId> = tokens
        .chain(instance.scopes.values().map(|it| &it.node))
        .filter(|it| !mapping.contains_key(*it))
        .cloned()
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Why an instance could not go on in a flow.
fn problems(plan: &Plan, it: &Instance) -> Vec<String> {
    let mut found = Vec::new();
    for (id, token) in &it.tokens {
        let (Place::Node(at) | Place::Flow(at)) = &token.at;
        let Some(node) = node_at(plan, &token.at) else {
            found.push(format!("there is no `{at}`"));
            continue;
        };
        let scope = token.scope.and_then(|scope| it.scopes.get(&scope));
        let fits = match scope.map(|it| (it.kind, &it.node)) {
            None => node.parent.is_none(),
            Some((ScopeKind::Inside, around)) => node.parent.as_ref() == Some(around),
            Some((ScopeKind::Turn { .. }, activity)) => node.id == *activity,
            Some((ScopeKind::Handler { .. }, _)) => node.compensates,
        };
        if !fits {
            found.push(format!("`{at}` stands in another subprocess"));
        }
        if let Place::Flow(_) = token.at {
            continue;
        }
        let own = |other: u64| other == *id;
        let repeats = it.repeats.contains_key(id);
        let inside = it.scopes.values().filter(|it| it.kind == ScopeKind::Inside).any(|it| own(it.token));
        let task = it.tasks.values().any(|it| own(it.token));
        let job = it.jobs.values().any(|it| own(*it));
        let child = it.children.values().any(|it| own(*it));
        let stuck = it.incidents.values().any(|it| own(it.token));
        let compensates = it.compensations.contains_key(id);
        let wrong = if repeats {
            node.repeat.is_none()
        } else if inside {
            !node.kind.has_inside()
        } else if task {
            !matches!(node.kind, Kind::User(_))
        } else if job {
            !matches!(node.kind, Kind::Service(_))
        } else if child {
            !matches!(node.kind, Kind::Child(_))
        } else {
            // Nothing hangs on it: something from outside must bring it on, or a retry.
            !(stuck || compensates || matches!(node.kind, Kind::Catch(_) | Kind::EventBased { .. }))
        };
        if wrong {
            found.push(format!("`{at}` is something else there: what is under way could not go on"));
        }
    }
    for scope in it.scopes.values() {
        if plan.node(&scope.node).is_none() {
            found.push(format!("there is no `{}`", scope.node));
        }
    }
    found
}

/// Whether a timer still belongs to something.
fn has_timer(plan: &Plan, instance: &Instance, timer: &Timer) -> bool {
    let Some(node) = plan.node(&timer.node) else { return false };
    if timer.reminder.is_some() {
        return matches!(node.kind, Kind::User(_));
    }
    let waits = node.kind.wait().and_then(|it| it.triggers.get(timer.part as usize));
    let stands = timer.token.and_then(|it| instance.tokens.get(&it)).map(|it| &it.at);
    let here = match (&node.kind, stands) {
        (Kind::Boundary { host, .. }, Some(Place::Node(at))) => host == at,
        (_, Some(Place::Node(at))) if node.parent.is_some() && matches!(node.kind, Kind::EventStart { .. }) => {
            plan.node(at).is_some()
        }
        (_, Some(Place::Node(at))) => {
            let behind = || {
                plan.node(at).is_some_and(|it| {
                    it.outgoing.iter().any(|flow| plan.paths.get(flow).is_some_and(|it| it.target == node.id))
                })
            };
            *at == node.id || behind()
        }
        (_, Some(Place::Flow(_))) => false,
        (_, None) => timer.token.is_none(),
    };
    here && matches!(waits, Some(Trigger::Timer(_)))
}

impl Instance {
    /// Calls elements by their new names; what has none keeps its own.
    pub(in super::super) fn rename(&mut self, mapping: &BTreeMap<NodeId, NodeId>) {
        let to = |id: &mut NodeId| {
            if let Some(new) = mapping.get(id) {
                id.clone_from(new);
            }
        };
        for it in self.tokens.values_mut() {
            let (Place::Node(id) | Place::Flow(id)) = &mut it.at;
            to(id);
        }
        self.scopes.values_mut().for_each(|it| to(&mut it.node));
        for it in self.tasks.values_mut() {
            to(&mut it.node);
            if let Some((node, _)) = it.sent.as_mut().and_then(|it| it.from.as_mut()) {
                to(node);
            }
        }
        for (node, _) in self.sent.values_mut().filter_map(|it| it.from.as_mut()) {
            to(node);
        }
        for it in self.sheets.values_mut() {
            to(&mut it.node);
            to(&mut it.like.node);
        }
        self.timers.values_mut().chain(self.held.values_mut()).for_each(|it| to(&mut it.node));
        self.incidents.values_mut().for_each(|it| to(&mut it.node));
        self.marks.iter_mut().for_each(|it| to(&mut it.node));
        self.compensable.values_mut().for_each(|it| to(&mut it.node));
        for it in &mut self.gates {
            to(&mut it.node);
            it.taken.iter_mut().for_each(to);
        }
        let done = std::mem::take(&mut self.done);
        for (mut node, it) in done {
            to(&mut node);
            self.done.insert(node, it);
        }
    }
}

impl<'a> Run<'a> {
    /// The plan is the new version's.
    pub(in super::super) fn migrate(
        &mut self,
        version: String,
        nodes: BTreeMap<NodeId, NodeId>,
    ) -> Result<(), Refusal> {
        match fate(self.plan, &self.instance, &nodes) {
            Fate::Stay {} => return Err(Refusal::AlreadyEnded),
            Fate::Move { .. } => {}
            Fate::NeedsMapping { nodes } => {
                return Err(Refusal::CannotMigrate {
                    why: nodes.iter().map(|it| format!("`{it}` has no counterpart")).collect(),
                });
            }
            Fate::WouldBreak { why } => return Err(Refusal::CannotMigrate { why }),
        }
        self.emit(Fact::Migrated { by: self.context.actor.clone(), version, nodes });
        let all: Vec<(TimerId, Timer)> =
            self.instance.timers.iter().chain(&self.instance.held).map(|(id, it)| (id.clone(), it.clone())).collect();
        for (timer, it) in all {
            if !has_timer(self.plan, &self.instance, &it) {
                self.emit(Fact::TimerCancelled { timer });
            }
        }
        for it in self.instance.marks.clone() {
            let event = self.plan.node(&it.node).and_then(|it| it.kind.wait());
            if event.is_none_or(|wait| wait.triggers.len() <= it.part as usize) {
                self.emit(Fact::Forgotten { token: it.token, node: it.node, part: it.part, note: it.note });
            }
        }
        let tokens: Vec<(u64, Place, Option<u64>)> =
            self.instance.tokens.iter().map(|(id, it)| (*id, it.at.clone(), it.scope)).collect();
        for (token, at, scope) in tokens {
            match at {
                Place::Node(node) => {
                    let Some(node) = self.plan.node(&node) else { continue };
                    if self.turn_of(token).is_none()
                        && let Err(says) = self.arm_boundary(token, node)
                    {
                        self.stuck(token, node, says, super::super::instance::Phase::Work);
                    }
                }
                Place::Flow(flow) => {
                    let Some(target) = self.plan.paths.get(&flow).map(|it| it.target.clone()) else { continue };
                    if self.plan.joins(&target) {
                        self.join_parallel(&target, scope);
                        self.join_quantity(&target, scope);
                    } else if self.instance.tokens.contains_key(&token) {
                        let outcome = self.outcome(token);
                        self.remove(token, "nothing joins here any more");
                        self.enter(&target, Some(&flow), scope, outcome);
                    }
                }
            }
        }
        for scope in scopes(&self.instance) {
            // Event subprocesses that are new; a deadline that cannot be computed is no reason to lose the instance.
            if let (Err(says), Some((token, node))) = (self.watch(scope), self.any_token(scope)) {
                self.stuck(token, node, says, super::super::instance::Phase::Work);
            }
        }
        Ok(())
    }

    fn any_token(&self, scope: Option<u64>) -> Option<(u64, &'a super::super::plan::Node)> {
        let mut inside = self.instance.tokens.iter().filter(|(_, it)| it.scope == scope);
        inside.find_map(|(id, _)| Some((*id, self.node_of(*id)?)))
    }
}

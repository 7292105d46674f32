//! Moving a token to another place of the flow, out of subprocesses and into them. Nothing is undone and nothing made up
//! for: fields and variables stay as they are, only where work stands changes.

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::instance::{Instance, Place, ScopeKind};
use super::super::plan::{Kind, Plan};
use super::super::run::Run;
use super::ending::{Verdict, ending};
use super::place::{around, behind, node as node_at, places};
use crate::id::NodeId;

/// How a token gets from one place to another.
struct Route {
    /// What goes: the token, or the outermost subprocess that it leaves.
    holder: u64,
    /// Where it comes to.
    scope: Option<u64>,
    /// Subprocesses that are entered on the way, outermost first.
    down: Vec<NodeId>,
    to: Place,
}

/// Whether the instance could still end if the token at `from` were moved to `to`. Refused: it cannot be moved there at all.
pub fn may_move(plan: &Plan, instance: &Instance, from: &NodeId, to: &NodeId) -> Result<Verdict, Refusal> {
    let route = route(plan, instance, from, to)?;
    let steps: Vec<Place> = route.down.iter().map(|it| Place::Node(it.clone())).chain([route.to.clone()]).collect();
    let mut verdict = Verdict::Fine;
    for (depth, step) in steps.into_iter().enumerate() {
        let mut tokens = if depth == 0 { places(instance, route.scope, Some(route.holder)) } else { Vec::new() };
        tokens.push(step);
        verdict = verdict.and(ending(plan, tokens));
    }
    Ok(verdict)
}

fn route(plan: &Plan, instance: &Instance, from: &NodeId, to: &NodeId) -> Result<Route, Refusal> {
    let no = |why: &str| Refusal::CannotMove { to: to.clone(), why: why.to_owned() };
    let at = |it: &Place| matches!(it, Place::Node(id) | Place::Flow(id) if id == from);
    let Some((token, _)) = instance.tokens.iter().find(|(_, it)| at(&it.at)) else {
        return Err(Refusal::NoTokenAt { node: from.clone() });
    };
    let place = match plan.node(to) {
        Some(_) => Place::Node(to.clone()),
        None => behind(plan, to).ok_or_else(|| Refusal::NoSuchNode { node: to.clone() })?,
    };
    let target = node_at(plan, &place).ok_or_else(|| Refusal::NoSuchNode { node: to.clone() })?;
    match target.kind {
        Kind::Boundary { .. } | Kind::EventStart { .. } | Kind::Sub { event: true } => {
            return Err(no("only its event leads there"));
        }
        Kind::Pass
        | Kind::Throw(_)
        | Kind::Link(_)
        | Kind::User(_)
        | Kind::Service(_)
        | Kind::Script(_)
        | Kind::Rule { .. }
        | Kind::Child(_)
        | Kind::Sub { event: false }
        | Kind::Transaction
        | Kind::AdHoc(_)
        | Kind::Catch(_)
        | Kind::Exclusive
        | Kind::Inclusive
        | Kind::Parallel
        | Kind::EventBased { .. }
        | Kind::Complex(_) => {}
    }
    if target.compensates {
        return Err(no("only compensation leads there"));
    }
    let around = around(plan, target);
    let mut holder = *token;
    let scope = loop {
        let scope = instance.tokens.get(&holder).and_then(|it| it.scope);
        let Some(open) = scope.and_then(|it| instance.scopes.get(&it)) else { break None };
        match open.kind {
            ScopeKind::Inside if around.contains(&open.node) => break scope,
            ScopeKind::Inside | ScopeKind::Turn { .. } => holder = open.token,
            ScopeKind::Handler { .. } => return Err(no("a compensation is under way")),
        }
    };
    let common = scope.and_then(|it| instance.scopes.get(&it)).map(|it| &it.node);
    let mut down: Vec<NodeId> = around.iter().take_while(|it| Some(*it) != common).cloned().collect();
    down.reverse();
    for it in down.iter().filter_map(|it| plan.node(it)) {
        if it.repeat.is_some() || matches!(it.kind, Kind::Sub { event: true }) {
            return Err(no("it stands in a repeated subprocess, or in one that an event starts"));
        }
    }
    Ok(Route { holder, scope, down, to: place })
}

impl<'a> Run<'a> {
    /// `anyway`: also where it is not certain that every run can end then. Where none can, it is refused all the same.
    pub(in super::super) fn move_token(
        &mut self,
        from: &NodeId,
        to: &NodeId,
        reason: String,
        anyway: bool,
    ) -> Result<(), Refusal> {
        if reason.trim().is_empty() {
            return Err(Refusal::CommentNeeded);
        }
        let list = |stuck: &[NodeId]| stuck.iter().map(NodeId::as_str).collect::<Vec<_>>().join(", ");
        let why = match may_move(self.plan, &self.instance, from, to)? {
            Verdict::Fine => None,
            Verdict::Risky { stuck } if !anyway => Some(format!("some runs would get stuck at {}", list(&stuck))),
            Verdict::Unknown {} if !anyway => Some("it is not known whether the flow could then end".to_owned()),
            Verdict::Risky { .. } | Verdict::Unknown {} => None,
            Verdict::CannotEnd { stuck } => {
                Some(format!("the flow could not end any more; it would get stuck at {}", list(&stuck)))
            }
        };
        if let Some(why) = why {
            return Err(Refusal::CannotMove { to: to.clone(), why });
        }
        let Route { holder, scope, down, to: place } = route(self.plan, &self.instance, from, to)?;
        let outcome = self.outcome(holder);
        self.remove(holder, &format!("moved to {to}"));
        self.emit(Fact::Moved { from: from.clone(), to: to.clone(), by: self.context.actor.clone(), reason });
        let mut at = scope;
        for sub in down {
            let Some(node) = self.plan.node(&sub) else { continue };
            let token = self.place(&sub, None, at, outcome.clone());
            self.set_stage(node);
            if let Err(says) = self.arm_boundary(token, node).and_then(|()| self.open_scope_at(token, node, &[])) {
                self.stuck(token, node, says, super::super::instance::Phase::Work);
            }
            let opened = self.instance.scopes.iter().find(|(_, it)| it.token == token && it.kind == ScopeKind::Inside);
            at = opened.map(|(id, _)| *id);
        }
        match &place {
            Place::Node(node) => {
                self.enter(node, None, at, outcome);
            }
            Place::Flow(flow) => self.take(flow, at, outcome),
        }
        Ok(())
    }
}

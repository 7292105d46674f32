//! Sending work back to an earlier step. The token that stands there goes, and with it every token that going through
//! the earlier step again would make a second time (parallel branches begun after it). Branches that run beside and
//! begin before the earlier step go on.

use std::collections::BTreeSet;

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::instance::{OpenTask, Place};
use super::super::plan::Kind;
use super::super::run::{Run, Work};
use crate::id::{NodeId, TaskId, UserId};

impl Run<'_> {
    pub(in super::super) fn send_back(&mut self, id: &TaskId, to: &NodeId, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        self.may_do(&task)?;
        self.not_stopped(&task)?;
        if reason.trim().is_empty() {
            return Err(Refusal::CommentNeeded);
        }
        let refuse = || Refusal::CannotReturn { to: to.clone() };
        let (Some(from), Some(target)) = (self.plan.node(&task.node), self.plan.node(to)) else { return Err(refuse()) };
        let Kind::User(user) = &from.kind else { return Err(refuse()) };
        let listed = user.task.return_to.is_empty() || user.task.return_to.contains(to);
        let passed = self.instance.done.contains_key(to) && matches!(target.kind, Kind::User(_));
        if !listed || !passed || from.id == target.id {
            return Err(refuse());
        }
        let by = self.context.actor.clone();
        let fact = Fact::TaskReturned {
            task: id.clone(),
            node: from.id.clone(),
            by: by.clone(),
            to: to.clone(),
            reason: reason.clone(),
        };
        self.take_back(&task, to, fact, by, reason)
    }

    /// Takes the work at a task back to an earlier step; `fact` ends the task.
    pub(in super::super) fn take_back(
        &mut self,
        task: &OpenTask,
        to: &NodeId,
        fact: Fact,
        by: UserId,
        reason: String,
    ) -> Result<(), Refusal> {
        let refuse = || Refusal::CannotReturn { to: to.clone() };
        let Some(target) = self.plan.node(to) else { return Err(refuse()) };
        // Outward to the scope the earlier step is in.
        let mut holder = task.token;
        let scope = loop {
            let Some(token) = self.instance.tokens.get(&holder) else { return Err(refuse()) };
            let around = token.scope.and_then(|it| self.instance.scopes.get(&it).cloned());
            if around.as_ref().map(|it| &it.node) == target.parent.as_ref() {
                break token.scope;
            }
            holder = around.ok_or_else(refuse)?.token;
        };
        let Some(stands) = self.node_of(holder).map(|it| it.id.clone()) else { return Err(refuse()) };
        let others = self.instance.tokens.iter().filter(|(id, it)| it.scope == scope && **id != holder);
        let others: Vec<(u64, Place)> = others.map(|(id, it)| (*id, it.at.clone())).collect();
        let again: Vec<u64> =
            others.into_iter().filter(|(_, at)| self.made_again(to, &stands, at)).map(|(id, _)| id).collect();

        let why = format!("sent back to {to}");
        self.emit(fact);
        self.remove(holder, &why);
        for token in again {
            self.remove(token, &why);
        }
        let token = self.place(to, None, scope, None);
        self.queue(Work::Begin { token, returned: Some((by, reason)) });
        Ok(())
    }

    /// Whether going on from `to` would put a token at `place` again. Ways through a join of both branches do not
    /// count: that is where the two come together, not where they part.
    fn made_again(&self, to: &NodeId, stands: &NodeId, place: &Place) -> bool {
        let here = match place {
            Place::Node(it) => it.clone(),
            Place::Flow(it) => it.clone(),
        };
        let theirs = match place {
            Place::Node(it) => self.forward(it, &BTreeSet::from([to])),
            Place::Flow(it) => {
                let join = self.plan.paths.get(it).map(|it| &it.target);
                join.map(|it| self.forward(it, &BTreeSet::from([to]))).unwrap_or_default()
            }
        };
        let ours = self.forward(stands, &BTreeSet::from([to]));
        let both = ours.iter().filter(|it| theirs.contains(*it) && self.plan.joins(it));
        let mut walls: BTreeSet<&NodeId> = both.collect();
        walls.insert(stands);
        self.forward(to, &walls).contains(&here)
    }

    /// Nodes and flows reachable from a node, itself included; walls are reached and not passed.
    fn forward(&self, from: &NodeId, walls: &BTreeSet<&NodeId>) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::new();
        let mut open = vec![from.clone()];
        while let Some(id) = open.pop() {
            if !found.insert(id.clone()) || (walls.contains(&id) && id != *from) {
                continue;
            }
            let Some(node) = self.plan.node(&id) else { continue };
            open.extend(node.boundary.iter().cloned());
            if let Kind::Link(target) = &node.kind {
                open.push(target.clone());
            }
            for flow in &node.outgoing {
                found.insert(flow.clone());
                open.extend(self.plan.paths.get(flow).map(|it| it.target.clone()));
            }
        }
        found
    }
}

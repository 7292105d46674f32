//! The fold: what each fact does to an instance. Total, evaluates nothing and reads no plan, so old facts
//! replay after their flow is gone. A fact about something unknown changes nothing.

use super::clock::Pause;
use super::fact::Fact;
use super::instance::{
    Compensable, Compensation, Done, Gate, Incident, Instance, Mark, Place, Repeat, Scope, ScopeKind, Sent, State,
    Timer, Token,
};
use crate::id::{TaskId, UserId};

impl Instance {
    /// Folds one fact in.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Started { by, vars, parent } => {
                self.state = State::Running;
                self.started_by = by.clone();
                self.vars = vars.clone();
                self.parent = parent.clone();
            }
            Fact::Entered { token, node, scope, outcome, via: _, turn: _ } => {
                self.put(*token, Place::Node(node.clone()), *scope, outcome);
            }
            Fact::Arrived { token, flow, scope, outcome } => {
                self.put(*token, Place::Flow(flow.clone()), *scope, outcome);
            }
            Fact::Left { token, .. } | Fact::Removed { token, .. } => {
                self.tokens.remove(token);
                self.sheets.remove(token);
                self.stopped.remove(token);
                self.repeats.remove(token);
                self.compensations.remove(token);
                self.marks.retain(|it| it.token != Some(*token));
            }
            Fact::Joined { tokens, .. } => self.tokens.retain(|id, _| !tokens.contains(id)),
            Fact::TaskOpened { task, .. } => {
                self.led(task.sent.as_ref().and_then(Sent::after));
                if let Some(signer) = task.signer.and_then(|it| self.sheets.get_mut(&task.token)?.signer_mut(it)) {
                    signer.task = Some(task.id.clone());
                }
                self.tasks.insert(task.id.clone(), task.clone());
                self.next += 1;
            }
            Fact::TaskClaimed { task, by, behalf } => {
                if let Some(it) = self.tasks.get_mut(task) {
                    it.assignee = Some(by.clone());
                    it.behalf.clone_from(behalf);
                    it.begun = true;
                }
            }
            Fact::TaskReleased { task } => {
                if let Some(it) = self.tasks.get_mut(task) {
                    it.assignee = None;
                    it.behalf = None;
                    it.begun = false;
                }
            }
            Fact::TaskHandedOver { task, to, .. } => {
                if let Some(it) = self.tasks.get_mut(task) {
                    it.assignee = Some(to.clone());
                    it.behalf = None;
                    it.lent.clear();
                }
            }
            Fact::TaskDelegated { task, from, to, .. } => {
                if let Some(it) = self.tasks.get_mut(task) {
                    it.lent.extend(from.clone());
                    it.assignee = Some(to.clone());
                    it.begun = true;
                }
            }
            Fact::TaskResolved { task, to, .. } => {
                if let Some(it) = self.tasks.get_mut(task) {
                    while it.lent.pop().is_some_and(|it| it != *to) {}
                    it.assignee = Some(to.clone());
                }
            }
            Fact::TaskCompleted { task, node, by, outcome, behalf, comment: _ } => {
                let signers = Vec::new();
                self.done(
                    node,
                    Done {
                        by: by.clone(),
                        outcome: outcome.clone(),
                        times: 0,
                        behalf: behalf.clone(),
                        signers,
                        task: Some(task.clone()),
                        led: 0,
                    },
                );
                if let Some(open) = self.tasks.remove(task) {
                    self.outcome(open.token, outcome);
                }
            }
            Fact::TaskSkipped { token, task, outcome, .. } => {
                if let Some(task) = task {
                    self.tasks.remove(task);
                }
                self.outcome(*token, outcome);
            }
            Fact::TaskReturned { task, .. } | Fact::TaskWithdrawn { task, .. } | Fact::TaskCancelled { task, .. } => {
                self.tasks.remove(task);
            }
            Fact::TaskUrged { task, at, .. } => {
                if let Some(it) = self.tasks.get_mut(task) {
                    it.urged_at = Some(at.clone());
                }
            }
            Fact::TaskSuspended { token, at, .. } => Pause::begin(self.stopped.entry(*token).or_default(), at),
            Fact::TaskResumed { token, at, .. } => Pause::end(self.stopped.entry(*token).or_default(), at),
            Fact::TaskDue { task, at } => {
                if let Some(it) = self.tasks.get_mut(task) {
                    it.due_at.clone_from(at);
                }
            }
            Fact::SheetOpened { token, sheet, task } => {
                self.sheets.insert(*token, sheet.clone());
                if let Some(it) = task.as_ref().and_then(|it| self.tasks.get_mut(it)) {
                    it.signer = Some(0);
                }
            }
            Fact::SignerAdded { token, signer, beside, place, .. } => {
                if let Some(it) = self.sheets.get_mut(token) {
                    it.add(signer.clone(), *beside, *place);
                }
            }
            Fact::SignerRemoved { token, signer, .. } => {
                if let Some(it) = self.sheets.get_mut(token) {
                    it.remove(*signer);
                }
            }
            Fact::Signed { token, signer, task, by, behalf, outcome, comment, at, node: _ } => {
                self.tasks.remove(task);
                if let Some(it) = self.sheets.get_mut(token).and_then(|it| it.signer_mut(*signer)) {
                    let (by, behalf) = (by.clone(), behalf.clone());
                    it.task = None;
                    it.signed = Some(super::task::sheet::Signature {
                        by,
                        behalf,
                        outcome: outcome.clone(),
                        comment: comment.clone(),
                        at: at.clone(),
                    });
                }
            }
            Fact::SheetDecided { token, node, outcome, .. } => {
                if let Some(sheet) = self.sheets.remove(token) {
                    let by = sheet.done_by().map(|it| it.by.clone()).unwrap_or_default();
                    let signed = sheet.signers.iter().filter_map(|it| it.signed.as_ref());
                    let mut signers: Vec<UserId> =
                        signed.flat_map(|it| std::iter::once(&it.by).chain(&it.behalf)).cloned().collect();
                    signers.sort();
                    signers.dedup();
                    self.done(
                        node,
                        Done { by, outcome: outcome.clone(), times: 0, behalf: None, signers, task: None, led: 0 },
                    );
                }
                self.outcome(*token, outcome);
            }
            Fact::SheetClosed { token, .. } => {
                self.sheets.remove(token);
            }
            Fact::TimerSet { timer, token, node, part, at, reminder, every, left, clock } => {
                let it = Timer {
                    node: node.clone(),
                    token: *token,
                    part: *part,
                    at: at.clone(),
                    reminder: *reminder,
                    every: every.clone(),
                    left: *left,
                    clock: clock.clone(),
                };
                self.held.remove(timer);
                self.timers.insert(timer.clone(), it);
                self.next += 1;
            }
            Fact::TimerHeld { timer } => {
                if let Some(it) = self.timers.remove(timer) {
                    self.held.insert(timer.clone(), it);
                }
            }
            Fact::TimerFired { timer } | Fact::TimerCancelled { timer } => {
                self.timers.remove(timer);
                self.held.remove(timer);
            }
            Fact::JobAsked { job, token, sent, node: _ } => {
                self.jobs.insert(job.clone(), *token);
                if let Some(sent) = sent {
                    self.sent.insert(job.clone(), sent.clone());
                }
                self.next += 1;
            }
            Fact::JobDone { job, outcome } => {
                self.sent.remove(job);
                if let Some(token) = self.jobs.remove(job)
                    && outcome.is_some()
                    && let Some(token) = self.tokens.get_mut(&token)
                {
                    token.outcome.clone_from(outcome);
                }
            }
            Fact::ChildStarted { child, token, after, node: _ } => {
                self.children.insert(child.clone(), *token);
                self.next += 1;
                self.led(after.as_ref());
            }
            Fact::Thrown { after, .. } => self.led(after.as_ref()),
            Fact::ChildEnded { child } => {
                self.children.remove(child);
            }
            Fact::ScopeOpened { scope, token, node, parent, kind, vars, of } => {
                let it = Scope {
                    node: node.clone(),
                    token: *token,
                    parent: *parent,
                    kind: *kind,
                    vars: vars.clone(),
                    of: *of,
                    fulfilled: false,
                };
                self.scopes.insert(*scope, it);
                self.next += 1;
                match kind {
                    ScopeKind::Inside => {}
                    ScopeKind::Turn { .. } => {
                        if let Some(it) = self.repeats.get_mut(token) {
                            it.begun += 1;
                        }
                    }
                    ScopeKind::Handler { entry } => {
                        self.compensable.remove(entry);
                    }
                }
            }
            Fact::ScopeClosed { scope } => {
                self.scopes.remove(scope);
                self.gates.retain(|it| it.scope != Some(*scope));
                self.forget_unreachable();
            }
            Fact::VarsSet { scope, vars } => match scope {
                None => self.vars.extend(vars.clone()),
                Some(scope) => {
                    if let Some(it) = self.scopes.get_mut(scope) {
                        it.vars.extend(vars.clone());
                    }
                }
            },
            Fact::Noted { token, node, part, note } => {
                let it = Mark { token: *token, node: node.clone(), part: *part, note: note.clone() };
                if !self.marks.contains(&it) {
                    self.marks.push(it);
                }
            }
            Fact::Forgotten { token, node, part, note } => {
                let gone = Mark { token: *token, node: node.clone(), part: *part, note: note.clone() };
                self.marks.retain(|it| *it != gone);
            }
            Fact::RepeatBegan { token, planned, items, node: _ } => {
                self.repeats.insert(*token, Repeat { planned: *planned, items: items.clone(), ..Repeat::default() });
            }
            Fact::RepeatExtended { token, item, node: _ } => {
                if let Some(it) = self.repeats.get_mut(token) {
                    let before = it.planned.unwrap_or(it.begun);
                    if !item.is_null() || !it.items.is_empty() {
                        it.items.resize(before as usize, serde_json::Value::Null);
                        it.items.push(item.clone());
                    }
                    it.planned = Some(before.saturating_add(1));
                }
            }
            Fact::TurnEnded { token, index, completed, output, node: _ } => {
                if let Some(it) = self.repeats.get_mut(token) {
                    if *completed {
                        it.completed += 1
                    } else {
                        it.terminated += 1
                    }
                    if !output.is_null() {
                        it.outputs.insert(*index, output.clone());
                    }
                }
            }
            Fact::OutcomeGiven { token, outcome } => {
                if let Some(it) = self.tokens.get_mut(token) {
                    it.outcome = Some(outcome.clone());
                }
            }
            Fact::Compensable { entry, node, scope, body, vars } => {
                let it = Compensable { node: node.clone(), scope: *scope, body: *body, vars: vars.clone() };
                self.compensable.insert(*entry, it);
                self.next += 1;
            }
            Fact::CompensationBegan { token, entries, then, node: _ } => {
                self.compensations.insert(*token, Compensation { entries: entries.clone(), then: *then });
            }
            Fact::Compensated { token, entry, node: _ } => {
                if let Some(it) = self.compensations.get_mut(token) {
                    it.entries.retain(|it| it != entry);
                }
            }
            Fact::CompensationEnded { token, gone } => {
                self.compensations.remove(token);
                if *gone {
                    self.tokens.remove(token);
                }
            }
            Fact::GateTurned { node, scope, taken, first } => {
                self.gates.retain(|it| it.node != *node || it.scope != *scope);
                if !taken.is_empty() {
                    self.gates.push(Gate { node: node.clone(), scope: *scope, taken: taken.clone(), first: *first });
                }
            }
            Fact::Fulfilled { scope, node: _ } => {
                if let Some(it) = self.scopes.get_mut(scope) {
                    it.fulfilled = true;
                }
            }
            Fact::IncidentRaised { incident, token, node, message, phase } => {
                let it = Incident { node: node.clone(), token: *token, message: message.clone(), phase: *phase };
                self.incidents.insert(incident.clone(), it);
                self.next += 1;
            }
            Fact::IncidentResolved { incident } => {
                self.incidents.remove(incident);
            }
            Fact::Suspended { at, .. } => {
                self.state = State::Suspended;
                Pause::begin(&mut self.suspended, at);
            }
            Fact::Resumed { at, .. } => {
                self.state = State::Running;
                Pause::end(&mut self.suspended, at);
            }
            Fact::WaitBegan { at } => Pause::begin(&mut self.waited, at),
            Fact::WaitEnded { at } => Pause::end(&mut self.waited, at),
            Fact::Finished { .. } => self.over(State::Finished),
            Fact::Cancelled { .. } => self.over(State::Cancelled),
            Fact::FieldsSet { .. }
            | Fact::Decided { .. }
            | Fact::Assigned { .. }
            | Fact::Caught { .. }
            | Fact::TaskCopied { .. }
            | Fact::Moved { .. }
            | Fact::RulesMatched { .. } => {}
            Fact::Migrated { nodes, .. } => self.rename(nodes),
        }
    }

    /// What waited only while the flow ran is over with it.
    fn over(&mut self, state: State) {
        self.state = state;
        self.marks.clear();
        self.gates.clear();
        self.compensable.clear();
    }

    /// What completed inside a scope can be compensated as long as the scope is open, or its activity itself can be.
    fn forget_unreachable(&mut self) {
        loop {
            let bodies: Vec<u64> = self
                .compensable
                .values()
                .filter_map(|it| it.body)
                .chain(self.scopes.values().filter_map(|it| it.of))
                .collect();
            let before = self.compensable.len();
            self.compensable.retain(|_, it| {
                it.scope.is_none_or(|scope| self.scopes.contains_key(&scope) || bodies.contains(&scope))
            });
            if self.compensable.len() == before {
                return;
            }
        }
    }

    fn put(&mut self, token: u64, at: Place, scope: Option<u64>, outcome: &Option<String>) {
        self.tokens.insert(token, Token { at, scope, outcome: outcome.clone() });
        self.next += 1;
    }

    /// A task has led to something.
    fn led(&mut self, task: Option<&TaskId>) {
        let Some(task) = task else { return };
        if let Some(done) = self.done.values_mut().find(|it| it.task.as_ref() == Some(task)) {
            done.led = done.led.saturating_add(1);
        }
    }

    fn done(&mut self, node: &crate::id::NodeId, mut done: Done) {
        done.times = self.done.get(node).map_or(0, |it| it.times).saturating_add(1);
        self.done.insert(node.clone(), done);
    }

    fn outcome(&mut self, token: u64, outcome: &str) {
        if let Some(it) = self.tokens.get_mut(&token) {
            it.outcome = Some(outcome.to_owned());
        }
    }
}

//! The fold: what each fact does to an instance. Total, evaluates nothing and reads no plan, so old facts
//! replay after their flow is gone. A fact about something unknown changes nothing.

use super::fact::Fact;
use super::instance::{Done, Incident, Instance, Place, Scope, State, Timer, Token};

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
            Fact::Entered { token, node, scope, outcome, via: _ } => {
                self.put(*token, Place::Node(node.clone()), *scope, outcome);
            }
            Fact::Arrived { token, flow, scope, outcome } => {
                self.put(*token, Place::Flow(flow.clone()), *scope, outcome);
            }
            Fact::Left { token, .. } | Fact::Removed { token, .. } => {
                self.tokens.remove(token);
            }
            Fact::Joined { tokens, .. } => self.tokens.retain(|id, _| !tokens.contains(id)),
            Fact::TaskOpened { task, .. } => {
                self.tasks.insert(task.id.clone(), task.clone());
                self.next += 1;
            }
            Fact::TaskClaimed { task, by } => self.assign(task, Some(by.clone())),
            Fact::TaskReleased { task } => self.assign(task, None),
            Fact::TaskHandedOver { task, to, .. } => self.assign(task, Some(to.clone())),
            Fact::TaskCompleted { task, node, by, outcome, .. } => {
                let times = self.done.get(node).map_or(0, |it| it.times);
                let done = Done { by: by.clone(), outcome: outcome.clone(), times: times.saturating_add(1) };
                self.done.insert(node.clone(), done);
                if let Some(open) = self.tasks.remove(task)
                    && let Some(token) = self.tokens.get_mut(&open.token)
                {
                    token.outcome = Some(outcome.clone());
                }
            }
            Fact::TaskReturned { task, .. } | Fact::TaskCancelled { task, .. } => {
                self.tasks.remove(task);
            }
            Fact::TimerSet { timer, token, node, at, reminder, every, left } => {
                let it = Timer {
                    node: node.clone(),
                    token: *token,
                    at: at.clone(),
                    reminder: *reminder,
                    every: every.clone(),
                    left: *left,
                };
                self.timers.insert(timer.clone(), it);
                self.next += 1;
            }
            Fact::TimerFired { timer } | Fact::TimerCancelled { timer } => {
                self.timers.remove(timer);
            }
            Fact::JobAsked { job, token, .. } => {
                self.jobs.insert(job.clone(), *token);
                self.next += 1;
            }
            Fact::JobDone { job, outcome } => {
                if let Some(token) = self.jobs.remove(job)
                    && outcome.is_some()
                    && let Some(token) = self.tokens.get_mut(&token)
                {
                    token.outcome.clone_from(outcome);
                }
            }
            Fact::ChildStarted { child, token, .. } => {
                self.children.insert(child.clone(), *token);
                self.next += 1;
            }
            Fact::ChildEnded { child } => {
                self.children.remove(child);
            }
            Fact::ScopeOpened { scope, token, node, parent } => {
                self.scopes.insert(*scope, Scope { node: node.clone(), token: *token, parent: *parent });
                self.next += 1;
            }
            Fact::ScopeClosed { scope } => {
                self.scopes.remove(scope);
            }
            Fact::VarsSet { vars } => self.vars.extend(vars.clone()),
            Fact::IncidentRaised { incident, token, node, message, phase } => {
                let it = Incident { node: node.clone(), token: *token, message: message.clone(), phase: *phase };
                self.incidents.insert(incident.clone(), it);
                self.next += 1;
            }
            Fact::IncidentResolved { incident } => {
                self.incidents.remove(incident);
            }
            Fact::Suspended { .. } => self.state = State::Suspended,
            Fact::Resumed { .. } => self.state = State::Running,
            Fact::Finished { .. } => self.state = State::Finished,
            Fact::Cancelled { .. } => self.state = State::Cancelled,
            Fact::FieldsSet { .. } | Fact::Decided { .. } | Fact::Assigned { .. } | Fact::Caught { .. } => {}
        }
    }

    fn put(&mut self, token: u64, at: Place, scope: Option<u64>, outcome: &Option<String>) {
        self.tokens.insert(token, Token { at, scope, outcome: outcome.clone() });
        self.next += 1;
    }

    fn assign(&mut self, task: &crate::id::TaskId, to: Option<crate::id::UserId>) {
        if let Some(it) = self.tasks.get_mut(task) {
            it.assignee = to;
        }
    }
}

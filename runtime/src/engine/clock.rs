//! Deadlines with pauses: what is stored is the budget, the moment it began, and when clocks stood still; when a timer
//! fires is derived from them, never counted down. A fixed day or moment is a promise and does not move.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::instance::{Instance, State, Timer};
use super::plan::Kind;
use super::run::Run;
use crate::id::{TaskId, TimerId};
use crate::limits;

/// What a moment is derived from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// A duration as flows write it (`8bh`, `PT4H`); none: a cycle, whose moments do not move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<String>,
    /// When it began; of a cycle: its first moment. RFC 3339 UTC.
    pub from: String,
    /// Of a cycle: how many intervals after the first moment this one is.
    #[serde(default, skip_serializing_if = "is_first")]
    pub nth: u32,
}

fn is_first(it: &u32) -> bool {
    *it == 0
}

/// A time in which clocks stood still, RFC 3339 UTC; `to` none: they still do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    pub from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Pause {
    /// Begins one, if none is open. A full ledger takes no more: then the clocks go on.
    pub(super) fn begin(ledger: &mut Vec<Pause>, at: &str) {
        if !Self::open(ledger) && !at.is_empty() && ledger.len() < limits::PAUSES {
            ledger.push(Pause { from: at.to_owned(), to: None });
        }
    }

    /// Ends the open one.
    pub(super) fn end(ledger: &mut [Pause], at: &str) {
        if let Some(it) = ledger.last_mut().filter(|it| it.to.is_none()) {
            it.to = Some(at.to_owned());
        }
    }

    /// True while clocks stand.
    pub fn open(ledger: &[Pause]) -> bool {
        ledger.last().is_some_and(|it| it.to.is_none())
    }
}

/// Whether clocks stand by one of these ledgers, and the pauses that are over: merged, in order.
fn read(ledgers: &[&[Pause]]) -> (bool, Vec<(Timestamp, Timestamp)>) {
    let mut all: Vec<(Timestamp, Timestamp)> = Vec::new();
    for it in ledgers.iter().flat_map(|it| it.iter()) {
        if let (Ok(from), Some(Ok(to))) = (it.from.parse(), it.to.as_ref().map(|it| it.parse())) {
            all.push((from, to));
        }
    }
    all.sort();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in all {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            Some(_) | None => merged.push((from, to)),
        }
    }
    (ledgers.iter().any(|it| Pause::open(it)), merged)
}

impl Instance {
    /// True while the deadlines of this step stand still.
    pub fn stands_still(&self, token: u64) -> bool {
        self.state == State::Suspended
            || Pause::open(&self.waited)
            || self.stopped.get(&token).is_some_and(|it| Pause::open(it))
    }
}

impl Run<'_> {
    /// After a step: clocks that must stand are held, those that go on are set again.
    pub(super) fn settle_clocks(&mut self) {
        if matches!(self.instance.state, State::Finished | State::Cancelled | State::New) {
            return;
        }
        let waits = self.waits_for_others();
        match (waits, Pause::open(&self.instance.waited)) {
            (true, false) if self.instance.waited.len() < limits::PAUSES => {
                self.emit(Fact::WaitBegan { at: self.context.now.to_string() })
            }
            (false, true) => self.emit(Fact::WaitEnded { at: self.context.now.to_string() }),
            (true | false, _) => {}
        }
        let it = &self.instance;
        if it.suspended.is_empty() && it.waited.is_empty() && it.stopped.is_empty() {
            return;
        }
        let timers: Vec<(TimerId, Timer)> =
            it.timers.iter().chain(&it.held).map(|(id, it)| (id.clone(), it.clone())).collect();
        for (id, timer) in timers {
            let Some((budget, from)) =
                timer.clock.as_ref().and_then(|it| Some((it.budget.clone()?, it.from.parse().ok()?)))
            else {
                continue;
            };
            let (stands, over) = self.pauses_of(&timer);
            let held = self.instance.held.contains_key(&id);
            match (stands, held) {
                (true, false) => self.emit(Fact::TimerHeld { timer: id }),
                (false, true) => {
                    let at = self.plan.tools.deadline(&budget, timer.reminder.unwrap_or(100), from, &over);
                    // What was computed once can be computed again; where the calendar changed so that it cannot, it fires now.
                    let at = at.unwrap_or(self.context.now).to_string();
                    let Timer { node, token, part, reminder, every, left, clock, .. } = timer;
                    self.emit(Fact::TimerSet { timer: id, token, node, part, at, reminder, every, left, clock });
                }
                (true, true) | (false, false) => {}
            }
        }
        let tasks: Vec<TaskId> = self.instance.tasks.keys().cloned().collect();
        for id in tasks {
            let Some(task) = self.instance.tasks.get(&id) else { continue };
            let Some((budget, from)) =
                task.clock.as_ref().and_then(|it| Some((it.budget.clone()?, it.from.parse().ok()?)))
            else {
                continue;
            };
            let (stands, over) = self.pauses_at(Some(task.token), self.pauses_others(&task.node));
            match (stands, task.due_at.is_none()) {
                (true, false) => self.emit(Fact::TaskDue { task: id, at: None }),
                (false, true) => {
                    let at = self.plan.tools.deadline(&budget, 100, from, &over).unwrap_or(self.context.now);
                    self.emit(Fact::TaskDue { task: id, at: Some(at.to_string()) });
                }
                (true, true) | (false, false) => {}
            }
        }
    }

    fn waits_for_others(&self) -> bool {
        let stages = &self.plan.flow().pause_stages;
        let stage = self
            .plan
            .stage
            .as_ref()
            .filter(|_| !stages.is_empty())
            .and_then(|it| self.data.get(it.as_str()))
            .and_then(|it| it.as_str());
        stage.is_some_and(|it| stages.iter().any(|wanted| wanted == it))
            || self.instance.tasks.values().any(|it| self.pauses_others(&it.node))
    }

    fn pauses_others(&self, node: &crate::id::NodeId) -> bool {
        matches!(self.plan.node(node).map(|it| &it.kind), Some(Kind::User(user)) if user.task.pauses_deadlines)
    }

    /// Deadlines of steps stand still while the instance waits for others; a plain timer in the flow only while it is suspended.
    fn pauses_of(&self, timer: &Timer) -> (bool, Vec<(Timestamp, Timestamp)>) {
        let waits_itself =
            matches!(self.plan.node(&timer.node).map(|it| &it.kind), Some(Kind::Catch(_) | Kind::EventStart { .. }));
        let at = timer.token.and_then(|it| self.node_of(it)).map(|it| &it.id);
        self.pauses_at(timer.token, waits_itself || at.is_some_and(|it| self.pauses_others(it)))
    }

    fn pauses_at(&self, token: Option<u64>, pauses_others: bool) -> (bool, Vec<(Timestamp, Timestamp)>) {
        let mut ledgers: Vec<&[Pause]> = vec![&self.instance.suspended];
        if !pauses_others {
            ledgers.push(&self.instance.waited);
        }
        ledgers.extend(token.and_then(|it| self.instance.stopped.get(&it)).map(Vec::as_slice));
        read(&ledgers)
    }
}

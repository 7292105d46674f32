//! Runs flows. [`step()`] decides, [`Instance::apply`] folds: the only way to change an instance is a [`Fact`],
//! so folding the stored facts gives the stored instance.
//!
//! Reading order: [`plan`] and `compile` (a flow made ready) → [`input`], [`fact`], [`effect`], [`instance`] (the words) →
//! `run` (one step) → `activity`, `gateway`, `event`, `scope` (what each element does) → `people`, [`task`], [`clock`],
//! `notice` → [`explain`]. Expressions, scripts, tables and working time come in by `evaluate` only.

mod activity;
mod apply;
mod clear;
pub mod clock;
mod compile;
pub mod context;
mod directory;
pub mod effect;
mod evaluate;
mod event;
pub mod explain;
pub mod fact;
mod gateway;
pub mod input;
pub mod instance;
mod notice;
pub mod operation;
mod people;
pub mod plan;
pub mod reach;
mod record;
pub mod refusal;
mod replay;
mod run;
mod scope;
mod starts;
pub mod task;
mod trigger;
mod variables;
pub mod waiting;
mod weight;

pub use context::{Context, Person, World};
pub use directory::Directory;
pub use effect::Effect;
pub use fact::Fact;
pub use input::Input;
pub use instance::{Instance, OpenTask};
pub use plan::Plan;
pub use refusal::Refusal;
pub use replay::replay;
pub use task::deeds::{Deed, deeds, may_receive};
pub use task::rights::{may_complete, stands_in_for};
pub use weight::weight;

use instance::{Phase, State};
use run::{Run, Work};

/// What expressions and scripts of flows see besides `data`, `user`, `now` and `today`. `outcome`: of the last task on
/// the token's way; `outcomes.<node>`: the last one of every task; `starter`, `record`, `instance`: ids. Only scripts see
/// `people`, only those that choose a performer `candidates`; only outputs of a called flow `result`; only notices `task`
/// (`name`, `flow`, `due`, `performer`, `actor`, `returnedBy`, `reason`).
///
/// Variables of a subprocess or of a turn are names of their own too (`item`, `loopCounter`, data objects); so are all
/// variables in flows without a record. Conditions of multi-instance activities see the standard's counters, flows out of
/// a complex gateway `waitingForStart`, its activation condition `activationCount` besides.
pub const NAMES: &[&str] =
    &["vars", "outcome", "outcomes", "refs", "starter", "record", "instance", "people", "candidates", "result", "task"];

/// What repetition (BPMN 2.0.2 Table 10.30) and complex gateways (§13.4.5) tell besides, by their own names.
pub const LOOP_NAMES: &[&str] = &[
    "loopCounter",
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
    "nrOfInstances",
    "nrOfActiveInstances",
    "nrOfCompletedInstances",
    "nrOfTerminatedInstances",
    "activationCount",
    "waitingForStart",
    "item",
];

/// The outcome of a task that lists none.
pub const DONE: &str = "done";

/// What one input led to. The caller stores facts, the new instance and effects in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub facts: Vec<Fact>,
    pub effects: Vec<Effect>,
    /// The instance after the facts.
    pub instance: Instance,
}

/// Decides what an input leads to. Pure: no clock, no chance, no I/O. Refused: nothing has changed.
pub fn step(plan: &Plan, instance: &Instance, input: Input, context: &Context) -> Result<Step, Refusal> {
    let mut run = Run::new(plan, instance, context);
    if !matches!(input, Input::Start { .. }) {
        match instance.state {
            State::New => return Err(Refusal::NothingWaits),
            State::Running => {}
            State::Suspended => {
                if !matches!(input, Input::Resume {} | Input::Cancel { .. } | Input::Migrate { .. }) {
                    return Err(Refusal::Suspended);
                }
            }
            State::Finished | State::Cancelled => return Err(Refusal::AlreadyEnded),
        }
    }
    let actor = context.actor.clone();
    match input {
        Input::Start { at, vars, parent } => {
            run.sent = Some(instance::Sent { by: actor, from: None });
            run.start(at, vars, parent)?;
        }
        Input::Claim { task } => run.claim(&task)?,
        Input::Release { task } => run.release(&task)?,
        Input::Complete { task, outcome, data, comment } => run.complete(&task, outcome, data, comment)?,
        Input::Return { task, to, reason } => run.send_back(&task, &to, reason)?,
        Input::HandOver { task, to, reason } => run.hand_over(&task, to, reason)?,
        Input::Delegate { task, to, reason } => run.delegate(&task, to, reason)?,
        Input::Resolve { task, comment } => run.give_back(&task, comment)?,
        Input::Withdraw { task, reason } => run.withdraw(&task, reason)?,
        Input::AddSigner { task, who, place, reason } => run.add_signer(&task, who, place, reason)?,
        Input::RemoveSigner { task, signer, reason } => run.remove_signer(&task, signer, reason)?,
        Input::Cc { task, to, comment } => run.cc(&task, to, comment)?,
        Input::Urge { task, comment } => run.urge(&task, comment)?,
        Input::SuspendTask { task, reason } => run.suspend_task(&task, reason)?,
        Input::ResumeTask { task } => run.resume_task(&task)?,
        Input::Skip { task, reason } => run.skip(&task, reason)?,
        Input::TimerFired { timer } => run.timer_fired(&timer)?,
        Input::JobDone { job, output, outcome } => run.job_done(&job, output, outcome)?,
        Input::JobFailed { job, code, error } => run.job_failed(&job, code, error)?,
        Input::Message { name, payload, key } => run.message(&name, payload, key.as_deref())?,
        Input::Signal { name, payload } => run.signal(&name, payload)?,
        Input::ChildEnded { child, vars, cancelled, error } => run.child_ended(&child, vars, cancelled, error)?,
        Input::ChildEscalated { child, code, message } => run.child_escalated(&child, &code, &message)?,
        Input::DataChanged { vars } => {
            run.dirty = true;
            run.set_vars(None, vars).map_err(|what| Refusal::Limit { what })?;
        }
        Input::AddInstance { node, item } => run.add_instance(&node, item)?,
        Input::StartActivity { node } => run.start_activity(&node)?,
        Input::FinishAdHoc { node } => run.finish_ad_hoc(&node)?,
        Input::RaiseError { node, code, message } => run.raise_error(&node, &code, &message)?,
        Input::RaiseEscalation { node, code, message } => {
            let token = run.stands_in(&node)?;
            run.escalate(token, &code, &message);
        }
        Input::CancelActivity { node } => run.cancel_activity(&node)?,
        Input::Retry { incident } => {
            let Some(it) = instance.incidents.get(&incident).cloned() else {
                return Err(Refusal::NoSuchIncident { incident });
            };
            match it.phase {
                Phase::Work => {
                    // What is under way inside goes on; only what failed is repeated.
                    if run.has_inside(it.token) {
                        run.resolve(it.token)
                    } else {
                        run.clear(it.token, "tried again")
                    }
                    run.queue(Work::Again { token: it.token });
                }
                Phase::Leave => {
                    run.resolve(it.token);
                    run.queue(Work::Leave { token: it.token });
                }
            }
        }
        Input::Cancel { reason } => {
            run.cancel(reason);
        }
        Input::Suspend { reason } => run.emit(Fact::Suspended { by: actor, reason, at: context.now.to_string() }),
        Input::Resume {} if instance.state == State::Suspended => {
            run.emit(Fact::Resumed { by: actor, at: context.now.to_string() })
        }
        Input::Resume {} => return Err(Refusal::NothingWaits),
        Input::Move { from, to, reason, anyway } => run.move_token(&from, &to, reason, anyway)?,
        Input::Migrate { version, nodes } => run.migrate(version, nodes)?,
    }
    Ok(run.finish())
}

#[cfg(test)]
pub(crate) mod tests;

//! Can every run end? The verdict on a flow: sound, broken (with the shortest run that shows it, and what would mend it)
//! or unknown.
//!
//! - *safe*: never two tokens on one sequence flow;
//! - *option to complete*: from every reachable state the end can be reached (no deadlock, no livelock);
//! - *proper completion*: no end event is reached twice in one run;
//! - *no dead activities*: every activity happens in some run.
//!
//! Reading order: [`drawing`] (a scope and its handlers) → [`net`], [`build`], `activity`, `complex` (the token game) → [`reduce`],
//! [`story`] (made small) → [`choice`] (a quick proof) → [`board`], [`search`], [`counted`] (every run) → [`run`]
//! (told short) → [`verdict`] (one net) → [`scope`] (all of a flow) → [`calls`], `opened`, [`collaboration`], [`fix`].
//!
//! Each scope (process, subprocess, handler) is a net of its own; a subprocess is one move in the net around it, which
//! knows how the inside can end. "Sound" is only ever said after every run was covered.

mod activity;
pub mod board;
pub mod build;
pub mod calls;
pub mod choice;
pub mod collaboration;
mod complex;
pub mod counted;
pub(in crate::check) mod cycle;
pub mod drawing;
pub mod fix;
mod lead;
pub mod net;
mod opened;
pub mod reduce;
pub mod run;
pub mod scope;
pub mod search;
mod states;
pub mod story;
pub mod verdict;

use serde::{Deserialize, Serialize};

use crate::id::{FlowKey, NodeId};
use crate::model::flow::Flow;
use build::Outcome;
pub use collaboration::{Message, Together, judge_collaboration, judge_together};
pub use fix::{Edit, Fix};
pub use scope::Checker;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Sound,
    Broken,
    Unknown,
}

/// What is known of each property; `None`: not decided within the budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    pub safe: Option<bool>,
    pub option_to_complete: Option<bool>,
    pub proper_completion: Option<bool>,
    pub no_dead_activities: Option<bool>,
}

impl Properties {
    pub fn all(&self) -> [Option<bool>; 4] {
        [self.safe, self.option_to_complete, self.proper_completion, self.no_dead_activities]
    }
}

/// One event of the run that breaks a flow, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    pub element: NodeId,
    /// `starts`, `completes`, `opens`, `gathers`, `fires`, `waits`, `interrupts`, `splits`, `joins`, `resets`, `ends`, `terminates`, `throws`, `fails`; of
    /// an exclusive or event-based gateway the flow taken.
    pub event: String,
    /// Sequence flows that lose a token.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<NodeId>,
    /// Sequence flows that get one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gives: Vec<NodeId>,
}

/// What breaks a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breaks {
    /// Two tokens on one sequence flow.
    Unsafe,
    /// A run gets stuck.
    Deadlock,
    /// A run goes on for ever and can never end.
    Livelock,
    /// An end event is reached twice in one run.
    EndTwice,
    /// Activities never happen.
    Dead,
    /// Nothing can begin.
    NoStart,
    /// A called flow is itself broken.
    Callee,
}

/// One thing that breaks a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub what: Breaks,
    /// Nodes it is about: where the tokens are stuck, what brings the second token, what never happens.
    pub at: Vec<NodeId>,
    /// Sequence flows that hold tokens when it is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<NodeId>,
    /// The shortest run to it, from the start of the scope that `scope` names. Empty for what never happens.
    pub run: Vec<TraceStep>,
    /// The subprocess it is in; none: the process itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
}

/// The verdict on one flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    pub id: String,
    pub verdict: Verdict,
    pub properties: Properties,
    /// The run of the first fault from the start of the flow, into subprocesses and called flows. Empty when there is none, or
    /// when all that is wrong is that something never happens.
    pub counterexample: Vec<TraceStep>,
    /// The worst first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What would mend it; looked for by [`fix::fixes`], which whoever wants them calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
    /// Elements the verdict leaves out.
    pub unsupported: Vec<(NodeId, String)>,
    /// Subprocesses not every run of which was looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<NodeId>,
}

/// What a check knows of flows that are called, by key. Left out: they are taken to end as they should.
pub type Callees<'a> = &'a dyn Fn(&FlowKey) -> Option<Callee>;

/// How a called flow ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callee {
    pub verdict: Verdict,
    pub outcome: Outcome,
    /// The run that breaks it.
    pub run: Vec<TraceStep>,
}

/// Judges a flow; `budget` bounds the states looked at per scope.
pub fn judge(flow: &Flow, budget: usize) -> Process {
    Checker::new(budget).judge(flow)
}

#[cfg(test)]
mod elements;
#[cfg(test)]
pub(in crate::check) mod naive;
#[cfg(test)]
pub(crate) mod nested;
#[cfg(test)]
mod pools;
#[cfg(test)]
pub(crate) mod random;
#[cfg(test)]
mod tests;

//! Runs flows in memory, with variables instead of a record, a virtual clock and outside happenings that are listed or
//! come by themselves. For trying a flow before it has forms and people, and for plain BPMN files: several pools
//! run together, called flows are those of the same file.
//!
//! Tasks are done from outside here: user, manual and service tasks wait until the script (or [`Options::auto`])
//! completes them. What a file leaves to its surroundings (a called flow it does not hold, a decision table) waits in the
//! same way. Everything else is the engine's own: [`crate::engine::step`].

mod auto;
mod begin;
mod choose;
mod file;
mod happening;
mod prepare;
mod trace;
mod world;

pub use file::{File, Key};
pub use happening::{Happening, Script, ScriptFault};
pub use trace::{Event, TraceLine};

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::alert::Alert;
use crate::id::NodeId;
use crate::model::flow::{Flow, Named};

/// How to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The process that starts, by its id or key. None: every process with a none start event, and if there is none the
    /// one whose start needs least from outside.
    pub process: Option<String>,
    pub variables: Map<String, Value>,
    /// What expressions see as `data`.
    pub data: Map<String, Value>,
    /// By the name of a message: its key.
    pub keys: BTreeMap<String, Key>,
    /// What happens outside, in order.
    pub script: Vec<Happening>,
    /// User, manual, receive and service tasks complete by themselves, and time jumps to the next timer when nothing else
    /// can move. Tasks that the script still speaks of are left to it.
    pub auto: bool,
    /// When the run begins.
    pub now: Timestamp,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            process: None,
            variables: Map::new(),
            data: Map::new(),
            keys: BTreeMap::new(),
            script: Vec::new(),
            auto: false,
            now: START,
        }
    }
}

/// 2026-01-01T00:00:00Z: a run is the same every day.
pub const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Where several pools of a file send each other messages (BPMN 2.0.2 §9.3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageFlow {
    pub id: String,
    /// Name of the message, where the file gives one.
    pub message: Option<String>,
    /// Element, participant or process.
    pub source: String,
    pub target: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every instance has ended.
    Completed,
    /// Something waits for the outside.
    Waiting,
    /// A terminate end event has ended a process.
    Terminated,
    /// A token cannot go on.
    Incident,
    /// The flow cannot run, or something in the script was not accepted.
    Refused,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    pub status: Status,
    pub trace: Vec<TraceLine>,
    /// Of the processes that were started from outside, the first one's values winning.
    pub variables: Map<String, Value>,
    pub waiting: Vec<Waiting>,
    pub incidents: Vec<IncidentLine>,
    /// Where the virtual clock stands; empty: the run was refused.
    pub now: String,
}

/// Something that waits for the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub element: NodeId,
    /// BPMN's name of the task, or of what the event waits for: `userTask`, `message`, `timer` …
    pub kind: String,
}

/// Why something cannot go on, or was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentLine {
    pub element: Option<NodeId>,
    pub message: String,
}

/// Runs the flows of one file. Never fails: what is wrong with a flow or with the script is told in the outcome.
pub fn run(flows: &[Flow], message_flows: &[MessageFlow], options: &Options) -> Outcome {
    let options = &Options { script: by_name(flows, &options.script), ..options.clone() };
    let prepared = prepare::prepare(flows, message_flows, options);
    match world::World::new(flows, prepared, options) {
        Ok(mut world) => {
            world.play(options);
            world.outcome()
        }
        Err(alerts) => refused(&alerts),
    }
}

/// Messages and signals go by their names; a script may say the id of one that has another name.
fn by_name(flows: &[Flow], script: &[Happening]) -> Vec<Happening> {
    let named = |name: &mut String, of: fn(&Flow) -> &Vec<Named>| {
        let all = || flows.iter().flat_map(of);
        if !all().any(|it| it.called() == name)
            && let Some(it) = all().find(|it| it.id == *name)
        {
            *name = it.called().to_owned();
        }
    };
    let mut script = script.to_vec();
    for it in &mut script {
        match it {
            Happening::Message { name, .. } => named(name, |it| &it.messages),
            Happening::Signal { name, .. } => named(name, |it| &it.signals),
            _other => {}
        }
    }
    script
}

fn refused(alerts: &[Alert]) -> Outcome {
    let line = |it: &Alert| IncidentLine {
        element: it.element.as_deref().map(NodeId::from),
        message: format!("{}: {}", it.code, it.message),
    };
    Outcome {
        status: Status::Refused,
        trace: Vec::new(),
        variables: Map::new(),
        waiting: Vec::new(),
        incidents: alerts.iter().map(line).collect(),
        now: String::new(),
    }
}

#[cfg(test)]
mod tests;

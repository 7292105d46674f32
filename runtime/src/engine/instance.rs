//! A running flow: where its tokens stand. The stored form is its JSON; it only ever gains fields with defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::clock::{Clock, Pause};
use super::context::Person;
use super::directory::Directory;
use super::input::Parent;
use super::task::sheet::Sheet;
use crate::id::{DeptId, IncidentId, InstanceId, JobId, NodeId, RoleKey, TaskId, TimerId, UserId};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Instance {
    pub id: InstanceId,
    pub state: State,
    pub started_by: UserId,
    pub parent: Option<Parent>,
    pub vars: Map<String, Value>,
    pub tokens: BTreeMap<u64, Token>,
    pub scopes: BTreeMap<u64, Scope>,
    pub tasks: BTreeMap<TaskId, OpenTask>,
    pub timers: BTreeMap<TimerId, Timer>,
    /// Timers whose clock stands; they are set again when it goes on.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<TimerId, Timer>,
    /// Steps that several people sign, by token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sheets: BTreeMap<u64, Sheet>,
    /// When the instance was suspended, and when it waited for others: deadlines stood still.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspended: Vec<Pause>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waited: Vec<Pause>,
    /// When single steps were suspended, by token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub stopped: BTreeMap<u64, Vec<Pause>>,
    pub jobs: BTreeMap<JobId, u64>,
    /// Whose step led to a job: what opens when it comes back is still theirs to take back.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sent: BTreeMap<JobId, Sent>,
    pub children: BTreeMap<InstanceId, u64>,
    pub incidents: BTreeMap<IncidentId, Incident>,
    /// What is remembered of catching events that still wait.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Repeated activities, by the token that waits outside for the turns.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub repeats: BTreeMap<u64, Repeat>,
    /// Completed activities that can be compensated, in the order they ended.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub compensable: BTreeMap<u64, Compensable>,
    /// Compensations under way, by the token that waits for them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub compensations: BTreeMap<u64, Compensation>,
    /// Complex gateways that wait for reset.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// Who did a step last, and with which outcome; for "same as", separation of duty and return.
    pub done: BTreeMap<NodeId, Done>,
    /// Counter behind every id this instance gives.
    pub next: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    #[default]
    New,
    Running,
    Suspended,
    Finished,
    Cancelled,
}

/// A token (BPMN 2.0.2 §7.1.1): in a node, or in a sequence flow before a join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    pub at: Place,
    pub scope: Option<u64>,
    /// Outcome of the last task on its way; conditions see it as `outcome`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    Node(NodeId),
    Flow(NodeId),
}

/// The inside of something a token stands in; tokens inside carry its number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Scope {
    pub node: NodeId,
    /// The token outside.
    pub token: u64,
    pub parent: Option<u64>,
    #[serde(skip_serializing_if = "ScopeKind::is_inside")]
    pub kind: ScopeKind,
    /// Variables that live as long as the scope; they hide those of the same name further out.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub vars: Map<String, Value>,
    /// The completed scope whose activities compensation inside this one is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// The completion condition of an ad-hoc subprocess has held: nothing new begins in it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fulfilled: bool,
}

/// What a scope is the inside of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScopeKind {
    /// A subprocess.
    #[default]
    Inside,
    /// One turn of a repeated activity; its token stands in the same node once more.
    Turn { index: u32 },
    /// A compensation handler.
    Handler { entry: u64 },
}

impl ScopeKind {
    pub(super) fn is_inside(&self) -> bool {
        *self == ScopeKind::Inside
    }
}

/// What is remembered of a trigger that is waited for: of the `part`th definition of the event `node`, waited for at a token,
/// or (none) at the flow itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<u64>,
    pub node: NodeId,
    #[serde(default)]
    pub part: u32,
    pub note: Note,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Note {
    /// Only messages with this key are meant.
    Key(String),
    /// The condition held when it was last asked; it has to be false before it can happen again.
    Held,
    /// It has happened; other parts of the event have not yet.
    Happened,
}

/// How far a repeated activity is (BPMN 2.0.2 §10.3.8).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Repeat {
    /// How many turns there will be; none: a condition says so.
    pub planned: Option<u32>,
    /// What each turn works on; empty: nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Value>,
    pub begun: u32,
    pub completed: u32,
    pub terminated: u32,
    /// What turns gave, by their number.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<u32, Value>,
}

/// A completed activity that can be compensated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compensable {
    pub node: NodeId,
    /// Where it completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<u64>,
    /// Its own inside, of a subprocess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<u64>,
    /// Its variables as it left them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub vars: Map<String, Value>,
}

/// A compensation under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compensation {
    /// What is still to be compensated, next first.
    pub entries: Vec<u64>,
    pub then: After,
}

/// What follows when all is compensated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum After {
    /// The token goes on.
    Leave,
    /// The token was made for this only.
    Vanish,
    /// The transaction is left by its cancel boundary event.
    Cancel,
}

/// A complex gateway between activation and reset (§13.4.5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    pub node: NodeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<u64>,
    /// Flows from which it took a token when it was activated.
    pub taken: Vec<NodeId>,
    /// The token the activation made.
    pub first: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timer {
    pub node: NodeId,
    /// None: of an event subprocess of the flow itself.
    #[serde(default)]
    pub token: Option<u64>,
    /// Which definition of the event.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub part: u32,
    /// RFC 3339, UTC.
    pub at: String,
    pub reminder: Option<u32>,
    /// The interval of a cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// How many times a cycle fires after this one; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
    /// What its moment is derived from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub node: NodeId,
    pub token: u64,
    pub message: String,
    #[serde(default)]
    pub phase: Phase,
}

/// What failed: the node's own work, or the way out of it after the work was done. A retry repeats no more than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    #[default]
    Work,
    Leave,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub by: UserId,
    pub outcome: String,
    #[serde(default)]
    pub times: u32,
    /// Whom they stood in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behalf: Option<UserId>,
    /// Everybody who signed it, where several did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signers: Vec<UserId>,
    /// The task that was completed, and how much it led to: tasks that opened, and what went out of the flow, which nobody
    /// takes back any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    #[serde(default, skip_serializing_if = "is_none")]
    pub led: u32,
}

fn is_none(it: &u32) -> bool {
    *it == 0
}

impl Done {
    /// Everybody who counts as having done it: for separation of duty.
    pub fn everybody(&self) -> impl Iterator<Item = &UserId> {
        std::iter::once(&self.by).chain(&self.behalf).chain(&self.signers)
    }
}

/// Something that waits for a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenTask {
    pub id: TaskId,
    pub node: NodeId,
    pub token: u64,
    pub assignee: Option<UserId>,
    /// People who may claim it. Empty together with `roles` empty: nobody (an incident says so).
    pub candidates: Vec<UserId>,
    /// Roles whose holders may claim it, when the candidates are not listed one by one.
    pub roles: Vec<RoleKey>,
    /// Of the holders of `roles` only those who belong to this department, or to one below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<DeptId>,
    /// RFC 3339, UTC.
    pub opened_at: String,
    pub due_at: Option<String>,
    pub priority: i64,
    /// Set when the task was sent back: who, why.
    pub returned: Option<(UserId, String)>,
    /// Whom the assignee stands in for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behalf: Option<UserId>,
    /// Who lent it to the assignee, and to whom it comes back; the last one first in turn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lent: Vec<UserId>,
    /// Somebody has begun: what led here can no longer be withdrawn.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub begun: bool,
    /// Whose step led here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// Its line on the sheet of its token, where several people sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<u32>,
    /// What `due_at` is derived from; none: a fixed moment, or no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// When it was urged last, RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urged_at: Option<String>,
}

impl OpenTask {
    /// Everybody who may claim it today by a role: who gets the role, or comes into the department, later is among them.
    pub fn holders<'a>(&'a self, people: &'a Directory) -> impl Iterator<Item = &'a Person> {
        let holders = self.roles.iter().flat_map(|it| people.holders(it));
        holders.filter(|it| self.department.as_ref().is_none_or(|wanted| it.department_path.contains(wanted)))
    }

    /// True if a person may claim it by a role.
    pub(super) fn is_held_by(&self, person: &Person) -> bool {
        self.roles.iter().any(|it| person.roles.contains(it))
            && self.department.as_ref().is_none_or(|it| person.department_path.contains(it))
    }
}

/// Who sent the work on, by completing which task; none: by starting the flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub by: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<(NodeId, TaskId)>,
}

impl Sent {
    /// The task that was completed.
    pub(super) fn after(&self) -> Option<&TaskId> {
        self.from.as_ref().map(|(_, task)| task)
    }
}

pub(super) fn is_zero(it: &u32) -> bool {
    *it == 0
}

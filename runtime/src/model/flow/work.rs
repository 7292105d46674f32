//! What people and plugins have to do at a step: performer, form, outcomes, deadline, notices.

use serde::{Deserialize, Serialize};

use super::sign::{Countersign, Skip};
use crate::id::{FieldKey, NodeId, RoleKey, ScriptKey, ViewKey};

/// Who is told, when, with which text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotifyRule {
    #[serde(default)]
    pub on: NotifyMoment,
    /// `performer`, `starter`, `owner`, `manager` (of the performer), `customer` (portal users of the record's customer),
    /// `role:<key>`, `field:<key>` (a user field).
    pub to: Vec<String>,
    /// Id of a notice of the pack.
    pub notice: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NotifyMoment {
    #[default]
    Enter,
    Leave,
}

/// BPMN `userTask` with what a person needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserTask {
    #[serde(default)]
    pub performer: Performer,
    /// The form shown: a view of the flow's module. It decides which fields can be written at this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ViewKey>,
    /// Buttons. None: one outcome `done`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// When it should be done: a duration (see [`EventDefinition::Timer`]) or `=` expression giving one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// In per cent of the time until due. None: 80 % reminds the performer, 100 % tells the performer's manager.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Reminder>,
    /// Steps it can be returned to; none: to any user task this instance has passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_to: Vec<NodeId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// Where this differs from Low/Normal/High it is shown: 0 low, 50 normal, 100 high; or `=` expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Several people sign it; none: one person does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countersign: Option<Countersign>,
    /// When it may be, or is, passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<Skip>,
    /// While it is open the deadlines of the rest of the instance stand still ("waiting for the customer"); its own runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pauses_deadlines: bool,
}

/// Who does a task. All that is given must hold; `script` and `expr` choose one person among those.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Performer {
    /// Holders of any of these roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleKey>,
    /// Expression giving a department id or key: only its people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Expression giving a user id, or a list of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The manager of somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_of: Option<ManagerOf>,
    /// Only people who have every one of these skills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<SkillNeed>,
    /// Field of the record that holds the user; written when the task is claimed or assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldKey>,
    /// Script that chooses: sees `candidates` (people), `data`, `vars`; returns `#{ user: id | (), why: text, ranking: […] }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<ScriptKey>,
    /// The portal users of the record's customer may do it too, besides everybody the rest of this names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer: bool,
    /// The person who did that step before, if still able ("retain familiar").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<NodeId>,
    /// Not the person who did that step (separation of duty).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_same_as: Vec<NodeId>,
    /// Role that gets the task when nobody else may do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<RoleKey>,
    /// How one of several able people is chosen, where nothing above names one.
    #[serde(default, skip_serializing_if = "Choose::is_offer")]
    pub choose: Choose,
}

/// Above whom the performer stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagerOf {
    /// `starter`, `owner` (of the record), or a step: who did it last.
    pub of: String,
    /// How far up: 1 is the direct manager. Where the line ends earlier, its last manager.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub levels: u32,
}

fn one() -> u32 {
    1
}

fn is_one(it: &u32) -> bool {
    *it == 1
}

/// A skill and how well it is needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillNeed {
    pub skill: String,
    /// At least this level; a skill a person has without a level counts 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub level: u32,
}

/// How one of several able people is chosen. People who are absent or off duty are passed over while somebody is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Choose {
    /// Nobody is: all are offered the task, one claims it.
    #[default]
    Offer,
    /// Whose last assignment is longest ago.
    RoundRobin,
    /// Who has the least open work for their capacity.
    LeastLoad,
    /// Who has done most steps of this instance (case handling); nobody has: as `leastLoad`.
    CaseHandler,
}

impl Choose {
    fn is_offer(&self) -> bool {
        *self == Choose::Offer
    }
}

/// A button of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outcome {
    /// Conditions after the task see it as `outcome`.
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub style: OutcomeStyle,
    #[serde(default)]
    pub comment: CommentRule,
    /// Fields that must be filled for this outcome, beyond the form's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<FieldKey>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutcomeStyle {
    Primary,
    #[default]
    Neutral,
    Danger,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CommentRule {
    None,
    #[default]
    Optional,
    Required,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// Per cent of the time between opening and due.
    pub at: u32,
    pub to: Vec<String>,
    pub notice: String,
}

/// A function of a wasm plugin, called by a job with retries; a failure that stays is an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginCall {
    pub plugin: String,
    pub function: String,
    /// Script or expression giving the input map. Expression sees what a script task sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_script: Option<ScriptKey>,
    /// Variable that receives the answer.
    pub output: String,
}

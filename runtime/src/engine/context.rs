//! What a step is told: the time, who acts, the record, and what may be looked up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::directory::Directory;
use crate::id::{DeptId, FieldKey, RecordId, RoleKey, UserId};

/// Everything a step may know besides plan and instance.
pub struct Context<'a> {
    /// RFC 3339, UTC.
    pub now: jiff::Timestamp,
    /// Who acts. Timers and jobs act as `system`.
    pub actor: UserId,
    pub record: RecordId,
    /// Who owns the record; `owner` in the recipients of a notice.
    pub owner: Option<UserId>,
    /// The record's fields before the step.
    pub data: &'a Map<String, Value>,
    pub world: &'a dyn World,
}

/// What the core may ask of the world. Answers are prepared before the step; nothing here blocks.
pub trait World {
    /// Everybody who can log in and is not disabled, ordered by id.
    fn people(&self) -> &Directory;
    /// A record that `data` refers to by a single reference, if it was prepared.
    fn referenced(&self, record: &RecordId) -> Option<&Map<String, Value>>;
    /// Fields of the record that have a value the flow cannot read, with why: their type is another by now. What reads
    /// one of them does not go on as if it were blank.
    fn unreadable(&self) -> Option<&BTreeMap<FieldKey, String>> {
        None
    }
}

/// One person, as assignment and rights see them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub roles: Vec<RoleKey>,
    pub department: Option<DeptId>,
    /// The person's department, then its parents up to the root.
    pub department_path: Vec<DeptId>,
    pub manager: Option<UserId>,
    /// Values of the `region` dictionary; a region covers all below it.
    pub regions: Vec<String>,
    pub skills: Vec<String>,
    pub capacity: i64,
    /// Points of open work.
    pub open_points: i64,
    pub on_duty: bool,
    /// RFC 3339, UTC.
    pub last_assigned: Option<String>,
    /// The customer a portal user belongs to.
    pub customer: Option<RecordId>,
    /// Preferred language: `en`, `zh-CN`.
    pub language: String,
    /// When the person is away, and who stands in; in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
}

/// A time in which somebody is away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Absence {
    /// RFC 3339 UTC; from this moment on.
    pub from: String,
    /// RFC 3339 UTC; up to this moment, itself not included.
    pub until: String,
    /// Who may do meanwhile what the absent person may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub substitute: Option<UserId>,
}

impl Person {
    /// Whether they are away at that moment.
    pub fn absence(&self, now: jiff::Timestamp) -> Option<&Absence> {
        let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
        self.absences.iter().find(|it| {
            moment(&it.from).is_some_and(|from| from <= now) && moment(&it.until).is_some_and(|until| now < until)
        })
    }

    /// How well they have a skill: `welding:3` is level 3, `welding` alone 1; 0 without it.
    pub fn skill(&self, skill: &str) -> u32 {
        let level = |it: &String| match it.split_once(':') {
            Some((name, level)) => (name.trim() == skill).then(|| level.trim().parse().unwrap_or(1)),
            None => (it.trim() == skill).then_some(1),
        };
        self.skills.iter().filter_map(level).max().unwrap_or(0)
    }
}

//! Countersigning: several people sign one task, and how their outcomes become one. And passing a task over.

use serde::{Deserialize, Serialize};

use crate::id::RoleKey;

/// Who must agree, in which order, and when it is decided. The signers are the people the performer says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Countersign {
    #[serde(default)]
    pub rule: SignRule,
    /// One signature per person, or one per role of the performer.
    #[serde(default, skip_serializing_if = "SignEach::is_person")]
    pub each: SignEach,
    /// One after the other, in the order the performer gives them (people of a role: by id). Else all at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_order: bool,
    /// Outcomes that agree. None: the primary ones; without any, all that are not dangerous; without any, the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agree: Vec<String>,
    /// Holders of these roles (`*`: everybody) end it at once with any other outcome, whatever the rule says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub veto: Vec<RoleKey>,
}

/// How many must agree. It is decided as soon as enough have, or as soon as not enough can any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignRule {
    #[default]
    All,
    Any,
    /// So many, at most all.
    Count(u32),
    /// Per cent of all signers, rounded up; 1 to 100.
    Percent(u32),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignEach {
    #[default]
    Person,
    Role,
}

impl SignEach {
    fn is_person(&self) -> bool {
        *self == SignEach::Person
    }
}

impl SignRule {
    /// How many of so many signers must agree; at least one.
    pub fn needed(self, signers: usize) -> usize {
        let needed = match self {
            SignRule::All => signers,
            SignRule::Any => 1,
            SignRule::Count(it) => (it as usize).min(signers),
            SignRule::Percent(it) => (signers * it.min(100) as usize).div_ceil(100),
        };
        needed.max(1)
    }
}

/// When a task is passed over. It then has that outcome and nobody has done it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The outcome it gets.
    pub outcome: String,
    /// Expression; asked when the task would open. None: only people skip it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Roles whose holders may skip it, with a reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<RoleKey>,
}

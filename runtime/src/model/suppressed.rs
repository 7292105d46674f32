//! `suppressed.json`: alerts somebody has looked at and lives with, each with the reason. They stay listed, as
//! suppressed; errors cannot be suppressed. A file of its own, so that it makes no new version of a flow.

use serde::{Deserialize, Serialize};

use crate::alert::Alert;

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppressed {
    pub format: u32,
    #[serde(default)]
    pub suppressed: Vec<Suppression>,
}

/// One of them: the alert it speaks of, by code and place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    pub code: String,
    /// The file inside the pack.
    pub file: String,
    /// The element it is on: a flow node's id, a field's key. Preferred to the pointer, which moves when things are put
    /// before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// Where it is on no element: JSON pointer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    /// Why that is all right, for those who come after.
    pub reason: String,
    /// Who said so, by name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

impl Suppression {
    /// Speaks of this alert.
    pub fn of(it: &Alert, reason: &str, by: &str) -> Self {
        Self {
            code: it.code.clone(),
            file: it.file.clone(),
            element: it.element.clone(),
            pointer: if it.element.is_some() { String::new() } else { it.pointer.clone() },
            reason: reason.to_owned(),
            by: by.to_owned(),
        }
    }

    /// Whether it speaks of an alert.
    pub fn speaks_of(&self, it: &Alert) -> bool {
        self.code == it.code
            && self.file == it.file
            && match &self.element {
                Some(element) => it.element.as_ref() == Some(element),
                None => it.element.is_none() && self.pointer == it.pointer,
            }
    }
}

//! What a check has to say. Checks never fail: they return every fault at once, each with a stable
//! code, a severity, a place and a sentence. Codes are documented in `runtime/src/check`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How grave a finding is. Errors block publishing, warnings and infos do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Certain to go wrong. Publishing is refused.
    Error,
    /// Wrong under some data or some organisation.
    Warning,
    /// Style, or something worth knowing.
    Info,
}

/// One finding, with its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Stable code: `flow-dead-end`. Its page is found by this name.
    pub code: String,
    pub severity: Severity,
    /// One sentence in English: "expected …, found …". For people, `args` and `code` are translated.
    pub message: String,
    /// The file inside its pack: `flows/complaint/flow.json`. Empty when the place is not a file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// JSON pointer (RFC 6901) into the file. Empty: the whole file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    /// The element it speaks of: a flow node's id, a field's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// Values for the translated sentence, by name.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub args: serde_json::Map<String, Value>,
    /// Somebody has looked at it and lives with it (`suppressed.json`). Never an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced: Option<Silenced>,
}

/// Why an alert is suppressed, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Silenced {
    pub reason: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

impl Alert {
    /// An alert without a place yet; see [`Alert::at`], [`Alert::on`].
    pub fn new(code: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            message: message.into(),
            file: String::new(),
            pointer: String::new(),
            element: None,
            args: serde_json::Map::new(),
            silenced: None,
        }
    }

    /// Shorthand for [`Severity::Error`].
    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// Shorthand for [`Severity::Warning`].
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// Names the file and the pointer into it.
    pub fn at(mut self, file: impl Into<String>, pointer: impl Into<String>) -> Self {
        self.file = file.into();
        self.pointer = pointer.into();
        self
    }

    /// Names the element.
    pub fn on(mut self, element: impl Into<String>) -> Self {
        self.element = Some(element.into());
        self
    }

    /// Adds a value for the translated sentence.
    pub fn arg(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }
}

/// True when nothing in the list blocks publishing.
pub fn publishable(alerts: &[Alert]) -> bool {
    alerts.iter().all(|it| it.severity != Severity::Error)
}

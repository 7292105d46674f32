//! Why a value is not accepted: the same words in browser and server.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One reason why a value is not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// JSON pointer into the value: `/rows/0/amount`; of something missing, where it should be. Empty: the whole value.
    pub pointer: String,
    /// The keyword of the schema (`minLength`), or a code of the form: `unknown-field`, `not-writable`, `required`, `check:<rule id>` …
    pub code: String,
    /// For the translated sentence.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
    /// One English sentence.
    pub message: String,
}

impl Fault {
    /// A fault; see [`Fault::arg`].
    pub fn new(pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.to_owned(), args: Map::new(), message: message.into() }
    }

    /// Adds a value for the translated sentence.
    pub fn arg(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// The first part of the pointer: the field of a record.
    pub fn field(&self) -> Option<String> {
        let first = self.pointer.strip_prefix('/')?.split('/').next()?;
        Some(first.replace("~1", "/").replace("~0", "~"))
    }
}

/// A key as part of a JSON pointer (RFC 6901).
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

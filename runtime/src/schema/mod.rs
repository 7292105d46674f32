//! JSON Schema 2020-12.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::alert::Alert;

/// A compiled schema.
#[derive(Clone, Debug, Default)]
pub struct Schema {}

/// One reason why a value is not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// JSON pointer into the value: `/rows/0/amount`. Empty: the whole value.
    pub pointer: String,
    /// The keyword of the schema (`minLength`), or a code of the form: `unknown-field`, `not-writable`, `required`, `check` …
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

impl Schema {
    /// Compiles; what is wrong is reported and left out. Pointers are into the schema.
    pub fn compile(schema: &Value) -> (Self, Vec<Alert>) {
        let _ = schema;
        (Self {}, Vec::new())
    }

    /// Every fault of a value.
    pub fn validate(&self, value: &Value) -> Vec<Fault> {
        let _ = value;
        Vec::new()
    }
}

//! JSON Schema 2020-12, ours: small enough for the browser, never hangs. [`Schema::compile`] turns a document into a flat
//! list of nodes; [`Schema::validate`] walks it along a value. All assertions and applicators, local references,
//! exact decimals. Not here: references to other documents, `$dynamicRef`, look-around in patterns; each is an alert.
//! Formats are assertions; besides the standard ones `x-decimal`, `x-phone`, `x-file`, `x-rich`. `time` also accepts a
//! wall-clock time without offset (`09:30`), because that is what people enter.
//!
//! The crate `jsonschema` is the oracle in the tests; in the browser it would weigh 450 KB.

mod compile;
mod fault;
mod format;
mod number;
mod validate;

use regex_lite::Regex;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::alert::Alert;

pub use fault::{Fault, escape};
use format::Format;
use number::Number;

/// A compiled schema.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The first is the root. Empty: everything is valid.
    nodes: Vec<Node>,
    /// Only then is it worth noting what was evaluated.
    unevaluated: bool,
}

type Id = usize;

/// One subschema.
#[derive(Clone, Debug, Default)]
struct Node {
    /// `false`: nothing is valid.
    never: bool,
    /// In the order they are checked; `unevaluated…` last.
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
enum Rule {
    Type(Vec<Kind>),
    Enum(Vec<Value>),
    Const(Value),
    Minimum(Number),
    Maximum(Number),
    ExclusiveMinimum(Number),
    ExclusiveMaximum(Number),
    MultipleOf(Decimal),
    MinLength(u64),
    MaxLength(u64),
    Pattern(Regex),
    Format(Format),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    PrefixItems(Vec<Id>),
    /// Items from this index on.
    Items(usize, Id),
    Contains {
        schema: Id,
        min: u64,
        max: Option<u64>,
    },
    MinProperties(u64),
    MaxProperties(u64),
    Required(Vec<String>),
    DependentRequired(Vec<(String, Vec<String>)>),
    PropertyNames(Id),
    /// Named, by pattern, and all others; one rule because each needs the others.
    Properties {
        named: Vec<(String, Id)>,
        patterns: Vec<(Regex, Id)>,
        others: Option<Id>,
    },
    DependentSchemas(Vec<(String, Id)>),
    Ref(Id),
    AllOf(Vec<Id>),
    AnyOf(Vec<Id>),
    OneOf(Vec<Id>),
    Not(Id),
    If {
        test: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
    },
    UnevaluatedItems(Id),
    UnevaluatedProperties(Id),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

impl Schema {
    /// Compiles; what is wrong is reported and left out. Pointers are into the schema.
    pub fn compile(schema: &Value) -> (Self, Vec<Alert>) {
        compile::compile(schema)
    }

    /// Every fault of a value; none: it is valid.
    pub fn validate(&self, value: &Value) -> Vec<Fault> {
        validate::validate(self, value)
    }

    /// True if it has no fault; quicker than [`Schema::validate`].
    pub fn accepts(&self, value: &Value) -> bool {
        validate::accepts(self, value)
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

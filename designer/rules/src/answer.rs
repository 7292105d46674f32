//! The table of questions: name → what is done with the arguments. What was loaded is remembered here, since a form
//! asks after every keystroke.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Fault, form};

/// What can be asked about module forms (`form.*`) and single expressions; and what [`STUDIO`] and [`SCENARIOS`] say.
pub const CALLS: &[&str] = &[
    "ping",
    "form.load",
    "form.state",
    "form.accept",
    "form.seed",
    "form.candidates",
    "expr.check",
    "pack.load",
    "check.pack",
    "check.edit",
    "check.more",
    "pack.usage",
    "table.try",
    "flow.try",
    "flow.import",
    "flow.export",
    "scenario.run",
    "scenario.record",
];

/// What only the studio asks, about packs; [`crate::studio`] answers it.
pub const STUDIO: &[&str] = &[
    "pack.load",
    "check.pack",
    "check.edit",
    "check.more",
    "pack.usage",
    "table.try",
    "flow.try",
    "flow.import",
    "flow.export",
];

/// What is asked when somebody plays scenarios; [`crate::scenarios`] answers it.
pub const SCENARIOS: &[&str] = &["scenario.run", "scenario.record"];

/// Forms the engine remembers between questions.
#[derive(Default)]
pub struct Memory {
    pub forms: BTreeMap<String, form::Loaded>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Answers one question by name.
pub fn answer(call: &str, args: &str) -> Result<Value, Fault> {
    MEMORY.with_borrow_mut(|memory| match call {
        "ping" => value(&CALLS),
        "form.load" => form::load(memory, read(args)?),
        "form.state" => form::state(memory, read(args)?),
        "form.accept" => form::accept(memory, read(args)?),
        "form.seed" => form::seed(memory, read(args)?),
        "form.candidates" => form::candidates(memory, read(args)?),
        "expr.check" => expression(&read(args)?),
        other => Err(unknown(other)),
    })
}

/// What is said about a question that nobody knows.
pub fn unknown(call: &str) -> Fault {
    Fault { code: "unknown-call", message: format!("expected one of {CALLS:?}, found `{call}`") }
}
/// Arguments of a question.
pub fn read<T: DeserializeOwned>(args: &str) -> Result<T, Fault> {
    serde_json::from_str(args).map_err(|it| Fault { code: "malformed", message: it.to_string() })
}

/// An answer.
pub fn value<T: Serialize>(it: &T) -> Result<Value, Fault> {
    serde_json::to_value(it).map_err(|it| Fault { code: "malformed", message: it.to_string() })
}

#[derive(Deserialize)]
struct Expression {
    source: String,
}

#[derive(Serialize)]
struct Parsed {
    ok: bool,
    message: String,
    line: usize,
    column: usize,
}

fn expression(it: &Expression) -> Result<Value, Fault> {
    value(&match runtime::expr::Expr::parse(&it.source) {
        Ok(_) => Parsed { ok: true, message: String::new(), line: 0, column: 0 },
        Err(it) => Parsed { ok: false, message: it.message, line: it.line, column: it.column },
    })
}

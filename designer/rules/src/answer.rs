//! The table of questions: name → what is done with the arguments. What was loaded is remembered here, since a form
//! asks after every keystroke.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use runtime::engine::Person;
use runtime::expr::{Expr, Scope};
use runtime::value::Shape;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::{Fault, form, typed};

/// What can be asked about module forms (`form.*`) and single expressions; and what [`STUDIO`], [`SCENARIOS`] and [`BPMN`] say.
pub const CALLS: &[&str] = &[
    "ping",
    "form.load",
    "form.state",
    "form.begin",
    "form.type",
    "form.end",
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
pub const STUDIO: &[&str] = &["pack.load", "check.pack", "check.edit", "check.more", "pack.usage"];

/// What is asked when somebody plays scenarios, a flow or a table; [`crate::scenarios`] answers it.
pub const SCENARIOS: &[&str] = &["scenario.run", "scenario.record", "table.try", "flow.try"];

/// What is asked about BPMN files; [`crate::bpmn`] answers it.
pub const BPMN: &[&str] = &["flow.import", "flow.export"];

/// Forms the engine remembers between questions.
#[derive(Default)]
pub struct Memory {
    pub forms: BTreeMap<String, form::Loaded>,
    /// Forms that are being filled in, by the page's number.
    pub filled: BTreeMap<u64, typed::Filled>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Answers one question by name.
pub fn answer(call: &str, args: &str) -> Result<Box<RawValue>, Fault> {
    MEMORY.with_borrow_mut(|memory| match call {
        "ping" => value(&CALLS),
        "form.load" => form::load(memory, read(args)?),
        "form.state" => form::state(memory, read(args)?),
        "form.begin" => typed::begin(memory, read(args)?),
        "form.type" => typed::typed(memory, read(args)?),
        "form.end" => typed::end(memory, &read(args)?),
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
    runtime::plain::parse(args).map_err(|it| Fault { code: "malformed", message: it.to_string() })
}

/// An answer.
pub fn value<T: Serialize>(it: &T) -> Result<Box<RawValue>, Fault> {
    to_raw_value(it).map_err(|it| Fault { code: "malformed", message: it.to_string() })
}

#[derive(Deserialize)]
struct Expression {
    source: String,
    /// A record it is tried with.
    #[serde(default)]
    with: Option<With>,
}

#[derive(Deserialize)]
struct With {
    data: Map<String, Value>,
    schema: Value,
    /// RFC 3339.
    now: Timestamp,
}

#[derive(Default, Serialize)]
struct Parsed {
    ok: bool,
    message: String,
    line: usize,
    column: usize,
    /// It was tried with the record: its value, or why it has none.
    tried: bool,
    value: Value,
    stopped: String,
}

fn expression(it: &Expression) -> Result<Box<RawValue>, Fault> {
    let parsed = match Expr::parse(&it.source) {
        Ok(parsed) => parsed,
        Err(it) => {
            let message = it.message;
            return value(&Parsed { message, line: it.line, column: it.column, ..Parsed::default() });
        }
    };
    let mut answer = Parsed { ok: true, tried: it.with.is_some(), ..Parsed::default() };
    match it.with.as_ref().map(|with| parsed.eval(&scope(with))) {
        Some(Ok(it)) => answer.value = it,
        Some(Err(it)) => answer.stopped = it.message,
        None => (),
    }
    value(&answer)
}

/// What an expression sees of such a record; what only a flow that runs has is blank.
fn scope(with: &With) -> Scope {
    let mut scope = Scope::new(Arc::default(), with.now, &TimeZone::UTC);
    scope.set_user(&Person::default());
    scope.set_record("data", &with.data, &Shape::of(&with.schema));
    for name in ["old", "outcome", "result"] {
        scope.set(name, Value::Null);
    }
    for name in ["refs", "vars"] {
        scope.set(name, Value::Object(Map::new()));
    }
    scope
}

//! The table of questions: name → what is done with the arguments.

use serde_json::{Value, json};

use crate::Fault;

/// What can be asked.
pub const CALLS: &[&str] = &["ping"];

pub fn answer(call: &str, args: &str) -> Result<Value, Fault> {
    match call {
        "ping" => Ok(json!({ "calls": CALLS, "bytes": args.len() })),
        other => Err(Fault { code: "unknown-call", message: format!("expected one of {CALLS:?}, found `{other}`") }),
    }
}

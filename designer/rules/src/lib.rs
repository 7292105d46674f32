//! The rule engine for the browser: `runtime` behind one function, text in, text out. Runs in a worker
//! (`worker.js`), so that checking never holds up a keystroke; natively it is an ordinary function, and a test
//! compares the two byte for byte.
//!
//! A question is `{"id": 7, "call": "form.state", "args": {…}}`, its answer `{"id": 7, "ok": …}` or
//! `{"id": 7, "error": {"code", "message"}}`. What can be asked stands in [`CALLS`].

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

mod answer;
mod form;
mod pack;

pub use answer::CALLS;

#[derive(Deserialize)]
struct Question<'a> {
    id: u64,
    call: String,
    #[serde(borrow, default)]
    args: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Ok { id: u64, ok: Value },
    Err { id: u64, error: Fault },
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// `malformed`, `unknown-call`, `not-loaded`.
    pub code: &'static str,
    pub message: String,
}

/// Answers one question. Never panics for what it is given; a mistake of ours traps in wasm, which `worker.js` reports.
pub fn ask(json: &str) -> String {
    let question: Question = match serde_json::from_str(json) {
        Ok(it) => it,
        Err(error) => return text(&Answer::Err { id: 0, error: Fault { code: "malformed", message: error.to_string() } }),
    };
    let args = question.args.map_or("null", RawValue::get);
    text(&match answer::answer(&question.call, args) {
        Ok(ok) => Answer::Ok { id: question.id, ok },
        Err(error) => Answer::Err { id: question.id, error },
    })
}

fn text(answer: &Answer) -> String {
    serde_json::to_string(answer).unwrap_or_else(|_| r#"{"id":0,"error":{"code":"malformed","message":"not JSON"}}"#.to_owned())
}

/// [`ask`] for the worker.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn call(json: &str) -> String {
    console_error_panic_hook::set_once();
    ask(json)
}

/// [`ask`], under the name the worker knows.
#[cfg(not(target_arch = "wasm32"))]
pub fn call(json: &str) -> String {
    ask(json)
}

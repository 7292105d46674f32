//! The rule engine for the browser: `runtime` behind one function, text in, text out. Runs in a worker
//! (`worker.js`), so that checking never holds up a keystroke; natively it is an ordinary function, and a test
//! compares the two byte for byte.
//!
//! A question is `{"id": 7, "call": "form.state", "args": {…}}`, its answer `{"id": 7, "ok": …}` or
//! `{"id": 7, "error": {"code", "message"}}`. What can be asked stands in [`CALLS`]. What only the studio asks
//! ([`studio`], [`scenarios`], [`bpmn`]) is cut off in the browser and loaded by its first question, since most people never ask it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

mod answer;
mod bpmn;
mod draft;
mod form;
mod scenarios;
mod studio;
mod trial;
mod typed;
#[cfg(target_arch = "wasm32")]
mod worker;

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
    Ok { id: u64, ok: Box<RawValue> },
    Err { id: u64, error: Fault },
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// `malformed`, `unknown-call`, `not-loaded`, `unavailable`.
    pub code: &'static str,
    pub message: String,
}

/// The engine is loaded in parts, each by its first question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    First,
    Studio,
    Scenarios,
    Bpmn,
}

/// Answers a question by its name and arguments.
type Answers = fn(&str, &str) -> Result<Box<RawValue>, Fault>;

impl Question<'_> {
    fn read(json: &str) -> Result<Question<'_>, String> {
        serde_json::from_str(json).map_err(|error| {
            text(&Answer::Err { id: 0, error: Fault { code: "malformed", message: error.to_string() } })
        })
    }

    /// Which part of the engine answers it.
    fn part(&self) -> Part {
        let call = self.call.as_str();
        if answer::STUDIO.contains(&call) {
            Part::Studio
        } else if answer::SCENARIOS.contains(&call) {
            Part::Scenarios
        } else if answer::BPMN.contains(&call) {
            Part::Bpmn
        } else {
            Part::First
        }
    }

    fn answer(&self, by: Answers) -> String {
        let args = self.args.map_or("null", RawValue::get);
        self.say(by(&self.call, args))
    }

    fn say(&self, answer: Result<Box<RawValue>, Fault>) -> String {
        text(&match answer {
            Ok(ok) => Answer::Ok { id: self.id, ok },
            Err(error) => Answer::Err { id: self.id, error },
        })
    }
}

fn text(answer: &Answer) -> String {
    serde_json::to_string(answer)
        .unwrap_or_else(|_| r#"{"id":0,"error":{"code":"malformed","message":"not JSON"}}"#.to_owned())
}

/// Answers one question. Never panics for what it is given; a mistake of ours traps in wasm, which `worker.js` reports.
/// The worker has its own way in ([`worker`]), since a part of the engine may have to be loaded first.
#[cfg(not(target_arch = "wasm32"))]
pub fn ask(json: &str) -> String {
    match Question::read(json) {
        Ok(it) => it.answer(match it.part() {
            Part::First => answer::answer,
            Part::Studio => studio::answer,
            Part::Scenarios => scenarios::answer,
            Part::Bpmn => bpmn::answer,
        }),
        Err(answer) => answer,
    }
}

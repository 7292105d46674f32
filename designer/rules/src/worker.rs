//! The way in for `worker.js`. The parts for the studio, for scenarios and for BPMN files lie in modules of their own, which the bundler
//! cuts out (`designer/bundle/src/split.rs`); the worker has each loaded by the first question for it.

use std::cell::Cell;

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{Answers, Fault, Part, Question, answer};

thread_local! {
    static STUDIO: Cell<Option<Answers>> = const { Cell::new(None) };
    static SCENARIOS: Cell<Option<Answers>> = const { Cell::new(None) };
    static BPMN: Cell<Option<Answers>> = const { Cell::new(None) };
}

/// Answers one question, as `crate::ask` does natively; none: the part that knows it has to come first ([`load`]).
/// Not async, so that a trap reaches the worker.
#[wasm_bindgen]
pub fn call(json: &str) -> Option<String> {
    console_error_panic_hook::set_once();
    match Question::read(json) {
        Ok(it) => Some(it.answer(match it.part() {
            Part::First => answer::answer,
            Part::Studio => STUDIO.get()?,
            Part::Scenarios => SCENARIOS.get()?,
            Part::Bpmn => BPMN.get()?,
        })),
        Err(answer) => Some(answer),
    }
}

/// Loads the part a question is for. When that fails, [`call`] still has no answer, and the next question tries again.
#[wasm_bindgen]
pub async fn load(json: &str) {
    let Ok(part) = Question::read(json).map(|it| it.part()) else { return };
    match part {
        Part::First => {}
        Part::Studio => {
            if let Ok(answers) = studio().await {
                STUDIO.set(Some(answers));
            }
        }
        Part::Scenarios => {
            if let Ok(answers) = scenarios().await {
                SCENARIOS.set(Some(answers));
            }
        }
        Part::Bpmn => {
            if let Ok(answers) = bpmn().await {
                BPMN.set(Some(answers));
            }
        }
    }
}

/// What a question is told whose part could not be loaded.
#[wasm_bindgen]
pub fn unavailable(json: &str) -> String {
    let message = "a part of the rule engine could not be loaded".to_owned();
    match Question::read(json) {
        Ok(it) => it.say(Err(Fault { code: "unavailable", message })),
        Err(answer) => answer,
    }
}

#[wasm_split(studio, fallible)]
fn studio() -> Result<Answers, SplitLoaderError> {
    Ok(crate::studio::answer)
}

#[wasm_split(scenarios, fallible)]
fn scenarios() -> Result<Answers, SplitLoaderError> {
    Ok(crate::scenarios::answer)
}

#[wasm_split(bpmn, fallible)]
fn bpmn() -> Result<Answers, SplitLoaderError> {
    Ok(crate::bpmn::answer)
}

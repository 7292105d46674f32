//! The way in for `worker.js`. The part for the studio lies in a module of its own, which the bundler cuts out
//! (`designer/bundle/src/split.rs`); the worker has it loaded by the first question for it.

use std::cell::Cell;

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{Answers, Fault, Question, answer};

thread_local! {
    static STUDIO: Cell<Option<Answers>> = const { Cell::new(None) };
}

/// Answers one question, as `crate::ask` does natively; none: the part that knows it has to come first ([`load`]).
/// Not async, so that a trap reaches the worker.
#[wasm_bindgen]
pub fn call(json: &str) -> Option<String> {
    console_error_panic_hook::set_once();
    match Question::read(json) {
        Ok(it) if it.for_studio() => Some(it.answer(STUDIO.get()?)),
        Ok(it) => Some(it.answer(answer::answer)),
        Err(answer) => Some(answer),
    }
}

/// Loads the part for the studio. When that fails, [`call`] still has no answer, and the next question tries again.
#[wasm_bindgen]
pub async fn load() {
    if let Ok(answers) = studio().await {
        STUDIO.set(Some(answers));
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

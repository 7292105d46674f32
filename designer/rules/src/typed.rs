//! Forms that are being filled in. What was asked about one is kept under its number, so that a keystroke sends what it changed
//! and hears what that changed: `form.begin` takes the whole question, `form.type` what was typed since, `form.end` forgets.

use std::collections::BTreeMap;

use jiff::Timestamp;
use runtime::form::{Fault as FieldFault, FieldState, FormState};
use runtime::id::FieldKey;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Fault;
use crate::answer::{Memory, value};
use crate::form::{Ask, asked};

/// Forms that are kept; of more the oldest is forgotten, and begins anew when it is typed into.
const KEPT: usize = 40;

/// A form, what was asked about it last, and what was told.
pub struct Filled {
    ask: Ask,
    told: FormState,
    /// Keystrokes since it began.
    step: u64,
}

/// The whole question; `form` is a number the page gives, higher for later forms.
#[derive(Deserialize)]
pub struct Begin {
    form: u64,
    ask: Ask,
}

/// What was typed; the keystrokes since `form.begin` are counted, the first is 1.
#[derive(Deserialize)]
pub struct Typed {
    form: u64,
    step: u64,
    now: Timestamp,
    #[serde(default)]
    typed: Map<String, Value>,
    /// Fields that nothing is typed into any more.
    #[serde(default)]
    untyped: Vec<String>,
}

#[derive(Deserialize)]
pub struct End {
    form: u64,
}

/// What another [`FormState`] is told by.
#[derive(Serialize, Default)]
struct Differs<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data: BTreeMap<&'a str, &'a Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone: Vec<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<&'a FieldKey, &'a FieldState>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sections: BTreeMap<&'a str, bool>,
    /// All of them; none: as they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    faults: Option<&'a [FieldFault]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<&'a [FieldFault]>,
}

impl<'a> Differs<'a> {
    /// The fields and sections of a form are always the same ones, and so none of them goes away.
    fn between(then: &'a FormState, now: &'a FormState) -> Self {
        Self {
            data: now
                .data
                .iter()
                .filter(|(key, it)| then.data.get(*key) != Some(it))
                .map(|(key, it)| (key.as_str(), it))
                .collect(),
            gone: then.data.keys().filter(|key| !now.data.contains_key(*key)).map(String::as_str).collect(),
            fields: now.fields.iter().filter(|(key, it)| then.fields.get(*key) != Some(it)).collect(),
            sections: now
                .sections
                .iter()
                .filter(|(key, it)| then.sections.get(*key) != Some(it))
                .map(|(key, it)| (key.as_str(), *it))
                .collect(),
            faults: (then.faults != now.faults).then_some(&now.faults),
            warnings: (then.warnings != now.warnings).then_some(&now.warnings),
        }
    }
}

/// What the form looks like: `runtime::form::FormState`.
pub fn begin(memory: &mut Memory, it: Begin) -> Result<Box<RawValue>, Fault> {
    memory.filled.remove(&it.form);
    let told = asked(memory, &it.ask, |form, change| form.state(change))?;
    let answer = value(&told);
    memory.filled.insert(it.form, Filled { ask: it.ask, told, step: 0 });
    if memory.filled.len() > KEPT {
        memory.filled.pop_first();
    }
    answer
}

/// What has changed in it.
pub fn typed(memory: &mut Memory, it: Typed) -> Result<Box<RawValue>, Fault> {
    // One that is not taken in whole is good for nothing any more.
    let filled = memory.filled.remove(&it.form).filter(|filled| filled.step + 1 == it.step);
    let mut filled = filled.ok_or_else(|| Fault {
        code: "out-of-step",
        message: "expected the keystroke after the last one; ask `form.begin`".to_owned(),
    })?;
    filled.step = it.step;
    filled.ask.now = it.now;
    for key in &it.untyped {
        filled.ask.patch.remove(key);
    }
    filled.ask.patch.extend(it.typed);
    let now = asked(memory, &filled.ask, |form, change| form.state(change))?;
    let answer = value(&Differs::between(&filled.told, &now));
    filled.told = now;
    memory.filled.insert(it.form, filled);
    answer
}

/// The form is closed.
pub fn end(memory: &mut Memory, it: &End) -> Result<Box<RawValue>, Fault> {
    memory.filled.remove(&it.form);
    value(&())
}

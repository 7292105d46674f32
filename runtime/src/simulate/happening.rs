//! What happens outside during a run, as a script file lists it: `{"complete": "TaskId", "set": {…}, "outcome": "…"}`.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// One outside happening.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// Somebody, or something, finishes a task; variables are set first. `by`: who, where a scenario is made of it; a simulation
    /// knows no people.
    Complete {
        task: String,
        set: Map<String, Value>,
        outcome: Option<String>,
        by: Option<String>,
    },
    /// A message comes in. Without a key it goes to whoever waits for it longest.
    Message {
        name: String,
        correlation: Option<Value>,
        set: Map<String, Value>,
    },
    Signal {
        name: String,
        set: Map<String, Value>,
    },
    /// Time goes by; timers that are due on the way fire. An ISO 8601 duration, or a moment.
    Advance(String),
    /// The work of an activity fails with a code.
    Error {
        at: String,
        code: String,
        set: Map<String, Value>,
    },
    /// The work of an activity raises an escalation and goes on.
    Escalation {
        at: String,
        code: String,
        set: Map<String, Value>,
    },
    /// An activity is called off; a transaction is cancelled (BPMN 2.0.2 §13.3.5).
    Cancel(String),
    /// Variables change by themselves; conditional events look.
    Set(Map<String, Value>),
    /// Somebody begins an activity of an ad-hoc subprocess.
    Start(String),
}

/// As written: exactly one of the happenings, with what belongs to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    complete: Option<String>,
    message: Option<String>,
    signal: Option<String>,
    advance: Option<String>,
    error: Option<Thrown>,
    escalation: Option<Thrown>,
    cancel: Option<String>,
    start: Option<String>,
    correlation: Option<Value>,
    outcome: Option<String>,
    by: Option<String>,
    set: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thrown {
    at: String,
    #[serde(default)]
    code: String,
}

impl<'de> Deserialize<'de> for Happening {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written {
            complete,
            message,
            signal,
            advance,
            error,
            escalation,
            cancel,
            start,
            correlation,
            outcome,
            by,
            set,
        } = Written::deserialize(deserializer)?;
        let set_alone = set.is_some();
        let set = set.unwrap_or_default();
        let mut found = Vec::new();
        found.extend(complete.map(|task| Happening::Complete {
            task,
            set: set.clone(),
            outcome: outcome.clone(),
            by: by.clone(),
        }));
        found.extend(message.map(|name| Happening::Message {
            name,
            correlation: correlation.clone(),
            set: set.clone(),
        }));
        found.extend(signal.map(|name| Happening::Signal { name, set: set.clone() }));
        found.extend(advance.map(Happening::Advance));
        found.extend(error.map(|it| Happening::Error { at: it.at, code: it.code, set: set.clone() }));
        found.extend(escalation.map(|it| Happening::Escalation { at: it.at, code: it.code, set: set.clone() }));
        found.extend(cancel.map(Happening::Cancel));
        found.extend(start.map(Happening::Start));
        if found.is_empty() && set_alone {
            found.push(Happening::Set(set));
        }
        let one = found.len() == 1;
        match found.pop() {
            Some(it) if one => Ok(it),
            Some(_) | None => Err(serde::de::Error::custom(
                "expected one of `complete`, `message`, `signal`, `advance`, `error`, `escalation`, `cancel`, `start`, `set`, found none or several",
            )),
        }
    }
}

impl Happening {
    /// The activity it speaks of.
    pub(super) fn element(&self) -> Option<&str> {
        match self {
            Happening::Complete { task: at, .. }
            | Happening::Error { at, .. }
            | Happening::Escalation { at, .. }
            | Happening::Cancel(at)
            | Happening::Start(at) => Some(at),
            Happening::Message { .. } | Happening::Signal { .. } | Happening::Advance(_) | Happening::Set(_) => None,
        }
    }
}

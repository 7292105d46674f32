//! What happens outside during a run, as a script file lists it: `{"complete": "TaskId", "set": {…}, "outcome": "…"}`.

use std::fmt;

use serde::de::{MapAccess, Visitor};
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

/// What an entry of a script can be, and what may stand beside that.
const WORDS: &[(&str, &[&str])] = &[
    ("complete", &["set", "outcome", "by"]),
    ("message", &["set", "correlation"]),
    ("signal", &["set"]),
    ("advance", &[]),
    ("error", &["set"]),
    ("escalation", &["set"]),
    ("cancel", &[]),
    ("start", &[]),
    ("set", &[]),
];

/// Why a script is none: the entry, counted from 0, and its key as a JSON pointer, with what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{says} at {pointer}")]
pub struct ScriptFault {
    pub entry: usize,
    pub pointer: String,
    pub says: String,
}

/// What happens outside, in order, read from a script file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script(pub Vec<Happening>);

impl Script {
    /// Reads a script: a JSON list of happenings.
    pub fn read(bytes: &[u8]) -> Result<Self, ScriptFault> {
        let none = |it: serde_json::Error| ScriptFault { entry: 0, pointer: "/".to_owned(), says: it.to_string() };
        let entries: Vec<Entry> = serde_json::from_slice(bytes).map_err(none)?;
        let read = |(entry, it): (usize, Entry)| {
            it.happening().map_err(|(key, says)| ScriptFault { entry, pointer: format!("/{entry}{key}"), says })
        };
        entries.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// An entry as written: its keys in order, one that comes twice included.
struct Entry(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a happening, which is an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entry, M::Error> {
                let mut found = Vec::new();
                while let Some(it) = map.next_entry()? {
                    found.push(it);
                }
                Ok(Entry(found))
            }
        }
        from.deserialize_map(Keys)
    }
}

/// The place inside an entry, and what is wrong there.
type Wrong = (String, String);

impl Entry {
    fn happening(mut self) -> Result<Happening, Wrong> {
        let known = || WORDS.iter().map(|(it, _)| format!("`{it}`")).collect::<Vec<_>>().join(", ");
        for (nth, (key, _)) in self.0.iter().enumerate() {
            if self.0[..nth].iter().any(|(it, _)| it == key) {
                return Err((format!("/{key}"), format!("expected `{key}` once, found it twice")));
            }
        }
        let is_word = |key: &str| WORDS.iter().any(|(it, _)| *it == key);
        let mut words = self.0.iter().map(|(it, _)| it.clone()).filter(|it| is_word(it) && it != "set");
        let word = words.next();
        if let (Some(first), Some(second)) = (&word, words.next()) {
            let says = format!("expected one happening in an entry, found `{first}` and `{second}`");
            return Err((format!("/{second}"), says));
        }
        drop(words);
        let sets = self.0.iter().any(|(it, _)| it == "set");
        let word = word.or_else(|| sets.then(|| "set".to_owned()));
        let Some((word, beside)) = WORDS.iter().find(|(it, _)| word.as_deref() == Some(it)) else {
            return Err(match self.0.first() {
                Some((key, _)) => (format!("/{key}"), format!("expected one of {}, found `{key}`", known())),
                None => (String::new(), format!("expected one of {}, found none", known())),
            });
        };
        if let Some((key, _)) = self.0.iter().find(|(it, _)| it != word && !beside.contains(&it.as_str())) {
            let may = beside.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
            let may = if may.is_empty() { "nothing".to_owned() } else { may };
            return Err((format!("/{key}"), format!("expected {may} beside `{word}`, found `{key}`")));
        }
        let set = self.map("set")?;
        Ok(match *word {
            "complete" => Happening::Complete {
                task: self.text("complete")?,
                set,
                outcome: self.text_beside("outcome")?,
                by: self.text_beside("by")?,
            },
            "message" => Happening::Message { name: self.text("message")?, correlation: self.take("correlation"), set },
            "signal" => Happening::Signal { name: self.text("signal")?, set },
            "advance" => Happening::Advance(self.text("advance")?),
            "error" => {
                let (at, code) = self.thrown("error")?;
                Happening::Error { at, code, set }
            }
            "escalation" => {
                let (at, code) = self.thrown("escalation")?;
                Happening::Escalation { at, code, set }
            }
            "cancel" => Happening::Cancel(self.text("cancel")?),
            "start" => Happening::Start(self.text("start")?),
            _set => Happening::Set(set),
        })
    }

    /// Blank is not there.
    fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(it, _)| it == key)?;
        Some(self.0.swap_remove(at).1).filter(|it| !it.is_null())
    }

    fn text(&mut self, key: &str) -> Result<String, Wrong> {
        let none = || (format!("/{key}"), format!("expected a text as `{key}`, found null"));
        self.text_beside(key)?.ok_or_else(none)
    }

    fn text_beside(&mut self, key: &str) -> Result<Option<String>, Wrong> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(it)) => Ok(Some(it)),
            Some(other) => Err((format!("/{key}"), format!("expected a text as `{key}`, found {other}"))),
        }
    }

    fn map(&mut self, key: &str) -> Result<Map<String, Value>, Wrong> {
        match self.take(key) {
            None => Ok(Map::new()),
            Some(Value::Object(it)) => Ok(it),
            Some(other) => Err((format!("/{key}"), format!("expected an object as `{key}`, found {other}"))),
        }
    }

    /// `{"at": "TaskId", "code": "E1"}`; without a code whichever.
    fn thrown(&mut self, key: &str) -> Result<(String, String), Wrong> {
        let inside = self.map(key)?;
        if let Some(other) = inside.keys().find(|it| !matches!(it.as_str(), "at" | "code")) {
            return Err((format!("/{key}/{other}"), format!("expected `at` and `code` in `{key}`, found `{other}`")));
        }
        let mut inside = Entry(inside.into_iter().collect());
        let deeper = |(at, says): Wrong| (format!("/{key}{at}"), says);
        let at = inside.text("at").map_err(deeper)?;
        Ok((at, inside.text_beside("code").map_err(deeper)?.unwrap_or_default()))
    }
}

impl<'de> Deserialize<'de> for Happening {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let wrong = |(at, says): Wrong| serde::de::Error::custom(format!("{says} at {at}"));
        Entry::deserialize(from)?.happening().map_err(wrong)
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
    /// The variables it sets.
    pub(super) fn sets(&self) -> Option<&Map<String, Value>> {
        match self {
            Happening::Complete { set, .. }
            | Happening::Message { set, .. }
            | Happening::Signal { set, .. }
            | Happening::Error { set, .. }
            | Happening::Escalation { set, .. }
            | Happening::Set(set) => Some(set),
            Happening::Advance(_) | Happening::Cancel(_) | Happening::Start(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Script;

    #[test]
    fn what_means_nothing_is_refused_where_it_stands() {
        for (script, pointer, says) in [
            (
                r#"[{"complete":"a"},{"complete":"b","outcom":"x"}]"#,
                "/1/outcom",
                "`set`, `outcome`, `by` beside `complete`",
            ),
            (r#"[{"complete":"a","signal":"b"}]"#, "/0/signal", "`complete` and `signal`"),
            (r#"[{"signal":"b","correlation":1}]"#, "/0/correlation", "beside `signal`"),
            (r#"[{"advance":"PT1H","set":{}}]"#, "/0/set", "nothing beside `advance`"),
            (r#"[{"finish":"a"}]"#, "/0/finish", "found `finish`"),
            (r#"[{}]"#, "/0", "found none"),
            (r#"[{"complete":null}]"#, "/0/complete", "found null"),
            (r#"[{"complete":7}]"#, "/0/complete", "found 7"),
            (r#"[{"message":"m","set":[]}]"#, "/0/set", "expected an object"),
            (r#"[{"set":{}},{"error":{"at":"t","cod":"E"}}]"#, "/1/error/cod", "`at` and `code`"),
            (r#"[{"escalation":{"code":"E"}}]"#, "/0/escalation/at", "found null"),
            (r#"[{"complete":"a","complete":"b"}]"#, "/0/complete", "found it twice"),
            (r#"[7]"#, "/", "a happening"),
            (r#"{"complete":"a"}"#, "/", "sequence"),
        ] {
            let fault = Script::read(script.as_bytes()).expect_err(script);
            assert_eq!(fault.pointer, pointer, "{script}");
            assert!(fault.to_string().contains(says), "{script}: {fault}");
        }
        let good = r#"[{"complete":"a","set":{"n":1},"outcome":null},{"message":"m","correlation":{"id":1}},{"set":{"x":1}},
            {"error":{"at":"t"}},{"cancel":"t"},{"start":"t"},{"advance":"PT1H"},{"signal":"s","set":{}},{"escalation":{"at":"t","code":"X"}}]"#;
        assert_eq!(Script::read(good.as_bytes()).map(|it| it.0.len()), Ok(9));
    }
}

//! Reading what is told apart by one of its members: elements, event definitions, loops, views. serde's own way makes a reader for every kind,
//! 100 KB of code in the browser for elements alone; here one reader takes the members of all kinds, and each kind picks its
//! own. What is refused, and in which words, is as serde has it; the tests beside each type compare the two.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::plain;

pub(super) type Error = serde_json::Error;

/// A kind: its name, the members it has, and how it is made of them. `K` holds the members of all kinds.
pub(super) struct Kind<K, T> {
    pub name: &'static str,
    pub members: &'static [&'static str],
    pub make: fn(&mut K) -> Result<T, Error>,
}

/// The names of all kinds, to say what was expected.
pub(super) const fn names<K, T, const COUNT: usize>(kinds: &[Kind<K, T>; COUNT]) -> [&'static str; COUNT] {
    let mut all = [""; COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = kinds[at].name;
        at += 1;
    }
    all
}

/// An object of which nothing is known yet.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// `expected`: what is said when something else stands there.
    pub fn read<'de, D: Deserializer<'de>>(from: D, expected: &'static str) -> Result<Self, D::Error> {
        from.deserialize_any(Reader(expected)).map(Self)
    }

    /// Takes the member out that says the kind.
    #[inline(never)]
    pub fn kind(&mut self, tag: &'static str) -> Result<String, Error> {
        match self.0.shift_remove(tag) {
            Some(Value::String(it)) => Ok(it),
            Some(other) => Err(plain::wrong(&other, &"variant identifier")),
            None => Err(Error::missing_field(tag)),
        }
    }

    /// A null member is as none.
    pub fn drop_null(&mut self, key: &str) {
        if self.0.get(key).is_some_and(Value::is_null) {
            self.0.shift_remove(key);
        }
    }

    /// Reads it as a type that knows its members itself.
    pub fn whole<T: DeserializeOwned>(self) -> Result<T, Error> {
        plain::read(&Value::Object(self.0))
    }

    /// Makes it what its type says.
    pub fn make<K: DeserializeOwned, T>(
        mut self,
        kind: &str,
        kinds: &[Kind<K, T>],
        names: &'static [&'static str],
    ) -> Result<T, Error> {
        let Some(kind) = kinds.iter().find(|it| it.name == kind) else {
            return Err(Error::unknown_variant(kind, names));
        };
        let strange = self.0.keys().find(|key| !kind.members.contains(&key.as_str())).cloned();
        if let Some(key) = &strange {
            // What is wrong before it is said first, as by a reader that goes from member to member.
            self.0 = self.0.into_iter().take_while(|it| it.0 != *key).collect();
        }
        let mut known: K = self.whole()?;
        if let Some(key) = strange {
            return Err(Error::unknown_field(&key, kind.members));
        }
        (kind.make)(&mut known)
    }
}

/// A member that must be there.
#[inline(never)]
pub(super) fn need<T>(it: &mut Option<T>, key: &'static str) -> Result<T, Error> {
    it.take().ok_or_else(|| Error::missing_field(key))
}

/// A member that may be left out, but is not null.
pub(super) fn given<'de, D: Deserializer<'de>, T: serde::Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

struct Reader(&'static str);

impl<'de> Visitor<'de> for Reader {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Self::Value, M::Error> {
        let mut all = Map::new();
        while let Some((key, value)) = members.next_entry::<String, Value>()? {
            if all.contains_key(&key) {
                return Err(M::Error::custom(format_args!("duplicate field `{key}`")));
            }
            all.insert(key, value);
        }
        Ok(all)
    }
}

/// Compares a reader with the one serde derives.
#[cfg(test)]
pub(super) mod compare {
    use std::fmt::Debug;

    use serde_json::{Map, Value, json};

    use super::Error;

    /// Values of every type, and none.
    fn values() -> Vec<Value> {
        vec![
            Value::Null,
            json!(true),
            json!(3),
            json!(-3),
            json!(1.5),
            json!("x"),
            json!([]),
            json!(["x"]),
            json!([{ "target": "vars.a", "expr": "1" }]),
            json!([{ "id": "a", "type": "task" }]),
            json!({}),
            json!({ "type": "timer", "timeDuration": "PT1H" }),
            json!({ "type": "timer", "timeDuration": 1 }),
            json!({ "plugin": "p", "function": "f", "output": "o" }),
            json!({ "version": "v1" }),
        ]
    }

    /// Every kind with none, one and all of the members that are named, each of every type; with strange ones before and behind.
    /// Both readers must say the same, in the same words.
    pub fn all<T: Debug + PartialEq>(
        tag: &str,
        kinds: &[&str],
        members: &[&str],
        ours: fn(Value) -> Result<T, Error>,
        theirs: fn(Value) -> Result<T, Error>,
    ) {
        let mut accepted = 0;
        let mut same = |value: Value| {
            let (ours, theirs) =
                (ours(value.clone()).map_err(|it| it.to_string()), theirs(value.clone()).map_err(|it| it.to_string()));
            accepted += usize::from(ours.is_ok());
            // A list in place of a struct serde takes for its members; `plain` does not.
            let list = "invalid type: sequence, expected struct ";
            if !ours.as_ref().is_err_and(|it| it.starts_with(list)) {
                assert_eq!(ours, theirs, "{value}");
            }
        };
        for value in values().into_iter().filter(|it| !it.is_array() && !it.is_object()) {
            same(json!({ tag: value }));
            same(value);
        }
        same(json!({}));
        same(json!({ "a": 1 }));
        for kind in kinds.iter().chain(&["teaBreak", ""]) {
            same(json!({ tag: kind }));
            same(json!({ "strange": 1, tag: kind }));
            for value in values() {
                let mut every = Map::new();
                for member in members {
                    same(json!({ tag: kind, *member: value }));
                    same(json!({ *member: value, tag: kind, "strange": value }));
                    same(json!({ "strange": value, *member: value, tag: kind }));
                    every.insert((*member).to_owned(), value.clone());
                }
                every.insert(tag.to_owned(), json!(kind));
                same(Value::Object(every));
            }
            // A value that fits each member, one of them left out or wrong at a time.
            let fitting: Vec<(&str, Vec<Value>)> = members
                .iter()
                .map(|member| {
                    let fits = |value: &Value| {
                        let said = theirs(json!({ tag: kind, *member: value }));
                        said.map_or_else(|it| it.to_string().starts_with("missing field"), |_| true)
                    };
                    (*member, values().into_iter().filter(fits).collect())
                })
                .filter(|(_, fitting): &(_, Vec<Value>)| !fitting.is_empty())
                .collect();
            let with = |of: &dyn Fn(usize) -> Option<Value>| {
                let mut all = Map::from_iter([(tag.to_owned(), json!(kind))]);
                for (at, (member, _)) in fitting.iter().enumerate() {
                    if let Some(value) = of(at) {
                        all.insert((*member).to_owned(), value);
                    }
                }
                Value::Object(all)
            };
            for turn in 0..values().len() {
                let nth = |at: usize| fitting[at].1.get(turn % fitting[at].1.len()).cloned();
                same(with(&nth));
                for out in 0..fitting.len() {
                    same(with(&|at| if at == out { None } else { nth(at) }));
                    same(with(&|at| if at == out { Some(json!({ "wrong": 1 })) } else { nth(at) }));
                }
            }
        }
        assert!(accepted > kinds.len(), "only {accepted} were accepted");
    }
}

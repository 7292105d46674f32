//! Files as text, in the one form packs are kept in (`runtime::model::save`): two spaces, one member a line, whole numbers
//! without a point. A file that was there before keeps the order of its members and what it leaves unsaid ([`rewrite`]): a saved
//! file differs only where something was changed.

use runtime::gather::order;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// JSON that remembers the order of members; `serde_json::Value` sorts them.
#[derive(Clone, Debug, PartialEq)]
enum Json {
    /// `null`, a truth value, a number or a text, as written.
    Plain(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A new file's text, with a line end at its end.
pub fn json<T: Serialize>(it: &T) -> String {
    print(&tidy(meaning(it)))
}

/// A value in the order it is in.
pub fn plain(it: &serde_json::Value) -> String {
    print(&meaning(it))
}

/// The text of a file that was there before: `old` is its text, `was` what it meant when it was read. Where that
/// is still so, the old words stay.
pub fn rewrite<T: Serialize>(old: &str, was: &T, now: &T) -> String {
    match read(old) {
        Some(old) => print(&faithful(&old, &meaning(was), meaning(now))),
        None => json(now),
    }
}

fn meaning<T: Serialize>(it: &T) -> Json {
    read(&serde_json::to_string(it).unwrap_or_default()).unwrap_or(Json::Plain("null".to_owned()))
}

/// Apart, so that the browser gets it once and not for every type.
#[inline(never)]
fn read(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}

fn faithful(old: &Json, was: &Json, now: Json) -> Json {
    if *was == now {
        return old.clone();
    }
    match (old, was, now) {
        (Json::Object(old), Json::Object(was), Json::Object(mut now)) => {
            let then = |key: &str| was.iter().find(|it| it.0 == key).map(|it| &it.1);
            let mut kept = Vec::new();
            for (key, words) in old {
                if let Some(at) = now.iter().position(|it| it.0 == *key) {
                    let (key, it) = now.remove(at);
                    let it = match then(&key) {
                        Some(was) => faithful(words, was, it),
                        None => tidy(it),
                    };
                    kept.push((key, it));
                }
            }
            // What the old text left unsaid stays so, unless it has changed.
            kept.extend(now.into_iter().filter(|(key, it)| then(key) != Some(it)).map(|(key, it)| (key, tidy(it))));
            Json::Object(kept)
        }
        (Json::List(old), Json::List(was), Json::List(now)) if old.len() == was.len() => {
            let mut named: BTreeMap<&str, usize> = BTreeMap::new();
            for (at, it) in was.iter().enumerate() {
                if let Some(id) = name(it) {
                    named.entry(id).or_insert(at);
                }
            }
            let words = |it: Json| {
                let same = match name(&it) {
                    Some(id) => named.get(id).copied(),
                    None => was.iter().position(|other| *other == it),
                };
                match same {
                    Some(at) => faithful(&old[at], &was[at], it),
                    None => tidy(it),
                }
            };
            Json::List(now.into_iter().map(words).collect())
        }
        (_, _, now) => tidy(now),
    }
}

/// What tells an item of a list from the others.
fn name(it: &Json) -> Option<&str> {
    let Json::Object(members) = it else {
        return None;
    };
    ["id", "field", "element", "const", "value", "key", "role"].iter().find_map(|word| {
        match members.iter().find(|it| it.0 == *word)? {
            (_, Json::Plain(text)) => Some(text.as_str()),
            _ => None,
        }
    })
}

/// Something new says first what it is.
fn tidy(it: Json) -> Json {
    const FIRST: [&str; 8] = ["format", "id", "key", "const", "title", "type", "name", "description"];
    match it {
        Json::Plain(_) => it,
        Json::List(list) => Json::List(list.into_iter().map(tidy).collect()),
        Json::Object(mut members) => {
            // `format` leads a file, where it is a number; of a field it is a word.
            let rank = |(key, it): &(String, Json)| match it {
                Json::Plain(text) if key == "format" && text.starts_with('"') => FIRST.len(),
                _ => FIRST.iter().position(|word| word == key).unwrap_or(FIRST.len()),
            };
            order(&mut members, |a, b| rank(a).cmp(&rank(b)));
            Json::Object(members.into_iter().map(|(key, it)| (key, tidy(it))).collect())
        }
    }
}

fn print(it: &Json) -> String {
    let mut text = String::new();
    write(it, 0, &mut text);
    text.push('\n');
    text
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn write(it: &Json, depth: usize, into: &mut String) {
    let pad = "  ".repeat(depth + 1);
    match it {
        Json::Object(members) if !members.is_empty() => {
            into.push_str("{\n");
            for (at, (key, it)) in members.iter().enumerate() {
                into.push_str(&pad);
                into.push_str(&quoted(key));
                into.push_str(": ");
                write(it, depth + 1, into);
                into.push_str(if at + 1 < members.len() { ",\n" } else { "\n" });
            }
            into.push_str(&"  ".repeat(depth));
            into.push('}');
        }
        Json::List(list) if !list.is_empty() => {
            into.push_str("[\n");
            for (at, it) in list.iter().enumerate() {
                into.push_str(&pad);
                write(it, depth + 1, into);
                into.push_str(if at + 1 < list.len() { ",\n" } else { "\n" });
            }
            into.push_str(&"  ".repeat(depth));
            into.push(']');
        }
        Json::Object(_) => into.push_str("{}"),
        Json::List(_) => into.push_str("[]"),
        Json::Plain(text) => into.push_str(text),
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Plain("null".to_owned()))
    }

    fn visit_bool<E>(self, it: bool) -> Result<Json, E> {
        Ok(Json::Plain(it.to_string()))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Json, E> {
        Ok(Json::Plain(it.to_string()))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Json, E> {
        Ok(Json::Plain(it.to_string()))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Json, E> {
        // 120.0 is written 120, as people write it.
        Ok(Json::Plain(it.to_string()))
    }

    fn visit_str<E>(self, it: &str) -> Result<Json, E> {
        Ok(Json::Plain(quoted(it)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(it) = from.next_element()? {
            list.push(it);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(it) = from.next_entry()? {
            members.push(it);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::model::layout::{Point, Shape};
    use runtime::model::view::Section;

    #[test]
    fn one_member_a_line_and_whole_numbers_are_whole() {
        let shape = Shape { element: "a".into(), x: 1.0, y: 1.5, width: 20.0, height: 3.0, ..Shape::default() };
        let text = json(&vec![(shape, Point { x: 2.0, y: 0.25 })]);
        assert!(
            text.starts_with("[\n  [\n    {\n      \"element\": \"a\",\n      \"x\": 1,\n      \"y\": 1.5,\n"),
            "{text}"
        );
        assert!(text.ends_with("\"y\": 0.25\n    }\n  ]\n]\n"), "{text}");
    }

    #[test]
    fn old_words_stay_where_their_meaning_does() {
        let old = r#"{ "fields": [{"span": 12, "field": "a"}, {"field": "b"}], "id": "s" }"#;
        let was: Section = serde_json::from_str(old).expect("a section");
        let mut now = was.clone();
        now.fields.swap(0, 1);
        now.fields[1].span = 4;
        now.title = "T".to_owned();
        let text = rewrite(old, &was, &now);
        let flat: String = text.split_whitespace().collect();
        assert_eq!(flat, r#"{"fields":[{"field":"b"},{"span":4,"field":"a"}],"id":"s","title":"T"}"#);
    }
}

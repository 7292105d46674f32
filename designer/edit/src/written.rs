//! What is wrong with a file somebody writes by hand: where, and what was expected there. As data, so that the page says it in the
//! language of the person; the words of the reader itself are English.

use runtime::plain;
use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// From 1; 0: it is JSON, and `place` says where.
    pub line: usize,
    pub column: usize,
    /// `views[2].title`; empty: the whole of it, or not known.
    pub place: String,
    pub wrong: Wrong,
}

/// What was expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Wrong {
    /// The text ends before this.
    Ends(Sign),
    Expected(Sign),
    /// Something follows the end.
    Follows,
    TrailingComma,
    /// A backslash in a text that means nothing.
    Escape,
    /// A line break, or another sign that has to be written with a backslash, in a text.
    Control,
    Number,
    Deep,
    /// A member has to be there.
    Missing(String),
    /// No such member or word here; what there is.
    Unknown(String, Vec<String>),
    Twice(String),
    /// Another sort of value.
    Sort {
        expected: Option<Sort>,
        found: Option<Sort>,
    },
    /// None of the above.
    Other,
}

/// What has to stand at a place of a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Value,
    /// The name of a member, in quotation marks.
    Name,
    Colon,
    /// A comma or the end of a list.
    InList,
    /// A comma or the end of an object.
    InObject,
    /// The end of a text.
    Quote,
}

/// Sorts of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Text,
    Number,
    Bool,
    List,
    Object,
    Null,
}

/// What is wrong with a text as JSON.
pub fn syntax(text: &str) -> Option<Fault> {
    let why = plain::parse::<Value>(text).err()?;
    let said = why.to_string();
    let words = said.split(" at line ").next().unwrap_or_default();
    let wrong = match words {
        "EOF while parsing a list" => Wrong::Ends(Sign::InList),
        "EOF while parsing an object" => Wrong::Ends(Sign::InObject),
        "EOF while parsing a string" => Wrong::Ends(Sign::Quote),
        "EOF while parsing a value" => Wrong::Ends(Sign::Value),
        "expected `:`" => Wrong::Expected(Sign::Colon),
        "expected `,` or `]`" => Wrong::Expected(Sign::InList),
        "expected `,` or `}`" => Wrong::Expected(Sign::InObject),
        "expected value" | "expected ident" => Wrong::Expected(Sign::Value),
        "key must be a string" => Wrong::Expected(Sign::Name),
        "trailing comma" => Wrong::TrailingComma,
        "trailing characters" => Wrong::Follows,
        "invalid escape" | "unexpected end of hex escape" | "invalid unicode code point" => Wrong::Escape,
        "invalid number" | "number out of range" => Wrong::Number,
        "recursion limit exceeded" => Wrong::Deep,
        it if it.starts_with("control character") => Wrong::Control,
        it if it.starts_with("lone leading surrogate") => Wrong::Escape,
        _ => Wrong::Other,
    };
    Some(Fault { line: why.line(), column: why.column(), place: String::new(), wrong })
}

/// What is wrong with a text as this type.
pub fn typed<T: DeserializeOwned>(text: &str) -> Option<Fault> {
    if let Some(it) = syntax(text) {
        return Some(it);
    }
    let value: Value = plain::parse(text).ok()?;
    let (place, why) = plain::read_at::<T>(&value).err()?;
    Some(Fault { line: 0, column: 0, place: place.to_string(), wrong: meant(&why) })
}

/// What the reader means.
fn meant(why: &Error) -> Wrong {
    let said = why.to_string();
    // Names stand in backticks: first the one it is about, then what there is.
    let mut names = said.split('`').skip(1).step_by(2).map(str::to_owned);
    let mut next = || names.next().unwrap_or_default();
    if said.starts_with("missing field") {
        Wrong::Missing(next())
    } else if said.starts_with("duplicate field") {
        Wrong::Twice(next())
    } else if said.starts_with("unknown field") || said.starts_with("unknown variant") {
        let name = next();
        Wrong::Unknown(name, names.collect())
    } else if let Some((found, expected)) =
        said.strip_prefix("invalid ").and_then(|it| it.split_once(": ")?.1.rsplit_once(", expected "))
    {
        Wrong::Sort { expected: sort(expected), found: sort(found) }
    } else {
        Wrong::Other
    }
}

/// The sort of value these words name.
fn sort(words: &str) -> Option<Sort> {
    let any = |all: &[&str]| all.iter().any(|it| words.contains(it));
    if words.starts_with("string") || words.starts_with("character") {
        Some(Sort::Text)
    } else if words.starts_with("null") || words.starts_with("unit") {
        Some(Sort::Null)
    } else if any(&["bool"]) {
        Some(Sort::Bool)
    } else if any(&["struct", "map", "object", "enum"]) {
        Some(Sort::Object)
    } else if any(&["sequence", "array", "tuple", "list"]) {
        Some(Sort::List)
    } else if any(&["integer", "float", "number", "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "f64"])
    {
        Some(Sort::Number)
    } else if any(&["string", "identifier", "text"]) {
        Some(Sort::Text)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use runtime::model::view::View;

    use super::*;

    #[test]
    fn every_slip_of_json_is_known_with_its_place() {
        for (text, line, column, wrong) in [
            ("{\"a\" 1}", 1, 6, Wrong::Expected(Sign::Colon)),
            ("{\"a\": 1\n \"b\": 2}", 2, 2, Wrong::Expected(Sign::InObject)),
            ("[1 2]", 1, 4, Wrong::Expected(Sign::InList)),
            ("{\"a\": }", 1, 7, Wrong::Expected(Sign::Value)),
            ("{\"a\": tru}", 1, 10, Wrong::Expected(Sign::Value)),
            ("{a: 1}", 1, 2, Wrong::Expected(Sign::Name)),
            ("{\"a\": 1,}", 1, 9, Wrong::TrailingComma),
            ("{} x", 1, 4, Wrong::Follows),
            ("{\"a\": [1, ", 1, 10, Wrong::Ends(Sign::Value)),
            ("{\"a\": [1", 1, 8, Wrong::Ends(Sign::InList)),
            ("{\"a\": 1", 1, 7, Wrong::Ends(Sign::InObject)),
            ("{\"a\": \"x", 1, 8, Wrong::Ends(Sign::Quote)),
            ("", 1, 0, Wrong::Ends(Sign::Value)),
            ("{\"a\": \"\\q\"}", 1, 9, Wrong::Escape),
            ("{\"a\": \"x\ny\"}", 2, 0, Wrong::Control),
            ("{\"a\": 1.}", 1, 9, Wrong::Number),
        ] {
            let found = syntax(text).unwrap_or_else(|| panic!("{text} is no JSON"));
            assert_eq!((found.wrong, found.line, found.column), (wrong, line, column), "{text}");
        }
        assert_eq!(syntax("{\"a\": [1, 2.5, null, \"\\n\"]}"), None);
    }

    #[test]
    fn what_is_no_such_file_says_what_it_lacks_and_where() {
        let view = |text: &str| typed::<View>(text).map(|it| (it.place, it.wrong));
        let known = r#"{"format": 1, "id": "v", "key": "k", "title": "T", "content": {"kind": "list", "columns": []}}"#;
        assert_eq!(view(known), None);
        assert_eq!(
            view(&known.replace(", \"title\": \"T\"", "")).map(|it| it.1),
            Some(Wrong::Missing("title".to_owned()))
        );
        let sorts = |expected, found| Some(Wrong::Sort { expected: Some(expected), found: Some(found) });
        assert_eq!(
            view(&known.replace("\"T\"", "5")),
            sorts(Sort::Text, Sort::Number).map(|it| ("title".to_owned(), it))
        );
        assert_eq!(view("[]").map(|it| it.1), sorts(Sort::Object, Sort::List));
        assert_eq!(view(&known.replace("[]", "{}")).map(|it| it.1), sorts(Sort::List, Sort::Object));
        let Some((_, Wrong::Unknown(name, offered))) = view(&known.replace("\"list\"", "\"lst\"")) else {
            panic!("{:?}", view(&known.replace("\"list\"", "\"lst\"")))
        };
        assert!(name == "lst" && offered.contains(&"list".to_owned()), "{name} {offered:?}");
    }
}

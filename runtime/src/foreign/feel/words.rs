//! FEEL's text as words and signs (DMN 1.4 §10.3.1). Names may hold spaces and hyphens: the longest of those that are known wins.

use std::collections::BTreeMap;

use super::Unknown;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    Number(String),
    Text(String),
    /// `@"2026-01-01"`.
    At(String),
    Name(String),
    Sign(&'static str),
    End,
}

/// Longer ones first.
const SIGNS: &[&str] = &[
    "...", "..", "**", "<=", ">=", "!=", "->", "==", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", "{", "}",
    ",", ".", ":", "?",
];

/// FEEL's own names of several words: functions, and `date and time`.
const LONG: &[&str] = &[
    "date and time",
    "years and months duration",
    "day of year",
    "day of week",
    "month of year",
    "week of year",
    "string length",
    "upper case",
    "lower case",
    "substring before",
    "substring after",
    "starts with",
    "ends with",
    "list contains",
    "insert before",
    "index of",
    "distinct values",
    "get value",
    "get entries",
    "get or else",
    "is defined",
    "is blank",
    "is empty",
    "round half up",
    "round half down",
    "round up",
    "round down",
    "string join",
];

/// The words of a text. `known`: names that are no single words, with what they stand for.
pub(super) fn words(source: &str, known: &BTreeMap<String, String>) -> Result<Vec<Word>, Unknown> {
    let mut found = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = if first.is_ascii_digit() || (first == '.' && begins_with_digit(&rest[1..])) {
            let len = number(rest);
            found.push(Word::Number(rest[..len].to_owned()));
            len
        } else if first == '"' {
            let (text, len) = text(rest)?;
            found.push(Word::Text(text));
            len
        } else if first == '@' && rest[1..].starts_with('"') {
            let (text, len) = text(&rest[1..])?;
            found.push(Word::At(text));
            len + 1
        } else if is_start(first) {
            let len = name(rest, known);
            let name = rest[..len].split_whitespace().collect::<Vec<_>>().join(" ");
            found.push(Word::Name(known.get(&name).cloned().unwrap_or(name)));
            len
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").ok_or_else(|| Unknown::new("a comment without end"))? + 2
        } else {
            let sign = SIGNS.iter().find(|it| rest.starts_with(**it));
            let sign = sign.ok_or_else(|| Unknown::new(format!("`{first}`")))?;
            found.push(Word::Sign(sign));
            sign.len()
        };
        rest = rest[len..].trim_start();
    }
    found.push(Word::End);
    Ok(found)
}

fn begins_with_digit(it: &str) -> bool {
    it.starts_with(|it: char| it.is_ascii_digit())
}

fn is_start(it: char) -> bool {
    it.is_alphabetic() || it == '_'
}

fn is_part(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

/// `1`, `1.5`, `.5`; not the first point of `1..3`.
fn number(rest: &str) -> usize {
    let digits = |it: &str| it.find(|it: char| !it.is_ascii_digit()).unwrap_or(it.len());
    let whole = digits(rest);
    let after = &rest[whole..];
    if after.starts_with('.') && begins_with_digit(&after[1..]) { whole + 1 + digits(&after[1..]) } else { whole }
}

fn text(rest: &str) -> Result<(String, usize), Unknown> {
    let mut out = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, it)) = chars.next() {
        match it {
            '"' => return Ok((out, at + 1)),
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((_, 'r')) => out.push('\r'),
                Some((_, other @ ('"' | '\\' | '\''))) => out.push(other),
                _other => return Err(Unknown::new("an escape in a text")),
            },
            other => out.push(other),
        }
    }
    Err(Unknown::new("a text without end"))
}

/// The longest name: one that is known, one of FEEL's own, else a word.
fn name(rest: &str, known: &BTreeMap<String, String>) -> usize {
    let plain = rest.find(|it: char| !is_part(it)).unwrap_or(rest.len());
    let ends = |len: usize| !rest[len..].starts_with(is_part);
    let long = |it: &str| length(rest, it).filter(|len| ends(*len));
    let of_known = known.keys().filter_map(|it| long(it)).max();
    let own = LONG.iter().filter_map(|it| long(it)).max();
    plain.max(of_known.unwrap_or(0)).max(own.unwrap_or(0))
}

/// How much of a text is a name; between its words any space.
fn length(rest: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    for (nth, word) in name.split_whitespace().enumerate() {
        if nth > 0 {
            let left = &rest[at..];
            let space = left.len() - left.trim_start().len();
            if space == 0 {
                return None;
            }
            at += space;
        }
        at += rest[at..].starts_with(word).then_some(word.len())?;
    }
    (at > 0).then_some(at)
}

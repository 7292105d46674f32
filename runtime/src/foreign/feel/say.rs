//! The tree of a FEEL expression in rhai. Conditions are said so that they hold where FEEL says true, and their negations where it
//! says false, so that blank falls on neither side.

use jiff::Timestamp;

use super::Unknown;
use super::tree::{Node, Range};
use crate::expr::Expr;
use crate::limits;
use crate::time::Span;

type Said = Result<String, Unknown>;

/// What a value is by how it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Day,
    Moment,
    Time,
    Length,
    Truth,
    Other,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Day => "a day",
            Self::Moment => "a moment",
            Self::Time => "a time of day",
            Self::Length => "a duration",
            Self::Truth => "a condition",
            Self::Other => "a value",
        }
    }
}

fn kind(it: &Node) -> Kind {
    match it {
        Node::Bool(_) | Node::And(..) | Node::Or(..) | Node::In(..) | Node::Beyond(..) => Kind::Truth,
        Node::Binary("+" | "-", a, b) => match (kind(a), kind(b)) {
            (it @ (Kind::Day | Kind::Moment), Kind::Length) => it,
            (Kind::Length, Kind::Length) => Kind::Length,
            _other => Kind::Other,
        },
        Node::Binary("*" | "/" | "**", ..) => Kind::Other,
        Node::Binary(..) => Kind::Truth,
        // Each branch is asked once: nested, twice would take for ever.
        Node::If(_, a, b) => Some(kind(a)).filter(|it| *it == kind(b)).unwrap_or(Kind::Other),
        Node::At(text) => at_kind(text),
        Node::Call(name, arguments) => match (name.as_str(), arguments.len()) {
            ("date", _) | ("today", 0) => Kind::Day,
            ("date and time", _) | ("now", 0) => Kind::Moment,
            ("time", _) => Kind::Time,
            ("duration" | "years and months duration", _) => Kind::Length,
            _other if truth_of(name).is_some() || name == "not" => Kind::Truth,
            _other => Kind::Other,
        },
        _other => Kind::Other,
    }
}

fn at_kind(text: &str) -> Kind {
    if text.trim_start_matches('-').starts_with('P') {
        Kind::Length
    } else if text.contains('T') {
        Kind::Moment
    } else if text.contains(':') {
        Kind::Time
    } else {
        Kind::Day
    }
}

/// A value. What is asked of twice is said twice, so that it is bounded how long it gets.
pub(super) fn value(it: &Node) -> Said {
    let said = unbounded(it)?;
    if said.len() > limits::FEEL.1 { Err(Unknown::new("an expression so long")) } else { Ok(said) }
}

fn unbounded(it: &Node) -> Said {
    Ok(match it {
        Node::Number(it) => match it.strip_prefix('.') {
            Some(digits) => format!("0.{digits}"),
            None => it.clone(),
        },
        Node::Text(it) => quoted(it),
        Node::At(text) => literal(at_kind(text), text)?,
        Node::Null => "()".to_owned(),
        Node::Name(name) => variable(name),
        Node::Member(of, name) if is_plain(name) => format!("{}.{name}", inner(of)?),
        Node::Member(of, name) => format!("{}[{}]", inner(of)?, quoted(name)),
        Node::Item(of, at) if kind(at) == Kind::Truth || matches!(of.as_ref(), Node::Range(_)) => {
            return Err(Unknown::new(format!("a filter on `{}`", inner(of).unwrap_or_default())));
        }
        Node::Item(of, at) => format!("feel_item({}, {})", value(of)?, value(at)?),
        Node::List(items) => format!("[{}]", all(items)?.join(", ")),
        Node::Context(members) => {
            let members: Result<Vec<String>, Unknown> =
                members.iter().map(|(key, it)| Ok(format!("{}: {}", quoted(key), value(it)?))).collect();
            format!("#{{{}}}", members?.join(", "))
        }
        Node::Range(_) => return Err(Unknown::new("a range where a value was expected")),
        Node::Negative(it) => format!("-{}", inner(it)?),
        Node::Binary(sign @ ("+" | "-" | "*" | "/" | "**"), a, b) => calculated(sign, a, b)?,
        Node::If(when, then, other) => {
            format!("choose({}, {}, {})", condition(when, true)?, value(then)?, value(other)?)
        }
        Node::Call(name, arguments) if kind(it) != Kind::Truth => call(name, arguments)?,
        Node::Bool(_)
        | Node::And(..)
        | Node::Or(..)
        | Node::In(..)
        | Node::Beyond(..)
        | Node::Binary(..)
        | Node::Call(..) => condition(it, true)?,
    })
}

fn all(list: &[Node]) -> Result<Vec<String>, Unknown> {
    list.iter().map(value).collect()
}

/// A value that stands beside a sign.
fn inner(it: &Node) -> Said {
    let said = value(it)?;
    Ok(match it {
        Node::Binary(..) | Node::And(..) | Node::Or(..) | Node::In(..) | Node::Negative(_) => format!("({said})"),
        _other => said,
    })
}

/// What holds where FEEL says `truth`.
fn condition(it: &Node, truth: bool) -> Said {
    let join = |a: &Node, b: &Node, both: bool| -> Said {
        let (a, b) = (condition(a, truth)?, condition(b, truth)?);
        // Rhai binds `&&` tighter.
        let part = |it: String| if both && it.contains("||") { format!("({it})") } else { it };
        Ok(if both { format!("{} && {}", part(a), part(b)) } else { format!("{a} || {b}") })
    };
    match it {
        Node::Bool(it) => Ok((*it == truth).to_string()),
        Node::And(a, b) => join(a, b, truth),
        Node::Or(a, b) => join(a, b, !truth),
        Node::Binary(sign @ ("=" | "==" | "!=" | "<" | "<=" | ">" | ">="), a, b) => compared(turned(sign, truth), a, b),
        Node::In(it, tests) => {
            let tests: Result<Vec<String>, Unknown> = if let [first, _, ..] = tests.as_slice()
                && tests.iter().all(|it| matches!(it, Node::Number(_) | Node::Text(_)) && kind(it) == kind(first))
            {
                Ok(vec![one_of(it, tests, truth)?])
            } else {
                tests.iter().map(|test| tested(it, test, truth)).collect()
            };
            let tests = tests?;
            let part = |it: &String| if truth || !it.contains("||") { it.clone() } else { format!("({it})") };
            let sign = if truth { " || " } else { " && " };
            Ok(tests.iter().map(part).collect::<Vec<_>>().join(sign))
        }
        Node::If(when, then, other) => {
            let (then, other) = (condition(then, truth)?, condition(other, truth)?);
            Ok(format!("choose({}, {then}, {other})", condition(when, true)?))
        }
        Node::Call(name, arguments) if name == "not" => match arguments.as_slice() {
            [it] => condition(it, !truth),
            _several => Err(Unknown::new("`not` of several values")),
        },
        Node::Call(name, arguments) if let Some(function) = truth_of(name) => {
            let said = truth_call(name, function, arguments)?;
            Ok(if truth { said } else { format!("!{said}") })
        }
        other => Ok(format!("{} == {truth}", inner(other)?)),
    }
}

/// The comparison, or the one that holds where it does not.
fn turned(sign: &str, truth: bool) -> &'static str {
    match (sign, truth) {
        ("=" | "==", true) | ("!=", false) => "==",
        ("=" | "==", false) | ("!=", true) => "!=",
        ("<", true) | (">=", false) => "<",
        ("<=", true) | (">", false) => "<=",
        (">", true) | ("<=", false) => ">",
        _other => ">=",
    }
}

/// Two values compared. Days and moments are texts here, which compare as they follow each other; durations do not.
fn compared(sign: &str, a: &Node, b: &Node) -> Said {
    let (left, right) = (kind(a), kind(b));
    let different = || Unknown::new(format!("{} compared with {}", left.word(), right.word()));
    let as_kind = |it: &Node, own: Kind, other: Kind| -> Said {
        Ok(match (own, other) {
            (Kind::Length, _) => format!("feel_seconds({})", value(it)?),
            (Kind::Other, Kind::Moment) if !matches!(it, Node::Null) => format!("feel_moment({})", value(it)?),
            (Kind::Other, Kind::Day) if !matches!(it, Node::Null) => format!("date({})", value(it)?),
            _other => beside(it)?,
        })
    };
    match (left, right) {
        (Kind::Length, Kind::Length) => {}
        (Kind::Length, _) | (_, Kind::Length) => return Err(different()),
        (Kind::Day | Kind::Moment | Kind::Time, Kind::Day | Kind::Moment | Kind::Time) if left != right => {
            return Err(different());
        }
        _other => {}
    }
    Ok(format!("{} {sign} {}", as_kind(a, left, right)?, as_kind(b, right, left)?))
}

/// A side of a comparison; sums bind tighter than it.
fn beside(it: &Node) -> Said {
    let said = value(it)?;
    let whole = kind(it) != Kind::Truth || matches!(it, Node::Bool(_));
    Ok(if whole { said } else { format!("({said})") })
}

/// One test behind `in`.
fn tested(it: &Node, test: &Node, truth: bool) -> Said {
    match test {
        Node::Range(Range { low, high, after_low, before_high }) => {
            let (over, under) = (if *after_low { ">" } else { ">=" }, if *before_high { "<" } else { "<=" });
            let (low, high) = (compared(turned(over, truth), it, low)?, compared(turned(under, truth), it, high)?);
            Ok(if truth { format!("{low} && {high}") } else { format!("({low} || {high})") })
        }
        Node::Beyond(sign, bound) => compared(turned(sign, truth), it, bound),
        Node::List(items) => one_of(it, items, truth),
        Node::Name(_) | Node::Member(..) | Node::Item(..) | Node::Call(..) if kind(test) == Kind::Other => {
            let said = format!("feel_in({}, {})", value(it)?, value(test)?);
            Ok(if truth { said } else { format!("!{said}") })
        }
        _other if kind(test) == Kind::Truth && !matches!(test, Node::Bool(_)) => {
            Err(Unknown::new("a condition as a test of `in`"))
        }
        other => compared(turned("=", truth), it, other),
    }
}

fn one_of(it: &Node, items: &[Node], truth: bool) -> Said {
    if items.iter().any(|it| matches!(kind(it), Kind::Length | Kind::Moment)) {
        return Err(Unknown::new("a list of moments or durations behind `in`"));
    }
    let said = format!("one_of({}, [{}])", value(it)?, all(items)?.join(", "));
    Ok(if truth { said } else { format!("!{said}") })
}

fn calculated(sign: &str, a: &Node, b: &Node) -> Said {
    match (sign, kind(a), kind(b)) {
        ("+" | "-", Kind::Day | Kind::Moment | Kind::Other, Kind::Length) => {
            Ok(format!("feel_shift({}, {}, {})", value(a)?, value(b)?, if sign == "+" { "1" } else { "-1" }))
        }
        ("+", Kind::Length, Kind::Day | Kind::Moment) => Ok(format!("feel_shift({}, {}, 1)", value(b)?, value(a)?)),
        ("+", Kind::Other, Kind::Other) => Ok(format!("feel_plus({}, {})", value(a)?, value(b)?)),
        (_, Kind::Other, Kind::Other) => Ok(format!("{} {sign} {}", inner(a)?, inner(b)?)),
        (_, a, b) => Err(Unknown::new(format!("`{sign}` between {} and {}", a.word(), b.word()))),
    }
}

/// Functions that say true or false, with what they are called here.
fn truth_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "contains" => "contains",
        "starts with" => "starts_with",
        "ends with" => "ends_with",
        "list contains" => "feel_in",
        "is defined" | "is blank" | "is empty" | "empty" => "",
        _other => return None,
    })
}

fn truth_call(name: &str, function: &str, arguments: &[Node]) -> Said {
    match (name, arguments) {
        ("is defined", [Node::Name(it)]) => Ok(format!("(vars[{}] != ())", quoted(it))),
        ("is defined", [it]) => Ok(format!("({} != ())", inner(it)?)),
        ("is blank" | "is empty" | "empty", [it]) => Ok(format!("blank({})", value(it)?)),
        ("list contains", [list, it]) => Ok(format!("{function}({}, {})", value(it)?, value(list)?)),
        ("contains" | "starts with" | "ends with", [text, part]) => {
            Ok(format!("{function}({}, {})", value(text)?, value(part)?))
        }
        _other => Err(wrong_count(name, arguments.len())),
    }
}

fn wrong_count(name: &str, count: usize) -> Unknown {
    Unknown::new(format!("`{name}` of {count} values"))
}

fn call(name: &str, arguments: &[Node]) -> Said {
    if let ("date" | "time" | "date and time" | "duration", [Node::Text(text)]) = (name, arguments) {
        let kind = match name {
            "date" => Kind::Day,
            "time" => Kind::Time,
            "duration" => Kind::Length,
            _other => Kind::Moment,
        };
        return literal(kind, text);
    }
    let said = all(arguments)?;
    let listed = |function: &str| match said.as_slice() {
        [_] => Ok(format!("{function}({})", said[0])),
        [] => Err(wrong_count(name, 0)),
        _several => Ok(format!("{function}([{}])", said.join(", "))),
    };
    match (name, said.as_slice()) {
        ("now", []) => Ok("now".to_owned()),
        ("today", []) => Ok("today".to_owned()),
        ("date", [it]) => Ok(format!("date({it})")),
        ("date and time", [it]) => Ok(format!("feel_moment({it})")),
        ("duration", [it]) => Ok(format!("text({it})")),
        ("string", [it]) => Ok(format!("text({it})")),
        ("number", [it]) => Ok(format!("number({it})")),
        ("abs" | "floor" | "ceiling", [it]) => Ok(format!("{name}({it})")),
        ("round half up", [it, digits]) => Ok(format!("round({it}, {digits})")),
        ("decimal", [it, digits]) => Ok(format!("round_bank({it}, {digits})")),
        ("modulo", [_, _]) => {
            let (it, of) = (inner(&arguments[0])?, inner(&arguments[1])?);
            Ok(format!("({it} - {of} * floor({it} / {of}))"))
        }
        ("string length", [it]) => Ok(format!("len({it})")),
        ("upper case", [it]) => Ok(format!("to_upper({it})")),
        ("lower case", [it]) => Ok(format!("to_lower({it})")),
        ("trim", [it]) => Ok(format!("trim({it})")),
        ("get or else", [it, other]) => Ok(format!("({it} ?? {other})")),
        ("count", [it]) => Ok(format!("count({it})")),
        ("sum" | "min" | "max", _) => listed(name),
        ("mean", _) => listed("avg"),
        ("year" | "month" | "day", [it]) => Ok(format!("{name}({it})")),
        _other => Err(Unknown::new(format!("the function `{name}`"))),
    }
}

/// A time that is written out.
fn literal(kind: Kind, text: &str) -> Said {
    let wrong = || Unknown::new(format!("`{text}` where {} was expected", kind.word()));
    match kind {
        Kind::Length => text.parse::<Span>().map(|_| quoted(text)).map_err(|_| wrong()),
        Kind::Day => text.parse::<jiff::civil::Date>().map(|it| quoted(&it.to_string())).map_err(|_| wrong()),
        Kind::Moment => match (text.parse::<Timestamp>(), text.parse::<jiff::civil::DateTime>()) {
            (Ok(it), _) => Ok(quoted(&it.to_string())),
            // At home in UTC, as the virtual clock is.
            (_, Ok(it)) => Ok(quoted(&format!("{it}Z"))),
            _other => Err(wrong()),
        },
        Kind::Time => text.parse::<jiff::civil::Time>().map(|it| quoted(&it.to_string())).map_err(|_| wrong()),
        Kind::Truth | Kind::Other => Err(wrong()),
    }
}

/// A variable by its name; one that is no name in rhai, or another word there, among the others.
pub(in crate::foreign) fn variable(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("vars[{}]", quoted(name)) }
}

/// Whether a text is a name in rhai.
pub(in crate::foreign) fn is_plain(name: &str) -> bool {
    let word = name.starts_with(|it: char| it.is_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_alphanumeric() || it == '_');
    word && Expr::parse(name).is_ok_and(|it| it.reads().iter().any(|it| it.0 == [name]))
}

pub(in crate::foreign) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

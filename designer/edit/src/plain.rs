//! Conditions as people click them together: "amount is more than 100, and the customer is filled". [`read`] finds them in an
//! expression, [`write`] makes the expression; what says more than that stays an expression.

use serde_json::{Number, Value};

/// Some terms of which all, or at least one, must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plain {
    pub any: bool,
    pub terms: Vec<Term>,
}

/// One comparison of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub field: String,
    pub op: Op,
    /// A text, a number, a truth value, a list of texts; nothing where the comparison needs nothing.
    pub value: Value,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Is,
    IsNot,
    More,
    Less,
    AtLeast,
    AtMost,
    OneOf,
    Filled,
    Blank,
}

impl Op {
    pub const ALL: [Op; 9] =
        [Op::Is, Op::IsNot, Op::OneOf, Op::More, Op::AtLeast, Op::Less, Op::AtMost, Op::Filled, Op::Blank];

    /// A stable word.
    pub fn word(self) -> &'static str {
        match self {
            Op::Is => "is",
            Op::IsNot => "is-not",
            Op::More => "more",
            Op::Less => "less",
            Op::AtLeast => "at-least",
            Op::AtMost => "at-most",
            Op::OneOf => "one-of",
            Op::Filled => "filled",
            Op::Blank => "blank",
        }
    }

    /// It compares with something.
    pub fn takes_value(self) -> bool {
        !matches!(self, Op::Filled | Op::Blank)
    }

    fn sign(self) -> &'static str {
        match self {
            Op::Is => "==",
            Op::IsNot => "!=",
            Op::More => ">",
            Op::Less => "<",
            Op::AtLeast => ">=",
            Op::AtMost => "<=",
            Op::OneOf => "in",
            Op::Filled | Op::Blank => "",
        }
    }
}

/// The expression.
pub fn write(it: &Plain) -> String {
    let terms: Vec<String> = it.terms.iter().map(term).collect();
    terms.join(if it.any { " || " } else { " && " })
}

fn term(it: &Term) -> String {
    let field = format!("data.{}", it.field);
    match it.op {
        Op::Filled => format!("filled({field})"),
        Op::Blank => format!("blank({field})"),
        Op::OneOf => {
            let list: Vec<String> = match &it.value {
                Value::Array(list) => list.iter().map(Value::to_string).collect(),
                Value::Null => Vec::new(),
                one => vec![one.to_string()],
            };
            format!("{field} in [{}]", list.join(", "))
        }
        Op::Is | Op::IsNot | Op::More | Op::Less | Op::AtLeast | Op::AtMost => {
            let value = if it.value.is_null() { "\"\"".to_owned() } else { it.value.to_string() };
            format!("{field} {} {value}", it.op.sign())
        }
    }
}

/// The terms of an expression that is made of such alone; nothing for any other.
pub fn read(source: &str) -> Option<Plain> {
    let source = source.trim();
    if source.is_empty() {
        return Some(Plain::default());
    }
    let (all, any) = (divided(source, "&&")?, divided(source, "||")?);
    let (list, any) = match (all.len(), any.len()) {
        (_, 1) => (all, false),
        (1, _) => (any, true),
        // Mixed: brackets would have to be read.
        _ => return None,
    };
    let terms = list.iter().map(|it| read_term(it)).collect::<Option<Vec<_>>>()?;
    Some(Plain { any, terms })
}

/// The parts between a sign outside quotes; nothing where a quote stays open.
fn divided<'a>(source: &'a str, sign: &str) -> Option<Vec<&'a str>> {
    let (mut parts, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, it) in source.char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted && at >= from && source[at..].starts_with(sign) => {
                parts.push(source[from..at].trim());
                from = at + sign.len();
            }
            _ => (),
        }
    }
    parts.push(source[from..].trim());
    (!quoted).then_some(parts)
}

fn name(text: &str) -> Option<String> {
    let name = text.trim().strip_prefix("data.")?;
    let fits = name.starts_with(|it: char| it.is_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_alphanumeric() || it == '_');
    fits.then(|| name.to_owned())
}

fn read_term(text: &str) -> Option<Term> {
    let inside =
        |it: &str, call: &str| it.strip_prefix(call)?.trim_start().strip_prefix('(')?.strip_suffix(')').and_then(name);
    let bare = |field: String, op: Op, value: Value| Some(Term { field, op, value });
    let (negated, rest) = text.strip_prefix('!').map_or((false, text), |it| (true, it.trim_start()));
    if let Some(field) = inside(rest, "blank") {
        return bare(field, if negated { Op::Filled } else { Op::Blank }, Value::Null);
    }
    if let Some(field) = inside(rest, "filled") {
        return bare(field, if negated { Op::Blank } else { Op::Filled }, Value::Null);
    }
    if negated {
        return None;
    }
    if let Some((field, list)) = text.split_once(" in ") {
        let value: Value = runtime::plain::parse(list.trim()).ok()?;
        let texts = value.as_array()?.iter().all(|it| it.is_string() || it.is_number());
        return texts.then(|| bare(name(field)?, Op::OneOf, value)).flatten();
    }
    for op in [Op::Is, Op::IsNot, Op::AtLeast, Op::AtMost, Op::More, Op::Less] {
        if let Some((field, value)) = text.split_once(op.sign()) {
            return bare(name(field)?, op, literal(value.trim())?);
        }
    }
    None
}

fn literal(text: &str) -> Option<Value> {
    let value: Value = runtime::plain::parse(text).ok()?;
    (value.is_string() || value.is_boolean() || value.as_number().is_some_and(|it: &Number| it.to_string() == text))
        .then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        for (source, any, terms) in [
            ("", false, vec![]),
            ("data.a == \"x && y\"", false, vec![("a", Op::Is, json!("x && y"))]),
            (
                "data.amount >= 100 && filled(data.customer)",
                false,
                vec![("amount", Op::AtLeast, json!(100)), ("customer", Op::Filled, json!(null))],
            ),
            (
                "data.a != true || blank(data.b)",
                true,
                vec![("a", Op::IsNot, json!(true)), ("b", Op::Blank, json!(null))],
            ),
            ("data.s in [\"a\", \"b\"]", false, vec![("s", Op::OneOf, json!(["a", "b"]))]),
            ("data.客户 < -2", false, vec![("客户", Op::Less, json!(-2))]),
        ] {
            let wanted = Plain {
                any,
                terms: terms
                    .into_iter()
                    .map(|(field, op, value)| Term { field: field.to_owned(), op, value })
                    .collect(),
            };
            assert_eq!(read(source).as_ref(), Some(&wanted), "{source}");
            assert_eq!(write(&wanted), source);
        }
        assert_eq!(read("!blank(data.a)"), read("filled(data.a)"));
    }

    #[test]
    fn what_says_more_stays_an_expression() {
        for source in [
            "data.a == data.b",
            "data.a == 1 && data.b == 2 || data.c == 3",
            "(data.a == 1)",
            "data.a + 1 > 2",
            "!data.a",
            "refs.customer.region == \"x\"",
            "data.a > today",
            "data.a == \"x",
            "data.a.b == 1",
            "data.a in data.b",
        ] {
            assert_eq!(read(source), None, "{source}");
        }
    }

    #[test]
    fn every_comparison_is_an_expression_the_engine_reads() {
        for op in Op::ALL {
            let value = if op == Op::OneOf { json!(["a"]) } else { json!("a") };
            let it = Plain { any: false, terms: vec![Term { field: "x".to_owned(), op, value }] };
            runtime::expr::Expr::parse(&write(&it)).unwrap_or_else(|why| panic!("{op:?}: {why}"));
        }
    }
}

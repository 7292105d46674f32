//! One cell: a unary test. `` or `-` any · `s1` equal · `s1, s2` one of · `> 1000` · `[1000..10000]`, `(1000..10000]`.

use jiff::civil::Date;

use super::Datum;
use crate::model::table::TableType;
use crate::value;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Any,
    /// One of these holds.
    OneOf(Vec<Test>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Is(Datum),
    Compare(Bound, Datum),
    Between { low: (Bound, Datum), high: (Bound, Datum) },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    Above,
    AtLeast,
    Below,
    AtMost,
    Not,
}

impl Cell {
    pub(super) fn parse(text: &str, kind: TableType) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text == "-" {
            return Ok(Self::Any);
        }
        let mut tests = Vec::new();
        for part in split(text) {
            tests.push(test(part.trim(), kind)?);
        }
        Ok(Self::OneOf(tests))
    }

    pub(super) fn holds(&self, datum: &Datum) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tests) => *datum != Datum::Blank && tests.iter().any(|it| it.holds(datum)),
        }
    }
}

impl Test {
    fn holds(&self, datum: &Datum) -> bool {
        match self {
            Self::Is(it) => it == datum,
            Self::Compare(bound, it) => bound.holds(datum, it),
            Self::Between { low, high } => low.0.holds(datum, &low.1) && high.0.holds(datum, &high.1),
        }
    }
}

impl Bound {
    fn holds(self, left: &Datum, right: &Datum) -> bool {
        let order = match (left, right) {
            (Datum::Number(a), Datum::Number(b)) => a.cmp(b),
            (Datum::Text(a), Datum::Text(b)) => a.cmp(b),
            (Datum::Bool(a), Datum::Bool(b)) => a.cmp(b),
            (Datum::Blank | Datum::Number(_) | Datum::Text(_) | Datum::Bool(_), _) => return false,
        };
        match self {
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Not => order.is_ne(),
        }
    }
}

/// At commas outside brackets and quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, char) in text.char_indices() {
        match char {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn test(text: &str, kind: TableType) -> Result<Test, String> {
    for (sign, bound) in
        [(">=", Bound::AtLeast), ("<=", Bound::AtMost), ("!=", Bound::Not), (">", Bound::Above), ("<", Bound::Below)]
    {
        if let Some(rest) = text.strip_prefix(sign) {
            return Ok(Test::Compare(bound, literal(rest.trim(), kind)?));
        }
    }
    if let (Some(open), Some(close)) = (text.chars().next(), text.chars().last())
        && matches!(open, '[' | '(' | ']')
        && matches!(close, ']' | ')' | '[')
        && text.len() > 2
        && let Some((low, high)) = text[1..text.len() - 1].split_once("..")
    {
        let low = (if open == '[' { Bound::AtLeast } else { Bound::Above }, literal(low.trim(), kind)?);
        let high = (if close == ']' { Bound::AtMost } else { Bound::Below }, literal(high.trim(), kind)?);
        return Ok(Test::Between { low, high });
    }
    Ok(Test::Is(literal(text, kind)?))
}

fn literal(text: &str, kind: TableType) -> Result<Datum, String> {
    let bare = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text);
    match kind {
        TableType::Text if bare.is_empty() && text.is_empty() => Err("expected a value, found nothing".into()),
        TableType::Text => Ok(Datum::Text(bare.to_owned())),
        TableType::Number => {
            value::decimal(bare).map(Datum::Number).ok_or_else(|| format!("expected a number, found `{text}`"))
        }
        TableType::Bool => match bare {
            "true" => Ok(Datum::Bool(true)),
            "false" => Ok(Datum::Bool(false)),
            _ => Err(format!("expected `true` or `false`, found `{text}`")),
        },
        TableType::Date => {
            let day = bare.parse::<Date>().map_err(|_| format!("expected a day `YYYY-MM-DD`, found `{text}`"))?;
            Ok(Datum::Text(day.to_string()))
        }
    }
}

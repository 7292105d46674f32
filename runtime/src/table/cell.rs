//! One cell: a unary test. `` or `-` any · `s1` equal · `s1, s2` one of · `> 1000` · `[1000..10000]`, `(1000..10000]` ·
//! `not(s1, > 5)` none of.

use jiff::civil::Date;

use super::Datum;
use crate::model::table::TableType;
use crate::value;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Any,
    /// One of these holds.
    OneOf(Vec<Test>),
    /// None of these holds.
    NoneOf(Vec<Test>),
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
        let negated = text
            .strip_prefix("not")
            .map(str::trim_start)
            .and_then(|it| it.strip_prefix('('))
            .and_then(|it| it.strip_suffix(')'));
        let mut tests = Vec::new();
        for part in split(negated.unwrap_or(text)) {
            tests.push(test(part.trim(), kind)?);
        }
        Ok(if negated.is_some() { Self::NoneOf(tests) } else { Self::OneOf(tests) })
    }

    pub(super) fn holds(&self, datum: &Datum) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tests) => *datum != Datum::Blank && tests.iter().any(|it| it.holds(datum)),
            Self::NoneOf(tests) => *datum != Datum::Blank && !tests.iter().any(|it| it.holds(datum)),
        }
    }

    /// The values it compares with.
    pub(super) fn literals(&self) -> Vec<&Datum> {
        match self {
            Self::Any => Vec::new(),
            Self::OneOf(tests) | Self::NoneOf(tests) => tests.iter().flat_map(Test::literals).collect(),
        }
    }

    /// The values it asks to be equal, or not equal, to.
    pub(super) fn equals(&self) -> Vec<&Datum> {
        let equal = |it: &'_ &Test| matches!(it, Test::Is(_) | Test::Compare(Bound::Not, _));
        match self {
            Self::Any => Vec::new(),
            Self::OneOf(tests) | Self::NoneOf(tests) => tests.iter().filter(equal).flat_map(Test::literals).collect(),
        }
    }

    /// True where it asks for more than being equal: then the order of values matters.
    pub(super) fn orders(&self) -> bool {
        let orders = |it: &Test| match it {
            Test::Is(_) | Test::Compare(Bound::Not, _) => false,
            Test::Compare(Bound::Above | Bound::AtLeast | Bound::Below | Bound::AtMost, _) | Test::Between { .. } => {
                true
            }
        };
        match self {
            Self::Any => false,
            Self::OneOf(tests) | Self::NoneOf(tests) => tests.iter().any(orders),
        }
    }
}

impl Test {
    fn literals(&self) -> Vec<&Datum> {
        match self {
            Self::Is(it) | Self::Compare(_, it) => vec![it],
            Self::Between { low, high } => vec![&low.1, &high.1],
        }
    }

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

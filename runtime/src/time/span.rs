//! A length of time: ISO 8601 (`PT4H`, `P2D`, `P1M`), business hours (`8bh`), business days (`3bd`). One span is either
//! plain or working time, never both.

use std::fmt;
use std::str::FromStr;

use jiff::Span as Plain;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A length of time.
#[derive(Clone, Debug)]
pub enum Span {
    /// Calendar and clock time.
    Plain(Plain),
    /// Working seconds (`bh`).
    Hours { seconds: i64 },
    /// Working days (`bd`) in thousandths; one is the sum of a day's working hours.
    Days { thousandths: i64 },
}

/// A text that is not a length of time.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("expected a duration such as `PT4H`, `P2D`, `8bh` or `3bd`, found `{0}`")]
pub struct BadSpan(pub String);

impl Span {
    /// True for `bh` and `bd`.
    pub fn is_working(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Hours { .. } | Self::Days { .. } => true,
        }
    }
}

impl PartialEq for Span {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plain(a), Self::Plain(b)) => a.fieldwise() == b.fieldwise(),
            (Self::Hours { seconds: a }, Self::Hours { seconds: b }) => a == b,
            (Self::Days { thousandths: a }, Self::Days { thousandths: b }) => a == b,
            (Self::Plain(_) | Self::Hours { .. } | Self::Days { .. }, _) => false,
        }
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let bad = || BadSpan(text.chars().take(60).collect());
        let it = text.trim();
        let working = |digits: &str, unit: i64| {
            let amount = crate::value::decimal(digits.trim())?;
            (amount.is_sign_positive() && amount <= Decimal::from(100_000)).then_some(())?;
            (amount * Decimal::from(unit)).round().to_i64()
        };
        if let Some(digits) = it.strip_suffix("bh") {
            return working(digits, 3_600).map(|seconds| Self::Hours { seconds }).ok_or_else(bad);
        }
        if let Some(digits) = it.strip_suffix("bd") {
            return working(digits, 1_000).map(|thousandths| Self::Days { thousandths }).ok_or_else(bad);
        }
        if !it.starts_with(['P', 'p']) {
            return Err(bad());
        }
        let span: Plain = it.parse().map_err(|_| bad())?;
        if span.is_negative() { Err(bad()) } else { Ok(Self::Plain(span)) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(it) => write!(f, "{it}"),
            Self::Hours { seconds } => write!(
                f,
                "{}bh",
                Decimal::new(*seconds, 0).checked_div(3_600.into()).unwrap_or_default().round_dp(4).normalize()
            ),
            Self::Days { thousandths } => write!(f, "{}bd", Decimal::new(*thousandths, 3).normalize()),
        }
    }
}

//! Numbers of records: `#TS{yyyyMMdd}-{000}` is literal text, parts of the day, and a counter. The counter starts anew
//! when a part of the day changes; the server keeps one counter per module and [`Rule::period`].
//!
//! `form-number-rule` (error): a numbering rule cannot be read; the alert says which part and what is expected.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::alert::Alert;

/// A parsed numbering rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `y`, `M`, `d` runs.
    Day(Vec<DayPart>),
    /// Least digits; a larger number takes more.
    Counter(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum DayPart {
    Year4,
    Year2,
    Month,
    Day,
}

impl Rule {
    /// Parses. The alert has no place yet.
    pub fn parse(text: &str) -> Result<Self, Alert> {
        let bad = |why: String| {
            Alert::error(
                "form-number-rule",
                format!("expected a numbering rule like `#TS{{yyyyMMdd}}-{{000}}`, found `{text}`: {why}"),
            )
        };
        let Some(mut rest) = text.strip_prefix('#') else { return Err(bad("it does not begin with `#`".into())) };
        if text.len() > 100 {
            return Err(bad("it is longer than 100".into()));
        }
        let mut parts = Vec::new();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((hole, after)) = after.split_once('}') else { return Err(bad("a `{` is not closed".into())) };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(part(hole).ok_or_else(|| {
                bad(format!("`{{{hole}}}` is neither zeros nor parts of a day (`yyyy`, `yy`, `MM`, `dd`)"))
            })?);
            rest = after;
        }
        if rest.contains('}') {
            return Err(bad("a `}` closes nothing".into()));
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        match parts.iter().filter(|it| matches!(it, Part::Counter(_))).count() {
            1 => Ok(Self { parts }),
            0 => Err(bad("it has no counter such as `{000}`".into())),
            _ => Err(bad("it has more than one counter".into())),
        }
    }

    /// The parts of the day that the counter belongs to: `20260302`. Empty: the counter never starts anew.
    pub fn period(&self, now: Timestamp, zone: &TimeZone) -> String {
        let day = now.to_zoned(zone.clone()).date();
        self.parts
            .iter()
            .filter_map(|it| match it {
                Part::Day(parts) => Some(show(parts, day)),
                Part::Text(_) | Part::Counter(_) => None,
            })
            .collect()
    }

    /// The `n`th number of the period: `TS20260302-001`.
    pub fn render(&self, n: u64, now: Timestamp, zone: &TimeZone) -> String {
        let day = now.to_zoned(zone.clone()).date();
        self.parts
            .iter()
            .map(|it| match it {
                Part::Text(text) => text.clone(),
                Part::Day(parts) => show(parts, day),
                Part::Counter(digits) => format!("{n:0digits$}"),
            })
            .collect()
    }
}

fn part(hole: &str) -> Option<Part> {
    if !hole.is_empty() && hole.bytes().all(|it| it == b'0') {
        return (hole.len() <= 18).then_some(Part::Counter(hole.len()));
    }
    let (mut parts, mut rest) = (Vec::new(), hole);
    while !rest.is_empty() {
        let (found, after) =
            [("yyyy", DayPart::Year4), ("yy", DayPart::Year2), ("MM", DayPart::Month), ("dd", DayPart::Day)]
                .into_iter()
                .find_map(|(word, part)| rest.strip_prefix(word).map(|after| (part, after)))?;
        parts.push(found);
        rest = after;
    }
    (!parts.is_empty()).then_some(Part::Day(parts))
}

fn show(parts: &[DayPart], day: jiff::civil::Date) -> String {
    parts
        .iter()
        .map(|it| match it {
            DayPart::Year4 => format!("{:04}", day.year()),
            DayPart::Year2 => format!("{:02}", day.year().rem_euclid(100)),
            DayPart::Month => format!("{:02}", day.month()),
            DayPart::Day => format!("{:02}", day.day()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_text_day_and_counter() {
        let zone = crate::time::zone("Asia/Shanghai").unwrap();
        let now: Timestamp = "2026-03-02T16:30:00Z".parse().unwrap();
        for (rule, n, period, number) in [
            ("#TS{yyyyMMdd}-{000}", 1, "20260303", "TS20260303-001"),
            ("#TS{yyyyMMdd}-{000}", 1000, "20260303", "TS20260303-1000"),
            ("#KH{yyyy}-{00000}", 42, "2026", "KH2026-00042"),
            ("#{yy}/{MM}{0}", 7, "2603", "26/037"),
            ("#订单{0000}", 7, "", "订单0007"),
        ] {
            let it = Rule::parse(rule).unwrap();
            assert_eq!(
                (it.period(now, &zone), it.render(n, now, &zone)),
                (period.to_owned(), number.to_owned()),
                "{rule}"
            );
        }
    }

    #[test]
    fn a_malformed_rule_is_an_alert() {
        for rule in ["", "TS{000}", "#TS", "#TS{yyyy}", "#{000}{00}", "#{abc}{0}", "#{000", "#{0}}", "#{}{0}"] {
            assert!(Rule::parse(rule).is_err(), "{rule}");
        }
    }
}

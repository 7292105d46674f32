//! Working hours of a week, days off and make-up days, in one time zone.
//!
//! `pack-calendar` (error): the working calendar cannot be read; the alert says which part and what is expected.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Span, zone};
use crate::alert::Alert;
use crate::model::catalog::Catalog;
use crate::model::pack::CalendarDef;

/// How many days without work are searched before giving up.
const DAYS: usize = 4_000;

/// Compiled working hours.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    days: BTreeSet<i8>,
    /// In order, not overlapping.
    hours: Vec<(Time, Time)>,
    holidays: BTreeSet<Date>,
    makeup: BTreeSet<Date>,
}

/// Why a moment cannot be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("there is no such moment within the calendar's range")]
pub struct OutOfRange;

impl Default for Calendar {
    /// Monday to Friday 09:00–12:00 and 13:00–18:00, Asia/Shanghai; no holidays.
    fn default() -> Self {
        Self {
            zone: zone("Asia/Shanghai").unwrap_or(TimeZone::UTC),
            days: (1..=5).collect(),
            hours: vec![
                (Time::constant(9, 0, 0, 0), Time::constant(12, 0, 0, 0)),
                (Time::constant(13, 0, 0, 0), Time::constant(18, 0, 0, 0)),
            ],
            holidays: BTreeSet::new(),
            makeup: BTreeSet::new(),
        }
    }
}

impl Calendar {
    /// The catalog's calendar, or the default one where no pack gives one.
    pub fn of(catalog: &Catalog) -> Self {
        catalog.calendar().map_or_else(Self::default, |it| Self::compile(it).0)
    }

    /// Compiles; what is wrong is reported and left out. Pointers are into `pack.json`.
    pub fn compile(def: &CalendarDef) -> (Self, Vec<Alert>) {
        let mut alerts = Vec::new();
        let mut report = |pointer: String, message: String| {
            alerts.push(Alert::error("pack-calendar", message).at("pack.json", format!("/calendar{pointer}")));
        };
        let mut it = Self { days: BTreeSet::new(), hours: Vec::new(), ..Self::default() };
        match zone(&def.timezone) {
            Some(zone) => it.zone = zone,
            None => report(
                "/timezone".into(),
                format!(
                    "expected a time zone known here, such as `Asia/Shanghai` or `+08:00`; found `{}`",
                    def.timezone
                ),
            ),
        }
        for (at, day) in def.days.iter().enumerate() {
            match ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|it| it == day) {
                Some(found) => {
                    it.days.insert(found as i8 + 1);
                }
                None => report(format!("/days/{at}"), format!("expected `mon` … `sun`, found `{day}`")),
            }
        }
        for (at, [from, to]) in def.hours.iter().enumerate() {
            match (clock(from), clock(to)) {
                (Some(from), Some(to)) if from < to && it.hours.last().is_none_or(|last| last.1 <= from) => {
                    it.hours.push((from, to))
                }
                _ => report(
                    format!("/hours/{at}"),
                    format!("expected hours in order such as [\"09:00\",\"12:00\"], found [\"{from}\",\"{to}\"]"),
                ),
            }
        }
        for (key, list, set) in [("holidays", &def.holidays, &mut it.holidays), ("makeup", &def.makeup, &mut it.makeup)]
        {
            for (at, day) in list.iter().enumerate() {
                match day.parse::<Date>() {
                    Ok(day) => {
                        set.insert(day);
                    }
                    Err(_) => report(format!("/{key}/{at}"), format!("expected a day `YYYY-MM-DD`, found `{day}`")),
                }
            }
        }
        if it.hours.is_empty() {
            report("/hours".into(), "expected at least one pair of hours".into());
        }
        if it.days.is_empty() && it.makeup.is_empty() {
            report("/days".into(), "expected at least one working day".into());
        }
        (it, alerts)
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The day of a moment, here.
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.clone()).date()
    }

    /// True for a day that is worked.
    pub fn is_working_day(&self, day: Date) -> bool {
        self.makeup.contains(&day) || (self.days.contains(&weekday(day.weekday())) && !self.holidays.contains(&day))
    }

    /// The moment a span later. Working time that begins outside working hours begins with the next ones.
    pub fn add(&self, from: Timestamp, span: &Span) -> Result<Timestamp, OutOfRange> {
        match span {
            Span::Plain(span) => {
                // Days are days of the calendar here: `P1D` is the same time tomorrow, across a change of the clock too.
                from.to_zoned(self.zone.clone()).checked_add(*span).map(|it| it.timestamp()).map_err(|_| OutOfRange)
            }
            Span::Hours { seconds } => self.add_working(from, *seconds),
            Span::Days { thousandths } => {
                let seconds = self.day_seconds().checked_mul(*thousandths).ok_or(OutOfRange)? / 1_000;
                self.add_working(from, seconds)
            }
        }
    }

    /// The moment at so many per cent between `from` and `to`: in working time if `span` was, else plainly.
    pub fn share(&self, from: Timestamp, to: Timestamp, percent: u32, span: &Span) -> Result<Timestamp, OutOfRange> {
        if to <= from {
            return Ok(to);
        }
        if percent == 100 {
            return Ok(to);
        }
        if span.is_working() {
            let worked = self.working_seconds(from, to);
            return self.add_working(from, worked.checked_mul(percent.into()).ok_or(OutOfRange)? / 100);
        }
        let seconds = (to.as_second() - from.as_second()).checked_mul(percent.into()).ok_or(OutOfRange)? / 100;
        from.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| OutOfRange)
    }

    /// The moment at so many per cent of a span that begins at `from`; pauses (in order, not overlapping) do not count. Of
    /// working time only the working time in a pause is given back.
    pub fn deadline(
        &self,
        from: Timestamp,
        span: &Span,
        percent: u32,
        pauses: &[(Timestamp, Timestamp)],
    ) -> Result<Timestamp, OutOfRange> {
        let working = match span {
            Span::Plain(_) => None,
            Span::Hours { seconds } => Some(*seconds),
            Span::Days { thousandths } => Some(self.day_seconds().checked_mul(*thousandths).ok_or(OutOfRange)? / 1_000),
        };
        let Some(total) = working else {
            let end = self.add(from, span)?;
            let mut at = self.share(from, end, percent, span)?;
            for (begin, over) in pauses {
                if *begin < at {
                    at = at
                        .checked_add(over.duration_since((*begin).max(from)).max(SignedDuration::ZERO))
                        .map_err(|_| OutOfRange)?;
                }
            }
            return Ok(at);
        };
        let mut left = total.checked_mul(percent.into()).ok_or(OutOfRange)? / 100;
        let mut at = from;
        for (begin, over) in pauses {
            let worked = self.working_seconds(at, *begin);
            if worked >= left && *begin > at {
                break;
            }
            left -= worked;
            at = at.max(*over);
        }
        self.add_working(at, left)
    }

    /// The `nth` moment of a rhythm that begins with `first` (0): so many spans after it.
    pub fn beat(&self, first: Timestamp, every: &Span, nth: u32) -> Result<Timestamp, OutOfRange> {
        match every {
            Span::Plain(span) => {
                let many = span.checked_mul(nth.into()).map_err(|_| OutOfRange)?;
                self.add(first, &Span::Plain(many))
            }
            Span::Hours { seconds } => self.add_working(first, seconds.checked_mul(nth.into()).ok_or(OutOfRange)?),
            Span::Days { thousandths } => {
                self.add(first, &Span::Days { thousandths: thousandths.checked_mul(nth.into()).ok_or(OutOfRange)? })
            }
        }
    }

    /// So many spans of the clock before a moment; working time is not counted back.
    pub fn back(&self, from: Timestamp, every: &Span, times: u32) -> Result<Timestamp, OutOfRange> {
        match every {
            Span::Plain(span) => {
                let many = span.checked_mul(-i64::from(times)).map_err(|_| OutOfRange)?;
                self.add(from, &Span::Plain(many))
            }
            Span::Hours { .. } | Span::Days { .. } => Err(OutOfRange),
        }
    }

    /// Working seconds between two moments; 0 if the second is not later.
    pub fn working_seconds(&self, from: Timestamp, to: Timestamp) -> i64 {
        let mut total = 0;
        let mut day = self.today(from);
        let last = self.today(to);
        for _ in 0..DAYS * 10 {
            if day > last {
                break;
            }
            for (open, close) in self.windows(day) {
                let (low, high) = (open.max(from), close.min(to));
                total += (high.as_second() - low.as_second()).max(0);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        total
    }

    fn day_seconds(&self) -> i64 {
        self.hours.iter().map(|(open, close)| open.duration_until(*close).as_secs()).sum()
    }

    fn add_working(&self, from: Timestamp, seconds: i64) -> Result<Timestamp, OutOfRange> {
        let mut left = seconds;
        let mut day = self.today(from);
        let mut idle = 0;
        while idle < DAYS {
            let before = left;
            for (open, close) in self.windows(day) {
                let start = open.max(from);
                let there = close.as_second() - start.as_second();
                if there <= 0 {
                    continue;
                }
                if left <= there {
                    return start.checked_add(SignedDuration::from_secs(left)).map_err(|_| OutOfRange);
                }
                left -= there;
            }
            idle = if left == before { idle + 1 } else { 0 };
            day = day.checked_add(1.day()).map_err(|_| OutOfRange)?;
        }
        Err(OutOfRange)
    }

    /// The working hours of a day as moments.
    fn windows(&self, day: Date) -> Vec<(Timestamp, Timestamp)> {
        if !self.is_working_day(day) {
            return Vec::new();
        }
        let moment = |time: Time| day.to_datetime(time).to_zoned(self.zone.clone()).map(|it| it.timestamp()).ok();
        self.hours.iter().filter_map(|(open, close)| Some((moment(*open)?, moment(*close)?))).collect()
    }
}

fn weekday(it: Weekday) -> i8 {
    it.to_monday_one_offset()
}

/// `09:00`; `24:00` is the end of the day.
fn clock(text: &str) -> Option<Time> {
    if text == "24:00" {
        return Some(Time::constant(23, 59, 59, 0));
    }
    let (hour, minute) = text.split_once(':')?;
    (hour.len() == 2 && minute.len() == 2).then_some(())?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

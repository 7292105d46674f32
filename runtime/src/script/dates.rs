//! Days as texts `YYYY-MM-DD`. A date-time counts as its day as written.

use jiff::ToSpan;
use jiff::civil::Date;

/// The day a text begins with.
pub fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// Months later; the last day of a shorter month.
pub fn add_months(day: Date, months: i64) -> Option<Date> {
    day.checked_add(months.clamp(-120_000, 120_000).months()).ok()
}

pub fn add_days(day: Date, days: i64) -> Option<Date> {
    day.checked_add(days.clamp(-4_000_000, 4_000_000).days()).ok()
}

pub fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// Whole months from one day to another, negative backwards.
pub fn months_between(from: Date, to: Date) -> i64 {
    let (low, high, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
    let mut months =
        (i64::from(high.year()) - i64::from(low.year())) * 12 + i64::from(high.month()) - i64::from(low.month());
    if add_months(low, months).is_none_or(|it| it > high) {
        months -= 1;
    }
    months * sign
}

/// Whole years: an age.
pub fn years_between(from: Date, to: Date) -> i64 {
    months_between(from, to) / 12
}

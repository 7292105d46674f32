//! Calendars as other tools write them (`0 0 9 * * MON-FRI`, `@daily`): told apart from other texts, and said as a cycle of ISO 8601 where
//! one cycle says the same. Those are the calendars of even steps: every so many seconds, minutes or hours that divide the next larger
//! unit, once a day, once a week, once every so many months, once a year.

/// True for five to seven fields, or a word like `@daily`.
pub fn is_calendar(text: &str) -> bool {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let field = |it: &&str| it.chars().all(|it| it.is_ascii_alphanumeric() || "*?/,-#".contains(it));
    let named = text.strip_prefix('@').is_some_and(|it| it.chars().all(|it| it.is_ascii_alphabetic()));
    named || ((5..=7).contains(&fields.len()) && fields.iter().all(field))
}

/// What to write instead of one, in words.
pub fn instead(text: &str) -> String {
    match as_cycle(text) {
        Some(cycle) => format!("write `{cycle}`, with the first day that is meant"),
        None => "no one cycle says it: write several timers, or one that comes oftener, and ask behind it".to_owned(),
    }
}

/// The same as a cycle, from the first such moment of 2026 on, a year whose first Monday is the 5th of January; none: no one cycle
/// says it.
pub fn as_cycle(text: &str) -> Option<String> {
    let written = match text.to_ascii_lowercase().as_str() {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * SUN",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _other => text,
    };
    let mut fields: Vec<&str> = written.split_whitespace().collect();
    // Five fields have no seconds and count days of the week from Sunday; of six, two customs do.
    let counts_from_sunday = fields.len() == 5;
    if counts_from_sunday {
        fields.insert(0, "0");
    }
    if fields.get(6).is_some_and(|it| !is_any(it)) {
        return None;
    }
    let [second, minute, hour, day, month, weekday] = fields.get(..6)?.try_into().ok()?;
    let (second, minute, hour) = (Field::of(second, 0, 60)?, Field::of(minute, 0, 60)?, Field::of(hour, 0, 24)?);
    let (day, month) = (Field::of(day, 1, 0)?, Field::of(month, 1, 12)?);
    let time = |hour: u32, minute: u32, second: u32| format!("{hour:02}:{minute:02}:{second:02}");
    let daily = |clock: String, day: String, every: &str| Some(format!("R/{day}T{clock}/{every}"));
    let first = "2026-01-01".to_owned();
    let every_day = day == Field::Every(1) && month == Field::Every(1) && is_any(weekday);
    match (second, minute, hour) {
        (Field::Every(step), Field::Every(1), Field::Every(1)) if every_day => {
            daily(time(0, 0, 0), first, &format!("PT{step}S"))
        }
        (Field::At(second), Field::Every(step), Field::Every(1)) if every_day => {
            daily(time(0, 0, second), first, &format!("PT{step}M"))
        }
        (Field::At(second), Field::At(minute), Field::Every(step)) if every_day => {
            daily(time(0, minute, second), first, &format!("PT{step}H"))
        }
        (Field::At(second), Field::At(minute), Field::At(hour)) => {
            let clock = time(hour, minute, second);
            match (day, month) {
                _ if every_day => daily(clock, first, "P1D"),
                (Field::Every(1), Field::Every(1)) => {
                    let nth = day_of_week(weekday, counts_from_sunday)?;
                    daily(clock, format!("2026-01-{:02}", 5 + nth), "P7D")
                }
                _ if !is_any(weekday) => None,
                // Shorter months would move those of the last days.
                (Field::At(day @ 1..=28), Field::Every(step)) => {
                    daily(clock, format!("2026-01-{day:02}"), &format!("P{step}M"))
                }
                (Field::At(day @ 1..=28), Field::At(month)) => daily(clock, format!("2026-{month:02}-{day:02}"), "P1Y"),
                _other => None,
            }
        }
        _other => None,
    }
}

/// A field of even steps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    At(u32),
    Every(u32),
}

impl Field {
    /// `size`: how many values it has, counted from `least`; 0: not always as many, so only one step is even.
    fn of(text: &str, least: u32, size: u32) -> Option<Self> {
        if is_any(text) {
            return Some(Self::Every(1));
        }
        if let Some((from, step)) = text.split_once('/') {
            let step: u32 = step.parse().ok()?;
            let begins = from == "*" || from.parse() == Ok(least);
            let even = step == 1 || (step > 0 && size > 0 && step < size && size.is_multiple_of(step));
            return (begins && even).then_some(Self::Every(step));
        }
        let at: u32 = match MONTHS.iter().position(|it| it.eq_ignore_ascii_case(text)) {
            Some(it) if size == 12 => it as u32 + 1,
            _other => text.parse().ok()?,
        };
        let fits = at >= least && (size == 0 || at < least + size);
        fits.then_some(Self::At(at))
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn is_any(text: &str) -> bool {
    matches!(text, "*" | "?")
}

/// Days after Monday.
fn day_of_week(text: &str, counts_from_sunday: bool) -> Option<u32> {
    let named = DAYS.iter().position(|it| it.eq_ignore_ascii_case(text)).map(|it| it as u32);
    let counted = || text.parse::<u32>().ok().filter(|it| counts_from_sunday && *it <= 7).map(|it| (it + 6) % 7);
    named.or_else(counted)
}

#[cfg(test)]
mod tests {
    use super::{as_cycle, is_calendar};

    #[test]
    fn calendars_of_even_steps_are_cycles() {
        for (text, cycle) in [
            ("0 0 9 * * *", Some("R/2026-01-01T09:00:00/P1D")),
            ("0 30 9 ? * *", Some("R/2026-01-01T09:30:00/P1D")),
            ("30 9 * * *", Some("R/2026-01-01T09:30:00/P1D")),
            ("0 0 9 * * MON", Some("R/2026-01-05T09:00:00/P7D")),
            ("0 0 9 ? * sun *", Some("R/2026-01-11T09:00:00/P7D")),
            ("0 9 * * 1", Some("R/2026-01-05T09:00:00/P7D")),
            ("0 9 * * 0", Some("R/2026-01-11T09:00:00/P7D")),
            ("0 9 * * 7", Some("R/2026-01-11T09:00:00/P7D")),
            ("0 0 0 1 * ?", Some("R/2026-01-01T00:00:00/P1M")),
            ("0 0 8 15 */3 ?", Some("R/2026-01-15T08:00:00/P3M")),
            ("0 0 8 24 DEC ?", Some("R/2026-12-24T08:00:00/P1Y")),
            ("0 0/15 * * * ?", Some("R/2026-01-01T00:00:00/PT15M")),
            ("*/10 * * * * *", Some("R/2026-01-01T00:00:00/PT10S")),
            ("*/5 * * * *", Some("R/2026-01-01T00:00:00/PT5M")),
            ("0 20 */6 * * *", Some("R/2026-01-01T00:20:00/PT6H")),
            ("@daily", Some("R/2026-01-01T00:00:00/P1D")),
            ("@Weekly", Some("R/2026-01-11T00:00:00/P7D")),
            ("@hourly", Some("R/2026-01-01T00:00:00/PT1H")),
            ("@yearly", Some("R/2026-01-01T00:00:00/P1Y")),
            // What no one cycle says: several days or hours, uneven steps, the last days of months, days two customs count otherwise.
            ("0 0 9 * * MON-FRI", None),
            ("0 0 9-17 * * *", None),
            ("0 0 9,12 * * *", None),
            ("0 */7 * * * *", None),
            ("0 5/10 * * * *", None),
            ("0 0 9 31 * ?", None),
            ("0 0 9 L * ?", None),
            ("0 0 9 29 2 ?", None),
            ("0 0 9 1 * MON", None),
            ("0 0 9 ? * 2", None),
            ("0 0 9 ? * 6#3", None),
            ("0 0 9 * * ? 2027", None),
            ("0 0 25 * * *", None),
            ("@reboot", None),
        ] {
            assert!(is_calendar(text), "{text}");
            assert_eq!(as_cycle(text).as_deref(), cycle, "{text}");
        }
        assert!(!is_calendar("R/P1D") && !is_calendar("PT1H"));
    }
}

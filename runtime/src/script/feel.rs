//! What expressions of FEEL need and rhai has not, or has otherwise: [`crate::foreign`] says them with these. Nobody writes them by hand.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use rhai::{Dynamic, Engine};

use super::functions::{Answer, describe, equal, fail, number};
use crate::time::Span;

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("feel_item", item);
    engine.register_fn("feel_in", |it: Dynamic, of: Dynamic| match of.as_array_ref() {
        Ok(list) => list.iter().any(|other| equal(&it, other)),
        Err(_) => equal(&it, &of),
    });
    engine.register_fn("feel_plus", plus);
    engine.register_fn("feel_shift", shift);
    engine.register_fn("feel_seconds", |it: Dynamic| -> Answer { seconds(&it) });
    engine.register_fn("feel_moment", |it: Dynamic| -> Answer {
        if it.is_unit() { Ok(it) } else { moment(&it).map(|it| it.to_string().into()) }
    });
    engine.register_fn("not_understood", |what: &str, _source: &str| -> Answer { Err(fail(what)) });
}

/// Items count from 1, from the end backwards; where there is none is blank. What is no list is a list of itself.
fn item(of: Dynamic, at: Dynamic) -> Answer {
    let Ok(at) = at.as_int() else {
        return Err(fail(format!(
            "expected the place of an item, found {}: a list is not filtered here",
            describe(&at)
        )));
    };
    let place = |len: usize| {
        let at = if at < 0 { i64::try_from(len).ok()?.checked_add(at)? } else { at.checked_sub(1)? };
        usize::try_from(at).ok()
    };
    Ok(match of.as_array_ref() {
        Ok(list) => place(list.len()).and_then(|at| list.get(at).cloned()).unwrap_or(Dynamic::UNIT),
        Err(_) if matches!(at, 1 | -1) => of.clone(),
        Err(_) => Dynamic::UNIT,
    })
}

/// Two numbers, or two texts; of what does not go together nothing comes.
fn plus(a: Dynamic, b: Dynamic) -> Answer {
    if let (Some(left), Some(right)) = (number(&a), number(&b)) {
        return match (a.as_int(), b.as_int()) {
            (Ok(a), Ok(b)) => a.checked_add(b).map(Dynamic::from).ok_or_else(|| fail("the sum is too large")),
            _other => left.checked_add(right).map(Dynamic::from_decimal).ok_or_else(|| fail("the sum is too large")),
        };
    }
    Ok(match (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        (Ok(a), Ok(b)) if a.len() + b.len() <= crate::limits::SCRIPT_STRING => format!("{}{}", *a, *b).into(),
        (Ok(_), Ok(_)) => return Err(fail("the text is too long")),
        _other => Dynamic::UNIT,
    })
}

/// A day or a moment and a duration after it (1) or before it (-1).
fn shift(it: Dynamic, by: Dynamic, times: i64) -> Answer {
    if it.is_unit() || by.is_unit() {
        return Ok(Dynamic::UNIT);
    }
    let span = span(&by)?.checked_mul(times).map_err(|_| fail("the duration is too long"))?;
    let too_far = || fail("the moment is out of range");
    let day =
        it.as_immutable_string_ref().ok().and_then(|it| if it.len() == 10 { it.parse::<Date>().ok() } else { None });
    if let Some(day) = day {
        let part = span.get_hours() != 0 || span.get_minutes() != 0 || span.get_seconds() != 0;
        if part {
            return Err(fail("expected a duration of whole days after a day, found one with hours"));
        }
        return day.checked_add(span).map(|it| it.to_string().into()).map_err(|_| too_far());
    }
    let at = moment(&it)?.to_zoned(TimeZone::UTC).checked_add(span).map_err(|_| too_far())?;
    Ok(at.timestamp().to_string().into())
}

fn span(it: &Dynamic) -> Result<jiff::Span, Box<rhai::EvalAltResult>> {
    let found = it.as_immutable_string_ref().ok().and_then(|it| it.parse::<Span>().ok());
    match found {
        Some(Span::Plain(it)) => Ok(it),
        Some(Span::Hours { .. } | Span::Days { .. }) | None => {
            Err(fail(format!("expected a duration such as `PT4H`, found {}", describe(it))))
        }
    }
}

/// The length of a duration of days and hours; months have none.
fn seconds(it: &Dynamic) -> Answer {
    if it.is_unit() {
        return Ok(Dynamic::UNIT);
    }
    let span = span(it)?;
    if span.get_months() != 0 || span.get_years() != 0 {
        return Err(fail(format!("expected a duration of days and hours to compare, found {}", describe(it))));
    }
    let whole = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours());
    whole.map(|it| Dynamic::from(it.as_secs())).map_err(|_| fail("the duration is too long"))
}

/// A moment written with or without its offset: without it is at home in UTC.
fn moment(it: &Dynamic) -> Result<Timestamp, Box<rhai::EvalAltResult>> {
    let wrong = || fail(format!("expected a moment (RFC 3339), found {}", describe(it)));
    let text = it.as_immutable_string_ref().map_err(|_| wrong())?;
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    local.to_zoned(TimeZone::UTC).map(|it| it.timestamp()).map_err(|_| wrong())
}

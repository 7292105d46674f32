//! The function library of expressions and scripts; `templates/README.md` lists it for authors. Blank (`()`) goes
//! through arithmetic and dates instead of failing. Numbers are exact: whole numbers and decimals, never floats.

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Map};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde_json::Value;

use super::{dates, feel, names, sandbox};
use crate::value;

pub(super) type Answer = Result<Dynamic, Box<EvalAltResult>>;

pub(super) fn fail(message: impl Into<String>) -> Box<EvalAltResult> {
    message.into().into()
}

pub(super) fn register(engine: &mut Engine) {
    arithmetic(engine);
    blanks(engine);
    rounding(engine);
    rows(engine);
    texts(engine);
    moments(engine);
    lookups(engine);
    feel::register(engine);
}

/// A number, blank, or neither.
enum Operand {
    Blank,
    Number(Decimal),
}

fn operand(it: &Dynamic) -> Result<Operand, Box<EvalAltResult>> {
    if it.is_unit() {
        return Ok(Operand::Blank);
    }
    number(it).map(Operand::Number).ok_or_else(|| fail(format!("expected a number, found {}", describe(it))))
}

pub(super) fn number(it: &Dynamic) -> Option<Decimal> {
    it.as_int().map(Decimal::from).or_else(|_| it.as_decimal()).ok()
}

pub(super) fn describe(it: &Dynamic) -> String {
    value::from_dynamic(it).to_string().chars().take(60).collect()
}

/// Whole numbers that fit stay whole.
fn whole(it: Decimal) -> Dynamic {
    match it.to_i64() {
        Some(int) if Decimal::from(int) == it => Dynamic::from(int),
        _ => Dynamic::from_decimal(it),
    }
}

fn divide(a: Decimal, b: Decimal) -> Answer {
    if b.is_zero() {
        return Err(fail("division by zero"));
    }
    a.checked_div(b).map(Dynamic::from_decimal).ok_or_else(|| fail("the result of a division is too large"))
}

fn arithmetic(engine: &mut Engine) {
    engine.register_fn("/", |a: i64, b: i64| -> Answer {
        divide(a.into(), b.into()).map(|it| it.as_decimal().map_or(it, whole))
    });
    engine.register_fn("/", |a: Decimal, b: Decimal| divide(a, b));
    engine.register_fn("/", |a: i64, b: Decimal| divide(a.into(), b));
    engine.register_fn("/", |a: Decimal, b: i64| divide(a, b.into()));
    for sign in ["+", "-", "*", "/", "%"] {
        engine.register_fn(sign, |(): (), (): ()| ());
        engine.register_fn(sign, |(): (), _: i64| ());
        engine.register_fn(sign, |_: i64, (): ()| ());
        engine.register_fn(sign, |(): (), _: Decimal| ());
        engine.register_fn(sign, |_: Decimal, (): ()| ());
    }
    engine.register_fn("-", |(): ()| ());
    engine.register_fn("+", |(): (), text: ImmutableString| text);
    engine.register_fn("+", |text: ImmutableString, (): ()| text);
    engine.register_fn("number", |it: Dynamic| -> Dynamic {
        if let Some(it) = number(&it) {
            return whole(it);
        }
        it.as_immutable_string_ref().ok().and_then(|it| value::decimal(&it)).map_or(Dynamic::UNIT, whole)
    });
    engine.register_fn("text", |it: Dynamic| -> ImmutableString { text(&it).into() });
}

/// How a value reads in a text; blank is nothing.
pub(crate) fn text(it: &Dynamic) -> String {
    match value::from_dynamic(it) {
        Value::Null => String::new(),
        Value::String(it) => it,
        other => it.as_decimal().map_or_else(|_| other.to_string(), |it| it.to_string()),
    }
}

fn blanks(engine: &mut Engine) {
    fn blank(it: &Dynamic) -> bool {
        it.is_unit()
            || it.as_immutable_string_ref().is_ok_and(|it| it.trim().is_empty())
            || it.as_array_ref().is_ok_and(|it| it.is_empty())
            || it.as_map_ref().is_ok_and(|it| it.is_empty())
    }
    engine.register_fn("blank", |it: Dynamic| blank(&it));
    engine.register_fn("filled", |it: Dynamic| !blank(&it));
    engine.register_fn("coalesce", |a: Dynamic, b: Dynamic| if blank(&a) { b } else { a });
    engine.register_fn("coalesce", |a: Dynamic, b: Dynamic, c: Dynamic| {
        if !blank(&a) {
            a
        } else if !blank(&b) {
            b
        } else {
            c
        }
    });
    engine.register_fn("one_of", |it: Dynamic, list: Array| list.iter().any(|other| equal(&it, other)));
    engine.register_fn("one_of", |_: Dynamic, (): ()| false);
    engine.register_fn("between", |it: Dynamic, low: Dynamic, high: Dynamic| {
        compare(&it, &low).is_some_and(|it| it.is_ge()) && compare(&it, &high).is_some_and(|it| it.is_le())
    });
    engine.register_fn(
        "choose",
        |when: Dynamic, a: Dynamic, b: Dynamic| if when.as_bool().unwrap_or(false) { a } else { b },
    );
    // A path through something blank is blank.
    engine.register_indexer_get(|_: &mut (), _: ImmutableString| ());
    engine.register_indexer_get(|_: &mut (), _: i64| ());
    engine.register_fn("len", |(): ()| 0_i64);
    engine.register_fn("contains", |(): (), _: Dynamic| false);
    for name in ["starts_with", "ends_with"] {
        engine.register_fn(name, |(): (), _: Dynamic| false);
    }
    engine.register_fn("!", |(): ()| true);
}

pub(super) fn equal(a: &Dynamic, b: &Dynamic) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => value::same(&value::from_dynamic(a), &value::from_dynamic(b)),
    }
}

fn compare(a: &Dynamic, b: &Dynamic) -> Option<std::cmp::Ordering> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Some(a.cmp(&b));
    }
    let (a, b) = (a.as_immutable_string_ref().ok()?, b.as_immutable_string_ref().ok()?);
    Some(a.as_str().cmp(b.as_str()))
}

fn rounding(engine: &mut Engine) {
    fn to(it: Decimal, digits: i64, strategy: RoundingStrategy) -> Answer {
        let digits =
            u32::try_from(digits).ok().filter(|it| *it <= 28).ok_or_else(|| fail("expected 0 to 28 digits"))?;
        let it = it.round_dp_with_strategy(digits, strategy);
        Ok(if digits == 0 { whole(it) } else { Dynamic::from_decimal(it) })
    }
    for (name, strategy) in
        [("round", RoundingStrategy::MidpointAwayFromZero), ("round_bank", RoundingStrategy::MidpointNearestEven)]
    {
        engine.register_fn(name, |(): ()| ());
        engine.register_fn(name, |(): (), _: i64| ());
        engine.register_fn(name, move |it: i64| it);
        engine.register_fn(name, move |it: i64, _: i64| it);
        engine.register_fn(name, move |it: Decimal| to(it, 0, strategy));
        engine.register_fn(name, move |it: Decimal, digits: i64| to(it, digits, strategy));
    }
    for (name, strategy) in
        [("floor", RoundingStrategy::ToNegativeInfinity), ("ceiling", RoundingStrategy::ToPositiveInfinity)]
    {
        engine.register_fn(name, |(): ()| ());
        engine.register_fn(name, |it: i64| it);
        engine.register_fn(name, move |it: Decimal| to(it, 0, strategy));
    }
    engine.register_fn("abs", |(): ()| ());
    fn extreme(items: &[&Dynamic], largest: bool) -> Dynamic {
        let mut best: Option<&Dynamic> = None;
        for it in items.iter().filter(|it| !it.is_unit()) {
            let wins = best
                .is_none_or(|best| compare(it, best).is_some_and(|it| if largest { it.is_gt() } else { it.is_lt() }));
            if wins {
                best = Some(it);
            }
        }
        best.cloned().unwrap_or(Dynamic::UNIT)
    }
    macro_rules! extremes {
        ($($a:ty, $b:ty;)*) => {$(
            engine.register_fn("max", |a: $a, b: $b| extreme(&[&a.into(), &b.into()], true));
            engine.register_fn("min", |a: $a, b: $b| extreme(&[&a.into(), &b.into()], false));
        )*};
    }
    extremes! { Dynamic, Dynamic; }
    engine.register_fn("max", |a: i64, b: Decimal| Decimal::from(a).max(b));
    engine.register_fn("max", |a: Decimal, b: i64| a.max(b.into()));
    engine.register_fn("min", |a: i64, b: Decimal| Decimal::from(a).min(b));
    engine.register_fn("min", |a: Decimal, b: i64| a.min(b.into()));
}

fn rows(engine: &mut Engine) {
    fn column(rows: &Array, name: &str) -> Array {
        rows.iter()
            .map(|row| row.as_map_ref().ok().and_then(|row| row.get(name).cloned()).unwrap_or(Dynamic::UNIT))
            .collect()
    }
    fn sum(items: &Array) -> Answer {
        let mut total = Decimal::ZERO;
        for it in items {
            if let Operand::Number(it) = operand(it)? {
                total = total.checked_add(it).ok_or_else(|| fail("the sum is too large"))?;
            }
        }
        Ok(whole_if(total, items))
    }
    /// A sum of whole numbers is whole; one with decimals keeps its digits.
    fn whole_if(total: Decimal, items: &Array) -> Dynamic {
        if items.iter().any(|it| it.as_decimal().is_ok()) { Dynamic::from_decimal(total) } else { whole(total) }
    }
    fn average(items: &Array) -> Answer {
        let filled = items.iter().filter(|it| !it.is_unit()).count() as i64;
        if filled == 0 {
            return Ok(Dynamic::UNIT);
        }
        divide(number(&sum(items)?).unwrap_or_default(), filled.into())
    }
    fn best(items: &Array, largest: bool) -> Dynamic {
        let mut best = Dynamic::UNIT;
        for it in items.iter().filter(|it| !it.is_unit()) {
            if best.is_unit() || compare(it, &best).is_some_and(|it| if largest { it.is_gt() } else { it.is_lt() }) {
                best = it.clone();
            }
        }
        best
    }
    engine.register_fn("sum", |items: Array| sum(&items));
    engine.register_fn("sum", |rows: Array, name: &str| sum(&column(&rows, name)));
    engine.register_fn("sum", |(): ()| 0_i64);
    engine.register_fn("sum", |(): (), _: &str| 0_i64);
    engine.register_fn("avg", |items: Array| average(&items));
    engine.register_fn("avg", |rows: Array, name: &str| average(&column(&rows, name)));
    engine.register_fn("avg", |(): (), _: &str| ());
    engine.register_fn("max", |rows: Array, name: &str| best(&column(&rows, name), true));
    engine.register_fn("min", |rows: Array, name: &str| best(&column(&rows, name), false));
    engine.register_fn("max", |items: Array| best(&items, true));
    engine.register_fn("min", |items: Array| best(&items, false));
    engine.register_fn("count", |items: Array| items.len() as i64);
    engine.register_fn("count", |rows: Array, name: &str| {
        column(&rows, name).iter().filter(|it| !it.is_unit()).count() as i64
    });
    engine.register_fn("count", |rows: Array, name: &str, value: Dynamic| {
        column(&rows, name).iter().filter(|it| equal(it, &value)).count() as i64
    });
    engine.register_fn("count", |(): ()| 0_i64);
    engine.register_fn("count", |(): (), _: &str| 0_i64);
    engine.register_fn("count", |(): (), _: &str, _: Dynamic| 0_i64);
    engine.register_fn("column", |rows: Array, name: &str| column(&rows, name));
    engine.register_fn("column", |(): (), _: &str| Array::new());
}

fn texts(engine: &mut Engine) {
    // rhai's own change the text in place and return nothing, which an expression cannot use.
    engine.register_fn("trim", |it: &str| it.trim().to_owned());
    // Never made before it is known to fit: two texts make one as long as their product.
    fn replace(it: &str, from: &str, to: &str) -> Answer {
        let growth = to.len().saturating_sub(from.len());
        let longest = if growth == 0 {
            it.len()
        } else {
            it.matches(from).count().saturating_mul(growth).saturating_add(it.len())
        };
        if longest > crate::limits::SCRIPT_STRING {
            Err(fail("the text is too long"))
        } else {
            Ok(it.replace(from, to).into())
        }
    }
    engine.register_fn("replace", replace);
    engine.register_fn("replace", |it: &str, from: char, to: &str| replace(it, from.encode_utf8(&mut [0; 4]), to));
    engine.register_fn("replace", |it: &str, from: &str, to: char| replace(it, from, to.encode_utf8(&mut [0; 4])));
    engine.register_fn("replace", |it: &str, from: char, to: char| {
        replace(it, from.encode_utf8(&mut [0; 4]), to.encode_utf8(&mut [0; 4]))
    });
    for name in ["trim", "to_lower", "to_upper", "normalize_name", "domain", "digits"] {
        engine.register_fn(name, |(): ()| ());
    }
    engine.register_fn("normalize_name", |it: &str| names::normalize_name(it));
    engine.register_fn("jaro_winkler", |a: &str, b: &str| names::jaro_winkler(a, b));
    engine.register_fn("jaro_winkler", |_: Dynamic, _: Dynamic| Decimal::ZERO);
    engine.register_fn("digits", |it: &str| it.chars().filter(char::is_ascii_digit).collect::<String>());
    engine.register_fn("domain", |it: &str| -> Dynamic {
        let bare = it.trim().to_lowercase();
        let bare = bare.split_once("://").map_or(bare.as_str(), |(_, rest)| rest);
        let bare = bare.rsplit_once('@').map_or(bare, |(_, rest)| rest);
        let host = bare.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        if host.is_empty() { Dynamic::UNIT } else { host.to_owned().into() }
    });
}

fn moments(engine: &mut Engine) {
    fn day(text: &str) -> Result<jiff::civil::Date, Box<EvalAltResult>> {
        dates::day(text).ok_or_else(|| {
            fail(format!("expected a day `YYYY-MM-DD`, found `{}`", text.chars().take(40).collect::<String>()))
        })
    }
    fn moment(text: &str) -> Result<jiff::Timestamp, Box<EvalAltResult>> {
        text.parse().map_err(|_| {
            fail(format!("expected a moment (RFC 3339), found `{}`", text.chars().take(40).collect::<String>()))
        })
    }
    macro_rules! pairs {
        ($($name:literal, $f:path;)*) => {$(
            engine.register_fn($name, |a: &str, b: &str| -> Answer { Ok(Dynamic::from($f(day(a)?, day(b)?))) });
            engine.register_fn($name, |_: Dynamic, _: Dynamic| ());
        )*};
    }
    pairs! { "days_between", dates::days_between; "months_between", dates::months_between; "years_between", dates::years_between; }
    macro_rules! adds {
        ($($name:literal, $f:expr;)*) => {$(
            engine.register_fn($name, |a: &str, n: i64| -> Answer {
                let f: fn(jiff::civil::Date, i64) -> Option<jiff::civil::Date> = $f;
                f(day(a)?, n).map(|it| it.to_string().into()).ok_or_else(|| fail("the day is out of range"))
            });
            engine.register_fn($name, |_: Dynamic, _: Dynamic| ());
        )*};
    }
    adds! {
        "add_days", dates::add_days;
        "add_months", dates::add_months;
        "add_years", |it, n| dates::add_months(it, n.checked_mul(12)?);
    }
    engine.register_fn("add_hours", |at: &str, n: i64| -> Answer {
        let it = moment(at)?.checked_add(jiff::SignedDuration::from_hours(n.clamp(-9_000_000, 9_000_000)));
        it.map(|it| super::moment(it).into()).map_err(|_| fail("the moment is out of range"))
    });
    engine.register_fn("add_hours", |_: Dynamic, _: Dynamic| ());
    engine.register_fn("hours_between", |a: &str, b: &str| -> Answer {
        let seconds = moment(b)?.as_second() - moment(a)?.as_second();
        divide(seconds.into(), 3_600.into())
    });
    engine.register_fn("hours_between", |_: Dynamic, _: Dynamic| ());
    macro_rules! parts {
        ($($name:literal, $f:expr;)*) => {$(
            engine.register_fn($name, |it: &str| -> Answer {
                let f: fn(jiff::civil::Date) -> Dynamic = $f;
                Ok(f(day(it)?))
            });
            engine.register_fn($name, |(): ()| ());
        )*};
    }
    parts! {
        "year", |it| i64::from(it.year()).into();
        "month", |it| i64::from(it.month()).into();
        "day", |it| i64::from(it.day()).into();
        "weekday", |it| i64::from(it.weekday().to_monday_one_offset()).into();
        "date", |it| it.to_string().into();
    }
    engine.register_fn("today", || -> Answer {
        sandbox::surroundings().map(|it| it.today.to_string().into()).ok_or_else(|| fail("there is no day here"))
    });
}

fn lookups(engine: &mut Engine) {
    engine.register_fn("table", |key: &str, inputs: Map| -> Answer {
        let Some(it) = sandbox::surroundings() else { return Err(fail("there are no tables here")) };
        let Value::Object(inputs) = value::from_dynamic(&Dynamic::from_map(inputs)) else { return Ok(Dynamic::UNIT) };
        match it.library.decide(key, &inputs, it.today) {
            Ok(Some(decision)) => Ok(value::to_dynamic(&decision.value, &value::Shape::Any)),
            Ok(None) => Ok(Dynamic::UNIT),
            Err(fault) => Err(fail(fault.to_string())),
        }
    });
    engine.register_fn("covers", |dictionary: &str, above: &str, value: &str| {
        sandbox::surroundings().is_some_and(|it| it.library.covers(dictionary, above, value))
    });
    engine.register_fn("covers", |dictionary: &str, above: Array, value: &str| {
        let Some(it) = sandbox::surroundings() else { return false };
        above.iter().any(|above| {
            above.as_immutable_string_ref().is_ok_and(|above| it.library.covers(dictionary, &above, value))
        })
    });
    engine.register_fn("covers", |_: Dynamic, _: Dynamic, _: Dynamic| false);
}

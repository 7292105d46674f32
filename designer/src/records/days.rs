//! Days as calendars reckon with them: `2026-03-02`, the time of day that goes with it apart, in the person's own zone.

use js_sys::Date;
use wasm_bindgen::JsValue;

/// Milliseconds of a day that has 24 hours, which all have in UTC.
const DAY: f64 = 86_400_000.0;

fn utc(day: &str) -> Date {
    Date::new(&JsValue::from_str(&format!("{day}T00:00:00Z")))
}

fn text(date: &Date) -> String {
    String::from(date.to_iso_string()).chars().take(10).collect()
}

/// A day some days later; earlier, where the number is negative. What is no day is today.
pub fn later(day: &str, days: i32) -> String {
    let at = utc(day).get_time();
    if at.is_nan() {
        return today();
    }
    text(&Date::new(&JsValue::from_f64(at + f64::from(days) * DAY)))
}

/// Days from one to another.
pub fn between(from: &str, to: &str) -> i32 {
    let days = (utc(to).get_time() - utc(from).get_time()) / DAY;
    if days.is_nan() { 0 } else { days.round() as i32 }
}

/// The day it is here.
pub fn today() -> String {
    local(&Date::new_0())
}

fn local(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// The day of a stored date or moment, here.
pub fn day_of(value: &str) -> String {
    if value.len() <= 10 {
        return value.to_owned();
    }
    let date = Date::new(&JsValue::from_str(value));
    if date.get_time().is_nan() { value.chars().take(10).collect() } else { local(&date) }
}

/// A stored date or moment some days later, at the same time of day.
pub fn moved(value: &str, days: i32) -> String {
    if value.len() <= 10 {
        return later(value, days);
    }
    let date = Date::new(&JsValue::from_str(value));
    if date.get_time().is_nan() {
        return value.to_owned();
    }
    date.set_date((date.get_date() as i32 + days) as u32);
    String::from(date.to_iso_string()).replace(".000Z", "Z")
}

/// The Monday of a day's week.
pub fn monday(day: &str) -> String {
    let weekday = utc(day).get_utc_day() as i32;
    later(day, -((weekday + 6) % 7))
}

/// The first of a day's month, some months later.
pub fn first(day: &str, months: i32) -> String {
    let date = utc(day);
    let (year, month) = (date.get_utc_full_year() as i32, date.get_utc_month() as i32);
    let count = year * 12 + month + months;
    format!("{:04}-{:02}-01", count.div_euclid(12), count.rem_euclid(12) + 1)
}

/// A day as a date of the browser, for its words.
pub fn date(day: &str) -> Date {
    let parts: Vec<u32> = day.split('-').filter_map(|it| it.parse().ok()).collect();
    match parts.as_slice() {
        &[year, month, day] => Date::new_with_year_month_day(year, month as i32 - 1, day as i32),
        _ => Date::new_0(),
    }
}

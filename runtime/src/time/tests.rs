//! Cases as tables.

use super::*;
use crate::model::pack::CalendarDef;

fn calendar() -> Calendar {
    let (it, alerts) = Calendar::compile(&CalendarDef {
        timezone: "Asia/Shanghai".into(),
        days: ["mon", "tue", "wed", "thu", "fri"].map(String::from).to_vec(),
        hours: vec![["09:00".into(), "12:00".into()], ["13:00".into(), "18:00".into()]],
        holidays: vec!["2026-03-04".into()],
        makeup: vec!["2026-03-07".into()],
    });
    assert!(alerts.is_empty(), "{alerts:?}");
    it
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

#[test]
fn spans_add_in_the_calendar() {
    // 2026-03-02 is a Monday; the 4th is off, Saturday the 7th is worked.
    for (from, span, expected) in [
        ("2026-03-02T09:00:00+08:00", "2bh", "2026-03-02T11:00:00+08:00"),
        ("2026-03-02T11:00:00+08:00", "2bh", "2026-03-02T14:00:00+08:00"),
        ("2026-03-02T09:00:00+08:00", "8bh", "2026-03-02T18:00:00+08:00"),
        ("2026-03-02T09:00:00+08:00", "1bd", "2026-03-02T18:00:00+08:00"),
        ("2026-03-02T10:00:00+08:00", "1bd", "2026-03-03T10:00:00+08:00"),
        ("2026-03-03T10:00:00+08:00", "1bd", "2026-03-05T10:00:00+08:00"),
        ("2026-03-06T17:00:00+08:00", "2bh", "2026-03-07T10:00:00+08:00"),
        ("2026-03-07T17:30:00+08:00", "1bh", "2026-03-09T09:30:00+08:00"),
        ("2026-03-08T12:00:00+08:00", "0.5bh", "2026-03-09T09:30:00+08:00"),
        ("2026-03-02T20:00:00+08:00", "0bh", "2026-03-03T09:00:00+08:00"),
        ("2026-03-02T20:00:00+08:00", "PT4H", "2026-03-03T00:00:00+08:00"),
        ("2026-01-31T20:00:00+08:00", "P1M", "2026-02-28T20:00:00+08:00"),
        ("2026-03-02T20:00:00+08:00", "P2D", "2026-03-04T20:00:00+08:00"),
    ] {
        let it = calendar().add(at(from), &span.parse().unwrap()).unwrap();
        assert_eq!(it, at(expected), "{from} + {span}");
    }
}

#[test]
fn shares_of_working_time_are_working_time() {
    let span: Span = "2bd".parse().unwrap();
    let from = at("2026-03-03T09:00:00+08:00");
    let due = calendar().add(from, &span).unwrap();
    assert_eq!(due, at("2026-03-05T18:00:00+08:00"));
    assert_eq!(calendar().share(from, due, 50, &span).unwrap(), at("2026-03-03T18:00:00+08:00"));
    assert_eq!(calendar().share(from, due, 80, &span).unwrap(), at("2026-03-05T14:48:00+08:00"));
    assert_eq!(calendar().share(from, due, 150, &span).unwrap(), at("2026-03-06T18:00:00+08:00"));
    let plain: Span = "PT10H".parse().unwrap();
    assert_eq!(
        calendar().share(from, at("2026-03-03T19:00:00+08:00"), 80, &plain).unwrap(),
        at("2026-03-03T17:00:00+08:00")
    );
}

#[test]
fn what_is_no_span_is_refused() {
    for it in ["", "4h", "bh", "-1bh", "4 days", "PT", "P-1D", "-PT1H", "1e9bh", "8BH"] {
        assert!(it.parse::<Span>().is_err(), "{it}");
    }
}

#[test]
fn spans_read_back_as_written() {
    for it in ["8bh", "0.5bh", "3bd", "1.25bd", "PT4H", "P2D"] {
        assert_eq!(it.parse::<Span>().unwrap().to_string(), it);
    }
}

#[test]
fn zones_are_known_without_a_database() {
    for (name, offset) in
        [("Asia/Shanghai", 8), ("+08:00", 8), ("-03:00", -3), ("Europe/Berlin", 2), ("UTC", 0), ("CST-8", 8)]
    {
        let it = at("2026-07-01T00:00:00Z").to_zoned(zone(name).unwrap());
        assert_eq!(it.offset().seconds(), offset * 3_600, "{name}");
    }
    for name in ["", "Mars/Olympus", "+99:00", "+", "+8:x"] {
        assert!(zone(name).is_none(), "{name}");
    }
}

#[test]
fn a_calendar_without_work_gives_up() {
    let (it, alerts) = Calendar::compile(&CalendarDef {
        timezone: "Asia/Shanghai".into(),
        days: vec![],
        hours: vec![],
        holidays: vec![],
        makeup: vec![],
    });
    assert_eq!(alerts.len(), 2);
    assert!(it.add(at("2026-03-02T09:00:00+08:00"), &"1bh".parse().unwrap()).is_err());
}

//! `flow-timer` (error; a warning where nothing is given in a file that is not to be run, and for what other engines read): a timer needs exactly one of date, duration, cycle (BPMN 2.0.2 §10.5.5); and one that can be read. So does the deadline
//! of a task. A cycle takes some time each time; calendars of other tools (`0 0 9 * * MON-FRI`, `@daily`) are not run here.
//! Durations: `PT4H`, `P2D`, `8bh` (business hours), `3bd` (business days); cycles: `R3/PT1H`; dates: RFC 3339 or a day; a text
//! beginning with `=` (or `${` in files of other tools) is an expression, and so is the name of a variable.

use super::{Graph, called, definitions};
use crate::alert::Alert;
use crate::expr::is_name;
use crate::model::flow::{Element, ElementKind, EventDefinition};
use crate::time::{Span, crontab};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        if let ElementKind::UserTask(task) = &it.kind
            && let Some(due) = task.due.as_deref().map(str::trim)
            && !due.is_empty()
            && !due.starts_with('=')
            && !is_span(due)
        {
            say(found, graph, it, format!("expected a duration as the deadline of `{}`, found `{due}`", called(it)));
        }
        for definition in definitions(it) {
            let EventDefinition::Timer { time_date, time_duration, time_cycle } = definition else { continue };
            let given: Vec<(&str, &str)> = [("date", time_date), ("duration", time_duration), ("cycle", time_cycle)]
                .into_iter()
                .filter_map(|(name, text)| Some((name, text.as_deref()?.trim())).filter(|(_, text)| !text.is_empty()))
                .collect();
            match given.as_slice() {
                // A variable, if it is read as an expression: a flow that runs says so with `=`.
                [(kind, text)] if !is_readable(kind, text) && is_name(text) => found.push(graph.on(
                    Alert::warning(
                        "flow-timer",
                        format!(
                            "expected a {kind} on `{}`, found `{text}`; a variable is written `={text}`",
                            called(it)
                        ),
                    ),
                    it,
                )),
                [("cycle", text)] if crontab::is_calendar(text) => found.push(graph.on(of_calendar(it, text), it)),
                [("cycle", text)] if is_readable("cycle", text) && takes_no_time(text) => {
                    let says = format!("expected a cycle on `{}` to take some time, found `{text}`", called(it));
                    say(found, graph, it, says);
                }
                [(kind, text)] if !is_readable(kind, text) => {
                    say(found, graph, it, format!("expected a {kind} on `{}`, found `{text}`", called(it)));
                }
                [_] => {}
                [] => found.push(graph.on(
                    Alert::new(
                        "flow-timer",
                        graph.left_open(),
                        format!("expected a date, a duration or a cycle on `{}`, found none", called(it)),
                    ),
                    it,
                )),
                several => say(
                    found,
                    graph,
                    it,
                    format!("expected one of date, duration and cycle on `{}`, found {}", called(it), several.len()),
                ),
            }
        }
    }
}

fn is_readable(kind: &str, text: &str) -> bool {
    if text.starts_with('=') || text.starts_with("${") || text.starts_with("#{") {
        return true;
    }
    match kind {
        "date" => is_moment(text),
        "duration" => is_span(text),
        _cycle => is_cycle(text),
    }
}

/// What to write instead of a calendar.
fn of_calendar(it: &Element, text: &str) -> Alert {
    let begins = format!(
        "expected a cycle such as `R/P1D` or `R3/2026-01-01T09:00:00Z/PT1H` on `{}`, found the calendar `{text}`, which is not run here",
        called(it)
    );
    let alert = Alert::warning("flow-timer", format!("{begins}; {}", crontab::instead(text)));
    match crontab::as_cycle(text) {
        Some(cycle) => alert.arg("instead", cycle),
        None => alert,
    }
}

/// A cycle whose interval is none: it would fire at the same moment for ever.
fn takes_no_time(text: &str) -> bool {
    let none = |it: &str| matches!(it.parse::<Span>(), Ok(Span::Plain(it)) if it.is_zero());
    let working =
        |it: &str| matches!(it.parse::<Span>(), Ok(Span::Hours { seconds: 0 } | Span::Days { thousandths: 0 }));
    text.split('/').any(|it| none(it) || working(it))
}

fn is_moment(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<jiff::civil::Date>().is_ok()
}

fn is_span(text: &str) -> bool {
    text.parse::<Span>().is_ok()
}

fn is_cycle(text: &str) -> bool {
    let Some((times, rest)) = text.strip_prefix('R').and_then(|it| it.split_once('/')) else { return is_span(text) };
    let counted = times.is_empty() || times.parse::<i64>().is_ok_and(|it| it >= -1 && it != 0);
    counted && rest.split('/').count() <= 2 && rest.split('/').all(|it| is_span(it) || is_moment(it))
}

fn say(found: &mut Vec<Alert>, graph: &Graph, it: &Element, says: String) {
    found.push(graph.on(Alert::error("flow-timer", says), it));
}

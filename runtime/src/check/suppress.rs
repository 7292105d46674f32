//! Alerts somebody lives with: they stay in the list, with the reason.
//!
//! - `suppressed-error` (warning): an error is suppressed; errors block publishing whatever is said of them.
//! - `suppressed-nothing` (info): there is no such alert any more; the entry can go.
//! - `suppressed-no-reason` (warning): no reason is given, so it is not suppressed.

use crate::alert::{Alert, Severity, Silenced};
use crate::model::suppressed::Suppression;

/// The file they stand in.
pub const FILE: &str = "suppressed.json";

/// Marks what is suppressed, and says which entries do nothing.
pub fn apply(entries: &[Suppression], alerts: &mut Vec<Alert>) {
    let mut more = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let place = format!("/suppressed/{index}");
        let mut found = alerts.iter_mut().filter(|it| entry.speaks_of(it)).peekable();
        if found.peek().is_none() {
            let says = format!("expected an alert `{}` in {}, found none; the entry can go", entry.code, entry.file);
            more.push(
                Alert::new("suppressed-nothing", Severity::Info, says).at(FILE, place).arg("code", entry.code.as_str()),
            );
            continue;
        }
        if entry.reason.trim().is_empty() {
            let says = format!("expected a reason why `{}` is suppressed, found none", entry.code);
            more.push(Alert::warning("suppressed-no-reason", says).at(FILE, place).arg("code", entry.code.as_str()));
            continue;
        }
        for it in found {
            if it.severity == Severity::Error {
                let says = format!("`{}` is an error and cannot be suppressed", entry.code);
                let alert = Alert::warning("suppressed-error", says).at(FILE, place.clone());
                more.push(alert.arg("code", entry.code.as_str()));
                continue;
            }
            it.silenced = Some(Silenced { reason: entry.reason.clone(), by: entry.by.clone() });
        }
    }
    more.dedup();
    alerts.extend(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(entries: &[Suppression], alerts: &[Alert]) -> Vec<(String, bool)> {
        let mut alerts = alerts.to_vec();
        apply(entries, &mut alerts);
        alerts.into_iter().map(|it| (it.code, it.silenced.is_some())).collect()
    }

    #[test]
    fn only_what_is_no_error_and_has_a_reason_is_suppressed() {
        let of = |code: &str, severity| Alert::new(code, severity, "x");
        let warning = of("flow-unreachable", Severity::Warning).at("flows/a/flow.json", "/flowElements/2").on("check");
        let other = of("flow-unreachable", Severity::Warning).at("flows/a/flow.json", "/flowElements/5").on("send");
        let whole = of("flow-dead-end", Severity::Info).at("flows/a/flow.json", "/name");
        let error = Alert::error("deadlock", "x").at("flows/a/flow.json", "").on("join");
        let all = [warning.clone(), other, whole.clone(), error.clone()];
        let names = |it: Vec<(String, bool)>| it.into_iter().filter(|it| it.1).map(|it| it.0).collect::<Vec<_>>();
        let because = |it: &Alert| Suppression::of(it, "small team", "Anna");
        assert_eq!(names(told(&[because(&warning)], &all)), ["flow-unreachable"], "the one, not the other");
        assert_eq!(names(told(&[because(&whole)], &all)), ["flow-dead-end"]);
        // The element is what counts; something was put before it.
        let moved = Alert { pointer: "/flowElements/9".to_owned(), ..warning.clone() };
        assert_eq!(names(told(&[because(&warning)], &[moved])), ["flow-unreachable"]);
        for (entry, code) in [
            (because(&error), "suppressed-error"),
            (Suppression::of(&warning, " ", ""), "suppressed-no-reason"),
            (because(&warning.clone().on("nowhere")), "suppressed-nothing"),
        ] {
            let after = told(&[entry], &all);
            assert!(after.iter().all(|it| !it.1), "{code}: {after:?}");
            assert_eq!(after.last().map(|it| it.0.as_str()), Some(code));
        }
        let mut alerts = all.to_vec();
        apply(&[because(&error)], &mut alerts);
        assert!(!crate::alert::publishable(&alerts));
    }
}

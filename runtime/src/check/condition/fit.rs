//! `expression-type` (error): values are put together that cannot fit: a text compared with a number, `&&` on a text.
//! `expression-unknown-option` (error): a field, outcome or decision is compared with a text it never has: mistyped, or renamed since.
//! `expression-not-bool` (error): a condition gives something else than true or false; the work stops there.
//! Fix: compare with a value of the same kind, with one of the choices; make a comparison of it.

use super::kind::{Kind, Kinds};
use crate::alert::Alert;
use crate::check::reference::unknown;
use crate::expr::Term;

/// What does not fit in an expression. Alerts have no place yet.
pub fn check(found: &mut Vec<Alert>, kinds: &Kinds, tree: &Term, is_condition: bool) {
    tree.walk(&mut |it| one(found, kinds, it));
    if is_condition {
        let kind = kinds.of(tree);
        if !matches!(kind, Kind::Any | Kind::Bool) {
            let says = format!("expected a condition, which is true or false; found {}", kind.word());
            found.push(Alert::error("expression-not-bool", says));
        }
    }
}

fn one(found: &mut Vec<Alert>, kinds: &Kinds, it: &Term) {
    match it {
        Term::Compare(_, a, b) => compare(found, kinds, a, b),
        Term::And(parts) | Term::Or(parts) => parts.iter().for_each(|it| logical(found, kinds, it)),
        Term::Not(it) => logical(found, kinds, it),
        Term::Call(name, args) if matches!(name.as_str(), "-" | "*" | "/" | "%") => {
            for arg in args {
                let kind = kinds.of(arg);
                // A day minus a day is left to the functions for days.
                if matches!(kind, Kind::Text | Kind::Choice { .. } | Kind::Bool | Kind::List | Kind::Map) {
                    found.push(Alert::error(
                        "expression-type",
                        format!("expected a number at `{name}`, found {}", kind.word()),
                    ));
                }
            }
        }
        Term::Call(name, args) if name == "one_of" => {
            if let [what, Term::List(list)] = args.as_slice() {
                list.iter().for_each(|it| compare(found, kinds, what, it));
            }
        }
        Term::Call(name, args) if name == "contains" => {
            if let [Term::List(list), what] = args.as_slice() {
                list.iter().for_each(|it| compare(found, kinds, what, it));
            }
        }
        _other => {}
    }
}

fn logical(found: &mut Vec<Alert>, kinds: &Kinds, it: &Term) {
    let kind = kinds.of(it);
    if !matches!(kind, Kind::Any | Kind::Bool) {
        found.push(Alert::error(
            "expression-type",
            format!("expected true or false at `&&`, `||` or `!`, found {}", kind.word()),
        ));
    }
}

fn compare(found: &mut Vec<Alert>, kinds: &Kinds, a: &Term, b: &Term) {
    for (one, other) in [(a, b), (b, a)] {
        if let (Kind::Choice { options, open: false }, Term::Text(text)) = (kinds.of(one), other)
            && matches!(one, Term::Path(_))
            && !options.contains(text)
        {
            found.push(unknown("expression-unknown-option", "value this can have", text, options.into_iter()));
            return;
        }
    }
    let (left, right) = (kinds.of(a), kinds.of(b));
    if !fits(&left, &right) {
        found.push(Alert::error(
            "expression-type",
            format!("expected values of one kind, found {} compared with {}", left.word(), right.word()),
        ));
    }
}

fn fits(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Any, _) | (_, Kind::Any) => true,
        (Kind::Number { .. }, Kind::Number { .. })
        | (Kind::Bool, Kind::Bool)
        | (Kind::List, Kind::List)
        | (Kind::Map, Kind::Map) => true,
        (Kind::Date, Kind::Choice { options, .. }) | (Kind::Choice { options, .. }, Kind::Date) => {
            options.iter().all(|it| is_date(it))
        }
        (a, b) => a.is_text() && b.is_text(),
    }
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
        || text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
}

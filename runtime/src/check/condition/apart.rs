//! Conditions of which two never hold together, whatever the variables are: no value of any kind, none at all included, makes both
//! true. What is not understood may be anything, though the same at both.

use std::collections::BTreeMap;

use super::alone::condition;
use super::kind::Kinds;
use super::space::Space;
use crate::expr::{Comparison, Path, Term};
use crate::foreign;
use crate::model::catalog::Catalog;
use crate::model::flow::Element;

/// The pairs of flows, by place, whose conditions exclude each other.
pub fn apart(flows: &[&Element]) -> Vec<(usize, usize)> {
    let names = foreign::Names::default();
    let terms: Vec<Option<Term>> = flows.iter().map(|it| condition(it, &names)).collect();
    if terms.iter().flatten().count() < 2 {
        return Vec::new();
    }
    let catalog = Catalog::default();
    let kinds = Kinds::new(&catalog, None, None);
    let mut found = Vec::new();
    for (at, one) in terms.iter().enumerate() {
        for (beside, other) in terms.iter().enumerate().skip(at + 1) {
            if let (Some(one), Some(other)) = (one, other)
                && exclude(one, other, &kinds)
            {
                found.push((at, beside));
            }
        }
    }
    found
}

fn exclude(one: &Term, other: &Term, kinds: &Kinds) -> bool {
    if asks_both_ways(one, other) || [one, other].into_iter().any(orders_truth) {
        return false;
    }
    let space = Space::new(&[one, other], kinds, |_| None, |_| false).filter(|it| !it.is_mixed());
    space
        .map(Space::with_others)
        .is_some_and(|it| !it.cases().any(|case| it.holds(one, &case) && it.holds(other, &case)))
}

/// Whether a name is asked for by a function that takes what is empty (a text, a list) for blank, and by what does not.
fn asks_both_ways(one: &Term, other: &Term) -> bool {
    let (mut all, mut called): (BTreeMap<Path, usize>, BTreeMap<Path, usize>) = Default::default();
    for it in [one, other] {
        it.walk(&mut |part| match part {
            Term::Path(it) => *all.entry(it.clone()).or_default() += 1,
            Term::Call(name, args) if matches!(name.as_str(), "blank" | "filled" | "coalesce" | "??") => {
                let paths = args.iter().filter_map(|it| if let Term::Path(it) = it { Some(it) } else { None });
                paths.for_each(|it| *called.entry(it.clone()).or_default() += 1);
            }
            _other => {}
        });
    }
    called.iter().any(|(path, times)| all.get(path).is_some_and(|it| it > times))
}

/// Whether truth is asked for its order, which it has none.
fn orders_truth(term: &Term) -> bool {
    let mut found = false;
    term.walk(&mut |it| {
        if let Term::Compare(sign, a, b) = it {
            let is_bool = |it: &Term| matches!(it, Term::Bool(_));
            found |= !matches!(sign, Comparison::Equal | Comparison::NotEqual) && (is_bool(a) || is_bool(b));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::sound::random::{Dice, from_env};
    use crate::expr::{Expr, Scope};
    use crate::model::catalog::Catalog;
    use crate::model::flow::{Element, ElementKind};

    fn excludes(one: &str, other: &str) -> bool {
        let flows = [one, other].map(|it| {
            let kind = ElementKind::SequenceFlow {
                source_ref: "a".into(),
                target_ref: "b".into(),
                condition_expression: Some(it.to_owned()),
            };
            Element::new("f", kind)
        });
        !super::apart(&[&flows[0], &flows[1]]).is_empty()
    }

    #[test]
    fn what_cannot_both_hold_is_apart() {
        for (one, other) in [
            ("x > 10", "x <= 10"),
            ("x > 10", "x < 10"),
            ("${x > 10}", "${x <= 5}"),
            ("= x > 10", "= x in [1..10]"),
            ("ok", "!ok"),
            ("${approved}", "${not approved}"),
            ("ok == true", "ok == false"),
            ("kind == 'a'", "kind == 'b'"),
            ("kind == 'a'", "kind != 'a'"),
            ("kind == 'a' && x > 1", "kind == 'b' || (kind == 'a' && x <= 1)"),
            ("x > y", "x <= y"),
            ("blank(x)", "filled(x)"),
            ("x == ()", "x != () && x > 3"),
            ("f(x)", "!f(x)"),
            ("vars.a", "!vars.a"),
            ("data.amount >= 100", "data.amount < 100"),
            ("outcome == 'yes'", "outcome == 'no'"),
            ("return x > 1;", "return x <= 1;"),
            ("false", "x > 1"),
        ] {
            assert!(excludes(one, other) && excludes(other, one), "{one} | {other}");
        }
    }

    #[test]
    fn what_may_both_hold_is_not() {
        for (one, other) in [
            ("x > 10", "x > 5"),
            ("x > 10", "y <= 10"),
            ("kind != 'a'", "kind != 'b'"),
            // Of what is not there neither holds, so both negations do.
            ("!(x > 10)", "!(x <= 10)"),
            ("!(kind == 'a')", "!(kind == 'b')"),
            // True equals true, and comes neither before nor after it.
            ("x == y", "!(x <= y)"),
            ("x == true", "!(x <= true)"),
            // An empty text is blank, and something else than nothing.
            ("blank(x)", "x != ()"),
            // Nor of a text.
            ("filled(x) && !(x > 10)", "filled(x) && !(x <= 10)"),
            ("x == 1", "x != '1'"),
            ("x > 1", "x < '5'"),
            ("f(x)", "!f(y)"),
            ("x + 1 > 10", "x < 9"),
            ("x > y", "y > z"),
            ("", "x > 1"),
        ] {
            assert!(!excludes(one, other) && !excludes(other, one), "{one} | {other}");
        }
    }

    /// What a condition may ask of a variable, and of two.
    const ASKED: &[&str] = &[
        "vars.p",
        "vars.p == true",
        "vars.p == \"x\"",
        "vars.p != \"x\"",
        "vars.p > 1",
        "vars.p <= 1",
        "vars.p < 5",
        "vars.p == 5",
        "vars.p != 5",
        "vars.p == ()",
        "blank(vars.p)",
        "filled(vars.p)",
        "one_of(vars.p, [\"x\", \"y\"])",
        "coalesce(vars.p, 3) > 2",
        "vars.p == vars.q",
        "vars.p > vars.q",
        "vars.p <= vars.q",
        "vars.p <= true",
    ];

    fn made(dice: &mut Dice, depth: usize) -> String {
        match dice.roll(if depth == 0 { 2 } else { 5 }) {
            0 | 1 => {
                let asked = dice.pick(ASKED);
                if dice.one_in(3) { asked.replace(".p", ".r").replace(".q", ".p") } else { asked.to_owned() }
            }
            2 => format!("!({})", made(dice, depth - 1)),
            3 => format!("({}) && ({})", made(dice, depth - 1), made(dice, depth - 1)),
            _or => format!("({}) || ({})", made(dice, depth - 1), made(dice, depth - 1)),
        }
    }

    /// Random conditions, asked of every mixture of values of every kind.
    #[test]
    fn what_is_said_to_be_apart_never_holds_together() {
        let zone = crate::time::zone("UTC").expect("a zone");
        let now = "2026-03-02T17:00:00Z".parse().expect("a moment");
        let scope = Scope::new(Catalog::default().library(), now, &zone);
        let values = json!([null, true, false, 0, 1, 3, 5, 7, "x", "y", "5", ""]);
        let values = values.as_array().expect("a list");
        let mut of_all = Vec::new();
        for p in values {
            for other in values {
                let mut scope = scope.clone();
                scope.set("vars", json!({ "p": p, "q": other, "r": other }));
                of_all.push(scope);
            }
        }
        let first = from_env("TEST_SEED", 1);
        let mut parted = 0;
        for seed in first..first + from_env("TEST_MODELS", 3_000) {
            let mut dice = Dice(seed);
            let (one, other) = (made(&mut dice, 2), made(&mut dice, 2));
            if !excludes(&one, &other) {
                continue;
            }
            parted += 1;
            let [a, b] = [&one, &other].map(|it| Expr::parse(it).expect("a condition"));
            // What cannot be asked does not hold.
            let both = |it: &&Scope| a.holds(it).unwrap_or(false) && b.holds(it).unwrap_or(false);
            assert!(!of_all.iter().any(|it| both(&it)), "TEST_SEED={seed}: {one} | {other}");
        }
        println!("{parted} pairs exclude each other");
        assert!(parted > 0);
    }
}

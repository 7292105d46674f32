//! Conditions of which two never hold together, whatever the variables are: no value of any kind, none at all included, makes both
//! true. What is not understood may be anything, though the same at both.

use super::alone::condition;
use super::kind::Kinds;
use super::space::Space;
use crate::expr::Term;
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
    let space = Space::new(&[one, other], kinds, |_| None, |_| false).filter(|it| !it.is_mixed());
    space
        .map(Space::with_others)
        .is_some_and(|it| !it.cases().any(|case| it.holds(one, &case) && it.holds(other, &case)))
}

#[cfg(test)]
mod tests {
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
}

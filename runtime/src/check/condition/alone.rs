//! Decisions of a flow whose names nobody declares, as in a BPMN file: the conditions, in whichever language they are, are asked for every
//! case they tell apart themselves. Said is only that all are covered, and only where that is certain: a name is compared with values of
//! one kind, is there unless a condition asks whether it is, and every part that matters is understood.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::Kinds;
use super::space::Space;
use crate::expr::{Expr, Path, Term};
use crate::foreign;
use crate::id::NodeId;
use crate::model::catalog::Catalog;
use crate::model::flow::{Element, ElementKind, Flow};

/// The decisions whose conditions cover every case.
pub fn covered(flow: &Flow) -> Vec<NodeId> {
    let elements = flow.all();
    let mut out: BTreeMap<&NodeId, Vec<&Element>> = BTreeMap::new();
    for it in &elements {
        if let ElementKind::SequenceFlow { source_ref, .. } = &it.kind {
            out.entry(source_ref).or_default().push(it);
        }
    }
    let decides = |it: &&&Element| {
        matches!(
            it.kind,
            ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. }
        )
    };
    let open: Vec<(&NodeId, &Vec<&Element>)> = elements
        .iter()
        .filter(decides)
        .filter_map(|it| Some((&it.id, out.get(&it.id)?)))
        .filter(|(_, flows)| flows.len() > 1)
        .collect();
    if open.is_empty() {
        return Vec::new();
    }
    let names = foreign::Names::of(std::slice::from_ref(flow), std::iter::empty());
    let catalog = Catalog::new([]);
    let kinds = Kinds::new(&catalog, None, None);
    let covers = |flows: &[&Element]| {
        let terms: Option<Vec<Term>> = flows.iter().map(|it| condition(it, &names)).collect();
        terms.is_some_and(|it| all_cases(&it, &kinds))
    };
    open.into_iter().filter(|(_, flows)| covers(flows)).map(|(id, _)| id.clone()).collect()
}

fn condition(flow: &Element, names: &foreign::Names) -> Option<Term> {
    let mut flow = flow.clone();
    foreign::element(&mut flow, names);
    match &flow.kind {
        ElementKind::SequenceFlow { condition_expression: Some(it), .. } if !foreign::is_stopped(it) => {
            Some(Expr::parse(it).ok()?.tree())
        }
        _other => None,
    }
}

/// Whether a condition holds whatever the variables are.
pub fn always(source: &str) -> bool {
    let mut said = source.to_owned();
    foreign::text(&mut said, &foreign::Names::default());
    Expr::parse(&said).is_ok_and(|it| truth(&it.tree()) == Some(true))
}

/// The truth of what reads nothing.
fn truth(term: &Term) -> Option<bool> {
    match term {
        Term::Bool(it) => Some(*it),
        Term::Not(it) => truth(it).map(|it| !it),
        Term::And(parts) if parts.iter().any(|it| truth(it) == Some(false)) => Some(false),
        Term::And(parts) => parts.iter().all(|it| truth(it) == Some(true)).then_some(true),
        Term::Or(parts) if parts.iter().any(|it| truth(it) == Some(true)) => Some(true),
        Term::Or(parts) => parts.iter().all(|it| truth(it) == Some(false)).then_some(false),
        Term::Compare(sign, a, b) => match (a.as_ref(), b.as_ref()) {
            (Term::Number(a), Term::Number(b)) => Some(sign.holds(a.cmp(b))),
            (Term::Text(a), Term::Text(b)) => Some(sign.holds(a.cmp(b))),
            (Term::Bool(a), Term::Bool(b)) => Some(sign.holds(a.cmp(b))),
            _other => None,
        },
        _other => None,
    }
}

fn all_cases(terms: &[Term], kinds: &Kinds) -> bool {
    let mut asked: BTreeSet<&Path> = BTreeSet::new();
    for it in terms {
        it.walk(&mut |part| asked.extend(asks_for_blank(part)));
    }
    let all: Vec<&Term> = terms.iter().collect();
    let Some(space) = Space::new(&all, kinds, |_| None, |path| !asked.contains(path)) else { return false };
    !space.is_mixed() && space.cases().all(|case| terms.iter().any(|it| space.holds(it, &case)))
}

/// The name of which a part asks whether it is there.
fn asks_for_blank(part: &Term) -> Vec<&Path> {
    let among: Vec<&Term> = match part {
        Term::Compare(_, a, b) if [a, b].iter().any(|it| matches!(it.as_ref(), Term::Blank)) => vec![a, b],
        Term::Call(name, args) if matches!(name.as_str(), "blank" | "filled" | "coalesce" | "??") => {
            args.iter().collect()
        }
        _other => Vec::new(),
    };
    among.into_iter().filter_map(|it| if let Term::Path(it) = it { Some(it) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::draw::draw;
    use crate::model::flow::ElementKind;

    #[test]
    fn what_reads_nothing_is_always_so() {
        for (source, expected) in [
            ("true", true),
            ("${true}", true),
            ("= true", true),
            ("= not(false)", true),
            ("1 < 2", true),
            ("1 > 2 || 'a' == 'a'", true),
            ("= 1 in [1..3]", true),
            ("x || true", true),
            ("false", false),
            ("x", false),
            ("x && true", false),
            ("x == x", false),
            ("", false),
        ] {
            assert_eq!(super::always(source), expected, "{source}");
        }
    }

    #[test]
    fn what_covers_every_case_is_certain() {
        let yes: &[&[&str]] = &[
            &["x > 10", "x <= 10"],
            &["${x > 10}", "${x <= 10}"],
            &["${x gt 10}", "${not (x gt 10)}"],
            &["= x > 10", "= not(x > 10)"],
            &["= x in [1..5]", "= x < 1", "= x > 5"],
            &["= x in (1, 2)", "= not(x in (1, 2))"],
            &["x < 1", "x == 1", "x > 1"],
            &["kind == 'a'", "kind != 'a'"],
            &["= kind = \"a\"", "= kind != \"a\""],
            &["${approved}", "${!approved}"],
            &["= approved", "= not(approved)"],
            &["approved == true", "approved == false"],
            &["${approved && x > 1}", "${!approved || x <= 1}"],
            &["x == ()", "x > 1", "x <= 1"],
            &["true", "x > 1"],
            &["x > y", "x <= y"],
            &["order.total >= 100", "order.total < 100"],
        ];
        let no: &[&[&str]] = &[
            &["x > 10", "x < 10"],
            &["x > 10", "x <= 9"],
            &["x > 10", "y <= 10"],
            &["kind == 'a'", "kind == 'b'"],
            &["x > 10", "x <= '10'"],
            &["x == 1", "x != 'a'"],
            &["x != ()", "x > 1"],
            &["f(x)", "!g(x)"],
            &["= some y in x satisfies y > 1", "= not(x > 1)"],
            &["x > 1 and", "x <= 1"],
            &["approved", "approved == true"],
            &["x > y", "y > x"],
            &["x + 1 > 10", "x + 2 <= 11"],
            &["getVariable('x') / a", "x <= 1"],
        ];
        for (cases, expected) in [(yes, true), (no, false)] {
            for conditions in cases {
                let ways: Vec<String> = (1..=conditions.len()).map(|it| format!("x1?>e{it}")).collect();
                let mut flow = draw(&format!("s>{}", ways.join("; ")));
                let mut at = conditions.iter();
                for it in &mut flow.flow_elements {
                    if let ElementKind::SequenceFlow { source_ref, condition_expression, .. } = &mut it.kind
                        && source_ref.as_str() == "x1"
                    {
                        *condition_expression = at.next().map(|it| (*it).to_owned());
                    }
                }
                assert_eq!(super::covered(&flow).len(), usize::from(expected), "{conditions:?}");
            }
        }
    }
}

//! Decisions of a flow whose names nobody declares, as in a BPMN file: the conditions, in whichever language they are, are asked for every
//! case they tell apart themselves. Said is only what is certain: a name is compared with values of one kind, is there unless a condition
//! asks whether it is, and every part that matters is understood.

use std::collections::{BTreeMap, BTreeSet};

use super::Asked;
use super::kind::Kinds;
use super::space::Space;
use crate::alert::Alert;
use crate::check::flow::has_condition;
use crate::expr::{Expr, Path, Term};
use crate::foreign;
use crate::id::NodeId;
use crate::model::catalog::Catalog;
use crate::model::flow::{Element, ElementKind, Flow};

/// The decisions whose conditions cover every case.
pub fn covered(flow: &Flow) -> Vec<NodeId> {
    let mut found = Vec::new();
    each(flow, |it, flows, names, kinds| {
        let terms: Option<Vec<Term>> = flows.iter().map(|it| condition(it, names)).collect();
        if terms.is_some_and(|it| all_cases(&it, kinds)) {
            found.push(it.id.clone());
        }
    });
    found
}

/// What is certain of the decisions of a flow: conditions that hold never, or always; cases that two share, or that none has.
pub fn decisions(flow: &Flow) -> Vec<(&Element, Alert)> {
    let mut found = Vec::new();
    each(flow, |it, flows, names, kinds| {
        let exclusive = matches!(it.kind, ElementKind::ExclusiveGateway {});
        if !exclusive && !matches!(it.kind, ElementKind::InclusiveGateway {}) {
            return;
        }
        let is_open = |flow: &Element| it.default.as_ref() == Some(&flow.id) || !has_condition(flow);
        let decided: Vec<&Element> = flows.iter().copied().filter(|it| !is_open(it)).collect();
        let terms: Option<Vec<Term>> = decided.iter().map(|it| condition(it, names)).collect();
        let Some(terms) = terms.filter(|it| !it.is_empty()) else { return };
        let Some(space) = space(&terms, kinds) else { return };
        let asked = Asked {
            it,
            exclusive,
            is_open: decided.len() < flows.len(),
            conditions: decided.into_iter().zip(&terms).collect(),
            cases: space.cases().collect(),
            space: &space,
        };
        found.extend(asked.judge(&|_| true).0);
    });
    found
}

/// Shows every decision with its ways.
fn each<'a>(flow: &'a Flow, mut look: impl FnMut(&'a Element, &[&'a Element], &foreign::Names, &Kinds)) {
    let elements = flow.all();
    let mut out: BTreeMap<&NodeId, Vec<&Element>> = BTreeMap::new();
    for it in &elements {
        if let ElementKind::SequenceFlow { source_ref, .. } = &it.kind {
            out.entry(source_ref).or_default().push(it);
        }
    }
    let decides = |it: &Element| {
        matches!(
            it.kind,
            ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. }
        )
    };
    let open = elements.iter().copied().filter(|it| decides(it)).filter_map(|it| Some((it, out.get(&it.id)?)));
    let mut open = open.filter(|(_, flows)| flows.len() > 1).peekable();
    if open.peek().is_none() {
        return;
    }
    let names = foreign::Names::of(std::slice::from_ref(flow), std::iter::empty());
    let catalog = Catalog::new([]);
    let kinds = Kinds::new(&catalog, None, None);
    open.for_each(|(it, flows)| look(it, flows, &names, &kinds));
}

pub(super) fn condition(flow: &Element, names: &foreign::Names) -> Option<Term> {
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
    space(terms, kinds).is_some_and(|space| space.cases().all(|case| terms.iter().any(|it| space.holds(it, &case))))
}

/// The cases conditions tell apart; none: it is not known what a name is, or there are too many.
fn space(terms: &[Term], kinds: &Kinds) -> Option<Space> {
    let mut asked: BTreeSet<&Path> = BTreeSet::new();
    for it in terms {
        it.walk(&mut |part| asked.extend(asks_for_blank(part)));
    }
    let all: Vec<&Term> = terms.iter().collect();
    Space::new(&all, kinds, |_| None, |path| !asked.contains(path)).filter(|it| !it.is_mixed())
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

    /// A decision of one gateway; a condition that is empty is the default.
    fn decision(conditions: &[&str]) -> crate::model::flow::Flow {
        let ways: Vec<String> = (1..=conditions.len()).map(|it| format!("x1?>e{it}")).collect();
        let mut flow = draw(&format!("s>{}", ways.join("; ")));
        let mut at = conditions.iter();
        let mut default = None;
        for it in &mut flow.flow_elements {
            if let ElementKind::SequenceFlow { source_ref, condition_expression, .. } = &mut it.kind
                && source_ref.as_str() == "x1"
            {
                *condition_expression = at.next().filter(|it| !it.is_empty()).map(|it| (*it).to_owned());
                if condition_expression.is_none() {
                    default = Some(it.id.clone());
                }
            }
        }
        let gateway = flow.flow_elements.iter_mut().find(|it| it.id.as_str() == "x1").expect("the gateway");
        gateway.default = default;
        flow
    }

    #[test]
    fn what_holds_never_always_or_beside_another_is_told() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["n > 10", "n < 5"], &["gap@x1: `n` is 5"]),
            (&["n > 10", "n > 5", ""], &["overlap@f3: `n` is above 10"]),
            (&["n > 5", "n > 10", ""], &["never@f3"]),
            (&["n > 10 && n < 5", ""], &["never@f2"]),
            (&["${n > 10 and n lt 5}", ""], &["never@f2"]),
            (&["= n in [1..3] and n > 3", ""], &["never@f2"]),
            (&["kind == 'a' && kind == 'b'", ""], &["never@f2"]),
            (&["kind == 'a'", "kind == 'b'"], &["gap@x1: `kind` is something else"]),
            (&["day < '2026-03-01'", "day > '2026-03-01'"], &["gap@x1: `day` is \"2026-03-01\""]),
            (&["day == '2026-03-01'", "day > '2026-03-01'"], &["gap@x1: `day` is below \"2026-03-01\""]),
            (&["true", ""], &["always@f2"]),
            (&["n > 10 || n <= 10", ""], &["always@f2"]),
            (&["ok", "!ok"], &[]),
            (&["ok", "x > 1", ""], &["overlap@f3: `ok` is true, `x` is above 1"]),
            // Not certain: of several kinds, not understood, or asked for only by how two names compare.
            (&["n > 10 && n < '5'", ""], &[]),
            (&["f(n)", "g(n)"], &[]),
            (&["n + 1 > 10", "n > 5", ""], &[]),
            (&["a > b", "b > a", ""], &[]),
            (&["some y in x satisfies y", "n > 1", "n > 2"], &[]),
        ];
        for (conditions, expected) in cases {
            let flow = decision(conditions);
            let told: Vec<String> = super::decisions(&flow)
                .into_iter()
                .map(|(it, alert)| {
                    let case = alert.message.split_once(" when ").map(|(_, it)| it.replace("; the first is taken", ""));
                    let code = alert.code.trim_start_matches("flow-condition-").to_owned();
                    format!("{code}@{}{}", it.id, case.map(|it| format!(": {it}")).unwrap_or_default())
                })
                .collect();
            assert_eq!(told, *expected, "{conditions:?}");
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
                let flow = decision(conditions);
                assert_eq!(super::covered(&flow).len(), usize::from(expected), "{conditions:?}");
            }
        }
    }
}

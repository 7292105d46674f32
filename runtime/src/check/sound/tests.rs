//! Verdicts as a table; and a comparison of the search with a second, naive one.

use super::{Process, Verdict, judge};
use crate::check::draw::draw;
use crate::model::flow::ElementKind;

fn verdict(text: &str) -> String {
    said(&judge(&draw(text), 100_000))
}

/// A verdict in a line: the word, and each fault with its run.
pub(super) fn said(found: &Process) -> String {
    let word = match found.verdict {
        Verdict::Sound => "sound",
        Verdict::Broken => "broken",
        Verdict::Unknown => "unknown",
    };
    let faults: Vec<String> = found
        .faults
        .iter()
        .map(|it| {
            let what = serde_json::to_value(it.what).expect("a word");
            let run: Vec<&str> = it.run.iter().map(|it| it.element.as_str()).collect();
            format!("{} [{}]", what.as_str().unwrap_or_default(), run.join(" "))
        })
        .collect();
    if faults.is_empty() { word.to_owned() } else { format!("{word}: {}", faults.join("; ")) }
}

#[test]
fn verdicts() {
    let cases = [
        ("s>t1>e1", "sound"),
        ("s>x1>t1>x2>e1; x1>t2>x2", "sound"),
        ("s>p1>t1>p2>e1; p1>t2>p2", "sound"),
        ("s>o1?>t1>o2>e1; o1?>t2>o2", "sound"),
        // A loop on one branch of an inclusive pair: the join waits while the token can still come round.
        ("s>o1?>t1>o2>e1; o1?>x1>t2>x2>o2; x2>t3>x1", "sound"),
        // An exclusive split into a parallel join waits for ever.
        ("s>x1>t1>p1>e1; x1>t2>p1", "broken: deadlock [s x1 t1]"),
        // A parallel split into an exclusive merge doubles the token; the end comes twice.
        ("s>p1>t1>x1>e1; p1>t2>x1", "broken: unsafe [s p1 t1 x1 t2 x1]; end-twice [s p1 t1 x1 e1 t2 x1 e1]"),
        // Two ends, each reached once: fine.
        ("s>p1>t1>e1; p1>t2>e2", "sound"),
        ("s>p1>t1>e1; p1>t2>e1", "broken: end-twice [s p1 t1 e1 t2 e1]"),
        // Around for ever: every run can go on, none can end.
        ("s>x1>t1>x1", "broken: livelock [s]"),
        ("s>x1>t1>x2>e1; x2>t2>t3>x3>t2; x1>x3", "broken: livelock [s x1]"),
        // A loop with a way out.
        ("s>x1>t1>x2>e1; x2>t2>x1", "sound"),
        // A boundary timer that interrupts joins the main path.
        ("s>t1>x1>e1; b1@t1>t2>x1", "sound"),
        // One that does not interrupt must not join it.
        (
            "s>t1>x1>t3>e1; n1@t1>t2>x1",
            "broken: unsafe [s t1 n1 t1 x1 t2 x1]; end-twice [s t1 n1 t1 x1 t3 e1 t2 x1 t3 e1]",
        ),
        ("s>t1>e1; n1@t1>t2>e2", "sound"),
        // Terminate takes the other branch's token.
        ("s>p1>t1>k1; p1>t2>e2", "sound"),
        ("s>v1>c1>x1>e1; v1>c2>x1", "sound"),
        ("s>t1>e1; t2>e2", "broken: dead []"),
        ("t1>e1", "sound"),
        // A step nothing leads out of is no end event: it may be reached by two ways, and no flow has two tokens.
        ("s>p1>t1>t3; p1>t2>t3", "sound"),
        ("s>t1>t2; t1>t2", "sound"),
        ("s>p1>t1>x1>t3; p1>t2>x1", "broken: unsafe [s p1 t1 x1 t2 x1]"),
        // A complex gateway goes on with the first of two tokens and takes the second when it is reset.
        ("s>p1>t1>g1>t3>e1; p1>t2>g1", "sound"),
        ("s>p1>t1>g2>t4>e1; p1>t2>g2; p1>t3>g2", "sound"),
        // Only one comes: it waits for ever.
        ("s>x1>t1>g2>t3>e1; x1>t2>g2", "broken: deadlock [s x1 t1]; dead []"),
        // Round again before the other branch is through: a second token comes to it.
        ("s>x1>p1>t1>g1>x2>e1; p1>t2>g1; x2>t3>x1", "broken: unsafe [s x1 p1 t1 g1 x2 t3 x1 p1]"),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(flow, expected)| verdict(flow) != *expected)
        .map(|(flow, expected)| format!("{flow}\n  expected {expected}\n  came     {}", verdict(flow)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn parallel_branches_within_the_budget() {
    let branches: String = (1..=12).map(|it| format!("p1>t{it}>p2;")).collect();
    assert_eq!(verdict(&format!("s>p1; {branches} p2>e1")), "sound");
}

#[test]
fn beyond_the_budget_it_is_unknown_never_sound() {
    // Branches that may each end everything: every mix of them is a state of its own.
    let branches: String = (1..=20).map(|it| format!("p1>x{it}>k{it}; x{it}>t{it}>p2;")).collect();
    let found = judge(&draw(&format!("s>p1; {branches} p2>e1")), 1_000);
    assert_eq!(found.verdict, Verdict::Unknown);
    assert_eq!(found.properties.safe, None);
}

/// Ways out of an activity are gone together, unless their conditions exclude each other.
#[test]
fn an_activity_is_left_by_one_of_two_ways_that_exclude_each_other() {
    let meets = "s>t1?>t2>e1; t1?>t3>e1";
    let third = "s>t1?>t2>x1>e1; t1?>t3>x1; t1?>t4>e2";
    let joined = "s>t1?>t2>p1>e1; t1?>t3>p1";
    let event = "s>t1>e1; b1@t1?>t2>x1>e2; b1?>t3>x1";
    let twice = "broken: end-twice [s t1 t2 e1 t3 e1]";
    for (text, conditions, expected) in [
        (meets, vec!["n > 1", "n <= 1"], "sound"),
        (meets, vec!["= n > 1", "= not(n > 1)"], "sound"),
        (meets, vec!["kind == 'a'", "kind == 'b'"], "sound"),
        (meets, vec!["n > 1", "n > 2"], twice),
        (meets, vec!["n > 1", "m <= 1"], twice),
        (meets, vec!["!(n > 1)", "!(n <= 1)"], twice),
        // The third may come beside either.
        (third, vec!["n > 1", "n <= 1", "m"], "sound"),
        (third, vec!["n > 1", "m", "n <= 1"], "broken: unsafe [s t1 t2 x1 t3 x1]; end-twice [s t1 t2 x1 e1 t3 x1 e1]"),
        // The second token never comes.
        (joined, vec!["n > 1", "n <= 1"], "broken: deadlock [s t1 t2]"),
        (event, vec!["ok", "!ok"], "sound"),
    ] {
        let mut flow = draw(text);
        let mut given = conditions.iter();
        for it in &mut flow.flow_elements {
            if let ElementKind::SequenceFlow { condition_expression: Some(it), .. } = &mut it.kind {
                *it = (*given.next().expect("a condition")).to_owned();
            }
        }
        assert_eq!(said(&judge(&flow, 100_000)), expected, "{text} {conditions:?}");
    }
}

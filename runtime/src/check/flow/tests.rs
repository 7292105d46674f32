//! Every rule with a flow that breaks it and one that does not.

use super::check;
use crate::check::draw::draw;

fn codes(text: &str) -> Vec<String> {
    check(&draw(text), "flow.json").into_iter().map(|it| format!("{}@{}", it.code, it.element.unwrap_or_default())).collect()
}

#[test]
fn rules() {
    let cases: &[(&str, &[&str])] = &[
        ("s>t1>e1", &[]),
        ("s>x1?>t1>x2>e1; x1!>t2>x2", &[]),
        ("s>x1?>t1>x2>e1; x1?>t2>x2", &["flow-no-default@x1"]),
        ("s>x1>t1>x2>e1; x1!>t2>x2", &["flow-no-condition@f2"]),
        ("t1>e1", &["flow-no-start@"]),
        ("s>t1", &["flow-no-end@", "flow-dead-end@t1"]),
        ("s>t1>e1; t2>e1", &["flow-unreachable@t2"]),
        ("s>t1>e1; s2>t1", &["flow-many-starts@s2"]),
        ("s>t1>e1>t2>e2", &["flow-bad-connection@f3"]),
        ("s>t1>s; t1>e1", &["flow-bad-connection@f2", "flow-implicit-split@t1"]),
        ("s>t1>e1; s>t1", &["flow-duplicate-connection@f3", "flow-implicit-split@s"]),
        ("s>x1>t1>e1", &["flow-superfluous-gateway@x1"]),
        ("s>x1?>m1>x1; x1!>e1", &["flow-join-fork@x1", "flow-busy-loop@x1"]),
        ("s>x1?>t1>x1; x1!>e1", &["flow-join-fork@x1"]),
        ("s>v1>t1>e1; v1>c1>e1", &["flow-event-gateway@t1"]),
        ("s>v1>c1>e1", &["flow-event-gateway@v1"]),
        ("s>p1?>t1>p2>e1; p1>t2>p2", &["flow-condition-ignored@f2"]),
        ("s>t1>e1; b1@t9>e1", &["flow-unknown-node@b1", "flow-unreachable@b1"]),
    ];
    let wrong: Vec<String> =
        cases.iter().filter(|(flow, expected)| codes(flow) != *expected).map(|(flow, expected)| format!("{flow}\n  expected {expected:?}\n  came     {:?}", codes(flow))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_alert_points_at_its_place() {
    let found = check(&draw("s>t1>e1; t2>e1"), "flows/p/flow.json");
    let flow = serde_json::to_value(draw("s>t1>e1; t2>e1")).expect("a flow is JSON");
    assert_eq!(found[0].file, "flows/p/flow.json");
    assert_eq!(flow.pointer(&found[0].pointer).and_then(|it| it.get("id")), Some(&serde_json::json!("t2")));
}

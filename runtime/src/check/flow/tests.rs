//! Every rule with a flow that breaks it and one that does not. Flows are drawn as text (see `check/draw.rs`); where the letters
//! say too little, an element is replaced by JSON: `"c1": {"type": …}`, with `"draw"` for the inside of a subprocess.

use serde_json::{Value, json};

use super::{check, for_running};
use crate::alert::{Alert, Severity};
use crate::check::draw::draw;
use crate::model::flow::Flow;

/// The drawn flow with elements changed. A key that is no element is added to the flow: lists, or attributes of it.
fn drawn(text: &str, changes: &Value) -> Flow {
    let mut flow = serde_json::to_value(draw(text)).expect("a flow is JSON");
    for (id, change) in changes.as_object().expect("changes by id") {
        let mut change = change.clone();
        if let Some(inside) = change.as_object_mut().and_then(|it| it.remove("draw")) {
            let inside = serde_json::to_value(drawn(inside.as_str().expect("a drawing"), &change["with"]))
                .expect("a flow is JSON");
            change["flowElements"] = inside["flowElements"].clone();
            // The drawing numbers its flows from 1 in every scope.
            for it in change["flowElements"]
                .as_array_mut()
                .expect("elements")
                .iter_mut()
                .filter(|it| it["type"] == "sequenceFlow")
            {
                let id = it["id"].as_str().expect("an id").replace('f', "g");
                it["id"] = json!(id);
            }
            for it in change["flowElements"].as_array_mut().expect("elements") {
                if let Some(id) = it["default"].as_str().map(|it| it.replace('f', "g")) {
                    it["default"] = json!(id);
                }
            }
            change.as_object_mut().expect("an object").remove("with");
        }
        let elements = flow["flowElements"].as_array_mut().expect("elements");
        match elements.iter_mut().find(|it| it["id"] == id.as_str()) {
            Some(element) => {
                let replaces = change.get("type").is_some();
                let kept = if replaces { json!({ "id": id, "name": element["name"] }) } else { element.clone() };
                let mut next = kept;
                for (key, value) in change.as_object().expect("an object") {
                    next[key] = value.clone();
                }
                *element = next;
            }
            None if change.get("type").is_some() => {
                change["id"] = json!(id);
                elements.push(change);
            }
            None => flow[id] = change,
        }
    }
    serde_json::from_value(flow).expect("a flow")
}

fn codes(flow: &Flow) -> Vec<String> {
    let mut found: Vec<String> = check(flow, "flow.json")
        .into_iter()
        .map(|it| format!("{}@{}", it.code, it.element.unwrap_or_default()))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn all(cases: Vec<(&str, Value, &[&str])>) {
    let mut wrong = Vec::new();
    for (text, changes, expected) in cases {
        let came = codes(&drawn(text, &changes));
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort_unstable();
        if came != expected {
            wrong.push(format!("{text} {changes}\n  expected {expected:?}\n  came     {came:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ways() {
    let plain = || json!({});
    all(vec![
        ("s>t1>e1", plain(), &[]),
        ("s>x1?>t1>x2>e1; x1!>t2>x2", json!({ "f2": { "name": "yes" } }), &[]),
        ("s>x1?>t1>x2>e1; x1!>t2>x2", plain(), &["flow-no-name@f2"]),
        ("s>x1>t1>x2>e1; x1>t2>x2", plain(), &["flow-undecided@x1"]),
        ("s>x1?>t1>x2>e1; x1?>t2>x2", json!({ "f2": { "name": "a" }, "f5": { "name": "b" } }), &["flow-no-default@x1"]),
        ("s>x1>t1>x2>e1; x1!>t2>x2", plain(), &["flow-no-condition@f2"]),
        ("t1>e1", plain(), &["flow-implicit-start@t1", "flow-no-start@"]),
        ("s>t1", plain(), &["flow-dead-end@t1", "flow-no-end@"]),
        ("s>t1>e1; t2>e1", plain(), &["flow-fake-join@e1", "flow-unreachable@t2"]),
        ("s>t1>e1; s2>t1", plain(), &["flow-fake-join@t1", "flow-many-starts@s2"]),
        ("s>t1>e1>t2>e2", plain(), &["flow-bad-connection@f3"]),
        ("s>t1>s; t1>e1", plain(), &["flow-bad-connection@f2", "flow-implicit-split@t1"]),
        ("s>t1>e1; s>t1", plain(), &["flow-duplicate-connection@f3", "flow-fake-join@t1", "flow-implicit-split@s"]),
        ("s>x1>t1>e1", plain(), &["flow-superfluous-gateway@x1"]),
        ("s>x1?>m1>x1; x1!>e1", json!({ "f2": { "name": "again" } }), &["flow-busy-loop@x1", "flow-join-fork@x1"]),
        ("s>x1?>t1>x1; x1!>e1", json!({ "f2": { "name": "again" } }), &["flow-join-fork@x1"]),
        ("s>p1?>t1>p2>e1; p1>t2>p2", json!({ "f2": { "name": "if" } }), &["flow-condition-ignored@f2"]),
        ("s>t1>e1; b1@t9>e1", plain(), &["flow-fake-join@e1", "flow-unknown-node@b1", "flow-unreachable@b1"]),
        ("s>t1?>e1", json!({ "f2": { "name": "if" } }), &["flow-lone-condition@f2"]),
        ("s>t1?>e1; t1>t2>e2", json!({ "f2": { "name": "if" } }), &["flow-no-condition@f3"]),
        ("s>t1?>e1; t1!>t2>e2; t1>t3>e3", json!({ "f2": { "name": "if" } }), &["flow-no-condition@f5"]),
        ("s>t1>e1; t2>t3", plain(), &["flow-dead-end@t3", "flow-unreachable@t2"]),
        ("s>t1>e1; t3>t4>t2>t3; t4>e2", plain(), &["flow-implicit-split@t4", "flow-unreachable@t3"]),
        ("s>p1>t1>p2>e1; p1>t2>p2", json!({ "p1": { "default": "f2" } }), &["flow-default-ignored@p1"]),
        (
            "s>o1?>t1>o2>e1; o1!>t2>o2",
            json!({ "f2": { "name": "if" } }),
            &["flow-inclusive-gateway@o1", "flow-inclusive-gateway@o2"],
        ),
        (
            "s>x1>e1; x1!>t1>e2",
            json!({ "x1": { "type": "complexGateway", "default": "f3" } }),
            &["flow-complex-gateway@x1", "flow-no-condition@f2"],
        ),
        (
            "s>x1>e1",
            json!({ "x1": { "kept": { "attributes": { "gatewayDirection": "Diverging" } } } }),
            &["flow-gateway-direction@x1", "flow-superfluous-gateway@x1"],
        ),
        ("s>t1>k1", plain(), &["flow-superfluous-termination@k1"]),
        ("s>p1>t1>k1; p1>t2>k1", plain(), &["flow-fake-join@k1"]),
        ("s>p1>t1>k1; p1>t2>e1", plain(), &[]),
        ("s>t1>e1", json!({ "lanes": [{ "id": "L1", "name": "Desk", "flowNodeRefs": ["s", "t1", "e1"] }] }), &[]),
        (
            "s>t1>e1",
            json!({ "lanes": [{ "id": "L1", "name": "Desk", "flowNodeRefs": ["s", "t1"] }, { "id": "L2", "name": "Office", "flowNodeRefs": ["t1", "t9"] }] }),
            &["flow-lane@t1", "flow-lane@t9", "flow-no-lane@e1"],
        ),
        // Two sets part the nodes twice.
        (
            "s>t1>e1",
            json!({
                "lanes": [{ "id": "L1", "name": "Desk", "flowNodeRefs": ["s", "t1", "e1"] }, { "id": "L2", "name": "Phase", "flowNodeRefs": ["s", "t1"] }],
                "kept": { "children": [
                    { "name": "laneSet", "children": [{ "name": "lane", "attributes": { "id": "L1" } }] },
                    { "name": "laneSet", "children": [{ "name": "lane", "attributes": { "id": "L2" } }] }
                ] }
            }),
            &[],
        ),
        // A lane inside a lane holds the same nodes.
        (
            "s>t1>e1",
            json!({ "lanes": [{ "id": "L1", "name": "House", "flowNodeRefs": ["s", "t1", "e1"] }, { "id": "L2", "name": "Desk", "parent": "L1", "flowNodeRefs": ["t1"] }] }),
            &[],
        ),
        ("s>t1>e1", json!({ "messages": [{ "id": "t1", "name": "M" }] }), &["flow-duplicate-id@t1"]),
        ("s>t1>e1", json!({ "t1": { "type": "manualTask", "startQuantity": 0 } }), &["flow-quantity@t1"]),
        ("s>c1>e1", json!({ "c1": { "completionQuantity": 2 } }), &["flow-quantity@c1"]),
    ]);
}

#[test]
fn events() {
    let catch = |event: Value| json!({ "type": "intermediateCatchEvent", "eventDefinition": event });
    let throw = |event: Value| json!({ "type": "intermediateThrowEvent", "eventDefinition": event });
    let end = |event: Value| json!({ "type": "endEvent", "eventDefinition": event });
    let begin = |event: Value| json!({ "type": "startEvent", "eventDefinition": event });
    let border = |event: Value, cancels: bool| json!({ "type": "boundaryEvent", "attachedToRef": "t1", "cancelActivity": cancels, "eventDefinition": event });
    let timer = |duration: &str| json!({ "type": "timer", "timeDuration": duration });
    let message = || json!({ "type": "message", "messageRef": "M" });
    let receive = || json!({ "type": "receiveTask", "messageRef": "M" });
    let link = |name: &str| json!({ "type": "link", "name": name });
    let compensate = || json!({ "type": "compensate" });
    let hook = |from: &str, to: &str| json!({ "type": "association", "sourceRef": from, "targetRef": to });
    let transaction = json!({ "type": "transaction", "draw": "s9>t9>x9?>e9; x9!>e8", "with": { "e8": end(json!({ "type": "cancel" })), "f3": { "name": "ok" } } });
    all(vec![
        ("s>c1>e1", json!({ "c1": catch(timer("PT1X")) }), &["flow-timer@c1"]),
        ("s>c1>e1", json!({ "c1": catch(json!({ "type": "timer" })) }), &["flow-timer@c1"]),
        ("s>c1>e1", json!({ "c1": catch(json!({ "type": "timer", "timeCycle": "R3/PT1H" })) }), &[]),
        ("s>c1>e1", json!({ "c1": catch(json!({ "type": "timer", "timeDate": "2027-02-30" })) }), &["flow-timer@c1"]),
        (
            "s>c1>e1",
            json!({ "c1": catch(json!({ "type": "conditional", "condition": " " })) }),
            &["flow-conditional-event@c1"],
        ),
        ("s>c1>e1", json!({ "c1": catch(json!({ "type": "error" })) }), &["flow-event-position@c1"]),
        ("s>c1>e1", json!({ "c1": throw(timer("PT1H")) }), &["flow-event-position@c1"]),
        ("s>c1>e1", json!({ "c1": catch(compensate()) }), &["flow-event-position@c1"]),
        ("s>c1>e1", json!({ "c1": catch(json!({ "type": "message", "messageRef": "" })) }), &["flow-no-reference@c1"]),
        (
            "s>t1>e1",
            json!({ "e1": end(json!({ "type": "conditional", "condition": "true" })) }),
            &["flow-event-position@e1"],
        ),
        ("s>t1>e1", json!({ "s": begin(json!({ "type": "error" })) }), &["flow-event-position@s"]),
        ("s>t1>e1", json!({ "s": begin(message()) }), &[]),
        (
            "s>t1>e1",
            json!({ "s": begin(json!({ "type": "multiple", "eventDefinitions": [message(), timer("PT1H")] })) }),
            &["flow-many-definitions@s"],
        ),
        ("s>t1>e1; n1@t1>e2", json!({ "n1": border(json!({ "type": "error" }), false) }), &["flow-event-position@n1"]),
        ("s>t1>e1; b1@t1>e2", json!({ "b1": border(json!({ "type": "error" }), true) }), &[]),
        (
            "s>t1>e1; b1@t1>e2; b2@t1>e3",
            json!({ "b1": border(json!({ "type": "error", "errorRef": "E" }), true), "b2": border(json!({ "type": "error", "errorRef": "E" }), true) }),
            &["flow-caught-twice@b2"],
        ),
        (
            "s>t1>e1; b1@t1>e2; b2@t1>e3",
            json!({ "b1": border(json!({ "type": "error", "errorRef": "E" }), true), "b2": border(json!({ "type": "error" }), true) }),
            &[],
        ),
        (
            "s>t1>e1; b1@t1>e2",
            json!({ "b1": border(json!({ "type": "multiple", "eventDefinitions": [] }), true) }),
            &["flow-boundary@b1"],
        ),
        ("s>t1>e1; b1@t1>e2", json!({ "b1": border(json!({ "type": "cancel" }), true) }), &["flow-cancel@b1"]),
        ("s>t1>e1", json!({ "e1": end(json!({ "type": "cancel" })) }), &["flow-cancel@e1"]),
        ("s>m1>e1", json!({ "m1": transaction.clone() }), &["flow-cancel-nowhere@m1"]),
        ("s>t1>e1; b1@t1>e2", json!({ "t1": transaction, "b1": border(json!({ "type": "cancel" }), true) }), &[]),
        ("s>c1; c2>e1", json!({ "c1": throw(link("A")), "c2": catch(link("A")) }), &[]),
        (
            "s>c1; c2>e1",
            json!({ "c1": throw(link("A")), "c2": catch(link("B")) }),
            &["flow-link@c1", "flow-link@c2", "flow-unreachable@c2"],
        ),
        ("s>c1>t1>e2; c2>e1", json!({ "c1": throw(link("A")), "c2": catch(link("A")) }), &["flow-link@c1"]),
        (
            "s>t1>e1; b1@t1; m1",
            json!({ "b1": border(compensate(), true), "m1": { "isForCompensation": true }, "a1": hook("b1", "m1") }),
            &[],
        ),
        (
            "s>t1>e1; b1@t1; m1",
            json!({ "b1": border(compensate(), true), "m1": { "isForCompensation": true } }),
            &["flow-compensation@b1", "flow-dead-end@b1", "flow-never-compensated@m1"],
        ),
        (
            "s>t1>e1; b1@t1>m1",
            json!({ "b1": border(compensate(), true), "m1": { "isForCompensation": true }, "a1": hook("b1", "m1") }),
            &["flow-compensation@b1", "flow-compensation@m1"],
        ),
        (
            "s>t1>c1>e1",
            json!({ "c1": throw(json!({ "type": "compensate", "activityRef": "t9" })) }),
            &["flow-compensation@c1"],
        ),
        (
            "s>t1>c1>e1",
            json!({ "c1": throw(json!({ "type": "compensate", "activityRef": "t1" })) }),
            &["flow-never-compensated@c1"],
        ),
        // What stands in another subprocess is not seen; from an event subprocess, what stands beside it is.
        (
            "s>t1>c1>e1",
            json!({
                "t1": { "type": "subProcess", "draw": "s9>t9>e9", "with": {} },
                "c1": throw(json!({ "type": "compensate", "activityRef": "t9" }))
            }),
            &["flow-compensation@c1"],
        ),
        (
            "s>t1>t2>e1",
            json!({ "t2": { "type": "subProcess", "draw": "s9>c9>e9", "with": { "c9": throw(json!({ "type": "compensate", "activityRef": "t1" })) } } }),
            &["flow-compensation@c9"],
        ),
        (
            "s>t1>e1",
            json!({ "es": {
                "type": "subProcess", "triggeredByEvent": true, "draw": "s9>c9>e9",
                "with": { "s9": begin(json!({ "type": "error" })), "c9": throw(json!({ "type": "compensate", "activityRef": "t1" })) }
            } }),
            &["flow-never-compensated@c9"],
        ),
        ("s>v1>c1>e1; v1>c2>e2", json!({}), &[]),
        ("s>v1>t1>e1; v1>c1>e2", json!({}), &["flow-event-gateway@t1"]),
        ("s>v1>c1>e1", json!({}), &["flow-event-gateway@v1", "flow-superfluous-gateway@v1"]),
        ("s>v1?>c1>e1; v1>c2>e2", json!({ "f2": { "name": "if" } }), &["flow-event-gateway@f2"]),
        ("s>v1>c1>e1; v1>m1>e2", json!({ "c1": catch(message()), "m1": receive() }), &["flow-event-gateway@v1"]),
        (
            "s>v1>c1>e1; v1>t1>e2; b1@t1>e3",
            json!({ "t1": receive(), "b1": border(timer("PT1H"), true) }),
            &["flow-event-gateway@t1"],
        ),
        (
            "v1>c1>e1; v1>c2>e2",
            json!({ "v1": { "instantiate": true }, "c1": catch(message()), "c2": catch(message()) }),
            &[],
        ),
        (
            "s>v1>c1>e1; v1>c2>e2",
            json!({ "v1": { "instantiate": true }, "c1": catch(message()) }),
            &["flow-instantiate@c2", "flow-instantiate@v1"],
        ),
        (
            "s>m1>e1",
            json!({ "m1": { "type": "receiveTask", "messageRef": "M", "instantiate": true } }),
            &["flow-instantiate@m1"],
        ),
        ("m1>e1", json!({ "m1": { "type": "receiveTask", "messageRef": "M", "instantiate": true } }), &[]),
        (
            "s>t1>e1",
            json!({ "errors": [{ "id": "E", "name": "E", "errorCode": "" }], "e1": end(json!({ "type": "error", "errorRef": "E" })) }),
            &["flow-no-code@e1", "flow-uncaught-error@e1"],
        ),
    ]);
}

#[test]
fn subprocesses() {
    let end = |event: Value| json!({ "type": "endEvent", "eventDefinition": event });
    let start = |event: Value| json!({ "type": "startEvent", "eventDefinition": event });
    all(vec![
        ("s>m1>e1", json!({ "m1": { "type": "subProcess", "draw": "s9>t9>e9", "with": {} } }), &[]),
        (
            "s>m1>e1",
            json!({ "m1": { "type": "subProcess", "draw": "s9>t9>e9", "with": { "s9": start(json!({ "type": "message", "messageRef": "M" })) } } }),
            &["flow-typed-inner-start@s9"],
        ),
        (
            "s>m1>e1",
            json!({ "m1": { "type": "subProcess", "flowElements": [] } }),
            &["flow-no-end@m1", "flow-no-start@m1"],
        ),
        ("s>m1>e1", json!({ "m1": { "type": "adHocSubProcess", "draw": "t9", "with": {} } }), &[]),
        (
            "s>m1>e1",
            json!({ "m1": { "type": "adHocSubProcess", "draw": "s9>t9>e9", "with": {} } }),
            &["flow-ad-hoc@e9", "flow-ad-hoc@s9"],
        ),
        (
            "s>m1>e1",
            json!({ "m1": { "type": "adHocSubProcess", "draw": "c9>x9", "with": {} } }),
            &["flow-ad-hoc@m1", "flow-dead-end@x9"],
        ),
        (
            "s>t1>e1; m1",
            json!({ "m1": { "type": "subProcess", "triggeredByEvent": true, "draw": "s9>t9>e9", "with": { "s9": start(json!({ "type": "message", "messageRef": "M" })) } } }),
            &[],
        ),
        (
            "s>t1>e1; m1",
            json!({ "m1": { "type": "subProcess", "triggeredByEvent": true, "draw": "s9>t9>e9", "with": {} } }),
            &["flow-event-subprocess-start@s9"],
        ),
        (
            "s>t1>e1; m1; m2",
            json!({
                "m1": { "type": "subProcess", "triggeredByEvent": true, "draw": "s9>t9>e9", "with": { "s9": start(json!({ "type": "error" })) } },
                "m2": { "type": "subProcess", "triggeredByEvent": true, "flowElements": [
                    { "type": "startEvent", "id": "s8", "name": "S8", "eventDefinition": { "type": "error" } },
                    { "type": "endEvent", "id": "e8", "name": "E8" },
                    { "type": "sequenceFlow", "id": "h1", "sourceRef": "s8", "targetRef": "e8" },
                ] }
            }),
            &["flow-caught-twice@m2"],
        ),
        (
            "s>t1>m1>e1",
            json!({ "m1": { "type": "subProcess", "triggeredByEvent": true, "draw": "s9>t9>e9", "with": { "s9": start(json!({ "type": "message", "messageRef": "M" })) } } }),
            &["flow-bad-connection@f2", "flow-bad-connection@f3"],
        ),
        (
            "s>t1>e1; m1",
            json!({ "m1": { "type": "subProcess", "triggeredByEvent": true, "draw": "t9>e9", "with": {} } }),
            &["flow-event-subprocess@m1", "flow-implicit-start@t9", "flow-no-start@m1"],
        ),
        (
            "s>m1>e1",
            json!({ "m1": { "type": "subProcess", "draw": "s9>t9>e9", "with": { "e9": end(json!({ "type": "error", "errorRef": "E" })) } }, "errors": [{ "id": "E", "name": "E", "errorCode": "E" }] }),
            &["flow-uncaught-error@e9"],
        ),
        (
            "s>m1>e1; b1@m1>e2",
            json!({ "m1": { "type": "subProcess", "draw": "s9>t9>e9", "with": { "e9": end(json!({ "type": "error", "errorRef": "E" })) } }, "b1": { "type": "boundaryEvent", "attachedToRef": "m1", "eventDefinition": { "type": "error" } }, "errors": [{ "id": "E", "name": "E", "errorCode": "E" }] }),
            &[],
        ),
        (
            "s>m1>e1",
            json!({ "m1": { "type": "subProcess", "draw": "s9>t9>e9; s9>t1", "with": {} } }),
            &["flow-dead-end@t1", "flow-implicit-split@s9"],
        ),
        (
            "s>t1>m1>e1",
            json!({ "m1": { "type": "subProcess", "draw": "s9>t9>e9", "with": {} }, "f9": { "type": "sequenceFlow", "sourceRef": "t1", "targetRef": "t9" } }),
            &["flow-implicit-split@t1", "flow-unknown-node@f9"],
        ),
    ]);
}

#[test]
fn repetition_and_data() {
    let many = |it: Value| json!({ "t1": { "loopCharacteristics": it } });
    all(vec![
        ("s>t1>e1", many(json!({ "type": "multiInstance", "loopCardinality": "3" })), &[]),
        ("s>t1>e1", many(json!({ "type": "multiInstance", "collection": "vars.list" })), &[]),
        ("s>t1>e1", many(json!({ "type": "multiInstance" })), &["flow-repetition@t1"]),
        (
            "s>t1>e1",
            many(json!({ "type": "multiInstance", "loopCardinality": "3", "collection": "vars.list" })),
            &["flow-repetition@t1"],
        ),
        (
            "s>t1>e1",
            json!({ "s": { "loopCharacteristics": { "type": "standardLoop", "loopMaximum": "3" } } }),
            &["flow-repetition@s"],
        ),
        ("s>t1>e1", many(json!({ "type": "multiInstance", "loopCardinality": "2.5" })), &["flow-repetition@t1"]),
        (
            "s>t1>e1",
            many(json!({ "type": "multiInstance", "loopCardinality": "2", "behavior": "none" })),
            &["flow-repetition@t1"],
        ),
        (
            "s>t1>e1",
            many(
                json!({ "type": "multiInstance", "loopCardinality": "2", "behavior": "one", "oneBehaviorEvent": { "type": "timer", "timeDuration": "PT1H" } }),
            ),
            &["flow-repetition@t1"],
        ),
        ("s>t1>e1", many(json!({ "type": "standardLoop" })), &["flow-endless-repetition@t1"]),
        ("s>t1>e1", many(json!({ "type": "standardLoop", "loopMaximum": "many" })), &[]),
        ("s>t1>e1", many(json!({ "type": "standardLoop", "loopMaximum": "-1" })), &["flow-repetition@t1"]),
        (
            "s>t1>e1",
            json!({ "d1": { "type": "dataObject" }, "d2": { "type": "dataObjectReference", "dataObjectRef": "d1" } }),
            &[],
        ),
        (
            "s>t1>e1",
            json!({ "d2": { "type": "dataObjectReference", "dataObjectRef": "d1" } }),
            &["flow-unknown-data@d2"],
        ),
        (
            "s>t1>e1",
            json!({ "t1": { "dataInputAssociations": [{ "sourceRef": ["d1", "d2"], "targetRef": "in" }] } }),
            &["flow-data-association@t1"],
        ),
        ("s>t1>e1", json!({ "t1": { "dataInputAssociations": [{ "sourceRef": ["d1"], "targetRef": "in" }] } }), &[]),
        ("s>t1>e1", json!({ "t1": { "dataOutputAssociations": [{ "targetRef": "d1" }] } }), &[]),
        ("s>t1>e1", json!({ "t1": { "kept": { "attributes": { "startQuantity": "-1" } } } }), &["flow-quantity@t1"]),
        ("s>t1>e1", json!({ "t1": { "kept": { "attributes": { "completionQuantity": "01" } } } }), &[]),
        ("s>t1>e1", json!({ "t1": { "startQuantity": 2, "kept": { "attributes": { "startQuantity": "-1" } } } }), &[]),
        (
            "s>t1>e1",
            json!({ "t1": { "dataInputAssociations": [{ "targetRef": "in" }] } }),
            &["flow-data-association@t1"],
        ),
        ("s>t1>e1", json!({ "t1": { "dataOutputAssociations": [{ "id": "out" }] } }), &["flow-data-association@t1"]),
    ]);
}

#[test]
fn an_alert_points_at_its_place() {
    let found = check(&draw("s>t1>e1; t2>t1"), "flows/p/flow.json");
    let it = found.iter().find(|it| it.code == "flow-unreachable").expect("an alert");
    let flow = serde_json::to_value(draw("s>t1>e1; t2>t1")).expect("a flow is JSON");
    assert_eq!(it.file, "flows/p/flow.json");
    assert_eq!(flow.pointer(&it.pointer).and_then(|it| it.get("id")), Some(&json!("t2")));
}

/// One cause, one alert: what is not led to is told where it begins.
#[test]
fn what_no_way_leads_to_is_told_once_with_what_is_behind_it() {
    for (text, expected) in [
        ("s>t1>e1; t2>t1", &["t2: expected a way from the start to `T2`, found none"][..]),
        (
            "s>t1>e1; t2>t3>t4>e2; t5>t4",
            &[
                "t2: expected a way from the start to `T2`, found none; nor to `T3`, `T4`, `E2` behind it",
                "t5: expected a way from the start to `T5`, found none",
            ],
        ),
        (
            "s>t1>e1; t2>t3>t4>t5>e2",
            &["t2: expected a way from the start to `T2`, found none; nor to `T3`, `T4`, `T5` and 1 more behind it"],
        ),
        ("s>t1>e1; t2>t3>t2", &["t2: expected a way from the start to `T2`, found none; nor to `T3` behind it"]),
        // Of a circle and what comes before it, what comes before.
        (
            "s>t1>e1; t2>t3>t2; t4>t2",
            &["t4: expected a way from the start to `T4`, found none; nor to `T2`, `T3` behind it"],
        ),
    ] {
        let found = check(&draw(text), "flow.json").into_iter().filter(|it| it.code == "flow-unreachable");
        let told: Vec<String> = found.map(|it| format!("{}: {}", it.element.unwrap_or_default(), it.message)).collect();
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn a_loop_waits_for_who_works_outside_in_a_file_alone() {
    let link = |catch: bool| {
        let it = json!({ "type": "link", "name": "L" });
        let kind = if catch { "intermediateCatchEvent" } else { "intermediateThrowEvent" };
        json!({ "type": kind, "eventDefinition": it })
    };
    let sub = |inside: &str| json!({ "type": "subProcess", "flowElements": serde_json::to_value(draw(inside).flow_elements).unwrap() });
    let (task, manual) = (json!({ "type": "task" }), json!({ "type": "manualTask" }));
    let round = "s>x1>t9>x1; x1!>e1";
    for (text, kinds, run, severity) in [
        (round, vec![("t9", task.clone())], true, Some(Severity::Error)),
        (round, vec![("t9", task.clone())], false, Some(Severity::Info)),
        (round, vec![("t9", manual)], true, Some(Severity::Info)),
        (round, vec![], true, None),
        // By a link.
        ("s>x1>t8; t9>x1; x1!>e1", vec![("t8", link(false)), ("t9", link(true))], true, Some(Severity::Error)),
        // A subprocess whose wait can be passed by, and one whose cannot.
        (round, vec![("t9", sub("s2>x2>t2>x3>e2; x2>x3"))], true, Some(Severity::Error)),
        (round, vec![("t9", sub("s2>t2>x3>e2"))], true, None),
    ] {
        let mut flow = draw(text);
        for (id, kind) in &kinds {
            let it = flow.flow_elements.iter_mut().find(|it| it.id.as_str() == *id).unwrap();
            it.kind = serde_json::from_value(kind.clone()).unwrap();
        }
        flow.kept.attributes.push(("isExecutable".to_owned(), run.to_string()));
        let mut found = check(&flow, "flow.json");
        let busy = |found: &[Alert]| found.iter().find(|it| it.code == "flow-busy-loop").map(|it| it.severity);
        assert_eq!(busy(&found), severity, "{text} {kinds:?} {run}");
        for_running(&mut found);
        assert_eq!(busy(&found), severity.map(|_| Severity::Error), "a pack runs it: {text} {kinds:?}");
    }
}

/// Splits in splits, each so wide, around a task; with `join`, each split has its join.
fn split(text: &mut String, ids: &mut usize, widths: &[usize], join: bool) -> (String, String) {
    *ids += 1;
    let id = *ids;
    let Some((width, inside)) = widths.split_first() else { return (format!("t{id}"), format!("t{id}")) };
    let (from, to) = (format!("p{id}a"), if join { format!("p{id}b") } else { format!("x{id}") });
    for _ in 0..*width {
        let (first, last) = split(text, ids, inside, join);
        text.push_str(&format!("{from}>{first}; {last}>{to};"));
    }
    (from, to)
}

#[test]
fn widths_of_splits_in_splits_multiply() {
    let nested = |widths: &[usize], join: bool| {
        let mut text = String::new();
        let (first, last) = split(&mut text, &mut 0, widths, join);
        format!("s>{first}; {text} {last}>e1")
    };
    let in_turn = |widths: &[usize]| {
        let (mut text, mut ids, mut before) = (String::new(), 0, "s".to_owned());
        for width in widths {
            let (first, last) = split(&mut text, &mut ids, &[*width], true);
            text.push_str(&format!("{before}>{first};"));
            before = last;
        }
        format!("{text} {before}>e1")
    };
    let many = |count: u32| json!({ "loopCharacteristics": { "type": "multiInstance", "loopCardinality": count.to_string() } });
    let sub = |draw: &str, count: u32| {
        let mut it = many(count);
        it["type"] = json!("subProcess");
        (it["draw"], it["with"]) = (json!(draw), json!({}));
        it
    };
    let in_order = |draw: &str, count: u32| {
        let mut it = sub(draw, count);
        it["loopCharacteristics"]["isSequential"] = json!(true);
        it
    };
    let twenty = in_turn(&[20]);
    let none = json!({});
    for (text, changes, expected) in [
        // 32 times 31 are 992, 32 times 32 are 1 024.
        (nested(&[32, 31], true), none.clone(), false),
        (nested(&[32, 32], true), none.clone(), true),
        (nested(&[11, 10, 10], true), none.clone(), true),
        (nested(&[10, 10, 9], true), none.clone(), false),
        (nested(&[32, 32], false), none.clone(), true),
        // One after the other they do not.
        (in_turn(&[40, 40, 40]), none.clone(), false),
        (in_turn(&[10, 10, 10, 10, 10]), none.clone(), false),
        // Turns of subprocesses with splits in them: 50 times 20 and more.
        ("s>t1>e1".to_owned(), json!({ "t1": sub(&twenty, 50) }), true),
        ("s>t1>e1".to_owned(), json!({ "t1": sub(&twenty, 40) }), false),
        ("s>t1>e1".to_owned(), json!({ "t1": in_order(&twenty, 50) }), false),
        ("s>t1>e1".to_owned(), json!({ "t1": sub("s>t1>e1", 500) }), true),
        ("s>t1>e1".to_owned(), json!({ "t1": many(900) }), false),
        // Two beside each other, and one after the other; only one of them.
        ("s>p1>t1>p2>e1; p1>t2>p2".to_owned(), json!({ "t1": many(600), "t2": many(600) }), true),
        ("s>p1>t3>t1>p2>e1; p1>t2>t4>p2".to_owned(), json!({ "t1": many(600), "t2": many(600) }), true),
        ("s>t1>t2>e1".to_owned(), json!({ "t1": many(600), "t2": many(600) }), false),
        ("s>x1?>t1>x2>e1; x1>t2>x2".to_owned(), json!({ "t1": many(600), "t2": many(600) }), false),
        ("s>p1>x1?>t1>x2>p2>e1; x1>t2>x2; p1>t3>p2".to_owned(), json!({ "t1": many(600), "t3": many(600) }), true),
        // Several tokens at one stroke.
        (
            "s>t1>t2>t3>e1".to_owned(),
            json!({ "t1": { "completionQuantity": 40 }, "t2": { "completionQuantity": 40 } }),
            true,
        ),
        (
            "s>t1>t2>t3>e1".to_owned(),
            json!({ "t1": { "completionQuantity": 40 }, "t2": { "startQuantity": 40, "completionQuantity": 40 } }),
            false,
        ),
        // A loop is not gone round again; conditions are not taken to hold together.
        (format!("{}; x9?>p1a", in_turn(&[30]).replace("p1b>e1", "p1b>x9>e1")), none.clone(), false),
        ("s>o1?>t1>o2>e1; o1?>t2>o2".to_owned(), json!({ "t1": many(600), "t2": many(600) }), false),
        ("s>o1>t1>o2>e1; o1>t2>o2".to_owned(), json!({ "t1": many(600), "t2": many(600) }), true),
    ] {
        let begun = std::time::Instant::now();
        let found = codes(&drawn(&text, &changes)).iter().filter(|it| it.starts_with("flow-too-wide")).count();
        let short: String = text.chars().take(400).collect();
        assert_eq!(found, usize::from(expected), "{changes} {short}");
        assert!(begun.elapsed().as_secs() < 20, "{short}");
    }
}

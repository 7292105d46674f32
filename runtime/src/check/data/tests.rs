//! Small packs: what each flow is told about its data.

use serde_json::{Value, json};

use super::{Data, check};
use crate::check::draw::draw;
use crate::model::catalog::Catalog;
use crate::model::flow::Flow;
use crate::model::module::Module;
use crate::model::pack::Pack;

/// A module with fields `n` (on the form records are made with), `late` (on none), `must` (required), and a form `all` of them.
fn module() -> Module {
    let mut module = Module {
        schema: json!({ "type": "object", "required": ["must"], "properties": {
        "n": { "type": "integer" }, "late": { "type": "string" }, "must": { "type": "string" }
    } }),
        ..Module::default()
    };
    let form = |fields: &[&str]| {
        let fields: Vec<Value> = fields.iter().map(|it| json!({ "field": it })).collect();
        json!({ "format": 1, "id": "v", "key": "v", "title": "V", "content": { "kind": "form", "sections": [{ "id": "s", "fields": fields }] } })
    };
    for (key, fields) in [("create", &["n", "must"] as &[&str]), ("all", &["n", "late", "must"])] {
        module.views.insert(key.into(), serde_json::from_value(form(fields)).expect("a view"));
    }
    module
}

/// A drawn flow with elements changed: `"t1": {"assign": […]}`; `"f2": {"conditionExpression": …}`.
fn flow(text: &str, changes: &Value) -> Flow {
    let mut flow = serde_json::to_value(draw(text)).expect("a flow is JSON");
    flow["module"] = json!("thing");
    for (id, change) in changes.as_object().expect("changes by id") {
        let element =
            flow["flowElements"].as_array_mut().expect("elements").iter_mut().find(|it| it["id"] == id.as_str());
        let into = element.unwrap_or_else(|| panic!("no element `{id}`"));
        if change.get("type").is_some() {
            *into = json!({ "id": id, "name": id });
        }
        for (key, value) in change.as_object().expect("an object") {
            into[key] = value.clone();
        }
    }
    serde_json::from_value(flow).expect("a flow")
}

fn codes(flow: Flow, others: Vec<Flow>) -> Vec<String> {
    let mut pack = Pack::default();
    pack.modules.insert("thing".into(), module());
    pack.scripts.insert("sets".into(), "#{ vars: #{ x: 1 } }".to_owned());
    for it in others {
        pack.flows.insert(it.key.clone(), it);
    }
    pack.flows.insert("p".into(), flow);
    let catalog = Catalog::new([pack]);
    let flow = catalog.flow(&"p".into()).expect("the flow");
    let mut found: Vec<String> = check(&Data::new(&catalog, &"p".into(), flow), &catalog, &"p".into())
        .into_iter()
        .map(|it| {
            format!(
                "{}@{} {}",
                it.code,
                it.element.unwrap_or_default(),
                it.args.get("name").and_then(Value::as_str).unwrap_or_default()
            )
        })
        .collect();
    found.sort();
    found
}

/// The inside of a subprocess.
fn inside(text: &str, changes: &Value) -> Value {
    serde_json::to_value(flow(text, changes)).expect("a flow is JSON")["flowElements"].clone()
}

fn set(name: &str, expr: &str) -> Value {
    json!({ "assign": [{ "target": name, "expr": expr }] })
}

fn when(expr: &str) -> Value {
    json!({ "conditionExpression": expr })
}

#[test]
fn data_on_its_way() {
    let cases: Vec<(&str, Value, &[&str])> = vec![
        // Read after it was written.
        ("s>t1>x1?>t2>e1; x1!>e2", json!({ "t1": set("vars.x", "1"), "f3": when("vars.x > 0") }), &[]),
        // Never written.
        ("s>t1>x1?>t2>e1; x1!>e2", json!({ "f3": when("vars.x > 0") }), &["flow-data-missing@f3 vars.x"]),
        // Blank is provided for.
        ("s>t1>x1?>t2>e1; x1!>e2", json!({ "f3": when("coalesce(vars.x, 0) > 0") }), &[]),
        // Written on one of two ways.
        (
            "s>x1?>t1>x2>x3?>t3>e1; x1!>t2>x2; x3!>e2",
            json!({ "f2": when("data.n > 0"), "t1": set("vars.x", "1"), "f5": when("vars.x > 0") }),
            &["flow-data-missing@f5 vars.x"],
        ),
        (
            "s>x1?>t1>x2>x3?>t3>e1; x1!>t2>x2; x3!>e2",
            json!({ "f2": when("data.n > 0"), "t1": set("vars.x", "1"), "t2": set("vars.x", "2"), "f5": when("vars.x > 0") }),
            &[],
        ),
        // Of parallel branches, one is enough.
        ("s>p1>t1>p2>x3?>t3>e1; p1>t2>p2; x3!>e2", json!({ "t1": set("vars.x", "1"), "f5": when("vars.x > 0") }), &[]),
        // In a loop the first round counts.
        (
            "s>x1>t1>x2?>x1; x2!>e1",
            json!({ "f4": when("vars.x > 0"), "t1": set("vars.x", "vars.x + 1") }),
            &["flow-data-missing@t1 vars.x"],
        ),
        // A field on the first form may be filled, one on no form cannot be.
        ("s>t1>x1?>t2>e1; x1!>e2", json!({ "f3": when("data.n > 0") }), &[]),
        ("s>t1>x1?>t2>e1; x1!>e2", json!({ "f3": when("data.late == \"x\"") }), &["flow-data-missing@f3 data.late"]),
        ("s>t1>x1?>t2>e1; x1!>e2", json!({ "t1": { "form": "all" }, "f3": when("data.late == \"x\"") }), &[]),
        // A script says what it sets.
        (
            "s>m1>x1?>t2>e1; x1!>e2",
            json!({ "m1": { "type": "scriptTask", "script": "sets" }, "f3": when("vars.x > 0") }),
            &[],
        ),
        (
            "s>m1>x1?>t2>e1; x1!>e2",
            json!({ "m1": { "type": "scriptTask", "script": "sets" }, "f3": when("vars.y > 0") }),
            &["flow-data-missing@f3 vars.y", "flow-data-unread@m1 vars.x"],
        ),
        // A message may bring anything.
        (
            "s>c1>x1?>t2>e1; x1!>e2",
            json!({ "c1": { "type": "intermediateCatchEvent", "eventDefinition": { "type": "message", "messageRef": "M" } }, "f3": when("vars.y > 0") }),
            &["flow-data-missing@f3 vars.y"],
        ),
        // Set for nothing.
        ("s>t1>e1", json!({ "t1": set("vars.x", "1") }), &["flow-data-unread@t1 vars.x"]),
        (
            "s>t1>t2>x1?>e1; x1!>e2",
            json!({ "t1": set("vars.x", "1"), "t2": set("vars.x", "2"), "f4": when("vars.x > 1") }),
            &["flow-data-lost@t1 vars.x"],
        ),
        (
            "s>t1>t2>x1?>e1; x1!>e2",
            json!({ "t1": set("vars.x", "1"), "t2": set("vars.x", "vars.x + 2"), "f4": when("vars.x > 1") }),
            &[],
        ),
        // An event at the task may come before it is overwritten.
        (
            "s>t1>t2>x1?>e1; x1!>e2; b1@t2>t3>e3",
            json!({ "t1": set("vars.x", "1"), "t2": set("vars.x", "2"), "f4": when("vars.x > 1"), "t3": set("data.n", "vars.x") }),
            &[],
        ),
        // Branches beside each other.
        (
            "s>p1>t1>p2>e1; p1>t2>p2",
            json!({ "t1": set("data.n", "1"), "t2": set("data.n", "2") }),
            &["flow-data-race@t1 data.n"],
        ),
        (
            "s>p1>t1>p2>e1; p1>t2>p2",
            json!({ "t1": { "form": "all" }, "t2": set("data.n", "2") }),
            &["flow-data-race@t1 data.n"],
        ),
        (
            "s>p1>t1>p2>e1; p1>x2?>t2>p2; x2!>p2",
            json!({ "t1": set("data.n", "1"), "f6": when("data.n > 1") }),
            &["flow-data-race@t1 data.n"],
        ),
        // Whoever is first ends the other.
        ("s>p1>t1>k1; p1>t2>k2", json!({ "t1": set("data.n", "1"), "t2": set("data.n", "2") }), &[]),
        (
            "s>p1>t1>x1?>k1; x1!>k3; p1>t2>k2",
            json!({ "t1": set("vars.x", "1"), "t2": set("vars.x", "2"), "f4": when("vars.x > 1") }),
            &[],
        ),
        (
            "s>p1>t1>k1; p1>t2>e1",
            json!({ "t1": set("data.n", "1"), "t2": set("data.n", "2") }),
            &["flow-data-race@t1 data.n"],
        ),
        ("s>p1>t1>p2>t3>e1; p1>t2>p2", json!({ "t1": set("data.n", "1"), "t3": set("data.n", "2") }), &[]),
        (
            "s>x1?>t1>x2>e1; x1!>t2>x2",
            json!({ "f2": when("data.n > 1"), "t1": set("data.n", "1"), "t2": set("data.n", "2") }),
            &[],
        ),
        // A reminder runs beside its task and what follows it, an interrupting event does not.
        (
            "s>t1>t2>e1; n1@t1>t3>e2",
            json!({ "t2": set("data.n", "1"), "t3": set("data.n", "2") }),
            &["flow-data-race@t2 data.n"],
        ),
        ("s>t1>t2>e1; b1@t1>t3>e2", json!({ "t2": set("data.n", "1"), "t3": set("data.n", "2") }), &[]),
        // Behind a subprocess nothing of it is left, even if its end is reached twice.
        (
            "s>m1>x1?>t3>e1; x1!>e2",
            json!({ "m1": { "type": "subProcess", "flowElements": inside("s9>t9>k9; n9@t9>t8>k9", &json!({ "t9": set("vars.x", "1"), "t8": set("vars.x", "2") })) }, "f3": when("vars.x > 0") }),
            &[],
        ),
        // A subprocess ends when all of it has.
        (
            "s>m1>t3>e1",
            json!({ "m1": { "type": "subProcess", "flowElements": inside("s9>p9>t8>e8; p9>t9>e9", &json!({ "t8": set("data.n", "1") })) }, "t3": set("data.n", "2") }),
            &[],
        ),
    ];
    let mut wrong = Vec::new();
    for (text, changes, expected) in cases {
        let came = codes(flow(text, &changes), Vec::new());
        if came != expected {
            wrong.push(format!("{text} {changes}\n  expected {expected:?}\n  came     {came:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_called_flow_has_what_its_callers_give_and_take() {
    let called =
        || flow("s>t1>x1?>t2>e1; x1!>e2", &json!({ "t1": set("vars.answer", "1"), "f3": when("vars.given > 0") }));
    assert_eq!(codes(called(), Vec::new()), ["flow-data-missing@f3 vars.given", "flow-data-unread@t1 vars.answer"]);
    let call = json!({ "type": "callActivity", "calledElement": "p", "inputs": [{ "target": "given", "expr": "1" }], "outputs": [{ "target": "data.n", "expr": "result.answer" }] });
    let mut caller = flow("s>m1>e1", &json!({ "m1": call }));
    caller.key = "q".into();
    assert_eq!(codes(called(), vec![caller]), Vec::<String>::new());
}

#[test]
fn a_list_may_be_named_by_a_reference_to_its_data_object() {
    let told = |list: &str| {
        let many = json!({ "type": "multiInstance", "collection": list, "item": "one" });
        let mut it = flow("s>t1>e1", &json!({ "t1": { "loopCharacteristics": many } }));
        it.module = None;
        for data in [
            json!({ "type": "dataObject", "id": "o", "name": "Parcels" }),
            json!({ "type": "dataObjectReference", "id": "r", "name": "Parcels", "dataObjectRef": "o" }),
        ] {
            it.flow_elements.push(serde_json::from_value(data).expect("an element"));
        }
        codes(it, Vec::new())
    };
    assert_eq!(told("o"), Vec::<String>::new());
    assert_eq!(told("r"), Vec::<String>::new());
    assert_eq!(told("x"), ["flow-data-missing@t1 vars.x"]);
}

//! Decisions over fields, outcomes, tables and variables.

use serde_json::{Value, json};

use super::check;
use crate::check::data::Data;
use crate::check::draw::draw;
use crate::model::catalog::Catalog;
use crate::model::flow::Flow;
use crate::model::module::Module;
use crate::model::pack::Pack;

fn catalog(flow: &str, changes: &Value) -> Catalog {
    let mut flow = serde_json::to_value(draw(flow)).expect("a flow is JSON");
    flow["module"] = json!("thing");
    for (id, change) in changes.as_object().expect("changes by id") {
        let into = flow["flowElements"]
            .as_array_mut()
            .expect("elements")
            .iter_mut()
            .find(|it| it["id"] == id.as_str())
            .unwrap_or_else(|| panic!("no element `{id}`"));
        if change.get("type").is_some() {
            *into = json!({ "id": id, "name": id });
        }
        for (key, value) in change.as_object().expect("an object") {
            into[key] = value.clone();
        }
    }
    let flow: Flow = serde_json::from_value(flow).expect("a flow");
    let schema = json!({ "type": "object", "required": ["kind", "n", "yes", "stars"], "properties": {
        "kind": { "oneOf": [{ "const": "a", "title": "A" }, { "const": "b", "title": "B" }, { "const": "c", "title": "C" }] },
        "maybe": { "oneOf": [{ "const": "a", "title": "A" }, { "const": "b", "title": "B" }] },
        "n": { "type": "integer" }, "m": { "type": "integer" }, "yes": { "type": "boolean" }, "day": { "type": "string", "format": "date" },
        "stars": { "type": "integer", "minimum": 1, "maximum": 5, "x-display": { "widget": "rating" } }, "name": { "type": "string" }
    } });
    let mut pack = Pack::default();
    pack.modules.insert("thing".into(), Module { schema, ..Module::default() });
    let table = json!({ "format": 1, "id": "T", "key": "size", "title": "Size", "hitPolicy": "first",
        "inputs": [{ "id": "i", "key": "n", "title": "N", "type": "number" }], "outputs": [{ "id": "o", "key": "level", "title": "Level", "type": "text" }],
        "rules": [{ "id": "r1", "when": ["> 10"], "then": ["big"] }, { "id": "r2", "when": ["-"], "then": ["small"] }] });
    pack.tables.insert("size".into(), serde_json::from_value(table).expect("a table"));
    pack.flows.insert("p".into(), flow);
    Catalog::new([pack])
}

/// Codes with the case they tell, and whether the missing default is still told.
fn codes(text: &str, changes: &Value) -> Vec<String> {
    let catalog = catalog(text, changes);
    let key = "p".into();
    let flow = catalog.flow(&key).expect("the flow");
    let shape = crate::check::flow::check(flow, "flow.json");
    let (found, settled) = check(&catalog, &key, flow, &Data::new(&catalog, &key, flow));
    let open = |it: &&crate::alert::Alert| !settled.iter().any(|id| it.element.as_deref() == Some(id.as_str()));
    let mut codes: Vec<String> = found
        .iter()
        .map(|it| {
            format!(
                "{}@{} {}",
                it.code.trim_start_matches("flow-condition-"),
                it.element.as_deref().unwrap_or_default(),
                it.args.get("case").and_then(Value::as_str).unwrap_or_default()
            )
            .trim()
            .to_owned()
        })
        .chain(
            shape
                .iter()
                .filter(|it| it.code == "flow-no-default")
                .filter(open)
                .map(|it| format!("no-default@{}", it.element.as_deref().unwrap_or_default())),
        )
        .collect();
    codes.sort();
    codes
}

fn when(expr: &str) -> Value {
    json!({ "conditionExpression": expr })
}

#[test]
fn decisions() {
    let two = "s>t1>x1?>t2>e1; x1?>t3>e2";
    let with_default = "s>t1>x1?>t2>e1; x1!>t3>e2; x1?>t4>e3";
    let answers = json!({ "outcomes": [{ "id": "yes", "title": "Yes" }, { "id": "no", "title": "No" }] });
    let cases: Vec<(&str, Value, &[&str])> = vec![
        // Choices.
        (two, json!({ "f3": when(r#"data.kind == "a""#), "f5": when(r#"data.kind != "a""#) }), &[]),
        (
            two,
            json!({ "f3": when(r#"data.kind == "a""#), "f5": when(r#"data.kind == "b""#) }),
            &[r#"gap@x1 `data.kind` is "c""#],
        ),
        (two, json!({ "f3": when(r#"one_of(data.kind, ["a", "c"])"#), "f5": when(r#"data.kind == "b""#) }), &[]),
        (
            two,
            json!({ "f3": when(r#"data.maybe == "a""#), "f5": when(r#"data.maybe == "b""#) }),
            &["gap@x1 `data.maybe` is blank"],
        ),
        (
            two,
            json!({ "f3": when(r#"data.maybe == "a""#), "f5": when(r#"data.maybe == "b" || blank(data.maybe)"#) }),
            &[],
        ),
        // Numbers, whole numbers, bounds.
        (two, json!({ "f3": when("data.n > 5"), "f5": when("data.n < 5") }), &["gap@x1 `data.n` is 5"]),
        (two, json!({ "f3": when("data.n > 5"), "f5": when("data.n <= 5") }), &[]),
        (two, json!({ "f3": when("data.n > 5"), "f5": when("data.n < 6") }), &[]),
        (two, json!({ "f3": when("data.n >= 5"), "f5": when("data.n <= 7") }), &["overlap@f5 `data.n` is 5"]),
        (two, json!({ "f3": when("data.stars >= 4"), "f5": when("data.stars <= 3") }), &[]),
        (two, json!({ "f3": when("data.stars >= 6"), "f5": when("data.stars <= 5") }), &["always@f5", "never@f3"]),
        // Truth.
        (two, json!({ "f3": when("data.yes"), "f5": when("!data.yes") }), &[]),
        (two, json!({ "f3": when("data.yes == true"), "f5": when("data.yes == false") }), &[]),
        // Days are texts in order.
        (
            two,
            json!({ "f3": when(r#"data.day < "2027-01-01""#), "f5": when(r#"data.day >= "2027-01-01" || blank(data.day)"#) }),
            &[],
        ),
        // Two names.
        (
            two,
            json!({ "f3": when(r#"data.yes && data.kind == "a""#), "f5": when("!data.yes") }),
            &[r#"gap@x1 `data.kind` is "b", `data.yes` is true"#],
        ),
        (two, json!({ "f3": when("data.n > data.m"), "f5": when("data.n <= data.m") }), &["no-default@x1"]),
        (two, json!({ "f3": when("data.name.contains(\"x\")"), "f5": when("data.yes") }), &["no-default@x1"]),
        (two, json!({ "f3": when("data.name.contains(\"x\")"), "f5": when("!data.name.contains(\"x\")") }), &[]),
        // Never and always.
        (
            with_default,
            json!({ "f3": when("data.n > 5 && data.n < 5") }),
            ["never@f3", "overlap@f7 `data.n` is 3"].split_at(1).0,
        ),
        (with_default, json!({ "f3": when("data.n > 5"), "f7": when("data.n > 10") }), &["never@f7"]),
        (
            with_default,
            json!({ "f3": when("data.n > 5 || data.n <= 5"), "f7": when("data.n > 10") }),
            &["always@f3", "never@f7"],
        ),
        // Outcomes.
        (two, json!({ "t1": answers, "f3": when(r#"outcome == "yes""#), "f5": when(r#"outcome == "no""#) }), &[]),
        (
            two,
            json!({ "t1": answers, "f3": when(r#"outcome == "yes""#), "f5": when(r#"outcome == "maybe""#) }),
            &[r#"gap@x1 `outcome` is "no""#, "never@f5"],
        ),
        (
            "s>x1?>t2>e1; x1?>t3>e2",
            json!({ "f2": when(r#"outcome == "yes""#), "f4": when(r#"outcome != "yes""#) }),
            &["always@f4", "never@f2"],
        ),
        // A table, and a variable made of an outcome.
        (
            two,
            json!({ "t1": { "type": "businessRuleTask", "table": "size", "inputs": [{ "target": "n", "expr": "data.n" }], "output": "size" },
            "f3": when(r#"vars.size.level == "big""#), "f5": when(r#"vars.size.level == "small""#) }),
            &["gap@x1 `vars.size.level` is blank"],
        ),
        (
            two,
            json!({ "t1": { "outcomes": answers["outcomes"], "assign": [{ "target": "vars.said", "expr": "outcome" }] }, "f3": when(r#"vars.said == "yes""#), "f5": when(r#"vars.said == "no""#) }),
            &[],
        ),
        (
            two,
            json!({ "t1": { "outcomes": answers["outcomes"], "assign": [{ "target": "vars.ok", "expr": r#"outcome == "yes""# }] }, "f3": when("vars.ok == true"), "f5": when("!vars.ok") }),
            &[],
        ),
    ];
    let mut wrong = Vec::new();
    for (text, mut changes, expected) in cases {
        if text == with_default && changes.get("f7").is_none() {
            changes["f7"] = when("data.yes");
        }
        let came = codes(text, &changes);
        if came != expected {
            wrong.push(format!("{text} {changes}\n  expected {expected:?}\n  came     {came:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn earlier_decisions_count_until_something_changes() {
    // The second gateway stands behind the first one's way for big numbers.
    let text = "s>x1?>m1>x2?>t2>e1; x1!>t9>e9; x2?>t3>e2";
    let second =
        |task: Value, a: &str, b: &str| json!({ "m1": task, "f2": when("data.n > 10"), "f4": when(a), "f8": when(b) });
    let plain = || json!({ "type": "task" });
    assert_eq!(codes(text, &second(plain(), "data.n > 20", "data.n > 10 && data.n <= 20")), Vec::<String>::new());
    assert_eq!(
        codes(text, &second(plain(), "data.n > 20", "data.n < 5")),
        ["gap@x2 `data.n` is between 10 and 20", "never@f8"].map(str::to_owned).to_vec()
    );
    // Somebody may have changed the number while the task waited.
    let waits = || json!({ "type": "userTask", "performer": { "roles": ["agent"] } });
    assert!(codes(text, &second(waits(), "data.n > 20", "data.n < 5")).iter().all(|it| it != "never@f8"));
    // It was set in between.
    let sets = || json!({ "type": "task", "assign": [{ "target": "data.n", "expr": "1" }] });
    assert!(codes(text, &second(sets(), "data.n > 20", "data.n < 5")).iter().all(|it| it != "never@f8"));
}

#[test]
fn what_does_not_fit_is_told() {
    let cases = [
        (r#"data.n == "x""#, "expression-type"),
        (r#"data.kind == "d""#, "expression-unknown-option"),
        (r#"one_of(data.kind, ["a", "d"])"#, "expression-unknown-option"),
        ("data.n + 1", "expression-not-bool"),
        ("data.name && data.yes", "expression-type"),
        (r#"data.day == "soon""#, "expression-type"),
        ("data.name * 2 > 1", "expression-type"),
        (r#"data.day > "2027-01-01" && data.n > data.m && data.kind == "a""#, ""),
        ("data.day >= today", ""),
        ("coalesce(data.m, 0) > 1", ""),
        (r#"outcome == "nope""#, "expression-unknown-option"),
        (r#"data.name in ["a", "b"]"#, ""),
    ];
    for (source, expected) in cases {
        let catalog = catalog("s>t1>e1", &json!({}));
        let kinds = super::Kinds::new(&catalog, catalog.module(&"thing".into()), catalog.flow(&"p".into()));
        let mut found = Vec::new();
        super::fit(&mut found, &kinds, &crate::expr::Expr::parse(source).expect(source).tree(), true);
        let came: Vec<&str> = found.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(came, if expected.is_empty() { vec![] } else { vec![expected] }, "{source}");
    }
}

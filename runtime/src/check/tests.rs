//! A small pack, broken in one place at a time.

use serde_json::{Value, json};

use super::{Surroundings, pack};
use crate::model::catalog::Catalog;
use crate::model::module::Module;
use crate::model::pack::Pack;

fn good() -> Value {
    json!({
        "manifest": {
            "format": 1, "id": "shop", "version": "1.0.0", "title": "Shop", "language": "en",
            "roles": [{"id": "r1", "key": "agent", "title": "Agent"}],
            "dictionaries": [{"id": "d1", "key": "channel", "title": "Channel", "items": [{"value": "web", "title": "Web"}]}],
            "notices": [{"id": "hello", "title": "Hello ${data.name}", "body": "…"}]
        },
        "schema": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "x-id": "f1"},
            "channel": {"type": "string", "x-id": "f2", "x-ref": {"dictionary": "channel"}},
            "state": {"x-id": "f3", "oneOf": [{"const": "new", "title": "New"}, {"const": "done", "title": "Done"}]}
        }},
        "module": {"format": 1, "id": "m1", "key": "order", "title": "Order", "label": "name", "stage": "state",
            "rights": [{"role": "agent", "actions": ["create", "read"], "scope": "all"}]},
        "rules": {"required": [{"id": "q1", "field": "channel", "when": "data.name == \"x\""}]},
        "view": {"format": 1, "id": "v1", "key": "create", "title": "New", "content": {"kind": "form", "sections": [{"id": "s1", "fields": [{"field": "name"}]}]}},
        "flow": {"format": 1, "id": "P1", "key": "order", "name": "Order", "module": "order", "flowElements": [
            {"type": "startEvent", "id": "start"},
            {"type": "userTask", "id": "look", "name": "Look", "stage": "new", "performer": {"roles": ["agent"]}, "form": "create", "due": "3bd",
                "notify": [{"to": ["performer"], "notice": "hello"}], "outcomes": [{"id": "ok", "title": "OK"}]},
            {"type": "endEvent", "id": "end", "stage": "done"},
            {"type": "sequenceFlow", "id": "f1", "sourceRef": "start", "targetRef": "look"},
            {"type": "sequenceFlow", "id": "f2", "sourceRef": "look", "targetRef": "end"}
        ]}
    })
}

/// Codes and places of what the check finds.
fn codes(files: Value) -> Vec<String> {
    let part = |name: &str| files[name].clone();
    let mut module = Module { schema: part("schema"), ..Module::default() };
    module.definition = serde_json::from_value(part("module")).expect("module");
    module.rules = serde_json::from_value(part("rules")).expect("rules");
    module.views.insert("create".into(), serde_json::from_value(part("view")).expect("view"));
    let mut it = Pack { manifest: serde_json::from_value(part("manifest")).expect("manifest"), ..Pack::default() };
    it.modules.insert("order".into(), module);
    it.flows.insert("order".into(), serde_json::from_value(part("flow")).expect("flow"));
    let around = Surroundings { holders: Some([("agent".into(), 2)].into()), ..Surroundings::default() };
    pack(&Catalog::new([it]), &"shop".into(), &around)
        .alerts
        .iter()
        .map(|it| format!("{} {}{}", it.code, it.file, it.pointer))
        .collect()
}

#[test]
fn one_fault_at_a_time() {
    assert_eq!(codes(good()), Vec::<String>::new(), "the good pack");
    let cases = [
        ("/module/label", json!("nam"), "module-unknown-field modules/order/module.json/label"),
        ("/module/rights/0/role", json!("agnt"), "module-unknown-role modules/order/module.json/rights/0/role"),
        (
            "/schema/properties/channel/x-ref/dictionary",
            json!("chanel"),
            "module-unknown-dictionary modules/order/schema.json/properties/channel/x-ref/dictionary",
        ),
        (
            "/schema/properties/channel/x-id",
            json!("f1"),
            "module-duplicate-id modules/order/schema.json/properties/channel/x-id",
        ),
        (
            "/rules/required/0/when",
            json!("data.nam == 1"),
            "expression-unknown-field modules/order/rules.json/required/0/when",
        ),
        (
            "/rules/required/0/when",
            json!("lenn(data.name) > 1"),
            "expression-unknown-function modules/order/rules.json/required/0/when",
        ),
        ("/flow/flowElements/1/due", json!("soon"), "flow-timer flows/order/flow.json/flowElements/1"),
        ("/rules/required/0/when", json!("data.name =="), "expression-parse modules/order/rules.json/required/0/when"),
        (
            "/rules/required/0/when",
            json!("date.name == 1"),
            "expression-unknown-name modules/order/rules.json/required/0/when",
        ),
        (
            "/view/content/sections/0/fields/0/field",
            json!("channel"),
            "view-required-missing modules/order/views/create.json/content/sections",
        ),
        ("/flow/flowElements/1/stage", json!("nwe"), "flow-unknown-stage flows/order/flow.json/flowElements/1/stage"),
        ("/flow/flowElements/1/form", json!("creat"), "flow-unknown-form flows/order/flow.json/flowElements/1/form"),
        (
            "/flow/flowElements/1/notify/0/notice",
            json!("helo"),
            "flow-unknown-notice flows/order/flow.json/flowElements/1/notify/0/notice",
        ),
        (
            "/flow/flowElements/1/performer",
            json!({}),
            "flow-no-performer flows/order/flow.json/flowElements/1/performer",
        ),
        ("/manifest/notices/0/title", json!("Hello ${data.name"), "expression-parse pack.json/notices/0/title"),
    ];
    let wrong: Vec<String> = cases
        .into_iter()
        .filter_map(|(pointer, value, expected)| {
            let mut files = good();
            *files.pointer_mut(pointer).expect(pointer) = value;
            let came = codes(files);
            (came != [expected]).then(|| format!("{pointer}\n  expected {expected}\n  came     {came:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The good pack's flow with other elements between start and end.
fn with_elements(elements: Value) -> Vec<String> {
    let mut files = good();
    let own = files["flow"]["flowElements"].as_array_mut().expect("elements");
    own.extend(elements.as_array().expect("elements").iter().cloned());
    codes(files)
}

#[test]
fn names_of_turns_data_objects_and_complex_gateways_are_known_where_they_are_told() {
    let repeated = |expr: &str| {
        with_elements(json!([
            { "type": "task", "id": "turn", "name": "Turn",
                "loopCharacteristics": { "type": "multiInstance", "collection": "vars.list", "item": "piece", "completionCondition": "loopCounter > 2 && nrOfInstances > 2" },
                "assign": [{ "target": "vars.list", "expr": expr }] },
            { "type": "dataObject", "id": "basket", "name": "Basket" },
            { "type": "sequenceFlow", "id": "f3", "sourceRef": "look", "targetRef": "turn" },
            { "type": "sequenceFlow", "id": "f4", "sourceRef": "turn", "targetRef": "end" }
        ]))
        .into_iter()
        .filter(|it| it.starts_with("expression-unknown-name"))
        .collect::<Vec<_>>()
    };
    for known in ["piece", "loopCounter", "basket"] {
        assert_eq!(repeated(known), Vec::<String>::new(), "{known}");
    }
    assert_eq!(repeated("pice").len(), 1);
}

#[test]
fn errors_that_leave_the_runs_as_they_are_do_not_hide_the_verdict() {
    let found = |elements: Value| {
        let of = |it: String| it.split(' ').next().unwrap_or_default().to_owned();
        let told = ["flow-deadlock", "flow-dead-activity", "flow-unknown-form", "flow-timer", "flow-unreachable"];
        let mut found: Vec<String> = with_elements(elements).into_iter().map(of).collect();
        found.retain(|it| told.contains(&it.as_str()) || it == "flow-unknown-node");
        found
    };
    let stuck = || {
        vec![
            json!({ "type": "parallelGateway", "id": "join", "name": "Join" }),
            json!({ "type": "exclusiveGateway", "id": "split", "name": "Which?" }),
            json!({ "type": "sequenceFlow", "id": "f3", "sourceRef": "look", "targetRef": "split" }),
            json!({ "type": "sequenceFlow", "id": "f4", "sourceRef": "split", "targetRef": "join", "conditionExpression": "data.name == \"a\"" }),
            json!({ "type": "sequenceFlow", "id": "f5", "sourceRef": "split", "targetRef": "join" }),
            json!({ "type": "sequenceFlow", "id": "f6", "sourceRef": "join", "targetRef": "end" }),
        ]
    };
    let with = |it: Value| {
        let mut elements = stuck();
        elements.push(it);
        found(Value::Array(elements))
    };
    let form = json!({ "type": "userTask", "id": "lost", "name": "Lost", "form": "nothing", "performer": { "roles": ["agent"] } });
    assert_eq!(
        with(form),
        ["flow-deadlock", "flow-unreachable", "flow-unknown-form"],
        "a step never led to is told once"
    );
    let timer = json!({ "type": "boundaryEvent", "id": "late", "name": "Late", "attachedToRef": "look",
        "eventDefinition": { "type": "timer", "timeDuration": "soon" } });
    assert!(with(timer).starts_with(&["flow-deadlock".to_owned(), "flow-timer".to_owned()]));
    let nowhere = json!({ "type": "sequenceFlow", "id": "f7", "sourceRef": "look", "targetRef": "gone" });
    assert_eq!(with(nowhere), ["flow-unknown-node"], "where ways lead nowhere, that comes first");
}

/// Two flows, a table and a script besides the small pack's; each case changes one place.
fn more(pointer: &str, value: Value) -> Vec<String> {
    let mut files = json!({
        "manifest": { "format": 1, "id": "shop", "version": "1.0.0", "title": "Shop", "language": "en",
            "notices": [{ "id": "hello", "title": "Hello", "body": "${data.name}" }] },
        "schema": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string", "x-id": "f1" }, "n": { "type": "integer", "x-id": "f2" } } },
        "table": { "format": 1, "id": "T", "key": "size", "title": "Size", "hitPolicy": "first",
            "inputs": [{ "id": "i", "key": "n", "title": "N", "type": "number" }], "outputs": [{ "id": "o", "key": "level", "title": "Level", "type": "text" }],
            "rules": [{ "id": "r1", "when": ["-"], "then": ["big"] }] },
        "script": "#{ data: #{ n: data.n + 1 } }",
        "caller": { "format": 1, "id": "A", "key": "caller", "name": "A", "module": "order", "messages": [{ "id": "M", "name": "go" }], "flowElements": [
            { "type": "startEvent", "id": "s" },
            { "type": "businessRuleTask", "id": "rule", "name": "Rule", "table": "size", "inputs": [{ "target": "n", "expr": "data.n" }], "output": "size" },
            { "type": "callActivity", "id": "call", "name": "Call", "calledElement": "called", "inputs": [{ "target": "level", "expr": "vars.size.level" }], "outputs": [{ "target": "data.n", "expr": "result.answer" }] },
            { "type": "scriptTask", "id": "script", "name": "Script", "script": "count" },
            { "type": "sendTask", "id": "send", "name": "Send", "messageRef": "M", "notify": [{ "to": ["starter"], "notice": "hello" }] },
            { "type": "endEvent", "id": "e" },
            { "type": "sequenceFlow", "id": "f1", "sourceRef": "s", "targetRef": "rule" },
            { "type": "sequenceFlow", "id": "f2", "sourceRef": "rule", "targetRef": "call" },
            { "type": "sequenceFlow", "id": "f3", "sourceRef": "call", "targetRef": "script" },
            { "type": "sequenceFlow", "id": "f4", "sourceRef": "script", "targetRef": "send" },
            { "type": "sequenceFlow", "id": "f5", "sourceRef": "send", "targetRef": "e" }
        ] },
        "called": { "format": 1, "id": "B", "key": "called", "name": "B", "module": "order", "messages": [{ "id": "M", "name": "go" }], "flowElements": [
            { "type": "startEvent", "id": "s" },
            { "type": "receiveTask", "id": "wait", "name": "Wait", "messageRef": "M" },
            { "type": "task", "id": "set", "name": "Set", "assign": [{ "target": "vars.answer", "expr": "choose(vars.level == \"big\", 1, 2)" }] },
            { "type": "endEvent", "id": "e" },
            { "type": "sequenceFlow", "id": "f1", "sourceRef": "s", "targetRef": "wait" },
            { "type": "sequenceFlow", "id": "f2", "sourceRef": "wait", "targetRef": "set" },
            { "type": "sequenceFlow", "id": "f3", "sourceRef": "set", "targetRef": "e" }
        ] }
    });
    if !pointer.is_empty() {
        *files.pointer_mut(pointer).expect(pointer) = value;
    }
    let part = |name: &str| files[name].clone();
    let mut module = Module { schema: part("schema"), ..Module::default() };
    module.definition =
        serde_json::from_value(json!({ "format": 1, "id": "m1", "key": "order", "title": "Order", "label": "name" }))
            .expect("module");
    let mut it = Pack { manifest: serde_json::from_value(part("manifest")).expect("manifest"), ..Pack::default() };
    it.modules.insert("order".into(), module);
    it.tables.insert("size".into(), serde_json::from_value(part("table")).expect("table"));
    it.scripts.insert("count".into(), part("script").as_str().expect("a script").to_owned());
    it.flows.insert("caller".into(), serde_json::from_value(part("caller")).expect("flow"));
    it.flows.insert("called".into(), serde_json::from_value(part("called")).expect("flow"));
    let catalog = Catalog::new([it]);
    let report = pack(&catalog, &"shop".into(), &Surroundings::default());
    report
        .alerts
        .iter()
        .filter(|it| it.code != "module-no-rights")
        .map(|it| format!("{} {}{}", it.code, it.file, it.pointer))
        .collect()
}

#[test]
fn names_at_both_ends() {
    assert_eq!(more("", json!(null)), Vec::<String>::new());
    let start = json!({ "type": "startEvent", "id": "s", "name": "S", "eventDefinition": { "type": "message", "messageRef": "M" } });
    let cases: &[(&str, Value, &[&str])] = &[
        (
            "/caller/flowElements/1/inputs/0/target",
            json!("m"),
            &[
                "flow-table-input flows/caller/flow.json/flowElements/1/inputs",
                "flow-table-input flows/caller/flow.json/flowElements/1/inputs/0/target",
            ],
        ),
        (
            "/caller/flowElements/2/calledElement",
            json!("caled"),
            &[
                "flow-unknown-flow flows/caller/flow.json/flowElements/2/calledElement",
                "flow-data-missing flows/called/flow.json/flowElements/2/assign/0/expr",
                "flow-data-unread flows/called/flow.json/flowElements/2/assign/0/target",
            ],
        ),
        (
            "/caller/flowElements/2/inputs/0/target",
            json!("levl"),
            &[
                "flow-data-missing flows/called/flow.json/flowElements/2/assign/0/expr",
                "flow-call-unused-input flows/caller/flow.json/flowElements/2/inputs/0/target",
            ],
        ),
        ("/called/flowElements/0", start, &["flow-call-no-start flows/caller/flow.json/flowElements/2/calledElement"]),
        (
            "/called/messages/0/name",
            json!("stop"),
            &[
                "flow-message-unheard flows/caller/flow.json/flowElements/4",
                "flow-never-sent flows/called/flow.json/flowElements/1",
            ],
        ),
        ("/script", json!("#{ data: #{ m: data.n } }"), &["script-unknown-field scripts/count.rhai"]),
        ("/script", json!("table(\"siz\", #{}); #{ data: #{ n: 1 } }"), &["script-unknown-table scripts/count.rhai"]),
        ("/manifest/notices/0/body", json!("${data.nam}"), &["notice-unknown-field pack.json/notices/0/body"]),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(pointer, value, expected)| {
            let came = more(pointer, value.clone());
            (came != *expected).then(|| format!("{pointer}\n  expected {expected:?}\n  came     {came:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_calendars_trees_and_pages_go_by_is_told() {
    let at = "modules/order/views/create.json/content";
    let cases = [
        (json!({"kind": "calendar", "start": "due", "card": ["name"]}), String::new()),
        (json!({"kind": "calendar", "start": "name"}), format!("view-wrong-field {at}/start")),
        (json!({"kind": "calendar", "start": "due", "end": "channel"}), format!("view-wrong-field {at}/end")),
        (json!({"kind": "calendar", "start": "deu"}), format!("view-unknown-field {at}/start")),
        (json!({"kind": "calendar", "start": "due", "card": ["nam"]}), format!("view-unknown-field {at}/card/0")),
        (json!({"kind": "tree", "parent": "above", "columns": [{"field": "name"}], "sort": "-due"}), String::new()),
        (json!({"kind": "tree", "parent": "name"}), format!("view-wrong-field {at}/parent")),
        (
            json!({"kind": "tree", "parent": "above", "columns": [{"field": "x"}]}),
            format!("view-unknown-field {at}/columns/0/field"),
        ),
        (json!({"kind": "tree", "parent": "above", "sort": "-deu"}), format!("view-unknown-field {at}/sort")),
        (
            json!({"kind": "detail", "sections": [{"id": "s", "fields": [{"field": "name"}]}],
                "related": [{"id": "l", "module": "order", "field": "above", "columns": ["name", "created_at"]}]}),
            String::new(),
        ),
        (
            json!({"kind": "detail", "sections": [{"id": "s", "fields": [{"field": "nam"}]}]}),
            format!("view-unknown-field {at}/sections/0/fields/0/field"),
        ),
        (
            json!({"kind": "detail", "sections": [], "related": [{"id": "l", "module": "ordr", "field": "above"}]}),
            format!("view-unknown-module {at}/related/0/module"),
        ),
        (
            json!({"kind": "detail", "sections": [], "related": [{"id": "l", "module": "order", "field": "name"}]}),
            format!("view-wrong-field {at}/related/0/field"),
        ),
        (
            json!({"kind": "detail", "sections": [], "related": [{"id": "l", "module": "order", "field": "above", "columns": ["x"]}]}),
            format!("view-unknown-field {at}/related/0/columns/0"),
        ),
    ];
    for (content, expected) in cases {
        let mut files = good();
        files["schema"]["properties"]["due"] = json!({"type": "string", "format": "date", "x-id": "f4"});
        files["schema"]["properties"]["above"] =
            json!({"type": "string", "x-id": "f5", "x-ref": {"module": "order", "tree": true}});
        files["view"]["content"] = content.clone();
        let came: Vec<String> = codes(files).into_iter().filter(|it| it.starts_with("view-")).collect();
        let wanted: Vec<String> = Some(expected).filter(|it| !it.is_empty()).into_iter().collect();
        assert_eq!(came, wanted, "{content}");
    }
}

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
            {"type": "userTask", "id": "look", "name": "Look", "stage": "new", "performer": {"roles": ["agent"]}, "form": "create",
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
    let around = Surroundings { holders: Some([("agent".into(), 2)].into()), plugins: None, budget: None };
    pack(&Catalog::new([it]), &"shop".into(), &around).alerts.iter().map(|it| format!("{} {}{}", it.code, it.file, it.pointer)).collect()
}

#[test]
fn one_fault_at_a_time() {
    assert_eq!(codes(good()), Vec::<String>::new(), "the good pack");
    let cases = [
        ("/module/label", json!("nam"), "module-unknown-field modules/order/module.json/label"),
        ("/module/rights/0/role", json!("agnt"), "module-unknown-role modules/order/module.json/rights/0/role"),
        ("/schema/properties/channel/x-ref/dictionary", json!("chanel"), "module-unknown-dictionary modules/order/schema.json/properties/channel/x-ref/dictionary"),
        ("/schema/properties/channel/x-id", json!("f1"), "module-duplicate-id modules/order/schema.json/properties/channel/x-id"),
        ("/rules/required/0/when", json!("data.nam == 1"), "expression-unknown-field modules/order/rules.json/required/0/when"),
        ("/rules/required/0/when", json!("data.name =="), "expression-parse modules/order/rules.json/required/0/when"),
        ("/rules/required/0/when", json!("date.name == 1"), "expression-unknown-name modules/order/rules.json/required/0/when"),
        ("/view/content/sections/0/fields/0/field", json!("channel"), "view-required-missing modules/order/views/create.json/content/sections"),
        ("/flow/flowElements/1/stage", json!("nwe"), "flow-unknown-stage flows/order/flow.json/flowElements/1/stage"),
        ("/flow/flowElements/1/form", json!("creat"), "flow-unknown-form flows/order/flow.json/flowElements/1/form"),
        ("/flow/flowElements/1/notify/0/notice", json!("helo"), "flow-unknown-notice flows/order/flow.json/flowElements/1/notify/0/notice"),
        ("/flow/flowElements/1/performer", json!({}), "flow-no-performer flows/order/flow.json/flowElements/1/performer"),
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

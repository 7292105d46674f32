//! The index of a small pack, as lines.

use serde_json::json;

use super::{Subject, of_pack};
use crate::model::catalog::Catalog;
use crate::model::module::Module;
use crate::model::pack::Pack;

#[test]
fn every_place_that_names_something() {
    let mut pack = Pack::default();
    let manifest = json!({ "format": 1, "id": "shop", "version": "1.0.0", "title": "Shop", "language": "en",
        "menu": [{ "id": "m", "title": "Orders", "module": "order" }],
        "notices": [{ "id": "hello", "title": "Hello ${data.name}", "body": "…" }] });
    pack.manifest = serde_json::from_value(manifest).expect("a manifest");
    let schema = json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string" }, "state": { "type": "string" },
        "channel": { "type": "string", "x-ref": { "dictionary": "channel" } },
        "customer": { "type": "string", "x-ref": { "module": "order", "label": "name" } } } });
    let definition = serde_json::from_value(json!({ "format": 1, "id": "m1", "key": "order", "title": "Order", "label": "name", "stage": "state",
        "rights": [{ "role": "agent", "actions": ["read"], "scope": "all" }], "triggers": [{ "id": "t", "on": "created", "flow": "order", "when": "data.state == \"new\"" }] })).expect("a module");
    let rules = serde_json::from_value(
        json!({ "required": [{ "id": "q", "field": "channel", "when": "filled(refs.customer.name)" }] }),
    )
    .expect("rules");
    let mut module = Module { schema, definition, rules, ..Module::default() };
    let view = json!({ "format": 1, "id": "v", "key": "create", "title": "New", "content": { "kind": "form", "sections": [{ "id": "s", "fields": [{ "field": "name" }] }] } });
    module.views.insert("create".into(), serde_json::from_value(view).expect("a view"));
    pack.modules.insert("order".into(), module);
    pack.scripts.insert("count".into(), "#{ data: #{ state: data.name } }".to_owned());
    let flow = json!({ "format": 1, "id": "P", "key": "order", "name": "Order", "module": "order", "flowElements": [
        { "type": "startEvent", "id": "s" },
        { "type": "userTask", "id": "look", "name": "Look", "stage": "new", "performer": { "roles": ["agent"], "fallback": "chief", "notSameAs": ["look"] }, "form": "create",
            "assign": [{ "target": "data.state", "expr": "table(\"size\", #{})" }], "notify": [{ "to": ["role:agent", "field:name"], "notice": "hello" }] },
        { "type": "scriptTask", "id": "run", "name": "Run", "script": "count" }
    ] });
    pack.flows.insert("order".into(), serde_json::from_value(flow).expect("a flow"));
    let catalog = Catalog::new([pack]);
    let index = of_pack(&catalog, catalog.packs().next().expect("the pack"));
    let lines = |subject: Subject| {
        index
            .get(&subject)
            .map(|it| it.iter().map(|it| format!("{}{}", it.file, it.pointer)).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let field = |name: &str| lines(Subject::Field { module: "order".into(), field: name.into() });
    assert_eq!(
        field("name"),
        [
            "flows/order/flow.json/flowElements/1/notify/0/to/1",
            "modules/order/module.json/label",
            "modules/order/rules.json/required/0/when",
            "modules/order/schema.json/properties/customer/x-ref/label",
            "modules/order/schema.json/required/0",
            "modules/order/views/create.json/content/sections/0/fields/0/field",
            "pack.json/notices/0/title",
            "scripts/count.rhai",
        ]
    );
    assert_eq!(
        field("state"),
        [
            "flows/order/flow.json/flowElements/1/assign/0/target",
            "modules/order/module.json/stage",
            "modules/order/module.json/triggers/0/when",
            "scripts/count.rhai"
        ]
    );
    assert_eq!(field("customer"), ["modules/order/rules.json/required/0/when"]);
    assert_eq!(field("channel"), ["modules/order/rules.json/required/0/field"]);
    assert_eq!(
        lines(Subject::Role { role: "agent".into() }),
        [
            "flows/order/flow.json/flowElements/1/notify/0/to/0",
            "flows/order/flow.json/flowElements/1/performer/roles/0",
            "modules/order/module.json/rights/0/role"
        ]
    );
    assert_eq!(
        lines(Subject::Role { role: "chief".into() }),
        ["flows/order/flow.json/flowElements/1/performer/fallback"]
    );
    assert_eq!(lines(Subject::Table { table: "size".into() }), ["flows/order/flow.json/flowElements/1/assign/0/expr"]);
    assert_eq!(lines(Subject::Script { script: "count".into() }), ["flows/order/flow.json/flowElements/2/script"]);
    assert_eq!(
        lines(Subject::Notice { notice: "hello".into() }),
        ["flows/order/flow.json/flowElements/1/notify/0/notice"]
    );
    assert_eq!(lines(Subject::Flow { flow: "order".into() }), ["modules/order/module.json/triggers/0/flow"]);
    assert_eq!(
        lines(Subject::Dictionary { dictionary: "channel".into() }),
        ["modules/order/schema.json/properties/channel/x-ref/dictionary"]
    );
    assert_eq!(
        lines(Subject::View { module: "order".into(), view: "create".into() }),
        ["flows/order/flow.json/flowElements/1/form"]
    );
    assert_eq!(
        lines(Subject::Module { module: "order".into() }),
        [
            "flows/order/flow.json/module",
            "modules/order/schema.json/properties/customer/x-ref/module",
            "pack.json/menu/0/module"
        ]
    );
}

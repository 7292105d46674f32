//! A field is renamed, typed otherwise or taken away under a running flow, on both databases.

use std::collections::BTreeMap;

use runtime::id::{IncidentId, InstanceId, ModuleKey, RecordId};
use serde_json::{Map, Value, json};

use crate::definitions;
use crate::error::Error;
use crate::instances;
use crate::records;
use crate::store::sql::{Query, Sql};
use crate::testing::on_both;
use crate::walk::World;

/// How the fields of the module are called.
#[derive(Clone, Copy)]
struct Keys {
    name: &'static str,
    amount: &'static str,
    /// Schema of the amount.
    kind: &'static str,
    note: &'static str,
    /// None: it was taken away.
    hint: Option<&'static str>,
    lines: &'static str,
    price: &'static str,
}

const BEFORE: Keys = Keys {
    name: "name",
    amount: "amount",
    kind: "integer",
    note: "note",
    hint: Some("hint"),
    lines: "lines",
    price: "price",
};
/// `name` and `note` change places, the others get other keys, `hint` goes.
const AFTER: Keys = Keys {
    name: "note",
    amount: "worth",
    kind: "integer",
    note: "name",
    hint: None,
    lines: "positions",
    price: "cost",
};

/// The pack by these keys. The flow asks, decides, calculates in a script, tells, asks again.
fn files(it: Keys) -> BTreeMap<String, String> {
    let Keys { name, amount, kind, note, hint, lines, price } = it;
    let mut fields = Map::new();
    let mut field = |key: &str, schema: Value| fields.insert(key.to_owned(), schema);
    field(name, json!({ "type": "string", "title": "Name", "x-id": "f_1" }));
    field(amount, json!({ "type": kind, "title": "Amount", "x-id": "f_2" }));
    field(note, json!({ "type": "string", "title": "Note", "x-id": "f_3" }));
    if let Some(hint) = hint {
        field(hint, json!({ "type": "string", "title": "Hint", "x-id": "f_4" }));
    }
    field(
        lines,
        json!({ "type": "array", "title": "Lines", "x-id": "f_5", "items": { "type": "object", "properties": {
            price: { "type": "integer", "title": "Price", "x-id": "f_6" } } } }),
    );
    field("total", json!({ "type": "integer", "title": "Total", "x-id": "f_7" }));
    let step = |id: &str, from: &str, to: &str| json!({ "id": id, "type": "sequenceFlow", "sourceRef": from, "targetRef": to });
    let shown = |keys: &[&str]| keys.iter().map(|it| json!({ "field": it })).collect::<Vec<_>>();
    let read_hint = hint.map_or_else(|| "\"none\"".to_owned(), |it| format!("data.{it}"));
    let mut files: BTreeMap<String, String> = [
        (
            "pack.json",
            json!({ "format": 1, "id": "deals", "version": "1.0.0", "title": "Deals", "language": "en",
                "requires": [{ "pack": "core-crm", "version": "^1.0" }],
                "notices": [{ "id": "told", "title": format!("Deal ${{data.{name}}}"), "body": format!("note ${{data.{note}}}") }] }),
        ),
        (
            "modules/deal/module.json",
            json!({ "format": 1, "id": "m_deal", "key": "deal", "title": "Deal", "label": name,
                "rights": [{ "role": "*", "actions": ["create", "read", "update"], "scope": "all" }],
                "triggers": [{ "id": "t", "on": "created", "flow": "deal" }] }),
        ),
        (
            "modules/deal/schema.json",
            json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": "Deal", "properties": fields }),
        ),
        (
            "modules/deal/views/look.json",
            json!({ "format": 1, "id": "v_look", "key": "look", "title": "Look", "content": { "kind": "form",
                "sections": [{ "id": "s", "fields": shown(&[note, amount, lines]) }] } }),
        ),
        (
            "flows/deal/flow.json",
            json!({ "format": 1, "id": "p_deal", "key": "deal", "name": "Deal", "module": "deal", "flowElements": [
                { "id": "start", "type": "startEvent" },
                { "id": "look", "name": "Look", "type": "userTask", "performer": { "roles": ["agent"] }, "form": "look",
                    "outcomes": [{ "id": "done", "title": "Done", "requires": [note] }] },
                { "id": "big", "type": "exclusiveGateway", "default": "f_small" },
                { "id": "count", "type": "scriptTask", "script": "count" },
                { "id": "tell", "type": "sendTask", "notify": [{ "on": "enter", "to": ["starter"], "notice": "told" }] },
                { "id": "again", "name": "Again", "type": "userTask", "performer": { "roles": ["agent"] } },
                { "id": "end", "type": "endEvent" },
                step("f_1", "start", "look"), step("f_2", "look", "big"), step("f_small", "big", "end"),
                { "id": "f_big", "type": "sequenceFlow", "sourceRef": "big", "targetRef": "count",
                    "conditionExpression": if kind == "integer" { format!("data.{amount} > 100") } else { format!("filled(data.{amount})") } },
                step("f_4", "count", "tell"), step("f_5", "tell", "again"), step("f_6", "again", "end")] }),
        ),
    ]
    .into_iter()
    .map(|(path, body)| (path.to_owned(), body.to_string()))
    .collect();
    let sets_hint = hint.map(|it| format!("{it}: \"seen \" + was, ")).unwrap_or_default();
    let script = format!(
        "let sum = 0; for it in data.{lines} {{ sum += it.{price}; }}\nlet was = {read_hint};\n#{{ data: #{{ total: sum, {sets_hint}{note}: data.{name} + \"/\" + was }} }}"
    );
    files.insert("scripts/count.rhai".to_owned(), script);
    files
}

async fn install(world: &World, files: BTreeMap<String, String>) {
    if let Err(error) = definitions::install(&world.app, &world.actor("admin"), files, "test").await {
        panic!("{}", error.for_log());
    }
}

async fn deal(world: &World, amount: i64) -> (RecordId, InstanceId) {
    let data = json!({ "name": "Mill", "amount": amount, "hint": "urgent", "lines": [{ "price": 3 }, { "price": 4 }] });
    let made = world.make("agent", "deal", data).await.unwrap();
    (RecordId(made.id), InstanceId(made.instances[0].id.clone()))
}

async fn read(world: &World, record: &RecordId) -> Map<String, Value> {
    records::read(&world.app, &world.actor("admin"), &ModuleKey::from("deal"), record).await.unwrap().data
}

async fn texts(world: &World) -> String {
    let rows = world.app.store.read().rows(Query::new("SELECT texts FROM notices ORDER BY at, id")).await.unwrap();
    rows.iter().map(|it| it.text(0).unwrap()).collect::<Vec<_>>().join("\n")
}

on_both! {
    async fn a_running_flow_reads_and_writes_what_was_renamed(home: Home) {
        let world = World::open(&home, true).await;
        install(&world, files(BEFORE)).await;
        let (record, _) = deal(&world, 150).await;
        install(&world, files(AFTER)).await;
        let stored = read(&world, &record).await;
        assert_eq!(Value::Object(stored), json!({ "note": "Mill", "worth": 150, "positions": [{ "cost": 3 }, { "cost": 4 }] }));

        // The outcome needs the field by the key it has today; without it, it is said by that key.
        let task = world.task(&record, "look").await;
        let detail = crate::tasks::detail(&world.app, &world.actor("agent"), &task).await.unwrap();
        assert_eq!(detail.step["outcomes"][0]["requires"], json!(["name"]));
        let refused = world.complete("agent", &task, "done", json!({})).await;
        assert!(matches!(&refused, Err(Error::Refused(runtime::engine::Refusal::FieldsNeeded { fields })) if fields == &["name"]), "{refused:?}");
        world.does("agent", &record, "look", "done", json!({ "name": "fine", "positions": [{ "cost": 5 }, { "cost": 6 }] })).await;

        // Condition, script and notice have read the right values, and the script wrote to the right places.
        assert_eq!(world.open_at(&record).await.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["again"]);
        let stored = read(&world, &record).await;
        assert_eq!(
            Value::Object(stored),
            json!({ "note": "Mill", "worth": 150, "positions": [{ "cost": 5 }, { "cost": 6 }], "name": "Mill/urgent", "total": 11 })
        );
        let told = texts(&world).await;
        assert!(told.contains("Deal Mill") && told.contains("note Mill/urgent"), "{told}");
        // The field that is gone is written where it still is: back in its form it is there.
        install(&world, files(BEFORE)).await;
        assert_eq!(read(&world, &record).await["hint"], json!("seen urgent"));
        world.does("agent", &record, "again", "done", json!({})).await;
        assert_eq!(world.open_at(&record).await, []);
    }

    async fn what_does_not_fit_the_old_type_is_an_incident(home: Home) {
        let world = World::open(&home, true).await;
        install(&world, files(BEFORE)).await;
        let (fits, _) = deal(&world, 150).await;
        let (odd, instance) = deal(&world, 150).await;
        install(&world, files(Keys { kind: "string", ..AFTER })).await;
        assert_eq!(read(&world, &fits).await["worth"], json!("150"));
        // Written as a number it is read as one; in words nobody takes it for blank.
        world.does("agent", &fits, "look", "done", json!({ "name": "a", "worth": "200" })).await;
        assert_eq!(world.open_at(&fits).await.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["again"]);
        world.does("agent", &odd, "look", "done", json!({ "name": "a", "worth": "a lot" })).await;
        let manager = world.actor("admin");
        let detail = instances::detail(&world.app, &manager, &instance).await.unwrap();
        assert_eq!(detail.incidents.len(), 1, "{:?}", detail.incidents);
        let incident = &detail.incidents[0];
        assert_eq!(incident.node, "big");
        assert!(incident.message.contains("`data.amount` cannot be read") && incident.message.contains("worth"), "{}", incident.message);
        // Corrected, it goes on.
        let now = records::read(&world.app, &manager, &ModuleKey::from("deal"), &odd).await.unwrap();
        let ask = api::record::Change {
            version: now.version,
            data: json!({ "worth": "101" }).as_object().unwrap().clone(),
            ..Default::default()
        };
        records::change(&world.app, &manager, &ModuleKey::from("deal"), &odd, ask).await.unwrap();
        instances::retry(&world.app, &manager, &IncidentId(incident.id.clone())).await.unwrap();
        assert_eq!(world.open_at(&odd).await.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["again"]);
    }
}

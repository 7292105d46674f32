//! What a change to one record does to others, on both databases.

use std::collections::BTreeSet;

use runtime::id::RecordId;
use serde_json::json;

use crate::definitions;
use crate::records;
use crate::store::instances;
use crate::store::sql::{Query, Sql};
use crate::testing::{actor, on_both};
use crate::walk::World;

on_both! {
    async fn who_comes_at_the_same_time_gets_what_who_comes_alone_gets(home: Home) {
        let world = World::open(&home, true).await;
        let data = json!({"contact": "王丽", "phone": "13912345678", "channel": "phone", "category": "quality", "severity": "s2",
            "region": "320506", "facts": "设备无法启动。", "demand": "更换设备。"});
        let made = futures::future::join_all((0..24).map(|_| world.make("agent", "complaint", data.clone()))).await;
        let made: Vec<_> = made.into_iter().map(Result::unwrap).collect();
        let codes: BTreeSet<&str> = made.iter().map(|it| it.data["code"].as_str().unwrap()).collect();
        assert_eq!(codes.len(), made.len(), "each has its number");
        let made: Vec<RecordId> = made.into_iter().map(|it| RecordId(it.id)).collect();
        // Everybody does every task, twice at once: one of the two is told that it is done.
        let mut tasks = Vec::new();
        for record in &made {
            tasks.push(world.task(record, "accept").await);
        }
        let twice = tasks.iter().chain(&tasks).map(|it| world.complete("agent", it, "forward", json!({})));
        let done = futures::future::join_all(twice).await;
        for (at, record) in made.iter().enumerate() {
            let (one, other) = (&done[at], &done[at + made.len()]);
            assert!(one.is_ok() ^ other.is_ok(), "{at}: {one:?} {other:?}");
            world.task(record, "forward").await;
        }
        for row in world.app.store.read().rows(Query::new("SELECT id FROM instances")).await.unwrap() {
            let id = runtime::id::InstanceId(row.get(0).unwrap());
            let stored = instances::find(world.app.store.read(), &id, false).await.unwrap().unwrap();
            let facts = instances::facts(world.app.store.read(), &id).await.unwrap();
            let folded = runtime::engine::replay(&id, facts.iter().map(|it| &it.2), facts.len());
            assert_eq!(stored.facts, facts.len() as i64);
            assert_eq!(folded, stored.body, "an instance is its facts");
        }
    }

    async fn who_is_relieved_by_a_rule_sets_flows_going_like_who_is_changed_by_hand(home: Home) {
        let app = home.app().await;
        let files = [
            (
                "pack.json",
                json!({"format": 1, "id": "team", "version": "1.0.0", "title": "Team", "language": "en",
                    "requires": [{"pack": "core-crm", "version": "^1.0"}]}),
            ),
            (
                "modules/seat/module.json",
                json!({"format": 1, "id": "m_seat", "key": "seat", "title": "Seat", "label": "name",
                    "rights": [{"role": "agent", "actions": ["create", "read", "update"], "scope": "all"}],
                    "chosen": [{"id": "one", "field": "first", "among": "table"}],
                    "triggers": [{"id": "t", "on": "updated", "flow": "look"}]}),
            ),
            (
                "modules/seat/schema.json",
                json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": "Seat", "properties": {
                    "name": {"type": "string", "title": "Name", "x-id": "f_1"},
                    "table": {"type": "string", "title": "Table", "x-id": "f_2", "x-ref": {"module": "customer", "label": "name"}, "x-index": {"filter": true}},
                    "first": {"type": "boolean", "title": "First", "x-id": "f_3", "x-index": {"filter": true}}}}),
            ),
            (
                "flows/look/flow.json",
                json!({"format": 1, "id": "p_look", "key": "look", "name": "Look", "module": "seat", "flowElements": [
                    {"id": "s", "type": "startEvent"}, {"id": "e", "type": "endEvent"},
                    {"id": "f", "type": "sequenceFlow", "sourceRef": "s", "targetRef": "e"}]}),
            ),
        ];
        let files = files.map(|(path, body)| (path.to_owned(), body.to_string())).into_iter().collect();
        definitions::install(&app, &actor(&app, "admin"), files, "test").await.unwrap();
        let agent = actor(&app, "agent");
        let customer = json!({"name": "常州运河轴承厂", "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "potential",
            "account_manager": agent.id(), "phone": "+86 519 6588 1111"});
        let make = async |module: &str, data: serde_json::Value| {
            let ask = api::record::Create { data: data.as_object().unwrap().clone(), accept_duplicates: true, ..Default::default() };
            records::create(&app, &agent, &module.into(), ask).await.unwrap().id
        };
        let table = make("customer", customer).await;
        let first = make("seat", json!({"name": "a", "table": table, "first": true})).await;
        make("seat", json!({"name": "b", "table": table, "first": true})).await;
        let mut query = Query::new("SELECT record FROM instances WHERE flow = ");
        query.bind("look");
        let rows = app.store.read().rows(query).await.unwrap();
        let of: Vec<String> = rows.iter().map(|it| it.text(0).unwrap()).collect();
        assert_eq!(of, [first]);
    }
}

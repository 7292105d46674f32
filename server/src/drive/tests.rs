//! What a change to one record does to others, on both databases.

use serde_json::json;

use crate::definitions;
use crate::records;
use crate::store::sql::{Query, Sql};
use crate::testing::{actor, on_both};

on_both! {
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

//! Definitions that would run for minutes, met over HTTP: a rule of a form, a script of a flow, a script for duplicates.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::json;

use super::tests::{PASSWORD, Web};
use crate::actor::Actor;
use crate::testing::on_both;

/// Copies a long list in every step.
const SLOW: &str = "let a = []; a.pad(20000, 1); loop { let b = a; b[0] = 1; }";

/// A module whose rule, flow and duplicates can each be made to take their time.
async fn install(web: &Web) {
    // Expressions cannot loop, but they can do costly things many times.
    let there_and_back = ".replace(\"xx\", \"yy\").replace(\"yy\", \"xx\")".repeat(2);
    let costly = format!("sum([{}])", vec![format!("data.text{there_and_back}.len()"); 300].join(","));
    let everybody = json!([{ "role": "*", "actions": ["create", "read", "update"], "scope": "all" }]);
    let step = |id: &str, from: &str, to: &str| json!({ "id": id, "type": "sequenceFlow", "sourceRef": from, "targetRef": to });
    let files = [
        (
            "pack.json",
            json!({ "format": 1, "id": "hostile", "version": "1.0.0", "title": "Hostile", "description": "", "language": "en", "platform": ">=0.1" }),
        ),
        (
            "modules/thing/module.json",
            json!({ "format": 1, "id": "m_thing", "key": "thing", "title": "Thing", "label": "name", "rights": everybody,
                "triggers": [{ "id": "t", "on": "created", "flow": "slow", "when": "data.name == \"flow\"" }],
                "duplicates": { "keys": ["name"], "script": "similar", "warn": 50, "stop": 90 } }),
        ),
        (
            "modules/thing/schema.json",
            json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": "Thing", "properties": {
                "name": { "type": "string", "title": "Name", "x-id": "f_1" },
                "text": { "type": "string", "title": "Text", "x-id": "f_2" },
                "length": { "type": "integer", "title": "Length", "x-id": "f_3" } } }),
        ),
        (
            "modules/thing/rules.json",
            json!({ "format": 1, "computed": [{ "id": "c", "field": "length", "mode": "always", "expr": costly }] }),
        ),
        (
            "flows/slow/flow.json",
            json!({ "format": 1, "id": "p_slow", "key": "slow", "name": "Slow", "module": "thing", "flowElements": [
                { "id": "start", "type": "startEvent" }, { "id": "work", "type": "scriptTask", "script": "slow" }, { "id": "end", "type": "endEvent" },
                step("f1", "start", "work"), step("f2", "work", "end")] }),
        ),
    ];
    let mut files: BTreeMap<String, String> =
        files.into_iter().map(|(path, body)| (path.to_owned(), body.to_string())).collect();
    files.insert("scripts/slow.rhai".to_owned(), SLOW.to_owned());
    files.insert("scripts/similar.rhai".to_owned(), SLOW.to_owned());
    crate::definitions::install(&web.app, &Actor::system(), files, "").await.expect("a pack that is right in form");
}

on_both! {
    async fn what_would_not_end_is_stopped(home: Home) {
        let mut web = Web::new(&home).await;
        install(&web).await;
        web.enter("anna", PASSWORD).await;
        let thing = |name: &str, text: String| json!({ "data": { "name": name, "text": text } });

        let good = web.post("/api/records/thing", thing("good", "abc".to_owned())).await;
        assert_eq!(good.status, StatusCode::CREATED, "{}", good.text);
        assert_eq!(good.body["data"]["length"], json!(900));

        // Nothing is stored on the word of rules that were cut short.
        let long = web.post("/api/records/thing", thing("long", "x".repeat(900_000))).await;
        assert_eq!(long.problem(), (422, "invalid-fields"), "{}", long.text);
        let told = &long.body["fields"][0];
        assert_eq!((&told["pointer"], &told["code"]), (&json!("/length"), &json!("rule-cut-short")), "{}", long.text);
        let list = web.get("/api/records/thing").await;
        assert_eq!(list.body["rows"].as_array().map(Vec::len), Some(1), "{}", list.text);

        // A flow stands still with an incident that says why; the record is there.
        let flow = web.post("/api/records/thing", thing("flow", String::new())).await;
        assert_eq!(flow.status, StatusCode::CREATED, "{}", flow.text);
        let instance = flow.body["instances"][0]["id"].as_str().expect("an instance").to_owned();
        let detail = web.get(&format!("/api/instances/{instance}")).await;
        let message = detail.body["incidents"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("it takes too long"), "{}", detail.text);

        // Duplicates that cannot be told apart stop nobody.
        let same = web.post("/api/records/thing/duplicates", json!({ "data": { "name": "good" } })).await;
        assert_eq!((same.status, same.body.clone()), (StatusCode::OK, json!([])), "{}", same.text);
        assert_eq!(web.get("/api/session").await.status, StatusCode::OK, "the server goes on");
    }
}

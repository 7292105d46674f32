//! A field gets another key or another type: what is stored follows it, and is counted before.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

const SCHEMA: &str = "modules/suggestion/schema.json";

/// Publishes the suggestion's schema with some fields more.
async fn publish(admin: &Person, shipped: &str, fields: &[(&str, Value)]) -> Result<()> {
    let pack: Value = admin.get("/api/studio/packs/service").await?.ok()?;
    let mut schema: Value = serde_json::from_str(shipped)?;
    for (key, it) in fields {
        schema["properties"][*key] = it.clone();
    }
    let saved = admin
        .put(
            "/api/studio/packs/service/draft",
            json!({ "base": pack["hash"], "revision": pack["draft_revision"], "files": { SCHEMA: schema.to_string() } }),
        )
        .await?;
    ensure!(saved.status == 200, "save: {}", saved.body);
    let revision = json!({ "revision": saved.body["revision"], "note": "fields" });
    let done = admin.post("/api/studio/packs/service/publish", revision).await?;
    ensure!(done.status == 200, "publish: {} {}", done.status, done.body);
    Ok(())
}

async fn made(agent: &Person, data: Value) -> Result<String> {
    let made = agent.post("/api/records/suggestion", json!({ "data": data })).await?;
    ensure!(made.status == 201, "{} {}", made.status, made.body);
    Ok(made.body["id"].as_str().context("an id")?.to_owned())
}

async fn stored(admin: &Person, id: &str, field: &str) -> Result<Value> {
    Ok(admin.get(&format!("/api/records/suggestion/{id}")).await?.ok::<Value>()?["data"][field].clone())
}

/// What the history says of a field: from, to, newest first.
async fn told(admin: &Person, id: &str, field: &str) -> Result<Vec<(Value, Value)>> {
    let entries: Vec<Value> = admin.get(&format!("/api/records/suggestion/{id}/history")).await?.ok()?;
    let changes = entries.iter().filter_map(|it| it["changes"].as_array()).flatten();
    Ok(changes.filter(|it| it["field"] == field).map(|it| (it["from"].clone(), it["to"].clone())).collect())
}

pub async fn what_is_stored_follows_its_field(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    let agent = Person::login(base, "agent").await?;
    let pack: Value = admin.get("/api/studio/packs/service").await?.ok()?;
    let shipped = pack["files"][SCHEMA].as_str().context("the schema")?.to_owned();
    let text = |id: &str| json!({ "title": "T", "type": "string", "maxLength": 100, "x-id": id, "x-index": {"filter": true, "sort": true} });
    let whole = |id: &str| json!({ "title": "T", "type": "integer", "x-id": id });
    publish(&admin, &shipped, &[("size", text("f_size")), ("other", text("f_other"))]).await?;
    let number = made(&agent, json!({ "content": "一", "size": "12", "other": "x" })).await?;
    let words = made(&agent, json!({ "content": "二", "size": "many" })).await?;
    made(&agent, json!({ "content": "三" })).await?;

    // Asked before: what would become of the values.
    let ask = |field: &str, schema: Value| json!({ "module": "suggestion", "field": field, "schema": schema });
    let path = "/api/studio/packs/service/convert";
    let counted = admin.post(path, ask("f_size", whole("f_size"))).await?;
    ensure!(counted.status == 200, "{} {}", counted.status, counted.body);
    ensure!(counted.body == json!({ "filled": 2, "lost": 1, "examples": ["many"] }), "counted {}", counted.body);
    for (who, ask, status) in [
        (&agent, ask("f_size", whole("f_size")), 403),
        (&admin, ask("f_nothing", whole("f_nothing")), 404),
        (&admin, json!({ "module": "customer", "field": "f_01", "schema": whole("f_01") }), 404),
        (&admin, ask("f_size", json!({ "type": 5 })), 400),
    ] {
        let answer = who.post(path, ask.clone()).await?;
        ensure!(answer.status == status, "{ask}: expected {status}, came {} {}", answer.status, answer.body);
    }

    // The two fields change keys with each other, both of the same type.
    publish(&admin, &shipped, &[("other", text("f_size")), ("size", text("f_other"))]).await?;
    for (id, field, wanted) in [
        (&number, "other", json!("12")),
        (&number, "size", json!("x")),
        (&words, "other", json!("many")),
        (&words, "size", Value::Null),
    ] {
        let found = stored(&admin, id, field).await?;
        ensure!(found == wanted, "after the keys changed, {field} is {found}, not {wanted}");
    }
    // The history speaks of the fields as they are called today, from before and after the change alike.
    for (field, wanted) in [("other", json!("12")), ("size", json!("x"))] {
        let found = told(&admin, &number, field).await?;
        ensure!(found == [(Value::Null, wanted.clone())], "the history says of {field} {found:?}, not {wanted}");
    }
    // Who changes what somebody else has changed in between is told, whatever the field was called then.
    let now: Value = agent.get(&format!("/api/records/suggestion/{number}")).await?.ok()?;
    let change = json!({ "version": now["version"], "data": { "size": "y" } });
    let kept = agent.patch(&format!("/api/records/suggestion/{number}"), change).await?;
    ensure!(kept.status == 200, "{} {}", kept.status, kept.body);
    let found = told(&admin, &number, "size").await?;
    ensure!(found == [(json!("x"), json!("y")), (Value::Null, json!("x"))], "{found:?}");

    // Another key and another type at once; what does not fit is set aside, not lost.
    publish(&admin, &shipped, &[("extent", whole("f_size")), ("size", text("f_other"))]).await?;
    ensure!(stored(&admin, &number, "extent").await? == json!(12));
    ensure!(stored(&admin, &words, "extent").await? == Value::Null);
    let found = told(&admin, &number, "extent").await?;
    ensure!(found == [(Value::Null, json!("12"))], "{found:?}");
    let changed: Value = agent.get(&format!("/api/records/suggestion/{number}")).await?.ok()?;
    let change = json!({ "version": changed["version"], "data": { "extent": 13 } });
    let kept = admin.patch(&format!("/api/records/suggestion/{number}"), change).await?;
    ensure!(kept.status == 200, "{} {}", kept.status, kept.body);
    publish(&admin, &shipped, &[("extent", text("f_size"))]).await?;
    // `size` is gone; nothing is told under its key, which is nobody's.
    ensure!(told(&admin, &number, "size").await?.is_empty());
    let back = stored(&admin, &number, "extent").await?;
    ensure!(back == json!("13"), "back to a text it is {back}");

    // A text becomes a choice in the same column: named as people name it.
    let choice =
        json!({ "title": "T", "type": "string", "oneOf": [{"const": "dozen", "title": "13"}], "x-id": "f_size" });
    publish(&admin, &shipped, &[("extent", choice)]).await?;
    let chosen = stored(&admin, &number, "extent").await?;
    ensure!(chosen == json!("dozen"), "as a choice it is {chosen}");
    publish(&admin, &shipped, &[("extent", text("f_size"))]).await?;

    // Back to what was shipped; a field that is gone keeps its values where nobody sees them.
    publish(&admin, &shipped, &[]).await?;
    ensure!(stored(&admin, &number, "extent").await? == Value::Null);
    publish(&admin, &shipped, &[("extent", text("f_size"))]).await?;
    ensure!(stored(&admin, &number, "extent").await? == json!("dozen"), "it is there when the field comes back");
    let found = told(&admin, &number, "extent").await?;
    ensure!(found.last() == Some(&(Value::Null, json!("12"))), "and so is what happened to it: {found:?}");
    publish(&admin, &shipped, &[]).await
}

/// A field, and a column, that nobody gave an id: renamed by the designer, its old key is its id.
pub async fn what_has_no_id_is_known_by_its_key(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    let pack: Value = admin.get("/api/studio/packs/service").await?.ok()?;
    let shipped = pack["files"][SCHEMA].as_str().context("the schema")?.to_owned();
    let text = |id: Option<&str>| match id {
        Some(id) => json!({ "title": "T", "type": "string", "maxLength": 100, "x-id": id }),
        None => json!({ "title": "T", "type": "string", "maxLength": 100 }),
    };
    let rows = |columns: Value| json!({ "title": "T", "type": "array", "maxItems": 20, "items": { "type": "object", "properties": columns } });
    let before = [("bare", text(None)), ("parts", rows(json!({ "qty": text(None), "unit": text(None) })))];
    publish(&admin, &shipped, &before).await?;
    let id = made(&admin, json!({ "content": "四", "bare": "b", "parts": [{ "qty": "2", "unit": "kg" }] })).await?;
    let after =
        [("dressed", text(Some("bare"))), ("parts", rows(json!({ "amount": text(Some("qty")), "unit": text(None) })))];
    publish(&admin, &shipped, &after).await?;
    let parts = json!([{ "amount": "2", "unit": "kg" }]);
    for (field, wanted) in [("dressed", json!("b")), ("parts", parts.clone()), ("bare", Value::Null)] {
        let found = stored(&admin, &id, field).await?;
        ensure!(found == wanted, "{field} is {found}, not {wanted}");
    }
    for (field, wanted) in [("dressed", json!("b")), ("parts", parts)] {
        let found = told(&admin, &id, field).await?;
        ensure!(found == [(Value::Null, wanted.clone())], "the history says of {field} {found:?}, not {wanted}");
    }
    publish(&admin, &shipped, &[]).await
}

pub async fn the_pack_as_it_was_shipped(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    let found: Value = admin.get("/api/studio/packs/service/shipped").await?.ok()?;
    ensure!(found["files"][SCHEMA].is_string() && found["version"].is_string(), "{found}");
    for (user, path, status) in [("agent", "service", 403), ("admin", "nothing", 404)] {
        let answer = Person::login(base, user).await?.get(&format!("/api/studio/packs/{path}/shipped")).await?;
        ensure!(answer.status == status, "{user}: expected {status}, came {}", answer.status);
    }
    Ok(())
}

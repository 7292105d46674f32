//! Changing a definition: drafts, alerts, publishing, versions.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

use super::complaint;

const FLOW: &str = "flows/complaint/flow.json";
const SCHEMA: &str = "modules/complaint/schema.json";

async fn files(admin: &Person) -> Result<Value> {
    admin.get("/api/studio/packs/service").await?.ok()
}

fn parsed(pack: &Value, path: &str) -> Result<Value> {
    serde_json::from_str(pack["files"][path].as_str().with_context(|| format!("no {path}"))?)
        .context("a file of the pack")
}

async fn publish(admin: &Person, pack: &Value, changed: Value) -> Result<tests::client::Answer> {
    let saved = admin
        .put(
            "/api/studio/packs/service/draft",
            json!({ "base": pack["hash"], "revision": pack["draft_revision"], "files": changed }),
        )
        .await?;
    ensure!(saved.status == 200, "save: {}", saved.body);
    admin.post("/api/studio/packs/service/publish", json!({ "revision": saved.body["revision"], "note": "test" })).await
}

pub async fn a_published_change_is_followed_by_new_records_only(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let before = agent.post("/api/records/complaint", json!({ "data": complaint("发布之前") })).await?;
    let pack = files(&admin).await?;
    let mut flow = parsed(&pack, FLOW)?;
    for it in flow["flowElements"].as_array_mut().into_iter().flatten().filter(|it| it["id"] == "accept") {
        it["outcomes"][0]["id"] = json!("take");
    }
    let mut schema = parsed(&pack, SCHEMA)?;
    schema["properties"]["order_no"] = json!({ "type": "string", "title": "订单号", "maxLength": 40, "x-id": "f_order_no", "x-index": { "search": "exact", "filter": true } });
    let mut view = parsed(&pack, "modules/complaint/views/create.json")?;
    view["content"]["sections"][0]["fields"]
        .as_array_mut()
        .context("fields")?
        .push(json!({ "field": "order_no", "span": 6 }));
    let answer = publish(&admin, &pack, json!({ FLOW: flow.to_string(), SCHEMA: schema.to_string(), "modules/complaint/views/create.json": view.to_string() })).await?;
    ensure!(answer.status == 200, "publish: {} {}", answer.status, answer.body);
    ensure!(answer.body["flows"]["complaint"].is_string(), "a new version: {}", answer.body);
    let mut data = complaint("发布之后");
    data["order_no"] = json!("SO-2026-0042");
    let after = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(after.status == 201, "the new field is taken at once: {}", after.body);
    ensure!(after.body["data"]["order_no"] == "SO-2026-0042");
    let found = manager.get("/api/records/complaint?filter=%7B%22field%22%3A%7B%22field%22%3A%22order_no%22%2C%22op%22%3A%22eq%22%2C%22value%22%3A%22SO-2026-0042%22%7D%7D").await?;
    ensure!(found.body["rows"].as_array().map(Vec::len) == Some(1), "and found by: {}", found.body);
    for (made, outcome) in [(&before, "forward"), (&after, "take")] {
        let id = made.body["id"].as_str().unwrap_or_default();
        super::complete(&agent, &manager, id, "accept", outcome, json!({}), "")
            .await
            .with_context(|| format!("{outcome} on its own version"))?;
    }
    // Back to what was shipped, for the stories after this one.
    let pack = files(&admin).await?;
    let mut flow = parsed(&pack, FLOW)?;
    for it in flow["flowElements"].as_array_mut().into_iter().flatten().filter(|it| it["id"] == "accept") {
        it["outcomes"][0]["id"] = json!("forward");
    }
    let answer = publish(&admin, &pack, json!({ FLOW: flow.to_string() })).await?;
    ensure!(answer.status == 200, "publish again: {}", answer.body);
    Ok(())
}

pub async fn a_broken_draft_is_not_published(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    let pack = files(&admin).await?;
    let mut flow = parsed(&pack, FLOW)?;
    let elements = flow["flowElements"].as_array_mut().context("elements")?;
    elements.retain(|it| !(it["type"] == "sequenceFlow" && it["targetRef"] == "end"));
    let answer = publish(&admin, &pack, json!({ FLOW: flow.to_string() })).await?;
    ensure!(
        answer.status == 422 && answer.problem() == "not-publishable",
        "refused: {} {}",
        answer.status,
        answer.body
    );
    let alerts = answer.body["alerts"].as_array().cloned().unwrap_or_default();
    ensure!(
        alerts.iter().any(|it| it["code"] == "flow-dead-end" && it["element"] == "follow_up" && it["file"] == FLOW),
        "each at its place: {alerts:?}"
    );
    let dropped = admin.delete("/api/studio/packs/service/draft").await?;
    ensure!(dropped.status == 204, "drop: {} {}", dropped.status, dropped.body);
    // A schema that recurses, a script that cannot be read, a reference to nothing: alerts, never a crash.
    let pack = files(&admin).await?;
    let mut schema = parsed(&pack, SCHEMA)?;
    schema["properties"]["loop"] = json!({ "x-id": "f_loop", "$ref": "#/properties/loop" });
    let changed = json!({ SCHEMA: schema.to_string(), "scripts/assign_handler.rhai": "let x = ;", "modules/complaint/module.json": "{ not json" });
    let answer = publish(&admin, &pack, changed).await?;
    ensure!(answer.status == 422, "refused: {} {}", answer.status, answer.body);
    admin.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

pub async fn publishing_is_for_designers_and_looked_at_before(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    let agent = Person::login(base, "agent").await?;
    let made = agent.post("/api/records/complaint", json!({ "data": complaint("发布影响") })).await?;
    ensure!(made.status == 201, "filed: {}", made.body);
    admin.delete("/api/studio/packs/service/draft").await?;
    let pack = files(&admin).await?;
    let hash = pack["hash"].as_str().unwrap_or_default().to_owned();
    let version = format!("/api/studio/packs/service/versions/{hash}");
    let far = "2099-01-31T22:30:00Z";
    for (what, answer) in [
        ("impact", agent.post("/api/studio/packs/service/impact", json!({ "revision": 0 })).await?),
        ("plan", agent.put("/api/studio/packs/service/planned", json!({ "revision": 0, "at": far })).await?),
        ("forget", agent.delete("/api/studio/packs/service/planned").await?),
        ("versions", agent.get("/api/studio/packs/service/versions").await?),
        ("version", agent.get(&version).await?),
        ("restore", agent.post(&format!("{version}/restore"), json!({ "revision": 0 })).await?),
        ("here", agent.post("/api/studio/packs/service/here", json!({ "editor": "x" })).await?),
    ] {
        ensure!(answer.status == 403, "{what} is not for everybody: {} {}", answer.status, answer.body);
    }
    let mut flow = parsed(&pack, FLOW)?;
    flow["documentation"] = json!("新的说明");
    let saved = admin
        .put(
            "/api/studio/packs/service/draft",
            json!({ "base": hash, "revision": pack["draft_revision"], "files": { FLOW: flow.to_string() } }),
        )
        .await?;
    let revision = saved.body["revision"].clone();
    let impact: Value = admin.post("/api/studio/packs/service/impact", json!({ "revision": revision })).await?.ok()?;
    let told = &impact["flows"][0];
    ensure!(told["flow"] == "complaint" && told["running"].as_u64() > Some(0), "what runs is told: {impact}");
    ensure!(told["fates"]["move"] == told["looked_at"], "all of it could move: {told}");
    ensure!(told["instances"][0]["record_label"].is_string() && told["may_move"] == true, "one by one: {told}");
    let stale = admin.post("/api/studio/packs/service/impact", json!({ "revision": 99 })).await?;
    ensure!(stale.status == 409, "an old revision: {} {}", stale.status, stale.body);
    for (at, status) in [("tomorrow", 400), ("2001-01-01T00:00:00Z", 400), (far, 200)] {
        let ask = json!({ "revision": revision, "at": at, "note": "夜间", "running": "move" });
        let answer = admin.put("/api/studio/packs/service/planned", ask).await?;
        ensure!(answer.status == status, "planned for {at}: {} {}", answer.status, answer.body);
    }
    let planned = files(&admin).await?["planned"].clone();
    ensure!(planned["note"] == "夜间" && planned["running"] == "move", "it is shown: {planned}");
    ensure!(admin.delete("/api/studio/packs/service/planned").await?.status == 204);
    ensure!(admin.delete("/api/studio/packs/service/planned").await?.status == 404);
    let back: Value = admin.post(&format!("{version}/restore"), json!({ "revision": revision })).await?.ok()?;
    let now = files(&admin).await?;
    ensure!(now["draft"] == json!({}) && now["draft_revision"] == back["revision"], "as it was: {}", now["draft"]);
    let unknown = admin.get("/api/studio/packs/service/versions/none").await?;
    ensure!(unknown.status == 404, "no such version: {}", unknown.body);
    admin.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

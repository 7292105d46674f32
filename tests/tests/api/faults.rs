//! Wrong input of every kind: a clear typed answer, nothing half-written, the server goes on.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::client::Person;

use super::complaint;

pub async fn wrong_input_gets_a_clear_answer(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let raw = reqwest::Client::builder().cookie_store(true).build()?;
    raw.post(format!("{base}/api/login"))
        .json(&json!({ "user": "agent", "password": tests::client::PASSWORD }))
        .send()
        .await?;
    let session: serde_json::Value = raw.get(format!("{base}/api/session")).send().await?.json().await?;
    let csrf = session["csrf"].as_str().unwrap_or_default().to_owned();
    let send = |body: String, csrf: String| {
        let request = raw
            .post(format!("{base}/api/records/complaint"))
            .header("content-type", "application/json")
            .header("x-csrf", csrf)
            .body(body);
        async move {
            let answer = request.send().await?;
            let status = answer.status().as_u16();
            let problem: serde_json::Value = answer.json().await.unwrap_or_default();
            anyhow::Ok((status, problem["type"].as_str().unwrap_or_default().to_owned()))
        }
    };
    let deep = format!("{{\"data\":{}1{}}}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let cases = [
        ("not JSON", "{\"data\": ".to_owned(), 400, "malformed"),
        ("unknown member", "{\"data\": {}, \"colour\": 1}".to_owned(), 400, "malformed"),
        ("nested without end", deep, 400, "malformed"),
        ("ten megabytes", format!("{{\"data\":{{\"facts\":\"{}\"}}}}", "x".repeat(10 << 20)), 413, "too-large"),
        ("a character nothing can store", "{\"data\": {\"facts\": \"a\\u0000b\"}}".to_owned(), 400, "malformed"),
        ("not UTF-8 escapes", "{\"data\": {\"facts\": \"\\ud800\"}}".to_owned(), 400, "malformed"),
        ("a field nobody knows", json!({ "data": { "colour": "red" } }).to_string(), 422, "invalid-fields"),
        ("a wrong type", json!({ "data": { "facts": { "deep": 1 } } }).to_string(), 422, "invalid-fields"),
    ];
    for (name, body, status, kind) in cases {
        let came = send(body, csrf.clone()).await?;
        ensure!(came == (status, kind.to_owned()), "{name}: expected {status} {kind}, came {came:?}");
    }
    let came = send(json!({ "data": complaint("没有令牌") }).to_string(), "wrong".to_owned()).await?;
    ensure!(came == (403, "csrf".to_owned()), "without the csrf token: {came:?}");
    let none = agent.get("/api/records/nothing").await?;
    ensure!(none.status == 404 && none.problem() == "not-found", "unknown module: {}", none.body);
    for path in ["/api/records/complaint/%00", "/api/tasks/%00", "/api/records/%00", "/api/instances/a%00b"] {
        let none = agent.get(path).await?;
        ensure!(none.status == 404 && none.problem() == "not-found", "{path}: {} {}", none.status, none.body);
    }
    let none = agent.get("/api/records/complaint?q=%00").await?;
    ensure!(none.status == 400, "a search for nothing that is: {} {}", none.status, none.body);
    let none = agent.get("/api/records/complaint/rec_doesnotexist").await?;
    ensure!(none.status == 404, "unknown record: {}", none.body);
    let bad = agent.get("/api/records/complaint?filter=%7Boops").await?;
    ensure!(bad.status == 400 || bad.status == 422, "a filter that is no JSON: {} {}", bad.status, bad.body);
    let bad = agent.get("/api/records/complaint?sort=nothing").await?;
    ensure!(bad.status == 400 || bad.status == 422, "sorted by a field nobody knows: {} {}", bad.status, bad.body);
    let readonly = agent.post("/api/records/complaint", json!({ "data": { "state": "done", "contact": "x" } })).await?;
    ensure!(readonly.status == 422, "the state is the flow's: {}", readonly.body);
    // Without a session, and with one that has ended.
    let nobody = reqwest::get(format!("{base}/api/records/complaint")).await?;
    ensure!(nobody.status() == 401, "without a session: {}", nobody.status());
    let leaving = Person::login(base, "clerk").await?;
    let out = leaving.post("/api/logout", json!(null)).await?;
    ensure!(out.status == 204, "logout: {}", out.body);
    let after = leaving.get("/api/session").await?;
    ensure!(after.status == 401 && after.problem() == "not-logged-in", "after it: {} {}", after.status, after.body);
    // It goes on.
    ensure!(agent.get("/api/session").await?.status == 200);
    Ok(())
}

pub async fn nobody_reads_what_is_not_theirs(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let finance = Person::login(base, "rep").await?;
    let secret = "仅客服可见的事由甲乙丙";
    let made = agent.post("/api/records/complaint", json!({ "data": complaint(secret) })).await?;
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    let paths = [
        "/api/records/complaint".to_owned(),
        format!("/api/records/complaint/{id}"),
        format!("/api/records/complaint/{id}/history"),
        format!("/api/records/complaint?q={secret}"),
        format!("/api/lookup/complaint?q={secret}"),
        "/api/boards/complaint/kanban".to_owned(),
        format!("/api/instances?record={id}"),
        "/api/tasks?box=all".to_owned(),
    ];
    for path in paths {
        let answer = finance.get(&path).await?;
        let text = answer.body.to_string();
        ensure!(
            !text.contains(&id) && !text.contains(secret),
            "a sales rep gets it by {path}: {} {text}",
            answer.status
        );
    }
    for (method, path) in
        [("studio", "/api/studio/packs"), ("users", "/api/admin/users"), ("audit", "/api/admin/audit")]
    {
        let answer = agent.get(path).await?;
        ensure!(answer.status == 403, "an agent gets {method}: {} {}", answer.status, answer.body);
    }
    Ok(())
}

//! Comments: said, changed, taken back, heard of, and not by everybody.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

use super::complaint;

async fn made(agent: &Person, facts: &str) -> Result<String> {
    let made = agent.post("/api/records/complaint", json!({ "data": complaint(facts) })).await?;
    ensure!(made.status == 201, "create: {}", made.body);
    Ok(made.body["id"].as_str().context("an id")?.to_owned())
}

pub async fn what_is_said_about_a_record(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let admin = Person::login(base, "admin").await?;
    let id = made(&agent, "评论样本").await?;
    let path = format!("/api/records/complaint/{id}/comments");

    let offered = agent.get(&format!("/api/records/complaint/{id}/readers?q={}", manager.session.login)).await?;
    ensure!(offered.body[0]["id"] == json!(manager.session.user), "who may read is offered: {}", offered.body);

    let mut live = manager.stream("/api/live").await?;
    let text = format!("@{} 请看一下这件投诉", manager.session.name);
    let said = agent.post(&path, json!({ "text": format!("  {text}\n"), "mentions": [manager.session.user] })).await?;
    ensure!(said.status == 201 && said.body["text"] == json!(text) && said.body["mine"] == true, "said: {}", said.body);
    let comment = said.body["id"].as_str().context("an id")?.to_owned();

    // Told at once, with a way there.
    let mut heard = String::new();
    while !(heard.contains(&id) && heard.contains("notice")) {
        let part = tokio::time::timeout(Duration::from_secs(10), live.chunk())
            .await
            .context(heard.clone())??
            .context("the stream ended")?;
        heard.push_str(&String::from_utf8_lossy(&part));
    }
    let notices = manager.get("/api/notices").await?;
    let notice = &notices.body[0];
    ensure!(notice["link"] == json!(format!("/records/complaint/{id}?tab=history")), "notice: {notice}");
    ensure!(notice["title"].as_str().is_some_and(|it| it.contains(&agent.session.name)), "notice: {notice}");

    let read = manager.get(&path).await?;
    ensure!(read.body[0]["text"] == json!(text) && read.body[0]["mine"] == false, "read: {}", read.body);
    ensure!(read.body[0]["mentions"][&manager.session.user] == json!(manager.session.name));

    // One's own can be changed and taken back, by nobody else; whoever was told is not told again.
    let own = format!("{path}/{comment}");
    ensure!(manager.put(&own, json!({ "text": "别人的话" })).await?.status == 403);
    let changed = agent.put(&own, json!({ "text": format!("{text}！"), "mentions": [manager.session.user] })).await?;
    ensure!(changed.status == 200 && changed.body["edited_at"].is_string(), "changed: {}", changed.body);
    let again = manager.get("/api/notices").await?;
    ensure!(again.body[0]["id"] == notice["id"], "told once: {}", again.body[0]);
    ensure!(manager.delete(&own).await?.status == 403);
    ensure!(agent.delete(&own).await?.status == 204);
    let gone = manager.get(&path).await?;
    ensure!(
        gone.body[0]["removed"] == true && gone.body[0]["text"] == "",
        "only that there was one is left: {}",
        gone.body
    );
    ensure!(agent.put(&own, json!({ "text": "又来了" })).await?.status == 404);
    // An administrator clears away what must not stand there.
    let bad = manager.post(&path, json!({ "text": "不合适的话" })).await?;
    ensure!(admin.delete(&format!("{path}/{}", bad.body["id"].as_str().unwrap_or_default())).await?.status == 204);

    // A comment is no change of the record, and goes with nobody else's record.
    let version = agent.get(&format!("/api/records/complaint/{id}")).await?.body["version"].clone();
    agent.post(&path, json!({ "text": "一" })).await?;
    ensure!(agent.get(&format!("/api/records/complaint/{id}")).await?.body["version"] == version);
    let other = made(&agent, "另一件").await?;
    ensure!(
        agent.put(&format!("/api/records/complaint/{other}/comments/{comment}"), json!({ "text": "x" })).await?.status
            == 404
    );
    Ok(())
}

pub async fn who_may_not_read_is_not_mentioned(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let rep = Person::login(base, "rep").await?;
    let portal = Person::login(base, "portal").await?;
    let id = made(&agent, "不给别人看的投诉").await?;
    let path = format!("/api/records/complaint/{id}/comments");
    for (says, body) in [
        ("somebody without the right", json!({ "text": "@x", "mentions": [rep.session.user] })),
        ("somebody from outside", json!({ "text": "@x", "mentions": [portal.session.user] })),
        ("nobody at all", json!({ "text": "@x", "mentions": ["usr_nobody"] })),
    ] {
        let refused = agent.post(&path, body).await?;
        ensure!(
            refused.status == 422 && refused.body["fields"][0]["code"] == "cannot-read",
            "{says}: {} {}",
            refused.status,
            refused.body
        );
    }
    for (says, body, code) in [
        ("nothing", json!({ "text": " \n" }), "required"),
        ("too much", json!({ "text": "长".repeat(4_001) }), "maxLength"),
    ] {
        let refused = agent.post(&path, body).await?;
        ensure!(
            refused.status == 422 && refused.body["fields"][0]["code"] == code,
            "{says}: {} {}",
            refused.status,
            refused.body
        );
    }
    ensure!(agent.post(&path, json!({ "text": "x", "to": "y" })).await?.status == 400, "unknown fields are refused");
    let offered = agent.get(&format!("/api/records/complaint/{id}/readers?q={}", rep.session.login)).await?;
    ensure!(!offered.body.to_string().contains(&rep.session.user), "not offered either: {}", offered.body);
    // Who does not read the record hears nothing of what is said, and says nothing; people from outside never do.
    for who in [&rep, &portal] {
        for answer in [
            who.get(&path).await?,
            who.post(&path, json!({ "text": "x" })).await?,
            who.get(&format!("/api/records/complaint/{id}/readers?q=")).await?,
        ] {
            ensure!(matches!(answer.status, 403 | 404), "{}: {} {}", who.session.login, answer.status, answer.body);
        }
    }
    let none: Value = agent.get(&path).await?.body;
    ensure!(none == json!([]), "nothing half-written: {none}");
    Ok(())
}

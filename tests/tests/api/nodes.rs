//! Two servers on one database: what is done at one is seen at the other.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tests::client::Person;
use tests::server::Server;

use super::complaint;

/// Waits on a stream of live updates for one that `wanted` likes.
async fn told(stream: &mut reqwest::Response, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
    let mut text = String::new();
    let read = async {
        while let Some(chunk) = stream.chunk().await? {
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some((event, rest)) = text.clone().split_once("\n\n") {
                text = rest.to_owned();
                let data = event.lines().filter_map(|it| it.strip_prefix("data:")).collect::<String>();
                let Ok(live) = serde_json::from_str::<Value>(data.trim()) else { continue };
                if wanted(&live) {
                    return Ok(live);
                }
            }
        }
        bail!("the stream has ended")
    };
    tokio::time::timeout(Duration::from_secs(60), read).await.context("nothing was told")?
}

pub async fn what_is_done_at_one_is_seen_at_the_other(here: &Server, there: &Server) -> Result<()> {
    let agent = Person::login(&here.url(), "agent").await?;
    let manager = Person::login(&there.url(), "manager").await?;
    let mut live = manager.stream("/api/live").await?;
    told(&mut live, |it| it.to_string().contains("openTasks") || it.to_string().contains("open_tasks"))
        .await
        .context("the first word")?;

    let made = agent.post("/api/records/complaint", json!({ "data": complaint("两台服务器") })).await?;
    ensure!(made.status == 201, "create: {}", made.body);
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    told(&mut live, |it| it.to_string().contains(&id)).await.context("a record made at the other server")?;

    // A person changed at one server has the new rights at the other, and sessions end everywhere.
    let admin = Person::login(&here.url(), "admin").await?;
    let users = admin.get("/api/admin/users").await?;
    let manager_id = manager.session.user.clone();
    ensure!(users.body.to_string().contains(&manager_id), "users: {}", users.body);
    let off = admin.patch(&format!("/api/admin/users/{manager_id}"), json!({ "disabled": true })).await?;
    ensure!(off.status == 200, "disable: {}", off.body);
    let until = std::time::Instant::now() + Duration::from_secs(60);
    while manager.get("/api/session").await?.status != 401 {
        ensure!(std::time::Instant::now() < until, "a disabled person is still served by the other server");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

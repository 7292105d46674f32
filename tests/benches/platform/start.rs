//! How fast a second start is ready, and how much memory it takes: at first, and after a while of work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tests::client::Person;
use tests::server::{Database, Server};

/// Starts with the demo company, kills it, starts again on the same records; then works for a while.
pub async fn measure() -> Result<()> {
    let mut server = Server::demo(Database::Sqlite)?;
    let mut best = f64::MAX;
    for _ in 0..3 {
        server.kill();
        let before = Instant::now();
        server.up()?;
        best = best.min(before.elapsed().as_secs_f64());
    }
    super::row(
        "second start, process to /health/ready",
        format!("{:.0} ms", best * 1000.0),
        "1000 ms".to_owned(),
        best,
        "≤ 1.00",
    );
    memory(&server, "resident memory after it");
    // Everything a day's work touches: making, listing, searching, opening, the inbox, a board, the studio, a plugin.
    let agent = Arc::new(Person::login(&server.url(), "agent").await?);
    let manager = Arc::new(Person::login(&server.url(), "manager").await?);
    let admin = Person::login(&server.url(), "admin").await?;
    let met = super::load::run(8, Duration::from_secs(8), move |_| {
        let (agent, manager) = (agent.clone(), manager.clone());
        async move {
            let made = agent.post("/api/records/complaint", super::save::complaint()).await?;
            anyhow::ensure!(made.status == 201, "{}", made.body);
            let id = made.body["id"].as_str().unwrap_or_default().to_owned();
            for path in [
                format!("/api/records/complaint/{id}"),
                format!("/api/records/complaint/{id}/history"),
                "/api/records/complaint?q=设备&count=true".to_owned(),
                "/api/tasks?box=all".to_owned(),
                "/api/boards/complaint/kanban".to_owned(),
                "/api/modules/complaint".to_owned(),
            ] {
                let status = manager.raw(&path).await?;
                anyhow::ensure!(status == 200, "{path}: {status}");
            }
            Ok(())
        }
    })
    .await?;
    for pack in ["core-crm", "service"] {
        let path = format!("/api/studio/packs/{pack}");
        let files = admin.get(&path).await?;
        anyhow::ensure!(files.status == 200, "{}", files.body);
        let draft = json!({ "base": files.body["hash"], "revision": files.body["draft_revision"], "files": {} });
        admin.put(&format!("{path}/draft"), draft).await?;
    }
    memory(&server, &format!("  and after {} rounds of work", met.count));
    Ok(())
}

fn memory(server: &Server, what: &str) {
    let (resident, own) = server.pid().map_or((0, 0), |pid| (status(pid, "VmRSS:"), status(pid, "RssAnon:")));
    super::row(what, format!("{resident} MB"), format!("100 MB ({own} MB its own)"), resident as f64 / 100.0, "≤ 1.00");
}

/// A line of a process's status, in MB.
fn status(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse::<u64>().ok()).unwrap_or_default() / 1024
}

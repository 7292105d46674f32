//! Pulls the plug: the server is killed (SIGKILL) at random moments of a scripted load and started again on the same
//! records. Every step that was acknowledged is there, and none is there twice. The seed is printed; `TEST_SEED` repeats it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tests::client::Person;
use tests::server::{Database, Server};

/// How often the plug is pulled; `CRASH_ROUNDS` says otherwise.
const ROUNDS: usize = 6;

/// What the server has acknowledged, by the key the client gave the request.
#[derive(Default)]
struct Acknowledged {
    /// Key → record id.
    created: BTreeMap<String, String>,
    /// Keys of complaints whose first task was completed.
    completed: BTreeMap<String, String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    crash(Database::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() -> Result<()> {
    let Some(url) = tests::postgres::fresh_database() else { return Ok(()) };
    crash(Database::Postgres(url)).await
}

async fn crash(database: Database) -> Result<()> {
    let seed = std::env::var("TEST_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or_else(rand::random::<u64>);
    let rounds = std::env::var("CRASH_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(ROUNDS);
    println!("TEST_SEED={seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let mut server = Server::demo(database)?;
    let known = Arc::new(Mutex::new(Acknowledged::default()));
    for round in 0..rounds {
        let base = server.url();
        let load: Vec<_> = (0..4)
            .map(|worker| tokio::spawn(work(base.clone(), format!("{seed}-{round}-{worker}"), known.clone())))
            .collect();
        tokio::time::sleep(Duration::from_millis(chance.random_range(300..1_500))).await;
        server.kill();
        for it in load {
            it.await?;
        }
        server.up().with_context(|| format!("start {round} after the crash, TEST_SEED={seed}"))?;
        check(&server, &known)
            .await
            .with_context(|| format!("round {round}, TEST_SEED={seed}\n{}", server.printed()))?;
    }
    let known = known.lock().map_err(|_| anyhow::anyhow!("a worker panicked"))?;
    ensure!(known.created.len() > rounds, "the load was too small to show anything: {} records", known.created.len());
    println!(
        "{} records and {} steps acknowledged over {rounds} crashes, all there once",
        known.created.len(),
        known.completed.len()
    );
    Ok(())
}

/// Files complaints and completes their first task until the server is gone.
async fn work(base: String, prefix: String, known: Arc<Mutex<Acknowledged>>) {
    let Ok(agent) = Person::login(&base, "agent").await else { return };
    for nth in 0.. {
        let key = format!("{prefix}-{nth}");
        let Ok(made) = agent.post("/api/records/complaint", file(&key)).await else { return };
        if made.status != 201 {
            continue;
        }
        let id = made.body["id"].as_str().unwrap_or_default().to_owned();
        if let Ok(mut known) = known.lock() {
            known.created.insert(key.clone(), id.clone());
        }
        let Some(task) = made.body["tasks"][0]["id"].as_str() else { continue };
        let ask = json!({ "outcome": "forward", "data": {}, "version": made.body["version"], "comment": "" });
        let Ok(done) = agent.post(&format!("/api/tasks/{task}/complete"), ask).await else { return };
        if done.status < 300
            && let Ok(mut known) = known.lock()
        {
            known.completed.insert(key, id);
        }
    }
}

fn file(key: &str) -> Value {
    json!({ "once": key, "data": { "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality",
        "facts": format!("断电测试 {key}"), "demand": "更换", "severity": "s2", "region": "320506" } })
}

async fn check(server: &Server, known: &Mutex<Acknowledged>) -> Result<()> {
    let agent = Person::login(&server.url(), "agent").await?;
    let manager = Person::login(&server.url(), "manager").await?;
    let (created, completed) = known
        .lock()
        .map(|it| (it.created.clone(), it.completed.clone()))
        .map_err(|_| anyhow::anyhow!("a worker panicked"))?;
    let mut numbers = BTreeMap::new();
    for (key, id) in &created {
        let again = agent.post("/api/records/complaint", file(key)).await?;
        ensure!(
            again.body["id"].as_str() == Some(id),
            "{key} was acknowledged as {id}, the same request now answers {}",
            again.body
        );
        let record = manager.get(&format!("/api/records/complaint/{id}")).await?;
        ensure!(record.status == 200, "{key}: {id} is gone: {}", record.body);
        let number = record.body["data"]["code"].as_str().unwrap_or_default().to_owned();
        ensure!(numbers.insert(number.clone(), id).is_none(), "the number {number} was given twice");
        ensure!(
            record.body["instances"].as_array().map(Vec::len) == Some(1),
            "{key}: expected one flow, came {}",
            record.body["instances"]
        );
        let open = record.body["tasks"].as_array().map_or(0, Vec::len);
        ensure!(open == 1, "{key}: expected one open task, came {}", record.body["tasks"]);
        let history = manager.get(&format!("/api/records/complaint/{id}/history")).await?;
        let accepted = history
            .body
            .as_array()
            .into_iter()
            .flatten()
            .filter(|it| it["kind"] == "task" && it["info"]["node"] == "accept")
            .count();
        ensure!(accepted <= 1, "{key}: the step was done {accepted} times: {}", history.body);
        if completed.contains_key(key) {
            ensure!(accepted == 1, "{key}: the acknowledged step is not in the history: {}", history.body);
            ensure!(
                record.body["data"]["state"] == "forwarded",
                "{key}: the step was acknowledged, the record stands at {}",
                record.body["data"]["state"]
            );
        }
    }
    Ok(())
}

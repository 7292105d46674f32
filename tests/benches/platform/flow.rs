//! Whole instances of a flow with one task of a person: made, completed, ended; by many clients at once. Beside them
//! the very rows they wrote, inserted in batches by hand.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::server::{Database, Server};

use super::bare::Bare;
use super::wire::{Seat, Wire};

/// A pack of one module and one flow with one task.
fn write(folder: &Path) -> Result<()> {
    let step = |id: &str, from: &str, to: &str| json!({ "id": id, "type": "sequenceFlow", "sourceRef": from, "targetRef": to });
    let files: [(&str, Value); 4] = [
        (
            "pack.json",
            json!({ "format": 1, "id": "note", "version": "1.0.0", "title": "Notes", "description": "", "language": "en", "platform": ">=0.1",
                "roles": [{ "id": "r_writer", "key": "agent", "title": "Writer" }] }),
        ),
        (
            "modules/note/module.json",
            json!({ "format": 1, "id": "m_note", "key": "note", "title": "Note", "label": "text",
                "rights": [{ "role": "agent", "actions": ["create", "read", "update"], "scope": "all" }],
                "triggers": [{ "id": "t", "on": "created", "flow": "note" }] }),
        ),
        (
            "modules/note/schema.json",
            json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": "Note",
                "properties": { "text": { "type": "string", "title": "Text", "x-id": "f_1" } } }),
        ),
        (
            "flows/note/flow.json",
            json!({ "format": 1, "id": "p_note", "key": "note", "name": "Note", "module": "note", "flowElements": [
                { "id": "start", "type": "startEvent" },
                { "id": "look", "name": "Look", "type": "userTask", "performer": { "roles": ["agent"] }, "outcomes": [{ "id": "done", "title": "Done" }] },
                { "id": "end", "type": "endEvent" }, step("f1", "start", "look"), step("f2", "look", "end")] }),
        ),
    ];
    for (path, body) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        std::fs::write(path, body.to_string())?;
    }
    Ok(())
}

/// A server that knows the pack, with the demo company.
fn served(database: Database) -> Result<Server> {
    let pack = tempfile::tempdir()?;
    write(pack.path())?;
    Server::demo_with_folder(database, pack.path())
}

/// What of an answer the next request needs.
#[derive(Deserialize)]
struct Made<'a> {
    version: i64,
    #[serde(borrow)]
    tasks: Vec<Opened<'a>>,
}

#[derive(Deserialize)]
struct Opened<'a> {
    id: &'a str,
}

/// One instance, from its record's making to its end; how long each of the two saves took.
async fn once(wire: &mut Wire) -> Result<[Duration; 2]> {
    let before = Instant::now();
    let (status, answer) = wire.post("/api/records/note", br#"{"data":{"text":"look at this"}}"#).await?;
    ensure!(status == 201, "{status} {}", String::from_utf8_lossy(answer));
    let first = before.elapsed();
    let made: Made = serde_json::from_slice(answer)?;
    let task = made.tasks.first().context("a task")?.id;
    let (path, version) = (format!("/api/tasks/{task}/complete"), made.version);
    let body = format!(r#"{{"outcome":"done","data":{{}},"version":{version},"comment":""}}"#);
    let before = Instant::now();
    let (status, answer) = wire.post(&path, body.as_bytes()).await?;
    ensure!(status < 300, "{status} {}", String::from_utf8_lossy(answer));
    Ok([first, before.elapsed()])
}

pub async fn measure() -> Result<()> {
    on("SQLite", Database::Sqlite).await?;
    match tests::postgres::fresh_database() {
        Some(url) => on("PostgreSQL", Database::Postgres(url)).await?,
        None => println!("  no PostgreSQL: not measured there"),
    }
    Ok(())
}

async fn on(name: &str, database: Database) -> Result<()> {
    let server = served(database.clone())?;
    let agent = Seat::take(&server.url(), "agent").await?;
    let bare = match &database {
        Database::Sqlite => Bare::sqlite(&server.database_file()).await?,
        Database::Postgres(url) => Bare::postgres(url).await?,
    };
    alone(name, &mut Wire::open(&agent).await?, &bare).await?;
    for clients in [8, 256] {
        let before = bare.counts().await?;
        let wires = agent.wires(clients).await?;
        let met = super::load::run(clients, Duration::from_secs(8), move |worker| {
            let wires = wires.clone();
            async move { once(&mut *wires[worker].lock().await).await.map(|_| ()) }
        })
        .await?;
        let rows = bare.rows(&before).await?;
        let written: usize = rows.iter().map(|(_, rows)| rows.len()).sum();
        let hand = bare.write(&rows, met.count).await?;
        super::row(
            &format!("instances with one task, {clients} clients, {name}"),
            format!("{:.0} /s", met.per_second),
            format!("{hand:.0} /s bare inserts"),
            met.per_second / hand,
            "≥ 0.60 at 256",
        );
        println!(
            "  {:.1} rows each; p99 {:.1} ms for making and completing; the load itself kept {:.2} processors busy",
            written as f64 / met.count as f64,
            met.p99.as_secs_f64() * 1e3,
            met.cores
        );
    }
    Ok(())
}

/// One client alone: what a save takes beside one commit of a bare row, in turns.
async fn alone(name: &str, wire: &mut Wire, bare: &Bare) -> Result<()> {
    let (mut saves, mut commits) = (Vec::new(), Vec::new());
    for round in 0..250 {
        let before = Instant::now();
        bare.commit(round).await?;
        let commit = before.elapsed();
        let both = once(wire).await?;
        // The first ones warm caches and connections.
        if round >= 50 {
            commits.push(commit);
            saves.extend(both);
        }
    }
    saves.sort_unstable();
    commits.sort_unstable();
    let (save, commit) = (saves[saves.len() / 2].as_secs_f64() * 1e3, commits[commits.len() / 2].as_secs_f64() * 1e3);
    super::row(
        &format!("a step of an instance, p50, one client, {name}"),
        format!("{save:.2} ms"),
        format!("{commit:.2} ms bare commit"),
        save / commit,
        "≤ 1.20",
    );
    Ok(())
}

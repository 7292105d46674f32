//! Whole instances of a flow with one task of a person: made, completed, ended; by many clients at once.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;
use tests::server::{Database, Server, binary};

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

pub async fn measure() -> Result<()> {
    let mut server = Server::demo(Database::Sqlite)?;
    let pack = tempfile::tempdir()?;
    write(pack.path())?;
    server.kill();
    let data = server.database_file();
    let data = data.parent().context("the data folder")?;
    let out = Command::new(binary()?).args(["pack", "install"]).arg(pack.path()).arg("--data").arg(data).output()?;
    ensure!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    server.up()?;
    let agent = Arc::new(Person::login(&server.url(), "agent").await?);
    for clients in [8, 256] {
        let agent = agent.clone();
        let met = super::load::run(clients, Duration::from_secs(8), move |_| {
            let agent = agent.clone();
            async move {
                let made = agent.post("/api/records/note", json!({ "data": { "text": "look at this" } })).await?;
                ensure!(made.status == 201, "{}", made.body);
                let task = made.body["tasks"][0]["id"].as_str().context("a task")?.to_owned();
                let done = agent.post(&format!("/api/tasks/{task}/complete"), json!({ "outcome": "done", "data": {}, "version": made.body["version"], "comment": "" })).await?;
                ensure!(done.status < 300, "{} {}", done.status, done.body);
                Ok(())
            }
        })
        .await?;
        super::row(
            &format!("instances with one task, {clients} clients"),
            format!("{:.0} /s", met.per_second),
            "2000 /s".to_owned(),
            met.per_second / 2000.0,
            "≥ 1.00",
        );
        println!("  p99 {:.1} ms for making and completing", met.p99.as_secs_f64() * 1e3);
    }
    Ok(())
}

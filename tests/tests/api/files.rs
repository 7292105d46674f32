//! Attached files: in, into a record, out again by who may.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tests::client::Person;

use super::complaint;

pub async fn files_go_with_their_record(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let rep = Person::login(base, "rep").await?;
    let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 100_000]].concat();
    let sent = agent.upload("铭牌 照片.png", picture.clone()).await?;
    ensure!(
        sent.status == 201 && sent.body["media"] == "image/png" && sent.body["size"] == json!(picture.len()),
        "upload: {}",
        sent.body
    );
    let file = sent.body["id"].as_str().context("an id")?.to_owned();
    let path = format!("/api/files/{file}");

    // Before it is in a record it is its uploader's alone: to read, and to put anywhere.
    ensure!(agent.bytes(&path).await?.1 == picture);
    ensure!(manager.get(&path).await?.status == 404);
    let mut data = complaint("带附件的投诉");
    data["files"] = json!([file]);
    let stolen = manager.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(
        stolen.status == 422 && stolen.body["fields"][0]["code"] == "no-such-file",
        "somebody else's file: {} {}",
        stolen.status,
        stolen.body
    );
    let made = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(made.status == 201, "create: {}", made.body);
    ensure!(
        made.body["labels"][&file] == "铭牌 照片.png (98 KB)",
        "files are called by their names: {}",
        made.body["labels"]
    );
    let id = made.body["id"].as_str().context("an id")?;

    let (headers, content) = manager.bytes(&path).await?;
    ensure!(content == picture, "who reads the record reads its files");
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    ensure!(
        header("content-disposition").starts_with("attachment; filename*=UTF-8''%E9%93%AD")
            && header("x-content-type-options") == "nosniff",
        "{headers:?}"
    );
    ensure!(header("content-type") == "application/octet-stream", "{headers:?}");
    let (headers, _) = manager.bytes(&format!("{path}?show=true")).await?;
    ensure!(headers.get("content-type").is_some_and(|it| it == "image/png"), "{headers:?}");
    ensure!(
        headers.get("content-security-policy").is_some_and(|it| it.to_str().is_ok_and(|it| it.contains("default-src"))),
        "{headers:?}"
    );
    ensure!(rep.get(&path).await?.status == 404, "and nobody else");

    // It stays with its record: not for a second one, not to be thrown away.
    let again = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(again.status == 422, "twice: {} {}", again.status, again.body);
    ensure!(agent.delete(&path).await?.status == 404);
    let history = agent.get(&format!("/api/records/complaint/{id}/history")).await?;
    ensure!(history.body.to_string().contains("铭牌 照片.png (98 KB)"), "its name is in the history: {}", history.body);

    // A text that looks like a file is none.
    let mut text = complaint("没有附件");
    text["remark"] = json!(sent.body["id"]);
    ensure!(agent.post("/api/records/complaint", json!({ "data": text })).await?.status == 201);

    // Not put anywhere it can be thrown away at once.
    let other = agent.upload("多余.pdf", "%PDF-1.7").await?;
    let other = format!("/api/files/{}", other.body["id"].as_str().unwrap_or_default());
    ensure!(
        manager.delete(&other).await?.status == 404
            && agent.delete(&other).await?.status == 204
            && agent.get(&other).await?.status == 404
    );
    Ok(())
}

pub async fn a_file_is_taken_by_the_rule_of_its_field(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    // A page is never shown, whatever it is called, and not taken by a field for pictures and letters.
    let page = agent.upload("page.html", "<script>alert(1)</script>").await?;
    let path = format!("/api/files/{}?show=true", page.body["id"].as_str().unwrap_or_default());
    let (headers, _) = agent.bytes(&path).await?;
    ensure!(headers.get("content-type").is_some_and(|it| it == "application/octet-stream"), "{headers:?}");
    ensure!(
        headers.get("content-disposition").is_some_and(|it| it.to_str().is_ok_and(|it| it.starts_with("attachment"))),
        "{headers:?}"
    );
    let mut data = complaint("附件类型不对");
    data["files"] = json!([page.body["id"]]);
    let refused = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(
        refused.status == 422
            && refused.body["fields"][0]["code"] == "file-type"
            && refused.body["fields"][0]["pointer"] == "/files",
        "{} {}",
        refused.status,
        refused.body
    );
    data["files"] = json!(["fil_nothing", "../../etc/passwd"]);
    let refused = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(
        refused.status == 422 && refused.body["fields"][0]["code"] == "no-such-file",
        "{} {}",
        refused.status,
        refused.body
    );

    for name in ["..", "", "/"] {
        let nameless = agent.upload(name, "x").await?;
        ensure!(
            nameless.status == 400 && nameless.problem() == "malformed",
            "{name:?}: {} {}",
            nameless.status,
            nameless.body
        );
    }
    let there = agent.upload("../../../etc/cron.d/x.pdf", "%PDF-1.7").await?;
    ensure!(there.body["name"] == "x.pdf", "no path gets in: {}", there.body);
    for path in ["/api/files/..%2F..%2Fflowloom.db", "/api/files/fil_nothing", "/api/files/%00"] {
        let none = agent.get(path).await?;
        ensure!(none.status == 404, "{path}: {} {}", none.status, none.body);
    }
    ensure!(agent.get("/api/session").await?.status == 200, "the server goes on");
    Ok(())
}

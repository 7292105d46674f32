//! What the API answers is what its OpenAPI document says it answers.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

use super::complaint;

/// Never ends, or is no JSON.
const OTHERS: [&str; 1] = ["/api/live"];

pub async fn answers_are_as_documented(base: &str) -> Result<()> {
    let (admin, agent) = (Person::login(base, "admin").await?, Person::login(base, "agent").await?);
    let made = agent.post("/api/records/complaint", json!({ "data": complaint("合同：接口说明") })).await?;
    ensure!(made.status == 201, "a complaint: {}", made.body);
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let (record, version) = (text(&made.body["id"]), made.body["version"].clone());
    let (task, instance) = (text(&made.body["tasks"][0]["id"]), text(&made.body["instances"][0]["id"]));
    // A history with a value that was blank before, and one that is no text.
    let change = json!({ "version": version, "data": { "remark": "补充", "severity": "s1" } });
    let changed = agent.patch(&format!("/api/records/complaint/{record}"), change).await?;
    ensure!(changed.status == 200, "changed: {}", changed.body);

    let document = admin.get("/api/openapi.json").await?.body;
    let mut asked = Vec::new();
    for (template, methods) in document["paths"].as_object().context("paths")? {
        let fits = !template.contains('{') && methods.get("get").is_some() && !OTHERS.contains(&template.as_str());
        if fits {
            asked.push((template.clone(), template.clone()));
        }
    }
    ensure!(asked.len() >= 20, "the document names what can be asked: {asked:?}");
    for (template, path) in [
        ("/api/records/{module}/{id}/history", format!("/api/records/complaint/{record}/history")),
        ("/api/records/{module}/{id}/comments", format!("/api/records/complaint/{record}/comments")),
        ("/api/modules/{module}", "/api/modules/complaint".to_owned()),
        ("/api/lookup/{module}", "/api/lookup/customer?q=".to_owned()),
        ("/api/tasks/{id}", format!("/api/tasks/{task}")),
        ("/api/instances/{id}", format!("/api/instances/{instance}")),
        ("/api/flows/{flow}/watch", "/api/flows/complaint/watch".to_owned()),
        ("/api/studio/packs/{pack}", "/api/studio/packs/service".to_owned()),
    ] {
        asked.push((template.to_owned(), path));
    }
    let mut wrong = Vec::new();
    for (template, path) in asked {
        let answers = &document["paths"][&template]["get"]["responses"];
        ensure!(answers.is_object(), "{template} is documented");
        let Some(schema) = answers.pointer("/200/content/application~1json/schema") else { continue };
        // What needs more than it has here is refused, as documented for all.
        let came = admin.get(&path).await?;
        if came.status != 200 {
            ensure!(answers.get("default").is_some(), "{path}: {} is not documented", came.status);
            continue;
        }
        let root = json!({ "allOf": [schema], "components": document["components"] });
        let validator = jsonschema::draft202012::new(&root).with_context(|| template.clone())?;
        let faults: Vec<String> =
            validator.iter_errors(&came.body).take(3).map(|it| format!("{}: {it}", it.instance_path())).collect();
        if !faults.is_empty() {
            wrong.push(format!("{path}: {}", faults.join("; ")));
        }
    }
    ensure!(wrong.is_empty(), "answers that are not as documented:\n{}", wrong.join("\n"));
    Ok(())
}

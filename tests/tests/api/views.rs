//! Lists kept under a name, and what stands above what.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

fn names(of: &Value) -> Vec<&str> {
    of.as_array().into_iter().flatten().filter_map(|it| it["title"].as_str()).collect()
}

/// One's own are one's own; shared with a role, its people see them and cannot change them.
pub async fn a_list_is_kept_and_shared(base: &str) -> Result<()> {
    let (manager, agent, clerk) = (
        Person::login(base, "manager").await?,
        Person::login(base, "agent").await?,
        Person::login(base, "clerk").await?,
    );
    let path = "/api/views/complaint";
    let kept = manager.post(path, json!({ "title": " 重大投诉 ", "query": "?f=severity:in:s1&sort=-code" })).await?;
    ensure!(kept.status == 201, "kept: {}", kept.body);
    ensure!(
        kept.body["title"] == "重大投诉" && kept.body["query"] == "f=severity:in:s1&sort=-code",
        "as it was asked: {}",
        kept.body
    );
    ensure!(names(&agent.get(path).await?.body).is_empty(), "nobody else sees it");
    let id = kept.body["id"].as_str().unwrap_or_default();
    let one = format!("{path}/{id}");

    let foreign = manager.put(&one, json!({ "title": "重大投诉", "query": "", "roles": ["agent"] })).await?;
    ensure!(
        foreign.status == 422 && foreign.body["fields"][0]["pointer"] == "/roles",
        "not with a role one does not hold: {}",
        foreign.body
    );
    let admin = Person::login(base, "admin").await?;
    let shared = admin
        .post(path, json!({ "title": "待处理", "query": "f=state:in:processing", "roles": ["agent", "svc"] }))
        .await?;
    ensure!(shared.status == 201, "an administrator shares with any role: {}", shared.body);
    for person in [&agent, &clerk] {
        let seen = person.get(path).await?.body;
        ensure!(
            names(&seen) == ["待处理"] && seen[0]["mine"] == false && seen[0]["owner_name"] == "韩雪",
            "shared: {seen}"
        );
    }
    let theirs = format!("{path}/{}", shared.body["id"].as_str().unwrap_or_default());
    ensure!(agent.delete(&theirs).await?.status == 403, "seen is not owned");
    ensure!(agent.delete(&one).await?.status == 404, "what is not shared is not there");
    ensure!(agent.put(&one, json!({ "title": "x", "query": "" })).await?.status == 404, "nor to be changed");

    for (body, pointer) in [
        (json!({ "title": " ", "query": "" }), "/title"),
        (json!({ "title": "x".repeat(61), "query": "" }), "/title"),
        (json!({ "title": "x", "query": "q=".repeat(3000) }), "/query"),
    ] {
        let refused = manager.post(path, body).await?;
        ensure!(
            refused.status == 422 && refused.body["fields"][0]["pointer"] == pointer,
            "{pointer}: {}",
            refused.body
        );
    }
    let portal = Person::login(base, "portal").await?;
    ensure!(portal.get(path).await?.status == 403, "not in the portal");
    ensure!(manager.get("/api/views/none").await?.status == 404, "no such module");
    ensure!(manager.delete(&one).await?.status == 204, "forgotten");
    ensure!(admin.delete(&theirs).await?.status == 204, "forgotten");
    ensure!(names(&manager.get(path).await?.body).is_empty(), "nothing is left");
    Ok(())
}

/// No customer stands above itself, however many lie between.
pub async fn no_circle_of_parents(base: &str) -> Result<()> {
    let manager = Person::login(base, "manager").await?;
    let mut ids: Vec<String> = Vec::new();
    for (at, name) in
        ["桐岭重工集团有限公司", "桐岭华东装备制造分厂", "昆铭热处理车间", "砺锋二号试制产线"].into_iter().enumerate()
    {
        let mut data =
            json!({ "name": name, "type": "end_user", "region": "320506", "phone": format!("0512-5560770{at}") });
        if let Some(above) = ids.last() {
            data["parent"] = json!(above);
        }
        let made = manager.post("/api/records/customer", json!({ "data": data, "accept_duplicates": true })).await?;
        ensure!(made.status == 201, "{name}: {}", made.body);
        ids.push(made.body["id"].as_str().unwrap_or_default().to_owned());
    }
    let top = format!("/api/records/customer/{}", ids[0]);
    let version = manager.get(&top).await?.body["version"].clone();
    for below in &ids {
        let refused = manager.patch(&top, json!({ "version": version, "data": { "parent": below } })).await?;
        let fault = &refused.body["fields"][0];
        ensure!(
            refused.status == 422 && fault["pointer"] == "/parent" && fault["code"] == "tree-cycle",
            "below {below}: {}",
            refused.body
        );
    }
    let last = format!("/api/records/customer/{}", ids[3]);
    let version = manager.get(&last).await?.body["version"].clone();
    let moved = manager.patch(&last, json!({ "version": version, "data": { "parent": ids[0] } })).await?;
    ensure!(moved.status == 200, "upwards is no circle: {}", moved.body);
    // Two people at the same moment: at most one of two that exclude each other comes through.
    let (one, other) = (format!("/api/records/customer/{}", ids[1]), format!("/api/records/customer/{}", ids[3]));
    let (first, second) =
        (manager.get(&one).await?.body["version"].clone(), manager.get(&other).await?.body["version"].clone());
    let (a, b) = tokio::join!(
        manager.patch(&one, json!({ "version": first, "data": { "parent": ids[3] } })),
        manager.patch(&other, json!({ "version": second, "data": { "parent": ids[1] } })),
    );
    let (a, b) = (a?, b?);
    ensure!((a.status == 200) != (b.status == 200), "one of both: {} {} and {} {}", a.status, a.body, b.status, b.body);
    Ok(())
}

//! One of several: every customer has exactly one primary contact.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

async fn contact(agent: &Person, customer: &str, name: &str, primary: Option<bool>) -> Result<String> {
    let mut data = json!({ "name": name, "customer": customer, "role": "user", "phone": "+86 139 0000 2222" });
    if let Some(primary) = primary {
        data["primary"] = json!(primary);
    }
    let made = agent.post("/api/records/contact", json!({ "data": data })).await?;
    ensure!(made.status == 201, "{name}: {}", made.body);
    Ok(made.body["id"].as_str().context("an id")?.to_owned())
}

async fn customer(agent: &Person, name: &str) -> Result<String> {
    let data = json!({ "name": name, "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "potential", "account_manager": agent.session.user, "phone": "+86 512 6588 9876" });
    let made = agent.post("/api/records/customer", json!({ "data": data, "accept_duplicates": true })).await?;
    ensure!(made.status == 201, "{name}: {}", made.body);
    Ok(made.body["id"].as_str().context("an id")?.to_owned())
}

/// Names of the primary contacts of a customer.
async fn primary(agent: &Person, customer: &str) -> Result<Vec<String>> {
    let filter = json!({ "all": [{ "field": { "field": "customer", "op": "eq", "value": customer } }, { "field": { "field": "primary", "op": "eq", "value": true } }] });
    let filter: String = filter.to_string().bytes().map(|it| format!("%{it:02X}")).collect();
    let page = agent.get(&format!("/api/records/contact?filter={filter}&columns=name,primary")).await?;
    ensure!(page.status == 200, "list: {}", page.body);
    let rows = page.body["rows"].as_array().context("rows")?;
    Ok(rows.iter().filter_map(|it| it["data"]["name"].as_str().map(str::to_owned)).collect())
}

pub async fn a_customer_has_exactly_one_primary_contact(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let admin = Person::login(base, "admin").await?;
    let here = customer(&agent, "无锡蠡湖泵业有限公司").await?;
    let there = customer(&agent, "扬州瘦西湖电机厂").await?;

    // The first is it, said or not; a second that says so takes over.
    let first = contact(&agent, &here, "甲", None).await?;
    ensure!(primary(&agent, &here).await? == ["甲"]);
    let second = contact(&agent, &here, "乙", Some(true)).await?;
    let third = contact(&agent, &here, "丙", None).await?;
    ensure!(primary(&agent, &here).await? == ["乙"]);
    let history = agent.get(&format!("/api/records/contact/{first}/history")).await?;
    let change = &history.body[0];
    ensure!(
        change["changes"][0]["field"] == "primary"
            && change["channel"] == "system"
            && change["by"] == json!(agent.session.user),
        "it is told who relieved whom: {change}"
    );

    let change = async |who: &Person, id: &str, data: Value| {
        let now = who.get(&format!("/api/records/contact/{id}")).await?;
        who.patch(&format!("/api/records/contact/{id}"), json!({ "version": now.body["version"], "data": data })).await
    };
    // Given up, the oldest of the others follows. Who has left cannot be it.
    ensure!(change(&agent, &second, json!({ "primary": false })).await?.status == 200);
    ensure!(primary(&agent, &here).await? == ["甲"]);
    ensure!(change(&agent, &first, json!({ "contact_state": "left" })).await?.status == 200);
    ensure!(primary(&agent, &here).await? == ["乙"]);
    // To another customer it goes with the person, and somebody follows here.
    let elsewhere = contact(&agent, &there, "丁", None).await?;
    ensure!(change(&agent, &second, json!({ "customer": there })).await?.status == 200);
    ensure!(primary(&agent, &here).await? == ["丙"] && primary(&agent, &there).await? == ["乙"]);
    // Deleted, somebody follows too.
    ensure!(admin.delete(&format!("/api/records/contact/{second}")).await?.status == 204);
    ensure!(primary(&agent, &there).await? == ["丁"]);
    // The only one cannot give it up.
    let alone = change(&agent, &third, json!({ "primary": false })).await?;
    ensure!(
        alone.status == 422 && alone.body["fields"][0]["code"] == "nobody-follows",
        "{} {}",
        alone.status,
        alone.body
    );
    ensure!(primary(&agent, &here).await? == ["丙"] && !elsewhere.is_empty());

    // Many at once: still exactly one.
    let names: Vec<String> = (0..12).map(|at| format!("并发{at}")).collect();
    let asks = names.iter().map(|name| contact(&agent, &here, name, Some(true)));
    futures::future::try_join_all(asks).await?;
    ensure!(primary(&agent, &here).await?.len() == 1, "{:?}", primary(&agent, &here).await?);
    Ok(())
}

pub async fn a_customer_and_its_contact_are_saved_together(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let rep = Person::login(base, "rep").await?;
    let data = |name: &str| json!({ "name": name, "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "potential", "account_manager": agent.session.user, "phone": "+86 512 6588 5432" });
    let linked = |data: Value| json!([{ "module": "contact", "field": "customer", "data": data }]);
    let count = async |name: &str| {
        let found = agent.get(&format!("/api/records/customer?q={name}&columns=name&count=true")).await?;
        anyhow::Ok(found.body["total"].as_u64())
    };
    // The contact's faults come back below its place, and nothing at all is stored.
    let broken = agent
        .post(
            "/api/records/customer",
            json!({ "data": data("镇江半山电缆厂"), "linked": linked(json!({ "name": "无电话" })) }),
        )
        .await?;
    let pointers: Vec<&str> =
        broken.body["fields"].as_array().into_iter().flatten().filter_map(|it| it["pointer"].as_str()).collect();
    ensure!(broken.status == 422 && pointers.contains(&"/linked/0/phone"), "{} {}", broken.status, broken.body);
    ensure!(count("镇江半山电缆厂").await? == Some(0), "nothing half-written");
    for (says, it, status) in [
        (
            "a reference that does not point here",
            json!([{ "module": "contact", "field": "reports_to", "data": {} }]),
            400,
        ),
        ("no module", json!([{ "module": "nothing", "field": "customer", "data": {} }]), 404),
        (
            "somebody else's contact",
            json!([{ "module": "contact", "field": "customer", "id": "rec_nobody", "version": 1, "data": {} }]),
            404,
        ),
        ("too many", json!(vec![json!({ "module": "contact", "field": "customer", "data": {} }); 11]), 400),
    ] {
        let refused =
            agent.post("/api/records/customer", json!({ "data": data("镇江半山电缆厂"), "linked": it })).await?;
        ensure!(refused.status == status, "{says}: {} {}", refused.status, refused.body);
    }
    ensure!(count("镇江半山电缆厂").await? == Some(0), "nothing half-written");
    let made = agent.post("/api/records/customer", json!({ "data": data("镇江半山电缆厂"), "linked": linked(json!({ "name": "郑安", "role": "user", "phone": "+86 139 0000 4444" })) })).await?;
    ensure!(made.status == 201, "{}", made.body);
    let id = made.body["id"].as_str().context("an id")?.to_owned();
    ensure!(primary(&agent, &id).await? == ["郑安"], "the first contact is the primary one");

    // Changed there; somebody who meanwhile changed the same field is not overwritten; a customer of somebody else is no way in.
    let filter: String = json!({ "field": { "field": "customer", "op": "eq", "value": id } })
        .to_string()
        .bytes()
        .map(|it| format!("%{it:02X}"))
        .collect();
    let row = agent.get(&format!("/api/records/contact?filter={filter}&columns=name")).await?.body["rows"][0].clone();
    let change = |version: &Value, needs: &str| json!({ "version": made.body["version"], "data": {}, "linked": [{ "module": "contact", "field": "customer", "id": row["id"], "version": version, "data": { "needs": needs } }] });
    let path = format!("/api/records/customer/{id}");
    ensure!(agent.patch(&path, change(&row["version"], "准时交货")).await?.status == 200);
    let second = agent.patch(&path, change(&row["version"], "折扣")).await?;
    ensure!(second.status == 409 && second.problem() == "conflict", "{} {}", second.status, second.body);
    let other = customer(&agent, "泰州凤城铸造厂").await?;
    let elsewhere = agent.patch(&format!("/api/records/customer/{other}"), json!({ "version": 1, "data": {}, "linked": [{ "module": "contact", "field": "customer", "id": row["id"], "version": row["version"], "data": { "needs": "x" } }] })).await?;
    ensure!(elsewhere.status == 404, "{} {}", elsewhere.status, elsewhere.body);
    ensure!(rep.patch(&path, change(&row["version"], "越权")).await?.status >= 403, "rights hold on this way too");
    Ok(())
}

//! Records: entry, conflict, list, numbers, board.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

use super::complaint;

fn customer(name: &str, manager: &str) -> Value {
    json!({ "name": name, "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "potential", "account_manager": manager,
        "phone": "+86 512 6588 1234", "own_products": [{ "name": "减速机", "market": "华东" }] })
}

pub async fn a_customer_and_a_contact(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = agent.session.user.clone();
    let name = "常州云岫传动设备有限公司";
    let made = agent.post("/api/records/customer", json!({ "data": customer(name, &manager) })).await?;
    ensure!(made.status == 201, "customer: {}", made.body);
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    ensure!(made.body["data"]["own_products"][0]["name"] == "减速机");
    // The same name again is found before it is saved twice.
    let again = customer("常州云岫传动设备股份有限公司", &manager);
    let found = agent.post("/api/records/customer/duplicates", json!({ "data": again, "id": null })).await?;
    ensure!(
        found.body[0]["id"] == json!(id) && found.body[0]["score"].as_i64() >= Some(60),
        "duplicates: {}",
        found.body
    );
    let found = agent.get("/api/lookup/customer?q=云岫").await?;
    ensure!(
        found.body[0]["id"] == json!(id),
        "search as you type, without spaces between Chinese words: {}",
        found.body
    );
    // One that belongs to it mentions its name, and is newer: still the one that is called so comes first.
    let mut branch = customer("丹阳齿轮配件厂", &manager);
    branch["parent"] = json!(id);
    let branch = agent.post("/api/records/customer", json!({ "data": branch, "accept_duplicates": true })).await?;
    ensure!(branch.status == 201, "branch: {}", branch.body);
    for asked in [name, "常州云岫", "云岫传动"] {
        let found = agent.get(&format!("/api/lookup/customer?q={asked}")).await?;
        ensure!(found.body[0]["id"] == json!(id), "`{asked}` is found by its name first: {}", found.body);
        let of_branch = found.body.as_array().into_iter().flatten().filter(|it| it["id"] == branch.body["id"]).count();
        ensure!(of_branch == 1, "and once by what is said of it: {}", found.body);
    }
    let contact = json!({ "name": "沈悦", "customer": id, "role": "technical", "phone": "+86 139 0000 1111", "birthday": "1990-05-20" });
    let made = agent.post("/api/records/contact", json!({ "data": contact })).await?;
    ensure!(made.status == 201, "contact: {}", made.body);
    ensure!(made.body["data"]["age"].as_i64().is_some_and(|it| it >= 35), "the age is computed: {}", made.body["data"]);
    let broken = agent.post("/api/records/contact", json!({ "data": { "name": "无客户" } })).await?;
    ensure!(broken.status == 422, "expected 422, came {}: {}", broken.status, broken.body);
    let pointers: Vec<&str> =
        broken.body["fields"].as_array().into_iter().flatten().filter_map(|it| it["pointer"].as_str()).collect();
    for it in ["/customer", "/role", "/phone"] {
        ensure!(pointers.contains(&it), "expected all faults at once, with {it}: {pointers:?}");
    }
    Ok(())
}

pub async fn two_people_change_the_same_field(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let made = agent.post("/api/records/complaint", json!({ "data": complaint("两人同时修改") })).await?;
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("/api/records/complaint/{id}");
    let version = made.body["version"].clone();
    let first =
        manager.patch(&path, json!({ "version": version, "data": { "demand": "退货", "remark": "老客户" } })).await?;
    ensure!(first.status == 200, "first: {}", first.body);
    // Another field of the same old version: no conflict, nothing lost.
    let second = agent.patch(&path, json!({ "version": version, "data": { "contact": "王丽丽" } })).await?;
    ensure!(second.status == 200, "other field: {}", second.body);
    ensure!(second.body["data"]["demand"] == "退货", "both changes stand: {}", second.body["data"]);
    // The same field: told field by field.
    let third = agent.patch(&path, json!({ "version": version, "data": { "demand": "换货" } })).await?;
    ensure!(third.status == 409 && third.problem() == "conflict", "same field: {} {}", third.status, third.body);
    let conflict = &third.body["conflicts"][0];
    ensure!(
        conflict["field"] == "demand" && conflict["yours"] == "换货" && conflict["theirs"] == "退货",
        "conflict: {conflict}"
    );
    Ok(())
}

pub async fn a_list_is_searched_filtered_sorted_and_paged(base: &str) -> Result<()> {
    let manager = Person::login(base, "manager").await?;
    let agent = Person::login(base, "agent").await?;
    for at in 0..7 {
        let mut data = complaint(&format!("分页样本 {at} 螺栓松动"));
        data["severity"] = json!("s4");
        data["category"] = json!("delivery");
        agent.post("/api/records/complaint", json!({ "data": data })).await?;
    }
    let filter = r#"{"all":[{"field":{"field":"severity","op":"eq","value":"s4"}},{"field":{"field":"category","op":"in","value":["delivery","fee"]}}]}"#;
    let filter: String = filter.bytes().map(|it| format!("%{it:02X}")).collect();
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = manager.get(&format!("/api/records/complaint?filter={filter}&sort=code&limit=3{after}&columns=code,severity,category&count=true")).await?;
        ensure!(page.status == 200, "list: {}", page.body);
        for row in page.body["rows"].as_array().into_iter().flatten() {
            ensure!(row["data"]["severity"] == "s4", "filtered: {row}");
            ensure!(row["data"].get("facts").is_none(), "only the columns asked for: {row}");
            seen.push(row["data"]["code"].as_str().unwrap_or_default().to_owned());
        }
        match page.body["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    ensure!(seen.len() >= 7, "all pages: {seen:?}");
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    ensure!(seen == sorted, "sorted, none twice: {seen:?}");
    let found = manager.get("/api/records/complaint?q=螺栓&columns=facts").await?;
    ensure!(found.body["rows"].as_array().is_some_and(|it| it.len() >= 7), "full text: {}", found.body);
    // Moments are compared as moments, whatever way they are written; what is none is told.
    for (op, value, status, some) in [
        ("gt", "2020-01-01T00:00:00+08:00", 200, true),
        ("lt", "2020-01-01T00:00", 200, false),
        ("gt", "2020-01-01", 200, true),
        ("gt", "zz", 400, false),
    ] {
        let filter = json!({ "field": { "field": "created_at", "op": op, "value": value } }).to_string();
        let filter: String = filter.bytes().map(|it| format!("%{it:02X}")).collect();
        let page = manager.get(&format!("/api/records/complaint?filter={filter}")).await?;
        ensure!(page.status == status, "created_at {op} {value}: {}", page.body);
        let any = page.body["rows"].as_array().is_some_and(|it| !it.is_empty());
        ensure!(any == some, "created_at {op} {value}: {}", page.body);
    }
    // A value of a tree stands for everything below it where that is asked for; a field without a tree has no below.
    for (field, op, value, status, some) in [
        ("region", "in", json!(["320000"]), 200, false),
        ("region", "below", json!(["320000"]), 200, true),
        ("region", "below", json!(["north", "east"]), 200, true),
        ("region", "below", json!("320506"), 200, true),
        ("region", "below", json!(["110000"]), 200, false),
        ("region", "below", json!([]), 200, false),
        ("region", "below", json!([1]), 400, false),
        ("severity", "below", json!("s4"), 400, false),
    ] {
        let part = json!({ "field": { "field": field, "op": op, "value": value } });
        let own = json!({ "field": { "field": "severity", "op": "eq", "value": "s4" } });
        let kind = json!({ "field": { "field": "category", "op": "eq", "value": "delivery" } });
        let filter = json!({ "all": [part, own, kind] }).to_string();
        let filter: String = filter.bytes().map(|it| format!("%{it:02X}")).collect();
        let page = manager.get(&format!("/api/records/complaint?filter={filter}")).await?;
        ensure!(page.status == status, "{field} {op} {value}: {}", page.body);
        let any = page.body["rows"].as_array().is_some_and(|it| !it.is_empty());
        ensure!(any == some, "{field} {op} {value}: {}", page.body);
    }
    // Fewer rows than asked for, in silence, would look like all there are.
    for (limit, status) in [("0", 400), ("1", 200), ("500", 200), ("501", 400), ("-1", 400)] {
        for path in ["/api/records/complaint", "/api/tasks", "/api/instances", "/api/lookup/customer"] {
            let status = if path.contains("lookup") && limit == "500" { 400 } else { status };
            let page = manager.get(&format!("{path}?limit={limit}")).await?;
            ensure!(page.status == status, "{path} limit {limit}: {} {}", page.status, page.body);
        }
    }
    let none = manager.get("/api/records/complaint?q=绝不存在的词语").await?;
    ensure!(none.body["rows"] == json!([]), "nothing found: {}", none.body);
    Ok(())
}

pub async fn numbers_follow_each_other(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let asks =
        (0..40).map(|at| agent.post("/api/records/complaint", json!({ "data": complaint(&format!("并发 {at}")) })));
    let mut numbers: Vec<u64> = Vec::new();
    for made in futures::future::try_join_all(asks).await? {
        ensure!(made.status == 201, "create: {}", made.body);
        let code = made.body["data"]["code"].as_str().unwrap_or_default().to_owned();
        numbers.push(code.rsplit('-').next().and_then(|it| it.parse().ok()).unwrap_or_default());
    }
    numbers.sort_unstable();
    let first = numbers[0];
    ensure!(numbers == (first..first + 40).collect::<Vec<_>>(), "one after the other: {numbers:?}");
    Ok(())
}

pub async fn a_repeated_request_makes_one_record(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let ask = json!({ "data": complaint("重复提交"), "once": "story-once-1" });
    let first = agent.post("/api/records/complaint", ask.clone()).await?;
    let second = agent.post("/api/records/complaint", ask).await?;
    ensure!(first.body["id"].is_string() && first.body["id"] == second.body["id"], "{} {}", first.body, second.body);
    Ok(())
}

pub async fn a_board_moves_by_the_flow(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let made = agent.post("/api/records/complaint", json!({ "data": complaint("看板") })).await?;
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    let board = manager.get("/api/boards/complaint/kanban").await?;
    let columns: Vec<&str> =
        board.body["columns"].as_array().into_iter().flatten().filter_map(|it| it["value"].as_str()).collect();
    ensure!(
        columns == ["accepted", "forwarded", "agreed", "processing", "customer_ok", "done"],
        "columns: {columns:?}"
    );
    let version = agent.get(&format!("/api/records/complaint/{id}")).await?.body["version"].clone();
    let to = |stage: &str| json!({ "id": id, "version": version, "to": stage });
    let next = agent.post("/api/boards/complaint/kanban/move", to("forwarded")).await?;
    ensure!(
        next.body["answer"] == "complete" && next.body["outcomes"] == json!(["forward"]),
        "a drop is a step: {}",
        next.body
    );
    let far = agent.post("/api/boards/complaint/kanban/move", to("done")).await?;
    ensure!(far.body["answer"] == "refused", "no step is skipped: {}", far.body);
    ensure!(far.body["allowed"].to_string().contains("forwarded"), "and it is said what is possible: {}", far.body);
    Ok(())
}

pub async fn a_list_is_exported_by_who_may(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let mut data = complaint("=1+1 导出, \"样本\"");
    data["severity"] = json!("s2");
    let made = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(made.status == 201, "create: {}", made.body);
    let answer = manager.get("/api/export/complaint?q=导出&columns=code,facts,severity,created_by").await?;
    let text = answer.body.as_str().unwrap_or_default();
    ensure!(answer.status == 200, "export: {} {}", answer.status, answer.body);
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    ensure!(head.len() == 4 && !head.contains(&"facts"), "titles, not keys: {head:?}");
    let code = made.body["data"]["code"].as_str().unwrap_or_default();
    let row = lines.find(|it| it.starts_with(code)).unwrap_or_default();
    ensure!(row.contains("\"'=1+1 导出, \"\"样本\"\"\""), "quoted, and no formula: {text}");
    ensure!(!row.contains(",s2,"), "options by their titles: {row}");
    let refused = agent.get("/api/export/complaint").await?;
    ensure!(refused.status == 403, "reading is not exporting: {} {}", refused.status, refused.body);
    let rep = Person::login(base, "rep").await?;
    let refused = rep.get("/api/export/complaint").await?;
    ensure!(refused.status == 403, "who may not read exports nothing: {} {}", refused.status, refused.body);
    let admin = Person::login(base, "admin").await?;
    let audit = admin.get("/api/admin/audit?kind=export").await?;
    ensure!(audit.body[0]["info"]["module"] == "complaint", "exports are in the audit log: {}", audit.body);
    Ok(())
}

pub async fn a_record_is_found_by_the_name_of_what_it_refers_to(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let admin = Person::login(base, "admin").await?;
    let owner = agent.session.user.clone();
    let customer = agent
        .post(
            "/api/records/customer",
            json!({ "data": customer("苏州澜沧仪器有限公司", &owner), "accept_duplicates": true }),
        )
        .await?;
    ensure!(customer.status == 201, "customer: {}", customer.body);
    let customer_id = customer.body["id"].as_str().unwrap_or_default().to_owned();
    let mut data = complaint("仪表读数偏移");
    data["customer"] = json!(customer_id);
    let made = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(made.status == 201, "complaint: {}", made.body);
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    let found = manager.get("/api/records/complaint?q=澜沧&columns=code").await?;
    ensure!(found.body["rows"][0]["id"] == json!(id), "by the customer's name: {}", found.body);
    let renamed = admin
        .patch(
            &format!("/api/records/customer/{customer_id}"),
            json!({ "version": customer.body["version"], "data": { "name": "苏州怒江仪器有限公司" } }),
        )
        .await?;
    ensure!(renamed.status == 200, "rename: {}", renamed.body);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let new = manager.get("/api/records/complaint?q=怒江&columns=code").await?;
        let old = manager.get("/api/records/complaint?q=澜沧&columns=code").await?;
        if new.body["rows"][0]["id"] == json!(id) && old.body["rows"] == json!([]) {
            return Ok(());
        }
        ensure!(std::time::Instant::now() < until, "a new name is found in time: {} {}", new.body, old.body);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Whoever looks after a customer sees its contacts, whoever entered them; when that is another one, they do.
pub async fn contacts_follow_the_account_manager(base: &str) -> Result<()> {
    let (agent, rep) = (Person::login(base, "agent").await?, Person::login(base, "rep").await?);
    let (hers, his) = (agent.session.user.clone(), rep.session.user.clone());
    let made = agent.post("/api/records/customer", json!({ "data": customer("宁波栎社仓储有限公司", &his) })).await?;
    ensure!(made.status == 201, "customer: {}", made.body);
    let (customer, version) = (made.body["id"].clone(), made.body["version"].clone());
    let contact = json!({ "name": "柳青", "customer": customer, "role": "technical", "phone": "+86 139 0000 2222" });
    let made = agent.post("/api/records/contact", json!({ "data": contact })).await?;
    ensure!(made.status == 201, "contact: {}", made.body);
    let path = format!("/api/records/contact/{}", made.body["id"].as_str().unwrap_or_default());
    ensure!(rep.get(&path).await?.status == 200, "the rep reads a contact of the own customer");
    let found = rep.get("/api/records/contact?q=柳青").await?;
    ensure!(found.body["rows"].as_array().is_some_and(|it| it.len() == 1), "and finds it: {}", found.body);
    let admin = Person::login(base, "admin").await?;
    let change = json!({ "version": version, "data": { "account_manager": hers } });
    let changed =
        admin.patch(&format!("/api/records/customer/{}", customer.as_str().unwrap_or_default()), change).await?;
    ensure!(changed.status == 200, "another account manager: {}", changed.body);
    let until = Instant::now() + Duration::from_secs(20);
    while rep.get(&path).await?.status != 404 {
        ensure!(Instant::now() < until, "the rep still reads a contact of somebody else's customer");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let now = agent.get(&path).await?;
    ensure!(now.body["data"]["account_manager"] == json!(hers), "it followed: {}", now.body);
    Ok(())
}

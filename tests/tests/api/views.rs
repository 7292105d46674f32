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

/// Records stand on their days, for who may read them; who may change them puts them on another day.
pub async fn a_calendar_shows_days(base: &str) -> Result<()> {
    let (manager, auditor) = (Person::login(base, "manager").await?, Person::login(base, "gm").await?);
    let data = json!({
        "contact": "沈岚", "phone": "13900001177", "channel": "phone", "category": "quality", "severity": "s3",
        "facts": "包装破损。", "demand": "补发包装。", "region": "320506", "promised_on": "2031-03-05",
    });
    let made = manager.post("/api/records/complaint", json!({ "data": data, "accept_duplicates": true })).await?;
    ensure!(made.status == 201, "made: {}", made.body);
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    let path = "/api/calendars/complaint/calendar";
    let seen = manager.get(&format!("{path}?from=2031-03-01&until=2031-04-01")).await?;
    ensure!(seen.status == 200, "seen: {}", seen.body);
    let rows = seen.body["rows"].as_array().map(Vec::len).unwrap_or_default();
    let row = &seen.body["rows"][0];
    ensure!(
        rows == 1 && row["row"]["id"] == json!(id) && row["may_move"] == true && seen.body["more"] == false,
        "one, to be moved: {}",
        seen.body
    );
    ensure!(row["row"]["data"]["promised_on"] == "2031-03-05", "with its day: {row}");
    for (from, until, there) in
        [("2031-03-05", "2031-03-06", 1), ("2031-03-06", "2031-03-31", 0), ("2031-02-20", "2031-03-05", 0)]
    {
        let seen = manager.get(&format!("{path}?from={from}&until={until}")).await?.body;
        ensure!(seen["rows"].as_array().map(Vec::len) == Some(there), "{from} to {until}: {seen}");
    }
    // Who only reads sees it and moves nothing; who may not read is told so.
    let read = auditor.get(&format!("{path}?from=2031-03-01&until=2031-04-01")).await?;
    ensure!(read.body["rows"][0]["may_move"] == false, "only read: {}", read.body);
    let version = &row["row"]["version"];
    let change = json!({ "version": version, "data": { "promised_on": "2031-03-12" } });
    let refused = auditor.patch(&format!("/api/records/complaint/{id}"), change.clone()).await?;
    ensure!(matches!(refused.status, 403 | 404), "nor by hand: {}", refused.body);
    let moved = manager.patch(&format!("/api/records/complaint/{id}"), change).await?;
    ensure!(moved.status == 200, "moved: {}", moved.body);
    let seen = manager.get(&format!("{path}?from=2031-03-12&until=2031-03-13")).await?.body;
    ensure!(seen["rows"][0]["row"]["id"] == json!(id), "on another day: {seen}");
    for (bad, status) in [
        ("?from=2031-03-01&until=2031-03-01", 400),
        ("?from=2031-03-01&until=2032-03-01", 400),
        ("?from=soon&until=later", 400),
        ("?from=2031-03-01&until=2031-03-02&more=1", 400),
    ] {
        let answer = manager.get(&format!("{path}{bad}")).await?;
        ensure!(answer.status == status, "{bad}: {} {}", answer.status, answer.body);
    }
    let board = manager.get("/api/calendars/complaint/kanban?from=2031-03-01&until=2031-03-02").await?;
    ensure!(board.status == 404, "a board is no calendar: {}", board.body);
    Ok(())
}

/// A level at a time; who may not read what stands above sees a record at the top.
pub async fn a_tree_grows_by_levels(base: &str) -> Result<()> {
    let (manager, rep) = (Person::login(base, "manager").await?, Person::login(base, "rep").await?);
    let session = rep.get("/api/session").await?.body;
    let rep_id = session["user"].as_str().unwrap_or_default().to_owned();
    ensure!(!rep_id.is_empty(), "who the representative is: {session}");
    let mut ids: Vec<String> = Vec::new();
    for (at, name) in ["泷泽控股集团", "泷泽精工有限公司", "泷泽精工检测中心"].into_iter().enumerate()
    {
        let mut data =
            json!({ "name": name, "type": "end_user", "region": "320506", "phone": format!("0519-6612880{at}") });
        if let Some(above) = ids.last() {
            data["parent"] = json!(above);
        }
        if at == 1 {
            data["account_manager"] = json!(rep_id);
        }
        let made = manager.post("/api/records/customer", json!({ "data": data, "accept_duplicates": true })).await?;
        ensure!(made.status == 201, "{name}: {}", made.body);
        ids.push(made.body["id"].as_str().unwrap_or_default().to_owned());
    }
    let path = "/api/trees/customer/tree";
    let find = |page: &Value, id: &str| {
        page["rows"].as_array().into_iter().flatten().find(|it| it["row"]["id"] == json!(id)).cloned()
    };
    let mut top = manager.get(&format!("{path}?limit=500")).await?.body;
    let first = find(&top, &ids[0]);
    ensure!(first.as_ref().is_some_and(|it| it["children"] == 1), "at the top: {top}");
    ensure!(find(&top, &ids[1]).is_none(), "what stands under it is not at the top");
    for (above, below, children) in [(0, 1, 1), (1, 2, 0)] {
        let level = manager.get(&format!("{path}?parent={}", ids[above])).await?.body;
        let it = find(&level, &ids[below]);
        ensure!(it.is_some_and(|it| it["children"] == children), "under {above}: {level}");
        ensure!(level["rows"].as_array().map(Vec::len) == Some(1), "and nothing else: {level}");
    }
    top = rep.get(&format!("{path}?limit=500")).await?.body;
    let mine = find(&top, &ids[1]);
    ensure!(
        mine.as_ref().is_some_and(|it| it["children"] == 0),
        "at the top for who sees nothing above or below: {top}"
    );
    ensure!(find(&top, &ids[0]).is_none(), "and what is not theirs is not there");
    let hidden = rep.get(&format!("{path}?parent={}", ids[1])).await?.body;
    ensure!(hidden["rows"].as_array().is_some_and(Vec::is_empty), "nor under it: {hidden}");
    // In pages, and searched.
    let mut seen = 0;
    let mut after = String::new();
    loop {
        let page = manager.get(&format!("{path}?limit=3{after}")).await?.body;
        seen += page["rows"].as_array().map(Vec::len).unwrap_or_default();
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
        ensure!(seen < 1_000, "the pages end");
    }
    let whole = manager.get(&format!("{path}?limit=500")).await?.body;
    ensure!(Some(seen) == whole["rows"].as_array().map(Vec::len), "every row once: {seen}");
    let found = manager.get(&format!("{path}?q=%E6%B3%B7%E6%B3%BD%E7%B2%BE%E5%B7%A5")).await?.body;
    ensure!(find(&found, &ids[1]).is_some() && find(&found, &ids[0]).is_none(), "found wherever it stands: {found}");
    ensure!(manager.get("/api/trees/customer/list").await?.status == 404, "a list is no tree");
    Ok(())
}

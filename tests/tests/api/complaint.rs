//! The complaint from end to end.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

use super::{complaint, complete, field, task_at};

struct Staff {
    agent: Person,
    clerk: Person,
    manager: Person,
    chen: Person,
}

async fn staff(base: &str) -> Result<Staff> {
    Ok(Staff {
        agent: Person::login(base, "agent").await?,
        clerk: Person::login(base, "clerk").await?,
        manager: Person::login(base, "manager").await?,
        chen: Person::login(base, "chen").await?,
    })
}

async fn filed(it: &Staff, facts: &str) -> Result<String> {
    let made = it.agent.post("/api/records/complaint", json!({ "data": complaint(facts) })).await?;
    ensure!(made.status == 201, "expected 201, came {}: {}", made.status, made.body);
    Ok(made.body["id"].as_str().unwrap_or_default().to_owned())
}

/// Up to the customer's answer: accepted, forwarded, agreed by the handler the assignment chose, carried out.
async fn worked(it: &Staff, id: &str) -> Result<()> {
    complete(&it.agent, &it.manager, id, "accept", "forward", json!({}), "").await?;
    complete(&it.clerk, &it.manager, id, "forward", "forward", json!({ "forwarded_to": "quality" }), "").await?;
    let task = task_at(&it.manager, id, "agree").await?;
    let chen = &it.chen.session.user;
    ensure!(task["assignee"] == Value::String(chen.clone()), "the east is chen's, came {task}");
    complete(&it.chen, &it.manager, id, "agree", "agreed", json!({ "plan": "上门更换", "agreed_how": "call" }), "")
        .await?;
    complete(&it.chen, &it.manager, id, "carry_out", "done", json!({ "correction": "已更换新机" }), "").await
}

pub async fn from_phone_call_to_follow_up(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let id = filed(&it, "设备到货第二天无法启动").await?;
    let number = field(&it.manager, &id, "code").await?;
    ensure!(number.as_str().is_some_and(|it| it.starts_with("TS") && it.len() == 14), "number {number}");
    ensure!(field(&it.manager, &id, "state").await? == "accepted");
    worked(&it, &id).await?;
    ensure!(field(&it.manager, &id, "state").await? == "customer_ok");
    complete(&it.agent, &it.manager, &id, "customer_ok", "approved", json!({}), "").await?;
    complete(
        &it.manager,
        &it.manager,
        &id,
        "close",
        "close",
        json!({ "cause": "电源模块批次缺陷", "prevention": "来料全检" }),
        "",
    )
    .await?;
    ensure!(field(&it.manager, &id, "state").await? == "done");
    let history = it.manager.get(&format!("/api/records/complaint/{id}/history")).await?;
    let text = history.body.to_string();
    for node in ["accept", "forward", "agree", "carry_out", "close"] {
        ensure!(text.contains(node), "the history does not tell of {node}: {text}");
    }
    let instances = it.manager.get(&format!("/api/instances?record={id}")).await?;
    let instance = instances.body["rows"][0]["id"].as_str().unwrap_or_default().to_owned();
    let detail = it.manager.get(&format!("/api/instances/{instance}")).await?;
    ensure!(detail.body["passed"]["agree"] == 1, "passed {}", detail.body["passed"]);
    ensure!(detail.body["head"]["at"] == json!(["two_days"]), "it waits for the follow-up: {}", detail.body["head"]);
    Ok(())
}

pub async fn a_refusal_goes_back_and_the_second_to_the_manager(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let id = filed(&it, "维修两次仍有异响").await?;
    worked(&it, &id).await?;
    complete(&it.agent, &it.manager, &id, "customer_ok", "not_approved", json!({}), "仍有异响").await?;
    ensure!(field(&it.manager, &id, "refused_times").await? == 1);
    complete(&it.chen, &it.manager, &id, "agree", "agreed", json!({ "plan": "更换主机", "agreed_how": "call" }), "")
        .await?;
    complete(&it.chen, &it.manager, &id, "carry_out", "done", json!({ "correction": "主机已更换" }), "").await?;
    complete(&it.agent, &it.manager, &id, "customer_ok", "not_approved", json!({}), "要求退货").await?;
    let task = task_at(&it.manager, &id, "take_over").await?;
    ensure!(task["mine"] == true, "the manager takes over: {task}");
    ensure!(field(&it.manager, &id, "refused_times").await? == 2);
    Ok(())
}

pub async fn claimed_once(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let id = filed(&it, "发票金额不符").await?;
    complete(&it.agent, &it.manager, &id, "accept", "forward", json!({}), "").await?;
    let task = task_at(&it.manager, &id, "forward").await?;
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap_or_default());
    let first = it.clerk.post(&format!("{path}/claim"), json!(null)).await?;
    ensure!(first.status == 200, "claim: {}", first.body);
    let second = it.chen.post(&format!("{path}/claim"), json!(null)).await?;
    ensure!(second.status >= 400, "a second claim came through: {}", second.body);
    let released = it.clerk.post(&format!("{path}/release"), json!(null)).await?;
    ensure!(released.status == 200, "release: {}", released.body);
    let back = it.clerk.post(&format!("{path}/return"), json!({ "to": "accept", "reason": "缺少订单号" })).await?;
    ensure!(back.status < 300, "return: {}", back.body);
    let task = task_at(&it.manager, &id, "accept").await?;
    ensure!(task["returned"].to_string().contains("缺少订单号"), "the reason is told: {task}");
    Ok(())
}

pub async fn the_portal_user_sees_only_the_own(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let portal = Person::login(base, "portal").await?;
    ensure!(portal.session.portal, "a customer sees the portal");
    // How the house works where they have nothing to do is not theirs to read.
    for (module, status) in [("complaint", 200), ("contact", 404), ("nothing", 404)] {
        let known = portal.get(&format!("/api/modules/{module}")).await?;
        ensure!(known.status == status, "the form of {module} for a customer: {}", known.status);
        let known = known.body.to_string();
        ensure!(!known.contains("about_person") && !known.contains("被投诉人"), "a field they do not see: {known}");
    }
    let foreign = filed(&it, "与门户客户无关的投诉").await?;
    let read = portal.get(&format!("/api/records/complaint/{foreign}")).await?;
    ensure!(read.status == 404, "a foreign record is not there: {}", read.body);
    let list = portal.get("/api/records/complaint?limit=200").await?;
    ensure!(!list.body.to_string().contains(&foreign), "a foreign record is not listed");
    let mut own = complaint("门户提交：包装破损");
    own.as_object_mut()
        .into_iter()
        .for_each(|it| it.retain(|key, _| !["region", "channel", "severity"].contains(&key.as_str())));
    let made = portal.post("/api/records/complaint", json!({ "data": own })).await?;
    ensure!(made.status == 201, "a customer files a complaint: {}", made.body);
    let id = made.body["id"].as_str().unwrap_or_default();
    let read = portal.get(&format!("/api/records/complaint/{id}")).await?;
    ensure!(read.status == 200, "and sees it: {}", read.body);
    ensure!(
        read.body["instances"].as_array().is_some_and(Vec::is_empty),
        "the flow behind it is the house's: {}",
        read.body
    );
    let instances = it.manager.get(&format!("/api/instances?record={id}")).await?;
    let instance =
        portal.get(&format!("/api/instances/{}", instances.body["rows"][0]["id"].as_str().unwrap_or_default())).await?;
    ensure!(instance.status == 404, "nor does it open by its address: {}", instance.body);
    complete(&it.agent, &it.manager, id, "accept", "forward", json!({}), "客户情绪激动，请优先处理").await?;
    let history = portal.get(&format!("/api/records/complaint/{id}/history")).await?.body.to_string();
    ensure!(
        history.contains("created") && !history.contains("情绪激动"),
        "what staff say to each other is not told: {history}"
    );
    ensure!(
        read.body["data"].get("cause").is_none() && read.body["data"].get("remark").is_none(),
        "without what is internal"
    );
    Ok(())
}

/// Whoever a complaint is about has nothing to do with it, whatever their roles and tasks.
pub async fn who_is_complained_of_stays_out(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let clerk = Person::login(base, "clerk").await?;
    let (accused, boss) = (clerk.session.user.clone(), it.manager.session.user.clone());
    let mut data = complaint("服务人员态度生硬");
    data["about_person"] = Value::String(accused);
    let made = it.agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(made.status == 201, "expected 201, came {}: {}", made.status, made.body);
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    complete(&it.agent, &it.manager, &id, "accept", "forward", json!({}), "").await?;
    let path = format!("/api/records/complaint/{id}");
    for deed in ["", "/history", "/comments"] {
        let seen = clerk.get(&format!("{path}{deed}")).await?;
        ensure!(seen.status == 404, "{deed}: expected 404, came {}: {}", seen.status, seen.body);
    }
    let task = task_at(&it.manager, &id, "forward").await?;
    let task = task["id"].as_str().unwrap_or_default();
    let claimed = clerk.post(&format!("/api/tasks/{task}/claim"), json!({})).await?;
    ensure!(claimed.status == 404, "expected 404, came {}: {}", claimed.status, claimed.body);
    let group = clerk.get("/api/tasks?box=group&node=forward&limit=100").await?;
    ensure!(!group.body.to_string().contains(&id), "it is offered to who it is about");
    // Nor is it copied to them.
    let task = task_at(&it.manager, &id, "forward").await?;
    let task = task["id"].as_str().unwrap_or_default();
    let copied =
        it.manager.post(&format!("/api/tasks/{task}/cc"), json!({ "to": [clerk.session.user], "comment": "" })).await?;
    ensure!(copied.status >= 400, "it is copied to who it is about: {}", copied.body);
    // Who complains of themselves is told that it was taken, and nothing more of it. Nobody else takes complaints: who administers
    // is told that it stands still, once for all that do.
    let admin = Person::login(base, "admin").await?;
    let told = || async {
        anyhow::Ok(admin.get("/api/notices?limit=100").await?.body.to_string().matches("“受理”").count())
    };
    let before = told().await?;
    for facts in ["我自己的态度也不好", "还是我"] {
        let mut own = complaint(facts);
        own["about_person"] = it.agent.session.user.clone().into();
        let own = it.agent.post("/api/records/complaint", json!({ "data": own })).await?;
        ensure!(own.status == 201 && own.body["version"] == 0, "expected 201, came {}: {}", own.status, own.body);
        ensure!(own.body["data"] == json!({}) && own.body["tasks"] == json!([]), "it is told: {}", own.body);
        let own = format!("/api/records/complaint/{}", own.body["id"].as_str().unwrap_or_default());
        ensure!(it.agent.get(&own).await?.status == 404 && it.manager.get(&own).await?.status == 200, "{own}");
        ensure!(told().await? == before + 1, "administrators are told: {}", admin.get("/api/notices").await?.body);
    }
    // Named only after it was offered: it is not shown any more.
    let later = filed(&it, "转发后才知道是谁").await?;
    complete(&it.agent, &it.manager, &later, "accept", "forward", json!({}), "").await?;
    let offered = clerk.get("/api/tasks?box=group&node=forward&limit=100").await?.body;
    ensure!(offered.to_string().contains(&later), "a specialist is offered it: {offered}");
    let path = format!("/api/records/complaint/{later}");
    let version = it.agent.get(&path).await?.body["version"].clone();
    let named = json!({ "version": version, "data": { "about_person": clerk.session.user } });
    let named = it.agent.patch(&path, named).await?;
    ensure!(named.status == 200, "expected 200, came {}: {}", named.status, named.body);
    let left = clerk.get("/api/tasks?box=group&node=forward&limit=100").await?.body;
    ensure!(!left.to_string().contains(&later), "it is still shown");
    let counted = |it: &Value| it["counts"]["group"].as_u64();
    ensure!(
        counted(&left).map(|it| it + 1) == counted(&offered),
        "it is still counted: {} {}",
        left["counts"],
        offered["counts"]
    );
    // A manager sees them all, but not the one about the manager.
    data["about_person"] = Value::String(boss);
    let made = it.agent.post("/api/records/complaint", json!({ "data": data })).await?;
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    ensure!(it.manager.get(&format!("/api/records/complaint/{id}")).await?.status == 404, "the manager reads it");
    let found = it.manager.get("/api/records/complaint?limit=100").await?;
    ensure!(!found.body.to_string().contains(&id), "it is in the manager's list");
    Ok(())
}

/// What a record refers to is called by its number for who may not read it; a customer gives no task away.
pub async fn a_reference_tells_no_secret(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let mut data = complaint("报关费收了两次");
    data["category"] = json!("fee");
    let secret = it.agent.post("/api/records/complaint", json!({ "data": data })).await?.body;
    let mut data = complaint("与另一件投诉有关");
    data["about"] = secret["id"].clone();
    let made = it.agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(made.status == 201, "expected 201, came {}: {}", made.status, made.body);
    let id = made.body["id"].as_str().unwrap_or_default().to_owned();
    let key = secret["id"].as_str().unwrap_or_default();
    ensure!(made.body["labels"][key] == "报关费收了两次", "who may read it: {}", made.body["labels"]);
    complete(&it.agent, &it.manager, &id, "accept", "forward", json!({}), "").await?;
    complete(&it.clerk, &it.manager, &id, "forward", "forward", json!({}), "").await?;
    task_at(&it.manager, &id, "agree").await?;
    let seen = it.chen.get(&format!("/api/records/complaint/{id}")).await?;
    ensure!(seen.status == 200, "expected 200, came {}: {}", seen.status, seen.body);
    ensure!(it.chen.get(&format!("/api/records/complaint/{key}")).await?.status == 404, "chen reads it");
    ensure!(seen.body["labels"][key] == secret["data"]["code"], "its number alone: {}", seen.body["labels"]);
    let history = it.chen.get(&format!("/api/records/complaint/{id}/history")).await?.body.to_string();
    ensure!(!history.contains("报关费收了两次"), "its history: {history}");
    let portal = Person::login(base, "portal").await?;
    let given = portal.post("/api/tasks/any/handover", json!({ "to": "usr_wu", "reason": "" })).await?;
    ensure!(given.status == 403, "expected 403, came {}: {}", given.status, given.body);
    ensure!(portal.get("/api/tasks?box=all").await?.status == 403, "a customer sees everybody's tasks");
    Ok(())
}

/// What a step has decided is not changed behind its back, and a closed complaint stays as it was.
pub async fn what_was_decided_stays(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let id = filed(&it, "补偿金额已经商定").await?;
    worked(&it, &id).await?;
    let path = format!("/api/records/complaint/{id}");
    let version = it.manager.get(&path).await?.body["version"].clone();
    for who in [&it.chen, &it.manager] {
        let raised = who.patch(&path, json!({ "version": version, "data": { "compensation": "50000.00" } })).await?;
        ensure!(raised.status == 422, "expected 422, came {}: {}", raised.status, raised.body);
    }
    ensure!(field(&it.manager, &id, "compensation").await?.is_null(), "it was raised");
    complete(&it.agent, &it.manager, &id, "customer_ok", "approved", json!({}), "").await?;
    let (cause, prevention) = ("电源模块批次缺陷", "来料全检");
    let closing = json!({ "cause": cause, "prevention": prevention });
    complete(&it.manager, &it.manager, &id, "close", "close", closing, "").await?;
    let version = it.manager.get(&path).await?.body["version"].clone();
    let rewritten = it.agent.patch(&path, json!({ "version": version, "data": { "facts": "另一件事" } })).await?;
    ensure!(rewritten.status == 422, "expected 422, came {}: {}", rewritten.status, rewritten.body);
    Ok(())
}

/// References say nothing of what one may not read, and name nothing that is not there.
pub async fn a_reference_tells_nothing(base: &str) -> Result<()> {
    let it = staff(base).await?;
    let portal = Person::login(base, "portal").await?;
    let own = portal.get("/api/records/complaint?limit=1").await?.body["rows"][0]["data"]["customer"].clone();
    let all = it.manager.get("/api/records/customer?limit=20").await?;
    let others = all.body["rows"].as_array().into_iter().flatten().map(|it| it["id"].clone()).find(|it| *it != own);
    let foreign = others.unwrap_or_default();
    let before = it.manager.get("/api/records/complaint?limit=1").await?.body["total"].clone();
    for (who, field, value) in [
        (&portal, "about", foreign.clone()),
        (&portal, "customer", foreign),
        (&portal, "handler", it.chen.session.user.clone().into()),
        (&portal, "compensation", "9.00".into()),
        (&it.agent, "customer", "rec_nope".into()),
        (&it.agent, "about_person", "usr_nobody".into()),
    ] {
        let mut data = complaint("引用");
        if std::ptr::eq(who, &portal) {
            data = json!({ "phone": "13900001101", "category": "quality", "facts": "引用", "demand": "无" });
        }
        data[field] = value;
        let made = who.post("/api/records/complaint", json!({ "data": data })).await?;
        ensure!(made.status == 422, "{field}: expected 422, came {}: {}", made.status, made.body);
        ensure!(made.body.to_string().contains(&format!("/{field}")), "{field}: {}", made.body);
    }
    let after = it.manager.get("/api/records/complaint?limit=1").await?.body["total"].clone();
    ensure!(before == after, "something was written: {before}, then {after}");
    Ok(())
}

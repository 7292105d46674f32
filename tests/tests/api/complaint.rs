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
    let foreign = filed(&it, "与门户客户无关的投诉").await?;
    let read = portal.get(&format!("/api/records/complaint/{foreign}")).await?;
    ensure!(read.status == 404, "a foreign record is not there: {}", read.body);
    let list = portal.get("/api/records/complaint?limit=200").await?;
    ensure!(!list.body.to_string().contains(&foreign), "a foreign record is not listed");
    let mut own = complaint("门户提交：包装破损");
    own.as_object_mut().map(|it| it.remove("region"));
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

//! What can go otherwise with a task: it is returned, and two people want it at once.

use anyhow::{Result, ensure};
use tests::case::Case;
use tests::client::{PASSWORD, Person};

use super::logged_in;

/// Returned with a reason to a step the person chose; whoever gets it reads why, and so does the history.
pub async fn a_handler_returns_a_task(base: &str) -> Result<()> {
    let case = Case::file(base, "退回：到货的三套滑块异响", false).await?;
    let task = case.forwarded().await?;
    let chen = logged_in(base, "chen").await?;
    chen.go(&format!("/inbox/{task}")).await?;
    chen.read(&case.code).await?;
    chen.press("退回").await?;
    chen.see("dialog[open] textarea").await?;
    chen.picture("task-return").await?;
    // Not without a reason.
    let send = "dialog[open] footer .button.primary";
    chen.click(send).await?;
    chen.read("请填写原因").await?;
    ensure!(case.at("agree").await? == task, "nothing has happened yet");
    chen.until("转发 can be chosen", "const it = [...document.querySelectorAll('dialog[open] label.option')].find(it => it.textContent.trim() === '转发'); it?.click(); return !!it").await?;
    chen.fill("dialog[open] textarea", "缺少到货照片，无法判断责任。").await?;
    chen.click(send).await?;
    chen.gone("dialog[open]").await?;
    let again = case.at("forward").await?;
    chen.close().await?;

    let clerk = logged_in(base, "clerk").await?;
    clerk.go(&format!("/inbox/{again}")).await?;
    clerk.read("被退回").await?;
    clerk.read("缺少到货照片，无法判断责任。").await?;
    clerk.picture("task-returned").await?;
    clerk.go(&format!("/records/complaint/{}", case.id)).await?;
    clerk.press("动态").await?;
    clerk.read("退回了").await?;
    clerk.read("缺少到货照片，无法判断责任。").await?;
    clerk.close().await
}

/// Two handlers see the same task; the second who claims it is told calmly.
pub async fn two_people_claim_a_task(base: &str) -> Result<()> {
    // Two of the department that forwards.
    let admin = Person::login(base, "admin").await?;
    let joins = serde_json::json!({ "login": "second", "name": "钱进", "roles": ["svc"], "department": "service", "password": PASSWORD });
    let joined = admin.post("/api/admin/users", joins).await?;
    ensure!(joined.status < 300, "somebody joins: {}", joined.body);
    let case = Case::file(base, "领取：同时点击", false).await?;
    case.done("agent", "accept", "forward", serde_json::json!({})).await?;
    let task = case.at("forward").await?;
    let second = logged_in(base, "second").await?;
    second.go(&format!("/inbox/{task}")).await?;
    second.read(&case.code).await?;
    second.see(".task-head .button.primary").await?;
    let first = Person::login(base, "clerk").await?;
    let claimed = first.post(&format!("/api/tasks/{task}/claim"), serde_json::json!(null)).await?;
    ensure!(claimed.status == 200, "the first claims it: {}", claimed.body);
    second.run("document.querySelector('.task-head .button.primary')?.click()").await?;
    second.read("该任务已被").await?;
    second.picture("task-claimed-by-another").await?;
    // It is another department's case: the second does not even see it any more, and goes on with the next.
    second.until("the task is off the screen", &format!("return !location.pathname.includes('{task}') && !document.querySelector('.inbox-task .state[role=alert]')")).await?;
    ensure!(!second.text().await?.contains("参考编号"), "nobody is alarmed");
    // The others meet the house as it was.
    let id = joined.body["id"].as_str().unwrap_or_default();
    let leaves = admin.patch(&format!("/api/admin/users/{id}"), serde_json::json!({ "disabled": true })).await?;
    ensure!(leaves.status == 200, "and leaves: {}", leaves.body);
    second.close().await
}

/// Lent to a colleague and given back; a second signer comes and goes; stopped with a reason, and going on.
pub async fn a_task_is_lent_signed_and_stopped(base: &str) -> Result<()> {
    let case = Case::file(base, "委派：请物流部先看一下", false).await?;
    let task = case.forwarded().await?;
    let choose = |name: &str| {
        format!(
            "const it = [...document.querySelectorAll('dialog[open] label.option')].find(it => it.textContent.includes('{name}')); it?.click(); return !!it"
        )
    };
    let send = "dialog[open] footer .button.primary";
    let chen = logged_in(base, "chen").await?;
    chen.go(&format!("/inbox/{task}")).await?;
    chen.read(&case.code).await?;
    chen.press_label("更多").await?;
    chen.press("委派").await?;
    chen.click(send).await?;
    chen.read("请选择人员").await?;
    chen.fill("dialog[open] input[type=search]", "吴桐").await?;
    chen.until("吴桐 can be chosen", &choose("吴桐")).await?;
    chen.picture("task-lend").await?;
    chen.click(send).await?;
    chen.gone("dialog[open]").await?;

    let wu = logged_in(base, "wu").await?;
    wu.go(&format!("/inbox/{task}")).await?;
    wu.read("由 陈立 委派给您").await?;
    ensure!(
        wu.run("return document.querySelectorAll('.task .form-foot').length").await? == 0,
        "who has borrowed it does not complete it"
    );
    wu.picture("task-lent").await?;
    wu.press("交还").await?;
    wu.fill("dialog[open] textarea", "运输没有问题。").await?;
    wu.click(send).await?;
    wu.gone("dialog[open]").await?;
    wu.close().await?;

    chen.go(&format!("/inbox/{task}")).await?;
    chen.see(".task .form-foot button").await?;
    chen.press_label("更多").await?;
    chen.press("加签").await?;
    chen.until("the time can be chosen", &choose("与我同时")).await?;
    chen.fill("dialog[open] input[type=search]", "吴桐").await?;
    chen.until("吴桐 can be chosen", &choose("吴桐")).await?;
    chen.click(send).await?;
    chen.read("由 陈立 加签").await?;
    chen.picture("task-signers").await?;
    chen.press_label("不再需要签字").await?;
    chen.until("nobody else signs", "return !document.querySelector('.signers')?.textContent.includes('吴桐')").await?;

    chen.press_label("更多").await?;
    chen.press("暂停").await?;
    chen.click(send).await?;
    chen.read("请填写原因").await?;
    chen.fill("dialog[open] textarea", "等待客户寄回样品").await?;
    chen.click(send).await?;
    chen.read("此步骤已暂停").await?;
    chen.gone(".task .form-foot").await?;
    chen.press("恢复").await?;
    chen.see(".task .form-foot button").await?;
    let history = case.history().await?;
    ensure!(history.contains("等待客户寄回样品"), "{history}");
    chen.close().await
}

/// What was sent on by mistake is found again and taken back, while nobody has begun.
pub async fn what_was_sent_on_is_taken_back(base: &str) -> Result<()> {
    let case = Case::file(base, "误转：还缺客户的照片", false).await?;
    case.done("agent", "accept", "forward", serde_json::json!({})).await?;
    let task = case.at("forward").await?;
    let agent = logged_in(base, "agent").await?;
    agent.go("/inbox").await?;
    agent.press("我转出的").await?;
    agent.read("误转：还缺客户的照片").await?;
    agent.go(&format!("/inbox/{task}?box=sent")).await?;
    agent.read(&case.code).await?;
    agent.press_label("更多").await?;
    agent.press("撤回").await?;
    agent.picture("task-take-back").await?;
    agent.fill("dialog[open] textarea", "还缺照片").await?;
    agent.click("dialog[open] footer .button.primary").await?;
    agent.gone("dialog[open]").await?;
    case.at("accept").await?;
    agent.close().await
}

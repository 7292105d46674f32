//! What can go otherwise with a task: it is returned, and two people want it at once.

use anyhow::{Result, ensure};
use tests::case::Case;
use tests::client::Person;

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
    let case = Case::file(base, "领取：同时点击", false).await?;
    case.done("agent", "accept", "forward", serde_json::json!({})).await?;
    let task = case.at("forward").await?;
    let second = logged_in(base, "wu").await?;
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
    second.close().await
}

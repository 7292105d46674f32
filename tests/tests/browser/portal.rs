//! The customer's portal: the own records and nobody else's, a new complaint, the answer that the flow waits for.

use anyhow::{Result, ensure};
use tests::case::Case;

use super::{logged_in, logged_in_on};

/// A customer sees the own complaints, not those of others, wherever they ask.
pub async fn a_customer_sees_only_the_own(base: &str) -> Result<()> {
    let own = Case::file(base, "门户：本公司的投诉，夜班异响", true).await?;
    let foreign = Case::file(base, "门户：与该客户无关的投诉", false).await?;
    let portal = logged_in(base, "portal").await?;
    portal.read("欢迎，许文静").await?;
    portal.read(&own.code).await?;
    ensure!(!portal.text().await?.contains(&foreign.code), "a foreign complaint is listed");
    portal.picture("portal").await?;
    portal.go(&format!("/records/complaint/{}", own.id)).await?;
    portal.read("夜班异响").await?;
    portal.see(".stages").await?;
    // The customer's own master record is not theirs to open: its name is words, not a way into a dead end.
    portal
        .until(
            "the customer is named without a link",
            "return document.querySelectorAll('main a[href^=\"/records/customer/\"]').length === 0",
        )
        .await?;
    portal.picture("portal-case").await?;
    for path in [format!("/records/complaint/{}", foreign.id), format!("/inbox/{}", foreign.at("accept").await?)] {
        portal.go(&path).await?;
        portal.read("没有找到内容").await?;
        ensure!(!portal.text().await?.contains("无关的投诉"), "{path} shows what is not theirs");
    }
    for path in ["/records/customer", "/admin", "/studio", "/flows/complaint"] {
        portal.go(path).await?;
        portal.until(&format!("{path} is closed"), "return !!document.querySelector('main .state')").await?;
    }
    portal.close().await
}

/// On a phone: asked whether the result is good, the customer refuses with a reason, later approves.
pub async fn a_customer_answers(base: &str) -> Result<()> {
    let case = Case::file(base, "门户：更换后仍有异响", true).await?;
    case.forwarded().await?;
    case.agreed().await?;
    let task = case.carried_out().await?;
    let portal = logged_in_on(base, "portal", 390, 844).await?;
    portal.read("需要您的答复").await?;
    portal.click(&format!("a[href='/portal/tasks/{task}']")).await?;
    portal.read("已更换新机").await?;
    portal.picture("portal-answer").await?;
    // A refusal says why.
    portal.press("不认可").await?;
    portal.read("请填写意见").await?;
    portal.fill("main textarea", "夜班仍能听到异响，请再派人检查。").await?;
    portal.press("不认可").await?;
    case.at("agree").await?;
    ensure!(case.field("refused_times").await? == 1, "one refusal is counted");
    ensure!(case.history().await?.contains("夜班仍能听到异响"), "the reason is in the history");
    case.agreed().await?;
    let task = case.carried_out().await?;
    // It appears by itself.
    portal.see(&format!("a[href='/portal/tasks/{task}']")).await?;
    portal.click(&format!("a[href='/portal/tasks/{task}']")).await?;
    portal.press("认可").await?;
    case.at("close").await?;
    portal.close().await
}

/// A new complaint of the customer's own: name and company are known, the flow begins.
pub async fn a_customer_files_a_complaint(base: &str) -> Result<()> {
    let portal = logged_in_on(base, "portal", 390, 844).await?;
    portal.go("/records/complaint/new").await?;
    portal.see("[data-field=facts] textarea").await?;
    portal.picture("portal-new").await?;
    portal.fill("[data-field=phone] input", "+86 139 0000 1101").await?;
    portal.see("[data-field=category] select option[value=delivery]").await?.click().await?;
    portal.fill("[data-field=facts] textarea", "本周送货没有提前电话通知").await?;
    portal.fill("[data-field=demand] textarea", "请提前一天通知").await?;
    portal.press("保存").await?;
    portal.read("TS20").await?;
    portal.read("受理").await?;
    portal.go("/portal").await?;
    portal.read("本周送货没有提前电话通知").await?;
    portal.close().await
}

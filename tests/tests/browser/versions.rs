//! A flow is changed in the studio and published: what runs goes on as it began, what begins follows the new flow.

use anyhow::{Result, ensure};
use tests::browser::Browser;
use tests::case::Case;

use super::logged_in;

/// The admin gives the first step another deadline. The case from before shows "older version", the one after does not.
pub async fn an_instance_stays_on_its_version(base: &str) -> Result<()> {
    let old = Case::file(base, "版本：发布之前登记", false).await?;
    let admin = logged_in(base, "admin").await?;
    admin.go("/studio/service/flow/complaint").await?;
    admin.click("svg [data-node=accept]").await?;
    set_due(&admin, "3bh").await?;
    admin
        .until("the draft is saved", "return document.querySelector('.studio-saved')?.textContent.includes('已保存')")
        .await?;
    admin.picture("studio-properties").await?;
    admin.press("发布").await?;
    admin.see("dialog[open] .button.primary").await?;
    admin.until("it can be published", "const it = document.querySelector('dialog[open] footer .button.primary'); if (it && !it.disabled) { it.click(); return true } return false").await?;
    admin.gone("dialog[open]").await?;
    let new = Case::file(base, "版本：发布之后登记", false).await?;

    admin.go(&format!("/records/complaint/{}", old.id)).await?;
    admin.press("流程").await?;
    admin.read("旧版流程").await?;
    admin.picture("old-version").await?;
    admin.go(&format!("/records/complaint/{}", new.id)).await?;
    admin.press("流程").await?;
    admin.see("svg [data-node=accept]").await?;
    ensure!(!admin.text().await?.contains("旧版流程"), "a new case follows the new flow");
    // The old one goes its way to the next step.
    old.done("agent", "accept", "forward", serde_json::json!({})).await?;
    old.at("forward").await?;
    admin.close().await
}

async fn set_due(browser: &Browser, span: &str) -> Result<()> {
    browser.until("the deadline can be changed", &format!("const it = [...document.querySelectorAll('.studio-right label')].find(it => it.textContent.includes('办理时限'))?.querySelector('input'); if (!it) return false; it.value = '{span}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true")).await
}

//! Two people edit one record at the same time: whoever saves second decides field by field, and nothing is lost.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::case::Case;

use super::logged_in;

/// Both change the demand, each something else besides. The second takes the other's demand and keeps the own facts.
pub async fn two_people_edit_a_record(base: &str) -> Result<()> {
    let case = Case::file(base, "冲突：原来的事由", false).await?;
    let version = case.read().await?["version"].as_i64().unwrap_or_default();
    let agent = logged_in(base, "agent").await?;
    agent.go(&format!("/records/complaint/{}", case.id)).await?;
    agent.press("编辑").await?;
    agent.fill("[data-field=facts] textarea", "冲突：座席补充的事由").await?;
    agent.fill("[data-field=demand] textarea", "座席写的诉求").await?;
    case.change("manager", version, json!({ "demand": "经理写的诉求", "severity": "s1" })).await?;
    agent.read("此记录刚刚被修改").await?;
    agent.press("保存").await?;
    agent.see("dialog[open] .conflict").await?;
    agent.read("座席写的诉求").await?;
    agent.read("经理写的诉求").await?;
    agent.read("周敏").await?;
    agent.picture("conflict").await?;
    let fields = agent.run("return document.querySelectorAll('dialog[open] .conflict').length").await?;
    ensure!(fields == json!(1), "only what both changed is asked, not {fields} fields");
    agent
        .until(
            "the other value can be chosen",
            "const it = document.querySelectorAll('dialog[open] .conflict input')[1]; it?.click(); return !!it",
        )
        .await?;
    agent.press("按所选保存").await?;
    agent.gone("dialog[open]").await?;
    agent.gone("form").await?;
    let stored = case.read().await?["data"].clone();
    ensure!(stored["facts"] == "冲突：座席补充的事由", "the own change is kept: {stored}");
    ensure!(stored["demand"] == "经理写的诉求", "the chosen one of both is kept: {stored}");
    ensure!(stored["severity"] == "s1", "what only the other changed stays: {stored}");
    agent.close().await
}

/// The second keeps the own value; given up first, everything typed is still there.
pub async fn the_own_value_wins_if_wanted(base: &str) -> Result<()> {
    let case = Case::file(base, "冲突：保留自己的", false).await?;
    let version = case.read().await?["version"].as_i64().unwrap_or_default();
    let agent = logged_in(base, "agent").await?;
    agent.go(&format!("/records/complaint/{}", case.id)).await?;
    agent.press("编辑").await?;
    agent.fill("[data-field=demand] textarea", "座席写的诉求").await?;
    case.change("manager", version, json!({ "demand": "经理写的诉求" })).await?;
    agent.press("保存").await?;
    agent.see("dialog[open] .conflict").await?;
    agent.run("document.querySelector('dialog[open] footer .button:not(.primary)').click()").await?;
    agent.gone("dialog[open]").await?;
    agent
        .until(
            "what was typed is there",
            "return document.querySelector('[data-field=demand] textarea').value === '座席写的诉求'",
        )
        .await?;
    agent.press("保存").await?;
    agent.see("dialog[open] .conflict").await?;
    agent.press("按所选保存").await?;
    agent.gone("form").await?;
    ensure!(case.field("demand").await? == "座席写的诉求", "the own value is stored");
    ensure!(case.history().await?.contains("经理写的诉求"), "the other value is in the history");
    agent.close().await
}

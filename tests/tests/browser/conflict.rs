//! Two people edit one record at the same time: whoever saves second decides field by field, and nothing is lost; nor when the form
//! itself is changed meanwhile.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::case::Case;
use tests::client::Person;

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

/// Somebody decides on a task whose record was changed since they had read it: they are told what, and go on or not.
pub async fn a_decision_is_told_what_changed(base: &str) -> Result<()> {
    let case = Case::file(base, "冲突：决定之前", false).await?;
    let task = case.forwarded().await?;
    let chen = logged_in(base, "chen").await?;
    chen.go(&format!("/inbox/{task}")).await?;
    chen.fill("[data-field=plan] textarea", "上门更换").await?;
    chen.run("const it = document.querySelector('[data-field=agreed_how] select'); if (it) { it.value = 'call'; it.dispatchEvent(new Event('change', { bubbles: true })) } else document.querySelector('[data-field=agreed_how] input[value=call]').click()").await?;
    let version = case.read().await?["version"].as_i64().unwrap_or_default();
    case.change("manager", version, json!({ "demand": "只要退款" })).await?;
    chen.press("客户已同意").await?;
    chen.see("dialog[open] .conflict").await?;
    for words in ["您查看之后", "请更换一台新的设备", "只要退款"] {
        chen.read(words).await?;
    }
    chen.picture("conflict-read").await?;
    chen.press("取消").await?;
    chen.gone("dialog[open]").await?;
    ensure!(case.read().await?.to_string().contains(&task), "given up, nothing is decided");
    chen.press("客户已同意").await?;
    chen.see("dialog[open] .conflict").await?;
    chen.press("仍然提交").await?;
    chen.gone("dialog[open]").await?;
    case.at("carry_out").await?;
    ensure!(case.field("demand").await? == "只要退款", "what the other wrote stays");
    chen.close().await
}

const TEXTS: &str = "i18n/zh-CN.json";
const COMPLAINT: &str = "modules/complaint/schema.json";

/// Publishes `service` with one of its files changed.
async fn publish(admin: &Person, file: &str, content: &str) -> Result<()> {
    let pack: Value = admin.get("/api/studio/packs/service").await?.ok()?;
    let draft = json!({ "base": pack["hash"], "revision": pack["draft_revision"], "files": { file: content } });
    let saved: Value = admin.put("/api/studio/packs/service/draft", draft).await?.ok()?;
    let revision = json!({ "revision": saved["revision"], "note": "while it is filled" });
    let done = admin.post("/api/studio/packs/service/publish", revision).await?;
    ensure!(done.status == 200, "publish: {} {}", done.status, done.body);
    Ok(())
}

/// Another form is published while one is filled: it stays as it is until the person wants the new one, and nothing that was typed is
/// lost. What is published about something else is not even noticed.
pub async fn a_form_is_published_while_it_is_filled(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    let pack: Value = admin.get("/api/studio/packs/service").await?.ok()?;
    let shipped = |file: &str| pack["files"][file].as_str().map(str::to_owned).context("a shipped file");
    let (texts, complaint) = (shipped(TEXTS)?, shipped(COMPLAINT)?);
    let agent = logged_in(base, "agent").await?;
    agent.go("/records/suggestion/new").await?;
    agent.fill("[data-field=content] textarea", "请加装防护罩").await?;
    agent
        .until("what was typed is kept", "return Object.keys(localStorage).some(it => it === 'draft/suggestion/new')")
        .await?;
    agent.run("window.typed = document.querySelector('[data-field=content] textarea'); window.read = () => performance.getEntriesByName(`${location.origin}/api/modules/suggestion`).length; window.before = read()").await?;

    publish(&admin, COMPLAINT, &complaint.replace("客户诉求", "客户的诉求")).await?;
    agent.until("the form was read again", "return read() > before").await?;
    agent.until("that was all", "return new Promise(done => setTimeout(() => done(typed.isConnected), 300))").await?;
    ensure!(!agent.text().await?.contains("表单已更新"), "what was published elsewhere is none of the form's business");

    let mut named: Value = serde_json::from_str(&texts)?;
    named["field/suggestion/content"] = json!("建议的内容");
    publish(&admin, TEXTS, &named.to_string()).await?;
    agent.read("表单已更新").await?;
    ensure!(agent.run("return typed.isConnected && typed.value").await? == json!("请加装防护罩"), "it is typed on");
    agent.picture("form-published").await?;
    agent.press("载入新表单").await?;
    agent.read("建议的内容").await?;
    agent.press("恢复").await?;
    agent
        .until(
            "what was typed is there",
            "return document.querySelector('[data-field=content] textarea').value === '请加装防护罩'",
        )
        .await?;
    publish(&admin, TEXTS, &texts).await?;
    publish(&admin, COMPLAINT, &complaint).await?;
    agent.close().await
}

/// The answer to a save is lost on its way, and something else is written and saved: that the first one came through is said, and leads
/// to what it made. There is one record, as it was sent first.
pub async fn a_record_is_saved_twice(base: &str) -> Result<()> {
    let agent = logged_in(base, "agent").await?;
    agent.go("/records/suggestion/new").await?;
    agent.see("[data-field=content] textarea").await?;
    agent.run("const sent = window.fetch; window.fetch = async (ask, more) => { const method = ask.method ?? more?.method; if (method === 'POST' && String(ask.url ?? ask).includes('/api/records/suggestion') && !window.lost) { window.lost = true; await sent.call(window, ask, more); throw new TypeError('lost'); } return sent.call(window, ask, more) }; return true").await?;
    let fill =
        async |field: &str, text: &str| agent.fill(&format!("[data-field={field}] :is(input, textarea)"), text).await;
    fill("content", "第一次写的建议").await?;
    agent.press("保存").await?;
    agent.until("the answer was lost", "return window.lost === true").await?;
    agent.see(".form-foot .banner.danger").await?;
    agent.picture("saved-lost").await?;
    fill("content", "第二次写的建议").await?;
    agent.press("保存").await?;
    agent.read("之前的提交其实已经保存").await?;
    agent.picture("saved-twice").await?;
    let wrong = agent.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    // What was typed since is given up knowingly.
    agent.press("打开记录").await?;
    agent.press("离开").await?;
    agent.read("第一次写的建议").await?;
    ensure!(!agent.text().await?.contains("第二次写的建议"), "what was sent first holds");
    let found = Person::login(base, "agent").await?.get("/api/records/suggestion?sort=-created_at").await?;
    let said = found.body["rows"].to_string();
    let times = |text: &str| said.matches(text).count();
    ensure!(times("第一次写的建议") > 0 && times("第二次写的建议") == 0, "one record was made: {said}");
    agent.close().await
}

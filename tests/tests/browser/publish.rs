//! The admin takes a step out of a flow that runs, is told what that does to what runs, says where it goes on, has it
//! moved; looks at the versions, brings the old one back, plans it for a night and then publishes it at once.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tests::browser::Browser;
use tests::case::Case;
use tests::client::Person;

use super::{logged_in, logged_in_on};

/// Where a case stands, and whether on the live version.
async fn stands(admin: &Person, record: &str) -> Result<(Vec<String>, bool)> {
    let found = admin.get(&format!("/api/instances?record={record}&state=running")).await?;
    let head = found.body["rows"].get(0).context("it runs")?.clone();
    let at = head["at"].as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect();
    Ok((at, head["current"] == true))
}

async fn choose(browser: &Browser, css: &str, value: &str) -> Result<()> {
    browser
        .until(
            &format!("{value} can be chosen in {css}"),
            &format!(
                "const it = document.querySelector(`{css}`); if (!it || ![...it.options].some(it => it.value === '{value}')) return false; it.value = '{value}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
            ),
        )
        .await
}

async fn saved(browser: &Browser) -> Result<()> {
    browser
        .until("the draft is saved", "return document.querySelector('.studio-saved')?.textContent.includes('已保存')")
        .await
}

async fn publish(browser: &Browser) -> Result<()> {
    browser
        .until(
            "it can be published",
            "const it = document.querySelector('dialog[open] [data-act=do-publish]'); if (it && !it.disabled) { it.click(); return true } return false",
        )
        .await?;
    browser.gone("dialog[open]").await
}

async fn live_hash(admin: &Person) -> Result<String> {
    let pack = admin.get("/api/studio/packs/service").await?;
    Ok(pack.body["hash"].as_str().unwrap_or_default().to_owned())
}

pub async fn what_runs_is_mapped_and_moved(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    admin.delete("/api/studio/packs/service/draft").await?;
    let case = Case::file(base, "迁移：发布之前登记", false).await?;
    let before = live_hash(&admin).await?;
    let browser = logged_in(base, "admin").await?;
    browser.go("/studio/service/flow/complaint").await?;
    browser.click("svg.studio-svg [data-node=accept] .body").await?;
    browser.click(".pad [data-act=delete]").await?;
    browser.gone("svg.studio-svg [data-node=accept]").await?;
    saved(&browser).await?;
    browser.click("[data-act=publish]").await?;
    browser.see("[data-impact=complaint] [data-fate=needsMapping]").await?;
    browser.see("[data-changed=complaint] .badge.danger").await?;
    browser.click("[data-act=show-drawing]").await?;
    browser.see(".change-drawing .node.diff-removed[data-node=accept]").await?;
    browser.picture("publish-changes").await?;
    browser.click("[data-act=show-drawing]").await?;
    browser.see("select[data-map=accept]").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.run("document.querySelector('.mapping').scrollIntoView({ block: 'center' })").await?;
    browser.picture("publish-mapping").await?;
    // To the end event nothing that waits for a person can go.
    browser.run("document.querySelector('select[data-map=accept]').focus()").await?;
    choose(&browser, "select[data-map=accept]", "end").await?;
    browser.see("[data-impact=complaint] [data-fate=wouldBreak]").await?;
    let focused = "return document.querySelector('select[data-map=accept]') === document.activeElement";
    browser.until("what was answered keeps the focus", focused).await?;
    choose(&browser, "select[data-map=accept]", "forward").await?;
    browser.gone("[data-impact=complaint] [data-fate=wouldBreak]").await?;
    browser.gone("[data-impact=complaint] [data-fate=needsMapping]").await?;
    browser.click("[data-running=Move]").await?;
    browser.fill("dialog[open] textarea", "受理并入转发").await?;
    browser.run("document.querySelector('.choice-rows').scrollIntoView({ block: 'center' })").await?;
    browser.picture("publish-move").await?;
    publish(&browser).await?;
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let (at, current) = stands(&admin, &case.id).await?;
        if current && at == ["forward"] {
            break;
        }
        ensure!(Instant::now() < until, "the case is to go on at the mapped step, stands at {at:?} (live: {current})");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ensure!(live_hash(&admin).await? != before, "there is a new version");
    versions(&browser, &admin, &before).await?;
    browser.close().await?;
    on_a_phone(base).await
}

/// The versions: who runs on what, two compared, the one before brought back, planned, taken back, published.
async fn versions(browser: &Browser, admin: &Person, before: &str) -> Result<()> {
    browser.go("/studio/service/flow/complaint").await?;
    browser.see("svg.studio-svg [data-node=forward]").await?;
    browser.click("[data-act=versions]").await?;
    browser.read("受理并入转发").await?;
    browser.see(".version-row [data-runs=complaint]").await?;
    browser.picture("versions").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.click(&format!(".version-row[data-version='{before}'] [data-act=compare-this]")).await?;
    browser.see("[data-changed=complaint]").await?;
    choose(browser, "[data-act=compare-to]", &live_hash(admin).await?).await?;
    browser.see("[data-changed=complaint] .badge.danger").await?;
    browser.click("[data-act=show-drawing]").await?;
    browser.see(".change-drawing .node.diff-removed[data-node=accept]").await?;
    browser.picture("versions-compared").await?;
    browser.click("[data-act=versions-back]").await?;
    browser.click(&format!(".version-row[data-version='{before}'] [data-act=restore]")).await?;
    browser.picture("versions-restore").await?;
    browser.click("[data-act=do-restore]").await?;
    browser.see("svg.studio-svg [data-node=accept]").await?;
    // Planned for a night far away, seen, taken back.
    browser.click("[data-act=publish]").await?;
    browser.click("[data-when=later]").await?;
    browser
        .until(
            "a time can be chosen",
            "const it = document.querySelector('[data-act=plan-time]'); if (!it) return false; it.value = '2099-01-31T22:30'; it.dispatchEvent(new Event('input', { bubbles: true })); return true",
        )
        .await?;
    browser.see("[data-impact=complaint]").await?;
    browser.run("document.querySelector('[data-act=plan-time]').scrollIntoView({ block: 'center' })").await?;
    browser.picture("publish-planned").await?;
    publish(browser).await?;
    browser.see(".studio-bar [data-act=planned]").await?;
    let pack = admin.get("/api/studio/packs/service").await?;
    let at = pack.body["planned"]["at"].as_str().unwrap_or_default().to_owned();
    ensure!(at.starts_with("2099-01-31T"), "planned for {at}");
    browser.click(".studio-bar [data-act=planned]").await?;
    browser.see("[data-planned]").await?;
    browser.picture("publish-recall").await?;
    browser.click("[data-act=recall]").await?;
    browser.gone("[data-planned]").await?;
    publish(browser).await?;
    ensure!(live_hash(admin).await? == before, "what was live before is live again");
    Ok(())
}

/// Both dialogs fit a small screen.
async fn on_a_phone(base: &str) -> Result<()> {
    let browser = logged_in_on(base, "admin", 390, 844).await?;
    browser.go("/studio/service/flow/complaint").await?;
    browser.see("svg.studio-svg [data-node=forward]").await?;
    for (opens, name) in [("publish", "publish-phone"), ("versions", "versions-phone")] {
        browser.click(&format!("[data-act={opens}]")).await?;
        browser.see("dialog[open] footer").await?;
        tokio::time::sleep(Duration::from_millis(700)).await;
        browser.picture(name).await?;
        let wide = browser.run("const it = document.querySelector('dialog[open]'); return it.scrollWidth > it.clientWidth + 1 || it.getBoundingClientRect().right > innerWidth + 1").await?;
        ensure!(wide == false, "{opens}: nothing is wider than the screen");
        browser.press("关闭").await?;
        browser.gone("dialog[open]").await?;
    }
    browser.close().await
}

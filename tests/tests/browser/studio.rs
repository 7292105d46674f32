//! The admin changes a flow and a form, is told what is wrong, is refused, puts it right and publishes.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tests::browser::Browser;
use tests::client::Person;

use super::logged_in;

async fn alerts(browser: &Browser) -> Result<String> {
    let text = browser.run("return document.querySelector('.alert-panel')?.innerText ?? ''").await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// Waits until the panel of alerts says (or no longer says) something.
async fn until_alerts(browser: &Browser, wanted: impl Fn(&str) -> bool, what: &str) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let now = alerts(browser).await?;
        if wanted(&now) {
            return Ok(());
        }
        ensure!(Instant::now() < until, "expected alerts that {what}, came: {now}");
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

pub async fn an_admin_changes_a_flow(base: &str) -> Result<()> {
    let browser = logged_in(base, "admin").await?;
    browser.go("/studio/service/flow/complaint").await?;
    browser.see("svg [data-node=accept]").await?;
    until_alerts(&browser, |it| !it.is_empty(), "are there").await?;
    browser.picture("studio-flow").await?;
    let errors = |text: &str| {
        text.contains("错误") && !text.contains("0 个错误") || text.contains("没有") || text.contains("不可达")
    };
    // A task on its own: nothing leads to it, it leads nowhere.
    browser.click("[data-kind=UserTask]").await?;
    let nodes = "return document.querySelectorAll('svg [data-node]').length";
    let many = browser.run(nodes).await?;
    until_alerts(&browser, errors, "name the new task").await?;
    browser.picture("studio-alerts").await?;
    // Saved before it is taken back: else the draft would be looked at before there is one.
    browser.read("草稿已保存").await?;
    browser.press("发布").await?;
    browser.read("请先解决以下错误").await?;
    browser.press("取消").await?;
    browser.run("document.querySelector('main').focus?.()").await?;
    browser.press_label("撤销").await?;
    let until = Instant::now() + Duration::from_secs(10);
    while browser.run(nodes).await? == many {
        ensure!(Instant::now() < until, "undo takes the task away again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The draft follows, so that the next person who opens it sees the same.
    let admin = Person::login(base, "admin").await?;
    let until = Instant::now() + Duration::from_secs(15);
    loop {
        let pack = admin.get("/api/studio/packs/service").await?;
        if pack.body["draft"].as_object().is_none_or(|it| it.is_empty()) {
            break;
        }
        ensure!(
            Instant::now() < until,
            "undone, but the draft still holds {:?}",
            pack.body["draft"].as_object().map(|it| it.keys().cloned().collect::<Vec<_>>())
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    browser.close().await
}

pub async fn an_admin_changes_a_form(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let known = || async {
        let module = agent.get("/api/modules/complaint").await?;
        anyhow::Ok(module.body["schema"]["properties"].as_object().map_or(0, |it| it.len()))
    };
    let shipped = known().await?;
    let browser = logged_in(base, "admin").await?;
    browser.go("/studio/service/form/complaint").await?;
    browser.see(".form-stage, .form-sheet").await?;
    browser.picture("studio-form").await?;
    let fields = "return document.querySelectorAll('[data-key]').length";
    tokio::time::sleep(Duration::from_millis(800)).await;
    let before = browser.run(fields).await?.as_i64().unwrap_or(0);
    browser.run("document.querySelector('.studio-left .node-list button').click()").await?;
    let until = Instant::now() + Duration::from_secs(10);
    while browser.run(fields).await?.as_i64().unwrap_or(0) <= before {
        ensure!(Instant::now() < until, "a click on the palette adds a field");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    browser.picture("studio-form-added").await?;
    // Published, it is there for everybody on the next request.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    browser.press("发布").await?;
    browser.see("dialog[open] .button.primary").await?;
    browser.run("document.querySelector('dialog[open] .button.primary').click()").await?;
    let until = Instant::now() + Duration::from_secs(20);
    while known().await? <= shipped {
        ensure!(
            Instant::now() < until,
            "the new field is not there after publishing; the page says\n{}",
            browser.text().await?
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    browser.close().await
}

/// A flow, a form and a decision table are begun from nothing, each opens where it is designed, and is listed while it is a draft.
pub async fn something_new_is_begun(base: &str) -> Result<()> {
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    for (what, title, key, seen) in [
        ("flow", "回访安排", "flow", "svg.studio-svg [data-node=start]"),
        ("form", "Site visit", "site_visit", ".form-sheet .field-card[data-key=name]"),
        ("table", "赔付上限", "table", ".studio table"),
    ] {
        browser.go("/studio").await?;
        browser.click(&format!(".studio-pack a[href='/studio/service/new/{what}']")).await?;
        browser.see("#new-title").await?;
        browser.run("document.querySelector('.studio-new button.primary').click(); return true").await?;
        browser.see("#new-title-fault:not([hidden])").await?;
        let write = format!(
            "const it = document.querySelector('#new-title'); it.value = '{title}'; it.dispatchEvent(new Event('input', {{ bubbles: true }})); return true"
        );
        browser.run(&write).await?;
        browser
            .until("the key follows", &format!("return document.querySelector('#new-key').value === '{key}'"))
            .await?;
        browser.picture(&format!("studio-new-{what}")).await?;
        browser.run("document.querySelector('.studio-new button.primary').click(); return true").await?;
        browser.until("it opens", &format!("return location.pathname === '/studio/service/{what}/{key}'")).await?;
        browser.see(seen).await?;
        browser.go("/studio").await?;
        browser.read(title).await?;
    }
    browser.picture("studio-begun").await?;
    browser.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

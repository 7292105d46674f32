//! Agent, handler and manager at their desks.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use fantoccini::Locator;
use serde_json::json;
use tests::browser::Browser;
use tests::client::Person;

use super::logged_in;

/// Every demo user gets in; language and theme change at once; nothing sticks out of a phone's screen.
pub async fn everybody_comes_in(base: &str) -> Result<()> {
    for user in ["admin", "manager", "agent", "chen", "liu", "portal"] {
        Person::login(base, user).await?;
    }
    let browser = Browser::open(base, 390, 844).await?;
    browser.go("/").await?;
    browser.see("input[type=password]").await?;
    browser.press("简体中文").await?;
    browser.read("密码").await?;
    browser.press("English").await?;
    browser.read("Password").await?;
    for (theme, dark) in [("dark", true), ("light", false)] {
        let ground = || async { browser.run("return getComputedStyle(document.body).backgroundColor").await };
        let before = ground().await?;
        browser.run(&format!("[...document.querySelectorAll('button')].find(it => (it.getAttribute('aria-label') || it.title || '').toLowerCase().includes('{theme}')).click()")).await?;
        let until = Instant::now() + Duration::from_secs(5);
        while ground().await? == before && dark {
            ensure!(Instant::now() < until, "the page did not become {theme}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    browser.fill("input[autocomplete=username]", "agent").await?;
    browser.fill("input[type=password]", "wrong").await?;
    browser.press("Log in").await?;
    browser.see("[role=alert]").await?;
    browser.fill("input[type=password]", tests::client::PASSWORD).await?;
    browser.press("Log in").await?;
    browser.see("nav").await?;
    for path in ["/inbox", "/records/complaint", "/records/complaint/new", "/records/customer"] {
        browser.go(path).await?;
        browser.see("h1").await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").await?;
        ensure!(wide.as_i64().unwrap_or(0) <= 0, "{path} is {wide} pixels wider than the phone");
        browser.picture(&format!("phone{}", path.replace('/', "-"))).await?;
    }
    browser.close().await
}

/// Errors at the field and in a summary; a reference found while typing; saved, numbered, in the flow.
pub async fn an_agent_files_a_complaint(base: &str) -> Result<()> {
    let browser = logged_in(base, "agent").await?;
    browser.go("/records/complaint/new").await?;
    browser.see("[data-field=facts] textarea").await?;
    browser.press("保存").await?;
    browser.see("[data-field=contact] [aria-invalid=true]").await?;
    browser.read("部分字段需要修改").await?;
    browser.picture("complaint-faults").await?;
    browser.fill("[data-field=contact] input", "王丽").await?;
    browser.fill("[data-field=phone] input", "+86 139 1234 5678").await?;
    for (field, value) in [("channel", "phone"), ("category", "quality")] {
        browser.see(&format!("[data-field={field}] select option[value={value}]")).await?.click().await?;
    }
    browser.fill("[data-field=facts] textarea", "设备到货第二天无法启动").await?;
    browser.fill("[data-field=demand] textarea", "请更换一台新的设备").await?;
    browser.fill("[data-field=customer] input", "苏州澄湖").await?;
    browser.see("[role=option]").await?;
    browser.press_key(&browser.see("[data-field=customer] input").await?, fantoccini::key::Key::Enter).await?;
    browser.press("保存").await?;
    browser.read("TS20").await?;
    let here = browser.page.current_url().await?;
    ensure!(here.path().starts_with("/records/complaint/rec_"), "after saving it shows the record, not {here}");
    browser.read("受理").await?;
    browser.picture("complaint-saved").await?;
    browser.close().await
}

/// The badge counts up without a reload; the task shows record, history and the flow; it is completed with an outcome.
pub async fn a_handler_works_the_inbox(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let browser = logged_in(base, "clerk").await?;
    browser.go("/inbox").await?;
    let badge = || async {
        browser.run("const it = document.querySelector('nav a[href=\"/inbox\"] .badge, nav a[href=\"/inbox\"] .count'); return it ? Number(it.textContent) : 0").await
    };
    browser.see("nav a[href='/inbox']").await?;
    tokio::time::sleep(Duration::from_millis(800)).await;
    let before = badge().await?.as_i64().unwrap_or(0);
    // Somebody else files a complaint and accepts it: the clerk's group has one more.
    let mut data = json!({ "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality", "facts": "浏览器测试 徽标", "demand": "更换", "severity": "s2", "region": "320506" });
    let made = agent.post("/api/records/complaint", json!({ "data": data.take() })).await?;
    ensure!(made.status == 201, "{}", made.body);
    let number = made.body["data"]["code"].as_str().unwrap_or_default().to_owned();
    let task = made.body["tasks"][0]["id"].as_str().unwrap_or_default().to_owned();
    let done = agent
        .post(
            &format!("/api/tasks/{task}/complete"),
            json!({ "outcome": "forward", "data": {}, "version": made.body["version"], "comment": "" }),
        )
        .await?;
    ensure!(done.status < 300, "{}", done.body);
    let until = Instant::now() + Duration::from_secs(15);
    while badge().await?.as_i64().unwrap_or(0) <= before {
        ensure!(Instant::now() < until, "the badge still says {before}; the page says\n{}", browser.text().await?);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let record = made.body["id"].as_str().unwrap_or_default();
    let manager = Person::login(base, "manager").await?;
    let open = manager.get(&format!("/api/records/complaint/{record}")).await?;
    let task = open.body["tasks"][0]["id"].as_str().unwrap_or_default().to_owned();
    browser.go(&format!("/inbox/{task}")).await?;
    browser.read(&number).await?;
    browser.press("领取").await?;
    browser.press("动态").await?;
    browser.read("林晓").await?;
    browser.press("流程图").await?;
    browser.see("svg [data-node=forward]").await?;
    browser.picture("task-diagram").await?;
    browser.press("任务").await?;
    browser.press("转发").await?;
    let until = Instant::now() + Duration::from_secs(15);
    loop {
        let now = manager.get(&format!("/api/records/complaint/{record}")).await?;
        if now.body["tasks"][0]["node"] != "forward" {
            break;
        }
        ensure!(Instant::now() < until, "the task is still open; the page says\n{}", browser.text().await?);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    browser.close().await
}

/// List with search, board by state, running instances on the diagram.
pub async fn a_manager_looks_over_it_all(base: &str) -> Result<()> {
    let browser = logged_in(base, "manager").await?;
    browser.go("/records/complaint").await?;
    browser.see("table tbody tr").await?;
    let rows =
        || async { Ok::<usize, anyhow::Error>(browser.page.find_all(Locator::Css("table tbody tr")).await?.len()) };
    let all = rows().await?;
    ensure!(all > 10, "the samples are listed: {all}");
    browser.picture("list").await?;
    browser.fill("main input[type=search]", "Jonas").await?;
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let found = rows().await?;
        if found > 0 && found < all {
            break;
        }
        ensure!(Instant::now() < until, "the search left {found} of {all} rows");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    browser.go("/records/complaint").await?;
    browser.press("投诉看板").await?;
    browser.see("[data-column=accepted]").await?;
    browser.see("[data-column=done]").await?;
    browser.picture("board").await?;
    browser.press("运行中的流程").await?;
    browser.see("svg [data-node=agree]").await?;
    browser.picture("watch").await?;
    browser.close().await
}

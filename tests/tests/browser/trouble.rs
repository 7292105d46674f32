//! Others work at the same time, and the server is in trouble: nothing that was typed is lost, nothing closes as if it had been
//! done, and it is said where it was asked.

use anyhow::{Result, ensure};
use fantoccini::key::Key;
use serde_json::json;
use tests::case::Case;
use tests::client::Person;
use tests::server::{Database, Server};

use super::canvas::held_back;
use super::logged_in;

/// A comment is rewritten, a filter is put together, a list is walked through and a card's menu is open while others work.
pub async fn what_is_at_hand_outlasts_others(base: &str) -> Result<()> {
    let case = Case::file(base, "他人同时操作", false).await?;
    let (agent, manager) = (Person::login(base, "agent").await?, Person::login(base, "manager").await?);
    let comments = format!("/api/records/complaint/{}/comments", case.id);
    let made = manager.post(&comments, json!({ "text": "我的评论", "mentions": [] })).await?;
    ensure!(made.status == 201, "{}", made.body);
    let browser = logged_in(base, "manager").await?;
    browser.go(&format!("/records/complaint/{}?tab=history", case.id)).await?;
    browser.read("我的评论").await?;
    browser.press_label("编辑此评论").await?;
    browser.fill(".said .composer textarea", "改写了一半").await?;
    agent.post(&comments, json!({ "text": "别人的评论", "mentions": [] })).await?;
    browser.read("别人的评论").await?;
    let mine = "document.querySelector('.said .composer textarea')";
    ensure!(
        browser.run(&format!("return {mine}?.value === '改写了一半' && document.activeElement === {mine}")).await?
            == true,
        "what was half rewritten is still there, and the keyboard in it"
    );
    // Two values of one filter, one after the other.
    browser.go("/records/complaint?f=severity:in:s1").await?;
    browser.click(".chip .pop > button").await?;
    browser.see(".chip .pop-panel input").await?;
    browser.run("document.querySelectorAll('.chip .pop-panel input')[1].click()").await?;
    browser.until("two are wanted", "return decodeURIComponent(location.search).includes('s1~s2')").await?;
    browser.see(".chip .pop-panel input").await?;
    // The keyboard is at a row, and another one comes in.
    browser.go("/records/complaint").await?;
    browser.see("tbody tr:nth-child(3) a.row-link").await?;
    browser.run("window.mine = document.querySelector('tbody tr:nth-child(3) a.row-link'); mine.focus()").await?;
    let second = Case::file(base, "列表中新增", false).await?;
    browser
        .until("it is listed", &format!("return !!document.querySelector(`tbody a[href$='{}']`)", second.id))
        .await?;
    ensure!(browser.run("return document.activeElement === window.mine").await? == true, "the row keeps the keyboard");
    browser.go("/records/complaint/board/kanban").await?;
    browser.click(".board-card .pop > button").await?;
    browser.see(".board-card .pop-panel").await?;
    let third = Case::file(base, "看板上新增", false).await?;
    browser
        .until("it is on the board", &format!("return !!document.querySelector(`.board-card a[href$='{}']`)", third.id))
        .await?;
    browser.see(".board-card .pop-panel").await?;
    browser.close().await
}

/// The session ends while the page goes on asking: the password that is being typed stays, and the dialog too.
pub async fn a_session_ends_at_an_ill_time(base: &str) -> Result<()> {
    let browser = logged_in(base, "manager").await?;
    browser.go("/records/complaint").await?;
    browser.see("tbody a.row-link").await?;
    browser.trouble("/api/records/complaint", 401).await?;
    let ask = |words: &str| {
        format!(
            "const it = document.querySelector('.toolbar .search-box input'); it.value = '{words}'; it.dispatchEvent(new InputEvent('input'))"
        )
    };
    browser.run(&ask("甲")).await?;
    let password = "dialog[open] #login-password";
    browser
        .until(
            "the password is asked for",
            &format!("return document.activeElement === document.querySelector('{password}')"),
        )
        .await?;
    browser.keys("flow").await?;
    browser.run("const unharmed = window.fetch; window.asked = 0; window.fetch = (...all) => { window.asked += 1; return unharmed(...all) }").await?;
    browser.run(&ask("乙")).await?;
    browser.until("it was asked again", "return window.asked > 0").await?;
    for _ in 0..3 {
        browser.press_key(&browser.see(password).await?, Key::Escape).await?;
    }
    browser
        .until("what was typed is there", &format!("return document.querySelector('{password}')?.value === 'flow'"))
        .await?;
    browser
        .until(
            "and the keyboard in it",
            &format!("return document.activeElement === document.querySelector('{password}')"),
        )
        .await?;
    browser.heal().await?;
    browser.keys("loom").await?;
    browser.press_key(&browser.see(password).await?, Key::Enter).await?;
    browser.gone("dialog[open]").await?;
    // Who cannot be logged out is told so.
    browser.trouble("/api/logout", 0).await?;
    browser.click(".rail .foot .pop > button").await?;
    browser.press("退出登录").await?;
    browser.read("您仍处于登录状态").await?;
    browser.see(".shell").await?;
    browser.close().await
}

/// A running flow is to be ended and the server does not do it: the dialog stays with the reason, and says why.
pub async fn a_dialog_says_why_not(base: &str) -> Result<()> {
    let case = Case::file(base, "服务器故障", false).await?;
    let browser = logged_in(base, "admin").await?;
    browser.go(&format!("/records/complaint/{}", case.id)).await?;
    browser.press("流程").await?;
    browser.click("[data-act=end-flow]").await?;
    browser.fill("[data-act=end-reason]", "重复的投诉").await?;
    browser.trouble("/cancel", 500).await?;
    browser.click("[data-act=do-end]").await?;
    browser.see("dialog[open] [role=alert]").await?;
    browser.picture("trouble-dialog").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "axe: {found:#?}");
    ensure!(
        browser.run("return document.querySelector('[data-act=end-reason]').value").await? == "重复的投诉",
        "the reason is still there"
    );
    browser.heal().await?;
    browser.click("[data-act=do-end]").await?;
    browser.gone("dialog[open]").await?;
    browser.read("已取消").await?;
    browser.close().await?;

    let case = Case::file(base, "转交时服务器故障", false).await?;
    let task = case.forwarded().await?;
    let browser = logged_in(base, "chen").await?;
    browser.go(&format!("/inbox/{task}")).await?;
    browser.read(&case.code).await?;
    browser.trouble("/api/people", 500).await?;
    browser.press("转交").await?;
    browser.see("dialog[open] [role=radiogroup] [role=alert]").await?;
    browser.heal().await?;
    browser.press("重试").await?;
    browser.click("dialog[open] input[name=choose]").await?;
    browser.fill("dialog[open] textarea", "休假交接").await?;
    browser.trouble("/handover", 0).await?;
    browser.click("dialog[open] footer .button.primary").await?;
    browser.see("dialog[open] .body > [role=alert]").await?;
    browser.picture("trouble-hand-over").await?;
    ensure!(
        browser.run("return document.querySelector('dialog[open] textarea').value").await? == "休假交接",
        "the reason is still there"
    );
    browser.close().await?;

    // Rows that are there stay when they cannot be read again.
    let browser = logged_in(base, "manager").await?;
    browser.go("/records/complaint").await?;
    browser.see("tbody tr").await?;
    browser.trouble("/api/records/complaint?", 500).await?;
    Case::file(base, "列表无法刷新", false).await?;
    browser.see(".list-page > .banner[role=alert]").await?;
    browser.see("tbody tr").await?;
    browser.heal().await?;
    browser.press("重试").await?;
    browser.gone(".list-page > .banner[role=alert]").await?;
    browser.close().await
}

/// The draft cannot be saved: publishing says so instead of looking for ever, who leaves is asked, and it is not thrown away
/// before the server has done so. Who types at one field arrives at the next.
pub async fn a_draft_cannot_be_saved(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    admin.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go("/studio/service/form/complaint?view=create").await?;
    browser.click(".form-sheet .field-card[data-key=category]").await?;
    let options = ".studio-right .prop-row input.input";
    browser.see(options).await?;
    browser.run(&format!("const it = document.querySelectorAll('{options}')[0]; it.focus(); it.select()")).await?;
    browser.keys("产品质量问题").await?;
    browser.keys(&char::from(Key::Tab).to_string()).await?;
    browser.until("it is saved", "return document.querySelector('.studio-saved').textContent === '草稿已保存'").await?;
    ensure!(
        browser.run("return !!document.activeElement.closest('.studio-right .prop-row')").await? == true,
        "the keyboard went on to what stands beside it"
    );
    browser.trouble("/draft", 500).await?;
    browser.run(&format!("const it = document.querySelectorAll('{options}')[1]; it.focus(); it.select()")).await?;
    browser.keys("服务态度不好").await?;
    browser.keys(&char::from(Key::Tab).to_string()).await?;
    browser.read("保存失败").await?;
    browser.click("[data-act=publish]").await?;
    browser.see("dialog[open] [data-unsaved][role=alert]").await?;
    browser.picture("trouble-publish").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "axe: {found:#?}");
    browser.press("取消").await?;
    browser.gone("dialog[open]").await?;
    browser.click(".studio-bar a[href='/studio']").await?;
    browser.read("不保存就离开吗").await?;
    browser.press("留下").await?;
    browser.gone("dialog[open]").await?;
    browser.click("[data-act=publish]").await?;
    browser.press("放弃草稿").await?;
    browser.click("dialog[open] [data-act=do-drop]").await?;
    browser.see("dialog[open] [data-act=do-drop]").await?;
    browser.see("dialog[open] .banner[role=alert]").await?;
    browser.picture("trouble-drop").await?;
    browser.heal().await?;
    browser.click("dialog[open] [data-act=do-drop]").await?;
    browser.gone("dialog[open]").await?;
    browser.until("it is as it was", "return !document.querySelector('.studio-right input.input') || ![...document.querySelectorAll('input')].some(it => it.value === '服务态度不好')").await?;
    let left = admin.get("/api/studio/packs/service").await?;
    ensure!(left.body["draft"].as_object().is_some_and(|it| it.is_empty()), "no draft is left: {}", left.body["draft"]);
    browser.close().await
}

/// What somebody has done leads to what became of it, not to a task that is no more.
pub async fn what_is_done_leads_on(base: &str) -> Result<()> {
    let case = Case::file(base, "已办任务", false).await?;
    case.done("agent", "accept", "forward", json!({})).await?;
    case.at("forward").await?;
    let browser = logged_in(base, "agent").await?;
    browser.go("/inbox?box=done").await?;
    browser.click(&format!(".task-row[href*='{}']", case.id)).await?;
    browser.until("the record is shown", &format!("return location.pathname.endsWith('{}')", case.id)).await?;
    browser.see(".timeline .event").await?;
    browser.close().await
}

/// Others change the record of an open task, and the server is away for a while: it is said, what was typed stays, and what
/// could not be read comes by itself.
pub async fn a_task_hears_of_others(base: &str) -> Result<()> {
    let case = Case::file(base, "到货的机床缺少两颗螺栓", false).await?;
    let task = case.forwarded().await?;
    let chen = logged_in(base, "chen").await?;
    chen.go(&format!("/inbox/{task}")).await?;
    chen.fill("[data-field=plan] textarea", "补发两颗螺栓").await?;
    let manager = Person::login(base, "manager").await?;
    let record = format!("/api/records/complaint/{}", case.id);
    let version = case.read().await?["version"].clone();
    let changed =
        manager.patch(&record, json!({ "version": version, "data": { "facts": "到货的机床缺少四颗螺栓" } })).await?;
    ensure!(changed.status == 200, "{}", changed.body);
    chen.read("周敏 刚刚修改了此记录").await?;
    chen.picture("task-changed-by-another").await?;
    let typed = chen.run("return document.querySelector('[data-field=plan] textarea').value").await?;
    ensure!(typed == "补发两颗螺栓", "what was typed stays: {typed}");
    chen.press("显示最新内容").await?;
    chen.until("it is shown as it is", "return document.querySelector('.task').textContent.includes('缺少四颗螺栓') && !document.querySelector('.inbox-task').textContent.includes('刚刚修改了此记录')").await?;

    chen.go("/records/customer").await?;
    chen.see("tbody tr").await?;
    chen.trouble("/api/", 0).await?;
    chen.run("document.querySelector('nav a[href=\"/notices\"]').click()").await?;
    chen.read("无法连接服务器").await?;
    chen.heal().await?;
    chen.run("window.dispatchEvent(new Event('online'))").await?;
    chen.until("it is read by itself", "return !document.body.textContent.includes('无法连接服务器')").await?;
    chen.close().await
}

/// What publishes does not come: it is said where it is seen, and asked for again by the next click.
pub async fn publishing_does_not_come(base: &str) -> Result<()> {
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = held_back(base, "split_publish", "/studio/service/flow/suggestion", true).await?;
    browser.see("svg.studio-svg [data-node]").await?;
    browser.click("[data-act=publish]").await?;
    browser.until("it is asked for", "return !!window.let").await?;
    browser.run("window.let(); return true").await?;
    browser.see(".toast").await?;
    browser.picture("publish-does-not-come").await?;
    ensure!(
        browser.run("return !document.querySelector('.studio .state')").await? == true,
        "nothing is said below the bar"
    );
    browser.click("[data-act=publish]").await?;
    browser.see("dialog[open]").await?;
    browser.close().await
}

/// The server is gone while a form is filled: it is said at once, without anything being asked of it, and what was typed stays.
pub async fn a_server_is_gone(_base: &str) -> Result<()> {
    let mut own = Server::demo(Database::Sqlite)?;
    let browser = logged_in(&own.url(), "agent").await?;
    browser.go("/records/complaint/new").await?;
    browser.fill("[data-field=facts] textarea", "写到一半服务器停了").await?;
    ensure!(browser.run("return !document.querySelector('.offline-bar')").await? == true, "it is said too early");
    own.kill();
    browser.see(".offline-bar").await?;
    browser.picture("server-gone").await?;
    ensure!(
        browser
            .run("return document.querySelector('[data-field=facts] textarea').value === '写到一半服务器停了'")
            .await?
            == true,
        "what was typed is still there"
    );
    browser.close().await
}

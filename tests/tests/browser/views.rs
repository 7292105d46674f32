//! Calendars, trees and the page of a record: looked at, walked by keyboard, changed, designed.

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;
use tests::browser::Browser;
use tests::client::Person;

use super::{logged_in, logged_in_on};

/// A complaint that is promised for a day; its id.
async fn promised(person: &Person, contact: &str, day: &str) -> Result<String> {
    let data = json!({
        "contact": contact, "phone": "13900001188", "channel": "phone", "category": "quality", "severity": "s3",
        "facts": "导轨划伤。", "demand": "更换导轨。", "region": "320506", "promised_on": day,
    });
    let made = person.post("/api/records/complaint", json!({ "data": data, "accept_duplicates": true })).await?;
    ensure!(made.status == 201, "made: {}", made.body);
    Ok(made.body["id"].as_str().context("an id")?.to_owned())
}

async fn day_of(person: &Person, id: &str) -> Result<String> {
    let it = person.get(&format!("/api/records/complaint/{id}")).await?;
    Ok(it.body["data"]["promised_on"].as_str().unwrap_or_default().to_owned())
}

/// Waits until the server has a day: the screen shows it before.
async fn stored(person: &Person, id: &str, day: &str) -> Result<()> {
    for _ in 0..100 {
        if day_of(person, id).await? == day {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    bail!("expected {day} to be stored, found {}", day_of(person, id).await?)
}

async fn with_alt(browser: &Browser, key: Key) -> Result<()> {
    let (alt, key) = (char::from(Key::Alt), char::from(key));
    let hand = KeyActions::new("keys".to_owned())
        .then(KeyAction::Down { value: alt })
        .then(KeyAction::Down { value: key })
        .then(KeyAction::Up { value: key })
        .then(KeyAction::Up { value: alt });
    browser.page.perform_actions(hand).await.context("keys")?;
    Ok(())
}

/// Dragged to another day, moved by the keyboard, and by the menu on a phone.
pub async fn a_promise_is_put_on_another_day(base: &str) -> Result<()> {
    let person = Person::login(base, "manager").await?;
    let id = promised(&person, "蒋远航", "2032-05-11").await?;
    promised(&person, "陆思齐", "2032-05-11").await?;
    let browser = logged_in(base, "manager").await?;
    browser.go("/records/complaint/calendar/calendar?day=2032-05-10").await?;
    let card = |day: &str| format!("[data-day=\"{day}\"] .cal-card:has([href$=\"{id}\"])");
    browser.see(&card("2032-05-11")).await?;
    browser.picture("calendar").await?;
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);
    browser.drag(&card("2032-05-11"), "[data-day=\"2032-05-19\"]").await?;
    browser.see(&card("2032-05-19")).await?;
    browser.read("已改到").await?;
    ensure!(day_of(&person, &id).await? == "2032-05-19", "stored: {}", day_of(&person, &id).await?);
    let url = browser.page.current_url().await?;
    ensure!(url.path().ends_with("/calendar/calendar"), "a drag is no click: {url}");
    // By the keyboard: a day on, then a week back.
    browser.run(&format!("document.querySelector(`{} a`).focus()", card("2032-05-19"))).await?;
    with_alt(&browser, Key::Right).await?;
    browser.see(&card("2032-05-20")).await?;
    stored(&person, &id, "2032-05-20").await?;
    // The card keeps the focus where it has gone, and when it is stored.
    browser.read("已改到 2032年5月20日").await?;
    let focused = format!("return document.querySelector(`{} a`) === document.activeElement", card("2032-05-20"));
    browser.until("the moved card has the focus", &focused).await?;
    with_alt(&browser, Key::Up).await?;
    browser.see(&card("2032-05-13")).await?;
    stored(&person, &id, "2032-05-13").await?;
    browser.press("周").await?;
    browser.see(".cal.week").await?;
    browser.go("/records/complaint/calendar/calendar?day=2032-05-13&by=week").await?;
    browser.see(&card("2032-05-13")).await?;
    browser.picture("calendar-week").await?;
    browser.go("/records/complaint/calendar/calendar?day=2041-01-01").await?;
    browser.read("这些日期没有记录").await?;
    browser.close().await?;
    ensure!(day_of(&person, &id).await? == "2032-05-13", "as it was last put");

    let phone = logged_in_on(base, "manager", 390, 844).await?;
    phone.go("/records/complaint/calendar/calendar?day=2032-05-10").await?;
    phone.see(&card("2032-05-13")).await?;
    phone.picture("calendar-phone").await?;
    phone.click(&format!("{} .pop > button", card("2032-05-13"))).await?;
    phone.see(".pop-panel input[type=date]").await?;
    phone.run("const it = document.querySelector('.pop-panel input[type=date]'); it.value = '2032-05-25'; it.dispatchEvent(new Event('change', {bubbles: true}))").await?;
    phone.see(&card("2032-05-25")).await?;
    stored(&person, &id, "2032-05-25").await?;
    phone.close().await?;
    // Who only reads moves nothing.
    let gm = logged_in(base, "gm").await?;
    gm.go("/records/complaint/calendar/calendar?day=2032-05-10").await?;
    gm.see(&format!("{}.fixed", card("2032-05-25"))).await?;
    gm.drag(&card("2032-05-25"), "[data-day=\"2032-05-06\"]").await?;
    gm.close().await?;
    ensure!(day_of(&person, &id).await? == "2032-05-25", "where it was");
    Ok(())
}

/// Opened, walked and closed by the arrows; the page of what is found lists what belongs to it.
pub async fn a_tree_is_walked(base: &str) -> Result<()> {
    let person = Person::login(base, "manager").await?;
    let mut ids: Vec<String> = Vec::new();
    for (at, name) in ["瀚川工业集团", "瀚川轴承有限公司", "瀚川轴承质检部"].into_iter().enumerate()
    {
        let mut data =
            json!({ "name": name, "type": "end_user", "region": "320506", "phone": format!("0513-8812660{at}") });
        if let Some(above) = ids.last() {
            data["parent"] = json!(above);
        }
        let made = person.post("/api/records/customer", json!({ "data": data, "accept_duplicates": true })).await?;
        ensure!(made.status == 201, "{name}: {}", made.body);
        ids.push(made.body["id"].as_str().context("an id")?.to_owned());
    }
    let browser = logged_in(base, "manager").await?;
    browser.go("/records/customer/tree/tree").await?;
    browser.see(".tree-row").await?;
    browser.go(&format!("/records/customer/tree/tree?q={}", "瀚川工业集团")).await?;
    let node = |at: usize| format!("[data-node=\"{}\"]", ids[at]);
    browser.see(&format!("{}[aria-expanded=false]", node(0))).await?;
    browser.run(&format!("document.querySelector(`{}`).focus()", node(0))).await?;
    let press = async |it: Key| browser.keys(&char::from(it).to_string()).await;
    press(Key::Right).await?;
    browser.see(&node(1)).await?;
    browser
        .until(
            "open and still there",
            &format!("return document.activeElement === document.querySelector(`{}[aria-expanded=true]`)", node(0)),
        )
        .await?;
    press(Key::Right).await?;
    let at = |it: usize| format!("return document.activeElement === document.querySelector(`{}`)", node(it));
    browser.until("at the first below", &at(1)).await?;
    press(Key::Right).await?;
    browser.see(&format!("{}[aria-level=\"3\"]", node(2))).await?;
    browser.picture("tree").await?;
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);
    browser.until("still at it", &at(1)).await?;
    press(Key::Down).await?;
    browser.until("below it", &at(2)).await?;
    press(Key::Left).await?;
    browser.until("at what it stands under", &at(1)).await?;
    press(Key::Left).await?;
    browser.gone(&node(2)).await?;
    browser.until("still at what was closed", &at(1)).await?;
    press(Key::Left).await?;
    browser.until("at the top", &at(0)).await?;
    press(Key::Left).await?;
    // What was searched for it is, too: closed, it stands at the top again.
    browser.gone(&format!("{}[aria-level=\"2\"]", node(1))).await?;
    browser.until("still at the top", &at(0)).await?;
    press(Key::Enter).await?;
    browser.see(".related-list").await?;
    browser.read("下属公司").await?;
    browser.read("瀚川轴承有限公司").await?;
    browser.picture("detail").await?;
    browser.close().await
}

/// A page of suggestions is made, filled and taken away again; a tree cannot be where nothing refers to itself.
pub async fn a_page_of_a_record_is_designed(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    admin.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go("/studio/service/form/suggestion?view=create").await?;
    browser.see(".form-sheet .field-card").await?;
    let choose = |kind: &str| {
        format!(
            "const it = document.querySelector('.form-views select'); it.value = '+{kind}'; it.dispatchEvent(new Event('change', {{bubbles: true}}))"
        )
    };
    browser.run(&choose("tree")).await?;
    browser.read("树形视图需要引用本模块的字段").await?;
    browser.run(&choose("detail")).await?;
    browser.see(".view-sample .facts-grid").await?;
    browser.until("the address says so", "return location.pathname.endsWith('/view/suggestion/detail')").await?;
    browser.picture("design-detail").await?;
    let side = "[...document.querySelectorAll('.studio-right select')]";
    browser.run(&format!("const it = {side}.find(it => [...it.options].some(it => it.value === 'beside')); it.value = 'beside'; it.dispatchEvent(new Event('change', {{bubbles: true}}))")).await?;
    let draft = async || -> Result<String> {
        let files = admin.get("/api/studio/packs/service").await?.body;
        Ok(files["draft"]["modules/suggestion/views/detail.json"].as_str().unwrap_or_default().to_owned())
    };
    let mut stored = String::new();
    for _ in 0..50 {
        stored = draft().await?;
        if stored.contains("beside") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    ensure!(stored.contains("\"kind\": \"detail\"") && stored.contains("beside"), "kept in the draft: {stored}");
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);
    browser.press("删除视图").await?;
    browser.see("dialog[open] .button.danger").await?;
    browser.picture("design-delete-view").await?;
    browser.click("dialog[open] .button.danger").await?;
    browser.until("back at the form", "return location.pathname.includes('/form/suggestion')").await?;
    ensure!(draft().await?.is_empty(), "it is gone: {}", draft().await?);
    browser.close().await?;
    admin.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

/// A board gets columns of another field, and cards of other fields; a calendar goes by another date. The sample shows it at
/// once, and one step back is one step back.
pub async fn a_board_and_a_calendar_are_designed(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    admin.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    let choose = |label: &str, value: &str| {
        format!(
            "const it = [...document.querySelectorAll('.studio-right label.prop')].find(it => it.textContent.startsWith('{label}'))?.querySelector('select'); if (![...(it?.options ?? [])].some(it => it.value === '{value}')) return false; it.value = '{value}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
        )
    };
    browser.go("/studio/service/view/complaint/kanban").await?;
    browser.see(".view-column .view-card").await?;
    let heads =
        "return [...document.querySelectorAll('.view-column > header strong')].map(it => it.textContent).join()";
    let before = browser.run(heads).await?;
    browser.until("it can be divided by severity", &choose("分列依据", "severity")).await?;
    browser.until("its columns are severities", &format!("{heads} === '重大,严重,一般,轻微'")).await?;
    // A fact more on its cards, and then that one first.
    let cards = "return document.querySelector('.view-card')?.textContent";
    let card = browser.run(cards).await?;
    let add = "const it = [...document.querySelectorAll('.studio-right select')].find(it => it.options[0]?.textContent.includes('添加') && [...it.options].some(it => it.value === 'facts')); if (!it) return false; it.value = 'facts'; it.dispatchEvent(new Event('change', { bubbles: true })); return true";
    browser.until("a field can be added", add).await?;
    browser.until("cards say more", &format!("{cards} !== {card}")).await?;
    browser.picture("design-board").await?;
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);
    for _ in 0..2 {
        browser.press_label("撤销").await?;
    }
    browser.until("two steps back it is as it was", &format!("{heads} === {before}")).await?;
    browser.go("/studio/service/view/complaint/calendar").await?;
    browser.see(".view-sample").await?;
    browser.until("it can go by another date", &choose("按日期", "agreed_at")).await?;
    browser.until("until when, too", &choose("到日期", "promised_on")).await?;
    let mut stored = String::new();
    for _ in 0..50 {
        let files = admin.get("/api/studio/packs/service").await?.body;
        stored = files["draft"]["modules/complaint/views/calendar.json"].as_str().unwrap_or_default().to_owned();
        if stored.contains("promised_on") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    ensure!(stored.contains("\"start\": \"agreed_at\"") && stored.contains("\"end\": \"promised_on\""), "{stored}");
    browser.picture("design-calendar").await?;
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);
    browser.close().await?;
    admin.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

/// A tree is sorted otherwise and shows another column, which the sample shows at once; another one is made, and taken away again.
pub async fn a_tree_is_designed(base: &str) -> Result<()> {
    let admin = Person::login(base, "admin").await?;
    admin.delete("/api/studio/packs/core-crm/draft").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go("/studio/core-crm/view/customer/tree").await?;
    browser.see(".view-sample").await?;
    let choose = |label: &str, value: &str| {
        format!(
            "const it = [...document.querySelectorAll('.studio-right label.prop')].find(it => it.textContent.startsWith('{label}'))?.querySelector('select'); if (![...(it?.options ?? [])].some(it => it.value === '{value}')) return false; it.value = '{value}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
        )
    };
    browser.until("what it stands under can be chosen", &choose("上级字段", "parent")).await?;
    browser.until("it can be sorted the other way", &choose("排序", "-name")).await?;
    let shown = "document.querySelector('.view-sample').textContent";
    let before = browser.run(&format!("return {shown}")).await?;
    let add = "const it = [...document.querySelectorAll('.studio-right select')].find(it => it.options[0]?.textContent.includes('添加') && [...it.options].some(it => it.value === 'phone')); if (!it) return false; it.value = 'phone'; it.dispatchEvent(new Event('change', { bubbles: true })); return true";
    browser.until("a column can be added", add).await?;
    browser.until("the sample shows it", &format!("return {shown} !== {before}")).await?;
    browser.picture("design-tree").await?;
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);
    let draft = async |key: &str| -> Result<String> {
        let files = admin.get("/api/studio/packs/core-crm").await?.body;
        Ok(files["draft"][format!("modules/customer/views/{key}.json")].as_str().unwrap_or_default().to_owned())
    };
    let mut stored = String::new();
    for _ in 0..50 {
        stored = draft("tree").await?;
        if stored.contains("\"phone\"") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    ensure!(stored.contains("\"-name\"") && stored.contains("\"phone\""), "kept in the draft: {stored}");
    // Columns change places by keys.
    let first = "document.querySelector('.studio-right [data-entry]').textContent";
    let was = browser.run(&format!("return {first}")).await?;
    browser.run("const it = document.querySelectorAll('.studio-right [data-entry]')[0].querySelectorAll('button'); [...it].find(it => !it.disabled && (it.getAttribute('aria-label') ?? '').includes('下')).focus(); return true").await?;
    browser.keys(&char::from(Key::Enter).to_string()).await?;
    browser.until("another one is first", &format!("return {first} !== {was}")).await?;
    // One more is made where records refer to their own kind.
    browser.go("/studio/core-crm/form/customer?view=create").await?;
    browser.see(".form-sheet .field-card").await?;
    browser.run("const it = document.querySelector('.form-views select'); it.value = '+tree'; it.dispatchEvent(new Event('change', {bubbles: true}))").await?;
    browser.until("the address says so", "return /\\/view\\/customer\\/tree.+/.test(location.pathname)").await?;
    browser.see(".view-sample").await?;
    browser.press("删除视图").await?;
    browser.click("dialog[open] .button.danger").await?;
    browser.until("back at the form", "return location.pathname.includes('/form/customer')").await?;
    browser.close().await?;
    admin.delete("/api/studio/packs/core-crm/draft").await?;
    Ok(())
}

//! The house is set up: departments, people, customers' people; and what everybody looks after themselves.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::case::PORTAL_CUSTOMER;
use tests::client::Person;

use super::{entered, logged_in};

const DIALOG: &str = "dialog[open] footer .button.primary";

/// A department is added with its code, refused where the code is none, and goes again once nobody belongs to it.
pub async fn departments_are_kept(base: &str) -> Result<()> {
    let admin = logged_in(base, "admin").await?;
    admin.go("/admin/departments").await?;
    admin.read("质量部").await?;
    admin.press("添加部门").await?;
    admin.fill("#department-name", "实验室").await?;
    admin.fill("#department-id", "Lab 1").await?;
    admin.click(DIALOG).await?;
    admin.read("只能使用小写字母").await?;
    admin.fill("#department-id", "lab").await?;
    admin.see("#department-parent option[value=quality]").await?.click().await?;
    admin.picture("department").await?;
    admin.click(DIALOG).await?;
    admin.gone("dialog[open]").await?;
    // It stands below the one it belongs to; a click anywhere in the row opens it.
    admin.until("it stands below", "const row = [...document.querySelectorAll('tbody tr')].find(it => it.textContent.includes('实验室')); return row && parseFloat(getComputedStyle(row.querySelector('button')).paddingInlineStart) > 10 && row.previousElementSibling.textContent.includes('质量部')").await?;
    admin.run("[...document.querySelectorAll('tbody tr')].find(it => it.textContent.includes('实验室')).children[1].click()").await?;
    admin.see("#department-name").await?;
    admin.fill("#department-name_en", "Lab").await?;
    admin.click(DIALOG).await?;
    admin.gone("dialog[open]").await?;
    // Its people keep it.
    admin.press_label("移除质量部").await?;
    admin.see("dialog[open]").await?;
    admin.click("dialog[open] footer .button.danger").await?;
    admin.read("仍有人员").await?;
    admin.press("取消").await?;
    admin.press_label("移除实验室").await?;
    admin.click("dialog[open] footer .button.danger").await?;
    admin.until("it is gone", "return !document.querySelector('main').textContent.includes('实验室')").await?;
    admin.go("/admin/nothing-of-ours").await?;
    admin.see(".state").await?;
    admin.close().await
}

/// A person of a customer is added and sees the portal; a colleague is added, chooses a password and says when they are away.
pub async fn people_are_added_and_look_after_themselves(base: &str) -> Result<()> {
    let admin = logged_in(base, "admin").await?;
    admin.go("/admin/users").await?;
    admin.press("添加用户").await?;
    admin.fill("#person-name", "许敏").await?;
    admin.fill("#person-login", "xumin").await?;
    admin.fill("#person-password", "a long walk home").await?;
    admin.run("[...document.querySelectorAll('dialog[open] label.option')].find(it => it.textContent.includes('客户用户')).click()").await?;
    admin.fill("dialog[open] input[type=search]", "苏州澄湖").await?;
    admin.until("the customer is offered", &format!("const it = [...document.querySelectorAll('dialog[open] label.option')].find(it => it.textContent.includes('{PORTAL_CUSTOMER}')); it?.click(); return !!it")).await?;
    admin.see("dialog[open] .chip").await?;
    admin.picture("person-of-a-customer").await?;
    admin.click(DIALOG).await?;
    admin.gone("dialog[open]").await?;
    admin.close().await?;
    let customer = entered(base, "xumin", "a long walk home", 1440, 900).await?;
    customer.until("they see the portal", "return location.pathname === '/portal'").await?;
    customer.go("/me").await?;
    customer.read("修改密码").await?;
    ensure!(!customer.text().await?.contains("外出与代理"), "nobody stands in for a customer");
    customer.close().await?;

    let api = Person::login(base, "admin").await?;
    let made = api
        .post(
            "/api/admin/users",
            json!({ "login": "eve", "name": "伊芙", "password": "a long walk home", "roles": ["agent"] }),
        )
        .await?;
    ensure!(made.status == 201, "{}", made.body);
    let eve = entered(base, "eve", "a long walk home", 1440, 900).await?;
    eve.go("/me").await?;
    eve.fill("#me-current", "not this one").await?;
    eve.fill("#me-fresh", "tea at four").await?;
    eve.fill("#me-again", "tea at five").await?;
    eve.press("修改密码").await?;
    eve.read("两次输入不一致").await?;
    eve.fill("#me-again", "tea at four").await?;
    eve.press("修改密码").await?;
    eve.read("当前密码不正确").await?;
    eve.fill("#me-current", "a long walk home").await?;
    eve.press("修改密码").await?;
    eve.read("密码已修改").await?;
    // Away from tomorrow on.
    eve.press("添加").await?;
    eve.read("请填写此项").await?;
    eve.run("for (const [id, days] of [['away-from', 1], ['away-until', 3]]) document.getElementById(id).value = new Date(Date.now() + days * 86400000).toISOString().slice(0, 16)").await?;
    eve.fill("section input[type=search]", "林晓").await?;
    eve.until("somebody is offered", "const it = [...document.querySelectorAll('section label.option')].find(it => it.textContent.includes('林晓')); it?.click(); return !!it").await?;
    eve.picture("away").await?;
    eve.press("添加").await?;
    eve.read("由 林晓 代理").await?;
    let faults = eve.axe().await?;
    ensure!(faults.is_empty(), "{faults:?}");
    eve.press("取消").await?;
    eve.read("暂无外出安排").await?;
    eve.close().await?;
    entered(base, "eve", "tea at four", 390, 844).await?.close().await
}

/// The palette finds records by their number, and what it finds is opened.
pub async fn a_record_is_found_from_anywhere(base: &str) -> Result<()> {
    let case = tests::case::Case::file(base, "搜索：面板能找到我", false).await?;
    let agent = logged_in(base, "agent").await?;
    agent.go("/notices").await?;
    agent.see("h1").await?;
    agent.run("window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }))").await?;
    agent.fill("dialog.palette input", &case.code).await?;
    agent.until("it is found", &format!("return [...document.querySelectorAll('.palette-list [role=option]')].some(it => it.textContent.includes('{}'))", case.code)).await?;
    agent.picture("palette-record").await?;
    agent.press_key(&agent.see("dialog.palette input").await?, fantoccini::key::Key::Enter).await?;
    agent.until("it is open", &format!("return location.pathname === '/records/complaint/{}'", case.id)).await?;
    agent.close().await
}

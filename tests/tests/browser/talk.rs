//! A record that people talk about: files at a complaint, comments with mentions, a customer's primary contact.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::client::Person;

use super::logged_in;

/// A file for the chooser.
fn file(folder: &tempfile::TempDir, name: &str, content: &[u8]) -> Result<String> {
    let path = folder.path().join(name);
    std::fs::write(&path, content)?;
    Ok(path.display().to_string())
}

async fn complaint(agent: &Person, facts: &str, files: Value) -> Result<String> {
    let data = json!({ "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality", "facts": facts,
        "demand": "请更换", "severity": "s2", "region": "320506", "files": files });
    let made = agent.post("/api/records/complaint", json!({ "data": data })).await?;
    ensure!(made.status == 201, "{}", made.body);
    Ok(made.body["id"].as_str().context("an id")?.to_owned())
}

/// Chosen files arrive at once and are listed; what the field does not take is said; saved they can be opened.
pub async fn files_are_attached(base: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (picture, letter) =
        (file(&folder, "铭牌.png", b"\x89PNG\r\n\x1a\n picture")?, file(&folder, "信函.pdf", b"%PDF-1.7 letter")?);
    let program = file(&folder, "setup.exe", b"MZ program")?;
    let browser = logged_in(base, "agent").await?;
    browser.go("/records/complaint/new").await?;
    let picker = "[data-field=files] input[type=file]";
    browser.see("[data-field=files] button").await?;
    let element = browser.page.find(fantoccini::Locator::Css(picker)).await?;
    element.send_keys(&format!("{picture}\n{letter}")).await?;
    browser.read("铭牌.png (16 B)").await?;
    browser.read("信函.pdf (15 B)").await?;
    element.send_keys(&program).await?;
    browser.read("不支持此类文件").await?;
    browser.picture("files-form").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "axe: {found:#?}");
    for name in ["移除setup.exe", "移除信函.pdf (15 B)"] {
        browser.press_label(name).await?;
    }
    browser.gone("[data-field=files] [role=alert]").await?;
    browser.fill("[data-field=contact] input", "王丽").await?;
    browser.fill("[data-field=phone] input", "+86 139 1234 5678").await?;
    for (field, value) in [("channel", "phone"), ("category", "quality")] {
        browser.see(&format!("[data-field={field}] select option[value={value}]")).await?.click().await?;
    }
    browser.fill("[data-field=facts] textarea", "铭牌与合同不符").await?;
    browser.fill("[data-field=demand] textarea", "请更正").await?;
    browser.press("保存").await?;
    browser.until("the record is shown", "return location.pathname.startsWith('/records/complaint/rec_')").await?;
    browser.see("a.file-link[href^='/api/files/fil_']").await?;
    browser.read("铭牌.png (16 B)").await?;
    ensure!(!browser.text().await?.contains("信函.pdf"), "what was taken out again is not saved");
    let status = browser.page.execute_async("const done = arguments[0]; fetch(document.querySelector('a.file-link').href).then(async it => done([it.status, (await it.blob()).size]))", vec![]).await?;
    ensure!(status == json!([200, 16]), "the link leads to the file: {status}");
    browser.picture("files-record").await?;
    browser.close().await
}

/// Somebody writes, somebody else has the page open and sees it; a mention is found by typing, and told.
pub async fn people_talk_about_a_record(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    let id = complaint(&agent, "评论的浏览器样本", json!([])).await?;
    let (here, there) = (logged_in(base, "agent").await?, logged_in(base, "manager").await?);
    for it in [&here, &there] {
        it.go(&format!("/records/complaint/{id}?tab=history")).await?;
        it.see(".composer textarea").await?;
        it.read("创建了记录").await?;
    }
    here.fill(".composer textarea", &format!("请看 @{}", manager.session.name)).await?;
    here.see(".composer [role=option]").await?;
    here.picture("comment-mention").await?;
    here.press_key(&here.see(".composer textarea").await?, fantoccini::key::Key::Enter).await?;
    here.keys("这件要不要升级？").await?;
    here.press("评论").await?;
    here.see(".said .mention").await?;
    there.read("这件要不要升级？").await?;
    there.picture("comment-heard").await?;
    let notices = manager.get("/api/notices").await?;
    ensure!(
        notices.body[0]["link"] == json!(format!("/records/complaint/{id}?tab=history")),
        "told: {}",
        notices.body[0]
    );
    // Changed, and taken back; the other window follows.
    here.press_label("编辑此评论").await?;
    here.see(".said .composer textarea").await?;
    here.fill(".said .composer textarea", "已经处理了").await?;
    here.press("保存").await?;
    there.read("已经处理了").await?;
    let found = here.axe().await?;
    ensure!(found.is_empty(), "axe: {found:#?}");
    here.press_label("撤回此评论").await?;
    there.read("撤回了一条评论").await?;
    here.close().await?;
    there.close().await
}

/// A customer and its primary contact are entered in one form and saved at once; later the contact is changed there too.
pub async fn a_customer_with_its_primary_contact(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let browser = logged_in(base, "agent").await?;
    browser.go("/records/customer/new").await?;
    browser.fill("[data-field=name] input", "嘉兴南湖轴承有限公司").await?;
    browser.fill(".form-linked [data-field=name] input", "钱月").await?;
    browser.see("[data-field=type] select option[value=end_user]").await?.click().await?;
    browser.fill("[data-field=region] input", "320506").await.ok();
    // What the contact lacks stands in the way, at its own field.
    browser.press("保存").await?;
    browser.see(".form-linked [data-field=phone] [aria-invalid=true]").await?;
    browser.picture("customer-contact-faults").await?;
    browser.close().await?;

    let data = json!({ "name": "湖州太湖传动厂", "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "potential", "account_manager": agent.session.user, "phone": "+86 572 1234567" });
    let linked = json!([{ "module": "contact", "field": "customer", "data": { "name": "沈舟", "role": "user", "phone": "+86 139 0000 3333" } }]);
    let made = agent
        .post("/api/records/customer", json!({ "data": data, "accept_duplicates": true, "linked": linked }))
        .await?;
    ensure!(made.status == 201, "{}", made.body);
    let id = made.body["id"].as_str().context("an id")?;
    let browser = logged_in(base, "agent").await?;
    browser.go(&format!("/records/customer/{id}")).await?;
    browser.read("主联系人").await?;
    browser.read("沈舟").await?;
    browser.picture("customer-contact").await?;
    browser.press("编辑").await?;
    browser.fill(".form-linked [data-field=hobbies] input", "钓鱼").await?;
    // Left without saving, it is offered again, at the part it belongs to.
    let kept = "Object.keys(localStorage).some(it => it.startsWith('draft/') && it.includes('contact.customer'))";
    browser.until("what was typed is kept", &format!("return {kept}")).await?;
    browser.go(&format!("/records/customer/{id}")).await?;
    browser.press("编辑").await?;
    browser.click(".form-linked .banner button").await?;
    browser
        .until(
            "it is there again",
            "return document.querySelector('.form-linked [data-field=hobbies] input')?.value === '钓鱼'",
        )
        .await?;
    browser.press("保存").await?;
    browser.read("已保存").await?;
    browser.read("钓鱼").await?;
    browser.until("nothing is kept any more", &format!("return !{kept}")).await?;
    let filter: String = json!({ "field": { "field": "customer", "op": "eq", "value": id } })
        .to_string()
        .bytes()
        .map(|it| format!("%{it:02X}"))
        .collect();
    let stored = agent.get(&format!("/api/records/contact?filter={filter}&columns=name,hobbies,primary")).await?;
    ensure!(
        stored.body["rows"][0]["data"] == json!({ "name": "沈舟", "hobbies": "钓鱼", "primary": true }),
        "one save: {}",
        stored.body
    );
    browser.close().await
}

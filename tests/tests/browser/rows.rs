//! A sub-table: rows are added, filled by keyboard, moved and removed; sums follow while one types.

use anyhow::{Result, ensure};
use fantoccini::key::Key;
use tests::browser::Browser;
use tests::client::Person;

use super::logged_in;

async fn cell(browser: &Browser, row: usize, column: usize) -> Result<fantoccini::elements::Element> {
    browser.see(&format!("[data-field=lines] tbody tr:nth-child({row}) td:nth-of-type({column}) input")).await
}

/// Row 1 is filled by Tab alone; the formula of a row, the total and what depends on the total answer at once.
pub async fn an_order_with_lines(base: &str) -> Result<()> {
    let browser = logged_in(base, "admin").await?;
    browser.go("/records/order/new").await?;
    browser.fill("[data-field=title] input", "备件订货").await?;
    let tab = char::from(Key::Tab).to_string();
    browser.press("添加一行").await?;
    cell(&browser, 1, 1).await?;
    browser
        .until(
            "the new row has the focus",
            "return document.activeElement.matches('[data-field=lines] tbody tr:first-child td:nth-of-type(1) input')",
        )
        .await?;
    browser.keys("直线导轨").await?;
    browser.keys(&tab).await?;
    browser.keys("3").await?;
    browser.keys(&tab).await?;
    browser.keys("120.50").await?;
    browser.keys(&tab).await?;
    browser.read("¥361.50").await?;
    browser.press("添加一行").await?;
    cell(&browser, 2, 1).await?.send_keys("滑块").await?;
    cell(&browser, 2, 2).await?.send_keys("10").await?;
    cell(&browser, 2, 3).await?.send_keys("88").await?;
    browser.read("¥1,241.50").await?;
    // Above 1 000 a reason is asked for; a third row without a quantity is a fault in its cell.
    browser.see("[data-field=reason] input").await?;
    browser.press("添加一行").await?;
    cell(&browser, 3, 1).await?.send_keys("油嘴").await?;
    browser.picture("order-rows").await?;
    browser.press("保存").await?;
    browser.see("[data-field=lines] tbody tr:nth-child(3) td:nth-of-type(2) [aria-invalid=true]").await?;
    browser.see("[data-field=reason] [aria-invalid=true]").await?;
    browser.picture("order-faults").await?;
    browser.press("删除第 3 行").await?;
    // The second row goes up by keyboard.
    let second = cell(&browser, 2, 1).await?;
    second.send_keys(&format!("{}{}", char::from(Key::Alt), char::from(Key::Up))).await?;
    browser.until("the rows have changed places", "return document.querySelector('[data-field=lines] tbody tr:first-child td:nth-of-type(1) input').value === '滑块'").await?;
    browser.fill("[data-field=reason] input", "年度备件").await?;
    browser.press("保存").await?;
    browser.until("the record is shown", "return location.pathname.startsWith('/records/order/rec_')").await?;
    browser.read("¥1,241.50").await?;
    browser.picture("order-saved").await?;
    let id = browser.page.current_url().await?.path().rsplit('/').next().unwrap_or_default().to_owned();
    let admin = Person::login(base, "admin").await?;
    let stored = admin.get(&format!("/api/records/order/{id}")).await?.body["data"].clone();
    let lines: Vec<String> = stored["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| format!("{} {} {} {}", it["item"], it["qty"], it["price"], it["sum"]))
        .collect();
    ensure!(
        lines == [r#""滑块" 10 "88" "880""#, r#""直线导轨" 3 "120.5" "361.5""#]
            || lines == [r#""滑块" 10 "88.00" "880.00""#, r#""直线导轨" 3 "120.50" "361.50""#],
        "stored are {lines:?}"
    );

    // Edited: a row is removed, the reason is not wanted any more and goes with the sum.
    browser.press("编辑").await?;
    cell(&browser, 1, 1).await?;
    browser.press("删除第 1 行").await?;
    browser.read("¥361.50").await?;
    browser.gone("[data-field=reason]").await?;
    browser.press("保存").await?;
    browser.gone("form").await?;
    let stored = admin.get(&format!("/api/records/order/{id}")).await?.body["data"].clone();
    ensure!(stored["lines"].as_array().is_some_and(|it| it.len() == 1), "one line is left: {stored}");
    ensure!(stored.get("reason").is_none_or(|it| it.is_null()), "a hidden value is not kept: {stored}");
    browser.close().await
}

/// Tags become chips with Enter, a comma or when left; a signature is drawn, kept as a picture and shown with the record.
pub async fn a_delivery_is_tagged_and_signed(base: &str) -> Result<()> {
    let browser = logged_in(base, "admin").await?;
    browser.go("/records/order/new").await?;
    browser.fill("[data-field=title] input", "签收").await?;
    browser.press("添加一行").await?;
    cell(&browser, 1, 1).await?.send_keys("滑块").await?;
    cell(&browser, 1, 2).await?.send_keys("1").await?;
    let tags = browser.see("[data-field=tags] input").await?;
    tags.send_keys(&format!("加急{}合同，", char::from(Key::Enter))).await?;
    tags.send_keys("夜间送货").await?;
    browser.run("document.querySelector('[data-field=title] input').focus()").await?;
    browser.until("three tags are chips", "return [...document.querySelectorAll('[data-field=tags] .chip-words')].map(it => it.textContent).join() === '加急,合同,夜间送货'").await?;
    browser.press_label("移除合同").await?;
    browser.until("one is gone", "return document.querySelectorAll('[data-field=tags] .chip').length === 2").await?;
    browser.see(".signature-area").await?;
    browser.run("const area = document.querySelector('.signature-area'); area.scrollIntoView({ block: 'center' }); const box = area.getBoundingClientRect(); const at = (kind, x, y) => area.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, pointerId: 1, clientX: box.left + box.width * x, clientY: box.top + box.height * y })); area.setPointerCapture = () => {}; at('pointerdown', .2, .5); for (let i = 0; i < 20; i++) at('pointermove', .2 + i * .03, .5 + .2 * Math.sin(i)); at('pointerup', .8, .5);").await?;
    browser
        .until("ink is seen", "return document.querySelector('.signature-area polyline')?.points.length > 10")
        .await?;
    browser.picture("signature-drawn").await?;
    // Whoever goes on to something else has signed; the button says the same.
    browser.see(".signature button:not([disabled])").await?;
    // Saved by keyboard right after the last stroke: it is kept first.
    browser.run("document.querySelector('[data-field=title] input').dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true, bubbles: true, cancelable: true }))").await?;
    browser
        .until(
            "it is a picture",
            "return document.querySelector('[data-field=signature] img.signature-shown')?.naturalWidth === 600",
        )
        .await?;
    browser.press("保存").await?;
    browser.until("the record is shown", "return location.pathname.startsWith('/records/order/rec_')").await?;
    browser.until("signed", "return document.querySelector('img.signature-shown')?.naturalWidth === 600").await?;
    browser.picture("signature-shown").await?;
    let faults = browser.axe().await?;
    ensure!(faults.is_empty(), "{faults:?}");
    browser.close().await
}

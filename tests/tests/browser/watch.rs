//! Who runs flows watches them: how much stands where and for how long, one instance back and forth in time, moved by hand
//! after the checker was asked.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::case::Case;

use super::logged_in;

pub async fn a_manager_watches_and_moves(base: &str) -> Result<()> {
    let case = Case::file(base, "监控：一件投诉", false).await?;
    case.done("agent", "accept", "forward", json!({})).await?;
    case.at("forward").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go("/flows/complaint").await?;
    browser.see("svg.diagram [data-node=forward].heat-1, svg.diagram [data-node=forward].heat-2, svg.diagram [data-node=forward].heat-3, svg.diagram [data-node=forward].heat-4, svg.diagram [data-node=forward].heat-5").await?;
    browser.picture("watch-count").await?;
    let wide = "const it = document.querySelector('.drawing'); return it.scrollWidth - it.clientWidth";
    let before = browser.run(wide).await?;
    browser.click(".drawing-tools [data-act=larger]").await?;
    browser.until("the drawing is larger", &format!("return (() => {{ {wide} }})() > {before}")).await?;
    browser.click(".drawing-tools [data-act=whole]").await?;
    browser.click("[data-heat=Time]").await?;
    browser.see("[data-heat=Time][aria-pressed=true]").await?;
    browser.see("[data-waits]").await?;
    browser.picture("watch-time").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    // One instance, wound back to its first step and on again.
    browser.go(&format!("/records/complaint/{}", case.id)).await?;
    browser.press("流程").await?;
    browser.see("svg.diagram [data-node=forward].active").await?;
    browser.see(".timeline input[type=range]").await?;
    browser.run("const it = document.querySelector('.timeline input'); it.value = 0; it.dispatchEvent(new Event('input', { bubbles: true })); return true").await?;
    browser.gone("svg.diagram [data-node=forward].active").await?;
    browser.read("开始之前").await?;
    for _ in 0..40 {
        browser.click(".timeline [data-act=later]").await?;
        let there = browser.run("return !!document.querySelector('svg.diagram [data-node=accept].active')").await?;
        if there == true {
            break;
        }
    }
    browser.see("svg.diagram [data-node=accept].active").await?;
    browser.picture("watch-timeline").await?;
    browser.press("现在").await?;
    browser.see("svg.diagram [data-node=forward].active").await?;
    // Moved by hand: where it could not end it is refused, elsewhere it goes.
    browser.click("[data-act=move-token]").await?;
    browser.see("dialog[open] [data-act=move-to]").await?;
    let bare = "return [...document.querySelectorAll('dialog[open] [data-act=move-to] option')].some(it => it.value && it.textContent === it.value)";
    ensure!(browser.run(bare).await? == false, "steps without a name are called by what they are");
    let choose = |to: &'static str| {
        let browser = &browser;
        async move {
            browser.run(&format!("const it = document.querySelector('dialog[open] [data-act=move-to]'); it.value = '{to}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true")).await
        }
    };
    choose("approve_gm").await?;
    browser.see("[data-verdict=danger]").await?;
    browser.picture("watch-move-refused").await?;
    choose("close").await?;
    browser.see("[data-verdict=success]").await?;
    browser.fill("[data-act=move-reason]", "客户已撤诉").await?;
    browser.picture("watch-move").await?;
    browser.click("[data-act=do-move]").await?;
    browser.gone("dialog[open]").await?;
    browser.see("svg.diagram [data-node=close].active").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    // And ended.
    browser.click("[data-act=end-flow]").await?;
    browser.fill("[data-act=end-reason]", "重复").await?;
    browser.click("[data-act=do-end]").await?;
    browser.read("已取消").await?;
    // By mistake: it begins anew, beside the run that was ended.
    browser.click("[data-act=start-again]").await?;
    browser.see("dialog[open] [data-act=do-start-again]").await?;
    browser.picture("watch-start-again").await?;
    browser.click("[data-act=do-start-again]").await?;
    browser.gone("dialog[open]").await?;
    browser.see("svg.diagram [data-node=accept].active").await?;
    browser.picture("watch-started-again").await?;
    browser.close().await
}

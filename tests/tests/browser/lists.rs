//! Lists: kept under a name, shared with a role, the same list again from the menu.

use anyhow::{Result, ensure};

use super::logged_in;

/// The manager filters, keeps the list and shares it; a colleague of the role finds it and what it shows.
pub async fn a_list_is_kept_under_a_name(base: &str) -> Result<()> {
    let browser = logged_in(base, "manager").await?;
    browser.go("/records/complaint?f=severity:in:s1&sort=-code").await?;
    browser.see("table tbody tr").await?;
    let rows = "return document.querySelectorAll('table tbody tr').length";
    let many = browser.run(rows).await?;
    browser.click(".toolbar .pop > button").await?;
    browser.press("保存当前列表…").await?;
    browser.see("dialog[open] #view-title").await?;
    browser.until("the name has the focus", "return document.activeElement.id === 'view-title'").await?;
    browser.keys("重大投诉").await?;
    browser.picture("view-keep").await?;
    browser.click("dialog[open] .option input").await?;
    browser.click("dialog[open] footer .button.primary").await?;
    browser.gone("dialog[open]").await?;
    browser.read("重大投诉").await?;
    // Elsewhere first, then back by the menu.
    browser.go("/records/complaint").await?;
    browser.see("table tbody tr").await?;
    browser.click(".toolbar .pop > button").await?;
    browser.picture("views").await?;
    browser.until("it is in the menu", "const it = [...document.querySelectorAll('.saved .menu-item')].find(it => it.textContent.includes('重大投诉')); it?.click(); return !!it").await?;
    browser.until("the same rows are shown", &format!("return location.search.includes('severity') && document.querySelectorAll('table tbody tr').length === {many}")).await?;
    ensure!(browser.page.current_url().await?.query().is_some_and(|it| it.contains("sort")), "sorted as it was");
    browser.click(".toolbar .pop > button").await?;
    browser.press("移除重大投诉").await?;
    browser.until("it is gone", "return document.querySelectorAll('.saved').length === 0").await?;
    browser.close().await
}

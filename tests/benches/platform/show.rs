//! How soon a person sees something, in a real browser: the log-in on a first visit, and a screen once its data is there.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::client::PASSWORD;
use tests::server::{Database, Server};

/// How often each screen is opened; the median counts.
const ROUNDS: usize = 5;

/// The first text on the page: what stands there before the app is grey boxes, which the browser does not count.
const FIRST_TEXT: &str = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";

/// Clicks a link, and answers how many milliseconds lie between the last answer of the
/// server, or the click where it asks nothing, and the frame that shows `css`.
const OPEN: &str = r#"
const [from, css, done] = arguments;
performance.clearResourceTimings();
let clicked = null;
const shown = () => requestAnimationFrame(() => setTimeout(() => {
  const now = performance.now();
  const answers = performance.getEntriesByType("resource").filter((it) => it.name.includes("/api/") && it.responseEnd > 0);
  done(now - Math.max(clicked, ...answers.map((it) => it.responseEnd)));
}));
const watch = new MutationObserver(() => {
  if (document.querySelector(css)) { watch.disconnect(); shown(); }
});
const link = document.querySelector(from);
if (!link) { done(null); } else { watch.observe(document.body, { childList: true, subtree: true }); clicked = performance.now(); link.click(); }
"#;

/// Opens the log-in with an empty cache, then a record and the drawing of the complaint flow.
pub async fn measure() -> Result<()> {
    let server = Server::demo(Database::Sqlite)?;
    let mut first = Vec::new();
    for _ in 0..ROUNDS {
        let browser = Browser::open(&server.url(), 1440, 900).await?;
        browser.go("/").await?;
        browser.see("input[type=password]").await?;
        browser
            .until("something is painted", &format!("{} !== null", FIRST_TEXT.replace("return ", "return (") + ")"))
            .await?;
        first.push(browser.run(FIRST_TEXT).await?.as_f64().context("the browser did not say when it painted")?);
        browser.close().await?;
    }
    row("log-in shows, first visit", &mut first, 1000.0);

    let browser = enter(&server).await?;
    let link = "a.row-link[href^='/records/complaint/']";
    let mut record = screen(&browser, "/records/complaint", link, ".record-columns").await?;
    row("a record, after its data", &mut record, 100.0);
    let link = "a[href='/studio/service/flow/complaint']";
    let mut canvas = screen(&browser, "/studio", link, "svg [data-node=accept]").await?;
    row("the complaint's canvas, after its data", &mut canvas, 100.0);
    browser.close().await
}

/// A window in which the administrator is logged in.
pub async fn enter(server: &Server) -> Result<Browser> {
    let browser = Browser::open(&server.url(), 1440, 900).await?;
    browser.go("/").await?;
    browser.fill("input[autocomplete=username]", "admin").await?;
    browser.fill("input[type=password]", PASSWORD).await?;
    browser.see("form button.primary").await?.click().await?;
    browser.see("nav").await?;
    Ok(browser)
}

/// Opens one screen from another, again and again; milliseconds from the data to the picture.
pub async fn screen(browser: &Browser, from: &str, link: &str, css: &str) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    // Once more than counted: the first time the screen's part of the app may have to be loaded.
    for round in 0..=ROUNDS {
        browser.go(from).await?;
        browser.see(link).await?;
        let met: Value = browser.page.execute_async(OPEN, vec![json!(link), json!(css)]).await?;
        let met = met.as_f64().with_context(|| format!("{link} was not seen to open"))?;
        if round > 0 {
            times.push(met);
        }
    }
    Ok(times)
}

fn row(what: &str, times: &mut [f64], bar: f64) {
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    super::row(what, format!("{median:.0} ms"), format!("{bar:.0} ms"), median / bar, "≤ 1.00");
}

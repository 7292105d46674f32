//! The canvas with a diagram of 1 000 nodes, beside bpmn-js with the same diagram in the same browser: opening it, dragging a node, and
//! how soon the alerts of an edit are told.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::server::{Database, Server};

use super::others::{self, median, share};
use super::{large, show};

/// How often a diagram is opened; the median counts.
const ROUNDS: usize = 5;
/// Edits of one flow in a row.
const EDITS: usize = 5;
/// Time a person takes between two of them.
const REST: Duration = Duration::from_millis(600);
/// Steps of the hand that drags.
const STEPS: i64 = 60;
/// What notes how long the page is busy with each step.
const PROBE: &str = include_str!("../others/probe.js");

/// How long after Enter the count of alerts is another one, and the page painted.
const TOLD: &str = r#"
const [done] = arguments;
const counts = document.querySelector(".alert-counts");
const before = counts.textContent;
let since = null;
addEventListener("keydown", (it) => { if (it.key === "Enter") since ??= performance.now(); }, { capture: true });
const watch = new MutationObserver(() => {
  if (since === null || counts.textContent === before || !/\d/.test(counts.textContent)) return;
  watch.disconnect();
  window.told = performance.now() - since;
});
watch.observe(counts, { childList: true, subtree: true, characterData: true });
window.told = null;
done(true);
"#;

/// Measures and prints.
pub async fn measure() -> Result<()> {
    let (thousand, hundred) = (large::flow("thousand", 20, 50), large::flow("hundred", 4, 24));
    let pack = large::pack(&[&thousand, &hundred])?;
    let server = Server::demo_with_folder(Database::Sqlite, pack.path())?;
    let browser = show::enter(&server).await?;
    let node = large::middle(20, 50);
    let link = "a[href='/studio/large/flow/thousand']";
    let mut ours = show::screen(&browser, "/studio", link, &format!("svg [data-node={node}]")).await?;
    let dragged = drag(&browser, &format!("svg [data-node={node}]")).await;
    let other = others::open().await?;
    let xml = json!(large::xml(&thousand));
    let mut theirs = Vec::new();
    for round in 0..=ROUNDS {
        let met = others::shown(&other, "bpmn", &xml).await?;
        if round > 0 {
            theirs.push(met);
        }
    }
    let by_them = drag(&other, &format!("[data-element-id={node}]")).await;
    other.close().await?;
    let (a, b) = (median(&mut ours), median(&mut theirs));
    super::row(
        "a flow of 1 000 nodes: opened and painted",
        format!("{a:.0} ms"),
        format!("bpmn-js {b:.0} ms"),
        a / b,
        "under 1 s, < 1.00",
    );
    let (mut ours, mut theirs) = (dragged.context("dragging ours")?, by_them.context("dragging in bpmn-js")?);
    let (a, b) = (share(&mut ours, 0.95), share(&mut theirs, 0.95));
    super::row(
        "one of them dragged: p95 of a frame's work",
        format!("{a:.1} ms"),
        format!("bpmn-js {b:.1} ms"),
        a / b,
        "< 16 ms, ≤ 0.50",
    );
    for (key, nodes, bar) in [("thousand", "1 000", 50.0), ("hundred", "100", 16.0)] {
        let (mut first, mut later) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            open(&browser, key).await?;
            // The browser compiles what an edit runs through when it is run through for the first time.
            first.push(told(&browser).await.context("the first edit")?);
            for _ in 1..EDITS {
                later.push(told(&browser).await.context("a later edit")?);
            }
        }
        let first = median(&mut first);
        super::row(
            &format!("alerts after the first edit, {nodes} nodes"),
            format!("{first:.1} ms"),
            format!("{bar:.0} ms"),
            first / bar,
            "told",
        );
        let met = median(&mut later);
        super::row(
            &format!("alerts after an edit, {nodes} nodes"),
            format!("{met:.1} ms"),
            format!("{bar:.0} ms"),
            met / bar,
            "≤ 1.00",
        );
    }
    browser.close().await
}

/// Drags what lies under a selector, and answers the milliseconds each painted step took.
async fn drag(browser: &Browser, css: &str) -> Result<Vec<f64>> {
    let element = browser.see(css).await?;
    browser.run(PROBE).await?;
    let soon = Some(Duration::from_millis(20));
    let mut hand = MouseActions::new("hand".to_owned())
        .then(PointerAction::MoveToElement { element, duration: soon, x: 0.0, y: 0.0 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    for at in 0..STEPS {
        let there = if at % 20 < 10 { 3.0 } else { -3.0 };
        hand = hand.then(PointerAction::MoveBy { duration: soon, x: there, y: 1.0 });
    }
    browser.page.perform_actions(hand.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })).await?;
    browser.page.release_actions().await?;
    let found: Vec<f64> = serde_json::from_value(browser.run("return probe.frames").await?)?;
    ensure!(found.len() as i64 > STEPS / 2, "expected a painted frame for most steps, found {}", found.len());
    Ok(found)
}

/// Opens a flow, and waits until the checker has spoken.
async fn open(browser: &Browser, flow: &str) -> Result<()> {
    browser.go(&format!("/studio/large/flow/{flow}")).await?;
    let node = if flow == "hundred" { large::middle(4, 24) } else { large::middle(20, 50) };
    browser.see(&format!("svg [data-node={node}]")).await?;
    let answered = "return /\\d/.test(document.querySelector('.alert-counts')?.textContent ?? '')";
    browser.until("the checker has answered", answered).await
}

/// Adds a step that nothing leads to, and answers how long its alert took.
async fn told(browser: &Browser) -> Result<f64> {
    browser.page.execute_async(TOLD, vec![]).await?;
    browser.see(".board").await?.send_keys("n").await?;
    browser.see(".chooser input, .menu input, input.menu-search").await?.send_keys("service task").await?;
    browser.keys(&String::from(char::from(Key::Enter))).await?;
    browser.until("the alert is told", "return window.told !== null").await?;
    let met: Value = browser.run("return told").await?;
    // What the step is called is asked at once; it stays as it is, and nothing is selected for the next.
    browser.see("textarea.naming").await?;
    for _ in 0..2 {
        browser.keys(&String::from(char::from(Key::Escape))).await?;
    }
    browser.gone("textarea.naming").await?;
    tokio::time::sleep(REST).await;
    met.as_f64().context("no time was noted")
}

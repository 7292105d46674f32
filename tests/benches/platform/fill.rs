//! A form of 200 fields: how soon it stands, and how soon a keystroke is answered with all rules evaluated; beside form-js and
//! react-jsonschema-form with the same form in the same browser.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::server::{Database, Server};

use super::others::{self, median, share};
use super::{large, show};

const ROUNDS: usize = 5;

/// Keys pressed.
const KEYS: usize = 40;

/// Writes a number into an input, again and again another, and notes each time how long it took until the note that depends on it came or
/// went, its place in the page included.
const TYPE: &str = r#"
const [input, note, keys, done] = arguments;
const there = () => { const it = document.querySelector(note); return !!it && it.offsetHeight > 0; };
const soon = () => new Promise((go) => { const it = new MessageChannel(); it.port1.onmessage = go; it.port2.postMessage(0); });
const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
(async () => {
  const times = [];
  for (let at = 0; at < keys; at++) {
    const field = document.querySelector(input);
    if (!field) throw new Error("no input " + input);
    const wanted = at % 2 === 0;
    field.focus();
    const since = performance.now();
    write.call(field, wanted ? "50" : "5");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    while (there() !== wanted) {
      if (performance.now() - since > 5000) throw new Error("no answer to key " + at);
      await soon();
    }
    times.push(performance.now() - since);
    await new Promise((go) => setTimeout(go, 120));
  }
  return times;
})().then(done, (why) => done(String(why)));
"#;

/// Measures and prints.
pub async fn measure() -> Result<()> {
    let pack = large::pack(&[])?;
    let server = Server::demo_with_folder(Database::Sqlite, pack.path())?;
    let browser = show::enter(&server).await?;
    let mut ours =
        show::screen(&browser, "/records/sheet", "a[href='/records/sheet/new']", "[data-field=b_49]").await?;
    let mut typed = keys(&browser, "[data-field=a_20] input", "[data-field=note_20]").await.context("ours")?;
    browser.close().await?;

    let other = others::open().await?;
    let mut rows = Vec::new();
    for (tool, called, schema, input, note) in [
        ("formjs", "form-js", large::form_js(), "input[id$=a_20]", "input[id$=note_20]"),
        ("rjsf", "rjsf", large::json_schema(), "#root_a_20", "#root_note_20"),
    ] {
        let mut times = Vec::new();
        for round in 0..=ROUNDS {
            let met = others::shown(&other, tool, &schema).await?;
            if round > 0 {
                times.push(met);
            }
        }
        let typed = keys(&other, input, note).await.with_context(|| called)?;
        rows.push((called, times, typed));
    }
    other.close().await?;
    let (shown, half, most) = (median(&mut ours), median(&mut typed), share(&mut typed, 0.95));
    for (called, mut times, mut typed) in rows {
        let theirs = median(&mut times);
        super::row(
            "a form of 200 fields: shown",
            format!("{shown:.0} ms"),
            format!("{called} {theirs:.0} ms"),
            shown / theirs,
            "under 100 ms, < 1.00",
        );
        let theirs = median(&mut typed);
        super::row(
            "a keystroke in it, all rules evaluated",
            format!("{half:.1} ms, p95 {most:.1}"),
            format!("{called} {theirs:.1} ms"),
            half / theirs,
            "under 16 ms, < 1.00",
        );
    }
    Ok(())
}

async fn keys(browser: &Browser, input: &str, note: &str) -> Result<Vec<f64>> {
    browser.see(input).await?;
    let met: Value = browser.page.execute_async(TYPE, vec![json!(input), json!(note), json!(KEYS)]).await?;
    serde_json::from_value(met.clone()).with_context(|| met.to_string())
}

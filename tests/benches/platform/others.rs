//! The tools the studio and the forms are measured beside, in a window of their own: bpmn-js, form-js, react-jsonschema-form,
//! bundled by `./dev bench` from `tests/benches/others`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use tests::browser::Browser;

/// Where `./dev bench` puts the bundle.
fn folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), Into::into)
        .join("others")
}

/// Opens a window on the page that holds the tools.
pub async fn open() -> Result<Browser> {
    let read = |name: &str| {
        let path = folder().join(name);
        std::fs::read_to_string(&path).with_context(|| format!("{}: run through ./dev bench", path.display()))
    };
    let file = |text: String, kind: &'static str| get(move || async move { ([("content-type", kind)], text) });
    let router = Router::new()
        .route("/", file(read("page.html")?, "text/html; charset=utf-8"))
        .route("/page.js", file(read("out/page.js")?, "text/javascript; charset=utf-8"))
        .route("/page.css", file(read("out/page.css")?, "text/css; charset=utf-8"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Browser::open(&url, 1440, 900).await
}

/// Loads the page anew and shows something with a tool of it; milliseconds until it was painted.
pub async fn shown(browser: &Browser, tool: &str, what: &Value) -> Result<f64> {
    browser.go("/").await?;
    let script = "const [tool, what, done] = arguments; \
        others[tool](what).then(done, (why) => done(String(why && why.stack || why)));";
    let met = browser.page.execute_async(script, vec![json!(tool), what.clone()]).await?;
    met.as_f64().with_context(|| format!("{tool}: {met}"))
}

/// The median.
pub fn median(times: &mut [f64]) -> f64 {
    share(times, 0.5)
}

/// The value that a share of all stays under.
pub fn share(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = ((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or(f64::NAN)
}

//! The journeys of the people who work with Flowloom, in a real Chromium, on both databases.

#[path = "browser/people.rs"]
mod people;
#[path = "browser/studio.rs"]
mod studio;

use anyhow::{Context, Result};
use tests::browser::Browser;
use tests::server::{Database, Server};

async fn journeys(server: &Server) -> Result<()> {
    let base = server.url();
    people::everybody_comes_in(&base).await.context("everybody comes in")?;
    people::an_agent_files_a_complaint(&base).await.context("an agent files a complaint")?;
    people::a_handler_works_the_inbox(&base).await.context("a handler works the inbox")?;
    people::a_manager_looks_over_it_all(&base).await.context("a manager looks over it all")?;
    studio::an_admin_changes_a_flow(&base).await.context("an admin changes a flow")?;
    studio::an_admin_changes_a_form(&base).await.context("an admin changes a form")
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    let server = Server::demo(Database::Sqlite)?;
    journeys(&server).await.with_context(|| server.printed())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() -> Result<()> {
    let Some(url) = tests::postgres::fresh_database() else { return Ok(()) };
    let server = Server::demo(Database::Postgres(url))?;
    journeys(&server).await.with_context(|| server.printed())
}

/// A window in which somebody has logged in, in Chinese.
async fn logged_in(base: &str, user: &str) -> Result<Browser> {
    let browser = Browser::open(base, 1440, 900).await?;
    browser.go("/").await?;
    browser.see("input[type=password]").await?;
    browser.press("简体中文").await?;
    browser.fill("input[autocomplete=username]", user).await?;
    browser.fill("input[type=password]", tests::client::PASSWORD).await?;
    browser.press("登录").await?;
    browser.see("nav").await?;
    Ok(browser)
}

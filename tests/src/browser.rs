//! A real Chromium, headless, driven over WebDriver by Debian's chromedriver.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};

/// No window of a desktop is narrower: what is asked for below is a phone, with fingers.
const NARROWEST: u32 = 500;

/// One browser window. [`Browser::close`] it; dropped it is killed.
pub struct Browser {
    driver: Child,
    pub page: Client,
    base: String,
    profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a window of this size (CSS pixels) on the server at `base`.
    pub async fn open(base: &str, width: u32, height: u32) -> Result<Self> {
        let port = crate::free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver is not installed: run ./dev test, which installs it")?;
        let profile = tempfile::tempdir()?;
        let args: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--force-device-scale-factor=1",
            "--lang=en-US",
        ]
        .into_iter()
        .map(str::to_owned)
        .chain([format!("--window-size={width},{height}"), format!("--user-data-dir={}", profile.path().display())])
        .collect();
        let mut capabilities = serde_json::Map::new();
        let mut options = serde_json::json!({ "args": args });
        if width < NARROWEST {
            let metrics = serde_json::json!({ "width": width, "height": height, "pixelRatio": 1, "touch": true });
            options["mobileEmulation"] = serde_json::json!({ "deviceMetrics": metrics });
        }
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert("goog:loggingPrefs".to_owned(), serde_json::json!({ "browser": "ALL" }));
        let until = Instant::now() + Duration::from_secs(30);
        let page = loop {
            match ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
            {
                Ok(page) => break page,
                Err(fault) if Instant::now() > until => bail!("the browser did not start: {fault}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        Ok(Self { driver, page, base: base.to_owned(), profile })
    }

    /// Opens a path of the app.
    pub async fn go(&self, path: &str) -> Result<()> {
        Ok(self.page.goto(&format!("{}{path}", self.base)).await?)
    }

    /// Waits (up to 20 s) for an element by CSS selector.
    pub async fn see(&self, css: &str) -> Result<Element> {
        let found = self.page.wait().at_most(Duration::from_secs(20)).for_element(Locator::Css(css)).await;
        match found {
            Ok(it) => Ok(it),
            Err(fault) => {
                bail!("expected to see `{css}`: {fault}; the page says:\n{}", self.text().await.unwrap_or_default())
            }
        }
    }

    /// Waits for a text anywhere on the page.
    pub async fn read(&self, text: &str) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let page = self.text().await?;
            if page.contains(text) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("expected to read `{text}`; the page says:\n{page}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// All visible text.
    pub async fn text(&self) -> Result<String> {
        let text = self.page.execute("return document.body.innerText", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks the first visible element of this CSS selector.
    pub async fn click(&self, css: &str) -> Result<()> {
        // The page may draw it anew between the look and the click, as it does when a pack is read again; a person would not notice.
        for _ in 0..3 {
            match self.see(css).await?.click().await {
                Err(fault) if fault.is_stale_element_reference() => {}
                done => return done.with_context(|| format!("click {css}")),
            }
        }
        self.see(css).await?.click().await.with_context(|| format!("click {css}"))
    }

    /// Clicks the button, link, tab or option that says exactly this.
    pub async fn press(&self, label: &str) -> Result<()> {
        let quoted = label.replace('"', "'");
        let xpath = format!(
            "//*[self::button or self::a or @role='button' or @role='tab' or @role='option' or @role='menuitem' or self::summary][normalize-space(.)=\"{quoted}\" or @aria-label=\"{quoted}\"]"
        );
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            for it in self.page.find_all(Locator::XPath(&xpath)).await? {
                if it.is_displayed().await.unwrap_or(false) && it.click().await.is_ok() {
                    return Ok(());
                }
            }
            if Instant::now() > until {
                bail!("expected something to press that says `{label}`; the page says:\n{}", self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Clicks the button whose accessible name begins so (icon buttons say more: what is undone).
    pub async fn press_label(&self, label: &str) -> Result<()> {
        let script = format!(
            "const it = [...document.querySelectorAll('button')].find(it => (it.getAttribute('aria-label') || it.textContent).trim().startsWith('{label}') && !it.disabled); if (it) it.click(); return !!it"
        );
        self.until(&format!("there is a button named `{label}…`"), &script).await
    }

    /// Presses a key in an element.
    pub async fn press_key(&self, element: &Element, key: fantoccini::key::Key) -> Result<()> {
        Ok(element.send_keys(&char::from(key).to_string()).await?)
    }

    /// Replaces what stands in an input.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        // What is still being drawn may be drawn once more between being seen and being typed into.
        for _ in 0..3 {
            let input = self.see(css).await?;
            // The driver's own way of emptying a field says nothing to the page, which may then put back what it knows.
            self.run(&format!("const it = document.querySelector(`{css}`); it.value = ''; it.dispatchEvent(new Event('input', {{ bubbles: true }}))")).await?;
            match input.send_keys(text).await {
                Err(fault) if fault.is_stale_element_reference() => {}
                done => return done.with_context(|| format!("fill {css}")),
            }
        }
        bail!("{css} is drawn over and over");
    }

    /// Waits until JavaScript gives true.
    pub async fn until(&self, what: &str, script: &str) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(20);
        while self.run(script).await? != serde_json::Value::Bool(true) {
            if Instant::now() > until {
                bail!("waited in vain until {what}; the page says:\n{}", self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Waits until no element of this CSS selector is shown.
    pub async fn gone(&self, css: &str) -> Result<()> {
        self.until(
            &format!("`{css}` is gone"),
            &format!("return ![...document.querySelectorAll(`{css}`)].some(it => it.checkVisibility())"),
        )
        .await
    }

    /// Drags with the mouse from the middle of one element to the middle of another.
    pub async fn drag(&self, from: &str, to: &str) -> Result<()> {
        let (from, to) = (self.see(from).await?, self.see(to).await?);
        let soon = Some(Duration::from_millis(150));
        let hand = MouseActions::new("hand".to_owned())
            .then(PointerAction::MoveToElement { element: from, duration: soon, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::MoveBy { duration: soon, x: 12.0, y: 4.0 })
            .then(PointerAction::MoveToElement {
                element: to,
                duration: Some(Duration::from_millis(300)),
                x: 0.0,
                y: 0.0,
            })
            .then(PointerAction::MoveBy { duration: soon, x: 2.0, y: 2.0 })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.page.perform_actions(hand).await.context("drag")?;
        Ok(self.page.release_actions().await?)
    }

    /// Types keys to whatever has the focus.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        Ok(self.page.active_element().await?.send_keys(keys).await?)
    }

    /// What axe-core finds against WCAG 2.2 A and AA on the page as it stands, one line each.
    pub async fn axe(&self) -> Result<Vec<String>> {
        const AXE: &str = include_str!("../assets/axe/axe.min.js");
        // The page's own policy forbids scripts from elsewhere; WebDriver's are its own.
        self.page.execute(&format!("if (!window.axe) {{ {AXE}; }} return true"), vec![]).await.context("axe")?;
        let script = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(found => done(found.violations.flatMap(it => it.nodes.map(node => `${it.id}: ${it.help} at ${node.target.join(' ')}: ${node.html.slice(0, 160)}; ${node.failureSummary.replace(/\\s+/g, ' ')}`))), why => done([String(why)]))";
        let found = self.page.execute_async(script, vec![]).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Writes a picture of the window, for people, where `FLOWLOOM_SHOTS` names a folder.
    pub async fn picture(&self, name: &str) -> Result<()> {
        if let Some(folder) = std::env::var_os("FLOWLOOM_SHOTS") {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), self.page.screenshot().await?)?;
        }
        Ok(())
    }

    /// Runs JavaScript in the page.
    pub async fn run(&self, script: &str) -> Result<serde_json::Value> {
        Ok(self.page.execute(script, vec![]).await?)
    }

    /// Answers every request whose address contains this as a server in trouble would, until [`Browser::heal`] or another page
    /// is opened; 0: it is not reached at all.
    pub async fn trouble(&self, part: &str, status: u16) -> Result<()> {
        let kind = if status == 401 { "not-logged-in" } else { "" };
        let script = format!(
            "if (!window.unharmed) {{
                window.unharmed = window.fetch;
                window.troubles = [];
                window.fetch = (ask, more) => {{
                    const address = String(ask.url ?? ask);
                    const it = window.troubles.find(it => address.includes(it.part));
                    if (!it) return window.unharmed.call(window, ask, more);
                    if (it.status === 0) return Promise.reject(new TypeError('Failed to fetch'));
                    return Promise.resolve(new Response(JSON.stringify({{ type: it.kind, status: it.status }}), {{ status: it.status }}));
                }};
            }}
            window.troubles.push({{ part: '{part}', status: {status}, kind: '{kind}' }});"
        );
        self.run(&script).await.map(drop)
    }

    /// Ends all trouble.
    pub async fn heal(&self) -> Result<()> {
        self.run("window.troubles.length = 0").await.map(drop)
    }

    /// Ends the window.
    pub async fn close(self) -> Result<()> {
        self.page.clone().close().await?;
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        // A browser whose window was not closed, as after a story that failed, outlives its driver. Its folder is its own.
        let _ = Command::new("pkill").args(["-KILL", "-f"]).arg(self.profile.path()).status();
    }
}

//! How it looks to everybody: dark and light on every screen, and nothing that a screen reader or a keyboard stumbles over.

use anyhow::{Result, ensure};
use tests::browser::Browser;
use tests::case::Case;

use super::{logged_in, logged_in_on};

/// Average brightness of the page's ground and of its text, 0 to 255.
const LIGHT: &str = "const of = it => { const c = document.createElement('canvas').getContext('2d'); c.fillStyle = it; c.fillRect(0, 0, 1, 1); const [r, g, b] = c.getImageData(0, 0, 1, 1).data; return (r + g + b) / 3 }; const style = getComputedStyle(document.body); return [of(style.backgroundColor), of(style.color)]";

async fn brightness(browser: &Browser) -> Result<(f64, f64)> {
    Ok(serde_json::from_value(browser.run(LIGHT).await?)?)
}

/// Chosen once in the own menu, the dark theme holds on every screen and after coming back.
pub async fn dark_everywhere(base: &str) -> Result<()> {
    let case = Case::file(base, "深色：所有页面", false).await?;
    let browser = logged_in(base, "manager").await?;
    browser.click("nav.rail .foot button").await?;
    browser.press("深色").await?;
    browser.until("the page is dark", "return document.documentElement.dataset.theme === 'dark'").await?;
    // Who leaves the page while it is being told to the server has not told it.
    let told = "return fetch('/api/session').then(it => it.json()).then(it => it.preferences.theme === 'dark')";
    browser.until("the server knows", told).await?;
    let record = format!("/records/complaint/{}", case.id);
    for path in [
        "/inbox",
        "/records/complaint",
        "/records/complaint/board/kanban",
        "/records/complaint/new",
        "/flows/complaint",
        "/notices",
        &record,
    ] {
        browser.go(path).await?;
        browser.see("h1").await?;
        let (ground, text) = brightness(&browser).await?;
        ensure!(ground < 60.0 && text > 180.0, "{path} is not dark: ground {ground}, text {text}");
        browser.picture(&format!("dark{}", path.replace('/', "-").replace(&case.id, "id"))).await?;
    }
    browser.close().await?;
    // The server remembers it: another browser of the same person is dark too.
    let again = logged_in(base, "manager").await?;
    again.until("the theme is remembered", "return document.documentElement.dataset.theme === 'dark'").await?;
    again.click("nav.rail .foot button").await?;
    again.press("浅色").await?;
    again.until("the page is light", "return document.documentElement.dataset.theme === 'light'").await?;
    again.close().await
}

/// The ten main screens, light and dark, on a desk and on a phone: axe-core finds nothing against WCAG 2.2 AA.
pub async fn nobody_is_shut_out(base: &str) -> Result<()> {
    let case = Case::file(base, "无障碍：导轨异响", true).await?;
    let task = case.forwarded().await?;
    let mut wrong = Vec::new();
    let login = Browser::open(base, 1440, 900).await?;
    login.go("/").await?;
    login.see("input[type=password]").await?;
    wrong.extend(login.axe().await?.into_iter().map(|it| format!("log-in: {it}")));
    login.close().await?;
    let (record, open) = (format!("/records/complaint/{}", case.id), format!("/inbox/{task}"));
    let desks: [(&str, u32, u32, Vec<&str>); 5] = [
        ("chen", 1440, 900, vec![&open, &record, "/records/complaint"]),
        (
            "manager",
            1440,
            900,
            vec![
                "/records/complaint/board/kanban",
                "/records/complaint/new",
                "/records/customer",
                "/flows/complaint",
                "/notices",
                "/inbox",
            ],
        ),
        (
            "admin",
            1440,
            900,
            vec!["/admin", "/admin/departments", "/me", "/admin/audit", "/admin/incidents", "/records/customer/new"],
        ),
        ("portal", 390, 844, vec!["/portal", &record, "/records/complaint/new"]),
        ("agent", 390, 844, vec!["/inbox", "/records/complaint", &record, "/records/contact"]),
    ];
    for (user, width, height, paths) in desks {
        let browser = logged_in_on(base, user, width, height).await?;
        for path in paths {
            browser.go(path).await?;
            browser.see("h1").await?;
            browser.gone(".skeleton, .bones").await?;
            for theme in ["light", "dark"] {
                browser.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
                tokio::time::sleep(std::time::Duration::from_millis(250)).await;
                wrong.extend(browser.axe().await?.into_iter().map(|it| format!("{user} {path} {theme}: {it}")));
            }
        }
        browser.close().await?;
    }
    ensure!(wrong.is_empty(), "{} violations:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

/// With letters half as large again nothing in the bar of a designer is cut or lies over another, and no page is wider than the screen.
pub async fn large_letters_fit(base: &str) -> Result<()> {
    let browser = logged_in(base, "admin").await?;
    for (path, seen) in [
        ("/studio", ".studio-pack"),
        ("/studio/service/flow/suggestion", ".verdict"),
        ("/studio/service/form/complaint?view=create", ".form-sheet .field-card"),
        ("/studio/service/table/compensation_approval", ".decision td"),
        ("/studio/service/view/complaint/list", ".view-table th"),
    ] {
        browser.go(path).await?;
        browser.see(seen).await?;
        browser.run("document.documentElement.style.fontSize = '150%'; return true").await?;
        let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        ensure!(browser.run(wide).await? == false, "{path} is wider than the screen");
        let cut = "return [...document.querySelectorAll('.studio-bar > *')].filter(it => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1 && !it.matches('.studio-title, .unseen')).map(it => it.outerHTML.slice(0, 120))";
        let cut = browser.run(cut).await?;
        ensure!(cut.as_array().is_none_or(Vec::is_empty), "{path}: {cut}");
        let over = "const all = [...document.querySelectorAll('.studio-bar > *')].filter(it => it.checkVisibility() && it.offsetWidth > 0).map(it => it.getBoundingClientRect()); return all.some((a, at) => all.slice(at + 1).some(b => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1))";
        ensure!(browser.run(over).await? == false, "{path}: parts of the bar lie over each other");
        browser.picture(&format!("large{}", path.replace(['/', '?', '='], "-"))).await?;
    }
    browser.close().await
}

/// Without a mouse: a skip link first, a visible focus everywhere, a dialog that keeps the focus and gives it back.
pub async fn with_the_keyboard_alone(base: &str) -> Result<()> {
    let tab = char::from(fantoccini::key::Key::Tab).to_string();
    let browser = logged_in(base, "manager").await?;
    browser.go("/records/complaint").await?;
    browser.see("table tbody tr").await?;
    browser.keys(&tab).await?;
    browser.until("the skip link comes first", "return document.activeElement.matches('a.skip')").await?;
    browser.keys(&char::from(fantoccini::key::Key::Enter).to_string()).await?;
    browser.until("the content has the focus", "return document.activeElement.id === 'main'").await?;
    for step in 0..12 {
        browser.keys(&tab).await?;
        let seen = browser.run("const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it); return [it.matches(':focus-visible') && (style.outlineStyle !== 'none' || style.boxShadow !== 'none' || !!it.closest('label')), box.width > 0 && box.bottom > 0 && box.top < innerHeight, it.outerHTML.slice(0, 120)]").await?;
        ensure!(seen[0] == true && seen[1] == true, "after {step} steps the focus cannot be seen: {seen}");
    }
    browser.run("document.activeElement.blur()").await?;
    browser.keys(&format!("{}k", char::from(fantoccini::key::Key::Control))).await?;
    browser
        .until(
            "the palette is open and has the focus",
            "return !!document.activeElement.closest('dialog[open], .palette')",
        )
        .await?;
    browser.keys(&char::from(fantoccini::key::Key::Escape).to_string()).await?;
    browser.gone("dialog[open], .palette").await?;
    browser.close().await
}

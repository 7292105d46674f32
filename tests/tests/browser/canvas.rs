//! The admin draws: with the mouse, with the keyboard, across files; is shown the run that breaks a flow and mends it; tries a flow
//! before anybody else sees it. Every story ends with the draft as it was.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use tests::browser::Browser;
use tests::client::Person;

use super::logged_in;

const SOON: Option<Duration> = Some(Duration::from_millis(120));

async fn opened(base: &str, flow: &str) -> Result<Browser> {
    // What a story before left unfinished is none of this one's business.
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go(&format!("/studio/service/flow/{flow}")).await?;
    browser.see("svg.studio-svg [data-node]").await?;
    browser.until("the checker has spoken", "return !!document.querySelector('.verdict')").await?;
    Ok(browser)
}

async fn count(browser: &Browser, css: &str) -> Result<i64> {
    let found = browser.run(&format!("return document.querySelectorAll(`{css}`).length")).await?;
    found.as_i64().context("a number")
}

async fn until_count(browser: &Browser, css: &str, wanted: i64) -> Result<()> {
    browser
        .until(
            &format!("there are {wanted} of {css}"),
            &format!("return document.querySelectorAll(`{css}`).length === {wanted}"),
        )
        .await
}

/// Where something is on the screen.
async fn middle(browser: &Browser, css: &str) -> Result<(i64, i64)> {
    browser.see(css).await?;
    let script = format!(
        "const it = document.querySelector(`{css}`).getBoundingClientRect(); return [Math.round(it.x + it.width / 2), Math.round(it.y + it.height / 2)]"
    );
    let found = browser.run(&script).await?;
    Ok((found[0].as_i64().context("x")?, found[1].as_i64().context("y")?))
}

/// Presses at one point of the screen, moves to another, lets go.
async fn drag(browser: &Browser, from: (i64, i64), to: (i64, i64)) -> Result<()> {
    let mut hand = MouseActions::new("hand".to_owned())
        .then(PointerAction::MoveTo { duration: SOON, x: from.0 as f64, y: from.1 as f64 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    for part in 1..=4 {
        let at = |a: i64, b: i64| (a + (b - a) * part / 4) as f64;
        hand = hand.then(PointerAction::MoveTo { duration: SOON, x: at(from.0, to.0), y: at(from.1, to.1) });
    }
    browser.page.perform_actions(hand.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })).await.context("drag")?;
    Ok(browser.page.release_actions().await?)
}

async fn click_at(browser: &Browser, at: (i64, i64)) -> Result<()> {
    drag(browser, at, at).await
}

async fn keys(browser: &Browser, keys: &[char]) -> Result<()> {
    let mut hand = KeyActions::new("keys".to_owned());
    for it in keys {
        hand = hand.then(KeyAction::Down { value: *it }).then(KeyAction::Up { value: *it });
    }
    browser.page.perform_actions(hand).await.context("keys")?;
    Ok(())
}

async fn with_control(browser: &Browser, key: char) -> Result<()> {
    let control = char::from(Key::Control);
    let hand = KeyActions::new("keys".to_owned())
        .then(KeyAction::Down { value: control })
        .then(KeyAction::Down { value: key })
        .then(KeyAction::Up { value: key })
        .then(KeyAction::Up { value: control });
    browser.page.perform_actions(hand).await.context("keys")?;
    Ok(())
}

fn key(it: Key) -> char {
    char::from(it)
}

/// Takes everything back; the draft then holds nothing.
async fn take_back(browser: Browser, base: &str) -> Result<()> {
    browser.run("document.querySelector('.board').focus(); return true").await?;
    for _ in 0..60 {
        let done = browser.run("return [...document.querySelectorAll('.studio-bar button')].find(it => (it.getAttribute('aria-label') ?? '').startsWith('撤销'))?.disabled ?? false").await?;
        if done.as_bool() == Some(true) {
            break;
        }
        with_control(&browser, 'z').await?;
    }
    let admin = Person::login(base, "admin").await?;
    for _ in 0..80 {
        let pack = admin.get("/api/studio/packs/service").await?;
        if pack.body["draft"].as_object().is_none_or(serde_json::Map::is_empty) {
            return browser.close().await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    anyhow::bail!("everything is taken back, but the draft still holds something")
}

const NODES: &str = "svg.studio-svg [data-node]";
const FLOWS: &str = "svg.studio-svg [data-flow]";

/// Palette, border of a task, arrow, corner, lasso, copy and paste.
pub async fn an_admin_draws_with_the_mouse(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    let board = middle(&browser, ".board").await?;
    // From the palette onto the canvas; it is selected.
    drag(&browser, middle(&browser, "[data-kind=UserTask]").await?, (board.0, board.1 + 140)).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    let first = browser.run("return document.querySelector('.node.selected').dataset.node").await?;
    let first = first.as_str().context("an id")?.to_owned();
    // A timer dropped on its border sits on it.
    let task = middle(&browser, ".node.selected .body").await?;
    drag(&browser, middle(&browser, "[data-kind='Boundary(Timer)']").await?, (task.0, task.1 + 6)).await?;
    until_count(&browser, NODES, nodes + 2).await?;
    // Dropped beside every task it is refused, and said so.
    drag(&browser, middle(&browser, "[data-kind='Boundary(Timer)']").await?, (board.0 + 200, board.1 + 200)).await?;
    browser.read("该事件须放在活动上").await?;
    until_count(&browser, NODES, nodes + 2).await?;
    // A gateway dropped on a flow is put into it.
    let (from, to) =
        (middle(&browser, "[data-node=accept] .body").await?, middle(&browser, "[data-node=forward] .body").await?);
    drag(&browser, middle(&browser, "[data-kind=Exclusive]").await?, ((from.0 + to.0) / 2, from.1)).await?;
    until_count(&browser, NODES, nodes + 3).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    // The pad leads on: a task behind the gateway.
    browser.click(".pad [data-append=UserTask]").await?;
    until_count(&browser, FLOWS, flows + 2).await?;
    // Copied and pasted. Its pad must not lie over what is clicked.
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, middle(&browser, &format!("[data-node={first}] .body")).await?).await?;
    with_control(&browser, 'c').await?;
    browser.read("已复制").await?;
    click_at(&browser, (board.0 - 220, board.1 + 200)).await?;
    with_control(&browser, 'v').await?;
    until_count(&browser, NODES, nodes + 6).await?;
    browser.picture("canvas-drawn").await?;
    // All of it brought into line, and room made.
    with_control(&browser, 'a').await?;
    browser.click(".pad [data-act=align-middle]").await?;
    browser.click(".pad [data-act=delete]").await?;
    until_count(&browser, NODES, 0).await?;
    take_back(browser, base).await
}

/// Everything without a mouse: walk, append, name, change, fold, lanes, find.
pub async fn an_admin_draws_with_the_keyboard(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let nodes = count(&browser, NODES).await?;
    browser.run("document.querySelector('.board').focus(); return true").await?;
    keys(&browser, &[key(Key::Home), key(Key::Right)]).await?;
    browser.see("[data-node=accept].selected").await?;
    // Append: a signal is found by its name.
    keys(&browser, &['a']).await?;
    browser.see(".chooser input").await?;
    keys(&browser, &"信号".chars().collect::<Vec<_>>()).await?;
    browser.see(".chooser [data-choose='Catch(Signal)'].chosen, .chooser [data-choose='Catch(Signal)']").await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    // Its name, then another kind.
    keys(&browser, &[key(Key::F2)]).await?;
    browser.see(".naming").await?;
    keys(&browser, &"等通知".chars().collect::<Vec<_>>()).await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    browser.read("等通知").await?;
    keys(&browser, &['r']).await?;
    browser.see(".chooser").await?;
    browser.picture("canvas-replace").await?;
    keys(&browser, &"消息".chars().collect::<Vec<_>>()).await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    browser
        .until(
            "it waits for a message now",
            "return document.querySelector('.studio-right .side-title')?.textContent === '等待消息'",
        )
        .await?;
    // A subprocess, folded, entered, left.
    keys(&browser, &[key(Key::Escape), 'n']).await?;
    browser.see(".chooser input").await?;
    keys(&browser, &"subprocess".chars().collect::<Vec<_>>()).await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    until_count(&browser, NODES, nodes + 2).await?;
    browser.click(".pad [data-act=fold]").await?;
    browser.see(".node.selected .mark-folded").await?;
    browser.click(".pad [data-act=open]").await?;
    browser.see(".crumbs").await?;
    until_count(&browser, NODES, 0).await?;
    browser.run("document.querySelector('.board').focus(); return true").await?;
    keys(&browser, &[key(Key::Escape), key(Key::Escape)]).await?;
    browser.gone(".crumbs").await?;
    // Lanes around it all.
    keys(&browser, &['n']).await?;
    browser.see(".chooser input").await?;
    keys(&browser, &"泳道".chars().collect::<Vec<_>>()).await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    until_count(&browser, "svg.studio-svg .body.lane", 2).await?;
    // Found by a part of its name.
    with_control(&browser, 'f').await?;
    browser.see(".board-find input").await?;
    keys(&browser, &"部门".chars().collect::<Vec<_>>()).await?;
    browser.see("[data-node=answer].selected").await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    browser.picture("canvas-lanes").await?;
    take_back(browser, base).await
}

/// The run that breaks the flow is played token by token; the fix is looked at, taken, and the flow is sound again.
pub async fn a_broken_flow_is_played_and_mended(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    browser.click("[data-node=adopted] .body").await?;
    browser.click(".pad [data-act=replace]").await?;
    browser.click(".chooser [data-choose=Parallel]").await?;
    browser.read("存在会卡住的运行").await?;
    browser.click("[data-act=play-verdict]").await?;
    browser.see(".player").await?;
    browser.see(".studio-svg .token").await?;
    for _ in 0..6 {
        browser.click(".player [data-act=step]").await?;
    }
    browser
        .until(
            "the run has its tokens on the canvas",
            "return document.querySelectorAll('.studio-svg .token').length > 0",
        )
        .await?;
    browser.picture("canvas-counterexample").await?;
    browser.click(".player [data-act=fix]").await?;
    browser.see("[data-act=apply-fix]").await?;
    browser.picture("canvas-fix").await?;
    browser.click("[data-act=apply-fix]").await?;
    browser.read("每次运行都能结束").await?;
    take_back(browser, base).await
}

/// The flow as it is drawn is tried to its end, without anybody being told.
pub async fn a_flow_is_tried(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    browser.click("[data-act=try]").await?;
    let mut ended = false;
    for turn in 0..12 {
        browser
            .until(
                "it waits or has ended",
                "return !!document.querySelector('.trial-choice, .studio-right .badge.success')",
            )
            .await?;
        if count(&browser, ".studio-right .badge.success").await? > 0 {
            ended = true;
            break;
        }
        if turn == 1 {
            browser.picture("canvas-trial").await?;
        }
        let before = browser.run("return document.querySelector('.trial-choice').dataset.choice").await?;
        browser.click(".trial-choice").await?;
        browser
            .until(
                "it has gone on",
                &format!("return document.querySelector('.trial-choice')?.dataset.choice !== {before}"),
            )
            .await?;
    }
    ensure!(ended, "the trial does not end; the page says\n{}", browser.text().await?);
    browser.see(".player").await?;
    browser.click("[data-act=try]").await?;
    browser.gone(".trial-choice").await?;
    take_back(browser, base).await
}

/// A BPMN file takes the place of the flow; what differs from the live version is marked on the canvas and in the dialog.
pub async fn a_file_comes_in_and_is_compared(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("other.bpmn");
    std::fs::write(
        &path,
        r#"<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"><process id="p" name="P">
        <startEvent id="start"/><userTask id="fresh" name="Fresh"/><endEvent id="end"/>
        <sequenceFlow id="f_1" sourceRef="start" targetRef="fresh"/><sequenceFlow id="f_2" sourceRef="fresh" targetRef="end"/></process></definitions>"#,
    )?;
    let input = browser.page.find(fantoccini::Locator::Css("input[data-act=import-file]")).await?;
    input.send_keys(&path.display().to_string()).await.context("choose the file")?;
    browser.see("[data-node=fresh]").await?;
    until_count(&browser, NODES, 3).await?;
    browser.press_label("导入、导出、比较").await?;
    browser.click("[data-act=compare]").await?;
    browser.see("[data-node=fresh].diff-added").await?;
    browser.picture("canvas-compared").await?;
    browser.press("发布").await?;
    browser.see("dialog[open]").await?;
    browser.picture("canvas-publish").await?;
    browser.press("取消").await?;
    take_back(browser, base).await
}

/// Whoever cannot see the drawing, or sees little, can work on it too: nothing against WCAG 2.2 AA in any state of the canvas.
pub async fn nobody_is_shut_out_of_drawing(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let mut wrong = browser.axe().await?;
    browser.run("document.querySelector('.board').focus(); return true").await?;
    keys(&browser, &[key(Key::Home), key(Key::Right)]).await?;
    browser.see(".studio-right .prop-group").await?;
    wrong.extend(browser.axe().await?);
    keys(&browser, &['r']).await?;
    browser.see(".chooser").await?;
    wrong.extend(browser.axe().await?);
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.click("[data-act=try]").await?;
    browser.see(".trial-choice").await?;
    wrong.extend(browser.axe().await?);
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.close().await
}

//! The admin draws: with the mouse, with the keyboard, across files; is shown the run that breaks a flow and mends it; tries a flow
//! before anybody else sees it. Every story ends with the draft as it was.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{
    Actions, InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions,
};
use fantoccini::key::Key;
use tests::browser::Browser;
use tests::client::Person;

use super::logged_in;

const SOON: Option<Duration> = Some(Duration::from_millis(120));

pub(super) async fn opened(base: &str, flow: &str) -> Result<Browser> {
    // What a story before left unfinished is none of this one's business.
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go(&format!("/studio/service/flow/{flow}")).await?;
    browser.see("svg.studio-svg [data-node]").await?;
    browser.until("the checker has spoken", "return !!document.querySelector('.verdict')").await?;
    Ok(browser)
}

pub(super) async fn count(browser: &Browser, css: &str) -> Result<i64> {
    let found = browser.run(&format!("return document.querySelectorAll(`{css}`).length")).await?;
    found.as_i64().context("a number")
}

pub(super) async fn until_count(browser: &Browser, css: &str, wanted: i64) -> Result<()> {
    browser
        .until(
            &format!("there are {wanted} of {css}"),
            &format!("return document.querySelectorAll(`{css}`).length === {wanted}"),
        )
        .await
}

/// Where something is on the screen.
pub(super) async fn middle(browser: &Browser, css: &str) -> Result<(i64, i64)> {
    browser.see(css).await?;
    let script = format!(
        "const it = document.querySelector(`{css}`).getBoundingClientRect(); return [Math.round(it.x + it.width / 2), Math.round(it.y + it.height / 2)]"
    );
    let found = browser.run(&script).await?;
    Ok((found[0].as_i64().context("x")?, found[1].as_i64().context("y")?))
}

/// Presses at one point of the screen, moves to another, lets go.
pub(super) async fn drag(browser: &Browser, from: (i64, i64), to: (i64, i64)) -> Result<()> {
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

pub(super) async fn click_at(browser: &Browser, at: (i64, i64)) -> Result<()> {
    drag(browser, at, at).await
}

pub(super) async fn keys(browser: &Browser, keys: &[char]) -> Result<()> {
    let mut hand = KeyActions::new("keys".to_owned());
    for it in keys {
        hand = hand.then(KeyAction::Down { value: *it }).then(KeyAction::Up { value: *it });
    }
    browser.page.perform_actions(hand).await.context("keys")?;
    Ok(())
}

pub(super) async fn with_control(browser: &Browser, key: char) -> Result<()> {
    let control = char::from(Key::Control);
    let hand = KeyActions::new("keys".to_owned())
        .then(KeyAction::Down { value: control })
        .then(KeyAction::Down { value: key })
        .then(KeyAction::Up { value: key })
        .then(KeyAction::Up { value: control });
    browser.page.perform_actions(hand).await.context("keys")?;
    Ok(())
}

pub(super) fn key(it: Key) -> char {
    char::from(it)
}

/// Takes everything back; the draft then holds nothing.
pub(super) async fn take_back(browser: Browser, base: &str) -> Result<()> {
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

pub(super) const NODES: &str = "svg.studio-svg [data-node]";
pub(super) const FLOWS: &str = "svg.studio-svg [data-flow]";

/// An admin who walks to a page of which a file is held back until `window.let()`: it comes then, or fails once.
pub(super) async fn held_back(base: &str, file: &str, to: &str, fails: bool) -> Result<Browser> {
    let browser = logged_in(base, "admin").await?;
    browser.go("/inbox").await?;
    browser.see("main").await?;
    // Held back in the page that then walks there.
    let held = format!(
        "const fetch = window.fetch.bind(window); \
         window.fetch = (...it) => String(it[0]?.url ?? it[0]).includes('{file}') && !window.free \
             ? new Promise((ok, no) => window.let = () => {{ window.free = true; {fails} ? no(new TypeError('held')) : ok(fetch(...it)) }}) : fetch(...it); \
         const link = Object.assign(document.createElement('a'), {{ href: '{to}' }}); \
         document.querySelector('main').append(link); link.click(); return true"
    );
    browser.run(&held).await?;
    Ok(browser)
}

/// What moves the drawing is slow to come, or does not come: what is done meanwhile waits for it, and it is said when it fails.
pub async fn a_hand_waits_for_its_code(base: &str) -> Result<()> {
    for fails in [false, true] {
        let browser = held_back(base, "split_panels", "/studio/service/flow/suggestion", fails).await?;
        browser.see(NODES).await?;
        browser.run("document.querySelector('.board').focus(); return true").await?;
        keys(&browser, &['n']).await?;
        browser.until("the rest is asked for", "return !!window.let").await?;
        ensure!(count(&browser, ".chooser").await? == 0, "the menu comes before its code");
        browser.picture(if fails { "canvas-alone" } else { "canvas-first" }).await?;
        browser.run("window.let(); return true").await?;
        if fails {
            browser.see(".toast").await?;
        }
        // The next key asks again.
        keys(&browser, if fails { &['n'] } else { &[] }).await?;
        browser.see(".chooser").await?;
        browser.close().await?;
    }
    Ok(())
}

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
    // What it is called is written at once.
    browser.see("textarea.naming").await?;
    keys(&browser, &"核对".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.read("核对").await?;
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

/// What stands beside the drawing is out of the way; a line shows where it is held; an event dropped on a border sits there; a
/// subprocess becomes a task again; the picture goes on moving while something is held at its edge.
pub async fn what_is_held_is_at_hand(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let nodes = count(&browser, NODES).await?;
    // The pad covers no other step, and with shift nothing at all: more is selected.
    click_at(&browser, middle(&browser, "[data-node=accept] .body").await?).await?;
    browser.see(".pad [data-act=delete]").await?;
    let over = "const pad = document.querySelector('.pad').getBoundingClientRect(); return [...document.querySelectorAll('.studio-svg [data-node] .body')].some(it => { const at = it.getBoundingClientRect(); return at.right > pad.left && at.left < pad.right && at.bottom > pad.top && at.top < pad.bottom })";
    ensure!(browser.run(over).await? == false, "the pad stands where there is room");
    let shift = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: key(Key::Shift) });
    browser.page.perform_actions(shift).await.context("shift")?;
    browser
        .until(
            "the pad is out of the way",
            "return getComputedStyle(document.querySelector('.pad')).visibility === 'hidden'",
        )
        .await?;
    browser.page.release_actions().await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    // A stretch of a line is dragged by its grip, then a bend that came of it.
    click_at(&browser, middle(&browser, "[data-flow=f_no] .edge-line").await?).await?;
    let at = middle(&browser, ".grip[data-grip=stretch]").await?;
    drag(&browser, at, (at.0, at.1 - 70)).await?;
    until_count(&browser, ".grip[data-grip=bend]", 4).await?;
    let bends = "return [...document.querySelectorAll('.grip[data-grip=bend]')].map(it => it.getAttribute('x'))";
    let before = browser.run(bends).await?;
    browser.run("document.querySelectorAll('.grip[data-grip=bend]')[1].id = 'held'; return true").await?;
    let at = middle(&browser, "#held").await?;
    drag(&browser, at, (at.0 + 30, at.1 - 20)).await?;
    browser.until("the bend went along", &format!("{bends}.join() !== {before}.join()")).await?;
    browser.picture("canvas-grips").await?;
    // What waits by itself in the palette sits where it is dropped on a border.
    let edge = browser.run("const it = document.querySelector('[data-node=answer] .body').getBoundingClientRect(); return [Math.round(it.x + it.width * 0.4), Math.round(it.bottom)]").await?;
    let edge = (edge[0].as_i64().context("x")?, edge[1].as_i64().context("y")?);
    drag(&browser, middle(&browser, "[data-kind='Catch(Timer)']").await?, edge).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    browser
        .until(
            "it sits on the step",
            "return document.querySelector('.studio-right .side-title')?.textContent === '边界定时'",
        )
        .await?;
    // A subprocess and a task become each other.
    keys(&browser, &[key(Key::Escape), 'n']).await?;
    browser.see(".chooser input").await?;
    keys(&browser, &"subprocess".chars().collect::<Vec<_>>()).await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    until_count(&browser, NODES, nodes + 2).await?;
    browser.click(".pad [data-act=replace]").await?;
    browser.click(".chooser [data-choose=CallActivity]").await?;
    browser.see(".studio-right").await?;
    browser.gone(".chooser").await?;
    // Held at the lower edge, the picture goes on without the hand.
    let task = middle(&browser, "[data-node=accept] .body").await?;
    let low =
        browser.run("return Math.round(document.querySelector('.board').getBoundingClientRect().bottom) - 6").await?;
    let low = low.as_f64().context("y")?;
    let mut hand = MouseActions::new("hand".to_owned())
        .then(PointerAction::MoveTo { duration: SOON, x: task.0 as f64, y: task.1 as f64 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    for y in [f64::midpoint(task.1 as f64, low), low] {
        hand = hand.then(PointerAction::MoveTo { duration: SOON, x: task.0 as f64, y });
    }
    browser.page.perform_actions(hand).await.context("hold")?;
    let eye = "document.querySelector('.studio-svg > g').getAttribute('transform')";
    browser.run(&format!("window.eye = {eye}; return true")).await?;
    browser.until("the picture goes on", &format!("return {eye} !== window.eye")).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.page.release_actions().await?;
    // By keyboard, too; and what else it can do is told.
    browser.run(&format!("document.querySelector('.board').focus(); window.eye = {eye}; return true")).await?;
    with_control(&browser, key(Key::Right)).await?;
    browser.until("the picture moves", &format!("return {eye} !== window.eye")).await?;
    keys(&browser, &[key(Key::F8)]).await?;
    browser.see(".alert-panel.open").await?;
    browser.see(".selected").await?;
    keys(&browser, &['?']).await?;
    browser.see("dialog[open] .shortcut kbd").await?;
    browser.picture("canvas-shortcuts").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.gone("dialog[open]").await?;
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
    browser
        .until(
            "it is said where one is, and the keyboard is on the board",
            "return document.querySelector('.crumbs [aria-current]')?.textContent === '子流程' && document.activeElement === document.querySelector('.board')",
        )
        .await?;
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
    // What can be done about an alert stands below it, and leaves it its room.
    browser.click(".alert-bar").await?;
    browser.see(".alert-actions [data-act=fix]").await?;
    let narrow = "return [...document.querySelectorAll('.alert-item')].some(it => it.scrollWidth > it.clientWidth || it.querySelector('.alert-row').clientWidth < 300)";
    ensure!(browser.run(narrow).await? == false, "every alert has its room");
    browser.click(".alert-bar").await?;
    browser.click("[data-act=play-verdict]").await?;
    browser.see(".player").await?;
    browser.see(".studio-svg .token").await?;
    // It plays by itself, as fast as one likes, until it is held; wound back and forth by keys.
    let speed = "return document.querySelector('.player [data-act=speed]').textContent.trim()";
    for wanted in ["2×", "4×", "½×", "1×", "2×", "4×"] {
        browser.click(".player [data-act=speed]").await?;
        browser.until("the speed is another", &format!("return (() => {{ {speed} }})() === '{wanted}'")).await?;
    }
    let at = "parseInt(document.querySelector('.player input').value)";
    let last = "parseInt(document.querySelector('.player input').max)";
    browser.until("it plays to its end", &format!("return {at} === {last} && document.querySelector('.player [data-act=play]').getAttribute('aria-label') === '播放'")).await?;
    browser.run("document.querySelector('.player input').focus(); return true").await?;
    keys(&browser, &[key(Key::Home)]).await?;
    browser.until("it is wound back", &format!("return {at} === 0")).await?;
    browser.click(".player [data-act=play]").await?;
    browser.until("it plays again", &format!("return {at} > 0")).await?;
    browser.run("const it = document.querySelector('.player [data-act=play]'); if (it.getAttribute('aria-label') === '暂停') it.click(); return true").await?;
    browser.run("document.querySelector('.player input').focus(); return true").await?;
    keys(&browser, &[key(Key::End)]).await?;
    browser.click(".player [data-act=step-back]").await?;
    browser.until("one step back", &format!("return {at} === {last} - 1")).await?;
    keys(&browser, &[]).await?;
    browser.run("document.querySelector('.player input').focus(); return true").await?;
    keys(&browser, &[key(Key::Home)]).await?;
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
    // What is none is refused, in the language of the page.
    for (text, why) in [("<definitions", "不是可读取的 XML"), ("<html/>", "不是 BPMN 2.0 文件")] {
        std::fs::write(&path, text)?;
        let input = browser.page.find(fantoccini::Locator::Css("input[data-act=import-file]")).await?;
        input.send_keys(&path.display().to_string()).await.context("choose the file")?;
        browser.read(why).await?;
        until_count(&browser, NODES, 3).await?;
    }
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
    // The same in the dark, with an alert in sight.
    browser.run("document.documentElement.dataset.theme = 'dark'; return true").await?;
    // Colours go over into each other.
    tokio::time::sleep(Duration::from_millis(250)).await;
    wrong.extend(browser.axe().await?);
    browser.click("[data-act=try]").await?;
    browser.gone(".trial-choice").await?;
    browser.click(".alert-bar").await?;
    browser.see(".alert-panel.open").await?;
    click_at(&browser, middle(&browser, "[data-node=answer] .body").await?).await?;
    browser.see(".pad [data-act=colour]").await?;
    wrong.extend(browser.axe().await?);
    browser.picture("canvas-dark").await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.close().await
}

/// What leaves the canvas as a file, by kind: BPMN, SVG, PNG, paper.
pub async fn a_flow_goes_out_as_a_file(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    // What is offered as a file is looked at instead of being saved.
    browser
        .run("window.offered = []; const make = URL.createObjectURL; URL.createObjectURL = blob => { const it = { kind: blob.type, size: blob.size, text: '' }; window.offered.push(it); blob.text().then(text => { it.text = text.slice(0, 200000) }); return make.call(URL, blob) }; window.print = () => { window.printed = !!document.querySelector('.print-sheet svg [data-node]'); window.dispatchEvent(new Event('afterprint')) }; return true")
        .await?;
    for (act, kind, holds) in [
        ("export-bpmn", "application/xml", "id=\"accept\""),
        ("export-svg", "image/svg+xml", "<svg xmlns"),
        ("export-png", "image/png", "PNG"),
    ] {
        browser.press_label("导入、导出、比较").await?;
        browser.click(&format!("[data-act={act}]")).await?;
        browser
            .until(
                &format!("{act} offers a file of {kind}"),
                &format!("const it = window.offered.find(it => it.kind === '{kind}'); return !!it && it.size > 1000 && it.text.includes('{holds}')"),
            )
            .await?;
    }
    browser.press_label("导入、导出、比较").await?;
    browser.click("[data-act=print]").await?;
    browser.until("it is printed", "return window.printed === true && !document.querySelector('.print-sheet')").await?;
    // What went out as BPMN comes in again as the same flow.
    let nodes = count(&browser, NODES).await?;
    let text = browser.run("return window.offered.find(it => it.kind === 'application/xml').text").await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("again.bpmn");
    std::fs::write(&path, text.as_str().context("the file")?)?;
    let input = browser.page.find(fantoccini::Locator::Css("input[data-act=import-file]")).await?;
    input.send_keys(&path.display().to_string()).await.context("choose the file")?;
    browser.read("已导入").await?;
    until_count(&browser, NODES, nodes).await?;
    take_back(browser, base).await
}

/// A trial runs to a breakpoint, lets time pass, and what was tried becomes a scenario; an edit that breaks one is found.
pub async fn what_is_tried_becomes_a_scenario(base: &str) -> Result<()> {
    let browser = opened(base, "complaint").await?;
    click_at(&browser, middle(&browser, "[data-node=forward] .body").await?).await?;
    browser.click(".pad [data-act=breakpoint]").await?;
    browser.see("[data-node=forward] .break-dot").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.click("[data-act=try]").await?;
    browser.see(".trial-choice").await?;
    let before = browser.run("return document.querySelector('[data-clock]').textContent").await?;
    browser.click("[data-pass=P1D]").await?;
    browser
        .until(
            "the clock has moved on",
            &format!("return document.querySelector('[data-clock]').textContent !== {before}"),
        )
        .await?;
    browser.click("[data-act=trial-back]").await?;
    browser.see("[data-act=run-on]").await?;
    browser.click("[data-act=run-on]").await?;
    browser.see("[data-halted]").await?;
    browser.see(".trial-choice[data-choice=forward]").await?;
    browser.picture("canvas-breakpoint").await?;
    browser.click(".trial-choice[data-choice=forward]").await?;
    browser
        .until(
            "it has gone on",
            "const it = document.querySelector('.trial-choice'); return !!it && it.dataset.choice !== 'forward'",
        )
        .await?;
    browser.click("[data-act=save-run]").await?;
    browser.see("dialog[open] [data-act=make-scenario]").await?;
    browser
        .until("it can be made", "const it = document.querySelector('dialog[open] [data-act=make-scenario]'); if (it && !it.disabled) { it.click(); return true } return false")
        .await?;
    browser.see("[data-recorded=passed]").await?;
    browser.see("[data-who]").await?;
    browser.picture("scenario-made").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.click("[data-act=keep-scenario]").await?;
    browser.gone("dialog[open]").await?;
    let admin = Person::login(base, "admin").await?;
    let until = std::time::Instant::now() + Duration::from_secs(15);
    while admin.get("/api/studio/packs/service").await?.body["draft"]["scenarios/tried-1.json"].as_str().is_none() {
        ensure!(std::time::Instant::now() < until, "the scenario is in the draft");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // An edit breaks it, another one does not; the first is found and taken back.
    browser.click("[data-act=try]").await?;
    browser.gone(".trial-choice").await?;
    click_at(&browser, middle(&browser, "[data-node=forward] .body").await?).await?;
    browser.click(".pad [data-act=replace]").await?;
    browser.click(".chooser [data-choose=ManualTask]").await?;
    browser.click("[data-kind=UserTask]").await?;
    browser.click("[data-act=scenarios]").await?;
    browser.see("[data-scenario=tried-1][data-state=failed]").await?;
    browser.until("all were played", "return !!document.querySelector('[data-scenarios=done]')").await?;
    browser.click("[data-scenario=tried-1] [data-act=which-edit]").await?;
    browser.see("[data-scenario=tried-1] [data-culprit]").await?;
    browser.picture("scenarios-broken").await?;
    let verb =
        browser.run("return document.querySelector('[data-scenario=tried-1] [data-culprit]').dataset.culprit").await?;
    ensure!(verb == "replace", "the edit that broke it is {verb}");
    browser.click("[data-scenario=tried-1] [data-act=take-back]").await?;
    browser.see("[data-scenario=tried-1][data-state=passed]").await?;
    browser.picture("scenarios").await?;
    browser.press("关闭").await?;
    take_back(browser, base).await
}

/// An alert is lived with, with a reason that stays; it can be told again.
pub async fn an_alert_is_suppressed_with_a_reason(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    if count(&browser, ".alert-list").await? == 0 {
        browser.click(".alert-bar").await?;
    }
    browser.see(".alert-list").await?;
    // A gateway without a name gives a hint.
    if count(&browser, "[data-act=suppress]").await? == 0 {
        browser.click("[data-kind=Note]").await?;
    }
    let before = count(&browser, ".alert-item:not(.silenced)").await?;
    browser.click("[data-act=suppress]").await?;
    browser.fill("[data-act=suppress-reason]", "小团队，一人即可").await?;
    browser.picture("alert-suppressing").await?;
    browser.click(".alert-silence button[type=submit]").await?;
    browser.see(".alert-item.silenced").await?;
    browser.read("小团队，一人即可").await?;
    until_count(&browser, ".alert-item:not(.silenced)", before - 1).await?;
    browser.picture("alert-suppressed").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    let admin = Person::login(base, "admin").await?;
    let until = std::time::Instant::now() + Duration::from_secs(15);
    loop {
        let pack = admin.get("/api/studio/packs/service").await?;
        if pack.body["draft"]["suppressed.json"].as_str().is_some_and(|it| it.contains("小团队")) {
            break;
        }
        ensure!(std::time::Instant::now() < until, "the reason is kept in the pack: {}", pack.body["draft"]);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    browser.click("[data-act=tell-again]").await?;
    until_count(&browser, ".alert-item:not(.silenced)", before).await?;
    take_back(browser, base).await
}

/// Two people draw at once: each sees the other, what they do to different things is put together, what they do to the same
/// is chosen.
pub async fn two_people_draw_at_once(base: &str) -> Result<()> {
    let one = opened(base, "suggestion").await?;
    let two = logged_in(base, "admin").await?;
    two.go("/studio/service/flow/suggestion").await?;
    two.see("svg.studio-svg [data-node]").await?;
    one.see(".studio-others[data-others='1']").await?;
    two.see(".studio-others[data-others='1']").await?;
    one.picture("two-draw").await?;
    let nodes = count(&one, NODES).await?;
    one.click("[data-kind=UserTask]").await?;
    until_count(&one, NODES, nodes + 1).await?;
    // What one has saved appears at the other's.
    until_count(&two, NODES, nodes + 1).await?;
    two.click("[data-kind=Exclusive]").await?;
    until_count(&two, NODES, nodes + 2).await?;
    until_count(&one, NODES, nodes + 2).await?;
    // The same step gets two names before either is saved: the line is cut for one of them.
    one.run("window.held = window.fetch; window.fetch = (...all) => (all[0].method ?? all[1]?.method) === 'PUT' ? new Promise(done => setTimeout(() => done(window.held(...all)), 3000)) : window.held(...all); return true").await?;
    for (browser, name) in [(&one, "甲的名称"), (&two, "乙的名称")] {
        browser.run("document.querySelector('.board').focus(); return true").await?;
        click_at(browser, middle(browser, "[data-node=accept] .body").await?).await?;
        keys(browser, &[key(Key::F2)]).await?;
        browser.see(".naming").await?;
        with_control(browser, 'a').await?;
        keys(browser, &name.chars().collect::<Vec<_>>()).await?;
        keys(browser, &[key(Key::Enter)]).await?;
    }
    one.see("[data-meeting]").await?;
    one.picture("two-clash").await?;
    // Nothing is published before that is settled, and the dialog says so.
    one.click("[data-act=publish]").await?;
    one.see("dialog[open] [data-met]").await?;
    one.see("dialog[open] [data-act=do-publish]:disabled").await?;
    one.click("dialog[open] [data-met] button").await?;
    one.see("[data-clash$='/flowElements/accept']").await?;
    for (side, name) in [("mine", "甲的名称"), ("theirs", "乙的名称")] {
        let told = format!(
            "return document.querySelector(`[data-clash$='/flowElements/accept'] [data-side={side}]`).closest('label').textContent.includes('{name}')"
        );
        ensure!(one.run(&told).await? == true, "it is seen what either side says: {name}");
    }
    one.picture("two-choose").await?;
    let wrong = one.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    one.click("[data-clash$='/flowElements/accept'] [data-side=theirs]").await?;
    one.click("[data-act=do-merge]").await?;
    one.gone("[data-meeting]").await?;
    for browser in [&one, &two] {
        browser
            .until("both have the one name", "return document.querySelector('[data-node=accept]').textContent.replace(/\\s/g, '').includes('乙的名称')")
            .await?;
        until_count(browser, NODES, nodes + 2).await?;
    }
    // Who leaves is gone at once; a window that is simply shut after a while.
    one.click(".studio-bar > a").await?;
    two.gone(".studio-others").await?;
    one.close().await?;
    two.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

/// With fingers: one moves things, two scale the picture, one that rests opens the menu.
pub async fn an_admin_draws_with_fingers(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let finger = |id: &str, at: (i64, i64)| {
        TouchActions::new(id.to_owned())
            .then(PointerAction::MoveTo { duration: None, x: at.0 as f64, y: at.1 as f64 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
    };
    let board = middle(&browser, ".board").await?;
    let zoom = "return document.querySelector('.zoom-now').textContent";
    let before = browser.run(zoom).await?;
    // Two fingers go apart.
    let mut hands = vec![finger("one", (board.0 - 40, board.1)), finger("two", (board.0 + 40, board.1))];
    for part in 1..=4 {
        let by = 40.0 + 30.0 * f64::from(part);
        let (x, y) = (board.0 as f64, board.1 as f64);
        let (one, two) = (hands.remove(0), hands.remove(0));
        hands = vec![
            one.then(PointerAction::MoveTo { duration: SOON, x: x - by, y }),
            two.then(PointerAction::MoveTo { duration: SOON, x: x + by, y }),
        ];
    }
    let (one, two) = (hands.remove(0), hands.remove(0));
    let up = PointerAction::Up { button: MOUSE_BUTTON_LEFT };
    let both = Actions::from(one.then(up.clone())).and(two.then(up.clone()));
    browser.page.perform_actions(both).await.context("pinch")?;
    browser.page.release_actions().await?;
    browser
        .until(
            "the picture is larger",
            &format!("return parseInt(document.querySelector('.zoom-now').textContent) > parseInt({before})"),
        )
        .await?;
    with_control(&browser, '0').await?;
    // One finger drags a step.
    let place = "return document.querySelector('[data-node=answer] .body').getBoundingClientRect().y";
    let was = browser.run(place).await?.as_f64().context("y")?;
    let at = middle(&browser, "[data-node=answer] .body").await?;
    let mut hand = finger("one", at);
    for part in 1..=5 {
        hand = hand.then(PointerAction::MoveTo { duration: SOON, x: at.0 as f64, y: (at.1 + 16 * part) as f64 });
    }
    browser.page.perform_actions(hand.then(up.clone())).await.context("drag")?;
    browser.page.release_actions().await?;
    browser
        .until(
            "it has moved with the finger",
            &format!(
                "return document.querySelector('[data-node=answer] .body').getBoundingClientRect().y > {was} + 40"
            ),
        )
        .await?;
    // One finger rests.
    let at = middle(&browser, "[data-node=accept] .body").await?;
    let hand = finger("one", at).then(PointerAction::Pause { duration: Duration::from_millis(900) }).then(up);
    browser.page.perform_actions(hand).await.context("rest")?;
    browser.page.release_actions().await?;
    browser.see("[data-node=accept].selected").await?;
    browser.see(".chooser").await?;
    browser.picture("canvas-fingers").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    take_back(browser, base).await
}

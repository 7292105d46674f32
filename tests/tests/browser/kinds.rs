//! What follows from what an element is: what its pad offers, what it may become, how it is connected, what is left when it goes.
//! Every story ends with the draft as it was.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use tests::browser::Browser;

use super::canvas::{FLOWS, NODES, click_at, count, drag, key, keys, opened, take_back, until_count, with_control};
use super::gestures::{body, focus, place, selected};

const SOON: Option<Duration> = Some(Duration::from_millis(120));

/// Chooses in the menu that is open what these words find first.
async fn chosen(browser: &Browser, words: &str) -> Result<()> {
    browser.see(".chooser input").await?;
    keys(browser, &words.chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.gone(".chooser").await
}

/// What the panel calls that which is selected.
async fn called(browser: &Browser, title: &str) -> Result<()> {
    let script = format!("return document.querySelector('.studio-right .side-title')?.textContent === '{title}'");
    browser.until(&format!("it is called {title}"), &script).await
}

/// Down at one place, moved to others, and not let go of.
pub(super) async fn hold(browser: &Browser, at: &[(i64, i64)]) -> Result<()> {
    let mut hand = MouseActions::new("hand".to_owned());
    for (index, it) in at.iter().enumerate() {
        hand = hand.then(PointerAction::MoveTo { duration: SOON, x: it.0 as f64, y: it.1 as f64 });
        if index == 0 {
            hand = hand.then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
        }
    }
    browser.page.perform_actions(hand).await.context("hold")?;
    Ok(())
}

/// An event gateway is followed by events alone, what only compensates by what undoes it; a subprocess becomes every other kind
/// of subprocess.
pub async fn each_kind_offers_what_follows(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    focus(&browser).await?;
    keys(&browser, &['n']).await?;
    chosen(&browser, "event gateway").await?;
    until_count(&browser, NODES, nodes + 1).await?;
    for kind in ["Catch(Message)", "Catch(Timer)", "Catch(Signal)", "ReceiveTask"] {
        browser.see(&format!(".pad [data-append='{kind}']")).await?;
    }
    ensure!(count(&browser, ".pad [data-append=UserTask]").await? == 0, "a person decides nothing there");
    browser.click(".pad [data-append='Catch(Message)']").await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    // What undoes a step hangs at it by a dotted line, and is no part of the way.
    click_at(&browser, body(&browser, "award").await?).await?;
    keys(&browser, &['a']).await?;
    chosen(&browser, "boundary compensation").await?;
    until_count(&browser, NODES, nodes + 3).await?;
    called(&browser, "活动的补偿").await?;
    focus(&browser).await?;
    browser.click(".pad [data-append=ServiceTask]").await?;
    until_count(&browser, NODES, nodes + 4).await?;
    browser.see("textarea.naming").await?;
    keys(&browser, &"扣回积分".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.read("扣回积分").await?;
    browser.see("svg.studio-svg .edge-line.dotted").await?;
    let undo = selected(&browser).await?.first().context("what undoes it")?.clone();
    browser.see(&format!("svg.studio-svg [data-node='{undo}'] .sign")).await?;
    browser.picture("kinds-follow").await?;
    // Subprocesses become each other, by the key and what is typed.
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape), 'n']).await?;
    chosen(&browser, "subprocess").await?;
    until_count(&browser, NODES, nodes + 5).await?;
    called(&browser, "子流程").await?;
    for (words, title) in [("ad-hoc", "自由子流程"), ("transaction", "事务"), ("event subprocess", "事件子流程")]
    {
        focus(&browser).await?;
        keys(&browser, &['r']).await?;
        chosen(&browser, words).await?;
        called(&browser, title).await?;
    }
    // A group is called something, and lies around without being led to.
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape), 'n']).await?;
    chosen(&browser, "group").await?;
    until_count(&browser, NODES, nodes + 6).await?;
    ensure!(count(&browser, ".pad [data-act=connect]").await? == 0);
    focus(&browser).await?;
    keys(&browser, &[key(Key::F2)]).await?;
    browser.see("textarea.naming").await?;
    keys(&browser, &"售后".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.read("售后").await?;
    take_back(browser, base).await
}

/// Steps are connected by keys and by the tool; a line is the default or has a condition; what goes leaves its way behind.
pub async fn lines_are_drawn_marked_and_healed(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    // By keys: from here, walk there, Enter.
    focus(&browser).await?;
    keys(&browser, &[key(Key::Home), key(Key::Right), 'c', key(Key::Right), key(Key::Right), key(Key::Enter)]).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    with_control(&browser, 'z').await?;
    until_count(&browser, FLOWS, flows).await?;
    // By the tool; where it may not lead the pointer says so, and nothing comes of it.
    keys(&browser, &[key(Key::Escape), key(Key::Escape), 'c']).await?;
    hold(&browser, &[body(&browser, "answer").await?, body(&browser, "accept").await?, body(&browser, "start").await?])
        .await?;
    browser
        .until(
            "the pointer says no",
            "const it = document.querySelector('.board'); return it.classList.contains('refused') && getComputedStyle(it).cursor === 'not-allowed'",
        )
        .await?;
    browser.page.release_actions().await?;
    until_count(&browser, FLOWS, flows).await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape), key(Key::Escape), 'c']).await?;
    drag(&browser, body(&browser, "answer").await?, body(&browser, "award").await?).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    let new = selected(&browser).await?.first().context("the line")?.clone();
    let of = |mark: &str| format!("svg.studio-svg [data-flow='{new}'] .edge-{mark}");
    for (toggle, mark) in [("default", "mark"), ("conditional", "diamond")] {
        focus(&browser).await?;
        keys(&browser, &['r']).await?;
        browser.click(&format!(".chooser [data-toggle={toggle}]")).await?;
        browser.see(&of(mark)).await?;
        keys(&browser, &[key(Key::Escape)]).await?;
        browser.gone(".chooser").await?;
    }
    browser.picture("kinds-lines").await?;
    with_control(&browser, 'z').await?;
    with_control(&browser, 'z').await?;
    with_control(&browser, 'z').await?;
    until_count(&browser, FLOWS, flows).await?;
    // A step goes; what led to it leads on.
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, body(&browser, "forward").await?).await?;
    keys(&browser, &[key(Key::Delete)]).await?;
    until_count(&browser, NODES, nodes - 1).await?;
    until_count(&browser, FLOWS, flows - 1).await?;
    keys(&browser, &[key(Key::Home), key(Key::Right)]).await?;
    browser.see("[data-node=accept].selected").await?;
    keys(&browser, &[key(Key::Right)]).await?;
    browser.see("[data-node=answer].selected").await?;
    take_back(browser, base).await
}

/// What is moved snaps to what stands there, and a line shows with what; all sides are brought into line.
pub async fn what_is_moved_finds_its_line(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (award, row) = (body(&browser, "award").await?, body(&browser, "answer").await?);
    hold(&browser, &[award, (award.0, award.1 - 30), (award.0, row.1 + 2)]).await?;
    browser.see("svg.studio-svg .guide").await?;
    browser.picture("kinds-guide").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.gone("svg.studio-svg .guide").await?;
    browser.page.release_actions().await?;
    let was = place(&browser, "award").await?;
    ensure!((was[1] + was[3] / 2 - award.1).abs() < 3, "given up, it is where it was");
    // Two that stand apart, by each side; middle and bottom of steps of one size are the same.
    for (act, side) in [
        ("align-left", "left"),
        ("align-right", "right"),
        ("align-top", "top"),
        ("align-bottom", "bottom"),
        ("align-centre", "left"),
    ] {
        focus(&browser).await?;
        keys(&browser, &[key(Key::Escape)]).await?;
        click_at(&browser, body(&browser, "accept").await?).await?;
        super::gestures::with_shift(&browser, body(&browser, "award").await?).await?;
        until_count(&browser, "svg.studio-svg .node.selected", 2).await?;
        browser
            .until(
                "the pad is there again",
                "return getComputedStyle(document.querySelector('.pad')).visibility === 'visible'",
            )
            .await?;
        browser.click(&format!(".pad [data-act={act}]")).await?;
        browser
            .until(
                &format!("{act} brings them into line"),
                &format!("const at = id => document.querySelector(`svg.studio-svg [data-node=${{id}}] .body`).getBoundingClientRect().{side}; return Math.abs(at('accept') - at('award')) < 2"),
            )
            .await?;
        with_control(&browser, 'z').await?;
    }
    take_back(browser, base).await
}

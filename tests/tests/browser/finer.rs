//! The finer parts of drawing: the picture is kept and things are held exactly; what would come is seen while it is drawn; room is
//! made through pools; what is copied goes into another tab; an expression is tried while it is written. Every story ends with
//! the draft as it was.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use tests::browser::Browser;
use tests::client::Person;

use super::canvas::{
    FLOWS, NODES, click_at, count, drag, key, keys, middle, opened, take_back, until_count, with_control,
};
use super::gestures::{body, focus, held, place, selected, with_shift};
use super::kinds::hold;
use super::sizes::{added, lanes, place_of, stripe};

/// The picture that is seen.
const EYE: &str = "document.querySelector('.studio-svg > g').getAttribute('transform')";
const ZOOM: &str = "parseInt(document.querySelector('.zoom-now').textContent)";

/// How far right the picture stands.
async fn across(browser: &Browser) -> Result<f64> {
    let at = browser.run("return document.querySelector('.studio-svg > g').transform.baseVal[0].matrix.e").await?;
    at.as_f64().context("a place")
}

/// Clicks twice at one place, as fast as for a double click.
async fn double_click(browser: &Browser, at: (i64, i64)) -> Result<()> {
    let mut hand = MouseActions::new("hand".to_owned()).then(PointerAction::MoveTo {
        duration: None,
        x: at.0 as f64,
        y: at.1 as f64,
    });
    for _ in 0..2 {
        hand = hand.then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
        hand = hand.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    }
    browser.page.perform_actions(hand).await.context("double click")?;
    Ok(browser.page.release_actions().await?)
}

/// Where steps stand: what a script says of their boxes `a`, `b`, `c`.
fn of_steps(steps: &[&str], says: &str) -> String {
    let names: Vec<String> = (0..steps.len()).map(|at| char::from(b'a' + at as u8).to_string()).collect();
    format!(
        "const [{}] = {}.map(id => document.querySelector(`svg.studio-svg [data-node='${{id}}'] :is(.body, .ring)`).getBoundingClientRect()); return {says}",
        names.join(", "),
        serde_json::to_string(steps).unwrap_or_default()
    )
}

/// Larger and smaller by keys, further with Shift, the same after the page was loaded anew; thin lines are held beside them; names by
/// a double click; what was undone is done again; out of a subprocess by its path; and the list of elements leads to each.
pub async fn the_picture_is_kept_and_held_exactly(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    focus(&browser).await?;
    let before = browser.run(&format!("return {ZOOM}")).await?;
    with_control(&browser, '=').await?;
    browser.until("Ctrl and + make it larger", &format!("return {ZOOM} > {before}")).await?;
    with_control(&browser, '-').await?;
    with_control(&browser, '-').await?;
    browser.until("Ctrl and - make it smaller", &format!("return {ZOOM} < {before}")).await?;
    let first = across(&browser).await?;
    with_control(&browser, key(Key::Right)).await?;
    browser
        .until(
            "it moves",
            &format!("return document.querySelector('.studio-svg > g').transform.baseVal[0].matrix.e !== {first}"),
        )
        .await?;
    let second = across(&browser).await?;
    held(&browser, &[Key::Control, Key::Shift], &[key(Key::Right)]).await?;
    browser
        .until(
            "it moves again",
            &format!("return document.querySelector('.studio-svg > g').transform.baseVal[0].matrix.e !== {second}"),
        )
        .await?;
    let third = across(&browser).await?;
    ensure!(second - third > 3.0 * (first - second), "with Shift further: {first} {second} {third}");
    let now = browser.run(&format!("return {EYE}")).await?;
    browser.page.refresh().await?;
    browser.see(NODES).await?;
    browser.until("loaded anew it is as it was left", &format!("return {EYE} === {now}")).await?;

    // A line is thinner than a hand is steady.
    focus(&browser).await?;
    with_control(&browser, '0').await?;
    let line = middle(&browser, "[data-flow=f_answer] .edge-line").await?;
    click_at(&browser, (line.0, line.1 + 5)).await?;
    browser.see("svg.studio-svg [data-flow=f_answer].selected").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    // Named where it stands.
    double_click(&browser, body(&browser, "award").await?).await?;
    browser.see("textarea.naming").await?;
    with_control(&browser, 'a').await?;
    keys(&browser, &"送出积分".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    let named = |yes: bool| {
        format!(
            "return document.querySelector('svg.studio-svg [data-node=award]').textContent.includes('送出积分') === {yes}"
        )
    };
    browser.until("it is called so", &named(true)).await?;
    focus(&browser).await?;
    with_control(&browser, 'z').await?;
    browser.until("undone", &named(false)).await?;
    with_control(&browser, 'y').await?;
    browser.until("done again", &named(true)).await?;
    with_control(&browser, 'z').await?;
    browser.until("undone again", &named(false)).await?;
    held(&browser, &[Key::Control, Key::Shift], &['z']).await?;
    browser.until("done again by the other key", &named(true)).await?;
    // Into a subprocess and out again, with the mouse.
    added(&browser, "subprocess").await?;
    browser.click(".pad [data-act=fold]").await?;
    browser.click(".pad [data-act=open]").await?;
    until_count(&browser, NODES, 0).await?;
    browser.click(".crumbs .crumb").await?;
    browser.gone(".crumbs").await?;
    browser.see("svg.studio-svg [data-node=award]").await?;
    // The list of what there is.
    browser.press_label("大纲").await?;
    browser.see(".studio-left .outline-item").await?;
    browser
        .until(
            "one of the list has the focus",
            "const it = [...document.querySelectorAll('.studio-left .outline-item')].find(it => it.textContent.startsWith('部门答复')); it?.focus(); return !!it && document.activeElement === it",
        )
        .await?;
    browser.keys(&key(Key::Enter).to_string()).await?;
    browser.see("svg.studio-svg [data-node=answer].selected").await?;
    browser.see(".studio-left .outline-item[aria-current=true]").await?;
    browser.picture("finer-outline").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.press_label("大纲").await?;
    take_back(browser, base).await
}

/// What is drawn is seen before it is let go of; each follower comes by a click; a line begins elsewhere, and its name goes along;
/// several are dragged, doubled, kept apart and put in order; what lies around them grows.
pub async fn what_is_drawn_is_seen_and_goes_along(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    let board = middle(&browser, ".board").await?;
    let free = (board.0 - 60, board.1 + 190);
    hold(&browser, &[middle(&browser, "[data-kind=UserTask]").await?, board, free]).await?;
    browser.see("svg.studio-svg .preview .body").await?;
    ensure!(count(&browser, NODES).await? == nodes, "seen is not drawn");
    browser.picture("finer-placing").await?;
    let up = MouseActions::new("hand".to_owned()).then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    browser.page.perform_actions(up).await.context("let go")?;
    browser.page.release_actions().await?;
    until_count(&browser, NODES, nodes + 1).await.context("let go of")?;
    with_control(&browser, 'z').await?;
    until_count(&browser, NODES, nodes).await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape), key(Key::Escape), 'c']).await?;
    hold(&browser, &[body(&browser, "answer").await?, free]).await?;
    browser.see("svg.studio-svg .rubber").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.gone("svg.studio-svg .rubber").await?;
    browser.page.release_actions().await?;
    ensure!(count(&browser, FLOWS).await? == flows);
    // Each of what follows most often.
    for kind in ["Exclusive", "Catch(Timer)", "End(None)"] {
        keys(&browser, &[key(Key::Escape), key(Key::Escape)]).await?;
        click_at(&browser, body(&browser, "answer").await?).await?;
        browser.click(&format!(".pad [data-append='{kind}']")).await?;
        until_count(&browser, NODES, nodes + 1).await.with_context(|| kind.to_owned())?;
        until_count(&browser, FLOWS, flows + 1).await?;
        let new = selected(&browser).await?;
        ensure!(new.len() == 1 && new[0] != "answer", "what is new is selected: {new:?}");
        // What is written at once is given up.
        browser.run("document.querySelector('textarea.naming')?.blur(); return true").await?;
        browser.gone("textarea.naming").await?;
        focus(&browser).await?;
        with_control(&browser, 'z').await?;
        until_count(&browser, NODES, nodes).await?;
    }
    // The beginning of a line, dragged to another step.
    keys(&browser, &[key(Key::Escape)]).await?;
    let begins = "document.querySelector('[data-flow=f_answer] .edge-line').getPointAtLength(0).x";
    let was = browser.run(&format!("return {begins}")).await?;
    click_at(&browser, middle(&browser, "[data-flow=f_answer] .edge-line").await?).await?;
    drag(&browser, middle(&browser, "circle.grip").await?, body(&browser, "accept").await?).await?;
    browser.until("it begins elsewhere", &format!("return {begins} < {was} - 60")).await?;
    with_control(&browser, 'z').await?;
    browser.until("and where it did", &format!("return Math.abs({begins} - {was}) < 1")).await?;
    // The name of a line stays at it.
    let near = "const it = document.querySelector('[data-flow=f_yes] .edge-line').getBoundingClientRect(), name = document.querySelector('[data-flow=f_yes] text').getBoundingClientRect(); return name.right > it.left - 40 && name.left < it.right + 40 && name.bottom > it.top - 30 && name.top < it.bottom + 30";
    browser.until("it stands there", near).await?;
    let at = body(&browser, "award").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    drag(&browser, at, (at.0 - 250, at.1 + 90)).await?;
    browser.until("it went", &of_steps(&["award"], &format!("a.x + a.width / 2 < {}", at.0 - 200))).await?;
    browser.until("it still stands there", near).await?;
    with_control(&browser, 'z').await?;
    // Two with the mouse.
    keys(&browser, &[key(Key::Escape)]).await?;
    let (one, other, third) =
        (body(&browser, "accept").await?, body(&browser, "forward").await?, body(&browser, "answer").await?);
    click_at(&browser, one).await?;
    with_shift(&browser, other).await?;
    browser.page.release_actions().await?;
    until_count(&browser, "svg.studio-svg .node.selected", 2).await?;
    drag(&browser, one, (one.0, one.1 + 110)).await?;
    browser
        .until(
            "both have gone, the third has not",
            &of_steps(
                &["accept", "forward", "answer"],
                &format!(
                    "a.y + a.height / 2 > {0} && Math.abs(a.y - b.y) < 2 && Math.abs(c.y + c.height / 2 - {1}) < 2",
                    one.1 + 80,
                    third.1
                ),
            ),
        )
        .await?;
    let now = count(&browser, NODES).await?;
    with_control(&browser, 'd').await?;
    until_count(&browser, NODES, now + 2).await?;
    with_control(&browser, 'z').await?;
    with_control(&browser, 'z').await?;
    browser.until("as it was", &of_steps(&["accept", "answer"], "Math.abs(a.y - b.y) < 2")).await?;
    // Kept apart from top to bottom, then laid out by themselves.
    for (step, down) in [("forward", 180), ("answer", 60)] {
        keys(&browser, &[key(Key::Escape)]).await?;
        let at = body(&browser, step).await?;
        drag(&browser, at, (at.0, at.1 + down)).await?;
    }
    keys(&browser, &[key(Key::Escape), key(Key::Home), key(Key::Right)]).await?;
    held(&browser, &[Key::Alt], &[key(Key::Right), key(Key::Right)]).await?;
    until_count(&browser, "svg.studio-svg .node.selected", 3).await?;
    browser.click(".pad [data-act=even-steep]").await?;
    browser
        .until(
            "they stand evenly from top to bottom",
            &of_steps(&["accept", "answer", "forward"], "c.y > a.y + 100 && Math.abs((b.y - a.y) - (c.y - b.y)) < 3"),
        )
        .await?;
    let pads = middle(&browser, ".pad").await?;
    ensure!(pads.0 > 0);
    browser.picture("finer-pad-several").await?;
    browser.click(".pad [data-act=arrange]").await?;
    browser
        .until(
            "they stand in their row",
            &of_steps(&["accept", "forward", "answer"], "Math.abs(a.y - b.y) < 4 && Math.abs(b.y - c.y) < 4"),
        )
        .await?;
    // What lies around something grows with it.
    added(&browser, "subprocess").await?;
    let sub = selected(&browser).await?.first().context("the subprocess")?.clone();
    let was = place(&browser, &sub).await?;
    let now = count(&browser, NODES).await?;
    drag(&browser, middle(&browser, "[data-kind=UserTask]").await?, (was[0] + was[2] / 2, was[1] + was[3] / 2)).await?;
    until_count(&browser, NODES, now + 1).await?;
    browser.run("document.querySelector('textarea.naming')?.blur(); return true").await?;
    let inner = selected(&browser).await?.first().context("the step inside")?.clone();
    keys(&browser, &[key(Key::Escape)]).await?;
    let was = place(&browser, &sub).await?;
    let at = body(&browser, &inner).await?;
    drag(&browser, at, (was[0] + was[2] - 8, at.1)).await?;
    browser
        .until(
            "it holds what is in it",
            &of_steps(&[&sub, &inner], &format!("a.width > {} && b.right < a.right && b.left > a.left", was[2] + 10)),
        )
        .await?;
    take_back(browser, base).await
}

/// Room is made from top to bottom through a pool and its lanes; who is drawn below goes along, and the messages with it.
pub async fn room_is_made_through_pools(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let flows = count(&browser, FLOWS).await?;
    added(&browser, "pool").await?;
    until_count(&browser, "svg.studio-svg .body.pool", 1).await?;
    added(&browser, "pool").await?;
    until_count(&browser, "svg.studio-svg .body.pool.closed", 1).await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, '0').await?;
    with_control(&browser, '-').await?;
    let own = browser.run("const it = document.querySelector('[data-node^=pool] .body.pool:not(.closed)').getBoundingClientRect(); return [Math.round(it.x + 6), Math.round(it.bottom - 8)]").await?;
    click_at(&browser, (own[0].as_i64().context("x")?, own[1].as_i64().context("y")?)).await?;
    browser.click(".pad [data-act=lanes]").await?;
    until_count(&browser, "svg.studio-svg .body.lane", 2).await?;
    // Three inside the lower one.
    let lower = lanes(&browser).await?.pop().context("a lane")?;
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, '0').await?;
    with_control(&browser, '-').await?;
    click_at(&browser, stripe(&browser, &lower).await?).await?;
    browser.picture("finer-pad-lane").await?;
    browser.click(".pad [data-act=divide-3]").await?;
    until_count(&browser, "svg.studio-svg .body.lane", 5).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, '0').await?;
    with_control(&browser, '-').await?;
    let customer = middle(&browser, "svg.studio-svg .body.pool.closed").await?;
    click_at(&browser, body(&browser, "answer").await?).await?;
    drag(&browser, middle(&browser, ".pad [data-act=connect]").await?, customer).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    keys(&browser, &[key(Key::Escape), key(Key::Escape)]).await?;
    // Below the step, inside the upper lane.
    let step = place(&browser, "answer").await?;
    let (upper, pool) = (
        lanes(&browser).await?.first().context("a lane")?.clone(),
        "document.querySelector('[data-node^=pool] .body.pool:not(.closed)').getBoundingClientRect()",
    );
    let was = place_of(&browser, &upper).await?;
    let high = browser.run(&format!("return {pool}.height")).await?;
    keys(&browser, &['s']).await?;
    let from = (step[0] - 20, step[1] + step[3] + 6);
    drag(&browser, from, (from.0, from.1 + 50)).await?;
    browser
        .until(
            "the pool has grown, who stands below it went down",
            &format!("return {pool}.height > {high} + 35 && Math.round(document.querySelector('.body.pool.closed').getBoundingClientRect().top) > {} ", customer.1),
        )
        .await?;
    let now = place_of(&browser, &upper).await?;
    ensure!(now[3] > was[3] + 35 && now[1] == was[1], "the lane it goes through has grown: {was:?} {now:?}");
    ensure!(place(&browser, "answer").await? == step, "what stands above stays");
    browser
        .until(
            "lanes still fill the pool, and the message leads from the step to who stands below",
            &format!("const pool = {pool}, other = document.querySelector('.body.pool.closed').getBoundingClientRect(), line = document.querySelector('.edge-line.message').getBoundingClientRect(); const all = [...document.querySelectorAll('svg.studio-svg .body.lane')].map(it => it.getBoundingClientRect()); return Math.abs(Math.min(...all.map(it => it.top)) - pool.top) < 2 && Math.abs(Math.max(...all.map(it => it.bottom)) - pool.bottom) < 2 && Math.abs(line.bottom - other.top) < 6 && Math.abs(line.top - {}) < 6", step[1] + step[3]),
        )
        .await?;
    browser.picture("finer-room").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    take_back(browser, base).await
}

/// What is copied here is put in elsewhere, in another tab of the browser.
pub async fn what_is_copied_goes_into_another_tab(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    click_at(&browser, body(&browser, "award").await?).await?;
    with_control(&browser, 'c').await?;
    browser.read("已复制").await?;
    let here = browser.page.window().await?;
    let tab = browser.page.new_window(true).await?;
    browser.page.switch_to_window(tab.handle).await?;
    browser.go("/studio/service/flow/complaint").await?;
    browser.see("svg.studio-svg [data-node=accept]").await?;
    browser.until("the checker has spoken", "return !!document.querySelector('.verdict')").await?;
    let nodes = count(&browser, NODES).await?;
    focus(&browser).await?;
    with_control(&browser, 'v').await?;
    until_count(&browser, NODES, nodes + 1).await?;
    browser
        .until(
            "it is what was copied, under a name of its own",
            "const it = document.querySelector('svg.studio-svg .node.selected'); return it.textContent.replace(/\\s/g, '').includes('奖励100积分') && it.dataset.node !== 'award'",
        )
        .await?;
    with_control(&browser, 'z').await?;
    until_count(&browser, NODES, nodes).await?;
    browser.page.close_window().await?;
    browser.page.switch_to_window(here).await?;
    browser.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

/// While a condition is written the names that mean something are offered with what they are; its value with a demo record is seen,
/// and with another one; what cannot be read is said with its place, in the language of the page.
pub async fn an_expression_is_tried(base: &str) -> Result<()> {
    let browser = opened(base, "complaint").await?;
    let line = browser
        .run("return [...document.querySelectorAll('svg.studio-svg [data-flow]')].map(it => it.dataset.flow)")
        .await?;
    let all: Vec<String> = serde_json::from_value(line)?;
    // A line out of the gateway that decides.
    let field = ".studio-right .expression textarea";
    for line in all.iter().filter(|it| it.contains("route") || it.contains("f_")) {
        click_at(&browser, middle(&browser, &format!("[data-flow='{line}'] .edge-line")).await?).await?;
        tokio::time::sleep(Duration::from_millis(150)).await;
        if count(&browser, field).await? > 0 {
            break;
        }
    }
    browser.see(field).await?;
    browser.run(&format!("document.querySelector('{field}').focus(); return true")).await?;
    with_control(&browser, 'a').await?;
    let write = async |text: &str| keys(&browser, &text.chars().collect::<Vec<_>>()).await;
    write("data.seve").await?;
    browser
        .until(
            "the field is offered with its type",
            "const it = document.querySelector('.completions [aria-selected=true]'); return !!it && it.textContent.startsWith('data.severity') && it.textContent.includes('单选')",
        )
        .await?;
    browser.picture("finer-completion").await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    browser.gone(".completions").await?;
    let gives =
        |value: &str| format!("return document.querySelector('.studio-right [data-tried]')?.textContent === '{value}'");
    browser.until("its value with the first record is seen", &gives("s2")).await?;
    write(" == \"s2\"").await?;
    browser.until("it holds", &gives("是")).await?;
    browser.picture("finer-tried").await?;
    let other = "const it = document.querySelector('.studio-right .tried select'); it.value = '1'; it.dispatchEvent(new Event('change', { bubbles: true })); return it.options.length > 2";
    ensure!(browser.run(other).await? == true, "there are other records");
    browser.run(&format!("document.querySelector('{field}').focus(); return true")).await?;
    keys(&browser, &[key(Key::End)]).await?;
    let value = browser
        .run("return document.querySelector('.studio-right .tried select').selectedOptions[0].textContent")
        .await?;
    ensure!(
        value.as_str().is_some_and(|it| it.starts_with("2 · ") && it.len() > 5),
        "records are called something: {value}"
    );
    // What it cannot be: its place and what was expected, in Chinese.
    write(" && (").await?;
    browser.until("it is told", "return /末尾不完整|无法识别|此处应为/.test(document.querySelector('.studio-right .prop-fault')?.textContent ?? '')").await?;
    ensure!(
        browser
            .run("return /[A-Za-z]{4,}/.test(document.querySelector('.studio-right .prop-fault').textContent)")
            .await?
            == false,
        "in the language of the page"
    );
    browser.gone(".studio-right [data-tried]").await?;
    keys(&browser, &[key(Key::Backspace); 5]).await?;
    browser.gone(".studio-right .prop-fault").await?;
    browser.see(".studio-right [data-tried]").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    take_back(browser, base).await
}

//! What hands do to a drawing beyond putting it together: the picture is moved and found again, several elements are caught and put
//! in line, ends, bends and names are dragged or moved by keys, what would come is seen before it comes, and everything that can
//! be said of an element is said by a menu. Every story ends with the draft as it was.

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions, WheelAction, WheelActions};
use fantoccini::key::Key;
use tests::browser::Browser;

use super::canvas::{
    FLOWS, NODES, click_at, count, drag, key, keys, middle, opened, take_back, until_count, with_control,
};

/// The picture that is seen: its place and its size.
const EYE: &str = "document.querySelector('.studio-svg > g').getAttribute('transform')";

/// Keys pressed while others are held.
pub(super) async fn held(browser: &Browser, hold: &[Key], keys: &[char]) -> Result<()> {
    let mut hand = KeyActions::new("keys".to_owned());
    for it in hold {
        hand = hand.then(KeyAction::Down { value: key(*it) });
    }
    for it in keys {
        hand = hand.then(KeyAction::Down { value: *it }).then(KeyAction::Up { value: *it });
    }
    for it in hold.iter().rev() {
        hand = hand.then(KeyAction::Up { value: key(*it) });
    }
    browser.page.perform_actions(hand).await.context("keys")?;
    Ok(())
}

/// Clicks with Shift held: one more is selected, or one less.
pub(super) async fn with_shift(browser: &Browser, at: (i64, i64)) -> Result<()> {
    let shift = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: key(Key::Shift) });
    browser.page.perform_actions(shift).await.context("shift")?;
    click_at(browser, at).await
}

async fn wheel(browser: &Browser, at: (i64, i64), by: i64) -> Result<()> {
    let turn = WheelAction::Scroll { duration: None, x: at.0, y: at.1, delta_x: 0, delta_y: by };
    browser.page.perform_actions(WheelActions::new("wheel".to_owned()).then(turn)).await.context("wheel")?;
    Ok(())
}

async fn eye(browser: &Browser) -> Result<String> {
    Ok(browser.run(&format!("return {EYE}")).await?.as_str().context("a picture")?.to_owned())
}

/// Waits until the picture is another one, and gives it.
async fn other_eye(browser: &Browser, than: &str, what: &str) -> Result<String> {
    browser.until(what, &format!("return {EYE} !== '{than}'")).await?;
    eye(browser).await
}

/// The corner of something and its size, as it is drawn.
pub(super) async fn place(browser: &Browser, node: &str) -> Result<[i64; 4]> {
    let script = format!(
        "const it = document.querySelector(`svg.studio-svg [data-node='{node}'] :is(.body, .ring)`).getBoundingClientRect(); return [it.x, it.y, it.width, it.height].map(Math.round)"
    );
    Ok(serde_json::from_value(browser.run(&script).await?)?)
}

pub(super) async fn selected(browser: &Browser) -> Result<Vec<String>> {
    let found = browser.run("return [...document.querySelectorAll('svg.studio-svg .selected')].map(it => it.dataset.node ?? it.dataset.flow).sort()").await?;
    Ok(serde_json::from_value(found)?)
}

pub(super) async fn body(browser: &Browser, node: &str) -> Result<(i64, i64)> {
    middle(browser, &format!("svg.studio-svg [data-node='{node}'] :is(.body, .ring)")).await
}

pub(super) async fn focus(browser: &Browser) -> Result<()> {
    browser.run("document.querySelector('.board').focus(); return true").await?;
    Ok(())
}

/// Where a line is drawn.
async fn line(browser: &Browser, flow: &str) -> Result<String> {
    let script =
        format!("return document.querySelector(`svg.studio-svg [data-flow='{flow}'] .edge-line`).getAttribute('d')");
    Ok(browser.run(&script).await?.as_str().context("a line")?.to_owned())
}

/// Dragged at an empty place, by the wheel, by the hand, by the small picture; left and come back to, it is as it was.
pub async fn the_picture_is_moved_and_found_again(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let board = middle(&browser, ".board").await?;
    let empty = (board.0, board.1 + 200);
    let mut now = eye(&browser).await?;
    drag(&browser, empty, (empty.0 + 80, empty.1 - 40)).await?;
    now = other_eye(&browser, &now, "an empty place is dragged, and the picture with it").await?;
    ensure!(selected(&browser).await?.is_empty());
    wheel(&browser, empty, 90).await?;
    now = other_eye(&browser, &now, "the wheel moves it").await?;
    let zoom = "return parseInt(document.querySelector('.zoom-now').textContent)";
    let before = browser.run(zoom).await?;
    let control = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: key(Key::Control) });
    browser.page.perform_actions(control).await.context("control")?;
    wheel(&browser, empty, -200).await?;
    browser.page.release_actions().await?;
    browser.until("with Ctrl the wheel makes it larger", &format!("{zoom} > {before}")).await?;
    now = other_eye(&browser, &now, "it is larger").await?;
    // The hand holds it, also by a step, until it is put away.
    focus(&browser).await?;
    with_control(&browser, '0').await?;
    now = other_eye(&browser, &now, "everything is seen").await?;
    keys(&browser, &['h']).await?;
    drag(&browser, body(&browser, "accept").await?, empty).await?;
    now = other_eye(&browser, &now, "the hand moves it").await?;
    ensure!(selected(&browser).await?.is_empty(), "the hand selects nothing");
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, '0').await?;
    now = other_eye(&browser, &now, "everything is seen again").await?;
    let small = middle(&browser, ".minimap").await?;
    drag(&browser, small, (small.0 - 40, small.1)).await?;
    now = other_eye(&browser, &now, "the small picture leads").await?;
    // To the form and back.
    browser.press("打开表单").await?;
    browser.see(".form-sheet .field-card").await?;
    browser.run("history.back(); return true").await?;
    browser.see(NODES).await?;
    browser.until("it is as it was left", &format!("return {EYE} === '{now}'")).await?;
    take_back(browser, base).await
}

/// Caught with the lasso, by Ctrl and by arrows; put in line and apart; room is made between them.
pub async fn several_are_put_in_line(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (first, last) = (place(&browser, "accept").await?, place(&browser, "answer").await?);
    let (from, to) = ((first[0] - 14, first[1] - 30), (last[0] + last[2] + 14, last[1] + last[3] + 30));
    for by_key in [true, false] {
        if by_key {
            focus(&browser).await?;
            keys(&browser, &['l']).await?;
            drag(&browser, from, to).await?;
        } else {
            let shift = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: key(Key::Shift) });
            browser.page.perform_actions(shift).await.context("shift")?;
            drag(&browser, from, to).await?;
        }
        ensure!(selected(&browser).await? == ["accept", "answer", "forward"], "{:?}", selected(&browser).await?);
        focus(&browser).await?;
        keys(&browser, &[key(Key::Escape)]).await?;
    }
    // By the keyboard: along the flow, keeping what was selected.
    keys(&browser, &[key(Key::Home), key(Key::Right)]).await?;
    held(&browser, &[Key::Alt], &[key(Key::Right), key(Key::Right)]).await?;
    browser
        .until("three are selected", "return document.querySelectorAll('svg.studio-svg .node.selected').length === 3")
        .await?;
    ensure!(selected(&browser).await? == ["accept", "answer", "forward"]);
    // With Ctrl one more, or one less.
    let control = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: key(Key::Control) });
    browser.page.perform_actions(control).await.context("control")?;
    click_at(&browser, body(&browser, "forward").await?).await?;
    browser
        .until("it is left out", "return document.querySelectorAll('svg.studio-svg .node.selected').length === 2")
        .await?;
    // Several go together by arrows, and stand in line again by the pad.
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, body(&browser, "forward").await?).await?;
    held(&browser, &[Key::Shift], &[key(Key::Down), key(Key::Down), key(Key::Right)]).await?;
    with_control(&browser, 'a').await?;
    browser.click(".pad [data-act=align-middle]").await?;
    browser
        .until(
            "all stand in one row",
            "const y = [...document.querySelectorAll('svg.studio-svg [data-node] :is(.body, .ring)')].map(it => { const box = it.getBoundingClientRect(); return box.y + box.height / 2 }); return Math.max(...y) - Math.min(...y) < 3",
        )
        .await?;
    with_control(&browser, 'z').await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape), key(Key::Home), key(Key::Right)]).await?;
    held(&browser, &[Key::Alt], &[key(Key::Right), key(Key::Right)]).await?;
    browser.click(".pad [data-act=even-flat]").await?;
    browser
        .until(
            "they stand evenly",
            "const [a, b, c] = ['accept', 'forward', 'answer'].map(id => document.querySelector(`svg.studio-svg [data-node=${id}] .body`).getBoundingClientRect()); return Math.abs((b.left - a.right) - (c.left - b.right)) < 3",
        )
        .await?;
    browser.picture("gestures-even").await?;
    // Room between two of them: what is right of the hand goes on, what is left stays.
    keys(&browser, &[key(Key::Escape)]).await?;
    let (left, right) = (place(&browser, "accept").await?, place(&browser, "forward").await?);
    keys(&browser, &['s']).await?;
    let between = (right[0] - 10, right[1] + right[3] + 90);
    drag(&browser, between, (between.0 + 70, between.1)).await?;
    browser
        .until(
            "there is room",
            &format!(
                "return document.querySelector('svg.studio-svg [data-node=forward] .body').getBoundingClientRect().x > {}",
                right[0] + 40
            ),
        )
        .await?;
    let stays = place(&browser, "accept").await?;
    ensure!((stays[0] - left[0]).abs() < 2, "what is left of it stays: {left:?}, {stays:?}, {right:?}");
    take_back(browser, base).await
}

/// An end of a line leads elsewhere, dragged and by the panel; a stretch goes aside by keys, and the line is drawn anew; names are
/// moved and made wider.
pub async fn lines_and_names_are_moved(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    // The end of a line, from the end to the step below.
    let was = line(&browser, "f_answer").await?;
    click_at(&browser, middle(&browser, "[data-flow=f_answer] .edge-line").await?).await?;
    let end = middle(&browser, "circle.grip ~ circle.grip").await?;
    drag(&browser, end, body(&browser, "award").await?).await?;
    let moved =
        format!("return document.querySelector('[data-flow=f_answer] .edge-line').getAttribute('d') !== '{was}'");
    browser.until("it leads elsewhere", &moved).await?;
    with_control(&browser, 'z').await?;
    browser.until("and back", &moved.replace("!==", "===")).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, middle(&browser, "[data-flow=f_answer] .edge-line").await?).await?;
    // Where it may not lead it is said why, and it stays.
    let end = middle(&browser, "circle.grip ~ circle.grip").await?;
    drag(&browser, end, body(&browser, "start").await?).await?;
    browser.read("开始事件不能有入线").await?;
    ensure!(line(&browser, "f_answer").await? == was);
    // The same from the panel, for who does not drag.
    let choose = "const it = [...document.querySelectorAll('.studio-right label.prop')].find(it => it.textContent.startsWith('通向')).querySelector('select'); it.value = 'award'; it.dispatchEvent(new Event('change', { bubbles: true })); return true";
    browser.until("the panel is there", "return [...document.querySelectorAll('.studio-right label.prop')].some(it => it.textContent.startsWith('通向'))").await?;
    ensure!(browser.run("return [...document.querySelectorAll('.studio-right label.prop')].find(it => it.textContent.startsWith('通向')).querySelector('option[value=start]') === null").await? == true, "only what may be is offered");
    browser.run(choose).await?;
    browser.until("it leads elsewhere", &moved).await?;
    with_control(&browser, 'z').await?;
    // A stretch by keys; drawn anew it is straight again.
    focus(&browser).await?;
    let straight = line(&browser, "f_no").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, middle(&browser, "[data-flow=f_no] .edge-line").await?).await?;
    held(&browser, &[Key::Shift], &[key(Key::Up), key(Key::Up)]).await?;
    until_count(&browser, ".grip[data-grip=bend]", 4).await?;
    browser.picture("gestures-line").await?;
    browser.click(".pad [data-act=straighten]").await?;
    browser
        .until(
            "it is straight",
            &format!("return document.querySelector('[data-flow=f_no] .edge-line').getAttribute('d') === '{straight}'"),
        )
        .await?;
    // The name of a line goes elsewhere, dragged; that of a gateway by keys, and is made wider by its border.
    keys(&browser, &[key(Key::Escape)]).await?;
    let name = "svg.studio-svg [data-flow=f_no] text";
    let (now, at) = (eye(&browser).await?, middle(&browser, name).await?);
    drag(&browser, at, (at.0 - 50, at.1 - 40)).await?;
    browser.until("the name has moved", &format!("const it = document.querySelector('{name}').getBoundingClientRect(); return it.y + it.height / 2 < {} - 25", at.1)).await?;
    ensure!(eye(&browser).await? == now, "and the picture has not");
    click_at(&browser, body(&browser, "adopted").await?).await?;
    let name = "svg.studio-svg [data-node=adopted] text";
    let at = middle(&browser, name).await?;
    held(&browser, &[Key::Alt, Key::Shift], &[key(Key::Up), key(Key::Up), key(Key::Up)]).await?;
    browser.until("that of the gateway, too", &format!("const it = document.querySelector('{name}').getBoundingClientRect(); return it.y + it.height / 2 < {} - 12", at.1)).await?;
    keys(&browser, &[key(Key::F2)]).await?;
    browser.see(".naming").await?;
    with_control(&browser, 'a').await?;
    keys(
        &browser,
        &"是否采纳客户提出的关于产品质量与售后服务的建议".chars().chain([key(Key::Enter)]).collect::<Vec<_>>(),
    )
    .await?;
    let clear = "const text = document.querySelector('svg.studio-svg [data-node=adopted] text').getBoundingClientRect(), gate = document.querySelector('svg.studio-svg [data-node=adopted] .body').getBoundingClientRect(); return text.bottom <= gate.top + 1";
    browser.until("a long name stays clear of its gateway", clear).await?;
    let lines = count(&browser, "svg.studio-svg [data-node=adopted] tspan").await?;
    ensure!(lines > 1, "it is wrapped");
    let border = middle(&browser, ".grip[data-grip=name]").await?;
    drag(&browser, border, (border.0 + 60, border.1)).await?;
    browser
        .until(
            "it needs fewer lines",
            &format!("return document.querySelectorAll('svg.studio-svg [data-node=adopted] tspan').length < {lines}"),
        )
        .await?;
    browser.picture("gestures-names").await?;
    take_back(browser, base).await
}

/// What a button would draw is seen while the pointer or the focus is on it; what is drawn out of the pad lies where it is let go
/// of, and is led to.
pub async fn what_comes_is_seen_before(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    click_at(&browser, body(&browser, "answer").await?).await?;
    browser.run("document.querySelector('.pad [data-append=UserTask]').focus(); return true").await?;
    browser.see(".foreseen .body").await?;
    browser.picture("gestures-foreseen").await?;
    focus(&browser).await?;
    browser.gone(".foreseen").await?;
    ensure!(count(&browser, NODES).await? == nodes, "seen is not drawn");
    let (at, to) = (middle(&browser, ".pad [data-append=UserTask]").await?, middle(&browser, ".board").await?);
    let to = (to.0 - 60, to.1 + 180);
    drag(&browser, at, to).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    let new = selected(&browser).await?;
    let lies = place(&browser, new.first().context("the new one")?).await?;
    ensure!(
        (lies[0] + lies[2] / 2 - to.0).abs() < 12 && (lies[1] + lies[3] / 2 - to.1).abs() < 12,
        "{lies:?} at {to:?}"
    );
    with_control(&browser, 'z').await?;
    until_count(&browser, NODES, nodes).await?;
    // Of a menu, what is chosen so far.
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, body(&browser, "adopted").await?).await?;
    keys(&browser, &['r']).await?;
    browser.see(".chooser input").await?;
    keys(&browser, &[key(Key::Down)]).await?;
    browser.see(".foreseen .body").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.gone(".foreseen").await?;
    take_back(browser, base).await
}

/// Marks of a step, data that is read and collected, notes, groups, lanes that are made larger; cut out here and put in elsewhere.
pub async fn everything_is_said_of_an_element(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    // Several at once, in turn, again and again: one excludes the others.
    click_at(&browser, body(&browser, "answer").await?).await?;
    for mark in ["parallel", "sequential", "loop"] {
        focus(&browser).await?;
        keys(&browser, &['r']).await?;
        browser.click(&format!(".chooser [data-toggle={mark}]")).await?;
        browser.see(&format!(".chooser [data-toggle={mark}][aria-pressed=true]")).await?;
        until_count(&browser, ".chooser [data-toggle][aria-pressed=true]", 1).await?;
        keys(&browser, &[key(Key::Escape)]).await?;
        until_count(&browser, "svg.studio-svg [data-node=answer] .sign:not(.small)", 1).await?;
    }
    // Data is read by a step: the line says so; several pieces of it are a collection.
    keys(&browser, &[key(Key::Escape), 'n']).await?;
    browser.see(".chooser input").await?;
    keys(&browser, &"data object".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    browser.see(".pad [data-act=connect]").await?;
    drag(&browser, middle(&browser, ".pad [data-act=connect]").await?, body(&browser, "answer").await?).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    browser
        .until(
            "it is data that is read",
            "return document.querySelector('.studio-right .side-title')?.textContent === '数据输入'",
        )
        .await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    let data = browser
        .run("return [...document.querySelectorAll('svg.studio-svg [data-node^=data]')].map(it => it.dataset.node)[0]")
        .await?;
    let data = data.as_str().context("the data")?.to_owned();
    click_at(&browser, body(&browser, &data).await?).await?;
    keys(&browser, &['r']).await?;
    browser.click(".chooser [data-toggle=collection]").await?;
    browser.see(".chooser [data-toggle=collection][aria-pressed=true]").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    // A note at a step; its line is no way.
    click_at(&browser, body(&browser, "accept").await?).await?;
    browser.click(".pad [data-append=Note]").await?;
    browser.see(".naming").await?;
    keys(&browser, &"先看附件".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.read("先看附件").await?;
    until_count(&browser, FLOWS, flows + 2).await?;
    // A lane takes room from its neighbour.
    keys(&browser, &[key(Key::Escape), 'n']).await?;
    browser.see(".chooser input").await?;
    keys(&browser, &"泳道".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    let lanes = "svg.studio-svg .body.lane";
    until_count(&browser, lanes, 2).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, '0').await?;
    // Smaller than the board, so that its corner is not at the edge.
    with_control(&browser, '-').await?;
    let corner = browser.run(&format!("const it = document.querySelector('{lanes}').getBoundingClientRect(); return [Math.round(it.x + 6), Math.round(it.y + 20), Math.round(it.right), Math.round(it.bottom)]")).await?;
    let corner: [i64; 4] = serde_json::from_value(corner)?;
    click_at(&browser, (corner[0], corner[1])).await?;
    browser
        .until(
            "the lane is chosen",
            "return document.querySelector('.studio-right .side-title')?.textContent === '泳道'",
        )
        .await?;
    drag(&browser, (corner[2], corner[3]), (corner[2], corner[3] + 30)).await?;
    browser
        .until(
            "its neighbour begins where it ends",
            &format!("const [a, b] = [...document.querySelectorAll('{lanes}')].map(it => it.getBoundingClientRect()); return a.bottom > {} && Math.abs(a.bottom - b.top) < 2", corner[3] + 15),
        )
        .await?;
    browser.picture("gestures-said").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Cut out of this flow, put into another one.
    let now = count(&browser, NODES).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, body(&browser, "award").await?).await?;
    with_control(&browser, 'x').await?;
    until_count(&browser, NODES, now - 1).await?;
    browser
        .until(
            "the draft is saved",
            "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')",
        )
        .await?;
    browser.go("/studio/service/flow/complaint").await?;
    browser.see("svg.studio-svg [data-node=accept]").await?;
    let there = count(&browser, NODES).await?;
    focus(&browser).await?;
    with_control(&browser, 'v').await?;
    until_count(&browser, NODES, there + 1).await?;
    browser.close().await?;
    tests::client::Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

//! Sizes, lanes in lanes, what an event interrupts, what stands in properties, and names without a mouse. Every story ends with
//! the draft as it was.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::Value;
use tests::browser::Browser;

use super::canvas::{
    FLOWS, NODES, click_at, count, drag, key, keys, middle, opened, take_back, until_count, with_control,
};
use super::gestures::{body, focus, held, place, selected};

/// The corner of a lane's stripe, where it is held.
pub(super) async fn stripe(browser: &Browser, lane: &str) -> Result<(i64, i64)> {
    let at = place_of(browser, lane).await?;
    Ok((at[0] + 8, at[1] + at[3] / 2))
}

pub(super) async fn place_of(browser: &Browser, lane: &str) -> Result<[i64; 4]> {
    let script = format!(
        "const it = document.querySelector(`svg.studio-svg [data-node='{lane}'] .body.lane`).getBoundingClientRect(); return [it.x, it.y, it.width, it.height].map(Math.round)"
    );
    Ok(serde_json::from_value(browser.run(&script).await?)?)
}

/// The lanes from top to bottom; those inside another come after it.
pub(super) async fn lanes(browser: &Browser) -> Result<Vec<String>> {
    let found = browser.run("return [...document.querySelectorAll('svg.studio-svg [data-node]')].filter(it => it.querySelector('.body.lane')).map(it => [it.querySelector('.body.lane').getBoundingClientRect(), it.dataset.node]).sort((a, b) => a[0].y - b[0].y || a[0].x - b[0].x).map(it => it[1])").await?;
    Ok(serde_json::from_value(found)?)
}

/// Adds by the menu what these words find first.
pub(super) async fn added(browser: &Browser, words: &str) -> Result<()> {
    focus(browser).await?;
    keys(browser, &[key(Key::Escape), 'n']).await?;
    browser.see(".chooser input").await?;
    keys(browser, &words.chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.gone(".chooser").await
}

/// One is made larger by its corner and by keys, several by the corner of one of them; none smaller than it can be.
pub async fn several_are_made_larger(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    click_at(&browser, body(&browser, "accept").await?).await?;
    let was = place(&browser, "accept").await?;
    let corner = (was[0] + was[2], was[1] + was[3]);
    drag(&browser, corner, (corner.0 + 30, corner.1 + 40)).await?;
    let wider = |id: &str, than: i64| {
        format!(
            "return document.querySelector('svg.studio-svg [data-node={id}] .body').getBoundingClientRect().width > {than}"
        )
    };
    browser.until("it is larger", &wider("accept", was[2] + 15)).await?;
    with_control(&browser, 'z').await?;
    browser.until("and as it was", &format!("return !({})", &wider("accept", was[2] + 2)[7..])).await?;
    // By keys; Shift makes it higher.
    focus(&browser).await?;
    keys(&browser, &[']', ']', '}', '}']).await?;
    browser.until("it is larger by keys", &wider("accept", was[2] + 8)).await?;
    let now = place(&browser, "accept").await?;
    ensure!(now[3] > was[3] + 5 && (now[0], now[1]) == (was[0], was[1]), "{was:?} {now:?}");
    keys(&browser, &['['; 30]).await?;
    let least = place(&browser, "accept").await?;
    ensure!(least[2] > 25, "it keeps a least width: {least:?}");
    for _ in 0..34 {
        with_control(&browser, 'z').await?;
    }
    // Several: every step among them by as much, an event by nothing.
    keys(&browser, &[key(Key::Escape), key(Key::Home), key(Key::Right)]).await?;
    held(&browser, &[Key::Alt], &[key(Key::Right), key(Key::Right)]).await?;
    ensure!(selected(&browser).await? == ["accept", "answer", "forward"]);
    until_count(&browser, "svg.studio-svg rect.corner", 12).await?;
    let was = [place(&browser, "accept").await?, place(&browser, "forward").await?, place(&browser, "answer").await?];
    let corner = (was[1][0] + was[1][2], was[1][1] + was[1][3]);
    drag(&browser, corner, (corner.0 + 24, corner.1 + 30)).await?;
    browser.until("all are larger", &wider("answer", was[2][2] + 10)).await?;
    browser.picture("sizes-several").await?;
    let now = [place(&browser, "accept").await?, place(&browser, "forward").await?, place(&browser, "answer").await?];
    let grown: Vec<i64> = was.iter().zip(&now).map(|(was, now)| now[2] - was[2]).collect();
    ensure!(grown.iter().all(|it| (it - grown[0]).abs() <= 1), "by the same: {grown:?}");
    keys(&browser, &['[']).await?;
    browser.until("smaller by keys", &format!("return !({})", &wider("answer", now[2][2] - 2)[7..])).await?;
    take_back(browser, base).await
}

/// A lane gets lanes inside it, and more beside those, above and below; they go with the border of the one around them.
pub async fn a_lane_is_divided(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    added(&browser, "泳道").await?;
    until_count(&browser, "svg.studio-svg .body.lane", 2).await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, '0').await?;
    with_control(&browser, '-').await?;
    let all = lanes(&browser).await?;
    let [upper, lower] = &all[..] else { anyhow::bail!("two lanes: {all:?}") };
    click_at(&browser, stripe(&browser, upper).await?).await?;
    browser.click(".pad [data-act=divide-2]").await?;
    until_count(&browser, "svg.studio-svg .body.lane", 4).await?;
    // Two at once were made: one of them is chosen, and gets one above and one below.
    let inside: Vec<String> = lanes(&browser).await?.into_iter().filter(|it| it != upper && it != lower).collect();
    focus(&browser).await?;
    for (act, lane) in [("lane-below", &inside[1]), ("lane-above", &inside[0])] {
        keys(&browser, &[key(Key::Escape)]).await?;
        with_control(&browser, '0').await?;
        with_control(&browser, '-').await?;
        click_at(&browser, stripe(&browser, lane).await?).await?;
        browser.see(".pad [data-act=divide-3]").await?;
        browser.click(&format!(".pad [data-act={act}]")).await?;
        browser
            .until("one more, inside", &format!("const at = id => document.querySelector(`svg.studio-svg [data-node='${{id}}'] .body.lane`).getBoundingClientRect(), near = (a, b) => Math.abs(a - b) < 2; const inner = [...document.querySelectorAll('svg.studio-svg [data-node]')].filter(it => it.querySelector('.body.lane') && !['{upper}', '{lower}'].includes(it.dataset.node)).map(it => at(it.dataset.node)); return inner.length === {} && near(Math.min(...inner.map(it => it.top)), at('{upper}').top) && near(Math.max(...inner.map(it => it.bottom)), at('{upper}').bottom) && near(at('{upper}').bottom, at('{lower}').top)", if act == "lane-below" { 3 } else { 4 }))
            .await?;
    }
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, '0').await?;
    browser.picture("sizes-lanes").await?;
    // What has lanes inside is not divided again.
    click_at(&browser, stripe(&browser, upper).await?).await?;
    browser.see(".pad [data-act=lane-above]").await?;
    ensure!(count(&browser, ".pad [data-act=divide-2]").await? == 0);
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Deleted, those inside take its place.
    let was = place_of(&browser, upper).await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Delete)]).await?;
    until_count(&browser, "svg.studio-svg .body.lane", 5).await?;
    let now = place_of(&browser, &inside[0]).await?;
    ensure!((now[0] - was[0]).abs() < 2 && (now[2] - was[2]).abs() < 3, "{was:?} {now:?}");
    take_back(browser, base).await
}

/// An event on a border, and the one that starts an event subprocess, interrupt or do not: its ring says so.
pub async fn an_event_interrupts_or_not(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let nodes = count(&browser, NODES).await?;
    let under = |of: [i64; 4]| (of[0] + of[2] / 3, of[1] + of[3]);
    let at = under(place(&browser, "answer").await?);
    drag(&browser, middle(&browser, "[data-kind='Boundary(Timer)']").await?, at).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    let rings = "svg.studio-svg .node.selected .dashed";
    until_count(&browser, rings, 0).await?;
    let switched = async |on: bool| -> Result<()> {
        browser.click(".chooser [data-toggle=quiet]").await?;
        browser.see(&format!(".chooser [data-toggle=quiet][aria-pressed={on}]")).await?;
        keys(&browser, &[key(Key::Escape)]).await?;
        browser.gone(".chooser").await?;
        browser
            .until("its ring says so", &format!("return (document.querySelectorAll('{rings}').length > 0) === {on}"))
            .await
    };
    // By the menu, opened by its button and by the key; the panel says the same.
    browser.click(".pad [data-act=replace]").await?;
    switched(true).await?;
    focus(&browser).await?;
    keys(&browser, &['r']).await?;
    switched(false).await?;
    // A subprocess that an event starts: with the event in it.
    added(&browser, "event subprocess").await?;
    browser
        .until("it is there", &format!("return document.querySelectorAll('{NODES}').length > {}", nodes + 1))
        .await?;
    let sub = selected(&browser).await?.first().context("the subprocess")?.clone();
    let now = count(&browser, NODES).await?;
    let inner = browser.run(&format!("const box = document.querySelector(`svg.studio-svg [data-node='{sub}'] .body`).getBoundingClientRect(); return [...document.querySelectorAll('svg.studio-svg .node')].filter(it => it.dataset.node !== '{sub}' && it.querySelector('.ring')).map(it => [it.dataset.node, it.querySelector('.ring').getBoundingClientRect()]).filter(([, at]) => at.left > box.left && at.right < box.right && at.top > box.top && at.bottom < box.bottom).map(it => it[0])[0] ?? null")).await?;
    if inner == Value::Null {
        // Put into it by hand.
        let at = place(&browser, &sub).await?;
        let start = middle(&browser, "[data-kind='Start(Timer)'], [data-kind='Start(None)']").await?;
        drag(&browser, start, (at[0] + at[2] / 3, at[1] + at[3] / 2)).await?;
        until_count(&browser, NODES, now + 1).await?;
    } else {
        let id = inner.as_str().context("its start")?;
        click_at(&browser, body(&browser, id).await?).await?;
    }
    focus(&browser).await?;
    keys(&browser, &['r']).await?;
    switched(true).await?;
    browser.picture("sizes-quiet").await?;
    take_back(browser, base).await
}

/// What stands in properties is found, too: who does it, a condition, a help text. What is found says where.
pub async fn what_stands_in_properties_is_found(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    focus(&browser).await?;
    with_control(&browser, 'f').await?;
    browser.see(".board-find input").await?;
    // A role nobody sees on the drawing.
    keys(&browser, &"dept_head".chars().collect::<Vec<_>>()).await?;
    browser.see("[data-node=answer].selected").await?;
    browser
        .until(
            "it says what was found",
            "return document.querySelector('.found .menu-item.chosen')?.textContent.includes('dept_head')",
        )
        .await?;
    browser.picture("sizes-found").await?;
    // Which of several, by arrows; then on with the keyboard on the board.
    with_control(&browser, 'a').await?;
    keys(&browser, &"svc".chars().collect::<Vec<_>>()).await?;
    browser.see("[data-node=forward].selected").await?;
    keys(&browser, &[key(Key::Down)]).await?;
    browser.see("[data-node=answer].selected").await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    browser.gone(".board-find").await?;
    browser
        .until("the board has the keys", "return document.activeElement === document.querySelector('.board')")
        .await?;
    // A condition of a line.
    with_control(&browser, 'f').await?;
    browser.see(".board-find input").await?;
    keys(&browser, &"data.adopted".chars().collect::<Vec<_>>()).await?;
    browser.see("svg.studio-svg [data-flow].selected").await?;
    with_control(&browser, 'a').await?;
    keys(&browser, &"没有这样的内容".chars().collect::<Vec<_>>()).await?;
    browser.read("没有找到").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.gone(".board-find").await?;
    take_back(browser, base).await
}

/// Without a mouse a step, a line and a lane are called something else, or keep their names.
pub async fn names_are_written_by_keys_alone(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let flows = count(&browser, FLOWS).await?;
    focus(&browser).await?;
    keys(&browser, &[key(Key::Home), key(Key::Right)]).await?;
    browser.see("[data-node=accept].selected").await?;
    let write = async |open: char, text: &str, end: Key| -> Result<()> {
        keys(&browser, &[open]).await?;
        browser.see("textarea.naming").await?;
        keys(&browser, &text.chars().chain([key(end)]).collect::<Vec<_>>()).await?;
        browser.gone("textarea.naming").await
    };
    let named = "document.querySelector('[data-node=accept] text')?.textContent ?? ''";
    write(key(Key::F2), "登记受理", Key::Enter).await?;
    browser.until("a step", &format!("return ({named}).includes('登记受理')")).await?;
    // Given up, it is called what it was.
    write('e', "不要", Key::Escape).await?;
    ensure!(browser.run(&format!("return ({named}).includes('登记受理')")).await? == true);
    // A line: found by its condition, named where it lies.
    with_control(&browser, 'f').await?;
    browser.see(".board-find input").await?;
    keys(&browser, &"data.adopted".chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.gone(".board-find").await?;
    let line = selected(&browser).await?.first().context("a line")?.clone();
    write(key(Key::F2), "同意采纳", Key::Enter).await?;
    browser
        .until(
            "a line",
            &format!(
                "return document.querySelector(`svg.studio-svg [data-flow='{line}']`).textContent.includes('同意采纳')"
            ),
        )
        .await?;
    ensure!(count(&browser, FLOWS).await? == flows);
    // The keyboard is on the board again, and takes it all back.
    with_control(&browser, 'z').await?;
    browser
        .until(
            "the line",
            &format!(
                "return !document.querySelector(`svg.studio-svg [data-flow='{line}']`).textContent.includes('同意采纳')"
            ),
        )
        .await?;
    with_control(&browser, 'z').await?;
    browser.until("the step", &format!("return !({named}).includes('登记受理')")).await?;
    // A lane.
    added(&browser, "泳道").await?;
    until_count(&browser, "svg.studio-svg .body.lane", 2).await?;
    focus(&browser).await?;
    let upper = lanes(&browser).await?.first().context("a lane")?.clone();
    keys(&browser, &[key(Key::Escape)]).await?;
    with_control(&browser, 'f').await?;
    browser.see(".board-find input").await?;
    keys(&browser, &upper.chars().chain([key(Key::Enter)]).collect::<Vec<_>>()).await?;
    browser.gone(".board-find").await?;
    write(key(Key::F2), "客服部", Key::Enter).await?;
    browser
        .until(
            "a lane",
            &format!(
                "return document.querySelector(`svg.studio-svg [data-node='{upper}']`).textContent.includes('客服部')"
            ),
        )
        .await?;
    take_back(browser, base).await
}

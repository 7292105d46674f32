//! The admin draws whom a flow works with: pools around it and beside it, messages between them; brings in a file of several pools;
//! puts an event onto a step and takes it off again.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;

use super::canvas::{
    FLOWS, NODES, click_at, count, drag, key, keys, middle, opened, take_back, until_count, with_control,
};

/// The flow is wrapped, a customer drawn below it, messages led to and fro; it is all moved, exported, and taken back.
pub async fn whom_a_flow_works_with_is_drawn(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    browser.fill(".studio-left input[type=search]", "客户").await?;
    let board = middle(&browser, ".board").await?;
    // The first wraps the flow, wherever it is dropped.
    drag(&browser, middle(&browser, "[data-kind=Pool]").await?, (board.0, board.1 + 60)).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    browser
        .until(
            "every step stands inside the pool",
            "const pool = document.querySelector('[data-node^=pool] .body.pool').getBoundingClientRect(); return [...document.querySelectorAll('[data-node]:not([data-node^=pool]) .body, [data-node] .ring')].every(it => { const box = it.getBoundingClientRect(); return box.left >= pool.left && box.right <= pool.right && box.top >= pool.top && box.bottom <= pool.bottom })",
        )
        .await?;
    keys(&browser, &['0']).await?;
    // The second, dropped below it, is somebody it works with.
    with_control(&browser, '0').await?;
    let lower = browser.run("const it = document.querySelector('.board').getBoundingClientRect(); return [Math.round(it.x + it.width / 2), Math.round(it.bottom - 20)]").await?;
    let lower = (lower[0].as_i64().context("x")?, lower[1].as_i64().context("y")?);
    drag(&browser, middle(&browser, "[data-kind=Pool]").await?, lower).await?;
    until_count(&browser, "svg.studio-svg .body.pool.closed", 1).await?;
    with_control(&browser, '0').await?;
    keys(&browser, &[key(Key::F2)]).await?;
    browser.see(".naming").await?;
    keys(&browser, &"顾客".chars().collect::<Vec<_>>()).await?;
    keys(&browser, &[key(Key::Enter)]).await?;
    browser.read("顾客").await?;
    // A message, from a step to the customer, with the connect tool.
    keys(&browser, &[key(Key::Escape)]).await?;
    let customer = middle(&browser, "svg.studio-svg .body.pool.closed").await?;
    let answer = middle(&browser, "[data-node=answer] .body").await?;
    click_at(&browser, answer).await?;
    drag(&browser, middle(&browser, ".pad [data-act=connect]").await?, (customer.0, customer.1)).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    until_count(&browser, "svg.studio-svg .edge-line.message", 1).await?;
    browser
        .until(
            "its panel is that of a message",
            "return document.querySelector('.studio-right .side-title')?.textContent === '消息流'",
        )
        .await?;
    // And back. A gateway neither sends nor receives: refused, with the reason.
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, (customer.0 - 60, customer.1)).await?;
    drag(
        &browser,
        middle(&browser, ".pad [data-act=connect]").await?,
        middle(&browser, "[data-node=accept] .body").await?,
    )
    .await?;
    until_count(&browser, "svg.studio-svg .edge-line.message", 2).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    click_at(&browser, (customer.0 - 60, customer.1)).await?;
    drag(
        &browser,
        middle(&browser, ".pad [data-act=connect]").await?,
        middle(&browser, "[data-node=adopted] .body").await?,
    )
    .await?;
    browser.read("消息流只能连接池、活动和消息事件").await?;
    until_count(&browser, FLOWS, flows + 2).await?;
    browser.picture("pools-drawn").await?;
    // Messages stay on the border of what they lead to.
    keys(&browser, &[key(Key::Escape)]).await?;
    drag(&browser, (customer.0 - 60, customer.1), (customer.0 - 60, customer.1 + 40)).await?;
    browser
        .until(
            "the messages have come along",
            "const pool = document.querySelector('.body.pool.closed').getBoundingClientRect(); return [...document.querySelectorAll('.edge-line.message')].every(it => Math.abs(it.getBoundingClientRect().bottom - pool.top) < 6)",
        )
        .await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Lanes fill the pool.
    let head = browser.run("const it = document.querySelector('[data-node^=pool] .body.pool:not(.closed)').getBoundingClientRect(); return [Math.round(it.x + 8), Math.round(it.bottom - 8)]").await?;
    click_at(&browser, (head[0].as_i64().context("x")?, head[1].as_i64().context("y")?)).await?;
    browser.click(".pad [data-act=lanes]").await?;
    until_count(&browser, "svg.studio-svg .body.lane", 2).await?;
    with_control(&browser, '0').await?;
    browser.picture("pools-lanes").await?;
    // They stand, side by side, with the customer at their right; and lie again.
    let place = "const it = document.querySelector('[data-node^=pool] .body.pool:not(.closed)').getBoundingClientRect(); return [Math.round(it.x + 8), Math.round(it.bottom - 8)]";
    let corner = browser.run(place).await?;
    click_at(&browser, (corner[0].as_i64().context("x")?, corner[1].as_i64().context("y")?)).await?;
    browser.click(".pad [data-act=turn]").await?;
    browser
        .until(
            "lanes and pools stand side by side",
            "const [a, b] = [...document.querySelectorAll('svg.studio-svg .body.lane')].map(it => it.getBoundingClientRect()); const own = document.querySelector('[data-node^=pool] .body.pool:not(.closed)').getBoundingClientRect(); const other = document.querySelector('.body.pool.closed').getBoundingClientRect(); return Math.abs(a.top - b.top) < 3 && Math.abs(a.left - b.left) > 20 && other.left >= own.right && other.height > other.width",
        )
        .await?;
    with_control(&browser, '0').await?;
    browser.picture("pools-standing").await?;
    with_control(&browser, 'z').await?;
    browser
        .until(
            "they lie again",
            "const [a, b] = [...document.querySelectorAll('svg.studio-svg .body.lane')].map(it => it.getBoundingClientRect()); return Math.abs(a.left - b.left) < 3",
        )
        .await?;
    with_control(&browser, '0').await?;
    // What goes out says it all.
    browser
        .run("window.offered = ''; const make = URL.createObjectURL; URL.createObjectURL = blob => { blob.text().then(text => { window.offered = text }); return make.call(URL, blob) }; return true")
        .await?;
    browser.press_label("导入、导出、比较").await?;
    browser.click("[data-act=export-bpmn]").await?;
    browser
        .until(
            "pools and messages go out",
            "return (window.offered.match(/<bpmn:participant /g) ?? []).length === 2 && (window.offered.match(/<bpmn:messageFlow /g) ?? []).length === 2 && window.offered.includes('顾客')",
        )
        .await?;
    // The flow's own pool goes last.
    click_at(&browser, (head[0].as_i64().context("x")?, head[1].as_i64().context("y")?)).await?;
    keys(&browser, &[key(Key::Delete)]).await?;
    browser.read("须先删除其他池").await?;
    take_back(browser, base).await
}

const FILE: &str = r#"<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <collaboration id="C"><participant id="Shop" name="Shop" processRef="A"/><participant id="Buyer" name="Buyer" processRef="B"/><participant id="Bank" name="Bank"/>
    <messageFlow id="M1" name="order" sourceRef="ask" targetRef="take"/><messageFlow id="M2" sourceRef="take" targetRef="Bank"/></collaboration>
  <process id="A"><startEvent id="a"/><userTask id="take" name="Take order"/><endEvent id="e"/><sequenceFlow id="s2" sourceRef="a" targetRef="take"/><sequenceFlow id="s3" sourceRef="take" targetRef="e"/></process>
  <process id="B"><startEvent id="b"/><sendTask id="ask" name="Order"/><sequenceFlow id="s1" sourceRef="b" targetRef="ask"/></process>
</definitions>"#;

/// Of a file with several pools one process becomes the flow; the others stay as they are.
pub async fn a_file_with_several_pools_comes_in(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("trade.bpmn");
    std::fs::write(&path, FILE)?;
    let input = browser.page.find(fantoccini::Locator::Css("input[data-act=import-file]")).await?;
    input.send_keys(&path.display().to_string()).await.context("choose the file")?;
    browser.see("dialog[open] input[value=B]").await?;
    browser.picture("pools-which").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.click("dialog[open] input[value=A]").await?;
    browser.click("[data-act=take-process]").await?;
    browser.gone("dialog[open]").await?;
    browser.see("[data-node=take]").await?;
    for node in ["Shop", "Buyer", "Bank", "ask"] {
        browser.see(&format!("[data-node={node}]")).await?;
    }
    until_count(&browser, "svg.studio-svg .edge-line.message", 2).await?;
    // What another pool holds is shown, and not changed.
    click_at(&browser, middle(&browser, "[data-node=ask] .body").await?).await?;
    browser.read("会保留并显示，但不能编辑").await?;
    browser.picture("pools-imported").await?;
    keys(&browser, &[key(Key::Delete)]).await?;
    browser.read("其他池中的内容仅供查看").await?;
    browser.see("[data-node=ask]").await?;
    // Shown closed, its message is that of the pool, and ends at its border.
    keys(&browser, &[key(Key::Escape)]).await?;
    let head = browser.run("const it = document.querySelector('[data-node=Buyer] .body.pool').getBoundingClientRect(); return [Math.round(it.x + 8), Math.round(it.bottom - 8)]").await?;
    click_at(&browser, (head[0].as_i64().context("x")?, head[1].as_i64().context("y")?)).await?;
    browser.click(".pad [data-act=fold]").await?;
    browser.gone("[data-node=ask]").await?;
    browser.see("[data-node=Buyer] .body.pool.closed").await?;
    until_count(&browser, "svg.studio-svg .edge-line.message", 2).await?;
    browser
        .until(
            "its message ends at its border",
            "const pool = document.querySelector('[data-node=Buyer] .body.pool').getBoundingClientRect(), line = document.querySelector('[data-flow=M1] .edge-line').getBoundingClientRect(), take = document.querySelector('[data-node=take] .body').getBoundingClientRect(); const near = (a, b) => Math.abs(a - b) < 6; return near(line.top, pool.bottom) && near(line.bottom, take.top) || near(line.bottom, pool.top) && near(line.top, take.bottom)",
        )
        .await?;
    browser.picture("pools-closed").await?;
    take_back(browser, base).await
}

/// Dragged onto the border of a step an event sits there; dragged off it, it waits by itself.
pub async fn an_event_is_put_onto_a_step_and_off_again(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let nodes = count(&browser, NODES).await?;
    let board = middle(&browser, ".board").await?;
    drag(&browser, middle(&browser, "[data-kind='Catch(Timer)']").await?, (board.0, board.1 + 160)).await?;
    until_count(&browser, NODES, nodes + 1).await?;
    let title =
        |it: &str| format!("return document.querySelector('.studio-right .side-title')?.textContent === '{it}'");
    browser.until("it waits for a time", &title("定时等待")).await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    let event = browser.run("return [...document.querySelectorAll('[data-node^=event]')].map(it => it.dataset.node).find(it => it.startsWith('event_'))").await?;
    let event = format!("[data-node='{}'] .ring", event.as_str().context("an event")?);
    let border = browser.run("const it = document.querySelector('[data-node=answer] .body').getBoundingClientRect(); return [Math.round(it.x + it.width / 3), Math.round(it.bottom)]").await?;
    let border = (border[0].as_i64().context("x")?, border[1].as_i64().context("y")?);
    drag(&browser, middle(&browser, &event).await?, border).await?;
    browser.until("it sits on the step", "return document.querySelectorAll('.node.selected .ring-inner').length === 1 && document.querySelector('.studio-right .side-title')?.textContent !== '定时等待'").await?;
    browser.picture("event-attached").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    let at = middle(&browser, &event).await?;
    drag(&browser, at, (at.0, at.1 + 120)).await?;
    browser.until("it waits by itself again", &title("定时等待")).await?;
    take_back(browser, base).await
}

/// Whoever does a step in a trial has to be allowed to; what is kept of it keeps the person.
pub async fn a_step_is_tried_by_who_may(base: &str) -> Result<()> {
    let browser = opened(base, "complaint").await?;
    browser.click("[data-act=try]").await?;
    browser.see(".trial-choice").await?;
    let choose = |who: &str| {
        format!(
            "const it = document.querySelector('[data-act=trial-who] select'); it.value = '{who}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return it.value === '{who}'"
        )
    };
    // To the first step a person does.
    for _ in 0..6 {
        let at = browser.run("return document.querySelector('.trial-choice').dataset.choice").await?;
        if at == "accept" {
            break;
        }
        browser.click(".trial-choice").await?;
        browser
            .until(
                "it has gone on",
                &format!(
                    "const it = document.querySelector('.trial-choice'); return !!it && it.dataset.choice !== {at}"
                ),
            )
            .await?;
    }
    // Whose people take part can be chosen, and is kept.
    let cast = |whose: &str| {
        format!(
            "const it = document.querySelector('[data-act=trial-cast] select'); it.value = '{whose}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return it.value === '{whose}'"
        )
    };
    let first = browser.run("return document.querySelector('[data-act=trial-cast] select').value").await?;
    let first = first.as_str().context("a scenario")?.to_owned();
    browser.until("the people of the house can be chosen", &cast("@house")).await?;
    browser.until("the demo's manager can be chosen", &choose("manager")).await?;
    browser.click(".trial-choice[data-choice=accept]").await?;
    browser.see("[data-refused]").await?;
    browser.click("[data-act=try]").await?;
    browser.click("[data-act=try]").await?;
    browser
        .until(
            "the choice was kept",
            "return document.querySelector('[data-act=trial-cast] select')?.value === '@house'",
        )
        .await?;
    browser.until("a scenario can be chosen again", &cast(&first)).await?;
    for _ in 0..6 {
        let at = browser.run("return document.querySelector('.trial-choice')?.dataset.choice ?? ''").await?;
        if at == "accept" {
            break;
        }
        if at != "" {
            browser.click(".trial-choice").await?;
        }
        let on =
            format!("const it = document.querySelector('.trial-choice'); return !!it && it.dataset.choice !== {at}");
        browser.until("it has gone on", &on).await?;
    }
    browser.until("the manager can be chosen", &choose("manager")).await?;
    browser.click(".trial-choice[data-choice=accept]").await?;
    browser.see("[data-refused]").await?;
    browser.read("不能办理").await?;
    browser.picture("trial-refused").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.until("an agent can be chosen", &choose("agent")).await?;
    browser.gone("[data-refused]").await?;
    browser.click(".trial-choice[data-choice=accept]").await?;
    browser
        .until(
            "it has gone on",
            "const it = document.querySelector('.trial-choice'); return !!it && it.dataset.choice !== 'accept'",
        )
        .await?;
    browser.click("[data-act=save-run]").await?;
    browser
        .until("it can be made", "const it = document.querySelector('dialog[open] [data-act=make-scenario]'); if (it && !it.disabled) { it.click(); return true } return false")
        .await?;
    browser
        .until(
            "the agent did it",
            "return [...document.querySelectorAll('[data-who]')].some(it => it.value === 'agent')",
        )
        .await?;
    browser.picture("trial-kept").await?;
    browser.press("取消").await?;
    browser.click("[data-act=try]").await?;
    take_back(browser, base).await
}

/// A step gets a colour of its own; the whole is laid out before one's eyes, as one step of the history.
pub async fn a_step_is_coloured_and_the_flow_laid_out(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    let answer = "[data-node=answer] .body";
    click_at(&browser, middle(&browser, answer).await?).await?;
    browser.click(".pad [data-act=colour]").await?;
    browser.picture("colours").await?;
    browser.click(".pad [data-colour=Green]").await?;
    browser.see("[data-node=answer].tinted").await?;
    keys(&browser, &[key(Key::Escape)]).await?;
    browser.picture("coloured").await?;
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    let above = "const y = id => document.querySelector(`[data-node=${id}] .body`).getBoundingClientRect().y; return Math.abs(y('answer') - y('accept'))";
    let at = middle(&browser, answer).await?;
    drag(&browser, at, (at.0, at.1 + 150)).await?;
    browser.until("it stands lower", &format!("{} > 60", above)).await?;
    browser.click("[data-act=arrange]").await?;
    browser.until("it stands in its row again", &format!("{} < 4", above)).await?;
    browser.see("[data-node=answer].tinted").await?;
    browser.run("document.querySelector('.board').focus(); return true").await?;
    with_control(&browser, 'z').await?;
    browser.until("one step back it stands lower", &format!("{} > 60", above)).await?;
    take_back(browser, base).await
}

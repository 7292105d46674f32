//! The admin works on a phone, with fingers alone. Shapes a form: adds from the palette, carries fields by their grip and by resting
//! on them, scrolls, chooses several, moves, copies and takes them off by buttons, and writes properties in a sheet. Draws a flow:
//! appends, names, changes and deletes from the strip below the board, connects and draws out of it, and tries it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, PointerAction, TouchActions};
use tests::browser::Browser;
use tests::client::Person;

use super::canvas::{FLOWS, NODES, count, until_count};
use super::logged_in_on;

const SOON: Option<Duration> = Some(Duration::from_millis(60));
const CARDS: &str = ".form-sheet .field-card";

async fn opened(base: &str) -> Result<Browser> {
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in_on(base, "admin", 390, 844).await?;
    browser.go("/studio/service/form/complaint?view=create").await?;
    browser.see(CARDS).await?;
    Ok(browser)
}

/// Where something is on the screen, as it is scrolled.
async fn place(browser: &Browser, css: &str, down: f64) -> Result<(f64, f64)> {
    browser.see(css).await?;
    let script = format!(
        "const box = document.querySelector(`{css}`).getBoundingClientRect(); return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height * {down})]"
    );
    let found = browser.run(&script).await?;
    Ok((found[0].as_f64().context("x")?, found[1].as_f64().context("y")?))
}

fn finger(at: (f64, f64)) -> TouchActions {
    TouchActions::new("finger".to_owned())
        .then(PointerAction::MoveTo { duration: None, x: at.0, y: at.1 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
}

fn along(mut hand: TouchActions, from: (f64, f64), to: (f64, f64)) -> TouchActions {
    for part in 1..=6 {
        let at = |a: f64, b: f64| a + (b - a) * f64::from(part) / 6.0;
        hand = hand.then(PointerAction::MoveTo { duration: SOON, x: at(from.0, to.0), y: at(from.1, to.1) });
    }
    hand
}

fn up(hand: TouchActions) -> TouchActions {
    hand.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })
}

async fn touch(browser: &Browser, hand: TouchActions) -> Result<()> {
    browser.page.perform_actions(hand).await.context("touch")?;
    Ok(())
}

async fn tap(browser: &Browser, css: &str) -> Result<()> {
    browser.run(&format!("document.querySelector(`{css}`)?.scrollIntoView({{ block: 'nearest' }})")).await?;
    let at = place(browser, css, 0.5).await?;
    touch(browser, up(finger(at))).await?;
    browser.page.release_actions().await?;
    Ok(())
}

async fn order(browser: &Browser) -> Result<Vec<String>> {
    let found =
        browser.run(&format!("return [...document.querySelectorAll('{CARDS}')].map(it => it.dataset.key)")).await?;
    Ok(found.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect())
}

async fn until_order(browser: &Browser, what: &str, wanted: &[String]) -> Result<()> {
    let wanted = serde_json::to_string(wanted)?;
    let script = format!(
        "return JSON.stringify([...document.querySelectorAll('{CARDS}')].map(it => it.dataset.key)) === `{wanted}`"
    );
    let done = browser.until(what, &script).await;
    done.with_context(|| format!("wanted {wanted}"))
}

/// Labels behind one another on the screen are out of reach of each other: the form is scrolled to its top first.
async fn to_top(browser: &Browser) -> Result<()> {
    browser.run("document.querySelector('.form-stage').scrollTop = 0").await?;
    Ok(())
}

pub async fn a_form_is_shaped_with_fingers(base: &str) -> Result<()> {
    let browser = opened(base).await?;
    let before = order(&browser).await?;
    ensure!(before.len() > 4, "{before:?}");
    let card = |key: &str| format!(".field-card[data-key={key}]");
    let grip = |key: &str| format!(".field-card[data-key={key}] .card-grip");
    let swapped = |a: usize, b: usize| {
        let mut all = before.clone();
        all.swap(a, b);
        all
    };
    browser.picture("fingers-form").await?;

    // A finger that moves at once scrolls, and carries nothing.
    let at = place(&browser, &card(&before[1]), 0.7).await?;
    touch(&browser, up(along(finger(at), at, (at.0, at.1 - 180.0)))).await?;
    browser.page.release_actions().await?;
    browser.until("the form is scrolled", "return document.querySelector('.form-stage').scrollTop > 60").await?;
    ensure!(order(&browser).await? == before, "nothing has moved");
    to_top(&browser).await?;

    // By its grip the first goes behind the second; where it would land is seen before it does.
    let (from, to) = (place(&browser, &grip(&before[0]), 0.5).await?, place(&browser, &card(&before[1]), 0.85).await?);
    touch(&browser, along(finger(from), from, to)).await?;
    browser.see(".carried").await?;
    browser.see(&format!("{}.drop-before, .form-grid.aimed", card(&before[2]))).await?;
    browser.picture("fingers-carried").await?;
    browser.page.release_actions().await?;
    until_order(&browser, "the first two have changed places", &swapped(0, 1)).await?;
    browser.gone(".carried").await?;

    // Back by resting on it.
    let (from, to) = (place(&browser, &card(&before[0]), 0.6).await?, place(&browser, &card(&before[1]), 0.1).await?);
    let hand = finger(from).then(PointerAction::Pause { duration: Duration::from_millis(600) });
    touch(&browser, up(along(hand, from, to))).await?;
    browser.page.release_actions().await?;
    until_order(&browser, "they are as they were", &before).await?;

    // A tap selects; the panel of properties comes by the dock and changes it.
    tap(&browser, &card(&before[0])).await?;
    browser.see(&format!("{}.selected", card(&before[0]))).await?;
    tap(&browser, ".dock-panels [data-panel=properties]").await?;
    browser.see(".studio-right .panel-close").await?;
    browser.picture("fingers-properties").await?;
    browser.fill(".studio-right input[type=text]", "由手指命名").await?;
    browser.keys("\u{e004}").await?;
    tap(&browser, ".studio-right .panel-close").await?;
    browser.gone(".studio-right").await?;
    browser.read("由手指命名").await?;

    // The palette: a tap adds behind what is selected.
    tap(&browser, ".dock-panels [data-panel=add]").await?;
    browser.see(".studio-left .palette-item").await?;
    browser.picture("fingers-palette").await?;
    tap(&browser, ".palette-item[data-field=text]").await?;
    browser.gone(".studio-left").await?;
    browser.see(".field-card .label-input").await?;
    browser.keys("\u{e007}").await?;
    let added = order(&browser).await?;
    ensure!(added.len() == before.len() + 1 && added[1] == "text", "behind the selected one: {added:?}");

    // Carried out of the palette, which gives way.
    browser.until("the new card has the focus", "return document.activeElement?.dataset?.key === 'text'").await?;
    to_top(&browser).await?;
    let to = place(&browser, &card(&before[0]), 0.15).await?;
    tap(&browser, ".dock-panels [data-panel=add]").await?;
    let from = place(&browser, ".palette-item[data-field=date]", 0.5).await?;
    let hand = finger(from).then(PointerAction::Pause { duration: Duration::from_millis(600) });
    touch(&browser, along(hand, from, to)).await?;
    browser.see(".field-card.drop-before").await?;
    browser.picture("fingers-from-palette").await?;
    browser.page.release_actions().await?;
    browser.see(".field-card .label-input").await?;
    browser.keys("\u{e007}").await?;
    let carried = order(&browser).await?;
    ensure!(carried[0] == "date" && carried.len() == before.len() + 2, "before the first: {carried:?}");

    // Several at once by the button of the bar, moved, doubled and taken off.
    tap(&browser, ".dock-tools [aria-pressed]").await?;
    tap(&browser, &card("text")).await?;
    browser.read("已选择 2 个字段").await?;
    browser.picture("fingers-several").await?;
    browser.press_label("移出此表单").await?;
    until_order(&browser, "both are off the form", &before).await?;
    tap(&browser, ".dock-tools [aria-pressed]").await?;

    // The outline leads to a field far below, which is moved up by a button, copied and pasted.
    let last = before.last().context("fields")?.clone();
    tap(&browser, ".dock-panels [data-panel=outline]").await?;
    browser.see(".studio-left .outline-item").await?;
    browser.picture("fingers-outline").await?;
    tap(&browser, &format!(".outline-item[data-outline={last}]")).await?;
    browser.see(&format!("{}.selected", card(&last))).await?;
    browser.press_label("复制").await?;
    browser.press_label("粘贴").await?;
    browser
        .until(
            "it is there twice",
            &format!("return document.querySelectorAll('{CARDS}').length === {}", before.len() + 1),
        )
        .await?;
    browser.press_label("上移").await?;
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);
    browser.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

pub async fn a_flow_is_drawn_on_a_phone(base: &str) -> Result<()> {
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in_on(base, "admin", 390, 844).await?;
    browser.go("/studio/service/flow/suggestion").await?;
    browser.see(NODES).await?;
    let nodes = count(&browser, NODES).await?;
    let task =
        browser.run(&format!("return [...document.querySelectorAll('{NODES}')].map(it => it.dataset.node)")).await?;
    let task = task.as_array().into_iter().flatten().find_map(|it| it.as_str().filter(|it| it.contains("accept")));
    let task = task.context("the flow has a step of that name")?;

    // A tap selects; what can be done stands below the board, across the whole screen, every button within a thumb's reach.
    tap(&browser, &format!("[data-node={task}]")).await?;
    browser.see(".pad [data-append=UserTask]").await?;
    browser.picture("fingers-flow").await?;
    let small = "return [...document.querySelectorAll('.pad-item')].filter(it => it.checkVisibility() && Math.min(it.offsetWidth, it.offsetHeight) < 44).length";
    ensure!(browser.run(small).await?.as_i64() == Some(0), "buttons are as large as a fingertip");
    let wide = "const it = document.querySelector('.pad'); return it.scrollWidth > it.clientWidth";
    ensure!(browser.run(wide).await? == false, "all of them are seen at once");
    tap(&browser, ".pad [data-append=UserTask]").await?;
    until_count(&browser, NODES, nodes + 1).await?;
    // Where there is no finger the name is written at once.
    if browser.run("return matchMedia('(pointer: coarse)').matches").await?.as_bool() == Some(true) {
        tap(&browser, ".pad [data-act=rename]").await?;
    }
    browser.see("textarea.naming").await?;
    browser.fill("textarea.naming", "由手指添加").await?;
    browser.keys("\u{e007}").await?;
    browser.gone("textarea.naming").await?;
    browser.read("由手指添加").await?;

    // It becomes another kind from a sheet.
    tap(&browser, ".pad [data-act=replace]").await?;
    browser.see(".chooser .menu-item").await?;
    browser.picture("fingers-chooser").await?;
    let whole = "const it = document.querySelector('.chooser').getBoundingClientRect(); return it.left === 0 && Math.round(it.right) === innerWidth && Math.round(it.bottom) === innerHeight";
    ensure!(
        browser.run(whole).await?.as_bool() == Some(true),
        "the sheet is as wide as the screen and stands on its edge"
    );
    tap(&browser, ".chooser .menu-item").await?;
    browser.gone(".chooser").await?;
    ensure!(browser.axe().await?.is_empty(), "{:?}", browser.axe().await?);

    // Its properties come by the dock, and it goes again.
    tap(&browser, ".dock-panels [data-panel=properties]").await?;
    browser.see(".studio-right .panel-close").await?;
    tap(&browser, ".studio-right .panel-close").await?;
    browser.gone(".studio-right").await?;
    tap(&browser, ".pad [data-act=delete]").await?;
    until_count(&browser, NODES, nodes).await?;

    // The flow is tried below the drawing, which stays in sight.
    tap(&browser, ".dock-tools [data-act=try]").await?;
    browser.see(".studio-right .panel-close").await?;
    browser.picture("fingers-try").await?;
    let below = "return document.querySelector('.studio-right').getBoundingClientRect().top > 300";
    browser.until("the drawing is seen above the panel", below).await?;
    tap(&browser, ".dock-tools [data-act=try]").await?;
    browser.gone(".studio-right").await?;
    browser.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

/// Steps are connected by a tap on each or by one stroke; what is new comes out of the strip or, after resting on it, out of the
/// palette, which gives way.
pub async fn a_flow_is_connected_and_drawn_out_with_fingers(base: &str) -> Result<()> {
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in_on(base, "admin", 390, 844).await?;
    browser.go("/studio/service/flow/suggestion").await?;
    browser.see(NODES).await?;
    let (nodes, flows) = (count(&browser, NODES).await?, count(&browser, FLOWS).await?);
    let body = |id: &str| format!("svg.studio-svg [data-node={id}] .body");

    tap(&browser, &body("answer")).await?;
    tap(&browser, ".pad [data-act=connect]").await?;
    browser.gone(".pad").await?;
    tap(&browser, &body("accept")).await?;
    until_count(&browser, FLOWS, flows + 1).await?;
    // The same by one stroke from the strip.
    tap(&browser, &body("answer")).await?;
    let (from, to) =
        (place(&browser, ".pad [data-act=connect]", 0.5).await?, place(&browser, &body("award"), 0.5).await?);
    touch(&browser, up(along(finger(from), from, to))).await?;
    browser.page.release_actions().await?;
    until_count(&browser, FLOWS, flows + 2).await?;

    // A gateway behind it, where the finger lets go.
    tap(&browser, &body("answer")).await?;
    let (from, to) =
        (place(&browser, ".pad [data-append=Exclusive]", 0.5).await?, place(&browser, &body("answer"), 0.5).await?);
    touch(&browser, up(along(finger(from), from, (to.0, to.1 - 90.0)))).await?;
    browser.page.release_actions().await?;
    until_count(&browser, NODES, nodes + 1).await?;
    until_count(&browser, FLOWS, flows + 3).await?;

    // Its corner is dragged: it is larger.
    tap(&browser, &body("answer")).await?;
    let wide = format!("return document.querySelector('{}').getBoundingClientRect().width", body("answer"));
    let was = browser.run(&wide).await?.as_f64().context("a width")?;
    let corner = browser
        .run(&format!(
            "const it = document.querySelector('{}').getBoundingClientRect(); return [it.right, it.bottom]",
            body("answer")
        ))
        .await?;
    let corner = (corner[0].as_f64().context("x")?, corner[1].as_f64().context("y")?);
    touch(&browser, up(along(finger(corner), corner, (corner.0 + 20.0, corner.1 + 24.0)))).await?;
    browser.page.release_actions().await?;
    browser.until("its corner went with the finger", &format!("{wide} > {was} + 8")).await?;
    tap(&browser, ".studio-bar [aria-label^='撤销'], .dock-tools [data-act=undo]").await?;
    browser.until("and back", &format!("{wide} < {was} + 2")).await?;

    // Out of the palette: a finger that moves at once scrolls it, one that has rested takes.
    let to = place(&browser, ".board", 0.4).await?;
    tap(&browser, ".dock-panels [data-panel=add]").await?;
    let item = ".palette-item[data-kind=UserTask]";
    let from = place(&browser, item, 0.5).await?;
    touch(&browser, up(along(finger(from), from, (from.0, from.1 - 140.0)))).await?;
    browser.page.release_actions().await?;
    browser.until("the palette is scrolled", "return document.querySelector('.studio-left').scrollTop > 40").await?;
    ensure!(count(&browser, NODES).await? == nodes + 1, "scrolling adds nothing");
    browser.run("document.querySelector('.studio-left').scrollTop = 0; return true").await?;
    let from = place(&browser, item, 0.5).await?;
    let hand = finger(from).then(PointerAction::Pause { duration: Duration::from_millis(600) });
    touch(&browser, along(hand, from, to)).await?;
    browser.see(".studio-svg .preview").await?;
    browser.picture("fingers-flow-palette").await?;
    browser.page.release_actions().await?;
    until_count(&browser, NODES, nodes + 2).await?;
    browser
        .until("the sheet is out of the way", "return !document.querySelector('.studio-main').dataset.panel")
        .await?;
    browser.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

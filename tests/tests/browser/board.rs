//! The board: a drop is a step of the flow, and asks for what the step needs.

use anyhow::{Result, ensure};
use tests::case::Case;

use super::logged_in;

/// A card is dropped on the next stage: the step's form opens, will not go on without what is missing, then the flow goes on.
pub async fn a_drop_is_a_step_of_the_flow(base: &str) -> Result<()> {
    let case = Case::file(base, "看板：导轨间隙超差", false).await?;
    case.forwarded().await?;
    case.agreed().await?;
    let chen = logged_in(base, "chen").await?;
    chen.go(&format!("/records/complaint/board/kanban?q={}", case.code)).await?;
    let card = "[data-column=processing] .board-card";
    chen.see(card).await?;
    // No step leads to the last stage from here: said, and the card is back.
    chen.run("document.querySelector('.board').scrollLeft = 400").await?;
    chen.drag(card, "[data-column=done]").await?;
    chen.read("当前不能移至“处理完毕”").await?;
    chen.see(card).await?;
    ensure!(case.field("state").await? == "processing", "a refused drop changes nothing");

    chen.drag(card, "[data-column=customer_ok]").await?;
    chen.see("dialog[open] [data-field=correction] textarea").await?;
    chen.picture("board-drop").await?;
    chen.press("处理完成").await?;
    chen.see("dialog[open] [data-field=correction] [aria-invalid=true]").await?;
    ensure!(case.field("state").await? == "processing", "not without the result");
    chen.fill("dialog[open] [data-field=correction] textarea", "已上门调整间隙").await?;
    chen.press("处理完成").await?;
    chen.gone("dialog[open]").await?;
    case.at("customer_ok").await?;
    ensure!(case.field("correction").await? == "已上门调整间隙", "what was asked for is stored");
    chen.see("[data-column=customer_ok] .board-card").await?;
    chen.close().await
}

/// The same without a mouse: by the menu of the card; given up in the middle, nothing has changed.
pub async fn a_card_moves_by_its_menu(base: &str) -> Result<()> {
    let case = Case::file(base, "看板：键盘移动", false).await?;
    case.forwarded().await?;
    case.agreed().await?;
    let chen = logged_in(base, "chen").await?;
    chen.go(&format!("/records/complaint/board/kanban?q={}", case.code)).await?;
    let menu = chen.see("[data-column=processing] .board-card .pop > button").await?;
    chen.press_key(&menu, fantoccini::key::Key::Enter).await?;
    chen.press("客户认可").await?;
    chen.see("dialog[open] [data-field=correction] textarea").await?;
    chen.keys(&char::from(fantoccini::key::Key::Escape).to_string()).await?;
    chen.gone("dialog[open]").await?;
    chen.see("[data-column=processing] .board-card").await?;
    ensure!(case.field("state").await? == "processing", "given up");
    chen.close().await
}

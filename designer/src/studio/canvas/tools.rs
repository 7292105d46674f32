//! What the pointer does next: hand, lasso, space, connect; and the menu that adds anything.

use edit::tool::{Mode, Tool};
use leptos::prelude::*;

use super::chooser::Choosing;
use super::gesture::Gesture;
use super::{Canvas, trial, words};
use crate::later;
use crate::studio::words as general;
use crate::text::Text;
use crate::ui::icon::icon;

const TOOLS: &[(Mode, &str, &str, Text)] = &[
    (Mode::Hand, "hand", "hand", words::HAND),
    (Mode::Lasso, "lasso", "lasso", words::LASSO),
    (Mode::Space, "space", "space", words::SPACE),
    (Mode::Connect, "flow", "connect", words::CONNECT_TOOL),
];

/// Takes a tool up, or puts it away when it is in use.
pub fn arm(canvas: Canvas, mode: Mode) {
    let now = canvas.tool.get_untracked();
    canvas.tool.set(if now == Tool::Armed(mode) { Tool::Idle } else { Tool::Armed(mode) });
    canvas.take_keys();
}

/// The bar at the upper left of the board.
#[component]
pub fn Tools(canvas: Canvas) -> impl IntoView {
    view! {
        <div class="board-tools" role="toolbar" aria-orientation="vertical" aria-label=words::TOOLS.get()
            on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
            {buttons(canvas, "pad-item")}
        </div>
    }
}

/// The same on a small screen, in the dock; before them what the bar has no room for there.
pub fn docked(canvas: Canvas) -> impl IntoView {
    let trying = move || canvas.trial.with(Option::is_some);
    view! {
        <div class="dock-tools" role="toolbar" aria-label=words::TOOLS.get()>
            <button type="button" class="button plain icon-only" class:on=trying aria-pressed=move || trying().to_string() data-act="try"
                aria-label=trial::TRY_IT.get() title=trial::TRY_IT.get() on:click=move |_| later::try_flow(canvas)>{icon("play")}</button>
            <button type="button" class="button plain icon-only" data-act="arrange" aria-label=general::ARRANGE.get() title=words::ARRANGE_HINT.get()
                on:click=move |_| later::hand(canvas, Gesture::Arrange(Vec::new()))>{icon("arrange")}</button>
            {buttons(canvas, "button plain icon-only")}
        </div>
    }
}

fn buttons(canvas: Canvas, class: &'static str) -> impl IntoView {
    let modes = TOOLS.iter().map(|(mode, symbol, name, text)| {
        let pressed = move || {
            canvas.tool.with(|it| match it {
                Tool::Armed(it) => it == mode,
                Tool::Panning { hand, .. } => *hand && *mode == Mode::Hand,
                _ => false,
            })
        };
        view! {
            <button type="button" class=class class:on=pressed data-tool=*name aria-pressed=move || pressed().to_string()
                aria-label=text.get() title=text.get() on:click=move |_| arm(canvas, *mode)>{icon(symbol)}</button>
        }
    });
    view! {
        {modes.collect_view()}
        <button type="button" class=class data-tool="create" aria-label=words::CREATE_ANYTHING.get() title=words::CREATE_ANYTHING.get()
            on:click=move |_| canvas.choosing.set(Some(Choosing::Create))>{icon("plus")}</button>
    }
}

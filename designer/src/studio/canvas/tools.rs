//! What the pointer does next: hand, lasso, space, connect; and the menu that adds anything.

use edit::tool::{Mode, Tool};
use leptos::prelude::*;

use super::chooser::Choosing;
use super::{Canvas, keys, words};
use crate::text::Text;
use crate::ui::icon::icon;

const TOOLS: &[(Mode, &str, &str, Text)] = &[
    (Mode::Hand, "hand", "hand", words::HAND),
    (Mode::Lasso, "lasso", "lasso", words::LASSO),
    (Mode::Space, "space", "space", words::SPACE),
    (Mode::Connect, "flow", "connect", words::CONNECT_TOOL),
];

/// The bar at the upper left of the board.
#[component]
pub fn Tools(canvas: Canvas) -> impl IntoView {
    let buttons = TOOLS.iter().map(|(mode, symbol, name, text)| {
        let pressed = move || {
            canvas.tool.with(|it| match it {
                Tool::Armed(it) => it == mode,
                Tool::Panning { hand, .. } => *hand && *mode == Mode::Hand,
                _ => false,
            })
        };
        view! {
            <button type="button" class="pad-item" data-tool=*name aria-pressed=move || pressed().to_string()
                aria-label=text.get() title=text.get() on:click=move |_| keys::arm(canvas, *mode)>{icon(symbol)}</button>
        }
    });
    view! {
        <div class="board-tools" role="toolbar" aria-orientation="vertical" aria-label=words::TOOLS.get()
            on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
            {buttons.collect_view()}
            <button type="button" class="pad-item" data-tool="create" aria-label=words::CREATE_ANYTHING.get() title=words::CREATE_ANYTHING.get()
                on:click=move |_| canvas.choosing.set(Some(Choosing::Create))>{icon("plus")}</button>
        </div>
    }
}

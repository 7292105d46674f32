//! What the studio offers in the palette (Ctrl/Cmd-K): what every desk can do, and what the screen on it can do beside.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

use wasm_bindgen::JsCast;

use super::bar::once;
use super::desk::Desk;
use super::{Subject, alerts, words};
use crate::app::{Command, app};
use crate::later;

/// What every desk can do; there as long as the desk is.
#[component]
pub fn Commands(desk: Desk, shipped: Option<Subject>) -> impl IntoView {
    let open = RwSignal::new(false);
    if shipped.is_some() {
        let act = Callback::new(move |()| open.set(true));
        offer(vec![Command { words: super::form::RESTORE, symbol: "history", act }]);
    }
    let keys = RwSignal::new(false);
    let heard = window_event_listener(leptos::ev::keydown, move |event| match event.key().as_str() {
        "F8" => {
            event.prevent_default();
            alerts::next(desk, event.shift_key());
        }
        "?" if !writing(&event) => keys.set(true),
        _ => (),
    });
    on_cleanup(move || heard.remove());
    offer(vec![
        Command { words: words::SHORTCUTS, symbol: "info", act: Callback::new(move |()| keys.set(true)) },
        Command { words: words::UNDO, symbol: "return", act: Callback::new(move |()| desk.undo()) },
        Command { words: words::REDO, symbol: "forward", act: Callback::new(move |()| desk.redo()) },
        Command { words: words::GO_BACK, symbol: "left", act: Callback::new(|()| crate::nav::go("/studio")) },
    ]);
    // Fetched when it is first opened.
    view! {
        {move || shipped.clone().filter(|_| open.get()).map(|it| later::shipped(desk, it, open))}
        {once(keys, move || later::shortcuts(keys))}
    }
}

/// Somebody types there, or is asked something.
fn writing(event: &web_sys::Event) -> bool {
    let it = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    it.is_some_and(|it| it.closest("input, textarea, select, dialog").is_ok_and(|it| it.is_some()))
}

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Adds to what the palette offers, until the screen goes.
pub fn offer(list: Vec<Command>) {
    let commands = app().commands;
    let mine = COUNT.fetch_add(1, Ordering::Relaxed);
    commands.update(|it| it.extend(list.into_iter().map(|it| (mine, it))));
    on_cleanup(move || commands.update(|it| it.retain(|it| it.0 != mine)));
}

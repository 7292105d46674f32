//! On a small screen the panels of a designer lie over its page, one at a time, called by the buttons of a dock below it. On a
//! wide one they stand beside the page, and the dock is not shown.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::words;
use crate::text::Text;
use crate::ui::icon::icon;

/// A panel that can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    Add,
    Outline,
    Properties,
}

impl Panel {
    /// The word of the style sheet.
    pub fn word(self) -> &'static str {
        match self {
            Panel::Add => "add",
            Panel::Outline => "outline",
            Panel::Properties => "properties",
        }
    }

    fn words(self) -> Text {
        match self {
            Panel::Add => words::PALETTE,
            Panel::Outline => words::OUTLINE,
            Panel::Properties => words::PROPERTIES,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Panel::Add => "plus",
            Panel::Outline => "tree",
            Panel::Properties => "settings",
        }
    }
}

/// The buttons that call the panels; `more` are the page's own, before them.
pub fn dock(open: RwSignal<Option<Panel>>, panels: &'static [Panel], more: impl IntoView) -> impl IntoView {
    let call = move |panel: Panel| {
        open.update(|it| *it = if *it == Some(panel) { None } else { Some(panel) });
        if open.get_untracked().is_some() {
            // Where the keyboard goes on: the panel lies before the dock.
            request_animation_frame(focus_panel);
        }
    };
    view! {
        <div class="studio-dock narrow-only">
            {more}
            <div class="dock-panels" role="group" aria-label=words::PANELS.get()>
                {panels.iter().map(|panel| {
                    let panel = *panel;
                    view! {
                        <button type="button" data-panel=panel.word() aria-expanded=move || (open.get() == Some(panel)).to_string()
                            on:click=move |_| call(panel)>{icon(panel.symbol())}<span>{panel.words().get()}</span></button>
                    }
                }).collect_view()}
            </div>
        </div>
    }
}

/// The head of a panel: what it is, and the button that puts it away.
pub fn close(open: RwSignal<Option<Panel>>) -> impl IntoView {
    view! {
        <div class="panel-head narrow-only">
            <span class="grow strong">{move || open.get().map(|it| it.words().read())}</span>
            <button type="button" class="button plain icon-only panel-close" aria-label=words::CLOSE_PANEL.get() title=words::CLOSE_PANEL.get()
                on:click=move |_| open.set(None)>{icon("x")}</button>
        </div>
    }
}

fn focus_panel() {
    let Ok(all) = document().query_selector_all(".studio-main > aside .panel-close") else { return };
    let shown = (0..all.length())
        .filter_map(|at| all.item(at)?.dyn_into::<web_sys::HtmlElement>().ok())
        .find(|it| it.offset_width() > 0);
    if let Some(it) = shown {
        let _ = it.focus();
    }
}

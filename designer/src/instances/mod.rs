//! Running flows: where one instance stands and has stood, on its drawing ([`panel`]), what those who run flows do with it
//! ([`operate`]); and all instances of a flow together ([`watch`]).

mod operate;
mod panel;
mod watch;
mod words;

use std::collections::BTreeMap;

use leptos::prelude::*;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use serde_json::Value;

use crate::app::app;
use crate::diagram::{Diagram, Marks};
use crate::text;
pub use panel::panel;
pub use watch::watch_page;

/// A badge for the state of an instance.
pub fn state_badge(state: &str) -> AnyView {
    let (tone, words) = match state {
        "running" => ("accent", text::STATE_RUNNING),
        "suspended" => ("warning", text::STATE_SUSPENDED),
        "finished" => ("success", text::STATE_FINISHED),
        _ => ("", text::STATE_CANCELLED),
    };
    view! { <span class=format!("badge {tone}")>{words.get()}</span> }.into_any()
}

/// A drawing with marks, in the language of the page.
fn drawing(
    flow: Value,
    layout: Value,
    texts: BTreeMap<String, BTreeMap<String, String>>,
    marks: Signal<Marks>,
    chosen: Option<Callback<String>>,
) -> AnyView {
    let flow: Flow = runtime::plain::read(&flow).unwrap_or_default();
    let layout: Layout = runtime::plain::read(&layout).unwrap_or_default();
    if flow.flow_elements.is_empty() {
        return view! { <p class="muted">{text::NO_DIAGRAM.get()}</p> }.into_any();
    }
    let name = flow.name.clone();
    let key = flow.key.0.clone();
    let own = texts.clone();
    let texts = Signal::derive(move || own.get(app().lang.get().tag()).cloned().unwrap_or_default());
    let label = Signal::derive(move || {
        let title = texts.with(|it| it.get(&format!("flow/{key}")).cloned()).unwrap_or_else(|| name.clone());
        format!("{}: {title}", text::DIAGRAM.read())
    });
    let (flow, layout) = (Signal::stored(flow), Signal::stored(layout));
    show_active();
    match chosen {
        Some(chosen) => view! { <div class="drawing" tabindex="0" role="group" aria-label=label><Diagram flow=flow layout=layout marks=marks texts=texts label=label onselect=chosen/></div> }.into_any(),
        None => view! { <div class="drawing" tabindex="0" role="group" aria-label=label><Diagram flow=flow layout=layout marks=marks texts=texts label=label/></div> }.into_any(),
    }
}

/// Scrolls a drawing that is wider than its box to where the work stands.
fn show_active() {
    set_timeout(
        || {
            let Some(node) = document().query_selector(".drawing .node.active").ok().flatten() else { return };
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            options.set_inline(web_sys::ScrollLogicalPosition::Center);
            node.scroll_into_view_with_scroll_into_view_options(&options);
        },
        std::time::Duration::from_millis(60),
    );
}

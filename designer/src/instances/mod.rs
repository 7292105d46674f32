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
use crate::ui::icon::icon;
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
    let zoom = RwSignal::new(1.0_f64);
    let by = move |by: f64| zoom.update(|it| *it = (*it * by).clamp(0.5, 4.0));
    let button = move |symbol: &'static str, words: crate::text::Text, act: &'static str, to: Option<f64>| {
        view! {
            <button type="button" class="button plain small icon-only" data-act=act aria-label=words.get() title=words.get() on:click=move |_| match to {
                Some(it) => by(it),
                None => zoom.set(1.0),
            }>{icon(symbol)}</button>
        }
    };
    let wheel = move |event: leptos::ev::WheelEvent| {
        if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            by((-event.delta_y() * 0.002).exp());
        }
    };
    let diagram = match chosen {
        Some(chosen) => {
            view! { <Diagram flow=flow layout=layout marks=marks texts=texts label=label onselect=chosen/> }.into_any()
        }
        None => view! { <Diagram flow=flow layout=layout marks=marks texts=texts label=label/> }.into_any(),
    };
    view! {
        <div class="row drawing-tools">
            {button("minus", words::SMALLER, "smaller", Some(0.8))}<span class="num">{move || format!("{:.0} %", zoom.get() * 100.0)}</span>
            {button("plus", words::LARGER, "larger", Some(1.25))}{button("fit", words::WHOLE, "whole", None)}
        </div>
        <div class="drawing" tabindex="0" role="group" aria-label=label style:--zoom=move || format!("{:.2}", zoom.get()) on:wheel=wheel>{diagram}</div>
    }
    .into_any()
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

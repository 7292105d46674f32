//! Running flows: where one instance stands, on its drawing; and all instances of a flow together (watch).

use std::collections::BTreeMap;

use ::api::instance::{InstanceDetail, InstancePage, Watch};
use leptos::prelude::*;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use serde_json::Value;

use crate::app::{app, pick};
use crate::diagram::{Diagram, Mark, Marks};
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::{nav, show, text};

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
    let flow: Flow = serde_json::from_value(flow).unwrap_or_default();
    let layout: Layout = serde_json::from_value(layout).unwrap_or_default();
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

/// One instance: its state, its drawing with "you are here", its incidents.
pub fn panel(id: String) -> AnyView {
    let path = format!("/api/instances/{}", nav::encode(&id));
    let found = fetch::<InstanceDetail>(move || Some(path.clone()));
    draw(found, |it| {
        let mut marks = Marks::default();
        for (node, count) in &it.passed {
            marks.nodes.insert(node.clone(), Mark { done: *count > 0, ..Mark::default() });
        }
        for node in &it.head.at {
            marks.nodes.entry(node.clone()).or_default().active = true;
        }
        for incident in &it.incidents {
            marks.nodes.entry(incident.node.clone()).or_default().incidents += 1;
        }
        marks.taken = it.taken.iter().filter(|(_, count)| **count > 0).map(|(id, _)| id.clone()).collect();
        let at = it.head.at.clone();
        let names = it.texts.clone();
        let flow = it.head.flow.clone();
        let here = move || {
            let lang = app().lang.get();
            let name = |node: &String| names.get(lang.tag()).and_then(|it| it.get(&format!("node/{flow}/{node}"))).cloned().unwrap_or_else(|| node.clone());
            at.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        let standing = !it.head.at.is_empty();
        let titles = it.head.titles.clone();
        let incidents = it.incidents.clone();
        view! {
            <section class="card">
                <header><h2 class="grow">{move || pick(&titles, app().lang.get())}</h2>
                    {(!it.head.current).then(|| view! { <span class="badge">{text::OLD_VERSION.get()}</span> })}
                    {state_badge(&it.head.state)}</header>
                <div class="inside stack">
                    {standing.then(|| view! { <p class="row wrap">{icon("crosshair")}<span class="muted">{text::YOU_ARE_HERE.get()}</span><span class="strong">{here}</span></p> })}
                    {incidents.into_iter().map(|it| view! {
                        <div class="banner danger">{icon("alert")}<span class="grow">{it.message}</span></div>
                    }).collect_view()}
                    {drawing(it.flow, it.layout, it.texts, Signal::stored(marks), None)}
                </div>
            </section>
        }
        .into_any()
    })
    .into_any()
}

/// The screen at `/flows/{flow}`: everything that runs, on the drawing, and as a list.
pub fn watch_page(flow: String) -> AnyView {
    let path = format!("/api/flows/{}/watch", nav::encode(&flow));
    let watch = fetch::<Watch>(move || Some(path.clone())).live();
    let node = RwSignal::new(None::<String>);
    let list_path = {
        let flow = flow.clone();
        move || {
            let node = node.get().map(|it| format!("&node={}", nav::encode(&it))).unwrap_or_default();
            Some(format!("/api/instances?flow={}&state=running&limit=50{node}", nav::encode(&flow)))
        }
    };
    let list = fetch::<InstancePage>(list_path).live();
    let texts = Memo::new(move |_| watch.value.with(|it| it.as_ref().map(|it| it.texts.clone()).unwrap_or_default()));
    let title = {
        let flow = flow.clone();
        Memo::new(move |_| {
            texts
                .with(|it| it.get(app().lang.get().tag()).and_then(|it| it.get(&format!("flow/{flow}")).cloned()))
                .unwrap_or_else(|| flow.clone())
        })
    };
    Effect::new(move |_| nav::title(&title.get()));
    let name = {
        let flow = flow.clone();
        move |node: &str| {
            texts
                .with(|it| {
                    it.get(app().lang.get().tag()).and_then(|it| it.get(&format!("node/{flow}/{node}")).cloned())
                })
                .unwrap_or_else(|| node.to_owned())
        }
    };
    let chosen_name = {
        let name = name.clone();
        move || node.get().map(|it| name(&it))
    };
    let rows = move |page: InstancePage| {
        if page.rows.is_empty() {
            return crate::ui::problem::empty("flow", text::NOTHING_RUNS, text::NOTHING_RUNS_WHY, ().into_any());
        }
        let name = name.clone();
        let rows = page.rows.into_iter().map(move |it| {
            let (at, name) = (it.at.clone(), name.clone());
            view! {
                <tr>
                    <td data-title=text::RECORD.get()><a class="row-link" href=format!("/records/{}/{}", it.module, it.record)>{it.record_label}</a></td>
                    <td data-title=text::STANDS_AT.get()>{move || at.iter().map(|it| name(it)).collect::<Vec<_>>().join(", ")}</td>
                    <td data-title=text::STARTED.get()>{show::ago(it.started_at)}</td>
                    <td data-title=text::STATE.get()><span class="row">{state_badge(&it.state)}
                        {(it.incidents > 0).then(|| view! { <span class="badge danger">{move || text::INCIDENT_OF.fill(&[&it.incidents.to_string()])}</span> })}
                        {(!it.current).then(|| view! { <span class="badge">{text::OLD_VERSION.get()}</span> })}</span></td>
                </tr>
            }
        }).collect_view();
        view! {
            <div class="table-wrap free"><table class="table">
                <thead><tr><th scope="col">{text::RECORD.get()}</th><th scope="col">{text::STANDS_AT.get()}</th><th scope="col">{text::STARTED.get()}</th><th scope="col">{text::STATE.get()}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <div class="page-head"><h1 class="grow">{text::RUNNING.get()}": "{title}</h1>
            {move || watch.value.with(|it| it.as_ref().map(|it| it.running)).map(|count| view! { <span class="badge accent">{move || text::RUNNING_OF.fill(&[&count.to_string()])}</span> })}
        </div>
        <div class="page-body">
            {draw(watch, move |it| {
                let mut marks = Marks::default();
                for (id, at) in &it.nodes {
                    marks.nodes.insert(id.clone(), Mark { active: at.count > 0, count: at.count, overdue: at.overdue, incidents: at.incidents, ..Mark::default() });
                }
                drawing(it.flow, it.layout, it.texts, Signal::stored(marks), Some(Callback::new(move |id: String| {
                    node.update(|it| *it = if it.as_ref() == Some(&id) { None } else { Some(id) });
                })))
            })}
            <div class="row wrap">
                <h2>{text::INSTANCES.get()}</h2>
                {move || chosen_name().map(|it| view! {
                    <span class="chip"><span class="chip-words">{it}</span><button type="button" class="chip-x" aria-label=text::CLEAR.get() on:click=move |_| node.set(None)>{icon("x")}</button></span>
                })}
            </div>
            {draw(list, rows)}
        </div>
    }
    .into_any()
}

//! Everything that runs of one flow: how much stands where, as a heat map by number, by waiting time, by what is overdue or
//! stuck; and as a list.

use std::collections::BTreeMap;

use ::api::instance::{InstancePage, Watch, WatchNode};
use leptos::prelude::*;

use super::{drawing, state_badge, words};
use crate::app::app;
use crate::diagram::{Mark, Marks};
use crate::text::Text;
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::{nav, show, text};

/// What a node's colour tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heat {
    Count,
    /// How long work has waited there on average.
    Time,
    Overdue,
    Incidents,
}

impl Heat {
    const ALL: [Heat; 4] = [Heat::Count, Heat::Time, Heat::Overdue, Heat::Incidents];

    fn words(self) -> Text {
        match self {
            Heat::Count => words::BY_COUNT,
            Heat::Time => words::BY_TIME,
            Heat::Overdue => words::BY_OVERDUE,
            Heat::Incidents => words::BY_INCIDENTS,
        }
    }

    fn of(self, it: &WatchNode) -> u64 {
        match self {
            Heat::Count => it.count,
            Heat::Time => it.waiting_seconds,
            Heat::Overdue => it.overdue,
            Heat::Incidents => it.incidents,
        }
    }
}

/// From cold to hot; classes of `style/50-diagram.css`.
const SHADES: [&str; 5] = [" heat-1", " heat-2", " heat-3", " heat-4", " heat-5"];

/// The nodes with their numbers, the hottest in the strongest shade.
fn heated(nodes: &BTreeMap<String, WatchNode>, heat: Heat) -> Marks {
    let most = nodes.values().map(|it| heat.of(it)).max().unwrap_or_default();
    let mut marks = Marks::default();
    for (id, it) in nodes {
        let now = heat.of(it);
        let shade = (now * SHADES.len() as u64).div_ceil(most.max(1)).clamp(1, SHADES.len() as u64) as usize;
        let look = if now == 0 { "" } else { SHADES[shade - 1] };
        let mark = Mark { count: it.count, overdue: it.overdue, incidents: it.incidents, look, ..Mark::default() };
        marks.nodes.insert(id.clone(), mark);
    }
    marks
}

/// A length of time in its largest unit.
fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..3_600 => (seconds / 60, words::MINUTES),
        3_600..172_800 => (seconds / 3_600, words::HOURS),
        _ => (seconds / 86_400, words::DAYS),
    };
    unit.fill(&[&count.to_string()])
}

/// What the colours tell, to be chosen.
fn heats(heat: RwSignal<Heat>) -> impl IntoView {
    let chips = Heat::ALL
        .into_iter()
        .map(|it| {
            view! {
                <button type="button" class="toggle-chip" data-heat=format!("{it:?}") aria-pressed=move || (heat.get() == it).to_string()
                    on:click=move |_| heat.set(it)>{it.words().get()}</button>
            }
        })
        .collect_view();
    view! {
        <div class="row wrap heat-bar" role="group" aria-label=words::HEAT.get()><span class="faint">{words::HEAT.get()}</span>{chips}
            <span class="heat-legend" aria-hidden="true">{SHADES.iter().map(|it| view! { <i class=it.trim()></i> }).collect_view()}</span></div>
    }
}

/// The screen at `/flows/{flow}`: everything that runs, on the drawing, and as a list.
pub fn watch_page(flow: String) -> AnyView {
    let path = format!("/api/flows/{}/watch", nav::encode(&flow));
    let watch = fetch::<Watch>(move || Some(path.clone())).live();
    let node = RwSignal::new(None::<String>);
    let heat = RwSignal::new(Heat::Count);
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
            let own =
                texts.with(|it| it.get(app().lang.get().tag()).and_then(|it| it.get(&format!("flow/{flow}")).cloned()));
            // Until it is known, nothing rather than a key.
            let known = watch.value.with(Option::is_some) || watch.fault.with(Option::is_some);
            own.unwrap_or_else(|| if known { flow.clone() } else { String::new() })
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
    let name_of = name.clone();
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
        <div class="page-head"><h1 class="grow">{text::RUNNING.get()}{move || title.with(|it| if it.is_empty() { String::new() } else { format!(": {it}") })}</h1>
            {move || watch.value.with(|it| it.as_ref().map(|it| it.running)).map(|count| view! { <span class="badge accent">{move || text::RUNNING_OF.fill(&[&count.to_string()])}</span> })}
        </div>
        <div class="page-body">
            {heats(heat)}
            {draw(watch, move |it| {
                let nodes = StoredValue::new(it.nodes);
                let marks = Signal::derive(move || nodes.with_value(|it| heated(it, heat.get())));
                drawing(it.flow, it.layout, it.texts, marks, Some(Callback::new(move |id: String| {
                    node.update(|it| *it = if it.as_ref() == Some(&id) { None } else { Some(id) });
                })))
            })}
            {move || watch.value.with(|it| it.as_ref().map(|it| longest(it, &name_of)))}
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

/// Where work waits longest, in words.
fn longest(it: &Watch, name: &impl Fn(&str) -> String) -> AnyView {
    let mut nodes: Vec<(&String, &WatchNode)> = it.nodes.iter().filter(|it| it.1.waiting_seconds > 0).collect();
    nodes.sort_by_key(|it| std::cmp::Reverse(it.1.waiting_seconds));
    let rows = nodes
        .into_iter()
        .take(3)
        .map(|(id, it)| {
            let oldest = it.oldest.clone();
            view! {
                <li data-waits=id.clone()>{words::WAITS.fill(&[&name(id), &span(it.waiting_seconds)])}
                    {oldest.map(|it| view! { <span class="faint">" · "{words::OLDEST.get()}" "{show::ago(it)}</span> })}</li>
            }
        })
        .collect_view();
    view! { <ul class="plain-list heat-list">{rows}</ul> }.into_any()
}

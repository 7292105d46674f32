//! One instance: its state, its drawing with "you are here", how it came there (wound back and forth through its facts),
//! its incidents, and what those who run flows may do with it.

use ::api::instance::InstanceDetail;
use edit::film::Film;
use leptos::prelude::*;

use super::{drawing, operate, state_badge, words};
use crate::app::{app, pick};
use crate::diagram::{Mark, Marks};
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::{nav, show, text};

/// The panel; it follows what happens.
pub fn panel(id: String) -> AnyView {
    let path = format!("/api/instances/{}", nav::encode(&id));
    let found = fetch::<InstanceDetail>(move || Some(path.clone()));
    let again = Callback::new(move |()| found.reload());
    draw(found, move |it| shown(it, again)).into_any()
}

/// Where tokens are in a picture, and what was passed until then; in the last one what is known of now.
fn marks(it: &InstanceDetail, film: &Film, at: usize) -> Marks {
    let mut marks = Marks::default();
    let passed = film.passed(at);
    for id in &passed {
        marks.nodes.insert(id.clone(), Mark { done: true, ..Mark::default() });
    }
    marks.taken = passed;
    if let Some(frame) = film.frames.get(at) {
        for id in frame.nodes.keys() {
            marks.nodes.entry(id.clone()).or_default().active = true;
        }
    }
    if at + 1 >= film.frames.len() {
        for id in &it.head.at {
            marks.nodes.entry(id.clone()).or_default().active = true;
        }
        for incident in &it.incidents {
            marks.nodes.entry(incident.node.clone()).or_default().incidents += 1;
        }
    }
    marks
}

fn shown(it: InstanceDetail, again: Callback<()>) -> AnyView {
    let film = StoredValue::new(Film::of_facts(&it.facts));
    let last = film.with_value(|it| it.frames.len().saturating_sub(1));
    let at = RwSignal::new(last);
    let detail = StoredValue::new(it.clone());
    let drawn = Signal::derive(move || detail.with_value(|it| film.with_value(|film| marks(it, film, at.get()))));
    let name = move |node: &str| {
        detail.with_value(|it| {
            let address = format!("node/{}/{node}", it.head.flow);
            let shown = it.texts.get(app().lang.get().tag()).and_then(|it| it.get(&address));
            shown.cloned().unwrap_or_else(|| node.to_owned())
        })
    };
    let here = move || detail.with_value(|it| it.head.at.iter().map(|it| name(it)).collect::<Vec<_>>().join(", "));
    let standing = !it.head.at.is_empty();
    let titles = it.head.titles.clone();
    let may = it.may_operate;
    let incidents = it
        .incidents
        .iter()
        .map(|it| {
            let id = it.id.clone();
            view! {
                <div class="banner danger">{icon("alert")}<span class="grow">{it.message.clone()}</span>
                    {may.then(|| view! { <button type="button" class="button small" data-act="retry" on:click=move |_| operate::retry(&id, again)>{icon("refresh")}{words::RETRY.get()}</button> })}</div>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <header><h2 class="grow">{move || pick(&titles, app().lang.get())}</h2>
                {(!it.head.current).then(|| view! { <span class="badge">{text::OLD_VERSION.get()}</span> })}
                {state_badge(&it.head.state)}</header>
            <div class="inside stack">
                {standing.then(|| view! { <p class="row wrap">{icon("crosshair")}<span class="muted">{text::YOU_ARE_HERE.get()}</span><span class="strong">{here}</span></p> })}
                {incidents}
                {drawing(it.flow.clone(), it.layout.clone(), it.texts.clone(), drawn, None)}
                {(last > 0).then(|| timeline(film, at, last, name))}
                {may.then(|| operate::bar(it, again))}
            </div>
        </section>
    }
    .into_any()
}

/// Winds the instance back and forth.
fn timeline(
    film: StoredValue<Film>,
    at: RwSignal<usize>,
    last: usize,
    name: impl Fn(&str) -> String + Copy + Send + Sync + 'static,
) -> AnyView {
    let said = move || {
        film.with_value(|it| {
            let Some(frame) = it.frames.get(at.get()) else { return String::new() };
            match &frame.element {
                Some(id) => words::AT_MOMENT.fill(&[&name(id), words::event(&frame.event).read()]),
                None => words::BEFORE_ALL.read().to_owned(),
            }
        })
    };
    let when = move || {
        film.with_value(|it| it.frames.get(at.get()).map(|it| it.at.clone()))
            .filter(|it| !it.is_empty())
            .map(|it| show::moment(&it, app().lang.get()))
    };
    view! {
        <div class="timeline" role="group" aria-label=words::TIMELINE.get()>
            <div class="player-row">
                <button type="button" class="button plain icon-only small" data-act="earlier" aria-label=words::EARLIER.get() title=words::EARLIER.get()
                    disabled=move || at.get() == 0 on:click=move |_| at.update(|it| *it = it.saturating_sub(1))>{icon("step-back")}</button>
                <button type="button" class="button plain icon-only small" data-act="later" aria-label=words::LATER.get() title=words::LATER.get()
                    disabled=move || at.get() == last on:click=move |_| at.update(|it| *it = (*it + 1).min(last))>{icon("step")}</button>
                <input type="range" min="0" max=last.to_string() prop:value=move || at.get().to_string() aria-label=words::TIMELINE.get()
                    aria-valuetext=said on:input=move |event| at.set(event_target_value(&event).parse().unwrap_or(last).min(last))/>
                <span class="faint player-at">{move || words::MOMENT_OF.fill(&[&at.get().to_string(), &last.to_string()])}</span>
                <button type="button" class="button small" disabled=move || at.get() == last on:click=move |_| at.set(last)>{words::NOW.get()}</button>
            </div>
            <p class="player-said" role="status"><span data-moment="">{said}</span>{move || when().map(|it| view! { <span class="faint">" · "{it}</span> })}</p>
        </div>
    }
    .into_any()
}

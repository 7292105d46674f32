//! The scenarios of the pack, played on the draft in the engine's worker: which pass, which fail and why, and which
//! edit broke one. A part of its own, loaded when somebody first opens it (`later.rs`). [`record`] makes one of a run
//! that was tried.

mod record;
mod words;

use edit::{Document, Edit};
use leptos::{prelude::*, task::spawn_local};
use runtime::scenario::ScenarioReport;
use serde_json::{Value, json};

use super::desk::Desk;
use super::words as general;
use crate::app::app;
use crate::rules::{self, Failure};
use crate::text;
use crate::ui::dialog::Dialog;
use crate::ui::icon::icon;
pub use record::{Tried, dialog as record_dialog};

/// How a scenario stands.
#[derive(Clone, Debug, PartialEq)]
enum Played {
    Waits,
    Came(Box<ScenarioReport>),
    /// The engine did not answer.
    Fault(String),
}

/// Which edit broke one.
#[derive(Clone, Debug, PartialEq)]
enum Culprit {
    Searching,
    /// The name of the step, and how many have to be taken back.
    Step(edit::edit::Name, usize),
    BeforeSession,
    Live,
}

/// A scenario in the list.
#[derive(Clone)]
struct Row {
    name: String,
    title: String,
    played: RwSignal<Played>,
    culprit: RwSignal<Option<Culprit>>,
}

/// Plays a scenario; `draft` on top of the live files.
async fn play(pack: &str, draft: &Value, name: &str, scenario: Option<&Value>) -> Result<ScenarioReport, Failure> {
    let ask = json!({ "id": pack, "draft": draft, "name": name, "scenario": scenario });
    rules::call::<_, ScenarioReport>("scenario.run", &ask).await
}

fn why(it: &Failure) -> String {
    match it {
        Failure::Refused(_, message) => message.clone(),
        Failure::Unavailable | Failure::Timeout => text::OFFLINE.now().to_owned(),
    }
}

/// The pack and its draft, as the engine takes them.
fn drafted(it: &Document) -> (String, Value) {
    (it.pack.clone(), json!(it.files()))
}

/// The dialog with all of them; they are played when it opens.
pub fn dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    let rows = RwSignal::new(Vec::<Row>::new());
    let running = RwSignal::new(None::<usize>);
    let turn = StoredValue::new(0u64);
    // What is seen of a run lives as long as the dialog, not as long as the row whose button began it.
    let owner = StoredValue::new(Owner::current().unwrap_or_default());
    let run = move || {
        let fresh: Vec<Row> = desk.document.with_untracked(|it| {
            let row = |name: &str, title: &str| {
                owner.with_value(|it| {
                    it.with(|| Row {
                        name: name.to_owned(),
                        title: title.to_owned(),
                        played: RwSignal::new(Played::Waits),
                        culprit: RwSignal::new(None),
                    })
                })
            };
            it.scenarios()
                .map(|(name, played)| row(name, &desk.words_now(it, &format!("scenario/{name}"), &played.title)))
                .collect()
        });
        rows.set(fresh.clone());
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        let (pack, draft) = desk.document.with_untracked(drafted);
        spawn_local(async move {
            for (at, it) in fresh.iter().enumerate() {
                if turn.try_get_value() != Some(mine) {
                    return;
                }
                running.try_set(Some(at));
                let came = play(&pack, &draft, &it.name, None).await;
                it.played.try_set(came.map_or_else(|it| Played::Fault(why(&it)), |it| Played::Came(Box::new(it))));
            }
            if turn.try_get_value() == Some(mine) {
                running.try_set(None);
            }
        });
    };
    Effect::new(move |_| {
        if open.get() {
            run();
        } else {
            turn.update_value(|it| *it += 1);
        }
    });
    let sum = move || {
        let all = rows.get();
        let (mut good, mut bad) = (0, 0);
        for it in &all {
            match it.played.get() {
                Played::Came(it) if it.passed => good += 1,
                Played::Came(_) | Played::Fault(_) => bad += 1,
                Played::Waits => {}
            }
        }
        view! {
            <p class="row wrap" role="status" data-scenarios=if running.get().is_some() { "running" } else { "done" }>
                {running.get().map(|at| view! { <span class="faint">{words::RUNS.fill(&[&(at + 1).to_string(), &all.len().to_string()])}</span> })}
                {(good > 0).then(|| view! { <span class="badge success">{words::PASSED_OF.fill(&[&good.to_string()])}</span> })}
                {(bad > 0).then(|| view! { <span class="badge danger">{words::FAILED_OF.fill(&[&bad.to_string()])}</span> })}
            </p>
        }
    };
    let list = move || {
        let all = rows.get();
        if all.is_empty() {
            return view! { <p class="faint">{words::NONE.get()}</p> }.into_any();
        }
        view! { <ul class="plain-list scenario-list">{all.into_iter().map(|it| row(desk, it, run)).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <Dialog open=open title=words::TITLE wide=true>
            <div class="body"><p class="faint">{words::WHY.get()}</p>{sum}{list}</div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CLOSE.get()}</button>
                <button type="button" class="button primary" data-act="run-all" disabled=move || running.get().is_some() || rows.with(Vec::is_empty)
                    on:click=move |_| run()>{icon("play")}{words::RUN_ALL.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn row(desk: Desk, it: Row, run: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let (played, culprit) = (it.played, it.culprit);
    let state = move || {
        let (tone, words) = match played.get() {
            Played::Waits => ("", words::WAITS),
            Played::Came(it) if it.passed => ("success", words::PASSED),
            Played::Came(_) | Played::Fault(_) => ("danger", words::FAILED),
        };
        view! { <span class=format!("badge {tone}")>{words.read()}</span> }
    };
    let name = StoredValue::new(it.name.clone());
    let more = move || match played.get() {
        Played::Waits => ().into_any(),
        Played::Fault(why) => view! { <p class="faint">{words::NOT_PLAYED.fill(&[&why])}</p> }.into_any(),
        Played::Came(it) if it.passed => ().into_any(),
        Played::Came(it) => {
            let search = move |_| find_culprit(desk, name.get_value(), culprit);
            view! {
                {failures(&it)}
                {trace(&it)}
                <p class="row wrap">{move || blamed(desk, culprit, run)}
                    {move || culprit.get().is_none().then(|| view! { <button type="button" class="button small" data-act="which-edit" on:click=search>{icon("history")}{words::WHICH_EDIT.get()}</button> })}
                </p>
            }
            .into_any()
        }
    };
    view! {
        <li class="scenario-row" data-scenario=it.name.clone()
            data-state=move || match played.get() { Played::Waits => "waits", Played::Came(it) if it.passed => "passed", Played::Came(_) | Played::Fault(_) => "failed" }>
            <div class="change-head"><h4>{it.title.clone()}</h4>{state}<code class="faint">{it.name.clone()}</code></div>
            {more}
        </li>
    }
    .into_any()
}

/// What did not go as expected.
fn failures(it: &ScenarioReport) -> AnyView {
    it.steps
        .iter()
        .filter(|it| !it.passed)
        .map(|it| {
            let step = words::AT_STEP.fill(&[&(it.index + 1).to_string(), &it.note]);
            let says = it.failures.iter().map(|it| view! { <li>{it.text(app().lang.get().tag())}</li> }).collect_view();
            view! { <div class="alert-line danger">{icon("alert")}<div><strong>{step}</strong><ul class="plain-list">{says}</ul></div></div> }
        })
        .collect_view()
        .into_any()
}

fn trace(it: &ScenarioReport) -> AnyView {
    view! { <details class="impact-list"><summary>{words::TRACE.get()}</summary><pre class="trace">{it.trace.join("\n")}</pre></details> }
        .into_any()
}

fn blamed(desk: Desk, culprit: RwSignal<Option<Culprit>>, run: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    match culprit.get() {
        None => ().into_any(),
        Some(Culprit::Searching) => view! { <span class="faint">{words::SEARCHING.get()}</span> }.into_any(),
        Some(Culprit::Live) => view! { <span class="badge">{words::LIVE_TOO.get()}</span> }.into_any(),
        Some(Culprit::BeforeSession) => view! { <span class="badge">{words::BEFORE_SESSION.get()}</span> }.into_any(),
        Some(Culprit::Step(step, back)) => {
            let says = words::BROKE_IT.fill(&[general::step(&step).read(), &back.to_string()]);
            let undo = move |_| {
                (0..back).for_each(|_| desk.undo());
                run();
            };
            view! {
                <span class="badge warning" data-culprit=step.verb>{says}</span>
                <button type="button" class="button small" data-act="take-back" on:click=undo>{icon("return")}{words::TAKE_BACK.get()}</button>
            }
            .into_any()
        }
    }
}

/// Takes steps back on a copy, halving, until the one is found behind which the scenario fails.
fn find_culprit(desk: Desk, name: String, into: RwSignal<Option<Culprit>>) {
    into.set(Some(Culprit::Searching));
    let document = desk.document.get_untracked();
    spawn_local(async move {
        // The scenario is asked as it stands now, whatever is taken back: it may be younger than what broke it.
        let path = format!("scenarios/{name}.json");
        let own = json!(document.files()).get(&path).cloned();
        let passes = async |mut draft: Value| {
            if let (Some(own), Some(files)) = (&own, draft.as_object_mut()) {
                files.insert(path.clone(), own.clone());
            }
            play(&document.pack, &draft, &name, None).await.is_ok_and(|it| it.passed)
        };
        let back = |steps: usize| {
            let mut then = document.clone();
            (0..steps).for_each(|_| {
                then.undo();
            });
            json!(then.files())
        };
        let names = document.history.names();
        let found = if !passes(back(names.len())).await {
            if passes(json!({})).await { Culprit::BeforeSession } else { Culprit::Live }
        } else {
            // It fails with `bad` steps taken back, and passes with `good`.
            let (mut bad, mut good) = (0, names.len());
            while good - bad > 1 {
                let middle = bad + (good - bad) / 2;
                if passes(back(middle)).await {
                    good = middle;
                } else {
                    bad = middle;
                }
            }
            match names.get(names.len() - good) {
                Some(step) => Culprit::Step(step.clone(), good),
                None => Culprit::BeforeSession,
            }
        };
        into.try_set(Some(found));
    });
}

/// Writes a scenario into the draft under a name nobody has.
fn keep(desk: Desk, it: runtime::model::scenario::Scenario) -> bool {
    let name = desk.document.with_untracked(|document| {
        let taken = |name: &str| document.scenario_names().any(|it| it == name);
        (1..).map(|at| format!("tried-{at}")).find(|it| !taken(it))
    });
    name.is_some_and(|name| desk.edit(Edit::Scenario { name, scenario: Some((&it).into()) }))
}

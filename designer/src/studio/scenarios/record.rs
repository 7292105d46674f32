//! A run that was tried becomes a scenario of the pack: with whose people and records, who does each step, how it went.

use leptos::{prelude::*, task::spawn_local};
use runtime::model::scenario::{Deed, Scenario, ScenarioStep};
use runtime::scenario::{Recorded, ScenarioReport};
use serde_json::{Map, Value, json};

use super::{drafted, failures, keep, play, trace, why, words};
use crate::app::{Tone, app};
use crate::rules;
use crate::studio::desk::Desk;
use crate::text;
use crate::ui::dialog::Dialog;
use crate::ui::icon::icon;

/// What was tried: the flow, what happened, the record's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tried {
    pub flow: String,
    pub script: Vec<Value>,
    pub data: Map<String, Value>,
    /// The scenario whose people took part.
    pub cast: String,
}

/// The dialog; `tried` is asked when it opens.
pub fn dialog(desk: Desk, open: RwSignal<bool>, tried: Callback<(), Tried>) -> AnyView {
    let title = RwSignal::new(String::new());
    let base = RwSignal::new(String::new());
    let made = RwSignal::new(None::<Recorded>);
    let report = RwSignal::new(None::<ScenarioReport>);
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let known = StoredValue::new(Tried::default());
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        let now = untrack(|| tried.run(()));
        desk.document.with_untracked(|it| {
            let name = it.flow(&now.flow).map(|flow| desk.words_now(it, &format!("flow/{}", now.flow), &flow.name));
            title.set(words::NAME_DEFAULT.fill_now(&[&name.unwrap_or_else(|| now.flow.clone())]));
            // With those it was tried with, where they are of the pack.
            let stages = edit::trial::stages(it, &now.flow);
            let same = stages.iter().find(|it| it.0 == now.cast).or(stages.first());
            base.set(same.map(|it| it.0.clone()).unwrap_or_default());
        });
        known.set_value(now);
        made.set(None);
        report.set(None);
        fault.set(None);
    });
    let check = move |scenario: Scenario| {
        let (pack, draft) = desk.document.with_untracked(drafted);
        spawn_local(async move {
            match play(&pack, &draft, "", Some(&json!(scenario))).await {
                Ok(it) => {
                    report.try_set(Some(it));
                }
                Err(it) => {
                    fault.try_set(Some(why(&it)));
                }
            }
            busy.try_set(false);
        });
    };
    let make = move |_| {
        let (pack, draft) = desk.document.with_untracked(drafted);
        let tried = known.get_value();
        let ask = json!({
            "id": pack, "draft": draft, "flow": tried.flow, "base": base.get_untracked(), "title": title.get_untracked(),
            "data": tried.data, "script": tried.script,
        });
        busy.set(true);
        fault.set(None);
        report.set(None);
        spawn_local(async move {
            match rules::call::<_, Recorded>("scenario.record", &ask).await {
                Ok(it) => {
                    made.try_set(Some(it.clone()));
                    check(it.scenario);
                }
                Err(it) => {
                    busy.try_set(false);
                    fault.try_set(Some(why(&it)));
                }
            }
        });
    };
    let save = move |_| {
        let Some(mut it) = made.get_untracked().map(|it| it.scenario) else { return };
        it.title = title.get_untracked();
        let name = it.title.clone();
        if keep(desk, it) {
            app().toast(Tone::Good, words::SAVED.fill_now(&[&name]));
            open.set(false);
        }
    };
    let somebody_else = move |at: usize, who: String| {
        made.update(|it| {
            if let Some(step) = it.as_mut().and_then(|it| it.scenario.steps.get_mut(at)) {
                step.who = Some(who);
            }
        });
        if let Some(it) = made.get_untracked() {
            busy.set(true);
            check(it.scenario);
        }
    };
    let offered = move || {
        desk.document.with_untracked(|it| {
            let title = |name: &str, own: &str| desk.words_now(it, &format!("scenario/{name}"), own);
            it.scenarios().map(|(name, it)| (name.to_owned(), title(name, &it.title))).collect::<Vec<_>>()
        })
    };
    let outcome = move || {
        let stopped = made.with(|it| it.as_ref().and_then(|it| it.stopped.clone()));
        view! {
            {fault.get().map(|it| view! { <p class="alert-line danger">{icon("alert")}<span>{it}</span></p> })}
            {stopped.map(|it| view! { <p class="alert-line warning" data-stopped="">{icon("alert")}<span>{words::STOPPED.fill(&[&it])}</span></p> })}
            {report.get().map(|it| if it.passed {
                view! { <p><span class="badge success" data-recorded="passed">{icon("check")}{words::ALL_PASSED.get()}</span></p> }.into_any()
            } else {
                view! { <div data-recorded="failed">{failures(&it)}{trace(&it)}</div> }.into_any()
            })}
        }
    };
    let steps = move || {
        made.get().map(|it| {
            let people: Vec<String> = it.scenario.actors.iter().map(|it| it.user.clone()).collect();
            let rows = it
                .scenario
                .steps
                .iter()
                .enumerate()
                .map(|(at, step)| row(desk, known, at, step, &people, somebody_else))
                .collect_view();
            view! { <h4 class="prop-head">{words::STEPS.get()}</h4><ol class="recorded-steps">{rows}</ol> }
        })
    };
    view! {
        <Dialog open=open title=words::SAVE_TITLE wide=true>
            <div class="body">
                <p class="faint">{words::SAVE_WHY.get()}</p>
                {move || if offered().is_empty() {
                    view! { <p class="banner warning">{icon("alert")}<span class="grow">{words::NO_BASE.get()}</span></p> }.into_any()
                } else {
                    let now = base.get_untracked();
                    let options = offered().into_iter().map(|(name, title)| view! { <option value=name.clone() selected=name == now>{title}</option> }).collect_view();
                    view! {
                        <label class="prop"><span>{words::NAME.get()}</span>
                            <input class="input" type="text" prop:value=move || title.get() on:input=move |event| title.set(event_target_value(&event))/></label>
                        <label class="prop"><span>{words::AFTER.get()}</span>
                            <select class="input" data-act="base" on:change=move |event| { base.set(event_target_value(&event)); made.set(None); report.set(None); }>{options}</select></label>
                    }.into_any()
                }}
                {outcome}{steps}
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button" class:primary=move || made.with(Option::is_none) data-act="make-scenario" class:busy=move || busy.get()
                    disabled=move || busy.get() || base.with(String::is_empty) on:click=make>{icon("play")}{words::MAKE.get()}</button>
                <button type="button" class="button" class:primary=move || made.with(Option::is_some) data-act="keep-scenario"
                    disabled=move || busy.get() || title.with(|it| it.trim().is_empty()) || report.with(|it| it.as_ref().is_none_or(|it| !it.passed)) on:click=save>{words::SAVE.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

/// One step: who does what, and what is open then.
fn row(
    desk: Desk,
    tried: StoredValue<Tried>,
    at: usize,
    step: &ScenarioStep,
    people: &[String],
    change: impl Fn(usize, String) + Copy + Send + Sync + 'static,
) -> AnyView {
    let flow = tried.with_value(|it| it.flow.clone());
    let node = |id: &str| {
        desk.document.with_untracked(|it| {
            let own =
                it.flow(&flow).and_then(|it| edit::tree::find(it, id)).map(|it| it.name.clone()).unwrap_or_default();
            let name = desk.words(it, &format!("node/{flow}/{id}"), &own);
            if name.trim().is_empty() { id.to_owned() } else { name }
        })
    };
    let says = match &step.deed {
        Deed::Create { .. } => words::STEP_CREATE.read().to_owned(),
        Deed::Complete { node: id, outcome, .. } => {
            words::STEP_DONE.fill(&[&node(id), &outcome_title(desk, &flow, id, outcome)])
        }
        Deed::Advance { by } => words::STEP_TIME.fill(&[by.replace('T', " ").trim_end_matches('Z')]),
        Deed::Message { name, .. } => words::STEP_MESSAGE.fill(&[name]),
        Deed::Answer { plugin, function, .. } => words::STEP_ANSWER.fill(&[plugin, function]),
        Deed::Update { .. }
        | Deed::Read { .. }
        | Deed::Claim { .. }
        | Deed::Release { .. }
        | Deed::Return { .. }
        | Deed::HandOver { .. } => String::new(),
    };
    let then = step.expect.as_ref().and_then(|it| it.tasks.as_ref()).map(|it| {
        let open: Vec<String> = it.iter().map(|it| node(&it.node)).collect();
        if open.is_empty() { words::THEN_NOTHING.read().to_owned() } else { words::THEN_OPEN.fill(&[&open.join(", ")]) }
    });
    let who = step.who.clone().map(|now| {
        let options = people.iter().map(|it| view! { <option value=it.clone() selected=*it == now>{it.clone()}</option> }).collect_view();
        view! {
            <select class="input small" aria-label=words::WHO.get() data-who=at.to_string() on:change=move |event| change(at, event_target_value(&event))>{options}</select>
        }
    });
    view! { <li class="recorded-step">{who}<span class="grow">{says}{then.map(|it| view! { <small class="faint">{it}</small> })}</span></li> }
        .into_any()
}

fn outcome_title(desk: Desk, flow: &str, node: &str, outcome: &str) -> String {
    desk.document.with_untracked(|it| {
        let own = it.flow(flow).and_then(|it| match &edit::tree::find(it, node)?.kind {
            runtime::model::flow::ElementKind::UserTask(task) => {
                task.outcomes.iter().find(|it| it.id == outcome).map(|it| it.title.clone())
            }
            _ => None,
        });
        desk.words(it, &format!("outcome/{flow}/{node}/{outcome}"), &own.unwrap_or_else(|| outcome.to_owned()))
    })
}

//! When it goes live: at once, or at a time somebody chooses; and what is planned already.

use ::api::Problem;
use ::api::publish::{Plan, Planned};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::impact::Outlook;
use super::words;
use crate::app::{Tone, app};
use crate::studio::desk::Desk;
use crate::ui::icon::icon;
use crate::{api, show};

/// What was chosen.
#[derive(Clone, Copy)]
pub struct When {
    pub later: RwSignal<bool>,
    /// As the browser's input has it: local, without a zone.
    at: RwSignal<String>,
}

impl Default for When {
    fn default() -> Self {
        When { later: RwSignal::new(false), at: RwSignal::new(String::new()) }
    }
}

impl When {
    /// The time, RFC 3339; none: it is not one, or past.
    pub fn moment(self) -> Option<String> {
        let at = self.at.get();
        let date = js_sys::Date::new(&at.as_str().into());
        let time = date.get_time();
        (!at.is_empty() && time.is_finite() && time > js_sys::Date::now())
            .then(|| date.to_iso_string().as_string())
            .flatten()
    }
}

/// The section of the dialog.
pub fn section(desk: Desk, when: When) -> AnyView {
    let option = move |later: bool, title: crate::text::Text| {
        view! {
            <label class="choice-row">
                <input type="radio" name="when" data-when=if later { "later" } else { "now" } prop:checked=move || when.later.get() == later
                    on:change=move |_| when.later.set(later)/>
                <span>{title.get()}</span>
            </label>
        }
    };
    let time = move || {
        when.later.get().then(|| {
            view! {
                <label class="prop"><span>{words::TIME.get()}</span>
                    <input class="input" type="datetime-local" data-act="plan-time" prop:value=move || when.at.get()
                        on:input=move |event| when.at.set(event_target_value(&event))/>
                    {move || (!when.at.get().is_empty() && when.moment().is_none()).then(|| view! { <small class="prop-fault">{words::TIME_PAST.get()}</small> })}
                </label>
                <p class="faint">{words::LATER_WHY.get()}</p>
            }
        })
    };
    let drops = move || {
        (!when.later.get() && desk.planned.with(|it| it.as_ref().is_some_and(|it| it.failed.is_none())))
            .then(|| view! { <p class="faint">{words::NOW_DROPS_PLAN.get()}</p> })
    };
    view! {
        <section class="publish-part">
            <fieldset class="choice-rows"><legend>{words::WHEN.get()}</legend>
                {option(false, words::AT_ONCE)}{option(true, words::LATER)}
            </fieldset>
            {time}{drops}
        </section>
    }
    .into_any()
}

/// What is planned, and what became of it; `fault`: why it could not be recalled.
pub fn banner(desk: Desk, fault: RwSignal<Option<Problem>>) -> AnyView {
    (move || {
        desk.planned.get().map(|it| {
            let at = show::moment(&it.at, app().lang.get());
            let (tone, says) = match &it.failed {
                Some(why) => ("danger", words::PLAN_FAILED.fill(&[&at, words::why(why).read()])),
                None => ("info", words::PLANNED_BY.fill(&[&it.by, &at])),
            };
            view! {
                <div class=format!("banner {tone}") role="status" data-planned=it.at.clone()>
                    {icon("clock")}<span class="grow">{says}</span>
                    <button type="button" class="button small" data-act="recall" on:click=move |_| recall(desk, fault)>{words::RECALL.get()}</button>
                </div>
            }
        })
    })
    .into_any()
}

fn recall(desk: Desk, fault: RwSignal<Option<Problem>>) {
    let path = desk.path("planned");
    spawn_local(async move {
        match api::delete(&path).await {
            Ok(()) => {
                desk.planned.try_set(None);
                fault.try_set(None);
                app().toast(Tone::Good, words::RECALLED.now());
            }
            Err(why) => drop(fault.try_set(Some(why))),
        }
    });
}

/// Plans it.
pub fn make(
    desk: Desk,
    outlook: Outlook,
    when: When,
    note: RwSignal<String>,
    busy: RwSignal<bool>,
    done: Callback<String>,
    failed: Callback<Problem>,
) {
    let Some(at) = untrack(|| when.moment()) else { return };
    let path = desk.path("planned");
    let body = Plan {
        revision: desk.revision(),
        at,
        note: note.get_untracked(),
        running: outlook.running.get_untracked(),
        mappings: outlook.mappings.get_untracked(),
    };
    busy.set(true);
    spawn_local(async move {
        let answer = api::send::<_, Planned>(Method::PUT, &path, &body).await;
        busy.try_set(false);
        match answer {
            Ok(it) => {
                let at = show::moment(&it.at, app().lang.get_untracked());
                desk.planned.try_set(Some(it));
                when.later.try_set(false);
                done.run(words::PLANNED_NOW.fill_now(&[&at]));
            }
            Err(why) => failed.run(why),
        }
    });
}

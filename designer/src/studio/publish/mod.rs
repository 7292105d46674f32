//! Publishing: what changes ([`changes`]), what runs and what becomes of it ([`impact`]), which scenarios it breaks ([`played`]), when ([`plan`]); and the versions
//! there were ([`versions`]); what two people changed at once ([`meet`], [`clash`]). A part of its own, loaded when somebody first opens it (`later.rs`).

mod changes;
mod clash;
mod impact;
mod meet;
mod plan;
mod played;
mod versions;
mod words;

use ::api::publish::Running;
use ::api::studio::{Publish, Published};
use edit::compare::Files;
use leptos::{prelude::*, task::spawn_local};
use runtime::alert::{Severity, publishable};

use super::alerts::tone;
use super::desk::{Desk, Saved};
use super::say::sentence;
use super::{together, words as general};
use crate::api;
use crate::app::{Tone, app};
use crate::text;
use crate::ui::dialog::{Dialog, Titled};
use crate::ui::icon::icon;
use crate::ui::problem;
pub use changes::changes;
pub use clash::dialog as clash_dialog;
use impact::Outlook;
pub use meet::put;
pub use versions::versions;

/// The live files.
fn live(desk: Desk) -> Files {
    desk.source.with_value(|it| it.files.clone())
}

/// The files as they are drafted.
fn drafted(desk: Desk) -> Files {
    let mut files = live(desk);
    for (path, text) in desk.document.with_untracked(|it| it.files()) {
        match text {
            Some(text) => files.insert(path, text),
            None => files.remove(&path),
        };
    }
    files
}

/// Says what will be published, or why not; beside it, whether to throw the draft away.
pub fn dialog(desk: Desk, open: RwSignal<bool>, reload: Callback<()>) -> AnyView {
    let dropping = RwSignal::new(false);
    let note = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let outlook = Outlook::new(desk);
    let when = plan::When::default();
    let pack = desk.source.with_value(|it| it.id.clone());
    let title = Signal::derive(move || {
        let own = desk.document.with(|it| it.manifest().map(|pack| desk.words(it, "pack", &pack.title)));
        general::PUBLISH_TITLE.fill(&[own.as_deref().unwrap_or(&pack)])
    });
    let empty = Memo::new(move |_| desk.document.with(|it| it.files().is_empty()));
    let blocked = Memo::new(move |_| desk.alerts.with(|it| !publishable(it)));
    let settled = Memo::new(move |_| matches!(desk.saved.get(), Saved::Clean | Saved::Done));
    // Asked of what the server has, each time it is opened and as soon as it is saved.
    Effect::new(move |_| {
        if open.get() && settled.get() && !blocked.get() && !empty.get() {
            outlook.found.set(None);
            outlook.ask();
        }
    });
    let done = move |words: String| {
        app().toast(Tone::Good, words);
        open.try_set(false);
        reload.run(());
    };
    let fault = RwSignal::new(None::<::api::Problem>);
    Effect::new(move |_| {
        open.track();
        fault.set(None);
    });
    let failed = move |why: ::api::Problem| {
        if why.status == 409 && why.kind != "not-publishable" {
            open.try_set(false);
            together::meet(desk, &std::collections::BTreeMap::new());
        } else {
            fault.try_set(Some(why));
        }
    };
    let refused = move || {
        fault.with(|it| it.as_ref().is_some_and(|it| it.kind == "not-publishable")).then(|| {
            view! { <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{general::NOT_PUBLISHED.get()}</span></div> }
        })
    };
    let other = RwSignal::new(None);
    Effect::new(move |_| other.set(fault.get().filter(|it| it.kind != "not-publishable")));
    // What the server has not got cannot be looked at, nor published.
    let unsaved = move || {
        (desk.saved.get() == Saved::Failed).then(|| {
            view! {
                <div class="banner danger" role="alert" data-unsaved="">{icon("alert")}<span class="grow">{general::NOT_SAVED_YET.get()}</span>
                    <button type="button" class="button small" on:click=move |_| desk.save()>{icon("refresh")}{text::RETRY.get()}</button></div>
            }
        })
    };
    // Nor what somebody else has saved otherwise, until it is put together.
    let met = move || {
        desk.meeting.get().map(|it| {
            view! {
                <div class="banner warning" role="alert" data-met="">{icon("alert")}<span class="grow">{general::SAVE_CONFLICT.fill(&[&it.name])}</span>
                    <button type="button" class="button small" on:click=move |_| {
                        open.set(false);
                        desk.choosing.set(true);
                    }>{general::CHOOSE.get()}</button></div>
            }
        })
    };
    let publish = move || {
        let path = desk.path("publish");
        let running = outlook.running.get_untracked();
        let body = Publish {
            revision: desk.revision(),
            note: note.get_untracked(),
            running,
            mappings: outlook.mappings.get_untracked(),
        };
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let answer = api::post::<_, Published>(&path, &body).await;
            busy.try_set(false);
            match answer {
                Ok(it) => {
                    let staying: u64 = it.staying.values().sum();
                    done(match (running, staying) {
                        (_, 0) => general::PUBLISHED_NONE.now().to_owned(),
                        (Running::Move, _) => words::MOVING.now().to_owned(),
                        (Running::Stay, _) => general::PUBLISHED.fill_now(&[&staying.to_string()]),
                    });
                }
                Err(why) => failed(why),
            }
        });
    };
    let go = move |_| {
        if when.later.get_untracked() {
            plan::make(desk, outlook, when, note, busy, Callback::new(done), Callback::new(failed));
        } else {
            publish();
        }
    };
    let errors = move || {
        desk.alerts.with(|it| {
            it.iter()
                .filter(|it| it.severity == Severity::Error)
                .map(|it| {
                    let place = (it.file.clone(), it.pointer.clone(), it.element.clone());
                    view! {
                        <li><button type="button" class=format!("alert-row {}", tone(it.severity)) on:click=move |_| {
                            open.set(false);
                            desk.jump.set(Some(place.clone()));
                        }>{icon("alert")}<span class="grow">{sentence(desk, it)}</span></button></li>
                    }
                })
                .collect_view()
        })
    };
    let body = move || {
        if blocked.get() {
            return view! { <p>{general::PUBLISH_BLOCKED.get()}</p><ul class="alert-list">{errors()}</ul> }.into_any();
        }
        if empty.get() {
            return view! { <p>{general::PUBLISH_NOTHING.get()}</p> }.into_any();
        }
        view! {
            <section class="publish-part"><h3>{words::CHANGES.get()}</h3>{move || {
                // What was put together with somebody's meanwhile is another draft.
                settled.track();
                changes(live(desk), drafted(desk))
            }}</section>
            {move || (!matches!(desk.saved.get(), Saved::Failed | Saved::Conflict)).then(|| impact::section(outlook))}
            {played::section(desk, open)}
            {plan::section(desk, when)}
            <label class="prop"><span>{general::PUBLISH_NOTE.get()}</span>
                <textarea class="input" rows="2" maxlength="500" prop:value=move || note.get() on:input=move |event| note.set(event_target_value(&event))></textarea>
            </label>
        }
        .into_any()
    };
    let off = move || {
        blocked.get() || busy.get() || !settled.get() || empty.get() || (when.later.get() && when.moment().is_none())
    };
    view! {
        <Titled open=open title=title wide=true>
            <div class="body publish-body">{refused}{problem::banner(other, None)}{unsaved}{met}{plan::banner(desk, fault)}{body}</div>
            <footer>
                <button type="button" class="button plain" disabled=move || empty.get() on:click=move |_| {
                    open.set(false);
                    dropping.set(true);
                }>{general::DROP_DRAFT.get()}</button>
                <span class="grow"></span>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" data-act="do-publish" class:busy=move || busy.get() disabled=off on:click=go>
                    {move || if when.later.get() { words::PLAN.read() } else { general::PUBLISH.read() }}</button>
            </footer>
        </Titled>
        {drop_dialog(desk, dropping, reload)}
    }
    .into_any()
}

/// Whether to throw the draft away.
fn drop_dialog(desk: Desk, open: RwSignal<bool>, reload: Callback<()>) -> impl IntoView {
    let fault = RwSignal::new(None);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        open.track();
        fault.set(None);
    });
    let drop_it = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        desk.drop_draft(move |answer| {
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    open.try_set(false);
                    reload.run(());
                }
                Err(why) => drop(fault.try_set(Some(why))),
            }
        });
    };
    view! {
        <Dialog open=open title=general::DROP_DRAFT>
            <div class="body">{problem::banner(fault, None)}<p>{general::DROP_DRAFT_WHY.get()}</p></div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button danger" data-act="do-drop" class:busy=busy on:click=move |_| drop_it()>{general::DROP_DRAFT.get()}</button>
            </footer>
        </Dialog>
    }
}

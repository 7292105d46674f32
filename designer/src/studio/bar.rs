//! The bar of a designer: where we are, undo and redo, how far the draft is saved, publishing.

use ::api::instance::{FateInfo, Migrate};
use edit::diff::{self, Diff};
use leptos::{prelude::*, task::spawn_local};

use super::Reload;
use super::alerts::tone;
use super::desk::{Desk, Saved};
use super::say::sentence;
use super::words;
use crate::app::{Tone, app};
use crate::text;
use crate::ui::dialog::{Dialog, Titled};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav};
use runtime::alert::{Severity, publishable};

/// The bar; `tools` are the page's own buttons.
#[component]
pub fn Bar(desk: Desk, #[prop(into)] title: Signal<String>, children: Children) -> impl IntoView {
    let publishing = RwSignal::new(false);
    let dropping = RwSignal::new(false);
    let Reload(reload) = expect_context::<Reload>();
    let step = move |back: bool| {
        desk.document.with(|it| {
            let name = if back { it.history.undoable() } else { it.history.redoable() };
            name.map(|it| words::step(it).read().to_owned())
        })
    };
    let hint = move |back: bool| {
        let (plain, named) = if back { (words::UNDO, words::UNDO_OF) } else { (words::REDO, words::REDO_OF) };
        step(back).map_or_else(|| plain.read().to_owned(), |it| named.fill(&[&it]))
    };
    let saved = move || {
        match desk.saved.get() {
            Saved::Clean => words::SAVE_CLEAN,
            Saved::Dirty => words::SAVE_DIRTY,
            Saved::Saving => words::SAVE_SAVING,
            Saved::Done => words::SAVE_SAVED,
            Saved::Failed | Saved::Conflict => words::SAVE_FAILED,
        }
        .read()
    };
    let errors = Memo::new(move |_| desk.alerts.with(|it| !publishable(it)));
    view! {
        <header class="studio-bar">
            <a class="button plain icon-only" href="/studio" aria-label=words::GO_BACK.get() title=words::GO_BACK.get()>{icon("left")}</a>
            <h1 class="studio-title">{title}</h1>
            <span class="faint studio-saved" role="status">{saved}</span>
            <span class="grow"></span>
            {children()}
            <span class="studio-sep"></span>
            <button type="button" class="button plain icon-only" aria-label=move || hint(true) title=move || hint(true)
                disabled=move || step(true).is_none() on:click=move |_| desk.undo()>{icon("return")}</button>
            <button type="button" class="button plain icon-only flip" aria-label=move || hint(false) title=move || hint(false)
                disabled=move || step(false).is_none() on:click=move |_| desk.redo()>{icon("return")}</button>
            <button type="button" class="button primary" on:click=move |_| publishing.set(true)>
                {move || errors.get().then(|| icon("alert"))}{words::PUBLISH.get()}
            </button>
        </header>
        {move || (desk.saved.get() == Saved::Conflict).then(|| {
            let who = desk.source.with_value(|it| it.draft_by.clone()).unwrap_or_else(|| words::SOMEBODY.read().to_owned());
            view! {
                <div class="banner warning" role="alert">
                    {icon("alert")}<span class="grow">{words::SAVE_CONFLICT.fill(&[&who])}</span>
                    <button type="button" class="button small" on:click=move |_| reload.run(())>{words::TAKE_THEIRS.get()}</button>
                    <button type="button" class="button small" on:click=move |_| desk.keep_mine()>{words::KEEP_MINE.get()}</button>
                </div>
            }
        })}
        <PublishDialog desk=desk open=publishing dropping=dropping/>
        <Dialog open=dropping title=words::DROP_DRAFT>
            <div class="body"><p>{words::DROP_DRAFT_WHY.get()}</p></div>
            <footer>
                <button type="button" class="button" on:click=move |_| dropping.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button danger" on:click=move |_| {
                    dropping.set(false);
                    desk.drop_draft(move || reload.run(()));
                }>{words::DROP_DRAFT.get()}</button>
            </footer>
        </Dialog>
    }
}

/// What differs from the live version, flow by flow.
fn changes(desk: Desk) -> AnyView {
    let flows: Vec<(String, String, Option<Diff>)> = desk.document.with_untracked(|it| {
        it.flows()
            .filter_map(|(key, flow)| {
                let name = desk.words_now(it, &format!("flow/{key}"), &flow.name);
                let Some((was, drawn)) = it.live_flow(key) else { return Some((key.to_owned(), name, None)) };
                let found = diff::diff((&was, drawn.as_ref()), (flow, it.layout(key).map(std::sync::Arc::as_ref)));
                (!found.is_empty()).then(|| (key.to_owned(), name, Some(found)))
            })
            .collect()
    });
    let named = move |key: &str, id: &str| {
        desk.document
            .with_untracked(|it| {
                let flow = it.flow(key)?;
                let own = edit::tree::find(flow, id).map(|it| it.name.clone())?;
                let name = desk.words_now(it, &format!("node/{key}/{id}"), &own);
                if !name.trim().is_empty() {
                    return Some(name);
                }
                let line = edit::tree::link(flow, id).map(|it| format!("{} → {}", it.source, it.target));
                Some(line.unwrap_or_else(|| id.to_owned()))
            })
            .unwrap_or_else(|| id.to_owned())
    };
    let row = |label: text::Text, tone: &'static str, names: Vec<String>| {
        (!names.is_empty()).then(|| view! { <div class="change-row"><span class=format!("badge {tone}")>{label.get()}</span><span>{names.join(", ")}</span></div> })
    };
    flows
        .into_iter()
        .map(|(key, name, found)| {
            let rows = match found {
                None => view! { <span class="badge success">{words::CHANGE_NEW.get()}</span> }.into_any(),
                Some(it) => {
                    let names = |ids: Vec<&String>| ids.into_iter().map(|id| named(&key, id)).collect::<Vec<_>>();
                    let changed = it.changed.iter().map(|(id, words)| {
                        format!("{} ({})", named(&key, id), words.iter().cloned().collect::<Vec<_>>().join(", "))
                    });
                    let removed = it
                        .removed
                        .iter()
                        .map(|(id, name)| if name.trim().is_empty() { id.clone() } else { name.clone() });
                    view! {
                        {row(words::CHANGE_ADDED, "success", names(it.added.iter().collect()))}
                        {row(words::CHANGE_REMOVED, "danger", removed.collect())}
                        {row(words::CHANGE_CHANGED, "warning", changed.collect())}
                        {row(words::CHANGE_MOVED, "info", names(it.moved.iter().collect()))}
                        {row(words::CHANGE_FLOW, "warning", it.flow.iter().cloned().collect())}
                    }
                    .into_any()
                }
            };
            view! { <section class="change-flow" data-changed=key.clone()><h3>{name}</h3>{rows}</section> }
        })
        .collect_view()
        .into_any()
}

/// What running instances of the flows that have a new version could do.
fn tell_fates(desk: Desk, flows: Vec<String>) {
    spawn_local(async move {
        for key in flows {
            let path = format!("/api/flows/{}/fates", nav::encode(&key));
            let Ok(all) = api::post::<_, Vec<FateInfo>>(&path, &Migrate::default()).await else { continue };
            if all.is_empty() {
                continue;
            }
            let count = |fate: &str| all.iter().filter(|it| it.fate == fate).count().to_string();
            let name = desk.document.try_with_untracked(|it| {
                it.flow(&key).map(|flow| desk.words_now(it, &format!("flow/{key}"), &flow.name))
            });
            let name = name.flatten().unwrap_or_else(|| key.clone());
            let words = words::FATES.fill_now(&[
                &name,
                &count("move"),
                &count("needsMapping"),
                &count("wouldBreak"),
                &count("stay"),
            ]);
            app().toast(Tone::Info, words);
        }
    });
}

/// Says what will be published, or why not.
#[component]
fn PublishDialog(desk: Desk, open: RwSignal<bool>, dropping: RwSignal<bool>) -> impl IntoView {
    let note = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let Reload(reload) = expect_context::<Reload>();
    let pack = desk.source.with_value(|it| it.id.clone());
    let title = Signal::derive(move || words::PUBLISH_TITLE.fill(&[&pack]));
    let files = move || desk.document.with(|it| it.files().into_keys().collect::<Vec<String>>());
    let blocked = Memo::new(move |_| desk.alerts.with(|it| !publishable(it)));
    let settled = move || matches!(desk.saved.get(), Saved::Clean | Saved::Done);
    let go = move |_| {
        busy.set(true);
        desk.publish(note.get_untracked(), move |answer| {
            busy.try_set(false);
            match answer {
                Ok(it) => {
                    let staying: u64 = it.staying.values().sum();
                    let words = if staying == 0 {
                        words::PUBLISHED_NONE.now().to_owned()
                    } else {
                        words::PUBLISHED.fill_now(&[&staying.to_string()])
                    };
                    app().toast(Tone::Good, words);
                    if staying > 0 {
                        tell_fates(desk, it.flows.keys().cloned().collect());
                    }
                    open.try_set(false);
                    reload.run(());
                }
                Err(why) if why.kind == "not-publishable" => app().toast(Tone::Bad, words::NOT_PUBLISHED.now()),
                Err(why) if why.status == 409 => {
                    open.try_set(false);
                    desk.saved.try_set(Saved::Conflict);
                }
                Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
            }
        });
    };
    let errors = move || {
        desk.alerts.with(|it| {
            it.iter()
                .filter(|it| it.severity == Severity::Error)
                .cloned()
                .map(|it| {
                    let place = (it.file.clone(), it.pointer.clone(), it.element.clone());
                    view! {
                        <li><button type="button" class=format!("alert-row {}", tone(it.severity)) on:click=move |_| {
                            open.set(false);
                            desk.jump.set(Some(place.clone()));
                        }>{icon("alert")}<span class="grow">{sentence(desk, &it)}</span></button></li>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <Titled open=open title=title>
            <div class="body publish-body">
                {move || if blocked.get() {
                    view! { <p>{words::PUBLISH_BLOCKED.get()}</p><ul class="alert-list">{errors()}</ul> }.into_any()
                } else if files().is_empty() {
                    view! { <p>{words::PUBLISH_NOTHING.get()}</p> }.into_any()
                } else {
                    view! {
                        <p>{words::PUBLISH_WHY.get()}</p>
                        {changes(desk)}
                        <p class="faint">{words::CHANGED_FILES.get()}</p>
                        <ul class="publish-files">{files().into_iter().map(|it| view! { <li>{it}</li> }).collect_view()}</ul>
                        <label class="prop"><span>{words::PUBLISH_NOTE.get()}</span>
                            <textarea class="input" rows="2" prop:value=move || note.get() on:input=move |event| note.set(event_target_value(&event))></textarea>
                        </label>
                    }.into_any()
                }}
            </div>
            <footer>
                <button type="button" class="button plain" disabled=move || files().is_empty() on:click=move |_| {
                    open.set(false);
                    dropping.set(true);
                }>{words::DROP_DRAFT.get()}</button>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" class:busy=move || busy.get()
                    disabled=move || blocked.get() || busy.get() || !settled() || files().is_empty() on:click=go>{words::PUBLISH.get()}</button>
            </footer>
        </Titled>
    }
}

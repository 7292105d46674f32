//! The list of what the checker says; a click goes to the place. Each row can tell why, and be lived with.

use edit::Edit;
use leptos::{prelude::*, task::spawn_local};
use runtime::alert::{Alert, Severity};
use runtime::model::suppressed::Suppression;

use super::alerts::tone;
use super::desk::Desk;
use super::say::{named, sentence};
use super::words;
use crate::app::app;
use crate::text;
use crate::ui::icon::icon;

/// The paragraphs of a page, each with its bold beginning; the heading is the sentence above.
fn parts(text: &str) -> Vec<(String, String)> {
    let paragraphs = text.lines().filter_map(|it| it.strip_prefix("**")?.split_once("** "));
    paragraphs.map(|(label, rest)| (label.trim_end_matches(['.', '。']).to_owned(), rest.replace("\\*", "*"))).collect()
}

fn shown(parts: &[(String, String)]) -> impl IntoView + use<> {
    let rows = parts
        .iter()
        .map(|(label, text)| view! { <div><dt>{label.clone()}</dt><dd>{text.clone()}</dd></div> })
        .collect_view();
    view! { <dl class="alert-page">{rows}</dl> }
}

/// The rows. `actions`: what else can be done about an alert, beside its row.
pub fn list(desk: Desk, actions: Option<Callback<Alert, AnyView>>) -> AnyView {
    // The row whose page is open, and the page.
    let page = RwSignal::new(None::<(String, Vec<(String, String)>)>);
    // The row somebody is about to suppress, and why.
    let silencing = RwSignal::new(None::<String>);
    let reason = RwSignal::new(String::new());
    let asking = NodeRef::<leptos::html::Input>::new();
    // Who asks for it writes why.
    Effect::new(move |_| {
        if let Some(it) = asking.get() {
            let _ = it.focus();
        }
    });
    let item = move |it: Alert| {
        let row = format!("{} {}{}", it.code, it.file, it.pointer);
        let (code, asked) = (it.code.clone(), row.clone());
        let explain = move |_| {
            let (code, row) = (code.clone(), asked.clone());
            if page.with_untracked(|it| it.as_ref().is_some_and(|(open, _)| *open == row)) {
                return page.set(None);
            }
            spawn_local(async move {
                let found = crate::api::get::<::api::studio::AlertPage>(&format!("/api/studio/alerts/{code}")).await;
                let parts =
                    found.map_or_else(|_| vec![(String::new(), words::NO_PAGE.now().to_owned())], |it| parts(&it.text));
                page.set(Some((row, parts)));
            });
        };
        let (row, pressed) = (row.clone(), row);
        let place = (it.file.clone(), it.pointer.clone(), it.element.clone());
        let symbol = if it.severity == Severity::Info { "info" } else { "alert" };
        let at = named(desk, &it).map_or_else(|| it.file.clone(), |element| format!("{} · {element}", it.file));
        let go = move |_| desk.jump.set(Some(place.clone()));
        let (asked, shown_for) = (row.clone(), row.clone());
        let may = it.severity != Severity::Error;
        let silence = StoredValue::new(it.clone());
        let done = move || {
            if silence.with_value(|it| suppress(desk, it, &reason.get_untracked())) {
                silencing.set(None);
            }
        };
        let more = actions.map(|actions| actions.run(it.clone()));
        view! {
            <li>
                <div class="alert-item">
                    <button type="button" class=format!("alert-row {}", tone(it.severity)) on:click=go>
                        {icon(symbol)}<span class="grow">{sentence(desk, &it)}</span><span class="alert-place">{at}</span>
                    </button>
                    {more}
                    {may.then(|| view! {
                        <button type="button" class="alert-why" data-act="suppress" title=words::SUPPRESS.get() aria-label=words::SUPPRESS.get() on:click=move |_| {
                            reason.set(String::new());
                            silencing.update(|it| *it = if it.as_ref() == Some(&asked) { None } else { Some(asked.clone()) });
                        }>{icon("eye")}</button>
                    })}
                    <button type="button" class="alert-why" title=words::WHY.get() aria-label=words::WHY.get() on:click=explain
                        aria-expanded=move || page.with(|it| it.as_ref().is_some_and(|(open, _)| *open == pressed)).to_string()>"?"</button>
                </div>
                {move || silencing.with(|it| it.as_ref() == Some(&shown_for)).then(|| view! {
                    <form class="alert-silence" on:submit=move |event| { event.prevent_default(); done(); }>
                        <label class="grow"><span class="unseen">{words::SUPPRESS_REASON.get()}</span>
                            <input class="input" data-act="suppress-reason" node_ref=asking placeholder=words::SUPPRESS_REASON.get() prop:value=move || reason.get()
                                on:input=move |event| reason.set(event_target_value(&event))/></label>
                        <button type="submit" class="button small primary" disabled=move || reason.with(|it| it.trim().is_empty())>{words::SUPPRESS_DO.get()}</button>
                        <button type="button" class="button small" on:click=move |_| silencing.set(None)>{text::CANCEL.get()}</button>
                    </form>
                })}
                {move || page.with(|it| it.as_ref().filter(|(open, _)| *open == row).map(|(_, parts)| shown(parts)))}
            </li>
        }
    };
    view! {
        <div class="alert-list">
            <ul class="plain-list">{move || desk.alerts.with(|it| it.iter().take(300).cloned().map(item).collect_view())}</ul>
            {silenced(desk)}
        </div>
    }
    .into_any()
}

/// Lives with an alert from now on, and says why.
fn suppress(desk: Desk, it: &Alert, reason: &str) -> bool {
    let by = app().session_now().map(|it| it.name.clone()).unwrap_or_default();
    desk.edit(Edit::Suppress { entry: Box::new(Suppression::of(it, reason.trim(), &by)), on: true })
}

/// What somebody lives with, and why; each can be told again.
fn silenced(desk: Desk) -> impl IntoView {
    move || {
        let all = desk.silenced.get();
        (!all.is_empty()).then(|| {
            let rows = all
                .into_iter()
                .map(|it| {
                    let why = it.silenced.clone().unwrap_or_default();
                    let told = if why.by.is_empty() { why.reason.clone() } else { words::SUPPRESSED_BY.fill(&[&why.reason, &why.by]) };
                    let words = sentence(desk, &it);
                    let again = move |_| {
                        let all = desk.document.with_untracked(|it| it.suppressed());
                        let entries = all.suppressed.iter().filter(|entry| entry.speaks_of(&it));
                        for entry in entries {
                            desk.edit(Edit::Suppress { entry: Box::new(entry.clone()), on: false });
                        }
                    };
                    view! {
                        <li class="alert-item silenced">
                            <span class="alert-row">{icon("eye")}<span class="grow">{words}<small class="faint">{told}</small></span></span>
                            <button type="button" class="button small" data-act="tell-again" on:click=again>{words::TELL_AGAIN.get()}</button>
                        </li>
                    }
                })
                .collect_view();
            view! { <h4 class="alert-head">{words::SUPPRESSED.get()}</h4><ul class="plain-list">{rows}</ul> }
        })
    }
}

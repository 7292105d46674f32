//! What was typed is kept in this browser until it is saved, and offered again after a crash or a closed tab.

use std::time::Duration;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::state::Form;
use crate::app::{app, store, stored};
use crate::ui::icon::icon;
use crate::{show, text};

#[derive(Serialize, Deserialize)]
struct Draft {
    at: String,
    user: String,
    patch: Map<String, Value>,
    labels: std::collections::BTreeMap<String, String>,
}

/// The older text of a form, if this person left one.
fn read(key: &str) -> Option<Draft> {
    let draft: Draft = runtime::plain::parse(&stored(key)?).ok()?;
    let user = app().session_now()?.user.clone();
    (draft.user == user && !draft.patch.is_empty()).then_some(draft)
}

/// Forgets what was kept.
pub fn forget(key: &str) {
    store(key, None);
}

/// Keeps the form's text, and offers what was kept before.
#[component]
pub fn DraftBanner(form: Form, key: String) -> impl IntoView {
    let key = StoredValue::new(format!("draft/{key}"));
    let found = RwSignal::new(read(&key.get_value()).map(|it| it.at));
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |first: Option<()>| {
        let patch = form.patch.get();
        if first.is_none() {
            return;
        }
        if let Some(old) = waiting.get_value() {
            old.clear();
        }
        if patch.is_empty() {
            if found.get_untracked().is_none() {
                forget(&key.get_value());
            }
            return;
        }
        let keep = move || {
            let Some(session) = app().session_now() else { return };
            let Some(labels) = form.labels.try_get_untracked() else { return };
            let draft = Draft {
                at: String::from(js_sys::Date::new_0().to_iso_string()),
                user: session.user.clone(),
                patch: patch.clone(),
                labels,
            };
            store(&key.get_value(), serde_json::to_string(&draft).ok().as_deref());
        };
        waiting.set_value(set_timeout_with_handle(keep, Duration::from_millis(800)).ok());
    });
    on_cleanup(move || {
        if let Some(Some(old)) = waiting.try_get_value() {
            old.clear();
        }
    });
    let restore = move |_| {
        if let Some(draft) = read(&key.get_value()) {
            form.labels.update(|it| it.extend(draft.labels));
            form.type_more(draft.patch);
        }
        found.set(None);
    };
    view! {
        {move || found.get().map(|at| view! {
            <div class="banner" role="status">
                {icon("history")}
                <div class="grow">{text::DRAFT_FOUND.get()}" "{show::ago(at)}</div>
                <button type="button" class="button small" on:click=restore>{text::DRAFT_RESTORE.get()}</button>
                <button type="button" class="button small plain" on:click=move |_| {
                    forget(&key.get_value());
                    found.set(None);
                }>{text::DRAFT_DROP.get()}</button>
            </div>
        })}
    }
}

//! Several people at one draft. Each window tells the others that it is there and when it has saved; nothing of that is
//! stored. What another has saved is put together with what is here, element by element; where both changed the same, the person
//! chooses. Nothing is lost on either side. What does so is loaded when it happens ([`super::publish`]).

use std::collections::BTreeMap;
use std::time::Duration;

use ::api::live::Live;
use ::api::studio::{Here, PackFiles};
use edit::compare::Files;
use edit::merge::{Clash, Side};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::desk::{Desk, Saved};
use super::words;
use crate::app::{Tone, app};
use crate::ui::problem;
use crate::{api, later};

/// How often a window says that it is there.
const AGAIN: Duration = Duration::from_secs(20);
/// Milliseconds after which one that says nothing is gone.
const GONE: f64 = 50_000.0;

/// Another window at the same draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    pub name: String,
    heard: f64,
}

/// A merge that waits for somebody to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Meeting {
    /// Who has saved the other draft.
    pub name: String,
    pub clashes: Vec<Clash>,
}

/// What the files of a pack and its draft are together.
pub fn whole(live: &Files, draft: &BTreeMap<String, Option<String>>) -> Files {
    let mut files = live.clone();
    for (path, text) in draft {
        match text {
            Some(text) => files.insert(path.clone(), text.clone()),
            None => files.remove(path),
        };
    }
    files
}

/// Takes part: tells the others, hears of them, until the desk is left.
pub fn join(desk: Desk) {
    tell(desk, false);
    let beat = set_interval_with_handle(
        move || {
            tell(desk, false);
            let now = js_sys::Date::now();
            desk.others.try_update(|it| it.retain(|_, it| now - it.heard < GONE));
        },
        AGAIN,
    );
    // A window that is closed has no time to wait for an answer.
    let parting = window_event_listener_untyped("pagehide", move |_| {
        if let (Some(editor), Some(path)) = (desk.editor.try_get_value(), desk.try_path("here")) {
            api::part(&path, &Here { editor, left: true });
        }
    });
    // And one that comes back from the browser's memory is there again.
    let back = window_event_listener_untyped("pageshow", move |_| tell(desk, false));
    on_cleanup(move || {
        if let Ok(it) = beat {
            it.clear();
        }
        parting.remove();
        back.remove();
        tell(desk, true);
    });
    Effect::new(move |_| {
        let (_, Some(heard)) = app().live.get() else { return };
        untrack(|| hear(desk, heard));
    });
}

fn tell(desk: Desk, left: bool) {
    let (Some(editor), Some(path)) = (desk.editor.try_get_value(), desk.try_path("here")) else { return };
    spawn_local(async move {
        // Nobody hears of it where it fails; what is saved is compared all the same.
        let _ = api::tell(Method::POST, &path, &Here { editor, left }).await;
    });
}

fn hear(desk: Desk, heard: Live) {
    let own = desk.source.with_value(|it| it.id.clone());
    match heard {
        Live::Editing { pack, editor, name, revision, left } if pack == own && editor != desk.editor.get_value() => {
            // What was thrown away or brought back is nobody's window.
            if !editor.is_empty() {
                let known = desk.others.with_untracked(|it| it.contains_key(&editor));
                desk.others.update(|it| {
                    if left {
                        it.remove(&editor);
                    } else {
                        it.insert(editor, Other { name, heard: js_sys::Date::now() });
                    }
                });
                if !known && !left {
                    tell(desk, false);
                }
            }
            if revision.is_some_and(|it| it != desk.revision()) && desk.saved.get_untracked() != Saved::Saving {
                meet(desk, &BTreeMap::new());
            }
        }
        Live::Published { flow, module } => {
            let ours = desk.document.with_untracked(|it| {
                flow.is_some_and(|key| it.flow(&key).is_some()) || module.is_some_and(|key| it.schema(&key).is_some())
            });
            if ours && desk.saved.get_untracked() != Saved::Saving {
                meet(desk, &BTreeMap::new());
            }
        }
        Live::Editing { .. } | Live::Inbox { .. } | Live::Record { .. } | Live::Module { .. } | Live::Notice { .. } => {
        }
    }
}

/// Puts together what is here and what the server has. `chosen`: whose word counts where both changed the same.
pub fn meet(desk: Desk, chosen: &BTreeMap<String, Side>) {
    let Some(path) = desk.try_path("").map(|it| it.trim_end_matches('/').to_owned()) else { return };
    let chosen = chosen.clone();
    spawn_local(async move {
        match api::get::<PackFiles>(&path).await {
            Ok(it) => later::put_together(desk, it, chosen),
            Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
        }
    });
}

/// The others, as initials in the bar.
pub fn present(desk: Desk) -> impl IntoView {
    move || {
        let others = desk.others.get();
        (!others.is_empty()).then(|| {
            let mut names: Vec<String> = others.into_values().map(|it| it.name).collect();
            names.sort();
            let said = words::ALSO_HERE.fill(&[&names.join(", ")]);
            let chips = names
                .iter()
                .take(4)
                .map(|it| view! { <span class="avatar" aria-hidden="true" data-initial=crate::show::initial(it)></span> })
                .collect_view();
            view! { <span class="studio-others" role="img" aria-label=said.clone() title=said data-others=names.len().to_string()>{chips}</span> }
        })
    }
}

//! The versions of a pack: who published them and who still runs on them; any two compared; one brought back as a draft.

use ::api::Problem;
use ::api::publish::{PackVersion, Restore, VersionFiles};
use ::api::studio::DraftSaved;
use edit::compare::Files;
use leptos::{prelude::*, task::spawn_local};

use super::{changes, drafted, words};
use crate::app::{Tone, app};
use crate::studio::desk::Desk;
use crate::studio::together;
use crate::text;
use crate::ui::dialog::Titled;
use crate::ui::fetch::{Fetch, draw, fetch, skeleton};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show};

/// Stands for the draft where a version is chosen.
const DRAFT: &str = "draft";

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq)]
enum Page {
    List,
    Compare,
    /// Hash of what is to be brought back.
    Restore(String),
}

/// What is compared.
#[derive(Clone, Copy)]
struct Pair {
    from: RwSignal<String>,
    to: RwSignal<String>,
}

/// The dialog.
pub fn versions(desk: Desk, open: RwSignal<bool>, reload: Callback<()>) -> AnyView {
    let page = RwSignal::new(Page::List);
    let pair = Pair { from: RwSignal::new(String::new()), to: RwSignal::new(DRAFT.to_owned()) };
    let path = desk.path("versions");
    let fault = RwSignal::new(None::<Problem>);
    Effect::new(move |_| {
        page.track();
        fault.set(None);
    });
    let list = fetch::<Vec<PackVersion>>(move || open.get().then(|| path.clone()));
    Effect::new(move |_| {
        if open.get() {
            page.set(Page::List);
        }
    });
    let title = Signal::derive(move || match page.get() {
        Page::List => words::VERSIONS.read().to_owned(),
        Page::Compare => words::COMPARE.read().to_owned(),
        Page::Restore(_) => words::RESTORE.read().to_owned(),
    });
    let body = move || match page.get() {
        Page::List => view! {
            <p class="faint">{words::VERSIONS_WHY.get()}</p>
            {draw(list, move |all| {
                if pair.from.get_untracked().is_empty() {
                    pair.from.set(all.first().map(|it| it.hash.clone()).unwrap_or_default());
                }
                let rows = all.into_iter().map(|it| row(desk, it, page, pair)).collect_view();
                view! { <ul class="plain-list version-list">{rows}</ul> }.into_any()
            })}
        }
        .into_any(),
        Page::Compare => compared(desk, list, pair),
        Page::Restore(hash) => {
            let told = list.value.with(|it| it.as_ref().and_then(|it| it.iter().find(|it| it.hash == hash).cloned()));
            view! {
                {told.map(|it| view! { <p><strong>{title_of(&it)}</strong></p> })}
                <p>{words::RESTORE_SURE.get()}</p>
            }
            .into_any()
        }
    };
    let back = move || {
        (page.get() != Page::List).then(|| {
            view! { <button type="button" class="button" data-act="versions-back" on:click=move |_| page.set(Page::List)>{icon("left")}{words::BACK.get()}</button> }
        })
    };
    let act = move || {
        match page.get() {
        Page::List => view! {
            <button type="button" class="button primary" data-act="compare-versions" on:click=move |_| page.set(Page::Compare)>{icon("columns")}{words::COMPARE.get()}</button>
        }
        .into_any(),
        Page::Compare => ().into_any(),
        Page::Restore(hash) => view! {
            <button type="button" class="button primary" data-act="do-restore" on:click=move |_| restore(desk, &hash, open, fault, reload)>{words::RESTORE.get()}</button>
        }
        .into_any(),
    }
    };
    view! {
        <Titled open=open title=title wide=true>
            <div class="body publish-body">{problem::banner(fault, None)}{body}</div>
            <footer>{back}<span class="grow"></span>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CLOSE.get()}</button>{act}</footer>
        </Titled>
    }
    .into_any()
}

/// When and by whom, in the language now.
fn title_of(it: &PackVersion) -> String {
    let by = if it.by == "system" { text::SYSTEM.read() } else { &it.by };
    words::VERSION_OF.fill(&[&show::moment(&it.at, app().lang.get()), by])
}

fn row(desk: Desk, it: PackVersion, page: RwSignal<Page>, pair: Pair) -> AnyView {
    let told = it.clone();
    let (for_compare, for_restore) = (it.hash.clone(), it.hash.clone());
    let runs = (!it.running.is_empty()).then(|| {
        let all = it
            .running
            .iter()
            .map(|(flow, count)| {
                let name = desk.document.with_untracked(|document| {
                    document.flow(flow).map(|it| desk.words(document, &format!("flow/{flow}"), &it.name))
                });
                let words = words::RUN_ON.fill(&[&name.unwrap_or_else(|| flow.clone()), &count.to_string()]);
                view! { <a class="badge accent" data-runs=flow.clone() href=format!("/flows/{}", nav::encode(flow))>{words}</a> }
            })
            .collect_view();
        view! { <p class="row wrap"><span class="faint">{words::RUN_ON_HEAD.get()}</span>{all}</p> }
    });
    let note = if it.note.trim().is_empty() { None } else { Some(it.note.clone()) };
    let live = it.live;
    view! {
        <li class="version-row" data-version=it.hash.clone()>
            <div class="grow">
                <p class="row wrap"><strong>{move || title_of(&told)}</strong><span class="faint">{it.version.clone()}</span>
                    {live.then(|| view! { <span class="badge success">{words::LIVE.get()}</span> })}
                    {it.shipped.then(|| view! { <span class="badge">{words::SHIPPED.get()}</span> })}</p>
                {match note {
                    Some(it) => view! { <p>{it}</p> }.into_any(),
                    None => view! { <p class="faint">{words::NO_NOTE.get()}</p> }.into_any(),
                }}
                {runs}
            </div>
            <div class="row">
                <button type="button" class="button small" data-act="compare-this" on:click=move |_| {
                    pair.from.set(for_compare.clone());
                    pair.to.set(DRAFT.to_owned());
                    page.set(Page::Compare);
                }>{words::COMPARE.get()}</button>
                {(!live).then(|| view! {
                    <button type="button" class="button small" data-act="restore" on:click=move |_| page.set(Page::Restore(for_restore.clone()))>{words::RESTORE.get()}</button>
                })}
            </div>
        </li>
    }
    .into_any()
}

/// Two versions side by side.
fn compared(desk: Desk, list: Fetch<Vec<PackVersion>>, pair: Pair) -> AnyView {
    let all = list.value.get_untracked().unwrap_or_default();
    let choice = move |label: text::Text, side: RwSignal<String>, act: &'static str, all: Vec<PackVersion>| {
        let now = side.get_untracked();
        let options = all
            .into_iter()
            .map(|it| {
                let words =
                    if it.live { format!("{} · {}", title_of(&it), words::LIVE.read()) } else { title_of(&it) };
                view! { <option value=it.hash.clone() selected=it.hash == now>{words}</option> }
            })
            .collect_view();
        view! {
            <label class="prop grow"><span>{label.get()}</span>
                <select class="input" data-act=act on:change=move |event| side.set(event_target_value(&event))>
                    <option value=DRAFT selected=now == DRAFT>{words::DRAFT_NOW.read()}</option>{options}
                </select>
            </label>
        }
    };
    let (from, to) = (version(desk, pair.from), version(desk, pair.to));
    let content = move || {
        if pair.from.get() == pair.to.get() {
            return view! { <p class="faint">{words::SAME_VERSION.get()}</p> }.into_any();
        }
        if let Some(why) = from.fault.get().or_else(|| to.fault.get()) {
            let retry = Callback::new(move |()| {
                from.reload();
                to.reload();
            });
            return problem::screen(&why, Some(retry));
        }
        let side = |chosen: RwSignal<String>, found: Fetch<VersionFiles>| -> Option<Files> {
            let wanted = chosen.get();
            if wanted == DRAFT {
                Some(drafted(desk))
            } else {
                found.value.get().filter(|it| it.hash == wanted).map(|it| it.files)
            }
        };
        match (side(pair.from, from), side(pair.to, to)) {
            (Some(old), Some(new)) => changes::changes(old, new),
            (None, _) | (_, None) => skeleton().into_any(),
        }
    };
    view! {
        <div class="row wrap">{choice(words::FROM, pair.from, "compare-from", all.clone())}{choice(words::TO, pair.to, "compare-to", all)}</div>
        {content}
    }
    .into_any()
}

fn version(desk: Desk, chosen: RwSignal<String>) -> Fetch<VersionFiles> {
    let path = desk.path("versions");
    fetch::<VersionFiles>(move || {
        let hash = chosen.get();
        (!hash.is_empty() && hash != DRAFT).then(|| format!("{path}/{}", nav::encode(&hash)))
    })
}

fn restore(desk: Desk, hash: &str, open: RwSignal<bool>, fault: RwSignal<Option<Problem>>, reload: Callback<()>) {
    let path = format!("{}/{}/restore", desk.path("versions"), nav::encode(hash));
    let body = Restore { revision: desk.revision() };
    spawn_local(async move {
        match api::post::<_, DraftSaved>(&path, &body).await {
            Ok(_) => {
                app().toast(Tone::Good, words::RESTORED.now());
                open.try_set(false);
                reload.run(());
            }
            Err(why) if why.status == 409 => {
                open.try_set(false);
                together::meet(desk, &std::collections::BTreeMap::new());
            }
            Err(why) => drop(fault.try_set(Some(why))),
        }
    });
}

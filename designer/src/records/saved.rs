//! Lists kept under a name: search, filters, sort and columns, for oneself or shared with roles. A kept list is an address.

use std::sync::Arc;

use ::api::saved_view::{SaveView, SavedView};
use gloo_net::http::Method;
use leptos::{html, prelude::*, task::spawn_local};

use crate::app::{Tone, app};
use crate::module::Module;
use crate::nav::Place;
use crate::text;
use crate::ui::dialog::Titled;
use crate::ui::fetch::{Fetch, fetch};
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::ui::problem;
use crate::{api, nav};

/// The query of an address in an order of its own, so that two can be compared.
fn settled(query: &str) -> Vec<(String, String)> {
    let mut pairs = Place::parse(&format!("/?{query}")).query;
    pairs.retain(|it| !it.1.is_empty());
    pairs.sort();
    pairs
}

fn here() -> String {
    app().place.with(|it| it.href().split_once('?').map(|it| it.1.to_owned()).unwrap_or_default())
}

/// [`SavedViews`], as a function.
pub fn saved_views(module: StoredValue<Arc<Module>>) -> AnyView {
    view! { <SavedViews module=module/> }.into_any()
}

/// The menu of kept lists, with what can be done to them.
#[component]
pub fn SavedViews(module: StoredValue<Arc<Module>>) -> impl IntoView {
    let key = module.with_value(|it| it.info.key.clone());
    let path = format!("/api/views/{}", nav::encode(&key));
    let list = {
        let path = path.clone();
        fetch::<Vec<SavedView>>(move || Some(path.clone()))
    };
    let open = RwSignal::new(false);
    // The one that is being named; one without an id is new.
    let naming = RwSignal::new(None::<SavedView>);
    let current = Memo::new(move |_| {
        let now = settled(&here());
        list.value
            .with(|it| it.iter().flatten().find(|it| settled(&it.query) == now).cloned())
            .filter(|_| !now.is_empty())
    });
    let base = StoredValue::new(format!("/records/{key}"));
    let go = move |query: &str| {
        open.set(false);
        nav::go(&format!("{}{}{query}", base.get_value(), if query.is_empty() { "" } else { "?" }));
    };
    let path = StoredValue::new(path);
    let keep = move |it: SavedView| {
        spawn_local(async move {
            let body = SaveView { title: it.title, query: untrack(here), roles: it.roles };
            let answer =
                api::send::<_, SavedView>(Method::PUT, &format!("{}/{}", path.get_value(), nav::encode(&it.id)), &body)
                    .await;
            said(answer.map(|_| text::SAVED), list);
        });
    };
    let forget = move |id: String| {
        spawn_local(async move {
            let answer = api::delete(&format!("{}/{}", path.get_value(), nav::encode(&id))).await;
            said(answer.map(|()| text::DELETED), list);
        });
    };
    let one = move |it: SavedView| {
        let (query, id) = (it.query.clone(), it.id.clone());
        let on = move || current.with(|it| it.as_ref().is_some_and(|it| it.id == id));
        let (kept, named, gone) = (it.clone(), it.clone(), it.id.clone());
        let changed = {
            let query = settled(&it.query);
            move || settled(&here()) != query
        };
        let title = it.title.clone();
        let hint = if it.roles.is_empty() { None } else { Some(it.owner_name.clone()) };
        view! {
            <div class="row saved">
                <button type="button" class="menu-item grow" aria-current=move || on().then_some("true") on:click=move |_| go(&query)>
                    {icon(if it.roles.is_empty() { "star" } else { "users" })}<span class="clip grow">{title.clone()}</span>
                    {hint.map(|it| view! { <span class="faint clip">{it}</span> })}
                </button>
                {it.mine.then(|| view! {
                    <button type="button" class="button plain small icon-only" hidden=move || !changed() aria-label=text::VIEW_KEEP_HERE.fill(&[&title])
                        title=text::VIEW_KEEP_HERE.fill(&[&title]) on:click=move |_| keep(kept.clone())>{icon("refresh")}</button>
                    <button type="button" class="button plain small icon-only" aria-label=text::VIEW_RENAME.fill(&[&title])
                        title=text::VIEW_RENAME.fill(&[&title]) on:click=move |_| { open.set(false); naming.set(Some(named.clone())); }>{icon("pencil")}</button>
                    <button type="button" class="button plain small icon-only" aria-label=text::REMOVE_OF.fill(&[&title])
                        title=text::REMOVE_OF.fill(&[&title]) on:click=move |_| forget(gone.clone())>{icon("trash")}</button>
                })}
            </div>
        }
    };
    let label = Signal::derive(move || {
        current.with(|it| it.as_ref().map(|it| it.title.clone())).unwrap_or_else(|| text::VIEWS.read().to_owned())
    });
    view! {
        <Pop label=Signal::derive(move || format!("{}: {}", text::VIEWS.read(), label.get())) class="button small plain" side="saved-panel" open=open
            button=ViewFn::from(move || view! { {icon("star")}<span class="clip">{label}</span>{icon("down")} })>
            <button type="button" class="menu-item" aria-current=move || here().is_empty().then_some("true") on:click=move |_| go("")>
                {icon("list")}{text::VIEW_EVERYTHING.get()}</button>
            {move || list.value.get().unwrap_or_default().into_iter().map(one).collect_view()}
            {move || list.fault.get().map(|why| view! { <p class="menu-title">{problem::sentence(&why)}</p> })}
            <hr/>
            <button type="button" class="menu-item" disabled=move || here().is_empty() on:click=move |_| {
                open.set(false);
                naming.set(Some(SavedView { mine: true, ..SavedView::default() }));
            }>{icon("plus")}{text::VIEW_KEEP.get()}</button>
            <p class="menu-title" hidden=move || !here().is_empty()>{text::VIEW_KEEP_WHY.get()}</p>
        </Pop>
        <Naming naming=naming path=path list=list/>
    }
}

fn said(answer: Result<text::Text, ::api::Problem>, list: Fetch<Vec<SavedView>>) {
    match answer {
        Ok(words) => {
            app().say(Tone::Good, words);
            list.reload();
        }
        Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
    }
}

/// Asks for the name and with whom it is shared.
#[component]
fn Naming(
    naming: RwSignal<Option<SavedView>>,
    path: StoredValue<String>,
    list: Fetch<Vec<SavedView>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(naming.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && naming.with_untracked(Option::is_some) {
            naming.set(None);
        }
    });
    let title = Signal::derive(move || match naming.with(|it| it.as_ref().map(|it| it.title.clone())) {
        Some(title) if !title.is_empty() => text::VIEW_RENAME.fill(&[&title]),
        Some(_) | None => text::VIEW_KEEP.read().to_owned(),
    });
    view! {
        <Titled open=open title=title>
            {move || naming.get().map(|it| form(it, open, path, list))}
        </Titled>
    }
}

fn form(view: SavedView, open: RwSignal<bool>, path: StoredValue<String>, list: Fetch<Vec<SavedView>>) -> AnyView {
    let name = NodeRef::<html::Input>::new();
    let roles = RwSignal::new(view.roles.clone());
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // Shared with one's own roles; an administrator's list may have others, which stay.
    let known: Vec<String> = {
        let mut all = app().session_now().map(|it| it.roles.clone()).unwrap_or_default();
        all.extend(view.roles.iter().filter(|it| !all.contains(it)).cloned().collect::<Vec<_>>());
        all
    };
    let titles = fetch::<Vec<::api::record::Choice>>(|| Some("/api/roles".to_owned()));
    let role_title = move |key: &str| {
        titles
            .value
            .with(|it| it.iter().flatten().find(|it| it.id == key).map(|it| it.label.clone()))
            .unwrap_or_else(|| key.to_owned())
    };
    let id = view.id.clone();
    let query = if id.is_empty() { untrack(here) } else { view.query.clone() };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let title = name.get_untracked().map(|it| it.value().trim().to_owned()).unwrap_or_default();
        if title.is_empty() {
            fault.set(Some(text::FAULT_REQUIRED.now().to_owned()));
            return;
        }
        let body = SaveView { title, query: query.clone(), roles: roles.get_untracked() };
        let (method, path) = if id.is_empty() {
            (Method::POST, path.get_value())
        } else {
            (Method::PUT, format!("{}/{}", path.get_value(), nav::encode(&id)))
        };
        busy.set(true);
        spawn_local(async move {
            let answer = api::send::<_, SavedView>(method, &path, &body).await;
            busy.set(false);
            match answer {
                Ok(_) => {
                    open.set(false);
                    app().say(Tone::Good, text::SAVED);
                    list.reload();
                }
                Err(why) => fault.set(Some(problem::sentence(&why))),
            }
        });
    };
    view! {
        <form class="dialog-form" novalidate on:submit=save>
            <div class="body">
                <div><label class="field-label" for="view-title">{text::VIEW_TITLE.get()}</label>
                    <input class="input" id="view-title" node_ref=name maxlength="60" value=view.title autocomplete="off" autofocus
                        aria-invalid=move || fault.get().is_some().then_some("true") aria-describedby="view-title-fault"/>
                    <p class="field-fault" id="view-title-fault" role="alert" hidden=move || fault.get().is_none()>{move || fault.get()}</p></div>
                <fieldset><legend class="field-label">{text::VIEW_SHARE.get()}</legend><div class="options">
                    {known.into_iter().map(|role| {
                        let (own, set, shown) = (role.clone(), role.clone(), role);
                        view! { <label class="option"><input type="checkbox" prop:checked=move || roles.with(|it| it.contains(&own)) on:change=move |event| {
                            let on = event_target_checked(&event);
                            roles.update(|it| { it.retain(|it| *it != set); if on { it.push(set.clone()); } });
                        }/>{move || role_title(&shown)}</label> }
                    }).collect_view()}
                </div></fieldset>
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button class="button primary" class:busy=busy>{text::SAVE.get()}</button>
            </footer>
        </form>
    }
    .into_any()
}

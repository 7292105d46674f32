//! What those who run flows do with one instance: move its work, stop it, end it, take it to the live version. The checker
//! answers before anything is done.

use runtime::gather::Gather as _;
use std::collections::BTreeMap;

use ::api::instance::{FateInfo, InstanceDetail, Migrate, MoveToken, MoveVerdict, Watch};
use ::api::task::Reason;
use edit::kind::Kind;
use edit::tree;
use leptos::{prelude::*, task::spawn_local};
use runtime::id::NodeId;
use runtime::model::flow::{Element, ElementKind, Flow};

use super::words;
use crate::app::{Tone, app};
use crate::studio::canvas::words::kind as kind_words;
use crate::text::{self, Text};
use crate::ui::dialog::Dialog;
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav};

/// Tells whether it was done, and looks again.
fn told(done: Result<(), ::api::Problem>, says: Text, again: Callback<()>) {
    match done {
        Ok(()) => {
            app().toast(Tone::Good, says.now());
            again.run(());
        }
        Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
    }
}

/// What a dialog of this file asks for, and why it was refused: said in the dialog, which stays with what was entered.
#[derive(Clone, Copy)]
struct Ask {
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    fault: RwSignal<Option<::api::Problem>>,
}

impl Ask {
    fn new(open: RwSignal<bool>) -> Self {
        let it = Ask { open, busy: RwSignal::new(false), fault: RwSignal::new(None) };
        Effect::new(move |_| {
            open.track();
            it.fault.set(None);
        });
        it
    }

    /// Sends it, once at a time; done, the dialog closes.
    fn send<B: serde::Serialize + 'static>(self, address: String, body: B, says: Text, again: Callback<()>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let done = api::tell(gloo_net::http::Method::POST, &address, &body).await;
            self.busy.try_set(false);
            match done {
                Ok(()) => {
                    app().toast(Tone::Good, says.now());
                    self.open.try_set(false);
                    again.run(());
                }
                Err(why) => drop(self.fault.try_set(Some(why))),
            }
        });
    }
}

/// Tries again what is stuck.
pub fn retry(incident: &str, again: Callback<()>) {
    let path = format!("/api/incidents/{}/retry", nav::encode(incident));
    spawn_local(async move {
        told(api::poke(&path).await, words::RETRIED, again);
    });
}

/// Nodes by id and name, the language now.
fn nodes(it: &InstanceDetail) -> Vec<(String, String)> {
    nodes_of(&it.flow, &it.texts)
}

fn nodes_of(flow: &serde_json::Value, texts: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<(String, String)> {
    let flow: Flow = runtime::plain::read(flow).unwrap_or_default();
    let texts = texts.get(app().lang.get().tag()).cloned().unwrap_or_default();
    let name = |it: &Element| texts.get(&format!("node/{}/{}", flow.key, it.id)).unwrap_or(&it.name).trim().to_owned();
    // What has no name is called by what it is and what it comes after, by its id only where that says nothing either.
    let called = |it: &Element, kind: Kind| {
        let before = tree::flows(&flow).into_iter().filter(|way| way.2 == it.id.as_str());
        let mut before = before.filter_map(|way| tree::find(&flow, way.1)).map(name).filter(|it| !it.is_empty());
        let kind = kind_words(kind).read();
        before.next().map_or_else(|| format!("{kind} ({})", it.id), |before| words::AFTER.fill(&[kind, &before]))
    };
    flow.all()
        .into_iter()
        .filter(|it| it.kind.is_node())
        .filter_map(|it| {
            let kind = Kind::of(&it.kind)?;
            Some((it.id.0.clone(), Some(name(it)).filter(|it| !it.is_empty()).unwrap_or_else(|| called(it, kind))))
        })
        .collect()
}

/// The sequence flows, called by what they lead from and to: most have no name, and where two meet a name says little.
fn ways(it: &InstanceDetail) -> Vec<(String, String)> {
    let names: BTreeMap<String, String> = nodes(it).into_iter().gather();
    let name = |id: &NodeId| names.get(id.as_str()).cloned().unwrap_or_else(|| id.0.clone());
    let flow: Flow = runtime::plain::read(&it.flow).unwrap_or_default();
    let way = |it: &Element| {
        let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind else { return None };
        Some((it.id.0.clone(), format!("{} → {}", name(source_ref), name(target_ref))))
    };
    flow.all().into_iter().filter_map(way).collect()
}

/// The buttons, for who may.
pub fn bar(it: InstanceDetail, again: Callback<()>) -> AnyView {
    let runs = matches!(it.head.state.as_str(), "running" | "suspended");
    let path = format!("/api/instances/{}", nav::encode(&it.head.id));
    if !runs {
        return starter(path, again);
    }
    let (moving, ending, going) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let suspended = it.head.state == "suspended";
    let stop = {
        let path = path.clone();
        move |_| {
            let path = path.clone();
            spawn_local(async move {
                let done = if suspended {
                    api::poke(&format!("{path}/resume")).await
                } else {
                    api::tell(gloo_net::http::Method::POST, &format!("{path}/suspend"), &Reason::default()).await
                };
                told(done, words::DONE, again);
            });
        }
    };
    let current = it.head.current;
    let detail = StoredValue::new(it);
    view! {
        <div class="row wrap operate" role="group" aria-label=words::RUN.get()>
            <button type="button" class="button small" data-act="move-token" on:click=move |_| moving.set(true)>{icon("forward")}{words::MOVE.get()}</button>
            <button type="button" class="button small" data-act="suspend" on:click=stop>{icon(if suspended { "play" } else { "pause" })}
                {move || if suspended { words::RESUME.read() } else { words::SUSPEND.read() }}</button>
            {(!current).then(|| view! { <button type="button" class="button small" data-act="to-live" on:click=move |_| going.set(true)>{icon("history")}{words::TO_LIVE.get()}</button> })}
            <button type="button" class="button small danger" data-act="end-flow" on:click=move |_| ending.set(true)>{icon("x")}{words::CANCEL.get()}</button>
        </div>
        {mover(detail, path.clone(), moving, again)}
        {ender(path.clone(), ending, again)}
        {(!current).then(|| goer(detail, path, going, again))}
    }
    .into_any()
}

/// What has ended begins anew.
fn starter(path: String, again: Callback<()>) -> AnyView {
    let open = RwSignal::new(false);
    let sent = Ask::new(open);
    let path = StoredValue::new(path);
    let go = move |_| sent.send(format!("{}/restart", path.get_value()), (), words::RESTARTED, again);
    view! {
        <div class="row wrap operate" role="group" aria-label=words::RUN.get()>
            <button type="button" class="button small" data-act="start-again" on:click=move |_| open.set(true)>{icon("refresh")}{words::RESTART.get()}</button>
        </div>
        <Dialog open=open title=words::RESTART_TITLE>
            <div class="body">{problem::banner(sent.fault, None)}<p>{words::RESTART_WHY.get()}</p></div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" data-act="do-start-again" class:busy=sent.busy on:click=go>{words::RESTART_TITLE.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn options(all: &[(String, String)]) -> impl IntoView + use<> {
    all.iter().map(|(id, name)| view! { <option value=id.clone()>{name.clone()}</option> }).collect_view()
}

/// Where to, and what the checker says of it.
fn mover(detail: StoredValue<InstanceDetail>, path: String, open: RwSignal<bool>, again: Callback<()>) -> AnyView {
    let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (reason, anyway) = (RwSignal::new(String::new()), RwSignal::new(false));
    let verdict = RwSignal::new(None::<Result<MoveVerdict, ::api::Problem>>);
    let sent = Ask::new(open);
    let path = StoredValue::new(path);
    let turn = StoredValue::new(0u64);
    Effect::new(move |_| {
        if open.get() {
            from.set(detail.with_value(|it| it.head.at.first().cloned().unwrap_or_default()));
            to.set(String::new());
            verdict.set(None);
            anyway.set(false);
        }
    });
    Effect::new(move |_| {
        let (from, to) = (from.get(), to.get());
        verdict.set(None);
        anyway.set(false);
        if from.is_empty() || to.is_empty() {
            return;
        }
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        let address = format!("{}/may-move", path.get_value());
        spawn_local(async move {
            let answer = api::post::<_, MoveVerdict>(&address, &MoveToken { from, to, ..MoveToken::default() }).await;
            if turn.try_get_value() == Some(mine) {
                verdict.try_set(Some(answer));
            }
        });
    });
    let named = move |ids: &[String]| {
        let all = detail.with_value(|it| nodes(it).into_iter().chain(ways(it)).collect::<Vec<_>>());
        let name = |id: &String| all.iter().find(|it| it.0 == *id).map_or(id, |it| &it.1).clone();
        ids.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let says = move || {
        if to.get().is_empty() {
            return ().into_any();
        }
        let (tone, words, asks) = match verdict.get() {
            None => ("info", words::ASKING.read().to_owned(), false),
            Some(Err(why)) => ("danger", problem::sentence(&why), false),
            Some(Ok(it)) => match it.verdict.as_str() {
                "fine" => ("success", words::FINE.read().to_owned(), false),
                "risky" => ("warning", words::RISKY.fill(&[&named(&it.stuck)]), true),
                "cannotEnd" => ("danger", words::CANNOT.fill(&[&named(&it.stuck)]), false),
                _ => ("warning", words::NOT_KNOWN.read().to_owned(), true),
            },
        };
        view! {
            <p class=format!("banner {tone}") role="status" data-verdict=tone>{icon("info")}<span class="grow">{words}</span></p>
            {asks.then(|| view! {
                <label class="prop-check"><input type="checkbox" data-act="anyway" prop:checked=move || anyway.get() on:change=move |event| anyway.set(event_target_checked(&event))/><span>{words::ANYWAY.get()}</span></label>
            })}
        }
        .into_any()
    };
    let may = move || match verdict.get() {
        Some(Ok(it)) => it.verdict == "fine" || (it.verdict != "cannotEnd" && anyway.get()),
        Some(Err(_)) | None => false,
    };
    let go = move |_| {
        let ask = MoveToken {
            from: from.get_untracked(),
            to: to.get_untracked(),
            reason: reason.get_untracked(),
            anyway: anyway.get_untracked(),
        };
        sent.send(format!("{}/move", path.get_value()), ask, words::MOVED, again);
    };
    let content = move || {
        let all = detail.with_value(nodes);
        let at: Vec<(String, String)> =
            all.iter().filter(|it| detail.with_value(|d| d.head.at.contains(&it.0))).cloned().collect();
        view! {
            <label class="prop"><span>{words::FROM.get()}</span><select class="input" data-act="move-from" on:change=move |event| from.set(event_target_value(&event))>{options(&at)}</select></label>
            <label class="prop"><span>{words::TO.get()}</span><select class="input" data-act="move-to" on:change=move |event| to.set(event_target_value(&event))>
                <option value="" selected=true>"…"</option>{options(&all)}</select></label>
        }
    };
    view! {
        <Dialog open=open title=words::MOVE_TITLE>
            <div class="body">
                {problem::banner(sent.fault, None)}{content}{says}
                <label class="prop"><span>{words::REASON.get()}</span><input class="input" data-act="move-reason" prop:value=move || reason.get() on:input=move |event| reason.set(event_target_value(&event))/></label>
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" data-act="do-move" class:busy=sent.busy disabled=move || !may() || reason.with(|it| it.trim().is_empty()) on:click=go>{words::MOVE_DO.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn ender(path: String, open: RwSignal<bool>, again: Callback<()>) -> AnyView {
    let reason = RwSignal::new(String::new());
    let sent = Ask::new(open);
    let path = StoredValue::new(path);
    let go = move |_| {
        let ask = Reason { reason: reason.get_untracked() };
        sent.send(format!("{}/cancel", path.get_value()), ask, words::DONE, again);
    };
    view! {
        <Dialog open=open title=words::CANCEL_TITLE>
            <div class="body">{problem::banner(sent.fault, None)}<p>{words::CANCEL_WHY.get()}</p>
                <label class="prop"><span>{words::REASON.get()}</span><input class="input" data-act="end-reason" prop:value=move || reason.get() on:input=move |event| reason.set(event_target_value(&event))/></label></div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button danger" data-act="do-end" class:busy=sent.busy disabled=move || reason.with(|it| it.trim().is_empty()) on:click=go>{words::CANCEL_TITLE.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

/// To the live version: what would become of it, and where it goes on.
fn goer(detail: StoredValue<InstanceDetail>, path: String, open: RwSignal<bool>, again: Callback<()>) -> AnyView {
    let fate = RwSignal::new(None::<Result<Option<FateInfo>, ::api::Problem>>);
    let map = RwSignal::new(BTreeMap::<String, String>::new());
    // The steps of the live version, once they are asked for.
    let live = RwSignal::new(None::<Watch>);
    let sent = Ask::new(open);
    let path = StoredValue::new(path);
    let ask = move || {
        let (flow, id) = detail.with_value(|it| (it.head.flow.clone(), it.head.id.clone()));
        let body = Migrate { nodes: map.get_untracked() };
        spawn_local(async move {
            let found = api::post::<_, Vec<FateInfo>>(&format!("/api/flows/{}/fates", nav::encode(&flow)), &body).await;
            fate.try_set(Some(found.map(|all| all.into_iter().find(|it| it.instance == id))));
        });
    };
    Effect::new(move |_| {
        if open.get() {
            fate.set(None);
            ask();
            let flow = detail.with_value(|it| it.head.flow.clone());
            spawn_local(async move {
                let found = api::get::<Watch>(&format!("/api/flows/{}/watch", nav::encode(&flow))).await;
                match found {
                    Ok(it) => drop(live.try_set(Some(it))),
                    // Without its steps nothing can be mapped.
                    Err(why) => drop(sent.fault.try_set(Some(why))),
                }
            });
        }
    });
    let named = move |ids: &[String]| {
        let all = detail.with_value(nodes);
        let name = |id: &String| all.iter().find(|it| it.0 == *id).map_or(id, |it| &it.1).clone();
        ids.iter().map(name).collect::<Vec<_>>()
    };
    let says = move || {
        crate::ui::focus::keep("data-map");
        let Some(found) = fate.get() else { return view! { <p class="faint">{words::ASKING.get()}</p> }.into_any() };
        let it = match found {
            Ok(it) => it.unwrap_or_default(),
            Err(why) => return view! { <p class="banner danger" role="alert">{icon("alert")}<span class="grow">{problem::sentence(&why)}</span></p> }.into_any(),
        };
        let (tone, words) = match it.fate.as_str() {
            "move" if it.nodes.is_empty() => ("success", words::FATE_MOVE.read().to_owned()),
            "move" => ("warning", words::FATE_RISKY.fill(&[&named(&it.nodes).join(", ")])),
            "needsMapping" => ("warning", words::FATE_MAP.read().to_owned()),
            _ => ("danger", words::FATE_BREAK.fill(&[&it.why.join("; ")])),
        };
        let rows = (it.fate == "needsMapping" || !map.with(BTreeMap::is_empty)).then(|| {
            let ids: Vec<String> =
                if it.fate == "needsMapping" { it.nodes.clone() } else { map.with(|it| it.keys().cloned().collect()) };
            ids.into_iter()
                .map(|old| {
                    let key = old.clone();
                    let name = named(std::slice::from_ref(&old)).concat();
                    let now = map.with(|it| it.get(&key).cloned().unwrap_or_default());
                    let steps = live.with(|it| it.as_ref().map(|it| nodes_of(&it.flow, &it.texts)).unwrap_or_default());
                    let steps = steps
                        .into_iter()
                        .map(|(id, name)| view! { <option value=id.clone() selected=id == now>{name}</option> })
                        .collect_view();
                    let none = now.is_empty();
                    view! {
                        <label class="mapping-row"><span>{name}</span>
                            <select class="input" data-map=old.clone() on:change=move |event| {
                                let to = event_target_value(&event);
                                map.update(|it| {
                                    if to.is_empty() { it.remove(&key); } else { it.insert(key.clone(), to); }
                                });
                                ask();
                            }><option value="" selected=none>"…"</option>{steps}</select></label>
                    }
                })
                .collect_view()
        });
        view! { <p class=format!("banner {tone}") data-fate=it.fate.clone()>{icon("info")}<span class="grow">{words}</span></p>{rows} }.into_any()
    };
    let may = move || matches!(fate.get(), Some(Ok(Some(it))) if it.fate == "move");
    let go = move |_| {
        let body = Migrate { nodes: map.get_untracked() };
        sent.send(format!("{}/migrate", path.get_value()), body, words::DONE, again);
    };
    view! {
        <Dialog open=open title=words::TO_LIVE_TITLE>
            <div class="body">{problem::banner(sent.fault, None)}{says}</div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" data-act="do-go" class:busy=sent.busy disabled=move || !may() on:click=go>{words::GO.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

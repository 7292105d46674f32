//! What happened to a record and what was said about it, as one timeline, newest first; above it a place to say
//! something. `@` mentions somebody who may read the record. Comments come by themselves while the page is open.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::api::Problem;
use ::api::comment::{CommentInfo, SaveComment};
use ::api::live::Live;
use ::api::record::{Choice, HistoryEntry};
use gloo_net::http::Method;
use leptos::{ev, html, prelude::*, task::spawn_local};
use runtime::limits::COMMENT_CHARS;

use super::history::entry;
use super::words;
use crate::app::{Tone, app};
use crate::module::Module;
use crate::ui::fetch::{Fetch, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show, text};

/// Longest beginning of a name that is looked for behind an `@`, in characters.
const NAME: usize = 20;

/// The timeline of a record with its comments; `entries`: its history.
pub fn talk(module: StoredValue<Arc<Module>>, id: String, entries: Signal<Vec<HistoryEntry>>) -> AnyView {
    if app().session_now().is_some_and(|it| it.portal) {
        return view! { {move || super::history::timeline(module, entries.get())} }.into_any();
    }
    let key = module.with_value(|it| it.info.key.clone());
    let path = format!("/api/records/{}/{}", nav::encode(&key), nav::encode(&id));
    let comments = {
        let path = format!("{path}/comments");
        fetch::<Vec<CommentInfo>>(move || Some(path.clone()))
    };
    Effect::new(move |_| {
        if let (_, Some(Live::Record { module, id: changed, .. })) = app().live.get()
            && module == key
            && changed == id
        {
            comments.reload();
        }
    });
    let path = StoredValue::new(path);
    let editing = RwSignal::new(None::<String>);
    let said = Callback::new(move |it: CommentInfo| {
        editing.set(None);
        comments.value.update(|all| {
            let all = all.get_or_insert_default();
            match all.iter_mut().find(|other| other.id == it.id) {
                Some(other) => *other = it,
                None => all.push(it),
            }
        });
    });
    let items = Memo::new(move |_| {
        let mut items: Vec<Item> = entries.get().into_iter().map(Item::Happened).collect();
        items.extend(comments.value.get().unwrap_or_default().into_iter().map(Item::Said));
        // The history comes newest first already; a stable sort keeps what happened at one moment in its order.
        items.sort_by(|a, b| b.at().cmp(a.at()));
        items
    });
    view! {
        <div class="stack talk">
            <Composer path=path comment=None said=said cancel=None/>
            {move || comments.fault.get().map(|why| view! { <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{problem::sentence(&why)}</span></div> })}
            // What was there stays as it is: somebody may be writing a comment of theirs anew.
            <ol class="timeline"><For each=move || keyed(items.get()) key=|it| it.0.clone() children=move |(_, it)| match it {
                Item::Happened(it) => entry(module, it),
                Item::Said(it) => comment(path, it, editing, said, comments),
            }/></ol>
        </div>
    }
    .into_any()
}

#[derive(Clone, PartialEq)]
enum Item {
    Happened(HistoryEntry),
    Said(CommentInfo),
}

impl Item {
    fn at(&self) -> &str {
        match self {
            Item::Happened(it) => &it.at,
            Item::Said(it) => &it.at,
        }
    }
}

/// Each with what tells it from all others.
fn keyed(items: Vec<Item>) -> Vec<((String, usize), Item)> {
    let mut met = BTreeMap::<String, usize>::new();
    let key = |it: &Item| match it {
        Item::Happened(it) => format!("{it:?}"),
        Item::Said(it) => format!("{} {:?} {}", it.id, it.edited_at, it.removed),
    };
    items
        .into_iter()
        .map(|it| {
            let count = met.entry(key(&it)).and_modify(|it| *it += 1).or_default();
            ((key(&it), *count), it)
        })
        .collect()
}

fn comment(
    path: StoredValue<String>,
    it: CommentInfo,
    editing: RwSignal<Option<String>>,
    said: Callback<CommentInfo>,
    comments: Fetch<Vec<CommentInfo>>,
) -> AnyView {
    if it.removed {
        return view! {
            <li class="event"><span class="event-sign">{icon("message")}</span>
                <div class="grow"><p class="muted">{it.by_name}" "{words::COMMENT_REMOVED.get()}<span class="faint nowrap">" · "{show::ago(it.at)}</span></p></div></li>
        }
        .into_any();
    }
    let id = StoredValue::new(it.id.clone());
    let remove = move |_| {
        spawn_local(async move {
            let address = format!("{}/comments/{}", path.get_value(), nav::encode(&id.get_value()));
            match api::delete(&address).await {
                Ok(()) => comments.reload(),
                Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
            }
        });
    };
    let (mine, whole) = (it.mine, StoredValue::new(it.clone()));
    let initial = show::initial(&it.by_name);
    view! {
        <li class="event said">
            <span class="avatar" aria-hidden="true" data-initial=initial></span>
            <div class="grow">
                <div class="row"><p class="grow"><span class="strong">{it.by_name}</span><span class="faint nowrap">" · "{show::ago(it.at)}
                    {it.edited_at.is_some().then(|| view! { " · "{words::COMMENT_EDITED.get()} })}</span></p>
                    {mine.then(|| view! {
                        <button type="button" class="button plain small icon-only" aria-label=words::COMMENT_EDIT.get() title=words::COMMENT_EDIT.get()
                            on:click=move |_| editing.set(Some(id.get_value()))>{icon("pencil")}</button>
                        <button type="button" class="button plain small icon-only" aria-label=words::COMMENT_REMOVE.get() title=words::COMMENT_REMOVE.get()
                            on:click=remove>{icon("trash")}</button>
                    })}
                </div>
                {move || if editing.with(|it| it.as_deref() == Some(id.get_value().as_str())) {
                    view! { <Composer path=path comment=Some(whole.get_value()) said=said cancel=Some(Callback::new(move |()| editing.set(None)))/> }.into_any()
                } else {
                    view! { <p class="prose said-words">{whole.with_value(|it| mentioned(&it.text, &it.mentions))}</p> }.into_any()
                }}
            </div>
        </li>
    }
    .into_any()
}

/// A text with its mentions marked.
fn mentioned(text: &str, mentions: &BTreeMap<String, String>) -> Vec<AnyView> {
    let mut names: Vec<String> = mentions.values().map(|it| format!("@{it}")).collect();
    // Of two names that begin alike, the longer is meant.
    names.sort_by_key(|it| std::cmp::Reverse(it.len()));
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, name)) = names
        .iter()
        .filter_map(|it| Some((rest.find(it.as_str())?, it)))
        .min_by_key(|it| (it.0, std::cmp::Reverse(it.1.len())))
    {
        parts.push(rest[..at].to_owned().into_any());
        parts.push(view! { <span class="mention">{name.clone()}</span> }.into_any());
        rest = &rest[at + name.len()..];
    }
    parts.push(rest.to_owned().into_any());
    parts
}

/// What is being written behind an `@` before the caret: where it begins, and the letters. Both in characters.
fn wanted(text: &str, caret: usize) -> Option<(usize, String)> {
    let before: Vec<char> = text.chars().take(caret).collect();
    let at = before.iter().rposition(|it| *it == '@')?;
    let letters: String = before[at + 1..].iter().collect();
    let plain = !letters.chars().any(char::is_whitespace) && letters.chars().count() <= NAME;
    // An address of mail is no mention.
    let begins = at == 0 || !before[at - 1].is_ascii_alphanumeric();
    (plain && begins).then_some((at, letters))
}

/// A place to write a comment, or to write one anew.
#[component]
fn Composer(
    path: StoredValue<String>,
    comment: Option<CommentInfo>,
    said: Callback<CommentInfo>,
    cancel: Option<Callback<()>>,
) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    let written = RwSignal::new(comment.as_ref().map(|it| it.text.clone()).unwrap_or_default());
    // Names by id, of everybody chosen so far.
    let people = RwSignal::new(comment.as_ref().map(|it| it.mentions.clone()).unwrap_or_default());
    let id = StoredValue::new(comment.map(|it| it.id));
    let found = RwSignal::new(Vec::<Choice>::new());
    let at = RwSignal::new(0usize);
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<String>);
    let turn = StoredValue::new(0u64);
    let list_id = StoredValue::new(format!("mentions-{}", id.get_value().unwrap_or_else(|| "new".into())));
    let close = move || {
        turn.update_value(|it| *it += 1);
        open.set(false);
    };
    // The caret as a count of characters: the page counts in UTF-16.
    let caret = move || {
        let Some(it) = node.get_untracked() else { return 0 };
        let units = it.selection_start().ok().flatten().unwrap_or_default() as usize;
        let units: Vec<u16> = it.value().encode_utf16().take(units).collect();
        String::from_utf16_lossy(&units).chars().count()
    };
    let look = move || {
        let Some((_, letters)) = written.with_untracked(|it| wanted(it, caret())) else { return close() };
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        spawn_local(async move {
            let address = format!("{}/readers?q={}", path.get_value(), nav::encode(&letters));
            let Ok(list) = api::get::<Vec<Choice>>(&address).await else { return };
            if turn.try_get_value() == Some(mine) {
                open.set(!list.is_empty());
                at.set(0);
                found.set(list);
            }
        });
    };
    let take = move |it: Choice| {
        let text = written.get_untracked();
        let now = caret();
        if let Some((from, _)) = wanted(&text, now) {
            let before: String = text.chars().take(from).collect();
            let after: String = text.chars().skip(now).collect();
            let start = format!("{before}@{} ", it.label);
            people.update(|all| {
                all.insert(it.id.clone(), it.label.clone());
            });
            written.set(format!("{start}{}", after.trim_start_matches(' ')));
            let end = start.encode_utf16().count() as u32;
            request_animation_frame(move || {
                if let Some(it) = node.get_untracked() {
                    let _ = it.focus();
                    let _ = it.set_selection_range(end, end);
                }
            });
        }
        close();
    };
    let send = move || {
        let text = written.get_untracked().trim().to_owned();
        if busy.get_untracked() || text.is_empty() {
            return;
        }
        if text.chars().count() > COMMENT_CHARS {
            fault.set(Some(words::COMMENT_LONG.fill_now(&[&COMMENT_CHARS.to_string()])));
            return;
        }
        // Who was chosen and rubbed out again is not mentioned.
        let mentions = people.with_untracked(|it| {
            it.iter().filter(|(_, name)| text.contains(&format!("@{name}"))).map(|(id, _)| id.clone()).collect()
        });
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let ask = SaveComment { text, mentions };
            let base = format!("{}/comments", path.get_value());
            let answer = match id.get_value() {
                Some(id) => {
                    api::send::<_, CommentInfo>(Method::PUT, &format!("{base}/{}", nav::encode(&id)), &ask).await
                }
                None => api::post::<_, CommentInfo>(&base, &ask).await,
            };
            busy.try_set(false);
            match answer {
                Ok(it) => {
                    written.try_set(String::new());
                    people.try_update(BTreeMap::clear);
                    said.run(it);
                }
                Err(why) => {
                    fault.try_set(Some(sentence(&why)));
                }
            }
        });
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let count = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "Enter" if event.ctrl_key() || event.meta_key() => {
                event.prevent_default();
                event.stop_propagation();
                send();
            }
            "ArrowDown" | "ArrowUp" if open.get_untracked() && count > 0 => {
                event.prevent_default();
                let step = if event.key() == "ArrowDown" { 1 } else { count - 1 };
                at.update(|it| *it = (*it + step) % count);
            }
            "Enter" | "Tab" if open.get_untracked() => {
                if let Some(it) = found.with_untracked(|it| it.get(at.get_untracked()).cloned()) {
                    event.prevent_default();
                    take(it);
                }
            }
            "Escape" if open.get_untracked() => {
                event.prevent_default();
                event.stop_propagation();
                close();
            }
            "Escape" => {
                if let Some(cancel) = cancel {
                    event.prevent_default();
                    cancel.run(());
                }
            }
            _ => {}
        }
    };
    let option = move |index: usize| format!("{}-{index}", list_id.get_value());
    view! {
        <div class="composer">
            <div class="combo">
                <textarea class="input" rows="2" node_ref=node aria-label=words::COMMENT_NEW.get() placeholder=words::COMMENT_PLACE.get() prop:value=move || written.get()
                    aria-autocomplete="list" aria-haspopup="listbox" aria-controls=move || list_id.get_value() aria-activedescendant=move || open.get().then(|| option(at.get()))
                    aria-invalid=move || fault.with(Option::is_some).to_string() aria-describedby=move || format!("{}-fault", list_id.get_value())
                    on:input=move |event| { written.set(event_target_value(&event)); look(); }
                    on:click=move |_| look()
                    on:blur=move |_| close()
                    on:keydown=keys></textarea>
                <ul class="pop-panel combo-list" role="listbox" id=move || list_id.get_value() aria-label=text::PEOPLE.get() hidden=move || !open.get()>
                    {move || found.get().into_iter().enumerate().map(|(index, it)| {
                        let (label, hint) = (it.label.clone(), it.hint.clone());
                        view! {
                            <li class="menu-item" role="option" id=option(index) aria-selected=move || (at.get() == index).to_string()
                                on:mousedown=move |event| { event.prevent_default(); take(it.clone()); }>
                                <span class="clip">{label}</span><span class="hint">{hint}</span></li>
                        }
                    }).collect_view()}
                </ul>
            </div>
            <p class="field-fault" role="alert" id=move || format!("{}-fault", list_id.get_value()) hidden=move || fault.with(Option::is_none)>{move || fault.get()}</p>
            <p class="sr" aria-live="polite">{move || open.get().then(|| words::PEOPLE_FOUND.fill(&[&found.with(Vec::len).to_string()]))}</p>
            <div class="row">
                <button type="button" class="button primary small" class:busy=busy title="Ctrl+Enter" disabled=move || written.with(|it| it.trim().is_empty())
                    on:click=move |_| send()>{if cancel.is_some() { text::SAVE.get() } else { words::COMMENT_SEND.get() }}</button>
                {cancel.map(|cancel| view! { <button type="button" class="button small" on:click=move |_| cancel.run(())>{text::CANCEL.get()}</button> })}
            </div>
        </div>
    }
}

fn sentence(why: &Problem) -> String {
    match why.fields.first().map(|it| it.code.as_str()) {
        Some("cannot-read") => words::MENTIONED_CANNOT.now().to_owned(),
        Some(_) | None => problem::sentence(why),
    }
}

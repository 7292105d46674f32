//! Boxes and list of the inbox. `J` and `K` walk, Enter opens.

use ::api::Problem;
use ::api::live::Live;
use ::api::task::{TaskHead, TaskPage};
use leptos::{ev, prelude::*, task::spawn_local};

use super::due;
use super::task::TaskPane;
use crate::app::{app, pick};
use crate::records::typing;
use crate::text::{self, Text};
use crate::ui::fetch::{fetch, skeleton};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show};

const BOXES: [(&str, Text, &str); 6] = [
    ("mine", text::BOX_MINE, "user"),
    ("group", text::BOX_GROUP, "users"),
    ("started", text::BOX_STARTED, "flag"),
    ("sent", text::BOX_SENT, "forward"),
    ("done", text::BOX_DONE, "check"),
    ("all", text::BOX_ALL, "list"),
];

/// The screens at `/inbox` and `/inbox/{task}`.
pub fn inbox_page() -> AnyView {
    view! { <Inbox/> }.into_any()
}

#[component]
fn Inbox() -> impl IntoView {
    let app = app();
    Effect::new(move |_| nav::title(text::INBOX.read()));
    let chosen = Memo::new(move |_| app.place.with(|it| it.segments().get(1).cloned()));
    let inbox = Memo::new(move |_| app.place.with(|it| it.get("box")).unwrap_or_else(|| "mine".to_owned()));
    let q = Memo::new(move |_| app.place.with(|it| it.get("q")).unwrap_or_default());
    let overdue = Memo::new(move |_| app.place.with(|it| it.get("overdue")).is_some());
    let path = Memo::new(move |_| {
        let late = if overdue.get() { "&overdue=true" } else { "" };
        format!("/api/tasks?box={}&q={}&limit=100{late}", nav::encode(&inbox.get()), nav::encode(&q.get()))
    });
    let page = fetch::<TaskPage>(move || Some(path.get()));
    let more = RwSignal::new(Vec::<TaskHead>::new());
    let next = RwSignal::new(None::<String>);
    let missed = RwSignal::new(None::<Problem>);
    // Read anew, the first page is the first page again: what was asked for beyond it stays as long as the question does.
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        let first = page.value.with(|it| it.as_ref().and_then(|it| it.next.clone()));
        if before.as_ref() != Some(&now) || more.with_untracked(Vec::is_empty) {
            next.set(first);
            more.set(Vec::new());
            missed.set(None);
        }
        now
    });
    let rows = Memo::new(move |_| {
        let mut rows = page.value.with(|it| it.as_ref().map(|it| it.rows.clone())).unwrap_or_default();
        let further =
            more.get().into_iter().filter(|it| !rows.iter().any(|known| known.id == it.id)).collect::<Vec<_>>();
        rows.extend(further);
        rows
    });
    // The badge changed: so did the list.
    Effect::new(move |first: Option<()>| {
        let (_, last) = app.live.get();
        if first.is_some() && matches!(last, Some(Live::Inbox { .. })) {
            page.reload();
        }
    });
    let href = move |id: &str| {
        let mut place = app.place.get_untracked();
        place.path = format!("/inbox/{}", nav::encode(id));
        place.href()
    };
    // On a wide screen the first task is shown beside the list at once.
    let wide = move || window().inner_width().ok().and_then(|it| it.as_f64()).is_some_and(|it| it >= 1024.0);
    Effect::new(move |_| {
        let first = rows.with(|it| it.first().map(|it| it.id.clone()));
        if let Some(first) = first
            && chosen.get().is_none()
            && inbox.get() != "done"
            && wide()
        {
            let mut place = app.place.get_untracked();
            place.path = format!("/inbox/{first}");
            nav::replace(place);
        }
    });
    let step = move |by: i32| {
        let rows = rows.get_untracked();
        if rows.is_empty() || inbox.get_untracked() == "done" {
            return;
        }
        let here = rows.iter().position(|it| Some(&it.id) == chosen.get_untracked().as_ref());
        let to = here.map_or(0, |it| (it as i32 + by).clamp(0, rows.len() as i32 - 1));
        nav::go(&href(&rows[to as usize].id));
    };
    let handle = window_event_listener(ev::keydown, move |event| {
        if typing() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "j" | "J" => step(1),
            "k" | "K" => step(-1),
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
    // After a task is done the next one is shown.
    let gone = Callback::new(move |id: String| {
        let rows = rows.get_untracked();
        let at = rows.iter().position(|it| it.id == id);
        let follow = at.and_then(|at| rows.get(at + 1).or_else(|| at.checked_sub(1).and_then(|it| rows.get(it))));
        let mut place = app.place.get_untracked();
        place.path = match follow.filter(|_| wide()) {
            Some(task) => format!("/inbox/{}", task.id),
            None => "/inbox".to_owned(),
        };
        page.value.update(|it| {
            if let Some(it) = it {
                it.rows.retain(|it| it.id != id);
            }
        });
        more.update(|it| it.retain(|it| it.id != id));
        nav::leave_for(&place.href());
        page.reload();
    });
    let boxes = BOXES.into_iter().map(|(name, words, symbol)| {
        let count = move || page.value.with(|it| it.as_ref().and_then(|it| it.counts.get(name).copied()));
        view! {
            <a class="box" href=format!("/inbox?box={name}") aria-current=move || (inbox.get() == name).then_some("page")>
                {icon(symbol)}<span class="grow">{words.get()}</span>
                {move || count().filter(|it| *it > 0 && name != "done").map(|it| view! { <span class="count quiet">{it.to_string()}</span> })}
            </a>
        }
    }).collect_view();
    let load_more = move || {
        let Some(after) = next.get_untracked() else { return };
        let asked = path.get_untracked();
        let address = format!("{asked}&after={}", nav::encode(&after));
        spawn_local(async move {
            let answer = api::get::<TaskPage>(&address).await;
            if path.try_get_untracked().as_ref() != Some(&asked) || next.get_untracked().as_ref() != Some(&after) {
                return;
            }
            match answer {
                Ok(page) => {
                    missed.set(None);
                    more.update(|it| it.extend(page.rows));
                    next.set(page.next);
                }
                Err(why) => missed.set(Some(why)),
            }
        });
    };
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let unread = Memo::new(move |_| page.value.with(Option::is_none));
    // A list that is there stays when it cannot be read again, and the keyboard in it.
    let instead = Memo::new(move |_| page.fault.get().filter(|_| unread.get()));
    let stale = RwSignal::new(None::<Problem>);
    Effect::new(move |_| stale.set(page.fault.get().filter(|_| !unread.get())));
    let again = Callback::new(move |()| page.reload());
    let list = move || {
        if let Some(why) = instead.get() {
            return problem::screen(&why, Some(again));
        }
        if unread.get() {
            return view! { <div class="pad">{skeleton()}</div> }.into_any();
        }
        if none.get() {
            let filtered = !q.get().is_empty() || overdue.get();
            let (head, why) = if filtered {
                (text::EMPTY_FILTERED, text::EMPTY_FILTERED_WHY)
            } else {
                (text::EMPTY_INBOX, text::EMPTY_INBOX_WHY)
            };
            // "All done" is half the truth where others wait for somebody to take them.
            let group =
                page.value.with(|it| it.as_ref().and_then(|it| it.counts.get("group").copied())).unwrap_or_default();
            let claim = (!filtered && inbox.get() == "mine" && group > 0).then(|| view! {
                <a class="button" href="/inbox?box=group">{icon("users")}{move || text::CLAIMABLE_OF.fill(&[&group.to_string()])}</a>
            });
            return problem::empty(if filtered { "search" } else { "check" }, head, why, claim.into_any());
        }
        view! {
            <ul class="task-list">
                <For each=move || rows.get() key=|it| it.clone_key() let:task>
                    {row(task, chosen, href)}
                </For>
            </ul>
            {move || next.get().map(|_| view! { <div class="pad stack">
                {problem::banner(missed, None)}
                <div><button type="button" class="button small" on:click=move |_| load_more()>{text::MORE_ROWS.get()}</button></div>
            </div> })}
        }.into_any()
    };
    view! {
        <div class="inbox" class:open=move || chosen.get().is_some()>
            <nav class="boxes" aria-label=text::INBOX.get()>
                <h1>{text::INBOX.get()}</h1>
                {boxes}
                <p class="keys faint"><kbd>"J"</kbd>" "<kbd>"K"</kbd>" "{text::KEYS_WALK.get()}<br/><kbd>"C"</kbd>" "{text::CLAIM.get()}" "<kbd>"U"</kbd>" "{text::RELEASE.get()}<br/><kbd>"Ctrl ↵"</kbd>" "{text::KEYS_DONE.get()}</p>
            </nav>
            <section class="inbox-list" aria-label=move || BOXES.iter().find(|it| it.0 == inbox.get()).map_or("", |it| it.1.read())>
                <div class="inbox-tools">
                    <div class="search-box">{icon("search")}
                        <input class="input" type="search" placeholder=text::SEARCH.get() aria-label=text::SEARCH.get() prop:value=move || q.get()
                            on:change=move |event| nav::replace(app.place.get_untracked().with("q", Some(&event_target_value(&event))))/></div>
                    <button type="button" class="button small plain" aria-pressed=move || overdue.get().to_string()
                        on:click=move |_| nav::replace(app.place.get_untracked().with("overdue", (!overdue.get_untracked()).then_some("1")))>{icon("clock")}{text::OVERDUE.get()}</button>
                </div>
                {problem::banner(stale, Some(again))}
                {list}
            </section>
            <section class="inbox-task" aria-label=text::TASK.get()>
                {move || match chosen.get() {
                    Some(id) => view! { <TaskPane id=id gone=gone changed=Callback::new(move |()| page.reload())/> }.into_any(),
                    None => view! { <div class="state">{icon("inbox")}<p>{text::CHOOSE_TASK.get()}</p></div> }.into_any(),
                }}
            </section>
        </div>
    }
}

/// What makes a row look different.
trait Look {
    fn clone_key(&self) -> String;
}

impl Look for TaskHead {
    fn clone_key(&self) -> String {
        format!(
            "{}|{:?}|{}|{}|{:?}|{:?}",
            self.id, self.assignee, self.overdue, self.claimable, self.due_at, self.stage
        )
    }
}

fn row(it: TaskHead, chosen: Memo<Option<String>>, href: impl Fn(&str) -> String + Copy + 'static) -> AnyView {
    let id = it.id.clone();
    let link = StoredValue::new(id.clone());
    let titles = it.titles.clone();
    let label = if it.record_label.is_empty() { it.record_number.clone() } else { it.record_label.clone() };
    let number = it.record_number.clone();
    let finished = it.completed_at.clone();
    let assignee = it.assignee_name.clone().filter(|_| !it.mine);
    // What is done has no pane any more: it leads to what became of it.
    let over = it.completed_at.is_some();
    let target = if over {
        format!("/records/{}/{}?tab=history", nav::encode(&it.module), nav::encode(&it.record))
    } else {
        format!("/inbox/{}", nav::encode(&it.id))
    };
    view! {
        <li>
            <a class="task-row" href=target aria-current=move || (chosen.get().as_ref() == Some(&id)).then_some("true")
                on:click=move |event| {
                    // Keeps the box and the search in the address.
                    if !over && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
                        event.prevent_default();
                        nav::go(&href(&link.get_value()));
                    }
                }>
                <span class="row between"><span class="strong clip">{move || pick(&titles, app().lang.get())}</span>
                    {(it.priority > 50).then(|| view! { <span class="badge danger">{text::URGENT.get()}</span> })}</span>
                <span class="clip">{label.clone()}</span>
                <span class="row between faint"><span class="num clip">{if number == label { String::new() } else { number }}</span>
                    {match finished {
                        Some(at) => view! { <span class="nowrap">{show::ago(at)}</span> }.into_any(),
                        None => due(it.due_at.clone(), it.overdue).into_any(),
                    }}</span>
                <span class="row wrap">
                    {it.returned.is_some().then(|| view! { <span class="badge warning">{icon("return")}{text::RETURNED.get()}</span> })}
                    {it.claimable.then(|| view! { <span class="badge info">{text::UNCLAIMED.get()}</span> })}
                    {assignee.map(|it| view! { <span class="badge">{it}</span> })}
                </span>
            </a>
        </li>
    }
    .into_any()
}

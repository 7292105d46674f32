//! A calendar: records on the days of a month or a week. A card is dragged to another day, moved by Alt and an arrow, or
//! put there by its menu, which a phone has too; there the days are a list.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::api::record::{Calendar, CalendarRow, Change, Record};
use gloo_net::http::Method;
use leptos::{ev, prelude::*, task::spawn_local};
use runtime::model::view::CalendarView;
use serde_json::{Map, Value};
use wasm_bindgen::JsCast;

use super::list::{cell, first_words};
use super::words as own;
use super::{days, viewed};
use crate::app::{Tone, app};
use crate::module::{Module, plain};
use crate::ui::fetch::{Fetch, fetch, skeleton};
use crate::ui::focus;
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::ui::problem;
use crate::{api, live, nav, show, text};

/// The screen at `/records/{module}/calendar/{view}`.
pub fn calendar_page(key: String, view: String) -> AnyView {
    viewed(key, move |module| {
        let found = module.calendars().into_iter().find(|it| it.0 == view)?;
        Some(view! { <Page module=module name=found.0 calendar=found.1/> }.into_any())
    })
}

/// A card that is being dragged, or only pressed yet.
#[derive(Clone, Debug, PartialEq)]
struct Drag {
    id: String,
    label: String,
    from: String,
    start: (i32, i32),
    at: (i32, i32),
    over: Option<String>,
    moved: bool,
}

/// What the cards of a calendar share.
#[derive(Clone, Copy)]
struct Sheet {
    module: StoredValue<Arc<Module>>,
    view: StoredValue<CalendarView>,
    found: Fetch<Calendar>,
    drag: RwSignal<Option<Drag>>,
    /// A drag has just ended: the click that follows is none.
    dragged: RwSignal<bool>,
    spoken: RwSignal<String>,
    /// Records on their way to another day: shown there, not stored yet.
    saving: RwSignal<BTreeSet<String>>,
}

#[component]
fn Page(module: Arc<Module>, name: String, calendar: CalendarView) -> impl IntoView {
    let app = app();
    let key = module.info.key.clone();
    let module = StoredValue::new(module);
    let week = Memo::new(move |_| app.place.with(|it| it.get("by").as_deref() == Some("week")));
    let at = Memo::new(move |_| app.place.with(|it| it.get("day")).unwrap_or_else(days::today));
    let q = Memo::new(move |_| app.place.with(|it| it.get("q")).unwrap_or_default());
    let shown = Memo::new(move |_| {
        let at = at.get();
        if week.get() {
            let from = days::monday(&at);
            return (0..7).map(|it| days::later(&from, it)).collect::<Vec<_>>();
        }
        let (first, next) = (days::first(&at, 0), days::first(&at, 1));
        let from = days::monday(&first);
        let weeks = (days::between(&from, &next) + 6) / 7;
        (0..weeks * 7).map(|it| days::later(&from, it)).collect::<Vec<_>>()
    });
    let path = format!("/api/calendars/{}/{}", nav::encode(&key), nav::encode(&name));
    let found = fetch::<Calendar>(move || {
        let shown = shown.get();
        // A day is where the person is; the server's begins where the house is. One more on each side holds both.
        let (from, until) = (days::later(shown.first()?, -1), days::later(shown.last()?, 2));
        Some(format!("{path}?from={from}&until={until}&q={}", nav::encode(&q.get())))
    });
    Effect::new(move |_| nav::title(&module.with_value(|it| it.view_title(&name, app.lang.get()))));
    live::follow(key.clone(), move || found.reload());
    let sheet = Sheet {
        module,
        view: StoredValue::new(calendar),
        found,
        drag: RwSignal::new(None),
        dragged: RwSignal::new(false),
        spoken: RwSignal::new(String::new()),
        saving: RwSignal::new(BTreeSet::new()),
    };
    nav::hold(move || sheet.saving.with(|it| !it.is_empty()));
    dragging(sheet);
    let go = move |day: String| nav::replace(app.place.get_untracked().with("day", Some(&day)));
    let step = move |by: i32| {
        let at = at.get_untracked();
        go(if week.get_untracked() { days::later(&at, 7 * by) } else { days::first(&at, by) });
    };
    let title = move || {
        let lang = app.lang.get();
        if week.get() {
            let shown = shown.get();
            let say = |it: Option<&String>| it.map(|it| show::date(it, lang)).unwrap_or_default();
            return format!("{} – {}", say(shown.first()), say(shown.last()));
        }
        show::day(&days::date(&at.get()), lang, &[("year", "numeric"), ("month", "long")])
    };
    let keys = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "PageUp" => {
            event.prevent_default();
            step(-1);
        }
        "PageDown" => {
            event.prevent_default();
            step(1);
        }
        _ => {}
    };
    let mode = move |name: &'static str, words: text::Text| {
        let on = move || (week.get() == (name == "week")).to_string();
        view! {
            <button type="button" class="segment" aria-pressed=on
                on:click=move |_| nav::replace(app.place.get_untracked().with("by", Some(name)))>{words.get()}</button>
        }
    };
    let unread = Memo::new(move |_| found.value.with(Option::is_none));
    let nothing = Memo::new(move |_| found.value.with(|it| it.as_ref().is_some_and(|it| it.rows.is_empty())));
    let more = Memo::new(move |_| found.value.with(|it| it.as_ref().is_some_and(|it| it.more)));
    let grid = move || {
        let (lang, month) = (app.lang.get(), days::first(&at.get(), 0));
        let head = shown.with(|it| {
            it.iter()
                .take(7)
                .map(|it| {
                    let words = show::day(&days::date(it), lang, &[("weekday", "short")]);
                    view! { <div class="cal-head" aria-hidden="true">{words}</div> }
                })
                .collect_view()
        });
        let cells = shown.get().into_iter().map(|it| day(sheet, it, month[..7].to_owned(), week.get())).collect_view();
        view! { <div class="cal" class:week=week role="group" aria-label=title on:keydown=keys>{head}{cells}</div> }
    };
    view! {
        <div class="page-head">
            <h1 class="grow">{move || module.with_value(|it| it.title(app.lang.get()))}</h1>
            {super::views(module)}
            {module.with_value(|it| it.may("create")).then(|| view! { <a class="button primary" href=format!("/records/{key}/new")>{icon("plus")}{text::NEW.get()}</a> })}
        </div>
        <div class="page-body">
            <div class="toolbar cal-bar">
                <button type="button" class="button icon-only" aria-label=own::CAL_BEFORE.get() title=own::CAL_BEFORE.get() on:click=move |_| step(-1)>{icon("left")}</button>
                <button type="button" class="button" on:click=move |_| go(days::today())>{own::CAL_TODAY.get()}</button>
                <button type="button" class="button icon-only" aria-label=own::CAL_AFTER.get() title=own::CAL_AFTER.get() on:click=move |_| step(1)>{icon("right")}</button>
                <h2 class="grow" aria-live="polite">{title}</h2>
                <div class="segments">{mode("month", own::CAL_MONTH)}{mode("week", own::CAL_WEEK)}</div>
                <div class="search-box">{icon("search")}
                    <input class="input" type="search" placeholder=text::SEARCH.get() aria-label=text::SEARCH.get() prop:value=move || q.get()
                        on:change=move |event| nav::replace(app.place.get_untracked().with("q", Some(&event_target_value(&event))))/></div>
            </div>
            <p class="sr" role="status" aria-live="polite">{sheet.spoken}</p>
            {move || {
                if let Some(why) = found.fault.get() {
                    return problem::screen(&why, Some(Callback::new(move |()| found.reload())));
                }
                if unread.get() {
                    return skeleton().into_any();
                }
                view! {
                    {move || nothing.get().then(|| view! { <p class="faint">{own::CAL_EMPTY.get()}</p> })}
                    {move || more.get().then(|| view! { <div class="banner warning">{icon("info")}<span class="grow">{own::CAL_MORE.get()}</span></div> })}
                    {grid}
                }.into_any()
            }}
        </div>
        {move || sheet.drag.get().filter(|it| it.moved).map(|it| view! {
            <div class="ghost" aria-hidden="true" style:left=format!("{}px", it.at.0) style:top=format!("{}px", it.at.1)>{it.label}</div>
        })}
    }
}

/// The day a record begins on, and the one it ends on.
fn span(sheet: Sheet, row: &CalendarRow) -> Option<(String, String)> {
    sheet.view.with_value(|view| {
        let day = |key: &str| row.row.data.get(key).map(plain).filter(|it| !it.is_empty()).map(|it| days::day_of(&it));
        let start = day(view.start.as_str())?;
        let end = view.end.as_ref().and_then(|it| day(it.as_str())).filter(|it| *it > start);
        Some((start.clone(), end.unwrap_or(start)))
    })
}

/// The records of a day. What goes on for days stands above what begins today, so that it keeps its place.
fn rows_of(sheet: Sheet, day: &str) -> Vec<CalendarRow> {
    sheet.found.value.with(|it| {
        let here =
            |row: &&CalendarRow| span(sheet, row).is_some_and(|(from, to)| from.as_str() <= day && day <= to.as_str());
        let mut rows: Vec<CalendarRow> = it.iter().flat_map(|it| &it.rows).filter(here).cloned().collect();
        rows.sort_by_key(|row| span(sheet, row).map(|(from, _)| from));
        rows
    })
}

fn day(sheet: Sheet, day: String, month: String, week: bool) -> impl IntoView {
    let app = app();
    let at = day.clone();
    let rows = Memo::new(move |_| {
        focus::keep("data-card");
        rows_of(sheet, &at)
    });
    let date = days::date(&day);
    let words =
        show::day(&date, app.lang.get_untracked(), &[("weekday", "long"), ("month", "long"), ("day", "numeric")]);
    let number = day[8..].trim_start_matches('0').to_owned();
    let (other, now) = (!week && !day.starts_with(&month), day == days::today());
    let here = day.clone();
    let over = move || sheet.drag.with(|it| it.as_ref().is_some_and(|it| it.moved && it.over.as_ref() == Some(&here)));
    let at = day.clone();
    // A card that says the same as before stays as it is, with what is open on it.
    let says = |it: &CalendarRow| (it.row.id.clone(), it.may_move, Value::Object(it.row.data.clone()).to_string());
    view! {
        <section class="cal-day" class:other=other class:now=now class:empty=move || rows.with(Vec::is_empty) class:over=over data-day=day.clone()
            aria-label=words.clone() aria-current=now.then_some("date")>
            <header><span class="num">{number}</span><span class="cal-long">{words.clone()}</span></header>
            <ul><For each=move || rows.get() key=says let(row)>{card(sheet, row, at.clone(), week)}</For></ul>
        </section>
    }
}

fn card(sheet: Sheet, row: CalendarRow, day: String, week: bool) -> impl IntoView {
    let module = sheet.module;
    let lang = move || app().lang.get();
    let fields: Vec<String> = sheet.view.with_value(|it| it.card.iter().map(|it| it.0.clone()).collect());
    let head = fields.first().cloned().unwrap_or_else(|| module.with_value(|it| it.definition.label.0.clone()));
    let href = format!("/records/{}/{}", module.with_value(|it| it.info.key.clone()), row.row.id);
    let label = module.with_value(|it| first_words(it, &head, &row.row, lang()));
    let lines = fields
        .into_iter()
        .skip(1)
        .take(if week { 4 } else { 1 })
        .filter(|key| row.row.data.contains_key(key))
        .map(|key| view! { <div class="card-line">{module.with_value(|it| cell(it, &key, &row.row, lang()))}</div> })
        .collect_view();
    let (id, may) = (row.row.id.clone(), row.may_move);
    let press = {
        let (id, label, day) = (id.clone(), label.clone(), day.clone());
        move |event: ev::PointerEvent| {
            let target = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
            let control = target.is_some_and(|it| it.closest("button, .pop-panel").ok().flatten().is_some());
            // Touch scrolls; there cards move by their menu.
            if !may || control || event.button() != 0 || event.pointer_type() == "touch" {
                return;
            }
            let at = (event.client_x(), event.client_y());
            let (id, label, from) = (id.clone(), label.clone(), day.clone());
            sheet.drag.set(Some(Drag { id, label, from, start: at, at, over: None, moved: false }));
        }
    };
    let keys = {
        let id = id.clone();
        move |event: ev::KeyboardEvent| {
            let by = match (event.alt_key() && may, event.key().as_str()) {
                (true, "ArrowLeft") => -1,
                (true, "ArrowRight") => 1,
                (true, "ArrowUp") => -7,
                (true, "ArrowDown") => 7,
                _ => return,
            };
            event.prevent_default();
            put(sheet, &id, by);
        }
    };
    let click = move |event: ev::MouseEvent| {
        if sheet.dragged.get_untracked() {
            sheet.dragged.set(false);
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let menu = may.then(|| {
        let (id, from, words) = (id.clone(), day.clone(), label.clone());
        view! {
            <Pop label=Signal::derive(move || own::CAL_MOVE.fill(&[&words])) class="button plain small icon-only" side="right pad" button=ViewFn::from(|| icon("more"))>
                <label class="prop"><span>{own::CAL_TO.get()}</span>
                    <input class="input" type="date" prop:value=from.clone() on:change={
                        let (id, from) = (id.clone(), from.clone());
                        move |event| {
                            let to = event_target_value(&event);
                            if to.len() == 10 { put(sheet, &id, days::between(&from, &to)); }
                        }
                    }/>
                </label>
            </Pop>
        }
    });
    let mine = id.clone();
    let gone = move || sheet.drag.with(|it| it.as_ref().is_some_and(|it| it.moved && it.id == mine));
    let hint = may.then(|| own::CAL_KEYS.read());
    let waits = id.clone();
    let saving = Memo::new(move |_| sheet.saving.with(|it| it.contains(&waits)));
    view! {
        <li class="cal-card" class:gone=gone class:fixed=!may class:saving=move || saving.get() aria-busy=move || saving.get().to_string() on:pointerdown=press on:keydown=keys>
            <div class="row between">
                <a class="row-link clip" href=href draggable="false" title=hint data-card=row.row.id.clone() on:click=click>{label}</a>{menu}
            </div>
            {lines}
            {move || saving.get().then(|| view! { <div class="card-line faint">{own::CAL_SAVING.get()}</div> })}
        </li>
    }
}

/// Puts a record some days later.
fn put(sheet: Sheet, id: &str, by: i32) {
    let row = sheet.found.value.with_untracked(|it| it.as_ref()?.rows.iter().find(|it| it.row.id == id).cloned());
    // One after the other: the second move needs the version the first one gave.
    let busy = sheet.saving.with_untracked(|it| it.contains(id));
    let Some(row) = row.filter(|it| it.may_move && by != 0 && !busy) else { return };
    let module = sheet.module.with_value(|it| it.info.key.clone());
    let data: Map<String, Value> = sheet.view.with_value(|view| {
        let moved = |key: &str| {
            let value = row.row.data.get(key).map(plain).filter(|it| !it.is_empty())?;
            Some((key.to_owned(), Value::from(days::moved(&value, by))))
        };
        std::iter::once(&view.start).chain(view.end.as_ref()).filter_map(|it| moved(it.as_str())).collect()
    });
    // Shown at once, as on its way; the server has the last word.
    sheet.saving.update(|it| {
        it.insert(id.to_owned());
    });
    show_as(sheet, id, &data);
    sheet.spoken.set(own::CAL_SAVING.now().to_owned());
    let start = sheet.view.with_value(|it| it.start.0.clone());
    let to = data.get(&start).map(plain).map(|it| days::day_of(&it)).unwrap_or_default();
    let path = format!("/api/records/{}/{}", nav::encode(&module), nav::encode(id));
    let body = Change { version: row.row.version, data, ..Change::default() };
    let before = row.row.data;
    let id = id.to_owned();
    spawn_local(async move {
        let answer = api::send::<_, Record>(Method::PATCH, &path, &body).await;
        match answer {
            Ok(stored) => {
                // Known before the calendar is read again: the next move may come sooner.
                sheet.found.value.try_update(|it| {
                    if let Some(row) = it.iter_mut().flat_map(|it| &mut it.rows).find(|it| it.row.id == id) {
                        row.row.version = stored.version;
                    }
                });
                let words = own::CAL_MOVED.fill_now(&[&show::date(&to, app().lang.get_untracked())]);
                sheet.spoken.try_set(words.clone());
                app().toast(Tone::Good, words);
            }
            Err(why) => {
                // Back where it is stored.
                show_as(sheet, &id, &before);
                let words = problem::sentence(&why);
                sheet.spoken.try_set(words.clone());
                app().toast(Tone::Bad, words);
            }
        }
        sheet.saving.try_update(|it| it.remove(&id));
        sheet.found.reload();
    });
}

/// Shows a record with other values.
fn show_as(sheet: Sheet, id: &str, data: &Map<String, Value>) {
    sheet.found.value.try_update(|it| {
        if let Some(row) = it.iter_mut().flat_map(|it| &mut it.rows).find(|it| it.row.id == id) {
            row.row.data.extend(data.clone());
        }
    });
}

/// Follows the pointer while a card is held.
fn dragging(sheet: Sheet) {
    let drag = sheet.drag;
    let moving = window_event_listener(ev::pointermove, move |event| {
        if drag.with_untracked(Option::is_none) {
            return;
        }
        let at = (event.client_x(), event.client_y());
        let under = document().element_from_point(at.0 as f32, at.1 as f32);
        let over = under.and_then(|it| it.closest("[data-day]").ok().flatten());
        let over = over.and_then(|it| it.get_attribute("data-day"));
        drag.update(|it| {
            if let Some(it) = it {
                it.moved |= (at.0 - it.start.0).abs() + (at.1 - it.start.1).abs() > 6;
                it.at = at;
                it.over = over;
            }
        });
    });
    let dropped = window_event_listener(ev::pointerup, move |_| {
        let Some(it) = drag.get_untracked() else { return };
        drag.set(None);
        if !it.moved {
            return;
        }
        sheet.dragged.set(true);
        // The click, if one follows, follows at once.
        set_timeout(
            move || {
                sheet.dragged.try_set(false);
            },
            std::time::Duration::ZERO,
        );
        if let Some(to) = it.over {
            put(sheet, &it.id, days::between(&it.from, &to));
        }
    });
    let stopped = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            drag.set(None);
        }
    });
    on_cleanup(move || {
        moving.remove();
        dropped.remove();
        stopped.remove();
    });
}

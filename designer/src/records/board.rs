//! A board: one column per value. A card is dragged with the pointer or moved by its menu; both ask the server,
//! and where the flow wants to know something first, the step's form opens with the outcome chosen.

use std::sync::Arc;

use ::api::Problem;
use ::api::record::{Board, BoardColumn, Move, MoveAnswer, Row};
use ::api::task::TaskDetail;
use leptos::{ev, prelude::*, task::spawn_local};
use runtime::model::view::KanbanView;
use wasm_bindgen::JsCast;

use super::list::first_words;
use crate::app::{Tone, app, pick};
use crate::inbox::CompleteForm;
use crate::module::{Kind, Module};
use crate::ui::dialog::Titled;
use crate::ui::fetch::{Fetch, fetch, skeleton};
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::ui::problem;
use crate::{api, live, nav, show, text};

/// The screen at `/records/{module}/board/{view}`.
pub fn board_page(key: String, view: String) -> AnyView {
    super::viewed(key, move |module| {
        let (name, board) = module.boards().into_iter().find(|it| it.0 == view)?;
        Some(view! { <BoardView module=module name=name board=board/> }.into_any())
    })
}

/// A card that is on its way.
#[derive(Clone, Debug, PartialEq)]
struct Drag {
    id: String,
    label: String,
    from: String,
    /// Column under the pointer.
    over: Option<String>,
    at: (i32, i32),
}

#[component]
fn BoardView(module: Arc<Module>, name: String, board: KanbanView) -> impl IntoView {
    let app = app();
    let key = module.info.key.clone();
    let module = StoredValue::new(module);
    let board = StoredValue::new(board);
    let q = Memo::new(move |_| app.place.with(|it| it.get("q")).unwrap_or_default());
    let base = format!("/api/boards/{}/{}", nav::encode(&key), nav::encode(&name));
    let path = base.clone();
    let found = fetch::<Board>(move || Some(format!("{path}?q={}", nav::encode(&q.get()))));
    Effect::new(move |_| nav::title(&module.with_value(|it| it.view_title(&name, app.lang.get()))));
    live::follow(key.clone(), move || found.reload());
    let column_title = move |value: &str| {
        let lang = app.lang.get();
        let group = board.with_value(|it| it.group.0.clone());
        module.with_value(|module| match module.field(&group) {
            Some(field) => show::words(module, &group, field, &serde_json::json!(value), &Default::default(), lang),
            None => value.to_owned(),
        })
    };
    let completing = RwSignal::new(None::<(TaskDetail, Vec<String>)>);
    let fault = RwSignal::new(None::<Problem>);
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        fault.set(None);
        open.set(completing.with(Option::is_some));
    });
    Effect::new(move |_| {
        if !open.get() && completing.with_untracked(Option::is_some) {
            completing.set(None);
            found.reload();
        }
    });
    let spoken = RwSignal::new(String::new());
    let move_to = Callback::new(move |(id, to): (String, String)| {
        let Some(row) = shift(found, &id, &to) else { return };
        let title = untrack(|| column_title(&to));
        let path = format!("{base}/move");
        let body = Move { id, version: row.version, to };
        spawn_local(async move {
            match api::post::<_, MoveAnswer>(&path, &body).await {
                Ok(MoveAnswer::Moved { .. }) => {
                    spoken.set(text::MOVED.fill_now(&[&title]));
                    app.toast(Tone::Good, text::MOVED.fill_now(&[&title]));
                    found.reload();
                }
                Ok(MoveAnswer::Complete { task, outcomes }) => {
                    match api::get::<TaskDetail>(&format!("/api/tasks/{}", nav::encode(&task))).await {
                        Ok(detail) => completing.set(Some((detail, outcomes))),
                        Err(why) => {
                            app.toast(Tone::Bad, problem::sentence(&why));
                            found.reload();
                        }
                    }
                }
                Ok(MoveAnswer::Refused { reason, allowed }) => {
                    let why = match reason.as_str() {
                        "not-yours" => text::MOVE_NOT_YOURS,
                        "no-task" => text::MOVE_NO_TASK,
                        _ => text::MOVE_NOT_STEP,
                    };
                    let allowed: Vec<String> = allowed.iter().map(|it| untrack(|| column_title(it))).collect();
                    let mut words = format!("{} {}", text::MOVE_REFUSED.fill_now(&[&title]), why.now());
                    if !allowed.is_empty() {
                        words = format!("{words} {}", text::MOVE_ALLOWED.fill_now(&[&allowed.join(", ")]));
                    }
                    app.toast(Tone::Bad, words);
                    found.reload();
                }
                Err(why) => {
                    app.toast(Tone::Bad, problem::sentence(&why));
                    found.reload();
                }
            }
        });
    });
    let drag = RwSignal::new(None::<Drag>);
    let moving = window_event_listener(ev::pointermove, move |event| {
        if drag.with_untracked(Option::is_none) {
            return;
        }
        let (x, y) = (event.client_x(), event.client_y());
        let over =
            document().element_from_point(x as f32, y as f32).and_then(|it| it.closest("[data-column]").ok().flatten());
        let over = over.and_then(|it| it.get_attribute("data-column"));
        drag.update(|it| {
            if let Some(it) = it {
                it.at = (x, y);
                it.over = over;
            }
        });
    });
    let dropped = window_event_listener(ev::pointerup, move |_| {
        if let Some(it) = drag.get_untracked() {
            drag.set(None);
            if let Some(to) = it.over.filter(|to| *to != it.from) {
                move_to.run((it.id, to));
            }
        }
    });
    let stopped = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && drag.with_untracked(Option::is_some) {
            drag.set(None);
        }
    });
    on_cleanup(move || {
        moving.remove();
        dropped.remove();
        stopped.remove();
    });
    let values = Memo::new(move |_| {
        found.value.with(|it| {
            it.as_ref().map(|it| it.columns.iter().map(|it| it.value.clone()).collect::<Vec<_>>()).unwrap_or_default()
        })
    });
    // Columns and cards that stay as they are keep their place in the page while others come and go: with it the menu that is
    // open at one of them, the keyboard, and how far somebody has scrolled.
    let column = move |value: String| {
        let it = {
            let value = value.clone();
            Memo::new(move |before: Option<&BoardColumn>| {
                let now = found.value.with(|it| it.as_ref()?.columns.iter().find(|it| it.value == value).cloned());
                now.or_else(|| before.cloned()).unwrap_or_default()
            })
        };
        let title = {
            let value = value.clone();
            Signal::derive(move || column_title(&value))
        };
        let here = value.clone();
        let over =
            move || drag.with(|it| it.as_ref().is_some_and(|it| it.over.as_ref() == Some(&here) && it.from != here));
        let sum = move || {
            let digits = it.with(|it| it.sum.clone())?;
            let field = board.with_value(|it| it.sum.as_ref().map(|it| it.0.clone())).unwrap_or_default();
            let words = module.with_value(|module| match module.field(&field).map(|it| it.kind.clone()) {
                Some(Kind::Money { currency }) => show::money(&digits, &currency),
                _ => show::number(&digits, None),
            });
            Some(view! { <span class="money faint">{words}</span> })
        };
        let rest = Memo::new(move |_| it.with(|it| it.total.saturating_sub(it.rows.len() as u64)));
        let group = board.with_value(|it| it.group.0.clone());
        let all = format!("/records/{}?f={group}:in:{value}", module.with_value(|it| it.info.key.clone()));
        let from = value.clone();
        let one = move |row: Row| {
            let title = Callback::new(move |it: String| column_title(&it));
            card(module, board, row, from.clone(), values, drag, move_to, title)
        };
        view! {
            <section class="column" class:over=over data-column=value aria-label=title>
                <header><h2 class="clip">{title}</h2><span class="count quiet">{move || it.with(|it| it.total.to_string())}</span>{sum}</header>
                <ul class="cards"><For each=move || it.with(|it| it.rows.clone()) key=|it| format!("{it:?}") children=one/></ul>
                {move || it.with(|it| it.total == 0).then(|| view! { <p class="faint empty">{text::EMPTY_COLUMN.get()}</p> })}
                {move || (rest.get() > 0).then(|| view! { <a class="more" href=all.clone()>{move || text::MORE_CARDS.fill(&[&rest.get().to_string()])}</a> })}
            </section>
        }
    };
    let unread = Memo::new(move |_| found.value.with(Option::is_none));
    let instead = Memo::new(move |_| found.fault.get().filter(|_| unread.get()));
    let stale = RwSignal::new(None);
    Effect::new(move |_| stale.set(found.fault.get().filter(|_| !unread.get())));
    let again = Callback::new(move |()| found.reload());
    let step_title = Signal::derive(move || {
        completing.with(|it| it.as_ref().map(|it| pick(&it.0.task.titles, app.lang.get()))).unwrap_or_default()
    });
    view! {
        <div class="page-head">
            <h1 class="grow">{move || module.with_value(|it| it.title(app.lang.get()))}</h1>
            {super::views(module)}
            {module.with_value(|it| it.may("create")).then(|| view! { <a class="button primary" href=format!("/records/{key}/new")>{icon("plus")}{text::NEW.get()}</a> })}
        </div>
        <div class="page-body board-page">
            <div class="toolbar"><div class="search-box">{icon("search")}
                <input class="input" type="search" placeholder=text::SEARCH.get() aria-label=text::SEARCH.get() prop:value=move || q.get()
                    on:change=move |event| nav::replace(app.place.get_untracked().with("q", Some(&event_target_value(&event))))/></div></div>
            <p class="sr" role="status" aria-live="polite">{spoken}</p>
            {problem::banner(stale, Some(again))}
            {move || {
                if let Some(why) = instead.get() {
                    return problem::screen(&why, Some(again));
                }
                if unread.get() {
                    return skeleton().into_any();
                }
                view! {
                    <div class="board" class:dragging=move || drag.with(Option::is_some)>
                        <For each=move || values.get() key=Clone::clone children=column/>
                    </div>
                }.into_any()
            }}
        </div>
        {move || drag.get().map(|it| view! {
            <div class="ghost" aria-hidden="true" style:left=format!("{}px", it.at.0) style:top=format!("{}px", it.at.1)>{it.label}</div>
        })}
        <Titled open=open title=step_title wide=true>
            <div class="body">{problem::banner(fault, None)}{move || completing.get().map(|(detail, outcomes)| {
                let label = detail.record.label.clone();
                view! {
                    <p class="muted">{label}</p>
                    <CompleteForm detail=detail module=module.get_value() wanted=Some(outcomes)
                        finished=Callback::new(move |_| {
                            app.say(Tone::Good, text::TASK_DONE);
                            open.set(false);
                        })
                        failed=Callback::new(move |why| if is_gone(&why) {
                            app.toast(Tone::Bad, problem::sentence(&why));
                            open.set(false);
                        } else {
                            fault.set(Some(why));
                        })/>
                }
            })}</div>
        </Titled>
    }
}

/// Whether the task is no more, or not theirs any more: then there is nothing to be put right in its form.
fn is_gone(why: &Problem) -> bool {
    const KINDS: [&str; 5] = ["claimed-by-other", "no-such-task", "already-ended", "nothing-waits", "not-a-candidate"];
    why.status == 404 || why.kind.strip_prefix("refused:").is_some_and(|it| KINDS.contains(&it))
}

/// Moves a card to another column before the server has answered; gives the card.
fn shift(found: Fetch<Board>, id: &str, to: &str) -> Option<Row> {
    let mut moved = None;
    found.value.update(|it| {
        let Some(board) = it else { return };
        for column in &mut board.columns {
            if let Some(at) = column.rows.iter().position(|it| it.id == id) {
                column.total = column.total.saturating_sub(1);
                moved = Some(column.rows.remove(at));
            }
        }
        if let (Some(row), Some(column)) = (&moved, board.columns.iter_mut().find(|it| it.value == to)) {
            column.total += 1;
            column.rows.insert(0, row.clone());
        }
    });
    moved
}

#[expect(
    clippy::too_many_arguments,
    reason = "a card knows its board; a struct of the same would only be taken apart again"
)]
fn card(
    module: StoredValue<Arc<Module>>,
    board: StoredValue<KanbanView>,
    row: Row,
    from: String,
    values: Memo<Vec<String>>,
    drag: RwSignal<Option<Drag>>,
    move_to: Callback<(String, String)>,
    column_title: Callback<String, String>,
) -> impl IntoView {
    let fields: Vec<String> = board.with_value(|it| it.card.iter().map(|it| it.0.clone()).collect());
    let head = fields.first().cloned().unwrap_or_else(|| module.with_value(|it| it.definition.label.0.clone()));
    let href = format!("/records/{}/{}", module.with_value(|it| it.info.key.clone()), row.id);
    let id = row.id.clone();
    let row = StoredValue::new(row);
    let label = {
        let head = head.clone();
        move || row.with_value(|row| module.with_value(|it| first_words(it, &head, row, app().lang.get())))
    };
    let lines = fields
        .into_iter()
        .skip(1)
        .map(move |key| {
            let title = {
                let key = key.clone();
                move || module.with_value(|it| it.field_title(&key, app().lang.get()))
            };
            let content = move || {
                row.with_value(|row| {
                    module.with_value(|module| {
                        let field = module.field(&key)?;
                        let value = row.data.get(&key)?;
                        let words = show::words(module, &key, field, value, &row.labels, app().lang.get());
                        (!words.is_empty())
                            .then(|| show::cell(module, &key, field, value, &row.labels, app().lang.get()))
                    })
                })
            };
            view! { <div class="card-line" title=title>{content}</div> }
        })
        .collect_view();
    let press = {
        let (id, from, label) = (id.clone(), from.clone(), label.clone());
        move |event: ev::PointerEvent| {
            // Touch scrolls; on a phone cards move by their menu.
            let on_control = event
                .target()
                .and_then(|it| it.dyn_into::<web_sys::Element>().ok())
                .is_some_and(|it| it.closest("button, .pop-panel").ok().flatten().is_some());
            if event.button() != 0 || event.pointer_type() == "touch" || on_control {
                return;
            }
            let start = (event.client_x(), event.client_y());
            let begin = Drag { id: id.clone(), label: untrack(&label), from: from.clone(), over: None, at: start };
            begin_when_moved(start, drag, begin);
        }
    };
    let gone = {
        let id = id.clone();
        move || drag.with(|it| it.as_ref().is_some_and(|it| it.id == id))
    };
    let menu_label = {
        let label = label.clone();
        Signal::derive(move || text::MOVE_CARD.fill(&[&label()]))
    };
    view! {
        <li class="board-card" class:gone=gone on:pointerdown=press on:dragstart=|event| event.prevent_default()>
            <div class="row between">
                <a class="row-link clip" href=href draggable="false">{label}</a>
                <Pop label=menu_label class="button plain small icon-only" side="right" button=ViewFn::from(|| icon("more"))>
                    <p class="menu-title">{text::MOVE_TO.get()}</p>
                    {
                        let (id, from) = (id.clone(), from.clone());
                        move || values.get().into_iter().filter(|it| *it != from).map(|to| {
                            let (id, title) = (id.clone(), column_title.run(to.clone()));
                            view! { <button type="button" class="menu-item" on:click=move |_| move_to.run((id.clone(), to.clone()))>{icon("right")}{title}</button> }
                        }).collect_view()
                    }
                </Pop>
            </div>
            {lines}
        </li>
    }
}

/// A press becomes a drag after a few pixels; before that it is a click.
fn begin_when_moved(start: (i32, i32), drag: RwSignal<Option<Drag>>, begin: Drag) {
    use std::cell::RefCell;
    use std::rc::Rc;
    let handles: Rc<RefCell<Vec<WindowListenerHandle>>> = Rc::default();
    let done = {
        let handles = handles.clone();
        move || handles.borrow_mut().drain(..).for_each(WindowListenerHandle::remove)
    };
    let began = Rc::new(RefCell::new(false));
    let moved = {
        let (done_flag, begin) = (began.clone(), begin);
        move |event: ev::PointerEvent| {
            let far = (event.client_x() - start.0).abs() + (event.client_y() - start.1).abs() > 6;
            if far && !*done_flag.borrow() {
                *done_flag.borrow_mut() = true;
                if let Some(selection) = window().get_selection().ok().flatten() {
                    let _ = selection.remove_all_ranges();
                }
                drag.set(Some(Drag { at: (event.client_x(), event.client_y()), ..begin.clone() }));
            }
        }
    };
    let first = window_event_listener(ev::pointermove, moved);
    let end = {
        let done = done.clone();
        window_event_listener(ev::pointerup, move |_| {
            let done = done.clone();
            // After the event, so that a listener is not taken away while it runs.
            set_timeout(done, std::time::Duration::ZERO);
        })
    };
    // A link under a card that was dragged must not be followed.
    let click = window_event_listener(ev::click, move |event| {
        if *began.borrow() {
            event.prevent_default();
        }
    });
    handles.borrow_mut().extend([first, end, click]);
}

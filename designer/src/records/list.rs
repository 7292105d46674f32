//! The list of a module: a table on wide screens, cards on a phone. Search, filters, sort and columns stand
//! in the address, so that a link shows the same list.

use std::sync::Arc;

use ::api::Problem;
use ::api::record::{RecordPage, Row};
use leptos::{ev, html, prelude::*, task::spawn_local};
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::filter::{self, Condition};
use crate::app::{Lang, app, store, stored};
use crate::module::{self, Field, Kind, Module};
use crate::ui::fetch::{skeleton, when_reached};
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::ui::problem;
use crate::{api, live, nav, show, text};

const PAGE: usize = 50;
/// Columns every module has.
const SYSTEM: [&str; 5] = ["number", "owner", "department", "created_at", "updated_at"];

/// The screen at `/records/{module}`.
pub fn list_page(key: String) -> AnyView {
    super::viewed(key, |module| Some(view! { <List module=module/> }.into_any()))
}

/// What the address asks for.
#[derive(Clone, Debug, PartialEq)]
struct Wish {
    q: String,
    conditions: Vec<Condition>,
    sort: Option<String>,
    columns: Vec<String>,
}

#[component]
fn List(module: Arc<Module>) -> impl IntoView {
    let app = app();
    let key = StoredValue::new(module.info.key.clone());
    let module = StoredValue::new(module);
    let usual: StoredValue<Vec<String>> = StoredValue::new(module.with_value(|it| usual_columns(it)));
    let wish = Memo::new(move |_| {
        // A link or a kept list may name what this person does not see, or what is no more: it is left out.
        let known = |key: &str| module.with_value(|it| SYSTEM.contains(&key) || it.field(key).is_some());
        app.place.with(|place| {
            let columns = place
                .get("columns")
                .map(|it| it.split(',').filter(|it| known(it)).map(str::to_owned).collect::<Vec<_>>());
            Wish {
                q: place.get("q").unwrap_or_default(),
                conditions: filter::parse(&place.get("f").unwrap_or_default())
                    .into_iter()
                    .filter(|it| known(&it.field))
                    .collect(),
                sort: place.get("sort").filter(|it| known(it.trim_start_matches('-'))),
                columns: columns.filter(|it| !it.is_empty()).unwrap_or_else(|| usual.get_value()),
            }
        })
    });
    Effect::new(move |_| nav::title(&module.with_value(|it| it.title(app.lang.get()))));
    let set = move |name: &'static str, value: Option<String>| {
        nav::replace(app.place.get_untracked().with(name, value.as_deref()));
    };
    let rows = RwSignal::new(Vec::<Row>::new());
    let next = RwSignal::new(None::<String>);
    let total = RwSignal::new(None::<u64>);
    let busy = RwSignal::new(true);
    let first = RwSignal::new(true);
    // Instead of rows, and beside those that are there; the latter of the rows that should follow, or of all.
    let fault = RwSignal::new(None::<Problem>);
    let missed = RwSignal::new(None::<Problem>);
    let missing = StoredValue::new(false);
    // What the rows are an answer to.
    let answered = StoredValue::new(None::<Wish>);
    let turn = StoredValue::new(0u64);
    let load = move |wish: Wish, more: bool| {
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        busy.set(true);
        let after = if more { next.get_untracked() } else { None };
        let path = path(&key.get_value(), &wish, after);
        spawn_local(async move {
            let answer = api::get::<RecordPage>(&path).await;
            if turn.try_get_value() != Some(mine) {
                return;
            }
            busy.set(false);
            first.set(false);
            match answer {
                Ok(page) => {
                    answered.set_value(Some(wish));
                    fault.set(None);
                    missed.set(None);
                    next.set(page.next);
                    if !more {
                        total.set(page.total);
                    }
                    rows.update(|it| {
                        if !more {
                            it.clear();
                        }
                        it.extend(page.rows);
                    });
                }
                Err(why) if more || answered.with_value(|it| it.as_ref() == Some(&wish)) => {
                    missing.set_value(more);
                    missed.set(Some(why));
                }
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    Effect::new(move |_| load(wish.get(), false));
    when_reached(fault, Callback::new(move |()| load(wish.get_untracked(), false)));
    // Somebody changed something of this module: read the first page again, quietly, when nobody scrolled on.
    live::follow(key.get_value(), move || {
        if rows.with_untracked(Vec::len) <= PAGE {
            load(wish.get_untracked(), false);
        }
    });
    let dense = RwSignal::new(stored("dense").is_some());
    Effect::new(move |_| store("dense", dense.get().then_some("1")));
    let conditions = Signal::derive(move || wish.with(|it| it.conditions.clone()));
    let set_conditions = Callback::new(move |it: Vec<Condition>| set("f", Some(filter::write(&it))));
    // The table stays while its rows come and go: somebody walks through it with the keyboard, or has moved it aside.
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let waits = Memo::new(move |_| first.get());
    let instead = Memo::new(move |_| fault.get());
    let filtered = Memo::new(move |_| wish.with(|it| !it.q.is_empty() || !it.conditions.is_empty()));
    let columns = Memo::new(move |_| wish.with(|it| it.columns.clone()));
    let more = move || load(wish.get_untracked(), true);
    let again = move || load(wish.get_untracked(), missing.get_value());
    view! {
        <div class="page-head">
            <h1 class="grow">{move || module.with_value(|it| it.title(app.lang.get()))}</h1>
            {super::views(module)}
            {module.with_value(|it| it.may("create")).then(|| view! {
                <a class="button primary" href=format!("/records/{}/new", key.get_value())>{icon("plus")}{text::NEW.get()}</a>
            })}
        </div>
        <div class="page-body list-page">
            <div class="toolbar" role="search">
                {(!app.session_now().is_some_and(|it| it.portal)).then(|| view! { {crate::later::saved_views(module)} })}
                <Search q=Signal::derive(move || wish.with(|it| it.q.clone())) set=Callback::new(move |q| set("q", Some(q)))
                    label=Signal::derive(move || module.with_value(|it| text::SEARCH_IN.fill(&[&it.title(app.lang.get())])))/>
                {crate::later::filters(module, conditions, set_conditions)}
                <span class="grow"></span>
                <Columns module=module usual=usual columns=Signal::derive(move || wish.with(|it| it.columns.clone()))
                    set=Callback::new(move |it: Option<Vec<String>>| set("columns", it.map(|it| it.join(","))))/>
                {move || (module.with_value(|it| it.may("export"))).then(|| view! {
                    <a class="button small plain icon-only" download="" href=move || file(&key.get_value(), &wish.get())
                        title=text::EXPORT.get() aria-label=text::EXPORT.get()>{icon("download")}</a>
                })}
                <button type="button" class="button small plain icon-only wide-only" aria-pressed=move || dense.get().to_string()
                    title=move || if dense.get() { text::ROOMY.read() } else { text::DENSE.read() } aria-label=text::DENSITY.get()
                    on:click=move |_| dense.update(|it| *it = !*it)>{icon("density")}</button>
            </div>
            {problem::banner(missed, Some(Callback::new(move |()| again())))}
            {move || {
                if let Some(why) = instead.get() {
                    return problem::screen(&why, Some(Callback::new(move |()| load(wish.get_untracked(), false))));
                }
                if waits.get() {
                    return skeleton().into_any();
                }
                if none.get() {
                    return if filtered.get() {
                        let clear = view! { <button type="button" class="button" on:click=move |_| {
                            nav::replace(app.place.get_untracked().with("q", None).with("f", None));
                        }>{text::CLEAR_FILTERS.get()}</button> };
                        problem::empty("search", text::EMPTY_FILTERED, text::EMPTY_FILTERED_WHY, clear.into_any())
                    } else {
                        let new = module.with_value(|it| it.may("create")).then(|| view! {
                            <a class="button primary" href=format!("/records/{}/new", key.get_value())>{icon("plus")}{text::NEW.get()}</a>
                        });
                        problem::empty("list", text::EMPTY_LIST, text::EMPTY_LIST_WHY, new.into_any())
                    };
                }
                let sort = Signal::derive(move || wish.with(|it| it.sort.clone()));
                let set_sort = Callback::new(move |it: String| set("sort", Some(it)));
                view! {
                    <Table module=module columns=columns.get() rows=rows sort=sort set_sort=set_sort dense=dense busy=busy/>
                    <Foot rows=rows next=next total=total busy=busy more=Callback::new(move |()| more())/>
                }.into_any()
            }}
        </div>
    }
}

fn path(module: &str, wish: &Wish, after: Option<String>) -> String {
    let mut path = asked(format!("/api/records/{}?limit={PAGE}", nav::encode(module)), wish);
    match after {
        Some(after) => path.push_str(&format!("&after={}", nav::encode(&after))),
        None => path.push_str("&count=true"),
    }
    path
}

/// The same list as a file.
fn file(module: &str, wish: &Wish) -> String {
    asked(format!("/api/export/{}?", nav::encode(module)), wish).replace("?&", "?")
}

fn asked(mut path: String, wish: &Wish) -> String {
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            path.push_str(&format!("&{name}={}", nav::encode(value)));
        }
    };
    add("q", &wish.q);
    if let Some(filter) = filter::to_api(&wish.conditions).and_then(|it| serde_json::to_string(&it).ok()) {
        add("filter", &filter);
    }
    add("sort", wish.sort.as_deref().unwrap_or_default());
    add("columns", &wish.columns.join(","));
    path
}

/// The columns of the list view, or sensible ones.
pub fn usual_columns(module: &Module) -> Vec<String> {
    let (_, list) = module.list();
    let columns: Vec<String> = list.columns.iter().map(|it| it.field.0.clone()).collect();
    if columns.is_empty() {
        let shown = |it: &&Field| {
            !it.kind.wide() && it.schema.pointer("/x-display/list").and_then(Value::as_str) != Some("never")
        };
        return module.fields.iter().filter(shown).take(6).map(|it| it.key.clone()).collect();
    }
    columns
}

#[component]
fn Search(q: Signal<String>, set: Callback<String>, label: Signal<String>) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let q = q.get();
        if let Some(node) = node.get()
            && node.value() != q
            && document().active_element().as_ref() != Some(node.as_ref())
        {
            node.set_value(&q);
        }
    });
    let put = move || {
        if let Some(node) = node.get_untracked() {
            set.run(node.value());
        }
    };
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.key() == "/" && !event.ctrl_key() && !typing() {
            event.prevent_default();
            if let Some(node) = node.get_untracked() {
                let _ = node.focus();
            }
        }
    });
    on_cleanup(move || handle.remove());
    view! {
        <div class="search-box">
            {icon("search")}
            <input class="input" type="search" node_ref=node value=q.get_untracked() aria-label=label placeholder=text::SEARCH.get()
                on:input=move |event| {
                    // While a Chinese word is being composed nothing is searched.
                    if event.unchecked_ref::<web_sys::InputEvent>().is_composing() {
                        return;
                    }
                    if let Some(old) = waiting.get_value() {
                        old.clear();
                    }
                    waiting.set_value(set_timeout_with_handle(put, std::time::Duration::from_millis(250)).ok());
                }
                on:compositionend=move |_| put()/>
        </div>
    }
}

/// Whether the person is typing somewhere, so that single-letter keys are letters.
pub fn typing() -> bool {
    let Some(active) = document().active_element() else { return false };
    matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || document().query_selector("dialog[open]").ok().flatten().is_some()
}

#[component]
fn Columns(
    module: StoredValue<Arc<Module>>,
    usual: StoredValue<Vec<String>>,
    columns: Signal<Vec<String>>,
    set: Callback<Option<Vec<String>>>,
) -> impl IntoView {
    let all = move || {
        let mut all = columns.get();
        let more = module.with_value(|it| {
            let never =
                |field: &&Field| field.schema.pointer("/x-display/list").and_then(Value::as_str) != Some("never");
            it.fields.iter().filter(never).map(|field| field.key.clone()).collect::<Vec<_>>()
        });
        for key in more.into_iter().chain(["owner", "department", "created_at", "updated_at"].map(str::to_owned)) {
            if !all.contains(&key) {
                all.push(key);
            }
        }
        all
    };
    let shift = move |key: &str, by: i32| {
        let mut list = columns.get_untracked();
        if let Some(at) = list.iter().position(|it| it == key) {
            let to = at as i32 + by;
            if to >= 0 && (to as usize) < list.len() {
                list.swap(at, to as usize);
                set.run(Some(list));
            }
        }
    };
    view! {
        <Pop label=Signal::derive(move || text::COLUMNS.read().to_owned()) class="button small plain" side="right columns-panel"
            button=ViewFn::from(|| view! { {icon("columns")}<span class="wide-only">{text::COLUMNS.get()}</span> })>
            {move || all().into_iter().map(|key| {
                let title = module.with_value(|it| it.field_title(&key, app().lang.get()));
                let shown = columns.with(|it| it.contains(&key));
                // One has to stay.
                let last = shown && columns.with(|it| it.len() < 2);
                let (toggle, up, down) = (key.clone(), key.clone(), key);
                view! {
                    <div class="row between">
                        <label class="option grow"><input type="checkbox" prop:checked=shown disabled=last on:change=move |event| {
                            let mut list = columns.get_untracked();
                            list.retain(|it| *it != toggle);
                            if event_target_checked(&event) {
                                list.push(toggle.clone());
                            }
                            if !list.is_empty() {
                                set.run(Some(list));
                            }
                        }/><span class="clip">{title}</span></label>
                        {shown.then(|| view! {
                            <button type="button" class="button plain small icon-only" aria-label=text::UP.get() on:click=move |_| shift(&up, -1)>{icon("up")}</button>
                            <button type="button" class="button plain small icon-only" aria-label=text::DOWN.get() on:click=move |_| shift(&down, 1)>{icon("down")}</button>
                        })}
                    </div>
                }
            }).collect_view()}
            {move || (columns.get() != usual.get_value()).then(|| view! {
                <button type="button" class="button small" on:click=move |_| set.run(None)>{text::RESET.get()}</button>
            })}
        </Pop>
    }
}

#[component]
fn Table(
    module: StoredValue<Arc<Module>>,
    columns: Vec<String>,
    rows: RwSignal<Vec<Row>>,
    sort: Signal<Option<String>>,
    set_sort: Callback<String>,
    dense: RwSignal<bool>,
    busy: RwSignal<bool>,
) -> impl IntoView {
    let columns = StoredValue::new(columns);
    let key = module.with_value(|it| it.info.key.clone());
    let head = columns.get_value().into_iter().map(|column| {
        let sortable = module.with_value(|it| sortable(it, &column));
        let numeric = module.with_value(|it| it.field(&column).is_some_and(|field| field.kind.numeric()));
        let title = { let column = column.clone(); Signal::derive(move || module.with_value(|it| it.field_title(&column, app().lang.get()))) };
        let here = { let column = column.clone(); Memo::new(move |_| match sort.get() {
            Some(it) if it == column => 1,
            Some(it) if it.strip_prefix('-') == Some(&column) => -1,
            Some(_) | None => 0,
        }) };
        view! {
            <th scope="col" class:end=numeric aria-sort=move || match here.get() { 1 => Some("ascending"), -1 => Some("descending"), _ => None }>
                {if sortable {
                    view! {
                        <button type="button" class="sort" on:click=move |_| {
                            set_sort.run(if here.get_untracked() == 1 { format!("-{column}") } else { column.clone() });
                        }>{title}{move || match here.get() { 1 => Some(icon("sort-up")), -1 => Some(icon("sort-down")), _ => None }}</button>
                    }.into_any()
                } else {
                    view! { <span>{title}</span> }.into_any()
                }}
            </th>
        }
    }).collect_view();
    // Arrow keys walk through the rows; Enter follows the first link.
    let keys = move |event: ev::KeyboardEvent| {
        let Some(row) = event
            .target()
            .and_then(|it| it.dyn_into::<web_sys::Element>().ok())
            .and_then(|it| it.closest("tr").ok().flatten())
        else {
            return;
        };
        let other = match event.key().as_str() {
            "ArrowDown" => row.next_element_sibling(),
            "ArrowUp" => row.previous_element_sibling(),
            _ => return,
        };
        event.prevent_default();
        if let Some(link) = other
            .and_then(|it| it.query_selector("a").ok().flatten())
            .and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = link.focus();
        }
    };
    view! {
        <div class="table-wrap" class:dense=dense aria-busy=move || busy.get().to_string()>
            <table class="table">
                <thead><tr>{head}</tr></thead>
                <tbody on:keydown=keys on:click=crate::ui::row::follow>
                    <For each=move || rows.get() key=|it| (it.id.clone(), it.version) let:row>
                        {line(module, &key, columns.get_value(), row)}
                    </For>
                </tbody>
            </table>
        </div>
    }
}

fn sortable(module: &Module, column: &str) -> bool {
    match module.field(column) {
        None => matches!(column, "number" | "created_at" | "updated_at"),
        Some(field) => {
            field.schema.pointer("/x-index/sort").and_then(Value::as_bool).unwrap_or_default()
                && module.access(column) != "masked"
        }
    }
}

fn line(module: StoredValue<Arc<Module>>, key: &str, columns: Vec<String>, row: Row) -> impl IntoView + use<> {
    let href = format!("/records/{key}/{}", nav::encode(&row.id));
    let row = StoredValue::new(row);
    let cells = columns
        .into_iter()
        .enumerate()
        .map(|(index, column)| {
            let title = {
                let column = column.clone();
                move || module.with_value(|it| it.field_title(&column, app().lang.get()))
            };
            let numeric = module.with_value(|it| it.field(&column).is_some_and(|field| field.kind.numeric()));
            // On a phone a card is headed by what the record is called, not by its number.
            let lead = module.with_value(|it| it.definition.label.as_str() == column);
            let href = href.clone();
            let content = move || {
                let lang = app().lang.get();
                module.with_value(|module| {
                    row.with_value(|row| {
                        if index == 0 {
                            let words = first_words(module, &column, row, lang);
                            view! { <a class="row-link" href=href.clone()>{words}</a> }.into_any()
                        } else {
                            cell(module, &column, row, lang)
                        }
                    })
                })
            };
            view! { <td class:end=numeric class:lead=lead data-title=title>{content}</td> }
        })
        .collect_view();
    view! { <tr>{cells}</tr> }
}

pub fn first_words(module: &Module, column: &str, row: &Row, lang: Lang) -> String {
    let value = row.data.get(column).unwrap_or(&Value::Null);
    let words = match module.field(column) {
        Some(field) => show::words(module, column, field, value, &row.labels, lang),
        None => module::plain(value),
    };
    if words.is_empty() { row.id.clone() } else { words }
}

/// A cell of a field or of a system column.
pub fn cell(module: &Module, column: &str, row: &Row, lang: Lang) -> AnyView {
    let value = row.data.get(column).unwrap_or(&Value::Null);
    match module.field(column) {
        Some(field) => show::cell(module, column, field, value, &row.labels, lang),
        None => match column {
            "created_at" | "updated_at" => {
                view! { <span class="nowrap">{show::ago(module::plain(value))}</span> }.into_any()
            }
            "owner" => {
                let field = system(Kind::User { many: false });
                show::cell(module, column, &field, value, &row.labels, lang)
            }
            "department" => {
                show::cell(module, column, &system(Kind::Department { many: false }), value, &row.labels, lang)
            }
            _ => module::plain(value).into_any(),
        },
    }
}

fn system(kind: Kind) -> Field {
    Field {
        key: String::new(),
        title: String::new(),
        help: String::new(),
        kind,
        required: false,
        system: true,
        widget: None,
        schema: Value::Null,
    }
}

#[component]
fn Foot(
    rows: RwSignal<Vec<Row>>,
    next: RwSignal<Option<String>>,
    total: RwSignal<Option<u64>>,
    busy: RwSignal<bool>,
    more: Callback<()>,
) -> impl IntoView {
    let words = move || {
        let shown = rows.with(Vec::len).to_string();
        match total.get() {
            Some(total) => text::SHOWN_OF.fill(&[&shown, &show::number(&total.to_string(), None)]),
            None => text::SHOWN.fill(&[&shown]),
        }
    };
    view! {
        <div class="list-foot">
            <span class="faint num" role="status">{words}</span>
            {move || next.get().map(|_| view! {
                <button type="button" class="button small" class:busy=busy on:click=move |_| more.run(())>{text::MORE_ROWS.get()}</button>
            })}
        </div>
    }
}

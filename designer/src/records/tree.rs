//! A tree: records under the record they refer to. A level is read when it is opened; arrows walk, open and close as in
//! every tree (WAI-ARIA Authoring Practices, tree view).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::api::Problem;
use ::api::record::{TreePage, TreeRow};
use leptos::attr::custom::CustomAttribute as _;
use leptos::{ev, prelude::*, task::spawn_local};
use runtime::model::view::TreeView;
use wasm_bindgen::JsCast;

use super::list::{cell, first_words};
use super::viewed;
use super::words as own;
use crate::app::app;
use crate::module::Module;
use crate::ui::fetch::skeleton;
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, live, nav, text};

/// The screen at `/records/{module}/tree/{view}`.
pub fn tree_page(key: String, view: String) -> AnyView {
    viewed(key, move |module| {
        let found = module.trees().into_iter().find(|it| it.0 == view)?;
        Some(view! { <Page module=module name=found.0 tree=found.1/> }.into_any())
    })
}

/// What stands under one record, as far as it was read.
#[derive(Clone, Debug, Default)]
struct Level {
    rows: Vec<TreeRow>,
    next: Option<String>,
    fault: Option<Problem>,
    busy: bool,
}

/// What is open of the tree. The top is the level of nobody.
#[derive(Clone, Copy)]
struct Wood {
    module: StoredValue<Arc<Module>>,
    view: StoredValue<TreeView>,
    path: StoredValue<String>,
    q: Memo<String>,
    levels: RwSignal<BTreeMap<String, Level>>,
    open: RwSignal<BTreeSet<String>>,
    /// The record the keyboard is at.
    at: RwSignal<String>,
}

/// A line of what is seen.
#[derive(Clone, Debug)]
enum Line {
    Row { row: TreeRow, level: usize, above: String, nth: usize, of: usize },
    More { above: String, level: usize },
    Busy { level: usize },
    Fault { above: String, level: usize },
}

impl Wood {
    fn read(self, above: String, more: bool) {
        let after = self.levels.with_untracked(|it| it.get(&above).and_then(|it| it.next.clone()).filter(|_| more));
        let mut path = format!("{}?parent={}", self.path.get_value(), nav::encode(&above));
        let q = self.q.get_untracked();
        if !q.is_empty() && above.is_empty() {
            path = format!("{}?q={}", self.path.get_value(), nav::encode(&q));
        }
        if let Some(after) = &after {
            path.push_str(&format!("&after={}", nav::encode(after)));
        }
        self.levels.update(|it| {
            let level = it.entry(above.clone()).or_default();
            level.busy = true;
            level.fault = None;
        });
        spawn_local(async move {
            let answer = api::get::<TreePage>(&path).await;
            // Another question was asked meanwhile.
            if self.q.try_get_untracked() != Some(q) {
                return;
            }
            self.levels.try_update(|it| {
                let level = it.entry(above).or_default();
                level.busy = false;
                match answer {
                    Ok(page) => {
                        if after.is_none() {
                            level.rows.clear();
                        }
                        level.rows.extend(page.rows);
                        level.next = page.next;
                    }
                    Err(why) => level.fault = Some(why),
                }
            });
        });
    }

    fn toggle(self, id: &str, open: bool) {
        self.open.update(|it| {
            if open {
                it.insert(id.to_owned())
            } else {
                it.remove(id)
            };
        });
        if open && self.levels.with_untracked(|it| !it.contains_key(id)) {
            self.read(id.to_owned(), false);
        }
    }

    /// The lines to draw. A line that stays as it is keeps its place in the page, and with it the keyboard; whether it is open
    /// changes on it. The keyboard can always reach one of them.
    fn seen(self) -> Vec<Line> {
        let lines = self.lines();
        let id = |it: &Line| if let Line::Row { row, .. } = it { Some(row.row.id.clone()) } else { None };
        let at = self.at.get_untracked();
        if !lines.iter().any(|it| id(it).as_ref() == Some(&at)) {
            self.at.set(lines.iter().find_map(id).unwrap_or_default());
        }
        lines
    }

    fn lines(self) -> Vec<Line> {
        let mut lines = Vec::new();
        self.levels.with(|levels| self.open.with(|open| grow(levels, open, "", 1, &mut BTreeSet::new(), &mut lines)));
        lines
    }
}

fn grow(
    levels: &BTreeMap<String, Level>,
    open: &BTreeSet<String>,
    above: &str,
    level: usize,
    seen: &mut BTreeSet<String>,
    lines: &mut Vec<Line>,
) {
    let Some(it) = levels.get(above) else { return };
    let of = it.rows.len();
    for (nth, row) in it.rows.iter().enumerate() {
        // What was moved while it was open may be met twice; it is shown once.
        if !seen.insert(row.row.id.clone()) {
            continue;
        }
        lines.push(Line::Row { row: row.clone(), level, above: above.to_owned(), nth: nth + 1, of });
        if row.children > 0 && open.contains(&row.row.id) {
            grow(levels, open, &row.row.id, level + 1, seen, lines);
        }
    }
    if it.fault.is_some() {
        lines.push(Line::Fault { above: above.to_owned(), level });
    } else if it.busy {
        lines.push(Line::Busy { level });
    } else if it.next.is_some() {
        lines.push(Line::More { above: above.to_owned(), level });
    }
}

#[component]
fn Page(module: Arc<Module>, name: String, tree: TreeView) -> impl IntoView {
    let app = app();
    let key = module.info.key.clone();
    let module = StoredValue::new(module);
    let wood = Wood {
        module,
        view: StoredValue::new(tree),
        path: StoredValue::new(format!("/api/trees/{}/{}", nav::encode(&key), nav::encode(&name))),
        q: Memo::new(move |_| app.place.with(|it| it.get("q")).unwrap_or_default()),
        levels: RwSignal::new(BTreeMap::new()),
        open: RwSignal::new(BTreeSet::new()),
        at: RwSignal::new(String::new()),
    };
    Effect::new(move |_| nav::title(&module.with_value(|it| it.view_title(&name, app.lang.get()))));
    Effect::new(move |_| {
        wood.q.track();
        wood.levels.set(BTreeMap::new());
        wood.open.set(BTreeSet::new());
        wood.read(String::new(), false);
    });
    live::follow(key.clone(), move || {
        let known: Vec<String> = wood.levels.with_untracked(|it| it.keys().cloned().collect());
        known.into_iter().for_each(|it| wood.read(it, false));
    });
    // A tree that is there stays there while it is read anew: the keyboard is in it.
    let top = Memo::new(move |_| {
        wood.levels.with(|it| {
            let it = it.get("")?;
            let none = it.rows.is_empty();
            Some((usize::from(!none), none && it.busy, it.fault.clone().filter(|_| none)))
        })
    });
    let body = move || {
        match top.get() {
        None | Some((0, true, _)) => skeleton().into_any(),
        Some((0, false, Some(why))) => {
            problem::screen(&why, Some(Callback::new(move |()| wood.read(String::new(), false))))
        }
        Some((0, false, None)) => view! {
            <div class="state">{icon("tree")}<h2>{if wood.q.with(String::is_empty) { own::TREE_EMPTY.get() } else { own::TREE_NOTHING.get() }}</h2></div>
        }
        .into_any(),
        Some(_) => {
            let title = move || module.with_value(|it| it.title(app.lang.get()));
            view! {
                <div class="tree" role="tree" aria-label=title on:keydown=move |event| keys(wood, &event)>
                    <For each=move || wood.seen() key=|it| format!("{it:?}") children=move |it| line(wood, it)/>
                </div>
            }
            .into_any()
        }
    }
    };
    view! {
        <div class="page-head">
            <h1 class="grow">{move || module.with_value(|it| it.title(app.lang.get()))}</h1>
            {super::views(module)}
            {module.with_value(|it| it.may("create")).then(|| view! { <a class="button primary" href=format!("/records/{key}/new")>{icon("plus")}{text::NEW.get()}</a> })}
        </div>
        <div class="page-body">
            <div class="toolbar"><div class="search-box">{icon("search")}
                <input class="input" type="search" placeholder=text::SEARCH.get() aria-label=text::SEARCH.get() prop:value=move || wood.q.get()
                    on:change=move |event| nav::replace(app.place.get_untracked().with("q", Some(&event_target_value(&event))))/></div></div>
            {body}
        </div>
    }
}

fn line(wood: Wood, line: Line) -> AnyView {
    let indent = |level: usize| format!("{}px", 8 + (level.min(12) - 1) * 22);
    match line {
        Line::Busy { level } => {
            view! { <p class="tree-note faint" style:padding-inline-start=indent(level)>{text::LOADING.get()}</p> }.into_any()
        }
        Line::More { above, level } => view! {
            <p class="tree-note" style:padding-inline-start=indent(level)>
                <button type="button" class="button plain small" on:click=move |_| wood.read(above.clone(), true)>{own::TREE_MORE.get()}</button>
            </p>
        }
        .into_any(),
        Line::Fault { above, level } => view! {
            <p class="tree-note" role="alert" style:padding-inline-start=indent(level)>{own::TREE_FAULT.get()}" "
                <button type="button" class="button plain small" on:click=move |_| wood.read(above.clone(), false)>{text::RETRY.get()}</button>
            </p>
        }
        .into_any(),
        Line::Row { row, level, nth, of, .. } => row_line(wood, row, level, nth, of, indent(level)),
    }
}

fn row_line(wood: Wood, it: TreeRow, level: usize, nth: usize, of: usize, indent: String) -> AnyView {
    let lang = app().lang.get();
    let module = wood.module;
    let id = it.row.id.clone();
    let columns: Vec<String> = wood.view.with_value(|it| it.columns.iter().map(|it| it.field.0.clone()).collect());
    let head = columns.first().cloned().unwrap_or_else(|| module.with_value(|it| it.definition.label.0.clone()));
    let label = module.with_value(|module| first_words(module, &head, &it.row, lang));
    let cells = columns
        .iter()
        .skip(1)
        .map(|key| {
            let title = module.with_value(|it| it.field_title(key, lang));
            view! { <span class="tree-cell clip" title=title>{module.with_value(|module| cell(module, key, &it.row, lang))}</span> }
        })
        .collect_view();
    let href = format!("/records/{}/{id}", module.with_value(|it| it.info.key.clone()));
    let (has, children) = (it.children > 0, it.children);
    let mine = id.clone();
    let open = Memo::new(move |_| wood.open.with(|open| open.contains(&mine)));
    let here = id.clone();
    let reach = move || if wood.at.with(|at| *at == here) { "0" } else { "-1" };
    let (own_id, focused) = (id.clone(), id.clone());
    let toggle = move |event: ev::MouseEvent| {
        event.stop_propagation();
        wood.toggle(&own_id, !wood.open.with_untracked(|open| open.contains(&own_id)));
    };
    view! {
        <div class="tree-row" role="treeitem" data-node=id tabindex=reach aria-posinset=nth.to_string()
            aria-setsize=of.to_string() aria-expanded=move || has.then(|| open.get().to_string()) style:padding-inline-start=indent
            on:focus=move |_| wood.at.set(focused.clone())>
            <button type="button" class="button plain icon-only small tree-twist" class:open=move || open.get() tabindex="-1" aria-hidden="true" disabled=!has on:click=toggle>
                {has.then(|| icon("right"))}
            </button>
            <a class="row-link clip tree-label" href=href tabindex="-1">{label.clone()}</a>
            {has.then(|| view! { <span class="count quiet" aria-hidden="true">{children.to_string()}</span> })}
            <span class="tree-cells">{cells}</span>
        </div>
    }
    .attr("aria-level", level.to_string())
    .into_any()
}

/// Walks, opens and closes.
fn keys(wood: Wood, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let rows: Vec<(TreeRow, String)> = wood
        .lines()
        .into_iter()
        .filter_map(|it| if let Line::Row { row, above, .. } = it { Some((row, above)) } else { None })
        .collect();
    let at = wood.at.get_untracked();
    let Some(place) = rows.iter().position(|it| it.0.row.id == at) else { return };
    let (row, above) = &rows[place];
    let open = wood.open.with_untracked(|it| it.contains(&at));
    let to = match event.key().as_str() {
        "ArrowDown" => rows.get(place + 1).map(|it| it.0.row.id.clone()),
        "ArrowUp" => place.checked_sub(1).map(|it| rows[it].0.row.id.clone()),
        "Home" => rows.first().map(|it| it.0.row.id.clone()),
        "End" => rows.last().map(|it| it.0.row.id.clone()),
        "ArrowRight" if row.children > 0 && !open => {
            wood.toggle(&at, true);
            Some(at)
        }
        "ArrowRight" => rows.get(place + 1).filter(|it| it.1 == at).map(|it| it.0.row.id.clone()),
        "ArrowLeft" if open && row.children > 0 => {
            wood.toggle(&at, false);
            Some(at)
        }
        "ArrowLeft" => Some(above.clone()).filter(|it| !it.is_empty()),
        "Enter" => {
            nav::go(&format!("/records/{}/{at}", wood.module.with_value(|it| it.info.key.clone())));
            None
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(to) = to {
        wood.at.set(to.clone());
        // After the lines are drawn anew.
        set_timeout(move || focus(&to), std::time::Duration::ZERO);
    }
}

fn focus(id: &str) {
    let found = document().query_selector(&format!("[data-node=\"{id}\"]")).ok().flatten();
    if let Some(it) = found.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = it.focus();
    }
}

//! `/studio/{pack}/view/{module}/{view}`: a list, a board, a calendar, a tree, or the page of a record: what it shows, in
//! which order; beside it the view with the demo records of the pack.

mod kinds;
mod sample;
mod words;

use std::sync::Arc;

use edit::document::{Address, Content};
use edit::field::FieldKind;
use edit::{Edit, tree};
use leptos::prelude::*;
use runtime::model::pack::Manifest;
use runtime::model::view::{
    CalendarView, Column, DetailView, Item, KanbanView, ListView, Section, TreeView, View, ViewContent,
};
use serde_json::Value;

use super::alerts::AlertList;
use super::bar::Bar;
use super::desk::Desk;
use super::dock::{self, Panel};
use super::input::{choice, group, line, named, row};
use super::{Sheet, Subject, words as shared};
use crate::app::Command;
use crate::ui::dialog::Titled;
use crate::ui::icon::icon;
use crate::{later, nav};

/// One open view; a bundle of signals.
#[derive(Clone, Copy)]
pub struct Board {
    pub desk: Desk,
    pub module: StoredValue<String>,
    pub key: StoredValue<String>,
    /// For what is asked of other modules.
    pub sheet: Sheet,
}

/// Columns every record has, with what people call them.
const SYSTEM: [(&str, crate::text::Text); 5] = [
    ("number", crate::text::NUMBER),
    ("owner", crate::text::OWNER),
    ("department", crate::text::DEPARTMENT),
    ("created_at", crate::text::CREATED_AT),
    ("updated_at", crate::text::UPDATED_AT),
];

impl Board {
    pub fn view(self) -> Option<Arc<View>> {
        self.desk.document.with(|it| it.view(&self.module.get_value(), &self.key.get_value()).cloned())
    }

    pub fn list(self) -> Option<ListView> {
        match &self.view()?.content {
            ViewContent::List(it) => Some(it.clone()),
            ViewContent::Form(_)
            | ViewContent::Kanban(_)
            | ViewContent::Calendar(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_) => None,
        }
    }

    pub fn kanban(self) -> Option<KanbanView> {
        match &self.view()?.content {
            ViewContent::Kanban(it) => Some(it.clone()),
            ViewContent::Form(_)
            | ViewContent::List(_)
            | ViewContent::Calendar(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_) => None,
        }
    }

    /// The edit that changes the view.
    fn changed(self, act: impl FnOnce(&mut View)) -> Option<Edit> {
        let mut view = untrack(|| self.view())?.as_ref().clone();
        act(&mut view);
        let (module, key) = (self.module.get_value(), self.key.get_value());
        let files = vec![(Address::View(module, key.clone()), Some(Content::View(Arc::new(view))))];
        Some(Edit::Put { verb: "set", what: key, files })
    }

    fn change(self, act: impl FnOnce(&mut View)) {
        if let Some(edit) = self.changed(act) {
            self.desk.edit(edit);
        }
    }

    fn change_list(self, act: impl FnOnce(&mut ListView)) {
        self.change(|it| {
            if let ViewContent::List(list) = &mut it.content {
                act(list);
            }
        });
    }

    fn change_kanban(self, act: impl FnOnce(&mut KanbanView)) {
        self.change(|it| {
            if let ViewContent::Kanban(board) = &mut it.content {
                act(board);
            }
        });
    }

    /// A field of the module.
    pub fn field(self, key: &str) -> Option<Value> {
        self.desk.document.with(|it| tree::field(it.schema(&self.module.get_value())?, key).cloned())
    }

    /// What a column is called.
    pub fn label(self, key: &str) -> String {
        if self.field(key).is_none()
            && let Some((_, text)) = SYSTEM.iter().find(|it| it.0 == key)
        {
            return text.read().to_owned();
        }
        let module = self.module.get_value();
        self.desk.document.with(|it| {
            let own = it.schema(&module).and_then(|it| tree::field(it, key)).and_then(|it| it.get("title")?.as_str());
            self.desk.words(it, &format!("field/{module}/{key}"), own.unwrap_or(key))
        })
    }

    /// What a value of a field's dictionary is called; a dictionary may stand in a required pack.
    pub fn dictionary_title(self, schema: &Value, value: &str) -> Option<String> {
        let key = schema.pointer("/x-ref/dictionary")?.as_str()?;
        let find = |manifest: &Manifest| {
            let dictionary = manifest.dictionaries.iter().find(|it| it.key.as_str() == key)?;
            dictionary.items.iter().find(|it| it.value == value).map(|it| it.title.clone())
        };
        let own = self.desk.document.with(|it| find(it.manifest()?));
        let title = own.or_else(|| {
            self.desk.source.with_value(|it| {
                let texts = it.required.values().filter_map(|files| files.get("pack.json"));
                texts.filter_map(|it| runtime::plain::parse::<Manifest>(it).ok()).find_map(|it| find(&it))
            })
        })?;
        let address = format!("dict/{key}/{value}");
        Some(self.desk.document.with(|it| self.desk.words(it, &address, &title)))
    }

    /// Everything that can be a column: key and name.
    fn offered(self) -> Vec<(String, String)> {
        let mut keys: Vec<String> = self.desk.document.with(|it| {
            let fields = it.schema(&self.module.get_value()).and_then(|it| it.get("properties")?.as_object());
            fields.map(|it| it.keys().cloned().collect()).unwrap_or_default()
        });
        keys.extend(SYSTEM.iter().map(|it| it.0.to_owned()).filter(|it| !keys.contains(it)).collect::<Vec<_>>());
        keys.into_iter().map(|it| (it.clone(), self.label(&it))).collect()
    }
}

/// The screen.
pub fn page(desk: Desk, module: String, key: String) -> AnyView {
    let content = desk.document.with_untracked(|it| it.view(&module, &key).map(|it| it.content.clone()));
    if matches!(content, None | Some(ViewContent::Form(_))) {
        return view! { <div class="state">{icon("columns")}<h2>{shared::NOT_HERE.get()}</h2><a class="button" href="/studio">{shared::GO_BACK.get()}</a></div> }.into_any();
    }
    let sheet = Sheet::new(desk, &module, &key);
    let board = Board { desk, module: StoredValue::new(module.clone()), key: StoredValue::new(key.clone()), sheet };
    let title = {
        let address = format!("view/{module}/{key}");
        Signal::derive(move || {
            let own = board.view().map(|it| it.title.clone()).unwrap_or_default();
            desk.document.with(|it| desk.words(it, &address, &own))
        })
    };
    Effect::new(move |_| nav::title(&title.get()));
    let shipped = RwSignal::new(false);
    let subject = Subject::view(&module, &key);
    let open = RwSignal::new(false);
    super::commands::offer(vec![Command {
        words: words::RESTORE,
        symbol: "refresh",
        act: Callback::new(move |()| shipped.set(true)),
    }]);
    Effect::new(move |_| {
        let Some((file, _, _)) = desk.jump.get() else { return };
        desk.jump.set(None);
        let pack = desk.source.with_value(|it| nav::encode(&it.id));
        match file.split('/').collect::<Vec<_>>().as_slice() {
            ["modules", key, ..] => nav::go(&format!("/studio/{pack}/form/{}", nav::encode(key))),
            ["flows", key, ..] => nav::go(&format!("/studio/{pack}/flow/{}", nav::encode(key))),
            _ => open.set(true),
        }
    });
    let back = desk.source.with_value(|it| format!("/studio/{}/form/{}", nav::encode(&it.id), nav::encode(&module)));
    let content = match content {
        Some(ViewContent::List(_)) => list(board),
        Some(ViewContent::Kanban(_)) => kanban(board),
        Some(ViewContent::Calendar(_)) => kinds::calendar(board),
        Some(ViewContent::Tree(_)) => kinds::tree(board),
        Some(ViewContent::Detail(_)) => kinds::detail(board),
        Some(ViewContent::Form(_)) | None => ().into_any(),
    };
    let deleting = RwSignal::new(false);
    let away = back.clone();
    let delete = move |_| {
        deleting.set(false);
        let (module, key) = (board.module.get_value(), board.key.get_value());
        let edit = Edit::Put { verb: "delete", what: key.clone(), files: vec![(Address::View(module, key), None)] };
        if desk.edit(edit) {
            let away = away.clone();
            desk.after_saving(move || nav::go(&away));
        }
    };
    let panel = RwSignal::new(None::<Panel>);
    let question = Signal::derive(move || words::DELETE_TITLE.fill(&[&title.get()]));
    view! {
        <Titled open=deleting title=question>
            <div class="body"><p>{words::DELETE_WHY.get()}</p></div>
            <footer>
                <button type="button" class="button" on:click=move |_| deleting.set(false)>{crate::text::CANCEL.get()}</button>
                <button type="button" class="button danger" on:click=delete.clone()>{words::DELETE.get()}</button>
            </footer>
        </Titled>
        <Bar desk=desk title=title>
            <a class="button" href=back>{words::FORMS.get()}</a>
            <button type="button" class="button plain icon-only" aria-label=words::RESTORE.get() title=words::RESTORE.get() on:click=move |_| shipped.set(true)>{icon("refresh")}</button>
        </Bar>
        {move || shipped.get().then(|| later::shipped(desk, subject.clone(), shipped))}
        <div class="studio-main two" data-panel=move || panel.get().map(Panel::word)>
            <div class="studio-middle">
                <div class="form-stage"><sample::Sample board=board/></div>
                <AlertList desk=desk open=open/>
            </div>
            <aside class="studio-right" aria-label=shared::PROPERTIES.get()>{dock::close(panel)}
                <h2 class="side-title">{words::VIEW.get()}</h2>
                {row(shared::NAME, line(move || title.get(), false, move |text| rename(board, &text)))}
                {content}
                <button type="button" class="button danger" on:click=move |_| deleting.set(true)>{icon("trash")}{words::DELETE.get()}</button>
            </aside>
            {dock::dock(panel, &[Panel::Properties], ())}
        </div>
    }
    .into_any()
}

fn rename(board: Board, text: &str) {
    let Some(view) = untrack(|| board.view()) else { return };
    let (module, key) = (board.module.get_value(), board.key.get_value());
    let now = View { title: text.trim().to_owned(), ..view.as_ref().clone() };
    let files = vec![(Address::View(module.clone(), key.clone()), Some(Content::View(Arc::new(now))))];
    let own = Edit::Put { verb: "retitle", what: key.clone(), files };
    board.desk.rename(own, &format!("view/{module}/{key}"), text);
}

/// A list of keys that can be put in order, taken from, and added to.
fn ordered(
    board: Board,
    keys: impl Fn() -> Vec<String> + Copy + Send + Sync + 'static,
    offered: impl Fn() -> Vec<(String, String)> + Copy + Send + Sync + 'static,
    extra: impl Fn(usize) -> AnyView + Copy + Send + Sync + 'static,
    put: impl Fn(Vec<String>) + Copy + Send + Sync + 'static,
) -> AnyView {
    ordered_as(keys, offered, extra, put, move |key| board.label(key))
}

/// The same with keys that are not fields of the module.
fn ordered_as(
    keys: impl Fn() -> Vec<String> + Copy + Send + Sync + 'static,
    offered: impl Fn() -> Vec<(String, String)> + Copy + Send + Sync + 'static,
    extra: impl Fn(usize) -> AnyView + Copy + Send + Sync + 'static,
    put: impl Fn(Vec<String>) + Copy + Send + Sync + 'static,
    name: impl Fn(&str) -> String + Copy + Send + Sync + 'static,
) -> AnyView {
    let shape = Memo::new(move |_| keys());
    let item = move |(at, key): (usize, String)| {
        let change = move |act: &dyn Fn(&mut Vec<String>)| {
            let mut list = untrack(keys);
            act(&mut list);
            put(list);
        };
        let label = name(key.trim_start_matches('-'));
        let last = shape.with(Vec::len) == at + 1;
        view! {
            <div class="prop-row" data-entry=key>
                <span class="grow clip">{label}</span>{extra(at)}
                <button type="button" class="button plain icon-only small" aria-label=shared::MOVE_UP.get() disabled={at == 0} on:click=move |_| change(&|it| if at > 0 && at < it.len() { it.swap(at, at - 1) })>{icon("up")}</button>
                <button type="button" class="button plain icon-only small" aria-label=shared::MOVE_DOWN.get() disabled=last on:click=move |_| change(&|it| if at + 1 < it.len() { it.swap(at, at + 1) })>{icon("down")}</button>
                <button type="button" class="button plain icon-only small" aria-label=words::REMOVE.get() on:click=move |_| change(&|it| if at < it.len() { it.remove(at); })>{icon("trash")}</button>
            </div>
        }
    };
    let more = move || {
        let now = keys();
        let mut list = vec![(String::new(), format!("+ {}", words::ADD.read()))];
        list.extend(offered().into_iter().filter(|it| !now.iter().any(|key| key.trim_start_matches('-') == it.0)));
        list
    };
    view! {
        {move || shape.get().into_iter().enumerate().map(item).collect_view()}
        {named(words::ADD, choice(String::new, more, move |key| if !key.is_empty() {
            let mut list = untrack(keys);
            list.push(key);
            put(list);
        }))}
    }
    .into_any()
}

fn list(board: Board) -> AnyView {
    let columns = move || {
        board.list().map(|it| it.columns.into_iter().map(|it| it.field.0).collect::<Vec<_>>()).unwrap_or_default()
    };
    let sort = move || board.list().map(|it| it.sort).unwrap_or_default();
    let filters =
        move || board.list().map(|it| it.filters.into_iter().map(|it| it.0).collect::<Vec<_>>()).unwrap_or_default();
    let filterable = move || {
        let indexed =
            |key: &str| board.field(key).is_some_and(|it| it.pointer("/x-index/filter") == Some(&Value::Bool(true)));
        board.offered().into_iter().filter(|it| indexed(&it.0)).collect::<Vec<_>>()
    };
    let sortable = move || {
        let indexed =
            |key: &str| board.field(key).is_none_or(|it| it.pointer("/x-index/sort") == Some(&Value::Bool(true)));
        board.offered().into_iter().filter(|it| indexed(&it.0)).collect::<Vec<_>>()
    };
    let width = move |at: usize| {
        let now =
            move || board.list().and_then(|it| it.columns.get(at)?.width).map(|it| it.to_string()).unwrap_or_default();
        view! {
            <input class="input small view-width" type="number" min="40" max="800" step="10" aria-label=words::WIDTH.get() title=words::WIDTH.get()
                placeholder=words::WIDTH_AUTO.get() prop:value=now
                on:change=move |event| {
                    let width = event_target_value(&event).parse::<u32>().ok().map(|it| it.clamp(40, 800));
                    board.change_list(|it| if let Some(it) = it.columns.get_mut(at) { it.width = width });
                }/>
        }
        .into_any()
    };
    let direction = move |at: usize| {
        let down = move || board.list().is_some_and(|it| it.sort.get(at).is_some_and(|it| it.starts_with('-')));
        view! {
            <button type="button" class="button plain icon-only small" aria-label=move || if down() { words::DOWN.read() } else { words::UP.read() }
                title=move || if down() { words::DOWN.read() } else { words::UP.read() }
                on:click=move |_| board.change_list(|it| if let Some(it) = it.sort.get_mut(at) {
                    *it = it.strip_prefix('-').map_or_else(|| format!("-{it}"), str::to_owned);
                })>{move || icon(if down() { "sort-down" } else { "sort-up" })}</button>
        }
        .into_any()
    };
    view! {
        {group(words::COLUMNS, true, ordered(board, columns, move || board.offered(), width, move |keys| board.change_list(|it| {
            let before = std::mem::take(&mut it.columns);
            let width = |key: &str| before.iter().find(|it| it.field.as_str() == key).and_then(|it| it.width);
            it.columns = keys.iter().map(|key| Column { field: key.as_str().into(), width: width(key) }).collect();
        })))}
        {group(words::SORT, true, ordered(board, sort, sortable, direction, move |keys| board.change_list(|it| it.sort = keys)))}
        {group(words::FILTERS, true, ordered(board, filters, filterable, |_| ().into_any(), move |keys| board.change_list(|it| {
            it.filters = keys.iter().map(|it| it.as_str().into()).collect();
        })))}
    }
    .into_any()
}

fn kanban(board: Board) -> AnyView {
    let card =
        move || board.kanban().map(|it| it.card.into_iter().map(|it| it.0).collect::<Vec<_>>()).unwrap_or_default();
    let kind = move |key: &str| board.field(key).map(|it| FieldKind::of(&it));
    let grouped = move || {
        let fits = |key: &str| matches!(kind(key), Some(FieldKind::Choice | FieldKind::Dictionary(_)));
        board.offered().into_iter().filter(|it| fits(&it.0)).collect::<Vec<_>>()
    };
    let summed = move || {
        let fits = |key: &str| {
            matches!(kind(key), Some(FieldKind::Int | FieldKind::Decimal | FieldKind::Money | FieldKind::Percent))
        };
        let mut list = vec![(String::new(), words::NO_SUM.read().to_owned())];
        list.extend(board.offered().into_iter().filter(|it| fits(&it.0)));
        list
    };
    view! {
        {row(words::GROUP, choice(move || board.kanban().map(|it| it.group.0).unwrap_or_default(), grouped, move |key| {
            board.change_kanban(|it| it.group = key.as_str().into());
        }))}
        {row(words::SUM, choice(move || board.kanban().and_then(|it| it.sum).map(|it| it.0).unwrap_or_default(), summed, move |key| {
            board.change_kanban(|it| it.sum = (!key.is_empty()).then(|| key.as_str().into()));
        }))}
        {group(words::CARD, true, ordered(board, card, move || board.offered(), |_| ().into_any(), move |keys| {
            board.change_kanban(|it| it.card = keys.iter().map(|it| it.as_str().into()).collect());
        }))}
    }
    .into_any()
}

/// The first of some fields; where there is none, why there can be no such view.
fn first_of(fields: Vec<String>, none: crate::text::Text) -> Option<String> {
    if fields.is_empty() {
        crate::app::app().say(crate::app::Tone::Bad, none);
    }
    fields.into_iter().next()
}

/// A new view of a module, and where it is edited.
pub fn add(desk: Desk, module: &str, kind: &str) -> Option<String> {
    let sheet = Sheet::new(desk, module, "");
    let of_kind = |fits: &dyn Fn(&FieldKind) -> bool| {
        let keys = sheet.fields_of(module).into_iter().map(|it| it.0);
        untrack(|| keys.filter(|it| sheet.field(it).is_some_and(|it| fits(&FieldKind::of(&it)))).collect::<Vec<_>>())
    };
    let (taken, stage, label, number) = desk.document.with_untracked(|it| {
        let taken: Vec<String> = it.views(module).map(|it| it.0.to_owned()).collect();
        let definition = it.definition(module)?;
        let choice = it.schema(module).and_then(|it| it.get("properties")?.as_object()).and_then(|fields| {
            fields.iter().find(|it| FieldKind::of(it.1) == FieldKind::Choice).map(|it| it.0.clone())
        });
        let stage = definition.stage.as_ref().map(|it| it.0.clone()).or(choice);
        Some((taken, stage, definition.label.0.clone(), it.history.count()))
    })?;
    let key = std::iter::once(kind.to_owned())
        .chain((2..).map(|it| format!("{kind}_{it}")))
        .find(|it| !taken.contains(it))?;
    let content = match kind {
        "kanban" => ViewContent::Kanban(KanbanView { group: stage?.into(), card: vec![label.into()], sum: None }),
        // A due date says more about most records than when something else happened.
        "calendar" => ViewContent::Calendar(CalendarView {
            start: first_of(of_kind(&|it| matches!(it, FieldKind::Date | FieldKind::DateTime)), words::NO_DATE)?.into(),
            end: None,
            card: vec![label.into()],
        }),
        "tree" => ViewContent::Tree(TreeView {
            parent: first_of(
                of_kind(&|it| matches!(it, FieldKind::Reference { module: to, many: false } if to == module)),
                words::NO_PARENT,
            )?
            .into(),
            columns: vec![Column { field: label.into(), width: None }],
            sort: None,
        }),
        "detail" => ViewContent::Detail(DetailView {
            sections: vec![Section {
                id: "s_1".to_owned(),
                title: words::NEW_SECTION.now().to_owned(),
                fields: of_kind(&|_| true)
                    .into_iter()
                    .take(8)
                    .map(|it| Item { field: it.as_str().into(), span: 6, ..Item::default() })
                    .collect(),
                ..Section::default()
            }],
            ..DetailView::default()
        }),
        "list" => ViewContent::List(ListView {
            columns: vec![Column { field: label.into(), width: None }],
            ..ListView::default()
        }),
        _ => ViewContent::Form(runtime::model::view::FormView {
            sections: vec![runtime::model::view::Section { id: "s_1".to_owned(), ..Default::default() }],
            ..Default::default()
        }),
    };
    let title = match kind {
        "kanban" => words::NEW_BOARD,
        "list" => words::NEW_LIST,
        "calendar" => words::NEW_CALENDAR,
        "tree" => words::NEW_TREE,
        "detail" => words::NEW_DETAIL,
        _ => words::NEW_FORM,
    };
    let view = View {
        format: 1,
        id: format!("v_{module}_{key}_{number}"),
        key: key.as_str().into(),
        title: title.now().to_owned(),
        content,
    };
    let files = vec![(Address::View(module.to_owned(), key.clone()), Some(Content::View(Arc::new(view))))];
    desk.edit(Edit::Put { verb: "add", what: key.clone(), files }).then_some(key)
}

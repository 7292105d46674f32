//! What a calendar, a tree and the page of a record are made of, as controls.

use edit::field::FieldKind;
use leptos::prelude::*;
use runtime::model::view::{
    CalendarView, Column, DetailView, Item, Related, Section, TimelinePlace, TreeView, ViewContent,
};

use super::{Board, ordered, words};
use crate::studio::input::{choice, group, line, row};
use crate::ui::icon::icon;

impl Board {
    pub fn calendar(self) -> Option<CalendarView> {
        if let ViewContent::Calendar(it) = &self.view()?.content { Some(it.clone()) } else { None }
    }

    pub fn tree(self) -> Option<TreeView> {
        if let ViewContent::Tree(it) = &self.view()?.content { Some(it.clone()) } else { None }
    }

    pub fn detail(self) -> Option<DetailView> {
        if let ViewContent::Detail(it) = &self.view()?.content { Some(it.clone()) } else { None }
    }

    fn change_calendar(self, act: impl FnOnce(&mut CalendarView)) {
        self.change(|it| {
            if let ViewContent::Calendar(it) = &mut it.content {
                act(it)
            }
        });
    }

    fn change_tree(self, act: impl FnOnce(&mut TreeView)) {
        self.change(|it| {
            if let ViewContent::Tree(it) = &mut it.content {
                act(it)
            }
        });
    }

    fn change_detail(self, act: impl FnOnce(&mut DetailView)) {
        self.change(|it| {
            if let ViewContent::Detail(it) = &mut it.content {
                act(it)
            }
        });
    }

    fn kind(self, key: &str) -> Option<FieldKind> {
        self.field(key).map(|it| FieldKind::of(&it))
    }

    /// Fields of a kind, by key and name.
    fn of_kind(self, fits: impl Fn(&FieldKind) -> bool) -> Vec<(String, String)> {
        self.offered().into_iter().filter(|it| self.kind(&it.0).is_some_and(|it| fits(&it))).collect()
    }

    /// Fields of the module itself, without the columns every record has.
    fn own_fields(self) -> Vec<(String, String)> {
        self.offered().into_iter().filter(|it| self.field(&it.0).is_some()).collect()
    }

    /// Every reference to this module, from any module known here: `module/field` and words for it.
    fn referring(self) -> Vec<(String, String)> {
        let here = self.module.get_value();
        let sheet = self.sheet;
        let mut found = Vec::new();
        for (module, title) in sheet.modules() {
            let schema = sheet.schema_of(&module).unwrap_or_default();
            for (field, name) in sheet.fields_of(&module) {
                let at = schema.pointer(&format!("/properties/{field}/x-ref/module"));
                if at.and_then(serde_json::Value::as_str) == Some(here.as_str()) {
                    found.push((format!("{module}/{field}"), format!("{title} · {name}")));
                }
            }
        }
        found
    }
}

fn is_date(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Date | FieldKind::DateTime)
}

pub fn calendar(board: Board) -> AnyView {
    let card =
        move || board.calendar().map(|it| it.card.into_iter().map(|it| it.0).collect::<Vec<_>>()).unwrap_or_default();
    let ends = move || {
        let mut list = vec![(String::new(), words::SAME_DAY.read().to_owned())];
        list.extend(board.of_kind(is_date));
        list
    };
    view! {
        {row(words::START, choice(move || board.calendar().map(|it| it.start.0).unwrap_or_default(), move || board.of_kind(is_date), move |key| {
            board.change_calendar(|it| it.start = key.as_str().into());
        }))}
        {row(words::END, choice(move || board.calendar().and_then(|it| it.end).map(|it| it.0).unwrap_or_default(), ends, move |key| {
            board.change_calendar(|it| it.end = (!key.is_empty()).then(|| key.as_str().into()));
        }))}
        {group(words::ON_DAY, true, ordered(board, card, move || board.own_fields(), |_| ().into_any(), move |keys| {
            board.change_calendar(|it| it.card = keys.iter().map(|it| it.as_str().into()).collect());
        }))}
    }
    .into_any()
}

pub fn tree(board: Board) -> AnyView {
    let columns = move || {
        board.tree().map(|it| it.columns.into_iter().map(|it| it.field.0).collect::<Vec<_>>()).unwrap_or_default()
    };
    let parents = move || {
        let here = board.module.get_value();
        board.of_kind(|it| matches!(it, FieldKind::Reference { module, many: false } if *module == here))
    };
    let sorts = move || {
        let mut list = vec![(String::new(), words::BY_NAME.read().to_owned())];
        for (key, title) in board.offered() {
            let sorted =
                board.field(&key).is_none_or(|it| it.pointer("/x-index/sort") == Some(&serde_json::Value::Bool(true)));
            if sorted {
                list.push((key.clone(), format!("{title} ↑")));
                list.push((format!("-{key}"), format!("{title} ↓")));
            }
        }
        list
    };
    view! {
        {row(words::PARENT, choice(move || board.tree().map(|it| it.parent.0).unwrap_or_default(), parents, move |key| {
            board.change_tree(|it| it.parent = key.as_str().into());
        }))}
        {row(words::SORT, choice(move || board.tree().and_then(|it| it.sort).unwrap_or_default(), sorts, move |key| {
            board.change_tree(|it| it.sort = (!key.is_empty()).then_some(key));
        }))}
        {group(words::COLUMNS, true, ordered(board, columns, move || board.offered(), |_| ().into_any(), move |keys| {
            board.change_tree(|it| it.columns = keys.iter().map(|it| Column { field: it.as_str().into(), width: None }).collect());
        }))}
    }
    .into_any()
}

pub fn detail(board: Board) -> AnyView {
    let places = move || {
        [("tab", words::LINE_TAB), ("beside", words::LINE_BESIDE), ("below", words::LINE_BELOW)]
            .into_iter()
            .map(|(key, it)| (key.to_owned(), it.read().to_owned()))
            .collect::<Vec<_>>()
    };
    let place = move || match board.detail().map(|it| it.timeline).unwrap_or_default() {
        TimelinePlace::Tab => "tab".to_owned(),
        TimelinePlace::Beside => "beside".to_owned(),
        TimelinePlace::Below => "below".to_owned(),
    };
    let sections = Memo::new(move |_| board.detail().map(|it| it.sections.len()).unwrap_or_default());
    let lists = Memo::new(move |_| {
        board.detail().map(|it| it.related.iter().map(|it| it.id.clone()).collect::<Vec<_>>()).unwrap_or_default()
    });
    let add_section = move |_| {
        board.change_detail(|it| {
            let id = fresh("s", it.sections.iter().map(|it| it.id.as_str()));
            it.sections.push(Section { id, title: words::NEW_SECTION.now().to_owned(), ..Section::default() });
        });
    };
    let offered = move || {
        let mut list = vec![(String::new(), format!("+ {}", words::ADD_LIST.read()))];
        list.extend(board.referring());
        list
    };
    let add_list = move |pair: String| {
        let Some((module, field)) = pair.split_once('/') else { return };
        let (module, field) = (module.to_owned(), field.to_owned());
        board.change_detail(|it| {
            let id = fresh("l", it.related.iter().map(|it| it.id.as_str()));
            it.related.push(Related {
                id,
                module: module.as_str().into(),
                field: field.as_str().into(),
                ..Related::default()
            });
        });
    };
    view! {
        {row(words::LINE, choice(place, places, move |key| {
            board.change_detail(|it| it.timeline = match key.as_str() {
                "beside" => TimelinePlace::Beside,
                "below" => TimelinePlace::Below,
                _ => TimelinePlace::Tab,
            });
        }))}
        {move || (0..sections.get()).map(|at| section(board, at)).collect_view()}
        <button type="button" class="button small" on:click=add_section>{icon("plus")}{words::ADD_SECTION.get()}</button>
        {move || lists.get().into_iter().enumerate().map(|(at, _)| list(board, at)).collect_view()}
        {row(words::LISTS, choice(String::new, offered, add_list))}
    }
    .into_any()
}

/// The first id of a kind that is not taken.
fn fresh<'a>(prefix: &str, taken: impl Iterator<Item = &'a str> + Clone) -> String {
    (1..).map(|it| format!("{prefix}_{it}")).find(|it| !taken.clone().any(|id| id == it)).unwrap_or_default()
}

fn section(board: Board, at: usize) -> AnyView {
    let (module, view) = (board.module.get_value(), board.key.get_value());
    let now = move || board.detail().and_then(|it| it.sections.get(at).cloned());
    let address = move || now().map(|it| format!("section/{module}/{view}/{}", it.id)).unwrap_or_default();
    let said = address.clone();
    let title = move || {
        let own = now().map(|it| it.title).unwrap_or_default();
        let address = said();
        board.desk.document.with(|it| board.desk.words(it, &address, &own))
    };
    let fields =
        move || now().map(|it| it.fields.into_iter().map(|it| it.field.0).collect::<Vec<_>>()).unwrap_or_default();
    let put = move |keys: Vec<String>| {
        board.change_detail(|it| {
            if let Some(section) = it.sections.get_mut(at) {
                let before = std::mem::take(&mut section.fields);
                let item = |key: &String| {
                    let known = before.iter().find(|it| it.field.as_str() == key).cloned();
                    known.unwrap_or_else(|| Item { field: key.as_str().into(), span: 6, ..Item::default() })
                };
                section.fields = keys.iter().map(item).collect();
            }
        });
    };
    let retitle = move |text: String| {
        let address = untrack(&address);
        let own = untrack(|| {
            board.changed(|it| {
                if let ViewContent::Detail(it) = &mut it.content
                    && let Some(section) = it.sections.get_mut(at)
                {
                    section.title.clone_from(&text);
                }
            })
        });
        if let Some(own) = own {
            board.desk.rename(own, &address, &text);
        }
    };
    let content = view! {
        {row(words::TITLE, line(title, false, retitle))}
        {ordered(board, fields, move || board.own_fields(), |_| ().into_any(), put)}
        <button type="button" class="button plain small" on:click=move |_| board.change_detail(|it| if at < it.sections.len() { it.sections.remove(at); })>{icon("trash")}{words::REMOVE_SECTION.get()}</button>
    };
    group(words::SECTION, true, content.into_any())
}

fn list(board: Board, at: usize) -> AnyView {
    let now = move || board.detail().and_then(|it| it.related.get(at).cloned());
    let head = move || {
        let Some(it) = now() else { return String::new() };
        let pair = format!("{}/{}", it.module, it.field);
        board.referring().into_iter().find(|known| known.0 == pair).map_or(pair, |it| it.1)
    };
    let offered = move || now().map(|it| board.sheet.fields_of(it.module.as_str())).unwrap_or_default();
    let label = move |key: &str| offered().into_iter().find(|it| it.0 == key).map_or(key.to_owned(), |it| it.1);
    let columns = move || now().map(|it| it.columns.into_iter().map(|it| it.0).collect::<Vec<_>>()).unwrap_or_default();
    let put = move |keys: Vec<String>| {
        board.change_detail(|it| {
            if let Some(list) = it.related.get_mut(at) {
                list.columns = keys.iter().map(|it| it.as_str().into()).collect();
            }
        });
    };
    let content = view! {
        <p class="faint">{head}</p>
        {super::ordered_as(columns, offered, |_| ().into_any(), put, label)}
        <button type="button" class="button plain small" on:click=move |_| board.change_detail(|it| if at < it.related.len() { it.related.remove(at); })>{icon("trash")}{words::REMOVE_LIST.get()}</button>
    };
    group(words::LIST, true, content.into_any())
}

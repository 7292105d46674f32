//! The view with the demo records of the pack: sorted as it says, with the words people read.

use std::cmp::Ordering;

use edit::tree;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{Board, words};
use crate::module::plain;
use crate::records::days;
use crate::studio::tried::samples;
use crate::ui::icon::icon;

/// Records shown at most.
const MOST: usize = 12;

/// The view.
#[component]
pub fn Sample(board: Board) -> impl IntoView {
    let records = Memo::new(move |_| records(board));
    let note = move || {
        let many = records.with(Vec::len);
        if many == 0 { words::NO_SAMPLES.read().to_owned() } else { words::SAMPLES.fill(&[&many.to_string()]) }
    };
    view! {
        <div class="view-sample">
            <p class="faint">{note}</p>
            {move || match (board.list(), board.kanban()) {
                (Some(_), _) => list(board, records.get()),
                (_, Some(_)) => kanban(board, records.get()),
                (None, None) => others(board, records.get()),
            }}
        </div>
    }
}

/// The data of the demo records of the module.
fn records(board: Board) -> Vec<Map<String, Value>> {
    samples(board.desk, &board.module.get_value(), MOST)
}

/// A value as people read it.
fn shown(board: Board, key: &str, value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    let Some(schema) = board.field(key) else { return plain(value) };
    let module = board.module.get_value();
    let one = |value: &Value| {
        let text = plain(value);
        let own = tree::options(&schema).and_then(|it| it.iter().find(|it| it.get("const") == Some(value)));
        if let Some(own) = own.and_then(|it| it.get("title")?.as_str()) {
            return board.desk.document.with(|it| board.desk.words(it, &format!("option/{module}/{key}/{text}"), own));
        }
        if let Some(title) = board.dictionary_title(&schema, &text) {
            return title;
        }
        // What stands for another record or a person: what it is called, else its name in the demo.
        text.split_once(':')
            .filter(|it| it.0.starts_with('@'))
            .map_or(text.clone(), |it| called(board, it.1).unwrap_or_else(|| it.1.to_owned()))
    };
    match value {
        Value::Array(list) => list.iter().map(one).collect::<Vec<_>>().join(", "),
        Value::Bool(true) => "✓".to_owned(),
        Value::Bool(false) => String::new(),
        // An address, a place: its parts.
        Value::Object(parts) => parts.values().map(plain).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" "),
        value => one(value),
    }
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let number = |it: &Value| it.as_f64().or_else(|| it.as_str()?.parse().ok());
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        (Some(a), Some(b)) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => plain(a).cmp(&plain(b)),
        },
    }
}

/// Puts records in order by a field; `-` before it: the other way round.
fn sort(records: &mut Vec<Map<String, Value>>, by: &str) {
    let key = by.trim_start_matches('-');
    runtime::gather::order(records, |a, b| {
        let order = compare(a.get(key), b.get(key));
        if by.starts_with('-') { order.reverse() } else { order }
    });
}

fn list(board: Board, mut records: Vec<Map<String, Value>>) -> AnyView {
    let Some(view) = board.list() else { return ().into_any() };
    view.sort.iter().rev().for_each(|by| sort(&mut records, by));
    let marked = |key: &str| {
        view.sort
            .iter()
            .find(|it| it.trim_start_matches('-') == key)
            .map(|it| if it.starts_with('-') { "sort-down" } else { "sort-up" })
    };
    let heads = view
        .columns
        .iter()
        .map(|it| {
            let width = it.width.map(|it| format!("{it}px")).unwrap_or_default();
            view! { <th scope="col" style:width=width>{board.label(it.field.as_str())}{marked(it.field.as_str()).map(icon)}</th> }
        })
        .collect_view();
    let empty = records.is_empty();
    let rows = if empty { vec![Map::new(); 3] } else { records };
    let rows = rows
        .iter()
        .map(|record| {
            let cells = view
                .columns
                .iter()
                .map(|it| {
                    let text = shown(board, it.field.as_str(), record.get(it.field.as_str()));
                    if empty {
                        view! { <td><span class="view-blank"></span></td> }.into_any()
                    } else {
                        view! { <td>{text}</td> }.into_any()
                    }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    let filters = view
        .filters
        .iter()
        .map(|it| view! { <span class="toggle-chip">{icon("filter")}{board.label(it.as_str())}</span> })
        .collect_view();
    view! {
        <div class="toggles">{filters}</div>
        <div class="card view-table" tabindex="0" role="group" aria-label=crate::studio::words::PREVIEW.get()><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>
    }
    .into_any()
}

fn kanban(board: Board, records: Vec<Map<String, Value>>) -> AnyView {
    let Some(view) = board.kanban() else { return ().into_any() };
    let group = view.group.as_str();
    let schema = board.field(group).unwrap_or_default();
    let mut values: Vec<Value> = tree::options(&schema)
        .map(|it| it.iter().filter_map(|it| it.get("const").cloned()).collect())
        .unwrap_or_default();
    for it in records.iter().filter_map(|it| it.get(group)) {
        if !values.contains(it) {
            values.push(it.clone());
        }
    }
    // Demo records begin where new ones do: what has no value yet stands in the first column.
    let first = values.first().cloned();
    let column = |value: &Value| {
        let on = |it: &&Map<String, Value>| it.get(group).or(first.as_ref()) == Some(value);
        let inside: Vec<&Map<String, Value>> = records.iter().filter(on).collect();
        let sum = view.sum.as_ref().map(|sum| {
            let number = |it: &&Map<String, Value>| {
                let it = it.get(sum.as_str())?;
                it.as_f64().or_else(|| it.as_str()?.parse().ok())
            };
            let total = inside.iter().filter_map(number).fold(0.0, |sum: f64, it: f64| sum + it);
            view! { <span class="faint">{format!("{total:.2}")}</span> }
        });
        let cards = inside
            .iter()
            .take(4)
            .map(|record| {
                let lines = view
                    .card
                    .iter()
                    .enumerate()
                    .map(|(at, key)| {
                        let text = shown(board, key.as_str(), record.get(key.as_str()));
                        if at == 0 {
                            view! { <strong>{text}</strong> }.into_any()
                        } else {
                            view! { <span><span class="faint">{board.label(key.as_str())}" "</span>{text}</span> }
                                .into_any()
                        }
                    })
                    .collect_view();
                view! { <div class="card view-card">{lines}</div> }
            })
            .collect_view();
        let title = shown(board, group, Some(value));
        view! { <section class="view-column"><header><strong>{title}</strong><span class="faint">{inside.len()}</span>{sum}</header>{cards}</section> }
    };
    view! { <div class="view-board" tabindex="0" role="group" aria-label=crate::studio::words::PREVIEW.get()>{values.iter().map(column).collect_view()}</div> }.into_any()
}

/// A calendar as a list of days, a tree as a nested list, the page of a record with the first of them.
fn others(board: Board, mut records: Vec<Map<String, Value>>) -> AnyView {
    if let Some(view) = board.calendar() {
        let start = view.start.as_str();
        // Where the demo says no days, they are made up, so that there is something to see.
        let none = records.iter().all(|it| !it.contains_key(start));
        if none {
            for (at, it) in (0..).zip(&mut records) {
                it.insert(start.to_owned(), Value::from(days::later(&days::today(), at)));
            }
        }
        records.sort_by(|a, b| compare(a.get(start), b.get(start)));
        let head = view.card.first().map(|it| it.0.clone());
        let rows = records
            .iter()
            .filter(|it| it.contains_key(start))
            .map(|it| {
                let title = head.as_ref().map(|key| shown(board, key, it.get(key))).unwrap_or_default();
                let rest = view.card.iter().skip(1).map(|key| shown(board, key.as_str(), it.get(key.as_str())));
                let rest = rest.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ");
                let day: String = it.get(start).map(plain).unwrap_or_default().chars().take(10).collect();
                view! { <li class="prop-row"><span class="num">{day}</span><strong class="grow clip">{title}</strong><span class="faint clip">{rest}</span></li> }
            })
            .collect::<Vec<_>>();
        if rows.is_empty() {
            return ().into_any();
        }
        let note = none.then(|| view! { <p class="faint">{words::NO_DAYS.fill(&[&board.label(start)])}</p> });
        return view! { {note}<ul class="card view-lines">{rows}</ul> }.into_any();
    }
    if let Some(view) = board.tree() {
        let parent = view.parent.as_str();
        let head = view.columns.first().map(|it| it.field.0.clone());
        if let Some(by) = view.sort.as_ref().or(head.as_ref()) {
            sort(&mut records, by);
        }
        let name =
            |it: &Map<String, Value>| head.as_ref().map(|key| shown(board, key, it.get(key))).unwrap_or_default();
        let above = |it: &Map<String, Value>| it.get(parent).map(|value| shown(board, parent, Some(value)));
        let names: Vec<String> = records.iter().map(name).collect();
        let rest = |it: &Map<String, Value>| {
            let rest = view.columns.iter().skip(1).map(|column| column.field.as_str());
            let rest = rest.map(|key| shown(board, key, it.get(key))).filter(|it| !it.is_empty());
            rest.collect::<Vec<_>>().join(" · ")
        };
        let mut lines: Vec<(usize, String, String)> = Vec::new();
        let mut next: Vec<(usize, usize)> = Vec::new();
        for (at, it) in records.iter().enumerate().rev() {
            if above(it).is_none_or(|it| !names.contains(&it)) {
                next.push((at, 0));
            }
        }
        while let Some((at, level)) = next.pop() {
            lines.push((level, names[at].clone(), rest(&records[at])));
            if level < 8 && lines.len() < MOST * 2 {
                let mine = |it: &Map<String, Value>| above(it).as_ref() == Some(&names[at]);
                next.extend(records.iter().enumerate().rev().filter(|it| mine(it.1)).map(|it| (it.0, level + 1)));
            }
        }
        let rows = lines
            .into_iter()
            .map(|(level, name, rest)| {
                let inset = format!("{}px", 12 + level * 20);
                view! { <li class="prop-row" style:padding-inline-start=inset><span class="grow clip">{name}</span><span class="faint clip">{rest}</span></li> }
            })
            .collect_view();
        return view! { <ul class="card view-lines">{rows}</ul> }.into_any();
    }
    let Some(view) = board.detail() else { return ().into_any() };
    let first = records.into_iter().next().unwrap_or_default();
    let sections = view
        .sections
        .iter()
        .map(|section| {
            let facts = section
                .fields
                .iter()
                .map(|it| {
                    let key = it.field.as_str();
                    let value = shown(board, key, first.get(key));
                    let value = if value.is_empty() { "—".to_owned() } else { value };
                    view! { <div class="fact"><dt>{board.label(key)}</dt><dd>{value}</dd></div> }
                })
                .collect_view();
            let address = format!("section/{}/{}/{}", board.module.get_value(), board.key.get_value(), section.id);
            let title = board.desk.document.with(|it| board.desk.words(it, &address, &section.title));
            let linked = section.linked.as_ref().map(|it| {
                let title = board.sheet.modules().into_iter().find(|other| other.0 == it.module.0).map_or_else(|| it.module.0.clone(), |it| it.1);
                let fields = board.sheet.fields_of(it.module.as_str());
                let name = |key: &str| fields.iter().find(|it| it.0 == key).map_or_else(|| key.to_owned(), |it| it.1.clone());
                let names = it.fields.iter().map(|it| name(it.field.as_str())).collect::<Vec<_>>().join(" · ");
                view! { <p class="section-note">{icon("link")}<strong>{title}</strong><span>{names}</span></p> }
            });
            view! { <section class="form-section"><h2>{title}</h2><dl class="facts-grid">{facts}</dl>{linked}</section> }
        })
        .collect_view();
    let modules = board.sheet.modules();
    let lists = view
        .related
        .iter()
        .map(|it| {
            let own = modules.iter().find(|known| known.0 == it.module.as_str()).map(|it| it.1.clone());
            let title = if it.title.is_empty() { own.unwrap_or_else(|| it.module.0.clone()) } else { it.title.clone() };
            view! { <section class="card"><header><h2>{title}</h2></header><p class="inside"><span class="view-blank"></span></p></section> }
        })
        .collect_view();
    view! { <div class="stack">{sections}{lists}</div> }.into_any()
}

/// What a demo record of any pack known here is called.
fn called(board: Board, name: &str) -> Option<String> {
    let look = |text: &String| {
        let list = runtime::plain::parse::<Vec<Value>>(text).ok()?;
        let it = list.into_iter().find(|it| it.get("ref").and_then(Value::as_str) == Some(name))?;
        let label = board.sheet.definition_of(it.get("module")?.as_str()?)?.label;
        let words = it.get("data")?.get(label.as_str())?;
        Some(plain(words)).filter(|it| !it.is_empty())
    };
    let own =
        board.desk.document.with(|it| it.words().filter(|it| it.0.starts_with("samples/")).find_map(|it| look(it.1)));
    own.or_else(|| {
        board.desk.source.with_value(|it| {
            let files = it.required.values().flatten();
            files.filter(|it| it.0.starts_with("samples/")).find_map(|it| look(it.1))
        })
    })
}

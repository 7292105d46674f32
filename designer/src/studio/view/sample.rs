//! The view with the demo records of the pack: sorted as it says, with the words people read.

use std::cmp::Ordering;

use edit::tree;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{Board, words};
use crate::module::plain;
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
                (None, None) => ().into_any(),
            }}
        </div>
    }
}

/// The data of the demo records of the module.
fn records(board: Board) -> Vec<Map<String, Value>> {
    let module = board.module.get_value();
    board.desk.document.with(|it| {
        let lists = it.words().filter(|it| it.0.starts_with("samples/"));
        let all = lists.filter_map(|(_, text)| serde_json::from_str::<Vec<Value>>(text).ok()).flatten();
        let mine = all.filter(|it| it.get("module").and_then(Value::as_str) == Some(module.as_str()));
        mine.filter_map(|it| it.get("data")?.as_object().cloned()).take(MOST).collect()
    })
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
        // What stands for another record or a person: its name in the demo.
        text.split_once(':').filter(|it| it.0.starts_with('@')).map_or(text.clone(), |it| it.1.to_owned())
    };
    match value {
        Value::Array(list) => list.iter().map(one).collect::<Vec<_>>().join(", "),
        Value::Bool(true) => "✓".to_owned(),
        Value::Bool(false) => String::new(),
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

fn list(board: Board, mut records: Vec<Map<String, Value>>) -> AnyView {
    let Some(view) = board.list() else { return ().into_any() };
    for by in view.sort.iter().rev() {
        let key = by.trim_start_matches('-');
        records.sort_by(|a, b| {
            let order = compare(a.get(key), b.get(key));
            if by.starts_with('-') { order.reverse() } else { order }
        });
    }
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
        <div class="card view-table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>
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
    view! { <div class="view-board">{values.iter().map(column).collect_view()}</div> }.into_any()
}

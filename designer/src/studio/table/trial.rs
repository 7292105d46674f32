//! Values to try the table with: what it answers, and by which rules.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use runtime::model::table::{TableInput, TableType};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Board, words};
use crate::rules;
use crate::ui::icon::icon;

/// What the engine says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Answer {
    rules: Vec<String>,
    value: Value,
    fault: String,
}

/// The inputs and the answer; asked again whenever a value or the table changes.
#[component]
pub fn Trial(board: Board) -> impl IntoView {
    let values = RwSignal::new(BTreeMap::<String, String>::new());
    let answer = RwSignal::new(None::<Answer>);
    let turn = StoredValue::new(0u64);
    let columns = Memo::new(move |_| {
        let table = board.table();
        table
            .map(|it| {
                let named = |it: &TableInput| (it.key.clone(), board.column_title(&it.id, &it.title), it.kind);
                it.inputs.iter().map(named).collect::<Vec<_>>()
            })
            .unwrap_or_default()
    });
    Effect::new(move |_| {
        let (Some(table), given) = (board.table(), values.get()) else { return };
        let inputs: Map<String, Value> =
            table.inputs.iter().filter_map(|it| Some((it.key.clone(), typed(given.get(&it.key)?, it.kind)?))).collect();
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        let day = String::from(js_sys::Date::new_0().to_iso_string()).chars().take(10).collect::<String>();
        let ask = json!({ "table": table.as_ref(), "inputs": inputs, "day": day });
        spawn_local(async move {
            let found = rules::call::<_, Answer>("table.try", &ask).await;
            if turn.try_get_value() != Some(mine) {
                return;
            }
            if let Ok(it) = found {
                board.hit.try_set(it.rules.clone());
                answer.try_set(Some(it));
            }
        });
    });
    let input = move |(key, title, kind): (String, String, TableType)| {
        let (own, read) = (key.clone(), key);
        let set = move |text: String| {
            values.update(|it| {
                it.insert(own.clone(), text);
            });
        };
        let value = move || values.with(|it| it.get(&read).cloned().unwrap_or_default());
        let control = match kind {
            TableType::Bool => view! {
                <select class="input" on:change=move |event| set(event_target_value(&event))>
                    <option value=""></option><option value="true">"true"</option><option value="false">"false"</option>
                </select>
            }
            .into_any(),
            TableType::Date => view! { <input class="input" type="date" prop:value=value on:input=move |event| set(event_target_value(&event))/> }.into_any(),
            TableType::Text | TableType::Number => {
                view! { <input class="input" type="text" prop:value=value on:input=move |event| set(event_target_value(&event))/> }.into_any()
            }
        };
        view! { <label class="prop"><span>{title}</span>{control}</label> }
    };
    let said = move || {
        let it = answer.get()?;
        if !it.fault.is_empty() {
            return Some(view! { <p class="prop-fault">{icon("alert")}{it.fault}</p> }.into_any());
        }
        if it.value.is_null() {
            return Some(view! { <p>{words::NO_ANSWER.get()}</p> }.into_any());
        }
        let table = board.table()?;
        let at = |id: &String| table.rules.iter().position(|it| it.id == *id).map(|it| (it + 1).to_string());
        let by: Vec<String> = it.rules.iter().filter_map(at).collect();
        let title = |key: &str| {
            let found = table.outputs.iter().find(|it| it.key == key);
            found.map_or_else(|| key.to_owned(), |it| board.column_title(&it.id, &it.title))
        };
        let rows = match &it.value {
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| view! { <div class="change-row"><span class="faint">{title(key)}</span><strong>{crate::module::plain(value)}</strong></div> })
                .collect_view()
                .into_any(),
            other => view! { <code>{other.to_string()}</code> }.into_any(),
        };
        Some(view! { {rows}{(!by.is_empty()).then(|| view! { <p class="faint">{words::BY_RULES.fill(&[&by.join(", ")])}</p> })} }.into_any())
    };
    view! {
        <h2 class="side-title">{words::TRY.get()}</h2>
        <p class="faint preview-note">{words::TRY_WHY.get()}</p>
        {move || columns.get().into_iter().map(input).collect_view()}
        <div class="prop" role="status"><span>{words::ANSWER.get()}</span><div class="table-answer">{said}</div></div>
    }
}

/// A value as the table takes it; none while nothing is given.
fn typed(text: &str, kind: TableType) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(match kind {
        TableType::Bool => Value::Bool(text == "true"),
        TableType::Number | TableType::Text | TableType::Date => text.into(),
    })
}

//! A sub-table: rows to add, remove and reorder. Alt with the arrow keys moves the row one is in.

use leptos::{ev, prelude::*};
use serde_json::{Map, Value};

use super::{Input, widget};
use crate::app::app;
use crate::forms::faults;
use crate::forms::state::always_computed;
use crate::module::Field;
use crate::ui::icon::icon;
use crate::{shell, show, text};

pub fn rows(input: Input, columns: Vec<Field>) -> AnyView {
    // Rows have no ids of their own; these live as long as the form is open.
    let ids = RwSignal::new(Vec::<u64>::new());
    let last = StoredValue::new(0u64);
    let count = Memo::new(move |_| input.value.get().as_array().map_or(0, Vec::len));
    Effect::new(move |_| {
        let count = count.get();
        if ids.with_untracked(Vec::len) != count {
            ids.update(|ids| {
                ids.truncate(count);
                while ids.len() < count {
                    last.update_value(|it| *it += 1);
                    ids.push(last.get_value());
                }
            });
        }
    });
    let list = move || input.value.get_untracked().as_array().cloned().unwrap_or_default();
    let put = move |rows: Vec<Value>| input.set.run(Value::Array(rows));
    let columns = StoredValue::new(columns);
    let path = input.path.get_value();
    let id = input.id.get_value();
    let cell_id = {
        let id = id.clone();
        move |row: usize, column: &str| format!("{id}-{row}-{column}")
    };
    let add = {
        let cell_id = cell_id.clone();
        move || {
            let mut rows = list();
            rows.push(Value::Object(columns.with_value(|columns| {
                let defaults =
                    columns.iter().filter_map(|it| Some((it.key.clone(), it.schema.get("default")?.clone())));
                defaults.collect::<Map<_, _>>()
            })));
            let at = rows.len() - 1;
            put(rows);
            let first = columns.with_value(|it| it.first().map(|it| cell_id(at, &it.key)));
            request_animation_frame(move || {
                if let Some(id) = first {
                    shell::focus(&id)
                }
            });
        }
    };
    let remove = move |row: u64| {
        let Some(at) = ids.with_untracked(|it| it.iter().position(|it| *it == row)) else { return };
        let mut rows = list();
        if at < rows.len() {
            rows.remove(at);
            ids.update(|it| {
                it.remove(at);
            });
            put(rows);
        }
    };
    let shift = move |row: u64, by: i32| {
        let Some(at) = ids.with_untracked(|it| it.iter().position(|it| *it == row)) else { return };
        let to = at as i32 + by;
        let mut rows = list();
        if to < 0 || to as usize >= rows.len() {
            return;
        }
        rows.swap(at, to as usize);
        ids.update(|it| it.swap(at, to as usize));
        put(rows);
    };
    let title = move |column: &str| {
        let path = format!("{}.{column}", input.path.get_value());
        input.form.module.with_value(|it| it.field_title(&path, app().lang.get()))
    };
    let head = columns.get_value().into_iter().map(|it| {
        let key = it.key.clone();
        view! { <th scope="col" class:end=it.kind.numeric()>{move || title(&key)}{it.required.then(|| view! { <span class="star" aria-hidden="true">" *"</span> })}</th> }
    }).collect_view();
    let row = move |row: u64| {
        let at = Memo::new(move |_| ids.with(|it| it.iter().position(|it| *it == row)).unwrap_or_default());
        let cells = columns
            .get_value()
            .into_iter()
            .map(|column| cell(input, at, column, cell_id.clone(), &path))
            .collect_view();
        let keys = move |event: ev::KeyboardEvent| {
            if event.alt_key() && matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
                event.prevent_default();
                shift(row, if event.key() == "ArrowUp" { -1 } else { 1 });
            }
        };
        let number = move || (at.get() + 1).to_string();
        view! {
            <tr on:keydown=keys>
                <th scope="row" class="row-number num">{number}</th>
                {cells}
                <td class="row-tools">
                    <Show when=move || !input.readonly.get()>
                        <button type="button" class="button plain small icon-only" aria-label=text::UP.get() title=text::UP.get() on:click=move |_| shift(row, -1)>{icon("up")}</button>
                        <button type="button" class="button plain small icon-only" aria-label=text::DOWN.get() title=text::DOWN.get() on:click=move |_| shift(row, 1)>{icon("down")}</button>
                        <button type="button" class="button plain small icon-only" aria-label=move || text::REMOVE_ROW.fill(&[&number()])
                            title=move || text::REMOVE_ROW.fill(&[&number()]) on:click=move |_| remove(row)>{icon("trash")}</button>
                    </Show>
                </td>
            </tr>
        }
    };
    view! {
        <div class="sub-table" id=id tabindex="-1">
            <div class="sub-table-scroll" hidden=move || count.get() == 0>
                <table>
                    <thead><tr><th scope="col" class="row-number"><span class="sr">{text::NUMBER.get()}</span></th>{head}<th><span class="sr">{text::MORE.get()}</span></th></tr></thead>
                    <tbody><For each=move || ids.get() key=|it| *it children=row/></tbody>
                </table>
            </div>
            <Show when=move || !input.readonly.get()>
                {let add = add.clone(); view! { <button type="button" class="button small" on:click=move |_| add()>{icon("plus")}{text::ADD_ROW.get()}</button> }}
            </Show>
            <p class="faint" hidden=move || count.get() != 0 || !input.readonly.get()>"–"</p>
        </div>
    }
    .into_any()
}

fn cell(
    input: Input,
    at: Memo<usize>,
    column: Field,
    cell_id: impl Fn(usize, &str) -> String + Clone + Send + Sync + 'static,
    path: &str,
) -> AnyView {
    let key = column.key.clone();
    let full = format!("{path}.{key}");
    let computed = input.form.module.with_value(|it| always_computed(it, &full));
    let fixed = computed || column.system;
    let field = path.to_owned();
    let value = {
        let key = key.clone();
        Signal::derive(move || {
            let typed = input.value.get().get(at.get()).and_then(|it| it.get(&key)).cloned().unwrap_or_default();
            // What a person typed is kept apart from what formulas made of it.
            if !computed {
                return typed;
            }
            input.form.computed_cell(&field, at.get(), &key).unwrap_or(typed)
        })
    };
    let set = {
        let key = key.clone();
        Callback::new(move |it: Value| {
            let mut rows = input.value.get_untracked().as_array().cloned().unwrap_or_default();
            if let Some(Value::Object(row)) = rows.get_mut(at.get_untracked()) {
                if it.is_null() {
                    row.remove(&key);
                } else {
                    row.insert(key.clone(), it);
                }
            }
            input.set.run(Value::Array(rows));
        })
    };
    let words = {
        let (field, key) = (path.to_owned(), key.clone());
        Memo::new(move |_| {
            let pointer = format!("/{field}/{}/{key}", at.get());
            let all = input.form.faults_at(&field);
            all.iter()
                .find(|it| it.pointer == pointer)
                .map(|it| input.form.module.with_value(|module| faults::words(module, it, app().lang.get())))
                .unwrap_or_default()
        })
    };
    let label = {
        let full = full.clone();
        Signal::derive(move || input.form.module.with_value(|it| it.field_title(&full, app().lang.get())))
    };
    let id = cell_id(at.get_untracked(), &key);
    let fault_id = format!("{id}-fault");
    let describes = fault_id.clone();
    let cell_input = Input {
        id: StoredValue::new(id),
        path: StoredValue::new(full.clone()),
        value,
        set,
        label,
        invalid: Signal::derive(move || !words.get().is_empty()),
        required: Signal::derive(move || false),
        describe: Signal::derive(move || if words.get().is_empty() { String::new() } else { describes.clone() }),
        compact: true,
        ..input
    };
    let numeric = column.kind.numeric();
    let shown = move || {
        if fixed || input.readonly.get() {
            let column = column.clone();
            let full = full.clone();
            return view! { <span class="value">{move || {
                let lang = app().lang.get();
                input.form.module.with_value(|module| input.form.labels.with(|labels| show::cell(module, &full, &column, &value.get(), labels, lang)))
            }}</span> }.into_any();
        }
        widget(cell_input, &column, None)
    };
    view! { <td class:end=numeric data-title=label>{shown}<p class="field-fault" id=fault_id hidden=move || words.get().is_empty()>{move || words.get()}</p></td> }.into_any()
}

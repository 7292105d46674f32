//! The grid: one cell has the focus, a block of cells can be selected. What the checker says stands at the cells.

use edit::grid::{self, Cell};
use js_sys::{Function, Reflect};
use leptos::{ev, html, prelude::*};
use runtime::alert::Severity;
use runtime::model::table::{Table, TableType};
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::{Board, place, words};
use crate::studio::alerts::tone;
use crate::studio::desk::plain;
use crate::studio::input::{choice, line, row as labelled};
use crate::studio::say::sentence;
use crate::studio::words as shared;
use crate::ui::icon::icon;

/// The grid.
#[component]
pub fn Sheet(board: Board) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // Made anew when rows or columns come or go; otherwise cells change in their place.
    let shape = Memo::new(move |_| {
        let table = board.table()?;
        let named = |id: &str, own: &str| board.column_title(id, own);
        let columns = table.inputs.iter().map(|it| (it.key.clone(), named(&it.id, &it.title), it.kind));
        let columns = columns.chain(table.outputs.iter().map(|it| (it.key.clone(), named(&it.id, &it.title), it.kind)));
        let ids: Vec<String> = table.rules.iter().map(|it| it.id.clone()).collect();
        Some((table.inputs.len(), columns.collect::<Vec<_>>(), ids))
    });
    listen(board, node);
    let grid = move || {
        let Some((inputs, columns, ids)) = shape.get() else { return ().into_any() };
        let (outputs, count) = (columns.len() - inputs, columns.len());
        let heads = columns
            .into_iter()
            .enumerate()
            .map(|(at, (key, title, kind))| {
                let chosen = move || board.at.get().column == at;
                view! {
                    <th scope="col" class:output={at >= inputs} class:chosen=chosen on:click=move |_| go(board, Cell { row: board.at.get_untracked().row, column: at }, false)>
                        <span class="table-title">{title}</span><code>{key}</code><span class="faint">{kind_words(kind).get()}</span>
                    </th>
                }
            })
            .collect_view();
        let rows = ids.into_iter().enumerate().map(|(at, id)| rule(board, at, id, count, inputs)).collect_view();
        view! {
            <table class="decision" role="grid" aria-label=words::TABLE.get() aria-multiselectable="true">
                <thead>
                    <tr><td></td><th scope="colgroup" colspan=inputs.to_string()>{words::IF.get()}</th><th scope="colgroup" class="output" colspan=outputs.to_string()>{words::THEN.get()}</th></tr>
                    <tr><td></td>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <div class="decision-stage" node_ref=node on:keydown=move |event| keys(board, &event)>
            {grid}
            <div class="sheet-tools">
                <button type="button" class="button" on:click=move |_| {
                    let at = untrack(|| board.table()).map_or(0, |it| it.rules.len());
                    board.change(|it| grid::add_rule(it, at));
                    go(board, Cell { row: at, column: 0 }, false);
                }>{icon("plus")}{words::ADD_RULE.get()}</button>
                <button type="button" class="button" on:click=move |_| board.change(|it| grid::add_column(it, words::NEW_INPUT.now(), false))>{icon("plus")}{words::ADD_INPUT.get()}</button>
                <button type="button" class="button" on:click=move |_| board.change(|it| grid::add_column(it, words::NEW_OUTPUT.now(), true))>{icon("plus")}{words::ADD_OUTPUT.get()}</button>
            </div>
            <p class="faint">{words::CELL_HELP.get()}</p>
            <p class="faint">{words::KEYS.get()}</p>
        </div>
    }
}

fn rule(board: Board, at: usize, id: String, columns: usize, inputs: usize) -> impl IntoView {
    let name = words::RULE.fill(&[&(at + 1).to_string()]);
    let tried = move || board.hit.with(|it| it.contains(&id));
    let cells = (0..columns).map(|column| cell(board, Cell { row: at, column }, column >= inputs)).collect_view();
    let button = move |symbol: &'static str, label: crate::text::Text, act: fn(&Table, usize) -> Table| {
        view! { <button type="button" class="button plain icon-only small" tabindex="-1" aria-label=label.get() title=label.get() on:click=move |_| board.change(|it| act(it, at))>{icon(symbol)}</button> }
    };
    view! {
        <tr class:hit=tried>
            <th scope="row"><span class="rule-number" title=name>{at + 1}</span>
                <span class="rule-tools">
                    {button("copy", words::DOUBLE_RULE, grid::double_rule)}{button("trash", words::REMOVE_RULE, grid::remove_rule)}
                </span>
            </th>
            {cells}
        </tr>
    }
}

fn cell(board: Board, at: Cell, output: bool) -> impl IntoView {
    let text = Memo::new(move |_| board.table().map(|it| grid::text(&it, at)).unwrap_or_default());
    let chosen = Memo::new(move |_| board.at.get() == at);
    let within = Memo::new(move |_| {
        let (one, other) = (board.at.get(), board.corner.get());
        let inside = |it: usize, a: usize, b: usize| it >= a.min(b) && it <= a.max(b);
        one != other && inside(at.row, one.row, other.row) && inside(at.column, one.column, other.column)
    });
    let inputs = move || board.table().map_or(0, |it| it.inputs.len());
    let said = Memo::new(move |_| {
        let file = format!("tables/{}.json", board.key.get_value());
        let inputs = inputs();
        board.desk.alerts.with(|all| {
            let mine = all.iter().filter(|it| it.file == file).filter(|it| {
                place(&it.pointer).is_some_and(|(row, column, then)| {
                    let whole = !it.pointer.contains("/when/") && !it.pointer.contains("/then/");
                    row == at.row
                        && (whole && at.column == 0 || !whole && column + if then { inputs } else { 0 } == at.column)
                })
            });
            let found: Vec<(Severity, String)> = mine.map(|it| (it.severity, sentence(board.desk, it))).collect();
            let worst = found.iter().map(|it| it.0).min();
            worst.map(|it| (it, found.into_iter().map(|it| it.1).collect::<Vec<_>>().join("\n")))
        })
    });
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if chosen.get()
            && board.writing.with(Option::is_some)
            && let Some(it) = input.get()
        {
            let _ = it.focus();
            let end = it.value().encode_utf16().count() as u32;
            let _ = it.set_selection_range(end, end);
        }
    });
    let class = move || {
        let mut class = String::from(if output { "cell output" } else { "cell" });
        if within.get() {
            class.push_str(" within");
        }
        if let Some((severity, _)) = said.get() {
            class.push_str(" alert-");
            class.push_str(tone(severity));
        }
        class
    };
    view! {
        <td role="gridcell" class=class data-cell=format!("{}:{}", at.row, at.column) tabindex=move || if chosen.get() { "0" } else { "-1" }
            aria-selected=move || (chosen.get() || within.get()).to_string() aria-invalid=move || said.with(Option::is_some).to_string()
            title=move || said.get().map(|it| it.1)
            on:pointerdown=move |event| if board.writing.get_untracked().is_none() || board.at.get_untracked() != at {
                finish(board);
                go(board, at, event.shift_key());
            }
            on:dblclick=move |_| board.writing.set(Some(text.get_untracked()))>
            {move || if chosen.get() && board.writing.with(Option::is_some) {
                view! {
                    <input type="text" class="cell-input" spellcheck="false" autocomplete="off" node_ref=input aria-label=words::COLUMN.get()
                        prop:value=untrack(|| board.writing.get()).unwrap_or_default()
                        on:input=move |event| board.writing.set(Some(event_target_value(&event)))
                        on:blur=move |_| finish(board)/>
                }.into_any()
            } else {
                let text = text.get();
                let any = text.is_empty() && !output;
                view! { <span class:faint=any>{if any { words::ANY.read().to_owned() } else { text }}</span> }.into_any()
            }}
        </td>
    }
}

/// Gives a cell the focus; `extend`: the other corner of the selection stays.
pub fn go(board: Board, to: Cell, extend: bool) {
    let Some(table) = untrack(|| board.table()) else { return };
    let columns = table.inputs.len() + table.outputs.len();
    let to =
        Cell { row: to.row.min(table.rules.len().saturating_sub(1)), column: to.column.min(columns.saturating_sub(1)) };
    board.at.set(to);
    if !extend {
        board.corner.set(to);
    }
    request_animation_frame(move || {
        let found = document().query_selector(&format!("[data-cell=\"{}:{}\"]", to.row, to.column)).ok().flatten();
        if let Some(it) = found.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok())
            && board.writing.try_get_untracked() == Some(None)
        {
            let _ = it.focus();
        }
    });
}

/// Takes what is written into the cell.
fn finish(board: Board) {
    if let Some(text) = board.writing.try_get_untracked().flatten() {
        board.writing.set(None);
        let at = board.at.get_untracked();
        let before = untrack(|| board.table()).map(|it| grid::text(&it, at));
        if before.as_deref() != Some(text.trim()) {
            board.change(|it| grid::write(it, at, &text));
        }
    }
}

fn keys(board: Board, event: &ev::KeyboardEvent) {
    if event.is_composing() {
        return;
    }
    let target = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let in_grid = target.as_ref().is_some_and(|it| it.closest("[data-cell]").ok().flatten().is_some());
    if !in_grid {
        return;
    }
    let writing = board.writing.get_untracked().is_some();
    let at = board.at.get_untracked();
    let rows = untrack(|| board.table()).map_or(0, |it| it.rules.len());
    let to = |row: i64, column: i64| Cell {
        row: at.row.saturating_add_signed(row as isize),
        column: at.column.saturating_add_signed(column as isize),
    };
    let command = event.ctrl_key() || event.meta_key();
    let move_to = |cell: Cell, extend: bool| {
        finish(board);
        go(board, cell, extend);
    };
    let taken = match event.key().as_str() {
        "z" if command && !writing => {
            if event.shift_key() {
                board.desk.redo()
            } else {
                board.desk.undo()
            }
            go(board, at, false);
            true
        }
        "y" if command && !writing => {
            board.desk.redo();
            true
        }
        "Enter" if writing || !event.shift_key() => {
            if writing {
                // Enter in the last row begins the next rule.
                finish(board);
                if at.row + 1 == rows {
                    board.change(|it| grid::add_rule(it, rows));
                }
                go(board, to(1, 0), false);
            } else {
                board.writing.set(untrack(|| board.table()).map(|it| grid::text(&it, at)));
            }
            true
        }
        "Tab" if writing || in_middle(board, at, event.shift_key()) => {
            move_to(to(0, if event.shift_key() { -1 } else { 1 }), false);
            true
        }
        "Escape" if writing => {
            board.writing.set(None);
            go(board, at, false);
            true
        }
        "F2" if !writing => {
            board.writing.set(untrack(|| board.table()).map(|it| grid::text(&it, at)));
            true
        }
        "ArrowUp" | "ArrowDown" if event.alt_key() && !writing => {
            let next = if event.key() == "ArrowUp" { at.row.wrapping_sub(1) } else { at.row + 1 };
            if next < rows {
                board.change(|it| grid::move_rule(it, at.row, next));
                go(board, Cell { row: next, ..at }, false);
            }
            true
        }
        "ArrowUp" if !writing => {
            move_to(to(-1, 0), event.shift_key());
            true
        }
        "ArrowDown" if !writing => {
            move_to(to(1, 0), event.shift_key());
            true
        }
        "ArrowLeft" if !writing => {
            move_to(to(0, -1), event.shift_key());
            true
        }
        "ArrowRight" if !writing => {
            move_to(to(0, 1), event.shift_key());
            true
        }
        "Home" if !writing => {
            move_to(Cell { row: at.row, column: 0 }, event.shift_key());
            true
        }
        "End" if !writing => {
            move_to(Cell { row: at.row, column: usize::MAX }, event.shift_key());
            true
        }
        "Delete" | "Backspace" if !writing => {
            let corner = board.corner.get_untracked();
            board.change(|it| grid::clear(it, at, corner));
            go(board, at, true);
            true
        }
        it if !writing && !command && !event.alt_key() && it.chars().count() == 1 => {
            // What is typed takes the place of what was there.
            board.corner.set(at);
            board.writing.set(Some(it.to_owned()));
            true
        }
        _ => false,
    };
    if taken {
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Tab leaves the grid at its first and last cell.
fn in_middle(board: Board, at: Cell, back: bool) -> bool {
    let columns = untrack(|| board.table()).map_or(0, |it| it.inputs.len() + it.outputs.len());
    if back { at.column > 0 } else { at.column + 1 < columns }
}

/// Copy, cut and paste of blocks, as spreadsheets do.
fn listen(board: Board, node: NodeRef<html::Div>) {
    let here = move || {
        let active = document().active_element();
        let cell = active.as_ref().and_then(|it| it.closest("[data-cell]").ok().flatten());
        let stage = node.try_get_untracked().flatten();
        board.writing.try_get_untracked() == Some(None)
            && cell
                .is_some_and(|it| stage.is_some_and(|stage| stage.contains(Some(it.unchecked_ref::<web_sys::Node>()))))
    };
    let data = |event: &web_sys::Event, name: &str| -> Option<(wasm_bindgen::JsValue, Function)> {
        let data = Reflect::get(event, &"clipboardData".into()).ok()?;
        let function = Reflect::get(&data, &name.into()).ok()?.dyn_into().ok()?;
        Some((data, function))
    };
    let copy = move |event: &web_sys::Event| {
        let table = untrack(|| board.table())?;
        let block = grid::copy(&table, board.at.get_untracked(), board.corner.get_untracked());
        let (data, set) = data(event, "setData")?;
        set.call2(&data, &"text/plain".into(), &block.into()).ok()?;
        event.prevent_default();
        Some(())
    };
    let copied = window_event_listener_untyped("copy", move |event| {
        if here() {
            copy(&event);
        }
    });
    let cut = window_event_listener_untyped("cut", move |event| {
        if here() && copy(&event).is_some() {
            let (at, corner) = (board.at.get_untracked(), board.corner.get_untracked());
            board.change(|it| grid::clear(it, at, corner));
        }
    });
    let pasted = window_event_listener_untyped("paste", move |event| {
        if here() {
            event.prevent_default();
            let text = data(&event, "getData")
                .and_then(|(data, get)| get.call1(&data, &"text/plain".into()).ok()?.as_string());
            if let Some(text) = text.filter(|it| !it.is_empty()) {
                let (at, corner) = (board.at.get_untracked(), board.corner.get_untracked());
                let from = Cell { row: at.row.min(corner.row), column: at.column.min(corner.column) };
                board.change(|it| grid::paste(it, from, &text));
            }
        }
    });
    on_cleanup(move || {
        copied.remove();
        cut.remove();
        pasted.remove();
    });
}

fn kind_words(kind: TableType) -> crate::text::Text {
    match kind {
        TableType::Text => words::TYPE_TEXT,
        TableType::Number => words::TYPE_NUMBER,
        TableType::Bool => words::TYPE_BOOL,
        TableType::Date => words::TYPE_DATE,
    }
}

const KINDS: [(TableType, &str); 4] =
    [(TableType::Text, "text"), (TableType::Number, "number"), (TableType::Bool, "bool"), (TableType::Date, "date")];

/// The column of the cell with the focus.
pub fn column(board: Board, at: usize, output: bool) -> AnyView {
    let inputs = move || board.table().map_or(0, |it| it.inputs.len());
    let here = untrack(inputs);
    let place = if output { at - here } else { at };
    let named = move || {
        let table = board.table()?;
        if output {
            table.outputs.get(place).map(|it| (it.id.clone(), it.title.clone()))
        } else {
            table.inputs.get(place).map(|it| (it.id.clone(), it.title.clone()))
        }
    };
    let title = move || named().map(|(id, own)| board.column_title(&id, &own));
    let key = move || {
        let table = board.table()?;
        if output {
            table.outputs.get(place).map(|it| it.key.clone())
        } else {
            table.inputs.get(place).map(|it| it.key.clone())
        }
    };
    let kind = move || {
        let table = board.table()?;
        if output { table.outputs.get(place).map(|it| it.kind) } else { table.inputs.get(place).map(|it| it.kind) }
    };
    let values = move || {
        let Some(table) = board.table() else { return String::new() };
        let list = if output {
            table.outputs.get(place).map(|it| &it.values)
        } else {
            table.inputs.get(place).map(|it| &it.values)
        };
        list.into_iter().flatten().map(|it| plain(Some(it))).collect::<Vec<_>>().join(", ")
    };
    let change = move |act: &dyn Fn(&mut Table)| {
        board.change(|it| {
            let mut it = it.clone();
            act(&mut it);
            it
        });
    };
    view! {
        <h2 class="side-title">{words::COLUMN.get()}</h2>
        {labelled(shared::NAME, line(move || title().unwrap_or_default(), false, move |text| {
            let Some((id, _)) = untrack(named) else { return };
            board.rename(&format!("column/{}/{id}", board.key.get_value()), &text, |it, text| {
                if output {
                    if let Some(it) = it.outputs.get_mut(place) { text.clone_into(&mut it.title) }
                } else if let Some(it) = it.inputs.get_mut(place) {
                    text.clone_into(&mut it.title);
                }
            });
        }))}
        {labelled(words::COLUMN_KEY, line(move || key().unwrap_or_default(), true, move |text| {
            let text = text.trim().to_owned();
            if !text.is_empty() {
                change(&|it| {
                    if output {
                        if let Some(it) = it.outputs.get_mut(place) { it.key.clone_from(&text) }
                    } else if let Some(it) = it.inputs.get_mut(place) {
                        it.key.clone_from(&text);
                    }
                });
            }
        }))}
        {labelled(words::COLUMN_TYPE, choice(
            move || KINDS.iter().find(|it| Some(it.0) == kind()).map(|it| it.1.to_owned()).unwrap_or_default(),
            || KINDS.iter().map(|it| (it.1.to_owned(), kind_words(it.0).read().to_owned())).collect(),
            move |word| if let Some((kind, _)) = KINDS.iter().find(|it| it.1 == word) { board.change(|it| grid::set_kind(it, at, *kind)) },
        ))}
        {labelled(words::COLUMN_VALUES, line(values, false, move |text| {
            let kind = untrack(kind).unwrap_or(TableType::Text);
            let list: Vec<Value> = text.split([',', '，', '、']).map(str::trim).filter(|it| !it.is_empty()).map(|it| grid::value(it, kind)).collect();
            change(&|it| {
                if output {
                    if let Some(it) = it.outputs.get_mut(place) { it.values.clone_from(&list) }
                } else if let Some(it) = it.inputs.get_mut(place) {
                    it.values.clone_from(&list);
                }
            });
        }))}
        {output.then(|| labelled(words::DEFAULT, line(
            move || board.table().and_then(|it| it.outputs.get(place).map(|it| plain(it.default.as_ref()))).unwrap_or_default(),
            false,
            move |text| {
                let kind = untrack(kind).unwrap_or(TableType::Text);
                let value = Some(grid::value(&text, kind)).filter(|it| !it.is_null());
                change(&|it| if let Some(it) = it.outputs.get_mut(place) { it.default.clone_from(&value) });
            },
        )))}
        <div class="prop-row">
            <button type="button" class="button small icon-only" aria-label=words::LEFT.get() title=words::LEFT.get() on:click=move |_| board.change(|it| grid::move_column(it, at, false))>{icon("left")}</button>
            <button type="button" class="button small icon-only" aria-label=words::RIGHT.get() title=words::RIGHT.get() on:click=move |_| board.change(|it| grid::move_column(it, at, true))>{icon("right")}</button>
            <button type="button" class="button small danger" on:click=move |_| board.change(|it| grid::remove_column(it, at))>{words::REMOVE_COLUMN.get()}</button>
        </div>
    }
    .into_any()
}

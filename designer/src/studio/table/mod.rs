//! `/studio/{pack}/table/{key}`: a decision table, edited like a spreadsheet ([`sheet`]), with its checks at the cells and values
//! to try it with ([`trial`]).

mod sheet;
mod trial;
mod words;

use std::sync::Arc;

use edit::Edit;
use edit::document::{Address, Content};
use edit::grid;
use leptos::prelude::*;
use runtime::model::table::{Aggregation, HitPolicy, Table};

use super::alerts::AlertList;
use super::bar::Bar;
use super::desk::Desk;
use super::dock::{self, Panel};
use super::input::{choice, line, row};
use super::{Subject, words as shared};
use crate::app::Command;
use crate::ui::icon::icon;
use crate::{later, nav};

/// One open table; a bundle of signals.
#[derive(Clone, Copy)]
pub struct Board {
    pub desk: Desk,
    pub key: StoredValue<String>,
    /// The cell with the focus, and the other corner of what is selected.
    pub at: RwSignal<grid::Cell>,
    pub corner: RwSignal<grid::Cell>,
    /// What is being written into the cell.
    pub writing: RwSignal<Option<String>>,
    /// Rules the values that were tried have hit.
    pub hit: RwSignal<Vec<String>>,
}

impl Board {
    pub fn table(self) -> Option<Arc<Table>> {
        self.desk.document.with(|it| it.table(&self.key.get_value()).cloned())
    }

    /// Puts the table as it is afterwards in its place.
    pub fn put(self, table: Table) {
        self.desk.edit(self.putting("set", table));
    }

    fn putting(self, verb: &'static str, table: Table) -> Edit {
        let key = self.key.get_value();
        let files = vec![(Address::Table(key.clone()), Some(Content::Table(Arc::new(table))))];
        Edit::Put { verb, what: key, files }
    }

    /// What a column is called in the language shown.
    pub fn column_title(self, id: &str, own: &str) -> String {
        let address = format!("column/{}/{id}", self.key.get_value());
        self.desk.document.with(|it| self.desk.words(it, &address, own))
    }

    /// Calls the table or a column of it so in the language shown. `act` does it in the pack's own.
    pub fn rename(self, address: &str, text: &str, act: impl FnOnce(&mut Table, &str)) {
        let Some(mut table) = untrack(|| self.table()).map(|it| it.as_ref().clone()) else { return };
        act(&mut table, text.trim());
        self.desk.rename(self.putting("retitle", table), address, text.trim());
    }

    pub fn change(self, act: impl FnOnce(&Table) -> Table) {
        if let Some(it) = untrack(|| self.table()) {
            self.put(act(&it));
        }
    }
}

/// The screen.
pub fn page(desk: Desk, key: String) -> AnyView {
    if desk.document.with_untracked(|it| it.table(&key).is_none()) {
        return view! { <div class="state">{icon("table")}<h2>{shared::NOT_HERE.get()}</h2><a class="button" href="/studio">{shared::GO_BACK.get()}</a></div> }.into_any();
    }
    let board = Board {
        desk,
        key: StoredValue::new(key.clone()),
        at: RwSignal::new(grid::Cell::default()),
        corner: RwSignal::new(grid::Cell::default()),
        writing: RwSignal::new(None),
        hit: RwSignal::new(Vec::new()),
    };
    let title = {
        let key = key.clone();
        Signal::derive(move || {
            let own = board.table().map(|it| it.title.clone()).unwrap_or_default();
            desk.document.with(|it| desk.words(it, &format!("table/{key}"), &own))
        })
    };
    Effect::new(move |_| nav::title(&title.get()));
    let shipped = RwSignal::new(false);
    let subject = Subject::table(&key);
    let open = RwSignal::new(false);
    let add = move |words: crate::text::Text, act: fn(&Table) -> Table| Command {
        words,
        symbol: "plus",
        act: Callback::new(move |()| board.change(act)),
    };
    super::commands::offer(vec![
        add(words::ADD_RULE, |it| grid::add_rule(it, it.rules.len())),
        add(words::ADD_INPUT, |it| grid::add_column(it, words::NEW_INPUT.now(), false)),
        add(words::ADD_OUTPUT, |it| grid::add_column(it, words::NEW_OUTPUT.now(), true)),
        Command { words: words::RESTORE, symbol: "refresh", act: Callback::new(move |()| shipped.set(true)) },
    ]);
    follow_jumps(board, open);
    let panel = RwSignal::new(None::<Panel>);
    view! {
        <Bar desk=desk title=title>
            <button type="button" class="button plain icon-only" aria-label=words::RESTORE.get() title=words::RESTORE.get() on:click=move |_| shipped.set(true)>{icon("refresh")}</button>
        </Bar>
        {move || shipped.get().then(|| later::shipped(desk, subject.clone(), shipped))}
        <div class="studio-main two" data-panel=move || panel.get().map(Panel::word)>
            <div class="studio-middle">
                <sheet::Sheet board=board/>
                <AlertList desk=desk open=open/>
            </div>
            <aside class="studio-right" aria-label=shared::PROPERTIES.get()>{dock::close(panel)}{properties(board, title)}<trial::Trial board=board/></aside>
            {dock::dock(panel, &[Panel::Properties], ())}
        </div>
    }
    .into_any()
}

fn properties(board: Board, title: Signal<String>) -> AnyView {
    let table = move || board.table();
    let policy = move || table().map_or(HitPolicy::Unique, |it| it.hit_policy);
    view! {
        <h2 class="side-title">{words::TABLE.get()}</h2>
        {row(shared::NAME, line(move || title.get(), false, move |text| {
            board.rename(&format!("table/{}", board.key.get_value()), &text, |it, text| text.clone_into(&mut it.title));
        }))}
        {row(words::HIT_POLICY, choice(
            move || words::POLICIES.iter().find(|it| it.0 == policy()).map(|it| it.1.to_owned()).unwrap_or_default(),
            || words::POLICIES.iter().map(|it| (it.1.to_owned(), it.2.read().to_owned())).collect(),
            move |word| {
                if let Some((policy, ..)) = words::POLICIES.iter().find(|it| it.1 == word) {
                    board.change(|it| Table { hit_policy: *policy, aggregation: it.aggregation.filter(|_| *policy == HitPolicy::Collect), ..it.clone() });
                }
            },
        ))}
        {move || (policy() == HitPolicy::Collect).then(|| row(words::AGGREGATION, choice(
            move || table().and_then(|it| it.aggregation).map_or("", aggregation).to_owned(),
            || words::AGGREGATIONS.iter().map(|it| (it.0.to_owned(), it.1.read().to_owned())).collect(),
            move |word| {
                let now = [Aggregation::Sum, Aggregation::Min, Aggregation::Max, Aggregation::Count].into_iter().find(|it| aggregation(*it) == word);
                board.change(|it| Table { aggregation: now, ..it.clone() });
            },
        )))}
        {move || {
            let (at, inputs) = (board.at.get().column, table().map_or(0, |it| it.inputs.len()));
            sheet::column(board, at, at >= inputs)
        }}
    }
    .into_any()
}

fn aggregation(it: Aggregation) -> &'static str {
    match it {
        Aggregation::Sum => "sum",
        Aggregation::Min => "min",
        Aggregation::Max => "max",
        Aggregation::Count => "count",
    }
}

/// An alert was chosen: its cell gets the focus, or its page is opened.
fn follow_jumps(board: Board, open: RwSignal<bool>) {
    let desk = board.desk;
    Effect::new(move |_| {
        let Some((file, pointer, _)) = desk.jump.get() else { return };
        desk.jump.set(None);
        let pack = desk.source.with_value(|it| it.id.clone());
        let parts: Vec<&str> = file.split('/').collect();
        match parts.as_slice() {
            ["tables", name] if board.key.with_value(|it| name.trim_end_matches(".json") == it) => {
                if let (Some(at), Some(table)) = (place(&pointer), untrack(|| board.table())) {
                    let column = if at.2 { table.inputs.len() + at.1 } else { at.1 };
                    sheet::go(board, grid::Cell { row: at.0, column }, false);
                }
                open.set(true);
            }
            ["tables", name] => nav::go(&format!(
                "/studio/{}/table/{}",
                nav::encode(&pack),
                nav::encode(name.trim_end_matches(".json"))
            )),
            ["modules", key, ..] => nav::go(&format!("/studio/{}/form/{}", nav::encode(&pack), nav::encode(key))),
            ["flows", key, ..] => nav::go(&format!("/studio/{}/flow/{}", nav::encode(&pack), nav::encode(key))),
            _ => (),
        }
    });
}

/// Row, place, and whether it is an output, of a pointer into the rules.
pub fn place(pointer: &str) -> Option<(usize, usize, bool)> {
    let parts: Vec<&str> = pointer.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["rules", row, side @ ("when" | "then"), at, ..] => {
            Some((row.parse().ok()?, at.parse().ok()?, *side == "then"))
        }
        ["rules", row, ..] => Some((row.parse().ok()?, 0, false)),
        _ => None,
    }
}

//! Records: the list of a module with its search, filters, columns and boards; the page of one record.

mod board;
mod filter;
mod history;
mod list;
mod page;
mod saved;
mod talk;
mod words;

pub use board::board_page;
pub use filter::{Condition, filters};
pub use list::{cell, first_words, list_page, typing, usual_columns};
pub use page::{read, record_page};
pub use saved::saved_views;
pub use talk::talk;

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::app;
use crate::module::Module;
use crate::text;
use crate::ui::icon::icon;

/// The switch between list, boards and the running flows of a module.
fn views(module: StoredValue<Arc<Module>>, here: &'static str) -> AnyView {
    let key = module.with_value(|it| it.info.key.clone());
    let boards = module.with_value(|it| it.boards());
    let flows = module.with_value(|it| it.flows());
    if boards.is_empty() && flows.is_empty() {
        return ().into_any();
    }
    let list = format!("/records/{key}");
    let link = move |href: String, symbol: &'static str, on: bool, words: Signal<String>| {
        view! { <a class="segment" href=href aria-current=on.then_some("page")>{icon(symbol)}<span>{words}</span></a> }
    };
    let boards = boards.into_iter().map(|(view, _)| {
        let href = format!("/records/{key}/board/{view}");
        let words = Signal::derive(move || module.with_value(|it| it.view_title(&view, app().lang.get())));
        link(href, "board", here == "board", words)
    });
    let flows = flows.into_iter().map(|flow| {
        let words = Signal::derive(move || text::RUNNING.read().to_owned());
        link(format!("/flows/{flow}"), "flow", here == "flow", words)
    });
    view! {
        <div class="segments">
            {link(list, "list", here == "list", Signal::derive(|| text::LIST.read().to_owned()))}
            {boards.collect_view()}
            {flows.collect_view()}
        </div>
    }
    .into_any()
}

//! Records: the list of a module with its search, filters and columns, its boards, calendars and trees; the page of one
//! record.

mod board;
mod calendar;
pub mod days;
mod detail;
mod filter;
mod history;
mod list;
mod page;
mod saved;
mod talk;
mod tree;
mod words;

pub use board::board_page;
pub use calendar::calendar_page;
pub use detail::{detail, related};
pub use filter::{Condition, filters};
pub use list::{cell, first_words, list_page, typing, usual_columns};
pub use page::{read, record_page};
pub use saved::saved_views;
pub use talk::talk;
pub use tree::tree_page;

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::app;
use crate::module::{self, Module, Slot};
use crate::text;
use crate::ui::fetch::skeleton;
use crate::ui::icon::icon;
use crate::ui::problem;

/// The switch between list, boards, calendars, trees and the running flows of a module.
fn views(module: StoredValue<Arc<Module>>) -> AnyView {
    // Boards and running flows are the house's.
    if app().session_now().is_some_and(|it| it.portal) {
        return ().into_any();
    }
    let key = module.with_value(|it| it.info.key.clone());
    let mut links: Vec<(String, &'static str, Option<String>)> = Vec::new();
    module.with_value(|it| {
        let mut add = |kind: &str, symbol, views: Vec<String>| {
            links.extend(views.into_iter().map(|it| (format!("/records/{key}/{kind}/{it}"), symbol, Some(it))));
        };
        add("board", "board", it.boards().into_iter().map(|it| it.0).collect());
        add("calendar", "calendar", it.calendars().into_iter().map(|it| it.0).collect());
        add("tree", "tree", it.trees().into_iter().map(|it| it.0).collect());
        links.extend(it.flows().into_iter().map(|it| (format!("/flows/{it}"), "flow", None)));
    });
    if links.is_empty() {
        return ().into_any();
    }
    links.insert(0, (format!("/records/{key}"), "list", None));
    let here = app().place.with_untracked(|it| it.path.clone());
    let link = move |(href, symbol, view): (String, &'static str, Option<String>)| {
        let on = href == here;
        let words = move || match &view {
            Some(view) => module.with_value(|it| it.view_title(view, app().lang.get())),
            None if symbol == "list" => text::LIST.read().to_owned(),
            None => text::RUNNING.read().to_owned(),
        };
        view! { <a class="segment" href=href aria-current=on.then_some("page")>{icon(symbol)}<span>{words}</span></a> }
    };
    view! { <div class="segments">{links.into_iter().map(link).collect_view()}</div> }.into_any()
}

/// The screen of a view of a module: `content` gives it, or nothing where the module has no such view.
fn viewed(key: String, content: impl Fn(Arc<Module>) -> Option<AnyView> + Send + Sync + 'static) -> AnyView {
    let slot = {
        let key = key.clone();
        module::module(move || key.clone())
    };
    (move || match slot.get() {
        Slot::Loading => view! { <div class="page-body">{skeleton()}</div> }.into_any(),
        Slot::Failed(why) => {
            let key = key.clone();
            problem::screen(&why, Some(Callback::new(move |()| module::retry(&key))))
        }
        Slot::Ready(module) => content(module).unwrap_or_else(|| {
            problem::screen(&::api::Problem { kind: "not-found".into(), ..Default::default() }, None)
        }),
    })
    .into_any()
}

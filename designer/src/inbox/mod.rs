//! The inbox: boxes with counts, the list of tasks, and the pane in which one is done.

pub mod deeds;
mod list;
mod task;

use leptos::prelude::*;

pub use list::inbox_page;
pub use task::{At, CompleteForm, TaskPane};

use crate::app::app;
use crate::ui::icon::icon;
use crate::{show, text};

/// When it is due, in words; what is late says so.
pub fn due(at: Option<String>, overdue: bool) -> Option<AnyView> {
    let at = at?;
    let exact = at.clone();
    let iso = at.clone();
    Some(
        view! {
            <time class="due" class:late=overdue datetime=iso title=move || show::moment(&exact, app().lang.get())>
                {icon("clock")}
                {move || {
                    let distance = show::distance(&at, app().lang.get());
                    if overdue { text::OVERDUE_SINCE.fill(&[&distance]) } else { text::DUE_IN.fill(&[&distance]) }
                }}
            </time>
        }
        .into_any(),
    )
}

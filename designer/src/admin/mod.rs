//! Administration: people, departments, incidents, audit log.

mod audit;
mod departments;
mod incidents;
mod person;
mod users;

use leptos::prelude::*;

use crate::app::app;
use crate::text::{self, Text};
use crate::{nav, ui::problem};

const TABS: [(&str, Text); 4] = [
    ("users", text::PEOPLE),
    ("departments", text::DEPARTMENTS),
    ("incidents", text::INCIDENTS),
    ("audit", text::AUDIT_LOG),
];

/// The screens below `/admin`.
pub fn admin_page(tab: &str) -> AnyView {
    if !app().session_now().is_some_and(|it| it.admin) {
        return problem::screen(&::api::Problem { kind: "no-rights".into(), ..Default::default() }, None);
    }
    let tab = if tab.is_empty() { "users" } else { tab };
    let Some(tab) = TABS.iter().map(|it| it.0).find(|it| *it == tab) else {
        return problem::screen(&::api::Problem { kind: "not-found".into(), ..Default::default() }, None);
    };
    Effect::new(|_| nav::title(text::ADMINISTRATION.read()));
    view! {
        <div class="page-head"><h1 class="grow">{text::ADMINISTRATION.get()}</h1></div>
        <div class="page-body">
            <nav class="tabs" aria-label=text::ADMINISTRATION.get()>
                {TABS.into_iter().map(|(name, words)| view! {
                    <a class="tab" href=format!("/admin/{name}") aria-current=(name == tab).then_some("page")>{words.get()}</a>
                }).collect_view()}
            </nav>
            {match tab {
                "audit" => audit::audit(),
                "departments" => departments::departments(),
                "incidents" => incidents::incidents(),
                _ => users::users(),
            }}
        </div>
    }
    .into_any()
}

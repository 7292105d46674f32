//! Administration: people, audit log, incidents.

mod audit;
mod incidents;
mod person;
mod users;

use leptos::prelude::*;

use crate::app::app;
use crate::text::{self, Text};
use crate::{nav, ui::problem};

const TABS: [(&str, Text); 3] = [("users", text::PEOPLE), ("incidents", text::INCIDENTS), ("audit", text::AUDIT_LOG)];

/// The screens below `/admin`.
pub fn admin_page(tab: &str) -> AnyView {
    if !app().session_now().is_some_and(|it| it.admin) {
        return problem::screen(&::api::Problem { kind: "no-rights".into(), ..Default::default() }, None);
    }
    let tab = TABS.iter().map(|it| it.0).find(|it| *it == tab).unwrap_or("users");
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
                "incidents" => incidents::incidents(),
                _ => users::users(),
            }}
        </div>
    }
    .into_any()
}

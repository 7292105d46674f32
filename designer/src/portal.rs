//! The portal: what a customer sees. Their own records, what they are asked, filing a new one.

use ::api::record::RecordPage;
use ::api::task::TaskPage;
use leptos::prelude::*;

use crate::app::{app, pick};
use crate::inbox::{TaskPane, due};
use crate::module::{self, Kind, Slot};
use crate::records::{cell, usual_columns};
use crate::shell::modules;
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{nav, show, text};

/// The screen at `/portal`: what waits for the customer, then their records of every module they may see.
pub fn portal_page() -> AnyView {
    Effect::new(|_| nav::title(text::MY_CASES.read()));
    let tasks = fetch::<TaskPage>(|| {
        app().live.track();
        Some("/api/tasks?box=mine&limit=50".to_owned())
    });
    let name = move || app().session().map(|it| it.name.clone()).unwrap_or_default();
    view! {
        <div class="page-head"><h1 class="grow">{move || text::WELCOME.fill(&[&name()])}</h1></div>
        <div class="page-body narrow">
            {move || tasks.value.get().filter(|it| !it.rows.is_empty()).map(|it| view! {
                <section class="card asked"><header>{icon("hand")}<h2>{text::ASKED_OF_YOU.get()}</h2></header>
                    <ul class="task-links">{it.rows.into_iter().map(|it| {
                        let titles = it.titles.clone();
                        view! {
                            <li><a class="task-link" href=format!("/portal/tasks/{}", nav::encode(&it.id))>
                                <span class="row between wrap"><span class="strong">{move || pick(&titles, app().lang.get())}</span>{due(it.due_at, it.overdue)}</span>
                                <span class="muted">{it.record_number}" "{it.record_label}</span>
                            </a></li>
                        }
                    }).collect_view()}</ul>
                </section>
            })}
            {move || app().session().map(|it| modules(&it.menu).into_iter().filter_map(|it| it.module).map(own).collect_view())}
        </div>
    }
    .into_any()
}

/// The customer's records of one module.
fn own(key: String) -> AnyView {
    let slot = { let key = key.clone(); module::module(move || key.clone()) };
    (move || {
        let Slot::Ready(module) = slot.get() else { return ().into_any() };
        let columns = usual_columns(&module);
        let path = format!("/api/records/{key}?limit=50&columns={}", nav::encode(&columns.join(",")));
        let page = fetch::<RecordPage>(move || {
            app().live.track();
            Some(path.clone())
        });
        let title = { let module = module.clone(); move || module.title(app().lang.get()) };
        let new = module.may("create").then(|| view! { <a class="button primary" href=format!("/records/{key}/new")>{icon("plus")}{text::FILE_ONE.get()}</a> });
        let key = key.clone();
        let rows = draw(page, move |page: RecordPage| {
            if page.rows.is_empty() {
                return problem::empty("list", text::EMPTY_LIST, text::PORTAL_EMPTY_WHY, ().into_any());
            }
            let lang = app().lang.get();
            let rows = page.rows.iter().map(|row| {
                let stage = module.stage().map(str::to_owned);
                let shown = |column: &String| Some(column) != stage.as_ref() && module.field(column).is_some_and(|it| !it.kind.wide() && !matches!(it.kind, Kind::User { .. } | Kind::Department { .. } | Kind::Reference { .. }));
                let facts = columns.iter().filter(|it| shown(it)).take(4).map(|column| {
                    let head = module.field_title(column, lang);
                    // Words only: the whole line is a link.
                    let value = row.data.get(column).unwrap_or(&serde_json::Value::Null);
                    let words = module.field(column).map(|it| show::words(&module, column, it, value, &row.labels, lang)).unwrap_or_default();
                    (!words.is_empty()).then(|| view! { <span><span class="faint">{head}" "</span>{words}</span> })
                }).collect_view();
                let badge = stage.as_ref().map(|it| cell(&module, it, row, lang));
                view! { <li><a class="case" href=format!("/records/{key}/{}", row.id)><span class="case-facts">{facts}</span>{badge}</a></li> }
            }).collect_view();
            view! { <ul class="cases">{rows}</ul> }.into_any()
        });
        view! { <section class="stack"><div class="row between"><h2>{title}</h2>{new}</div>{rows}</section> }.into_any()
    })
    .into_any()
}

/// The screen at `/portal/tasks/{id}`: one thing the customer is asked.
pub fn task_page(id: String) -> AnyView {
    let back = Callback::new(|_: String| nav::leave_for("/portal"));
    view! { <div class="portal-task"><TaskPane id=id gone=back changed=Callback::new(|()| ())/></div> }.into_any()
}

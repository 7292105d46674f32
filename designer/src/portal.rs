//! The portal: what a customer sees. Their own records, what they are asked, filing a new one.

use ::api::record::RecordPage;
use ::api::task::TaskPage;
use leptos::prelude::*;
use runtime::gather::Gather as _;

use crate::app::{app, pick};
use crate::inbox::{TaskPane, due};
use crate::module::{self, Kind, Slot};
use crate::records::{cell, usual_columns};
use crate::shell::modules;
use crate::ui::fetch::{draw, fetch, skeleton};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{nav, show, text};

/// The screen at `/portal`: what waits for the customer, then their records of every module they may see.
pub fn portal_page() -> AnyView {
    Effect::new(|_| nav::title(text::MY_CASES.read()));
    // What the customer is asked belongs to nobody until somebody of the company answers.
    let asked =
        ["mine", "group"].map(|of| fetch::<TaskPage>(move || Some(format!("/api/tasks?box={of}&limit=50"))).live());
    let fault = RwSignal::new(None);
    Effect::new(move |_| fault.set(asked.iter().find_map(|it| it.fault.get())));
    let tasks = Memo::new(move |_| {
        asked.iter().flat_map(|it| it.value.get().map(|it| it.rows).unwrap_or_default()).collect::<Vec<_>>()
    });
    let name = move || app().session().map(|it| it.name.clone()).unwrap_or_default();
    view! {
        <div class="page-head"><h1 class="grow">{move || text::WELCOME.fill(&[&name()])}</h1></div>
        <div class="page-body narrow">
            // Nobody must think that nothing is asked of them, because it could not be read.
            {problem::banner(fault, Some(Callback::new(move |()| asked.iter().for_each(|it| it.reload()))))}
            {move || Some(tasks.get()).filter(|it| !it.is_empty()).map(|rows| view! {
                <section class="card asked"><header>{icon("hand")}<h2>{text::ASKED_OF_YOU.get()}</h2></header>
                    <ul class="task-links">{rows.into_iter().map(|it| {
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
    let slot = {
        let key = key.clone();
        module::module(move || key.clone())
    };
    (move || {
        let module = match slot.get() {
            Slot::Ready(module) => module,
            Slot::Loading => return skeleton().into_any(),
            Slot::Failed(why) => {
                let key = key.clone();
                return problem::screen(&why, Some(Callback::new(move |()| module::retry(&key))));
            }
        };
        let columns = usual_columns(&module);
        // What it is about comes first, whether the list view has it or not.
        let label = module.definition.label.0.clone();
        let asked = columns.iter().chain([&label]).cloned().gather::<std::collections::BTreeSet<_>>();
        let path = format!("/api/records/{key}?limit=50&columns={}", nav::encode(&asked.into_iter().collect::<Vec<_>>().join(",")));
        let page = fetch::<RecordPage>(move || Some(path.clone())).live();
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
                let shown = |column: &String| Some(column) != stage.as_ref() && *column != label && module.field(column).is_some_and(|it| !it.kind.wide() && !matches!(it.kind, Kind::User { .. } | Kind::Department { .. } | Kind::Reference { .. }));
                let facts = columns.iter().filter(|it| shown(it)).take(3).map(|column| {
                    let head = module.field_title(column, lang);
                    // Words only: the whole line is a link.
                    let value = row.data.get(column).unwrap_or(&serde_json::Value::Null);
                    let words = module.field(column).map(|it| show::words(&module, column, it, value, &row.labels, lang)).unwrap_or_default();
                    (!words.is_empty()).then(|| view! { <span><span class="faint">{head}" "</span>{words}</span> })
                }).collect_view();
                let badge = stage.as_ref().map(|it| cell(&module, it, row, lang));
                let about = crate::records::first_words(&module, &label, row, lang);
                let when = row.data.get("created_at").and_then(serde_json::Value::as_str).map(|it| show::moment(it, lang));
                view! { <li><a class="case" href=format!("/records/{key}/{}", row.id)><span class="case-main"><span class="strong">{about}</span><span class="case-facts">{facts}{when.map(|it| view! { <span class="faint">{it}</span> })}</span></span>{badge}</a></li> }
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

//! What a record shows by a view of its own: sections of facts, lists of what belongs to it, and where its history stands.

use std::sync::Arc;

use ::api::record::{HistoryEntry, RecordPage};
use leptos::prelude::*;
use runtime::model::view::{DetailView, Related, TimelinePlace};

use super::list::{cell, usual_columns};
use super::page;
use crate::app::app;
use crate::forms::state::Form;
use crate::module::{self, Module, Slot};
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{nav, text};

/// The record as the view says: beside or below it its history, if the view puts it there.
pub fn detail(form: Form, name: String, view: DetailView, id: String, entries: Signal<Vec<HistoryEntry>>) -> AnyView {
    let module = form.module;
    let facts = page::sections(form, name.clone(), view.sections.clone());
    let lists = view
        .related
        .iter()
        .map(|it| {
            let address = format!("related/{}/{name}/{}", module.with_value(|it| it.info.key.clone()), it.id);
            let own = it.title.clone();
            let title =
                move || module.with_value(|it| it.words(&address, app().lang.get())).unwrap_or_else(|| own.clone());
            related(it, Some(Signal::derive(title)), id.clone())
        })
        .collect_view();
    let talk = move || {
        view! { <section class="detail-talk"><h2>{text::TIMELINE.get()}</h2>{crate::later::talk(module_of(form), id.clone(), entries)}</section> }
    };
    match view.timeline {
        TimelinePlace::Tab => view! { <div class="stack">{facts}{lists}</div> }.into_any(),
        TimelinePlace::Below => view! { <div class="stack">{facts}{lists}{talk()}</div> }.into_any(),
        TimelinePlace::Beside => {
            view! { <div class="detail-split"><div class="stack">{facts}{lists}</div>{talk()}</div> }.into_any()
        }
    }
}

fn module_of(form: Form) -> StoredValue<Arc<Module>> {
    StoredValue::new(form.module.get_value())
}

/// Records of another module that point here.
pub fn related(it: &Related, title: Option<Signal<String>>, id: String) -> AnyView {
    let (key, field) = (it.module.0.clone(), it.field.0.clone());
    let asked: Vec<String> = it.columns.iter().map(|it| it.0.clone()).collect();
    let slot = {
        let key = key.clone();
        module::module(move || key.clone())
    };
    (move || {
        let module = match slot.get() {
            Slot::Ready(module) => module,
            Slot::Loading => return ().into_any(),
            // Who may not see that module at all is not told of it.
            Slot::Failed(why) if matches!(why.status, 403 | 404) => return ().into_any(),
            Slot::Failed(why) => {
                let key = key.clone();
                return problem::screen(&why, Some(Callback::new(move |()| module::retry(&key))));
            }
        };
        let known = |it: &String| module.field(it).is_some() || matches!(it.as_str(), "number" | "owner" | "department" | "created_at" | "updated_at");
        let columns: Vec<String> = if asked.is_empty() {
            usual_columns(&module).into_iter().filter(|it| *it != field).take(5).collect()
        } else {
            asked.iter().filter(|it| known(it)).cloned().collect()
        };
        let filter = serde_json::json!({ "field": { "field": field, "op": "eq", "value": id } }).to_string();
        let path = format!("/api/records/{key}?limit=10&columns={}&filter={}", nav::encode(&columns.join(",")), nav::encode(&filter));
        let page = fetch::<RecordPage>(move || Some(path.clone()));
        let own = { let module = module.clone(); move || module.title(app().lang.get()) };
        let title = move || title.map(|it| it.get()).filter(|it| !it.is_empty()).unwrap_or_else(&own);
        let all = format!("/records/{key}?f={}:in:{}", field, nav::encode(&id));
        let new = module.may("create").then(|| view! {
            <a class="button plain small" href=format!("/records/{key}/new?{field}={}", nav::encode(&id))>{icon("plus")}{text::NEW.get()}</a>
        });
        let key = key.clone();
        let body = draw(page, move |page: RecordPage| {
            if page.rows.is_empty() {
                return view! { <p class="inside faint">{text::NO_RELATED.get()}</p> }.into_any();
            }
            let lang = app().lang.get();
            let rows = page.rows.iter().map(|row| {
                let cells = columns.iter().enumerate().map(|(index, column)| {
                    let content = cell(&module, column, row, lang);
                    let href = format!("/records/{key}/{}", row.id);
                    if index == 0 { view! { <td><a class="row-link" href=href>{content}</a></td> }.into_any() } else { view! { <td>{content}</td> }.into_any() }
                }).collect_view();
                view! { <tr>{cells}</tr> }
            }).collect_view();
            view! { <div class="sub-table-scroll flat"><table class="table"><tbody on:click=crate::ui::row::follow>{rows}</tbody></table></div> }.into_any()
        });
        view! {
            <section class="card related-list"><header><h2 class="grow">{title}</h2>{new}<a class="button plain small" href=all>{text::SHOW_ALL.get()}</a></header>{body}</section>
        }.into_any()
    })
    .into_any()
}

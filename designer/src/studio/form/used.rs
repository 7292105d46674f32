//! Before a field or a column gets another key, another type, or goes: where it is used, and what of the stored values would be
//! lost.

use std::collections::BTreeMap;

use ::api::studio::{Conversion, Convert};
use edit::field::FieldKind;
use edit::{Edit, FormEdit, rename, retype};
use leptos::{prelude::*, task::spawn_local};
use runtime::check::usage::Use;
use runtime::model::view::ViewContent;
use serde_json::json;

use super::{Sheet, words as own};
use crate::app::{Tone, app};
use crate::studio::words;
use crate::ui::dialog::Titled;
use crate::ui::icon::icon;
use crate::{api, nav, rules, text};

/// What is about to be done to a field; to a column of a sub-table, written `field.column`, only the first two.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    Look(String),
    Rename(String),
    Retype(String, FieldKind),
    Delete(String),
}

impl Plan {
    fn field(&self) -> &str {
        match self {
            Plan::Look(it) | Plan::Rename(it) | Plan::Retype(it, _) | Plan::Delete(it) => it,
        }
    }

    /// The key that can be changed: that of the column, if it is one.
    fn key(&self) -> &str {
        split(self.field()).1.unwrap_or_else(|| self.field())
    }
}

/// A field, and the column of it.
fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('.').map_or((path, None), |(field, column)| (field, Some(column)))
}

/// What a field or a column is called.
fn called(sheet: Sheet, path: &str) -> String {
    let (field, Some(column)) = split(path) else { return sheet.label(path) };
    let schema = sheet.field(field).unwrap_or_default();
    let own = edit::tree::columns(&schema).and_then(|it| it.get(column)?.get("title")?.as_str().map(str::to_owned));
    let address = format!("field/{}/{field}/{column}", sheet.module.get_value());
    sheet.desk.document.with(|it| sheet.desk.words(it, &address, own.as_deref().unwrap_or(column)))
}

/// The dialog; there is one on the page.
#[component]
pub fn Used(sheet: Sheet) -> impl IntoView {
    let open = RwSignal::new(false);
    let uses = RwSignal::new(None::<Vec<Use>>);
    let stored = RwSignal::new(None::<Result<Conversion, ()>>);
    let wanted = RwSignal::new(String::new());
    let failed = RwSignal::new(false);
    let seek = move || {
        let Some(plan) = sheet.plan.get_untracked() else { return };
        failed.set(false);
        uses.set(None);
        look(sheet, &plan, uses, failed);
    };
    Effect::new(move |_| {
        let Some(plan) = sheet.plan.get() else { return open.set(false) };
        wanted.set(plan.key().to_owned());
        stored.set(None);
        open.set(true);
        seek();
        if let Plan::Retype(field, kind) = &plan {
            count(sheet, field, kind, stored);
        }
    });
    Effect::new(move |_| {
        if !open.get() && sheet.plan.with_untracked(Option::is_some) {
            sheet.plan.set(None);
        }
    });
    let title = Signal::derive(move || match sheet.plan.get() {
        Some(plan) => {
            let label = called(sheet, plan.field());
            match plan {
                Plan::Look(_) => own::USED_TITLE.fill(&[&label]),
                Plan::Rename(_) => own::RENAME_TITLE.fill(&[&label]),
                Plan::Delete(_) => own::DELETE_TITLE.fill(&[&label]),
                Plan::Retype(_, kind) => own::RETYPE_TITLE.fill(&[&label, words::field(&kind).read()]),
            }
        }
        None => String::new(),
    });
    let go = move || {
        let Some(plan) = sheet.plan.get_untracked() else { return };
        let close = move || sheet.plan.set(None);
        match plan {
            Plan::Look(_) => close(),
            Plan::Rename(path) => {
                if renamed(sheet, &path, wanted.get_untracked().trim(), uses) {
                    close();
                }
            }
            Plan::Retype(field, kind) => sheet.edit_then(FormEdit::Retype { field, kind }, close),
            Plan::Delete(field) => sheet.edit_then(FormEdit::DeleteField { field }, close),
        }
    };
    view! {
        <Titled open=open title=title>
            <div class="body">
                {move || match sheet.plan.get() {
                    Some(Plan::Rename(_)) => Some(view! {
                        <label class="prop"><span>{own::NEW_KEY.get()}</span>
                            <input class="input mono" type="text" spellcheck="false" prop:value=move || wanted.get()
                                on:input=move |event| wanted.set(event_target_value(&event))
                                on:keydown=move |event| if event.key() == "Enter" && !event.is_composing() { event.prevent_default(); go(); }/>
                        </label>
                        <p class="faint">{own::RENAME_WHY.get()}</p>
                    }.into_any()),
                    Some(Plan::Delete(_)) => Some(view! { <p class="faint">{own::DELETE_WHY.get()}</p> }.into_any()),
                    Some(Plan::Retype(..)) => Some(view! { <div role="status">{move || told(stored.get())}</div> }.into_any()),
                    Some(Plan::Look(_)) | None => None,
                }}
                {move || match uses.get() {
                    Some(it) => listed(sheet, it),
                    None if failed.get() => view! {
                        <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{own::NOT_LOOKED.get()}</span>
                            <button type="button" class="button small" on:click=move |_| seek()>{icon("refresh")}{text::RETRY.get()}</button></div>
                    }.into_any(),
                    None => view! { <p class="faint" role="status">{own::LOOKING_USES.get()}</p> }.into_any(),
                }}
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| sheet.plan.set(None)>
                    {move || if matches!(sheet.plan.get(), Some(Plan::Look(_))) { text::CLOSE.read() } else { text::CANCEL.read() }}
                </button>
                {move || sheet.plan.get().and_then(|plan| {
                    let (label, danger) = match plan {
                        Plan::Look(_) => return None,
                        Plan::Rename(_) => (own::RENAME, false),
                        Plan::Retype(..) => (own::RETYPE, false),
                        Plan::Delete(_) => (own::DELETE, true),
                    };
                    Some(view! {
                        <button type="button" class="button" class:primary=!danger class:danger=danger disabled=move || uses.with(Option::is_none)
                            on:click=move |_| go()>{label.get()}</button>
                    })
                })}
            </footer>
        </Titled>
    }
}

/// Asks the checker where the field is named.
fn look(sheet: Sheet, plan: &Plan, into: RwSignal<Option<Vec<Use>>>, failed: RwSignal<bool>) {
    let (id, draft) = sheet.desk.document.with_untracked(|it| (it.pack.clone(), it.files()));
    let (module, path) = (sheet.module.get_value(), plan.field().to_owned());
    let ask = json!({ "id": id, "draft": draft, "module": module, "field": split(&path).0 });
    spawn_local(async move {
        match rules::call::<_, Vec<Use>>("pack.usage", &ask).await {
            Ok(it) => {
                let it = match split(&path) {
                    // A column is named only where its sub-table is.
                    (field, Some(column)) => sheet
                        .desk
                        .document
                        .try_with_untracked(|document| rename::column_uses(document, &module, field, column, &it))
                        .unwrap_or_default(),
                    (_, None) => it,
                };
                into.try_set(Some(it));
            }
            Err(_) => drop(failed.try_set(true)),
        }
    });
}

/// Asks the server what the stored values would become.
fn count(sheet: Sheet, field: &str, kind: &FieldKind, into: RwSignal<Option<Result<Conversion, ()>>>) {
    let now = untrack(|| sheet.field(field)).unwrap_or_default();
    // The field is known to the server by the key it has there.
    let id = now.get("x-id").and_then(|it| it.as_str()).unwrap_or_default().to_owned();
    let ask = Convert { module: sheet.module.get_value(), field: id, schema: retype::retyped(&now, kind) };
    let path = sheet.desk.source.with_value(|it| format!("/api/studio/packs/{}/convert", nav::encode(&it.id)));
    spawn_local(async move {
        let answer = api::post::<_, Conversion>(&path, &ask).await;
        into.try_set(Some(answer.map_err(|_| ())));
    });
}

fn told(stored: Option<Result<Conversion, ()>>) -> AnyView {
    match stored {
        None => view! { <p class="faint">{own::LOOKING.get()}</p> }.into_any(),
        Some(Err(())) => view! { <p class="faint">{own::UNKNOWN_STORED.get()}</p> }.into_any(),
        Some(Ok(it)) if it.filled == 0 => view! { <p>{own::NO_STORED.get()}</p> }.into_any(),
        Some(Ok(it)) => {
            let good = it.filled.saturating_sub(it.lost);
            let examples = it.examples.join(" · ");
            view! {
                <p>{own::CONVERTS.fill(&[&good.to_string(), &it.filled.to_string()])}</p>
                {(it.lost > 0).then(|| view! {
                    <div class="banner warning">{icon("alert")}<div class="grow">
                        <p>{own::LOST.fill(&[&it.lost.to_string()])}</p><p class="faint">{examples}</p>
                    </div></div>
                })}
            }
            .into_any()
        }
    }
}

fn renamed(sheet: Sheet, path: &str, to: &str, uses: RwSignal<Option<Vec<Use>>>) -> bool {
    let Some(found) = uses.get_untracked() else { return false };
    let count = found.len();
    let (module, to) = (sheet.module.get_value(), to.to_owned());
    let (field, column) = split(path);
    let (field, was) = (field.to_owned(), column.unwrap_or(field));
    let edit = match column {
        Some(column) => Edit::RenameColumn { module, field, column: column.to_owned(), to: to.clone(), uses: found },
        None => Edit::RenameField { module, field, to: to.clone(), uses: found },
    };
    let done = sheet.desk.edit(edit);
    if done {
        app().toast(Tone::Good, own::RENAMED.fill_now(&[was, &to, &count.to_string()]));
    }
    done
}

/// The places, by file.
fn listed(sheet: Sheet, uses: Vec<Use>) -> AnyView {
    if uses.is_empty() {
        return view! { <p class="faint">{own::NOT_USED.get()}</p> }.into_any();
    }
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    for it in uses {
        *files.entry(it.file).or_default() += 1;
    }
    let rows = files
        .into_iter()
        .map(|(file, count)| {
            let name = place(sheet, &file);
            let name = match way(sheet, &file) {
                Some(to) => view! { <a class="grow" href=to title=file.clone() on:click=move |_| sheet.plan.set(None)>{name}</a> }.into_any(),
                None => view! { <span class="grow" title=file.clone()>{name}</span> }.into_any(),
            };
            view! { <li>{name}<span class="faint">{own::TIMES.fill(&[&count.to_string()])}</span></li> }
        })
        .collect_view();
    view! { <ul class="used-list">{rows}</ul> }.into_any()
}

/// Where a file is designed; what has no designer is no place to go.
fn way(sheet: Sheet, file: &str) -> Option<String> {
    let pack = sheet.desk.source.with_value(|it| nav::encode(&it.id));
    let parts: Vec<&str> = file.split('/').collect();
    match parts.as_slice() {
        ["modules", key, "views", view] => {
            let view = view.trim_end_matches(".json");
            let form = sheet.desk.document.with(|it| {
                it.view(key, view).is_some_and(|it| matches!(it.content, ViewContent::Form(_) | ViewContent::Detail(_)))
            });
            let key = nav::encode(key);
            Some(if form {
                format!("/studio/{pack}/form/{key}")
            } else {
                format!("/studio/{pack}/view/{key}/{}", nav::encode(view))
            })
        }
        ["modules", key, _] => Some(format!("/studio/{pack}/form/{}", nav::encode(key))),
        ["flows", key, _] => Some(format!("/studio/{pack}/flow/{}", nav::encode(key))),
        ["tables", key] => Some(format!("/studio/{pack}/table/{}", nav::encode(key.trim_end_matches(".json")))),
        _ => None,
    }
}

/// A file as people call it.
fn place(sheet: Sheet, file: &str) -> String {
    let parts: Vec<&str> = file.split('/').collect();
    let desk = sheet.desk;
    let module = |key: &str| {
        desk.document.with(|it| {
            let own = it.definition(key).map_or(key, |it| it.title.as_str());
            desk.words(it, &format!("module/{key}"), own)
        })
    };
    match parts.as_slice() {
        ["modules", key, "schema.json"] => own::IN_SCHEMA.fill(&[&module(key)]),
        ["modules", key, "rules.json"] => own::IN_RULES.fill(&[&module(key)]),
        ["modules", key, "module.json"] => own::IN_DEFINITION.fill(&[&module(key)]),
        ["modules", key, "views", view] => {
            let view = view.trim_end_matches(".json");
            let title = desk.document.with(|it| {
                let own = it.view(key, view).map_or(view, |it| it.title.as_str());
                desk.words(it, &format!("view/{key}/{view}"), own)
            });
            format!("{} · {}", module(key), own::IN_VIEW.fill(&[&title]))
        }
        ["flows", key, _] => {
            let title = desk.document.with(|it| {
                let own = it.flow(key).map_or(*key, |it| it.name.as_str());
                desk.words(it, &format!("flow/{key}"), own)
            });
            own::IN_FLOW.fill(&[&title])
        }
        ["scripts", key] => own::IN_SCRIPT.fill(&[key.trim_end_matches(".rhai")]),
        ["pack.json"] => own::IN_PACK.read().to_owned(),
        _ => file.to_owned(),
    }
}

//! A part of a form whose fields are another record's: the one that points at this record and is the chosen one of those
//! that do. It has a form of its own below this one, and is saved together with it.

use std::sync::Arc;

use ::api::Problem;
use ::api::problem::FieldFault;
use ::api::record::{Record, RecordPage, SaveLinked};
use leptos::{prelude::*, task::spawn_local};
use runtime::model::view::{FormView, Linked, Section};
use serde_json::{Value, json};

use super::draft::DraftBanner;
use super::draw::Fields;
use super::faults::Summary;
use super::state::Form;
use crate::app::app;
use crate::module::{self, Module, Slot};
use crate::ui::fetch::skeleton;
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show, text};

/// An open form below another one.
#[derive(Clone)]
pub struct Below {
    pub form: Form,
    module: String,
    field: String,
    /// The record, and the version the person saw; none: a new one.
    stored: Option<(String, i64)>,
}

impl Below {
    /// What is to be saved of it; none: nothing was entered.
    pub fn ask(&self) -> Option<SaveLinked> {
        let data = self.form.patch.get_untracked();
        if data.is_empty() {
            return None;
        }
        let (id, version) = match &self.stored {
            Some((id, version)) => (Some(id.clone()), *version),
            None => (None, 0),
        };
        Some(SaveLinked { module: self.module.clone(), field: self.field.clone(), id, version, data })
    }

    /// Faults that stand in the way of saving. The reference to the record above is not the person's to fill.
    pub fn faults(&self) -> Vec<FieldFault> {
        if self.form.patch.with_untracked(|it| it.is_empty()) {
            return Vec::new();
        }
        untrack(|| self.form.own_faults())
    }
}

/// The chosen record of a linked part: its list is asked for one.
async fn find(linked: &Linked, to: &str) -> Result<Option<Record>, Problem> {
    let is = |field: &str, value: Value| json!({ "field": { "field": field, "op": "eq", "value": value } });
    let filter =
        json!({ "all": [is(linked.field.as_str(), to.into()), is(linked.chosen.as_str(), true.into())] }).to_string();
    let module = nav::encode(linked.module.as_str());
    let page: RecordPage = api::get(&format!("/api/records/{module}?limit=1&filter={}", nav::encode(&filter))).await?;
    match page.rows.first() {
        Some(row) => api::get(&format!("/api/records/{module}/{}", nav::encode(&row.id))).await.map(Some),
        None => Ok(None),
    }
}

/// What is there to show, once it is known.
#[derive(Clone, Copy, PartialEq)]
struct Found {
    /// `None` inside: there is no such record yet.
    record: RwSignal<Option<Option<Record>>>,
    fault: RwSignal<Option<Problem>>,
}

impl Found {
    /// Who may not read it does without it, and is not told of it.
    fn withheld(self) -> bool {
        self.fault.with(|it| it.as_ref().is_some_and(|it| matches!(it.status, 403 | 404)))
    }

    fn look(self, linked: &Linked, to: Option<String>) {
        self.fault.set(None);
        let linked = linked.clone();
        spawn_local(async move {
            let answer = match &to {
                Some(to) => find(&linked, to).await,
                None => Ok(None),
            };
            match answer {
                Ok(record) => drop(self.record.try_set(Some(record))),
                Err(why) => drop(self.fault.try_set(Some(why))),
            }
        });
    }

    /// Why it is not there, where that is not for ever.
    fn banner(self, linked: StoredValue<Linked>, to: Option<String>) -> AnyView {
        let again = Callback::new(move |()| linked.with_value(|it| self.look(it, to.clone())));
        problem::banner(self.fault, Some(again)).into_any()
    }
}

fn known(linked: &Linked, to: Option<String>) -> Found {
    let found = Found { record: RwSignal::new(None), fault: RwSignal::new(None) };
    found.look(linked, to);
    found
}

/// The part of the form to be filled. `above`: the form it belongs to.
pub fn part(above: Form, linked: Linked) -> AnyView {
    let key = linked.module.0.clone();
    if !crate::shell::may_visit(&key) {
        return ().into_any();
    }
    let slot = module::module(move || key.clone());
    let found = known(&linked, above.id.get_value());
    let linked = StoredValue::new(linked);
    let ready = Memo::new(move |_| matches!(slot.get(), Slot::Ready(_)) && found.record.with(Option::is_some));
    let missing = Memo::new(move |_| matches!(slot.get(), Slot::Failed(_)) || found.withheld());
    let failed = Memo::new(move |_| found.fault.with(Option::is_some));
    let to = above.id.get_value();
    (move || {
        if !ready.get() {
            return if missing.get() {
                ().into_any()
            } else if failed.get() {
                found.banner(linked, to.clone())
            } else {
                skeleton().into_any()
            };
        }
        let (Slot::Ready(module), Some(record)) = (slot.get_untracked(), found.record.get_untracked()) else {
            return ().into_any();
        };
        let may = match &record {
            Some(it) => it.actions.iter().any(|it| it == "update"),
            None => module.may("create"),
        };
        if may { open(above, linked.get_value(), module, record) } else { facts(linked.get_value(), module, record) }
    })
    .into_any()
}

fn open(above: Form, linked: Linked, module: Arc<Module>, record: Option<Record>) -> AnyView {
    let section = Section { id: "linked".to_owned(), fields: linked.fields.clone(), ..Section::default() };
    let view = (String::new(), FormView { sections: vec![section], ..Default::default() });
    let stored = record.as_ref().map(|it| (it.id.clone(), it.version));
    let (old, labels) = record.map(|it| (Some(it.data), it.labels)).unwrap_or_default();
    let mut form = Form::open(module, view, old, labels, false);
    let fresh = stored.is_none();
    if let Some((id, _)) = &stored {
        form = form.of(id);
    }
    form.granted.set_value(Some(linked.field.0.clone()));
    above.below.update_value(|it| {
        it.retain(|it| it.module != linked.module.0 || it.field != linked.field.0);
        it.push(Below { form, module: linked.module.0.clone(), field: linked.field.0.clone(), stored });
    });
    let kept = above.draft.get_value().map(|above| {
        let id = form.id.get_value();
        let key = format!("{above}/{}.{}/{}", linked.module, linked.field, id.as_deref().unwrap_or("new"));
        view! { <DraftBanner form=form key=key/> }
    });
    view! { <div class="form-linked">{kept}{fresh.then(|| view! { <p class="field-help">{text::LINKED_OPTIONAL.get()}</p> })}<Summary form=form/><Fields form=form/></div> }.into_any()
}

/// The same, to be read.
pub fn read(above: Form, linked: Linked) -> AnyView {
    let key = linked.module.0.clone();
    if !crate::shell::may_visit(&key) {
        return ().into_any();
    }
    let slot = module::module(move || key.clone());
    let linked = StoredValue::new(linked);
    let id = above.id.get_value();
    // Again when the record above was saved: the linked one may have been as well.
    let found = Memo::new(move |_| {
        above.old.track();
        linked.with_value(|it| known(it, id.clone()))
    });
    (move || match (slot.get(), found.get().record.get()) {
        (Slot::Ready(module), Some(record @ Some(_))) => {
            view! { <div class="linked-read">{facts(linked.get_value(), module, record)}</div> }.into_any()
        }
        (Slot::Ready(module), Some(None)) => missing(&linked.get_value(), &module, above.id.get_value()),
        (Slot::Ready(_), None) if !found.get().withheld() => found.get().banner(linked, above.id.get_value()),
        (Slot::Ready(_) | Slot::Loading | Slot::Failed(_), _) => ().into_any(),
    })
    .into_any()
}

/// There is none yet: who may makes one.
fn missing(linked: &Linked, module: &Module, to: Option<String>) -> AnyView {
    let new = to.filter(|_| module.may("create")).map(|to| {
        let href = format!("/records/{}/new?{}={}", nav::encode(&linked.module.0), linked.field, nav::encode(&to));
        view! { <a class="button plain small" href=href>{icon("plus")}{text::NEW.get()}</a> }
    });
    view! { <p class="linked-read row wrap"><span class="muted">{text::NO_RELATED.get()}</span>{new}</p> }.into_any()
}

fn facts(linked: Linked, module: Arc<Module>, record: Option<Record>) -> AnyView {
    let Some(record) = record else { return view! { <p class="muted">{text::NO_RELATED.get()}</p> }.into_any() };
    let (module, record) = (StoredValue::new(module), StoredValue::new(record));
    let facts = linked
        .fields
        .into_iter()
        .filter_map(|it| {
            let key = it.field.0;
            let field = module.with_value(|it| it.field(&key).cloned())?;
            let value = record.with_value(|it| it.data.get(&key).cloned()).filter(|it| !super::state::blank(it))?;
            let title = {
                let key = key.clone();
                move || module.with_value(|it| it.field_title(&key, app().lang.get()))
            };
            let content = move || {
                module.with_value(|module| {
                    record
                        .with_value(|record| show::cell(module, &key, &field, &value, &record.labels, app().lang.get()))
                })
            };
            Some(view! { <div class="fact"><dt>{title}</dt><dd class="prose">{content}</dd></div> })
        })
        .collect_view();
    let href = record.with_value(|it| format!("/records/{}/{}", it.module, it.id));
    view! { <dl class="facts-grid">{facts}</dl><p><a href=href>{move || text::OPEN_OF.fill(&[&module.with_value(|it| it.title(app().lang.get()))])}</a></p> }.into_any()
}

//! `/studio/{pack}/form/{module}`: the form designer. [`side`] offers fields, [`stage`] shows the form being designed,
//! [`properties`] the selected field or section, [`preview`] the form as people fill it.

mod preview;
mod properties;
mod rules;
mod side;
mod stage;

use std::collections::BTreeSet;

use edit::edit::Spot;
use edit::field::FieldKind;
use edit::{FormEdit, tree};
use leptos::prelude::*;
use runtime::model::view::{FormView, ViewContent};
use serde_json::Value;

use super::alerts::AlertList;
use super::bar::Bar;
use super::desk::Desk;
use super::input::choice;
use super::words;
use crate::app::app;
use crate::nav;
use crate::ui::icon::icon;

/// One open module; a bundle of signals.
#[derive(Clone, Copy)]
pub struct Sheet {
    pub desk: Desk,
    pub module: StoredValue<String>,
    /// Key of the view shown.
    pub view: RwSignal<String>,
    /// The field whose label is being written on the sheet.
    pub naming: RwSignal<Option<String>>,
    /// The field being dragged, and where it would land.
    pub dragging: RwSignal<Option<Drag>>,
}

/// Something on its way to a place on the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Drag {
    pub what: Load,
    pub to: Option<Spot>,
}

/// What is dragged.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    New(FieldKind),
    Place(String),
    Move(String),
}

impl Sheet {
    pub fn edit(self, edit: FormEdit) -> bool {
        self.desk.form(&self.module.get_value(), edit)
    }

    /// The form view shown.
    pub fn form(self) -> FormView {
        let (module, view) = (self.module.get_value(), self.view.get());
        self.desk.document.with(|it| match it.view(&module, &view).map(|it| &it.content) {
            Some(ViewContent::Form(it)) => it.clone(),
            _ => FormView::default(),
        })
    }

    /// A field's schema.
    pub fn field(self, key: &str) -> Option<Value> {
        self.desk.document.with(|it| it.schema(&self.module.get_value()).and_then(|it| tree::field(it, key)).cloned())
    }

    /// A field's label in the language shown.
    pub fn label(self, key: &str) -> String {
        let module = self.module.get_value();
        self.desk.document.with(|it| {
            let own = it
                .schema(&module)
                .and_then(|it| tree::field(it, key))
                .and_then(|it| it.get("title"))
                .and_then(Value::as_str);
            self.desk.words(it, &format!("field/{module}/{key}"), own.unwrap_or(key))
        })
    }

    pub fn relabel(self, key: &str, title: &str) {
        let module = self.module.get_value();
        let own = edit::Edit::form(&module, FormEdit::Retitle { field: key.to_owned(), title: title.to_owned() });
        self.desk.rename(own, &format!("field/{module}/{key}"), title);
    }

    /// Keys of all fields, in the order of the schema.
    pub fn keys(self) -> Vec<String> {
        self.desk.document.with(|it| {
            it.schema(&self.module.get_value())
                .and_then(|it| it.get("properties")?.as_object())
                .map(|it| it.keys().cloned().collect())
                .unwrap_or_default()
        })
    }

    /// Where a field stands on the view shown.
    pub fn spot(self, key: &str) -> Option<Spot> {
        for (section, it) in self.form().sections.iter().enumerate() {
            if let Some(index) = it.fields.iter().position(|it| it.field.as_str() == key) {
                return Some(Spot { section, index });
            }
        }
        None
    }

    /// The selected field, or `section:<n>`.
    pub fn selected(self) -> Option<String> {
        self.desk.document.with(|it| it.selection.first().cloned())
    }

    pub fn select(self, what: &str) {
        let selection = BTreeSet::from([what.to_owned()]);
        if self.desk.document.with_untracked(|it| it.selection != selection) {
            self.desk.document.update(|it| it.selection = selection);
        }
    }

    /// Where something new goes: behind the selection, else at the end.
    pub fn next_spot(self) -> Spot {
        untrack(|| {
            let selected = self.selected();
            if let Some(spot) = selected.as_deref().and_then(|it| self.spot(it)) {
                return Spot { section: spot.section, index: spot.index + 1 };
            }
            let sections = self.form().sections.len();
            let section =
                selected.and_then(|it| it.strip_prefix("section:")?.parse().ok()).unwrap_or(sections.saturating_sub(1));
            Spot { section, index: usize::MAX }
        })
    }

    /// Puts something somewhere.
    pub fn put(self, what: Load, spot: Spot) {
        let view = self.view.get_untracked();
        match what {
            Load::New(kind) => {
                let title = words::NEW_FIELD.fill_now(&[words::field(&kind).now()]);
                let kind = self.completed(kind);
                if self.edit(FormEdit::AddField { view, kind, title, spot }) {
                    let key = untrack(|| self.selected());
                    request_animation_frame(move || self.naming.set(key));
                }
            }
            Load::Place(field) => {
                self.edit(FormEdit::Place { view, field, spot });
            }
            Load::Move(field) => {
                self.edit(FormEdit::MoveField { view, field, to: spot });
            }
        }
    }

    /// A reference needs something to refer to: the first there is.
    fn completed(self, kind: FieldKind) -> FieldKind {
        match kind {
            FieldKind::Dictionary(key) if key.is_empty() => {
                FieldKind::Dictionary(self.dictionaries().first().map(|it| it.0.clone()).unwrap_or_default())
            }
            FieldKind::Reference { module, many } if module.is_empty() => {
                FieldKind::Reference { module: self.modules().first().map(|it| it.0.clone()).unwrap_or_default(), many }
            }
            other => other,
        }
    }

    /// Dictionaries of this pack and of those it requires.
    pub fn dictionaries(self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = self
            .desk
            .document
            .with_untracked(|it| {
                it.manifest().map(|it| it.dictionaries.iter().map(|it| (it.key.0.clone(), it.title.clone())).collect())
            })
            .unwrap_or_default();
        self.desk.source.with_value(|it| {
            for files in it.required.values() {
                let manifest = files
                    .get("pack.json")
                    .and_then(|it| serde_json::from_str::<runtime::model::pack::Manifest>(it).ok());
                found.extend(manifest.into_iter().flat_map(|it| it.dictionaries).map(|it| (it.key.0, it.title)));
            }
        });
        found
    }

    /// Modules of this pack and of those it requires.
    pub fn modules(self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = self
            .desk
            .document
            .with_untracked(|it| it.modules().map(|(key, it)| (key.to_owned(), it.title.clone())).collect());
        self.desk.source.with_value(|it| {
            for files in it.required.values() {
                for (path, text) in files {
                    if path.starts_with("modules/") && path.ends_with("/module.json") {
                        let definition = serde_json::from_str::<runtime::model::module::Definition>(text).ok();
                        found.extend(definition.map(|it| (it.key.0, it.title)));
                    }
                }
            }
        });
        found
    }
}

/// The screen.
pub fn page(desk: Desk, module: String) -> AnyView {
    let there = desk.document.with_untracked(|it| it.schema(&module).is_some() && it.definition(&module).is_some());
    if !there {
        return view! { <div class="state">{icon("table")}<h2>{words::NOT_HERE.get()}</h2><a class="button" href="/studio">{words::GO_BACK.get()}</a></div> }.into_any();
    }
    let forms = {
        let module = module.clone();
        move || {
            desk.document.with(|it| {
                it.views(&module)
                    .filter(|(_, view)| matches!(view.content, ViewContent::Form(_)))
                    .map(|(key, view)| (key.to_owned(), desk.words(it, &format!("view/{module}/{key}"), &view.title)))
                    .collect::<Vec<_>>()
            })
        }
    };
    let offered = untrack(forms.clone());
    let wanted = app().place.with_untracked(|it| it.get("view"));
    let first = wanted
        .filter(|it| offered.iter().any(|other| other.0 == *it))
        .or_else(|| {
            ["edit", "create"].iter().find(|it| offered.iter().any(|other| other.0 == **it)).map(|it| (*it).to_owned())
        })
        .or_else(|| offered.first().map(|it| it.0.clone()))
        .unwrap_or_default();
    let sheet = Sheet {
        desk,
        module: StoredValue::new(module.clone()),
        view: RwSignal::new(first),
        naming: RwSignal::new(None),
        dragging: RwSignal::new(None),
    };
    let open = RwSignal::new(false);
    let trying = RwSignal::new(false);
    let title = {
        let module = module.clone();
        Signal::derive(move || {
            desk.document.with(|it| {
                it.definition(&module)
                    .map(|definition| desk.words(it, &format!("module/{module}"), &definition.title))
                    .unwrap_or_default()
            })
        })
    };
    Effect::new(move |_| nav::title(&title.get()));
    follow_jumps(sheet, open);
    view! {
        <Bar desk=desk title=title>
            <label class="form-views"><span class="unseen">{words::VIEW.get()}</span>
                {choice(move || sheet.view.get(), forms, move |it| sheet.view.set(it))}
            </label>
            <div class="segmented" role="group" aria-label=words::PREVIEW.get()>
                <button type="button" aria-pressed=move || (!trying.get()).to_string() on:click=move |_| trying.set(false)>{words::DESIGN.get()}</button>
                <button type="button" aria-pressed=move || trying.get().to_string() on:click=move |_| trying.set(true)>{words::PREVIEW.get()}</button>
            </div>
        </Bar>
        <p class="narrow-only studio-narrow">{words::NARROW.get()}</p>
        <div class="studio-main" on:keydown=move |event| stage::shortcuts(sheet, &event)>
            <aside class="studio-left" aria-label=words::PALETTE.get()><side::Side sheet=sheet/></aside>
            <div class="studio-middle">
                {move || if trying.get() { view! { <preview::Preview sheet=sheet/> }.into_any() } else { view! { <stage::Stage sheet=sheet/> }.into_any() }}
                <AlertList desk=desk open=open/>
            </div>
            <aside class="studio-right" aria-label=words::PROPERTIES.get()><properties::Properties sheet=sheet/></aside>
        </div>
    }
    .into_any()
}

/// An alert was chosen: its field is selected, or its page opened.
fn follow_jumps(sheet: Sheet, open: RwSignal<bool>) {
    let desk = sheet.desk;
    Effect::new(move |_| {
        let Some((file, pointer, element)) = desk.jump.get() else {
            return;
        };
        desk.jump.set(None);
        let module = sheet.module.get_value();
        let pack = desk.source.with_value(|it| it.id.clone());
        let parts: Vec<&str> = file.split('/').collect();
        match parts.as_slice() {
            ["modules", key, rest @ ..] if *key == module => {
                if let ["views", view] = rest {
                    sheet.view.set(view.trim_end_matches(".json").to_owned());
                }
                let named = element.or_else(|| {
                    pointer.strip_prefix("/properties/").map(|it| it.split('/').next().unwrap_or_default().to_owned())
                });
                if let Some(it) = named {
                    sheet.select(&it);
                }
                open.set(true);
            }
            ["modules", key, ..] => nav::go(&format!("/studio/{}/form/{}", nav::encode(&pack), nav::encode(key))),
            ["flows", flow, ..] => nav::go(&format!("/studio/{}/flow/{}", nav::encode(&pack), nav::encode(flow))),
            _ => (),
        }
    });
}

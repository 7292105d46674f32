//! The sheet: the module on the desk with the view shown, what is selected on it, and everything that can be asked about it.

use std::collections::BTreeSet;

use edit::edit::Spot;
use edit::field::FieldKind;
use edit::{Document, FormEdit, tree};
use leptos::prelude::*;
use runtime::model::module::Definition;
use runtime::model::pack::{DictItem, Dictionary, Manifest, Texts};
use runtime::model::view::{FormView, ViewContent};
use serde_json::Value;

use super::carry;
use super::used::Plan;
use crate::app::{Lang, app};
use crate::later;
use crate::studio::desk::{Desk, texts_of};
use crate::studio::dock::Panel;
use crate::studio::tried::Tried;
use crate::studio::words;

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
    /// A tap adds to the selection, as a click with Ctrl does.
    pub several: RwSignal<bool>,
    /// The panel that lies over the page, on a small screen.
    pub panel: RwSignal<Option<Panel>>,
    /// What is about to be done to a field, after a question.
    pub plan: RwSignal<Option<Plan>>,
}

/// Something on its way to a place on the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Drag {
    pub what: Load,
    pub to: Option<Spot>,
    /// Where the pointer is in the window.
    pub at: (i32, i32),
}

/// What is dragged.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    New(FieldKind),
    Place(String),
    Move(String),
}

impl Sheet {
    /// A module of the pack on a desk, looked at through one of its views.
    pub fn new(desk: Desk, module: &str, view: &str) -> Self {
        Sheet {
            desk,
            module: StoredValue::new(module.to_owned()),
            view: RwSignal::new(view.to_owned()),
            naming: RwSignal::new(None),
            dragging: RwSignal::new(None),
            several: RwSignal::new(false),
            panel: RwSignal::new(None),
            plan: RwSignal::new(None),
        }
    }

    /// Does an edit; where what edits forms is still on its way, as soon as it has come.
    pub fn edit(self, edit: FormEdit) {
        self.edit_then(edit, || ());
    }

    /// Does an edit, and something after it, unless it is refused.
    pub fn edit_then(self, edit: FormEdit, then: impl FnOnce() + Send + 'static) {
        later::form_edit(self.desk, &self.module.get_value(), edit, then);
    }

    /// Names something in the language shown; `own`: the edit that does so in the pack's own.
    pub fn name(self, own: FormEdit, address: &str, text: &str) {
        let own = edit::Edit::form(&self.module.get_value(), own);
        later::form_name(self.desk, own, address.to_owned(), text.to_owned());
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
        let own = FormEdit::Retitle { field: key.to_owned(), title: title.to_owned() };
        self.name(own, &format!("field/{module}/{key}"), title);
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

    /// The selected field, or `section:<n>`; of several the one that comes first on the form.
    pub fn selected(self) -> Option<String> {
        let chosen = self.chosen();
        if chosen.len() > 1 {
            return self.order().into_iter().find(|it| chosen.contains(it)).or_else(|| chosen.first().cloned());
        }
        chosen.into_iter().next()
    }

    /// Everything that is selected.
    pub fn chosen(self) -> BTreeSet<String> {
        self.desk.document.with(|it| it.selection.clone())
    }

    pub fn is_chosen(self, what: &str) -> bool {
        self.desk.document.with(|it| it.selection.contains(what))
    }

    /// The selected fields in the order of the form.
    pub fn chosen_fields(self) -> Vec<String> {
        let chosen = self.chosen();
        self.order().into_iter().filter(|it| chosen.contains(it)).collect()
    }

    /// Fields of the view shown, in their order.
    pub fn order(self) -> Vec<String> {
        self.form().sections.into_iter().flat_map(|it| it.fields).map(|it| it.field.0).collect()
    }

    /// Adds a field to the selection or takes it out.
    pub fn toggle(self, key: &str) {
        self.desk.document.update(|it| {
            it.selection.retain(|it| !it.starts_with("section:"));
            if !it.selection.remove(key) {
                it.selection.insert(key.to_owned());
            }
        });
    }

    /// Selects everything from what is selected to a field.
    pub fn extend(self, key: &str) {
        let (order, chosen) = untrack(|| (self.order(), self.chosen_fields()));
        let at = |key: &str| order.iter().position(|it| it == key);
        let (Some(to), Some(first), Some(last)) =
            (at(key), chosen.first().and_then(|it| at(it)), chosen.last().and_then(|it| at(it)))
        else {
            return self.select(key);
        };
        let (from, to) = if to < first { (to, last) } else { (first, to) };
        self.desk.document.update(|it| it.selection = order[from..=to].iter().cloned().collect());
    }

    /// Selects every field of the form.
    pub fn choose_all(self) {
        let order = untrack(|| self.order());
        self.desk.document.update(|it| it.selection = order.into_iter().collect());
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
            let selected = self.chosen_fields().pop().or_else(|| self.selected());
            if let Some(spot) = selected.as_deref().and_then(|it| self.spot(it)) {
                return Spot { section: spot.section, index: spot.index + 1 };
            }
            let sections = self.form().sections.len();
            let section =
                selected.and_then(|it| it.strip_prefix("section:")?.parse().ok()).unwrap_or(sections.saturating_sub(1));
            Spot { section, index: usize::MAX }
        })
    }

    /// Something is carried over a point of the window.
    pub fn carry(self, what: Load, x: i32, y: i32) {
        self.dragging.set(Some(Drag { what, to: carry::landing(x, y), at: (x, y) }));
    }

    /// Puts something somewhere.
    pub fn put(self, what: Load, spot: Spot) {
        let view = self.view.get_untracked();
        match what {
            Load::New(kind) => {
                let called = words::field(&kind);
                let kind = self.completed(kind);
                let edit = self.named(
                    |lang| words::NEW_FIELD.fill_of(lang, &[called.of(lang)]),
                    move |title| FormEdit::AddField { view, kind, title, spot },
                );
                self.edit_then(edit, move || {
                    let key = untrack(|| self.selected());
                    request_animation_frame(move || drop(self.naming.try_set(key)));
                });
            }
            Load::Place(field) => {
                self.edit(FormEdit::Place { view, field, spot });
            }
            Load::Move(field) => {
                let fields = untrack(|| self.chosen_fields());
                if fields.len() > 1 && fields.contains(&field) {
                    self.edit(FormEdit::MoveFields { view, fields, to: spot });
                } else {
                    self.edit(FormEdit::MoveField { view, field, to: spot });
                }
            }
        }
    }

    /// What makes something that has a name: in the pack's own language, and in the one that is shown.
    pub fn named(self, called: impl Fn(Lang) -> String, make: impl FnOnce(String) -> FormEdit) -> FormEdit {
        let (own, shown) = (self.desk.document.with_untracked(Document::language), app().lang.get_untracked());
        let edit = make(called(Lang::of(&own)));
        if own == shown.tag() {
            return edit;
        }
        FormEdit::Named { edit: Box::new(edit), language: shown.tag().to_owned(), title: called(shown) }
    }

    /// A reference needs something to refer to: the first there is.
    pub fn completed(self, kind: FieldKind) -> FieldKind {
        match kind {
            FieldKind::Dictionary(key) if key.is_empty() => FieldKind::Dictionary(
                untrack(|| self.dictionaries()).first().map(|it| it.0.clone()).unwrap_or_default(),
            ),
            FieldKind::Reference { module, many } if module.is_empty() => FieldKind::Reference {
                module: untrack(|| self.modules()).first().map(|it| it.0.clone()).unwrap_or_default(),
                many,
            },
            other => other,
        }
    }

    /// Dictionaries of this pack and of those it requires.
    pub fn dictionaries(self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = self
            .desk
            .document
            .with_untracked(|it| {
                let titled = |dictionary: &Dictionary| {
                    let address = format!("dict/{}", dictionary.key);
                    (dictionary.key.0.clone(), self.desk.words(it, &address, &dictionary.title))
                };
                it.manifest().map(|it| it.dictionaries.iter().map(titled).collect())
            })
            .unwrap_or_default();
        self.desk.source.with_value(|it| {
            for files in it.required.values() {
                let manifest = files
                    .get("pack.json")
                    .and_then(|it| runtime::plain::parse::<runtime::model::pack::Manifest>(it).ok());
                let texts = texts_of(files, app().lang.get().tag());
                found.extend(manifest.into_iter().flat_map(|it| it.dictionaries).map(|it| {
                    let title = texts.get(&format!("dict/{}", it.key)).cloned().unwrap_or(it.title);
                    (it.key.0, title)
                }));
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
                let texts = texts_of(files, app().lang.get().tag());
                for (path, text) in files {
                    if path.starts_with("modules/") && path.ends_with("/module.json") {
                        let definition = runtime::plain::parse::<runtime::model::module::Definition>(text).ok();
                        found.extend(definition.map(|it| {
                            let title = texts.get(&format!("module/{}", it.key)).cloned().unwrap_or(it.title);
                            (it.key.0, title)
                        }));
                    }
                }
            }
        });
        found
            .into_iter()
            .map(|(key, own)| {
                let title = untrack(|| self.words(&format!("module/{key}"), &own));
                (key, title)
            })
            .collect()
    }

    /// The listed choices of a field, or the values of its dictionary: value and title in the language shown.
    pub fn choices(self, key: &str) -> Option<Vec<(String, String)>> {
        let schema = self.field(key)?;
        let module = self.module.get_value();
        if let Some(list) = super::condition::options(&schema) {
            let title = |(value, own): (String, String)| {
                let address = format!("option/{module}/{key}/{value}");
                let title = self.desk.document.with(|it| self.desk.words(it, &address, &own));
                (value, title)
            };
            return Some(list.into_iter().map(title).collect());
        }
        let dictionary = schema.pointer("/x-ref/dictionary")?.as_str()?;
        let items =
            self.manifests().into_iter().flat_map(|it| it.dictionaries).find(|it| it.key.0 == dictionary)?.items;
        let title = |it: DictItem| {
            let address = format!("dict/{dictionary}/{}", it.value);
            let title = self.words(&address, &it.title);
            (it.value, title)
        };
        Some(items.into_iter().map(title).collect())
    }

    /// A text in the language shown, of this pack or of one it requires.
    fn words(self, address: &str, own: &str) -> String {
        let said = self.desk.document.with(|it| self.desk.words(it, address, own));
        let shown = crate::app::app().lang.get().tag();
        if said != own {
            return said;
        }
        let path = format!("i18n/{shown}.json");
        let found = self.desk.source.with_value(|it| {
            let texts = it.required.values().filter_map(|files| files.get(&path));
            texts.filter_map(|it| runtime::plain::parse::<Texts>(it).ok()).find_map(|it| it.get(address).cloned())
        });
        found.unwrap_or(said)
    }

    /// `pack.json` of this pack and of those it requires.
    fn manifests(self) -> Vec<Manifest> {
        let mut found: Vec<Manifest> =
            self.desk.document.with(|it| it.manifest().map(|it| it.as_ref().clone())).into_iter().collect();
        self.desk.source.with_value(|it| {
            let texts = it.required.values().filter_map(|files| files.get("pack.json"));
            found.extend(texts.filter_map(|it| runtime::plain::parse::<Manifest>(it).ok()));
        });
        found
    }

    /// What expressions of the form are tried with.
    pub fn tried(self) -> Tried {
        Tried { desk: self.desk, module: self.module }
    }

    /// The schema of a module of this pack or of one it requires.
    pub fn schema_of(self, module: &str) -> Option<Value> {
        let own = self.desk.document.with(|it| it.schema(module).map(|it| it.as_ref().clone()));
        own.or_else(|| self.required(&format!("modules/{module}/schema.json")))
    }

    /// The same for what stands in its `module.json`.
    pub fn definition_of(self, module: &str) -> Option<Definition> {
        let own = self.desk.document.with(|it| it.definition(module).map(|it| it.as_ref().clone()));
        own.or_else(|| self.required(&format!("modules/{module}/module.json")))
    }

    fn required<T: serde::de::DeserializeOwned>(self, path: &str) -> Option<T> {
        self.desk.source.with_value(|it| {
            let text = it.required.values().find_map(|files| files.get(path))?;
            runtime::plain::parse(text).ok()
        })
    }

    /// Fields of any module: key and name.
    pub fn fields_of(self, module: &str) -> Vec<(String, String)> {
        let schema = self.schema_of(module).unwrap_or_default();
        let named = |(key, it): (&String, &Value)| {
            let own = it.get("title").and_then(Value::as_str).unwrap_or(key);
            let title = self.words(&format!("field/{module}/{key}"), own);
            (key.clone(), title)
        };
        schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(named).collect()
    }
}

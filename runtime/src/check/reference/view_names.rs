//! `view-unknown-field` (error): a view shows a field the module does not have.
//! `view-wrong-field` (error): a calendar goes by what is no date, a tree by what is no reference to the same module, or a page lists
//! records that do not refer to it.
//! `view-unknown-module` (error): a page lists records of a module that is not there.
//! `view-field-twice` (warning): a form shows a field twice.
//! `view-unknown-page` (warning): a section stands on a page the form does not have; it is shown on the first.
//! `view-empty-page` (warning): a page of the form has no section; nobody will see it.
//! `view-required-missing` (warning): the form records are created with does not show a field that must be filled; nobody could save.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Look, unknown};
use crate::alert::Alert;
use crate::form::FieldKind;
use crate::form::field::fields;
use crate::id::ModuleKey;
use crate::model::module::Module;
use crate::model::view::{FormView, Linked, Related, ViewContent};

pub fn rule(found: &mut Vec<Alert>, look: &Look, key: &ModuleKey, module: &Module) {
    let known =
        || module.schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.clone());
    for (view_key, view) in &module.views {
        let file = format!("modules/{key}/views/{view_key}.json");
        let name = |found: &mut Vec<Alert>, pointer: String, field: &str| {
            if !look.has_field(key, field) {
                found.push(unknown("view-unknown-field", "field", field, known()).at(&file, pointer).on(field));
            }
        };
        match &view.content {
            ViewContent::Form(form) => {
                pages(found, form, &file);
                let mut shown = BTreeSet::new();
                for (at, section) in form.sections.iter().enumerate() {
                    for (nth, item) in section.fields.iter().enumerate() {
                        let pointer = format!("/content/sections/{at}/fields/{nth}");
                        name(found, format!("{pointer}/field"), item.field.as_str());
                        if !shown.insert(&item.field) {
                            let says = format!("expected every field once on the form, found `{}` again", item.field);
                            found.push(
                                Alert::warning("view-field-twice", says).at(&file, pointer).on(item.field.as_str()),
                            );
                        }
                    }
                }
                for (at, linked) in
                    form.sections.iter().enumerate().filter_map(|(at, it)| Some((at, it.linked.as_ref()?)))
                {
                    linked_names(found, look, key, linked, &file, &format!("/content/sections/{at}/linked"));
                }
                if view_key.as_str() == "create" {
                    required_missing(found, module, &file, &shown.into_iter().map(|it| it.as_str()).collect());
                }
            }
            ViewContent::List(list) => {
                for (at, column) in list.columns.iter().enumerate() {
                    name(found, format!("/content/columns/{at}/field"), column.field.as_str());
                }
                for (at, field) in list.filters.iter().enumerate() {
                    name(found, format!("/content/filters/{at}"), field.as_str());
                }
                for (at, field) in list.sort.iter().enumerate() {
                    name(found, format!("/content/sort/{at}"), field.trim_start_matches('-'));
                }
            }
            ViewContent::Kanban(board) => {
                name(found, "/content/group".to_owned(), board.group.as_str());
                for (at, field) in board.card.iter().enumerate() {
                    name(found, format!("/content/card/{at}"), field.as_str());
                }
                if let Some(sum) = &board.sum {
                    name(found, "/content/sum".to_owned(), sum.as_str());
                }
            }
            ViewContent::Calendar(it) => {
                let dates = [("/content/start", Some(&it.start)), ("/content/end", it.end.as_ref())];
                for (pointer, field) in dates.into_iter().filter_map(|(pointer, it)| Some((pointer, it?))) {
                    name(found, pointer.to_owned(), field.as_str());
                    let kind = kind(module, field.as_str());
                    if kind.is_some_and(|it| !matches!(it, FieldKind::Date | FieldKind::DateTime)) {
                        found.push(wrong("a date of this module", field.as_str()).at(&file, pointer));
                    }
                }
                for (at, field) in it.card.iter().enumerate() {
                    name(found, format!("/content/card/{at}"), field.as_str());
                }
            }
            ViewContent::Tree(it) => {
                name(found, "/content/parent".to_owned(), it.parent.as_str());
                let own = |kind| matches!(kind, FieldKind::Reference { module: Some(to), .. } if to == *key);
                if kind(module, it.parent.as_str()).is_some_and(|it| !own(it)) {
                    let says = "a reference to one record of this module";
                    found.push(wrong(says, it.parent.as_str()).at(&file, "/content/parent"));
                }
                for (at, column) in it.columns.iter().enumerate() {
                    name(found, format!("/content/columns/{at}/field"), column.field.as_str());
                }
                if let Some(sort) = &it.sort {
                    name(found, "/content/sort".to_owned(), sort.trim_start_matches('-'));
                }
            }
            ViewContent::Detail(it) => {
                for (at, section) in it.sections.iter().enumerate() {
                    for (nth, item) in section.fields.iter().enumerate() {
                        name(found, format!("/content/sections/{at}/fields/{nth}/field"), item.field.as_str());
                    }
                    if let Some(linked) = &section.linked {
                        linked_names(found, look, key, linked, &file, &format!("/content/sections/{at}/linked"));
                    }
                }
                for (at, list) in it.related.iter().enumerate() {
                    related_names(found, look, key, list, &file, &format!("/content/related/{at}"));
                }
            }
        }
    }
}

/// What a field of the module holds; none: there is no such field, which is told elsewhere.
fn kind(module: &Module, field: &str) -> Option<FieldKind> {
    fields(&module.schema).into_iter().find(|it| it.key.as_str() == field).map(|it| it.kind)
}

fn wrong(expected: &str, field: &str) -> Alert {
    Alert::error("view-wrong-field", format!("expected {expected}, found `{field}`")).on(field).arg("name", field)
}

/// A list of records that refer to this one: the module is there, the field refers here, the columns are its own.
fn related_names(found: &mut Vec<Alert>, look: &Look, key: &ModuleKey, it: &Related, file: &str, place: &str) {
    let Some(other) = look.catalog.module(&it.module) else {
        let known = look.catalog.modules().map(|it| it.1.to_string());
        found.push(
            unknown("view-unknown-module", "module", it.module.as_str(), known).at(file, format!("{place}/module")),
        );
        return;
    };
    let here = |kind: &FieldKind| matches!(kind, FieldKind::Reference { module: Some(to), .. } | FieldKind::References { module: Some(to), .. } if to == key);
    let known = || fields(&other.schema).into_iter().map(|it| it.key.to_string());
    match kind(other, it.field.as_str()) {
        None => found.push(
            unknown("view-unknown-field", "field", it.field.as_str(), known())
                .at(file, format!("{place}/field"))
                .on(it.field.as_str()),
        ),
        Some(kind) if !here(&kind) => {
            let says = format!("a field of `{}` that refers to `{key}`", it.module);
            found.push(wrong(&says, it.field.as_str()).at(file, format!("{place}/field")));
        }
        Some(_) => {}
    }
    for (at, column) in it.columns.iter().enumerate().filter(|(_, column)| !look.has_field(&it.module, column.as_str()))
    {
        found.push(
            unknown("view-unknown-field", "field", column.as_str(), known())
                .at(file, format!("{place}/columns/{at}"))
                .on(column.as_str()),
        );
    }
}

/// Every section stands on a page there is, and every page has one.
fn pages(found: &mut Vec<Alert>, form: &FormView, file: &str) {
    let list = form.pages.as_ref().map(|it| it.list.as_slice()).unwrap_or_default();
    for (at, section) in form.sections.iter().enumerate() {
        if let Some(page) = section.page.as_deref().filter(|page| list.iter().all(|it| it.id != *page)) {
            let says = format!("expected a page of this form, found `{page}`");
            let place = format!("/content/sections/{at}/page");
            found.push(Alert::warning("view-unknown-page", says).at(file, place).arg("name", page));
        }
    }
    for (at, page) in list.iter().enumerate() {
        if form.sections.iter().all(|it| form.page_of(it) != Some(page)) {
            let says = format!("expected a section on the page `{}`, found none", page.title);
            let place = format!("/content/pages/list/{at}");
            found.push(Alert::warning("view-empty-page", says).at(file, place).arg("name", page.title.as_str()));
        }
    }
}

/// The fields of another record on this form: they are its own, its reference points here, and one of several is chosen.
fn linked_names(found: &mut Vec<Alert>, look: &Look, key: &ModuleKey, linked: &Linked, file: &str, place: &str) {
    let fields = || {
        look.catalog
            .module(&linked.module)
            .and_then(|it| it.schema.get("properties"))
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    let mut names: Vec<(String, &str)> =
        vec![(format!("{place}/field"), linked.field.as_str()), (format!("{place}/chosen"), linked.chosen.as_str())];
    names.extend(
        linked.fields.iter().enumerate().map(|(nth, it)| (format!("{place}/fields/{nth}/field"), it.field.as_str())),
    );
    let mut whole = true;
    for (pointer, field) in names {
        if !fields().any(|it| it.0 == field) {
            whole = false;
            found.push(
                unknown("view-unknown-field", "field", field, fields().map(|it| it.0.clone()))
                    .at(file, pointer)
                    .on(field),
            );
        }
    }
    let points_here = fields().any(|it| {
        it.0 == linked.field.as_str() && it.1.pointer("/x-ref/module").and_then(Value::as_str) == Some(key.as_str())
    });
    let chosen = look
        .catalog
        .module(&linked.module)
        .is_some_and(|it| it.definition.chosen.iter().any(|it| it.field == linked.chosen && it.among == linked.field));
    if whole && !(points_here && chosen) {
        let says = format!(
            "expected a reference of `{}` to `{key}` among which `{}` is chosen, found `{}`",
            linked.module, linked.chosen, linked.field
        );
        found.push(
            Alert::error("view-unknown-field", says)
                .at(file, place)
                .on(linked.field.as_str())
                .arg("name", linked.field.as_str()),
        );
    }
}

fn required_missing(found: &mut Vec<Alert>, module: &Module, file: &str, shown: &BTreeSet<&str>) {
    for field in module.schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        let property = module.schema.get("properties").and_then(|it| it.get(field));
        let set_by_system = property.is_some_and(|it| {
            it.get("readOnly") == Some(&Value::Bool(true))
                || it.get("default").is_some()
                || it.get("x-number").is_some()
        });
        let computed = module.rules.computed.iter().any(|it| it.field.as_str() == field);
        let stage = module.definition.stage.as_ref().is_some_and(|it| it.as_str() == field);
        if !shown.contains(field) && !set_by_system && !computed && !stage {
            let says =
                format!("expected the required field `{field}` on the form records are created with, found it nowhere");
            found.push(
                Alert::warning("view-required-missing", says)
                    .at(file, "/content/sections")
                    .on(field)
                    .arg("name", field),
            );
        }
    }
}

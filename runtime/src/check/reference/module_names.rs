//! `module-unknown-field` (error): `module.json` or `rules.json` names a field the schema does not have.
//! `module-unknown-role` (error): a right is given to a role no pack declares.
//! `module-unknown-dictionary` (error): a field takes its values from a dictionary that is nowhere.
//! `module-unknown-module` (info): a reference to a module of a pack that is not installed; it is shown as plain text.
//! `module-unknown-flow`, `module-unknown-script` (error): a trigger or the search for duplicates names nothing.
//! `module-foreign-flow` (error): a trigger starts a flow that works on another module's records.
//! `module-no-rights` (warning): nobody may read the records.
//! `module-duplicate-id` (error): two fields share an `x-id`, so that upgrades could not tell them apart.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Look, unknown};
use crate::alert::{Alert, Severity};
use crate::id::ModuleKey;
use crate::model::module::{Action, Module, Scope};

pub fn rule(found: &mut Vec<Alert>, look: &Look, key: &ModuleKey, module: &Module) {
    let file = format!("modules/{key}/module.json");
    let definition = &module.definition;
    let fields = || field_keys(module);
    let field = |found: &mut Vec<Alert>, file: &str, pointer: String, name: &str| {
        let top = name.split('.').next().unwrap_or(name);
        if !look.has_field(key, top) {
            found.push(unknown("module-unknown-field", "field", name, fields()).at(file, pointer).on(name));
        }
    };
    field(found, &file, "/label".to_owned(), definition.label.as_str());
    if let Some(stage) = &definition.stage {
        field(found, &file, "/stage".to_owned(), stage.as_str());
    }
    for (at, right) in definition.rights.iter().enumerate() {
        if !look.has_role(&right.role) {
            found.push(
                unknown("module-unknown-role", "role", right.role.as_str(), roles(look))
                    .at(&file, format!("/rights/{at}/role")),
            );
        }
        match &right.scope {
            Scope::FieldIsMe(name) | Scope::FieldIsMyDepartment(name) | Scope::FieldIsMyCustomer(name) => {
                field(found, &file, format!("/rights/{at}/scope"), name.as_str());
            }
            Scope::Own | Scope::Department | Scope::DepartmentTree | Scope::All => {}
        }
    }
    for (at, right) in definition.field_rights.iter().enumerate() {
        if !look.has_role(&right.role) {
            found.push(
                unknown("module-unknown-role", "role", right.role.as_str(), roles(look))
                    .at(&file, format!("/fieldRights/{at}/role")),
            );
        }
        for (nth, name) in right.fields.iter().enumerate() {
            field(found, &file, format!("/fieldRights/{at}/fields/{nth}"), name.as_str());
        }
    }
    for (at, name) in definition.barred.iter().enumerate() {
        field(found, &file, format!("/barred/{at}"), name.as_str());
    }
    if !definition.rights.iter().any(|it| it.actions.contains(&Action::Read)) {
        let says = format!("expected somebody to have the right to read `{key}`, found nobody");
        found.push(Alert::warning("module-no-rights", says).at(&file, "/rights"));
    }
    for (at, trigger) in definition.triggers.iter().enumerate() {
        let pointer = format!("/triggers/{at}/flow");
        match look.catalog.flow(&trigger.flow) {
            None => {
                let known = look.catalog.flows().map(|(_, key, _)| key.to_string());
                found.push(unknown("module-unknown-flow", "flow", trigger.flow.as_str(), known).at(&file, pointer));
            }
            Some(flow) if flow.module.as_ref().is_some_and(|it| it != key) => {
                let says =
                    format!("expected a flow on `{key}`, found `{}`, which works on another module", trigger.flow);
                found.push(Alert::error("module-foreign-flow", says).at(&file, pointer));
            }
            Some(_) => {}
        }
    }
    for (at, link) in definition.links.iter().enumerate() {
        if look.catalog.module(&link.module).is_none() {
            found.push(missing_module(link.module.as_str()).at(&file, format!("/links/{at}/module")));
        } else if !look.has_field(&link.module, link.field.as_str()) {
            found.push(
                unknown("module-unknown-field", "field", link.field.as_str(), std::iter::empty())
                    .at(&file, format!("/links/{at}/field")),
            );
        }
    }
    if let Some(duplicates) = &definition.duplicates {
        if look.catalog.script(&duplicates.script.as_str().into()).is_none() {
            let known = look.pack.scripts.keys().map(ToString::to_string);
            found.push(
                unknown("module-unknown-script", "script", &duplicates.script, known).at(&file, "/duplicates/script"),
            );
        }
        for (at, name) in duplicates.keys.iter().enumerate() {
            field(found, &file, format!("/duplicates/keys/{at}"), name.as_str());
        }
    }
    let rules = &module.rules;
    let rules_file = format!("modules/{key}/rules.json");
    for (at, it) in rules.computed.iter().enumerate() {
        field(found, &rules_file, format!("/computed/{at}/field"), it.field.as_str());
    }
    for (list, name) in [(&rules.required, "required"), (&rules.readonly, "readonly"), (&rules.visible, "visible")] {
        for (at, it) in list.iter().enumerate() {
            field(found, &rules_file, format!("/{name}/{at}/field"), it.field.as_str());
        }
    }
    for (at, it) in rules.checks.iter().enumerate() {
        for (nth, name) in it.fields.iter().enumerate() {
            field(found, &rules_file, format!("/checks/{at}/fields/{nth}"), name.as_str());
        }
    }
    schema(found, look, key, module);
}

fn schema(found: &mut Vec<Alert>, look: &Look, key: &ModuleKey, module: &Module) {
    let file = format!("modules/{key}/schema.json");
    let Some(properties) = module.schema.get("properties").and_then(Value::as_object) else { return };
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, property) in properties {
        let pointer = format!("/properties/{name}");
        if let Some(id) = property.get("x-id").and_then(Value::as_str)
            && let Some(other) = ids.insert(id, name)
        {
            let says = format!("expected every `x-id` once, found `{id}` on `{other}` and on `{name}`");
            found.push(Alert::error("module-duplicate-id", says).at(&file, format!("{pointer}/x-id")).on(name));
        }
        let columns = property.pointer("/items/properties").and_then(Value::as_object);
        let inner =
            columns.into_iter().flatten().map(|(column, it)| (format!("{pointer}/items/properties/{column}"), it));
        let items = property.get("items").map(|it| (format!("{pointer}/items"), it));
        for (pointer, property) in std::iter::once((pointer.clone(), property)).chain(items).chain(inner) {
            let Some(reference) = property.get("x-ref") else { continue };
            if let Some(dictionary) = reference.get("dictionary").and_then(Value::as_str)
                && look.catalog.dictionary(&dictionary.into()).is_none()
            {
                let known = look.catalog.packs().flat_map(|it| &it.manifest.dictionaries).map(|it| it.key.to_string());
                let alert = unknown("module-unknown-dictionary", "dictionary", dictionary, known);
                found.push(alert.at(&file, format!("{pointer}/x-ref/dictionary")).on(name));
            }
            if let Some(target) = reference.get("module").and_then(Value::as_str)
                && target != "*"
                && look.catalog.module(&target.into()).is_none()
            {
                found.push(missing_module(target).at(&file, format!("{pointer}/x-ref/module")).on(name));
            }
        }
    }
    for (at, name) in module.schema.get("required").and_then(Value::as_array).into_iter().flatten().enumerate() {
        if let Some(name) = name.as_str().filter(|it| !properties.contains_key(*it)) {
            let alert = unknown("module-unknown-field", "field", name, properties.keys().cloned());
            found.push(alert.at(&file, format!("/required/{at}")).on(name));
        }
    }
}

fn missing_module(name: &str) -> Alert {
    let says = format!("the module `{name}` is not installed; the reference is shown as plain text");
    Alert::new("module-unknown-module", Severity::Info, says).arg("name", name)
}

fn field_keys(module: &Module) -> impl Iterator<Item = String> + use<> {
    let keys: Vec<String> = module
        .schema
        .get("properties")
        .and_then(Value::as_object)
        .map(|it| it.keys().cloned().collect())
        .unwrap_or_default();
    keys.into_iter()
}

pub fn roles<'a>(look: &'a Look) -> impl Iterator<Item = String> + use<'a> {
    look.catalog.packs().flat_map(|it| &it.manifest.roles).map(|it| it.key.to_string())
}

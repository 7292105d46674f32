//! `form-untranslated` (info): names of a module, its fields, choices, sections, pages or messages have no text in a language the
//! pack speaks; people get the pack's own language there. Fix: write the texts in `i18n/<language>.json`.

use serde_json::Value;

use crate::alert::{Alert, Severity};
use crate::id::ModuleKey;
use crate::model::module::Module;
use crate::model::pack::Pack;
use crate::model::view::ViewContent;

pub fn rule(found: &mut Vec<Alert>, pack: &Pack, key: &ModuleKey, module: &Module) {
    let own = pack.manifest.language.as_str();
    let others = pack.texts.iter().filter(|(language, texts)| language.as_str() != own && !texts.is_empty());
    for (language, texts) in others {
        let missing: Vec<(String, Option<String>)> =
            addresses(key, module).into_iter().filter(|it| !texts.contains_key(&it.0)).collect();
        if let Some((address, field)) = missing.first() {
            let says = format!(
                "expected every text of the module in `{language}`, found {} without, the first is `{address}`",
                missing.len()
            );
            let mut alert = Alert::new("form-untranslated", Severity::Info, says)
                .at(format!("modules/{key}/schema.json"), "")
                .arg("language", language.as_str())
                .arg("count", missing.len() as u64);
            if let Some(field) = field {
                alert = alert.on(field.as_str());
            }
            found.push(alert);
        }
    }
}

/// Every text of a module people read, by its address (see [`crate::model::pack::Texts`]), with the field it belongs to.
pub fn addresses(key: &ModuleKey, module: &Module) -> Vec<(String, Option<String>)> {
    let mut all = vec![(format!("module/{key}"), None)];
    for (field, schema) in module.schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let mut add = |address: String| all.push((address, Some(field.clone())));
        add(format!("field/{key}/{field}"));
        if schema.get("description").is_some() {
            add(format!("help/{key}/{field}"));
        }
        let columns = schema.pointer("/items/properties").or_else(|| schema.get("properties"));
        for (column, inner) in columns.and_then(Value::as_object).into_iter().flatten() {
            add(format!("field/{key}/{field}/{column}"));
            options(inner).into_iter().for_each(|it| add(format!("option/{key}/{field}/{column}/{it}")));
        }
        options(schema).into_iter().for_each(|it| add(format!("option/{key}/{field}/{it}")));
    }
    for (view_key, view) in &module.views {
        all.push((format!("view/{key}/{view_key}"), None));
        if let ViewContent::Form(form) = &view.content {
            let sections = form.sections.iter().filter(|it| !it.title.trim().is_empty());
            all.extend(sections.map(|it| (format!("section/{key}/{view_key}/{}", it.id), None)));
            let pages = form.pages.iter().flat_map(|it| &it.list);
            all.extend(pages.map(|it| (format!("page/{key}/{view_key}/{}", it.id), None)));
        }
        if let ViewContent::Detail(it) = &view.content {
            let sections = it.sections.iter().filter(|it| !it.title.trim().is_empty());
            all.extend(sections.map(|it| (format!("section/{key}/{view_key}/{}", it.id), None)));
            let lists = it.related.iter().filter(|it| !it.title.trim().is_empty());
            all.extend(lists.map(|it| (format!("related/{key}/{view_key}/{}", it.id), None)));
        }
    }
    for it in &module.rules.checks {
        all.push((format!("check/{key}/{}", it.id), it.fields.first().map(|it| it.0.clone())));
    }
    all
}

fn options(schema: &Value) -> Vec<String> {
    let list = schema.get("oneOf").or_else(|| schema.pointer("/items/oneOf")).and_then(Value::as_array);
    let value = |it: &Value| it.get("const").and_then(Value::as_str).map(str::to_owned);
    list.into_iter().flatten().filter_map(value).collect()
}

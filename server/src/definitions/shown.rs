//! Definitions as the browser gets them: only what the person may see.

use std::collections::{BTreeMap, BTreeSet};

use api::module::ModuleInfo;
use api::session::MenuItem;
use runtime::id::{FieldKey, FlowKey, ModuleKey};
use runtime::model::catalog::Catalog;
use runtime::model::module::{Access, Action};
use runtime::model::pack::{MenuEntry, Pack, Texts};
use runtime::model::view::{Linked, View, ViewContent};
use runtime::policy;
use serde_json::Value;

use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;

/// Languages of the platform.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// The text of an address in every language; `fallback` is the title in the definition. With `pack` that pack's first.
pub fn titles(catalog: &Catalog, address: &str, fallback: &str, pack: Option<&Pack>) -> BTreeMap<String, String> {
    let text = |language: &str| {
        let own = pack.and_then(|it| it.texts.get(language)?.get(address)).map(String::as_str);
        own.unwrap_or_else(|| if pack.is_some() { fallback } else { catalog.text(language, address, fallback) })
            .to_owned()
    };
    LANGUAGES.iter().map(|it| ((*it).to_owned(), text(it))).collect()
}

/// Texts of a flow by language: its name, nodes and outcomes.
pub fn flow_texts(catalog: &Catalog, flow: &FlowKey) -> BTreeMap<String, Texts> {
    let Some(pack) = catalog.flow_pack(flow) else { return BTreeMap::new() };
    let whole = format!("flow/{flow}");
    let parts = [format!("node/{flow}/"), format!("outcome/{flow}/")];
    filter(pack, |address| address == whole || parts.iter().any(|it| address.starts_with(it)))
}

fn filter(pack: &Pack, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Texts> {
    let of = |texts: &Texts| {
        texts.iter().filter(|it| wanted(it.0)).map(|(address, text)| (address.clone(), text.clone())).collect()
    };
    pack.texts.iter().map(|(language, texts)| (language.clone(), of(texts))).collect()
}

/// What the person may do with records of a module at all.
pub(crate) fn actions(catalog: &Catalog, actor: &policy::Actor, module: &ModuleKey) -> Vec<String> {
    let all = [
        (Action::Create, "create"),
        (Action::Read, "read"),
        (Action::Update, "update"),
        (Action::Delete, "delete"),
        (Action::Export, "export"),
    ];
    all.iter().filter(|it| !policy::may(catalog, actor, module, it.0).is_nothing()).map(|it| it.1.to_owned()).collect()
}

/// `GET /api/modules/{module}`: only what the person may see. Somebody who does a task of a module sees it too.
pub fn module_info(app: &App, actor: &Actor, key: &ModuleKey) -> Result<ModuleInfo, Error> {
    let live = app.definitions.live();
    let module = live.module(key)?;
    let (Some(source), Some(pack)) = (live.catalog.module(key), live.catalog.module_pack(key)) else {
        return Err(Error::NotFound("module".to_owned()));
    };
    let who = app.rights_of(actor);
    // A customer has nothing to do with how the house works elsewhere.
    if actor.person.customer.is_some() && actions(&live.catalog, &who, key).is_empty() {
        return Err(Error::NotFound("module".to_owned()));
    }
    let access = policy::fields(&live.catalog, &who, key);
    let hidden: BTreeSet<&FieldKey> = access.iter().filter(|it| *it.1 == Access::Hidden).map(|it| it.0).collect();
    let shown =
        |field: &FieldKey| !hidden.contains(&FieldKey::from(field.as_str().split('.').next().unwrap_or_default()));

    let mut rules = source.rules.clone();
    rules.computed.retain(|it| shown(&it.field));
    for list in [&mut rules.required, &mut rules.readonly, &mut rules.visible] {
        list.retain(|it| shown(&it.field));
    }
    // What looks at a hidden field cannot be asked in the browser, and would tell that there is one.
    let named = |it: &str| hidden.contains(&FieldKey::from(it));
    let tells = |expr: &str| {
        expr.split("data.")
            .skip(1)
            .any(|it| it.split(|c: char| !c.is_alphanumeric() && c != '_').next().is_some_and(named))
    };
    rules.checks.retain(|it| (it.fields.is_empty() || it.fields.iter().any(&shown)) && !tells(&it.expr));
    let mut definition = source.definition.clone();
    // Whose rights are what is nobody's business; what this person may do is in `actions` and `access`.
    definition.rights.clear();
    definition.field_rights.clear();
    definition.barred.clear();
    let schema = without(&source.schema, &hidden);
    let linked = |mut it: Linked| {
        let access = policy::fields(&live.catalog, &who, &it.module);
        it.fields.retain(|item| access.get(&item.field).is_some_and(|it| *it > Access::Hidden));
        let reads = !policy::may(&live.catalog, &who, &it.module, Action::Read).is_nothing();
        (reads && !it.fields.is_empty()).then_some(it)
    };
    let mut views = BTreeMap::new();
    for (key, view) in &source.views {
        let mut view = seen(view, &shown, &linked);
        if let ViewContent::Detail(it) = &mut view.content {
            it.related.retain(|it| !policy::may(&live.catalog, &who, &it.module, Action::Read).is_nothing());
            for list in &mut it.related {
                let access = policy::fields(&live.catalog, &who, &list.module);
                list.columns.retain(|it| access.get(it).is_none_or(|it| *it > Access::Hidden));
            }
        }
        views.insert(key.0.clone(), serde_json::to_value(view)?);
    }
    let used = used_dictionaries(&schema);
    let dictionaries: BTreeMap<String, Value> = used
        .iter()
        .filter_map(|key| {
            Some((key.clone(), serde_json::to_value(live.catalog.dictionary(&key.as_str().into())?).ok()?))
        })
        .collect();
    let mut texts = filter(pack, |address| {
        let mut parts = address.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("check"), Some(module), Some(check)) => {
                module == key.as_str() && rules.checks.iter().any(|it| it.id == check)
            }
            (Some("module" | "view" | "section" | "page" | "related"), Some(module), _) => module == key.as_str(),
            (Some("field" | "help" | "option"), Some(module), Some(field)) => {
                module == key.as_str() && shown(&FieldKey::from(field))
            }
            (_, _, _) => false,
        }
    });
    for pack in live.catalog.packs() {
        let dict = |address: &str| {
            address.strip_prefix("dict/").and_then(|it| it.split('/').next()).is_some_and(|it| used.contains(it))
        };
        for (language, more) in filter(pack, dict) {
            texts.entry(language).or_default().extend(more);
        }
    }
    let written = format!("{}{}", serde_json::to_string(&rules)?, serde_json::to_string(&views)?);
    let named = |name: &str| written.contains(&format!("\\\"{name}\\\""));
    let mut tables = BTreeMap::new();
    for (key, table) in live.catalog.packs().flat_map(|it| &it.tables).filter(|it| named(it.0.as_str())) {
        tables.insert(key.0.clone(), serde_json::to_value(table)?);
    }
    let scripts = source
        .definition
        .duplicates
        .iter()
        .filter_map(|it| Some((it.script.clone(), live.catalog.script(&it.script.as_str().into())?.to_owned())))
        .collect();
    Ok(ModuleInfo {
        key: key.0.clone(),
        pack: module.pack.0.clone(),
        version: module.version.clone(),
        definition: serde_json::to_value(definition)?,
        schema,
        rules: serde_json::to_value(rules)?,
        views,
        texts,
        dictionaries,
        scripts,
        tables,
        actions: actions(&live.catalog, &who, key),
        access: access
            .iter()
            .filter(|it| *it.1 != Access::Hidden)
            .map(|(key, it)| (key.0.clone(), word(*it).to_owned()))
            .collect(),
    })
}

fn word(access: Access) -> &'static str {
    match access {
        Access::Hidden => "hidden",
        Access::Masked => "masked",
        Access::Read | Access::Step => "read",
        Access::Write => "write",
    }
}

/// The schema without some properties.
fn without(schema: &Value, hidden: &BTreeSet<&FieldKey>) -> Value {
    let mut schema = schema.clone();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|key, _| !hidden.iter().any(|it| it.as_str() == key));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|key| !hidden.iter().any(|it| Some(it.as_str()) == key.as_str()));
    }
    for key in ["allOf"] {
        if let Some(parts) = schema.get_mut(key).and_then(Value::as_array_mut) {
            for part in parts {
                *part = without(part, hidden);
            }
        }
    }
    schema
}

/// `linked`: what the person may see of another record on a form.
fn seen(view: &View, shown: &impl Fn(&FieldKey) -> bool, linked: &impl Fn(Linked) -> Option<Linked>) -> View {
    let mut view = view.clone();
    match &mut view.content {
        ViewContent::Form(form) => {
            for section in &mut form.sections {
                section.fields.retain(|it| shown(&it.field));
            }
            for section in &mut form.sections {
                section.linked = section.linked.take().and_then(linked);
            }
            form.sections.retain(|it| !it.fields.is_empty() || it.linked.is_some());
        }
        ViewContent::List(list) => {
            list.columns.retain(|it| shown(&it.field));
            list.filters.retain(shown);
            list.sort.retain(|it| shown(&FieldKey::from(it.trim_start_matches('-'))));
        }
        ViewContent::Kanban(board) => board.card.retain(shown),
        ViewContent::Calendar(it) => {
            it.end = it.end.take().filter(shown);
            it.card.retain(shown);
        }
        ViewContent::Tree(it) => {
            it.columns.retain(|it| shown(&it.field));
            it.sort = it.sort.take().filter(|it| shown(&FieldKey::from(it.trim_start_matches('-'))));
        }
        ViewContent::Detail(it) => {
            for section in &mut it.sections {
                section.fields.retain(|it| shown(&it.field));
                section.linked = section.linked.take().and_then(linked);
            }
            it.sections.retain(|it| !it.fields.is_empty() || it.linked.is_some());
        }
    }
    view
}

fn used_dictionaries(schema: &Value) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut next = vec![schema];
    while let Some(value) = next.pop() {
        match value {
            Value::Object(members) => {
                if let Some(key) = members.get("x-ref").and_then(|it| it.get("dictionary")).and_then(Value::as_str) {
                    used.insert(key.to_owned());
                }
                next.extend(members.values());
            }
            Value::Array(items) => next.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    used
}

/// Entries of the navigation the person may open.
pub fn menu(app: &App, actor: &Actor) -> Vec<MenuItem> {
    let live = app.definitions.live();
    let who = app.rights_of(actor);
    live.catalog.packs().flat_map(|pack| entries(&live.catalog, pack, &who, &pack.manifest.menu)).collect()
}

fn entries(catalog: &Catalog, pack: &Pack, who: &policy::Actor, list: &[MenuEntry]) -> Vec<MenuItem> {
    let item = |it: &MenuEntry| {
        let children = entries(catalog, pack, who, &it.children);
        let open = it.module.as_ref().is_some_and(|module| {
            [Action::Read, Action::Create].iter().any(|action| !policy::may(catalog, who, module, *action).is_nothing())
        });
        (open || !children.is_empty()).then(|| MenuItem {
            id: it.id.clone(),
            titles: titles(catalog, &format!("menu/{}", it.id), &it.title, Some(pack)).into_iter().collect(),
            icon: it.icon.clone(),
            module: if open { it.module.as_ref().map(|it| it.0.clone()) } else { None },
            children,
        })
    };
    list.iter().filter_map(item).collect()
}

//! What a new flow, form or decision table begins with: the least that can be published, in the pack's own language.

use runtime::id::ModuleKey;
use serde_json::{Value, json};

use crate::document::{Address, Content, Document};
use crate::edit::Edit;

/// What can be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    Flow,
    Form,
    Table,
}

/// How it begins.
#[derive(Clone, Debug)]
pub struct Wish {
    pub what: Fresh,
    pub key: String,
    pub title: String,
    /// Of a flow: the module it works on, and whether a new record starts it.
    pub module: Option<ModuleKey>,
    pub starts: bool,
    /// What the first field, or the columns of the table, are called.
    pub names: [String; 2],
}

/// A key nobody has yet, made of what is written in Latin letters; else of the kind.
pub fn key(document: &Document, what: Fresh, title: &str) -> String {
    let mut slug: String = title
        .to_lowercase()
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' })
        .collect::<String>()
        .split('_')
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    slug.truncate(40);
    if !slug.starts_with(|it: char| it.is_ascii_lowercase()) {
        slug = match what {
            Fresh::Flow => "flow",
            Fresh::Form => "form",
            Fresh::Table => "table",
        }
        .to_owned();
    }
    let all = std::iter::once(slug.clone()).chain((2u32..).map(|it| format!("{slug}_{it}")));
    all.into_iter().find(|it| is_free(document, what, it)).unwrap_or(slug)
}

/// Whether a key is one, and nothing has it.
pub fn is_free(document: &Document, what: Fresh, key: &str) -> bool {
    let address = match what {
        Fresh::Flow => Address::Flow(key.to_owned()),
        Fresh::Form => Address::Definition(key.to_owned()),
        Fresh::Table => Address::Table(key.to_owned()),
    };
    crate::form_edit::is_key(key) && document.content(&address).is_none() && document.live(&address.path()).is_none()
}

/// The files it begins with, as one edit. None: the key is taken or none.
pub fn edit(document: &Document, wish: &Wish) -> Option<Edit> {
    if !is_free(document, wish.what, &wish.key) {
        return None;
    }
    let (key, title) = (&wish.key, wish.title.trim());
    let mut files: Vec<(Address, Value)> = Vec::new();
    match wish.what {
        Fresh::Flow => {
            let mut flow = json!({ "format": 1, "id": format!("p_{key}"), "key": key, "name": title, "flowElements": [
                { "id": "start", "type": "startEvent" },
                { "id": "end", "type": "endEvent" },
                { "id": "f_1", "type": "sequenceFlow", "sourceRef": "start", "targetRef": "end" }] });
            if let Some(module) = &wish.module {
                flow["module"] = json!(module);
                if let Some(definition) = document.definition(module.as_str()).filter(|_| wish.starts) {
                    let mut definition = serde_json::to_value(definition.as_ref()).ok()?;
                    let trigger = json!({ "id": format!("t_{key}"), "on": "created", "flow": key });
                    match definition.get_mut("triggers").and_then(Value::as_array_mut) {
                        Some(all) => all.push(trigger),
                        None => definition["triggers"] = json!([trigger]),
                    }
                    files.push((Address::Definition(module.0.clone()), definition));
                }
            }
            files.push((Address::Flow(key.clone()), flow));
        }
        Fresh::Form => {
            let roles = document.manifest().map(|it| it.roles.iter().map(|it| it.key.0.clone()).collect::<Vec<_>>());
            let roles = roles.unwrap_or_default();
            let boss = roles.iter().find(|it| *it == "admin").or(roles.first());
            let all = ["create", "read", "update", "delete", "export"];
            let rights: Vec<Value> =
                boss.iter().map(|it| json!({ "role": it, "actions": all, "scope": "all" })).collect();
            let form = |id: &str, view: &str| {
                json!({ "format": 1, "id": id, "key": view, "title": title, "content": { "kind": "form", "sections":
                    [{ "id": "s_1", "title": title, "fields": [{ "field": "name", "span": 6 }] }] } })
            };
            let view = |view: &str| Address::View(key.clone(), view.to_owned());
            files.push((
                Address::Definition(key.clone()),
                json!({ "format": 1, "id": format!("m_{key}"), "key": key, "title": title, "label": "name", "rights": rights }),
            ));
            files.push((
                Address::Schema(key.clone()),
                json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": title, "required": ["name"],
                    "properties": { "name": { "title": wish.names[0], "type": "string", "minLength": 1, "maxLength": 120, "x-id": "f_01",
                        "x-index": { "search": "fulltext", "filter": true, "sort": true }, "x-display": { "list": "default" } } } }),
            ));
            files.push((view("create"), form("v_01", "create")));
            files.push((view("edit"), form("v_02", "edit")));
            files.push((
                view("list"),
                json!({ "format": 1, "id": "v_03", "key": "list", "title": title, "content": { "kind": "list", "columns": [{ "field": "name" }] } }),
            ));
        }
        Fresh::Table => files.push((
            Address::Table(key.clone()),
            json!({ "format": 1, "id": format!("t_{key}"), "key": key, "title": title, "hitPolicy": "unique",
                "inputs": [{ "id": "in_1", "key": "input", "title": wish.names[0], "type": "text" }],
                "outputs": [{ "id": "out_1", "key": "output", "title": wish.names[1], "type": "text" }],
                "rules": [{ "id": "r_1", "when": ["-"], "then": [""] }] }),
        )),
    }
    let read = |(address, it): (Address, Value)| {
        let content = Content::parse(&address, &it.to_string())?;
        Some((address, Some(content)))
    };
    let files = files.into_iter().map(read).collect::<Option<Vec<_>>>()?;
    Some(Edit::Put { verb: "add", what: title.to_owned(), files })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::pack;

    fn wish(what: Fresh, key: &str) -> Wish {
        let names = ["Name".to_owned(), "Result".to_owned()];
        Wish { what, key: key.to_owned(), title: "Visit".to_owned(), module: None, starts: false, names }
    }

    /// Errors the checker has, by code.
    fn errors(document: &Document) -> Vec<String> {
        rules::ask(&json!({ "id": 1, "call": "pack.load", "args": { "id": "fresh", "files": {} } }).to_string());
        let ask = json!({ "id": 1, "call": "check.pack", "args": { "id": "fresh", "draft": document.files() } });
        let answer: Value = serde_json::from_str(&rules::ask(&ask.to_string())).expect("an answer");
        let changes: Vec<runtime::model::patch::Splice<Value>> =
            serde_json::from_value(answer["ok"]["alerts"].clone()).expect("alerts");
        let mut alerts = Vec::new();
        changes.into_iter().for_each(|it| it.apply(&mut alerts).expect("a stretch"));
        let bad = |it: &&Value| it["severity"] == "error";
        alerts.iter().filter(bad).map(|it| format!("{}@{}", it["code"], it["file"])).collect()
    }

    #[test]
    fn what_is_new_can_be_published() {
        let before = errors(&pack());
        for what in [Fresh::Flow, Fresh::Form, Fresh::Table] {
            let mut it = pack();
            let untouched = it.clone();
            it.apply(&edit(&it, &wish(what, "visit")).expect("an edit")).expect("allowed");
            assert_eq!(errors(&it), before, "{what:?}");
            assert!(!is_free(&it, what, "visit") && edit(&it, &wish(what, "visit")).is_none(), "the key is taken");
            assert_eq!(key(&it, what, "Visit!"), "visit_2");
            it.undo();
            assert!(it.same(&untouched), "{what:?} is taken back");
        }
    }

    #[test]
    fn a_new_flow_is_started_by_new_records_if_wanted() {
        for starts in [true, false] {
            let mut it = pack();
            let module = ModuleKey::from(crate::tests::MODULE);
            let before = it.definition(module.as_str()).expect("a module").triggers.len();
            let wish = Wish { module: Some(module.clone()), starts, ..wish(Fresh::Flow, "visit") };
            it.apply(&edit(&it, &wish).expect("an edit")).expect("allowed");
            assert_eq!(it.flow("visit").expect("a flow").module.as_ref(), Some(&module));
            let now = it.definition(module.as_str()).expect("a module").triggers.len();
            assert_eq!(now - before, usize::from(starts));
        }
    }

    #[test]
    fn keys_are_made_of_what_is_written() {
        let it = pack();
        for (title, expected) in [("Site  visit 2", "site_visit_2"), ("拜访", "flow"), ("2 steps", "flow")] {
            assert_eq!(key(&it, Fresh::Flow, title), expected, "{title}");
        }
        for bad in ["", "A", "a-b", "1a"] {
            assert!(!is_free(&it, Fresh::Flow, bad), "{bad}");
        }
    }
}

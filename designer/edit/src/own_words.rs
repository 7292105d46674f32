//! What an edit calls otherwise in the pack's own language. A pack may say that twice: in the file of the thing, and among the texts
//! of its language, and where people work the text counts. What is said of a thing in both is kept the same; a thing that has no text
//! of its own gets none.

use runtime::gather::Gather as _;
use std::collections::BTreeMap;
use std::sync::Arc;

use runtime::model::flow::{Element, ElementKind, Flow};
use runtime::model::pack::Texts;
use runtime::model::table::Table;
use runtime::model::view::{Section, View, ViewContent};
use serde_json::Value;

use crate::document::{Address, Content, Document};
use crate::form_edit::Work;
use crate::tree;

/// Texts of a language that follow what changes.
struct Follow<'a> {
    texts: &'a mut Texts,
    changed: bool,
}

impl Follow<'_> {
    fn say(&mut self, address: &str, was: &str, now: &str) {
        if was == now || !self.texts.contains_key(address) {
            return;
        }
        self.changed = true;
        if now.trim().is_empty() {
            self.texts.remove(address);
        } else {
            self.texts.insert(address.to_owned(), now.to_owned());
        }
    }

    /// A member of two schemas.
    fn member(&mut self, address: &str, word: &str, was: &Value, now: &Value) {
        let text = |it: &Value| it.get(word).and_then(Value::as_str).unwrap_or_default().to_owned();
        self.say(address, &text(was), &text(now));
    }
}

/// The pack's own texts after an edit of a flow, where they differ.
pub(crate) fn of_flow(document: &Document, key: &str, after: &Flow) -> Option<(Address, Content)> {
    let own = document.language();
    let texts = document.texts(&own);
    if texts.is_empty() {
        return None;
    }
    let before = document.flow(key)?;
    let mut texts = texts.as_ref().clone();
    let mut follow = Follow { texts: &mut texts, changed: false };
    follow.say(&format!("flow/{key}"), &before.name, &after.name);
    let was: BTreeMap<&str, &Element> = before.all().into_iter().map(|it| (it.id.as_str(), it)).gather();
    for it in after.all() {
        let Some(old) = was.get(it.id.as_str()).filter(|old| **old != it) else { continue };
        follow.say(&format!("node/{key}/{}", it.id), &old.name, &it.name);
        if let (ElementKind::UserTask(old), ElementKind::UserTask(task)) = (&old.kind, &it.kind) {
            for outcome in &task.outcomes {
                let was = old.outcomes.iter().find(|it| it.id == outcome.id).map_or("", |it| it.title.as_str());
                follow.say(&format!("outcome/{key}/{}/{}", it.id, outcome.id), was, &outcome.title);
            }
        }
    }
    follow.changed.then(|| (Address::Texts(own), Content::Texts(Arc::new(texts))))
}

/// The same where whole files take the place of others: views and decision tables.
pub(crate) fn of_files(document: &Document, files: &[(Address, Option<Content>)]) -> Option<(Address, Content)> {
    let own = document.language();
    let texts = document.texts(&own);
    if texts.is_empty() || files.iter().any(|it| matches!(it.0, Address::Texts(_))) {
        return None;
    }
    let mut texts = texts.as_ref().clone();
    let mut follow = Follow { texts: &mut texts, changed: false };
    for (address, after) in files {
        match (address, document.content(address), after) {
            (Address::View(module, key), Some(Content::View(was)), Some(Content::View(now))) => {
                view(&mut follow, &format!("{module}/{key}"), was, now);
            }
            (Address::Table(key), Some(Content::Table(was)), Some(Content::Table(now))) => {
                follow.say(&format!("table/{key}"), &was.title, &now.title);
                let columns = |it: &Table| -> Vec<(String, String)> {
                    let inputs = it.inputs.iter().map(|it| (it.id.clone(), it.title.clone()));
                    inputs.chain(it.outputs.iter().map(|it| (it.id.clone(), it.title.clone()))).collect()
                };
                let before = columns(was);
                for (column, title) in columns(now) {
                    let old = before.iter().find(|it| it.0 == column).map_or("", |it| it.1.as_str());
                    follow.say(&format!("column/{key}/{column}"), old, &title);
                }
            }
            _other => (),
        }
    }
    follow.changed.then(|| (Address::Texts(own), Content::Texts(Arc::new(texts))))
}

/// The same after an edit of a form.
pub(crate) fn of_form(document: &Document, work: &mut Work) {
    let module = work.module.clone();
    let Some(texts) = work.texts.get_mut(&work.language).filter(|it| !it.is_empty()) else { return };
    let mut follow = Follow { texts, changed: false };
    if let Some(was) = document.definition(&module) {
        follow.say(&format!("module/{module}"), &was.title, &work.definition.title);
    }
    if let Some(was) = document.schema(&module) {
        fields(&mut follow, &module, was, &work.schema);
    }
    if let Some(was) = document.rules(&module) {
        for it in &work.rules.checks {
            let message = was.checks.iter().find(|old| old.id == it.id).map_or("", |it| it.message.as_str());
            follow.say(&format!("check/{module}/{}", it.id), message, &it.message);
        }
    }
    for (key, was) in document.views(&module) {
        if let Some(now) = work.views.get(key) {
            view(&mut follow, &format!("{module}/{key}"), was, now);
        }
    }
}

fn fields(follow: &mut Follow, module: &str, was: &Value, now: &Value) {
    let empty = serde_json::Map::new();
    let all = now.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    for (key, now) in all {
        let Some(was) = tree::field(was, key).filter(|was| *was != now) else { continue };
        follow.member(&format!("field/{module}/{key}"), "title", was, now);
        follow.member(&format!("help/{module}/{key}"), "description", was, now);
        options(follow, &format!("option/{module}/{key}"), was, now);
        for (column, now) in tree::columns(now).into_iter().flatten() {
            if let Some(was) = tree::columns(was).and_then(|it| it.get(column)) {
                follow.member(&format!("field/{module}/{key}/{column}"), "title", was, now);
                options(follow, &format!("option/{module}/{key}/{column}"), was, now);
            }
        }
    }
}

fn options(follow: &mut Follow, at: &str, was: &Value, now: &Value) {
    for option in tree::options(now).into_iter().flatten() {
        let value = option.get("const");
        let old = tree::options(was).and_then(|it| it.iter().find(|it| it.get("const") == value));
        if let (Some(old), Some(value)) = (old, value.and_then(Value::as_str)) {
            follow.member(&format!("{at}/{value}"), "title", old, option);
        }
    }
}

fn view(follow: &mut Follow, at: &str, was: &View, now: &View) {
    follow.say(&format!("view/{at}"), &was.title, &now.title);
    let mut sections = |was: &[Section], now: &[Section]| {
        for it in now {
            if let Some(old) = was.iter().find(|old| old.id == it.id) {
                follow.say(&format!("section/{at}/{}", it.id), &old.title, &it.title);
            }
        }
    };
    let (was, now) = match (&was.content, &now.content) {
        (ViewContent::Form(was), ViewContent::Form(now)) => (was, now),
        (ViewContent::Detail(was), ViewContent::Detail(now)) => return sections(&was.sections, &now.sections),
        _other => return,
    };
    sections(&was.sections, &now.sections);
    for it in now.pages.iter().flat_map(|it| &it.list) {
        if let Some(old) = was.pages.iter().flat_map(|it| &it.list).find(|old| old.id == it.id) {
            follow.say(&format!("page/{at}/{}", it.id), &old.title, &it.title);
        }
    }
}

//! Copying and pasting fields, also between forms, packs and browser tabs: what is copied travels as JSON text, with the
//! field's rules and its texts in all languages.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::id::FieldKey;
use runtime::model::rules::{Computed, When};
use runtime::model::view::{Item, ViewContent};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::allowed::Forbidden;
use crate::document::Document;
use crate::edit::Spot;
use crate::form_edit::{Work, put, require};
use crate::names::rewrite;
use crate::tree;

/// What the text begins with, so that other texts are not taken for it.
const FORMAT: &str = "flowloom-fields-1";
/// Bytes of a text that is read at most.
const LONGEST: usize = 1_000_000;

/// Fields with all that belongs to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormClip {
    format: String,
    /// The language of what the schemas say.
    #[serde(default)]
    language: String,
    fields: Vec<Copied>,
}

/// One field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Copied {
    key: String,
    schema: Value,
    item: Item,
    required: bool,
    required_when: Option<String>,
    visible_when: Option<String>,
    readonly_when: Option<String>,
    computed: Option<Computed>,
    /// Language → what follows `field/<module>/<key>`, `help/…`, `option/…` → text.
    texts: BTreeMap<String, BTreeMap<String, String>>,
}

impl FormClip {
    /// Reads what somebody pasted; `None` for any other text.
    pub fn read(text: &str) -> Option<FormClip> {
        if text.len() > LONGEST {
            return None;
        }
        let clip: FormClip = runtime::plain::parse(text).ok()?;
        let sound = clip.fields.iter().all(|it| it.schema.is_object() && crate::form_edit::is_key(&it.key));
        (clip.format == FORMAT && !clip.fields.is_empty() && sound).then_some(clip)
    }

    /// As text for the clipboard.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Number of fields.
    pub fn size(&self) -> usize {
        self.fields.len()
    }
}

/// The selected fields of a view in the order they stand there; `None` where there are none.
pub fn copy(document: &Document, module: &str, view: &str, selection: &BTreeSet<String>) -> Option<FormClip> {
    let ViewContent::Form(form) = &document.view(module, view)?.content else { return None };
    let schema = document.schema(module)?;
    let required = tree::required(schema);
    let rules = document.rules(module).map(|it| it.as_ref().clone()).unwrap_or_default();
    let when = |list: &[When], key: &str| list.iter().find(|it| it.field.as_str() == key).map(|it| it.when.clone());
    let items = form.sections.iter().flat_map(|it| &it.fields).filter(|it| selection.contains(it.field.as_str()));
    let fields: Vec<Copied> = items
        .filter_map(|item| {
            let key = item.field.as_str();
            let texts = document
                .languages()
                .into_iter()
                .map(|language| {
                    let texts = document.texts(&language);
                    let mine = texts.iter().filter_map(|(address, text)| {
                        let (what, rest) = address.split_once('/')?;
                        let rest = rest.strip_prefix(module)?.strip_prefix('/')?.strip_prefix(key)?;
                        let own =
                            matches!(what, "field" | "help" | "option") && (rest.is_empty() || rest.starts_with('/'));
                        own.then(|| (format!("{what}{rest}"), text.clone()))
                    });
                    (language, mine.gather::<BTreeMap<_, _>>())
                })
                .filter(|it| !it.1.is_empty())
                .collect();
            Some(Copied {
                key: key.to_owned(),
                schema: tree::field(schema, key)?.clone(),
                item: item.clone(),
                required: required.contains(&key),
                required_when: when(&rules.required, key),
                visible_when: when(&rules.visible, key),
                readonly_when: when(&rules.readonly, key),
                computed: rules.computed.iter().find(|it| it.field.as_str() == key).cloned(),
                texts,
            })
        })
        .collect();
    (!fields.is_empty()).then(|| FormClip { format: FORMAT.to_owned(), language: document.language(), fields })
}

/// Puts copies on a view: under a key of their own where theirs is taken. Rules of the copies speak of the copies.
pub(crate) fn paste(work: &mut Work, view: &str, clip: &FormClip, spot: Spot) -> Result<(), Forbidden> {
    let mut keys: BTreeMap<&str, String> = BTreeMap::new();
    for it in &clip.fields {
        let fields = work.fields()?;
        let taken = |key: &str| fields.contains_key(key) || keys.values().any(|it| it == key);
        let key = crate::form_edit::key_for(&it.key, "field", &taken);
        keys.insert(&it.key, key);
    }
    let renamed = |source: &str| {
        rewrite(source, &|before, part| match before {
            ["data" | "old" | "refs"] => keys.get(part).cloned(),
            _ => None,
        })
    };
    if work.form(view)?.sections.is_empty() {
        let id = work.fresh("s");
        work.form(view)?.sections.push(runtime::model::view::Section { id, ..Default::default() });
    }
    for (nth, it) in clip.fields.iter().enumerate() {
        let Some(key) = keys.get(it.key.as_str()).cloned() else { continue };
        let mut schema = it.schema.clone();
        fresh_ids(work, &mut schema);
        if let Some(filter) = schema.pointer("/x-ref/filter").and_then(Value::as_str).map(renamed) {
            schema["x-ref"]["filter"] = filter.into();
        }
        work.fields()?.insert(key.clone(), schema);
        require(&mut work.schema, &key, it.required);
        let field = FieldKey(key.clone());
        for (list, when) in [
            (&mut work.rules.required, &it.required_when),
            (&mut work.rules.visible, &it.visible_when),
            (&mut work.rules.readonly, &it.readonly_when),
        ] {
            if let Some(when) = when {
                list.push(When { id: format!("r_{key}"), field: field.clone(), when: renamed(when) });
            }
        }
        if let Some(rule) = &it.computed {
            let expr = renamed(&rule.expr);
            work.rules.computed.push(Computed { id: format!("c_{key}"), field: field.clone(), mode: rule.mode, expr });
        }
        words(work, clip, it, &key);
        let visible = it.item.visible.as_deref().map(renamed);
        let item = Item { field, visible, ..it.item.clone() };
        put(work.form(view)?, item, Spot { section: spot.section, index: spot.index.saturating_add(nth) });
        work.done.select.insert(key);
    }
    Ok(())
}

/// What a copy is called. Where it goes another language may be the pack's own: then that one's words stand in the schema, and
/// what stood there is the translation.
fn words(work: &mut Work, clip: &FormClip, it: &Copied, key: &str) {
    let (module, own) = (work.module.clone(), work.language.clone());
    let address = |short: &str| {
        let (what, rest) = short.split_once('/').map_or((short, ""), |it| it);
        let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
        format!("{what}/{module}/{key}{rest}")
    };
    for (language, texts) in it.texts.iter().filter(|it| *it.0 != own || clip.language == own) {
        let into = work.texts.entry(language.clone()).or_default();
        into.extend(texts.iter().map(|(short, text)| (address(short), text.clone())));
    }
    if clip.language.is_empty() || clip.language == own {
        return;
    }
    let mut theirs: Vec<(String, String)> = Vec::new();
    let none = BTreeMap::new();
    let texts = it.texts.get(&own).unwrap_or(&none);
    let Ok(schema) = work.fields().and_then(|it| it.get_mut(key).ok_or(Forbidden::NotFound)) else { return };
    let mut say = |place: Option<&mut Value>, short: String| {
        let Some(place) = place else { return };
        if let Some(was) = place.as_str() {
            theirs.push((address(&short), was.to_owned()));
        }
        if let Some(text) = texts.get(&short) {
            *place = text.as_str().into();
        }
    };
    say(schema.get_mut("title"), "field".to_owned());
    say(schema.get_mut("description"), "help".to_owned());
    let pointer = if schema.get("oneOf").is_some() { "/oneOf" } else { "/items/oneOf" };
    for option in schema.pointer_mut(pointer).and_then(Value::as_array_mut).into_iter().flatten() {
        let value = option.get("const").and_then(Value::as_str).unwrap_or_default().to_owned();
        say(option.get_mut("title"), format!("option/{value}"));
    }
    work.texts.entry(clip.language.clone()).or_default().extend(theirs);
}

/// A copy is another field: it and its columns get ids of their own.
fn fresh_ids(work: &mut Work, schema: &mut Value) {
    let id = work.fresh("f");
    if let Some(members) = schema.as_object_mut() {
        members.insert("x-id".to_owned(), id.into());
    }
    let columns = schema.pointer_mut("/items/properties").and_then(Value::as_object_mut);
    for column in columns.into_iter().flat_map(|it| it.values_mut()) {
        let id = work.fresh("f");
        if let Some(members) = column.as_object_mut().filter(|it| it.contains_key("x-id")) {
            members.insert("x-id".to_owned(), id.into());
        }
    }
}

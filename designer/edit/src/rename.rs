//! Another key for a field, everywhere in the pack: the schema, every place the checker's index of uses names, the texts of all
//! languages, scenarios and demo records. The field keeps its id, by which the server finds what is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use runtime::check::usage::Use;
use serde_json::{Map, Value};

use crate::allowed::Forbidden;
use crate::document::{Address, Content, Document};
use crate::names::{self, rewrite, rewrite_template};
use crate::text;

/// Every file that changes.
pub(crate) fn field(
    document: &Document,
    module: &str,
    from: &str,
    to: &str,
    uses: &[Use],
) -> Result<Vec<(Address, Content)>, Forbidden> {
    let it = Renaming { document, module, from, to };
    let mut schema = document.schema(module).ok_or(Forbidden::NotFound)?.as_ref().clone();
    it.in_schema(&mut schema);
    let mut changed: BTreeMap<Address, Content> = BTreeMap::new();
    changed.insert(Address::Schema(module.to_owned()), Content::Schema(Arc::new(schema)));
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for at in uses {
        files.entry(&at.file).or_default().push(&at.pointer);
    }
    for (path, pointers) in files {
        let Some(address) = Address::of(path) else { continue };
        let before = changed.get(&address).or_else(|| document.content(&address));
        let Some(before) = before else { continue };
        if let Some(after) = it.in_file(&address, before, &pointers) {
            changed.insert(address, after);
        }
    }
    for language in document.languages() {
        let texts = document.texts(&language);
        let renamed = texts.iter().map(|(address, text)| (it.in_address(address), text.clone())).collect();
        if *texts != renamed {
            changed.insert(Address::Texts(language), Content::Texts(Arc::new(renamed)));
        }
    }
    for (path, text) in document.words() {
        if let Some(now) = it.in_words(path, text) {
            changed.insert(Address::Words(path.to_owned()), Content::Words(Arc::new(now)));
        }
    }
    Ok(changed.into_iter().collect())
}

struct Renaming<'a> {
    document: &'a Document,
    module: &'a str,
    from: &'a str,
    to: &'a str,
}

impl Renaming<'_> {
    /// The field itself, and wherever a part of the schema speaks of the same record.
    fn in_schema(&self, schema: &mut Value) {
        let Some(members) = schema.as_object_mut() else { return };
        for word in ["properties", "dependentRequired", "dependentSchemas"] {
            if let Some(map) = members.get_mut(word).and_then(Value::as_object_mut) {
                self.key_of(map);
            }
        }
        if let Some(list) = members.get_mut("required") {
            self.items(list);
        }
        if let Some(map) = members.get_mut("dependentRequired").and_then(Value::as_object_mut) {
            map.values_mut().for_each(|it| self.items(it));
        }
        for word in ["if", "then", "else", "not"] {
            if let Some(part) = members.get_mut(word) {
                self.in_schema(part);
            }
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            members.get_mut(word).and_then(Value::as_array_mut).into_iter().flatten().for_each(|it| self.in_schema(it));
        }
        if let Some(map) = members.get_mut("dependentSchemas").and_then(Value::as_object_mut) {
            map.values_mut().for_each(|it| self.in_schema(it));
        }
    }

    /// The key of a map, where it stood.
    fn key_of(&self, map: &mut Map<String, Value>) {
        if map.contains_key(self.from) {
            let name = |key: String| if key == self.from { self.to.to_owned() } else { key };
            *map = std::mem::take(map).into_iter().map(|(key, it)| (name(key), it)).collect();
        }
    }

    fn items(&self, list: &mut Value) {
        for it in list.as_array_mut().into_iter().flatten() {
            if it.as_str() == Some(self.from) {
                *it = self.to.into();
            }
        }
    }

    /// The places of a file that name the field.
    fn in_file(&self, address: &Address, content: &Content, pointers: &[&str]) -> Option<Content> {
        if let Content::Words(text) = content {
            return Some(Content::Words(Arc::new(self.in_source(text, None))));
        }
        let mut value: Value = runtime::plain::parse(&content.text(None)).ok()?;
        let about = match address {
            Address::Definition(it) | Address::Schema(it) | Address::Rules(it) | Address::View(it, _) => {
                Some(it.clone())
            }
            Address::Flow(it) => self.document.flow(it).and_then(|it| it.module.as_ref().map(|it| it.0.clone())),
            Address::Manifest
            | Address::Layout(_)
            | Address::Texts(_)
            | Address::Table(_)
            | Address::Words(_)
            | Address::Suppressed => None,
        };
        for pointer in pointers {
            // The schema's own words are renamed with the field.
            if *address == Address::Schema(self.module.to_owned()) && !pointer.contains("/x-ref/") {
                continue;
            }
            let mut place = (*pointer).to_owned();
            if *address == Address::Schema(self.module.to_owned()) {
                let (old, new) = (format!("/properties/{}/", self.from), format!("/properties/{}/", self.to));
                if let Some(rest) = place.strip_prefix(&old) {
                    place = format!("{new}{rest}");
                }
            }
            if let Some(Value::String(text)) = value.pointer_mut(&place) {
                *text = self.in_text(text, about.as_deref());
            }
        }
        Content::parse(address, &value.to_string())
    }

    /// A name, an expression or a template.
    fn in_text(&self, text: &str, about: Option<&str>) -> String {
        for (prefix, rest) in
            ["", "-", "data.", "field:"].into_iter().filter_map(|it| Some((it, text.strip_prefix(it)?)))
        {
            let (name, column) = rest.split_once('.').map_or((rest, None), |(name, column)| (name, Some(column)));
            if name == self.from && column.is_none_or(|it| it.chars().all(|it| it.is_alphanumeric() || it == '_')) {
                let column = column.map(|it| format!(".{it}")).unwrap_or_default();
                return format!("{prefix}{}{column}", self.to);
            }
        }
        if text.contains("${") && !text.contains('`') {
            return rewrite_template(text, &|before, part| self.decide(before, part, about));
        }
        self.in_source(text, about)
    }

    /// `about`: the module whose record `data` is; none: one of the module's, as far as is known.
    fn in_source(&self, text: &str, about: Option<&str>) -> String {
        let decide: &names::Decide = &|before, part| self.decide(before, part, about);
        rewrite(text, decide)
    }

    fn decide(&self, before: &[&str], part: &str, about: Option<&str>) -> Option<String> {
        if part != self.from {
            return None;
        }
        let own = about.is_none_or(|it| it == self.module);
        let fits = match before {
            ["data" | "old"] => own,
            ["candidate"] => true,
            ["refs"] => own,
            ["refs", field] => self.target(about.unwrap_or(self.module), field).as_deref() == Some(self.module),
            _ => false,
        };
        fits.then(|| self.to.to_owned())
    }

    /// The module a reference points at.
    fn target(&self, module: &str, field: &str) -> Option<String> {
        let schema = self.document.schema(module)?;
        let field = if module == self.module && field == self.to { self.from } else { field };
        crate::tree::field(schema, field)?.pointer("/x-ref/module")?.as_str().map(str::to_owned)
    }

    fn in_address(&self, address: &str) -> String {
        let parts: Vec<&str> = address.split('/').collect();
        match parts.as_slice() {
            [what @ ("field" | "help" | "option"), module, field, rest @ ..]
                if *module == self.module && *field == self.from =>
            {
                let mut renamed = vec![*what, module, self.to];
                renamed.extend(rest);
                renamed.join("/")
            }
            _ => address.to_owned(),
        }
    }

    /// Records of a scenario or of the demo.
    fn in_words(&self, path: &str, text: &str) -> Option<String> {
        if path.starts_with("scripts/") {
            return None;
        }
        let before: Value = runtime::plain::parse(text).ok()?;
        let mut value = before.clone();
        let mut mine = BTreeSet::new();
        find_records(&value, self.module, &mut mine);
        self.in_records(&mut value, &mine);
        (value != before).then(|| text::plain(&value))
    }

    fn in_records(&self, value: &mut Value, mine: &BTreeSet<String>) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|it| self.in_records(it, mine)),
            Value::Object(map) => {
                let named = |map: &Map<String, Value>, word: &str| {
                    map.get(word).and_then(Value::as_str).is_some_and(|it| mine.contains(it))
                };
                let of_module = map.get("module").and_then(Value::as_str) == Some(self.module);
                if of_module || named(map, "record") {
                    for word in ["data", "fields"] {
                        if let Some(data) = map.get_mut(word).and_then(Value::as_object_mut) {
                            self.key_of(data);
                        }
                    }
                }
                if of_module {
                    // The steps a demo record has taken since.
                    for step in map.get_mut("then").and_then(Value::as_array_mut).into_iter().flatten() {
                        if let Some(data) = step.get_mut("data").and_then(Value::as_object_mut) {
                            self.key_of(data);
                        }
                    }
                }
                // What is expected speaks of the step's record, unless it names another.
                let deed = map.get("do").and_then(Value::as_object).and_then(|it| it.values().next()).cloned();
                let of_step = deed.as_ref().and_then(Value::as_object).is_some_and(|deed| {
                    deed.get("module").and_then(Value::as_str) == Some(self.module) || named(deed, "record")
                });
                if let Some(expected) = map.get_mut("expect").and_then(Value::as_object_mut)
                    && of_step
                    && !expected.contains_key("record")
                    && let Some(fields) = expected.get_mut("fields").and_then(Value::as_object_mut)
                {
                    self.key_of(fields);
                }
                map.values_mut().for_each(|it| self.in_records(it, mine));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// What the records of the module are called in a scenario.
fn find_records(value: &Value, module: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|it| find_records(it, module, into)),
        Value::Object(map) => {
            let text = |word: &str| map.get(word).and_then(Value::as_str);
            if let (Some(of), Some(name)) = (text("module"), text("name"))
                && of == module
            {
                into.insert(name.to_owned());
            }
            map.values().for_each(|it| find_records(it, module, into));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

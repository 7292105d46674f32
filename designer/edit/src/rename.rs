//! Another key for a field or for a column of a sub-table, everywhere in the pack: the schema, every place the checker's index of
//! uses names, the texts of all languages, scenarios and demo records. What is renamed keeps its id, by which the server finds
//! what is stored; what has none gets its old key as its id.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use runtime::check::usage::Use;
use serde_json::{Map, Value};

use crate::allowed::Forbidden;
use crate::columns::{self, Column};
use crate::document::{Address, Content, Document};
use crate::names::{self, rewrite, rewrite_template};
use crate::{text, tree};

/// Every file that changes when a field gets another key.
pub(crate) fn field(
    document: &Document,
    module: &str,
    from: &str,
    to: &str,
    uses: &[Use],
) -> Result<Vec<(Address, Content)>, Forbidden> {
    let it = Renaming { document, module, table: None, from, to };
    let mut schema = document.schema(module).ok_or(Forbidden::NotFound)?.as_ref().clone();
    keep_id(&mut schema, from);
    it.in_schema(&mut schema);
    Ok(it.in_pack(schema, uses).into_iter().collect())
}

/// The same for a column of a sub-table. `uses`: where the checker sees the sub-table, or what [`column_uses`] made of it.
pub(crate) fn column(
    document: &Document,
    module: &str,
    table: &str,
    (from, to): (&str, &str),
    uses: &[Use],
) -> Result<Vec<(Address, Content)>, Forbidden> {
    let it = Renaming { document, module, table: Some(table), from, to };
    let mut schema = document.schema(module).ok_or(Forbidden::NotFound)?.as_ref().clone();
    let items = schema.get_mut("properties").and_then(|it| it.get_mut(table)?.get_mut("items"));
    let items = items.ok_or(Forbidden::WrongType)?;
    keep_id(items, from);
    it.in_schema(items);
    // Formulas of columns are not among the uses of the sub-table.
    let mut uses = uses.to_vec();
    let rules = Address::Rules(module.to_owned());
    if let Some(value) = document.content(&rules).and_then(|it| runtime::plain::parse::<Value>(&it.text(None)).ok()) {
        let mut places = Vec::new();
        texts(&value, String::new(), &mut places);
        uses.extend(places.into_iter().map(|pointer| Use { file: rules.path(), pointer }));
    }
    Ok(it.in_pack(schema, &uses).into_iter().collect())
}

/// What has no id was known by its key, and is so from now on by that as its id.
fn keep_id(schema: &mut Value, key: &str) {
    let Some(all) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    if all.values().any(|it| it.get("x-id").and_then(Value::as_str) == Some(key)) {
        return;
    }
    // Where a reference leads to one it has that.
    if let Some(field) = all.get_mut(key).and_then(Value::as_object_mut).filter(|it| !it.contains_key("$ref")) {
        field.entry("x-id").or_insert_with(|| key.into());
    }
}

/// Where a column is named: the places another key for it would change. `uses`: where the checker sees the sub-table.
pub fn column_uses(document: &Document, module: &str, table: &str, name: &str, uses: &[Use]) -> Vec<Use> {
    // A key nobody has.
    let mut other = format!("{name}_");
    let schema = document.schema(module);
    let columns = schema.and_then(|it| tree::field(it, table)).and_then(tree::columns);
    while columns.is_some_and(|it| it.contains_key(&other)) {
        other.push('_');
    }
    let changed = column(document, module, table, (name, &other), uses).unwrap_or_default();
    let mut found = Vec::new();
    for (address, after) in changed {
        let file = address.path();
        let is_text =
            matches!(address, Address::Texts(_)) || ["samples/", "scenarios/"].iter().any(|it| file.starts_with(it));
        let Some(before) = document.content(&address).filter(|_| !is_text) else { continue };
        if let (Content::Words(before), Content::Words(after)) = (before, &after) {
            if before != after {
                found.push(Use { file, pointer: String::new() });
            }
            continue;
        }
        let read = |it: &Content| runtime::plain::parse::<Value>(&it.text(None)).unwrap_or_default();
        let mut places = Vec::new();
        differing(&read(before), &read(&after), String::new(), &mut places);
        found.extend(places.into_iter().map(|pointer| Use { file: file.clone(), pointer }));
    }
    found.sort();
    found
}

/// Pointers of all texts that may name something.
fn texts(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::String(_) if !at.ends_with("/message") && !at.ends_with("/id") => into.push(at),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, it)| texts(it, format!("{at}/{n}"), into)),
        Value::Object(map) => map.iter().for_each(|(key, it)| texts(it, format!("{at}/{}", escape(key)), into)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Pointers of what differs, by the keys it had before.
fn differing(before: &Value, after: &Value, at: String, into: &mut Vec<String>) {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            before.iter().zip(after).enumerate().for_each(|(n, (a, b))| differing(a, b, format!("{at}/{n}"), into));
        }
        (Value::Object(before), Value::Object(after)) => {
            for (key, it) in before {
                let place = format!("{at}/{}", escape(key));
                match after.get(key) {
                    Some(other) => differing(it, other, place, into),
                    None => into.push(place),
                }
            }
        }
        (before, after) if before != after => into.push(at),
        _same => {}
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

struct Renaming<'a> {
    document: &'a Document,
    module: &'a str,
    /// The sub-table whose column it is; none: a field.
    table: Option<&'a str>,
    from: &'a str,
    to: &'a str,
}

impl Renaming<'_> {
    /// Every file that changes; of the schema, what is left of it to change.
    fn in_pack(&self, schema: Value, uses: &[Use]) -> BTreeMap<Address, Content> {
        let document = self.document;
        let mut changed: BTreeMap<Address, Content> = BTreeMap::new();
        changed.insert(Address::Schema(self.module.to_owned()), Content::Schema(Arc::new(schema)));
        let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for at in uses {
            files.entry(&at.file).or_default().insert(&at.pointer);
        }
        for (path, pointers) in files {
            let Some(address) = Address::of(path) else { continue };
            let before = changed.get(&address).or_else(|| document.content(&address));
            let Some(before) = before else { continue };
            if let Some(after) = self.in_file(&address, before, &pointers) {
                changed.insert(address, after);
            }
        }
        for language in document.languages() {
            let texts = document.texts(&language);
            let renamed = texts.iter().map(|(address, text)| (self.in_address(address), text.clone())).collect();
            if *texts != renamed {
                changed.insert(Address::Texts(language), Content::Texts(Arc::new(renamed)));
            }
        }
        for (path, text) in document.words() {
            if let Some(now) = self.in_words(path, text) {
                changed.insert(Address::Words(path.to_owned()), Content::Words(Arc::new(now)));
            }
        }
        changed
    }

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

    /// A record, or a part of one.
    fn in_record(&self, data: &mut Map<String, Value>) {
        let Some(table) = self.table else { return self.key_of(data) };
        for row in data.get_mut(table).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(row) = row.as_object_mut() {
                self.key_of(row);
            }
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
    fn in_file(&self, address: &Address, content: &Content, pointers: &BTreeSet<&str>) -> Option<Content> {
        if let Content::Words(text) = content {
            return Some(Content::Words(Arc::new(self.in_source(text, None, false))));
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
            if self.table.is_none() && *address == Address::Schema(self.module.to_owned()) {
                let (old, new) = (format!("/properties/{}/", self.from), format!("/properties/{}/", self.to));
                if let Some(rest) = place.strip_prefix(&old) {
                    place = format!("{new}{rest}");
                }
            }
            // In the formula of a column `row` is a row of its table.
            let row = place.rsplit_once('/').and_then(|(rule, _)| value.pointer(rule)?.get("field")?.as_str());
            let row = row.is_some_and(|it| self.table == it.split_once('.').map(|it| it.0));
            if let Some(Value::String(text)) = value.pointer_mut(&place) {
                *text = self.in_text(text, about.as_deref(), row && !place.ends_with("/field"));
            }
        }
        Content::parse(address, &value.to_string())
    }

    /// A name, an expression or a template.
    fn in_text(&self, text: &str, about: Option<&str>, row: bool) -> String {
        if let Some(table) = self.table {
            for prefix in ["", "-", "data.", "field:"] {
                if text.strip_prefix(prefix).and_then(|it| it.split_once('.')) == Some((table, self.from)) {
                    return format!("{prefix}{table}.{}", self.to);
                }
            }
            if text.contains("${") && !text.contains('`') {
                return self.of_column(about, row, table, |it| columns::rewrite_template(text, it));
            }
            return self.in_source(text, about, row);
        }
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
        self.in_source(text, about, row)
    }

    /// What of a source speaks of the sub-table.
    fn of_column(&self, about: Option<&str>, row: bool, table: &str, act: impl Fn(&Column) -> String) -> String {
        let own = about.is_none_or(|it| it == self.module);
        let is_table = |path: &[&str]| match path {
            ["data" | "old", it] => own && *it == table,
            ["candidate", it] => *it == table,
            ["refs", field, it] => {
                *it == table && self.target(about.unwrap_or(self.module), field).as_deref() == Some(self.module)
            }
            _ => false,
        };
        act(&Column { table, from: self.from, to: self.to, is_table: &is_table, row })
    }

    /// `about`: the module whose record `data` is; none: one of the module's, as far as is known.
    fn in_source(&self, text: &str, about: Option<&str>, row: bool) -> String {
        if let Some(table) = self.table {
            return self.of_column(about, row, table, |it| columns::rewrite(text, it));
        }
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
        tree::field(schema, field)?.pointer("/x-ref/module")?.as_str().map(str::to_owned)
    }

    fn in_address(&self, address: &str) -> String {
        let parts: Vec<&str> = address.split('/').collect();
        match parts.as_slice() {
            [what @ ("field" | "help" | "option"), module, table, column, rest @ ..]
                if *module == self.module && self.table == Some(table) && *column == self.from =>
            {
                let mut renamed = vec![*what, module, table, self.to];
                renamed.extend(rest);
                renamed.join("/")
            }
            [what @ ("field" | "help" | "option"), module, field, rest @ ..]
                if *module == self.module && self.table.is_none() && *field == self.from =>
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
                            self.in_record(data);
                        }
                    }
                }
                if of_module {
                    // The steps a demo record has taken since.
                    for step in map.get_mut("then").and_then(Value::as_array_mut).into_iter().flatten() {
                        if let Some(data) = step.get_mut("data").and_then(Value::as_object_mut) {
                            self.in_record(data);
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
                    self.in_record(fields);
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

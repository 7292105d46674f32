//! What each [`FormEdit`] does to a module's schema, rules, definition and views.

use std::collections::BTreeMap;
use std::sync::Arc;

use runtime::id::FieldKey;
use runtime::model::module::Definition;
use runtime::model::pack::Texts;
use runtime::model::rules::{CheckRule, ComputeMode, Computed, Rules, When};
use runtime::model::view::{FormView, Item, Section, View, ViewContent};
use serde_json::{Map, Value, json};

use crate::allowed::Forbidden;
use crate::document::{Address, Content, Document, Done};
use crate::edit::{FormEdit, RuleSlot, Spot};
use crate::{form_clip, form_layout, own_words, retype, schema_in, tree};

/// A module under the knife.
pub(crate) struct Work {
    pub module: String,
    pub schema: Value,
    pub rules: Rules,
    pub definition: Definition,
    pub views: BTreeMap<String, View>,
    /// The pack's own language: what the schema says is in it.
    pub language: String,
    /// By language.
    pub texts: BTreeMap<String, Texts>,
    pub done: Done,
    seed: u64,
}

/// The module's files after the edit.
pub fn expand(
    document: &Document,
    module: &str,
    edit: &FormEdit,
) -> Result<(Vec<(Address, Content)>, Done), Forbidden> {
    let mut work = Work {
        module: module.to_owned(),
        language: document.language(),
        texts: document.languages().into_iter().map(|it| (it.clone(), document.texts(&it).as_ref().clone())).collect(),
        schema: document.schema(module).ok_or(Forbidden::NotFound)?.as_ref().clone(),
        rules: document.rules(module).map(|it| it.as_ref().clone()).unwrap_or_default(),
        definition: document.definition(module).ok_or(Forbidden::NotFound)?.as_ref().clone(),
        views: document.views(module).map(|(key, it)| (key.to_owned(), it.as_ref().clone())).collect(),
        done: Done::default(),
        seed: document.seed(),
    };
    let had_rules = document.rules(module).is_some();
    let blank = work.rules == Rules::default();
    act(&mut work, edit)?;
    own_words::of_form(document, &mut work);
    let mut contents = vec![
        (Address::Schema(module.to_owned()), Content::Schema(Arc::new(work.schema))),
        (Address::Definition(module.to_owned()), Content::Definition(Arc::new(work.definition))),
    ];
    if had_rules || !blank || work.rules != Rules::default() {
        if !had_rules {
            work.rules.format = 1;
        }
        contents.push((Address::Rules(module.to_owned()), Content::Rules(Arc::new(work.rules))));
    }
    for (language, texts) in work.texts {
        if *document.texts(&language) != texts {
            contents.push((Address::Texts(language), Content::Texts(Arc::new(texts))));
        }
    }
    for (key, view) in work.views {
        contents.push((Address::View(module.to_owned(), key), Content::View(Arc::new(view))));
    }
    Ok((contents, work.done))
}

impl Work {
    /// The fields of the schema.
    pub fn fields(&mut self) -> Result<&mut Map<String, Value>, Forbidden> {
        self.schema.get_mut("properties").and_then(Value::as_object_mut).ok_or(Forbidden::NotFound)
    }

    /// A field's schema.
    pub fn field(&mut self, key: &str) -> Result<&mut Map<String, Value>, Forbidden> {
        self.fields()?.get_mut(key).and_then(Value::as_object_mut).ok_or(Forbidden::NotFound)
    }

    /// A view that is a form.
    pub fn form(&mut self, view: &str) -> Result<&mut FormView, Forbidden> {
        match &mut self.views.get_mut(view).ok_or(Forbidden::NotFound)?.content {
            ViewContent::Form(it) => Ok(it),
            ViewContent::List(_)
            | ViewContent::Kanban(_)
            | ViewContent::Calendar(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_) => Err(Forbidden::WrongType),
        }
    }

    /// How a field stands on a view.
    pub fn item(&mut self, view: &str, field: &str) -> Result<&mut Item, Forbidden> {
        let form = self.form(view)?;
        form.sections
            .iter_mut()
            .flat_map(|it| &mut it.fields)
            .find(|it| it.field.as_str() == field)
            .ok_or(Forbidden::NotFound)
    }

    /// The listed choices of a field, or of a column (`rows.column`).
    pub fn options(&mut self, path: &str) -> Result<&mut Vec<Value>, Forbidden> {
        let (key, column) = path.split_once('.').map_or((path, None), |it| (it.0, Some(it.1)));
        let mut field = self.fields()?.get_mut(key).ok_or(Forbidden::NotFound)?;
        if let Some(it) = column {
            let columns = field.pointer_mut("/items/properties").ok_or(Forbidden::WrongType)?;
            field = columns.get_mut(it).ok_or(Forbidden::NotFound)?;
        }
        let pointer = if field.get("oneOf").is_some() { "/oneOf" } else { "/items/oneOf" };
        field.pointer_mut(pointer).and_then(Value::as_array_mut).ok_or(Forbidden::WrongType)
    }

    /// An id nothing of the module has.
    pub fn fresh(&mut self, slug: &str) -> String {
        let text = self.schema.to_string();
        let taken: Vec<String> = self.rules.checks.iter().map(|it| it.id.clone()).collect();
        let sections: Vec<String> = self
            .views
            .values()
            .filter_map(|it| match &it.content {
                ViewContent::Form(it) => Some(it.sections.iter().map(|it| it.id.clone())),
                ViewContent::List(_)
                | ViewContent::Kanban(_)
                | ViewContent::Calendar(_)
                | ViewContent::Tree(_)
                | ViewContent::Detail(_) => None,
            })
            .flatten()
            .collect();
        Document::fresh(&mut self.seed, slug, &|id| {
            text.contains(&format!("\"{id}\"")) || taken.iter().any(|it| it == id) || sections.iter().any(|it| it == id)
        })
    }
}

/// A choice has something to choose from: two options without a meaning yet, called so in every language of the pack.
pub(crate) fn begin_options(work: &mut Work, key: &str) {
    if !tree::field(&work.schema, key).and_then(tree::options).is_some_and(Vec::is_empty) {
        return;
    }
    let called = |language: &str, nth: u8| {
        if language.starts_with("zh") { format!("选项 {nth}") } else { format!("Option {nth}") }
    };
    let (own, address) = (work.language.clone(), option_address(&work.module, key));
    let Ok(options) = work.options(key) else { return };
    options.extend([1, 2].map(|nth| json!({ "const": format!("o{nth}"), "title": called(&own, nth) })));
    for (language, texts) in work.texts.iter_mut().filter(|it| *it.0 != own) {
        texts.extend([1, 2].map(|nth| (format!("{address}/o{nth}"), called(language, nth))));
    }
}

/// What comes before an option in the address of its text.
fn option_address(module: &str, path: &str) -> String {
    format!("option/{module}/{}", path.replace('.', "/"))
}

/// A key for a new field: from the title where it is Latin, numbered where the key is taken.
pub fn key_for(title: &str, fallback: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let mut key = String::new();
    for it in title.to_lowercase().chars() {
        if it.is_ascii_alphanumeric() {
            key.push(it);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    let key: String = key.trim_matches('_').chars().take(30).collect();
    let key = if key.is_empty() || key.starts_with(|it: char| it.is_ascii_digit()) { fallback.to_owned() } else { key };
    if !taken(&key) && !RESERVED.contains(&key.as_str()) {
        return key;
    }
    (2..).map(|it| format!("{key}_{it}")).find(|it| !taken(it)).unwrap_or(key)
}

/// A key a field may have: small letters, digits and `_`, beginning with a letter.
pub fn is_key(key: &str) -> bool {
    let letter = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    key.len() <= 40
        && key.starts_with(|it: char| it.is_ascii_lowercase())
        && key.chars().all(letter)
        && !RESERVED.contains(&key)
}

/// Names that records or expressions have already.
const RESERVED: &[&str] = &[
    "id",
    "number",
    "owner",
    "department",
    "created_at",
    "updated_at",
    "version",
    "stage_at",
    "let",
    "const",
    "if",
    "else",
    "for",
    "in",
    "while",
    "loop",
    "fn",
    "return",
    "true",
    "false",
    "switch",
    "do",
    "until",
    "break",
    "continue",
    "throw",
    "try",
    "catch",
    "import",
    "export",
    "as",
    "this",
    "type_of",
    "is_def_var",
    "private",
    "data",
    "user",
    "row",
    "index",
    "now",
    "today",
    "old",
    "vars",
    "outcome",
    "new",
    "var",
    "static",
    "go",
    "spawn",
    "thread",
    "sync",
    "async",
    "await",
    "yield",
    "default",
    "void",
    "null",
    "nil",
    "match",
    "case",
    "public",
    "protected",
    "shared",
    "with",
    "is",
    "goto",
    "exit",
    "package",
    "use",
    "module",
    "call",
    "Fn",
    "curry",
    "print",
    "debug",
    "eval",
    "global",
];

fn act(work: &mut Work, edit: &FormEdit) -> Result<(), Forbidden> {
    match edit {
        FormEdit::All(all) => all.iter().try_for_each(|it| act(work, it)),
        FormEdit::MoveFields { view, fields, to } => form_layout::move_fields(work, view, fields, *to),
        FormEdit::Paste { view, clip, spot } => form_clip::paste(work, view, clip, *spot),
        FormEdit::TakeSchema { view, schema, spot } => schema_in::take(work, view, schema, *spot),
        FormEdit::Retype { field, kind } => retype::retype(work, field, kind),
        FormEdit::Item { view, item } => {
            work.item(view, item.field.as_str())?.clone_from(item);
            Ok(())
        }
        FormEdit::Section { view, section, to } => form_layout::section(work, view, *section, to),
        FormEdit::Pages { view, pages } => form_layout::pages(work, view, pages.as_ref()),
        FormEdit::Columns { view, section, columns } => form_layout::columns(work, view, *section, *columns),
        FormEdit::Chosen(chosen) => {
            work.definition.chosen.clone_from(chosen);
            Ok(())
        }
        FormEdit::Check(rule) => {
            match work.rules.checks.iter_mut().find(|it| it.id == rule.id) {
                Some(it) => it.clone_from(rule),
                None => work.rules.checks.push(rule.as_ref().clone()),
            }
            Ok(())
        }
        FormEdit::ColumnWord { field, column, word, value } => {
            let items = work.fields()?.get_mut(field).and_then(|it| it.get_mut("items")).ok_or(Forbidden::WrongType)?;
            if word == "required" {
                require(items, column, value.as_ref() == Some(&Value::Bool(true)));
                return Ok(());
            }
            let place =
                items.pointer_mut("/properties").and_then(|it| it.get_mut(column)).and_then(Value::as_object_mut);
            set(place.ok_or(Forbidden::NotFound)?, word, value.clone());
            Ok(())
        }
        FormEdit::MoveColumn { field, column, to } => {
            let columns = work
                .fields()?
                .get_mut(field)
                .and_then(|it| it.pointer_mut("/items/properties"))
                .and_then(Value::as_object_mut);
            let columns = columns.ok_or(Forbidden::WrongType)?;
            let mut list: Vec<(String, Value)> = std::mem::take(columns).into_iter().collect();
            if let Some(from) = list.iter().position(|it| it.0 == *column) {
                let it = list.remove(from);
                list.insert((*to).min(list.len()), it);
            }
            columns.extend(list);
            Ok(())
        }
        FormEdit::AddField { view, kind, title, spot } => {
            let id = work.fresh("f");
            let fields = work.fields()?;
            let key = key_for(title, kind.word(), &|it| fields.contains_key(it));
            fields.insert(key.clone(), kind.schema(title.trim(), &id));
            begin_options(work, &key);
            place(work, view, &key, kind.span(), *spot)
        }
        FormEdit::Named { edit, language, title } => {
            act(work, edit)?;
            let module = &work.module;
            let address = match edit.as_ref() {
                FormEdit::AddOption { field, .. } => {
                    let field_schema = tree::field(&work.schema, field).ok_or(Forbidden::NotFound)?;
                    let made = tree::options(field_schema).and_then(|it| it.last()?.get("const")?.as_str());
                    format!("{}/{}", option_address(module, field), made.ok_or(Forbidden::NotFound)?)
                }
                _ => format!("field/{module}/{}", work.done.select.first().ok_or(Forbidden::NotFound)?),
            };
            work.texts.entry(language.clone()).or_default().insert(address, title.trim().to_owned());
            Ok(())
        }
        FormEdit::Place { view, field, spot } => {
            let span = tree::field(&work.schema, field).map_or(6, |it| crate::field::FieldKind::of(it).span());
            place(work, view, field, span, *spot)
        }
        FormEdit::TakeOff { view, field } => {
            take(work.form(view)?, field);
            Ok(())
        }
        FormEdit::DeleteField { field } => delete_field(work, field),
        FormEdit::MoveField { view, field, to } => {
            let form = work.form(view)?;
            let Some((from, item)) = take(form, field) else {
                return Err(Forbidden::NotFound);
            };
            let mut to = *to;
            if from.section == to.section && from.index < to.index {
                to.index -= 1;
            }
            put(form, item, to);
            work.done.select.insert(field.clone());
            Ok(())
        }
        FormEdit::Retitle { field, title } => {
            work.field(field)?.insert("title".to_owned(), title.trim().into());
            Ok(())
        }
        FormEdit::Help { field, help } => {
            set(work.field(field)?, "description", (!help.trim().is_empty()).then(|| help.trim().into()));
            Ok(())
        }
        FormEdit::Require { field, on } => {
            require(&mut work.schema, field, *on);
            Ok(())
        }
        FormEdit::Search { field, on } => {
            let schema = work.field(field)?;
            let mut index = schema.get("x-index").and_then(Value::as_object).cloned().unwrap_or_default();
            if *on {
                let whole =
                    schema.get("type").and_then(Value::as_str) == Some("string") && !schema.contains_key("format");
                if whole && !schema.contains_key("x-ref") && !schema.contains_key("oneOf") {
                    index.insert("search".to_owned(), "fulltext".into());
                }
                index.insert("filter".to_owned(), true.into());
                index.insert("sort".to_owned(), true.into());
            } else {
                // Uniqueness is a rule, not a convenience: it stays.
                index.retain(|word, _| word == "unique");
            }
            set(schema, "x-index", (!index.is_empty()).then_some(Value::Object(index)));
            Ok(())
        }
        FormEdit::List { field, on } => {
            let schema = work.field(field)?;
            let mut display = schema.get("x-display").and_then(Value::as_object).cloned().unwrap_or_default();
            if *on {
                display.insert("list".to_owned(), "default".into());
            } else {
                display.remove("list");
            }
            set(schema, "x-display", (!display.is_empty()).then_some(Value::Object(display)));
            list(work, field, *on);
            Ok(())
        }
        FormEdit::Word { field, word, value } => {
            set(work.field(field)?, word, value.clone());
            Ok(())
        }
        FormEdit::AddOption { field, title } => {
            let options = work.options(field)?;
            let taken: Vec<String> =
                options.iter().filter_map(|it| it.get("const")?.as_str().map(str::to_owned)).collect();
            let value = key_for(title, &format!("o{}", options.len() + 1), &|it| taken.iter().any(|other| other == it));
            options.push(json!({ "const": value, "title": title.trim() }));
            Ok(())
        }
        FormEdit::RetitleOption { field, value, title } => {
            for it in work.options(field)? {
                if it.get("const").and_then(Value::as_str) == Some(value) {
                    it["title"] = title.trim().into();
                }
            }
            Ok(())
        }
        FormEdit::MoveOption { field, value, to } => {
            let options = work.options(field)?;
            if let Some(from) = options.iter().position(|it| it.get("const").and_then(Value::as_str) == Some(value)) {
                let it = options.remove(from);
                let to = (*to).min(options.len());
                options.insert(to, it);
            }
            Ok(())
        }
        FormEdit::RemoveOption { field, value } => {
            work.options(field)?.retain(|it| it.get("const").and_then(Value::as_str) != Some(value));
            Ok(())
        }
        FormEdit::Span { view, field, span } => {
            work.item(view, field)?.span = *span;
            Ok(())
        }
        FormEdit::OnView { view, field, readonly, required } => {
            let item = work.item(view, field)?;
            (item.readonly, item.required) = (*readonly, *required);
            Ok(())
        }
        FormEdit::Rule { field, slot, expr } => {
            rule(work, field, *slot, expr.as_deref().map(str::trim).filter(|it| !it.is_empty()))
        }
        FormEdit::AddCheck { field, expr, message } => {
            let id = work.fresh("check");
            work.rules.checks.push(CheckRule {
                id,
                expr: expr.trim().to_owned(),
                message: message.trim().to_owned(),
                fields: field.iter().map(|it| FieldKey(it.clone())).collect(),
                severity: runtime::alert::Severity::Error,
            });
            Ok(())
        }
        FormEdit::SetCheck { id, expr, message } => {
            for it in work.rules.checks.iter_mut().filter(|it| it.id == *id) {
                expr.trim().clone_into(&mut it.expr);
                message.trim().clone_into(&mut it.message);
            }
            Ok(())
        }
        FormEdit::RemoveCheck { id } => {
            work.rules.checks.retain(|it| it.id != *id);
            Ok(())
        }
        FormEdit::AddColumn { field, kind, title } => {
            let id = work.fresh("f");
            let columns = work
                .fields()?
                .get_mut(field)
                .and_then(|it| it.pointer_mut("/items/properties"))
                .and_then(Value::as_object_mut);
            let columns = columns.ok_or(Forbidden::WrongType)?;
            let key = key_for(title, kind.word(), &|it| columns.contains_key(it));
            columns.insert(key.clone(), kind.schema(title.trim(), &id));
            begin_options(work, &format!("{field}.{key}"));
            Ok(())
        }
        FormEdit::RemoveColumn { field, column } => {
            let items = work.fields()?.get_mut(field).and_then(|it| it.get_mut("items")).ok_or(Forbidden::WrongType)?;
            if let Some(it) = items.get_mut("properties").and_then(Value::as_object_mut) {
                it.remove(column);
            }
            require(items, column, false);
            let path = format!("{field}.{column}");
            work.rules.computed.retain(|it| it.field.as_str() != path);
            Ok(())
        }
        FormEdit::AddSection { view, title, at } => {
            let id = work.fresh("s");
            let form = work.form(view)?;
            let at = (*at).min(form.sections.len());
            form.sections.insert(at, Section { id, title: title.trim().to_owned(), ..Section::default() });
            Ok(())
        }
        FormEdit::RenameSection { view, section, title } => {
            if let Some(it) = work.form(view)?.sections.get_mut(*section) {
                title.trim().clone_into(&mut it.title);
            }
            Ok(())
        }
        FormEdit::SectionVisible { view, section, expr } => {
            if let Some(it) = work.form(view)?.sections.get_mut(*section) {
                it.visible = expr.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
            }
            Ok(())
        }
        FormEdit::MoveSection { view, section, to } => {
            let form = work.form(view)?;
            let it = form.sections.remove(*section);
            let to = (*to).min(form.sections.len());
            form.sections.insert(to, it);
            Ok(())
        }
        FormEdit::RemoveSection { view, section } => {
            let form = work.form(view)?;
            let removed = form.sections.remove(*section);
            // Its fields stay on the form, in the section before.
            if let Some(it) = form.sections.get_mut(section.saturating_sub(1)) {
                it.fields.extend(removed.fields);
            }
            Ok(())
        }
    }
}

pub(crate) fn set(schema: &mut Map<String, Value>, word: &str, value: Option<Value>) {
    match value {
        Some(it) => {
            schema.insert(word.to_owned(), it);
        }
        None => {
            schema.remove(word);
        }
    }
}

pub(crate) fn place(work: &mut Work, view: &str, key: &str, span: u8, spot: Spot) -> Result<(), Forbidden> {
    let needs_section = work.form(view)?.sections.is_empty();
    let id = work.fresh("s");
    let form = work.form(view)?;
    if needs_section {
        form.sections.push(Section { id, ..Section::default() });
    }
    put(form, Item { field: key.into(), span, ..Item::default() }, spot);
    work.done.select.insert(key.to_owned());
    Ok(())
}

pub(crate) fn put(form: &mut FormView, item: Item, spot: Spot) {
    let last = form.sections.len().saturating_sub(1);
    if let Some(section) = form.sections.get_mut(spot.section.min(last)) {
        let at = spot.index.min(section.fields.len());
        section.fields.insert(at, item);
    }
}

pub(crate) fn take(form: &mut FormView, field: &str) -> Option<(Spot, Item)> {
    for (section, it) in form.sections.iter_mut().enumerate() {
        if let Some(index) = it.fields.iter().position(|it| it.field.as_str() == field) {
            return Some((Spot { section, index }, it.fields.remove(index)));
        }
    }
    None
}

pub(crate) fn require(schema: &mut Value, field: &str, on: bool) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    let mut required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    required.retain(|it| it.as_str() != Some(field));
    if on {
        required.push(field.into());
    }
    if required.is_empty() {
        schema.remove("required");
    } else {
        schema.insert("required".to_owned(), required.into());
    }
}

/// The list view shows the field as its last column, or no more.
fn list(work: &mut Work, field: &str, on: bool) {
    for view in work.views.values_mut() {
        if let ViewContent::List(list) = &mut view.content {
            let there = list.columns.iter().any(|it| it.field.as_str() == field);
            if on && !there {
                list.columns.push(runtime::model::view::Column { field: field.into(), width: None });
            } else if !on {
                list.columns.retain(|it| it.field.as_str() != field);
            }
        }
    }
}

fn rule(work: &mut Work, field: &str, slot: RuleSlot, expr: Option<&str>) -> Result<(), Forbidden> {
    let list = match slot {
        RuleSlot::Computed(mode) => return compute(work, field, mode, expr),
        RuleSlot::RequiredWhen => &mut work.rules.required,
        RuleSlot::VisibleWhen => &mut work.rules.visible,
        RuleSlot::ReadonlyWhen => &mut work.rules.readonly,
    };
    let found = list.iter_mut().find(|it| it.field.as_str() == field);
    match (found, expr) {
        (Some(it), Some(expr)) => expr.clone_into(&mut it.when),
        (Some(_), None) => list.retain(|it| it.field.as_str() != field),
        (None, Some(expr)) => {
            let when = When { id: format!("r_{field}"), field: field.into(), when: expr.to_owned() };
            // Ids are unique within their list; a field has at most one rule of a kind made here.
            list.push(when);
        }
        (None, None) => (),
    }
    Ok(())
}

fn compute(work: &mut Work, field: &str, mode: ComputeMode, expr: Option<&str>) -> Result<(), Forbidden> {
    let found = work.rules.computed.iter_mut().find(|it| it.field.as_str() == field);
    match (found, expr) {
        (Some(it), Some(expr)) => {
            it.mode = mode;
            expr.clone_into(&mut it.expr);
        }
        (Some(_), None) => work.rules.computed.retain(|it| it.field.as_str() != field),
        (None, Some(expr)) => {
            work.rules.computed.push(Computed {
                id: format!("c_{field}"),
                field: field.into(),
                mode,
                expr: expr.to_owned(),
            });
        }
        (None, None) => (),
    }
    Ok(())
}

/// The field goes from the schema, and from everything that shows or rules it. Expressions that read it become
/// alerts: a person decides about them.
fn delete_field(work: &mut Work, field: &str) -> Result<(), Forbidden> {
    work.fields()?.remove(field);
    require(&mut work.schema, field, false);
    let mine = |it: &FieldKey| it.as_str() == field;
    let column = format!("{field}.");
    work.rules.computed.retain(|it| !mine(&it.field) && !it.field.as_str().starts_with(&column));
    work.rules.required.retain(|it| !mine(&it.field));
    work.rules.readonly.retain(|it| !mine(&it.field));
    work.rules.visible.retain(|it| !mine(&it.field));
    for it in &mut work.rules.checks {
        it.fields.retain(|it| !mine(it));
    }
    for it in &mut work.definition.field_rights {
        it.fields.retain(|it| !mine(it));
    }
    work.definition.field_rights.retain(|it| !it.fields.is_empty());
    work.definition.barred.retain(|it| !mine(it));
    for it in &mut work.definition.indexes {
        it.retain(|it| it != field);
    }
    work.definition.indexes.retain(|it| !it.is_empty());
    if let Some(it) = &mut work.definition.duplicates {
        it.keys.retain(|it| !mine(it));
    }
    for view in work.views.values_mut() {
        match &mut view.content {
            ViewContent::Form(it) => while take(it, field).is_some() {},
            ViewContent::List(it) => {
                it.columns.retain(|it| !mine(&it.field));
                it.filters.retain(|it| !mine(it));
                it.sort.retain(|it| it.trim_start_matches('-') != field);
            }
            ViewContent::Kanban(it) => {
                it.card.retain(|it| !mine(it));
                if it.sum.as_ref().is_some_and(mine) {
                    it.sum = None;
                }
            }
            ViewContent::Calendar(it) => {
                it.end = it.end.take().filter(|it| !mine(it));
                it.card.retain(|it| !mine(it));
            }
            ViewContent::Tree(it) => {
                it.columns.retain(|it| !mine(&it.field));
                it.sort = it.sort.take().filter(|it| it.trim_start_matches('-') != field);
            }
            ViewContent::Detail(it) => {
                for section in &mut it.sections {
                    section.fields.retain(|it| !mine(&it.field));
                }
            }
        }
    }
    Ok(())
}

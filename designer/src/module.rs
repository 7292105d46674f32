//! A module as the screens use it: its fields read once from the schema, with their names in both
//! languages. Modules are read from the server when first needed and forgotten when one is published.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::api::Problem;
use ::api::module::ModuleInfo;
use leptos::{prelude::*, task::spawn_local};
use runtime::model::module::Definition;
use runtime::model::pack::Dictionary;
use runtime::model::rules::{ComputeMode, Rules};
use runtime::model::view::{CalendarView, DetailView, FormView, KanbanView, ListView, TreeView, View, ViewContent};
use serde_json::Value;

use crate::app::{App, Lang, app};
use crate::text::{self, Text};
use crate::ui::icon::icon;
use crate::{api, nav};

/// A module that is loading, there, or could not be read.
#[derive(Clone, Debug)]
pub enum Slot {
    Loading,
    Ready(Arc<Module>),
    Failed(Problem),
}

/// Two are the same when nothing has to be drawn anew: a module is compared by where it lies.
impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Slot::Loading, Slot::Loading) => true,
            (Slot::Ready(a), Slot::Ready(b)) => Arc::ptr_eq(a, b),
            (Slot::Failed(a), Slot::Failed(b)) => a == b,
            (Slot::Loading | Slot::Ready(_) | Slot::Failed(_), _) => false,
        }
    }
}

/// A module the page has asked for.
#[derive(Clone, Debug)]
pub struct Known {
    slot: Slot,
    /// Something was published since: read again by the next screen that shows it.
    old: bool,
}

/// A module on a screen where a person types: another version waits until they have finished.
#[derive(Clone, Copy)]
pub struct Steady {
    pub slot: Signal<Slot>,
    /// Whether somebody is at work there.
    pub busy: RwSignal<bool>,
    /// The module is another one by now.
    newer: Signal<bool>,
}

/// A module, read.
#[derive(Clone, Debug)]
pub struct Module {
    pub info: ModuleInfo,
    pub definition: Definition,
    pub fields: Vec<Field>,
    pub views: BTreeMap<String, View>,
    pub dictionaries: BTreeMap<String, Dictionary>,
    /// Computed fields (`rows.column` for a column of a sub-table), and when their formula holds.
    formulas: BTreeMap<String, ComputeMode>,
}

/// A field of a record, or a column of a sub-table.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub key: String,
    /// In the pack's language.
    pub title: String,
    pub help: String,
    pub kind: Kind,
    pub required: bool,
    /// The system writes it.
    pub system: bool,
    /// A view may ask for another input: `radio`, `textarea`, `rating` …
    pub widget: Option<String>,
    /// The schema of the field.
    pub schema: Value,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Text,
    Long,
    Int,
    Decimal,
    Money { currency: String },
    Date,
    DateTime,
    Time,
    Bool,
    Choice(Vec<Pick>),
    Choices(Vec<Pick>),
    Dictionary { key: String, many: bool },
    Reference { module: String, many: bool },
    User { many: bool },
    Department { many: bool },
    Role,
    Phone,
    Email,
    Url,
    Score { most: u32 },
    Group(Vec<Field>),
    Rows(Vec<Field>),
    Words,
    File { many: bool },
    Json,
}

/// A labelled choice, its title in the pack's language.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    pub value: String,
    pub title: String,
}

/// Follows a module; asks for it if nobody has. It tells of that module alone: others that arrive or change are none of its business.
pub fn module(key: impl Fn() -> String + Send + Sync + 'static) -> Signal<Slot> {
    let app = app();
    Memo::new(move |_| {
        let key = key();
        let known = app.modules.with(|it| it.get(&key).cloned());
        match known {
            Some(Known { slot, old: false }) => slot,
            Some(Known { slot, old: true }) => {
                ask(app, key);
                slot
            }
            None => {
                if !key.is_empty() {
                    ask(app, key);
                }
                Slot::Loading
            }
        }
    })
    .into()
}

/// The same for a screen where a person types: while they do, they keep the module they began with.
pub fn steady(key: impl Fn() -> String + Send + Sync + 'static) -> Steady {
    let now = module(key);
    let busy = RwSignal::new(false);
    let slot = Memo::new(move |before: Option<&Slot>| match (before, now.get()) {
        (Some(Slot::Ready(before)), _) if busy.get() => Slot::Ready(before.clone()),
        (_, now) => now,
    });
    let newer = Memo::new(move |_| matches!(now.get(), Slot::Ready(_)) && now.get() != slot.get());
    Steady { slot: slot.into(), busy, newer: newer.into() }
}

impl Steady {
    /// Says that there is another version, and gives it on demand. What was typed is kept as a draft.
    pub fn banner(self) -> impl IntoView {
        move || {
            self.newer.get().then(|| {
                view! {
                    <div class="pad"><div class="banner warning" role="status">{icon("info")}<span class="grow">{text::FORM_CHANGED.get()}</span>
                        <button type="button" class="button small" on:click=move |_| self.busy.set(false)>{text::FORM_CHANGED_LOAD.get()}</button>
                    </div></div>
                }
            })
        }
    }
}

/// Reads a module again after it failed.
pub fn retry(key: &str) {
    app().modules.update(|it| {
        it.remove(key);
    });
}

/// A definition was published: what is shown stays until it is known whether it is another one.
pub fn renew_all() {
    app().modules.update(|it| it.values_mut().for_each(|it| it.old = true));
}

/// Forgets all modules: somebody else logs in.
pub fn forget_all() {
    app().modules.update(BTreeMap::clear);
}

fn ask(app: App, key: String) {
    spawn_local(async move {
        // Somebody else may have asked meanwhile.
        if app.modules.with_untracked(|it| it.get(&key).is_some_and(|it| !it.old)) {
            return;
        }
        app.modules.update_untracked(|it| {
            it.entry(key.clone()).or_insert(Known { slot: Slot::Loading, old: false }).old = false;
        });
        let answer = api::get::<ModuleInfo>(&format!("/api/modules/{}", nav::encode(&key))).await;
        let before = app.modules.with_untracked(|it| it.get(&key).map(|it| it.slot.clone()));
        let slot = match (answer, before) {
            (Ok(mut info), before) => {
                if let Some(Slot::Ready(before)) = before {
                    // The version is another one with every publish, whatever was published.
                    let version = std::mem::replace(&mut info.version, before.info.version.clone());
                    if before.info == info {
                        return;
                    }
                    info.version = version;
                }
                Slot::Ready(Arc::new(Module::new(info)))
            }
            // It cannot be reached just now, or the session has ended, which the log-in dialog says: what is there is better than none.
            (Err(why), Some(Slot::Ready(_))) if !matches!(why.status, 403 | 404) => {
                app.modules.update_untracked(|it| {
                    it.entry(key).and_modify(|it| it.old = true);
                });
                return;
            }
            (Err(why), _) => Slot::Failed(why),
        };
        app.modules.update(|it| {
            it.insert(key, Known { slot, old: false });
        });
    });
}

impl Module {
    /// Reads what the server sent. What cannot be read is left out, never fatal.
    pub fn new(info: ModuleInfo) -> Self {
        let definition = runtime::plain::read(&info.definition).unwrap_or_default();
        let fields = fields(&info.schema);
        let views =
            info.views.iter().filter_map(|(key, it)| Some((key.clone(), runtime::plain::read(it).ok()?))).collect();
        let dictionaries = info
            .dictionaries
            .iter()
            .filter_map(|(key, it)| Some((key.clone(), runtime::plain::read(it).ok()?)))
            .collect();
        let rules: Rules = runtime::plain::read(&info.rules).unwrap_or_default();
        let mut formulas = BTreeMap::new();
        for it in rules.computed {
            // The strictest of several.
            let strict = |it: ComputeMode| match it {
                ComputeMode::Always => 2,
                ComputeMode::UntilEdited => 1,
                ComputeMode::OnCreate => 0,
            };
            let mode = formulas.entry(it.field.0).or_insert(it.mode);
            if strict(it.mode) > strict(*mode) {
                *mode = it.mode;
            }
        }
        Module { info, definition, fields, views, dictionaries, formulas }
    }

    /// May the person do that at all?
    pub fn may(&self, action: &str) -> bool {
        self.info.actions.iter().any(|it| it == action)
    }

    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|it| it.key == key)
    }

    /// When a field's formula holds; none: nothing computes it. `rows.column` names a column of a sub-table.
    pub fn formula(&self, path: &str) -> Option<ComputeMode> {
        self.formulas.get(path).copied()
    }

    /// `masked`, `read`, `write`, or nothing.
    pub fn access(&self, field: &str) -> &str {
        self.info.access.get(field).map_or("", String::as_str)
    }

    /// A text of the data, by address.
    pub fn words(&self, address: &str, lang: Lang) -> Option<String> {
        self.info.texts.get(lang.tag()).and_then(|it| it.get(address)).cloned()
    }

    pub fn title(&self, lang: Lang) -> String {
        self.words(&format!("module/{}", self.info.key), lang).unwrap_or_else(|| self.definition.title.clone())
    }

    /// The name of a field or of a system column; `rows.column` names a column of a sub-table.
    pub fn field_title(&self, path: &str, lang: Lang) -> String {
        if self.field(path).is_none()
            && let Some(text) = system_title(path)
        {
            return text.of(lang).to_owned();
        }
        let address = format!("field/{}/{}", self.info.key, path.replace('.', "/"));
        self.words(&address, lang).unwrap_or_else(|| {
            let mut parts = path.split('.');
            let top = parts.next().and_then(|it| self.field(it));
            match (top, parts.next()) {
                (Some(Field { kind: Kind::Rows(columns) | Kind::Group(columns), .. }), Some(column)) => {
                    columns.iter().find(|it| it.key == column).map_or_else(|| column.to_owned(), |it| it.title.clone())
                }
                (Some(field), _) => field.title.clone(),
                (None, _) => path.to_owned(),
            }
        })
    }

    pub fn help(&self, field: &str, lang: Lang) -> String {
        let address = format!("help/{}/{field}", self.info.key);
        self.words(&address, lang).or_else(|| self.field(field).map(|it| it.help.clone())).unwrap_or_default()
    }

    /// The title of a choice; `path` may name a column of a sub-table.
    pub fn option_title(&self, path: &str, option: &Pick, lang: Lang) -> String {
        let address = format!("option/{}/{}/{}", self.info.key, path.replace('.', "/"), option.value);
        self.words(&address, lang).unwrap_or_else(|| option.title.clone())
    }

    /// The title of a dictionary's value.
    pub fn dictionary_title(&self, key: &str, value: &str, lang: Lang) -> String {
        self.words(&format!("dict/{key}/{value}"), lang).unwrap_or_else(|| {
            let item = self.dictionaries.get(key).and_then(|it| it.items.iter().find(|item| item.value == value));
            item.map_or_else(|| value.to_owned(), |it| it.title.clone())
        })
    }

    pub fn view_title(&self, key: &str, lang: Lang) -> String {
        let own = || self.views.get(key).map(|it| it.title.clone());
        self.words(&format!("view/{}/{key}", self.info.key), lang).or_else(own).unwrap_or_default()
    }

    pub fn section_title(&self, view: &str, id: &str, own: &str, lang: Lang) -> String {
        self.words(&format!("section/{}/{view}/{id}", self.info.key), lang).unwrap_or_else(|| own.to_owned())
    }

    pub fn page_title(&self, view: &str, id: &str, own: &str, lang: Lang) -> String {
        self.words(&format!("page/{}/{view}/{id}", self.info.key), lang).unwrap_or_else(|| own.to_owned())
    }

    /// The list view to start with.
    pub fn list(&self) -> (String, ListView) {
        let lists = |(key, it): (&String, &View)| match &it.content {
            ViewContent::List(list) => Some((key.clone(), list.clone())),
            ViewContent::Form(_)
            | ViewContent::Kanban(_)
            | ViewContent::Calendar(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_) => None,
        };
        self.views.iter().filter(|(key, _)| *key == "list").chain(self.views.iter()).find_map(lists).unwrap_or_default()
    }

    /// The boards of the module, by key.
    pub fn boards(&self) -> Vec<(String, KanbanView)> {
        self.content(|it| if let ViewContent::Kanban(it) = it { Some(it.clone()) } else { None })
    }

    /// The calendars of the module, by key.
    pub fn calendars(&self) -> Vec<(String, CalendarView)> {
        self.content(|it| if let ViewContent::Calendar(it) = it { Some(it.clone()) } else { None })
    }

    /// The trees of the module, by key.
    pub fn trees(&self) -> Vec<(String, TreeView)> {
        self.content(|it| if let ViewContent::Tree(it) = it { Some(it.clone()) } else { None })
    }

    /// How the page of a record is laid out, if a view says so.
    pub fn detail(&self) -> Option<(String, DetailView)> {
        self.content(|it| if let ViewContent::Detail(it) = it { Some(it.clone()) } else { None }).into_iter().next()
    }

    fn content<T>(&self, of: fn(&ViewContent) -> Option<T>) -> Vec<(String, T)> {
        self.views.iter().filter_map(|(key, it)| Some((key.clone(), of(&it.content)?))).collect()
    }

    /// The first of these forms that exists, else any, else one made of all fields.
    pub fn form(&self, wanted: &[&str]) -> (String, FormView) {
        let as_form = |key: &str| match &self.views.get(key)?.content {
            ViewContent::Form(form) => Some((key.to_owned(), form.clone())),
            ViewContent::List(_)
            | ViewContent::Kanban(_)
            | ViewContent::Calendar(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_) => None,
        };
        wanted
            .iter()
            .find_map(|it| as_form(it))
            .or_else(|| self.views.keys().find_map(|it| as_form(it)))
            .unwrap_or_else(|| {
                let items = self.fields.iter().filter(|it| !it.system).map(|it| runtime::model::view::Item {
                    field: it.key.as_str().into(),
                    span: if it.kind.wide() { 12 } else { 6 },
                    ..Default::default()
                });
                let section =
                    runtime::model::view::Section { id: "all".into(), fields: items.collect(), ..Default::default() };
                (String::new(), FormView { sections: vec![section], ..Default::default() })
            })
    }

    /// The flows of the module's triggers.
    pub fn flows(&self) -> Vec<String> {
        let mut flows: Vec<String> = self.definition.triggers.iter().map(|it| it.flow.0.clone()).collect();
        flows.dedup();
        flows
    }

    /// The key of the stage field.
    pub fn stage(&self) -> Option<&str> {
        self.definition.stage.as_ref().map(|it| it.as_str())
    }

    /// The number field, if the module numbers its records.
    pub fn number_field(&self) -> Option<&str> {
        self.fields.iter().find(|it| it.schema.get("x-number").is_some()).map(|it| it.key.as_str())
    }
}

fn system_title(key: &str) -> Option<Text> {
    Some(match key {
        "number" => text::NUMBER,
        "owner" => text::OWNER,
        "department" => text::DEPARTMENT,
        "created_at" => text::CREATED_AT,
        "updated_at" => text::UPDATED_AT,
        "created_by" => text::CREATED_BY,
        "stage" => text::STAGE,
        _ => return None,
    })
}

impl Kind {
    /// Takes the whole width of a form.
    pub fn wide(&self) -> bool {
        matches!(self, Kind::Long | Kind::Rows(_) | Kind::Group(_) | Kind::Json)
    }

    /// Stands at the right edge of a column.
    pub fn numeric(&self) -> bool {
        matches!(self, Kind::Int | Kind::Decimal | Kind::Money { .. })
    }
}

/// The fields of an object schema, in its order.
pub fn fields(schema: &Value) -> Vec<Field> {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(key, it)| field(key, it, required.contains(&key.as_str()))).collect()
}

fn field(key: &str, schema: &Value, required: bool) -> Field {
    let text = |name: &str| schema.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let display = schema.get("x-display");
    let title = text("title");
    Field {
        key: key.to_owned(),
        title: if title.is_empty() { key.to_owned() } else { title },
        help: text("description"),
        widget: display.and_then(|it| it.get("widget")).and_then(Value::as_str).map(str::to_owned),
        system: schema.get("readOnly").and_then(Value::as_bool).unwrap_or_default(),
        kind: kind(schema),
        required,
        schema: schema.clone(),
    }
}

fn kind(schema: &Value) -> Kind {
    let word = |name: &str| schema.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = match schema.get("type") {
        Some(Value::String(one)) => one.as_str(),
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).find(|it| *it != "null").unwrap_or_default(),
        _ => "",
    };
    let widget = schema.pointer("/x-display/widget").and_then(Value::as_str).unwrap_or_default();
    let many = kind == "array";
    if let Some(items) = schema.get("items").filter(|_| many) {
        if items.get("properties").is_some() {
            return Kind::Rows(fields(items));
        }
        let reference = schema.get("x-ref").or_else(|| items.get("x-ref"));
        if let Some(reference) = reference.and_then(|it| refers(it, true)) {
            return reference;
        }
        if let Some(options) = options(items) {
            return Kind::Choices(options);
        }
        return if word("format") == "x-file" || items.get("format").and_then(Value::as_str) == Some("x-file") {
            Kind::File { many: true }
        } else if items.get("type").and_then(Value::as_str) == Some("string") {
            Kind::Words
        } else {
            Kind::Json
        };
    }
    if let Some(reference) = schema.get("x-ref").and_then(|it| refers(it, false)) {
        return reference;
    }
    if let Some(options) = options(schema) {
        return Kind::Choice(options);
    }
    if let Some(currency) = schema.pointer("/x-money/currency").and_then(Value::as_str) {
        return Kind::Money { currency: currency.to_owned() };
    }
    match (kind, word("format")) {
        ("object", _) => Kind::Group(fields(schema)),
        ("boolean", _) => Kind::Bool,
        ("integer", _) if widget == "rating" => Kind::Score {
            most: schema
                .get("maximum")
                .and_then(Value::as_u64)
                .and_then(|it| u32::try_from(it).ok())
                .unwrap_or(5)
                .clamp(2, 10),
        },
        ("integer", _) => Kind::Int,
        ("number", _) | (_, "x-decimal") => Kind::Decimal,
        (_, "date") => Kind::Date,
        (_, "date-time") => Kind::DateTime,
        (_, "time") => Kind::Time,
        (_, "email") => Kind::Email,
        (_, "uri") => Kind::Url,
        (_, "x-phone") => Kind::Phone,
        (_, "x-file") => Kind::File { many: false },
        (_, "x-rich") => Kind::Long,
        ("string", _) if widget == "textarea" => Kind::Long,
        ("string", _) => Kind::Text,
        _ => Kind::Json,
    }
}

fn refers(it: &Value, many: bool) -> Option<Kind> {
    let word = |name: &str| it.get(name).and_then(Value::as_str);
    if let Some(module) = word("module") {
        return Some(Kind::Reference { module: module.to_owned(), many });
    }
    if let Some(key) = word("dictionary") {
        return Some(Kind::Dictionary { key: key.to_owned(), many });
    }
    match word("directory")? {
        "user" => Some(Kind::User { many }),
        "department" => Some(Kind::Department { many }),
        "role" => Some(Kind::Role),
        _ => None,
    }
}

fn options(schema: &Value) -> Option<Vec<Pick>> {
    if let Some(list) = schema.get("oneOf").and_then(Value::as_array) {
        let option = |it: &Value| {
            let value = plain(it.get("const")?);
            let title = it.get("title").and_then(Value::as_str).map_or_else(|| value.clone(), str::to_owned);
            Some(Pick { value, title })
        };
        return list.iter().map(option).collect();
    }
    let list = schema.get("enum").and_then(Value::as_array)?;
    Some(list.iter().filter(|it| !it.is_null()).map(|it| Pick { value: plain(it), title: plain(it) }).collect())
}

/// A value as text: strings without quotes, nothing for null.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

//! One open form. The stored record and what the person typed are kept apart: [`Form::patch`] is only what was
//! typed, [`Form::value`] is what the field shows, computed values included.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::api::problem::FieldFault;
use leptos::prelude::*;
use runtime::model::rules::{ComputeMode, Rules};
use runtime::model::view::FormView;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::engine;
use super::linked::Below;
use crate::app::app;
use crate::module::{Field, Module};

/// What the rules say about the form (`runtime::form::FormState`).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct State {
    pub data: Map<String, Value>,
    pub fields: BTreeMap<String, FieldState>,
    pub sections: BTreeMap<String, bool>,
    pub faults: Vec<FieldFault>,
    pub warnings: Vec<FieldFault>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct FieldState {
    pub visible: bool,
    pub required: bool,
    pub readonly: bool,
    pub computed: bool,
}

/// An open form; a bundle of signals.
#[derive(Clone, Copy)]
pub struct Form {
    pub module: StoredValue<Arc<Module>>,
    /// Key of the view, and the view.
    pub view: StoredValue<(String, FormView)>,
    /// Id of the stored record.
    pub id: StoredValue<Option<String>>,
    /// The stored record; none: a new one.
    pub old: RwSignal<Option<Map<String, Value>>>,
    /// What the person typed; null clears.
    pub patch: RwSignal<Map<String, Value>>,
    pub state: RwSignal<Option<State>>,
    /// The rules have not yet answered for what was typed last.
    pub pending: RwSignal<bool>,
    /// Names of referenced records and people.
    pub labels: RwSignal<BTreeMap<String, String>>,
    /// Faults the server found.
    pub faults: RwSignal<Vec<FieldFault>>,
    /// Fields the person has left.
    pub touched: RwSignal<BTreeSet<String>>,
    /// Saving was tried: all faults are shown.
    pub tried: RwSignal<bool>,
    /// Fields a task's outcome asks for.
    pub asked: RwSignal<BTreeSet<String>>,
    /// Under which key what is typed is kept in the browser; none: it is not.
    pub draft: StoredValue<Option<String>>,
    /// Forms of other records that are saved together with this one.
    pub below: StoredValue<Vec<Below>>,
    /// A field nobody fills here: it points at the record above, which the server knows.
    pub granted: StoredValue<Option<String>>,
    /// Id of the page shown, where the view has pages; none: the first.
    pub page: RwSignal<Option<String>>,
    /// Files that are being uploaded.
    pub sending: RwSignal<u32>,
    /// A task's form: its view decides what can be written.
    pub step: bool,
    /// Tells the ids of two forms on a page apart.
    pub number: u32,
}

static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

impl Form {
    /// Opens a form on a record, or for a new one.
    pub fn open(
        module: Arc<Module>,
        view: (String, FormView),
        old: Option<Map<String, Value>>,
        labels: BTreeMap<String, String>,
        step: bool,
    ) -> Self {
        let mut labels = labels;
        if let Some(session) = app().session_now() {
            labels.entry(session.user.clone()).or_insert_with(|| session.name.clone());
        }
        let form = Form {
            module: StoredValue::new(module),
            view: StoredValue::new(view),
            id: StoredValue::new(None),
            old: RwSignal::new(old),
            patch: RwSignal::new(Map::new()),
            state: RwSignal::new(None),
            pending: RwSignal::new(false),
            labels: RwSignal::new(labels),
            faults: RwSignal::new(Vec::new()),
            touched: RwSignal::new(BTreeSet::new()),
            tried: RwSignal::new(false),
            asked: RwSignal::new(BTreeSet::new()),
            draft: StoredValue::new(None),
            below: StoredValue::new(Vec::new()),
            granted: StoredValue::new(None),
            page: RwSignal::new(None),
            sending: RwSignal::new(0),
            step,
            number: COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
        };
        engine::follow(form);
        form.guard();
        form
    }

    /// Says which record it is, for the rules that ask for `data.id`.
    pub fn of(self, id: &str) -> Self {
        self.id.set_value(Some(id.to_owned()));
        self
    }

    /// Counts this form among those with unsaved changes as long as it has some.
    fn guard(self) {
        let app = app();
        let dirty = Memo::new(move |_| !self.patch.with(Map::is_empty));
        let counted = StoredValue::new(false);
        let count = move |dirty: bool| {
            if dirty != counted.get_value() {
                counted.set_value(dirty);
                app.unsaved.update(|it| *it = if dirty { *it + 1 } else { it.saturating_sub(1) });
            }
        };
        Effect::new(move |_| count(dirty.get()));
        on_cleanup(move || {
            if counted.try_get_value() == Some(true) {
                app.unsaved.update(|it| *it = it.saturating_sub(1));
            }
        });
    }

    /// False while files are being uploaded, and says so: a save would be without them.
    pub fn is_whole(self) -> bool {
        let whole = self.sending.get_untracked() == 0;
        if !whole {
            app().say(crate::app::Tone::Info, crate::text::FILES_SENDING);
        }
        whole
    }

    /// Takes a newer record from the server; what was typed is gone.
    pub fn reset(self, old: Option<Map<String, Value>>, labels: BTreeMap<String, String>) {
        self.labels.update(|it| it.extend(labels));
        self.old.set(old);
        self.patch.set(Map::new());
        self.faults.set(Vec::new());
        self.touched.set(BTreeSet::new());
        self.tried.set(false);
    }

    /// Waits a little for the rules to answer for what was typed last, so that a quick save is not judged by what
    /// stood there before.
    pub async fn settled(self) {
        for _ in 0..25 {
            if self.pending.try_get_untracked() != Some(true) {
                return;
            }
            let promise = js_sys::Promise::new(&mut |resolve, _| {
                let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 40);
            });
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        }
    }

    /// What a field shows.
    pub fn value(self, key: &str) -> Value {
        let typed = self.patch.with(|it| it.get(key).cloned());
        let computed = self.state.with(|it| {
            let state = it.as_ref()?;
            let computed = state.fields.get(key).is_some_and(|it| it.computed);
            (computed || typed.is_none()).then(|| state.data.get(key).cloned().unwrap_or_default())
        });
        match (computed, typed) {
            (Some(value), _) | (None, Some(value)) => value,
            (None, None) => self.old.with(|it| match it {
                Some(old) => old.get(key).cloned().unwrap_or_default(),
                None => self.module.with_value(|it| {
                    it.field(key).and_then(|it| it.schema.get("default").cloned()).unwrap_or_default()
                }),
            }),
        }
    }

    /// Takes what the person typed.
    pub fn set(self, key: &str, value: Value) {
        let blank = |it: &Value| it.is_null() || it.as_str() == Some("") || it.as_array().is_some_and(Vec::is_empty);
        let before = self.old.with_untracked(|it| it.as_ref().map(|it| it.get(key).cloned().unwrap_or_default()));
        let same = before.as_ref().is_some_and(|it| *it == value || (blank(it) && blank(&value)));
        self.patch.update(|it| {
            if same {
                it.remove(key);
            } else {
                it.insert(key.to_owned(), value);
            }
        });
        let pointer = format!("/{key}");
        if self.faults.with_untracked(|it| it.iter().any(|it| it.pointer == pointer)) {
            self.faults.update(|it| it.retain(|it| it.pointer != pointer));
        }
    }

    /// The person left the field.
    pub fn touch(self, key: &str) {
        if self.touched.try_with_untracked(|it| it.contains(key)) == Some(false) {
            self.touched.update(|it| {
                it.insert(key.to_owned());
            });
        }
    }

    /// What the rules say of a field; by schema, view and rights until the rules have answered.
    pub fn field(self, key: &str) -> FieldState {
        let known = self.state.with(|it| it.as_ref().and_then(|it| it.fields.get(key).cloned()));
        let asked = self.asked.with(|it| it.contains(key));
        if let Some(mut it) = known {
            it.required |= asked;
            return it;
        }
        let item = self.view.with_value(|(_, view)| {
            view.sections
                .iter()
                .flat_map(|it| &it.fields)
                .find(|it| it.field.as_str() == key)
                .map(|it| (it.readonly, it.required))
        });
        let (readonly, required) = item.unwrap_or_default();
        self.module.with_value(|module| {
            let field = module.field(key);
            let system =
                field.is_some_and(|it| it.system) || module.stage() == Some(key) || always_computed(module, key);
            let barred = !self.step && module.access(key) != "write";
            FieldState {
                visible: true,
                required: required || asked || field.is_some_and(|it| it.required),
                readonly: readonly || system || barred,
                computed: false,
            }
        })
    }

    /// Faults shown at a field or below it.
    pub fn faults_at(self, key: &str) -> Vec<FieldFault> {
        let at = |it: &FieldFault| {
            it.pointer
                .strip_prefix('/')
                .is_some_and(|it| it == key || it.strip_prefix(key).is_some_and(|it| it.starts_with('/')))
        };
        let mut found: Vec<FieldFault> = self.faults.with(|it| it.iter().filter(|it| at(it)).cloned().collect());
        if found.is_empty() && (self.tried.get() || self.touched.with(|it| it.contains(key))) {
            found.extend(self.own_faults().into_iter().filter(|it| at(it)));
        }
        found
    }

    /// All faults known on this side: those of the rules, and what an outcome asks for.
    pub fn own_faults(self) -> Vec<FieldFault> {
        let missing =
            |key: &str| FieldFault { pointer: format!("/{key}"), code: "required".into(), ..FieldFault::default() };
        let mut all = self.state.with(|it| it.as_ref().map(|it| it.faults.clone())).unwrap_or_else(|| {
            let keys = self.shown_fields();
            keys.into_iter()
                .filter(|key| self.field(key).required && blank(&self.value(key)))
                .map(|key| missing(&key))
                .collect()
        });
        if let Some(granted) = self.granted.get_value() {
            let pointer = format!("/{granted}");
            all.retain(|it| it.pointer != pointer);
        }
        for key in self.asked.get() {
            let pointer = format!("/{key}");
            if blank(&self.value(&key)) && !all.iter().any(|it| it.pointer == pointer) {
                all.push(missing(&key));
            }
        }
        all
    }

    /// Keys of the fields on the form, in their order.
    pub fn shown_fields(self) -> Vec<String> {
        self.view.with_value(|(_, view)| {
            view.sections.iter().flat_map(|it| &it.fields).map(|it| it.field.0.clone()).collect()
        })
    }

    /// The id of a field's input.
    pub fn input_id(self, path: &str) -> String {
        format!("f{}-{}", self.number, path.replace('.', "-"))
    }

    /// Shows the page a field stands on; what names a cell begins with its field.
    pub fn turn_to(self, path: &str) {
        let field = path.split(['.', '/']).next().unwrap_or_default();
        let page = self.view.with_value(|(_, view)| {
            let section = view.sections.iter().find(|it| it.fields.iter().any(|it| it.field.as_str() == field))?;
            view.page_of(section).map(|it| it.id.clone())
        });
        if page.is_some() {
            self.page.set(page);
        }
    }

    /// A field of the module.
    pub fn definition(self, key: &str) -> Option<Field> {
        self.module.with_value(|it| it.field(key).cloned())
    }
}

/// Nothing is in it.
pub fn blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A formula nobody overwrites.
pub fn always_computed(module: &Module, path: &str) -> bool {
    let rules: Rules = runtime::plain::read(&module.info.rules).unwrap_or_default();
    rules.computed.iter().any(|it| it.field.as_str() == path && it.mode == ComputeMode::Always)
}

//! One open form. The stored record and what the person typed are kept apart: [`Form::patch`] is only what was
//! typed, [`Form::value`] is what the field shows, computed values included. What a field shows wakes its readers through
//! [`Wake`]; the signals here are for those who look at the whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::api::problem::FieldFault;
use leptos::prelude::*;
use runtime::model::rules::ComputeMode;
use runtime::model::view::FormView;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::engine;
use super::linked::Below;
use super::wake::Wake;
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

/// What has changed in a [`State`] since the last answer (`designer/rules/src/typed.rs`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Differs {
    data: Map<String, Value>,
    gone: Vec<String>,
    fields: BTreeMap<String, FieldState>,
    sections: BTreeMap<String, bool>,
    faults: Option<Vec<FieldFault>>,
    warnings: Option<Vec<FieldFault>>,
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
    pub old: ReadSignal<Option<Map<String, Value>>>,
    stored: WriteSignal<Option<Map<String, Value>>>,
    /// What the person typed; null clears.
    pub patch: ReadSignal<Map<String, Value>>,
    typed: WriteSignal<Map<String, Value>>,
    pub state: ReadSignal<Option<State>>,
    told: WriteSignal<Option<State>>,
    wake: Wake,
    /// The rules have not yet answered for what was typed last.
    pub pending: RwSignal<bool>,
    /// Names of referenced records and people.
    pub labels: RwSignal<BTreeMap<String, String>>,
    /// Faults the server found.
    pub faults: RwSignal<Vec<FieldFault>>,
    /// Fields the person has left.
    touched: StoredValue<BTreeSet<String>>,
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
    /// What has something to keep before the form is saved, by number.
    keepers: StoredValue<Vec<(u32, Callback<()>)>>,
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
        let (old, stored) = signal(old);
        let (patch, typed) = signal(Map::new());
        let (state, told) = signal(None);
        let form = Form {
            module: StoredValue::new(module),
            view: StoredValue::new(view),
            id: StoredValue::new(None),
            old,
            stored,
            patch,
            typed,
            state,
            told,
            wake: Wake::new(),
            pending: RwSignal::new(false),
            labels: RwSignal::new(labels),
            faults: RwSignal::new(Vec::new()),
            touched: StoredValue::new(BTreeSet::new()),
            tried: RwSignal::new(false),
            asked: RwSignal::new(BTreeSet::new()),
            draft: StoredValue::new(None),
            below: StoredValue::new(Vec::new()),
            granted: StoredValue::new(None),
            page: RwSignal::new(None),
            sending: RwSignal::new(0),
            keepers: StoredValue::new(Vec::new()),
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

    /// Has something done before the form is saved, for as long as whoever asks is there.
    pub fn before_saving(self, keep: Callback<()>) {
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.keepers.update_value(|it| it.push((number, keep)));
        on_cleanup(move || {
            let _ = self.keepers.try_update_value(|it| it.retain(|it| it.0 != number));
        });
    }

    /// False while files are being uploaded, and says so: a save would be without them.
    pub fn is_whole(self) -> bool {
        for (_, keep) in self.keepers.get_value() {
            keep.run(());
        }
        let whole = self.sending.get_untracked() == 0;
        if !whole {
            app().say(crate::app::Tone::Info, crate::text::FILES_SENDING);
        }
        whole
    }

    /// Takes a newer record from the server; what was typed is gone.
    pub fn reset(self, old: Option<Map<String, Value>>, labels: BTreeMap<String, String>) {
        self.labels.update(|it| it.extend(labels));
        self.touched.set_value(BTreeSet::new());
        self.stored.set(old);
        self.retype(Map::new());
        self.faults.set(Vec::new());
        self.tried.set(false);
    }

    /// What the server has is something else now; what was typed stays.
    pub fn change_old(self, change: impl FnOnce(&mut Option<Map<String, Value>>)) {
        self.stored.update(change);
        self.wake.all();
    }

    /// Takes other input in place of what was typed.
    pub fn retype(self, patch: Map<String, Value>) {
        self.typed.set(patch);
        self.wake.all();
    }

    /// Takes more input beside what was typed.
    pub fn type_more(self, more: Map<String, Value>) {
        self.typed.update(|it| it.extend(more));
        self.wake.all();
    }

    /// Takes back what was typed into a field.
    pub fn untype(self, key: &str) {
        self.typed.update(|it| {
            it.remove(key);
        });
        self.wake.field(key);
    }

    /// Takes what the rules say of all of it.
    pub fn tell(self, state: State) {
        if self.told.try_set(Some(state)).is_none() {
            self.wake.all();
        }
    }

    /// Takes what the rules say otherwise than before.
    pub fn tell_more(self, it: Differs) {
        let mut woken: BTreeSet<String> = it.data.keys().chain(&it.gone).chain(it.fields.keys()).cloned().collect();
        let done = self.told.try_update(|state| {
            let state = state.get_or_insert_default();
            state.data.extend(it.data);
            for key in &it.gone {
                state.data.remove(key);
            }
            state.fields.extend(it.fields);
            state.sections.extend(it.sections);
            for (now, then) in [(it.faults, &mut state.faults), (it.warnings, &mut state.warnings)] {
                let Some(now) = now else { continue };
                let other =
                    then.iter().filter(|it| !now.contains(it)).chain(now.iter().filter(|it| !then.contains(it)));
                woken.extend(other.filter_map(|it| it.pointer.split('/').nth(1)).map(str::to_owned));
                *then = now;
            }
        });
        if done.is_some() {
            woken.iter().for_each(|key| self.wake.field(key));
        }
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
        self.wake.track(key);
        let typed = self.patch.with_untracked(|it| it.get(key).cloned());
        let computed = self.state.with_untracked(|it| {
            let state = it.as_ref()?;
            let computed = state.fields.get(key).is_some_and(|it| it.computed);
            (computed || typed.is_none()).then(|| state.data.get(key).cloned().unwrap_or_default())
        });
        match (computed, typed) {
            (Some(value), _) | (None, Some(value)) => value,
            (None, None) => self.old.with_untracked(|it| match it {
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
        self.typed.update(|it| {
            if same {
                it.remove(key);
            } else {
                it.insert(key.to_owned(), value);
            }
        });
        self.wake.field(key);
        let pointer = format!("/{key}");
        if self.faults.with_untracked(|it| it.iter().any(|it| it.pointer == pointer)) {
            self.faults.update(|it| it.retain(|it| it.pointer != pointer));
        }
    }

    /// The person left the field.
    pub fn touch(self, key: &str) {
        if self.touched.try_update_value(|it| it.insert(key.to_owned())) == Some(true) {
            self.wake.field(key);
        }
    }

    /// What the rules say of a field; by schema, view and rights until the rules have answered.
    pub fn field(self, key: &str) -> FieldState {
        self.wake.track(key);
        let known = self.state.with_untracked(|it| it.as_ref().and_then(|it| it.fields.get(key).cloned()));
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
        self.wake.track(key);
        if found.is_empty() && (self.tried.get() || self.touched.with_value(|it| it.contains(key))) {
            found = untrack(|| self.own(&at, &|it| it == key));
            // Of what the outcome asks for.
            self.asked.track();
        }
        found
    }

    /// Warnings of the rules at a field.
    pub fn warning_at(self, key: &str) -> Option<FieldFault> {
        self.wake.track(key);
        let own = |it: &&FieldFault| it.pointer.strip_prefix('/') == Some(key);
        self.state.with_untracked(|it| it.as_ref()?.warnings.iter().find(own).cloned())
    }

    /// What a formula made of a cell of a sub-table.
    pub fn computed_cell(self, rows: &str, at: usize, column: &str) -> Option<Value> {
        self.wake.track(rows);
        self.state.with_untracked(|it| it.as_ref()?.data.get(rows)?.get(at)?.get(column).cloned())
    }

    /// The value is what somebody entered over a formula that would give way to it.
    pub fn is_edited(self, key: &str) -> bool {
        self.wake.track(key);
        let typed = || self.patch.with_untracked(|it| it.get(key).is_some_and(|it| !it.is_null()));
        let formula = || self.module.with_value(|it| it.formula(key) == Some(ComputeMode::UntilEdited));
        let open = |it: &FieldState| !it.computed && !it.readonly;
        let stands = || self.state.with_untracked(|it| it.as_ref()?.fields.get(key).map(open)) == Some(true);
        formula() && typed() && stands()
    }

    /// All faults known on this side: those of the rules, and what an outcome asks for.
    pub fn own_faults(self) -> Vec<FieldFault> {
        self.state.track();
        self.asked.track();
        if self.state.with_untracked(Option::is_none) || self.asked.with_untracked(|it| !it.is_empty()) {
            self.patch.track();
            self.old.track();
        }
        untrack(|| self.own(&|_| true, &|_| true))
    }

    /// Those of them that are wanted. What is missing is looked for in the fields that are wanted.
    fn own(self, wanted: &dyn Fn(&FieldFault) -> bool, field: &dyn Fn(&str) -> bool) -> Vec<FieldFault> {
        let missing =
            |key: &str| FieldFault { pointer: format!("/{key}"), code: "required".into(), ..FieldFault::default() };
        let told = self
            .state
            .with(|it| it.as_ref().map(|it| it.faults.iter().filter(|it| wanted(it)).cloned().collect::<Vec<_>>()));
        let mut all = told.unwrap_or_else(|| {
            let keys = self.shown_fields();
            keys.into_iter()
                .filter(|key| field(key) && self.field(key).required && blank(&self.value(key)))
                .map(|key| missing(&key))
                .collect()
        });
        if let Some(granted) = self.granted.get_value() {
            let pointer = format!("/{granted}");
            all.retain(|it| it.pointer != pointer);
        }
        for key in self.asked.get().into_iter().filter(|it| field(it)) {
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
    module.formula(path) == Some(ComputeMode::Always)
}

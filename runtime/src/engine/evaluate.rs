//! The engine's one door to expressions, scripts, tables and working time. Everything else in the engine speaks of
//! names and JSON values only.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::context::Person;
use super::directory::Directory;
use crate::expr;
use crate::id::{FieldKey, RecordId, ScriptKey, TableKey};
use crate::model::catalog::Catalog;
use crate::model::flow::{ElementKind, Flow};
use crate::script::{Library, Path, Scope, Script, Statements};
use crate::time::{Calendar, Span};
use crate::value::Shape;

/// What an expression or script sees: its names.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    scope: Scope,
    /// Fields of the record nobody may take for blank, with why.
    unreadable: BTreeMap<FieldKey, String>,
}

impl Names {
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.scope.set(name, value);
    }

    /// Makes each variable a name of its own, so that `amount > 100` can be written for `vars.amount > 100`.
    pub(crate) fn set_bare(&mut self, vars: &Map<String, Value>) {
        for (name, it) in vars {
            self.scope.set(name, it.clone());
        }
    }

    /// Sets `people`.
    pub(crate) fn set_people(&mut self, people: &Directory, now: Timestamp) {
        self.scope.set_people(people, now);
    }

    /// Sets `user`.
    pub(crate) fn set_user(&mut self, person: &Person) {
        self.scope.set_user(person);
    }

    /// Sets `data`.
    pub(crate) fn set_data(&mut self, tools: &Tools, record: &RecordId, data: &Map<String, Value>) {
        self.scope.share_record("data", Arc::new(Value::Object(data.clone())), tools.shape.clone());
        self.scope.set_member("data", "id", &Value::String(record.0.clone()), &Shape::Any);
    }

    /// Fields that have a value and none that can be read here, with why.
    pub(crate) fn set_unreadable(&mut self, fields: BTreeMap<FieldKey, String>) {
        self.unreadable = fields;
    }

    /// Refuses what reads such a field.
    fn allow(&self, reads: impl FnOnce() -> Vec<Path>) -> Result<(), String> {
        if self.unreadable.is_empty() {
            return Ok(());
        }
        let why = |it: Path| self.unreadable.get(it.field().filter(|_| it.root() == "data")?).cloned();
        match reads().into_iter().find_map(why) {
            Some(why) => Err(why),
            None => Ok(()),
        }
    }
}

/// A parsed expression.
#[derive(Clone, Debug)]
pub(crate) struct Expr(expr::Expr);

impl Expr {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        expr::Expr::parse(text).map(Self).map_err(|it| it.to_string())
    }

    pub(crate) fn eval(&self, names: &Names) -> Result<Value, String> {
        names.allow(|| self.0.reads())?;
        self.0.eval(&names.scope).map_err(|it| it.to_string())
    }

    /// Whether it reads a name as one value, not only members of it.
    pub(crate) fn reads_whole(&self, name: &str) -> bool {
        self.0.reads().iter().any(|it| it.0 == [name])
    }

    /// A condition: blank is false.
    pub(crate) fn holds(&self, names: &Names) -> Result<bool, String> {
        names.allow(|| self.0.reads())?;
        self.0.holds(&names.scope).map_err(|it| it.to_string())
    }
}

/// Statements over the variables.
#[derive(Clone, Debug)]
pub(crate) struct Inline(Statements);

impl Inline {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Statements::parse(text).map(Self)
    }

    /// The variables that are new or have changed.
    pub(crate) fn run(&self, names: &Names, vars: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        names.allow(|| self.0.reads())?;
        self.0.run(&names.scope, vars)
    }
}

/// A text with `${expressions}`.
#[derive(Clone, Debug)]
pub(crate) struct Template(expr::Template);

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        expr::Template::parse(text).map(Self).map_err(|it| it.to_string())
    }

    pub(crate) fn render(&self, names: &Names) -> Result<String, String> {
        names.allow(|| self.0.expressions().flat_map(|it| it.reads()).collect())?;
        self.0.render(&names.scope).map_err(|it| it.to_string())
    }
}

/// Scripts, tables and calendar of the catalog a plan was made from; only the scripts its flow names.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    scripts: BTreeMap<ScriptKey, Result<Script, String>>,
    library: Arc<Library>,
    calendar: Calendar,
    /// Which texts of the record are decimals.
    shape: Arc<Shape>,
}

impl Tools {
    pub(crate) fn new(catalog: &Catalog, flow: &Flow) -> Self {
        let mut scripts = BTreeMap::new();
        for key in named_scripts(flow) {
            let compiled = match catalog.script(&key) {
                Some(source) => Script::compile(&key, source).map_err(|it| it.to_string()),
                None => Err(format!("expected a script `{key}`, found none")),
            };
            scripts.insert(key, compiled);
        }
        let shape = flow.module.as_ref().and_then(|it| catalog.module(it)).map(|it| Shape::of(&it.schema));
        let shape = Arc::new(shape.unwrap_or_default());
        Self { scripts, library: catalog.library(), calendar: Calendar::of(catalog), shape }
    }

    /// Names with `now` and `today`.
    pub(crate) fn names(&self, now: Timestamp) -> Names {
        let scope = Scope::new(self.library.clone(), now, self.calendar.zone());
        Names { scope, unreadable: BTreeMap::new() }
    }

    /// Why a script cannot run, if it cannot.
    pub(crate) fn check_script(&self, key: &ScriptKey) -> Result<(), String> {
        self.script(key).map(|_| ())
    }

    fn script(&self, key: &ScriptKey) -> Result<&Script, String> {
        match self.scripts.get(key) {
            Some(Ok(it)) => Ok(it),
            Some(Err(says)) => Err(says.clone()),
            None => Err(format!("expected a script `{key}`, found none")),
        }
    }

    /// Runs a script; the message names script and line.
    pub(crate) fn run(&self, key: &ScriptKey, names: &Names) -> Result<Value, String> {
        let script = self.script(key)?;
        names.allow(|| script.reads())?;
        script.run(&names.scope).map_err(|it| it.to_string())
    }

    /// What the table says and by which rules; null: none matches.
    pub(crate) fn decide(
        &self,
        table: &TableKey,
        inputs: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<(Value, Vec<String>), String> {
        let found = self.library.decide(table.as_str(), inputs, self.calendar.today(now));
        found.map(|it| it.map_or((Value::Null, Vec::new()), |it| (it.value, it.rules))).map_err(|it| it.to_string())
    }

    /// The moment a text means, seen from `now`: a duration (`PT4H`, `8bh`, `3bd`) or a moment (RFC 3339, or a day).
    pub(crate) fn moment(&self, text: &str, now: Timestamp) -> Result<Timestamp, String> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(at);
        }
        // A day begins at midnight. A local moment that the change of the clock leaves out is an hour later, one that comes
        // twice is the first.
        if let Ok(local) = text.parse::<jiff::civil::DateTime>()
            && let Ok(at) = local.to_zoned(self.calendar.zone().clone())
        {
            return Ok(at.timestamp());
        }
        let span: Span = text.parse().map_err(|_| format!("expected a duration or a moment, found `{text}`"))?;
        self.calendar.add(now, &span).map_err(|it| it.to_string())
    }

    /// The moment at so many per cent of the way; in working time where `text` is working time.
    pub(crate) fn share(&self, from: Timestamp, to: Timestamp, percent: u32, text: &str) -> Result<Timestamp, String> {
        match text.parse::<Span>() {
            Ok(span) => self.calendar.share(from, to, percent, &span).map_err(|it| it.to_string()),
            Err(_) => {
                let part = to.duration_since(from).as_secs().saturating_mul(i64::from(percent)) / 100;
                from.checked_add(SignedDuration::from_secs(part)).map_err(|it| it.to_string())
            }
        }
    }

    /// The moment at so many per cent of a duration, the pauses not counted.
    pub(crate) fn deadline(
        &self,
        budget: &str,
        percent: u32,
        from: Timestamp,
        pauses: &[(Timestamp, Timestamp)],
    ) -> Result<Timestamp, String> {
        let span: Span = budget.parse().map_err(|_| format!("expected a duration, found `{budget}`"))?;
        self.calendar.deadline(from, &span, percent, pauses).map_err(|it| it.to_string())
    }

    /// The `nth` moment of a rhythm, the first being 0. Counted from the first, so that a change of the clock or a short
    /// month does not move those after it.
    pub(crate) fn beat(&self, first: Timestamp, every: &str, nth: u32) -> Result<Timestamp, String> {
        let span: Span = every.parse().map_err(|_| format!("expected a duration, found `{every}`"))?;
        self.calendar.beat(first, &span, nth).map_err(|it| it.to_string())
    }

    /// So many spans of the clock before a moment.
    pub(crate) fn back(&self, from: Timestamp, every: &Span, times: u32) -> Result<Timestamp, String> {
        self.calendar.back(from, every, times).map_err(|it| it.to_string())
    }

    /// A moment as people here write it.
    pub(crate) fn local(&self, at: Timestamp) -> String {
        at.to_zoned(self.calendar.zone().clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// The scripts a flow names, each once.
fn named_scripts(flow: &Flow) -> Vec<ScriptKey> {
    let mut found = Vec::new();
    for it in flow.all() {
        if let ElementKind::ScriptTask { script, .. } = &it.kind {
            found.extend(script.clone());
        } else if let ElementKind::UserTask(task) = &it.kind {
            found.extend(task.performer.script.clone());
        } else if let ElementKind::ServiceTask { call: Some(call) } = &it.kind {
            found.extend(call.input_script.clone());
        }
    }
    found.sort();
    found.dedup();
    found
}

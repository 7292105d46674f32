//! The small world a scenario happens in.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::post::Kept;
use super::{Compiled, PluginCalls};
use crate::engine::context::Absence;
use crate::engine::instance::State;
use crate::engine::{Directory, Effect, Instance, Person, Plan};
use crate::form::{Change, Form, FormContext, Writer};
use crate::id::{DeptId, InstanceId, ModuleKey, RecordId, TimerId, UserId};
use crate::model::scenario::{Scenario, ScenarioAbsence, ScenarioActor};
use crate::time::Calendar;

/// Longest trace; what comes after is left out.
const TRACE_LINES: usize = 2_000;

pub(super) struct World<'a> {
    pub compiled: &'a Compiled<'a>,
    pub plugins: &'a mut dyn PluginCalls,
    pub calendar: Calendar,
    pub now: Timestamp,
    pub people: Directory,
    pub parents: BTreeMap<DeptId, Option<DeptId>>,
    pub records: BTreeMap<RecordId, Record>,
    /// What the scenario calls them.
    pub names: BTreeMap<String, RecordId>,
    /// In the order they began.
    pub instances: Vec<Running>,
    /// Last number by module and period.
    pub counters: BTreeMap<(ModuleKey, String), u64>,
    pub answers: BTreeMap<(String, String), VecDeque<Result<Value, String>>>,
    /// Calls of plugins that wait.
    pub jobs: VecDeque<(InstanceId, Effect)>,
    /// Messages nobody has waited for yet.
    pub kept: Vec<Kept>,
    /// Timers that were refused: of suspended instances.
    pub refused_timers: BTreeSet<TimerId>,
    /// Told in the current step.
    pub notices: Vec<Sent>,
    /// What the reader of the current step got.
    pub read: Option<Map<String, Value>>,
    pub trace: Vec<String>,
}

pub(super) struct Record {
    /// Counts up with every record.
    pub n: usize,
    pub module: ModuleKey,
    pub owner: Option<UserId>,
    pub department: Option<DeptId>,
    pub data: Map<String, Value>,
}

pub(super) struct Running {
    pub plan: Rc<Plan>,
    pub record: RecordId,
    pub instance: Instance,
}

impl Running {
    pub fn runs(&self) -> bool {
        matches!(self.instance.state, State::Running | State::Suspended)
    }
}

pub(super) struct Sent {
    pub notice: String,
    pub to: Vec<UserId>,
}

/// Why a deed was not accepted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused {
    pub code: String,
    pub message: String,
    /// Fields it is about: pointers or names.
    pub fields: Vec<String>,
}

impl Refused {
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), fields: Vec::new() }
    }
}

impl<'a> World<'a> {
    pub fn new(
        compiled: &'a Compiled<'a>,
        scenario: &Scenario,
        plugins: &'a mut dyn PluginCalls,
    ) -> Result<Self, String> {
        let moment = |text: &str| {
            text.parse::<Timestamp>()
                .map_err(|_| format!("expected a moment like `2026-03-02T09:00:00+08:00`, found `{text}`"))
        };
        let mut parents: BTreeMap<DeptId, Option<DeptId>> = BTreeMap::new();
        for it in &scenario.departments {
            parents.insert(it.key.as_str().into(), it.parent.as_deref().map(DeptId::from));
        }
        for it in scenario.actors.iter().filter_map(|it| it.department.as_ref()) {
            parents.entry(it.as_str().into()).or_insert(None);
        }
        let mut world = Self {
            compiled,
            plugins,
            calendar: Calendar::of(compiled.catalog),
            now: moment(&scenario.start)?,
            people: Directory::default(),
            parents,
            records: BTreeMap::new(),
            names: BTreeMap::new(),
            instances: Vec::new(),
            counters: BTreeMap::new(),
            kept: Vec::new(),
            answers: BTreeMap::new(),
            jobs: VecDeque::new(),
            refused_timers: BTreeSet::new(),
            notices: Vec::new(),
            read: None,
            trace: Vec::new(),
        };
        for it in &scenario.records {
            world.names.insert(it.name.clone(), RecordId(format!("rec-{}", it.name)));
        }
        world.people = scenario.actors.iter().map(|it| world.person(it)).collect::<Result<_, _>>()?;
        for (module, last) in &scenario.numbers {
            let module = ModuleKey::from(module.as_str());
            let last = last.as_u64().ok_or_else(|| format!("expected a number for `{module}`, found {last}"))?;
            let (_, period) = world
                .numbering(&module)?
                .ok_or_else(|| format!("expected a module with a number, found `{module}`"))?;
            world.counters.insert((module, period), last);
        }
        for it in &scenario.records {
            world
                .given(&it.name, &it.module, &it.data, it.owner.as_deref())
                .map_err(|says| format!("record `{}`: {says}", it.name))?;
        }
        Ok(world)
    }

    fn person(&self, it: &ScenarioActor) -> Result<Person, String> {
        let mut path: Vec<DeptId> = Vec::new();
        let mut at = it.department.as_deref().map(DeptId::from);
        while let Some(department) = at.filter(|it| !path.contains(it)) {
            at = self.parents.get(&department).cloned().flatten();
            path.push(department);
        }
        let customer = it.customer.as_ref().map(|name| {
            self.names
                .get(name)
                .cloned()
                .ok_or_else(|| format!("expected a record `{name}` for `{}`, found none", it.user))
        });
        let last = it
            .last_assigned
            .as_ref()
            .map(|it| it.parse::<Timestamp>().map_err(|_| format!("expected a moment, found `{it}`")));
        let moment = |text: &str| {
            text.parse::<Timestamp>().map(|it| it.to_string()).map_err(|_| format!("expected a moment, found `{text}`"))
        };
        let absence = |it: &ScenarioAbsence| {
            Ok::<_, String>(Absence {
                from: moment(&it.from)?,
                until: moment(&it.until)?,
                substitute: it.substitute.as_deref().map(UserId::from),
            })
        };
        Ok(Person {
            absences: it.absences.iter().map(absence).collect::<Result<_, _>>()?,
            id: it.user.as_str().into(),
            name: if it.name.is_empty() { it.user.clone() } else { it.name.clone() },
            roles: it.roles.clone(),
            department: it.department.as_deref().map(DeptId::from),
            department_path: path,
            manager: it.manager.as_deref().map(UserId::from),
            regions: it.regions.clone(),
            skills: it.skills.clone(),
            capacity: it.capacity,
            open_points: it.open_points,
            on_duty: it.on_duty,
            last_assigned: last.transpose()?.map(|it| it.to_string()),
            customer: customer.transpose()?,
            language: "zh-CN".to_owned(),
        })
    }

    /// A record that is simply there.
    fn given(
        &mut self,
        name: &str,
        module: &ModuleKey,
        data: &Map<String, Value>,
        owner: Option<&str>,
    ) -> Result<(), String> {
        let owner = owner.map(UserId::from);
        let department = owner.as_ref().and_then(|it| self.people.get(it)).and_then(|it| it.department.clone());
        let id = self.names.get(name).cloned().unwrap_or_default();
        let data = self.resolve(data);
        let accepted = self.accept(module, None, None, &data, Writer::Flow, &UserId::from("system"), None);
        let data = accepted.map_err(|it| it.message)?;
        let n = self.records.len();
        self.records.insert(id.clone(), Record { n, module: module.clone(), owner, department, data });
        self.choose(&id, None, Writer::Flow).map_err(|it| it.message)
    }

    /// The record after a change, as the form gives it back.
    #[allow(clippy::too_many_arguments)]
    pub fn accept(
        &self,
        module: &ModuleKey,
        id: Option<&RecordId>,
        old: Option<&Map<String, Value>>,
        patch: &Map<String, Value>,
        by: Writer,
        actor: &UserId,
        view: Option<&crate::model::view::View>,
    ) -> Result<Map<String, Value>, Refused> {
        let form = self.compiled.form(module);
        let user = self.people.get(actor).cloned().unwrap_or_else(|| Person { id: actor.clone(), ..Person::default() });
        let access = match (by, view) {
            (Writer::Flow, _) => BTreeMap::new(),
            (Writer::Person, Some(view)) => {
                crate::policy::step_fields(self.compiled.catalog, &self.actor(actor), module, view)
            }
            (Writer::Person, None) => crate::policy::fields(self.compiled.catalog, &self.actor(actor), module),
        };
        let referenced = self.referenced(&form, [old.unwrap_or(&Map::new()), patch]);
        let ctx = FormContext { now: self.now, user: &user, record: id, referenced: &referenced };
        match form.accept(&Change { old, patch, view, access: &access, by, ctx }) {
            Ok(it) => Ok(it.data),
            Err(faults) => {
                let says: Vec<String> = faults.iter().map(|it| format!("{}: {}", it.pointer, it.message)).collect();
                let fields = faults.iter().map(|it| it.pointer.clone()).collect();
                Err(Refused { fields, ..Refused::new("invalid", says.join("; ")) })
            }
        }
    }

    fn referenced(&self, form: &Form, data: [&Map<String, Value>; 2]) -> BTreeMap<RecordId, Map<String, Value>> {
        let wanted = data.iter().flat_map(|it| form.looks_at(it));
        let mut found: BTreeMap<_, _> =
            wanted.filter_map(|(_, id)| self.records.get(&id).map(|it| (id, it.data.clone()))).collect();
        // What is above in a tree, level by level.
        for data in data {
            loop {
                let above = form.unread_above(data, &found);
                if above.is_empty() {
                    break;
                }
                for id in above {
                    let data = self.records.get(&id).map(|it| it.data.clone()).unwrap_or_default();
                    found.insert(id, data);
                }
            }
        }
        found
    }

    pub fn actor(&self, id: &UserId) -> crate::policy::Actor {
        match self.people.get(id) {
            Some(it) => crate::policy::Actor::new(it.clone(), &self.parents),
            None => crate::policy::Actor::system(),
        }
    }

    /// The numbering rule of a module and its period now.
    pub fn numbering(&self, module: &ModuleKey) -> Result<Option<(crate::numbering::Rule, String)>, String> {
        let form = self.compiled.form(module);
        let Some((_, rule)) = form.number() else { return Ok(None) };
        let rule = crate::numbering::Rule::parse(rule).map_err(|it| it.message)?;
        let period = rule.period(self.now, form.zone());
        Ok(Some((rule, period)))
    }

    /// `@name` → the record's id, `@user:anna` → `anna`, anywhere inside.
    pub fn resolve(&self, data: &Map<String, Value>) -> Map<String, Value> {
        data.iter().map(|(key, it)| (key.clone(), self.resolve_value(it))).collect()
    }

    pub fn resolve_value(&self, value: &Value) -> Value {
        match value {
            Value::String(it) => match it.strip_prefix('@') {
                Some(name) => match (name.strip_prefix("user:"), self.names.get(name)) {
                    (Some(user), _) => Value::from(user),
                    (None, Some(id)) => Value::from(id.as_str()),
                    (None, None) => value.clone(),
                },
                None => value.clone(),
            },
            Value::Array(items) => Value::Array(items.iter().map(|it| self.resolve_value(it)).collect()),
            Value::Object(it) => Value::Object(self.resolve(it)),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    /// The record a step calls by this name.
    pub fn record(&self, name: &str) -> Result<RecordId, Refused> {
        self.names
            .get(name)
            .cloned()
            .ok_or_else(|| Refused::new("no-such-record", format!("there is no record `{name}`")))
    }

    /// The record's flow: the one begun last that no other flow called.
    pub fn instance_of(&self, record: &RecordId) -> Option<&Running> {
        self.instances.iter().rev().find(|it| it.record == *record && it.instance.parent.is_none())
    }

    pub fn note(&mut self, line: String) {
        if self.trace.len() < TRACE_LINES {
            self.trace.push(line);
        }
    }
}

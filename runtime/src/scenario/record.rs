//! Makes a scenario of a run that was tried without forms and people: the same way through the flow, with the people and
//! records of a scenario the pack has already. What forms ask for is taken from there as well, else made up by the
//! type of the field. What stands open after each step becomes its expectation.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::world::{Refused, World};
use super::{Compiled, PluginCalls, PluginFailure};
use crate::engine::instance::State;
use crate::id::{FlowKey, ModuleKey};
use crate::model::catalog::Catalog;
use crate::model::flow::ElementKind;
use crate::model::scenario::{Deed, Expectation, ExpectedTask, Scenario, ScenarioStep};
use crate::simulate::Happening;

/// What the record is called in the steps.
const RECORD: &str = "tried";
/// Fields filled for one step before it is given up.
const FILLED: usize = 40;

/// A scenario, and how far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    pub scenario: Scenario,
    /// Why it goes no further than its last step.
    pub stopped: Option<String>,
    /// Which happening of the script that is, and the stable code of the refusal; none where nobody refused anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedAt>,
}

/// Where somebody was refused something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedAt {
    pub happening: usize,
    pub code: String,
}

/// Why it goes no further. The code is empty where nobody refused anything.
struct Stop {
    code: String,
    message: String,
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop { code: String::new(), message }
    }
}

impl From<Refused> for Stop {
    fn from(it: Refused) -> Self {
        Stop { code: it.code, message: it.message }
    }
}

/// Follows `script` through the flow, on the stage of `base`. `data`: values for the record's fields.
pub fn record(
    catalog: &Catalog,
    base: &Scenario,
    flow: &FlowKey,
    title: &str,
    data: &Map<String, Value>,
    script: &[Happening],
) -> Recorded {
    let stage = Scenario { title: title.to_owned(), steps: Vec::new(), ..base.clone() };
    let failed = |says: String| Recorded { scenario: stage.clone(), stopped: Some(says), refused: None };
    let Some(module) = catalog.flow(flow).and_then(|it| it.module.clone()) else {
        return failed(format!("the flow `{flow}` is about no form"));
    };
    let compiled = Compiled::new(catalog);
    let harvest = Harvest::of(base, &module);
    let told = Rc::new(RefCell::new(Vec::new()));
    let mut plugins = Given { answers: harvest.answers.clone(), told: told.clone() };
    let world = match World::new(&compiled, &stage, &mut plugins) {
        Ok(it) => it,
        Err(says) => return failed(says),
    };
    let mut recorder = Recorder { world, module, flow, harvest, told, steps: Vec::new(), given: data };
    let stopped = recorder.begin().map_err(|it| (None, it)).and_then(|()| {
        script.iter().enumerate().try_for_each(|(at, it)| recorder.happening(it).map_err(|it| (Some(at), it)))
    });
    let (stopped, refused) = match stopped {
        Ok(()) => (None, None),
        Err((at, it)) => {
            let refused = at.filter(|_| !it.code.is_empty()).map(|happening| RefusedAt { happening, code: it.code });
            (Some(it.message), refused)
        }
    };
    Recorded { scenario: Scenario { steps: recorder.steps, ..stage }, stopped, refused }
}

/// What the steps of a scenario give.
#[derive(Clone, Default)]
struct Harvest {
    /// What a record is made with.
    create: Map<String, Value>,
    /// What a task is completed with, by its node.
    complete: BTreeMap<String, (Map<String, Value>, String)>,
    answers: BTreeMap<(String, String), Value>,
}

impl Harvest {
    fn of(base: &Scenario, module: &ModuleKey) -> Self {
        let mut found = Harvest::default();
        for step in &base.steps {
            match &step.deed {
                Deed::Create { module: of, data, .. } if of == module && found.create.is_empty() => {
                    found.create.clone_from(data);
                }
                Deed::Complete { node, data, comment, .. } => {
                    found.complete.entry(node.clone()).or_insert_with(|| (data.clone(), comment.clone()));
                }
                Deed::Answer { plugin, function, output: Some(output), error: None } => {
                    found.answers.entry((plugin.clone(), function.clone())).or_insert_with(|| output.clone());
                }
                Deed::Create { .. }
                | Deed::Update { .. }
                | Deed::Read { .. }
                | Deed::Claim { .. }
                | Deed::Release { .. }
                | Deed::Return { .. }
                | Deed::HandOver { .. }
                | Deed::Advance { .. }
                | Deed::Message { .. }
                | Deed::Answer { .. } => {}
            }
        }
        found
    }
}

/// Answers of the base, told so that they can be written down.
struct Given {
    answers: BTreeMap<(String, String), Value>,
    told: Rc<RefCell<Vec<Deed>>>,
}

impl PluginCalls for Given {
    fn call(&mut self, plugin: &str, function: &str, _input: &Value) -> Result<Value, PluginFailure> {
        let key = (plugin.to_owned(), function.to_owned());
        let Some(output) = self.answers.get(&key).cloned() else {
            let error = format!("no step of the scenario it is made after answers {plugin}/{function}");
            return Err(PluginFailure { code: None, error });
        };
        self.told.borrow_mut().push(Deed::Answer {
            plugin: key.0,
            function: key.1,
            output: Some(output.clone()),
            error: None,
        });
        Ok(output)
    }
}

struct Recorder<'a> {
    world: World<'a>,
    module: ModuleKey,
    flow: &'a FlowKey,
    harvest: Harvest,
    told: Rc<RefCell<Vec<Deed>>>,
    steps: Vec<ScenarioStep>,
    given: &'a Map<String, Value>,
}

impl Recorder<'_> {
    fn begin(&mut self) -> Result<(), Stop> {
        let mut data = self.harvest.create.clone();
        data.extend(self.given.iter().filter(|it| !it.1.is_null()).map(|(key, it)| (key.clone(), it.clone())));
        let module = self.module.clone();
        let create =
            |data| Deed::Create { module: module.clone(), name: RECORD.to_owned(), data, accept_duplicates: true };
        self.by_somebody(None, data, String::new(), &|data, _| create(data))?;
        let id = self.world.record(RECORD)?;
        if !self.world.instances.iter().any(|it| it.record == id && it.plan.flow().key == *self.flow) {
            let says = "making a record does not start this flow; a scenario cannot start it otherwise";
            return Err(says.to_owned().into());
        }
        Ok(())
    }

    fn happening(&mut self, it: &Happening) -> Result<(), Stop> {
        match it {
            Happening::Complete { task, outcome, by, .. } => match self.kind(task) {
                Some(ElementKind::UserTask(_)) => self.complete(task, outcome.as_deref(), by.as_deref()),
                Some(
                    ElementKind::IntermediateCatchEvent { .. }
                    | ElementKind::BoundaryEvent { .. }
                    | ElementKind::StartEvent { .. },
                ) => self.until(task),
                // What the platform does by itself was done by hand while it was tried.
                Some(_) => Ok(()),
                None => Err(format!("the flow has no step `{task}` any more").into()),
            },
            Happening::Advance(by) => self.plain(None, Deed::Advance { by: by.clone() }),
            Happening::Message { name, set, .. } => {
                let deed = Deed::Message { record: RECORD.to_owned(), name: name.clone(), payload: set.clone() };
                self.plain(None, deed)
            }
            Happening::Set(_) => Ok(()),
            Happening::Signal { name, .. } => Err(format!("a scenario cannot send the signal `{name}`").into()),
            Happening::Error { at, .. } => Err(format!("a scenario cannot make `{at}` fail by hand").into()),
            Happening::Escalation { at, .. } => Err(format!("a scenario cannot escalate at `{at}` by hand").into()),
            Happening::Cancel(at) => Err(format!("a scenario cannot cancel `{at}` by hand").into()),
            Happening::Start(at) => Err(format!("a scenario cannot begin `{at}` by hand").into()),
        }
    }

    fn kind(&self, id: &str) -> Option<ElementKind> {
        let flow = self.world.compiled.catalog.flow(self.flow)?;
        flow.all().into_iter().find(|it| it.id.as_str() == id).map(|it| it.kind.clone())
    }

    fn complete(&mut self, node: &str, outcome: Option<&str>, by: Option<&str>) -> Result<(), Stop> {
        let open = self.open();
        if !open.iter().any(|it| it.node == node) {
            let there: Vec<&str> = open.iter().map(|it| it.node.as_str()).collect();
            let there = if there.is_empty() { "nothing".to_owned() } else { there.join(", ") };
            return Err(format!(
                "with forms, tables and people it goes another way: `{node}` is not open, but {there}"
            )
            .into());
        }
        let (data, comment) = self.harvest.complete.get(node).cloned().unwrap_or_default();
        let (node, outcome) = (node.to_owned(), outcome.unwrap_or("done").to_owned());
        self.by_somebody(by, data, comment, &|data, comment| Deed::Complete {
            record: RECORD.to_owned(),
            node: node.clone(),
            outcome: outcome.clone(),
            data,
            comment,
        })
    }

    /// Lets time go by to the moment an event waits for.
    fn until(&mut self, node: &str) -> Result<(), Stop> {
        let at = self
            .world
            .instances
            .iter()
            .flat_map(|it| it.instance.timers.values())
            .filter(|it| it.node.as_str() == node)
            .map(|it| it.at.clone())
            .min()
            .ok_or_else(|| format!("no timer of `{node}` is running"))?;
        self.plain(None, Deed::Advance { by: at })
    }

    /// `by` does it, or whoever may; what the form still wants is filled in.
    fn by_somebody(
        &mut self,
        by: Option<&str>,
        data: Map<String, Value>,
        comment: String,
        deed: &dyn Fn(Map<String, Value>, String) -> Deed,
    ) -> Result<(), Stop> {
        let people: Vec<String> = match by {
            Some(it) => vec![it.to_owned()],
            None => self.world.people.values().map(|it| it.id.0.clone()).collect(),
        };
        let mut last = Stop::from("the scenario it is made after has no people".to_owned());
        for who in people {
            let (mut data, mut comment) = (data.clone(), comment.clone());
            for _ in 0..FILLED {
                match self.step(Some(&who), deed(data.clone(), comment.clone())) {
                    Ok(()) => return Ok(()),
                    Err(it) if it.code == "comment-needed" && comment.is_empty() => comment = "…".to_owned(),
                    Err(it) if !it.fields.is_empty() && self.fill(&mut data, &it.fields) => {}
                    Err(it) => {
                        // What a form has against it says more than that others may not.
                        if it.code == "invalid" || last.message.is_empty() || !last.message.starts_with('/') {
                            last = it.into();
                        }
                        break;
                    }
                }
            }
        }
        Err(last)
    }

    fn plain(&mut self, who: Option<&str>, deed: Deed) -> Result<(), Stop> {
        Ok(self.step(who, deed)?)
    }

    /// Does it and, if it is accepted, writes it down with what plugins answered and what is open then.
    fn step(&mut self, who: Option<&str>, deed: Deed) -> Result<(), Refused> {
        self.told.borrow_mut().clear();
        let mut step = ScenarioStep { note: String::new(), who: who.map(str::to_owned), deed, expect: None };
        self.world.perform(&step)?;
        for deed in self.told.borrow_mut().drain(..) {
            self.steps.push(ScenarioStep { note: String::new(), who: None, deed, expect: None });
        }
        let instance = self.world.record(RECORD).ok().and_then(|id| self.world.instance_of(&id)).map(|it| {
            match it.instance.state {
                State::Running | State::Suspended if !it.instance.incidents.is_empty() => "incident",
                State::Running | State::Suspended => "running",
                State::Finished => "finished",
                State::Cancelled => "cancelled",
                State::New => "new",
            }
        });
        step.expect = Some(Expectation {
            record: Some(RECORD.to_owned()),
            tasks: Some(self.open()),
            instance: instance.filter(|it| *it != "new").map(str::to_owned),
            ..Expectation::default()
        });
        self.steps.push(step);
        Ok(())
    }

    fn open(&self) -> Vec<ExpectedTask> {
        let Ok(id) = self.world.record(RECORD) else { return Vec::new() };
        let tasks = self.world.instances.iter().filter(|it| it.record == id).flat_map(|it| it.instance.tasks.values());
        tasks.map(|it| ExpectedTask { node: it.node.0.clone(), assignee: None, candidates: None, due: None }).collect()
    }

    /// Values for fields that are missing. False where nothing could be thought of.
    fn fill(&self, data: &mut Map<String, Value>, fields: &[String]) -> bool {
        let mut filled = false;
        for field in fields {
            let name = field.trim_start_matches('/');
            let name = name.split('/').next().unwrap_or(name);
            let property = self
                .world
                .compiled
                .catalog
                .module(&self.module)
                .and_then(|it| it.schema.get("properties")?.get(name).cloned());
            let Some(value) = property.and_then(|it| self.sample(&it)) else { continue };
            if data.get(name).is_none_or(Value::is_null) {
                data.insert(name.to_owned(), value);
                filled = true;
            }
        }
        filled
    }

    /// A value of this type.
    fn sample(&self, property: &Value) -> Option<Value> {
        let text = |key: &str| property.get(key).and_then(Value::as_str);
        let first = |key: &str| property.get(key)?.as_array()?.first().cloned();
        if let Some(it) = first("oneOf").and_then(|it| it.get("const").cloned()).or_else(|| first("enum")) {
            return Some(it);
        }
        if let Some(of) = property.get("x-ref").and_then(|it| it.as_str().or_else(|| it.get("module")?.as_str())) {
            let name = self
                .world
                .names
                .iter()
                .find(|(_, id)| self.world.records.get(*id).is_some_and(|it| it.module.as_str() == of))?;
            return Some(json!(format!("@{}", name.0)));
        }
        Some(match (text("type")?, text("format")) {
            ("boolean", _) => json!(true),
            ("integer" | "number", _) => property.get("minimum").cloned().unwrap_or_else(|| json!(1)),
            ("string", Some("date")) => json!("2026-03-02"),
            ("string", Some("date-time")) => json!("2026-03-02T09:00:00+08:00"),
            ("string", Some("time")) => json!("09:00:00"),
            ("string", Some("email")) => json!("someone@example.com"),
            ("string", Some("uri")) => json!("https://example.com"),
            ("string", Some("x-decimal")) => json!("1"),
            ("string", None) => json!("…"),
            _ => return None,
        })
    }
}

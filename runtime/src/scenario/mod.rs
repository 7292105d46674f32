//! Plays a scenario in memory: the same forms, rights and engine as the server, a clock that the scenario moves,
//! plugins that answer what the scenario says. Nothing here touches a disk or waits.
//!
//! [`world`] holds people, records, instances and the clock; [`deeds`] does what a step says; [`alone`] compares a record
//! with the others of its module; [`flows`] gives inputs to
//! instances and carries out their effects; [`expect`] compares, a [`Failure`] says what came instead. [`record`] makes a scenario of a run that was tried.

mod alone;
mod deeds;
mod expect;
mod failure;
mod flows;
mod post;
mod record;
mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::Plan;
use crate::form::Form;
use crate::id::{FlowKey, ModuleKey, PackId};
use crate::model::catalog::Catalog;
use crate::model::scenario::Scenario;
pub use failure::{Failure, Refusal, Stuck, Told};
pub use record::{Recorded, RefusedAt, record};
use world::World;

/// How a scenario went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScenarioReport {
    pub name: String,
    pub passed: bool,
    pub steps: Vec<StepReport>,
    /// What happened, line by line, to its end or to the first failure.
    pub trace: Vec<String>,
}

/// One step of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    pub index: usize,
    pub note: String,
    pub passed: bool,
    /// One per expectation that failed.
    pub failures: Vec<Failure>,
}

/// The plugins a scenario may call when it does not answer itself.
pub trait PluginCalls {
    fn call(&mut self, plugin: &str, function: &str, input: &Value) -> Result<Value, PluginFailure>;
}

/// Why a plugin gave no answer. `code` is for an error boundary event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PluginFailure {
    pub code: Option<String>,
    pub error: String,
}

/// Where there are no plugins: every call fails and says so.
pub struct NoPlugins;

impl PluginCalls for NoPlugins {
    fn call(&mut self, plugin: &str, function: &str, _input: &Value) -> Result<Value, PluginFailure> {
        let error = format!("expected an answer for {plugin}/{function} in the scenario, found none");
        Err(PluginFailure { code: None, error })
    }
}

/// Plays one scenario against the catalog.
pub fn run(catalog: &Catalog, scenario: &Scenario, plugins: &mut dyn PluginCalls) -> ScenarioReport {
    play(&Compiled::new(catalog), scenario, plugins)
}

/// Plays all scenarios of a pack, by name; forms and flows are compiled once for all of them.
pub fn run_all(catalog: &Catalog, pack: &PackId, plugins: &mut dyn PluginCalls) -> BTreeMap<String, ScenarioReport> {
    let compiled = Compiled::new(catalog);
    let scenarios = catalog.packs.get(pack).map(|it| &it.scenarios).into_iter().flatten();
    scenarios.map(|(name, it)| (name.clone(), play(&compiled, it, plugins))).collect()
}

fn play(compiled: &Compiled, scenario: &Scenario, plugins: &mut dyn PluginCalls) -> ScenarioReport {
    let mut report = ScenarioReport { name: scenario.title.clone(), passed: true, ..ScenarioReport::default() };
    let mut world = match World::new(compiled, scenario, plugins) {
        Ok(it) => it,
        Err(says) => {
            let failures = vec![Failure::Given { says }];
            let failed = StepReport { note: "given".to_owned(), failures, ..StepReport::default() };
            return ScenarioReport { passed: false, steps: vec![failed], ..report };
        }
    };
    for (index, step) in scenario.steps.iter().enumerate() {
        let outcome = world.perform(step);
        let failures = expect::compare(&world, step, outcome);
        for it in &failures {
            world.note(format!("  ✗ {it}"));
        }
        let passed = failures.is_empty();
        report.steps.push(StepReport { index, note: step.note.clone(), passed, failures });
        if !passed {
            report.passed = false;
            break;
        }
    }
    report.trace = std::mem::take(&mut world.trace);
    report
}

/// Forms and flows of a catalog, compiled when first needed.
struct Compiled<'a> {
    catalog: &'a Catalog,
    forms: RefCell<BTreeMap<ModuleKey, Rc<Form>>>,
    plans: RefCell<BTreeMap<FlowKey, Rc<Plan>>>,
}

impl<'a> Compiled<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, forms: RefCell::default(), plans: RefCell::default() }
    }

    fn form(&self, module: &ModuleKey) -> Rc<Form> {
        let mut forms = self.forms.borrow_mut();
        forms.entry(module.clone()).or_insert_with(|| Rc::new(Form::compile(self.catalog, module).0)).clone()
    }

    /// The flow, or why it cannot run.
    fn plan(&self, key: &FlowKey) -> Result<Rc<Plan>, String> {
        if let Some(it) = self.plans.borrow().get(key) {
            return Ok(it.clone());
        }
        let flow = self.catalog.flow(key).ok_or_else(|| format!("expected a flow `{key}`, found none"))?;
        let faults =
            |alerts: Vec<crate::alert::Alert>| alerts.into_iter().map(|it| it.message).collect::<Vec<_>>().join("; ");
        let plan = Rc::new(Plan::compile(self.catalog, flow).map_err(faults)?);
        self.plans.borrow_mut().insert(key.clone(), plan.clone());
        Ok(plan)
    }
}

#[cfg(test)]
mod tests;

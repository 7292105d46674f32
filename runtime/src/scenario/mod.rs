//! Plays a scenario in memory: the same forms, rights and engine as the server, a clock that the scenario moves,
//! plugins that answer what the scenario says. Nothing here touches a disk or waits.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::catalog::Catalog;
use crate::model::scenario::Scenario;

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
    /// "expected …, came …", one per expectation that failed.
    pub failures: Vec<String>,
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
    let _ = (catalog, plugins);
    ScenarioReport { name: scenario.title.clone(), ..ScenarioReport::default() }
}

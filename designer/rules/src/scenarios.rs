//! Questions about the scenarios of a pack that `pack.load` has loaded, with a draft on top: `scenario.run` plays one,
//! `scenario.record` makes one of a run that was tried. With them comes what is tried out alone ([`crate::trial`]).

use std::collections::BTreeMap;

use runtime::id::FlowKey;
use runtime::model::scenario::Scenario;
use runtime::scenario::{self, NoPlugins};
use runtime::simulate::Happening;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::answer::{read, unknown, value};
use crate::{Fault, studio, trial};

/// Answers one question by name.
pub fn answer(call: &str, args: &str) -> Result<Box<RawValue>, Fault> {
    match call {
        "scenario.run" => run(read(args)?),
        "scenario.record" => record(read(args)?),
        "table.try" => trial::table(read(args)?),
        "flow.try" => trial::flow(read(args)?),
        other => Err(unknown(other)),
    }
}

/// A scenario of the draft by its name, or one that is not in it yet.
#[derive(Deserialize)]
struct Run {
    id: String,
    #[serde(default)]
    draft: BTreeMap<String, Option<String>>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    scenario: Option<Scenario>,
}

/// `runtime::scenario::ScenarioReport`. Plugins are answered by the scenario alone.
fn run(it: Run) -> Result<Box<RawValue>, Fault> {
    studio::with_draft(&it.id, it.draft, |catalog, pack| {
        let own = || catalog.packs.get(pack)?.scenarios.get(it.name.as_str());
        let scenario = it.scenario.as_ref().or_else(own).ok_or_else(|| no_scenario(&it.name))?;
        value(&scenario::run(catalog, scenario, &mut NoPlugins))
    })
}

fn no_scenario(name: &str) -> Fault {
    Fault { code: "malformed", message: format!("expected a scenario of the pack, found `{name}`") }
}

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    draft: BTreeMap<String, Option<String>>,
    flow: FlowKey,
    /// The scenario whose people and records it is made with.
    base: String,
    title: String,
    #[serde(default)]
    data: Map<String, Value>,
    script: Vec<Happening>,
}

/// `runtime::scenario::Recorded`.
fn record(it: Record) -> Result<Box<RawValue>, Fault> {
    studio::with_draft(&it.id, it.draft, |catalog, pack| {
        let base = catalog.packs.get(pack).and_then(|own| own.scenarios.get(it.base.as_str()));
        let base = base.ok_or_else(|| no_scenario(&it.base))?;
        value(&scenario::record(catalog, base, &it.flow, &it.title, &it.data, &it.script))
    })
}

//! What is tried out in the studio: `table.try` asks a decision table, `flow.try` plays a flow.

use runtime::model::flow::Flow;
use runtime::model::table::Table;
use runtime::simulate::{self, Happening, Options};
use runtime::table::Grid;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Fault;
use crate::answer::value;

/// A decision table, what it is asked, and the day it is asked on.
#[derive(Deserialize)]
pub struct TryTable {
    table: Table,
    #[serde(default)]
    inputs: Map<String, Value>,
    /// `YYYY-MM-DD`.
    day: jiff::civil::Date,
}

/// What a table says: `{rules, value, fault}`.
#[derive(Serialize, Default)]
struct Decided {
    rules: Vec<String>,
    value: Value,
    fault: String,
}

/// Asks it.
pub fn table(it: TryTable) -> Result<Box<RawValue>, Fault> {
    let (grid, _) = Grid::compile(&it.table);
    value(&match grid.decide(&it.inputs, it.day) {
        Ok(Some(decision)) => Decided { rules: decision.rules, value: decision.value, fault: String::new() },
        Ok(None) => Decided::default(),
        Err(fault) => Decided { fault: fault.to_string(), ..Decided::default() },
    })
}

/// A flow, the ones it may call, and what happened so far.
#[derive(Deserialize)]
pub struct Try {
    flow: Flow,
    #[serde(default)]
    others: Vec<Flow>,
    #[serde(default)]
    script: Vec<Happening>,
    /// What expressions see as `data`.
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(default)]
    variables: Map<String, Value>,
}

/// Plays it: `runtime::simulate::Outcome`.
pub fn flow(it: Try) -> Result<Box<RawValue>, Fault> {
    let options = Options {
        process: Some(it.flow.id.clone()),
        script: it.script,
        data: it.data,
        variables: it.variables,
        ..Options::default()
    };
    let flows: Vec<Flow> = std::iter::once(it.flow).chain(it.others).collect();
    value(&simulate::run(&flows, &[], &options))
}

//! Evaluates decision tables (DMN 1.5 §8): unary tests on every input, hit policies unique and first, validity by day.

mod cell;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::alert::Alert;
use crate::model::table::{HitPolicy, Table, TableType};
use crate::value;
use cell::Cell;

/// A compiled table.
#[derive(Clone, Debug)]
pub struct Grid {
    key: String,
    hit_policy: HitPolicy,
    inputs: Vec<(String, TableType)>,
    outputs: Vec<(String, TableType)>,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    id: String,
    cells: Vec<Cell>,
    then: Vec<Value>,
    from: Option<Date>,
    to: Option<Date>,
}

/// The rule that matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub rule: String,
    pub outputs: Map<String, Value>,
}

/// Why a table gave no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("there is no decision table `{0}`")]
    NoSuchTable(String),
    #[error("decision table `{table}` has no input `{input}`")]
    NoSuchInput { table: String, input: String },
    #[error("decision table `{table}` expects {expected} for `{input}`, found `{found}`")]
    WrongInput { table: String, input: String, expected: &'static str, found: String },
    #[error("decision table `{table}` has the hit policy unique, but the rules {rules:?} match together")]
    NotUnique { table: String, rules: Vec<String> },
}

/// A value of an input, typed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    Blank,
    Text(String),
    Number(Decimal),
    Bool(bool),
}

impl Grid {
    /// Compiles; a rule with a fault is left out and reported. Pointers are into the table's file.
    pub fn compile(table: &Table) -> (Self, Vec<Alert>) {
        let mut alerts = Vec::new();
        let file = format!("tables/{}.json", table.key);
        let mut grid = Self {
            key: table.key.0.clone(),
            hit_policy: table.hit_policy,
            inputs: table.inputs.iter().map(|it| (it.key.clone(), it.kind)).collect(),
            outputs: table.outputs.iter().map(|it| (it.key.clone(), it.kind)).collect(),
            rules: Vec::new(),
        };
        for (at, rule) in table.rules.iter().enumerate() {
            let before = alerts.len();
            let here = format!("/rules/{at}");
            let mut report = |code: &str, pointer: String, message: String| {
                alerts
                    .push(Alert::error(code, message).at(file.clone(), format!("{here}{pointer}")).on(rule.id.clone()));
            };
            if rule.when.len() != grid.inputs.len() {
                report(
                    "table-cells",
                    "/when".into(),
                    format!("expected {} cells, one per input; found {}", grid.inputs.len(), rule.when.len()),
                );
            }
            if rule.then.len() != grid.outputs.len() {
                report(
                    "table-cells",
                    "/then".into(),
                    format!("expected {} values, one per output; found {}", grid.outputs.len(), rule.then.len()),
                );
            }
            let mut cells = Vec::new();
            for (column, (text, (_, kind))) in rule.when.iter().zip(&grid.inputs).enumerate() {
                match Cell::parse(text, *kind) {
                    Ok(cell) => cells.push(cell),
                    Err(message) => report("table-cell-syntax", format!("/when/{column}"), message),
                }
            }
            let mut then = Vec::new();
            for (column, (given, (_, kind))) in rule.then.iter().zip(&grid.outputs).enumerate() {
                match output(given, *kind) {
                    Some(it) => then.push(it),
                    None => report(
                        "table-value",
                        format!("/then/{column}"),
                        format!("expected {}, found {given}", name(*kind)),
                    ),
                }
            }
            let mut day = |key: &str, text: &Option<String>| match text.as_deref().map(str::parse::<Date>) {
                Some(Ok(it)) => Some(it),
                Some(Err(_)) => {
                    report("table-day", format!("/{key}"), "expected a day `YYYY-MM-DD`".into());
                    None
                }
                None => None,
            };
            let from = day("validFrom", &rule.valid_from);
            let to = day("validTo", &rule.valid_to);
            if alerts.len() == before {
                grid.rules.push(Rule { id: rule.id.clone(), cells, then, from, to });
            }
        }
        (grid, alerts)
    }

    /// The rule that matches on that day. An input that is not given is blank; blank matches only `-` and ``.
    pub fn decide(&self, inputs: &Map<String, Value>, day: Date) -> Result<Option<Decision>, Fault> {
        if let Some(input) = inputs.keys().find(|key| self.inputs.iter().all(|(it, _)| it != *key)) {
            return Err(Fault::NoSuchInput { table: self.key.clone(), input: input.clone() });
        }
        let mut data = Vec::with_capacity(self.inputs.len());
        for (key, kind) in &self.inputs {
            let given = inputs.get(key).unwrap_or(&Value::Null);
            data.push(datum(given, *kind).ok_or_else(|| Fault::WrongInput {
                table: self.key.clone(),
                input: key.clone(),
                expected: name(*kind),
                found: given.to_string(),
            })?);
        }
        let holds = |rule: &&Rule| {
            rule.from.is_none_or(|from| from <= day)
                && rule.to.is_none_or(|to| day <= to)
                && rule.cells.iter().zip(&data).all(|(cell, datum)| cell.holds(datum))
        };
        let mut hits = self.rules.iter().filter(holds);
        let Some(hit) = hits.next() else { return Ok(None) };
        match self.hit_policy {
            HitPolicy::First => {}
            HitPolicy::Unique => {
                let others: Vec<String> = hits.map(|it| it.id.clone()).collect();
                if !others.is_empty() {
                    let rules = std::iter::once(hit.id.clone()).chain(others).collect();
                    return Err(Fault::NotUnique { table: self.key.clone(), rules });
                }
            }
        }
        let outputs = self.outputs.iter().map(|(key, _)| key.clone()).zip(hit.then.iter().cloned()).collect();
        Ok(Some(Decision { rule: hit.id.clone(), outputs }))
    }
}

fn name(kind: TableType) -> &'static str {
    match kind {
        TableType::Text => "a text",
        TableType::Number => "a number",
        TableType::Bool => "true or false",
        TableType::Date => "a day",
    }
}

/// The input as the table's type; a date-time counts as its day as written.
fn datum(value: &Value, kind: TableType) -> Option<Datum> {
    if value::blank(value) {
        return Some(Datum::Blank);
    }
    match (kind, value) {
        (TableType::Text, Value::String(it)) => Some(Datum::Text(it.clone())),
        (TableType::Text, Value::Number(it)) => Some(Datum::Text(it.to_string())),
        (TableType::Number, _) => value::decimal_of(value).map(Datum::Number),
        (TableType::Bool, Value::Bool(it)) => Some(Datum::Bool(*it)),
        (TableType::Date, Value::String(it)) => {
            it.get(..10)?.parse::<Date>().ok().map(|it| Datum::Text(it.to_string()))
        }
        (TableType::Text | TableType::Bool | TableType::Date, _) => None,
    }
}

fn output(value: &Value, kind: TableType) -> Option<Value> {
    match (kind, value) {
        (_, Value::Null) => Some(Value::Null),
        (TableType::Text, Value::String(_)) | (TableType::Bool, Value::Bool(_)) => Some(value.clone()),
        (TableType::Number, _) => value::decimal_of(value).map(value::from_decimal),
        (TableType::Date, Value::String(it)) => it.parse::<Date>().ok().map(|_| value.clone()),
        (TableType::Text | TableType::Bool | TableType::Date, _) => None,
    }
}

#[cfg(test)]
mod tests;

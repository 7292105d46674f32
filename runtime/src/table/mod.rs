//! Evaluates decision tables (DMN 1.5 §8): unary tests on every input, every hit policy, validity by day.
//!
//! The answer is the outputs by name; of `ruleOrder`, `outputOrder` and `collect` without aggregation a list of them. Where
//! no rule matches: the outputs' defaults, if any has one; else blank (a list: empty; a count: 0).
//!
//! - `table-too-large` (error): more inputs, outputs or rules than a table may have; cut it into several.
//! - `table-cells` (error): a rule has not one cell per input and one value per output.
//! - `table-cell-syntax` (error): a cell is no test of the input's type; write `s1`, `> 5`, `[1..5)`, `not(s1, s2)` or `-`.
//! - `table-value` (error): a value is not of the type of its column.
//! - `table-day` (error): a rule holds from or to something that is no day.
//! - `table-aggregation` (error): only `collect` aggregates, and all but `count` only numbers.

mod cell;
pub(crate) mod space;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::alert::Alert;
use crate::limits;
use crate::model::table::{Aggregation, HitPolicy, Table, TableType};
use crate::value;
use cell::Cell;

/// A compiled table.
#[derive(Clone, Debug)]
pub struct Grid {
    key: String,
    hit_policy: HitPolicy,
    aggregation: Option<Aggregation>,
    inputs: Vec<Input>,
    outputs: Vec<Output>,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Input {
    key: String,
    kind: TableType,
    values: Vec<Datum>,
}

#[derive(Clone, Debug)]
struct Output {
    key: String,
    kind: TableType,
    values: Vec<Value>,
    default: Option<Value>,
}

#[derive(Clone, Debug)]
struct Rule {
    id: String,
    cells: Vec<Cell>,
    then: Vec<Value>,
    from: Option<Date>,
    to: Option<Date>,
}

/// What a table says, and by which rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The rules the answer is made of, in its order; none: the defaults.
    pub rules: Vec<String>,
    /// The outputs by name, or a list of them.
    pub value: Value,
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
    #[error(
        "decision table `{table}` has the hit policy any, but the rules {rules:?} match together and say different things"
    )]
    NotEqual { table: String, rules: Vec<String> },
    #[error("decision table `{table}`: the sum of `{output}` is out of range")]
    OutOfRange { table: String, output: String },
}

/// A value of an input, typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
            aggregation: table.aggregation,
            inputs: Vec::new(),
            outputs: Vec::new(),
            rules: Vec::new(),
        };
        let sizes = [table.inputs.len(), table.outputs.len()];
        if sizes.iter().any(|it| *it > limits::TABLE_COLUMNS) || table.rules.len() > limits::TABLE_RULES {
            let says = format!(
                "expected at most {} inputs, {} outputs and {} rules, found {}, {} and {}",
                limits::TABLE_COLUMNS,
                limits::TABLE_COLUMNS,
                limits::TABLE_RULES,
                sizes[0],
                sizes[1],
                table.rules.len()
            );
            return (grid, vec![Alert::error("table-too-large", says).at(file, "")]);
        }
        grid.columns(table, &file, &mut alerts);
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
            for (column, (text, input)) in rule.when.iter().zip(&grid.inputs).enumerate() {
                match Cell::parse(text, input.kind) {
                    Ok(cell) => cells.push(cell),
                    Err(message) => report("table-cell-syntax", format!("/when/{column}"), message),
                }
            }
            let mut then = Vec::new();
            for (column, (given, column_of)) in rule.then.iter().zip(&grid.outputs).enumerate() {
                match output(given, column_of.kind) {
                    Some(it) => then.push(it),
                    None => report(
                        "table-value",
                        format!("/then/{column}"),
                        format!("expected {}, found {given}", name(column_of.kind)),
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

    /// Inputs and outputs with their values.
    fn columns(&mut self, table: &Table, file: &str, alerts: &mut Vec<Alert>) {
        let mut wrong = |pointer: String, kind: TableType, found: &Value| {
            alerts
                .push(Alert::error("table-value", format!("expected {}, found {found}", name(kind))).at(file, pointer));
        };
        for (at, it) in table.inputs.iter().enumerate() {
            let mut values = Vec::new();
            for (nth, value) in it.values.iter().enumerate() {
                match datum(value, it.kind).filter(|it| *it != Datum::Blank) {
                    Some(it) => values.push(it),
                    None => wrong(format!("/inputs/{at}/values/{nth}"), it.kind, value),
                }
            }
            self.inputs.push(Input { key: it.key.clone(), kind: it.kind, values });
        }
        for (at, it) in table.outputs.iter().enumerate() {
            let mut values = Vec::new();
            for (nth, value) in it.values.iter().enumerate() {
                match output(value, it.kind) {
                    Some(it) => values.push(it),
                    None => wrong(format!("/outputs/{at}/values/{nth}"), it.kind, value),
                }
            }
            let default = it.default.as_ref().and_then(|value| {
                let found = output(value, it.kind);
                if found.is_none() {
                    wrong(format!("/outputs/{at}/default"), it.kind, value);
                }
                found
            });
            self.outputs.push(Output { key: it.key.clone(), kind: it.kind, values, default });
        }
        if let Some(aggregation) = self.aggregation {
            let says = match aggregation {
                _ if self.hit_policy != HitPolicy::Collect => {
                    Some("expected the hit policy collect with an aggregation, found another")
                }
                Aggregation::Count => None,
                Aggregation::Sum | Aggregation::Min | Aggregation::Max => {
                    let odd = self.outputs.iter().any(|it| it.kind != TableType::Number);
                    odd.then_some("expected numbers as outputs to aggregate, found another type")
                }
            };
            if let Some(says) = says {
                alerts.push(Alert::error("table-aggregation", says).at(file, "/aggregation"));
                self.aggregation = None;
            }
        }
    }

    /// What the table says on that day; none: no rule matches and no output has a default. An input that is not given is
    /// blank; blank matches only `-` and ``.
    pub fn decide(&self, inputs: &Map<String, Value>, day: Date) -> Result<Option<Decision>, Fault> {
        if let Some(input) = inputs.keys().find(|key| self.inputs.iter().all(|it| it.key != **key)) {
            return Err(Fault::NoSuchInput { table: self.key.clone(), input: input.clone() });
        }
        let mut data = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            let given = inputs.get(&input.key).unwrap_or(&Value::Null);
            data.push(datum(given, input.kind).ok_or_else(|| Fault::WrongInput {
                table: self.key.clone(),
                input: input.key.clone(),
                expected: name(input.kind),
                found: given.to_string(),
            })?);
        }
        let holds = |rule: &&Rule| {
            rule.from.is_none_or(|from| from <= day)
                && rule.to.is_none_or(|to| day <= to)
                && rule.cells.iter().zip(&data).all(|(cell, datum)| cell.holds(datum))
        };
        let mut hits = self.rules.iter().filter(holds);
        let ids = |hits: &[&Rule]| hits.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
        match self.hit_policy {
            HitPolicy::First => Ok(self.one(hits.next())),
            HitPolicy::Unique => {
                let all: Vec<&Rule> = hits.collect();
                if all.len() > 1 {
                    return Err(Fault::NotUnique { table: self.key.clone(), rules: ids(&all) });
                }
                Ok(self.one(all.first().copied()))
            }
            HitPolicy::Any => {
                let all: Vec<&Rule> = hits.collect();
                if all.iter().any(|it| all.first().is_some_and(|first| first.then != it.then)) {
                    return Err(Fault::NotEqual { table: self.key.clone(), rules: ids(&all) });
                }
                Ok(self.one(all.first().copied()))
            }
            HitPolicy::Priority => Ok(self.one(hits.min_by_key(|it| self.rank(it)))),
            HitPolicy::RuleOrder => Ok(Some(self.list(&hits.collect::<Vec<_>>()))),
            HitPolicy::OutputOrder => {
                let mut all: Vec<&Rule> = hits.collect();
                all.sort_by_key(|it| self.rank(it));
                Ok(Some(self.list(&all)))
            }
            HitPolicy::Collect => {
                let all: Vec<&Rule> = hits.collect();
                match self.aggregation {
                    None => Ok(Some(self.list(&all))),
                    Some(how) => self.aggregate(how, &all),
                }
            }
        }
    }

    /// Where the outputs stand in their lists of values, one after the other; what is in no list comes last.
    fn rank(&self, rule: &Rule) -> Vec<usize> {
        let place = |(output, value): (&Output, &Value)| {
            output.values.iter().position(|it| value::same(it, value)).unwrap_or(usize::MAX)
        };
        self.outputs.iter().zip(&rule.then).map(place).collect()
    }

    fn outputs_of(&self, rule: &Rule) -> Value {
        Value::Object(self.outputs.iter().map(|it| it.key.clone()).zip(rule.then.iter().cloned()).collect())
    }

    fn one(&self, hit: Option<&Rule>) -> Option<Decision> {
        match hit {
            Some(it) => Some(Decision { rules: vec![it.id.clone()], value: self.outputs_of(it) }),
            None => self.defaults().map(|value| Decision { rules: Vec::new(), value }),
        }
    }

    fn list(&self, hits: &[&Rule]) -> Decision {
        let mut all: Vec<Value> = hits.iter().map(|it| self.outputs_of(it)).collect();
        if all.is_empty() {
            all.extend(self.defaults());
        }
        Decision { rules: hits.iter().map(|it| it.id.clone()).collect(), value: Value::Array(all) }
    }

    fn defaults(&self) -> Option<Value> {
        let any = self.outputs.iter().any(|it| it.default.is_some());
        any.then(|| {
            Value::Object(
                self.outputs.iter().map(|it| (it.key.clone(), it.default.clone().unwrap_or(Value::Null))).collect(),
            )
        })
    }

    fn aggregate(&self, how: Aggregation, hits: &[&Rule]) -> Result<Option<Decision>, Fault> {
        if hits.is_empty() && how != Aggregation::Count {
            return Ok(self.one(None));
        }
        let mut value = Map::new();
        for (at, output) in self.outputs.iter().enumerate() {
            let given = hits.iter().filter_map(|it| it.then.get(at)).filter(|it| !it.is_null());
            let mut numbers = given.clone().filter_map(value::decimal_of);
            let total = match how {
                Aggregation::Count => Some(Decimal::from(given.count())),
                Aggregation::Sum => {
                    let out_of_range = || Fault::OutOfRange { table: self.key.clone(), output: output.key.clone() };
                    Some(numbers.try_fold(Decimal::ZERO, Decimal::checked_add).ok_or_else(out_of_range)?)
                }
                Aggregation::Min => numbers.min(),
                Aggregation::Max => numbers.max(),
            };
            value.insert(output.key.clone(), total.map_or(Value::Null, value::from_decimal));
        }
        Ok(Some(Decision { rules: hits.iter().map(|it| it.id.clone()).collect(), value: Value::Object(value) }))
    }
}

/// The values a cell asks to be equal to, as JSON; of a cell that cannot be read: none.
pub(crate) fn equals(cell: &str, kind: TableType) -> Vec<Value> {
    let value = |it: &Datum| match it {
        Datum::Blank => Value::Null,
        Datum::Text(it) => Value::String(it.clone()),
        Datum::Number(it) => value::from_decimal(*it),
        Datum::Bool(it) => Value::Bool(*it),
    };
    Cell::parse(cell, kind).map(|it| it.equals().into_iter().map(value).collect()).unwrap_or_default()
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

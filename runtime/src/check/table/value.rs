//! `table-unknown-value` (error): a cell asks for a value its input never has, or a rule gives one that is not in its
//! output's list of values. Write one of the list, or add it there.
//! `table-duplicate-key` (error): two inputs, two outputs or two rules share a name.
//! `table-no-priority` (error): the hit policy goes by the order of the outputs' values, and no output has any.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::alert::Alert;
use crate::model::table::{HitPolicy, Table, TableType};
use crate::value::same;

pub fn rule(found: &mut Vec<Alert>, table: &Table, file: &str) {
    let names: [(&str, Vec<&String>); 3] = [
        ("inputs", table.inputs.iter().map(|it| &it.key).collect()),
        ("outputs", table.outputs.iter().map(|it| &it.key).collect()),
        ("rules", table.rules.iter().map(|it| &it.id).collect()),
    ];
    for (list, keys) in names {
        let mut seen = BTreeSet::new();
        for (at, key) in keys.into_iter().enumerate() {
            if !seen.insert(key) {
                let says = format!("expected one `{key}` among the {list}, found two");
                found.push(Alert::error("table-duplicate-key", says).at(file, format!("/{list}/{at}")));
            }
        }
    }
    let ordered = matches!(table.hit_policy, HitPolicy::Priority | HitPolicy::OutputOrder);
    if ordered && table.outputs.iter().all(|it| it.values.is_empty()) {
        let says = "expected the values of an output in their order, for the hit policy to go by; found none";
        found.push(Alert::error("table-no-priority", says).at(file, "/outputs"));
    }
    for (at, rule) in table.rules.iter().enumerate() {
        let mut say = |pointer: String, value: String| {
            let says = format!("expected one of the values listed, found {value}");
            found.push(
                Alert::error("table-unknown-value", says)
                    .at(file, format!("/rules/{at}{pointer}"))
                    .on(rule.id.clone())
                    .arg("value", value),
            );
        };
        for (nth, (cell, input)) in rule.when.iter().zip(&table.inputs).enumerate() {
            if input.values.is_empty() || input.kind == TableType::Bool {
                continue;
            }
            for literal in crate::table::equals(cell, input.kind) {
                if !input.values.iter().any(|it| same(it, &literal)) {
                    say(format!("/when/{nth}"), literal.to_string());
                }
            }
        }
        for (nth, (value, output)) in rule.then.iter().zip(&table.outputs).enumerate() {
            if !output.values.is_empty() && *value != Value::Null && !output.values.iter().any(|it| same(it, value)) {
                say(format!("/then/{nth}"), value.to_string());
            }
        }
    }
}

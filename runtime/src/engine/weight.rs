//! What a task weighs in its assignee's load (`Person::open_points`). The server and scenarios count alike.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::model::catalog::Catalog;
use crate::value::decimal_of;
use rust_decimal::prelude::ToPrimitive;

/// The decision table that says it, by fields of the record.
const TABLE: &str = "severity_points";

/// Points of a task on this record: output `points` of the table `severity_points`; where no pack has it, by the
/// record's `severity`; where it has none, one.
pub fn weight(catalog: &Catalog, data: &Map<String, Value>, today: Date) -> i64 {
    decided(catalog, data, today).unwrap_or_else(|| match data.get("severity").and_then(Value::as_str) {
        Some("s1") => 4,
        Some("s2") => 3,
        Some("s3") => 2,
        Some(_) | None => 1,
    })
}

fn decided(catalog: &Catalog, data: &Map<String, Value>, today: Date) -> Option<i64> {
    let table = catalog.table(&TABLE.into())?;
    let inputs = table.inputs.iter().filter_map(|it| data.get(&it.key).map(|value| (it.key.clone(), value.clone())));
    let decision = catalog.library().decide(TABLE, &inputs.collect(), today).ok().flatten()?;
    decision.value.get("points").and_then(decimal_of)?.to_i64()
}

//! What a task weighs in its assignee's load (`Person::open_points`). The server and scenarios count alike.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::model::catalog::Catalog;
use crate::value::decimal_of;
use rust_decimal::prelude::ToPrimitive;

/// The decision table that says it, by fields of the record; without it every task is one point.
const TABLE: &str = "severity_points";

/// Points of a task on this record: output `points` of the table `severity_points`.
pub fn weight(catalog: &Catalog, data: &Map<String, Value>, today: Date) -> i64 {
    let Some(table) = catalog.table(&TABLE.into()) else { return 1 };
    let inputs = table.inputs.iter().filter_map(|it| data.get(&it.key).map(|value| (it.key.clone(), value.clone())));
    let decided = catalog.library().decide(TABLE, &inputs.collect(), today).ok().flatten();
    let points = decided.and_then(|it| it.get("points").and_then(decimal_of));
    points.and_then(|it| it.to_i64()).unwrap_or(1)
}

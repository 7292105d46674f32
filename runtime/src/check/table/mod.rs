//! Rules on decision tables: what cannot be read, and what the whole of the rules says or leaves open. Each file is one
//! rule and documents its codes. Exact over choices, booleans, numbers and days; bounded by `limits::TABLE_STEPS`.

mod cover;
mod gap;
mod overlap;
mod unreachable;
mod value;

use crate::alert::{Alert, Severity};
use crate::limits;
use crate::model::table::Table;
use crate::table::Grid;
use crate::table::space::Space;

/// What the rules look at.
struct Look<'a> {
    table: &'a Table,
    space: Space,
    file: String,
    /// Steps left; the rules share them.
    steps: usize,
    /// Some rule ran out of steps.
    unknown: bool,
}

impl Look<'_> {
    /// Where a rule stands in the file.
    fn pointer(&self, rule: &str) -> String {
        let at = self.table.rules.iter().position(|it| it.id == rule);
        at.map_or_else(String::new, |at| format!("/rules/{at}"))
    }

    /// `amount = 5, kind = a`: an example, given a piece of every axis.
    fn example(&self, pieces: &[usize]) -> String {
        let shown = self.space.axes.iter().zip(pieces).filter_map(|(axis, piece)| {
            let piece = axis.pieces.get(*piece)?;
            Some(format!("{} = {}", axis.input.as_deref().unwrap_or("day"), piece.example))
        });
        let text: Vec<String> = shown.collect();
        if text.is_empty() { "every input".to_owned() } else { text.join(", ") }
    }
}

/// Looks at a decision table.
///
/// `table-unproved` (info): the table is too large to tell whether its rules leave a gap or can all match.
pub fn one(table: &Table) -> Vec<Alert> {
    let (grid, mut found) = Grid::compile(table);
    let file = format!("tables/{}.json", table.key);
    value::rule(&mut found, table, &file);
    // What the rules say together is judged when each of them can be read.
    if found.iter().any(|it| it.severity == Severity::Error) {
        return found;
    }
    let mut look = Look { table, space: Space::of(&grid), file, steps: limits::TABLE_STEPS, unknown: false };
    overlap::rule(&mut found, &mut look);
    unreachable::rule(&mut found, &mut look);
    gap::rule(&mut found, &mut look);
    if look.unknown {
        let says =
            format!("the table is too large to tell within {} steps what its rules leave open", limits::TABLE_STEPS);
        found.push(Alert::new("table-unproved", Severity::Info, says).at(look.file, ""));
    }
    found
}

#[cfg(test)]
mod tests;

//! A decision table under the knife, as one edits a spreadsheet. Every function gives the table afterwards; rules keep their
//! ids, new ones get one.

use runtime::model::table::{Table, TableInput, TableOutput, TableRule, TableType};
use serde_json::Value;

/// Rows and columns a table may have when pasting.
const MOST: usize = 1_000;

/// A cell: a row, and a column counted over inputs and outputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub row: usize,
    pub column: usize,
}

fn fresh(table: &Table, slug: &str) -> String {
    let taken = |id: &str| {
        table.rules.iter().any(|it| it.id == id)
            || table.inputs.iter().any(|it| it.id == id || it.key == id)
            || table.outputs.iter().any(|it| it.id == id || it.key == id)
    };
    (1..).map(|it| format!("{slug}_{it}")).find(|it| !taken(it)).unwrap_or_default()
}

/// What a cell says, as it is written.
pub fn text(table: &Table, at: Cell) -> String {
    let Some(rule) = table.rules.get(at.row) else { return String::new() };
    let inputs = table.inputs.len();
    if at.column < inputs {
        return rule.when.get(at.column).cloned().unwrap_or_default();
    }
    match rule.then.get(at.column - inputs) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(it)) => it.clone(),
        Some(it) => it.to_string(),
    }
}

/// Writes a cell.
pub fn write(table: &Table, at: Cell, text: &str) -> Table {
    let mut table = table.clone();
    let (inputs, outputs) = (table.inputs.len(), table.outputs.len());
    let kind = at.column.checked_sub(inputs).and_then(|it| table.outputs.get(it)).map(|it| it.kind);
    if let Some(rule) = table.rules.get_mut(at.row) {
        rule.when.resize(inputs, String::new());
        rule.then.resize(outputs, Value::Null);
        match kind {
            Some(kind) => rule.then[at.column - inputs] = value(text, kind),
            None => {
                if let Some(place) = rule.when.get_mut(at.column) {
                    text.trim().clone_into(place);
                }
            }
        }
    }
    table
}

/// A value of an output; what does not fit its type stays a text, which the checker reports.
pub fn value(text: &str, kind: TableType) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Null;
    }
    match kind {
        TableType::Bool => match text.to_lowercase().as_str() {
            "true" | "yes" | "是" => Value::Bool(true),
            "false" | "no" | "否" => Value::Bool(false),
            _ => text.into(),
        },
        TableType::Number => match text.parse::<i64>() {
            Ok(it) => it.into(),
            // A decimal stays a text: as a number it would lose digits.
            Err(_) => text.into(),
        },
        TableType::Text | TableType::Date => text.into(),
    }
}

/// A block of cells from the clipboard, lines of cells with tabs between them; rows are added as needed.
pub fn paste(table: &Table, at: Cell, block: &str) -> Table {
    let mut table = table.clone();
    let lines: Vec<&str> = block.trim_end_matches(['\n', '\r']).split('\n').take(MOST).collect();
    for (down, line) in lines.iter().enumerate() {
        let row = at.row + down;
        if row >= table.rules.len() {
            table = add_rule(&table, table.rules.len());
        }
        for (right, cell) in line.trim_end_matches('\r').split('\t').enumerate().take(MOST) {
            table = write(&table, Cell { row, column: at.column + right }, cell);
        }
    }
    table
}

/// The cells between two corners, as [`paste`] reads them.
pub fn copy(table: &Table, from: Cell, to: Cell) -> String {
    let rows = from.row.min(to.row)..=from.row.max(to.row);
    let line = |row: usize| {
        let columns = from.column.min(to.column)..=from.column.max(to.column);
        columns.map(|column| text(table, Cell { row, column })).collect::<Vec<_>>().join("\t")
    };
    rows.map(line).collect::<Vec<_>>().join("\n")
}

/// Empties the cells between two corners.
pub fn clear(table: &Table, from: Cell, to: Cell) -> Table {
    let mut table = table.clone();
    for row in from.row.min(to.row)..=from.row.max(to.row) {
        for column in from.column.min(to.column)..=from.column.max(to.column) {
            table = write(&table, Cell { row, column }, "");
        }
    }
    table
}

/// An empty rule.
pub fn add_rule(table: &Table, at: usize) -> Table {
    let mut table = table.clone();
    let rule = TableRule {
        id: fresh(&table, "r"),
        when: vec![String::new(); table.inputs.len()],
        then: vec![Value::Null; table.outputs.len()],
        valid_from: None,
        valid_to: None,
    };
    table.rules.insert(at.min(table.rules.len()), rule);
    table
}

/// The same rule once more, below.
pub fn double_rule(table: &Table, at: usize) -> Table {
    let mut table = table.clone();
    if let Some(it) = table.rules.get(at).cloned() {
        let id = fresh(&table, "r");
        table.rules.insert(at + 1, TableRule { id, ..it });
    }
    table
}

pub fn remove_rule(table: &Table, at: usize) -> Table {
    let mut table = table.clone();
    if at < table.rules.len() {
        table.rules.remove(at);
    }
    table
}

pub fn move_rule(table: &Table, from: usize, to: usize) -> Table {
    let mut table = table.clone();
    if from < table.rules.len() && to < table.rules.len() {
        let it = table.rules.remove(from);
        table.rules.insert(to, it);
    }
    table
}

/// A column more, the last of its side; its cells are empty.
pub fn add_column(table: &Table, title: &str, output: bool) -> Table {
    let mut table = table.clone();
    let taken: Vec<String> =
        table.inputs.iter().map(|it| it.key.clone()).chain(table.outputs.iter().map(|it| it.key.clone())).collect();
    let key = crate::form_edit::key_for(title, if output { "output" } else { "input" }, &|it| {
        taken.iter().any(|key| key == it)
    });
    let id = fresh(&table, if output { "out" } else { "in" });
    let title = title.trim().to_owned();
    if output {
        table.outputs.push(TableOutput { id, key, title, kind: TableType::Text, values: Vec::new(), default: None });
        table.rules.iter_mut().for_each(|it| it.then.push(Value::Null));
    } else {
        table.inputs.push(TableInput { id, key, title, kind: TableType::Text, values: Vec::new() });
        table.rules.iter_mut().for_each(|it| it.when.push(String::new()));
    }
    table
}

/// Takes a column away. The last input and the last output stay: a table without them decides nothing.
pub fn remove_column(table: &Table, at: usize) -> Table {
    let mut table = table.clone();
    let inputs = table.inputs.len();
    if at < inputs && inputs > 1 {
        table.inputs.remove(at);
        table.rules.iter_mut().filter(|it| at < it.when.len()).for_each(|it| drop(it.when.remove(at)));
    } else if let Some(at) = at.checked_sub(inputs)
        && at < table.outputs.len()
        && table.outputs.len() > 1
    {
        table.outputs.remove(at);
        table.rules.iter_mut().filter(|it| at < it.then.len()).for_each(|it| drop(it.then.remove(at)));
    }
    table
}

/// Moves a column by one within its side.
pub fn move_column(table: &Table, at: usize, right: bool) -> Table {
    let mut table = table.clone();
    let inputs = table.inputs.len();
    let other = if right { at + 1 } else { at.wrapping_sub(1) };
    if at < inputs && other < inputs {
        table.inputs.swap(at, other);
        table.rules.iter_mut().filter(|it| it.when.len() == inputs).for_each(|it| it.when.swap(at, other));
    } else if at >= inputs && other >= inputs && at.max(other) < inputs + table.outputs.len() {
        let (at, other) = (at - inputs, other - inputs);
        let outputs = table.outputs.len();
        table.outputs.swap(at, other);
        table.rules.iter_mut().filter(|it| it.then.len() == outputs).for_each(|it| it.then.swap(at, other));
    }
    table
}

/// Another type for a column; outputs are read anew in it.
pub fn set_kind(table: &Table, at: usize, kind: TableType) -> Table {
    let mut table = table.clone();
    let inputs = table.inputs.len();
    if let Some(it) = table.inputs.get_mut(at) {
        it.kind = kind;
        return table;
    }
    let texts: Vec<String> = (0..table.rules.len()).map(|row| text(&table, Cell { row, column: at })).collect();
    if let Some(it) = table.outputs.get_mut(at - inputs) {
        it.kind = kind;
        for (row, text) in texts.iter().enumerate() {
            table = write(&table, Cell { row, column: at }, text);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::table::Grid;
    use serde_json::json;

    fn table() -> Table {
        serde_json::from_value(json!({ "format": 1, "id": "t", "key": "size", "title": "Size", "hitPolicy": "unique",
            "inputs": [{"id": "in_1", "key": "amount", "title": "Amount", "type": "number"}, {"id": "in_2", "key": "kind", "title": "Kind", "type": "text"}],
            "outputs": [{"id": "out_1", "key": "level", "title": "Level", "type": "text"}],
            "rules": [{"id": "r_1", "when": ["<= 10", ""], "then": ["low"]}, {"id": "r_2", "when": ["> 10", ""], "then": ["high"]}] }))
        .expect("a table")
    }

    fn sound(it: &Table) {
        for rule in &it.rules {
            assert_eq!((rule.when.len(), rule.then.len()), (it.inputs.len(), it.outputs.len()));
        }
        let mut ids: Vec<&str> = it.rules.iter().map(|it| it.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), it.rules.len(), "an id twice");
        let (_, alerts) = Grid::compile(it);
        assert_eq!(alerts, Vec::new());
    }

    #[test]
    fn rows_and_columns_come_and_go() {
        let it = table();
        let it = double_rule(&it, 0);
        assert_eq!(text(&it, Cell { row: 1, column: 0 }), "<= 10");
        let it = move_rule(&remove_rule(&it, 0), 1, 0);
        assert_eq!(text(&it, Cell { row: 0, column: 2 }), "high");
        let it = add_column(&it, "Region", false);
        let it = move_column(&it, 2, false);
        assert_eq!(it.inputs.iter().map(|it| it.key.as_str()).collect::<Vec<_>>(), ["amount", "region", "kind"]);
        sound(&write(&it, Cell { row: 0, column: 1 }, "\"east\""));
        let it = add_column(&it, "Days", true);
        let it = set_kind(&write(&it, Cell { row: 0, column: 4 }, "3"), 4, TableType::Number);
        assert_eq!(it.rules[0].then, [json!("high"), json!(3)]);
        let it = remove_column(&remove_column(&it, 1), 0);
        assert_eq!(it.inputs.len(), 1);
        assert_eq!(remove_column(&it, 0), it, "the last input stays");
        assert_eq!(move_column(&it, 0, true), it, "an input does not become an output");
    }

    #[test]
    fn a_block_is_copied_and_pasted() {
        let it = table();
        let block = copy(&it, Cell { row: 0, column: 0 }, Cell { row: 1, column: 2 });
        assert_eq!(block, "<= 10\t\tlow\n> 10\t\thigh");
        let pasted = paste(&it, Cell { row: 2, column: 0 }, &block);
        assert_eq!(pasted.rules.len(), 4);
        assert_eq!(pasted.rules[3].then, it.rules[1].then);
        sound(&pasted);
        let cleared = clear(&pasted, Cell { row: 3, column: 2 }, Cell { row: 2, column: 0 });
        assert_eq!(copy(&cleared, Cell { row: 2, column: 0 }, Cell { row: 3, column: 2 }), "\t\t\n\t\t");
    }
}

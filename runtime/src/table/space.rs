//! A table as boxes in a space, for the checks: every input is cut where some cell cuts it, so that a rule either holds
//! on all of a piece or on none of it. Exact: nothing is sampled that could be otherwise a hair further on.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Cell, Datum, Grid, Input};
use crate::model::table::{HitPolicy, TableType};

/// The pieces of every input (and of the days, if rules hold for a time only), and which rule holds on which.
pub(crate) struct Space {
    pub axes: Vec<Axis>,
    pub rules: Vec<Boxed>,
    pub hit_policy: HitPolicy,
    pub has_default: bool,
}

pub(crate) struct Axis {
    /// Key of the input; none: the day.
    pub input: Option<String>,
    pub pieces: Vec<Piece>,
}

pub(crate) struct Piece {
    /// An example in it, as people write it.
    pub example: String,
    pub blank: bool,
}

/// One rule: by axis, on which pieces it holds.
pub(crate) struct Boxed {
    pub id: String,
    pub holds: Vec<Vec<bool>>,
    pub then: Vec<Value>,
    /// Its place by its outputs, most important first.
    pub rank: Vec<usize>,
}

impl Space {
    pub(crate) fn of(grid: &Grid) -> Self {
        let mut axes = Vec::new();
        let mut rules: Vec<Boxed> = grid
            .rules
            .iter()
            .map(|it| Boxed { id: it.id.clone(), holds: Vec::new(), then: it.then.clone(), rank: grid.rank(it) })
            .collect();
        for (column, input) in grid.inputs.iter().enumerate() {
            let cells: Vec<&Cell> = grid.rules.iter().filter_map(|it| it.cells.get(column)).collect();
            let data = pieces(input, &cells);
            for (rule, cell) in rules.iter_mut().zip(&cells) {
                rule.holds.push(data.iter().map(|it| cell.holds(it)).collect());
            }
            let pieces = data.iter().map(|it| Piece { example: shown(it), blank: *it == Datum::Blank }).collect();
            axes.push(Axis { input: Some(input.key.clone()), pieces });
        }
        let days = days(grid);
        if days.len() > 1 {
            for (rule, it) in rules.iter_mut().zip(&grid.rules) {
                rule.holds.push(
                    days.iter()
                        .map(|day| it.from.is_none_or(|from| from <= *day) && it.to.is_none_or(|to| *day <= to))
                        .collect(),
                );
            }
            axes.push(Axis {
                input: None,
                pieces: days.iter().map(|it| Piece { example: it.to_string(), blank: false }).collect(),
            });
        }
        Space {
            axes,
            rules,
            hit_policy: grid.hit_policy,
            has_default: grid.outputs.iter().any(|it| it.default.is_some()),
        }
    }
}

fn shown(datum: &Datum) -> String {
    match datum {
        Datum::Blank => "blank".to_owned(),
        Datum::Text(it) => it.clone(),
        Datum::Number(it) => it.normalize().to_string(),
        Datum::Bool(it) => it.to_string(),
    }
}

/// One example of every piece, blank last.
fn pieces(input: &Input, cells: &[&Cell]) -> Vec<Datum> {
    let mut found: Vec<Datum> = match input.kind {
        TableType::Bool => vec![Datum::Bool(true), Datum::Bool(false)],
        TableType::Text | TableType::Number | TableType::Date if !input.values.is_empty() => input.values.clone(),
        TableType::Text | TableType::Number | TableType::Date => {
            let mut cuts: Vec<&Datum> = cells.iter().flat_map(|it| it.literals()).collect();
            cuts.sort();
            cuts.dedup();
            let ordered = input.kind != TableType::Text || cells.iter().any(|it| it.orders());
            if ordered { between(&cuts) } else { equal(&cuts) }
        }
    };
    found.push(Datum::Blank);
    found
}

/// The values, and one that is none of them.
fn equal(cuts: &[&Datum]) -> Vec<Datum> {
    let mut found: Vec<Datum> = cuts.iter().map(|it| (*it).clone()).collect();
    let mut other = "…".to_owned();
    while found.contains(&Datum::Text(other.clone())) {
        other.push('…');
    }
    found.push(Datum::Text(other));
    found
}

/// Every cut, and one value of each gap before, between and behind them, where there is one.
fn between(cuts: &[&Datum]) -> Vec<Datum> {
    let mut found = Vec::new();
    let (Some(first), Some(last)) = (cuts.first(), cuts.last()) else { return vec![Datum::Text("…".to_owned())] };
    found.extend(below(first));
    for pair in cuts.windows(2) {
        let [low, high] = pair else { continue };
        found.push((*low).clone());
        found.extend(middle(low, high));
    }
    found.push((*last).clone());
    found.extend(above(last));
    found
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn below(it: &Datum) -> Option<Datum> {
    match it {
        Datum::Number(it) => it.checked_sub(Decimal::ONE).map(Datum::Number),
        // Days are texts here; the empty text is before every other.
        Datum::Text(it) => match day(it) {
            Some(it) => it.yesterday().ok().map(|it| Datum::Text(it.to_string())),
            None => (!it.is_empty()).then(|| Datum::Text(String::new())),
        },
        Datum::Bool(_) | Datum::Blank => None,
    }
}

fn above(it: &Datum) -> Option<Datum> {
    match it {
        Datum::Number(it) => it.checked_add(Decimal::ONE).map(Datum::Number),
        Datum::Text(it) => match day(it) {
            Some(it) => it.tomorrow().ok().map(|it| Datum::Text(it.to_string())),
            None => Some(Datum::Text(format!("{it}\u{1}"))),
        },
        Datum::Bool(_) | Datum::Blank => None,
    }
}

fn middle(low: &Datum, high: &Datum) -> Option<Datum> {
    let found = match (low, high) {
        (Datum::Number(a), Datum::Number(b)) => {
            (*b - *a).checked_div(Decimal::TWO).and_then(|it| a.checked_add(it)).map(Datum::Number)
        }
        (Datum::Text(a), Datum::Text(b)) => match (day(a), day(b)) {
            (Some(a), Some(b)) => a.tomorrow().ok().filter(|it| *it < b).map(|it| Datum::Text(it.to_string())),
            (Some(_) | None, _) => Some(Datum::Text(format!("{a}\u{1}"))),
        },
        (Datum::Number(_) | Datum::Text(_) | Datum::Bool(_) | Datum::Blank, _) => None,
    };
    found.filter(|it| low < it && it < high)
}

/// One day of every time in which the same rules hold, from the first day on that some rule says.
fn days(grid: &Grid) -> Vec<Date> {
    let begins = grid.rules.iter().filter_map(|it| it.from);
    let ends = grid.rules.iter().filter_map(|it| it.to.and_then(|it| it.tomorrow().ok()));
    let mut found: Vec<Date> = begins.chain(ends).collect();
    found.sort();
    found.dedup();
    // Before the first change, if some rule holds then.
    if let Some(before) = found.first().and_then(|it| it.yesterday().ok())
        && grid.rules.iter().any(|it| it.from.is_none())
    {
        found.insert(0, before);
    }
    // After the last one, only if some rule holds on: a table that runs out is not judged for the time after.
    if grid.rules.iter().all(|it| it.to.is_some()) {
        found.pop();
    }
    found
}

//! Formulas in an order in which each comes after those it reads; and those for which there is none.
//!
//! - `form-compute-cycle` (error): computed fields depend on each other in a circle; the message names it. Break it at one of them.

use super::Computation;
use crate::alert::Alert;
use crate::expr::Expr;
use crate::id::FieldKey;
use crate::model::rules::{ComputeMode, Computed};

/// Formulas that read each other: none of them could be computed first. Each with its place among all.
pub(super) struct Circle(Vec<(usize, Computation)>);

impl Circle {
    /// What is said of it, at the first of them.
    pub(super) fn alert(&self, file: &str) -> Alert {
        let names: Vec<String> = self.0.iter().map(|it| name(&it.1)).collect();
        let message = format!("the formulas of {} read each other in a circle", names.join(", "));
        let (at, field) = self.0.first().map(|(at, it)| (*at, it.field.0.clone())).unwrap_or_default();
        Alert::error("form-compute-cycle", message).at(file, format!("/computed/{at}")).on(field)
    }
}

/// The order, without those in a circle. Each comes with its place among all.
pub(super) fn ordered(mut open: Vec<(usize, Computation)>) -> (Vec<Computation>, Option<Circle>) {
    let mut done: Vec<Computation> = Vec::new();
    while !open.is_empty() {
        let ready = open.iter().position(|(at, it)| {
            open.iter().all(|(other, writes)| other == at && !reads_itself(it) || other != at && !depends(it, writes))
        });
        match ready {
            Some(at) => done.push(open.remove(at).1),
            None => return (done, Some(Circle(open))),
        }
    }
    (done, None)
}

/// What is said of formulas that read each other, of all there are; those that cannot be read are told elsewhere.
pub fn circle(rules: &[Computed], file: &str) -> Option<Alert> {
    let read = |(at, it): (usize, &Computed)| Some((at, computation(it, Expr::parse(&it.expr).ok()?)));
    ordered(rules.iter().enumerate().filter_map(read).collect()).1.map(|it| it.alert(file))
}

/// A rule whose formula was read.
pub(super) fn computation(rule: &Computed, expr: Expr) -> Computation {
    let (field, column) = split(&rule.field);
    Computation { id: rule.id.clone(), field, column, mode: rule.mode, expr }
}

/// A field, and the column of its rows that is meant.
pub(super) fn split(field: &FieldKey) -> (FieldKey, Option<FieldKey>) {
    match field.as_str().split_once('.') {
        Some((field, column)) => (FieldKey::from(field), Some(FieldKey::from(column))),
        None => (field.clone(), None),
    }
}

fn name(it: &Computation) -> String {
    it.column.as_ref().map_or_else(|| it.field.0.clone(), |column| format!("{}.{column}", it.field))
}

/// True if `it` reads what `writes` computes. Defaults (`onCreate`) may read what is computed always, not the reverse.
fn depends(it: &Computation, writes: &Computation) -> bool {
    it.expr.reads().iter().any(|path| match (path.root(), path.field()) {
        // The whole record is read: everything computed before it would do, nothing has to.
        ("data", None) => false,
        ("data", Some(field)) => field == writes.field.as_str() && !(it.column.is_some() && it.field == writes.field),
        ("row", Some(column)) => {
            it.column.is_some()
                && it.field == writes.field
                && writes.column.as_ref().is_some_and(|it| it.as_str() == column)
        }
        _ => false,
    })
}

fn reads_itself(it: &Computation) -> bool {
    it.mode != ComputeMode::OnCreate && depends(it, it)
}

//! `flow-duplicate-id` (error): two elements share an id, so that references are ambiguous.
//! Fix: give one of them another id.

use std::collections::BTreeSet;

use super::Graph;
use crate::alert::Alert;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let mut seen = BTreeSet::new();
    for it in graph.elements {
        if !seen.insert(&it.id) {
            found.push(graph.on(Alert::error("flow-duplicate-id", format!("expected every id once, found `{}` again", it.id)), it));
        }
    }
}

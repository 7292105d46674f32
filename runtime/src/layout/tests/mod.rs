//! Geometry of drawings: checked on flows of all kinds, random ones, and the outside corpus without its diagrams.

use std::collections::{BTreeMap, BTreeSet};

use super::label::{crosses, overlap};
use super::*;
use crate::model::layout::{Bounds, Layout, Shape};

mod geometry;
mod pictures;
mod random;

/// What is wrong with a drawing of a document.
fn faults(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for diagram in &document.layout.diagrams {
        geometry::check(document, diagram, &mut found);
    }
    found
}

//! Which element of a new version is which of the old one: what is given, else the same id, else the only one of the same
//! kind and name; a sequence flow besides by its ends.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, Flow};

/// Old id → new id. What is not in it has no counterpart.
pub fn mapping(old: &Flow, new: &Flow, given: &BTreeMap<NodeId, NodeId>) -> BTreeMap<NodeId, NodeId> {
    let (before, after) = (old.all(), new.all());
    let alike = |a: &Element, b: &Element| discriminant(&a.kind) == discriminant(&b.kind);
    let mut found = BTreeMap::new();
    for it in &before {
        let to = match given.get(&it.id) {
            Some(to) => after.iter().find(|new| new.id == *to),
            None => after.iter().find(|new| new.id == it.id && alike(it, new)),
        };
        if let Some(to) = to {
            found.insert(it.id.clone(), to.id.clone());
        }
    }
    let taken: BTreeSet<NodeId> = found.values().cloned().collect();
    let left: Vec<&&Element> =
        before.iter().filter(|it| !found.contains_key(&it.id) && it.kind.is_node() && !it.name.is_empty()).collect();
    let mut named = BTreeMap::new();
    for it in &left {
        let same = |other: &Element| alike(it, other) && other.name == it.name;
        let mut fits = after.iter().filter(|new| !taken.contains(&new.id) && same(new));
        let ambiguous = left.iter().filter(|other| same(other)).count() > 1;
        if let (Some(to), None, false) = (fits.next(), fits.next(), ambiguous) {
            named.insert(it.id.clone(), to.id.clone());
        }
    }
    found.extend(named);
    let mut paths = BTreeMap::new();
    for it in &before {
        let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind else { continue };
        let (Some(from), Some(to), None) = (found.get(source_ref), found.get(target_ref), found.get(&it.id)) else {
            continue;
        };
        let ends = |new: &&&Element| matches!(&new.kind, ElementKind::SequenceFlow { source_ref, target_ref, .. } if source_ref == from && target_ref == to);
        let mut fits = after.iter().filter(ends);
        if let (Some(to), None) = (fits.next(), fits.next()) {
            paths.insert(it.id.clone(), to.id.clone());
        }
    }
    found.extend(paths);
    found
}

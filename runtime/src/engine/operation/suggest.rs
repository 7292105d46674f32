//! What an element without a counterpart may have become in a new version: told to somebody who maps it, never taken
//! by itself. Kind, name and neighbours speak for a candidate; another subprocess speaks against it, since nothing can
//! be moved across its border.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, Flow};

/// Candidates told for one element.
const TOLD: usize = 3;
/// Less than this is a guess nobody would make: the same neighbours alone are too little.
const LEAST: u32 = 35;

/// Elements of `new` that `id` of `old` may have become, the likeliest first. `mapping` is what is known
/// ([`super::mapping`]).
pub fn suggest(old: &Flow, new: &Flow, mapping: &BTreeMap<NodeId, NodeId>, id: &NodeId) -> Vec<NodeId> {
    let (before, after) = (Web::of(old), Web::of(new));
    let Some(was) = before.elements.get(id) else { return Vec::new() };
    let taken: BTreeSet<&NodeId> = mapping.values().collect();
    let around = before.parents.get(id).map(|it| mapping.get(*it));
    let mut found: Vec<(u32, &NodeId)> = Vec::new();
    for (candidate, it) in &after.elements {
        let beside = match (around, after.parents.get(*candidate)) {
            (None, None) => true,
            (Some(Some(a)), Some(b)) => a == *b,
            (None | Some(_), _) => false,
        };
        if !beside || it.kind.is_node() != was.kind.is_node() {
            continue;
        }
        let mut score = 0;
        if discriminant(&it.kind) == discriminant(&was.kind) {
            score += 30;
        }
        score += likeness(&was.name, &it.name) * 40 / 100;
        score += 15 * same(before.before.get(id), after.before.get(*candidate), mapping);
        score += 15 * same(before.behind.get(id), after.behind.get(*candidate), mapping);
        // What is the counterpart of something else already is hardly that of this one, too.
        if taken.contains(candidate) {
            score /= 2;
        }
        if score >= LEAST {
            found.push((score, candidate));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    found.into_iter().take(TOLD).map(|it| it.1.clone()).collect()
}

/// A flow by ids: what stands where, and beside what.
struct Web<'a> {
    elements: BTreeMap<&'a NodeId, &'a Element>,
    parents: BTreeMap<&'a NodeId, &'a NodeId>,
    before: BTreeMap<&'a NodeId, BTreeSet<&'a NodeId>>,
    behind: BTreeMap<&'a NodeId, BTreeSet<&'a NodeId>>,
}

impl<'a> Web<'a> {
    fn of(flow: &'a Flow) -> Self {
        let mut web = Web {
            elements: BTreeMap::new(),
            parents: BTreeMap::new(),
            before: BTreeMap::new(),
            behind: BTreeMap::new(),
        };
        for it in flow.all() {
            for inner in it.inside() {
                web.parents.insert(&inner.id, &it.id);
            }
            if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
                web.before.entry(target_ref).or_default().insert(source_ref);
                web.behind.entry(source_ref).or_default().insert(target_ref);
                web.before.entry(&it.id).or_default().insert(source_ref);
                web.behind.entry(&it.id).or_default().insert(target_ref);
                web.elements.insert(&it.id, it);
            } else if it.kind.is_node() {
                web.elements.insert(&it.id, it);
            }
        }
        web
    }
}

/// 1 where some neighbour is the same one.
fn same(old: Option<&BTreeSet<&NodeId>>, new: Option<&BTreeSet<&NodeId>>, mapping: &BTreeMap<NodeId, NodeId>) -> u32 {
    let (Some(old), Some(new)) = (old, new) else { return 0 };
    u32::from(old.iter().any(|it| mapping.get(*it).is_some_and(|it| new.contains(it))))
}

/// How alike two names are, in percent: pairs of letters they share (Dice), so that it works without spaces, too.
fn likeness(a: &str, b: &str) -> u32 {
    let pairs = |it: &str| {
        let letters: Vec<char> = it.chars().flat_map(char::to_lowercase).filter(|it| it.is_alphanumeric()).collect();
        match letters.as_slice() {
            [one] => vec![(*one, ' ')],
            several => several.windows(2).map(|it| (it[0], it[1])).collect(),
        }
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let whole = a.len() + b.len();
    if whole == 0 {
        return 0;
    }
    let mut shared = 0;
    for it in a {
        if let Some(at) = b.iter().position(|other| *other == it) {
            b.swap_remove(at);
            shared += 1;
        }
    }
    u32::try_from(200 * shared / whole).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_in_any_script() {
        for (a, b, least, most) in [
            ("Check", "check", 100, 100),
            ("部门处理", "部门答复", 30, 70),
            ("审", "审", 100, 100),
            ("", "", 0, 0),
            ("abc", "xyz", 0, 0),
        ] {
            assert!((least..=most).contains(&likeness(a, b)), "{a} {b}: {}", likeness(a, b));
        }
    }
}

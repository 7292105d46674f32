//! What a flow's call activities lead to: for every flow it calls, directly or further on, how that can end and whether
//! it is sound. Flows may call themselves: one ends if it has a way that does not go on calling for ever.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Outcome;
use super::{Callee, Checker, Verdict};
use crate::id::FlowKey;
use crate::model::flow::{ElementKind, Flow};

/// Finds a flow by its key.
pub type Find<'a, 'b> = &'b dyn Fn(&FlowKey) -> Option<&'a Flow>;

fn called(flow: &Flow) -> Vec<FlowKey> {
    let of = |kind: &ElementKind| match kind {
        ElementKind::CallActivity { called_element, .. } => Some(called_element.clone()),
        _ => None,
    };
    flow.all().into_iter().filter_map(|it| of(&it.kind)).collect()
}

/// The flows `flow` calls, directly or further on, judged. Those not found are left out.
pub fn callees<'a>(flow: &Flow, find: Find<'a, '_>, checker: &mut Checker) -> BTreeMap<FlowKey, Callee> {
    let mut flows: BTreeMap<FlowKey, (&'a Flow, Vec<FlowKey>)> = BTreeMap::new();
    let mut open = called(flow);
    while let Some(key) = open.pop() {
        if flows.contains_key(&key) {
            continue;
        }
        if let Some(it) = find(&key) {
            let calls = called(it);
            open.extend(calls.iter().cloned());
            flows.insert(key, (it, calls));
        }
    }
    // First nothing is known to end; each round finds more that does, until none is new.
    let nothing = Callee { verdict: Verdict::Sound, outcome: Outcome::default(), run: Vec::new() };
    let mut known: BTreeMap<FlowKey, Callee> = flows.keys().map(|key| (key.clone(), nothing.clone())).collect();
    let mut alone: BTreeMap<FlowKey, Verdict> = BTreeMap::new();
    for _ in 0..=flows.len() {
        let mut changed = false;
        for (key, (it, _)) in &flows {
            let (process, outcome) = checker.judge_calling(it, &|key| known.get(key).cloned());
            alone.insert(key.clone(), process.verdict);
            let run = process.counterexample;
            let before = known.insert(key.clone(), Callee { verdict: Verdict::Sound, outcome: outcome.clone(), run });
            changed |= before.is_none_or(|it| it.outcome != outcome);
        }
        if !changed {
            break;
        }
    }
    // A flow is as sound as everything it calls.
    for key in flows.keys() {
        let mut seen = BTreeSet::new();
        let mut open = vec![key];
        let mut verdict = Verdict::Sound;
        while let Some(at) = open.pop() {
            if seen.insert(at) {
                verdict = match (verdict, alone.get(at)) {
                    (Verdict::Broken, _) | (_, Some(Verdict::Broken)) => Verdict::Broken,
                    (Verdict::Unknown, _) | (_, Some(Verdict::Unknown)) => Verdict::Unknown,
                    (Verdict::Sound, Some(Verdict::Sound) | None) => Verdict::Sound,
                };
                open.extend(flows.get(at).into_iter().flat_map(|(_, calls)| calls));
            }
        }
        if let Some(it) = known.get_mut(key) {
            it.verdict = verdict;
        }
    }
    // One that is broken by what it calls shows it by the run that leads there.
    for _ in 0..flows.len() {
        let mut changed = false;
        for (key, (it, calls)) in &flows {
            let broken = |key: &FlowKey| known.get(key).is_some_and(|it| it.verdict == Verdict::Broken);
            if !broken(key) || !calls.iter().any(|it| it != key && broken(it)) {
                continue;
            }
            let (process, _) = checker.judge_calling(it, &|key| known.get(key).cloned());
            if let Some(it) = known.get_mut(key).filter(|it| it.run != process.counterexample) {
                it.run = process.counterexample;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    known
}

//! What a flow's call activities lead to: for every flow it calls, directly or further on, how that can end and whether
//! it is sound. Flows may call themselves: one ends if it has a way that does not go on calling for ever.

use std::collections::{BTreeMap, BTreeSet};

use super::build::Outcome;
use super::{Callee, Checker, Verdict};
use crate::id::FlowKey;
use crate::limits;
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
    among(std::slice::from_ref(flow), find, checker)
}

/// The flows that any of `flows` calls, directly or further on, judged.
pub fn among<'a>(flows: &[Flow], find: Find<'a, '_>, checker: &mut Checker) -> BTreeMap<FlowKey, Callee> {
    let calls = Calls::of(flows.iter().flat_map(called), find);
    let count = calls.flows.len();
    let nothing = Callee { verdict: Verdict::Sound, outcome: Outcome::default(), run: Vec::new() };
    let mut known: BTreeMap<FlowKey, Callee> = calls.flows.iter().map(|it| (it.key.clone(), nothing.clone())).collect();
    // First nothing is known to end; who calls what is found to end is asked again, until nothing new is found.
    let mut alone = vec![Verdict::Sound; count];
    let most = count.saturating_mul(count + 1);
    calls.until_settled((0..count).collect(), most, |at, it| {
        let (process, outcome) = checker.judge_calling(it.flow, &|key| known.get(key).cloned());
        alone[at] = process.verdict;
        let found = Callee { verdict: Verdict::Sound, outcome, run: process.counterexample };
        let before = known.insert(it.key.clone(), found.clone());
        before.is_none_or(|it| it.outcome != found.outcome)
    });
    // A flow is as sound as everything it calls.
    let mut whole = vec![Verdict::Sound; count];
    for worse in [Verdict::Broken, Verdict::Unknown] {
        let mut open: Vec<usize> = (0..count).filter(|it| alone[*it] == worse).collect();
        while let Some(at) = open.pop() {
            if whole[at] == Verdict::Sound {
                whole[at] = worse;
                open.extend(&calls.callers[at]);
            }
        }
    }
    for (it, verdict) in calls.flows.iter().zip(&whole) {
        if let Some(known) = known.get_mut(&it.key) {
            known.verdict = *verdict;
        }
    }
    // One that is broken by what it calls shows it by the run that leads there.
    let broken = |at: &usize| whole[*at] == Verdict::Broken;
    let by_others =
        (0..count).filter(broken).flat_map(|it| calls.callers[it].iter().copied().filter(move |by| *by != it));
    calls.until_settled(by_others.collect(), most, |_, it| {
        let (process, _) = checker.judge_calling(it.flow, &|key| known.get(key).cloned());
        let mut run = process.counterexample;
        run.truncate(limits::CHECK_TOLD);
        known.get_mut(&it.key).is_some_and(|it| std::mem::replace(&mut it.run, run) != it.run)
    });
    known
}

/// A flow that is called.
struct Called<'a> {
    key: FlowKey,
    flow: &'a Flow,
}

/// Which flows call which.
struct Calls<'a> {
    /// What is called before who calls it, as far as they do not call each other.
    flows: Vec<Called<'a>>,
    /// By flow: those that call it.
    callers: Vec<BTreeSet<usize>>,
}

impl<'a> Calls<'a> {
    fn of(roots: impl Iterator<Item = FlowKey>, find: Find<'a, '_>) -> Self {
        let mut flows: Vec<Called<'a>> = Vec::new();
        let mut place: BTreeMap<FlowKey, Option<usize>> = BTreeMap::new();
        let mut pairs: Vec<(FlowKey, FlowKey)> = Vec::new();
        for root in roots {
            // Depth first: of each the calls that are still to be followed.
            let mut open: Vec<(FlowKey, Option<Vec<FlowKey>>)> = vec![(root, None)];
            while let Some((key, rest)) = open.pop() {
                let mut rest = match rest {
                    Some(it) => it,
                    None if place.contains_key(&key) => continue,
                    None => {
                        let Some(flow) = find(&key) else { continue };
                        place.insert(key.clone(), None);
                        let calls = called(flow);
                        pairs.extend(calls.iter().map(|it| (it.clone(), key.clone())));
                        calls
                    }
                };
                if let Some(next) = rest.pop() {
                    open.push((key, Some(rest)));
                    open.push((next, None));
                } else if let Some(flow) = find(&key) {
                    place.insert(key.clone(), Some(flows.len()));
                    flows.push(Called { key, flow });
                }
            }
        }
        let mut callers = vec![BTreeSet::new(); flows.len()];
        for (key, by) in pairs {
            if let (Some(Some(at)), Some(Some(by))) = (place.get(&key), place.get(&by)) {
                callers[*at].insert(*by);
            }
        }
        Self { flows, callers }
    }

    /// Looks at flows, at who is called first; at those who call what has changed again. At most so many times.
    fn until_settled(&self, mut open: BTreeSet<usize>, most: usize, mut look: impl FnMut(usize, &Called) -> bool) {
        for _ in 0..most {
            let Some(at) = open.pop_first() else { return };
            if look(at, &self.flows[at]) {
                open.extend(&self.callers[at]);
            }
        }
    }
}

//! A run as a row of pictures: which nodes and flows hold tokens, what happens next. Made of the run that breaks a flow, as the
//! checker tells it, or of a run that somebody tries.

use std::collections::{BTreeMap, BTreeSet};

use runtime::check::sound::{Fault, TraceStep};
use serde::Deserialize;

/// One picture: the state after something happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Tokens by node and by flow.
    pub nodes: BTreeMap<String, u32>,
    pub flows: BTreeMap<String, u32>,
    /// Where it happened; none in the first picture.
    pub element: Option<String>,
    /// What happened, in the word of the checker or of the trace.
    pub event: String,
    /// Virtual time, where there is one.
    pub at: String,
}

/// The pictures, the first one before anything happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Film {
    pub frames: Vec<Frame>,
    /// Nodes the run breaks at.
    pub broken: BTreeSet<String>,
}

/// A line of a trace as [`runtime::simulate`] writes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TraceLine {
    pub at: String,
    pub element: String,
    /// `entered`, `completed`, `cancelled`, `compensated`, `failed`.
    pub event: String,
}

impl Film {
    /// The run of a fault: tokens move along sequence flows, and what is left at its end is shown.
    pub fn of_fault(fault: &Fault) -> Film {
        let mut now = Frame::default();
        let mut frames = vec![now.clone()];
        for it in &fault.run {
            step(&mut now, it);
            frames.push(now.clone());
        }
        if !fault.tokens.is_empty() {
            now.flows = BTreeMap::new();
            for it in &fault.tokens {
                *now.flows.entry(it.0.clone()).or_default() += 1;
            }
            if let Some(last) = frames.last_mut() {
                last.flows.clone_from(&now.flows);
            }
        }
        Film { frames, broken: fault.at.iter().map(|it| it.0.clone()).collect() }
    }

    /// A run that was tried: tokens stand in nodes.
    pub fn of_trace(lines: &[TraceLine]) -> Film {
        let mut now = Frame::default();
        let mut frames = vec![now.clone()];
        for it in lines {
            let count = now.nodes.entry(it.element.clone()).or_default();
            match it.event.as_str() {
                "entered" => *count += 1,
                "completed" | "cancelled" => *count = count.saturating_sub(1),
                _ => (),
            }
            now.nodes.retain(|_, count| *count > 0);
            now.element = Some(it.element.clone());
            now.event.clone_from(&it.event);
            now.at.clone_from(&it.at);
            frames.push(now.clone());
        }
        let failed = lines.iter().filter(|it| it.event == "failed").map(|it| it.element.clone());
        Film { frames, broken: failed.collect() }
    }

    /// Nodes and flows passed up to a picture.
    pub fn passed(&self, at: usize) -> BTreeSet<String> {
        let seen = self.frames.iter().take(at + 1);
        seen.flat_map(|it| it.element.iter().chain(it.flows.keys()).chain(it.nodes.keys()).cloned()).collect()
    }
}

fn step(now: &mut Frame, it: &TraceStep) {
    for flow in &it.takes {
        if let Some(count) = now.flows.get_mut(flow.as_str()) {
            *count = count.saturating_sub(1);
        }
    }
    for flow in &it.gives {
        *now.flows.entry(flow.0.clone()).or_default() += 1;
    }
    now.flows.retain(|_, count| *count > 0);
    now.element = Some(it.element.0.clone());
    now.event.clone_from(&it.event);
}

#[cfg(test)]
mod tests {
    use runtime::check::{Verdict, one_flow};

    use super::*;
    use crate::edit::{Edit, FlowEdit};
    use crate::kind::Kind;
    use crate::tests::{FLOW, flow, pack};

    #[test]
    fn the_run_that_breaks_a_flow_ends_with_the_tokens_that_are_left() {
        let mut it = pack();
        it.apply(&Edit::flow(FLOW, FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::Parallel })).expect("allowed");
        let process = one_flow(flow(&it), "", 10_000).1;
        assert_eq!(process.verdict, Verdict::Broken);
        let fault = process.faults.iter().find(|it| !it.run.is_empty()).expect("a run");
        let film = Film::of_fault(fault);
        assert_eq!(film.frames.len(), fault.run.len() + 1);
        assert!(film.frames[0].flows.is_empty() && film.frames[1].element.is_some());
        assert!(!film.broken.is_empty());
        let ids: BTreeSet<String> = crate::tree::links(flow(&it)).iter().map(|it| it.id.to_owned()).collect();
        assert!(film.frames.iter().all(|it| it.flows.keys().all(|it| ids.contains(it))), "{film:?}");
    }

    #[test]
    fn a_trace_moves_tokens_from_node_to_node() {
        let line = |element: &str, event: &str| TraceLine {
            at: String::new(),
            element: element.to_owned(),
            event: event.to_owned(),
        };
        let film =
            Film::of_trace(&[line("a", "entered"), line("a", "completed"), line("b", "entered"), line("b", "failed")]);
        let at: Vec<Vec<&str>> = film.frames.iter().map(|it| it.nodes.keys().map(String::as_str).collect()).collect();
        assert_eq!(at, [vec![], vec!["a"], vec![], vec!["b"], vec!["b"]]);
        assert_eq!(film.broken, BTreeSet::from(["b".to_owned()]));
        assert_eq!(film.passed(1), BTreeSet::from(["a".to_owned()]));
    }
}

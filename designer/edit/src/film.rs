//! A run as a row of pictures: which nodes and flows hold tokens, what happens next. Made of the run that breaks a flow, as the
//! checker tells it, or of a run that somebody tries.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::check::sound::{Fault, TraceStep};
use runtime::engine::Fact;
use runtime::engine::instance::{Instance, Place};
use serde::Deserialize;
use serde_json::Value;

/// One picture: the state after something happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Tokens by node and by flow.
    pub nodes: BTreeMap<String, u32>,
    pub flows: BTreeMap<String, u32>,
    /// The flow that was taken there.
    pub via: Option<String>,
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

    /// An instance's life, folded from its facts as the server tells them: JSON with `at`, oldest first. What cannot be
    /// read, as from a newer server, is left out.
    pub fn of_facts(facts: &[Value]) -> Film {
        let mut instance = Instance::default();
        let mut frames = vec![Frame::default()];
        // What is known by the task alone.
        let mut tasks: BTreeMap<String, String> = BTreeMap::new();
        for it in facts {
            let Ok(fact) = Fact::deserialize(it) else { continue };
            let text = |pointer: &str| it.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            if let (Some(id), Some(node)) = (text("/task/id"), text("/task/node")) {
                tasks.insert(id, node);
            }
            instance.apply(&fact);
            let element = text("/node")
                .or_else(|| text("/task/node"))
                .or_else(|| tasks.get(&text("/task")?).cloned())
                .or_else(|| text("/flow"))
                .or_else(|| text("/to"));
            let (nodes, flows) = places(&instance);
            let same = frames.last().is_some_and(|it| it.nodes == nodes && it.flows == flows);
            // What moves nothing and happens nowhere makes no picture.
            if same && element.is_none() {
                continue;
            }
            let event = text("/fact").unwrap_or_default();
            let frame = Frame { nodes, flows, via: text("/via"), element, event, at: text("/at").unwrap_or_default() };
            frames.push(frame);
        }
        let broken = instance.incidents.values().map(|it| it.node.0.clone()).collect();
        Film { frames, broken }
    }

    /// Nodes and flows passed up to a picture.
    pub fn passed(&self, at: usize) -> BTreeSet<String> {
        let seen = self.frames.iter().take(at + 1);
        seen.flat_map(|it| it.element.iter().chain(&it.via).chain(it.flows.keys()).chain(it.nodes.keys()).cloned())
            .gather()
    }
}

/// Tokens by node and by flow.
fn places(instance: &Instance) -> (BTreeMap<String, u32>, BTreeMap<String, u32>) {
    let (mut nodes, mut flows) = (BTreeMap::new(), BTreeMap::new());
    for it in instance.tokens.values() {
        let (into, id) = match &it.at {
            Place::Node(id) => (&mut nodes, id),
            Place::Flow(id) => (&mut flows, id),
        };
        *into.entry(id.0.clone()).or_default() += 1;
    }
    (nodes, flows)
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

    #[test]
    fn an_instance_is_wound_back_and_forth() {
        let facts = serde_json::json!([
            { "fact": "started", "by": "anna", "vars": {}, "parent": null, "at": "2026-03-02T01:00:00Z", "seq": 0 },
            { "fact": "entered", "token": 1, "node": "start", "via": null, "scope": null, "at": "2026-03-02T01:00:00Z" },
            { "fact": "left", "token": 1, "node": "start", "at": "2026-03-02T01:00:00Z" },
            { "fact": "entered", "token": 2, "node": "check", "via": "f_1", "scope": null, "at": "2026-03-02T01:00:00Z" },
            { "fact": "from a newer server", "at": "2026-03-02T01:30:00Z" },
            { "fact": "left", "token": 2, "node": "check", "at": "2026-03-02T02:00:00Z" },
            { "fact": "arrived", "token": 3, "flow": "f_2", "scope": null, "at": "2026-03-02T02:00:00Z" }
        ]);
        let film = Film::of_facts(facts.as_array().expect("a list"));
        let at = |frame: usize| {
            let it = &film.frames[frame];
            it.nodes.keys().chain(it.flows.keys()).cloned().collect::<Vec<_>>()
        };
        assert!(at(0).is_empty(), "before it began");
        let last = film.frames.len() - 1;
        assert_eq!(at(last), ["f_2"]);
        let there = (0..=last).find(|it| at(*it) == ["check"]).expect("it was at the task");
        assert_eq!(film.frames[there].at, "2026-03-02T01:00:00Z");
        let passed = film.passed(there);
        assert!(passed.contains("f_1") && passed.contains("start") && !passed.contains("f_2"), "{passed:?}");
        assert_eq!(Film::of_facts(&[]).frames.len(), 1);
    }
}

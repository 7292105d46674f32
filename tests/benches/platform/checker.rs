//! How long the verdict on a flow takes, beside a plain game of tokens that visits every state of the same flow.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

use runtime::check::sound::{Checker, Verdict, judge};
use runtime::limits::CHECK_STATES;
use runtime::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// States the plain game may visit before it is given up.
const PLAIN_STATES: usize = 200_000;

/// Measures and prints.
pub fn measure() {
    let flows = [
        ("verdict: 40 nodes, blocks and loops", blocks(40, false), "under 1 ms"),
        ("verdict: 1 000 nodes, blocks and loops", blocks(1_000, false), "under 10 ms"),
        ("verdict: 1 835 nodes, blocks", blocks(1_835, false), "under 2 ms"),
        ("verdict: 10 parallel branches", parallel(10), "under 0.1 ms"),
        ("verdict: 17 parallel branches", parallel(17), "under 0.1 ms"),
        ("verdict: 40 nodes, one wrong join", blocks(40, true), "under 1 ms"),
        ("verdict: 1 000 nodes, one wrong join", blocks(1_000, true), "under 10 ms"),
    ];
    for (what, flow, target) in flows {
        let ours = time(|| judge(black_box(&flow), CHECK_STATES).verdict != Verdict::Unknown);
        let started = Instant::now();
        let states = plain(&flow);
        let theirs = started.elapsed().as_secs_f64() * 1e3;
        let seen = if states < PLAIN_STATES { format!("{states} states") } else { "given up".to_owned() };
        super::row(what, format!("{ours:.3} ms"), format!("{theirs:.1} ms, {seen}"), ours / theirs, target);
    }
    let (before, after) = (blocks(1_000, false), renamed(blocks(1_000, false)));
    let mut checker = Checker::new(CHECK_STATES);
    checker.judge(&before);
    let again = time(|| checker.judge(black_box(&after)).verdict == Verdict::Sound);
    let whole = time(|| judge(black_box(&before), CHECK_STATES).verdict == Verdict::Sound);
    super::row(
        "again after an edit of a name, 1 000 nodes",
        format!("{again:.3} ms"),
        format!("{whole:.3} ms"),
        again / whole,
        "under 1 ms",
    );
    let (before, after) = (nested(25, 0), nested(25, 1));
    let anew = |flow: &Flow| judge(black_box(flow), CHECK_STATES).verdict == Verdict::Sound;
    let whole = time(|| anew(&before));
    checker.judge(&before);
    let mut again = f64::MAX;
    for _ in 0..200 {
        let mut checker = checker.clone();
        let started = Instant::now();
        assert!(checker.judge(black_box(&after)).verdict == Verdict::Sound, "the edit breaks nothing");
        again = again.min(started.elapsed().as_secs_f64() * 1e3);
    }
    super::row(
        "again after an edit in one of 25 subprocesses",
        format!("{again:.3} ms"),
        format!("{whole:.3} ms"),
        again / whole,
        "under 1 ms",
    );
}

/// The best of many, in milliseconds: what the work costs when nothing else runs.
fn time(mut work: impl FnMut() -> bool) -> f64 {
    (0..200)
        .map(|_| {
            let started = Instant::now();
            assert!(work(), "the verdict is known");
            started.elapsed().as_secs_f64() * 1e3
        })
        .fold(f64::MAX, f64::min)
}

/// A flow being written.
#[derive(Default)]
struct Draft {
    elements: Vec<Element>,
    flows: usize,
}

impl Draft {
    fn node(&mut self, kind: ElementKind) -> String {
        let id = format!("Node_{:05}", self.elements.len());
        self.elements.push(Element::new(id.as_str(), kind));
        id
    }

    fn link(&mut self, from: &str, to: &str) {
        self.flows += 1;
        let kind =
            ElementKind::SequenceFlow { source_ref: from.into(), target_ref: to.into(), condition_expression: None };
        self.elements.push(Element::new(format!("Flow_{:05}", self.flows), kind));
    }

    fn after(&mut self, from: &str, kind: ElementKind) -> String {
        let id = self.node(kind);
        self.link(from, &id);
        id
    }

    fn done(self) -> Flow {
        Flow { id: "P".to_owned(), key: "p".into(), flow_elements: self.elements, ..Flow::default() }
    }
}

fn start() -> ElementKind {
    ElementKind::StartEvent { event_definition: None::<EventDefinition>, is_interrupting: true }
}

fn parallel(branches: usize) -> Flow {
    let mut draft = Draft::default();
    let start = draft.node(start());
    let (split, join) =
        (draft.after(&start, ElementKind::ParallelGateway {}), draft.node(ElementKind::ParallelGateway {}));
    for _ in 0..branches {
        let task = draft.after(&split, ElementKind::Task {});
        draft.link(&task, &join);
    }
    draft.after(&join, ElementKind::EndEvent { event_definition: None });
    draft.done()
}

/// Blocks one after the other: exclusive, parallel, a loop; `wrong`: the last join does not fit its split.
fn blocks(nodes: usize, wrong: bool) -> Flow {
    let mut draft = Draft::default();
    let mut last = draft.node(start());
    let mut count = 2;
    let mut turn = 0;
    while count + 5 <= nodes {
        let gateway = || if turn % 3 == 1 { ElementKind::ParallelGateway {} } else { ElementKind::ExclusiveGateway {} };
        let split = draft.after(&last, gateway());
        let first = draft.after(&split, ElementKind::Task {});
        let second = draft.after(&split, ElementKind::Task {});
        let more = draft.after(&second, ElementKind::Task {});
        let bad = wrong && count + 10 > nodes;
        let join = draft.node(if bad && turn % 3 != 1 {
            ElementKind::ParallelGateway {}
        } else if bad {
            ElementKind::ExclusiveGateway {}
        } else {
            gateway()
        });
        draft.link(&first, &join);
        draft.link(&more, &join);
        if turn % 3 == 2 && !bad {
            draft.link(&join, &split);
        }
        (last, count, turn) = (join, count + 5, turn + 1);
    }
    while count < nodes {
        last = draft.after(&last, ElementKind::Task {});
        count += 1;
    }
    draft.after(&last, ElementKind::EndEvent { event_definition: None });
    draft.done()
}

/// Subprocesses in a row; `more`: tasks too many in the first.
fn nested(subs: usize, more: usize) -> Flow {
    let mut draft = Draft::default();
    let mut last = draft.node(start());
    for at in 0..subs {
        let inner = blocks(30 + at + if at == 0 { more } else { 0 }, false);
        last = draft
            .after(&last, ElementKind::SubProcess { triggered_by_event: false, flow_elements: inner.flow_elements });
    }
    draft.after(&last, ElementKind::EndEvent { event_definition: None });
    draft.done()
}

fn renamed(mut flow: Flow) -> Flow {
    flow.flow_elements[3].name = "Another name".to_owned();
    flow
}

/// Visits every state of a flow of tasks, exclusive and parallel gateways; returns how many there are, at most [`PLAIN_STATES`].
fn plain(flow: &Flow) -> usize {
    let mut into: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
    let mut out: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
    let mut flows = 0;
    for it in &flow.flow_elements {
        if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
            out.entry(source_ref.as_str()).or_default().push(flows);
            into.entry(target_ref.as_str()).or_default().push(flows);
            flows += 1;
        }
    }
    let none = Vec::new();
    let nodes: Vec<(&ElementKind, &Vec<u16>, &Vec<u16>)> = flow
        .flow_elements
        .iter()
        .filter(|it| it.kind.is_node())
        .map(|it| (&it.kind, into.get(it.id.as_str()).unwrap_or(&none), out.get(it.id.as_str()).unwrap_or(&none)))
        .collect();
    let first: BTreeSet<u16> = nodes.iter().filter(|it| it.1.is_empty()).flat_map(|it| it.2.iter().copied()).collect();
    let mut seen = BTreeSet::from([first.clone()]);
    let mut open = vec![first];
    while let Some(state) = open.pop() {
        let mut add = |take: &[u16], give: &[u16]| {
            let mut next = state.clone();
            take.iter().for_each(|it| {
                next.remove(it);
            });
            next.extend(give);
            if seen.len() < PLAIN_STATES && seen.insert(next.clone()) {
                open.push(next);
            }
        };
        for (kind, ins, outs) in &nodes {
            match kind {
                ElementKind::ParallelGateway {} if !ins.is_empty() && ins.iter().all(|it| state.contains(it)) => {
                    add(ins, outs)
                }
                ElementKind::ParallelGateway {} => {}
                ElementKind::ExclusiveGateway {} => {
                    for take in ins.iter().filter(|it| state.contains(it)) {
                        outs.iter().for_each(|give| add(&[*take], &[*give]));
                    }
                }
                _ => ins.iter().filter(|it| state.contains(it)).for_each(|take| add(&[*take], outs)),
            }
        }
    }
    seen.len()
}

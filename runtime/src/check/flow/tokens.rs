//! How many tokens a scope has at once in some run: its splits in one another, its subprocesses, their turns. First a bound that no
//! run passes, which is all that most flows need; above the limit a run is played that widens as long as it can and joins last.
//! What it has is possible; whether another has more, nobody asks. Loops are not gone round a second time, boundary events not
//! taken, and of conditions at a split that takes several only one is taken to hold.

use std::collections::BTreeMap;

use super::width::repeated;
use super::{catches_link, has_condition, throws_link};
use crate::limits;
use crate::model::flow::{Element, ElementKind, Loop};

const MOST: u64 = limits::INSTANCE_TOKENS as u64;

/// Where a run has more tokens than one instance may have, and how many.
pub(super) fn too_many(elements: &[Element]) -> Option<(u64, &Element)> {
    let (count, at) = Net::of(elements).widest(MOST);
    at.filter(|_| count > MOST).map(|at| (count, at))
}

/// How many tokens there are while an activity is active, its own among them.
fn held(it: &Element) -> u64 {
    let inside = match &it.kind {
        ElementKind::SubProcess { triggered_by_event: false, flow_elements }
        | ElementKind::Transaction { flow_elements } => Net::of(flow_elements).widest(1).0,
        _other => 0,
    };
    // What is too much by itself is told there.
    let one = 1 + if inside > MOST { 0 } else { inside };
    match (it.loop_characteristics.as_deref(), repeated(it)) {
        (None, _) => one,
        (Some(_), Some((turns, most))) if turns > most => 1,
        (Some(Loop::MultiInstance { is_sequential: false, .. }), Some((turns, _))) => 1 + turns * one,
        (Some(_), _) => 1 + one,
    }
}

struct Node<'a> {
    it: &'a Element,
    held: u64,
    /// Flows that are taken together, or of which one is: then in the end that one.
    out: Vec<usize>,
    all: bool,
    into: Vec<usize>,
    /// No run has more tokens that come of one in here.
    bound: f64,
    /// Tokens there are behind it when it has gone on once.
    makes: u64,
}

impl Node<'_> {
    /// Waits for all its flows, or (none) for those that still come.
    fn joins(&self) -> Option<bool> {
        match &self.it.kind {
            _ if self.into.len() < 2 => None,
            ElementKind::ParallelGateway {} => Some(true),
            ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. } => Some(false),
            _other => None,
        }
    }
}

#[derive(Clone, Copy)]
struct Way {
    from: usize,
    to: usize,
    /// Closes a loop: what takes it stays in it here.
    back: bool,
}

struct Net<'a> {
    nodes: Vec<Node<'a>>,
    ways: Vec<Way>,
}

impl<'a> Net<'a> {
    fn of(elements: &'a [Element]) -> Self {
        let apart = |it: &Element| {
            it.is_for_compensation || matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. })
        };
        let list: Vec<&Element> = elements.iter().filter(|it| it.kind.is_node() && !apart(it)).collect();
        let places: BTreeMap<&str, usize> = list.iter().enumerate().map(|(at, it)| (it.id.as_str(), at)).collect();
        let node = |it: &&'a Element| Node {
            it,
            held: held(it),
            out: Vec::new(),
            all: true,
            into: Vec::new(),
            bound: 0.0,
            makes: 0,
        };
        let mut net = Self { nodes: list.iter().map(node).collect(), ways: Vec::new() };
        // Flows that have no condition, or all of which only some are taken.
        let mut sure: Vec<Vec<usize>> = vec![Vec::new(); list.len()];
        for it in elements {
            let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind else { continue };
            let ends = places.get(source_ref.as_str()).zip(places.get(target_ref.as_str()));
            let Some((&from, &to)) = ends else { continue };
            if !has_condition(it) && list[from].default.as_ref() != Some(&it.id) {
                sure[from].push(net.ways.len());
            }
            net.way(from, to);
        }
        for (from, to) in list.iter().enumerate().filter_map(|(from, it)| Some((from, throws_link(it)?))) {
            if let Some(to) = list.iter().position(|it| catches_link(it) == Some(to)) {
                sure[from].push(net.ways.len());
                net.way(from, to);
            }
        }
        for (node, sure) in net.nodes.iter_mut().zip(sure) {
            match &node.it.kind {
                ElementKind::ParallelGateway {} => {}
                ElementKind::ExclusiveGateway {} | ElementKind::EventBasedGateway { .. } => node.all = false,
                _ if sure.is_empty() => node.all = false,
                _other => node.out = sure,
            }
        }
        net.order();
        net
    }

    fn way(&mut self, from: usize, to: usize) {
        self.nodes[from].out.push(self.ways.len());
        self.ways.push(Way { from, to, back: false });
    }

    fn begins(&self) -> Vec<usize> {
        let nodes = || self.nodes.iter().enumerate();
        let starts: Vec<usize> =
            nodes().filter(|(_, it)| matches!(it.it.kind, ElementKind::StartEvent { .. })).map(|(at, _)| at).collect();
        let led_to = |at: usize| self.ways.iter().any(|it| it.to == at);
        let event = |it: &Element| matches!(it.kind, ElementKind::BoundaryEvent { .. });
        if starts.is_empty() {
            nodes().filter(|(at, it)| !led_to(*at) && !event(it.it)).map(|(at, _)| at).collect()
        } else {
            starts
        }
    }

    /// Finds the ways back, and from the end on what no run passes.
    fn order(&mut self) {
        let mut seen = vec![0_u8; self.nodes.len()];
        let mut done = Vec::new();
        for first in self.begins() {
            let mut open = vec![(first, 0)];
            seen[first] = seen[first].max(1);
            while let Some((at, nth)) = open.pop() {
                let Some(&way) = self.nodes[at].out.get(nth) else {
                    if seen[at] < 2 {
                        seen[at] = 2;
                        done.push(at);
                    }
                    continue;
                };
                open.push((at, nth + 1));
                let to = self.ways[way].to;
                match seen[to] {
                    0 => {
                        seen[to] = 1;
                        open.push((to, 0));
                    }
                    1 => self.ways[way].back = true,
                    _done => {}
                }
            }
        }
        for way in 0..self.ways.len() {
            let it = self.ways[way];
            if !it.back && seen[it.from] > 0 && self.nodes[it.from].out.contains(&way) {
                self.nodes[it.to].into.push(way);
            }
        }
        for at in done {
            let ways = self.nodes[at].out.iter().map(|it| self.bound(*it));
            let made = if self.nodes[at].all { ways.sum() } else { ways.fold(0.0, f64::max) };
            let best = self.nodes[at].out.iter().copied().max_by(|a, b| self.bound(*a).total_cmp(&self.bound(*b)));
            let node = &mut self.nodes[at];
            node.bound = (node.held as f64).max(made * f64::from(node.it.completion_quantity));
            // Of several the one most comes of.
            if !node.all {
                node.out = best.into_iter().collect();
            }
        }
        for at in 0..self.nodes.len() {
            let one: u64 = self.nodes[at].out.iter().map(|it| self.weight(*it)).sum();
            self.nodes[at].makes = one.saturating_mul(u64::from(self.nodes[at].it.completion_quantity));
        }
    }

    /// What comes of a token on a flow. Before a join of several it is a part of what goes on.
    fn bound(&self, way: usize) -> f64 {
        let Way { to, back, .. } = self.ways[way];
        let to = &self.nodes[to];
        match to.joins() {
            _ if back => 1.0,
            Some(true) => (to.bound / to.into.len() as f64).max(1.0),
            Some(false) => to.bound.max(1.0),
            None => to.bound,
        }
    }

    /// What a token on a flow weighs.
    fn weight(&self, way: usize) -> u64 {
        let Way { to, back, .. } = self.ways[way];
        let node = &self.nodes[to];
        if back || node.joins().is_some() { 1 } else { node.held }
    }

    /// The most tokens a run has, and where, if it may have more than so many; above the limit it stops.
    fn widest(&self, least: u64) -> (u64, Option<&'a Element>) {
        let begins = self.begins();
        let starts = begins.iter().all(|it| matches!(self.nodes[*it].it.kind, ElementKind::StartEvent { .. }));
        // Each start event is a start of its own.
        let runs: Vec<Vec<usize>> = if starts { begins.into_iter().map(|it| vec![it]).collect() } else { vec![begins] };
        let bound = |it: &Vec<usize>| it.iter().map(|it| self.nodes[*it].bound).sum::<f64>();
        let (wide, narrow): (Vec<_>, Vec<_>) = runs.iter().partition(|it| bound(it) > least as f64);
        let played = wide.into_iter().map(|it| Played::new(self, it).play());
        played.chain(narrow.into_iter().map(|it| (bound(it) as u64, None))).max_by_key(|it| it.0).unwrap_or_default()
    }
}

/// A run: tokens in nodes, and on flows before joins.
struct Played<'a, 'n> {
    net: &'n Net<'a>,
    stand: Vec<u64>,
    wait: Vec<u64>,
    total: u64,
}

impl<'a, 'n> Played<'a, 'n> {
    fn new(net: &'n Net<'a>, begins: &[usize]) -> Self {
        let mut stand = vec![0; net.nodes.len()];
        begins.iter().for_each(|it| stand[*it] = 1);
        let total = begins.iter().map(|it| net.nodes[*it].held).sum();
        Self { net, stand, wait: vec![0; net.ways.len()], total }
    }

    fn play(mut self) -> (u64, Option<&'a Element>) {
        let (mut most, mut widest) = (self.total, None);
        // Every flow is taken once, and a few times more where ways come together.
        for _ in 0..8 * (self.net.ways.len() + 1) {
            let next = (0..self.stand.len()).filter_map(|at| Some((self.gain(at)?, at)));
            let Some((_, at)) = next.max_by_key(|(gain, at)| (*gain, usize::MAX - at)) else { break };
            let reached = self.fire(at);
            if self.total > most {
                (most, widest) = (self.total, Some(reached));
            }
            if most > MOST {
                break;
            }
        }
        (most, widest)
    }

    /// How often a node can go on now.
    fn ready(&self, at: usize) -> u64 {
        let node = &self.net.nodes[at];
        let waiting = node.into.iter().map(|it| self.wait[*it]);
        match node.joins() {
            Some(true) => waiting.min().unwrap_or(0),
            Some(false) => waiting.max().unwrap_or(0),
            None => self.stand[at] / u64::from(node.it.start_quantity.max(1)),
        }
    }

    /// How many tokens there are more when a node goes on; none: it cannot. What waits for all that may come goes on last.
    fn gain(&self, at: usize) -> Option<i64> {
        let node = &self.net.nodes[at];
        let times = self.ready(at);
        if times == 0 || node.out.is_empty() {
            return None;
        }
        let made = times.saturating_mul(node.makes);
        let gone = match node.joins() {
            Some(true) => times * node.into.len() as u64,
            Some(false) => return Some(i64::MIN),
            None => self.stand[at] * node.held,
        };
        Some(made.min(1 << 40) as i64 - gone.min(1 << 40) as i64)
    }

    /// Lets a node go on with all its tokens; says where it gets wide.
    fn fire(&mut self, at: usize) -> &'a Element {
        let (net, times) = (self.net, self.ready(at));
        let node = &net.nodes[at];
        if node.joins().is_some() {
            for way in &node.into {
                let gone = times.min(self.wait[*way]);
                self.wait[*way] -= gone;
                self.total -= gone;
            }
        } else {
            let gone = times * u64::from(node.it.start_quantity.max(1));
            self.stand[at] -= gone;
            self.total = self.total.saturating_sub(gone.saturating_mul(node.held));
        }
        let made = times.saturating_mul(u64::from(node.it.completion_quantity));
        for way in &node.out {
            let Way { to, back, .. } = net.ways[*way];
            if back || net.nodes[to].joins().is_some() {
                self.wait[*way] = self.wait[*way].saturating_add(made);
            } else {
                self.stand[to] = self.stand[to].saturating_add(made);
            }
        }
        self.total = self.total.saturating_add(times.saturating_mul(node.makes));
        let several = node.out.len() > 1 || node.it.completion_quantity > 1;
        node.out.first().filter(|_| !several).map_or(node.it, |it| net.nodes[net.ways[*it].to].it)
    }
}

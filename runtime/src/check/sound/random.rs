//! Random models against the naive token game: any disagreement fails. The seed and the model are printed;
//! `TEST_SEED` begins there, `TEST_MODELS` says how many. And what must change no verdict: other names, another order of
//! the elements, one more task on a flow.

use std::fmt::Write;

use super::naive;
use super::{Breaks, Process, judge};
use crate::check::draw::draw;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// Models per test run; a hundred thousand on demand.
const MODELS: u64 = 500;

/// Models on which checker and game once disagreed: tokens on several ways of a complex gateway; a run that was said to go on
/// for ever and ended where everything could still stand still; one that goes round from the first move on.
const MET: [u64; 5] = [1_004_103, 1_006_927, 1_023_510, 2_011_758, 1_626];

/// SplitMix64 (Steele et al. 2014).
pub(crate) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((it ^ (it >> 31)) % sides as u64) as usize
    }

    pub fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }
}

/// Any graph: most are broken.
fn wild(dice: &mut Dice) -> String {
    let count = 2 + dice.roll(9);
    let mut nodes: Vec<String> = vec!["s1".to_owned()];
    if dice.one_in(12) {
        nodes.push("s2".to_owned());
    }
    for at in 0..count {
        let kind = dice.pick(&["t", "t", "t", "x", "x", "p", "p", "o", "v", "t", "x", "p", "o", "g1_", "g2_"]);
        nodes.push(format!("{kind}{at}"));
    }
    nodes.push("e1".to_owned());
    if dice.one_in(3) {
        nodes.push(dice.pick(&["e2", "k2"]).to_owned());
    }
    let mut lines = String::new();
    let kind = |it: &str| it.chars().next().unwrap_or('?');
    let targets: Vec<String> = nodes.iter().filter(|it| kind(it) != 's').cloned().collect();
    let mut reached: Vec<String> = Vec::new();
    for (at, from) in nodes.iter().enumerate() {
        let outs = match kind(from) {
            'e' | 'k' => 0,
            // A way that ends without an end event.
            _ if kind(from) != 's' && dice.one_in(20) => 0,
            'x' | 'p' | 'o' | 'v' | 'g' => 1 + dice.roll(3),
            _ => 1 + usize::from(dice.one_in(8)),
        };
        for _ in 0..outs {
            // Forward mostly, so that ends are reached.
            let ahead = &nodes[(at + 1).min(nodes.len() - 1)..];
            let to = if dice.one_in(4) || ahead.iter().all(|it| kind(it) == 's') {
                dice.pick(&targets)
            } else {
                dice.pick(ahead)
            };
            if kind(&to) == 's' {
                continue;
            }
            let mark = if kind(from) == 't' && outs > 1 && dice.one_in(2) { "?" } else { "" };
            let _ = write!(lines, "{from}{mark}>{to};");
            reached.push(to);
        }
        if kind(from) == 't' && dice.one_in(6) {
            let to = dice.pick(&targets);
            // Only on a task that some way has drawn.
            if outs > 0 || reached.contains(from) {
                let _ = write!(lines, "b{at}@{from}>{to};");
                reached.push(to);
            }
        }
    }
    for it in &targets {
        if !reached.contains(it) {
            let from = dice.pick(&nodes[..nodes.len() - 1]);
            if !matches!(kind(&from), 'e' | 'k') {
                let _ = write!(lines, "{from}>{it};");
            }
        }
    }
    lines
}

/// Blocks in blocks, now and then with the wrong gateway at one end: half are sound.
struct Blocks<'a> {
    dice: &'a mut Dice,
    lines: String,
    count: usize,
    left: usize,
}

impl Blocks<'_> {
    fn id(&mut self, kind: &str) -> String {
        self.count += 1;
        format!("{kind}{}", self.count)
    }

    fn task(&mut self, from: &str) -> String {
        let id = self.id("t");
        let _ = write!(self.lines, "{from}>{id};");
        self.left = self.left.saturating_sub(1);
        id
    }

    fn block(&mut self, from: &str) -> String {
        if self.left < 2 {
            return self.task(from);
        }
        match self.dice.roll(9) {
            0 | 1 => self.task(from),
            2..=5 => {
                let kind = self.dice.pick(&["x", "p", "o"]);
                let close = if self.dice.one_in(8) { self.dice.pick(&["x", "p", "o", "t"]) } else { kind };
                self.left -= 2;
                let (open, close) = (self.id(kind), self.id(close));
                let _ = write!(self.lines, "{from}>{open};");
                for _ in 0..2 + self.dice.roll(2) {
                    let last = if self.dice.one_in(4) { open.clone() } else { self.block(&open) };
                    if self.dice.one_in(10) {
                        let end = self.dice.pick(&["e8", "e9", "k8"]);
                        let _ = write!(self.lines, "{last}>{end};");
                    } else {
                        let _ = write!(self.lines, "{last}>{close};");
                    }
                }
                close
            }
            6 => {
                self.left -= 2;
                let kind = if self.dice.one_in(8) { "p" } else { "x" };
                let (head, tail) = (self.id(kind), self.id("x"));
                let _ = write!(self.lines, "{from}>{head};");
                let last = self.block(&head);
                let _ = write!(self.lines, "{last}>{tail};{tail}>{head};");
                tail
            }
            7 => {
                let task = self.task(from);
                let event = self.id("b");
                let merge = self.id("x");
                self.left = self.left.saturating_sub(2);
                let _ = write!(self.lines, "{task}>{merge};{event}@{task}>{merge};");
                merge
            }
            _ => {
                let middle = self.block(from);
                self.block(&middle)
            }
        }
    }
}

fn tidy(dice: &mut Dice) -> String {
    let left = 2 + dice.roll(9);
    let mut blocks = Blocks { dice, lines: String::new(), count: 0, left };
    let mut last = "s0".to_owned();
    while blocks.left > 1 {
        last = blocks.block(&last);
    }
    let _ = write!(blocks.lines, "{last}>e0;");
    if blocks.dice.one_in(5) {
        // A jump across.
        let nodes: Vec<String> =
            (1..=blocks.count).flat_map(|it| ["x", "p", "o"].map(|kind| format!("{kind}{it}"))).collect();
        let there: Vec<String> = nodes.into_iter().filter(|it| blocks.lines.contains(&format!("{it};"))).collect();
        if there.len() > 1 {
            let (from, to) = (blocks.dice.pick(&there), blocks.dice.pick(&there));
            let _ = write!(blocks.lines, "{from}>{to};");
        }
    }
    blocks.lines
}

/// A model in the notation of [`draw`].
pub(crate) fn model(seed: u64) -> String {
    let mut dice = Dice(seed);
    if dice.one_in(2) { wild(&mut dice) } else { tidy(&mut dice) }
}

pub(crate) fn from_env(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default)
}

/// What is wrong with the checker's answer; none: nothing.
fn disagreement(process: &Process, saw: &naive::Saw) -> Option<String> {
    if !process.unsupported.is_empty() {
        return None;
    }
    let ours = process.properties.all();
    let theirs = saw.properties();
    if saw.second.is_some() {
        if ours[0] != Some(false) {
            return Some(format!("two tokens after {:?} moves, but said {ours:?}", saw.second));
        }
    } else if !saw.whole {
        return None;
    }
    let said = ours.iter().zip(theirs).all(|(ours, theirs)| match ours {
        Some(ours) => *ours == theirs,
        None => saw.second.is_some(),
    });
    if saw.whole && !said {
        return Some(format!("expected {theirs:?}, came {ours:?}"));
    }
    for fault in &process.faults {
        let shortest = match fault.what {
            Breaks::Unsafe => saw.second,
            Breaks::Deadlock if saw.whole => saw.stuck,
            Breaks::Livelock if saw.whole => saw.endless,
            Breaks::EndTwice if saw.second.is_none() => saw.twice,
            _ => None,
        };
        if shortest.is_some_and(|it| it != fault.run.len()) {
            return Some(format!("{:?}: shortest run {shortest:?}, came {}", fault.what, fault.run.len()));
        }
        let there = match fault.what {
            Breaks::Deadlock if saw.whole => Some(&saw.still),
            Breaks::Livelock if saw.whole => Some(&saw.lost),
            _ => None,
        };
        let mut tokens: Vec<String> = fault.tokens.iter().map(ToString::to_string).collect();
        tokens.sort();
        if there.is_some_and(|it| !it.contains(&tokens)) {
            return Some(format!("{:?}: ends with tokens at {tokens:?}, not at one of {there:?}", fault.what));
        }
        let needs = matches!(fault.what, Breaks::Unsafe | Breaks::Deadlock | Breaks::Livelock | Breaks::EndTwice);
        if needs && fault.run.is_empty() {
            return Some(format!("{:?} without a run", fault.what));
        }
    }
    let told = |what: Breaks| process.faults.iter().any(|it| it.what == what);
    let [safe, option, proper, alive] = ours.map(|it| it == Some(false));
    let silent = (safe && !told(Breaks::Unsafe))
        || (option && !told(Breaks::Deadlock) && !told(Breaks::Livelock))
        || (proper && !told(Breaks::EndTwice))
        || (alive && !told(Breaks::Dead));
    silent.then(|| format!("nothing said about {ours:?}"))
}

#[test]
fn the_checker_agrees_with_the_naive_game() {
    let first = from_env("TEST_SEED", 1);
    let (mut sound, mut broken, mut compared) = (0, 0, 0);
    for seed in MET.into_iter().chain(first..first + from_env("TEST_MODELS", MODELS)) {
        let text = model(seed);
        let mut flow = draw(&text);
        // Timers that go off once, now and then messages that may come again.
        for it in flow.flow_elements.iter_mut().filter(|_| seed.is_multiple_of(5)) {
            if let ElementKind::BoundaryEvent { cancel_activity: false, event_definition, .. } = &mut it.kind {
                *event_definition =
                    EventDefinition::Message { message_ref: "m".to_owned(), correlation: None, payload: None };
            }
        }
        let saw = naive::play(&flow, 600);
        let process = judge(&flow, 200_000);
        if seed % 10_000 == 0 {
            println!("{seed} models");
        }
        compared += u64::from(saw.whole);
        sound += u64::from(process.verdict == super::Verdict::Sound);
        broken += u64::from(process.verdict == super::Verdict::Broken);
        if let Some(wrong) = disagreement(&process, &saw) {
            let said: Vec<_> = process
                .faults
                .iter()
                .map(|it| (it.what, it.run.iter().map(|it| it.element.as_str()).collect::<Vec<_>>()))
                .collect();
            panic!("TEST_SEED={seed}: {wrong}\n{text}\n{saw:?}\n{:?} {said:?}", process.properties);
        }
    }
    println!("{compared} compared whole, {sound} sound, {broken} broken");
    assert!(sound > 0 && broken > 0 && compared > 0);
}

/// Other names, another order: the same verdict.
fn shuffled(flow: &Flow, dice: &mut Dice) -> Flow {
    let rename = |id: &NodeId| NodeId(format!("n_{}_{id}", id.as_str().len()));
    let mut flow = flow.clone();
    for it in &mut flow.flow_elements {
        it.id = rename(&it.id);
        it.default = it.default.as_ref().map(rename);
        match &mut it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
                (*source_ref, *target_ref) = (rename(source_ref), rename(target_ref));
            }
            ElementKind::BoundaryEvent { attached_to_ref, .. } => *attached_to_ref = rename(attached_to_ref),
            _ => {}
        }
    }
    for at in (1..flow.flow_elements.len()).rev() {
        let other = dice.roll(at + 1);
        flow.flow_elements.swap(at, other);
    }
    flow
}

/// One more task on a flow.
fn longer(flow: &Flow, dice: &mut Dice) -> Flow {
    let mut flow = flow.clone();
    let flows: Vec<usize> = (0..flow.flow_elements.len())
        .filter(|it| matches!(flow.flow_elements[*it].kind, ElementKind::SequenceFlow { .. }))
        .collect();
    let at = dice.pick(&flows);
    let mut target = NodeId::from("t_more");
    if let ElementKind::SequenceFlow { target_ref, .. } = &mut flow.flow_elements[at].kind {
        std::mem::swap(target_ref, &mut target);
    }
    flow.flow_elements.push(Element::new("t_more", ElementKind::Task {}));
    let on = ElementKind::SequenceFlow { source_ref: "t_more".into(), target_ref: target, condition_expression: None };
    flow.flow_elements.push(Element::new("f_more", on));
    flow
}

#[test]
fn names_order_and_one_more_task_change_no_verdict() {
    let first = from_env("TEST_SEED", 1);
    for seed in first..first + from_env("TEST_MODELS", MODELS) / 4 {
        let text = model(seed);
        let flow = draw(&text);
        let mut dice = Dice(seed ^ 0x5eed);
        let process = judge(&flow, 200_000);
        let other = judge(&shuffled(&flow, &mut dice), 200_000);
        assert_eq!(process.verdict, other.verdict, "TEST_SEED={seed} in another order\n{text}");
        if process.properties.safe == Some(true) {
            assert_eq!(process.properties, other.properties, "TEST_SEED={seed} in another order\n{text}");
        }
        let more = judge(&longer(&flow, &mut dice), 200_000);
        let dead = more.faults.iter().any(|it| it.what == Breaks::Dead && it.at.contains(&"t_more".into()));
        let of = |it: &Process| [it.properties.safe, it.properties.no_dead_activities.filter(|_| !dead)];
        assert!(dead || process.verdict == more.verdict, "TEST_SEED={seed} with one more task\n{text}");
        if process.properties.safe == Some(true) {
            assert_eq!(of(&process), of(&more), "TEST_SEED={seed} with one more task\n{text}");
        }
    }
}

//! Two random pools that send each other messages, against a naive game on both: every run of the two together, a message
//! waits at its receiver until it is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::naive::{Game, Part, State};
use super::random::{Dice, from_env, model};
use super::{Breaks, Message, Together, Verdict, judge, judge_collaboration};
use crate::check::draw::draw;
use crate::id::NodeId;
use crate::limits;
use crate::model::flow::{Element, ElementKind, Flow};

/// Pairs per test run; more on demand.
const MODELS: u64 = 60;
/// On which checker and game once disagreed: the first node of all waits for a message; an inclusive join, and a message a
/// token elsewhere still sends.
const MET: [u64; 2] = [2, 1_030];
/// States of both pools together.
const STATES: usize = 1_500;

/// A random flow that is sound alone; ids begin with `prefix`.
fn pool(dice: &mut Dice, prefix: &str) -> Flow {
    loop {
        dice.roll(2);
        let mut flow = draw(&model(dice.0));
        let fits = flow.flow_elements.iter().all(|it| !matches!(it.kind, ElementKind::EventBasedGateway { .. }));
        let starts = flow.flow_elements.iter().filter(|it| matches!(it.kind, ElementKind::StartEvent { .. })).count();
        if !fits || starts != 1 || flow.flow_elements.len() > 16 || judge(&flow, 2_000).verdict != Verdict::Sound {
            continue;
        }
        let rename = |it: &mut NodeId| *it = NodeId(format!("{prefix}{it}"));
        for it in &mut flow.flow_elements {
            rename(&mut it.id);
            match &mut it.kind {
                ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
                    rename(source_ref);
                    rename(target_ref);
                }
                ElementKind::BoundaryEvent { attached_to_ref, .. } => rename(attached_to_ref),
                _ => {}
            }
        }
        flow.id = prefix.to_owned();
        return flow;
    }
}

/// Two pools and the messages between them; some tasks wait for them, now and then a start.
fn models(seed: u64) -> ([Flow; 2], Vec<Message>) {
    let mut dice = Dice(seed ^ 0x0090_0150);
    let mut flows = [pool(&mut dice, "a"), pool(&mut dice, "b")];
    let tasks = |flow: &Flow| -> Vec<NodeId> {
        let task = |it: &&crate::model::flow::Element| matches!(it.kind, ElementKind::UserTask(_));
        flow.flow_elements.iter().filter(task).map(|it| it.id.clone()).collect()
    };
    let ids = [tasks(&flows[0]), tasks(&flows[1])];
    let mut messages = Vec::new();
    for _ in 0..1 + dice.roll(3) {
        let from = dice.roll(2);
        if ids[0].is_empty() || ids[1].is_empty() {
            break;
        }
        let source = dice.pick(&ids[from]);
        let target = if dice.one_in(5) {
            let start =
                flows[1 - from].flow_elements.iter().find(|it| matches!(it.kind, ElementKind::StartEvent { .. }));
            start.expect("a start").id.clone()
        } else {
            dice.pick(&ids[1 - from])
        };
        for it in flows[1 - from].flow_elements.iter_mut().filter(|it| it.id == target && it.kind.is_activity()) {
            it.kind = ElementKind::ReceiveTask { message_ref: None, instantiate: false, correlation: None };
        }
        messages.push(Message { source, target });
    }
    (flows, messages)
}

/// What both pools did.
#[derive(Debug, Default)]
struct Saw {
    whole: bool,
    second: bool,
    twice: bool,
    stuck: Option<usize>,
    endless: bool,
    dead: BTreeSet<String>,
}

/// Pools that have not begun have no state; messages by number.
type Both = (Vec<Option<State>>, Vec<u8>);

fn play(flows: &[Flow; 2], messages: &[Message]) -> Saw {
    let members: Vec<Vec<bool>> = flows.iter().map(|it| vec![true; it.flow_elements.len()]).collect();
    let inner: Vec<Vec<Option<_>>> = flows.iter().map(|it| vec![None; it.flow_elements.len()]).collect();
    let code = |_: Option<&str>| String::new();
    let parts: Vec<Part> = (0..2)
        .map(|at| Part {
            elements: &flows[at].flow_elements,
            members: &members[at],
            entries: &[],
            chosen: false,
            inner: &inner[at],
            code: &code,
        })
        .collect();
    let games: Vec<Game> = parts.iter().map(Game::of).collect();
    let mut saw = Saw { whole: true, ..Saw::default() };
    let mut happened: BTreeSet<NodeId> = BTreeSet::new();
    let first: Both = (vec![None, None], vec![0; messages.len()]);
    let mut depth: BTreeMap<Both, usize> = BTreeMap::from([(first.clone(), 0)]);
    let mut next: BTreeMap<Both, Vec<Both>> = BTreeMap::new();
    let mut level = vec![first];
    let mut moves = 0;
    while !level.is_empty() {
        let mut later = Vec::new();
        for both in level {
            if depth.len() > STATES {
                saw.whole = false;
                break;
            }
            for (pool, game) in games.iter().enumerate() {
                // Every move of the pool alone, with the node that moves.
                let mut alone: Vec<(NodeId, State)> = Vec::new();
                match &both.0[pool] {
                    None => {
                        let start = flows[pool]
                            .flow_elements
                            .iter()
                            .find(|it| matches!(it.kind, ElementKind::StartEvent { .. }));
                        let nothing = game.nothing();
                        for give in game.begin() {
                            alone.push((start.expect("a start").id.clone(), game.after(&nothing, &[], &give)));
                        }
                    }
                    Some(state) => {
                        alone.extend(game.moves(state).into_iter().map(|(at, to)| (game.id(at).clone(), to)))
                    }
                }
                for (node, to) in alone {
                    let mut alone = super::naive::Saw::default();
                    game.note(&mut alone, both.0[pool].as_ref().unwrap_or(&game.nothing()), &to, 1);
                    let waits: Vec<usize> = (0..messages.len()).filter(|it| messages[*it].target == node).collect();
                    let mut takes: Vec<Option<usize>> =
                        waits.iter().filter(|it| both.1[**it] > 0).map(|it| Some(*it)).collect();
                    if waits.is_empty() {
                        takes.push(None);
                    }
                    for take in takes {
                        happened.insert(node.clone());
                        saw.second |= alone.second.is_some();
                        saw.twice |= alone.twice.is_some();
                        let mut after = both.clone();
                        after.0[pool] = Some(to.clone());
                        take.into_iter().for_each(|it| after.1[it] -= 1);
                        for (at, _) in messages.iter().enumerate().filter(|(_, it)| it.source == node) {
                            after.1[at] += 1;
                            saw.whole &= after.1[at] <= limits::CHECK_MESSAGES;
                        }
                        if to.0.iter().any(|it| *it > 2) || !saw.whole {
                            saw.whole = false;
                            continue;
                        }
                        next.entry(both.clone()).or_default().push(after.clone());
                        depth.entry(after.clone()).or_insert_with(|| {
                            later.push(after);
                            moves + 1
                        });
                    }
                }
            }
        }
        level = later;
        moves += 1;
    }
    let over = |it: &&Both| it.0.iter().all(|it| it.as_ref().is_none_or(Game::is_over));
    let stuck: Vec<&Both> = depth.keys().filter(|it| !over(it) && !next.contains_key(*it)).collect();
    saw.stuck = stuck.iter().map(|it| depth[*it]).min();
    let mut good: BTreeSet<&Both> = depth.keys().filter(over).chain(stuck).collect();
    loop {
        let reaches = |tos: &Vec<Both>| tos.iter().any(|it| good.contains(it));
        let more: Vec<&Both> =
            next.iter().filter(|(from, tos)| !good.contains(from) && reaches(tos)).map(|(from, _)| from).collect();
        if more.is_empty() {
            break;
        }
        good.extend(more);
    }
    saw.endless = depth.keys().any(|it| !good.contains(it));
    let activities = flows.iter().flat_map(|it| &it.flow_elements).filter(|it| it.kind.is_activity());
    saw.dead = activities.filter(|it| !happened.contains(&it.id)).map(|it| it.id.to_string()).collect();
    saw
}

/// What is wrong with the answer; none: nothing.
fn disagreement(together: &Together, saw: &Saw) -> Option<String> {
    let told = |what: Breaks| together.faults.iter().any(|it| it.what == what);
    let theirs = [saw.second, saw.twice, saw.stuck.is_some(), saw.endless, !saw.dead.is_empty()];
    let ours = [Breaks::Unsafe, Breaks::EndTwice, Breaks::Deadlock, Breaks::Livelock, Breaks::Dead].map(told);
    if ours != theirs {
        return Some(format!("unsafe, end twice, stuck, endless, dead: expected {theirs:?}, came {ours:?}"));
    }
    let broken = theirs.contains(&true);
    if (together.verdict == Verdict::Broken) != broken || (together.verdict == Verdict::Sound) == broken {
        return Some(format!("expected broken: {broken}, came {:?}", together.verdict));
    }
    let deadlock = together.faults.iter().find(|it| it.what == Breaks::Deadlock);
    let length = deadlock.map(|it| it.run.len());
    (length != saw.stuck).then(|| format!("shortest run {:?}, came {length:?}", saw.stuck))
}

#[test]
fn pools_agree_with_the_naive_game() {
    let first = from_env("TEST_SEED", 1);
    let (mut sound, mut broken, mut compared) = (0, 0, 0);
    for seed in MET.into_iter().chain(first..first + from_env("TEST_MODELS", MODELS)) {
        let (flows, messages) = models(seed);
        let saw = play(&flows, &messages);
        if !saw.whole || messages.is_empty() || flows.iter().any(|it| judge(it, 5_000).verdict != Verdict::Sound) {
            continue;
        }
        let together = judge_collaboration(&[&flows[0], &flows[1]], &messages, 20_000);
        compared += 1;
        sound += u64::from(together.verdict == Verdict::Sound);
        broken += u64::from(together.verdict == Verdict::Broken);
        if let Some(wrong) = disagreement(&together, &saw) {
            let drawn: Vec<String> = flows.iter().map(|it| super::nested::told(&it.flow_elements, 0)).collect();
            let said: Vec<_> = together
                .faults
                .iter()
                .map(|it| {
                    (
                        it.what,
                        &it.at,
                        it.run.iter().map(|it| format!("{} {}", it.element, it.event)).collect::<Vec<_>>(),
                    )
                })
                .collect();
            panic!("TEST_SEED={seed}: {wrong}\n{}\n{messages:?}\n{saw:?}\n{said:?}", drawn.join("--\n"));
        }
    }
    println!("{compared} compared, {sound} sound, {broken} broken");
    assert!(sound > 0 && broken > 0);
}

/// A task of a flow put alone into a subprocess.
fn wrap(flow: &mut Flow, task: &NodeId) {
    let Some(at) = flow.flow_elements.iter().position(|it| it.id == *task) else { return };
    let own = |name: &str| NodeId(format!("{task}_{name}"));
    let line = |name: &str, source_ref: NodeId, target_ref: NodeId| {
        Element::new(own(name), ElementKind::SequenceFlow { source_ref, target_ref, condition_expression: None })
    };
    let mut inner = flow.flow_elements[at].clone();
    let default = inner.default.take();
    let flow_elements = vec![
        Element::new(own("s"), ElementKind::StartEvent { event_definition: None, is_interrupting: true }),
        line("f", own("s"), task.clone()),
        inner,
        line("g", task.clone(), own("e")),
        Element::new(own("e"), ElementKind::EndEvent { event_definition: None }),
    ];
    let mut sub = Element::new(own("sub"), ElementKind::SubProcess { triggered_by_event: false, flow_elements });
    sub.default = default;
    flow.flow_elements[at] = sub;
    for it in &mut flow.flow_elements {
        if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &mut it.kind {
            [source_ref, target_ref].into_iter().filter(|it| **it == *task).for_each(|it| *it = own("sub"));
        }
    }
}

#[test]
fn who_waits_in_a_subprocess_waits_all_the_same() {
    let first = from_env("TEST_SEED", 1);
    let (mut sound, mut broken) = (0, 0);
    for seed in first..first + from_env("TEST_MODELS", MODELS) {
        let (flows, messages) = models(seed);
        let mut wrapped = flows.clone();
        // What stands at an activity keeps a subprocess closed.
        let watched = |id: &NodeId| {
            let at = |it: &Element| matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if attached_to_ref == id);
            flows.iter().any(|it| it.flow_elements.iter().any(at))
        };
        let ends: BTreeSet<&NodeId> = messages.iter().flat_map(|it| [&it.source, &it.target]).collect();
        for id in ends.into_iter().filter(|it| !watched(it)) {
            for flow in &mut wrapped {
                let is_task = flow.flow_elements.iter().any(|it| it.id == *id && it.kind.is_activity());
                if is_task {
                    wrap(flow, id);
                    wrap(flow, &NodeId(format!("{id}_sub")));
                }
            }
        }
        let plain = judge_collaboration(&[&flows[0], &flows[1]], &messages, 20_000);
        let inside = judge_collaboration(&[&wrapped[0], &wrapped[1]], &messages, 20_000);
        if [plain.verdict, inside.verdict].contains(&Verdict::Unknown) {
            continue;
        }
        sound += u64::from(plain.verdict == Verdict::Sound);
        broken += u64::from(plain.verdict == Verdict::Broken);
        // What else is wrong, and in which pool it shows, depends on how far both were played.
        let drawn: Vec<String> = wrapped.iter().map(|it| super::nested::told(&it.flow_elements, 0)).collect();
        let found = &inside.faults;
        assert_eq!(inside.verdict, plain.verdict, "TEST_SEED={seed}:\n{}\n{messages:?}\n{found:?}", drawn.join("--\n"));
    }
    println!("{sound} sound, {broken} broken");
    assert!(sound > 0 && broken > 0);
}

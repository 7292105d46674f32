//! The engine against the checker on scopes in scopes: random models with subprocesses, transactions, ad-hoc and event subprocesses,
//! errors and who catches them, links, quantities and repetition. What is called sound never gets stuck, whatever comes from
//! outside; what is said never to happen does not happen. `TEST_SEED` repeats one model, `TEST_MODELS` tries more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::check::sound::nested::{models, told};
use crate::check::sound::random::{Dice, from_env};
use crate::check::sound::{Breaks, Process, Verdict, judge};
use crate::engine::Input;
use crate::engine::instance::State;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow, Loop};
use crate::simulate::world::World;
use crate::simulate::{Event, Options, prepare};

const MODELS: u64 = 100;
/// Inputs of one run.
const INPUTS: usize = 40;

/// A flow whose choices are variables: of exclusive gateways `n_<node>`, of other conditions and loops `c_<element>`.
pub(super) struct Choices {
    pub flow: Flow,
    exclusive: BTreeMap<NodeId, usize>,
    /// Ways out of every node that chooses any of them, and whether it needs one.
    pub any: BTreeMap<NodeId, (Vec<NodeId>, bool)>,
    /// Ways out of exclusive gateways, by their number.
    pub ways: BTreeMap<NodeId, Vec<NodeId>>,
    pub loops: Vec<NodeId>,
    ad_hoc: Vec<NodeId>,
    /// Activities of ad-hoc subprocesses.
    chosen: Vec<NodeId>,
    /// Activities with the codes of errors that events on them catch.
    errors: Vec<(NodeId, String)>,
}

fn each(elements: &mut [Element], change: &mut impl FnMut(&mut Element)) {
    for it in elements {
        change(it);
        if let Some(inside) = it.kind.inside_mut() {
            each(inside, change);
        }
    }
}

impl Choices {
    pub fn of(mut flow: Flow) -> Self {
        let mut loops = Vec::new();
        each(&mut flow.flow_elements, &mut |it| {
            if matches!(it.kind, ElementKind::EventBasedGateway { .. }) {
                it.kind = ElementKind::ExclusiveGateway {};
            }
            if let Some(Loop::StandardLoop { loop_condition, loop_maximum, .. }) =
                it.loop_characteristics.as_deref_mut()
            {
                (*loop_condition, *loop_maximum) = (Some(format!("c_{}", it.id)), Some("3".to_owned()));
                loops.push(it.id.clone());
            }
        });
        let all: Vec<Element> = flow.all().into_iter().cloned().collect();
        let defaults: BTreeSet<NodeId> = all.iter().filter_map(|it| it.default.clone()).collect();
        let node = |id: &NodeId| all.iter().find(|it| it.id == *id).expect("a node");
        let into = |id: &NodeId| {
            all.iter()
                .filter(|it| matches!(&it.kind, ElementKind::SequenceFlow { target_ref, .. } if target_ref == id))
                .count()
        };
        let (mut exclusive, mut any) = (BTreeMap::new(), BTreeMap::new());
        let mut always: BTreeSet<NodeId> = BTreeSet::new();
        let mut by_number: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        each(&mut flow.flow_elements, &mut |it| {
            let ElementKind::SequenceFlow { source_ref, condition_expression, .. } = &mut it.kind else { return };
            let source = node(source_ref);
            let several = match &source.kind {
                ElementKind::InclusiveGateway {} => true,
                ElementKind::ComplexGateway { .. } => into(source_ref) < 2,
                _ => condition_expression.is_some(),
            };
            if defaults.contains(&it.id) {
                always.insert(source_ref.clone());
            } else if matches!(source.kind, ElementKind::ExclusiveGateway {}) {
                let ways: &mut usize = exclusive.entry(source_ref.clone()).or_default();
                *condition_expression = Some(format!("n_{source_ref} == {ways}"));
                *ways += 1;
                by_number.entry(source_ref.clone()).or_default().push(it.id.clone());
            } else if several {
                *condition_expression = Some(format!("c_{}", it.id));
                any.entry(source_ref.clone()).or_insert((Vec::new(), true)).0.push(it.id.clone());
            } else {
                always.insert(source_ref.clone());
            }
        });
        any.iter_mut().for_each(|(node, it)| it.1 = !always.contains(node));
        let ad_hoc: Vec<&Element> =
            all.iter().filter(|it| matches!(it.kind, ElementKind::AdHocSubProcess { .. })).collect();
        let chosen =
            ad_hoc.iter().flat_map(|it| it.inside()).filter(|it| it.kind.is_activity()).map(|it| it.id.clone());
        let error = |it: &Element| match &it.kind {
            ElementKind::BoundaryEvent {
                attached_to_ref,
                event_definition: EventDefinition::Error { error_ref },
                ..
            } => {
                let known = flow.errors.iter().find(|it| Some(&it.id) == error_ref.as_ref());
                let code = known.map_or(error_ref.clone().unwrap_or("X".to_owned()), |it| it.error_code.clone());
                Some((attached_to_ref.clone(), code))
            }
            _ => None,
        };
        let errors = all.iter().filter_map(error).collect();
        let (chosen, ad_hoc) = (chosen.collect(), ad_hoc.iter().map(|it| it.id.clone()).collect());
        Self { flow, exclusive, any, ways: by_number, loops, ad_hoc, chosen, errors }
    }

    /// Every choice by chance.
    pub fn roll(&self, dice: &mut Dice) -> Map<String, Value> {
        let mut vars = Map::new();
        for (node, ways) in &self.exclusive {
            vars.insert(format!("n_{node}"), Value::from(dice.roll(*ways)));
        }
        for (ways, need) in self.any.values() {
            let sure = need.then(|| dice.roll(ways.len()));
            for (at, way) in ways.iter().enumerate() {
                vars.insert(format!("c_{way}"), Value::Bool(sure == Some(at) || dice.one_in(2)));
            }
        }
        for it in &self.loops {
            vars.insert(format!("c_{it}"), Value::Bool(dice.one_in(2)));
        }
        vars
    }

    /// One thing from outside, if the engine takes it.
    fn input(&self, world: &mut World, dice: &mut Dice) {
        let id = world.instances[0].instance.id.clone();
        let _nothing_waits = world.give(&id, Input::DataChanged { vars: self.roll(dice) });
        let (jobs, timers) = (world.jobs(), world.timers());
        let input = match dice.roll(8) {
            0 => Input::Message { name: "m".to_owned(), payload: Map::new(), key: None },
            1 if !self.errors.is_empty() => {
                let (node, code) = dice.pick(&self.errors);
                Input::RaiseError { node, code, message: "from outside".to_owned() }
            }
            2 | 3 if !self.chosen.is_empty() => Input::StartActivity { node: dice.pick(&self.chosen) },
            4 if !self.ad_hoc.is_empty() => Input::FinishAdHoc { node: dice.pick(&self.ad_hoc) },
            _ if jobs.len() + timers.len() > 0 => {
                let at = dice.roll(jobs.len() + timers.len());
                let count = jobs.len();
                match jobs.into_iter().nth(at) {
                    Some((_, job, _)) => Input::JobDone { job, output: Value::Null, outcome: None },
                    None => {
                        let due = world.timers().into_iter().nth(at - count).expect("a timer");
                        return world.fire(due).unwrap_or_else(|it| panic!("{it:?}"));
                    }
                }
            }
            _ => Input::Message { name: "m".to_owned(), payload: Map::new(), key: None },
        };
        let _refused = world.give(&id, input);
    }

    fn run(&self, dice: &mut Dice) -> (World, Option<String>) {
        let flows = [self.flow.clone()];
        let options = Options { variables: self.roll(dice), ..Options::default() };
        let prepared = prepare::prepare(&flows, &[], &Options::default());
        let mut world = World::new(&flows, prepared, &options)
            .unwrap_or_else(|it| panic!("{it:?}\n{}", told(&self.flow.flow_elements, 0)));
        world.play(&options);
        for _ in 0..INPUTS {
            let it = &world.instances[0].instance;
            // One may follow from another.
            let all: Vec<String> = it.incidents.values().map(|it| format!("{}: {}", it.node, it.message)).collect();
            let stuck = (!all.is_empty()).then(|| all.join("; "));
            // A cancelled transaction that nobody catches stays where it is; what is beside it goes on, and may end it.
            let stays = it.incidents.values().all(|it| it.message.contains("cancel boundary event"));
            let waits = !world.jobs().is_empty() || !world.timers().is_empty();
            if it.state != State::Running || (stuck.is_some() && !(stays && waits)) {
                return (world, stuck);
            }
            self.input(&mut world, dice);
        }
        (world, None)
    }
}

/// What the runs of the engine say against the verdict; none: nothing.
fn disagreement(choices: &Choices, process: &Process, dice: &mut Dice) -> Option<String> {
    for _ in 0..6 {
        let (world, stuck) = choices.run(dice);
        let trace =
            || world.trace.iter().map(|it| format!("{:?} {}", it.event, it.element)).collect::<Vec<_>>().join(", ");
        // What the checker leaves to others to say: an error nobody catches ends the flow, a loop in which nothing waits.
        let elsewhere = |it: &String| ["catch", "endless loop", "tokens"].iter().any(|word| it.contains(word));
        if let Some(says) = stuck.filter(|it| process.verdict == Verdict::Sound && !elsewhere(it)) {
            return Some(format!("sound, but stuck: {says}: {}", trace()));
        }
        let dead = process.faults.iter().filter(|it| it.what == Breaks::Dead).flat_map(|it| &it.at);
        for node in dead {
            // That what it waits for never comes is said there too.
            if world.trace.iter().any(|it| it.element == *node && it.event != Event::Failed) {
                return Some(format!("`{node}` never happens, but did: {}", trace()));
            }
        }
    }
    None
}

#[test]
fn the_engine_agrees_with_the_checker_on_scopes_in_scopes() {
    let (first, models_asked) = (from_env("TEST_SEED", 1), from_env("TEST_MODELS", MODELS));
    let (mut sound, mut runs) = (0, 0);
    // One whose drawing had an event on a task that stood nowhere; one in which what goes on ends a cancelled transaction.
    for seed in (first..first + models_asked).chain([7_201_267, 95_000_491]) {
        let (flow, _) = models(seed);
        let calls = flow.all().iter().any(|it| matches!(it.kind, ElementKind::CallActivity { .. }));
        let process = judge(&flow, 8_000);
        // Unsafe ones, whose second token may be anywhere, and those not decided say nothing here.
        if calls || !process.unsupported.is_empty() || process.properties.safe != Some(true) {
            continue;
        }
        let choices = Choices::of(flow);
        sound += u64::from(process.verdict == Verdict::Sound);
        runs += 1;
        if let Some(wrong) = disagreement(&choices, &process, &mut Dice(seed)) {
            panic!("TEST_SEED={seed}: {wrong}\n{}", told(&choices.flow.flow_elements, 0));
        }
    }
    println!("{runs} run, {sound} of them sound");
    // One that is repeated may have nothing to show.
    assert!(models_asked < MODELS || sound > 0, "nothing was compared");
}

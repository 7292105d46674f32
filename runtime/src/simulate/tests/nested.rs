//! Counterexamples of scopes in scopes are played: what the checker shows from the start of the flow, into subprocesses, handlers
//! and event subprocesses, happens in the engine too. `TEST_SEED` repeats one model, `TEST_MODELS` tries more.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value};

use super::scopes::Choices;
use crate::check::sound::nested::{models, told};
use crate::check::sound::random::{Dice, from_env};
use crate::check::sound::{Breaks, Fault, TraceStep, judge};
use crate::engine::Input;
use crate::engine::instance::{Place, State};
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};
use crate::simulate::world::World;
use crate::simulate::{Event, Options, TraceLine, prepare};

const MODELS: u64 = 300;

type Wanted<'a> = BTreeMap<&'a NodeId, VecDeque<&'a [NodeId]>>;

/// A run of the engine that is led along a counterexample.
struct Led<'a> {
    choices: &'a Choices,
    world: World,
    /// What every node still has to do.
    wanted: Wanted<'a>,
    seen: usize,
    /// The repeated activity that is to be over.
    over: Option<NodeId>,
    /// How often each event that waits for compensation has been over in the run.
    undone: BTreeMap<NodeId, usize>,
    /// What the engine has done that the run does not speak of: what waits for nothing goes on at once.
    beyond: usize,
}

/// Why a run cannot be played.
type Unplayed = &'static str;
const ALIKE: Unplayed = "a node is left twice at one stroke, and not alike";
const GONE: Unplayed = "the step is over already, or not there";
const OTHER: Unplayed = "a subprocess begins at another of its start events";
const LATER: Unplayed = "an inclusive join or a complex gateway goes on later";
const BEYOND: Unplayed = "the engine has gone on";
const REFUSED: Unplayed = "nothing waits for what the run gives";

/// The subprocess an element is in.
fn parent<'a>(elements: &'a [Element], id: &NodeId) -> Option<&'a Element> {
    elements.iter().find_map(|it| {
        let own = it.inside().iter().any(|inner| inner.id == *id);
        if own { Some(it) } else { parent(it.inside(), id) }
    })
}

impl<'a> Led<'a> {
    /// The engine takes what waits for nothing at once, and may not go the way of the run.
    fn along(choices: &'a Choices, run: &'a [TraceStep]) -> Result<Self, Unplayed> {
        let mut wanted: Wanted = BTreeMap::new();
        let all = choices.flow.all();
        let starts =
            |id: &NodeId| all.iter().any(|it| it.id == *id && matches!(it.kind, ElementKind::StartEvent { .. }));
        // What only begins is not done yet.
        let begins = |it: &TraceStep| {
            matches!(it.event.as_str(), "opens" | "gathers") || (it.event == "starts" && !starts(&it.element))
        };
        for it in run.iter().filter(|it| !begins(it)) {
            wanted.entry(&it.element).or_default().push_back(&it.gives);
        }
        // One of several start events.
        let own = |id: &NodeId| choices.flow.flow_elements.iter().any(|it| it.id == *id);
        let at = run.first().map(|it| it.element.clone()).filter(|it| own(it) && starts(it));
        let flows = [choices.flow.clone()];
        let options = Options::default();
        let prepared = prepare::prepare(&flows, &[], &options);
        let world = World::new(&flows, prepared, &options).unwrap_or_else(|it| panic!("{it:?}"));
        let mut it = Self { choices, world, wanted, seen: 0, over: None, undone: BTreeMap::new(), beyond: 0 };
        let options = Options { variables: it.vars(), ..options };
        it.world =
            World::new(&flows, prepare::prepare(&flows, &[], &options), &options).unwrap_or_else(|it| panic!("{it:?}"));
        match at {
            Some(at) => {
                let key = choices.flow.key.clone();
                it.world.start(&key, Some(at), options.variables.clone()).map_err(|_| REFUSED)?;
            }
            None => it.world.play(&options),
        }
        it.passed()?;
        for step in run {
            it.step(step)?;
        }
        Ok(it)
    }

    /// Choices as the run makes them next; a repeated activity goes on until it is to be over.
    fn vars(&self) -> Map<String, Value> {
        let mut vars = self.choices.roll(&mut Dice(0));
        for (node, gives) in self.wanted.iter().filter_map(|(node, it)| Some((*node, *it.front()?))) {
            if let Some(ways) = self.choices.ways.get(node) {
                let at = ways.iter().position(|it| gives.contains(it)).unwrap_or(usize::MAX);
                vars.insert(format!("n_{node}"), Value::from(at));
            }
            for way in self.choices.any.get(node).into_iter().flat_map(|it| &it.0) {
                vars.insert(format!("c_{way}"), Value::Bool(gives.contains(way)));
            }
        }
        for it in &self.choices.loops {
            vars.insert(format!("c_{it}"), Value::Bool(self.over.as_ref() != Some(it)));
        }
        vars
    }

    /// Whether what the engine has done is what the run wants.
    fn passed(&mut self) -> Result<(), Unplayed> {
        let mut gone: Vec<NodeId> = Vec::new();
        for it in self.world.trace[self.seen..].iter().filter(|it| it.event == Event::Completed) {
            let chooses = self.choices.ways.contains_key(&it.element) || self.choices.any.contains_key(&it.element);
            let wanted = self.wanted.get_mut(&it.element).and_then(VecDeque::pop_front);
            if gone.contains(&it.element) && chooses && wanted.is_some() {
                return Err(ALIKE);
            }
            gone.push(it.element.clone());
            self.beyond += usize::from(wanted.is_none() && !self.undoes(&it.element));
        }
        self.seen = self.world.trace.len();
        Ok(())
    }

    fn give(&mut self, input: Input) -> Result<(), Unplayed> {
        let id = self.world.instances[0].instance.id.clone();
        let vars = self.vars();
        self.world.give(&id, Input::DataChanged { vars }).map_err(|_| REFUSED)?;
        self.world.give(&id, input).map_err(|_| REFUSED)?;
        self.passed()
    }

    /// Whether it is, or is inside, what compensates something.
    fn undoes(&self, id: &NodeId) -> bool {
        let all = self.choices.flow.all();
        all.iter().any(|it| it.is_for_compensation && (it.id == *id || find(it.inside(), id)))
    }

    /// Does what compensates, which no run speaks of, until the event that waits for it is over (BPMN 2.0.2 §13.5.5).
    fn undo(&mut self, event: &NodeId) -> Result<(), Unplayed> {
        let times = self.undone.entry(event.clone()).or_default();
        *times += 1;
        let times = *times;
        let over = |it: &&TraceLine| it.element == *event && it.event == Event::Completed;
        while self.world.trace.iter().filter(over).count() < times {
            let handler = self.world.jobs().into_iter().find(|it| self.undoes(&it.2)).ok_or(GONE)?;
            self.give(Input::JobDone { job: handler.1, output: Value::Null, outcome: None })?;
        }
        Ok(())
    }

    fn step(&mut self, step: &TraceStep) -> Result<(), Unplayed> {
        let all = self.choices.flow.all();
        let element = (*all.iter().find(|it| it.id == step.element).ok_or(GONE)?).clone();
        let message = || Input::Message { name: "m".to_owned(), payload: Map::new(), key: None };
        // In an ad-hoc subprocess somebody begins everything that nothing leads to, gateways too.
        let chosen = parent(&self.choices.flow.flow_elements, &element.id)
            .is_some_and(|it| matches!(it.kind, ElementKind::AdHocSubProcess { .. }));
        let gateway = matches!(
            element.kind,
            ElementKind::ExclusiveGateway {}
                | ElementKind::ParallelGateway {}
                | ElementKind::InclusiveGateway {}
                | ElementKind::ComplexGateway { .. }
        );
        let begins = matches!(step.event.as_str(), "starts" | "opens" | "completes") || gateway;
        let stands = self.world.trace.iter().rev().find(|it| it.element == element.id);
        if chosen && begins && step.takes.is_empty() && stands.is_none_or(|it| it.event != Event::Entered) {
            self.give(Input::StartActivity { node: element.id.clone() })?;
        }
        match (step.event.as_str(), &element.kind) {
            ("opens", ElementKind::SubProcess { triggered_by_event: true, flow_elements }) => {
                let start = flow_elements.iter().find_map(|it| match &it.kind {
                    ElementKind::StartEvent { event_definition, .. } => event_definition.clone(),
                    _ => None,
                });
                match start.ok_or(GONE)? {
                    EventDefinition::Error { error_ref } => {
                        let (_, _, node) = self.world.jobs().into_iter().next().ok_or(REFUSED)?;
                        let code = self.code(error_ref.as_ref());
                        self.give(Input::RaiseError { node, code, message: String::new() })
                    }
                    _ => self.give(message()),
                }
            }
            ("starts", ElementKind::StartEvent { .. }) => {
                let begun = self.world.trace.iter().any(|it| it.element == element.id);
                if begun { Ok(()) } else { Err(OTHER) }
            }
            ("fails", kind) if kind.is_activity() => {
                let inside = |it: &NodeId| element.id == *it || find(element.inside(), it);
                let under_way = self.world.jobs().iter().any(|it| inside(&it.2));
                if under_way { Err(GONE) } else { Ok(()) }
            }
            ("opens" | "completes", kind) if kind.is_activity() => {
                let job = |it: &Self| it.world.jobs().into_iter().find(|it| it.2 == element.id).map(|it| it.1);
                if step.event == "opens" {
                    return Ok(());
                }
                // Repeated or not, this was its last turn.
                self.over = Some(element.id.clone());
                if matches!(element.kind, ElementKind::AdHocSubProcess { .. }) {
                    return self.give(Input::FinishAdHoc { node: element.id.clone() });
                }
                match job(self) {
                    Some(job) => self.give(Input::JobDone { job, output: Value::Null, outcome: None }),
                    // It passes by itself, or has; a subprocess the run goes past would have to be played inside.
                    None => {
                        let last = self.world.trace.iter().rev().find(|it| it.element == element.id);
                        last.filter(|it| it.event == Event::Completed).map(|_| ()).ok_or(GONE)
                    }
                }
            }
            (
                "completes" | "fires",
                ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Message { .. } },
            ) => self.give(message()),
            (
                "completes" | "ends",
                ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Compensate { .. }) }
                | ElementKind::EndEvent { event_definition: Some(EventDefinition::Compensate { .. }) },
            ) => self.undo(&element.id),
            ("interrupts" | "fires", ElementKind::BoundaryEvent { attached_to_ref, event_definition, .. }) => {
                match event_definition {
                    EventDefinition::Timer { .. } => {
                        let due = self.world.timers().into_iter().find(|it| it.node == element.id).ok_or(REFUSED)?;
                        let vars = self.vars();
                        let id = self.world.instances[0].instance.id.clone();
                        self.world.give(&id, Input::DataChanged { vars }).map_err(|_| REFUSED)?;
                        self.world.fire(due).map_err(|_| REFUSED)?;
                        self.passed()
                    }
                    EventDefinition::Error { error_ref } => {
                        let (node, code) = (attached_to_ref.clone(), self.code(error_ref.as_ref()));
                        self.give(Input::RaiseError { node, code, message: String::new() })
                    }
                    // A transaction is left once all in it is compensated.
                    EventDefinition::Cancel {} => self.undo(&element.id),
                    _ => self.give(message()),
                }
            }
            _ => Ok(()),
        }
    }

    /// What happened beside an activity is a run of its own and shows nothing before the activity is left too. False: it is not.
    fn leave_hosts(&mut self, run: &[TraceStep]) -> bool {
        let all = self.choices.flow.all();
        for step in run.iter().filter(|it| it.event == "fires") {
            let host = all.iter().find(|it| it.id == step.element).and_then(|it| match &it.kind {
                ElementKind::BoundaryEvent { attached_to_ref, .. } => Some(attached_to_ref.clone()),
                _ => None,
            });
            self.over.clone_from(&host);
            let job = self.world.jobs().into_iter().find(|it| Some(&it.2) == host.as_ref());
            let left = job
                .is_none_or(|it| self.give(Input::JobDone { job: it.1, output: Value::Null, outcome: None }).is_ok());
            let stands = |it: &Place| matches!(it, Place::Node(node) if Some(node) == host.as_ref());
            if !left || self.world.instances[0].instance.tokens.values().any(|it| stands(&it.at)) {
                return false;
            }
        }
        true
    }

    fn code(&self, error: Option<&String>) -> String {
        let known = self.choices.flow.errors.iter().find(|it| Some(&it.id) == error);
        known.map_or(error.cloned().unwrap_or("X".to_owned()), |it| it.error_code.clone())
    }
}

fn find(elements: &[Element], id: &NodeId) -> bool {
    elements.iter().any(|it| it.id == *id || find(it.inside(), id))
}

/// The fault a counterexample shows.
fn shown<'a>(faults: &'a [Fault], run: &[TraceStep]) -> Option<&'a Fault> {
    // What happens inside the subprocesses it passes is told between its steps.
    let done = |it: &TraceStep| (it.element.clone(), it.event.clone());
    let within = |fault: &Fault| {
        let mut told = run.iter();
        fault.run.iter().all(|step| told.any(|it| done(it) == done(step)))
            && fault.run.last().map(done) == run.last().map(done)
    };
    faults.iter().find(|it| !it.run.is_empty() && within(it))
}

fn is_stuck(world: &World, flow: &Flow, fault: &Fault) -> bool {
    // What fails an activity from inside is an incident where it was thrown.
    let elements = flow.all();
    let below =
        |at: &NodeId, node: &NodeId| elements.iter().any(|it| it.id == *at && everything(it.inside()).contains(node));
    let failed = |node: &NodeId| fault.at.iter().any(|at| at == node || below(at, node));
    let it = &world.instances[0].instance;
    let nothing_moves = world.jobs().is_empty() && world.timers().is_empty();
    it.state == State::Running
        && (it.incidents.values().any(|it| failed(&it.node)) || (nothing_moves && !it.tokens.is_empty()))
}

/// The elements of a scope, and of all scopes in it.
fn everything(elements: &[Element]) -> Vec<NodeId> {
    elements.iter().flat_map(|it| [vec![it.id.clone()], everything(it.inside())].concat()).collect()
}

fn ended_twice(world: &World, _: &Flow, fault: &Fault) -> bool {
    let ends =
        |node: &NodeId| world.trace.iter().filter(|it| it.element == *node && it.event == Event::Completed).count() > 1;
    fault.at.iter().any(ends)
}

fn calls(flow: &Flow) -> bool {
    flow.all().iter().any(|it| matches!(it.kind, ElementKind::CallActivity { .. }))
}

#[test]
fn counterexamples_of_scopes_in_scopes_are_played() {
    let (first, models_asked) = (from_env("TEST_SEED", 1), from_env("TEST_MODELS", MODELS));
    // A repeated ad-hoc subprocess is over with the turn the run ends it in; an event waits for somebody to
    // compensate, alone or with another token beside it; a gateway is begun by somebody; the activity
    // beside which something waits for ever is under way; what fails an activity was thrown inside it, beside a timer that
    // still runs.
    let known = [7_200_626, 8_100_001, 94_100_093, 94_300_200, 94_100_244, 880_125];
    let mut unplayed: BTreeMap<Unplayed, u32> = BTreeMap::new();
    let (mut asked, mut inside, mut lost, mut played, mut played_inside) = (0, 0, 0, 0, 0);
    for seed in (first..first + models_asked).chain(known) {
        let (flow, _) = models(seed);
        let process = judge(&flow, 8_000);
        if calls(&flow) || !process.unsupported.is_empty() {
            continue;
        }
        let Some(fault) = shown(&process.faults, &process.counterexample) else { continue };
        let shows: fn(&World, &Flow, &Fault) -> bool = match fault.what {
            Breaks::Deadlock => is_stuck,
            Breaks::EndTwice => ended_twice,
            Breaks::Unsafe | Breaks::Livelock | Breaks::Dead | Breaks::NoStart | Breaks::Callee => continue,
        };
        asked += 1;
        inside += u64::from(fault.scope.is_some());
        // From the start of the flow, down to the scope; of a scope that nothing gets to only the run in it.
        if let Some(scope) = &fault.scope {
            let opened = process.counterexample.iter().any(|it| it.element == *scope && it.event == "opens");
            if !opened {
                lost += 1;
                continue;
            }
        }
        let choices = Choices::of(flow);
        let led = Led::along(&choices, &process.counterexample);
        let story = || {
            let run: Vec<String> =
                process.counterexample.iter().map(|it| format!("{} {}", it.element, it.event)).collect();
            format!(
                "{seed}: {:?} at {:?} [{}]\n{}",
                fault.what,
                fault.at,
                run.join(", "),
                told(&choices.flow.flow_elements, 0)
            )
        };
        let mut led = match led {
            Ok(it) => it,
            Err(why) => {
                println!("{why} {}", story());
                *unplayed.entry(why).or_insert(0) += 1;
                continue;
            }
        };
        let beyond = led.beyond;
        let open = fault.what == Breaks::Deadlock
            && !is_stuck(&led.world, &choices.flow, fault)
            && !led.leave_hosts(&process.counterexample);
        let world = led.world;
        let late = |it: &TraceStep| it.element.as_str().contains(['o', 'g']) && it.event == "joins";
        let joins = process.counterexample.iter().any(late);
        let shown = shows(&world, &choices.flow, fault);
        if (joins || beyond > 0 || open) && !shown {
            let why = if joins { LATER } else { BEYOND };
            println!("{why} {}", story());
            let trace: Vec<String> = world.trace.iter().map(|it| format!("{:?} {}", it.event, it.element)).collect();
            println!("   {}", trace.join(", "));
            *unplayed.entry(why).or_insert(0) += 1;
            continue;
        }
        played += 1;
        played_inside += u64::from(fault.scope.is_some());
        let run: Vec<String> = process.counterexample.iter().map(|it| format!("{} {}", it.element, it.event)).collect();
        let trace: Vec<String> = world.trace.iter().map(|it| format!("{:?} {}", it.event, it.element)).collect();
        assert!(
            shown,
            "TEST_SEED={seed}: {:?} at {:?}: [{}] played, but not shown: {}\n{}",
            fault.what,
            fault.at,
            run.join(", "),
            trace.join(", "),
            told(&choices.flow.flow_elements, 0)
        );
    }
    println!(
        "{asked} counterexamples, {inside} of them inside, {lost} without a way; {played} played, {played_inside} of them inside; {unplayed:?}"
    );
    // One that is repeated may have nothing to show.
    if models_asked < MODELS {
        return;
    }
    assert!(played_inside > 0, "nothing inside was played");
    // The others: the engine takes what waits for nothing at once, lets everything move before an inclusive join, begins a
    // subprocess at its first start event; a subprocess that is repeated, or is left by its handler, is passed as one step.
    let way = asked - lost;
    assert!(4 * played >= 3 * way, "{played} of {way} played: {unplayed:?}");
}

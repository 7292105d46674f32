//! A whole flow: every scope from the inside out, each judged once and remembered. An edit changes the net of its scope and,
//! where it changes how the scope can end, those around it; every other verdict is at hand. Names are no part of a net,
//! so renaming asks nothing again.

use std::collections::BTreeMap;

use super::build::{Around, Outcome, Style, build};
use super::drawing::Drawing;
use super::lead::Scopes;
use super::net::{Event, Net, Node, Place, Spot};
use super::run::Done;
use super::verdict::{self, Finding, Judgement, Wrong};
use super::{Breaks, Callee, Callees, Fault, Process, Properties, TraceStep, Verdict};
use crate::id::NodeId;
use crate::limits;
use crate::model::flow::{Element, ElementKind, ErrorDef, EventDefinition, Flow, Loop};

/// Judges flows and remembers the verdicts on their scopes. One per open document, or one per check.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    budget: usize,
    known: BTreeMap<Net, Judgement>,
    /// Scopes judged anew, for tests and measurements.
    pub judged: usize,
}

/// What judging one flow gathers.
struct Total<'a> {
    properties: Properties,
    faults: Vec<Fault>,
    unsupported: Vec<(NodeId, String)>,
    undecided: Vec<NodeId>,
    codes: &'a [ErrorDef],
    callees: Option<Callees<'a>>,
    scopes: Scopes,
    /// Runs that break called flows, by the activity that calls.
    called: BTreeMap<NodeId, Vec<TraceStep>>,
}

impl Checker {
    /// `budget`: states looked at per scope.
    pub fn new(budget: usize) -> Self {
        Self { budget, ..Self::default() }
    }

    /// The verdict on a flow whose called flows are taken to end as they should.
    pub fn judge(&mut self, flow: &Flow) -> Process {
        self.judge_all(flow, None).0
    }

    /// The verdict on a flow, and how it can end.
    pub fn judge_calling(&mut self, flow: &Flow, callees: Callees) -> (Process, Outcome) {
        self.judge_all(flow, Some(callees))
    }

    fn judge_all(&mut self, flow: &Flow, callees: Option<Callees>) -> (Process, Outcome) {
        let yes = Some(true);
        let mut total = Total {
            properties: Properties {
                safe: yes,
                option_to_complete: yes,
                proper_completion: yes,
                no_dead_activities: yes,
            },
            faults: Vec::new(),
            unsupported: Vec::new(),
            undecided: Vec::new(),
            codes: &flow.errors,
            callees,
            scopes: Scopes::default(),
            called: BTreeMap::new(),
        };
        let outcome = self.scope(&flow.flow_elements, None, Style::Flow, &mut total);
        // The faults of a scope come before those inside it; of each the worst first.
        total.faults.reverse();
        let counterexample = total.counterexample(&flow.flow_elements);
        let known = total.properties.all();
        let verdict = if known.contains(&Some(false)) {
            Verdict::Broken
        } else if known.contains(&None) || !total.unsupported.is_empty() {
            Verdict::Unknown
        } else {
            Verdict::Sound
        };
        let process = Process {
            id: flow.id.clone(),
            verdict,
            properties: total.properties,
            counterexample,
            faults: total.faults,
            fixes: Vec::new(),
            unsupported: total.unsupported,
            undecided: total.undecided,
        };
        (process, outcome)
    }

    /// How the inside of an activity of one of these flows can end.
    pub(super) fn outcome(&mut self, it: &Element, flows: &[&Flow]) -> Outcome {
        let codes: Vec<ErrorDef> = flows.iter().flat_map(|it| it.errors.iter().cloned()).collect();
        let mut total = Total {
            properties: Properties::default(),
            faults: Vec::new(),
            unsupported: Vec::new(),
            undecided: Vec::new(),
            codes: &codes,
            callees: None,
            scopes: Scopes::default(),
            called: BTreeMap::new(),
        };
        self.inside(it, &mut total).unwrap_or(Outcome { normal: true, ..Outcome::default() })
    }

    /// Judges a scope and all inside it; says how it can end.
    fn scope(&mut self, elements: &[Element], of: Option<&NodeId>, style: Style, total: &mut Total) -> Outcome {
        let inner: Vec<Option<Outcome>> = elements.iter().map(|it| self.inside(it, total)).collect();
        let drawing = Drawing::of(elements);
        let (regions, within) = drawing.regions();
        let again = drawing.again(&within);
        let around = Around { style, codes: total.codes, inner: &inner, within: &within, again: &again };
        let mut outcome = Outcome::default();
        let mut faults = Vec::new();
        for (at, region) in regions.iter().enumerate() {
            let net = build(&drawing, region, &around);
            let judged = self.net(&net);
            let named = Named { elements, drawing: &drawing, net: &net, of };
            faults.extend(judged.findings.iter().map(|it| named.fault(it)));
            for (node, kind) in &judged.beyond {
                total.unsupported.push((elements[*node as usize].id.clone(), (*kind).to_owned()));
            }
            total.properties.worst(&judged);
            let all = [judged.safe, judged.option_to_complete, judged.proper_completion, judged.no_dead_activities];
            if judged.beyond.is_empty() && all.contains(&None) {
                total.undecided.extend(of.cloned());
            }
            outcome.errors.extend(judged.outcome.errors);
            outcome.cancels |= judged.outcome.cancels;
            outcome.normal |= at == 0 && judged.outcome.normal;
        }
        total.faults.extend(faults.into_iter().rev());
        handlers(elements, &inner, total.codes, &mut outcome);
        if style == Style::Chosen {
            outcome.normal = true; // People, or its condition, say when it is over.
        }
        outcome.errors.sort();
        outcome.errors.dedup();
        total.scopes.note(of, inner, style);
        outcome
    }

    /// How an activity can end by its inside; none: it has none. One whose turns may be none is left as if it had completed.
    fn inside(&mut self, it: &Element, total: &mut Total) -> Option<Outcome> {
        let mut outcome = self.inner(it, total)?;
        outcome.normal |= it.loop_characteristics.as_deref().is_some_and(may_have_no_turn);
        Some(outcome)
    }

    /// How one turn of an activity can end.
    fn inner(&mut self, it: &Element, total: &mut Total) -> Option<Outcome> {
        match &it.kind {
            ElementKind::SubProcess { flow_elements, .. } | ElementKind::Transaction { flow_elements } => {
                Some(self.scope(flow_elements, Some(&it.id), Style::Flow, total))
            }
            ElementKind::AdHocSubProcess { flow_elements, .. } => {
                Some(self.scope(flow_elements, Some(&it.id), Style::Chosen, total))
            }
            ElementKind::CallActivity { called_element, .. } => {
                let Callee { verdict, outcome, run } = total.callees?(called_element)?;
                total.called.insert(it.id.clone(), run);
                if verdict != Verdict::Sound {
                    total.called(&it.id, verdict);
                }
                Some(outcome)
            }
            ElementKind::SequenceFlow { .. }
            | ElementKind::StartEvent { .. }
            | ElementKind::EndEvent { .. }
            | ElementKind::IntermediateCatchEvent { .. }
            | ElementKind::IntermediateThrowEvent { .. }
            | ElementKind::BoundaryEvent { .. }
            | ElementKind::UserTask(_)
            | ElementKind::Task {}
            | ElementKind::ManualTask {}
            | ElementKind::ServiceTask { .. }
            | ElementKind::ScriptTask { .. }
            | ElementKind::SendTask { .. }
            | ElementKind::ReceiveTask { .. }
            | ElementKind::BusinessRuleTask { .. }
            | ElementKind::ExclusiveGateway {}
            | ElementKind::InclusiveGateway {}
            | ElementKind::ParallelGateway {}
            | ElementKind::EventBasedGateway { .. }
            | ElementKind::ComplexGateway { .. }
            | ElementKind::DataObject { .. }
            | ElementKind::DataObjectReference { .. }
            | ElementKind::DataStoreReference { .. }
            | ElementKind::TextAnnotation { .. }
            | ElementKind::Association { .. }
            | ElementKind::Group { .. } => None,
        }
    }

    fn net(&mut self, net: &Net) -> Judgement {
        if let Some(known) = self.known.get(net) {
            return known.clone();
        }
        self.judged += 1;
        let judgement = verdict::judge(net, self.budget);
        if self.known.len() >= limits::CHECK_KEPT {
            self.known.clear();
        }
        self.known.insert(net.clone(), judgement.clone());
        judgement
    }
}

/// A condition asked before the first turn, a list or a number that is not written out: nothing says that there is a turn.
fn may_have_no_turn(it: &Loop) -> bool {
    let written = |it: &String| it.trim().parse::<i64>().is_ok_and(|it| it > 0);
    match it {
        Loop::StandardLoop { test_before, loop_condition, .. } => *test_before && loop_condition.is_some(),
        Loop::MultiInstance { loop_cardinality, collection, .. } => {
            collection.is_some() || loop_cardinality.as_ref().is_some_and(|it| !written(it))
        }
    }
}

/// What event subprocesses change about how a scope can end: they catch errors, and end it in its stead.
fn handlers(elements: &[Element], inner: &[Option<Outcome>], codes: &[ErrorDef], outcome: &mut Outcome) {
    let code = |reference: &Option<String>| {
        let reference = reference.as_deref().unwrap_or_default();
        codes.iter().find(|it| it.id == reference).map_or(reference, |it| it.error_code.as_str()).to_owned()
    };
    let mut thrown = Vec::new();
    for (it, inner) in elements.iter().zip(inner) {
        if it.is_for_compensation {
            // What a compensation handler throws, nobody beside it catches.
            thrown.extend(inner.iter().flat_map(|it| it.errors.iter().cloned()));
        }
        let ElementKind::SubProcess { triggered_by_event: true, flow_elements } = &it.kind else { continue };
        let Some(inner) = inner else { continue };
        thrown.extend(inner.errors.iter().cloned());
        for start in flow_elements {
            let ElementKind::StartEvent { event_definition, is_interrupting } = &start.kind else { continue };
            if let Some(EventDefinition::Error { error_ref }) = event_definition {
                outcome.errors.retain(|it| error_ref.is_some() && *it != code(error_ref));
            }
            outcome.normal |= inner.normal && *is_interrupting;
        }
    }
    outcome.errors.extend(thrown);
}

impl Total<'_> {
    /// The run of the first fault that can be shown, from the start of the flow.
    fn counterexample(&self, elements: &[Element]) -> Vec<TraceStep> {
        let called = |it: &NodeId| self.called.get(it).cloned().unwrap_or_default();
        // That an activity is never over is shown by what goes wrong inside it.
        let (inside, first): (Vec<&Fault>, Vec<&Fault>) = self.faults.iter().partition(|it| self.is_inside(it));
        let mut runs = first.into_iter().chain(inside).map(|it| self.scopes.whole(elements, self.codes, it, called));
        // What stands in a scope that nothing gets to, or that is too far away, is at least shown there.
        let there = || self.faults.iter().map(|it| it.run.clone()).find(|it| !it.is_empty());
        runs.find(|it| !it.is_empty()).or_else(there).unwrap_or_default()
    }

    /// A standstill at nothing but activities something is wrong inside of.
    fn is_inside(&self, it: &Fault) -> bool {
        let stands = matches!(it.what, Breaks::Deadlock | Breaks::Livelock) && !it.at.is_empty();
        let wrong = |at: &NodeId| {
            self.faults
                .iter()
                .any(|it| it.scope.as_ref() == Some(at) || (it.what == Breaks::Callee && it.at.contains(at)))
        };
        stands && it.at.iter().all(wrong)
    }

    /// A called flow that is not known to be sound: nor is the call.
    fn called(&mut self, at: &NodeId, verdict: Verdict) {
        let found = if verdict == Verdict::Broken { Some(false) } else { None };
        worst(&mut self.properties.option_to_complete, found);
        if verdict == Verdict::Broken {
            self.faults.push(Fault {
                what: Breaks::Callee,
                at: vec![at.clone()],
                tokens: Vec::new(),
                run: Vec::new(),
                scope: None,
            });
        }
    }
}

impl Properties {
    /// A property of the whole is the worst of its scopes: false, then unknown, then true.
    fn worst(&mut self, it: &Judgement) {
        worst(&mut self.safe, it.safe);
        worst(&mut self.option_to_complete, it.option_to_complete);
        worst(&mut self.proper_completion, it.proper_completion);
        worst(&mut self.no_dead_activities, it.no_dead_activities);
    }
}

fn worst(property: &mut Option<bool>, found: Option<bool>) {
    *property = match (*property, found) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (None, _) | (_, None) => None,
        (Some(true), Some(true)) => Some(true),
    };
}

/// Gives numbers their names again.
pub(super) struct Named<'a> {
    pub elements: &'a [Element],
    pub drawing: &'a Drawing<'a>,
    pub net: &'a Net,
    pub of: Option<&'a NodeId>,
}

impl Named<'_> {
    pub(super) fn id(&self, node: Node) -> NodeId {
        self.elements[node as usize].id.clone()
    }

    pub(super) fn flows(&self, places: &[Place]) -> Vec<NodeId> {
        let flow = |place: &Place| match self.net.places[*place as usize] {
            Spot::Flow(flow) => Some(self.id(flow)),
            Spot::Start | Spot::Inside(_) | Spot::Sink(_) | Spot::Message(_) => None,
        };
        places.iter().filter_map(flow).collect()
    }

    /// The nodes at which the tokens of these places wait.
    pub(super) fn waiting(&self, places: &[Place]) -> Vec<NodeId> {
        let mut nodes: Vec<Node> = places
            .iter()
            .filter_map(|place| match self.net.places[*place as usize] {
                Spot::Flow(flow) => Some(self.drawing.ends[flow as usize].1),
                Spot::Inside(node) => Some(node),
                Spot::Start | Spot::Sink(_) | Spot::Message(_) => None,
            })
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes.into_iter().map(|it| self.id(it)).collect()
    }

    fn fault(&self, it: &Finding) -> Fault {
        let nodes = || it.nodes.iter().map(|it| self.id(*it)).collect();
        let (what, at) = match it.wrong {
            Wrong::Unsafe => (Breaks::Unsafe, nodes()),
            Wrong::Deadlock => (Breaks::Deadlock, self.waiting(&it.places)),
            Wrong::Livelock => (Breaks::Livelock, self.waiting(&it.places)),
            Wrong::EndTwice => (Breaks::EndTwice, nodes()),
            Wrong::Dead => (Breaks::Dead, nodes()),
            Wrong::NoStart => (Breaks::NoStart, nodes()),
        };
        let mut run = it.run.iter().map(|it| self.step(it)).collect();
        super::lead::in_time(self.elements, &mut run);
        Fault { what, at, tokens: self.flows(&it.places), run, scope: self.of.cloned() }
    }

    pub(super) fn step(&self, it: &Done) -> TraceStep {
        let mv = &self.net.moves[it.fired.mv as usize];
        let gives = self.flows(&it.gave);
        let event = match mv.event {
            Event::Starts => "starts",
            Event::Completes => "completes",
            Event::Opens => "opens",
            Event::Gathers => "gathers",
            Event::Fires => "fires",
            Event::Interrupts => "interrupts",
            Event::Chooses => gives.first().map_or("ends", |it| it.as_str()),
            Event::Splits => "splits",
            Event::Joins => "joins",
            Event::Resets => "resets",
            Event::Ends => "ends",
            Event::Terminates => "terminates",
            Event::Throws => "throws",
            Event::Fails => "fails",
        };
        let event = event.to_owned();
        TraceStep { element: self.id(mv.node), event, takes: self.flows(&it.took), gives }
    }
}

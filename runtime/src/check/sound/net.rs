//! A flow as a token game: places hold tokens, moves take and give them. One net per scope: a subprocess is one
//! activity in its parent's net and is checked by itself, so that parallel subprocesses do not multiply.
//! Data is not looked at: every condition may hold or not (BPMN 2.0.2 §13).

use std::collections::{BTreeMap, BTreeSet};

use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition};

/// Index of a place: a sequence flow, or the inside of an activity that something can happen to while it is open.
pub type Place = usize;

/// One thing that can happen.
#[derive(Clone, Debug)]
pub struct Move {
    pub node: NodeId,
    /// What happens, for the trace: the flow taken, `completes`, `fires`.
    pub event: String,
    pub take: Vec<Place>,
    pub give: Vec<Place>,
    /// Takes every token of the scope (terminate).
    pub clears: bool,
    /// The end event it reaches, to see one reached twice.
    pub end: Option<usize>,
    /// An inclusive join: besides `take`, takes every marked incoming place, when the standard's rule allows.
    pub inclusive: Option<usize>,
}

/// An inclusive join (BPMN 2.0.2 §13.4.3): may fire when some incoming place is marked and no token elsewhere could still
/// reach an unmarked incoming place without also being able to reach a marked one.
#[derive(Clone, Debug)]
pub struct InclusiveJoin {
    pub incoming: Vec<Place>,
    /// Per incoming place: the places from which it can be reached without passing the gateway.
    pub reach: Vec<BTreeSet<Place>>,
}

#[derive(Clone, Debug, Default)]
pub struct Net {
    pub places: Vec<NodeId>,
    pub initial: Vec<Vec<Place>>,
    pub moves: Vec<Move>,
    pub joins: Vec<InclusiveJoin>,
    pub ends: Vec<NodeId>,
    /// Nodes that must be able to happen.
    pub activities: Vec<NodeId>,
    /// What the net leaves out: then the verdict is never "sound".
    pub beyond: Vec<(NodeId, String)>,
}

/// Most outgoing flows of an inclusive split whose combinations are all tried.
const INCLUSIVE_FLOWS: usize = 8;

/// The net of one scope (`elements` of the process or of one subprocess).
pub fn build(elements: &[Element]) -> Net {
    let mut net = Net::default();
    let mut place_of: BTreeMap<&str, Place> = BTreeMap::new();
    let mut into: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    let mut out: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    let mut conditional: BTreeSet<Place> = BTreeSet::new();
    let nodes: BTreeSet<&str> =
        elements.iter().filter(|it| !matches!(it.kind, ElementKind::SequenceFlow { .. })).map(|it| it.id.as_str()).collect();
    for it in elements {
        let ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } = &it.kind else { continue };
        if !nodes.contains(source_ref.as_str()) || !nodes.contains(target_ref.as_str()) {
            continue; // `flow-unknown-node` speaks of it.
        }
        let place = net.places.len();
        net.places.push(it.id.clone());
        place_of.insert(it.id.as_str(), place);
        out.entry(source_ref.as_str()).or_default().push(place);
        into.entry(target_ref.as_str()).or_default().push(place);
        if condition_expression.is_some() {
            conditional.insert(place);
        }
    }
    let mut boundary: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
    for it in elements {
        if let ElementKind::BoundaryEvent { attached_to_ref, .. } = &it.kind {
            boundary.entry(attached_to_ref.as_str()).or_default().push(it);
        }
    }
    let none: Vec<Place> = Vec::new();
    for it in elements {
        let id = it.id.as_str();
        let ins = into.get(id).unwrap_or(&none);
        let outs = out.get(id).unwrap_or(&none);
        match &it.kind {
            ElementKind::SequenceFlow { .. }
            | ElementKind::TextAnnotation { .. }
            | ElementKind::Association { .. }
            | ElementKind::Group { .. }
            | ElementKind::DataObject { .. }
            | ElementKind::DataObjectReference { .. }
            | ElementKind::DataStoreReference { .. }
            | ElementKind::BoundaryEvent { .. } => {}
            ElementKind::StartEvent { .. } => {
                let choices = splits(&mut net, it, outs, &conditional);
                net.initial.extend(choices);
            }
            ElementKind::EndEvent { event_definition, .. } => {
                let end = net.ends.len();
                net.ends.push(it.id.clone());
                // An error or terminate end ends the whole scope.
                let clears = matches!(event_definition, Some(EventDefinition::Terminate {} | EventDefinition::Error { .. } | EventDefinition::Cancel {}));
                for &place in ins {
                    net.moves.push(Move { clears, end: Some(end), ..plain(it, "ends", vec![place], vec![]) });
                }
            }
            ElementKind::ExclusiveGateway {} | ElementKind::EventBasedGateway { .. } => {
                for &place in ins {
                    for &to in outs {
                        let event = net.places[to].0.clone();
                        net.moves.push(plain(it, &event, vec![place], vec![to]));
                    }
                }
            }
            ElementKind::ParallelGateway {} => {
                if !ins.is_empty() {
                    net.moves.push(plain(it, "joins", ins.clone(), outs.clone()));
                }
            }
            ElementKind::InclusiveGateway {} => {
                let default = it.default.as_ref().and_then(|it| place_of.get(it.as_str()).copied());
                let gives = subsets(&mut net, it, outs, default);
                if ins.len() > 1 {
                    let join = net.joins.len();
                    net.joins.push(InclusiveJoin { incoming: ins.clone(), reach: Vec::new() });
                    for give in gives {
                        net.moves.push(Move { inclusive: Some(join), ..plain(it, "joins", vec![], give) });
                    }
                } else {
                    for &place in ins {
                        for give in gives.clone() {
                            net.moves.push(plain(it, "splits", vec![place], give));
                        }
                    }
                }
            }
            ElementKind::ComplexGateway { .. } => {
                net.beyond.push((it.id.clone(), "complexGateway".to_owned()));
            }
            ElementKind::UserTask(_)
            | ElementKind::Task {}
            | ElementKind::ManualTask {}
            | ElementKind::ServiceTask { .. }
            | ElementKind::ScriptTask { .. }
            | ElementKind::SendTask { .. }
            | ElementKind::ReceiveTask { .. }
            | ElementKind::BusinessRuleTask { .. }
            | ElementKind::CallActivity { .. }
            | ElementKind::IntermediateCatchEvent { .. }
            | ElementKind::IntermediateThrowEvent { .. }
            | ElementKind::SubProcess { .. }
            | ElementKind::Transaction { .. }
            | ElementKind::AdHocSubProcess { .. } => {
                if matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. }) {
                    net.beyond.push((it.id.clone(), "event subprocess".to_owned()));
                    continue;
                }
                net.activities.push(it.id.clone());
                let events = boundary.get(id).map(Vec::as_slice).unwrap_or_default();
                let gives = splits(&mut net, it, outs, &conditional);
                if events.is_empty() {
                    for &place in ins {
                        for give in &gives {
                            net.moves.push(plain(it, "completes", vec![place], give.clone()));
                        }
                    }
                } else {
                    with_boundary(&mut net, it, ins, &gives, events, &out, &conditional);
                }
            }
        }
    }
    reach(&mut net);
    net
}

fn plain(it: &Element, event: &str, take: Vec<Place>, give: Vec<Place>) -> Move {
    Move { node: it.id.clone(), event: event.to_owned(), take, give, clears: false, end: None, inclusive: None }
}

/// What leaving a node without a gateway gives: all unconditional flows (implicit parallel split), and any of the
/// conditional ones (implicit inclusive split, §13.3.2).
fn splits(net: &mut Net, it: &Element, outs: &[Place], conditional: &BTreeSet<Place>) -> Vec<Vec<Place>> {
    let (maybe, always): (Vec<Place>, Vec<Place>) = outs.iter().partition(|it| conditional.contains(it));
    if maybe.is_empty() {
        return vec![always];
    }
    if !always.is_empty() {
        let mut gives = subsets(net, it, &maybe, None);
        gives.push(vec![]);
        for give in &mut gives {
            give.extend(&always);
        }
        return gives;
    }
    subsets(net, it, &maybe, None)
}

/// Every non-empty choice of flows; the default alone when it is given.
fn subsets(net: &mut Net, it: &Element, outs: &[Place], default: Option<Place>) -> Vec<Vec<Place>> {
    let chosen: Vec<Place> = outs.iter().copied().filter(|it| Some(*it) != default).collect();
    if chosen.len() > INCLUSIVE_FLOWS {
        net.beyond.push((it.id.clone(), "inclusive split with many flows".to_owned()));
        return vec![outs.to_vec()];
    }
    let mut gives: Vec<Vec<Place>> = (1u32..1 << chosen.len())
        .map(|bits| chosen.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, it)| *it).collect())
        .collect();
    gives.extend(default.map(|it| vec![it]));
    if gives.is_empty() {
        gives.push(vec![]);
    }
    gives
}

/// Most non-interrupting events on one activity whose combinations are all tried.
const ARMED_EVENTS: usize = 4;

/// An activity that boundary events watch is open for a while: it gets a place of its own. A non-interrupting event
/// may fire once per opening; that it may fire again changes nothing that the first firing did not show. Exactly one
/// of its two places, armed and spent, is marked while the activity is open.
fn with_boundary(
    net: &mut Net,
    it: &Element,
    ins: &[Place],
    gives: &[Vec<Place>],
    events: &[&Element],
    out: &BTreeMap<&str, Vec<Place>>,
    conditional: &BTreeSet<Place>,
) {
    let mut place = |id: &NodeId| {
        net.places.push(id.clone());
        net.places.len() - 1
    };
    let open = place(&it.id);
    let mut arms: Vec<(Place, Place, &Element)> = Vec::new();
    let mut interrupting: Vec<&Element> = Vec::new();
    for &event in events {
        match event.kind {
            ElementKind::BoundaryEvent { cancel_activity: false, .. } => arms.push((place(&event.id), place(&event.id), event)),
            _ => interrupting.push(event),
        }
    }
    if arms.len() > ARMED_EVENTS {
        net.beyond.push((it.id.clone(), "many non-interrupting boundary events".to_owned()));
        arms.truncate(ARMED_EVENTS);
    }
    let mut opens = vec![open];
    opens.extend(arms.iter().map(|(armed, ..)| *armed));
    for &place in ins {
        net.moves.push(plain(it, "opens", vec![place], opens.clone()));
    }
    for bits in 0..1usize << arms.len() {
        let mut take = vec![open];
        take.extend(arms.iter().enumerate().map(|(at, (armed, spent, _))| if bits & (1 << at) == 0 { *armed } else { *spent }));
        for give in gives {
            net.moves.push(plain(it, "completes", take.clone(), give.clone()));
        }
        for event in &interrupting {
            let outs = out.get(event.id.as_str()).cloned().unwrap_or_default();
            for give in splits(net, event, &outs, conditional) {
                net.moves.push(plain(event, "interrupts", take.clone(), give));
            }
        }
    }
    for (armed, spent, event) in &arms {
        let outs = out.get(event.id.as_str()).cloned().unwrap_or_default();
        for mut give in splits(net, event, &outs, conditional) {
            give.push(*spent);
            net.moves.push(plain(event, "fires", vec![*armed], give));
        }
    }
}

/// Fills [`InclusiveJoin::reach`]: backwards from each incoming place over the moves, not through the gateway itself.
fn reach(net: &mut Net) {
    let gateways: Vec<NodeId> = net
        .joins
        .iter()
        .enumerate()
        .map(|(join, _)| net.moves.iter().find(|it| it.inclusive == Some(join)).map(|it| it.node.clone()).unwrap_or_default())
        .collect();
    for (join, gateway) in gateways.iter().enumerate() {
        let tables = net.joins[join]
            .incoming
            .iter()
            .map(|&target| {
                let mut seen = BTreeSet::from([target]);
                let mut work = vec![target];
                while let Some(place) = work.pop() {
                    for it in net.moves.iter().filter(|it| it.node != *gateway && it.give.contains(&place)) {
                        let from = it.inclusive.map(|other| net.joins[other].incoming.clone()).unwrap_or_else(|| it.take.clone());
                        for place in from {
                            if seen.insert(place) {
                                work.push(place);
                            }
                        }
                    }
                }
                seen
            })
            .collect();
        net.joins[join].reach = tables;
    }
}

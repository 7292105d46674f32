//! Can every run end? The verdict on a flow: sound, broken (with the shortest run that shows it) or unknown.
//!
//! - *safe*: never two tokens on one sequence flow;
//! - *option to complete*: from every reachable state the end can be reached (no deadlock, no livelock);
//! - *proper completion*: no end event is reached twice in one run;
//! - *no dead activities*: every activity happens in some run.
//!
//! Each scope (process, subprocess) is a net of its own, see [`net`]; [`search`] plays it exactly and stops at a budget.
//! "Sound" is only ever said after every state was seen.

pub mod net;
pub mod search;

use serde::{Deserialize, Serialize};

use crate::id::NodeId;
use crate::model::flow::{Element, Flow};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Sound,
    Broken,
    Unknown,
}

/// What is known of each property; `None`: not decided within the budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    pub safe: Option<bool>,
    pub option_to_complete: Option<bool>,
    pub proper_completion: Option<bool>,
    pub no_dead_activities: Option<bool>,
}

/// One event of the run that breaks a flow, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    pub element: NodeId,
    pub event: String,
}

/// The verdict on one flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    pub id: String,
    pub verdict: Verdict,
    pub properties: Properties,
    /// Empty when there is none.
    pub counterexample: Vec<TraceStep>,
    /// What breaks it: `unsafe`, `deadlock`, `livelock`, `end-twice`, `dead`; and where.
    pub fault: Option<(String, Vec<NodeId>)>,
    /// Elements the verdict leaves out.
    pub unsupported: Vec<(NodeId, String)>,
}

/// Judges a flow; `budget` bounds the states looked at per scope.
pub fn judge(flow: &Flow, budget: usize) -> Process {
    let mut total = Process {
        id: flow.id.clone(),
        verdict: Verdict::Sound,
        properties: Properties {
            safe: Some(true),
            option_to_complete: Some(true),
            proper_completion: Some(true),
            no_dead_activities: Some(true),
        },
        counterexample: Vec::new(),
        fault: None,
        unsupported: Vec::new(),
    };
    scope(&flow.flow_elements, budget, &mut total);
    let known = [
        total.properties.safe,
        total.properties.option_to_complete,
        total.properties.proper_completion,
        total.properties.no_dead_activities,
    ];
    total.verdict = if known.contains(&Some(false)) {
        Verdict::Broken
    } else if known.contains(&None) || !total.unsupported.is_empty() {
        Verdict::Unknown
    } else {
        Verdict::Sound
    };
    total
}

fn scope(elements: &[Element], budget: usize, total: &mut Process) {
    let net = net::build(elements);
    total.unsupported.extend(net.beyond.iter().cloned());
    if net.initial.is_empty() {
        // `flow-no-start` speaks of it; nothing can ever happen.
        set(&mut total.properties.no_dead_activities, if net.activities.is_empty() { Some(true) } else { Some(false) });
        set(&mut total.properties.option_to_complete, Some(false));
        note(total, "no-start", Vec::new(), Vec::new());
        return;
    }
    let seen = search::explore(&net, budget);
    let exact = seen.complete && net.beyond.is_empty();
    let verdict = |bad: bool, decided: bool| if bad { Some(false) } else if decided { Some(true) } else { None };
    // Behind a second token nothing was looked at, so the other properties are then only known where they failed.
    let whole = exact && seen.unsafe_run.is_none();
    set(&mut total.properties.safe, verdict(seen.unsafe_run.is_some(), exact));
    set(&mut total.properties.option_to_complete, verdict(seen.stuck.is_some() || seen.livelock.is_some(), whole));
    set(&mut total.properties.proper_completion, verdict(seen.ends_twice.is_some(), whole));
    let happened: std::collections::BTreeSet<&NodeId> = seen.happened.iter().map(|it| &net.moves[*it].node).collect();
    let dead: Vec<NodeId> = net.activities.iter().filter(|it| !happened.contains(it)).cloned().collect();
    set(&mut total.properties.no_dead_activities, if !whole { None } else { Some(dead.is_empty()) });
    let trace = |run: &search::Run| {
        run.moves.iter().map(|it| TraceStep { element: net.moves[*it].node.clone(), event: net.moves[*it].event.clone() }).collect::<Vec<_>>()
    };
    if let Some(run) = &seen.unsafe_run {
        let at = run.moves.last().map(|it| net.moves[*it].node.clone()).into_iter().collect();
        note(total, "unsafe", trace(run), at);
    }
    if let Some(run) = &seen.stuck {
        note(total, "deadlock", trace(run), marked(&net, run));
    }
    if let Some(run) = &seen.livelock {
        note(total, "livelock", trace(run), marked(&net, run));
    }
    if let Some(run) = &seen.ends_twice {
        let at = run.moves.last().map(|it| net.moves[*it].node.clone()).into_iter().collect();
        note(total, "end-twice", trace(run), at);
    }
    if whole && !dead.is_empty() {
        note(total, "dead", Vec::new(), dead);
    }
    for it in elements {
        if !it.inside().is_empty() {
            scope(it.inside(), budget, total);
        }
    }
}

/// Where the tokens stand after a run: the places' names.
fn marked(net: &net::Net, run: &search::Run) -> Vec<NodeId> {
    let mut tokens: std::collections::BTreeSet<usize> = net.initial[run.start].iter().copied().collect();
    for it in &run.moves {
        let it = &net.moves[*it];
        match it.inclusive {
            Some(join) => tokens.retain(|place| !net.joins[join].incoming.contains(place)),
            None => tokens.retain(|place| !it.take.contains(place)),
        }
        if it.clears {
            tokens.clear();
        }
        tokens.extend(&it.give);
    }
    tokens.into_iter().map(|it| net.places[it].clone()).collect()
}

/// The first fault found is the one told.
fn note(total: &mut Process, what: &str, trace: Vec<TraceStep>, at: Vec<NodeId>) {
    if total.fault.is_none() {
        total.fault = Some((what.to_owned(), at));
        total.counterexample = trace;
    }
}

/// A property of the whole is the worst of its scopes: false, then unknown, then true.
fn set(property: &mut Option<bool>, found: Option<bool>) {
    *property = match (*property, found) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (None, _) | (_, None) => None,
        (Some(true), Some(true)) => Some(true),
    };
}

#[cfg(test)]
mod tests;

//! Checks definitions. Never fails: what is wrong is an [`Alert`]; whether a flow can end is a [`sound::Verdict`].
//!
//! One rule, one file; the file's first comment says its codes, `docs/alerts` has their pages. [`flow`] looks at a process alone,
//! [`file`](self::file) at a BPMN file as a whole, [`reference`] at what is named elsewhere, [`form`] at the rules and texts of forms, [`expression`] at formulas and scripts,
//! [`condition`] at decisions, [`table`] at decision tables, [`data`] at what is read and written on the way, [`sound`] plays every run; [`usage`] says who uses what;
//! [`suppress`] marks what somebody lives with.
//! Browser, server and command line call the same function, [`pack()`]; the studio also part by part ([`part`]), after each edit.

pub mod condition;
pub mod data;
#[cfg(test)]
pub mod draw;
pub mod expression;
pub mod file;
pub mod flow;
pub mod form;
pub mod manifest;
pub mod part;
pub mod reference;
pub mod sound;
pub mod suppress;
pub mod table;
pub mod usage;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert::{Alert, Severity};
use crate::engine::Person;
use crate::foreign;
use crate::id::{FlowKey, NodeId, PackId};
use crate::model::catalog::Catalog;
use crate::model::flow::Flow;
pub use part::{Findings, Part};
pub use reference::Holders;
use sound::Fault;
pub use sound::{Breaks, Process, Verdict};

/// What is known about the place the pack runs in. Left out: the rules on it are silent.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// How many people hold each role.
    pub holders: Option<Holders>,
    /// Everybody who can log in, for separation of duty.
    pub people: Option<Vec<Person>>,
    /// Manifests of the plugins, by id.
    pub plugins: Option<BTreeMap<String, serde_json::Value>>,
    /// States looked at per flow; not given: the platform's limit.
    pub budget: Option<usize>,
}

/// Everything a check has to say about one pack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub alerts: Vec<Alert>,
    pub processes: BTreeMap<FlowKey, Process>,
}

/// `pack-unknown` (error): the pack is not installed.
///
/// Checks one pack of the catalog: forms, rules, views, flows and every name in them. The faults the loader found are not
/// repeated here. Alerts come by severity, then file and pointer.
pub fn pack(catalog: &Catalog, id: &PackId, around: &Surroundings) -> Report {
    let Some(pack) = catalog.packs.get(id) else {
        let alert = Alert::error("pack-unknown", format!("expected an installed pack, found `{id}`"));
        return Report { alerts: vec![alert], processes: BTreeMap::new() };
    };
    let view = part::View::new(catalog, pack, around);
    let mut found = BTreeMap::new();
    for it in part::parts(pack) {
        let findings = view.look(&it, &found);
        found.insert(it, findings);
    }
    part::report(pack, &found)
}

/// Checks a flow alone: its shape, and whether every run can end. `budget` bounds the states looked at.
pub fn one_flow(flow: &Flow, file: &str, budget: usize) -> (Vec<Alert>, Process) {
    one_flow_among(flow, file, budget, &|_| None)
}

/// The same, with the flows it calls; those `find` does not know are taken to end as they should.
pub fn one_flow_among<'a>(
    flow: &Flow,
    file: &str,
    budget: usize,
    find: sound::calls::Find<'a, '_>,
) -> (Vec<Alert>, Process) {
    let (alerts, mut process) = without_fixes(flow, file, budget, find);
    process.fixes = sound::fix::fixes(flow, &process);
    (alerts, process)
}

/// The same; what would mend it is not looked for, which takes longer than all the rest.
fn without_fixes<'a>(
    flow: &Flow,
    file: &str,
    budget: usize,
    find: sound::calls::Find<'a, '_>,
) -> (Vec<Alert>, Process) {
    let mut checker = sound::Checker::new(budget);
    let callees = sound::calls::callees(flow, find, &mut checker);
    let passed = flow::Passed::of(std::slice::from_ref(flow), find);
    calling(flow, file, &mut checker, &callees, &passed)
}

/// The same, with how the flows it calls are known to end.
fn calling(
    flow: &Flow,
    file: &str,
    checker: &mut sound::Checker,
    callees: &BTreeMap<FlowKey, sound::Callee>,
    passed: &flow::Passed,
) -> (Vec<Alert>, Process) {
    let mut alerts = flow::check_among(flow, file, Some(passed));
    // Of a flow of a module it is known what its names are: the pack's check says it better.
    if flow.module.is_none() && alerts.iter().any(|it| it.code == "flow-no-default") {
        let covered = condition::covered(flow);
        let settled = |it: &Alert| covered.iter().any(|id| it.element.as_deref() == Some(id.as_str()));
        alerts.retain(|it| it.code != "flow-no-default" || !settled(it));
    }
    let (process, _) = checker.judge_calling(flow, &|key| callees.get(key).cloned());
    if !is_tangled(&alerts) {
        let unsound = unsound(flow, file, &process, &alerts, false);
        alerts.extend(unsound);
    }
    (alerts, process)
}

/// Errors of shape with which the net is another than the one meant: what leads where, what begins and what catches is not
/// known. They come first; what runs would do is told when they are mended. Every other error leaves the runs as they are.
const TANGLED: &[&str] = &[
    "flow-ad-hoc",
    "flow-bad-connection",
    "flow-boundary",
    "flow-cancel",
    "flow-compensation",
    "flow-duplicate-id",
    "flow-event-position",
    "flow-event-subprocess",
    "flow-event-subprocess-start",
    "flow-instantiate",
    "flow-link",
    "flow-no-start",
    "flow-unknown-node",
];

fn is_tangled(alerts: &[Alert]) -> bool {
    alerts.iter().any(|it| it.severity == Severity::Error && TANGLED.contains(&it.code.as_str()))
}

/// Checks the flows of one document: each alone, calls among them, and pools with the messages between them. In the order of
/// the flows.
pub fn flows_together(flows: &[Flow], messages: &[sound::Message], budget: usize) -> Vec<(Vec<Alert>, Process)> {
    let extended = foreign::with_zeebe(flows);
    let mut found = together(extended.as_deref().unwrap_or(flows), messages, budget);
    // What is said of a process as a whole is said of the process.
    for (flow, (alerts, _)) in flows.iter().zip(&mut found) {
        alerts.iter_mut().filter(|it| it.element.is_none()).for_each(|it| it.element = Some(flow.id.clone()));
    }
    found
}

fn together(flows: &[Flow], messages: &[sound::Message], budget: usize) -> Vec<(Vec<Alert>, Process)> {
    let mut by_key: BTreeMap<&FlowKey, &Flow> = BTreeMap::new();
    for it in flows {
        by_key.entry(&it.key).or_insert(it);
    }
    let mut checker = sound::Checker::new(budget);
    let callees = sound::calls::among(flows, &|key| by_key.get(key).copied(), &mut checker);
    let passed = flow::Passed::of(flows, &|key| by_key.get(key).copied());
    let mut found: Vec<(Vec<Alert>, Process)> = Vec::with_capacity(flows.len());
    for (at, it) in flows.iter().enumerate() {
        let (mut alerts, mut process) = calling(it, "", &mut checker, &callees, &passed);
        alerts.retain(|alert| {
            let caught = |id: &String| flow::is_caught_by_callers(it, id, flows);
            alert.code != "flow-uncaught-error" || !alert.element.as_ref().is_some_and(caught)
        });
        // A process that stands there twice as it is has one thing wrong with it, which the file's rules say.
        if flows[..at].iter().any(|other| other.id == it.id && other == it) {
            alerts.clear();
        } else if it.module.is_none() {
            decisions(it, &mut alerts);
        }
        process.fixes = sound::fix::fixes(it, &process);
        found.push((alerts, process));
    }
    if messages.is_empty() || flows.len() < 2 {
        return found;
    }
    let alone: Vec<Process> = found.iter().map(|it| it.1.clone()).collect();
    let all: Vec<&Flow> = flows.iter().collect();
    let together = sound::judge_together(alone, &all, messages, budget);
    for ((flow, (alerts, process)), with) in flows.iter().zip(&mut found).zip(together.processes) {
        if with.faults.len() > process.faults.len() && !is_tangled(alerts) {
            alerts.retain(|it| it.code != "flow-unproved");
            let new = Process { faults: with.faults[process.faults.len()..].to_vec(), ..with.clone() };
            let unsound = unsound(flow, "", &new, alerts, true);
            alerts.extend(unsound);
        }
        if with.verdict == Verdict::Unknown && process.verdict == Verdict::Sound {
            let unsound = unsound(flow, "", &with, alerts, true);
            alerts.extend(unsound);
        }
        *process = with;
    }
    found
}

/// What is certain of the decisions of a flow whose names nobody declares. A case that is left over is said instead of the missing
/// default.
fn decisions(flow: &Flow, alerts: &mut Vec<Alert>) {
    let told = condition::decisions(flow);
    if told.is_empty() {
        return;
    }
    let places = flow::places(flow);
    for (it, alert) in told {
        if alert.code == "flow-condition-gap" {
            alerts.retain(|other| other.code != "flow-no-default" || other.element.as_deref() != Some(it.id.as_str()));
        }
        let pointer = places.iter().find(|(_, other)| other.id == it.id).map_or("", |(pointer, _)| pointer.as_str());
        alerts.push(alert.at("", pointer).on(it.id.as_str()).arg("element", flow::called(it)));
    }
}

/// `flow-unsafe`, `flow-deadlock`, `flow-livelock`, `flow-end-twice`, `flow-dead-activity` (errors): a run breaks the flow; the
/// verdict of the process carries the shortest one, to be played.
/// `flow-callee-broken` (error): a flow that is called is itself broken; mend that one.
/// `flow-unproved` (info): the flow is too large, or uses elements, for which the verdict is not known.
///
/// `before`: what the flow's shape says already: a step no way leads to never happens, which is not said twice. `together`: pools with
/// messages between them.
fn unsound(flow: &Flow, file: &str, process: &Process, before: &[Alert], together: bool) -> Vec<Alert> {
    let unreachable = |id: &&NodeId| {
        let told = before.iter().filter(|it| it.code == "flow-unreachable");
        told.into_iter().any(|it| it.element.as_deref() == Some(id.as_str()) || flow::is_behind(it, id))
    };
    let name =
        |id: &NodeId| flow.all().into_iter().find(|it| it.id == *id).map_or_else(|| id.to_string(), flow::called);
    let mut found = Vec::new();
    for fault in &process.faults {
        let at: Vec<&NodeId> = fault.at.iter().filter(|it| fault.what != Breaks::Dead || !unreachable(it)).collect();
        if at.is_empty() && !fault.at.is_empty() {
            continue;
        }
        // Where a run stands still in a call, it is the called flow that is to be mended.
        let by_callee = |it: &Fault| it.what == Breaks::Callee && at.iter().all(|id| it.at.contains(id));
        if fault.what == Breaks::Deadlock && process.faults.iter().any(by_callee) {
            continue;
        }
        let places: Vec<String> = at.iter().map(|it| name(it)).collect();
        let places = places.join(", ");
        let (code, says) = match fault.what {
            Breaks::Unsafe => (
                "flow-unsafe",
                format!(
                    "expected one token at a time behind `{places}`, found a run that brings two: branches that run in parallel are merged without a parallel join"
                ),
            ),
            Breaks::Deadlock => {
                ("flow-deadlock", format!("expected every run to end, found one that gets stuck at `{places}`"))
            }
            Breaks::Livelock => (
                "flow-livelock",
                format!("expected every run to be able to end, found one that goes round for ever at `{places}`"),
            ),
            Breaks::EndTwice => {
                ("flow-end-twice", format!("expected the end `{places}` once in a run, found it twice"))
            }
            Breaks::Dead => (
                "flow-dead-activity",
                format!("expected every step to happen in some run, found that `{places}` never does"),
            ),
            Breaks::Callee => (
                "flow-callee-broken",
                format!("expected the flow `{places}` calls to end in every run, found that it does not"),
            ),
            Breaks::NoStart => continue, // `flow-no-start` has said it.
        };
        let mut alert = Alert::error(code, says).at(file, "/flowElements").arg("places", places);
        if let Some(id) = at.first() {
            alert = alert.on(id.as_str());
        }
        found.push(alert);
    }
    if process.faults.is_empty() && process.verdict == Verdict::Unknown {
        let (id, why) = match (process.unsupported.first(), process.undecided.first()) {
            (Some((id, kind)), _) => (Some(id), format!("`{}` ({kind}), whose runs are not all tried", name(id))),
            (None, Some(id)) => (Some(id), format!("more states in `{}` than the search looks at", name(id))),
            (None, None) if together => {
                (None, "messages by which not every run of the pools together was looked at".to_owned())
            }
            (None, None) => (None, "more states than the search looks at".to_owned()),
        };
        let says = format!("expected every run to be proved to end, found {why}");
        let alert = Alert::new("flow-unproved", Severity::Info, says).at(file, "");
        found.push(match id {
            Some(id) => alert.on(id.as_str()).arg("element", name(id)),
            None => alert,
        });
    }
    found
}

#[cfg(test)]
mod tests;

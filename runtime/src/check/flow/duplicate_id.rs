//! `flow-duplicate-id` (error): two elements share an id, so that references are ambiguous; ids are unique in the whole file,
//! subprocesses, lanes, messages and all (BPMN 2.0.2 §8.3.1). Fix: give one of them another id.

use std::collections::BTreeSet;

use super::{called, places};
use crate::alert::Alert;
use crate::model::flow::Flow;
use crate::places::Places;

pub fn rule(found: &mut Vec<Alert>, flow: &Flow, file: &str) {
    let all = flow.all();
    let id = |at: usize| all[at].id.as_str();
    let known = Places::new(all.len(), &id);
    let seen = |wanted: &str| known.find(wanted, &id);
    let say = |found: &mut Vec<Alert>, id: &str, pointer: String, name: String| {
        let says = format!("expected every id once, found `{id}` again");
        found.push(Alert::error("flow-duplicate-id", says).at(file, pointer).on(id).arg("element", name));
    };
    let mut seen_in_lists: BTreeSet<&str> = BTreeSet::new();
    // Pointers are made only when there is something to say.
    if (0..all.len()).any(|at| seen(id(at)) != Some(at)) {
        for (at, (pointer, it)) in places(flow).into_iter().enumerate() {
            if seen(it.id.as_str()) != Some(at) {
                say(found, it.id.as_str(), pointer, called(it));
            }
        }
    }
    let lanes =
        flow.lanes.iter().enumerate().map(|(at, it)| (format!("/lanes/{at}"), it.id.as_str(), it.name.as_str()));
    let messages =
        flow.messages.iter().enumerate().map(|(at, it)| (format!("/messages/{at}"), it.id.as_str(), it.name.as_str()));
    let signals =
        flow.signals.iter().enumerate().map(|(at, it)| (format!("/signals/{at}"), it.id.as_str(), it.name.as_str()));
    let errors =
        flow.errors.iter().enumerate().map(|(at, it)| (format!("/errors/{at}"), it.id.as_str(), it.name.as_str()));
    let escalations = flow
        .escalations
        .iter()
        .enumerate()
        .map(|(at, it)| (format!("/escalations/{at}"), it.id.as_str(), it.name.as_str()));
    for (pointer, id, name) in
        lanes.chain(messages).chain(signals).chain(errors).chain(escalations).filter(|(_, id, _)| !id.is_empty())
    {
        if !seen_in_lists.insert(id) || seen(id).is_some() {
            say(found, id, pointer, name.to_owned());
        }
    }
}

//! `flow-duplicate-id` (error): two elements share an id, so that references are ambiguous; ids are unique in the whole file,
//! subprocesses, lanes, messages and all (BPMN 2.0.2 §8.2.1). Fix: give one of them another id.

use std::collections::BTreeSet;

use super::{called, places};
use crate::alert::Alert;
use crate::model::flow::Flow;

pub fn rule(found: &mut Vec<Alert>, flow: &Flow, file: &str) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let say = |found: &mut Vec<Alert>, id: &str, pointer: String, name: String| {
        let says = format!("expected every id once, found `{id}` again");
        found.push(Alert::error("flow-duplicate-id", says).at(file, pointer).on(id).arg("element", name));
    };
    let mut seen_in_lists: BTreeSet<&str> = BTreeSet::new();
    for (pointer, it) in places(flow) {
        if !seen.insert(it.id.as_str()) {
            say(found, it.id.as_str(), pointer, called(it));
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
        if !seen_in_lists.insert(id) || seen.contains(id) {
            say(found, id, pointer, name.to_owned());
        }
    }
}

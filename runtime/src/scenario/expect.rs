//! Compares what came with what a step expects.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::failure::{Failure, Refusal, Stuck, Told};
use super::world::{Refused, World};
use crate::engine::OpenTask;
use crate::engine::instance::State;
use crate::id::{RecordId, UserId};
use crate::model::scenario::{Deed, Expectation, ExpectedTask, ScenarioStep};
use crate::value;

/// What did not come as expected; nothing: the step passed.
pub(super) fn compare(world: &World, step: &ScenarioStep, outcome: Result<(), Refused>) -> Vec<Failure> {
    let mut failures = Vec::new();
    let nothing = Expectation::default();
    let expected = step.expect.as_ref().unwrap_or(&nothing);
    let refusal = |it: &Refused| Refusal { code: it.code.clone(), says: it.message.clone(), fields: it.fields.clone() };
    match (&expected.refused, &outcome) {
        (None, Ok(())) => {}
        (None, Err(it)) => failures.push(Failure::Refused { came: refusal(it) }),
        (Some(code), Ok(())) => failures.push(Failure::Accepted { wanted: code.clone() }),
        (Some(code), Err(it)) if *code == it.code => {}
        (Some(code), Err(it)) => {
            failures.push(Failure::OtherRefusal { wanted: code.clone(), came: refusal(it) });
        }
    }
    for notice in &expected.notices {
        let to = notice.to.as_deref().map(|it| UserId::from(it.strip_prefix("@user:").unwrap_or(it)));
        let came = world
            .notices
            .iter()
            .any(|it| it.notice == notice.notice && to.as_ref().is_none_or(|to| it.to.contains(to)));
        if !came {
            let names = |people: &[UserId]| people.iter().map(|it| it.0.clone()).collect();
            let told = world.notices.iter().map(|it| Told { notice: it.notice.clone(), to: names(&it.to) });
            let (notice, to) = (notice.notice.clone(), to.map(|it| it.0));
            failures.push(Failure::Notice { notice, to, came: told.collect() });
        }
    }
    let about = !expected.fields.is_empty()
        || expected.tasks.is_some()
        || expected.instance.is_some()
        || !expected.hidden.is_empty();
    if about
        && (outcome.is_ok()
            || expected.record.is_some()
            || named(&step.deed).is_some_and(|it| world.names.contains_key(it)))
    {
        let name = expected.record.as_deref().or_else(|| named(&step.deed));
        match name.map(|it| world.record(it)) {
            Some(Ok(id)) => record(world, expected, &id, &mut failures),
            Some(Err(_)) => failures.push(Failure::UnknownRecord { name: name.unwrap_or_default().to_owned() }),
            None => failures.push(Failure::NoRecord),
        }
    }
    failures
}

/// The record a deed is about.
fn named(deed: &Deed) -> Option<&str> {
    match deed {
        Deed::Create { name, .. } => Some(name),
        Deed::Update { record, .. }
        | Deed::Read { record }
        | Deed::Claim { record, .. }
        | Deed::Release { record, .. }
        | Deed::Complete { record, .. }
        | Deed::Return { record, .. }
        | Deed::HandOver { record, .. }
        | Deed::Message { record, .. } => Some(record),
        Deed::Advance { .. } | Deed::Answer { .. } => None,
    }
}

fn record(world: &World, expected: &Expectation, id: &RecordId, failures: &mut Vec<Failure>) {
    let empty = Map::new();
    let stored = world.records.get(id).map_or(&empty, |it| &it.data);
    let data = world.read.as_ref().unwrap_or(stored);
    for (field, wanted) in &expected.fields {
        let wanted = world.resolve_value(wanted);
        let came = data.get(field).unwrap_or(&Value::Null);
        if !(value::same(&wanted, came) || (value::blank(&wanted) && value::blank(came))) {
            failures.push(Failure::Field { field: field.clone(), wanted, came: came.clone() });
        }
    }
    for field in &expected.hidden {
        if let Some(came) = data.get(field) {
            failures.push(Failure::Seen { field: field.clone(), came: came.clone() });
        }
    }
    if let Some(wanted) = &expected.tasks {
        tasks(world, wanted, id, failures);
    }
    if let Some(wanted) = &expected.instance {
        let came = state(world, id);
        if came != wanted {
            let (wanted, came) = (wanted.clone(), came.to_owned());
            failures.push(Failure::Instance { wanted, came, stuck: stuck(world, id) });
        }
    }
}

fn state(world: &World, id: &RecordId) -> &'static str {
    let Some(running) = world.instance_of(id) else { return "none" };
    let stuck = world.instances.iter().filter(|it| it.record == *id).any(|it| !it.instance.incidents.is_empty());
    match running.instance.state {
        State::New => "new",
        State::Running if stuck => "incident",
        State::Running => "running",
        State::Suspended => "suspended",
        State::Finished => "finished",
        State::Cancelled => "cancelled",
    }
}

fn tasks(world: &World, wanted: &[ExpectedTask], id: &RecordId, failures: &mut Vec<Failure>) {
    let of_record = world.instances.iter().filter(|it| it.record == *id);
    let open: Vec<&OpenTask> = of_record.flat_map(|it| it.instance.tasks.values()).collect();
    let mut came: Vec<&str> = open.iter().map(|it| it.node.as_str()).collect();
    let mut nodes: Vec<&str> = wanted.iter().map(|it| it.node.as_str()).collect();
    came.sort_unstable();
    nodes.sort_unstable();
    if came != nodes {
        let owned = |it: Vec<&str>| it.into_iter().map(str::to_owned).collect();
        failures.push(Failure::Tasks { wanted: owned(nodes), came: owned(came), stuck: stuck(world, id) });
        return;
    }
    for task in wanted {
        let Some(open) = open.iter().find(|it| it.node.as_str() == task.node) else { continue };
        let plain = |it: &str| it.strip_prefix("@user:").unwrap_or(it).to_owned();
        if let Some(wanted) = &task.assignee {
            let came = open.assignee.as_ref().map(|it| it.0.clone());
            if came.as_ref() != Some(&plain(wanted)) {
                failures.push(Failure::Assignee { node: task.node.clone(), wanted: wanted.clone(), came });
            }
        }
        if let Some(wanted) = &task.candidates {
            let wanted: BTreeSet<String> = wanted.iter().map(|it| plain(it)).collect();
            let came = candidates(world, open);
            if came != wanted {
                let (wanted, came) = (wanted.into_iter().collect(), came.into_iter().collect());
                failures.push(Failure::Candidates { node: task.node.clone(), wanted, came });
            }
        }
        if let Some(wanted) = &task.due {
            let came = open.due_at.as_deref().and_then(|it| it.parse::<Timestamp>().ok());
            if wanted.parse::<Timestamp>().ok() != came || came.is_none() {
                let zone = world.calendar.zone().clone();
                let came = came.map(|it| it.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
                failures.push(Failure::Due { node: task.node.clone(), wanted: wanted.clone(), came });
            }
        }
    }
}

/// Who may do the task.
fn candidates(world: &World, task: &OpenTask) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = task.candidates.iter().map(|it| it.0.clone()).collect();
    found.extend(task.holders(&world.people).map(|it| it.id.0.clone()));
    found
}

/// Where the record's flows are stuck.
fn stuck(world: &World, id: &RecordId) -> Vec<Stuck> {
    let incidents = world.instances.iter().filter(|it| it.record == *id).flat_map(|it| it.instance.incidents.values());
    incidents.map(|it| Stuck { node: it.node.0.clone(), says: it.message.clone() }).collect()
}

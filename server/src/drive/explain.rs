//! What a step means for the history of its record, in words people know: which step was done, with which outcome.

use std::collections::BTreeMap;

use api::happening::Happening;
use runtime::engine::Fact;
use runtime::engine::task::sheet::Signer;
use runtime::id::{NodeId, UserId};
use runtime::model::flow::ElementKind;
use serde_json::{Map, Value, json};

use crate::actor::SYSTEM;
use crate::definitions::Pinned;

/// Entries for the history: by whom, which kind, with what. `acting`: who made the step.
pub(super) fn notes(
    pinned: &Pinned,
    facts: &[Fact],
    acting: &UserId,
) -> Vec<(UserId, &'static str, Map<String, Value>)> {
    let mut notes = Vec::new();
    let system = UserId::from(SYSTEM);
    for fact in facts {
        let at = |node: &NodeId| json!({"node": node, "titles": node_titles(pinned, node)});
        let way = |from: &NodeId, to: &NodeId, reason: &str| json!({"node": from, "titles": node_titles(pinned, from), "to": to, "toTitles": node_titles(pinned, to), "comment": reason});
        let (by, what, info) = match fact {
            Fact::Started { by, .. } => (by, Happening::Started, json!({})),
            Fact::Finished { error: None } => (&system, Happening::Finished, json!({})),
            Fact::Finished { error: Some(code) } => (&system, Happening::Failed, json!({"comment": code})),
            Fact::Cancelled { by, reason } => (by, Happening::Cancelled, json!({"comment": reason})),
            Fact::Moved { by, from, to, reason } => (by, Happening::Moved, way(from, to, reason)),
            Fact::Migrated { by, version, .. } => (by, Happening::Migrated, json!({"version": version})),
            Fact::Suspended { by, reason, .. } => (by, Happening::Suspended, json!({"comment": reason})),
            Fact::Resumed { by, .. } => (by, Happening::Resumed, json!({})),
            Fact::Thrown { node, what, .. } if what == "escalation" => (&system, Happening::Escalated, at(node)),
            Fact::Compensated { node, .. } => (&system, Happening::Compensated, at(node)),
            Fact::IncidentRaised { node, .. } => (&system, Happening::Stuck, at(node)),
            Fact::IncidentResolved { .. } => (&system, Happening::Unstuck, json!({})),
            Fact::TaskClaimed { by, behalf, .. } => (by, Happening::Claimed, json!({"behalf": behalf})),
            Fact::TaskCompleted { by, node, outcome, comment, behalf, .. } => {
                (by, Happening::Completed, outcome_note(pinned, node, outcome, comment, behalf.as_ref()))
            }
            Fact::Signed { by, node, outcome, comment, behalf, .. } => {
                (by, Happening::Signed, outcome_note(pinned, node, outcome, comment, behalf.as_ref()))
            }
            Fact::TaskSkipped { by: Some(by), node, outcome, reason, .. } => {
                (by, Happening::Skipped, outcome_note(pinned, node, outcome, reason, None))
            }
            Fact::TaskSkipped { by: None, node, outcome, reason, .. } => {
                (&system, Happening::PassedOver, outcome_note(pinned, node, outcome, reason, None))
            }
            Fact::TaskWithdrawn { by, node, to, reason, .. } => (by, Happening::Withdrawn, way(node, to, reason)),
            Fact::TaskReturned { by, node, to, reason, .. } => (by, Happening::Returned, way(node, to, reason)),
            // A manager may do it, or somebody who stands in: who did it is not who had the task.
            Fact::TaskHandedOver { from, to, reason, .. } => {
                let behalf = from.as_ref().filter(|it| *it != acting);
                (acting, Happening::HandedOver, json!({"to": to, "comment": reason, "behalf": behalf}))
            }
            Fact::TaskDelegated { from, to, reason, .. } => {
                let behalf = from.as_ref().filter(|it| *it != acting);
                (acting, Happening::Delegated, json!({"to": to, "comment": reason, "behalf": behalf}))
            }
            Fact::TaskResolved { by, to, comment, .. } => {
                (by, Happening::Resolved, json!({"to": to, "comment": comment}))
            }
            Fact::TaskCopied { by, to, comment, .. } => {
                (by, Happening::Copied, json!({"people": to, "comment": comment}))
            }
            Fact::TaskUrged { by, comment, .. } => (by, Happening::Urged, json!({"comment": comment})),
            Fact::TaskSuspended { by, reason, .. } => (by, Happening::TaskSuspended, json!({"comment": reason})),
            Fact::TaskResumed { by, .. } => (by, Happening::TaskResumed, json!({})),
            Fact::SignerAdded { signer: Signer { who, candidates, added_by, .. }, reason, .. } => {
                let people: Vec<&UserId> = who.iter().chain(candidates).collect();
                (
                    added_by.as_ref().unwrap_or(&system),
                    Happening::SignerAdded,
                    json!({"people": people, "comment": reason}),
                )
            }
            Fact::SignerRemoved { by, reason, .. } => (by, Happening::SignerRemoved, json!({"comment": reason})),
            Fact::Entered { .. }
            | Fact::Left { .. }
            | Fact::Arrived { .. }
            | Fact::Joined { .. }
            | Fact::Removed { .. }
            | Fact::TaskOpened { .. }
            | Fact::TaskReleased { .. }
            | Fact::TaskCancelled { .. }
            | Fact::TimerSet { .. }
            | Fact::TimerHeld { .. }
            | Fact::TimerFired { .. }
            | Fact::TaskDue { .. }
            | Fact::SheetOpened { .. }
            | Fact::SheetDecided { .. }
            | Fact::SheetClosed { .. }
            | Fact::WaitBegan { .. }
            | Fact::WaitEnded { .. }
            | Fact::TimerCancelled { .. }
            | Fact::JobAsked { .. }
            | Fact::JobDone { .. }
            | Fact::ChildStarted { .. }
            | Fact::ChildEnded { .. }
            | Fact::ScopeOpened { .. }
            | Fact::ScopeClosed { .. }
            | Fact::VarsSet { .. }
            | Fact::FieldsSet { .. }
            | Fact::Decided { .. }
            | Fact::RulesMatched { .. }
            | Fact::Assigned { .. }
            | Fact::Caught { .. }
            | Fact::Thrown { .. }
            | Fact::Noted { .. }
            | Fact::Forgotten { .. }
            | Fact::RepeatBegan { .. }
            | Fact::RepeatExtended { .. }
            | Fact::TurnEnded { .. }
            | Fact::OutcomeGiven { .. }
            | Fact::Compensable { .. }
            | Fact::CompensationBegan { .. }
            | Fact::CompensationEnded { .. }
            | Fact::GateTurned { .. }
            | Fact::Fulfilled { .. } => continue,
        };
        let Value::Object(mut info) = info else { continue };
        info.insert("what".to_owned(), Value::from(what.what()));
        info.insert("flow".to_owned(), Value::from(pinned.flow.0.clone()));
        info.insert(
            "flowTitles".to_owned(),
            json!(titles(pinned, &format!("flow/{}", pinned.flow), &pinned.plan.flow().name)),
        );
        notes.push((by.clone(), what.kind(), info));
    }
    notes
}

/// A step that somebody gave an outcome.
fn outcome_note(pinned: &Pinned, node: &NodeId, outcome: &str, comment: &str, behalf: Option<&UserId>) -> Value {
    let (titles, outcomes) = (node_titles(pinned, node), outcome_titles(pinned, node, outcome));
    json!({"node": node, "titles": titles, "outcome": outcome, "outcomeTitles": outcomes, "comment": comment, "behalf": behalf})
}

/// What a node is called, by language.
pub(crate) fn node_titles(pinned: &Pinned, node: &NodeId) -> BTreeMap<String, String> {
    let name = pinned.plan.name(node).unwrap_or(node.as_str());
    titles(pinned, &format!("node/{}/{node}", pinned.flow), name)
}

/// What an outcome is called, by language.
pub(crate) fn outcome_titles(pinned: &Pinned, node: &NodeId, outcome: &str) -> BTreeMap<String, String> {
    let title = pinned.plan.flow().all().into_iter().find(|it| it.id == *node).and_then(|it| {
        let ElementKind::UserTask(task) = &it.kind else { return None };
        task.outcomes.iter().find(|it| it.id == outcome).map(|it| it.title.as_str())
    });
    titles(pinned, &format!("outcome/{}/{node}/{outcome}", pinned.flow), title.unwrap_or(outcome))
}

/// The texts of an address in the flow's own version.
pub(crate) fn titles(pinned: &Pinned, address: &str, fallback: &str) -> BTreeMap<String, String> {
    ["en", "zh-CN"]
        .iter()
        .map(|language| {
            let text = pinned.texts.get(*language).and_then(|it| it.get(address)).map_or(fallback, String::as_str);
            ((*language).to_owned(), text.to_owned())
        })
        .collect()
}

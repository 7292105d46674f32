//! What a step means for the history of its record, in words people know: which step was done, with which outcome.

use std::collections::BTreeMap;

use runtime::engine::Fact;
use runtime::engine::task::sheet::Signer;
use runtime::id::{NodeId, UserId};
use runtime::model::flow::ElementKind;
use serde_json::{Map, Value, json};

use crate::definitions::Pinned;

/// Entries for the history: by whom, which kind, with what.
pub(super) fn notes(pinned: &Pinned, facts: &[Fact]) -> Vec<(UserId, &'static str, Map<String, Value>)> {
    let mut notes = Vec::new();
    for fact in facts {
        let (by, kind, info) = match fact {
            Fact::Started { by, .. } => (by, "flow", json!({"what": "started"})),
            Fact::Cancelled { by, reason } => (by, "flow", json!({"what": "cancelled", "comment": reason})),
            Fact::Moved { by, from, to, reason } => (
                by,
                "flow",
                json!({"what": "moved", "node": from, "titles": node_titles(pinned, from), "to": to, "toTitles": node_titles(pinned, to), "comment": reason}),
            ),
            Fact::Migrated { by, version, .. } => (by, "flow", json!({"what": "migrated", "version": version})),
            Fact::Suspended { by, reason, .. } => (by, "flow", json!({"what": "suspended", "comment": reason})),
            Fact::Resumed { by, .. } => (by, "flow", json!({"what": "resumed"})),
            Fact::TaskClaimed { by, behalf, .. } => (by, "task", json!({"what": "claimed", "behalf": behalf})),
            Fact::TaskCompleted { by, node, outcome, comment, behalf, .. } => (by, "task", outcome_note(pinned, "completed", node, outcome, comment, behalf.as_ref())),
            Fact::Signed { by, node, outcome, comment, behalf, .. } => (by, "task", outcome_note(pinned, "signed", node, outcome, comment, behalf.as_ref())),
            Fact::TaskSkipped { by: Some(by), node, outcome, reason, .. } => (by, "task", outcome_note(pinned, "skipped", node, outcome, reason, None)),
            Fact::TaskWithdrawn { by, node, to, reason, .. } => (
                by,
                "task",
                json!({"what": "withdrawn", "node": node, "titles": node_titles(pinned, node), "to": to, "toTitles": node_titles(pinned, to), "comment": reason}),
            ),
            Fact::TaskDelegated { from: Some(by), to, reason, .. } => (by, "task", json!({"what": "delegated", "to": to, "comment": reason})),
            Fact::TaskResolved { by, to, comment, .. } => (by, "task", json!({"what": "resolved", "to": to, "comment": comment})),
            Fact::TaskCopied { by, to, comment, .. } => (by, "task", json!({"what": "copied", "people": to, "comment": comment})),
            Fact::TaskUrged { by, comment, .. } => (by, "task", json!({"what": "urged", "comment": comment})),
            Fact::TaskSuspended { by, reason, .. } => (by, "task", json!({"what": "suspended", "comment": reason})),
            Fact::TaskResumed { by, .. } => (by, "task", json!({"what": "resumed"})),
            Fact::SignerAdded { signer: Signer { who: Some(to), added_by: Some(by), .. }, reason, .. } => (by, "task", json!({"what": "signerAdded", "to": to, "comment": reason})),
            Fact::SignerRemoved { by, reason, .. } => (by, "task", json!({"what": "signerRemoved", "comment": reason})),
            Fact::TaskReturned { by, node, to, reason, .. } => (
                by,
                "task",
                json!({"what": "returned", "node": node, "titles": node_titles(pinned, node), "to": to, "toTitles": node_titles(pinned, to), "comment": reason}),
            ),
            Fact::TaskHandedOver { from: Some(by), to, reason, .. } => (by, "task", json!({"what": "handedOver", "to": to, "comment": reason})),
            Fact::TaskHandedOver { from: None, to, reason, .. } => (to, "task", json!({"what": "handedOver", "to": to, "comment": reason})),
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
            | Fact::TaskDelegated { .. }
            | Fact::TaskSkipped { .. }
            | Fact::TaskDue { .. }
            | Fact::SheetOpened { .. }
            | Fact::SheetDecided { .. }
            | Fact::SheetClosed { .. }
            | Fact::SignerAdded { .. }
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
            | Fact::Compensated { .. }
            | Fact::CompensationEnded { .. }
            | Fact::GateTurned { .. }
            | Fact::Fulfilled { .. }
            | Fact::IncidentRaised { .. }
            | Fact::IncidentResolved { .. }
            | Fact::Finished { .. } => continue,
        };
        let Value::Object(mut info) = info else { continue };
        info.insert("flow".to_owned(), Value::from(pinned.flow.0.clone()));
        info.insert("flowTitles".to_owned(), json!(titles(pinned, &format!("flow/{}", pinned.flow), &pinned.plan.flow().name)));
        notes.push((by.clone(), kind, info));
    }
    notes
}

/// A step that somebody gave an outcome.
fn outcome_note(pinned: &Pinned, what: &str, node: &NodeId, outcome: &str, comment: &str, behalf: Option<&UserId>) -> Value {
    let (titles, outcomes) = (node_titles(pinned, node), outcome_titles(pinned, node, outcome));
    json!({"what": what, "node": node, "titles": titles, "outcome": outcome, "outcomeTitles": outcomes, "comment": comment, "behalf": behalf})
}

/// What a node is called, by language.
pub(crate) fn node_titles(pinned: &Pinned, node: &NodeId) -> BTreeMap<String, String> {
    let name = pinned.plan.flow().all().into_iter().find(|it| it.id == *node).map_or(node.as_str(), |it| it.name.as_str());
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

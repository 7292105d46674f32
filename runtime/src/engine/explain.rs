//! Questions about an instance, answered from its facts or by trying on a copy. Nothing here changes anything.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::context::Context;
use super::fact::Fact;
use super::instance::{Instance, Place};
use super::plan::{Kind, Plan};
use super::run::Run;
use crate::id::{NodeId, TaskId, UserId};

/// How often every node and sequence flow was passed.
pub fn passed<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> BTreeMap<NodeId, u32> {
    let mut found = BTreeMap::new();
    let mut count = |id: &NodeId| *found.entry(id.clone()).or_insert(0_u32) += 1;
    for it in facts {
        if let Fact::Entered { node, via, .. } = it {
            count(node);
            if let Some(flow) = via {
                count(flow);
            }
        } else if let Fact::Arrived { flow, .. } = it {
            count(flow);
        }
    }
    found
}

/// Something that happened to a task; what does not apply is none or empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// `offered`, `claimed`, `released`, `delegated`, `resolved`, `handedOver`, `signerAdded`, `signerRemoved`, `signed`,
    /// `decided`, `completed`, `returned`, `withdrawn`, `copied`, `urged`, `suspended`, `resumed`, `skipped`, `cancelled`.
    pub what: &'static str,
    pub by: Option<UserId>,
    /// Whom they stood in for.
    pub behalf: Option<UserId>,
    pub to: Vec<UserId>,
    pub outcome: Option<String>,
    /// Why these people, a reason, a comment.
    pub text: String,
    /// The people looked at, where one of several was chosen.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub ranking: Value,
}

/// All that happened to a task, in order: why it is whose, and what people did with it. Signatures of others on the same
/// step are part of it.
pub fn story<'a>(facts: impl IntoIterator<Item = &'a Fact>, task: &TaskId) -> Vec<Told> {
    let mut found = Vec::new();
    let mut at = None;
    let told = |what, by: Option<&UserId>, to: &[UserId], text: &str| Told {
        what,
        by: by.cloned(),
        to: to.to_vec(),
        text: text.to_owned(),
        ..Told::default()
    };
    let one = std::slice::from_ref::<UserId>;
    for fact in facts {
        let it = match fact {
            Fact::TaskOpened { token, task: opened } if opened.id == *task => {
                at = Some(*token);
                continue;
            }
            Fact::Assigned { task: it, to, why, ranking } if it == task => {
                Told { ranking: ranking.clone(), ..told("offered", None, to.as_slice(), why) }
            }
            Fact::TaskClaimed { task: it, by, behalf } if it == task => {
                Told { behalf: behalf.clone(), ..told("claimed", Some(by), &[], "") }
            }
            Fact::TaskReleased { task: it } if it == task => told("released", None, &[], ""),
            Fact::TaskDelegated { task: it, from, to, reason } if it == task => {
                told("delegated", from.as_ref(), one(to), reason)
            }
            Fact::TaskResolved { task: it, by, to, comment } if it == task => {
                told("resolved", Some(by), one(to), comment)
            }
            Fact::TaskHandedOver { task: it, from, to, reason } if it == task => {
                told("handedOver", from.as_ref(), one(to), reason)
            }
            Fact::TaskCompleted { task: it, by, outcome, comment, behalf, .. } if it == task => Told {
                behalf: behalf.clone(),
                outcome: Some(outcome.clone()),
                ..told("completed", Some(by), &[], comment)
            },
            Fact::TaskReturned { task: it, by, reason, .. } if it == task => told("returned", Some(by), &[], reason),
            Fact::TaskWithdrawn { task: it, by, reason, .. } if it == task => told("withdrawn", Some(by), &[], reason),
            Fact::TaskCopied { task: it, by, to, comment } if it == task => told("copied", Some(by), to, comment),
            Fact::TaskUrged { task: it, by, comment, .. } if it == task => told("urged", Some(by), &[], comment),
            Fact::TaskSuspended { token, by, reason, .. } if at == Some(*token) => {
                told("suspended", Some(by), &[], reason)
            }
            Fact::TaskResumed { token, by, .. } if at == Some(*token) => told("resumed", Some(by), &[], ""),
            Fact::TaskSkipped { task: Some(it), by, outcome, reason, .. } if it == task => {
                Told { outcome: Some(outcome.clone()), ..told("skipped", by.as_ref(), &[], reason) }
            }
            Fact::TaskCancelled { task: it, why } if it == task => told("cancelled", None, &[], why),
            Fact::SignerAdded { token, signer, reason, .. } if at == Some(*token) => {
                told("signerAdded", signer.added_by.as_ref(), signer.who.as_slice(), reason)
            }
            Fact::SignerRemoved { token, by, reason, .. } if at == Some(*token) => {
                told("signerRemoved", Some(by), &[], reason)
            }
            Fact::Signed { token, by, behalf, outcome, comment, .. } if at == Some(*token) => Told {
                behalf: behalf.clone(),
                outcome: Some(outcome.clone()),
                ..told("signed", Some(by), &[], comment)
            },
            Fact::SheetDecided { token, outcome, why, .. } if at == Some(*token) => {
                Told { outcome: Some(outcome.clone()), ..told("decided", None, &[], why) }
            }
            _elsewhere => continue,
        };
        found.push(it);
    }
    found
}

/// Where the tokens are: nodes, and flows before a join; each once.
pub fn position(instance: &Instance) -> Vec<NodeId> {
    let mut found: Vec<NodeId> = Vec::new();
    for it in instance.tokens.values() {
        let (Place::Node(at) | Place::Flow(at)) = &it.at;
        if !found.contains(at) {
            found.push(at.clone());
        }
    }
    found
}

/// For every outcome of an open task: the stages the record would get, in order; the last one is where it would
/// stand. Tried on a copy with the record as it is; rights and needed fields are not asked for.
pub fn stages_reachable(
    plan: &Plan,
    instance: &Instance,
    task: &TaskId,
    context: &Context,
) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let Some(open) = instance.tasks.get(task) else { return found };
    let (Some(Kind::User(user)), Some(stage)) = (plan.node(&open.node).map(|it| &it.kind), &plan.stage) else {
        return found;
    };
    let mut outcomes: Vec<String> = user.task.outcomes.iter().map(|it| it.id.clone()).collect();
    if outcomes.is_empty() {
        outcomes.push(super::DONE.to_owned());
    }
    for outcome in outcomes {
        let mut run = Run::new(plan, instance, context);
        run.finish_task(open, outcome.clone(), Map::new(), String::new(), None);
        let facts = run.finish().facts;
        let stages = facts.iter().filter_map(|it| {
            let Fact::FieldsSet { fields } = it else { return None };
            fields.get(stage.as_str()).and_then(Value::as_str).map(str::to_owned)
        });
        found.insert(outcome, stages.collect());
    }
    found
}

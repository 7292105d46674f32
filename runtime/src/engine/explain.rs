//! Questions about an instance, answered from its facts or by trying on a copy. Nothing here changes anything.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::context::Context;
use super::fact::Fact;
use super::instance::{Instance, Place};
use super::plan::{Kind, Plan};
use super::run::Run;
use crate::id::{NodeId, TaskId};

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
pub fn stages_reachable(plan: &Plan, instance: &Instance, task: &TaskId, context: &Context) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let Some(open) = instance.tasks.get(task) else { return found };
    let (Some(Kind::User(user)), Some(stage)) = (plan.node(&open.node).map(|it| &it.kind), &plan.stage) else { return found };
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

//! Who may do what with a task. Every deed asks here, so that no path is weaker than another: being the assignee or a
//! candidate, standing in for one who is absent, and separation of duty, which binds whoever acts and whom they act for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::super::Refusal;
use super::super::context::{Context, Person};
use super::super::directory::Directory;
use super::super::instance::{Instance, OpenTask};
use super::super::plan::{Kind, Node, Path, Plan, User};
use super::super::run::Run;
use crate::id::{NodeId, TaskId, UserId};
use crate::limits;

/// The platform itself: may do everything.
pub(in super::super) const SYSTEM: &str = "system";
/// May hand over everybody's tasks.
const ADMIN: &str = "admin";

impl OpenTask {
    /// Whether a person has the task or may take it; separation of duty apart. `known`: what is known of them.
    fn is_for(&self, person: &UserId, known: Option<&Person>) -> Result<(), Refusal> {
        match &self.assignee {
            Some(it) if it == person || self.behalf.as_ref() == Some(person) => Ok(()),
            Some(it) => Err(Refusal::ClaimedByOther { by: it.0.clone() }),
            None if self.candidates.contains(person) || known.is_some_and(|it| self.is_held_by(it)) => Ok(()),
            None => Err(Refusal::NotACandidate),
        }
    }
}

/// Whom a person stands in for now: those whose absence names them, over further absent people too.
pub fn stands_in_for(people: &Directory, person: &UserId, now: Timestamp) -> Vec<UserId> {
    let mut found = Vec::new();
    for absent in people.absent() {
        let mut at = absent;
        for _ in 0..limits::LINE {
            let Some(next) = at.absence(now).and_then(|it| it.substitute.as_ref()) else { break };
            if next == person && absent.id != *person {
                found.push(absent.id.clone());
                break;
            }
            let Some(next) = people.get(next) else { break };
            at = next;
        }
    }
    found
}

/// Whether the acting person may complete the task as it stands; the answer of [`super::super::step`] without making the step.
pub fn may_complete(plan: &Plan, instance: &Instance, task: &TaskId, context: &Context) -> Result<(), Refusal> {
    let run = Run::new(plan, instance, context);
    let task = run.task(task)?;
    run.may_complete(&task).map(|_| ())
}

/// Steps that must not be done by one person, each with the others.
pub(in super::super) fn opposed(
    nodes: &BTreeMap<NodeId, Node>,
    paths: &BTreeMap<NodeId, Path>,
) -> BTreeMap<NodeId, BTreeSet<NodeId>> {
    let mut found: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
    for node in nodes.values() {
        let Kind::User(user) = &node.kind else { continue };
        let named = &user.task.performer.not_same_as;
        if named.is_empty() {
            continue;
        }
        let before = always_before(node, named, nodes, paths);
        for other in named {
            found.entry(node.id.clone()).or_default().insert(other.clone());
            if !before.contains(other) {
                found.entry(other.clone()).or_default().insert(node.id.clone());
            }
        }
    }
    found
}

/// Of the steps that a step names those that lead to it, where it is never reached but by one of the named: done once more
/// in a later round, such a step comes before the other again, which asks then. Who approved the last offer may make the
/// next; whoever made it does not approve it. Empty where that is not certain.
fn always_before(
    node: &Node,
    named: &[NodeId],
    nodes: &BTreeMap<NodeId, Node>,
    paths: &BTreeMap<NodeId, Path>,
) -> BTreeSet<NodeId> {
    let mut sources: BTreeMap<&NodeId, Vec<&NodeId>> = BTreeMap::new();
    for from in nodes.values() {
        for path in from.outgoing.iter().filter_map(|it| paths.get(it)) {
            sources.entry(&path.target).or_default().push(&from.id);
        }
        if let Kind::Link(to) = &from.kind {
            sources.entry(to).or_default().push(&from.id);
        }
    }
    let (mut found, mut seen, mut ahead) = (BTreeSet::new(), BTreeSet::new(), vec![&node.id]);
    while let Some(at) = ahead.pop() {
        // Where nothing leads to (a start, a boundary event, the inside of a subprocess) it begins without them.
        let Some(from) = sources.get(at) else { return BTreeSet::new() };
        for source in from {
            if named.contains(source) {
                found.insert((*source).clone());
            } else if seen.insert(*source) {
                ahead.push(source);
            }
        }
    }
    found
}

impl Run<'_> {
    /// The acting person may do the task. Some: they act for that absent person.
    pub(in super::super) fn may_do(&self, task: &OpenTask) -> Result<Option<UserId>, Refusal> {
        let actor = &self.context.actor;
        if actor.as_str() == SYSTEM {
            return Ok(None);
        }
        let people = self.context.world.people();
        let is_for = |it: &UserId| task.is_for(it, people.get(it));
        match is_for(actor) {
            Ok(()) => {
                self.free_to_do(task, actor)?;
                Ok(task.behalf.clone().filter(|it| it != actor))
            }
            Err(refusal) => {
                for absent in stands_in_for(people, actor, self.context.now) {
                    if is_for(&absent).is_ok() {
                        self.free_to_do(task, actor)?;
                        self.free_to_do(task, &absent)?;
                        return Ok(Some(absent));
                    }
                }
                Err(refusal)
            }
        }
    }

    /// The same, and nothing about the task stands in the way.
    pub(in super::super) fn may_complete(&self, task: &OpenTask) -> Result<Option<UserId>, Refusal> {
        let behalf = self.may_do(task)?;
        self.not_stopped(task)?;
        if let Some(by) = task.lent.last() {
            return Err(Refusal::Lent { by: by.0.clone() });
        }
        if let Some((sheet, signer)) = self.instance.sheets.get(&task.token).zip(task.signer) {
            let waits: Vec<String> = sheet
                .waits_for(signer)
                .into_iter()
                .map(|it| it.who.as_ref().map(|it| it.0.clone()).unwrap_or_default())
                .collect();
            if !waits.is_empty() {
                return Err(Refusal::WaitsForSigners { who: waits });
            }
        }
        Ok(behalf)
    }

    pub(in super::super) fn not_stopped(&self, task: &OpenTask) -> Result<(), Refusal> {
        let stopped = self.instance.stopped.get(&task.token).is_some_and(|it| super::super::clock::Pause::open(it));
        if stopped { Err(Refusal::TaskSuspended) } else { Ok(()) }
    }

    /// The acting person runs things here: the platform, an administrator, or the manager of who has the task.
    pub(in super::super) fn oversees(&self, task: &OpenTask) -> bool {
        let actor = &self.context.actor;
        let people = self.context.world.people();
        let manager = task.assignee.as_ref().and_then(|it| people.get(it)).and_then(|it| it.manager.as_ref());
        manager == Some(actor) || self.is_admin()
    }

    pub(in super::super) fn is_admin(&self) -> bool {
        let actor = &self.context.actor;
        let holds =
            self.context.world.people().get(actor).is_some_and(|it| it.roles.iter().any(|it| it.as_str() == ADMIN));
        holds || actor.as_str() == SYSTEM
    }

    /// Separation of duty: the person has done none of the steps that must be somebody else's, and signs a sheet once.
    pub(in super::super) fn free_to_do(&self, task: &OpenTask, person: &UserId) -> Result<(), Refusal> {
        if self.named_out().contains(person) {
            return Err(Refusal::NotACandidate);
        }
        if let Some(step) = self.conflict(&task.node, person) {
            return Err(Refusal::SeparationOfDuty { step });
        }
        let signed = self.instance.sheets.get(&task.token).is_some_and(|sheet| {
            let signatures = sheet.signers.iter().filter_map(|it| it.signed.as_ref());
            let mut people = signatures.flat_map(|it| std::iter::once(&it.by).chain(&it.behalf));
            people.any(|it| it == person)
        });
        if signed { Err(Refusal::AlreadySigned) } else { Ok(()) }
    }

    /// The step that keeps a person from doing another one.
    fn conflict(&self, node: &NodeId, person: &UserId) -> Option<NodeId> {
        self.opposed_to(node).into_iter().find(|(_, it)| it == person).map(|it| it.0)
    }

    /// People who must not do a step, because of what they did, or because the record names them.
    pub(in super::super) fn barred(&self, node: &NodeId) -> BTreeSet<UserId> {
        self.opposed_to(node).into_iter().map(|it| it.1).chain(self.named_out()).collect()
    }

    /// People the record names as those who have nothing to do with it.
    pub(super) fn named_out(&self) -> BTreeSet<UserId> {
        let values = self.plan.barred.iter().filter_map(|it| self.data.get(it.as_str()));
        let names = values.flat_map(|it| match it {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            other => Vec::from_iter(other.as_str()),
        });
        names.map(UserId::from).collect()
    }

    fn opposed_to(&self, node: &NodeId) -> Vec<(NodeId, UserId)> {
        let mut found = Vec::new();
        for other in self.plan.opposed.get(node).into_iter().flatten() {
            match self.instance.done.get(other) {
                Some(it) => found.extend(it.everybody().map(|it| (other.clone(), it.clone()))),
                // The start is done by who started the flow.
                None if self.plan.is_start(other) => found.push((other.clone(), self.instance.started_by.clone())),
                None => {}
            }
        }
        found
    }

    /// Somebody else may get the task: a person who can log in, free to do it; a customer only where it is the customer's.
    pub(in super::super) fn may_receive(&self, task: &OpenTask, user: &User, to: &UserId) -> Result<(), Refusal> {
        let Some(person) = self.context.world.people().get(to) else {
            return Err(Refusal::NoSuchPerson { person: to.0.clone() });
        };
        if person.customer.is_some() && !user.task.performer.customer {
            return Err(Refusal::NoSuchPerson { person: to.0.clone() });
        }
        self.free_to_do(task, to)?;
        let on_sheet = self.instance.sheets.get(&task.token).is_some_and(|sheet| {
            sheet
                .signers
                .iter()
                .any(|it| Some(it.id) != task.signer && it.signed.is_none() && it.who.as_ref() == Some(to))
        });
        if on_sheet { Err(Refusal::AlreadySigned) } else { Ok(()) }
    }
}

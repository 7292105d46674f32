//! Several people sign one step (the model calls it countersigning): opening the sheet, signing, adding and removing
//! signers. Every signer has a task of their own, so that it can be lent, handed over and reminded of like any other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::instance::OpenTask;
use super::super::people::People;
use super::super::plan::{Kind, Node, User};
use super::super::run::{Run, Stuck, Work};
use super::deeds::Deed;
use super::sheet::{Placing, Sheet, Signer};
use crate::id::{RoleKey, TaskId, UserId};
use crate::limits;
use crate::model::flow::{Countersign, SignEach};

impl<'a> Run<'a> {
    /// The lines of a new sheet: one per person, or one per role.
    pub(in super::super) fn signers(
        &self,
        node: &Node,
        user: &User,
        rule: &Countersign,
        people: &People,
    ) -> Result<Vec<Signer>, Stuck> {
        let barred = self.barred(&node.id);
        let mut able: Vec<UserId> = people.assignee.iter().cloned().collect();
        if able.is_empty() {
            able.extend(people.candidates.iter().cloned());
            let named =
                OpenTask { roles: people.roles.clone(), department: people.department.clone(), ..OpenTask::default() };
            able.extend(named.holders(self.context.world.people()).map(|it| it.id.clone()));
        }
        let mut seen = BTreeSet::new();
        able.retain(|it| !barred.contains(it) && seen.insert(it.clone()));
        let mut lines: Vec<Signer> = match rule.each {
            SignEach::Person => able.into_iter().map(|it| Signer { who: Some(it), ..Signer::default() }).collect(),
            SignEach::Role => {
                let mut lines = Vec::new();
                for role in self.roles_of(node, user) {
                    let holds =
                        |it: &&UserId| self.context.world.people().get(it).is_some_and(|it| it.roles.contains(&role));
                    let candidates: Vec<UserId> = able.iter().filter(holds).cloned().collect();
                    if candidates.is_empty() {
                        return Err(format!("expected somebody of role `{role}` to sign, found nobody able"));
                    }
                    lines.push(Signer { candidates, ..Signer::default() });
                }
                lines
            }
        };
        if lines.is_empty() || lines.len() > limits::SIGNERS {
            return Err(format!("expected 1 to {} signers, found {}", limits::SIGNERS, lines.len()));
        }
        for (at, it) in lines.iter_mut().enumerate() {
            it.id = at as u32;
            if rule.in_order && at > 0 {
                it.after = vec![at as u32 - 1];
            }
        }
        Ok(lines)
    }

    pub(in super::super) fn open_sheet(&mut self, like: OpenTask, signers: Vec<Signer>, node: &Node) {
        let token = like.token;
        let sheet = Sheet { node: node.id.clone(), signers, like };
        self.emit(Fact::SheetOpened { token, sheet, task: None });
        self.open_lines(token, node);
    }

    /// Gives a task to every signer whose turn has come.
    fn open_lines(&mut self, token: u64, node: &Node) {
        let Some(due) = self.instance.sheets.get(&token).map(Sheet::due) else { return };
        for id in due {
            let Some(sheet) = self.instance.sheets.get(&token) else { return };
            let Some(line) = sheet.signer(id).cloned() else { continue };
            let task = OpenTask {
                id: TaskId(self.fresh()),
                assignee: line.who.clone(),
                candidates: line.who.iter().chain(&line.candidates).cloned().collect(),
                roles: line.roles,
                opened_at: self.context.now.to_string(),
                signer: Some(id),
                ..sheet.like.clone()
            };
            let (task_id, people) = (task.id.clone(), self.doers(&task));
            let why = match &line.added_by {
                Some(by) => format!("added as a signer by {by}"),
                None => "one of those who sign".to_owned(),
            };
            let notice = if task.returned.is_some() { "task-returned" } else { "task-given" };
            self.emit(Fact::TaskOpened { token, task });
            self.emit(Fact::Assigned { task: task_id.clone(), to: line.who, why, ranking: Value::Null });
            self.notify_task(token, node, &task_id, notice, people);
        }
    }

    /// One of several signs.
    pub(in super::super) fn sign(
        &mut self,
        task: &OpenTask,
        signer: u32,
        user: &User,
        signature: (String, String),
        data: Map<String, Value>,
        behalf: Option<UserId>,
    ) {
        self.set_fields(data);
        let (outcome, comment) = signature;
        let (by, at) = (self.context.actor.clone(), self.context.now.to_string());
        let (node, token, id) = (task.node.clone(), task.token, task.id.clone());
        self.emit(Fact::Signed { token, signer, task: id, node, by, behalf, outcome, comment, at });
        self.count(token, user);
    }

    /// Goes on if the signatures decide; else whoever is next gets a task.
    fn count(&mut self, token: u64, user: &User) {
        let (Some(sheet), Some(node)) = (self.instance.sheets.get(&token), self.node_of(token)) else { return };
        let plain = Countersign::default();
        let rule = user.task.countersign.as_ref().unwrap_or(&plain);
        let people = self.context.world.people();
        let held = |person: &UserId, role: &RoleKey| {
            role.as_str() == "*" || people.get(person).is_some_and(|it| it.roles.contains(role))
        };
        let verdict =
            sheet.verdict(rule, &user.task.outcomes, |person| rule.veto.iter().any(|role| held(person, role)));
        let Some((outcome, why)) = verdict else { return self.open_lines(token, node) };
        self.emit(Fact::SheetDecided { token, node: node.id.clone(), outcome, why });
        self.close_sheet(token, "decided", None);
        self.resolve(token);
        self.queue(Work::Leave { token });
    }

    /// Takes the open tasks of a sheet away, and the sheet.
    pub(in super::super) fn close_sheet(&mut self, token: u64, why: &str, except: Option<&TaskId>) {
        let open: Vec<TaskId> = self
            .instance
            .tasks
            .values()
            .filter(|it| it.token == token && it.signer.is_some())
            .map(|it| it.id.clone())
            .collect();
        for task in open.into_iter().filter(|it| Some(it) != except) {
            self.emit(Fact::TaskCancelled { task, why: why.to_owned() });
        }
        if self.instance.sheets.contains_key(&token) {
            self.emit(Fact::SheetClosed { token, why: why.to_owned() });
        }
    }

    pub(in super::super) fn add_signer(
        &mut self,
        id: &TaskId,
        who: UserId,
        place: Placing,
        reason: String,
    ) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let behalf = self.may_do(&task)?;
        self.may(&task, Deed::AddSigner)?;
        let Some(node) = self.plan.node(&task.node) else { return Ok(()) };
        let Kind::User(user) = &node.kind else { return Ok(()) };
        let actor = self.context.actor.clone();
        let holder = task.assignee.clone().unwrap_or_else(|| actor.clone());
        if who == holder || who == actor {
            return Err(Refusal::AlreadySigned);
        }
        self.may_receive(&task, user, &who)?;
        self.take_over(&task, behalf);
        let token = task.token;
        if !self.instance.sheets.contains_key(&token) {
            let own = Signer { id: 0, who: Some(holder), task: Some(id.clone()), ..Signer::default() };
            let like = OpenTask {
                assignee: None,
                candidates: Vec::new(),
                roles: Vec::new(),
                behalf: None,
                lent: Vec::new(),
                begun: false,
                urged_at: None,
                ..task.clone()
            };
            let sheet = Sheet { node: node.id.clone(), signers: vec![own], like };
            self.emit(Fact::SheetOpened { token, sheet, task: Some(id.clone()) });
        }
        let next = self.instance.sheets.get(&token).map_or(0, Sheet::next_id);
        let signer = Signer { id: next, who: Some(who), added_by: Some(actor), ..Signer::default() };
        self.emit(Fact::SignerAdded { token, signer, beside: task.signer.unwrap_or(0), place, reason });
        self.open_lines(token, node);
        Ok(())
    }

    pub(in super::super) fn remove_signer(&mut self, id: &TaskId, signer: u32, reason: String) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let Some(Kind::User(user)) = self.plan.node(&task.node).map(|it| &it.kind) else {
            return Err(Refusal::NoSuchSigner);
        };
        let line = self.may_remove(&task, signer)?;
        let actor = self.context.actor.clone();
        if let Some(task) = line.task {
            self.emit(Fact::TaskCancelled { task, why: "need not sign any more".to_owned() });
        }
        self.emit(Fact::SignerRemoved { token: task.token, signer, by: actor, reason });
        self.count(task.token, user);
        Ok(())
    }

    /// The line, if the acting person may take it off: who added it, after their own signature only while nobody has begun
    /// there; lines of the flow itself only who oversees the task.
    fn may_remove(&self, task: &OpenTask, signer: u32) -> Result<Signer, Refusal> {
        let sheet = self.instance.sheets.get(&task.token).ok_or(Refusal::NoSuchSigner)?;
        let line = sheet.signer(signer).filter(|it| it.signed.is_none()).ok_or(Refusal::NoSuchSigner)?;
        let actor = &self.context.actor;
        let oversees = self.oversees(task);
        if line.added_by.as_ref() != Some(actor) && !oversees {
            return Err(Refusal::NotACandidate);
        }
        if sheet.signers.len() < 2 {
            return Err(Refusal::NoSuchSigner);
        }
        let has_signed = sheet.signers.iter().filter_map(|it| it.signed.as_ref()).any(|it| it.by == *actor);
        let begun = line.task.as_ref().and_then(|it| self.instance.tasks.get(it)).is_some_and(|it| it.begun);
        match has_signed && begun && !oversees {
            true => Err(Refusal::AlreadyBegun),
            false => Ok(line.clone()),
        }
    }
}

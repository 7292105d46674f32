//! Who does a task. All that the performer says must hold; what is left are the able. Among them one is chosen, in this
//! order: who had it (sent back), who did the step before (`sameAs`), the script, who stands in the field; else they are
//! offered the task. Nobody able: the fallback role gets it, and an incident says so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::context::Person;
use super::evaluate::person_value;
use super::plan::{Node, User};
use super::run::{Run, Stuck};
use crate::id::{RoleKey, ScriptKey, UserId};

/// Who gets a task.
#[derive(Default)]
pub(super) struct People {
    pub assignee: Option<UserId>,
    pub candidates: Vec<UserId>,
    pub roles: Vec<RoleKey>,
    pub why: String,
    pub ranking: Value,
    /// Why nobody could be found.
    pub nobody: Option<String>,
}

type Able<'a> = BTreeMap<&'a UserId, &'a Person>;

impl Run<'_> {
    pub(super) fn choose_people(&self, token: u64, node: &Node, user: &User, returned: bool) -> Result<People, Stuck> {
        let performer = &user.task.performer;
        let names = self.names(self.outcome(token).as_deref());
        let mut roles = performer.roles.clone();
        if roles.is_empty() {
            roles.extend(node.lane.clone());
        }
        let barred = self.barred(user);
        let mut able: Able = self.context.world.people().iter().collect();
        let mut says = Vec::new();
        if !roles.is_empty() {
            able.retain(|_, it| it.roles.iter().any(|it| roles.contains(it)));
            says.push(format!("holders of {}", list(&roles)));
        }
        let department = user.department.as_ref().map(|it| it.eval(&names)).transpose()?;
        if let Some(it) = &department {
            let wanted = it.as_str().unwrap_or_default();
            able.retain(|_, person| person.department_path.iter().any(|it| it.as_str() == wanted));
            says.push(format!("people of department `{wanted}`"));
        }
        let named = user.user.as_ref().map(|it| it.eval(&names)).transpose()?;
        if let Some(it) = &named {
            let wanted = it.as_str().unwrap_or_default();
            able.retain(|id, _| id.as_str() == wanted);
            says.push(format!("`{wanted}`"));
        }
        able.retain(|id, _| !barred.contains(*id));
        if !barred.is_empty() {
            says.push(format!("not {}", barred.iter().map(UserId::as_str).collect::<Vec<_>>().join(", ")));
        }
        let in_field = performer.field.as_ref().and_then(|it| self.data.get(it.as_str())).and_then(Value::as_str);
        let in_field = in_field.map(UserId::from).filter(|it| able.contains_key(it));
        if says.is_empty() && performer.script.is_none() && in_field.is_none() {
            // Nothing says who: whoever started the flow.
            able.retain(|id, _| **id == self.instance.started_by);
            says.push("who started the flow".to_owned());
        }
        let mut wanted = says.join(", ");
        let portal = if performer.customer { self.portal_users() } else { Vec::new() };
        if performer.customer {
            wanted.push_str(", the customer");
        }
        if able.is_empty() && portal.is_empty() {
            return Ok(self.nobody(user, &barred, &wanted));
        }
        // Only roles: the server asks who holds them, so that a person who gets the role later can do it too.
        let only_roles = department.is_none() && named.is_none() && barred.is_empty() && performer.script.is_none() && !roles.is_empty();
        let mut found = People { why: format!("offered to {wanted}"), ..People::default() };
        if only_roles {
            found.roles = roles;
        } else {
            found.candidates = able.keys().map(|it| (*it).clone()).collect();
        }
        found.candidates.extend(portal.into_iter().filter(|it| !able.contains_key(it)));
        let before = |step: &crate::id::NodeId| self.instance.done.get(step).map(|it| it.by.clone()).filter(|it| able.contains_key(it));
        let familiar = performer.same_as.as_ref().and_then(|step| before(step).map(|it| (it, step)));
        if let Some(it) = returned.then(|| before(&node.id)).flatten() {
            found.choose(it, "had it before it was sent back".to_owned());
        } else if let Some((it, step)) = familiar {
            found.choose(it, format!("did step `{step}` before"));
        } else if let Some(script) = &performer.script {
            self.ask_script(token, script, &able, &mut found)?;
            if let (None, Some(role)) = (&found.assignee, &performer.fallback) {
                let why = found.why;
                let ranking = found.ranking;
                found = People { why: format!("{why}; offered to holders of {role}"), ranking, ..self.holders(role, &barred) };
            }
        } else if named.is_some() {
            if let Some(it) = able.keys().next() {
                found.choose((*it).clone(), "named by the flow".to_owned());
            }
        } else if let (Some(it), Some(field)) = (in_field, &performer.field) {
            found.choose(it, format!("stands in `{field}`"));
        }
        Ok(found)
    }

    /// People who did a step that the performer must not have done.
    pub(super) fn barred(&self, user: &User) -> BTreeSet<UserId> {
        let steps = user.task.performer.not_same_as.iter();
        steps.filter_map(|it| self.instance.done.get(it)).map(|it| it.by.clone()).collect()
    }

    fn nobody(&self, user: &User, barred: &BTreeSet<UserId>, wanted: &str) -> People {
        let mut found = match &user.task.performer.fallback {
            Some(role) => {
                let why = format!("nobody is able ({wanted}); offered to holders of {role}");
                People { why, ..self.holders(role, barred) }
            }
            None => People { why: format!("nobody is able ({wanted})"), ..People::default() },
        };
        found.nobody = Some(format!("expected somebody able to do this ({wanted}), found nobody"));
        found
    }

    fn holders(&self, role: &RoleKey, barred: &BTreeSet<UserId>) -> People {
        if barred.is_empty() {
            return People { roles: vec![role.clone()], ..People::default() };
        }
        let holders = self.holders_of(role).into_iter().filter(|it| !barred.contains(it));
        People { candidates: holders.collect(), ..People::default() }
    }

    pub(super) fn holders_of(&self, role: &RoleKey) -> Vec<UserId> {
        let people = self.context.world.people().iter();
        people.filter(|(_, it)| it.roles.contains(role)).map(|(id, _)| id.clone()).collect()
    }

    /// The portal users of the record's customer.
    pub(super) fn portal_users(&self) -> Vec<UserId> {
        let Some(customer) = self.data.get("customer").and_then(Value::as_str) else { return Vec::new() };
        let people = self.context.world.people().values();
        people.filter(|it| it.customer.as_ref().is_some_and(|it| it.as_str() == customer)).map(|it| it.id.clone()).collect()
    }

    fn ask_script(&self, token: u64, script: &ScriptKey, able: &Able, found: &mut People) -> Result<(), Stuck> {
        let mut names = self.script_names(self.outcome(token).as_deref());
        names.set("candidates", &Value::Array(able.values().map(|it| person_value(it)).collect()));
        let answer = self.plan.tools.run(script, &names)?;
        let wrong = |it: &Value| format!("script `{script}`: expected `#{{ user, why, ranking }}`, found {it}");
        let Value::Object(map) = &answer else { return Err(wrong(&answer)) };
        found.ranking = map.get("ranking").cloned().unwrap_or_default();
        let why = map.get("why").and_then(Value::as_str).unwrap_or_default();
        match map.get("user") {
            None | Some(Value::Null) => found.why = format!("script `{script}` chose nobody: {why}"),
            Some(Value::String(it)) if able.contains_key(&UserId(it.clone())) => found.choose(it.as_str().into(), why.to_owned()),
            Some(Value::String(it)) => return Err(format!("script `{script}`: expected one of the candidates, found `{it}`")),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => return Err(wrong(&answer)),
        }
        Ok(())
    }
}

impl People {
    fn choose(&mut self, person: UserId, why: String) {
        self.assignee = Some(person);
        self.why = why;
    }
}

fn list(roles: &[RoleKey]) -> String {
    roles.iter().map(RoleKey::as_str).collect::<Vec<_>>().join(", ")
}

//! Who does a task. All that the performer says must hold; what is left are the able. Among them one is chosen, in this
//! order: who had it (sent back), who did the step before (`sameAs`), the script, the one named, who stands in the field,
//! the way of choosing (`choose`); else they are offered the task. Nobody able: the fallback role gets it, and an incident
//! says so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::context::Person;
use super::plan::{Node, User};
use super::run::{Run, Stuck};
use crate::id::{DeptId, NodeId, RoleKey, ScriptKey, UserId};
use crate::limits;
use crate::model::flow::{Choose, ManagerOf};
use crate::script::candidate_value;

/// Who gets a task.
#[derive(Default)]
pub(super) struct People {
    pub assignee: Option<UserId>,
    pub candidates: Vec<UserId>,
    pub roles: Vec<RoleKey>,
    /// Of the holders of `roles` only those of this department.
    pub department: Option<DeptId>,
    pub why: String,
    pub ranking: Value,
    /// Why nobody could be found.
    pub nobody: Option<String>,
}

type Able<'a> = BTreeMap<&'a UserId, &'a Person>;

impl Run<'_> {
    pub(super) fn choose_people(&self, token: u64, node: &Node, user: &User, returned: bool) -> Result<People, Stuck> {
        let performer = &user.task.performer;
        let names = self.names(token);
        let roles = self.roles_of(node, user);
        let barred = self.barred(&node.id);
        let people = self.context.world.people();
        let mut able: Able = if roles.is_empty() {
            people.values().map(|it| (&it.id, it)).collect()
        } else {
            roles.iter().flat_map(|it| people.holders(it)).map(|it| (&it.id, it)).collect()
        };
        let mut says = Vec::new();
        if !roles.is_empty() {
            says.push(format!("holders of {}", list(&roles)));
        }
        let department = user.department.as_ref().map(|it| it.eval(&names)).transpose()?;
        if let Some(it) = &department {
            let wanted = it.as_str().unwrap_or_default();
            able.retain(|_, person| person.department_path.iter().any(|it| it.as_str() == wanted));
            says.push(format!("people of department `{wanted}`"));
        }
        let named = user.user.as_ref().map(|it| it.eval(&names)).transpose()?.map(named);
        if let Some(wanted) = &named {
            able.retain(|id, _| wanted.contains(id));
            says.push(wanted.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "));
        }
        if let Some(it) = &performer.manager_of {
            let (manager, what) = self.manager_of(it);
            able.retain(|id, _| Some(*id) == manager.as_ref());
            says.push(what);
        }
        for need in &performer.skills {
            able.retain(|_, it| it.skill(&need.skill) >= need.level.max(1));
            says.push(format!("skill `{}` of level {}", need.skill, need.level.max(1)));
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
        // Only roles, perhaps of a department: the server asks who holds them, so that a person who gets the role or comes
        // into the department later can do it too.
        let plain = performer.manager_of.is_none() && performer.skills.is_empty() && performer.script.is_none();
        let only_roles = plain && named.is_none() && barred.is_empty() && !roles.is_empty();
        let mut found = People { why: format!("offered to {wanted}"), ..People::default() };
        if only_roles {
            found.roles = roles;
            found.department = department.as_ref().and_then(Value::as_str).map(DeptId::from);
        } else {
            // In the order the flow names them, for those who sign one after the other.
            let place = |it: &UserId| named.as_ref().and_then(|all| all.iter().position(|named| named == it));
            found.candidates = able.keys().map(|it| (*it).clone()).collect();
            found.candidates.sort_by_key(place);
        }
        found.candidates.extend(portal.into_iter().filter(|it| !able.contains_key(it)));
        let before = |step: &NodeId| self.did(step).filter(|it| able.contains_key(it));
        let several = user.task.countersign.is_some();
        let familiar = performer.same_as.as_ref().and_then(|step| before(step).map(|it| (it, step)));
        if several {
            // All of them sign.
        } else if let Some(it) = returned.then(|| before(&node.id)).flatten() {
            found.choose(it, "had it before it was sent back".to_owned());
        } else if let Some((it, step)) = familiar {
            found.choose(it, format!("did step `{step}` before"));
        } else if let Some(script) = &performer.script {
            self.ask_script(token, script, &able, &mut found)?;
            if let (None, Some(role)) = (&found.assignee, &performer.fallback) {
                let why = found.why;
                let ranking = found.ranking;
                found = People {
                    why: format!("{why}; offered to holders of {role}"),
                    ranking,
                    ..self.holders(role, &barred)
                };
            }
        } else if let (Some(it), true) = (able.keys().next(), named.as_ref().is_some_and(|it| it.len() == 1)) {
            found.choose((*it).clone(), "named by the flow".to_owned());
        } else if let (Some(it), Some(field)) = (in_field, &performer.field) {
            found.choose(it, format!("stands in `{field}`"));
        } else if let (Some(it), Some(_)) = (able.keys().next(), &performer.manager_of) {
            found.choose((*it).clone(), says.join(", "));
        } else {
            self.pick(performer.choose, &able, &mut found);
        }
        Ok(found)
    }

    /// The roles a step is for: its own, or its lane's.
    pub(super) fn roles_of(&self, node: &Node, user: &User) -> Vec<RoleKey> {
        let own = &user.task.performer.roles;
        if own.is_empty() { node.lane.iter().cloned().collect() } else { own.clone() }
    }

    /// Who did a step last; the start: who started the flow.
    fn did(&self, step: &NodeId) -> Option<UserId> {
        let done = self.instance.done.get(step).map(|it| it.by.clone());
        done.or_else(|| self.plan.is_start(step).then(|| self.instance.started_by.clone()))
    }

    /// So many levels above somebody; where the line ends earlier, its last manager. And in words.
    fn manager_of(&self, ask: &ManagerOf) -> (Option<UserId>, String) {
        let below = match ask.of.as_str() {
            "starter" => Some(self.instance.started_by.clone()),
            "owner" => self.owner(),
            step => self.did(&step.into()),
        };
        let people = self.context.world.people();
        let levels = ask.levels.clamp(1, limits::LINE as u32);
        let mut seen = BTreeSet::new();
        let mut at = below.clone();
        for _ in 0..levels {
            let Some(next) = at.as_ref().and_then(|it| people.get(it)).and_then(|it| it.manager.clone()) else { break };
            if !seen.insert(next.clone()) {
                break;
            }
            at = Some(next);
        }
        let who = below.as_ref().map_or(ask.of.as_str(), UserId::as_str);
        let what = if levels == 1 {
            format!("the manager of {who}")
        } else {
            format!("the manager {levels} levels above {who}")
        };
        (at.filter(|it| Some(it) != below.as_ref()), what)
    }

    /// The record's owner.
    pub(super) fn owner(&self) -> Option<UserId> {
        let in_data = || self.data.get("owner").and_then(Value::as_str).map(UserId::from);
        self.context.owner.clone().or_else(in_data)
    }

    /// One of the able. Who is away or off duty is passed over while somebody is there.
    fn pick(&self, choose: Choose, able: &Able, found: &mut People) {
        if choose == Choose::Offer {
            return;
        }
        let there = |it: &&&Person| it.on_duty && it.absence(self.context.now).is_none();
        let mut pool: Vec<&Person> = able.values().filter(there).copied().collect();
        if pool.is_empty() {
            pool = able.values().copied().collect();
        }
        let capacity = |it: &Person| it.capacity.max(1);
        let load = |a: &Person, b: &Person| {
            let (a_side, b_side) =
                (a.open_points.saturating_mul(capacity(b)), b.open_points.saturating_mul(capacity(a)));
            a_side.cmp(&b_side)
        };
        let turn = |a: &Person, b: &Person| a.last_assigned.cmp(&b.last_assigned).then_with(|| a.id.cmp(&b.id));
        let handled =
            |it: &Person| self.instance.done.values().filter(|done| done.by == it.id).map(|it| it.times).sum::<u32>();
        match choose {
            Choose::Offer => {}
            Choose::RoundRobin => pool.sort_by(|a, b| turn(a, b)),
            Choose::LeastLoad => pool.sort_by(|a, b| load(a, b).then_with(|| turn(a, b))),
            Choose::CaseHandler => {
                pool.sort_by(|a, b| handled(b).cmp(&handled(a)).then_with(|| load(a, b)).then_with(|| turn(a, b)))
            }
        }
        let Some(first) = pool.first() else { return };
        let why = match choose {
            Choose::Offer => return,
            Choose::RoundRobin => "whose last assignment is longest ago".to_owned(),
            Choose::CaseHandler if handled(first) > 0 => format!("has done {} steps of this already", handled(first)),
            Choose::LeastLoad | Choose::CaseHandler => {
                format!("has the least open work: {} of {}", first.open_points, capacity(first))
            }
        };
        let line = |it: &&Person| json!({ "user": it.id, "openPoints": it.open_points, "capacity": it.capacity, "lastAssigned": it.last_assigned, "handled": handled(it) });
        found.ranking = pool.iter().map(line).collect();
        found.choose(first.id.clone(), why);
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
        self.context.world.people().holders(role).map(|it| it.id.clone()).collect()
    }

    /// The portal users of the record's customer.
    pub(super) fn portal_users(&self) -> Vec<UserId> {
        let Some(customer) = self.data.get("customer").and_then(Value::as_str) else { return Vec::new() };
        self.context.world.people().of_customer(&customer.into()).map(|it| it.id.clone()).collect()
    }

    fn ask_script(&self, token: u64, script: &ScriptKey, able: &Able, found: &mut People) -> Result<(), Stuck> {
        let mut names = self.script_names(token);
        names.set("candidates", Value::Array(able.values().map(|it| candidate_value(it, self.context.now)).collect()));
        let answer = self.plan.tools.run(script, &names)?;
        let wrong = |it: &Value| format!("script `{script}`: expected `#{{ user, why, ranking }}`, found {it}");
        let Value::Object(map) = &answer else { return Err(wrong(&answer)) };
        found.ranking = map.get("ranking").cloned().unwrap_or_default();
        let why = map.get("why").and_then(Value::as_str).unwrap_or_default();
        match map.get("user") {
            None | Some(Value::Null) => found.why = format!("script `{script}` chose nobody: {why}"),
            Some(Value::String(it)) if able.contains_key(&UserId(it.clone())) => {
                found.choose(it.as_str().into(), why.to_owned())
            }
            Some(Value::String(it)) => {
                return Err(format!("script `{script}`: expected one of the candidates, found `{it}`"));
            }
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

/// The people an expression names: a text or a list of them.
fn named(value: Value) -> Vec<UserId> {
    match value {
        Value::String(it) => vec![it.as_str().into()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(UserId::from).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn list(roles: &[RoleKey]) -> String {
    roles.iter().map(RoleKey::as_str).collect::<Vec<_>>().join(", ")
}

//! Who may do what. The one place where rights are decided: [`may`] for records, [`fields`] for fields, [`present`] for
//! what a person gets to see. The server turns a [`Cover`] into SQL for lists and asks [`Cover::holds`] for one record.
//!
//! A field that no entry of `fieldRights` names follows the record: writable for who may create or update, readable for who may read.
//! For a named field the strongest entry among the person's roles (and `*`) counts; who has none follows the record.
//! A field with `x-sensitive` is masked or hidden for everybody without an entry that lets them read it.

mod explain;
mod mask;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::engine::Person;
use crate::id::{DeptId, FieldKey, ModuleKey, UserId};
use crate::model::catalog::Catalog;
use crate::model::module::{Access, Action, Module, Right, Scope};
use crate::model::view::{View, ViewContent};

pub use explain::{Reason, explain};
pub use mask::mask;

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Actor {
    pub person: Person,
    /// The person's department and all departments below it.
    pub departments: Vec<DeptId>,
    /// The platform itself (flows, timers, imports by the system): may everything.
    pub system: bool,
}

impl Actor {
    /// A person; `parents` says which department each department stands under.
    pub fn new(person: Person, parents: &BTreeMap<DeptId, Option<DeptId>>) -> Self {
        let mut departments: Vec<DeptId> = person.department.iter().cloned().collect();
        let mut at = 0;
        while let Some(above) = departments.get(at).cloned() {
            for (below, parent) in parents {
                if parent.as_ref() == Some(&above) && !departments.contains(below) {
                    departments.push(below.clone());
                }
            }
            at += 1;
        }
        Self { person, departments, system: false }
    }

    /// The platform itself.
    pub fn system() -> Self {
        Self {
            person: Person { id: UserId::from("system"), ..Person::default() },
            departments: Vec::new(),
            system: true,
        }
    }

    fn has(&self, role: &crate::id::RoleKey) -> bool {
        role.as_str() == "*" || self.person.roles.contains(role)
    }
}

/// Which records of a module an action is allowed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cover {
    Nothing,
    All,
    /// Those for which any of these holds.
    AnyOf(Vec<Condition>),
    /// Those it covers, but for which none of these holds.
    Except(Box<Cover>, Vec<Condition>),
}

/// A fact about a record that a right asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Condition {
    OwnerIs(UserId),
    DepartmentIn(Vec<DeptId>),
    /// The field holds this text; of a field with several values, one of them is this text.
    FieldIs(FieldKey, String),
}

/// What of a record rights look at.
#[derive(Clone, Copy, Debug)]
pub struct RecordFacts<'a> {
    pub owner: Option<&'a UserId>,
    pub department: Option<&'a DeptId>,
    pub data: &'a Map<String, Value>,
}

impl Cover {
    /// True if the record is covered.
    pub fn holds(&self, record: &RecordFacts) -> bool {
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::AnyOf(conditions) => conditions.iter().any(|it| it.holds(record)),
            Self::Except(cover, conditions) => cover.holds(record) && !conditions.iter().any(|it| it.holds(record)),
        }
    }

    /// True if it covers every record, but for those whose field names the person ([`crate::model::module::Definition::barred`]).
    pub fn is_whole(&self) -> bool {
        match self {
            Self::All => true,
            Self::Except(cover, _) => cover.is_whole(),
            Self::Nothing | Self::AnyOf(_) => false,
        }
    }

    /// True if it covers no record, whatever it holds.
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

impl Condition {
    /// True of the record.
    pub fn holds(&self, record: &RecordFacts) -> bool {
        match self {
            Self::OwnerIs(user) => record.owner == Some(user),
            Self::DepartmentIn(departments) => record.department.is_some_and(|it| departments.contains(it)),
            Self::FieldIs(field, value) => match record.data.get(field.as_str()) {
                Some(Value::String(it)) => it == value,
                Some(Value::Array(items)) => items.iter().any(|it| it.as_str() == Some(value)),
                Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => false,
            },
        }
    }
}

/// On which records of a module a person may do something. An unknown module: on none.
pub fn may(catalog: &Catalog, actor: &Actor, module: &ModuleKey, action: Action) -> Cover {
    let Some(module) = catalog.module(module) else { return Cover::Nothing };
    if actor.system {
        return Cover::All;
    }
    let cover = given(module, actor, action);
    let barred = barring(module, actor);
    // Who makes a record does not have to see it afterwards.
    if barred.is_empty() || action == Action::Create || cover.is_nothing() {
        return cover;
    }
    Cover::Except(Box::new(cover), barred)
}

/// What bars a person from a record: a field that names them.
fn barring(module: &Module, actor: &Actor) -> Vec<Condition> {
    let me = |it: &FieldKey| Condition::FieldIs(it.clone(), actor.person.id.0.clone());
    module.definition.barred.iter().map(me).collect()
}

/// All records of a module but those a person has nothing to do with, whatever their roles and tasks.
pub fn unbarred(catalog: &Catalog, actor: &Actor, module: &ModuleKey) -> Cover {
    let barred = catalog.module(module).filter(|_| !actor.system).map(|it| barring(it, actor)).unwrap_or_default();
    if barred.is_empty() { Cover::All } else { Cover::Except(Box::new(Cover::All), barred) }
}

/// True if a person has nothing to do with this record, whatever their roles and tasks.
pub fn is_barred(catalog: &Catalog, actor: &Actor, module: &ModuleKey, record: &RecordFacts) -> bool {
    let module = catalog.module(module).filter(|_| !actor.system);
    module.is_some_and(|it| barring(it, actor).iter().any(|it| it.holds(record)))
}

/// On which records the roles of a person let them do something.
fn given(module: &Module, actor: &Actor, action: Action) -> Cover {
    let mut conditions = Vec::new();
    for right in rights(module, actor, action) {
        match condition(&right.scope, actor) {
            Cover::All => return Cover::All,
            Cover::Nothing | Cover::Except(..) => {}
            Cover::AnyOf(more) => {
                for it in more {
                    if !conditions.contains(&it) {
                        conditions.push(it);
                    }
                }
            }
        }
    }
    if conditions.is_empty() { Cover::Nothing } else { Cover::AnyOf(conditions) }
}

fn rights<'a>(module: &'a Module, actor: &'a Actor, action: Action) -> impl Iterator<Item = &'a Right> {
    module.definition.rights.iter().filter(move |it| it.actions.contains(&action) && actor.has(&it.role))
}

/// What a scope means for this person.
fn condition(scope: &Scope, actor: &Actor) -> Cover {
    let one = |it| Cover::AnyOf(vec![it]);
    let person = &actor.person;
    match scope {
        Scope::All => Cover::All,
        Scope::Own => one(Condition::OwnerIs(person.id.clone())),
        Scope::Department => match &person.department {
            Some(it) => one(Condition::DepartmentIn(vec![it.clone()])),
            None => Cover::Nothing,
        },
        Scope::DepartmentTree if actor.departments.is_empty() => Cover::Nothing,
        Scope::DepartmentTree => one(Condition::DepartmentIn(actor.departments.clone())),
        Scope::FieldIsMe(field) => one(Condition::FieldIs(field.clone(), person.id.0.clone())),
        Scope::FieldIsMyDepartment(field) => match &person.department {
            Some(it) => one(Condition::FieldIs(field.clone(), it.0.clone())),
            None => Cover::Nothing,
        },
        Scope::FieldIsMyCustomer(field) => match &person.customer {
            Some(it) => one(Condition::FieldIs(field.clone(), it.0.clone())),
            None => Cover::Nothing,
        },
    }
}

/// How far a person may see each field of a module. The record's own rights ([`may`]) are asked for besides.
pub fn fields(catalog: &Catalog, actor: &Actor, module: &ModuleKey) -> BTreeMap<FieldKey, Access> {
    let Some(found) = catalog.module(module) else { return BTreeMap::new() };
    let writes = !may(catalog, actor, module, Action::Create).is_nothing()
        || !may(catalog, actor, module, Action::Update).is_nothing();
    let follows = if writes { Access::Write } else { Access::Read };
    let at_rest = |access: Access| if access == Access::Step { Access::Read } else { access };
    properties(found).map(|(key, it)| (key.clone(), at_rest(access(found, actor, &key, it, follows)))).collect()
}

/// How far a person who does a task may see and write each field: the fields its form names are writable if the form does not
/// say read-only, unless an entry of `fieldRights` gives the person less; all others can be read at most.
pub fn step_fields(catalog: &Catalog, actor: &Actor, module: &ModuleKey, view: &View) -> BTreeMap<FieldKey, Access> {
    let Some(found) = catalog.module(module) else { return BTreeMap::new() };
    let mut writable = Vec::new();
    match &view.content {
        ViewContent::Form(form) => {
            for item in form.sections.iter().flat_map(|it| &it.fields) {
                if !item.readonly {
                    writable.push(&item.field);
                }
            }
        }
        ViewContent::List(_)
        | ViewContent::Kanban(_)
        | ViewContent::Calendar(_)
        | ViewContent::Tree(_)
        | ViewContent::Detail(_) => {}
    }
    properties(found)
        .map(|(key, property)| {
            let follows = if writable.contains(&&key) { Access::Write } else { Access::Read };
            let given = match access(found, actor, &key, property, follows) {
                Access::Step => Access::Write,
                other => other,
            };
            (key, given.min(follows))
        })
        .collect()
}

fn properties(module: &Module) -> impl Iterator<Item = (FieldKey, &Value)> {
    let properties = module.schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(key, it)| (FieldKey::from(key.as_str()), it))
}

fn access(module: &Module, actor: &Actor, field: &FieldKey, property: &Value, follows: Access) -> Access {
    if actor.system {
        return Access::Write;
    }
    let entries = module.definition.field_rights.iter().filter(|it| it.fields.contains(field) && actor.has(&it.role));
    if let Some(strongest) = entries.map(|it| it.access).max() {
        return strongest;
    }
    match property.get("x-sensitive").and_then(Value::as_str) {
        Some("hide") => Access::Hidden,
        Some(_) => Access::Masked,
        None => follows,
    }
}

/// The record as the person may see it: hidden fields are gone, masked ones masked.
pub fn present(access: &BTreeMap<FieldKey, Access>, data: &Map<String, Value>) -> Map<String, Value> {
    let mut shown = Map::new();
    for (key, value) in data {
        match access.get(key.as_str()).copied().unwrap_or(Access::Hidden) {
            Access::Hidden => {}
            Access::Masked => {
                shown.insert(key.clone(), mask(value));
            }
            Access::Read | Access::Step | Access::Write => {
                shown.insert(key.clone(), value.clone());
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests;

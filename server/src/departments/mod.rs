//! Departments: how the house is made up. Rights by department tree, assignment and the packs' tables know them by id, so
//! an id stays as it was made; names and places may change.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::admin::{DepartmentInfo, SaveDepartment};
use futures::FutureExt;
use runtime::engine::Refusal;
use runtime::engine::context::Person;
use runtime::id::DeptId;
use runtime::limits;
use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::live::Change;
use crate::people::{invalid, must_be_admin};
use crate::store::people::{self as rows, Department};
use crate::store::sql::is_reference_violation;
use crate::store::table::Target;
use crate::store::{Tx, audit};

/// `GET /api/admin/departments`: by id; a department without a parent stands at the top.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<DepartmentInfo>, Error> {
    must_be_admin(actor)?;
    let state = app.people.state();
    let mut people: BTreeMap<&DeptId, u64> = BTreeMap::new();
    for it in state.users.values().filter_map(|it| it.department.as_ref()) {
        *people.entry(it).or_default() += 1;
    }
    Ok(state.departments.values().map(|it| info(it, people.get(&it.id).copied().unwrap_or(0))).collect())
}

fn info(it: &Department, people: u64) -> DepartmentInfo {
    DepartmentInfo {
        id: it.id.0.clone(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        parent: it.parent.as_ref().map(|it| it.0.clone()),
        people,
    }
}

/// Adds (`id` none) or changes a department. In the audit log.
pub async fn save(
    app: &Arc<App>,
    actor: &Actor,
    id: Option<&DeptId>,
    ask: SaveDepartment,
    address: &str,
) -> Result<DepartmentInfo, Error> {
    must_be_admin(actor)?;
    let state = app.people.state();
    let mut department = match id {
        Some(id) => {
            if ask.id.as_ref().is_some_and(|it| it != id.as_str()) {
                return Err(invalid("/id", "readonly", "a department keeps its id"));
            }
            state.departments.get(id).cloned().ok_or_else(missing)?
        }
        None => {
            let id = DeptId(ask.id.unwrap_or_default().trim().to_owned());
            let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '_');
            if id.as_str().is_empty() || id.as_str().len() > limits::DEPARTMENT_ID || !id.as_str().chars().all(plain) {
                let message = "expected 1 to 64 lower-case letters, digits, `-` or `_`";
                return Err(invalid("/id", "pattern", message));
            }
            if state.departments.contains_key(&id) {
                return Err(invalid("/id", "unique", "there is such a department"));
            }
            if state.departments.len() >= limits::DEPARTMENTS {
                return Err(Error::Refused(Refusal::Limit { what: format!("{} departments", limits::DEPARTMENTS) }));
            }
            Department { key: id.0.clone(), id, ..Department::default() }
        }
    };
    let named = |text: Option<String>, old: String| text.map_or(old, |it| it.trim().to_owned());
    department.name = named(ask.name, department.name);
    department.name_en = named(ask.name_en, department.name_en);
    if department.name.is_empty() {
        return Err(invalid("/name", "required", "expected a name"));
    }
    for (pointer, name) in [("/name", &department.name), ("/name_en", &department.name_en)] {
        if name.chars().count() > limits::DEPARTMENT_NAME {
            return Err(invalid(
                pointer,
                "maxLength",
                &format!("expected at most {} characters", limits::DEPARTMENT_NAME),
            ));
        }
    }
    if let Some(parent) = ask.parent {
        department.parent = Some(parent).filter(|it| !it.is_empty()).map(DeptId);
    }
    if let Some(parent) = &department.parent {
        if !state.departments.contains_key(parent) {
            return Err(invalid("/parent", "unknown", "expected a department"));
        }
        if state.path(Some(parent)).contains(&department.id) {
            return Err(invalid("/parent", "cycle", "a department cannot stand under itself"));
        }
    }
    let people = state.users.values().filter(|it| it.department.as_ref() == Some(&department.id)).count() as u64;
    let answer = info(&department, people);
    write(app, actor, address, "department-changed", department, |tx, it| rows::save_department(tx, it).boxed())
        .await?;
    Ok(answer)
}

/// Removes a department that nobody belongs to, nothing stands under and no record names. In the audit log.
pub async fn remove(app: &Arc<App>, actor: &Actor, id: &DeptId, address: &str) -> Result<(), Error> {
    must_be_admin(actor)?;
    let state = app.people.state();
    let department = state.departments.get(id).cloned().ok_or_else(missing)?;
    let used = state.users.values().any(|it| it.department.as_ref() == Some(id))
        || state.departments.values().any(|it| it.parent.as_ref() == Some(id))
        || named_by_a_record(app, id).await?;
    if used {
        return Err(in_use());
    }
    let removed = write(app, actor, address, "department-removed", department, |tx, it| {
        rows::remove_department(tx, &it.id).boxed()
    });
    match removed.await {
        // Somebody joined it, or it got a department below it, since it was looked at.
        Err(error) if is_reference_violation(&error) => Err(in_use()),
        other => other,
    }
}

fn in_use() -> Error {
    invalid("", "in-use", "people, departments or records still belong to it")
}

async fn named_by_a_record(app: &App, id: &DeptId) -> Result<bool, Error> {
    let db = app.store.read();
    for module in app.definitions.live().modules.values() {
        let named = module.table.columns.iter().filter(|it| it.target == Target::Department);
        if rows::names_department(db, &module.table, named, id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn missing() -> Error {
    Error::NotFound("department".to_owned())
}

/// One change of a department, told and written down.
async fn write(
    app: &Arc<App>,
    actor: &Actor,
    address: &str,
    kind: &'static str,
    department: Department,
    change: for<'a> fn(&'a Tx, &'a Department) -> futures::future::BoxFuture<'a, Result<(), Error>>,
) -> Result<(), Error> {
    type Work = (Department, Person, String, String);
    let work: Arc<Work> = Arc::new((department, actor.person.clone(), address.to_owned(), app.clock.stamp()));
    app.store
        .write(move |tx| {
            let work = work.clone();
            async move {
                let (department, by, address, at) = work.as_ref();
                change(tx, department).await?;
                let mut about = Map::new();
                about.insert("department".to_owned(), Value::from(department.id.0.clone()));
                about.insert("name".to_owned(), Value::from(department.name.clone()));
                audit::add(tx, at, Some((&by.id, &by.name)), address, kind, &about).await?;
                tx.tell(Change::People);
                Ok(())
            }
            .boxed()
        })
        .await?;
    app.people.reload(app.store.read()).await?;
    crate::definitions::recheck_later(app, None);
    Ok(())
}

#[cfg(test)]
mod tests;

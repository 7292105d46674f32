//! Departments and people of the demo organisation.

use std::sync::Arc;

use futures::FutureExt;
use runtime::id::{DeptId, RecordId, RoleKey, UserId};
use serde::Deserialize;

use super::{DemoUser, PASSWORD};
use crate::app::App;
use crate::auth::password;
use crate::error::Error;
use crate::store::people::{self as rows, Department, User};

/// `server/demo/organisation.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisation {
    departments: Vec<DemoDepartment>,
    pub people: Vec<DemoPerson>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoDepartment {
    id: String,
    key: String,
    name: String,
    name_en: String,
    parent: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoPerson {
    pub login: String,
    name: String,
    roles: Vec<String>,
    department: Option<String>,
    /// Login.
    manager: Option<String>,
    regions: Vec<String>,
    skills: Vec<String>,
    part: Part,
    /// The sample customer a portal user belongs to.
    pub customer: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Part {
    en: String,
    #[serde(rename = "zh-CN")]
    zh: String,
}

impl DemoPerson {
    pub(super) fn shown(&self) -> DemoUser {
        DemoUser {
            login: self.login.clone(),
            password: PASSWORD.to_owned(),
            name: self.name.clone(),
            part: (self.part.en.clone(), self.part.zh.clone()),
        }
    }
}

pub(super) fn organisation() -> Result<Organisation, Error> {
    Ok(serde_json::from_str(include_str!("../../demo/organisation.json"))?)
}

/// Makes whoever is missing, managers after everybody is there. Who exists is left as is.
pub(super) async fn install(app: &Arc<App>, organisation: &Organisation) -> Result<(), Error> {
    let state = app.people.state();
    let missing = |it: &&DemoPerson| !state.users.values().any(|user| user.login == it.login);
    let new: Vec<DemoPerson> = organisation.people.iter().filter(missing).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    let hash = password::hash_soon(PASSWORD.to_owned()).await?;
    let departments: Vec<Department> = organisation
        .departments
        .iter()
        .filter(|it| !state.departments.contains_key(it.id.as_str()))
        .map(|it| Department {
            id: DeptId(it.id.clone()),
            key: it.key.clone(),
            name: it.name.clone(),
            name_en: it.name_en.clone(),
            parent: it.parent.clone().map(DeptId),
        })
        .collect();
    let id_of = |login: &str| {
        let old = state.users.values().find(|it| it.login == login).map(|it| it.id.clone());
        old.or_else(|| new.iter().any(|it| it.login == login).then(|| UserId(format!("usr_{login}"))))
    };
    let users: Vec<User> = new
        .iter()
        .map(|it| User {
            id: UserId(format!("usr_{}", it.login)),
            login: it.login.clone(),
            name: it.name.clone(),
            roles: it.roles.iter().cloned().map(RoleKey).collect(),
            department: it.department.clone().map(DeptId),
            manager: it.manager.as_deref().and_then(id_of),
            regions: it.regions.clone(),
            skills: it.skills.clone(),
            ..User::default()
        })
        .collect();
    let work = Arc::new((departments, users, hash, app.clock.stamp()));
    app.store
        .write(move |tx| {
            let work = work.clone();
            async move {
                let (departments, users, hash, at) = &*work;
                for it in departments {
                    rows::save_department(tx, it).await?;
                }
                // A manager may stand after the people of his.
                for it in users {
                    rows::save(tx, &User { manager: None, ..it.clone() }, Some(hash), at).await?;
                }
                for it in users.iter().filter(|it| it.manager.is_some()) {
                    rows::save(tx, it, None, at).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await?;
    app.people.reload(app.store.read()).await
}

/// A portal user belongs to a customer that is there by now.
pub(super) async fn join_customer(app: &Arc<App>, login: &str, customer: &str) -> Result<(), Error> {
    let state = app.people.state();
    let Some(user) = state.users.values().find(|it| it.login == login) else { return Ok(()) };
    let user = User { customer: Some(RecordId::from(customer)), ..user.clone() };
    let work = Arc::new((user, app.clock.stamp()));
    app.store
        .write(move |tx| {
            let work = work.clone();
            async move { rows::save(tx, &work.0, None, &work.1).await }.boxed()
        })
        .await?;
    app.people.reload(app.store.read()).await
}

//! The directory: everybody who can log in, as assignment, rights and screens see them. Held in memory and shared;
//! a step sees it together with what its own transaction has already assigned.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use api::admin::{SaveUser, UserInfo};
use api::problem::FieldFault;
use api::record::Choice;
use futures::FutureExt;
use runtime::engine::context::Absence;
use runtime::engine::{Directory, Person};
use runtime::id::{DeptId, RecordId, RoleKey, UserId};
use runtime::model::module::Action;
use runtime::{limits, policy};
use serde_json::{Map, Value};

use crate::actor::{ADMIN, Actor};
use crate::app::App;
use crate::error::Error;
use crate::live::Change;
use crate::records::Seat;
use crate::store::Tx;
use crate::store::people::{self as rows, Department, User};
use crate::store::sql::{Sql, fresh, is_reference_violation, is_unique_violation};
use crate::store::{Store, audit};

/// The shared, current directory.
#[derive(Debug, Default)]
pub struct People {
    now: RwLock<Arc<State>>,
}

/// Users with their rows, departments, and the directory made from both.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Everybody who is not disabled.
    pub directory: Directory,
    /// The disabled too: old records name them.
    pub users: Arc<BTreeMap<UserId, User>>,
    pub departments: Arc<BTreeMap<DeptId, Department>>,
    /// Which department each stands under.
    pub parents: Arc<BTreeMap<DeptId, Option<DeptId>>>,
}

impl People {
    /// Reads everything again.
    pub async fn reload(&self, db: &impl Sql) -> Result<(), Error> {
        let state = State::load(db).await?;
        *self.now.write().unwrap_or_else(|it| it.into_inner()) = Arc::new(state);
        Ok(())
    }

    /// The directory as it is now.
    pub fn state(&self) -> Arc<State> {
        self.now.read().unwrap_or_else(|it| it.into_inner()).clone()
    }

    /// A person who may log in.
    pub fn person(&self, id: &UserId) -> Option<Person> {
        self.state().directory.get(id).cloned()
    }

    /// Takes over what a committed step has assigned.
    pub(crate) fn apply(&self, loads: &[Load]) {
        if loads.is_empty() {
            return;
        }
        let mut now = self.now.write().unwrap_or_else(|it| it.into_inner());
        // Who reads it keeps the one they have.
        let state = Arc::make_mut(&mut now);
        loads.iter().for_each(|it| it.add_to(&mut state.directory));
    }
}

/// A change of somebody's work, by a step.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Load {
    pub person: UserId,
    pub points: i64,
    /// Set when work was assigned.
    pub assigned_at: Option<String>,
}

impl Load {
    pub(crate) fn add_to(&self, directory: &mut Directory) {
        directory.load(&self.person, self.points, self.assigned_at.as_deref());
    }
}

impl State {
    async fn load(db: &impl Sql) -> Result<Self, Error> {
        let users: BTreeMap<UserId, User> = rows::users(db).await?.into_iter().map(|it| (it.id.clone(), it)).collect();
        let departments: BTreeMap<DeptId, Department> =
            rows::departments(db).await?.into_iter().map(|it| (it.id.clone(), it)).collect();
        let mut absences: BTreeMap<UserId, Vec<Absence>> = BTreeMap::new();
        for it in crate::store::absences::ahead(db, "", None).await? {
            absences.entry(it.person).or_default().push(it.absence);
        }
        let mut directory: Directory = users
            .values()
            .filter(|it| !it.disabled)
            .map(|it| Person {
                id: it.id.clone(),
                name: it.name.clone(),
                roles: it.roles.clone(),
                department: it.department.clone(),
                department_path: path(&departments, it.department.as_ref()),
                manager: it.manager.clone(),
                regions: it.regions.clone(),
                skills: it.skills.clone(),
                capacity: it.capacity,
                open_points: 0,
                on_duty: it.on_duty,
                last_assigned: None,
                customer: it.customer.clone(),
                language: it.language.clone(),
                absences: absences.remove(&it.id).unwrap_or_default(),
            })
            .collect();
        for (person, points, assigned_at) in rows::loads(db).await? {
            Load { person, points, assigned_at }.add_to(&mut directory);
        }
        let parents = departments.values().map(|it| (it.id.clone(), it.parent.clone())).collect();
        Ok(Self { directory, users: Arc::new(users), departments: Arc::new(departments), parents: Arc::new(parents) })
    }

    /// A department and its parents up to the root.
    pub(crate) fn path(&self, from: Option<&DeptId>) -> Vec<DeptId> {
        path(&self.departments, from)
    }

    /// What a person is called; the id where it is unknown.
    pub fn name(&self, id: &str) -> String {
        self.users.get(id).map_or_else(|| id.to_owned(), |it| it.name.clone())
    }

    /// What a department is called in a language.
    pub fn department_name(&self, id: &str, language: &str) -> String {
        match self.departments.get(id) {
            Some(it) if language == "en" && !it.name_en.is_empty() => it.name_en.clone(),
            Some(it) => it.name.clone(),
            None => id.to_owned(),
        }
    }

    /// Number of people by role, for checks on people.
    pub fn role_holders(&self) -> BTreeMap<String, u64> {
        let mut holders = BTreeMap::new();
        for role in self.directory.values().flat_map(|it| &it.roles) {
            *holders.entry(role.0.clone()).or_insert(0) += 1;
        }
        holders
    }
}

/// A department and its parents up to the root. A loop in stored data ends where it closes.
fn path(departments: &BTreeMap<DeptId, Department>, from: Option<&DeptId>) -> Vec<DeptId> {
    let mut path = Vec::new();
    let mut next = from.cloned();
    while let Some(id) = next {
        if path.contains(&id) {
            break;
        }
        next = departments.get(&id).and_then(|it| it.parent.clone());
        path.push(id);
    }
    path
}

/// `GET /api/people`: who matches the words; all of a role if one is given.
pub fn choices(
    app: &App,
    q: &str,
    role: Option<&str>,
    fits: impl Fn(&UserId) -> bool,
    language: &str,
    limit: usize,
) -> Vec<Choice> {
    let state = app.people.state();
    let q = q.trim().to_lowercase();
    let found = state.users.values().filter(|it| !it.disabled && it.customer.is_none()).filter(|it| {
        let named = q.is_empty() || it.name.to_lowercase().contains(&q) || it.login.to_lowercase().starts_with(&q);
        named && fits(&it.id) && role.is_none_or(|role| it.roles.iter().any(|has| has.as_str() == role))
    });
    found
        .take(limit)
        .map(|it| Choice {
            id: it.id.0.clone(),
            label: it.name.clone(),
            hint: it.department.as_ref().map(|id| state.department_name(id.as_str(), language)).unwrap_or_default(),
        })
        .collect()
}

/// `GET /api/departments`.
pub fn department_choices(app: &App, q: &str, language: &str, limit: usize) -> Vec<Choice> {
    let state = app.people.state();
    let q = q.trim().to_lowercase();
    let choice = |it: &Department| Choice {
        id: it.id.0.clone(),
        label: state.department_name(it.id.as_str(), language),
        hint: it.parent.as_ref().map(|id| state.department_name(id.as_str(), language)).unwrap_or_default(),
    };
    let fits = |it: &&Department| {
        q.is_empty() || it.name.to_lowercase().contains(&q) || it.name_en.to_lowercase().contains(&q)
    };
    state.departments.values().filter(fits).take(limit).map(choice).collect()
}

/// `GET /api/admin/users`: everybody, by login.
pub async fn users(app: &App, actor: &Actor) -> Result<Vec<UserInfo>, Error> {
    must_be_admin(actor)?;
    let state = app.people.state();
    let open = crate::store::tasks::open_by_assignee(app.store.read()).await?;
    let info = |it: &User| UserInfo {
        id: it.id.0.clone(),
        login: it.login.clone(),
        name: it.name.clone(),
        roles: it.roles.iter().map(|it| it.0.clone()).collect(),
        department: it.department.as_ref().map(|it| it.0.clone()),
        department_name: it.department.as_ref().map(|id| state.department_name(id.as_str(), &actor.person.language)),
        manager: it.manager.as_ref().map(|it| it.0.clone()),
        disabled: it.disabled,
        on_duty: it.on_duty,
        regions: it.regions.clone(),
        skills: it.skills.clone(),
        customer: it.customer.as_ref().map(|it| it.0.clone()),
        customer_name: None,
        open_tasks: open.get(it.id.as_str()).copied().unwrap_or(0),
    };
    let mut users: Vec<_> = state.users.values().map(info).collect();
    let named = customer_names(app, actor, users.iter().filter_map(|it| it.customer.clone()).collect()).await?;
    for it in &mut users {
        it.customer_name = it.customer.as_ref().and_then(|id| named.get(id).cloned());
    }
    users.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(users)
}

/// Whether there is such a record in the module of customers.
async fn is_customer(app: &App, id: &RecordId) -> Result<bool, Error> {
    let live = app.definitions.live();
    let module = crate::definitions::customers(&live).and_then(|it| live.modules.get(&it).cloned());
    match module {
        Some(module) => Ok(crate::store::records::find(app.store.read(), &module.table, id, false).await?.is_some()),
        None => Ok(false),
    }
}

/// What customers are called, for who may read that.
async fn customer_names(app: &App, actor: &Actor, ids: BTreeSet<String>) -> Result<BTreeMap<String, String>, Error> {
    let live = app.definitions.live();
    let Some(key) = crate::definitions::customers(&live).filter(|_| !ids.is_empty()) else {
        return Ok(BTreeMap::new());
    };
    let seat = Seat::take(app, actor, &key)?;
    if seat.cover(Action::Read) != policy::Cover::All || !seat.sees(seat.label().as_str()) {
        return Ok(BTreeMap::new());
    }
    let names = crate::store::records::labels(app.store.read(), &seat.module.table, seat.label(), &ids).await?;
    Ok(names.into_iter().collect())
}

/// Creates (`id` none) or changes a user. `hash` is the hashed password, if one was given. In the audit log.
pub async fn save(
    app: &Arc<App>,
    actor: &Actor,
    id: Option<&UserId>,
    change: SaveUser,
    hash: Option<String>,
    address: &str,
) -> Result<UserInfo, Error> {
    must_be_admin(actor)?;
    let state = app.people.state();
    let mut user = match id {
        Some(id) => state.users.get(id).cloned().ok_or_else(|| Error::NotFound("user".to_owned()))?,
        None => User { id: UserId(fresh("usr")), ..User::default() },
    };
    let blank = |text: String| if text.is_empty() { None } else { Some(text) };
    if let Some(login) = change.login {
        user.login = login.trim().to_lowercase();
    }
    user.name = change.name.map_or(user.name, |it| it.trim().to_owned());
    user.roles = change.roles.map_or(user.roles, |roles| roles.into_iter().map(RoleKey).collect());
    user.department = change.department.map_or(user.department, |it| blank(it).map(DeptId));
    user.manager = change.manager.map_or(user.manager, |it| blank(it).map(UserId));
    user.disabled = change.disabled.unwrap_or(user.disabled);
    user.on_duty = change.on_duty.unwrap_or(user.on_duty);
    user.regions = change.regions.unwrap_or(user.regions);
    user.skills = change.skills.unwrap_or(user.skills);
    user.customer = change.customer.map_or(user.customer, |it| blank(it).map(RecordId));
    let mut faults = faults_of(app, actor, &state, &user).await?;
    if id.is_none() && hash.is_none() {
        faults.push(fault("/password", "required", "expected a password"));
    }
    if !faults.is_empty() {
        return Err(Error::InvalidFields(faults));
    }
    let work = Arc::new((user, hash, actor.person.clone(), address.to_owned(), app.clock.stamp(), app.clone()));
    let unit = work.clone();
    let saved = app
        .store
        .write(move |tx| {
            let work = unit.clone();
            async move { save_in(tx, &work).await }.boxed()
        })
        .await;
    match saved {
        Err(error) if is_unique_violation(&error) => {
            return Err(invalid("/login", "unique", "this log-in name is taken"));
        }
        // It was there a moment ago.
        Err(error) if is_reference_violation(&error) => {
            return Err(invalid("/department", "unknown", "expected a department"));
        }
        other => other?,
    }
    app.people.reload(app.store.read()).await?;
    crate::definitions::recheck_later(app, None);
    let id = work.0.id.0.clone();
    users(app, actor).await?.into_iter().find(|it| it.id == id).ok_or_else(|| Error::NotFound("user".to_owned()))
}

/// Everything about a person that cannot be so, each at its place.
async fn faults_of(app: &App, actor: &Actor, state: &State, user: &User) -> Result<Vec<FieldFault>, Error> {
    let mut faults = Vec::new();
    let mut wrong = |is: bool, pointer: &str, code: &str, message: &str| {
        if is {
            faults.push(fault(pointer, code, message));
        }
    };
    let login = user.login.is_empty() || user.login.len() > limits::LOGIN_BYTES;
    wrong(login, "/login", "required", "expected a log-in name of at most 64 characters");
    let name = user.name.is_empty() || user.name.chars().count() > limits::PERSON_NAME;
    wrong(name, "/name", "required", "expected a name of at most 80 characters");
    let live = app.definitions.live();
    let unknown = user.roles.iter().find(|it| it.as_str() != ADMIN && live.catalog.role(it).is_none());
    if let Some(role) = unknown {
        wrong(true, "/roles", "unknown", &format!("expected a role of an installed pack, found `{role}`"));
    }
    let department = user.department.as_ref().is_some_and(|it| !state.departments.contains_key(it));
    wrong(department, "/department", "unknown", "expected a department");
    // A customer's people have superiors among themselves, and nobody here has one among them.
    let superior = |id: &UserId| *id != user.id && state.users.get(id).is_some_and(|it| it.customer == user.customer);
    let manager = user.manager.as_ref().is_some_and(|it| !superior(it));
    wrong(manager, "/manager", "unknown", "expected another user of the same house");
    let leads = |it: &&User| it.manager.as_ref() == Some(&user.id) && it.customer != user.customer && it.id != user.id;
    if let Some(it) = state.users.values().find(leads) {
        wrong(true, "/customer", "in-use", &format!("this person is the superior of {}", it.name));
    }
    let customer = match &user.customer {
        Some(id) => !is_customer(app, id).await?,
        None => false,
    };
    wrong(customer, "/customer", "unknown", "expected a customer");
    // Who sees the portal only must not hold what gives more, and who works here is nobody's customer.
    let portal = crate::definitions::portal_roles(&live);
    let theirs = !user.roles.is_empty() && user.roles.iter().all(|it| portal.contains(it));
    let mixed = unknown.is_none() && user.customer.is_some() && !theirs;
    wrong(mixed, "/roles", "portal", "expected roles of customers' people only, and at least one");
    let homeless = user.customer.is_none() && user.roles.iter().any(|it| portal.contains(it));
    wrong(homeless, "/customer", "required", "expected the customer this person belongs to");
    if user.id == *actor.id() {
        let message = "you cannot take the administration from yourself";
        wrong(user.customer.is_some(), "/customer", "last-admin", message);
        let admin = user.roles.iter().any(|it| it.as_str() == ADMIN);
        wrong(user.disabled || !admin, "/roles", "last-admin", message);
    }
    Ok(faults)
}

type SaveWork = (User, Option<String>, Person, String, String, Arc<App>);

async fn save_in(tx: &Tx, (user, hash, by, address, at, _app): &SaveWork) -> Result<(), Error> {
    rows::save(tx, user, hash.as_deref(), at).await?;
    if user.disabled || hash.is_some() {
        crate::store::sessions::remove_of(tx, &user.id).await?;
    }
    let mut info = Map::new();
    info.insert("user".to_owned(), Value::from(user.login.clone()));
    info.insert("roles".to_owned(), serde_json::to_value(&user.roles)?);
    info.insert("disabled".to_owned(), Value::from(user.disabled));
    audit::add(tx, at, Some((&by.id, &by.name)), address, "user-changed", &info).await?;
    tx.tell(Change::People);
    Ok(())
}

/// Sets language and theme of a person.
pub async fn prefer(app: &App, person: &UserId, language: &str, theme: &str) -> Result<(), Error> {
    if !matches!(language, "en" | "zh-CN") {
        return Err(invalid("/language", "enum", "expected `en` or `zh-CN`"));
    }
    if !matches!(theme, "light" | "dark" | "system") {
        return Err(invalid("/theme", "enum", "expected `light`, `dark` or `system`"));
    }
    let work = Arc::new((person.clone(), language.to_owned(), theme.to_owned()));
    app.store
        .write(move |tx| {
            let work = work.clone();
            async move { rows::prefer(tx, &work.0, &work.1, &work.2).await }.boxed()
        })
        .await?;
    app.people.reload(app.store.read()).await
}

pub(crate) fn invalid(pointer: &str, code: &str, message: &str) -> Error {
    Error::InvalidFields(vec![fault(pointer, code, message)])
}

fn fault(pointer: &str, code: &str, message: &str) -> FieldFault {
    FieldFault {
        pointer: pointer.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        ..FieldFault::default()
    }
}

/// Only administrators pass.
pub fn must_be_admin(actor: &Actor) -> Result<(), Error> {
    if actor.holds(ADMIN) { Ok(()) } else { Err(Error::NoRights("administrate".to_owned())) }
}

/// Makes a directory ready at start.
pub async fn open(store: &Store) -> Result<People, Error> {
    let people = People::default();
    people.reload(store.read()).await?;
    Ok(people)
}

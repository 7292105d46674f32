//! Users and departments as rows. The directory the engine sees is made from them in [`crate::people`].

use runtime::id::{DeptId, RecordId, RoleKey, UserId};

use super::sql::{Query, Row, Sql, ident, like};
use super::table::{Column, Kind, Table};
use crate::error::Error;

/// A user as stored, without the password.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub id: UserId,
    pub login: String,
    pub name: String,
    pub roles: Vec<RoleKey>,
    pub department: Option<DeptId>,
    pub manager: Option<UserId>,
    pub regions: Vec<String>,
    pub skills: Vec<String>,
    pub capacity: i64,
    pub on_duty: bool,
    pub customer: Option<RecordId>,
    pub language: String,
    pub theme: String,
    pub disabled: bool,
}

impl Default for User {
    fn default() -> Self {
        Self {
            id: UserId::default(),
            login: String::new(),
            name: String::new(),
            roles: Vec::new(),
            department: None,
            manager: None,
            regions: Vec::new(),
            skills: Vec::new(),
            capacity: 10,
            on_duty: true,
            customer: None,
            language: "zh-CN".to_owned(),
            theme: "system".to_owned(),
            disabled: false,
        }
    }
}

/// A department as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Department {
    pub id: DeptId,
    pub key: String,
    pub name: String,
    pub name_en: String,
    pub parent: Option<DeptId>,
}

const COLUMNS: &str = "id, login, name, roles, department, manager, regions, skills, capacity, on_duty, customer, language, theme, disabled";

fn user(row: &Row) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.get(0)?),
        login: row.get(1)?,
        name: row.get(2)?,
        roles: row.json(3)?,
        department: row.get::<Option<String>>(4)?.map(DeptId),
        manager: row.get::<Option<String>>(5)?.map(UserId),
        regions: row.json(6)?,
        skills: row.json(7)?,
        capacity: row.get(8)?,
        on_duty: row.get(9)?,
        customer: row.get::<Option<String>>(10)?.map(RecordId),
        language: row.get(11)?,
        theme: row.get(12)?,
        disabled: row.get(13)?,
    })
}

/// Everybody, the disabled too, by login.
pub async fn users(db: &impl Sql) -> Result<Vec<User>, Error> {
    let query = Query::new(format!("SELECT {COLUMNS} FROM users ORDER BY login"));
    db.rows(query).await?.iter().map(user).collect()
}

/// A user and the hash of the password, by login.
pub async fn by_login(db: &impl Sql, login: &str) -> Result<Option<(User, String)>, Error> {
    let mut query = Query::new(format!("SELECT {COLUMNS}, password FROM users WHERE login = "));
    query.bind(login);
    db.row(query).await?.map(|row| Ok((user(&row)?, row.get(14)?))).transpose()
}

/// A user and the hash of the password, by id.
pub async fn by_id(db: &impl Sql, id: &UserId) -> Result<Option<(User, String)>, Error> {
    let mut query = Query::new(format!("SELECT {COLUMNS}, password FROM users WHERE id = "));
    query.bind(id.as_str());
    db.row(query).await?.map(|row| Ok((user(&row)?, row.get(14)?))).transpose()
}

/// Writes a user: a new one, or all of an old one. Without `password` the old one stays.
pub async fn save(db: &impl Sql, it: &User, password: Option<&str>, now: &str) -> Result<(), Error> {
    let mut query = Query::new(format!("INSERT INTO users ({COLUMNS}, password, created_at) VALUES ("));
    query.bind(it.id.as_str()).push(", ").bind(it.login.as_str()).push(", ").bind(it.name.as_str());
    query.push(", ").bind(serde_json::to_string(&it.roles)?);
    query
        .push(", ")
        .bind(it.department.as_ref().map(DeptId::as_str))
        .push(", ")
        .bind(it.manager.as_ref().map(UserId::as_str));
    query.push(", ").bind(serde_json::to_string(&it.regions)?).push(", ").bind(serde_json::to_string(&it.skills)?);
    query
        .push(", ")
        .bind(it.capacity)
        .push(", ")
        .bind(it.on_duty)
        .push(", ")
        .bind(it.customer.as_ref().map(RecordId::as_str));
    query.push(", ").bind(it.language.as_str()).push(", ").bind(it.theme.as_str()).push(", ").bind(it.disabled);
    query.push(", ").bind(password.unwrap_or_default()).push(", ").bind(now);
    query.push(") ON CONFLICT (id) DO UPDATE SET ");
    for (index, column) in COLUMNS.split(", ").skip(1).enumerate() {
        query.push(if index == 0 { "" } else { ", " }).push(column).push(" = excluded.").push(column);
    }
    if password.is_some() {
        query.push(", password = excluded.password");
    }
    db.exec(query).await?;
    Ok(())
}

/// Sets the hash of a person's password.
pub async fn set_password(db: &impl Sql, id: &UserId, hash: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE users SET password = ");
    query.bind(hash).push(" WHERE id = ").bind(id.as_str());
    db.exec(query).await?;
    Ok(())
}

/// Every department, by key.
pub async fn departments(db: &impl Sql) -> Result<Vec<Department>, Error> {
    let rows = db.rows(Query::new("SELECT id, key, name, name_en, parent FROM departments ORDER BY key")).await?;
    rows.iter()
        .map(|row| {
            Ok(Department {
                id: DeptId(row.get(0)?),
                key: row.get(1)?,
                name: row.get(2)?,
                name_en: row.get(3)?,
                parent: row.get::<Option<String>>(4)?.map(DeptId),
            })
        })
        .collect()
}

/// Writes a department: a new one, or all of an old one.
pub async fn save_department(db: &impl Sql, it: &Department) -> Result<(), Error> {
    let mut query = Query::new("INSERT INTO departments (id, key, name, name_en, parent) VALUES (");
    query
        .bind(it.id.as_str())
        .push(", ")
        .bind(it.key.as_str())
        .push(", ")
        .bind(it.name.as_str())
        .push(", ")
        .bind(it.name_en.as_str());
    query.push(", ").bind(it.parent.as_ref().map(DeptId::as_str));
    query.push(") ON CONFLICT (id) DO UPDATE SET key = excluded.key, name = excluded.name, name_en = excluded.name_en, parent = excluded.parent");
    db.exec(query).await?;
    Ok(())
}

/// Removes a department.
pub async fn remove_department(db: &impl Sql, id: &DeptId) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM departments WHERE id = ");
    query.bind(id.as_str());
    db.exec(query).await?;
    Ok(())
}

/// Whether a record of a module belongs to a department, or names it in one of these fields.
pub async fn names_department(
    db: &impl Sql,
    table: &Table,
    fields: impl Iterator<Item = &Column>,
    id: &DeptId,
) -> Result<bool, Error> {
    let mut query = Query::new(format!("SELECT 1 FROM {} WHERE deleted_at IS NULL AND (department = ", table.quoted()));
    query.bind(id.as_str());
    for it in fields {
        let name = ident(&it.name);
        // Several are kept as a list of JSON.
        if it.kind == Kind::Json {
            query.push(&format!(" OR CAST({name} AS TEXT) LIKE ")).bind(format!("%{}%", like(&format!("\"{id}\""))));
            query.push(" ESCAPE '\\'");
        } else {
            query.push(&format!(" OR {name} = ")).bind(id.as_str());
        }
    }
    query.push(") LIMIT 1");
    Ok(db.row(query).await?.is_some())
}

/// Sets what a person prefers: language and theme.
pub async fn prefer(db: &impl Sql, id: &UserId, language: &str, theme: &str) -> Result<(), Error> {
    let mut query = Query::new("UPDATE users SET language = ");
    query.bind(language).push(", theme = ").bind(theme).push(" WHERE id = ").bind(id.as_str());
    db.exec(query).await?;
    Ok(())
}

/// Points of open work and the moment of the last assignment, by person.
pub async fn loads(db: &impl Sql) -> Result<Vec<(UserId, i64, Option<String>)>, Error> {
    let query = Query::new(
        "SELECT assignee, CAST(COALESCE(SUM(CASE WHEN state = 'open' THEN points ELSE 0 END), 0) AS BIGINT), MAX(opened_at) \
         FROM tasks WHERE assignee IS NOT NULL GROUP BY assignee",
    );
    db.rows(query).await?.iter().map(|row| Ok((UserId(row.get(0)?), row.get(1)?, row.get(2)?))).collect()
}

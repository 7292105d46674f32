//! What people were told.

use api::live::NoticeItem;
use runtime::engine::effect::NoticeText;
use runtime::id::UserId;

use super::sql::{Query, Sql};
use super::together::{Deed, Shape};
use crate::error::Error;

/// Stores a notice for several people at once; the ids in the same order.
pub async fn add(
    db: &impl Sql,
    at: &str,
    to: &[UserId],
    texts: &[NoticeText],
    link: &str,
) -> Result<Vec<String>, Error> {
    let ids: Vec<String> = to.iter().map(|_| crate::store::sql::fresh("ntc")).collect();
    if to.is_empty() {
        return Ok(ids);
    }
    let texts = serde_json::to_string(texts)?;
    let columns = "id, person, at, texts, link";
    let mut query = Query::new(format!("INSERT INTO notices ({columns}) VALUES "));
    for (at_index, (id, person)) in ids.iter().zip(to).enumerate() {
        query.push(if at_index == 0 { "" } else { ", " });
        query.bind_list([id.as_str(), person.as_str(), at, texts.as_str(), link]);
    }
    db.later_rows(query, || Shape::new(Deed::Insert, "notices", columns)).await?;
    Ok(ids)
}

/// Newest first, in the person's language. Ids count up with time.
pub async fn list(
    db: &impl Sql,
    person: &UserId,
    language: &str,
    unread: bool,
    limit: u64,
) -> Result<Vec<NoticeItem>, Error> {
    let mut query = Query::new("SELECT id, at, texts, link, read_at FROM notices WHERE person = ");
    query.bind(person.as_str());
    if unread {
        query.push(" AND read_at IS NULL");
    }
    query.push(" ORDER BY id DESC LIMIT ").bind(limit.clamp(1, runtime::limits::PAGE_ROWS) as i64);
    db.rows(query).await?.iter().map(|row| item(row, language)).collect()
}

/// One notice of a person.
pub async fn find(db: &impl Sql, person: &UserId, id: &str, language: &str) -> Result<Option<NoticeItem>, Error> {
    let mut query = Query::new("SELECT id, at, texts, link, read_at FROM notices WHERE id = ");
    query.bind(id).push(" AND person = ").bind(person.as_str());
    db.row(query).await?.map(|row| item(&row, language)).transpose()
}

fn item(row: &super::Row, language: &str) -> Result<NoticeItem, Error> {
    let texts: Vec<NoticeText> = row.json(2)?;
    let text = texts.iter().find(|it| it.language == language).or(texts.first());
    Ok(NoticeItem {
        id: row.get(0)?,
        at: row.get(1)?,
        title: text.map(|it| it.title.clone()).unwrap_or_default(),
        body: text.map(|it| it.body.clone()).unwrap_or_default(),
        link: row.get(3)?,
        read: row.get::<Option<String>>(4)?.is_some(),
    })
}

/// Number of unread notices.
pub async fn unread(db: &impl Sql, person: &UserId) -> Result<u64, Error> {
    let mut query = Query::new("SELECT COUNT(*) FROM notices WHERE read_at IS NULL AND person = ");
    query.bind(person.as_str());
    Ok(db.row(query).await?.map(|it| it.get::<i64>(0)).transpose()?.unwrap_or(0) as u64)
}

/// Marks one notice read, or all of the person.
pub async fn read(db: &impl Sql, person: &UserId, id: Option<&str>, now: &str) -> Result<u64, Error> {
    let mut query = Query::new("UPDATE notices SET read_at = ");
    query.bind(now).push(" WHERE read_at IS NULL AND person = ").bind(person.as_str());
    if let Some(id) = id {
        query.push(" AND id = ").bind(id);
    }
    db.exec(query).await
}

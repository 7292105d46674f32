//! Statements: how they are put together and run. One text serves both databases: placeholders are `$1 …`, moments
//! are text ([`crate::clock::stamp`]), JSON and decimals travel as text and are cast where PostgreSQL has a type.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, Statement, TryGetable, Value,
};

use crate::error::Error;
use crate::live::{Bus, Change};
use crate::people::Directory;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }

    /// End of a `SELECT` whose rows this transaction is going to change.
    pub fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// End of a `SELECT` that claims rows nobody else is claiming.
    pub fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }
}

/// A statement that grows: text and values together, so that nothing from outside gets into the text.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pub text: String,
    pub values: Vec<Value>,
}

impl Query {
    /// Starts with `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    /// Adds text of ours. Never give it anything from outside.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value as the next placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Adds a whole statement behind this one; its placeholders are counted on.
    fn append(&mut self, other: &Query) {
        if !self.text.is_empty() {
            self.text.push_str("; ");
        }
        let shift = self.values.len();
        let mut rest = other.text.as_str();
        // Statements are our own text, and in it `$` followed by a digit is always a placeholder.
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at + 1);
            self.text.push_str(before);
            let digits = after.len() - after.trim_start_matches(|it: char| it.is_ascii_digit()).len();
            match after[..digits].parse::<usize>() {
                Ok(number) => self.text.push_str(&(number + shift).to_string()),
                Err(_) => self.text.push_str(&after[..digits]),
            }
            rest = &after[digits..];
        }
        self.text.push_str(rest);
        self.values.extend(other.values.iter().cloned());
    }

    /// Adds values in parentheses, `($1, $2)`. Of nothing: `(NULL)`, which nothing is in.
    pub fn bind_list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push("(");
        let mut first = true;
        for value in values {
            if !first {
                self.push(", ");
            }
            first = false;
            self.bind(value);
        }
        if first {
            self.push("NULL");
        }
        self.push(")")
    }
}

/// A name in a statement, quoted.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Escapes what `LIKE … ESCAPE '\'` would take for wildcards.
pub fn like(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// One row of an answer; columns by position.
pub struct Row(QueryResult);

impl Row {
    /// The value in a column.
    pub fn get<T: TryGetable>(&self, column: usize) -> Result<T, Error> {
        Ok(self.0.try_get_by_index(column)?)
    }

    /// Text; NULL is empty.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        Ok(self.get::<Option<String>>(column)?.unwrap_or_default())
    }

    /// JSON kept as text; NULL and unreadable are the default.
    pub fn json<T: serde::de::DeserializeOwned + Default>(&self, column: usize) -> Result<T, Error> {
        match self.get::<Option<String>>(column)? {
            Some(text) => Ok(serde_json::from_str(&text)?),
            None => Ok(T::default()),
        }
    }
}

/// What statements can be run on: a transaction or a reader.
pub trait Sql: Sync {
    /// Which database it is.
    fn dialect(&self) -> Dialect;
    /// Runs a statement; the number of rows it changed.
    fn exec(&self, query: Query) -> impl Future<Output = Result<u64, Error>> + Send;
    /// Runs a query.
    fn rows(&self, query: Query) -> impl Future<Output = Result<Vec<Row>, Error>> + Send;
    /// Runs a query for its first row.
    fn row(&self, query: Query) -> impl Future<Output = Result<Option<Row>, Error>> + Send;
    /// Runs a statement whose outcome nobody waits for: at the latest when the unit of work ends, always in order. What
    /// waits goes to SQLite in one call, because a call costs more there than a row.
    fn later(&self, query: Query) -> impl Future<Output = Result<(), Error>> + Send;
    /// Runs fixed text of ours, several statements allowed.
    fn script(&self, text: &str) -> impl Future<Output = Result<(), Error>> + Send;
}

fn statement(dialect: Dialect, query: Query) -> Statement {
    Statement::from_sql_and_values(dialect.backend(), query.text, query.values)
}

/// Reads what is committed.
pub struct Reader {
    conn: DatabaseConnection,
    dialect: Dialect,
}

impl Reader {
    pub(super) fn new(conn: DatabaseConnection, dialect: Dialect) -> Self {
        Self { conn, dialect }
    }
}

/// A unit of work on its way.
pub struct Tx {
    conn: DatabaseTransaction,
    dialect: Dialect,
    after: Mutex<After>,
    /// Statements to run before anything else is.
    waiting: Mutex<Query>,
}

/// What happens once the commit stands.
#[derive(Default)]
struct After {
    changes: Vec<Change>,
    hooks: Vec<Box<dyn FnOnce() + Send>>,
    /// The directory with what this transaction has assigned so far.
    directory: Option<Arc<Directory>>,
}

/// Where a unit began; see [`Tx::back_to`].
pub(super) struct Mark {
    changes: usize,
    hooks: usize,
    directory: Option<Arc<Directory>>,
}

impl Sql for Reader {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    async fn exec(&self, query: Query) -> Result<u64, Error> {
        Ok(self.conn.execute_raw(statement(self.dialect, query)).await?.rows_affected())
    }

    async fn rows(&self, query: Query) -> Result<Vec<Row>, Error> {
        Ok(self.conn.query_all_raw(statement(self.dialect, query)).await?.into_iter().map(Row).collect())
    }

    async fn row(&self, query: Query) -> Result<Option<Row>, Error> {
        Ok(self.conn.query_one_raw(statement(self.dialect, query)).await?.map(Row))
    }

    async fn later(&self, query: Query) -> Result<(), Error> {
        self.exec(query).await.map(|_| ())
    }

    async fn script(&self, text: &str) -> Result<(), Error> {
        self.conn.execute_unprepared(text).await?;
        Ok(())
    }
}

impl Sql for Tx {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    async fn exec(&self, query: Query) -> Result<u64, Error> {
        // On its own, so that only its own rows are counted.
        self.flush().await?;
        Ok(self.conn.execute_raw(statement(self.dialect, query)).await?.rows_affected())
    }

    async fn rows(&self, query: Query) -> Result<Vec<Row>, Error> {
        let query = self.with_waiting(query);
        Ok(self.conn.query_all_raw(statement(self.dialect, query)).await?.into_iter().map(Row).collect())
    }

    async fn row(&self, query: Query) -> Result<Option<Row>, Error> {
        if self.waiting().text.is_empty() {
            return Ok(self.conn.query_one_raw(statement(self.dialect, query)).await?.map(Row));
        }
        Ok(self.rows(query).await?.into_iter().next())
    }

    async fn later(&self, query: Query) -> Result<(), Error> {
        if self.dialect == Dialect::Postgres {
            return self.exec(query).await.map(|_| ());
        }
        let full = {
            let mut waiting = self.waiting();
            waiting.append(&query);
            waiting.values.len() > WAITING_VALUES || waiting.text.len() > WAITING_TEXT
        };
        if full { self.flush().await } else { Ok(()) }
    }

    async fn script(&self, text: &str) -> Result<(), Error> {
        self.flush().await?;
        self.conn.execute_unprepared(text).await?;
        Ok(())
    }
}

/// Values that may wait before they are sent.
const WAITING_VALUES: usize = 2_000;
/// Bytes of statements that may wait before they are sent; SQLite takes a megabyte.
const WAITING_TEXT: usize = 100_000;

impl Tx {
    pub(super) fn new(conn: DatabaseTransaction, dialect: Dialect) -> Self {
        Self { conn, dialect, after: Mutex::default(), waiting: Mutex::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, Query> {
        self.waiting.lock().unwrap_or_else(|it| it.into_inner())
    }

    /// What waits, and a query behind it.
    fn with_waiting(&self, query: Query) -> Query {
        let mut all = std::mem::take(&mut *self.waiting());
        if all.text.is_empty() {
            return query;
        }
        all.append(&query);
        all
    }

    /// Runs what waits.
    pub(super) async fn flush(&self) -> Result<(), Error> {
        let all = std::mem::take(&mut *self.waiting());
        if !all.text.is_empty() {
            self.conn.execute_raw(statement(self.dialect, all)).await?;
        }
        Ok(())
    }

    /// Drops what waits: the unit it comes from has failed. The text that was not sent is answered.
    pub(super) fn drop_waiting(&self) -> String {
        std::mem::take(&mut *self.waiting()).text
    }

    /// Tells listeners after the commit; the same change once.
    pub fn tell(&self, change: Change) {
        let mut after = self.after.lock().unwrap_or_else(|it| it.into_inner());
        if !after.changes.contains(&change) {
            after.changes.push(change);
        }
    }

    /// Does something in memory after the commit, such as swapping a cache.
    pub fn afterwards(&self, hook: impl FnOnce() + Send + 'static) {
        self.after.lock().unwrap_or_else(|it| it.into_inner()).hooks.push(Box::new(hook));
    }

    /// The directory as earlier steps of this transaction have left it; none: as it is in memory.
    pub fn directory(&self) -> Option<Arc<Directory>> {
        self.after.lock().unwrap_or_else(|it| it.into_inner()).directory.clone()
    }

    /// Leaves the directory for later steps of this transaction.
    pub fn set_directory(&self, directory: Arc<Directory>) {
        self.after.lock().unwrap_or_else(|it| it.into_inner()).directory = Some(directory);
    }

    pub(super) fn mark(&self) -> Mark {
        let after = self.after.lock().unwrap_or_else(|it| it.into_inner());
        Mark { changes: after.changes.len(), hooks: after.hooks.len(), directory: after.directory.clone() }
    }

    pub(super) fn back_to(&self, mark: Mark) {
        let mut after = self.after.lock().unwrap_or_else(|it| it.into_inner());
        after.changes.truncate(mark.changes);
        after.hooks.truncate(mark.hooks);
        after.directory = mark.directory;
    }

    pub(super) async fn commit(self, bus: &Bus) -> Result<(), Error> {
        self.flush().await?;
        self.conn.commit().await?;
        let after = self.after.into_inner().unwrap_or_else(|it| it.into_inner());
        for hook in after.hooks {
            hook();
        }
        for change in after.changes {
            bus.send(change);
        }
        Ok(())
    }

    pub(super) async fn rollback(self) -> Result<(), Error> {
        Ok(self.conn.rollback().await?)
    }
}

/// A fault of ours or of stored data, in words for the log.
pub fn fault(what: impl std::fmt::Display) -> Error {
    Error::Internal(what.to_string())
}

fn database(error: &Error) -> Option<&sea_orm::DbErr> {
    match error {
        Error::Database(inner) => Some(inner),
        _other => None,
    }
}

/// True when the same work may succeed if it is done again: PostgreSQL chose it as the victim of a conflict.
pub fn is_transient(error: &Error) -> bool {
    use sea_orm::{DbErr, RuntimeErr};
    let state = match database(error) {
        Some(
            DbErr::Exec(RuntimeErr::SqlxError(it))
            | DbErr::Query(RuntimeErr::SqlxError(it))
            | DbErr::Conn(RuntimeErr::SqlxError(it)),
        ) => it.as_database_error().and_then(|it| it.code()).map(|it| it.into_owned()),
        _other => None,
    };
    matches!(state.as_deref(), Some("40001" | "40P01"))
}

/// True when a unique index refused the row.
pub fn is_unique_violation(error: &Error) -> bool {
    matches!(database(error).and_then(|it| it.sql_err()), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// A new id: a printed prefix and a sortable number (UUID v7), `rec_0197…`.
pub fn fresh(prefix: &str) -> String {
    format!("{prefix}_{}", uuid::Uuid::now_v7().simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_joined_and_counted_on() {
        let mut all = Query::default();
        let mut first = Query::new("INSERT INTO a VALUES ");
        first.bind_list([1_i64, 2]);
        all.append(&first);
        let mut second = Query::new("UPDATE b SET c = ");
        second.bind("x").push(", d = '$' WHERE e = ").bind("y");
        all.append(&second);
        assert_eq!(all.text, "INSERT INTO a VALUES ($1, $2); UPDATE b SET c = $3, d = '$' WHERE e = $4");
        assert_eq!(all.values.len(), 4);
    }
}

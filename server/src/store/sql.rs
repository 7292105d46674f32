//! Statements: how they are put together and run. One text serves both databases: placeholders are `$1 …`, moments
//! are text ([`crate::clock::stamp`]), JSON and decimals travel as text and are cast where PostgreSQL has a type.

use std::future::Future;
use std::sync::{Arc, Mutex};

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, Statement, TryGetable, Value};

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
    /// Runs fixed text of ours, several statements allowed.
    fn script(&self, text: &str) -> impl Future<Output = Result<(), Error>> + Send;
}

fn statement(dialect: Dialect, query: Query) -> Statement {
    Statement::from_sql_and_values(dialect.backend(), query.text, query.values)
}

macro_rules! run_on {
    ($name:ident) => {
        impl Sql for $name {
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
            async fn script(&self, text: &str) -> Result<(), Error> {
                self.conn.execute_unprepared(text).await?;
                Ok(())
            }
        }
    };
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

run_on!(Reader);
run_on!(Tx);

impl Tx {
    pub(super) fn new(conn: DatabaseTransaction, dialect: Dialect) -> Self {
        Self { conn, dialect, after: Mutex::default() }
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
        Some(DbErr::Exec(RuntimeErr::SqlxError(it)) | DbErr::Query(RuntimeErr::SqlxError(it)) | DbErr::Conn(RuntimeErr::SqlxError(it))) => {
            it.as_database_error().and_then(|it| it.code()).map(|it| it.into_owned())
        }
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

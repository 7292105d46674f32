//! The connection that writes a SQLite file, used by the thread that works: a statement is a call, not a message to
//! another thread and its answer. There is one, and whoever holds its turn ([`super::writer`]) is alone with it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, Value as Cell, ValueRef};
use rusqlite::{CachedStatement, Connection};
use sea_orm::Value;

use super::aside::Aside;
use super::sql::{Query, Row, fault};
use crate::error::Error;

/// Statements that stay compiled.
const STATEMENTS: usize = 256;
/// How long it is waited for another process that writes to the same file.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connection; clones are the same one.
#[derive(Clone)]
pub(super) struct Local {
    conn: Arc<Mutex<Connection>>,
    aside: Arc<Aside>,
}

impl Local {
    /// Opens the file, making it where it is not there.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let conn = wal::open(path, PATIENCE)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        conn.execute_batch(SETTINGS)?;
        let conn = Arc::new(Mutex::new(conn));
        let carried = conn.clone();
        let aside = Aside::open(Box::new(move |query| run(&held(&carried), query).map(|_| ())))?;
        Ok(Self { conn, aside: Arc::new(aside) })
    }

    /// The number of rows a statement changed.
    pub fn run(&self, query: &Query) -> Result<u64, Error> {
        self.aside.done()?;
        run(&self.conn(), query)
    }

    /// Has statements carried out while this thread goes on.
    pub fn run_aside(&self, statements: Vec<Query>) -> Result<(), Error> {
        self.aside.hand_over(statements)
    }

    /// The rows of an answer, at most so many of them.
    pub fn rows(&self, query: &Query, most: usize) -> Result<Vec<Row>, Error> {
        self.aside.done()?;
        let conn = self.conn();
        let mut statement = prepared(&conn, query)?;
        let columns = statement.column_count();
        let mut answer = statement.raw_query();
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = answer.next()?
        {
            let cells = (0..columns).map(|it| row.get::<_, Cell>(it)).collect::<Result<_, _>>()?;
            rows.push(Row::of_cells(cells));
        }
        Ok(rows)
    }

    /// Statements without values.
    pub fn script(&self, text: &str) -> Result<(), Error> {
        self.aside.done()?;
        Ok(self.conn().execute_batch(text)?)
    }

    /// Undoes what is left open, whatever has become of it.
    pub fn end(&self) -> Result<(), Error> {
        // That something was refused is no matter any more.
        let _ = self.aside.done();
        self.aside.forget();
        let conn = self.conn();
        if conn.is_autocommit() { Ok(()) } else { Ok(conn.execute_batch("ROLLBACK")?) }
    }

    /// True while a transaction is open.
    #[cfg(test)]
    pub fn is_open(&self) -> bool {
        !self.conn().is_autocommit()
    }

    fn conn(&self) -> MutexGuard<'_, Connection> {
        held(&self.conn)
    }
}

fn held(conn: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    conn.lock().unwrap_or_else(|it| it.into_inner())
}

fn run(conn: &Connection, query: &Query) -> Result<u64, Error> {
    let mut statement = prepared(conn, query)?;
    Ok(statement.raw_execute()? as u64)
}

/// What was acknowledged survives a power cut ([`wal::open`]). Checkpoints come after 64 MB, which pages that many commits change are
/// written for once, and the log keeps at most 128. Pages are SQLite's usual 4 KB: with 2 KB one save alone writes half as much,
/// but many that are committed together a tenth fewer per second.
const SETTINGS: &str = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16000; \
    PRAGMA journal_size_limit = 134217728; PRAGMA cache_size = -8000";

/// The statement, compiled, with its values in place.
fn prepared<'c>(conn: &'c Connection, query: &Query) -> Result<CachedStatement<'c>, Error> {
    tracing::trace!(sql = query.text, "statement");
    let mut statement = conn.prepare_cached(&query.text)?;
    for index in 1..=statement.parameter_count() {
        // `$7` is a name to SQLite, which counts places by their first appearance.
        let number = statement.parameter_name(index).and_then(|it| it.get(1..)?.parse::<usize>().ok());
        let value = number.and_then(|it| query.values.get(it.checked_sub(1)?));
        let value = value.ok_or_else(|| fault(format!("no value for place {index} of: {}", query.text)))?;
        statement.raw_bind_parameter(index, bound(value)?)?;
    }
    Ok(statement)
}

/// A value as SQLite takes it.
fn bound(value: &Value) -> Result<ToSqlOutput<'_>, Error> {
    Ok(match value {
        Value::Bool(Some(it)) => ToSqlOutput::from(*it),
        Value::Int(Some(it)) => ToSqlOutput::from(*it),
        Value::BigInt(Some(it)) => ToSqlOutput::from(*it),
        Value::Double(Some(it)) => ToSqlOutput::from(*it),
        Value::String(Some(it)) => ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes())),
        Value::Bool(None) | Value::Int(None) | Value::BigInt(None) | Value::Double(None) | Value::String(None) => {
            ToSqlOutput::Borrowed(ValueRef::Null)
        }
        other => return Err(fault(format!("a value that is not stored: {other:?}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::is_unique_violation;

    #[test]
    fn values_go_where_their_numbers_stand_and_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(&folder.path().join("test.db")).unwrap();
        local.script("CREATE TABLE things (id TEXT PRIMARY KEY, n BIGINT, good BOOLEAN)").unwrap();
        let insert = || {
            let values = vec![Value::from(7_i64), Value::from("a"), Value::Bool(None)];
            Query { text: "INSERT INTO things (id, n, good) VALUES ($2, $1, $3)".to_owned(), values }
        };
        assert_eq!(local.run(&insert()).unwrap(), 1);
        let row = local.rows(&Query::new("SELECT id, n, good, n = 7 FROM things"), 1).unwrap().pop().unwrap();
        assert_eq!((row.get::<String>(0).unwrap(), row.get::<i64>(1).unwrap()), ("a".to_owned(), 7));
        assert_eq!((row.get::<Option<bool>>(2).unwrap(), row.get::<bool>(3).unwrap()), (None, true));
        assert!(row.get::<String>(1).is_err() && row.get::<i64>(4).is_err());

        assert!(is_unique_violation(&local.run(&insert()).unwrap_err()));
        let short = Query { values: vec![Value::from(1_i64)], ..insert() };
        assert!(!is_unique_violation(&local.run(&short).unwrap_err()));
    }

    #[test]
    fn what_a_transaction_leaves_open_is_undone_when_it_goes() {
        use crate::store::tx::{Link, Tx};
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(&folder.path().join("test.db")).unwrap();
        local.script("CREATE TABLE things (id TEXT)").unwrap();
        let tx = Tx::new(Link::Here(local.clone()));
        local.script("BEGIN IMMEDIATE; INSERT INTO things (id) VALUES ('a')").unwrap();
        drop(tx);
        assert!(!local.is_open());
        assert!(local.rows(&Query::new("SELECT id FROM things"), 9).unwrap().is_empty());
    }
}

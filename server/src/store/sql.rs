//! Statements: how they are put together and run. One text serves both databases: placeholders are `$1 …`, moments
//! are text ([`crate::clock::stamp`]), JSON and decimals travel as text and are cast where PostgreSQL has a type.

use std::future::Future;

use rusqlite::types::{FromSql, Value as Cell};
use sea_orm::{DbBackend, QueryResult, Statement, TryGetable, Value};

use super::together::Shape;
use crate::error::Error;

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

    /// How a transaction that writes begins.
    pub(super) fn begin(self) -> &'static str {
        match self {
            // At once as the writer: one that begins to read first could find that another has written meanwhile.
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
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
        let place = self.values.len();
        // Most have one digit or two, and formatting takes longer than all the rest.
        match u8::try_from(place) {
            Ok(it @ 0..10) => self.text.push(char::from(b'0' + it)),
            Ok(it @ 10..100) => {
                self.text.push(char::from(b'0' + it / 10));
                self.text.push(char::from(b'0' + it % 10));
            }
            Ok(_) | Err(_) => self.text.push_str(&place.to_string()),
        }
        self
    }

    /// Adds a name, quoted.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        for (index, part) in name.split('"').enumerate() {
            self.text.push_str(if index == 0 { "" } else { "\"\"" });
            self.text.push_str(part);
        }
        self.text.push('"');
        self
    }

    /// Adds a whole statement behind this one and `between`; its placeholders are counted on.
    pub(super) fn append(&mut self, other: &Query, between: &str) {
        self.text.push_str(between);
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
    let mut query = Query::default();
    query.name(name);
    query.text
}

/// Texts as PostgreSQL writes an array of them; bound as one value and cast to `text[]`, so that the statement is the same
/// for any number.
pub fn array<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut out = "{".to_owned();
    for text in texts {
        out.push_str(if out.len() == 1 { "\"" } else { ",\"" });
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        out.push('"');
    }
    out.push('}');
    out
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
pub struct Row(Source);

enum Source {
    /// From a driver that answers from afar.
    Driver(QueryResult),
    /// From the connection of this thread.
    Cells(Vec<Cell>),
}

impl Row {
    pub(super) fn of(row: QueryResult) -> Self {
        Self(Source::Driver(row))
    }

    pub(super) fn of_cells(cells: Vec<Cell>) -> Self {
        Self(Source::Cells(cells))
    }

    /// The value in a column.
    pub fn get<T: TryGetable + FromSql>(&self, column: usize) -> Result<T, Error> {
        match &self.0 {
            Source::Driver(row) => Ok(row.try_get_by_index(column)?),
            Source::Cells(cells) => {
                let cell =
                    cells.get(column).ok_or_else(|| fault(format!("there is no column {column} in the answer")))?;
                T::column_result(cell.into()).map_err(|it| fault(format!("column {column}: {it}")))
            }
        }
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
    /// waits goes to the database in one call, because a call costs more than a row.
    fn later(&self, query: Query) -> impl Future<Output = Result<(), Error>> + Send;
    /// The same for a statement that writes rows of one shape: where several units of work are written together, their
    /// rows go in one statement.
    fn later_rows(
        &self,
        query: Query,
        shape: impl FnOnce() -> Shape + Send,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        drop(shape);
        self.later(query)
    }
    /// Runs fixed text of ours, several statements allowed.
    fn script(&self, text: &str) -> impl Future<Output = Result<(), Error>> + Send;
}

pub(super) fn statement(dialect: Dialect, query: Query) -> Statement {
    Statement::from_sql_and_values(dialect.backend(), query.text, query.values)
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
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    if let Error::Sqlite(inner) = error {
        let code = inner.sqlite_error().map(|it| it.extended_code);
        return code.is_some_and(|it| it == SQLITE_CONSTRAINT_UNIQUE || it == SQLITE_CONSTRAINT_PRIMARYKEY);
    }
    matches!(database(error).and_then(|it| it.sql_err()), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// True when what a row names is not there (any more), or what is to go is still named.
pub fn is_reference_violation(error: &Error) -> bool {
    if let Error::Sqlite(inner) = error {
        let code = inner.sqlite_error().map(|it| it.extended_code);
        return code == Some(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY);
    }
    matches!(database(error).and_then(|it| it.sql_err()), Some(sea_orm::SqlErr::ForeignKeyConstraintViolation(_)))
}

/// A new id: a printed prefix and a sortable number (UUID v7), `rec_0197…`.
pub fn fresh(prefix: &str) -> String {
    format!("{prefix}_{}", uuid::Uuid::now_v7().simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_an_array_whatever_is_in_them() {
        assert_eq!(array([]), "{}");
        assert_eq!(array(["a", "NULL", "", "b\"},{\\"]), r#"{"a","NULL","","b\"},{\\"}"#);
    }

    #[test]
    fn places_are_counted_and_names_are_quoted() {
        let mut query = Query::default();
        for it in 1..=101_i64 {
            query.push(" ").bind(it);
        }
        let places: Vec<String> = (1..=101).map(|it| format!(" ${it}")).collect();
        assert_eq!(query.text, places.concat());
        assert_eq!(ident("a"), "\"a\"");
        assert_eq!(ident("a\"b\""), "\"a\"\"b\"\"\"");
    }

    #[test]
    fn statements_are_joined_and_counted_on() {
        let mut all = Query::new("INSERT INTO a VALUES ");
        all.bind_list([1_i64, 2]);
        let mut second = Query::new("UPDATE b SET c = ");
        second.bind("x").push(", d = '$' WHERE e = ").bind("y");
        all.append(&second, "; ");
        assert_eq!(all.text, "INSERT INTO a VALUES ($1, $2); UPDATE b SET c = $3, d = '$' WHERE e = $4");
        assert_eq!(all.values.len(), 4);
    }
}

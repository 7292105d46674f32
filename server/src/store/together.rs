//! PostgreSQL: rows of several units in one statement. A call costs more than a row, and a statement more than a value, so
//! what units that share a transaction ([`super::group`]) have to write is put together by table: one part per deed and
//! table, its rows as one JSON text, all parts in one statement.
//!
//! Rows are named by a key. A row whose key an earlier part has written in another way goes into a statement behind it:
//! the parts of one statement all see the tables as they were before it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use runtime::id::TaskId;
use sea_orm::Value;

use super::sql::{Query, fault, ident};
use super::{instances, records, tasks};
use crate::error::Error;

/// What a statement does to its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    Insert,
    /// The row with the key gets the other columns' values.
    Update,
    /// The rows with the key go.
    Delete,
}

/// How the values of a statement are rows: they stand in it row by row, in the order of these columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    deed: Deed,
    table: String,
    columns: Vec<Place>,
    key: Option<usize>,
    /// What ends the statement.
    tail: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
struct Place {
    name: Cow<'static, str>,
    /// Its values are JSON as text, and stored as JSON.
    json: bool,
}

impl Shape {
    /// `columns`: names separated by `, `.
    pub fn new(deed: Deed, table: &str, columns: &'static str) -> Self {
        let columns = columns.split(", ").map(|it| Place { name: Cow::Borrowed(it), json: false }).collect();
        Self { deed, table: table.to_owned(), columns, key: None, tail: "" }
    }

    /// Adds columns: name, and whether it holds JSON.
    pub fn with(mut self, columns: impl IntoIterator<Item = (String, bool)>) -> Self {
        self.columns.extend(columns.into_iter().map(|(name, json)| Place { name: Cow::Owned(name), json }));
        self
    }

    /// The column that names a row.
    pub fn key(mut self, name: &str) -> Self {
        self.key = self.columns.iter().position(|it| it.name == name);
        self
    }

    fn order(&self) -> (&str, Deed, usize) {
        (&self.table, self.deed, self.columns.len())
    }

    /// What an insert does where a row is there already.
    pub fn tail(mut self, text: &'static str) -> Self {
        self.tail = text;
        self
    }

    /// The statement for many rows; they are its one value.
    fn statement(&self, rows: String) -> Query {
        let table = ident(&self.table);
        let names: Vec<String> = self.columns.iter().map(|it| ident(&it.name)).collect();
        let key = self.key.and_then(|it| names.get(it)).cloned().unwrap_or_default();
        let mut query = Query::default();
        let from = |query: &mut Query, rows: String| {
            query.push(&format!("json_populate_recordset(NULL::{table}, ")).bind(rows).push("::json)");
        };
        match self.deed {
            Deed::Insert => {
                let names = names.join(", ");
                query.push(&format!("INSERT INTO {table} ({names}) SELECT {names} FROM "));
                from(&mut query, rows);
            }
            Deed::Update => {
                let set = names.iter().filter(|it| **it != key).map(|it| format!("{it} = x.{it}"));
                query.push(&format!("UPDATE {table} SET {} FROM ", set.collect::<Vec<_>>().join(", ")));
                from(&mut query, rows);
                query.push(&format!(" x WHERE {table}.{key} = x.{key}"));
            }
            Deed::Delete => {
                query.push(&format!("DELETE FROM {table} USING "));
                from(&mut query, rows);
                query.push(&format!(" x WHERE {table}.{key} = x.{key}"));
            }
        }
        query.push(self.tail);
        query
    }
}

/// Rows of one shape.
struct Part {
    shape: Shape,
    /// What stands before the value of each column.
    names: Vec<String>,
    /// The inside of a JSON array of objects.
    rows: Vec<u8>,
}

impl Part {
    fn new(shape: Shape) -> Result<Self, Error> {
        let named = |(index, place): (usize, &Place)| {
            let name = serde_json::to_string(&place.name).map_err(fault)?;
            Ok(format!("{}{name}:", if index == 0 { '{' } else { ',' }))
        };
        let names = shape.columns.iter().enumerate().map(named).collect::<Result<_, Error>>()?;
        Ok(Self { shape, names, rows: Vec::new() })
    }

    fn put(&mut self, query: &Query) -> Result<(), Error> {
        for row in query.values.chunks(self.shape.columns.len()) {
            self.rows.push(if self.rows.is_empty() { b'[' } else { b',' });
            for ((place, name), value) in self.shape.columns.iter().zip(&self.names).zip(row) {
                self.rows.extend_from_slice(name.as_bytes());
                written(value, place.json, &mut self.rows)?;
            }
            self.rows.push(b'}');
        }
        Ok(())
    }

    fn statement(mut self) -> Result<Query, Error> {
        self.rows.push(b']');
        Ok(self.shape.statement(String::from_utf8(self.rows).map_err(fault)?))
    }
}

/// What goes in one statement.
#[derive(Default)]
struct Round {
    parts: Vec<Part>,
    /// What is done to the rows that have a key, by table and key.
    keys: BTreeMap<(String, String), Deed>,
}

impl Round {
    fn takes(&self, shape: &Shape, keys: &[String]) -> bool {
        keys.iter().all(|key| match self.keys.get(&(shape.table.clone(), key.clone())) {
            Some(deed) => *deed == Deed::Insert && shape.deed == Deed::Insert,
            None => true,
        })
    }

    fn put(&mut self, query: &Query, shape: Shape, keys: Vec<String>) -> Result<(), Error> {
        for key in keys {
            self.keys.insert((shape.table.clone(), key), shape.deed);
        }
        let at = match self.parts.iter().position(|it| it.shape == shape) {
            Some(at) => at,
            None => {
                self.parts.push(Part::new(shape)?);
                self.parts.len() - 1
            }
        };
        self.parts[at].put(query)
    }

    fn statement(mut self) -> Result<Option<Query>, Error> {
        // None of them sees another, so their order is free: always the same one, so that there are few statements to plan.
        self.parts.sort_by(|a, b| a.shape.order().cmp(&b.shape.order()));
        let Some(last) = self.parts.pop() else { return Ok(None) };
        let mut whole = Query::default();
        for (index, it) in self.parts.into_iter().enumerate() {
            let lead = if index == 0 { "WITH " } else { "), " };
            whole.append(&it.statement()?, &format!("{lead}w{index} AS ("));
        }
        let last = last.statement()?;
        if whole.values.is_empty() {
            return Ok(Some(last));
        }
        whole.append(&last, ") ");
        Ok(Some(whole))
    }
}

fn written(value: &Value, json: bool, out: &mut Vec<u8>) -> Result<(), Error> {
    match value {
        Value::String(Some(text)) if json => out.extend_from_slice(text.as_bytes()),
        Value::String(it) => serde_json::to_writer(out, it).map_err(fault)?,
        Value::BigInt(it) => serde_json::to_writer(out, it).map_err(fault)?,
        Value::Int(it) => serde_json::to_writer(out, it).map_err(fault)?,
        Value::Bool(it) => serde_json::to_writer(out, it).map_err(fault)?,
        other => return Err(fault(format!("a value that is not stored: {other:?}"))),
    }
    Ok(())
}

/// The keys of a statement's rows.
fn keys(query: &Query, shape: &Shape) -> Vec<String> {
    let Some(key) = shape.key else { return Vec::new() };
    let found = query.values.chunks(shape.columns.len()).filter_map(|row| match row.get(key) {
        Some(Value::String(Some(key))) => Some(key.clone()),
        Some(_) | None => None,
    });
    found.collect()
}

/// Rows of several units, in the order in which they take effect.
#[derive(Default)]
struct Together {
    rounds: Vec<Round>,
}

impl Together {
    fn add(&mut self, query: &Query, shape: Shape) -> Result<(), Error> {
        if !query.values.len().is_multiple_of(shape.columns.len()) {
            return Err(fault(format!("{} values are not rows of {:?}", query.values.len(), shape.columns)));
        }
        let mut keys = keys(query, &shape);
        keys.sort_unstable();
        // Two rows of one statement that are changed in one key are none for a part of it.
        let twice = shape.deed != Deed::Insert && keys.windows(2).any(|it| it[0] == it[1]);
        if twice || !self.rounds.last().is_some_and(|it| it.takes(&shape, &keys)) {
            self.rounds.push(Round::default());
        }
        match self.rounds.last_mut() {
            Some(round) => round.put(query, shape, keys),
            None => Ok(()),
        }
    }
}

/// A task with its record and its instance, both locked.
#[derive(Clone, Debug)]
pub struct Foreseen {
    pub task: tasks::Task,
    pub record: records::Stored,
    pub instance: instances::Stored,
}

/// What units need not ask for, by task.
pub(super) type AllForeseen = BTreeMap<TaskId, Foreseen>;

/// What units that share a transaction have in it.
#[derive(Default)]
pub(super) struct Shared {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// A unit runs: it may ask for nothing.
    deciding: bool,
    /// It has asked all the same.
    left: bool,
    /// What it has to write so far.
    unit: Vec<(Query, Shape)>,
    all: Together,
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|it| it.into_inner())
    }

    /// A unit begins.
    pub fn decide(&self) {
        let mut inner = self.inner();
        (inner.deciding, inner.left) = (true, false);
        inner.unit.clear();
    }

    /// An error while a unit decides: it is to be run where it may ask.
    pub fn stay(&self) -> Result<(), Error> {
        let mut inner = self.inner();
        if inner.deciding {
            inner.left = true;
            return Err(fault("a unit that shares its transaction asked the database"));
        }
        Ok(())
    }

    pub fn put(&self, query: Query, shape: Shape) {
        self.inner().unit.push((query, shape));
    }

    /// The unit has come to its end. True: it asked for something, and what it came to says nothing.
    pub fn decided(&self) -> bool {
        let mut inner = self.inner();
        inner.deciding = false;
        inner.left
    }

    /// What the unit has to write is to be written.
    pub fn keep_unit(&self) -> Result<(), Error> {
        let mut inner = self.inner();
        let unit = std::mem::take(&mut inner.unit);
        unit.into_iter().try_for_each(|(query, shape)| inner.all.add(&query, shape))
    }

    pub fn drop_unit(&self) {
        self.inner().unit.clear();
    }

    /// All that is to be written, as statements.
    pub fn take(&self) -> Result<Vec<Query>, Error> {
        let rounds = std::mem::take(&mut self.inner().all).rounds;
        rounds.into_iter().filter_map(|it| it.statement().transpose()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, values: &[&str]) -> Query {
        Query { text: text.to_owned(), values: values.iter().map(|it| Value::from(*it)).collect() }
    }

    fn statements(all: &[(Deed, &'static str, &[&str])]) -> Vec<(String, Vec<String>)> {
        let mut together = Together::default();
        for (deed, table, values) in all {
            let columns = if *deed == Deed::Delete { "id" } else { "id, name" };
            together.add(&rows("", values), Shape::new(*deed, table, columns).key("id")).unwrap();
        }
        let text = |it: &Value| match it {
            Value::String(Some(it)) => it.clone(),
            other => format!("{other:?}"),
        };
        let statements = together.rounds.into_iter().filter_map(|it| it.statement().unwrap());
        statements.map(|it| (it.text, it.values.iter().map(text).collect())).collect()
    }

    #[test]
    fn rows_of_one_shape_go_in_one_part_and_never_before_what_concerns_the_same_row() {
        use Deed::{Delete, Insert, Update};
        let made = statements(&[
            (Insert, "a", &["1", "x"]),
            (Update, "a", &["7", "y"]),
            (Insert, "a", &["2", "it's \"$1\"", "3", "z"]),
            (Delete, "b", &["4"]),
        ]);
        let expected = "WITH w0 AS (INSERT INTO \"a\" (\"id\", \"name\") SELECT \"id\", \"name\" FROM json_populate_recordset(NULL::\"a\", $1::json)), \
            w1 AS (UPDATE \"a\" SET \"name\" = x.\"name\" FROM json_populate_recordset(NULL::\"a\", $2::json) x WHERE \"a\".\"id\" = x.\"id\") \
            DELETE FROM \"b\" USING json_populate_recordset(NULL::\"b\", $3::json) x WHERE \"b\".\"id\" = x.\"id\"";
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].0, expected);
        let first = r#"[{"id":"1","name":"x"},{"id":"2","name":"it's \"$1\""},{"id":"3","name":"z"}]"#;
        assert_eq!(made[0].1, [first, r#"[{"id":"7","name":"y"}]"#, r#"[{"id":"4"}]"#]);

        type Deeds = &'static [(Deed, &'static str, &'static [&'static str])];
        let cases: [(Deeds, usize); 6] = [
            (&[(Update, "a", &["1", "x"]), (Update, "a", &["1", "y"])], 2),
            (&[(Insert, "a", &["1", "x"]), (Delete, "a", &["1"])], 2),
            (&[(Delete, "a", &["1"]), (Insert, "a", &["1", "x"])], 2),
            (&[(Insert, "a", &["1", "x"]), (Update, "b", &["1", "y"])], 1),
            (&[(Insert, "a", &["1", "x"]), (Insert, "a", &["1", "y"])], 1),
            (&[(Insert, "a", &["1", "x"]), (Update, "a", &["1", "y"]), (Insert, "a", &["2", "y"])], 2),
        ];
        for (all, count) in cases {
            assert_eq!(statements(all).len(), count, "{all:?}");
        }
    }

    #[test]
    fn values_that_are_no_rows_are_refused() {
        let mut together = Together::default();
        let refused = together.add(&rows("", &["1", "x", "2"]), Shape::new(Deed::Insert, "a", "id, name"));
        assert!(refused.is_err());
    }
}

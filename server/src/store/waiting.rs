//! Statements that wait to be sent together.
//!
//! On SQLite they are carried out one after the other. PostgreSQL takes one in a call, but that one may write to several
//! tables (`WITH a AS (INSERT …), b AS (UPDATE …) DELETE …`): its parts all see the tables as they were before it, so only
//! statements that neither read nor write what an earlier part writes are put into it.

use super::sql::{Dialect, Query};

/// Statements in the order they are to take effect.
#[derive(Default)]
pub(super) struct Waiting {
    statements: Vec<Query>,
    values: usize,
    bytes: usize,
}

/// Values that may wait before they are sent.
const VALUES: usize = 2_000;
/// Bytes of statements that may wait before they are sent.
const BYTES: usize = 100_000;

impl Waiting {
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// True if there is no room for the statement: what waits must be sent first.
    pub fn stands_before(&self, query: &Query, dialect: Dialect) -> bool {
        let full = self.values + query.values.len() > VALUES || self.bytes + query.text.len() > BYTES;
        !self.is_empty() && (full || dialect == Dialect::Postgres && self.statements.iter().any(|it| meets(it, query)))
    }

    pub fn push(&mut self, query: Query) {
        self.values += query.values.len();
        self.bytes += query.text.len();
        self.statements.push(query);
    }

    /// SQLite: takes everything.
    pub fn take_all(&mut self) -> Vec<Query> {
        std::mem::take(self).statements
    }

    /// PostgreSQL: takes everything, as one statement.
    pub fn take(&mut self) -> Option<Query> {
        let mut all = std::mem::take(self).statements;
        if all.len() < 2 {
            return all.pop();
        }
        let last = all.pop()?;
        let mut whole = Query::default();
        for (index, it) in all.iter().enumerate() {
            whole.append(it, &format!("{}w{index} AS (", if index == 0 { "WITH " } else { "), " }));
        }
        whole.append(&last, ") ");
        Some(whole)
    }
}

/// True if the second may not be part of one statement with the first: it touches the table the first one writes, or
/// one of them does not say which table that is. Two that only add rows to one table do not disturb each other.
fn meets(first: &Query, second: &Query) -> bool {
    let (Some((table, adds)), Some((other, also))) = (target(&first.text), target(&second.text)) else { return true };
    if table == other {
        return !(adds && also);
    }
    let reads = second.text.contains("SELECT") || second.text.contains(" USING ");
    reads && second.text.contains(table)
}

/// The table a statement writes, and whether it does nothing but add rows to it.
fn target(text: &str) -> Option<(&str, bool)> {
    let starts = [("INSERT INTO ", true), ("UPDATE ", false), ("DELETE FROM ", false)];
    let (rest, adds) = starts.iter().find_map(|(start, adds)| Some((text.strip_prefix(start)?, *adds)))?;
    let table = rest.split([' ', '(']).next().filter(|it| !it.is_empty())?;
    Some((table, adds && !text.contains("ON CONFLICT") && !text.contains("SELECT")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        let values = text.matches('$').map(|_| 1_i64.into()).collect();
        Query { text: text.to_owned(), values }
    }

    fn joined(texts: &[&str]) -> Vec<String> {
        let mut waiting = Waiting::default();
        let mut sent = Vec::new();
        for it in texts {
            let it = query(it);
            if waiting.stands_before(&it, Dialect::Postgres) {
                sent.extend(waiting.take());
            }
            waiting.push(it);
        }
        sent.extend(waiting.take());
        sent.into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn sqlite_carries_out_statements_as_they_are() {
        let mut waiting = Waiting::default();
        let texts = ["INSERT INTO a VALUES ($1)", "UPDATE a SET b = $1 WHERE c = $2"];
        for it in texts {
            assert!(!waiting.stands_before(&query(it), Dialect::Sqlite));
            waiting.push(query(it));
        }
        assert_eq!(waiting.take_all().iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), texts);
        assert!(waiting.is_empty());
    }

    #[test]
    fn postgres_takes_one_where_the_parts_do_not_meet() {
        let cases: [(&[&str], &[&str]); 7] = [
            (&["INSERT INTO a (b) VALUES ($1)"], &["INSERT INTO a (b) VALUES ($1)"]),
            (
                &["INSERT INTO a (b) VALUES ($1)", "UPDATE c SET d = $1", "DELETE FROM e WHERE f = $1"],
                &["WITH w0 AS (INSERT INTO a (b) VALUES ($1)), w1 AS (UPDATE c SET d = $2) DELETE FROM e WHERE f = $3"],
            ),
            (
                &["INSERT INTO a (b) VALUES ($1)", "INSERT INTO a (b) VALUES ($1)"],
                &["WITH w0 AS (INSERT INTO a (b) VALUES ($1)) INSERT INTO a (b) VALUES ($2)"],
            ),
            // The second would not see what the first does.
            (&["UPDATE a SET b = $1", "UPDATE a SET b = $1"], &["UPDATE a SET b = $1", "UPDATE a SET b = $1"]),
            (
                &["INSERT INTO a (b) VALUES ($1)", "DELETE FROM a WHERE b = $1"],
                &["INSERT INTO a (b) VALUES ($1)", "DELETE FROM a WHERE b = $1"],
            ),
            (
                &["INSERT INTO a (b) VALUES ($1)", "INSERT INTO c SELECT b FROM a"],
                &["INSERT INTO a (b) VALUES ($1)", "INSERT INTO c SELECT b FROM a"],
            ),
            (&["SELECT 1", "DELETE FROM a"], &["SELECT 1", "DELETE FROM a"]),
        ];
        for (texts, expected) in cases {
            assert_eq!(joined(texts), expected);
        }
    }
}

//! Makes and widens the tables of modules. Adds columns and indexes, never drops a column: a removed field is hidden
//! and its data kept. Values of a field that gets another key or type follow it ([`super::carry`]).

use std::collections::BTreeMap;

use runtime::id::ModuleKey;
use runtime::model::module::Module;

use super::sql::{Dialect, Query, Sql, ident};
use super::table::{Column, Table};
use crate::error::Error;

/// Declared type by column of a module's table; empty when there is none.
pub async fn existing(db: &impl Sql, module: &ModuleKey) -> Result<BTreeMap<String, String>, Error> {
    let name = format!("m_{module}");
    let mut query = Query::new(match db.dialect() {
        Dialect::Sqlite => "SELECT name, type FROM pragma_table_info(",
        Dialect::Postgres => {
            "SELECT column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ("
        }
    });
    query.bind(name).push(")");
    db.rows(query).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Brings the table of a module up to its schema, inside the caller's transaction.
pub async fn publish(db: &impl Sql, module: &Module) -> Result<Table, Error> {
    let dialect = db.dialect();
    let has = existing(db, &module.definition.key).await?;
    let table = Table::of(module, dialect, &has);
    if has.is_empty() {
        db.script(&create(&table, dialect)).await?;
    }
    for column in &table.columns {
        if !has.contains_key(&column.name) && !has.is_empty() {
            db.script(&format!(
                "ALTER TABLE {} ADD COLUMN {} {}",
                table.quoted(),
                ident(&column.name),
                column.kind.sql_type(dialect)
            ))
            .await?;
        }
    }
    for statement in indexes(&table, dialect) {
        db.script(&statement).await?;
    }
    Ok(table)
}

fn create(table: &Table, dialect: Dialect) -> String {
    let mut text = format!("CREATE TABLE {} (", table.quoted());
    text.push_str(match dialect {
        Dialect::Sqlite => "n INTEGER PRIMARY KEY",
        Dialect::Postgres => "n BIGSERIAL PRIMARY KEY, search TEXT NOT NULL DEFAULT ''",
    });
    text.push_str(
        ", id TEXT NOT NULL UNIQUE, version BIGINT NOT NULL, owner TEXT, department TEXT, created_at TEXT NOT NULL, \
         created_by TEXT NOT NULL, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL, deleted_at TEXT",
    );
    for column in &table.columns {
        text.push_str(&format!(", {} {}", ident(&column.name), column.kind.sql_type(dialect)));
    }
    text.push(')');
    if dialect == Dialect::Sqlite {
        // The tokens are made by us; the index keeps no copy of them.
        text.push_str(&format!(
            "; CREATE VIRTUAL TABLE {} USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize=\"unicode61 remove_diacritics 0\")",
            table.search_table()
        ));
    }
    text
}

fn indexes(table: &Table, dialect: Dialect) -> Vec<String> {
    let mut statements = Vec::new();
    let name_of = |kind: &str, columns: &[String]| {
        let plain: String = columns
            .iter()
            .map(|it| it.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>())
            .collect::<Vec<_>>()
            .join("__");
        index_name(&table.name, &plain, kind)
    };
    let mut add = |kind: &str, columns: &[String], tail: &str| {
        let name = name_of(kind, columns);
        // SQLite puts NULL first; PostgreSQL has to be told, so that one index serves the same order.
        let nulls = if dialect == Dialect::Postgres { " NULLS FIRST" } else { "" };
        let list = columns.iter().map(|it| format!("{it}{nulls}")).collect::<Vec<_>>().join(", ");
        statements.push(match kind {
            "unique" => format!(
                "CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({}) {tail}",
                ident(&name),
                table.quoted(),
                columns.join(", ")
            ),
            _plain => format!("CREATE INDEX IF NOT EXISTS {} ON {} ({list}, n) {tail}", ident(&name), table.quoted()),
        });
    };
    for system in ["owner", "department", "created_at", "updated_at"] {
        add("index", &[ident(system)], "");
    }
    for column in &table.columns {
        if column.unique {
            add("unique", &[ident(&column.name)], "WHERE deleted_at IS NULL");
        }
        if (column.filter || column.sort) && column.kind != super::table::Kind::Json && !served(column, dialect) {
            add("index", &[column.compared(dialect)], "");
        }
    }
    for fields in &table.indexes {
        let columns: Vec<String> = fields
            .iter()
            .filter_map(|key| table.column(key.as_str()))
            .map(|it: &Column| it.compared(dialect))
            .collect();
        if columns.len() == fields.len() && !columns.is_empty() {
            add("index", &columns, "");
        }
    }
    // Made by an earlier version, or before the field became unique.
    for column in table.columns.iter().filter(|it| served(it, dialect)) {
        let name = name_of("index", &[ident(&column.name)]);
        statements.push(format!("DROP INDEX IF EXISTS {}", ident(&name)));
    }
    if dialect == Dialect::Postgres {
        statements.push(format!(
            "CREATE INDEX IF NOT EXISTS {} ON {} USING gin (array_to_tsvector(string_to_array(search, ' ')))",
            ident(&index_name(&table.name, "search", "gin")),
            table.quoted()
        ));
    }
    statements
}

/// True if its unique index serves lists too, which leave out what is deleted as it does: in SQLite every index ends in
/// the row's number.
fn served(column: &Column, dialect: Dialect) -> bool {
    column.unique && dialect == Dialect::Sqlite && column.compared(dialect) == ident(&column.name)
}

/// PostgreSQL cuts names at 63 bytes; a long one ends in a hash instead, so that two never fall together.
fn index_name(table: &str, columns: &str, kind: &str) -> String {
    let name = format!("{table}__{columns}__{kind}");
    if name.len() <= 60 {
        return name;
    }
    use sha2::Digest;
    let hash: String = sha2::Sha256::digest(name.as_bytes()).iter().take(6).map(|it| format!("{it:02x}")).collect();
    let mut start = 40.min(name.len());
    while !name.is_char_boundary(start) {
        start -= 1;
    }
    format!("{}_{hash}", &name[..start])
}

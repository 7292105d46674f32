//! The yardstick of durable writing: the rows that the server wrote, inserted once more by a program that does nothing else:
//! same tables, same indexes, same durability, one connection, batches in one commit.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};

/// What one instance writes to. Whatever else a server writes is not of the instance.
const TABLES: [&str; 8] = ["m_note", "history", "once", "instances", "facts", "tasks", "candidates", "notices"];
/// Instances in one commit of the yardstick; the server gathers as many at most.
const BATCH: usize = 256;

/// The server's database and an empty one of the same shape.
pub struct Bare {
    /// What the server wrote to.
    theirs: DatabaseConnection,
    /// Where the same is written by hand.
    ours: DatabaseConnection,
    _dir: tempfile::TempDir,
}

impl Bare {
    pub async fn sqlite(file: &Path) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let theirs = open(&format!("sqlite://{}?mode=ro", file.display())).await?;
        let ours = open(&format!("sqlite://{}?mode=rwc", dir.path().join("bare.db").display())).await?;
        ours.execute_unprepared("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").await?;
        for table in TABLES {
            let sql = format!(
                "SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL AND sql NOT LIKE '%TRIGGER%' ORDER BY type = 'index'"
            );
            for row in theirs.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await? {
                ours.execute_unprepared(&row.try_get_by_index::<String>(0)?).await?;
            }
        }
        ours.execute_unprepared(
            "PRAGMA foreign_keys = OFF; CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
        )
        .await?;
        Ok(Self { theirs, ours, _dir: dir })
    }

    pub async fn postgres(url: &str) -> Result<Self> {
        let theirs = open(url).await?;
        let ours = open(url).await?;
        ours.execute_unprepared(
            "CREATE SCHEMA bare; SET search_path = bare; CREATE TABLE bare (id BIGINT PRIMARY KEY, body TEXT NOT NULL)",
        )
        .await?;
        for table in TABLES {
            ours.execute_unprepared(&format!("CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)")).await?;
        }
        Ok(Self { theirs, ours, _dir: tempfile::tempdir()? })
    }

    /// One row in a commit of its own.
    pub async fn commit(&self, id: i64) -> Result<()> {
        let backend = self.ours.get_database_backend();
        let tx = self.ours.begin().await?;
        let body = r#"{"text":"look at this","note":"what one row of a business holds, a few hundred bytes of it, in words and numbers"}"#;
        tx.execute_raw(Statement::from_string(backend, format!("INSERT INTO bare (id, body) VALUES ({id}, '{body}')")))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many rows each table has.
    pub async fn counts(&self) -> Result<BTreeMap<&'static str, i64>> {
        let mut counts = BTreeMap::new();
        for table in TABLES {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            let row = self
                .theirs
                .query_one_raw(Statement::from_string(self.theirs.get_database_backend(), sql))
                .await?
                .context("a count")?;
            counts.insert(table, row.try_get_by_index(0)?);
        }
        Ok(counts)
    }

    /// The rows that came since, each as JSON.
    pub async fn rows(&self, since: &BTreeMap<&'static str, i64>) -> Result<Vec<(&'static str, Vec<String>)>> {
        let backend = self.theirs.get_database_backend();
        let now = self.counts().await?;
        let mut all = Vec::new();
        for table in TABLES {
            let came = (now[table] - since[table]).max(0);
            let sql = if backend == DbBackend::Sqlite {
                let columns = self.columns(table).await?;
                let pairs: Vec<String> = columns.iter().map(|it| format!("'{it}', \"{it}\"")).collect();
                // These are ordered by their keys, which count up with time.
                let newest = match table {
                    "candidates" => "task",
                    "notices" => "id",
                    _rows => "rowid",
                };
                format!("SELECT json_object({}) FROM {table} ORDER BY {newest} DESC LIMIT {came}", pairs.join(", "))
            } else {
                format!("SELECT row_to_json(t)::text FROM {table} t ORDER BY ctid DESC LIMIT {came}")
            };
            let rows = self.theirs.query_all_raw(Statement::from_string(backend, sql)).await?;
            all.push((table, rows.iter().map(|it| it.try_get_by_index::<String>(0)).collect::<Result<_, _>>()?));
        }
        Ok(all)
    }

    async fn columns(&self, table: &str) -> Result<Vec<String>> {
        let sql = format!("SELECT name FROM pragma_table_info('{table}')");
        let rows = self.ours.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        Ok(rows.iter().map(|it| it.try_get_by_index::<String>(0)).collect::<Result<_, _>>()?)
    }

    /// Writes them, and answers how many instances' rows went in per second.
    pub async fn write(&self, rows: &[(&'static str, Vec<String>)], instances: usize) -> Result<f64> {
        let backend = self.ours.get_database_backend();
        let commits = instances.div_ceil(BATCH).max(1);
        let mut statements = Vec::new();
        for commit in 0..commits {
            for (table, rows) in rows {
                let part = &rows[rows.len() * commit / commits..rows.len() * (commit + 1) / commits];
                if part.is_empty() {
                    continue;
                }
                let sql = if backend == DbBackend::Sqlite {
                    let columns = self.columns(table).await?;
                    let names: Vec<String> = columns.iter().map(|it| format!("\"{it}\"")).collect();
                    let values: Vec<String> = columns.iter().map(|it| format!("value ->> '{it}'")).collect();
                    format!("INSERT INTO {table} ({}) SELECT {} FROM json_each(?)", names.join(", "), values.join(", "))
                } else {
                    format!(
                        "INSERT INTO bare.{table} SELECT * FROM json_populate_recordset(NULL::bare.{table}, $1::json)"
                    )
                };
                statements.push((
                    commit,
                    Statement::from_sql_and_values(backend, sql, [format!("[{}]", part.join(",")).into()]),
                ));
            }
        }
        self.empty().await?;
        let before = Instant::now();
        let mut statements = statements.into_iter().peekable();
        for commit in 0..commits {
            let tx = self.ours.begin().await?;
            while let Some((_, statement)) = statements.next_if(|(at, _)| *at == commit) {
                tx.execute_raw(statement).await?;
            }
            tx.commit().await?;
        }
        Ok(instances as f64 / before.elapsed().as_secs_f64())
    }

    async fn empty(&self) -> Result<()> {
        for table in TABLES {
            self.ours.execute_unprepared(&format!("DELETE FROM {table}")).await?;
        }
        Ok(())
    }
}

async fn open(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(1).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

//! Opens a database: connections, settings, migrations.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use super::group::Group;
use super::held::Pool;
use super::local::Local;
use super::nodes::{self, Node};
use super::reader::Reader;
use super::sql::{Dialect, Query, Sql, fresh};
use super::writer::Line;
use super::{Inner, Store, Writer, fault, schema};
use crate::clock::Clock;
use crate::error::Error;
use crate::live::Bus;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:<path>` or `postgres://…`.
    pub url: String,
    /// Connections that read at the same time (SQLite), that write at the same time (PostgreSQL, where half as many read).
    pub connections: u32,
    /// PostgreSQL: the schema the tables are in; none: the server's default.
    pub schema: Option<String>,
    /// SQLite: most changes that share one commit. 1 gives each a flush of its own, to measure what sharing brings.
    pub units: usize,
}

impl Options {
    /// The defaults for a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 8, schema: None, units: runtime::limits::BATCH_UNITS }
    }

    /// A SQLite file.
    pub fn file(path: &Path) -> Self {
        Self::new(format!("sqlite:{}", path.display()))
    }
}

impl Store {
    /// Opens the database and brings its tables up to date.
    pub async fn open(options: Options, clock: &Clock, bus: Bus) -> Result<Self, Error> {
        let inner = if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            let (writing, reading) = (options.connections.max(4), (options.connections / 2).max(2));
            // Beside them one that hears other servers and one that speaks to them.
            let mut connect = connect(&options.url, writing + reading + 2);
            if let Some(schema) = &options.schema {
                connect.set_schema_search_path(schema.clone());
            }
            let pool = Database::connect(connect).await?;
            let reader = Reader::new(Pool::new(pool.clone(), Dialect::Postgres, reading));
            let schema = match reader.row(Query::new("SELECT current_schema()")).await? {
                Some(row) => row.text(0)?,
                None => String::new(),
            };
            let node = Node {
                pool: pool.get_postgres_connection_pool().clone(),
                channel: nodes::channel(&schema),
                name: fresh("node"),
            };
            let (bus, words) = bus.shared();
            tokio::spawn(nodes::speak(node.clone(), words));
            let pool = Pool::new(pool, Dialect::Postgres, writing).by_keys();
            let writer = Writer::Pool { group: Group::open(pool.clone(), bus.clone())?, pool };
            Inner { reader, writer, bus, node: Some(node) }
        } else if let Some(path) = options.url.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            if let Some(folder) = Path::new(path).parent() {
                std::fs::create_dir_all(folder)?;
            }
            let url = format!("sqlite://{path}?mode=rwc");
            // First the one that writes: it makes the file.
            let local = Local::open(Path::new(path))?;
            // More than the processors can serve would only make everybody's query slower at the same time.
            let served = std::thread::available_parallelism().map_or(2, usize::from) as u32 * 2;
            let connections = options.connections.clamp(1, served.clamp(4, 16));
            let reading = Pool::new(sqlite(&url, connections).await?, Dialect::Sqlite, connections);
            let line = Line::open(local, bus.clone(), options.units.max(1))?;
            Inner { reader: Reader::new(reading), writer: Writer::Line(line), bus, node: None }
        } else {
            return Err(fault("expected a database url `sqlite:<path>` or `postgres://…`"));
        };
        let store = Self { inner: Arc::new(inner) };
        schema::migrate(&store, clock).await?;
        Ok(store)
    }
}

fn connect(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

/// Connections that read a SQLite file.
async fn sqlite(url: &str, connections: u32) -> Result<DatabaseConnection, Error> {
    let mut options = connect(url, connections);
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options.map_sqlx_sqlite_opts(move |it| {
        it.pragma("busy_timeout", "10000")
            .pragma("temp_store", "MEMORY")
            // Per connection, so a little each: the system keeps the file's pages for all of them.
            .pragma("cache_size", "-2000")
            .pragma("query_only", "ON")
            .statement_cache_capacity(128)
    });
    Ok(Database::connect(options).await?)
}

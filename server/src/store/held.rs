//! Connections that are kept. The driver's pool asks a connection whether it still lives each time it is given back,
//! and hands one out for every statement: a way to the database and back beside the one that was wanted. Here a
//! connection is taken from it once and used by one after the other. One that failed, or was left in the middle of
//! something, goes back to the driver, which tidies it up or closes it, and another is taken.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use sea_orm::sqlx::error::Error as Driver;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult, RuntimeErr, Statement,
    TransactionTrait,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::sql::{Dialect, fault};
use crate::error::Error;

/// Connections nobody uses at the moment. The one used last is taken first: what it needs is still at hand.
///
/// Each is a transaction of the driver that was ended by a statement of ours: the driver's own way to hold a connection
/// for longer than one statement. What is a transaction here begins and ends by statements too, which therefore can
/// travel with others.
type Free = Arc<Mutex<Vec<DatabaseTransaction>>>;

/// A number of connections.
#[derive(Clone)]
pub(super) struct Pool {
    source: DatabaseConnection,
    dialect: Dialect,
    free: Free,
    places: Arc<Semaphore>,
    /// What a connection is told before it is used.
    first: &'static str,
}

impl Pool {
    /// At most `places` connections of `source` at a time, to read with.
    pub fn new(source: DatabaseConnection, dialect: Dialect, places: u32) -> Self {
        let first = match dialect {
            Dialect::Sqlite => "COMMIT",
            // It may have written before.
            Dialect::Postgres => "COMMIT; RESET enable_seqscan",
        };
        let places = Arc::new(Semaphore::new(places as usize));
        Self { source, dialect, free: Free::default(), places, first }
    }

    /// The same, to write with on PostgreSQL. A unit of work names its rows by keys. PostgreSQL keeps the plan of a statement,
    /// and one made while a table was small, or was not counted yet, goes through all of it however large it becomes.
    pub fn by_keys(self) -> Self {
        Self { first: "COMMIT; SET enable_seqscan = off", free: Free::default(), ..self }
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Takes a connection, waiting until one is free.
    pub async fn take(&self) -> Result<Held, Error> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| fault("the store is closed"))?;
        let kept = lock(&self.free).pop();
        let conn = match kept {
            Some(conn) => conn,
            None => {
                let conn = self.source.begin().await?;
                conn.execute_unprepared(self.first).await?;
                conn
            }
        };
        Ok(Held {
            conn: Some(conn),
            dialect: self.dialect,
            home: self.free.clone(),
            flying: AtomicUsize::new(0),
            open: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            _place: place,
        })
    }
}

fn lock(free: &Free) -> MutexGuard<'_, Vec<DatabaseTransaction>> {
    free.lock().unwrap_or_else(|it| it.into_inner())
}

/// A connection that is ours for now.
pub(super) struct Held {
    conn: Option<DatabaseTransaction>,
    dialect: Dialect,
    home: Free,
    /// Calls whose answers have not come yet.
    flying: AtomicUsize,
    /// A transaction has begun and has not ended.
    open: AtomicBool,
    lost: AtomicBool,
    _place: OwnedSemaphorePermit,
}

impl Held {
    /// The number of rows a statement changed.
    pub async fn run(&self, statement: Statement) -> Result<u64, DbErr> {
        self.call(async |conn| Ok(conn.execute_raw(statement).await?.rows_affected())).await
    }

    pub async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.call(async |conn| conn.query_all_raw(statement).await).await
    }

    pub async fn one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.call(async |conn| conn.query_one_raw(statement).await).await
    }

    /// Statements without values.
    pub async fn script(&self, text: &str) -> Result<(), DbErr> {
        self.call(async |conn| conn.execute_unprepared(text).await.map(|_| ())).await
    }

    async fn call<'s, T, F>(&'s self, ask: impl FnOnce(&'s DatabaseTransaction) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let Some(conn) = &self.conn else { return Err(DbErr::Conn(RuntimeErr::Internal("given back".to_owned()))) };
        self.flying.fetch_add(1, Ordering::Relaxed);
        let answer = ask(conn).await;
        self.flying.fetch_sub(1, Ordering::Relaxed);
        if answer.as_ref().is_err_and(is_lost) {
            self.lost.store(true, Ordering::Relaxed);
        }
        answer
    }

    /// Notes that a transaction is open, or is not any more.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }

    /// The connection is no more; what it was asked may have happened or not.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        let lost = *self.lost.get_mut();
        if lost {
            // A server that went took the others with it: nobody is to meet them one by one.
            lock(&self.home).clear();
        }
        let open = lost || *self.open.get_mut();
        // An answer nobody waited for: SQLite has a thread that brings it to its end, PostgreSQL would give it to the next.
        let unread = self.dialect == Dialect::Postgres && *self.flying.get_mut() > 0;
        if !open && !unread {
            lock(&self.home).push(conn);
        }
    }
}

/// True if the error says that the connection is gone, or that its server is going.
fn is_lost(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(it))
        | DbErr::Exec(RuntimeErr::SqlxError(it))
        | DbErr::Query(RuntimeErr::SqlxError(it)) => match it.as_ref() {
            Driver::Io(_) | Driver::Tls(_) | Driver::Protocol(_) | Driver::PoolClosed | Driver::WorkerCrashed => true,
            // Class 57: operator intervention; `57014` is a statement that was cancelled.
            Driver::Database(it) => it.code().is_some_and(|it| it.starts_with("57P")),
            _other => false,
        },
        _other => false,
    }
}

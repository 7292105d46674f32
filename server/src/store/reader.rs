//! Reading what is committed.

use super::held::Pool;
use super::sql::{Dialect, Query, Row, Sql, statement};
use crate::error::Error;

/// Reads what is committed; never waits for writers.
pub struct Reader {
    pool: Pool,
}

impl Reader {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Runs a query, twice if the connection turns out to be gone: reading does no harm.
    async fn ask(&self, query: Query) -> Result<Vec<Row>, Error> {
        let again = (self.dialect() == Dialect::Postgres).then(|| query.clone());
        let held = self.pool.take().await?;
        let answer = held.all(statement(self.dialect(), query)).await;
        let answer = match (answer, again) {
            (Err(_), Some(query)) if held.is_lost() => {
                drop(held);
                self.pool.take().await?.all(statement(self.dialect(), query)).await
            }
            (answer, _) => answer,
        };
        Ok(answer?.into_iter().map(Row::of).collect())
    }
}

impl Sql for Reader {
    fn dialect(&self) -> Dialect {
        self.pool.dialect()
    }

    async fn exec(&self, query: Query) -> Result<u64, Error> {
        Ok(self.pool.take().await?.run(statement(self.dialect(), query)).await?)
    }

    async fn rows(&self, query: Query) -> Result<Vec<Row>, Error> {
        self.ask(query).await
    }

    async fn row(&self, query: Query) -> Result<Option<Row>, Error> {
        if self.dialect() == Dialect::Postgres {
            return Ok(self.ask(query).await?.into_iter().next());
        }
        Ok(self.pool.take().await?.one(statement(self.dialect(), query)).await?.map(Row::of))
    }

    async fn later(&self, query: Query) -> Result<(), Error> {
        self.exec(query).await.map(|_| ())
    }

    async fn script(&self, text: &str) -> Result<(), Error> {
        Ok(self.pool.take().await?.script(text).await?)
    }
}

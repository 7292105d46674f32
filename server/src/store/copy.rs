//! A copy of a SQLite database that is in use, and whether a copy is whole.

use std::path::Path;

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};

use crate::error::Error;

/// Writes a consistent copy of the database `from` to the new file `to`. Others may go on reading and writing.
pub async fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if to.exists() {
        return Err(Error::internal(format!("{} exists already", to.display())));
    }
    let conn = Database::connect(format!("sqlite://{}?mode=rw", from.display())).await?;
    let into = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [to.display().to_string().into()]);
    conn.execute_raw(into).await?;
    conn.close().await?;
    Ok(())
}

/// Reads the whole file and says what is wrong with it.
pub async fn verify(file: &Path) -> Result<(), Error> {
    let conn = Database::connect(format!("sqlite://{}?mode=ro", file.display())).await?;
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let rows = conn.query_all_raw(check).await?;
    conn.close().await?;
    let said: Vec<String> = rows.iter().filter_map(|it| it.try_get_by_index(0).ok()).collect();
    if said == ["ok"] { Ok(()) } else { Err(Error::internal(format!("{}: {}", file.display(), said.join("; ")))) }
}

//! SQLite's write-ahead log, written in one go.
//!
//! SQLite hands a commit to the log in two calls a page, header and content, and a save of ours has some thirty pages. For the
//! system a call costs more than its bytes. Worse, each of those commits makes the file longer, and flushing a file that grew
//! writes its length too, elsewhere on the disk: twice the wait. So a connection opened here gathers what SQLite appends to
//! the log and writes it right before the flush, and the log is made longer some way ahead, with zeros, which SQLite
//! takes for the end of the log (its checksums do not fit; see "WAL File Format" 4.1 in SQLite's documentation).
//!
//! The database file and everything else go through the system's own VFS, untouched.

mod gather;
mod vfs;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Result};

/// Opens a file for writing, making it where it is not there, in WAL mode and with every commit flushed. `patience`: how long it is waited for
/// another connection that writes.
///
/// The flush is what makes gathering safe: SQLite shows a commit to other connections after the log was flushed, and that
/// is when it is written. So `synchronous` has to stay `FULL` on this connection.
///
/// # Errors
/// The file is no database, cannot be opened, or lies where the log cannot be shared (WAL mode is refused).
pub fn open(path: &Path, patience: Duration) -> Result<Connection> {
    vfs::register()?;
    let conn = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs::NAME)?;
    conn.busy_timeout(patience)?;
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")?;
    Ok(conn)
}

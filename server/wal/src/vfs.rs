//! The VFS: the system's own, except that it opens logs as files that gather ([`super::gather`]).
//!
//! A file of SQLite's is memory that SQLite gives out, `szOsFile` bytes of it, to which the VFS gives a meaning. Ours is an
//! [`Open`], with the system's own file behind it in the same piece of memory. SQLite calls one file from one thread at a
//! time, and never after it was closed.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::mem::size_of;
use std::ptr::null_mut;
use std::sync::OnceLock;

use rusqlite::ffi::{
    SQLITE_ERROR, SQLITE_IOERR_WRITE, SQLITE_OK, SQLITE_OPEN_WAL, sqlite3_file, sqlite3_filename, sqlite3_int64,
    sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

use super::gather::{Gather, Log};

/// What it is called in SQLite.
pub const NAME: &str = "flowloom-wal";
const C_NAME: &std::ffi::CStr = c"flowloom-wal";

/// The system's own VFS.
struct System(*mut sqlite3_vfs);

// SAFETY: SQLite's list of VFSs lives as long as the process, and it may be called from every thread (SQLITE_THREADSAFE=1).
unsafe impl Send for System {}
// SAFETY: as above.
unsafe impl Sync for System {}

static SYSTEM: OnceLock<Option<System>> = OnceLock::new();

/// Makes the VFS known to SQLite, once.
///
/// # Errors
/// SQLite has no VFS of its own on this system, or refuses another.
pub fn register() -> rusqlite::Result<()> {
    match SYSTEM.get_or_init(registered) {
        Some(_) => Ok(()),
        None => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(SQLITE_ERROR), Some("no VFS".to_owned()))),
    }
}

fn registered() -> Option<System> {
    // SAFETY: null asks for the default VFS; the answer is null or a structure that is never freed.
    let system = unsafe { sqlite3_vfs_find(null_mut()) };
    if system.is_null() {
        return None;
    }
    // SAFETY: not null, and valid as long as the process lives. Its functions that are copied with it do not look at what is changed
    // here: only opening does, and it is given the original.
    let mut ours = unsafe { *system };
    ours.szOsFile += size_of::<Open>() as c_int;
    ours.zName = C_NAME.as_ptr();
    ours.pNext = null_mut();
    ours.xOpen = Some(open);
    // SAFETY: it is valid and never freed; 0: it does not become the default.
    let code = unsafe { sqlite3_vfs_register(Box::leak(Box::new(ours)), 0) };
    (code == SQLITE_OK).then_some(System(system))
}

/// A log that is open; the system's file lies behind it.
#[repr(C)]
struct Open {
    /// What SQLite knows of a file: its functions.
    file: sqlite3_file,
    gather: *mut Gather,
}

/// The system's file of a log.
struct Real(*mut sqlite3_file);

/// Calls a function of the system's file; `$absent` where it has none.
macro_rules! call {
    ($real:expr, $name:ident, $absent:expr $(, $value:expr)*) => {{
        let real: *mut sqlite3_file = $real;
        // SAFETY: the file was opened by the system's VFS, which set its functions, and is not closed yet.
        unsafe {
            match (*real).pMethods.as_ref().and_then(|it| it.$name) {
                Some(function) => function(real $(, $value)*),
                None => $absent,
            }
        }
    }};
}

/// What one call writes: SQLite's own VFS takes no more than 128 KB.
const AT_ONCE: usize = 64 << 10;

impl Log for Real {
    fn write(&mut self, bytes: &[u8], mut at: i64) -> Result<(), i32> {
        for part in bytes.chunks(AT_ONCE) {
            let length = part.len() as c_int;
            match call!(self.0, xWrite, SQLITE_IOERR_WRITE, part.as_ptr().cast(), length, at) {
                SQLITE_OK => at += i64::from(length),
                code => return Err(code),
            }
        }
        Ok(())
    }
}

/// The system's file behind one of ours.
///
/// # Safety
/// `file` was opened by [`open`] as a log, and is not closed.
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: the memory of one file holds both, one behind the other.
    unsafe { file.cast::<Open>().add(1).cast() }
}

/// What is gathered for a file of ours, and the system's file.
///
/// # Safety
/// As [`real`]; and nothing else holds what is gathered, since SQLite calls a file from one thread at a time.
unsafe fn parts<'a>(file: *mut sqlite3_file) -> (&'a mut Gather, Real) {
    // SAFETY: `open` put it there, `close` takes it away.
    unsafe { (&mut *(*file.cast::<Open>()).gather, Real(real(file))) }
}

/// SQLite's `xOpen`: what is no log is the system's file alone.
unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let Some(System(system)) = SYSTEM.get().and_then(Option::as_ref) else { return SQLITE_ERROR };
    let name: *const c_char = name;
    // SAFETY: the system's VFS is asked with its own structure and with memory that is large enough for its file.
    let opened = |at: *mut sqlite3_file| unsafe {
        match (**system).xOpen {
            Some(function) => function(*system, name, at, flags, out),
            None => SQLITE_ERROR,
        }
    };
    if flags & SQLITE_OPEN_WAL == 0 {
        return opened(file);
    }
    // SAFETY: SQLite gave `szOsFile` bytes, which are both; both aligned to a word.
    let behind = unsafe { real(file) };
    // SAFETY: as above. SQLite closes what has functions, even if opening failed: so it has none until all went well.
    unsafe { (*file).pMethods = std::ptr::null() };
    // SAFETY: as above.
    unsafe { (*behind).pMethods = std::ptr::null() };
    let code = opened(behind);
    if code != SQLITE_OK {
        call!(behind, xClose, SQLITE_OK);
        return code;
    }
    let mut length = 0;
    call!(behind, xFileSize, SQLITE_OK, &mut length);
    let ours = Open { file: sqlite3_file { pMethods: &METHODS }, gather: Box::into_raw(Box::new(Gather::new(length))) };
    // SAFETY: as above; nothing is dropped by writing, for the memory held no value.
    unsafe { file.cast::<Open>().write(ours) };
    SQLITE_OK
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // The first version: logs are neither shared memory nor mapped.
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// Writes what is gathered for a file.
///
/// # Safety
/// As [`parts`].
unsafe fn written(file: *mut sqlite3_file) -> c_int {
    // SAFETY: the caller's.
    let (gather, mut real) = unsafe { parts(file) };
    gather.write(&mut real).err().unwrap_or(SQLITE_OK)
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite calls this once, for a file that `open` made; what is gathered is taken away for good.
    let (code, behind) = unsafe {
        let code = written(file);
        drop(Box::from_raw((*file.cast::<Open>()).gather));
        (code, real(file))
    };
    match call!(behind, xClose, SQLITE_OK) {
        SQLITE_OK => code,
        failed => failed,
    }
}

unsafe extern "C" fn read(file: *mut sqlite3_file, to: *mut c_void, length: c_int, at: sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    match unsafe { written(file) } {
        SQLITE_OK => call!(unsafe { real(file) }, xRead, SQLITE_ERROR, to, length, at),
        failed => failed,
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, length: c_int, at: sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made, with so many bytes to read.
    let ((gather, mut real), bytes) =
        unsafe { (parts(file), std::slice::from_raw_parts(from.cast::<u8>(), length.max(0) as usize)) };
    gather.put(&mut real, bytes, at).err().unwrap_or(SQLITE_OK)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    let code = unsafe { written(file) };
    if code != SQLITE_OK {
        return code;
    }
    // SAFETY: as above.
    let (gather, real) = unsafe { parts(file) };
    // Also where it failed: then it is not known how long the file is, and it is made longer once too often.
    gather.cut(length);
    call!(real.0, xTruncate, SQLITE_ERROR, length)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    match unsafe { written(file) } {
        SQLITE_OK => call!(unsafe { real(file) }, xSync, SQLITE_ERROR, flags),
        failed => failed,
    }
}

unsafe extern "C" fn size(file: *mut sqlite3_file, to: *mut sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    match unsafe { written(file) } {
        SQLITE_OK => call!(unsafe { real(file) }, xFileSize, SQLITE_ERROR, to),
        failed => failed,
    }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    call!(unsafe { real(file) }, xLock, SQLITE_ERROR, level)
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    call!(unsafe { real(file) }, xUnlock, SQLITE_ERROR, level)
}

unsafe extern "C" fn reserved(file: *mut sqlite3_file, to: *mut c_int) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    call!(unsafe { real(file) }, xCheckReservedLock, SQLITE_ERROR, to)
}

unsafe extern "C" fn control(file: *mut sqlite3_file, what: c_int, with: *mut c_void) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    call!(unsafe { real(file) }, xFileControl, rusqlite::ffi::SQLITE_NOTFOUND, what, with)
}

unsafe extern "C" fn sector(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    call!(unsafe { real(file) }, xSectorSize, 0)
}

unsafe extern "C" fn characteristics(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite calls this for a file that `open` made.
    call!(unsafe { real(file) }, xDeviceCharacteristics, 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rusqlite::{Connection, OpenFlags};

    use crate::open;

    fn count(conn: &Connection) -> i64 {
        conn.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn what_is_committed_is_seen_by_others_at_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let conn = open(&path, Duration::from_secs(5)).unwrap();
        conn.execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)").unwrap();
        let other = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        for n in 0..300 {
            conn.execute("INSERT INTO t (b) VALUES (?)", ["x".repeat(n * 37)]).unwrap();
            assert_eq!(count(&other), n as i64 + 1);
        }
        // The other one may write too, and checkpoint what the first has written.
        other.execute("INSERT INTO t (b) VALUES ('other')", []).unwrap();
        assert_eq!(count(&conn), 301);
        other.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        conn.execute("INSERT INTO t (b) VALUES ('again')", []).unwrap();
        assert_eq!(count(&other), 302);
        let fine: String = other.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(fine, "ok");
    }

    #[test]
    fn a_copy_of_the_files_as_they_lie_holds_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let conn = open(&path, Duration::from_secs(5)).unwrap();
        conn.execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)").unwrap();
        for n in 0..40 {
            conn.execute("INSERT INTO t (b) VALUES (?)", ["y".repeat(5000)]).unwrap();
            // As after a power cut: what was not written is not there.
            let copy = folder.path().join(format!("copy{n}"));
            std::fs::create_dir(&copy).unwrap();
            for file in ["a.db", "a.db-wal"] {
                std::fs::copy(folder.path().join(file), copy.join(file)).unwrap();
            }
            let copied = Connection::open(copy.join("a.db")).unwrap();
            assert_eq!(count(&copied), n + 1);
            let fine: String = copied.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(fine, "ok");
        }
    }

    #[test]
    fn a_transaction_larger_than_the_cache_is_read_back_and_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let conn = open(&folder.path().join("a.db"), Duration::from_secs(5)).unwrap();
        conn.execute_batch("PRAGMA cache_size = 10; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)").unwrap();
        for taken_back in [true, false] {
            conn.execute_batch("BEGIN").unwrap();
            for _ in 0..400 {
                conn.execute("INSERT INTO t (b) VALUES (?)", ["z".repeat(3000)]).unwrap();
            }
            // Pages that were written to the log are changed once more.
            conn.execute("UPDATE t SET b = b || 'q' WHERE a % 7 = 0", []).unwrap();
            assert_eq!(count(&conn), 400);
            conn.execute_batch(if taken_back { "ROLLBACK" } else { "COMMIT" }).unwrap();
        }
        assert_eq!(count(&conn), 400);
        let fine: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(fine, "ok");
    }
}

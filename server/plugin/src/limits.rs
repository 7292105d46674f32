//! What one call may use up. The numbers come from outside; the platform's are in
//! `runtime/src/limits.rs`.

use std::time::Duration;

/// What a plugin may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Work: about one unit per wasm instruction. The same call always uses the same.
    pub fuel: u64,
    /// Time, for a machine so busy that the fuel would take too long.
    pub deadline: Duration,
    /// Bytes of memory, over all memories of the instance.
    pub memory: usize,
    /// Entries of tables, over all tables of the instance.
    pub table: usize,
    /// Bytes of JSON that go in.
    pub input: usize,
    /// Bytes of JSON that come out.
    pub output: usize,
    /// Bytes of log messages of one call; what is beyond is dropped.
    pub log: usize,
    /// Calls that run at the same time; more than that wait.
    pub calls: usize,
    /// Bytes of the component itself.
    pub component: usize,
}

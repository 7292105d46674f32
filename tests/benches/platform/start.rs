//! How fast a second start is ready, and how much memory it takes.

use std::time::Instant;

use anyhow::Result;
use tests::server::{Database, Server};

/// Starts with the demo company, kills it, starts again on the same records.
pub async fn measure() -> Result<()> {
    let mut server = Server::demo(Database::Sqlite)?;
    let mut best = f64::MAX;
    for _ in 0..3 {
        server.kill();
        let before = Instant::now();
        server.up()?;
        best = best.min(before.elapsed().as_secs_f64());
    }
    let resident = server.pid().map_or(0, resident);
    super::row("second start, process to /health/ready", format!("{:.0} ms", best * 1000.0), "1000 ms".to_owned(), best, "≤ 1.00");
    super::row("resident memory after it", format!("{resident} MB"), "100 MB".to_owned(), resident as f64 / 100.0, "≤ 1.00");
    Ok(())
}

/// Resident memory of a process in MB.
pub fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse::<u64>().ok()).unwrap_or_default() / 1024
}

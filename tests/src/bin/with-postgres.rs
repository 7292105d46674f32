//! Runs a command with a private PostgreSQL: `with-postgres cargo test`. The command finds its address in
//! `FLOWLOOM_TEST_POSTGRES`; the cluster is stopped and deleted when the command has ended. With `--durable` before the
//! command it flushes what it commits, as for a business; tests do without.

use std::process::{Command, ExitCode};

fn main() -> anyhow::Result<ExitCode> {
    let mut args = std::env::args_os().skip(1).peekable();
    let durable = args.next_if(|it| it == "--durable").is_some();
    let Some(program) = args.next() else { anyhow::bail!("usage: with-postgres [--durable] COMMAND [ARGUMENT…]") };
    let cluster = tests::postgres::Cluster::start(durable)?;
    let status = Command::new(program).args(args).env("FLOWLOOM_TEST_POSTGRES", cluster.database()?).status()?;
    drop(cluster);
    Ok(ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)))
}

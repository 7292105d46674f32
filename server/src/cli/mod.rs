//! The command line. Exit codes, the same for every command: 0 done, nothing wrong; 1 something is wrong with what
//! was looked at, or the work failed; 2 a file could not be read, or the command itself was not understood.

/// Prints a line, like `println!`. Who reads may have had enough (`flowloom test … | head`): the rest is left out then.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::line(format_args!($($text)*)) };
}

mod admin;
mod backup;
mod check;
mod convert;
mod folder;
mod imports;
mod model;
mod pack;
mod serve;
mod simulate;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Done.
const DONE: u8 = 0;
/// Something is wrong with what was looked at.
const WRONG: u8 = 1;
/// A file could not be read.
const UNREADABLE: u8 = 2;

/// Flowloom: forms and flows for customer-facing work.
#[derive(Parser)]
#[command(
    name = "flowloom",
    version,
    after_help = "Exit codes: 0 done; 1 something is wrong; 2 a file could not be read, or the command was not understood."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the platform over HTTP
    Serve(serve::Options),
    /// Check packs and flows: PATH is a pack, a flow.json, a .bpmn, or a folder searched for them
    Check(check::Options),
    /// Convert a model: BPMN 2.0 XML to JSON or back, by the endings of the names
    Convert(convert::Options),
    /// Run a flow in memory with variables and scripted happenings, and print the trace
    Simulate(simulate::Options),
    /// Play the scenarios of packs in memory
    Test(test::Options),
    /// Make, install, export and compare packs
    #[command(subcommand)]
    Pack(pack::Command),
    /// Administrate an installation
    #[command(subcommand)]
    Admin(admin::Command),
    /// Copy an installation on SQLite into a new folder, while it runs or not
    Backup(backup::Backup),
    /// Make an installation from a backup
    Restore(backup::Restore),
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Where an installation keeps its data.
#[derive(Args, Clone, Debug, Default)]
struct Place {
    /// Database: `sqlite:<path>` or `postgres://…`. Not given: a SQLite file in the data folder
    #[arg(long, env = "FLOWLOOM_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// Folder of the database file and of attached files
    #[arg(long, env = "FLOWLOOM_DATA", value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Most changes that share one commit (SQLite); 1 gives each a flush of its own
    #[arg(long, env = "FLOWLOOM_COMMIT_BATCH", value_name = "N", hide = true)]
    commit_batch: Option<usize>,
}

/// Runs the command the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(options) => serve::run(options),
        Command::Check(options) => check::run(&options),
        Command::Convert(options) => convert::run(&options),
        Command::Simulate(options) => simulate::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Pack(command) => pack::run(command),
        Command::Admin(command) => admin::run(command),
        Command::Backup(options) => backup::backup(&options),
        Command::Restore(options) => backup::restore(&options),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("flowloom: {error:#}");
            ExitCode::from(error.downcast_ref::<folder::Unreadable>().map_or(WRONG, |_| UNREADABLE))
        }
    }
}

/// Prints a document for programs.
fn print_json(document: &impl serde::Serialize) -> anyhow::Result<()> {
    print_text(&format!("{}\n", serde_json::to_string_pretty(document)?))
}

/// Prints a text. Who reads may have had enough (`flowloom check … | head`): the rest is left out then, and the command ends as it
/// would have.
fn print_text(text: &str) -> anyhow::Result<()> {
    use std::io::{ErrorKind, Write};
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(it) if it.kind() != ErrorKind::BrokenPipe => Err(it.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What `say!` does.
fn line(text: std::fmt::Arguments) {
    use std::io::Write;
    // Where nobody reads there is nobody to tell of it.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A small runtime for commands that open the database and end.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

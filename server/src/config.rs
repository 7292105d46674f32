//! Every setting of a running server. Filled from the command line and the environment by `cli::serve`; nothing
//! else reads either.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How a server was asked to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of the database: `sqlite:` with a path, or `postgres://…`. None: a SQLite file in `data`.
    pub database: Option<String>,
    /// Folder of the database file and of attached files.
    pub data: PathBuf,
    pub listen: SocketAddr,
    /// Make demo people and records when the database is empty.
    pub demo: bool,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto`: only right behind a proxy that sets them itself.
    pub behind_proxy: bool,
    pub limits: Limits,
}

/// Times after which the server gives up on something.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A session nobody used for this long has ended.
    pub session_idle: Duration,
    /// A session this old has ended, used or not.
    pub session_total: Duration,
    /// Failed log-ins of one account within `login_window` that lock it.
    pub login_failures: u64,
    /// Failed log-ins from one address within `login_window` that lock the address.
    pub address_failures: u64,
    pub login_window: Duration,
    /// A request that takes longer is answered `timeout`.
    pub request: Duration,
    /// How long running requests may take to end when the server shuts down.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            session_idle: Duration::from_secs(12 * 3600),
            session_total: Duration::from_secs(14 * 24 * 3600),
            login_failures: 5,
            address_failures: 50,
            login_window: Duration::from_secs(10 * 60),
            request: Duration::from_secs(30),
            shutdown: Duration::from_secs(10),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: None,
            data: PathBuf::from("data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            demo: false,
            behind_proxy: false,
            limits: Limits::default(),
        }
    }
}

/// How the log is written to standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

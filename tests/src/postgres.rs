//! A private PostgreSQL cluster on a loopback port, as an unprivileged user, ended with the test process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A running cluster. Dropped: stopped and deleted.
pub struct Cluster {
    child: Child,
    port: u16,
    bin: PathBuf,
    _dir: tempfile::TempDir,
    made: AtomicU32,
}

impl Cluster {
    /// Makes and starts a cluster. `durable` keeps fsync on, as a business would.
    pub fn start(durable: bool) -> Result<Self> {
        let bin = binaries()?;
        let dir = tempfile::tempdir()?;
        let data = dir.path().join("data");
        own(dir.path())?;
        let made = user(&bin.join("initdb"))
            .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .current_dir("/")
            .output()
            .context("initdb")?;
        if !made.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        let port = crate::free_port();
        let fsync = if durable { "on" } else { "off" };
        let mut command = user(&bin.join("postgres"));
        command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", &format!("fsync={fsync}"), "-c", "max_connections=200", "-c"]);
        command.arg(format!("unix_socket_directories={}", dir.path().display()));
        command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().context("postgres")?;
        let cluster = Self { child, port, bin, _dir: dir, made: AtomicU32::new(0) };
        let until = Instant::now() + Duration::from_secs(60);
        while !cluster.ready() {
            if Instant::now() > until {
                bail!("PostgreSQL did not come up on port {port} within a minute");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(cluster)
    }

    fn ready(&self) -> bool {
        let port = self.port.to_string();
        let asked = Command::new(self.bin.join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
        asked.is_ok_and(|it| it.success())
    }

    /// Makes an empty database and answers its address.
    ///
    /// # Errors
    /// When `createdb` fails.
    pub fn database(&self) -> Result<String> {
        let name = format!("t{}", self.made.fetch_add(1, Ordering::SeqCst));
        let port = self.port.to_string();
        let made = Command::new(self.bin.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", &name])
            .output()?;
        if !made.status.success() {
            bail!("createdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(format!("postgres://postgres@127.0.0.1:{port}/{name}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT: fast shutdown. The child may be the wrapper that changed user; it passes the signal on.
        let _ = Command::new("pkill").args(["-INT", "-f", &format!("postgres -D .* -p {} ", self.port)]).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn binaries() -> Result<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is not installed: run ./dev test, which installs it")?
        .flatten()
        .map(|it| it.path().join("bin"))
        .collect();
    found.sort();
    found
        .pop()
        .filter(|it| it.join("initdb").exists())
        .context("PostgreSQL's server is not installed: run ./dev test, which installs it")
}

fn root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|it| it.stdout.starts_with(b"0"))
}

/// PostgreSQL refuses to run as root; then it runs as the user its package made.
fn user(program: &Path) -> Command {
    if root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn own(dir: &Path) -> Result<()> {
    if root() {
        let done = Command::new("chown").arg("postgres").arg(dir).status()?;
        if !done.success() {
            bail!("could not give {} to the user postgres", dir.display());
        }
    }
    Ok(())
}

/// An empty database on the server `FLOWLOOM_TEST_POSTGRES` names (`./dev test` starts one); none when it names none,
/// which is printed: the test then runs on SQLite alone.
pub fn fresh_database() -> Option<String> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("FLOWLOOM_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: FLOWLOOM_TEST_POSTGRES is not set; ./dev test sets it");
        return None;
    };
    let name = format!("e2e_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
    let (server, _) = url.rsplit_once('/')?;
    let bin = binaries().ok()?;
    let made = Command::new(bin.join("psql")).args([&url, "-q", "-c", &format!("CREATE DATABASE {name}")]).output();
    match made {
        Ok(it) if it.status.success() => Some(format!("{server}/{name}")),
        other => panic!("could not make a database on {url}: {other:?}"),
    }
}

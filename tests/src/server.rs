//! A real `flowloom serve` process on a free port.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Where a server keeps its records.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file in the server's own folder.
    Sqlite,
    /// An address of a database of a [`crate::postgres::Cluster`].
    Postgres(String),
}

/// A running server. Dropped: killed, and its folder deleted.
pub struct Server {
    child: Option<Child>,
    pub port: u16,
    database: Database,
    dir: tempfile::TempDir,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Server {
    /// Starts a server with the demo company.
    pub fn demo(database: Database) -> Result<Self> {
        Self::start(database, &["--demo"])
    }

    /// Starts a server with further arguments for `serve`.
    pub fn start(database: Database, args: &[&str]) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let args = args.iter().map(|it| (*it).to_owned()).collect();
        let mut server = Self { child: None, port: 0, database, dir, args, env: Vec::new() };
        server.up()?;
        Ok(server)
    }

    /// Starts a server with the demo company and a further pack, a folder below `tests/assets`.
    pub fn demo_with(database: Database, pack: &str) -> Result<Self> {
        Self::demo_with_folder(database, &PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets").join(pack))
    }

    /// The same with a pack from any folder.
    pub fn demo_with_folder(database: Database, folder: &Path) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let mut server = Self { child: None, port: 0, database, dir, args: vec!["--demo".to_owned()], env: Vec::new() };
        let mut command = Command::new(binary()?);
        command.args(["pack", "install"]).arg(folder).arg("--data").arg(server.dir.path());
        if let Database::Postgres(url) = &server.database {
            command.args(["--database", url]);
        }
        let done = command.stdin(Stdio::null()).output().context("flowloom pack install")?;
        if !done.status.success() {
            bail!(
                "{} was not installed: {}{}",
                folder.display(),
                String::from_utf8_lossy(&done.stdout),
                String::from_utf8_lossy(&done.stderr)
            );
        }
        server.up()?;
        Ok(server)
    }

    /// Starts the process (again), on the same records.
    pub fn up(&mut self) -> Result<()> {
        let mut last = String::new();
        for _ in 0..3 {
            self.port = crate::free_port();
            let mut command = Command::new(binary()?);
            command
                .arg("serve")
                .args(["--listen", &format!("127.0.0.1:{}", self.port), "--data"])
                .arg(self.dir.path())
                .args(&self.args);
            if let Database::Postgres(url) = &self.database {
                command.args(["--database", url]);
            }
            command.envs(self.env.iter().cloned());
            let log = std::fs::File::options().create(true).append(true).open(self.log())?;
            command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
            let mut child = command.spawn().context("flowloom serve")?;
            let until = Instant::now() + Duration::from_secs(120);
            loop {
                if self.ready() {
                    self.child = Some(child);
                    return Ok(());
                }
                if let Some(status) = child.try_wait()? {
                    last = format!("the server ended with {status}");
                    break;
                }
                if Instant::now() > until {
                    let _ = child.kill();
                    let _ = child.wait();
                    last = "the server was not ready within two minutes".to_owned();
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        bail!("{last}; its log:\n{}", std::fs::read_to_string(self.log()).unwrap_or_default())
    }

    fn ready(&self) -> bool {
        use std::io::{Read, Write};
        let ask = || -> std::io::Result<bool> {
            let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer.starts_with("HTTP/1.1 200"))
        };
        ask().unwrap_or(false)
    }

    /// Ends the process at once (SIGKILL), as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The SQLite file it keeps its records in.
    pub fn database_file(&self) -> PathBuf {
        self.dir.path().join("flowloom.db")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("server.log")
    }

    /// What the server printed so far.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The binary under test: `FLOWLOOM_BIN`, or the one beside this test in the target folder.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("FLOWLOOM_BIN") {
        return Ok(path.into());
    }
    let here = std::env::current_exe()?;
    let folder = here.ancestors().find(|it| it.join("flowloom").is_file());
    folder.map(|it| it.join("flowloom")).context("the server is not built: run ./dev test, or cargo build -p server")
}

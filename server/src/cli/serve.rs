//! `flowloom serve`: opens everything, prints who can log in where that is new, and serves until it is asked to end.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::{DONE, Place};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Limits, LogFormat};
use crate::http::{Site, serve};
use crate::{auth, definitions, demo, jobs, nodes, plugins, store};

/// `flowloom serve …`
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Address to listen on
    #[arg(long, env = "FLOWLOOM_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Make demo people and sample records where they are missing
    #[arg(long, env = "FLOWLOOM_DEMO")]
    demo: bool,
    /// Believe X-Forwarded-For and X-Forwarded-Proto: only right behind a proxy that sets them itself
    #[arg(long, env = "FLOWLOOM_BEHIND_PROXY")]
    behind_proxy: bool,
    /// How the log is written to standard error; what is written is set by FLOWLOOM_LOG (`info`, `server=debug` …)
    #[arg(long, value_enum, default_value_t)]
    log: LogFormat,
}

impl Place {
    /// How the store is opened.
    fn options(&self) -> anyhow::Result<store::Options> {
        make_folder(&self.data).with_context(|| format!("the data folder {}", self.data.display()))?;
        let mut options = match &self.database {
            Some(url) => store::Options::new(url.clone()),
            None => store::Options::file(&self.data.join("flowloom.db")),
        };
        options.units = self.commit_batch.unwrap_or(options.units);
        Ok(options)
    }

    /// Opens the installation, with plugins.
    pub(super) async fn open(&self) -> anyhow::Result<Arc<App>> {
        let options = self.options()?;
        let plugins = plugins::open(&self.data.join("plugins"))?;
        Ok(App::open(options, Clock::default(), plugins).await?)
    }
}

/// Only the owner of the process looks into the data folder.
pub(super) fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Stack of the threads that evaluate scripts: enough for a list in a list, as deep as the limits of sizes let one
/// get. Only what is used becomes memory.
const STACK: usize = 32 << 20;

pub fn run(options: Options) -> anyhow::Result<u8> {
    log(options.log);
    tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()?.block_on(up(options))?;
    Ok(DONE)
}

async fn up(options: Options) -> anyhow::Result<()> {
    // First of all the address, so that a second server ends before it touches anything.
    let listener =
        TcpListener::bind(options.listen).await.with_context(|| format!("cannot listen on {}", options.listen))?;
    let app = options.place.open().await?;

    // What cannot be installed must not keep what is installed from being served.
    match definitions::install_shipped(&app).await {
        Ok(packs) => packs.iter().for_each(|pack| tracing::info!(%pack, "installed")),
        Err(error) => tracing::error!(error = error.for_log(), "the shipped packs could not be installed"),
    }
    if options.demo {
        match demo::install(&app).await {
            Ok(people) => print_people(&people),
            Err(error) => tracing::error!(error = error.for_log(), "the demo data could not be made"),
        }
    }
    if let Some((login, password)) = auth::first::admin(&app).await? {
        say!(
            "\nThe first administrator was made. This is shown once:\n\n  user      {login}\n  password  {password}\n"
        );
    }

    // Plugins and packs can have changed while nothing ran.
    definitions::recheck_later(&app, None);

    let config = Config {
        database: options.place.database,
        data: options.place.data,
        listen: options.listen,
        demo: options.demo,
        behind_proxy: options.behind_proxy,
        limits: Limits::default(),
    };
    let site = Site::new(app.clone(), config);
    let mut closing = site.closing.subscribe();
    let stop = Box::pin(async move {
        let _ = closing.wait_for(|it| *it).await;
    });
    let jobs = tokio::spawn(jobs::run(app.clone(), stop));
    let mut closing = site.closing.subscribe();
    let stop = Box::pin(async move {
        let _ = closing.wait_for(|it| *it).await;
    });
    tokio::spawn(nodes::follow(app, stop));
    tokio::spawn(serve::sweep(site.clone()));
    tokio::spawn(serve::follow_people(site.clone()));

    say!("Flowloom: http://{}", listener.local_addr()?);
    serve::serve(site.clone(), listener, serve::asked_to_end()).await;
    if tokio::time::timeout(site.config.limits.shutdown, jobs).await.is_err() {
        tracing::warn!("some jobs did not finish in time; they are done again at the next start");
    }
    Ok(())
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("FLOWLOOM_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.compact().init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

fn print_people(people: &[demo::DemoUser]) {
    if people.is_empty() {
        return;
    }
    say!("\nDemo people · 演示用户\n");
    for it in people {
        say!("  {:<12} {:<12} {} · {} · {}", it.login, it.password, it.name, it.part.0, it.part.1);
    }
    say!("");
}

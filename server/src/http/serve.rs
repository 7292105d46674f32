//! The listener: every connection has a limited time to say what it wants, and is allowed to finish when the
//! server goes down.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use runtime::limits;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::Site;
use crate::error::Result;
use crate::store::audit;

/// Pause after a connection could not be taken (no file handles left), so that the loop does not spin.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` comes; then no new connection is taken and running requests get a moment to finish.
pub async fn serve(site: Site, listener: TcpListener, stop: impl Future<Output = ()>) {
    let router = site.router();
    let seats = Arc::new(Semaphore::new(limits::CONNECTIONS));
    let mut open = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let taken = async {
            let seat = seats.clone().acquire_owned().await;
            (listener.accept().await, seat)
        };
        let (taken, seat) = tokio::select! {
            taken = taken => taken,
            () = &mut stop => break,
        };
        while open.try_join_next().is_some() {}
        match (taken, seat) {
            (Ok((stream, peer)), Ok(seat)) => {
                let closing = site.closing.subscribe();
                open.spawn(connection(stream, peer, router.clone(), closing, seat));
            }
            (Err(error), _) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
            (Ok(_), Err(_closed)) => break,
        }
    }
    tracing::info!("going down");
    site.closing.send_replace(true);
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(site.config.limits.shutdown, all).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut closing: watch::Receiver<bool>,
    _seat: OwnedSemaphorePermit,
) {
    // Answers are written whole; waiting to fill a packet only makes them late.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits::HEAD_TIME);
    let mut served = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        done = served.as_mut() => return log(done, peer),
        _ = closing.wait_for(|it| *it) => served.as_mut().graceful_shutdown(),
    }
    log(served.await, peer);
}

fn log(done: hyper::Result<()>, peer: SocketAddr) {
    if let Err(error) = done {
        tracing::debug!(%error, %peer, "connection");
    }
}

/// Comes when the process is asked to end.
pub async fn asked_to_end() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => (),
        () = terminate => (),
    }
}

/// Removes what has expired, now and then, until the server goes down.
pub async fn sweep(site: Site) {
    let mut closing = site.closing.subscribe();
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(600)) => (),
            () = closed(&mut closing) => return,
        }
        if let Err(error) = crate::auth::login::sweep(&site.app, &site.config.limits).await {
            tracing::warn!(error = error.for_log(), "sweep");
        }
        if let Err(error) = crate::files::sweep(&site.app, &crate::files::Folder::of(&site.config.data)).await {
            tracing::warn!(error = error.for_log(), "sweep of files");
        }
    }
}

/// How often it is looked whether another process (a node, the command line) changed people.
const OTHERS: Duration = Duration::from_secs(3);

/// Keeps what is known of people fresh: a right that was taken is gone at once where it was taken, and within
/// [`OTHERS`] everywhere else.
pub async fn follow_people(site: Site) {
    let mut closing = site.closing.subscribe();
    let mut changes = site.app.bus().people();
    let mut look = tokio::time::interval(OTHERS);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = None;
    loop {
        tokio::select! {
            change = changes.changed() => match change {
                Ok(()) => site.recent.forget(),
                Err(_closed) => return,
            },
            _ = look.tick() => if let Err(error) = others(&site, &mut seen).await {
                tracing::warn!(error = error.for_log(), "people");
            },
            () = closed(&mut closing) => return,
        }
    }
}

async fn closed(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|it| *it).await;
}

/// Reads people again if the audit log says that somebody was changed since the last look.
async fn others(site: &Site, seen: &mut Option<i64>) -> Result<()> {
    let newest = audit::newest(site.app.store.read(), "user-changed").await?;
    if seen.replace(newest).is_some_and(|it| it != newest) {
        site.app.people.reload(site.app.store.read()).await?;
        site.recent.forget();
    }
    Ok(())
}

//! The listener: every connection has a limited time to say what it wants, and is allowed to finish when the
//! server goes down.

use std::net::SocketAddr;
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use tokio::net::TcpListener;

use super::Site;

/// Serves until `stop` comes; then no new connection is taken and running requests get a moment to finish.
pub async fn serve(
    site: Site,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = site.router();
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(router);
    let grace = site.config.limits.shutdown;
    let mut closing = site.closing.subscribe();
    let signal = {
        let site = site.clone();
        async move {
            stop.await;
            tracing::info!("going down");
            site.closing.send_replace(true);
        }
    };
    let served = axum::serve(listener, service).with_graceful_shutdown(signal);
    tokio::select! {
        done = served.into_future() => done,
        () = async {
            let _ = closing.wait_for(|it| *it).await;
            tokio::time::sleep(grace).await;
        } => {
            tracing::warn!("some requests did not finish in time");
            Ok(())
        }
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
            _ = closing.wait_for(|it| *it) => return,
        }
        if let Err(error) = crate::auth::login::sweep(&site.app, &site.config.limits).await {
            tracing::warn!(error = error.for_log(), "sweep");
        }
    }
}

/// Forgets looked-up sessions when people change, so that a taken right is gone at once.
pub async fn follow_people(site: Site) {
    let mut changes = site.app.bus().listen();
    loop {
        match changes.recv().await {
            Ok(crate::live::Change::People) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                site.recent.forget()
            }
            Ok(_) => (),
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        }
    }
}

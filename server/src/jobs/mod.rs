//! Work that waits: due timers and calls of plugins.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::app::App;

/// Runs until `stop` resolves; what was begun is finished.
pub async fn run(app: Arc<App>, stop: BoxFuture<'static, ()>) {
    let _ = app;
    stop.await;
}

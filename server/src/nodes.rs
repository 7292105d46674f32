//! Several servers on one database: what one has committed the others take over, so that people at all of them see it
//! at once, and work is assigned by what everybody has.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::app::App;
use crate::error::Error;
use crate::live::{Change, Word};
use crate::store::nodes::Ear;

/// Pause before listening is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How often people and their work are read anew, for words that crossed with a reading.
const ANEW: Duration = Duration::from_secs(600);

/// Follows the others until `stop` resolves; on a database of one server it ends at once.
pub async fn follow(app: Arc<App>, stop: BoxFuture<'static, ()>) {
    let mut stop = stop.fuse();
    loop {
        let ended = tokio::select! {
            ended = listen(&app) => ended,
            () = &mut stop => return,
        };
        match ended {
            Ok(()) => return,
            Err(error) => tracing::warn!(error = error.for_log(), "other servers are not heard; it is tried again"),
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = &mut stop => return,
        }
    }
}

async fn listen(app: &App) -> Result<(), Error> {
    let Some(mut ear) = app.store.ear().await? else { return Ok(()) };
    // What was said before there was an ear.
    take(app, Word::Anything).await?;
    loop {
        for word in heard(&mut ear).await? {
            take(app, word).await?;
        }
    }
}

async fn heard(ear: &mut Ear) -> Result<Vec<Word>, Error> {
    match tokio::time::timeout(ANEW, ear.words()).await {
        Ok(words) => words,
        Err(_elapsed) => Ok(vec![Word::Anything]),
    }
}

async fn take(app: &App, word: Word) -> Result<(), Error> {
    let db = app.store.read();
    match word {
        Word::Load(load) => app.people.apply(&[load]),
        Word::Change(change) => {
            if matches!(change, Change::People) {
                app.people.reload(db).await?;
            }
            if matches!(change, Change::Published { .. }) {
                app.definitions.refresh(db).await?;
            }
            app.bus().hear(change);
        }
        Word::Anything => {
            app.people.reload(db).await?;
            app.definitions.refresh(db).await?;
            app.bus().hear(Change::People);
            app.bus().hear(Change::Inbox { users: Vec::new() });
        }
    }
    Ok(())
}

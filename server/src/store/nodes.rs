//! Words between servers on one PostgreSQL database, by `NOTIFY`. They are sent after the commit and not inside of it,
//! because PostgreSQL lets only one transaction with a notice commit at a time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sea_orm::sqlx;
use sea_orm::sqlx::postgres::{PgListener, PgPool};
use serde::{Deserialize, Serialize};

use super::{Store, fault};
use crate::error::Error;
use crate::live::{Change, Word, Words};

/// This server among those on its database.
#[derive(Clone)]
pub(super) struct Node {
    pub pool: PgPool,
    /// One for each schema, since a database may hold several installations.
    pub channel: String,
    pub name: String,
}

#[derive(Serialize, Deserialize)]
struct Told {
    node: String,
    words: Vec<Word>,
}

/// Bytes of one notice; PostgreSQL takes 8000.
const NOTICE: usize = 7_500;
/// Words carried in one go.
const GATHERED: usize = 256;
/// Pause after a word could not be carried.
const PAUSE: Duration = Duration::from_secs(1);

/// The channel of a schema.
pub(super) fn channel(schema: &str) -> String {
    // A name of PostgreSQL has at most 63 bytes.
    let end = schema.chars().filter(char::is_ascii).rev().take(50).collect::<Vec<_>>();
    format!("flowloom_{}", end.into_iter().rev().collect::<String>())
}

/// Carries words to the other servers until the store is closed.
pub(super) async fn speak(node: Node, mut words: Words) {
    while let Some(first) = words.waiting.recv().await {
        let mut batch = vec![first];
        while batch.len() < GATHERED
            && let Ok(next) = words.waiting.try_recv()
        {
            batch.push(next);
        }
        if words.lost.swap(false, Ordering::Relaxed) {
            batch.push(Word::Anything);
        }
        for notice in notices(&node.name, batch) {
            let sent =
                sqlx::query("SELECT pg_notify($1, $2)").bind(&node.channel).bind(notice).execute(&node.pool).await;
            if let Err(error) = sent {
                tracing::warn!(%error, "other servers could not be told what has changed");
                words.lost.store(true, Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Words as notices, each short enough.
fn notices(node: &str, words: Vec<Word>) -> Vec<String> {
    let mut notices = Vec::new();
    let mut told = Told { node: node.to_owned(), words: Vec::new() };
    let mut bytes = 0;
    for word in words {
        let (word, size) = fitting(word);
        if bytes + size > NOTICE && !told.words.is_empty() {
            notices.extend(serde_json::to_string(&told));
            told.words.clear();
            bytes = 0;
        }
        bytes += size + 1;
        told.words.push(word);
    }
    notices.extend(serde_json::to_string(&told));
    notices
}

/// The word with its size; one that is too long says less.
fn fitting(word: Word) -> (Word, usize) {
    let size = |word: &Word| serde_json::to_string(word).map_or(0, |it| it.len());
    let long = size(&word) > NOTICE / 2;
    let word = match word {
        Word::Change(Change::Inbox { .. }) if long => Word::Change(Change::Inbox { users: Vec::new() }),
        _other if long => Word::Anything,
        word => word,
    };
    let size = size(&word);
    (word, size)
}

/// Hears what other servers on the same database say.
pub struct Ear {
    listener: PgListener,
    node: String,
}

impl Store {
    /// Listens to other servers; none where there cannot be any.
    pub async fn ear(&self) -> Result<Option<Ear>, Error> {
        let Some(node) = &self.inner.node else { return Ok(None) };
        let mut listener = PgListener::connect_with(&node.pool).await.map_err(fault)?;
        listener.listen(&node.channel).await.map_err(fault)?;
        Ok(Some(Ear { listener, node: node.name.clone() }))
    }
}

impl Ear {
    /// Waits for the next words of another server. After the connection was lost they may be anything.
    pub async fn words(&mut self) -> Result<Vec<Word>, Error> {
        loop {
            let Some(notice) = self.listener.try_recv().await.map_err(fault)? else { return Ok(vec![Word::Anything]) };
            match serde_json::from_str::<Told>(notice.payload()) {
                Ok(told) if told.node == self.node => {}
                Ok(told) => return Ok(told.words),
                // Of a newer version, perhaps.
                Err(error) => {
                    tracing::debug!(%error, "another server said what is not understood");
                    return Ok(vec![Word::Anything]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::id::UserId;

    #[test]
    fn notices_are_short_and_lose_nothing_but_detail() {
        let inbox = |users: usize| {
            Word::Change(Change::Inbox { users: (0..users).map(|it| UserId(format!("usr_{it:030}"))).collect() })
        };
        let words = vec![inbox(1); 300].into_iter().chain([inbox(5_000), Word::Anything]).collect();
        let notices = notices("node", words);
        let mut heard = Vec::new();
        for it in &notices {
            assert!(it.len() < 8_000, "{}", it.len());
            heard.extend(serde_json::from_str::<Told>(it).expect("told").words);
        }
        assert_eq!(heard.len(), 302);
        assert_eq!(heard[300], inbox(0), "too many to name: everybody");
        assert!(notices.len() < 10, "{} notices", notices.len());
        assert!(channel(&"x".repeat(63)).len() < 63);
    }
}

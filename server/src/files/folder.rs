//! The folder of contents: each under its id. What arrives does so under another name, and is moved to its place when it
//! is whole and on the disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use futures::StreamExt;
use runtime::limits::{UPLOAD_BYTES, UPLOAD_SILENCE, UPLOAD_TIME};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::error::Error;

/// Of a file that is too large this much more is read, so that its sender sees the answer.
const DRAIN: u64 = 16 << 20;
/// Content younger than this may be about to be stored.
const YOUNG: Duration = Duration::from_secs(6 * 3600);
/// Bytes by which a type is told.
const START: usize = 512;

/// Where contents are, and where they arrive.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder of files in a data folder.
    pub fn of(data: &Path) -> Self {
        Self(data.join("files"))
    }

    /// Where the content of a file lies. An id is ours, but it may come from outside: nothing in it leads elsewhere.
    fn place(&self, id: &str) -> Result<PathBuf, Error> {
        let plain = !id.is_empty() && id.len() <= 64 && id.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
        // Ids begin with the time: their ends spread them evenly.
        let end = id.len().checked_sub(2).and_then(|at| id.get(at..)).filter(|_| plain);
        let end = end.ok_or_else(|| Error::NotFound("file".to_owned()))?;
        Ok(self.0.join(end).join(id))
    }

    /// Takes a content in; its size and type.
    pub async fn receive(&self, id: &str, body: Body) -> Result<(i64, &'static str), Error> {
        let place = self.place(id)?;
        let arriving = self.0.join("arriving");
        fs::create_dir_all(&arriving).await?;
        let part = arriving.join(id);
        let received = match tokio::time::timeout(UPLOAD_TIME, write(&part, body)).await {
            Ok(received) => received,
            Err(_elapsed) => Err(Error::Timeout),
        };
        let moved = match received {
            Ok(received) => moved(&part, &place).await.map(|()| received),
            Err(error) => Err(error),
        };
        if moved.is_err() {
            let _ = fs::remove_file(&part).await;
        }
        moved
    }

    /// Opens a content.
    pub async fn open(&self, id: &str) -> Result<fs::File, Error> {
        let place = self.place(id)?;
        fs::File::open(&place).await.map_err(|it| Error::internal(format!("{}: {it}", place.display())))
    }

    /// Removes a content; that it is gone already is no fault.
    pub async fn remove(&self, id: &str) {
        let Ok(place) = self.place(id) else { return };
        if let Err(error) = fs::remove_file(&place).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, id, "a file could not be removed");
        }
    }

    /// Ids of contents that are not young. What began to arrive and never did is removed.
    pub async fn old(&self) -> Result<Vec<String>, Error> {
        let root = self.0.clone();
        let look = move || -> std::io::Result<Vec<String>> {
            let mut found = Vec::new();
            if !root.is_dir() {
                return Ok(found);
            }
            for folder in std::fs::read_dir(&root)? {
                let folder = folder?;
                if !folder.file_type()?.is_dir() {
                    continue;
                }
                let arriving = folder.file_name() == "arriving";
                for file in std::fs::read_dir(folder.path())? {
                    let file = file?;
                    // It may have been removed while we look.
                    let Ok(about) = file.metadata() else { continue };
                    let age = about.modified().ok().and_then(|it| it.elapsed().ok()).unwrap_or_default();
                    if !about.is_file() || age < YOUNG {
                        continue;
                    }
                    if arriving {
                        std::fs::remove_file(file.path())?;
                    } else if let Some(id) = file.file_name().to_str() {
                        found.push(id.to_owned());
                    }
                }
            }
            Ok(found)
        };
        tokio::task::spawn_blocking(look).await.map_err(Error::internal)?.map_err(Error::from)
    }
}

async fn moved(part: &Path, place: &Path) -> Result<(), Error> {
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).await?;
        fs::rename(part, place).await?;
        // The name of the file is durable before the database speaks of it.
        fs::File::open(parent).await?.sync_all().await?;
    }
    Ok(())
}

async fn write(part: &Path, body: Body) -> Result<(i64, &'static str), Error> {
    if body.size_hint().lower() > UPLOAD_BYTES + DRAIN {
        return Err(Error::TooLarge(UPLOAD_BYTES as usize));
    }
    let mut file = fs::File::create(part).await?;
    let mut size: u64 = 0;
    let mut start = Vec::new();
    let mut stream = body.into_data_stream();
    loop {
        let next = tokio::time::timeout(UPLOAD_SILENCE, stream.next()).await.map_err(|_| Error::Timeout)?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|it| Error::malformed(format!("the body ended early: {it}")))?;
        size += chunk.len() as u64;
        if size > UPLOAD_BYTES + DRAIN {
            break;
        }
        if size > UPLOAD_BYTES {
            continue;
        }
        if start.len() < START {
            start.extend_from_slice(&chunk[..chunk.len().min(START - start.len())]);
        }
        file.write_all(&chunk).await?;
    }
    if size > UPLOAD_BYTES {
        return Err(Error::TooLarge(UPLOAD_BYTES as usize));
    }
    file.flush().await?;
    file.sync_all().await?;
    Ok((size as i64, sniffed(&start)))
}

/// The media type by how the content begins. What is not certain is bytes: a browser must never run what somebody
/// uploaded.
pub(super) fn sniffed(start: &[u8]) -> &'static str {
    match start {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "audio/wav",
        [b'I', b'D', b'3', ..] => "audio/mpeg",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        _bytes => "application/octet-stream",
    }
}

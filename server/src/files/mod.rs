//! Attached files: a file is uploaded first, then its id is put into a field of kind file. Content lies in a folder, the
//! database knows the rest. Who reads a record and sees the field reads its files.
//!
//! [`folder`] keeps contents; [`attach`] puts files into records and says what they are called.

mod attach;
mod folder;

use std::collections::BTreeSet;
use std::sync::Arc;

use api::file::FileInfo;
use axum::body::Body;
use futures::FutureExt;
use jiff::SignedDuration;
use runtime::engine::Refusal;
use runtime::id::{ModuleKey, RecordId};
use runtime::limits::{UPLOAD_NAME, UPLOADS_WAITING};

use crate::actor::Actor;
use crate::app::App;
use crate::clock::stamp;
use crate::error::Error;
use crate::records::{self, seat::Seat};
use crate::store::sql::fresh;
use crate::store::uploads::{self as rows, Upload};

pub(crate) use attach::{attach, labels};
pub use folder::Folder;

/// A file nobody puts into a record is removed after this time.
const WAITS: SignedDuration = SignedDuration::from_hours(24);
/// Files removed in one sweep.
const SWEPT: u64 = 500;

/// `POST /api/files`: takes a file in. Until it is put into a record only who uploaded it can read it.
pub async fn upload(app: &Arc<App>, folder: &Folder, actor: &Actor, name: &str, body: Body) -> Result<FileInfo, Error> {
    let name = named(name)?;
    let (count, bytes) = rows::waiting(app.store.read(), actor.id()).await?;
    if count >= UPLOADS_WAITING.0 || bytes >= UPLOADS_WAITING.1 {
        let what = format!(
            "{} files or {} bytes of one person that are in no record yet",
            UPLOADS_WAITING.0, UPLOADS_WAITING.1
        );
        return Err(Error::Refused(Refusal::Limit { what }));
    }
    let id = fresh("fil");
    let (size, media) = folder.receive(&id, body).await?;
    let now = app.clock.now();
    let free_at = stamp(now.checked_add(WAITS).unwrap_or(jiff::Timestamp::MAX));
    let upload = Upload {
        id,
        name,
        size,
        media: media.to_owned(),
        person: actor.id().clone(),
        at: stamp(now),
        record: None,
        free_at: Some(free_at),
    };
    let unit = Arc::new(upload.clone());
    let stored = app
        .store
        .write(move |tx| {
            let it = unit.clone();
            async move { rows::add(tx, &it).await }.boxed()
        })
        .await;
    if let Err(error) = stored {
        folder.remove(&upload.id).await;
        return Err(error);
    }
    Ok(info(&upload))
}

fn info(it: &Upload) -> FileInfo {
    FileInfo {
        id: it.id.clone(),
        name: it.name.clone(),
        size: it.size as u64,
        media: it.media.clone(),
        label: attach::label(it),
    }
}

/// The name without folders and what no file system likes.
fn named(text: &str) -> Result<String, Error> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    // Marks that turn the direction of writing make an ending look like another.
    let turning = |it: char| matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String =
        last.chars().filter(|it| !it.is_control() && !turning(*it) && !"<>:\"|?*".contains(*it)).collect();
    let name = name.trim().trim_start_matches('.').trim_end_matches(['.', ' ']).to_owned();
    if name.is_empty() || name.chars().count() > UPLOAD_NAME {
        return Err(Error::malformed(format!("expected a file name of at most {UPLOAD_NAME} characters")));
    }
    Ok(name)
}

/// A file to be sent.
pub struct Sent {
    pub info: FileInfo,
    pub content: tokio::fs::File,
}

impl Sent {
    /// Whether a browser may show it: pictures, which cannot do anything.
    pub fn can_be_shown(&self) -> bool {
        self.info.media.starts_with("image/")
    }
}

/// `GET /api/files/{id}`: for who reads the record it is in and sees the field; while it is in none, for who uploaded it.
pub async fn read(app: &App, folder: &Folder, actor: &Actor, id: &str) -> Result<Sent, Error> {
    let db = app.store.read();
    let found = rows::find(db, &BTreeSet::from([id.to_owned()])).await?.pop().ok_or_else(missing)?;
    let may = match &found.record {
        None => found.person == *actor.id(),
        Some(record) => match crate::store::records::module_of(db, record).await? {
            Some(module) => shows(app, actor, &module, record, id).await?,
            None => false,
        },
    };
    if !may {
        return Err(missing());
    }
    Ok(Sent { info: info(&found), content: folder.open(&found.id).await? })
}

/// Whether the record, as the person sees it, has the file.
async fn shows(app: &App, actor: &Actor, module: &ModuleKey, record: &RecordId, file: &str) -> Result<bool, Error> {
    let seat = Seat::take(app, actor, module).map_err(|_| missing())?;
    let stored = records::may_read(app, actor, &seat, record)
        .await
        .map_err(|it| if matches!(it, Error::NotFound(_)) { missing() } else { it })?;
    let visible = seat.module.form.fields.iter().filter(|it| seat.sees(it.key.as_str()));
    Ok(attach::ids(visible, &stored.data).contains(file))
}

/// `DELETE /api/files/{id}`: for who uploaded it, while it is in no record.
pub async fn forget(app: &Arc<App>, folder: &Folder, actor: &Actor, id: &str) -> Result<(), Error> {
    let unit = Arc::new((actor.id().clone(), id.to_owned()));
    let gone = app
        .store
        .write(move |tx| {
            let unit = unit.clone();
            async move { rows::forget(tx, &unit.0, &unit.1).await }.boxed()
        })
        .await?;
    if !gone {
        return Err(missing());
    }
    folder.remove(id).await;
    Ok(())
}

fn missing() -> Error {
    Error::NotFound("file".to_owned())
}

/// Removes what nobody has put into a record, what was taken out long ago, and contents that the database does not know.
pub async fn sweep(app: &App, folder: &Folder) -> Result<(), Error> {
    loop {
        let now = app.clock.stamp();
        let gone = app
            .store
            .write(move |tx| {
                let now = now.clone();
                async move { rows::sweep(tx, &now, SWEPT).await }.boxed()
            })
            .await?;
        for id in &gone {
            folder.remove(id).await;
        }
        if gone.len() < SWEPT as usize {
            break;
        }
    }
    for ids in folder.old().await?.chunks(SWEPT as usize) {
        let ids: BTreeSet<String> = ids.iter().cloned().collect();
        let known: BTreeSet<String> = rows::find(app.store.read(), &ids).await?.into_iter().map(|it| it.id).collect();
        for id in ids.difference(&known) {
            tracing::info!(file = id, "a content without a file was removed");
            folder.remove(id).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

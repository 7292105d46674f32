//! Attached files: in and out as they are, never as JSON.

use api::file::FileInfo;
use axum::Json as Answer;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use futures::stream;
use serde::Deserialize;
use tokio::io::AsyncReadExt;

use super::Site;
use super::extract::{Path, Query};
use crate::auth::caller::Me;
use crate::error::{Error, Result};
use crate::files::{self, Folder, Sent};

/// Where files are sent to.
pub const UPLOAD: &str = "/api/files";
/// Bytes read from a file at a time.
const CHUNK: usize = 64 << 10;

/// Query of `POST /api/files`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UploadQuery {
    /// What the file is called.
    pub name: String,
}

/// Query of `GET /api/files/{id}`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct FileQuery {
    /// Show a picture instead of saving it.
    pub show: bool,
}

/// `POST /api/files`
pub async fn upload(
    State(site): State<Site>,
    me: Me,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<(StatusCode, Answer<FileInfo>)> {
    let folder = Folder::of(&site.config.data);
    let made = files::upload(&site.app, &folder, &me.actor, &query.name, request.into_body()).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// `GET /api/files/{id}`
pub async fn read(
    State(site): State<Site>,
    me: Me,
    Path(id): Path<String>,
    Query(query): Query<FileQuery>,
) -> Result<impl IntoResponse> {
    let sent = files::read(&site.app, &Folder::of(&site.config.data), &me.actor, &id).await?;
    Ok(send(sent, query.show))
}

/// `DELETE /api/files/{id}`
pub async fn forget(State(site): State<Site>, me: Me, Path(id): Path<String>) -> Result<StatusCode> {
    files::forget(&site.app, &Folder::of(&site.config.data), &me.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A file on its way. Only pictures are ever shown by the browser; everything else is saved, whatever it says it is.
fn send(sent: Sent, show: bool) -> impl IntoResponse {
    let shown = show && sent.can_be_shown();
    let media = if shown { sent.info.media.as_str() } else { "application/octet-stream" };
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, media);
    set(header::CONTENT_LENGTH, &sent.info.size.to_string());
    let word = if shown { "inline" } else { "attachment" };
    // RFC 6266, RFC 8187: names in every script.
    let plain = |it: &u8| it.is_ascii_alphanumeric() || b".-_".contains(it);
    let name: String = sent
        .info
        .name
        .bytes()
        .map(|it| if plain(&it) { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect();
    set(header::CONTENT_DISPOSITION, &format!("{word}; filename*=UTF-8''{name}"));
    // What is shown is a picture and nothing else, whatever it says inside.
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    // The content of an id never changes; but who may see it can.
    set(header::CACHE_CONTROL, "private, no-cache");
    let chunks = stream::try_unfold(sent.content, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await.map_err(Error::from)?;
        chunk.truncate(read);
        Ok::<_, Error>(if read == 0 { None } else { Some((chunk, file)) })
    });
    (headers, Body::from_stream(chunks))
}

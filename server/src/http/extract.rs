//! What handlers get out of a request: [`Json`] (bounded in size and depth, faults named by place) and [`Query`].
//! The person is `auth::Actor`, put there by the guard.

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use futures::StreamExt;
use runtime::limits;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// A body that is too large is still read up to this many times the limit, so that the sender sees the answer
/// instead of a broken connection.
const DRAIN: usize = 4;

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if !media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            return Err(Error::malformed("expected the content type application/json"));
        }
        let bytes = read(request.into_body(), limits::REQUEST_BYTES).await?;
        parse(&bytes).map(Json)
    }
}

/// Reads a whole body of at most `most` bytes.
pub async fn read(body: Body, most: usize) -> Result<Vec<u8>> {
    if body.size_hint().lower() > (most * DRAIN) as u64 {
        return Err(Error::TooLarge(most));
    }
    let mut bytes = Vec::new();
    let mut seen = 0usize;
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|it| Error::malformed(format!("the body ended early: {it}")))?;
        seen += chunk.len();
        if seen > most * DRAIN {
            return Err(Error::TooLarge(most));
        }
        if seen <= most {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
    }
    if seen > most { Err(Error::TooLarge(most)) } else { Ok(bytes) }
}

/// Bytes as `T`; a fault names its place as a JSON pointer.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if let Some(at) = too_deep(bytes) {
        return Err(Error::malformed(format!("nested deeper than {} levels, at byte {at}", limits::JSON_DEPTH)));
    }
    if has_nul(bytes) {
        let pointer = serde_json::from_slice(bytes).ok().and_then(|it| place_of_nul(&it)).unwrap_or_default();
        let detail = "a text has the character U+0000, which cannot be stored".to_owned();
        return Err(Error::Malformed { pointer, detail });
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|it| {
        let pointer = pointer(it.path());
        Error::Malformed { pointer, detail: it.into_inner().to_string() }
    })?;
    reader.end().map_err(|it| Error::malformed(it.to_string()))?;
    Ok(value)
}

/// Where arrays and objects are nested deeper than allowed, in bytes from the beginning; without parsing.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let mut now = 0usize;
    let (mut text, mut escaped) = (false, false);
    for (at, byte) in bytes.iter().enumerate() {
        if text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => text = false,
                _ => (),
            }
            continue;
        }
        match byte {
            b'"' => text = true,
            b'{' | b'[' => {
                now += 1;
                if now > limits::JSON_DEPTH {
                    return Some(at);
                }
            }
            b'}' | b']' => now = now.saturating_sub(1),
            _ => (),
        }
    }
    None
}

/// Whether a text of the JSON has `\u0000`: the databases do not agree on it, so neither gets it.
fn has_nul(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|it| *it == b'\\')) {
        let escape = at + found;
        if bytes.get(escape + 1..).is_some_and(|rest| rest.starts_with(b"u0000")) {
            return true;
        }
        // Behind an escaped backslash nothing is escaped.
        at = escape + 2;
    }
    false
}

/// Where a text with U+0000 stands, or is the name of something.
fn place_of_nul(value: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    let below = |step: String, it: &Value| place_of_nul(it).map(|rest| format!("/{step}{rest}"));
    match value {
        Value::String(it) => it.contains('\0').then(String::new),
        Value::Array(items) => items.iter().enumerate().find_map(|(at, it)| below(at.to_string(), it)),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(key, it)| if key.contains('\0') { Some(String::new()) } else { below(escaped(key), it) }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// A name as a step of a JSON pointer (RFC 6901, clause 3).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escaped(key))),
            Segment::Enum { .. } | Segment::Unknown => (),
        }
    }
    pointer
}

/// The query string. Unknown and repeated names are refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if parts.uri.query().is_some_and(|it| it.contains("%00")) {
            return Err(Error::malformed("query: a text has the character U+0000"));
        }
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|it| Self(it.0))
            .map_err(|it| Error::malformed(format!("query: {}", it.body_text())))
    }
}

/// What the address names.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // Nothing here has such a name, and one of the databases would not even look.
        if parts.uri.path().contains("%00") {
            return Err(Error::NotFound("such address".to_owned()));
        }
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|it| Self(it.0))
            .map_err(|it| Error::malformed(format!("address: {}", it.body_text())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(rename = "rows")]
        _rows: Vec<u8>,
    }

    fn fault(text: &str) -> String {
        match parse::<Sample>(text.as_bytes()) {
            Err(Error::Malformed { pointer, detail }) => format!("{pointer}: {detail}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn faults_name_their_place() {
        assert!(fault(r#"{"rows":[1,"x"]}"#).starts_with("/rows/1: invalid type"));
        assert!(fault(r#"{"rows":[],"colour":1}"#).contains("unknown field `colour`"));
        assert!(fault("{").contains("EOF"));
        assert!(fault(r#"{"rows":[]} x"#).contains("trailing"));
    }

    #[test]
    fn what_cannot_be_stored_is_found() {
        assert!(has_nul(br#"{"a":"x\u0000"}"#) && has_nul(br#"["\\\u0000"]"#));
        let place = |text: &str| place_of_nul(&serde_json::from_str(text).unwrap());
        assert_eq!(place(r#"{"rows":[{"a/b":"x"},{"a/b":"x\u0000"}]}"#).as_deref(), Some("/rows/1/a~1b"));
        assert_eq!(place(r#"{"rows":[{"\u0000":1}]}"#).as_deref(), Some("/rows/0"));
        assert!(!has_nul(br#"["\u0001","\\u0000"]"#) && !has_nul(b"\\") && !has_nul(b""));
    }

    #[test]
    fn depth_is_bounded_and_ignores_text() {
        let place = format!("levels, at byte {}", limits::JSON_DEPTH);
        assert!(fault(&"[".repeat(100_000)).ends_with(&place));
        let words = format!(r#"{{"a":"{}\"[["}}"#, "[".repeat(100));
        assert_eq!(too_deep(words.as_bytes()), None);
    }
}

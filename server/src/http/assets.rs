//! The browser app, embedded in the binary: hashed names cached for ever, brotli where the browser takes it, and
//! `index.html` for every address of the app itself. Made by `designer/bundle`; a debug build reads its folder.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "$FLOWLOOM_APP"]
struct Bundle;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// Everything that is no route of the API.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Error::NotFound("such address".to_owned()).into_response();
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Error::MethodNotAllowed(request.method().to_string()).into_response();
    }
    let name = path.trim_start_matches('/');
    // Under `assets/` a missing file is missing; anywhere else the address belongs to the app's own router.
    let (name, cache) = if name.starts_with("assets/") {
        (name, FOR_EVER)
    } else if is_file(name) {
        (name, ASK_AGAIN)
    } else {
        ("index.html", ASK_AGAIN)
    };
    match Bundle::get(name) {
        Some(file) => answer(name, file, cache, request.headers()),
        None if name == "index.html" => missing(),
        None => Error::NotFound("such file".to_owned()).into_response(),
    }
}

/// A name of the bundle that may be asked for; the compressed copies and the manifest are ours.
fn is_file(name: &str) -> bool {
    !name.is_empty()
        && !name.ends_with(".br")
        && !name.split('/').any(|part| part.starts_with('.'))
        && name != "manifest.json"
        && name.contains('.')
        && Bundle::get(name).is_some()
}

fn answer(name: &str, file: EmbeddedFile, cache: &'static str, asked: &HeaderMap) -> Response {
    let etag = etag(&file);
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, value);
    }
    let same = asked.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok()).is_some_and(|it| {
        it.split(',').any(|one| one.trim().trim_start_matches("W/") == etag.trim_start_matches("W/"))
    });
    if same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let media = mime_guess::from_path(name).first_or_octet_stream();
    let media = if media.type_() == "text" { format!("{media}; charset=utf-8") } else { media.to_string() };
    if let Ok(value) = HeaderValue::from_str(&media) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    let body = match Bundle::get(&format!("{name}.br")) {
        Some(small) if takes_brotli(asked) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            small
        }
        _ => file,
    };
    (headers, body.data).into_response()
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash[..12].iter().map(|it| format!("{it:02x}")).collect();
    // Weak: the compressed and the plain body are the same file to us.
    format!("W/\"{hex}\"")
}

fn takes_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next().is_some_and(|it| it.eq_ignore_ascii_case("br")) && !parts.any(|it| it == "q=0")
    })
}

fn missing() -> Response {
    let says = "The browser app is not part of this build: run `./dev assets`.\n";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], says).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_only_where_it_is_taken() {
        let asked = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            takes_brotli(&headers)
        };
        assert!(asked("gzip, br"));
        assert!(asked("br;q=0.5"));
        assert!(!asked("br;q=0, gzip"));
        assert!(!asked("gzip"));
    }
}

//! What surrounds every request: its id, the log line, metrics, a time limit, a net for panics, security headers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use super::Site;
use crate::budget;
use crate::error::{self, Error};

/// What a page may load. WebAssembly may be compiled; nothing inline runs, nothing comes from elsewhere.
const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // With the opener policy: the page may share memory with its worker (`designer/src/mailbox.rs`).
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
];

/// The outermost layer.
pub async fn surround(State(site): State<Site>, request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    error::REQUEST.scope(id.clone(), observed(site, id, request, next)).await
}

async fn observed(site: Site, id: String, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    // The pattern, not the address: no ids of records or people reach the metrics.
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let path = request.uri().path().to_owned();
    let secure = super::guard::secure(&site, request.headers());

    // A large file on a slow line takes its time; it has bounds of its own.
    let limit =
        if path == super::files::UPLOAD { runtime::limits::FILE_REQUEST_TIME } else { site.config.limits.request };
    let handled = AssertUnwindSafe(budget::within(Arc::default(), next.run(request))).catch_unwind();
    let mut response = match tokio::time::timeout(limit, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => Error::internal(format!("panic: {}", panic_text(&panic))).into_response(),
        Err(_elapsed) => Error::Timeout.into_response(),
    };

    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", value);
    }
    if path.starts_with("/api/") {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }

    let status = response.status().as_u16();
    let took = began.elapsed();
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::counter!("flowloom_http_requests_total", &labels).increment(1);
    metrics::histogram!("flowloom_http_request_seconds", &labels[..2]).record(took.as_secs_f64());
    let ms = took.as_secs_f64() * 1000.0;
    tracing::debug!(request = id, %method, path, status, ms, "request");
    response
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

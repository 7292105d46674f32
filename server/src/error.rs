//! What can go wrong while a request is served, and how it is told: [`Error`] becomes an RFC 9457 problem. The only
//! file that knows both. Inner causes go to the log together with the request's id, never to the caller.

use api::Problem;
use api::problem::{Conflict, FieldFault};
use api::record::Duplicate;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use runtime::alert::Alert;
use runtime::engine::Refusal;
use runtime::id::{ModuleKey, RecordId};

tokio::task_local! {
    /// Id of the request being served; set by `http::layers`.
    pub static REQUEST: String;
}

/// What the server's functions answer with.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("nobody is logged in, or the session has ended")]
    NotLoggedIn,
    /// Wrong user or password; never says which.
    #[error("the user name or the password is wrong")]
    WrongPassword,
    #[error("you have no right to {0}")]
    NoRights(String),
    /// Also the answer for what exists but may not be read.
    #[error("there is no {0}")]
    NotFound(String),
    #[error("some fields are not right")]
    InvalidFields(Vec<FieldFault>),
    #[error("somebody else changed the same fields")]
    Conflict(Vec<Conflict>),
    /// Something else was changed meanwhile (a draft, a definition); nothing to show field by field.
    #[error("{0}")]
    Stale(String),
    /// A key that stands for one request came with another one: what the first has made.
    #[error("this was saved before, with other values: /records/{0}/{1}")]
    Repeated(ModuleKey, RecordId),
    /// Other records refer to it: how many of which modules, in the person's language.
    #[error("other records refer to it")]
    InUse(String),
    #[error("similar records exist")]
    Duplicate(Vec<Duplicate>),
    #[error("the request is larger than {0} bytes")]
    TooLarge(usize),
    #[error("{detail}")]
    Malformed { pointer: String, detail: String },
    #[error("too many attempts; try again in {seconds} seconds")]
    Throttled { seconds: u64 },
    #[error("the request does not come from this application: {0}")]
    Csrf(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the definitions have errors")]
    NotPublishable(Vec<Alert>),
    #[error("the request took too long")]
    Timeout,
    #[error("this address does not answer to {0}")]
    MethodNotAllowed(String),
    /// The world failed, or we made a mistake. The inside goes to the log only.
    #[error("something went wrong in the server")]
    Internal(String),
    #[error("the database did not do it")]
    Database(#[from] sea_orm::DbErr),
    /// The same from the connection that writes a SQLite file.
    #[error("the database did not do it")]
    Sqlite(#[from] rusqlite::Error),
    /// Not now: too much is waiting, or the server is going down.
    #[error("the server is busy: {0}")]
    Busy(&'static str),
}

impl Error {
    /// A failure of the world, with what was being done.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(format!("{cause:#}"))
    }

    /// What the log may say and the caller may not.
    pub fn for_log(&self) -> String {
        match self {
            Self::Internal(cause) => cause.clone(),
            Self::Database(cause) => format!("database: {cause}"),
            Self::Sqlite(cause) => format!("database: {cause}"),
            Self::NotPublishable(alerts) => {
                let first = alerts.iter().take(5).map(|it| format!("{} {}: {}", it.file, it.pointer, it.message));
                format!("{self}: {}", first.collect::<Vec<_>>().join("; "))
            }
            it => it.to_string(),
        }
    }

    /// True when the same work may succeed if it is simply done again: PostgreSQL made it the victim of a conflict.
    pub fn is_transient(&self) -> bool {
        let Self::Database(cause) = self else { return false };
        let text = cause.to_string();
        ["could not serialize access", "deadlock detected", "40001", "40P01"].iter().any(|it| text.contains(it))
    }

    /// A request that cannot be read, at the whole of it.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed { pointer: String::new(), detail: detail.into() }
    }

    /// Stable code and status.
    fn kind(&self) -> (String, StatusCode) {
        let (kind, status) = match self {
            Self::NotLoggedIn => ("not-logged-in", StatusCode::UNAUTHORIZED),
            Self::WrongPassword => ("wrong-password", StatusCode::UNAUTHORIZED),
            Self::NoRights(_) => ("no-rights", StatusCode::FORBIDDEN),
            Self::NotFound(_) => ("not-found", StatusCode::NOT_FOUND),
            Self::InvalidFields(_) => ("invalid-fields", StatusCode::UNPROCESSABLE_ENTITY),
            Self::Conflict(_) | Self::Stale(_) => ("conflict", StatusCode::CONFLICT),
            Self::Repeated(..) => ("repeated", StatusCode::CONFLICT),
            Self::InUse(_) => ("in-use", StatusCode::CONFLICT),
            Self::Duplicate(_) => ("duplicate", StatusCode::CONFLICT),
            Self::TooLarge(_) => ("too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::Malformed { .. } => ("malformed", StatusCode::BAD_REQUEST),
            Self::Throttled { .. } => ("throttled", StatusCode::TOO_MANY_REQUESTS),
            Self::Csrf(_) => ("csrf", StatusCode::FORBIDDEN),
            Self::Refused(it) => {
                return (format!("refused:{}", refusal_code(it)), StatusCode::CONFLICT);
            }
            Self::NotPublishable(_) => ("not-publishable", StatusCode::UNPROCESSABLE_ENTITY),
            Self::Timeout => ("timeout", StatusCode::GATEWAY_TIMEOUT),
            Self::MethodNotAllowed(_) => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::Internal(_) | Self::Database(_) | Self::Sqlite(_) => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Self::Busy(_) => ("busy", StatusCode::SERVICE_UNAVAILABLE),
        };
        (kind.to_owned(), status)
    }

    /// The problem document of this error, for request `request`.
    pub fn problem(&self, request: &str) -> Problem {
        let (kind, status) = self.kind();
        let mut problem = Problem {
            kind,
            status: status.as_u16(),
            title: self.to_string(),
            request: request.to_owned(),
            ..Problem::default()
        };
        match self {
            Self::InvalidFields(fields) => problem.fields = fields.clone(),
            Self::InUse(by) => problem.detail = by.clone(),
            Self::Repeated(module, record) => problem.detail = format!("/records/{module}/{record}"),
            Self::Conflict(conflicts) => problem.conflicts = conflicts.clone(),
            Self::Malformed { pointer, detail } => {
                problem.title = "the request cannot be read".to_owned();
                problem.detail = if pointer.is_empty() { detail.clone() } else { format!("at {pointer}: {detail}") };
                if !pointer.is_empty() {
                    problem.fields.push(FieldFault {
                        pointer: pointer.clone(),
                        code: "malformed".to_owned(),
                        message: detail.clone(),
                        ..FieldFault::default()
                    });
                }
            }
            Self::Duplicate(found) => {
                problem.detail =
                    found.iter().map(|it| format!("{} ({})", it.label, it.score)).collect::<Vec<_>>().join(", ");
            }
            Self::NotLoggedIn
            | Self::WrongPassword
            | Self::NoRights(_)
            | Self::NotFound(_)
            | Self::Stale(_)
            | Self::TooLarge(_)
            | Self::Throttled { .. }
            | Self::Csrf(_)
            | Self::Refused(_)
            | Self::NotPublishable(_)
            | Self::Timeout
            | Self::MethodNotAllowed(_)
            | Self::Internal(_)
            | Self::Busy(_) => (),
            Self::Database(_) | Self::Sqlite(_) => problem.title = "something went wrong in the server".to_owned(),
        }
        problem
    }
}

/// The engine's own code of a refusal: `no-such-task`.
fn refusal_code(refusal: &Refusal) -> String {
    serde_json::to_value(refusal)
        .ok()
        .and_then(|it| it.get("code").and_then(|code| code.as_str()).map(str::to_owned))
        .unwrap_or_else(|| "refused".to_owned())
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let request = REQUEST.try_with(Clone::clone).unwrap_or_default();
        if matches!(self, Self::Internal(_) | Self::Database(_) | Self::Sqlite(_)) {
            tracing::error!(request, cause = self.for_log(), "request failed");
        }
        let problem = self.problem(&request);
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = match &self {
            Self::NotPublishable(alerts) => {
                let alerts = alerts.iter().filter_map(|it| serde_json::to_value(it).ok()).collect();
                (status, Json(api::studio::NotPublishable { problem, alerts })).into_response()
            }
            Self::Duplicate(found) => (status, Json(WithDuplicates { problem, duplicates: found })).into_response(),
            _other => (status, Json(problem)).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Self::Throttled { seconds } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The problem `duplicate` lists the records it speaks of.
#[derive(serde::Serialize)]
struct WithDuplicates<'a> {
    #[serde(flatten)]
    problem: Problem,
    duplicates: &'a [Duplicate],
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Self::Internal(format!("files: {cause}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::Internal(format!("stored JSON: {cause}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_causes_stay_inside() {
        let error = Error::internal("password of the database is hunter2");
        let text = serde_json::to_string(&error.problem("req-1")).expect("JSON");
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("req-1"));
    }

    #[test]
    fn a_refusal_carries_the_code_of_the_engine() {
        let problem = Error::Refused(Refusal::NotACandidate).problem("");
        assert_eq!((problem.kind.as_str(), problem.status), ("refused:not-a-candidate", 409));
    }
}

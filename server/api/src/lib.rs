//! The HTTP API's types: what server and browser say to each other. Every route stands at the type it answers with.
//!
//! All under `/api`, JSON, errors as [`Problem`] (RFC 9457). A session is an HttpOnly SameSite=Lax cookie; every
//! request that changes something carries the header `x-csrf: <Session::csrf>`. Times are RFC 3339 UTC,
//! decimals are strings. `Accept-Language` is not consulted: the person's preference is.

pub mod absence;
pub mod admin;
pub mod comment;
pub mod file;
pub mod happening;
pub mod instance;
pub mod live;
pub mod module;
pub mod problem;
pub mod publish;
pub mod record;
pub mod saved_view;
pub mod session;
pub mod studio;
pub mod task;

pub use problem::Problem;

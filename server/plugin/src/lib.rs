//! Runs plugins: wasm components of the world in `plugins/wit/plugin.wit`.
//!
//! ```text
//! plugin.json + component ──load──▶ Host ──call(plugin, function, JSON)──▶ JSON, or an Error
//! ```
//!
//! Every call gets an instance of its own, so no call sees another one's memory. It is stopped when
//! it has used up its fuel (work), its deadline (time) or its memory; whatever a guest does, the
//! answer is an [`Error`] and the host goes on. Input and output are held against the schemas in
//! `plugin.json`. A guest reaches nothing but what this crate hands in: a log, and the settings its
//! manifest asks for.
//!
//! Not here: which plugins there are, their settings, and what a failed call means for a flow.
//! The crate is apart from `server` because wasmtime is by far the slowest thing to compile.

mod cache;
mod error;
mod gate;
mod guest;
mod host;
mod limits;
mod manifest;

pub use error::Error;
pub use host::Host;
pub use limits::Limits;
pub use manifest::{Capabilities, Function, Manifest, Texts};

//! The interpreter of Flowloom: definitions in, decisions out.
//!
//! ```text
//! pack files ──load──▶ Pack ─▶ Catalog ──check──▶ Alerts, Verdict
//!                                 │
//!                    Form (schema + rules)     Plan (flow)      policy (rights)
//!                                 │                │                │
//!        record, change ──▶ Form::accept    step(plan, instance, input) ──▶ facts, effects
//! ```
//!
//! Pure: no I/O, no clock, no chance, no threads, no environment. What time it is, who acts and what was
//! looked up arrives with the call. Compiles native and for wasm32; both answer with the same bytes.
//!
//! Reading order: [`model`] → [`expr`] → [`form`] → [`policy`] → [`engine`] → [`check`] → [`scenario`].

pub mod alert;
pub mod check;
pub mod engine;
pub mod expr;
pub mod foreign;
pub mod form;
pub mod gather;
pub mod id;
pub mod interchange;
pub mod layout;
pub mod limits;
pub mod model;
pub mod numbering;
pub mod places;
pub mod plain;
pub mod policy;
pub mod scenario;
pub mod schema;
pub mod script;
pub mod simulate;
pub mod table;
pub mod time;
pub mod value;
pub mod version;

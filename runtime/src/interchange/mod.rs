//! BPMN 2.0 XML in and out, without loss.
//!
//! ```text
//! bytes ─xml─▶ tree ─read─▶ Document { definitions, flows, collaborations, layout } ─write─▶ tree ─xml─▶ text
//! ```
//!
//! The [`Document`] is what one file holds. Its flows are the ones engine, checker and designer know; what a file says beyond
//! them stands beside, in [`crate::model::flow::Kept`], and what they say beyond BPMN goes into extension elements of ours
//! ([`ours`](self::ours)). Neither direction has a list of what it carries: reading keeps the file *minus* what the model
//! would write, writing adds what the model says *minus* what would be read.
//!
//! Reading order: [`document`] → [`xml`] → [`kept`] → `ours` → `element`, `event`, `activity` → `flow`, `lane`,
//! `collaboration`, `diagram`.

mod activity;
pub mod collaboration;
mod diagram;
pub mod document;
mod element;
mod error;
mod event;
mod flow;
mod ids;
mod kept;
mod lane;
mod names;
mod order;
mod ours;
mod prefixes;
mod unsupported;
mod xml;

#[cfg(test)]
mod tests;

pub use crate::model::flow::{Collaboration, MessageFlow, Participant};
pub use document::{Definitions, Document};
pub use error::Error;
pub use prefixes::Prefixes;

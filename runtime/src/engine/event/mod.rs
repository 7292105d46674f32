//! Events (BPMN 2.0.2 §10.5): one file per kind of what happens.

mod boundary;
pub(super) mod catch;
mod compensation;
mod conditional;
mod end;
mod message;
mod outward;
mod start;
mod throw;
mod timer;

//! Events (BPMN 2.0.2 §10.5): one file per kind of what happens.

mod boundary;
mod end;
mod error;
mod message;
mod start;
mod timer;

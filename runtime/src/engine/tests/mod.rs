//! The engine's test bench. [`flow`] reads a flow from short lines; [`check`] plays inputs and compares the trace. After
//! every step the facts are folded a second time and the instance goes through JSON: both must give the same.

mod assigning;
mod bench;
mod choosing;
mod compensating;
mod deadlines;
mod deeds;
mod event_subs;
mod events;
mod explaining;
mod gateways;
mod operations;
mod random;
mod repeating;
mod scopes;
mod sending_back;
mod signing;
mod tasks;
mod throwing;
mod unreadable;

pub(crate) use bench::flow;
pub(super) use bench::{Play, check};

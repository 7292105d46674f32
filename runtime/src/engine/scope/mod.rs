//! Subprocesses of all kinds (BPMN 2.0.2 §10.3.5), and sending work back.

mod ad_hoc;
mod back;
mod event_sub_process;
mod sub_process;
mod transaction;

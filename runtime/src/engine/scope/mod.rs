//! Embedded subprocesses (BPMN 2.0.2 §10.3.5) and sending work back.

mod back;
mod sub_process;

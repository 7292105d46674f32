//! The server: stores, serves, schedules and authenticates; carries out the effects the interpreter asks for.
//!
//! A request goes: `http` (route, session, rights) → `records`, `drive`, `definitions` (one transaction) → `store`.
//! The interpreter ([`runtime`]) decides; nothing here holds a rule of its own.

pub mod absences;
pub mod actor;
pub mod alert_pages;
pub mod app;
pub mod auth;
mod budget;
pub mod cli;
pub mod clock;
pub mod config;
mod cursor;
pub mod deeds;
pub mod definitions;
pub mod demo;
pub mod departments;
mod drive;
pub mod error;
pub mod files;
pub mod http;
pub mod instances;
pub mod jobs;
pub mod live;
pub mod nodes;
pub mod operations;
mod page;
pub mod people;
pub mod plugins;
#[cfg(test)]
mod promises;
pub mod records;
pub mod shipped;
pub mod store;
pub mod tasks;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod walk;

pub use app::App;

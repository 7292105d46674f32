//! What the files of a pack say: inert data. Nothing here evaluates anything. Files are strict:
//! an unknown key is an alert, a list with ids is never a map (a JSON map drops a duplicate silently).
//!
//! Reading order: [`pack`] → [`module`] → [`rules`], [`view`] → [`flow`], [`layout`] → [`table`],
//! [`scenario`], [`suppressed`]; then [`load`] (files in, [`pack::Pack`] and alerts out) and [`catalog`] (the packs
//! installed together).

pub mod catalog;
pub mod flow;
pub mod layout;
pub mod load;
pub mod module;
pub mod pack;
pub mod patch;
mod pick;
pub mod rules;
pub mod save;
pub mod scenario;
pub mod suppressed;
pub mod table;
pub mod view;

//! Forms made from a module: what a person typed ([`state`]), what the rules make of it ([`engine`]), whom that wakes
//! ([`wake`]), how it is drawn ([`draw`], [`widget`]), and saving with faults, conflicts, duplicates and drafts ([`page`]).

pub mod conflict;
pub mod draft;
pub mod draw;
mod engine;
pub mod faults;
pub mod linked;
pub mod page;
pub mod pages;
pub mod state;
mod wake;
mod widget;

pub use widget::Input;
pub use widget::files::files;
pub use widget::signature::signature;

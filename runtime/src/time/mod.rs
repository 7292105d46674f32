//! Working time. [`Span`] is a length as flows write it, [`Calendar`] the working hours it is counted in.

mod calendar;
pub mod crontab;
mod span;
mod zone;

pub use calendar::{Calendar, OutOfRange};
pub use span::{BadSpan, Span};
pub use zone::zone;

#[cfg(test)]
mod tests;

//! Checks definitions. Never fails: what is wrong is an [`Alert`]; whether a flow can end is a [`sound::Verdict`].
//!
//! One rule, one file, one code. [`flow`] looks at a process alone, [`references`] at what it names elsewhere,
//! [`module`] at forms and rules, [`sound`] plays every run. Browser and server call the same two functions.

#[cfg(test)]
pub mod draw;
pub mod flow;
pub mod sound;

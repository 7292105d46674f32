//! What people do with tasks besides doing them. Who may is decided in [`rights`] alone; the rest is one file per deed.
//! Opening and completing a task stand in [`super::activity`], who is asked in [`super::people`].

pub(super) mod deeds;
mod lend;
pub(super) mod rights;
pub mod sheet;
mod sign;
mod skip;
mod stop;
mod tell;
mod withdraw;

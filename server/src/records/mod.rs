//! Records: every way to read and to change them. Rights are asked at one seam, [`seat::Seat`]: of `runtime::policy`,
//! whose answer becomes a condition of every query here.

mod board;
mod calendar;
mod change;
mod comments;
mod conflict;
mod duplicates;
mod export;
mod filter;
mod labels;
mod linked;
mod list;
mod lookup;
mod names;
mod read;
mod referring;
mod saved_views;
pub(crate) mod seat;
mod tree;

pub use board::{board, move_card};
pub use calendar::calendar;
pub use change::{change, create, delete};
pub use comments::{comments, readers, remove_comment, save_comment};
pub use duplicates::duplicates;
pub use export::export;
pub use list::list;
pub use lookup::{find, lookup};
pub use read::{history, read};
pub use saved_views::{forget_view, save_view, saved_views};
pub use tree::tree;

pub(crate) use change::unique;
pub(crate) use conflict::conflicts;
pub(crate) use labels::ids;
pub(crate) use labels::label_of;
pub(crate) use names::{names, referring};
pub(crate) use read::{entries, knows, may_read, shown};
pub(crate) use seat::{Seat, holds_item};

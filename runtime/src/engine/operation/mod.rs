//! What administrators do with running instances: moving a token ([`moving`]), taking an instance to another version of
//! its flow ([`migrate`], by a [`mapping`], for which somebody may ask what to [`suggest`]). Before anything moves it is asked whether the instance could still end
//! ([`ending`]); what could not is refused.

mod ending;
mod mapping;
mod migrate;
mod moving;
mod place;
mod suggest;

pub use ending::Verdict;
pub use mapping::mapping;
pub use migrate::{Fate, fate};
pub use moving::may_move;
pub use suggest::suggest;

//! The packs installed together.

use super::pack::Pack;

#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// In the order of their dependencies.
    pub packs: Vec<Pack>,
}

//! The primitive change: one file's content before and after. Its inverse swaps the two.

use crate::document::{Address, Content, Document};

/// What one step did to one file. `None`: the file is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub address: Address,
    pub before: Option<Content>,
    pub after: Option<Content>,
}

impl Change {
    /// The change that takes this one back.
    pub fn inverse(&self) -> Change {
        Change { address: self.address.clone(), before: self.after.clone(), after: self.before.clone() }
    }

    pub fn apply(&self, document: &mut Document) {
        document.put(self.address.clone(), self.after.clone());
    }
}

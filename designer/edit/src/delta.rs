//! What has changed in a document since somebody was told last: the checker, after every edit.

use std::collections::BTreeMap;

use runtime::model::patch::{self, Patch};

use crate::document::{Address, Content, Document};

/// The state of a document that was told. Cheap: contents are shared.
#[derive(Clone, Debug, Default)]
pub struct Told {
    contents: BTreeMap<Address, Content>,
    aside: BTreeMap<String, Option<String>>,
}

impl Document {
    /// The state to be told.
    pub fn told(&self) -> Told {
        Told { contents: self.contents().clone(), aside: self.aside().clone() }
    }

    /// What makes the state that was told this one; none: everything has to be told anew.
    pub fn since(&self, told: &Told) -> Option<Vec<Patch>> {
        if told.aside != *self.aside() {
            return None;
        }
        let mut found = Vec::new();
        for (address, now) in self.contents() {
            match told.contents.get(address) {
                Some(then) if then.is_same(now) => {}
                then => found.push(between(address, then, now)),
            }
        }
        for address in told.contents.keys().filter(|it| !self.contents().contains_key(it)) {
            found.push(Patch::File { path: address.path(), text: None });
        }
        Some(found)
    }
}

fn between(address: &Address, then: Option<&Content>, now: &Content) -> Patch {
    let small = match (address, then, now) {
        (Address::Flow(key), Some(Content::Flow(then)), Content::Flow(now)) => Some(patch::of_flow(key, then, now)),
        (Address::Layout(key), Some(Content::Layout(then)), Content::Layout(now)) => patch::of_layout(key, then, now),
        _other => None,
    };
    small.unwrap_or_else(|| Patch::File { path: address.path(), text: Some(now.text(None)) })
}

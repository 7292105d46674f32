//! Who reads a field is woken when that field has changed, and nobody else. One signal that all fields of a form read costs
//! every field of it at every key that is pressed.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// A trigger per field, made by its first reader; lives with the form.
#[derive(Clone, Copy)]
pub struct Wake(StoredValue<BTreeMap<String, ArcTrigger>>);

impl Wake {
    /// For the current owner.
    pub fn new() -> Self {
        Self(StoredValue::default())
    }

    /// The reader that runs now is woken by changes of this field.
    pub fn track(self, key: &str) {
        let trigger = self.0.try_update_value(|all| match all.get(key) {
            Some(it) => it.clone(),
            None => all.entry(key.to_owned()).or_insert_with(ArcTrigger::new).clone(),
        });
        if let Some(it) = trigger {
            it.track();
        }
    }

    /// A field has changed.
    pub fn field(self, key: &str) {
        // Readers may ask for a trigger at once, so the list is not held while they are woken.
        if let Some(it) = self.0.try_with_value(|all| all.get(key).cloned()).flatten() {
            it.notify();
        }
    }

    /// Any field may have changed.
    pub fn all(self) {
        let all: Vec<ArcTrigger> = self.0.try_with_value(|all| all.values().cloned().collect()).unwrap_or_default();
        for it in all {
            it.notify();
        }
    }
}

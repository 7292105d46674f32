//! FEEL, the expression language of DMN and of Camunda 8, said in rhai: what means something else there is said otherwise, what cannot be
//! said is named, never guessed. Three truths are two here: what FEEL calls null does not hold, and neither does its negation.

mod say;
mod tree;
mod words;

use std::collections::BTreeMap;

use crate::limits;
pub(super) use say::{is_plain, quoted, variable};

/// A construct that is not understood.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("expected an expression of FEEL that is understood here, found {what}")]
pub struct Unknown {
    pub what: String,
}

impl Unknown {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into() }
    }
}

/// An expression of FEEL in rhai. `known`: names that are no single words, with the variables they stand for.
pub(super) fn said(source: &str, known: &BTreeMap<String, String>) -> Result<String, Unknown> {
    let words = words::words(source, known)?;
    if words.len() > limits::FEEL.0 {
        return Err(Unknown::new("an expression so long"));
    }
    say::value(&tree::read(words)?)
}

#[cfg(test)]
mod tests;

//! How many rows a page may have.

use crate::error::{Error, Result};

/// The rows a query asks for; `usual` where it says nothing.
///
/// # Errors
/// A number outside of 1 and `most` is refused: fewer rows than asked for, in silence, look like all there are.
pub(crate) fn rows(asked: Option<u64>, usual: u64, most: u64) -> Result<u64> {
    match asked.unwrap_or(usual) {
        it if (1..=most).contains(&it) => Ok(it),
        it => Err(Error::Malformed {
            pointer: "/limit".to_owned(),
            detail: format!("expected a number of rows from 1 to {most}, found {it}"),
        }),
    }
}

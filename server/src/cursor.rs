//! Cursors: where a page of a list begins, as text that nobody needs to understand but who wrote it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// A place as a cursor.
pub fn write(place: &impl Serialize) -> String {
    let text = serde_json::to_string(place).unwrap_or_default();
    text.bytes().map(|it| format!("{it:02x}")).collect()
}

/// The place a cursor stands for; an error if this list did not write it.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let byte = |at: usize| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok();
    let bytes = (0..text.len() / 2).map(byte).collect::<Option<Vec<u8>>>();
    bytes.and_then(|it| serde_json::from_slice(&it).ok()).ok_or_else(foreign)
}

/// The cursor is of another list, or of another order of this one.
pub fn foreign() -> Error {
    Error::malformed("the cursor belongs to another list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_and_nonsense_does_not() {
        assert_eq!(read::<(bool, String)>(&write(&(true, "变压器"))).expect("a place"), (true, "变压器".to_owned()));
        for text in ["", "7", "zz", "é", "\u{1f600}", "7b7d", "[1]"] {
            assert!(read::<(bool, String)>(text).is_err(), "{text}");
        }
    }
}

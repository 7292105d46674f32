//! From bytes to text: byte order marks and declared encodings.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::interchange::Error;
use crate::limits;

/// The text of an XML file, without its byte order mark. UTF-8, UTF-16 and every encoding a browser knows.
///
/// # Errors
/// Too many bytes, an unknown encoding, or bytes that are no text in it.
pub fn decode(bytes: &[u8]) -> Result<String, Error> {
    if bytes.len() > limits::XML_BYTES {
        return Err(Error::TooLarge { bytes: bytes.len(), most: limits::XML_BYTES });
    }
    // The mark of UTF-16 is the beginning of that of UTF-32, so this is asked first.
    let wide: [&[u8]; 4] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<"];
    if wide.iter().any(|it| bytes.starts_with(it)) {
        return Err(Error::Unknown { encoding: "UTF-32".to_owned() });
    }
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(it) => it,
        None if bytes.starts_with(b"<\0") => (UTF_16LE, 0),
        None if bytes.starts_with(b"\0<") => (UTF_16BE, 0),
        None => (declared(bytes)?, 0),
    };
    let bytes = bytes.get(mark..).unwrap_or_default();
    let wrong = || Error::Encoding { encoding: encoding.name().to_owned() };
    if encoding == UTF_8 {
        return std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| wrong());
    }
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|it| it.into_owned()).ok_or_else(wrong)
}

/// The encoding the XML declaration names. A file that can be read that far is no UTF-16, whatever it says.
fn declared(bytes: &[u8]) -> Result<&'static Encoding, Error> {
    let start = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let Some(rest) = start.strip_prefix(b"<?xml") else { return Ok(UTF_8) };
    let end = rest.windows(2).position(|it| it == b"?>").unwrap_or(rest.len());
    let declaration = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let value = after.trim_start().trim_start_matches('=').trim_start();
    let Some(quote) = value.chars().next().filter(|it| matches!(it, '"' | '\'')) else { return Ok(UTF_8) };
    let label = value.trim_start_matches(quote).split(quote).next().unwrap_or_default();
    match Encoding::for_label(label.as_bytes()) {
        Some(it) if it == UTF_16LE || it == UTF_16BE => Ok(UTF_8),
        Some(it) => Ok(it),
        None => Err(Error::Unknown { encoding: label.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_of_the_field() {
        let utf16: Vec<u8> = "\u{feff}<a>ä</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bare: Vec<u8> = "<a>ä</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let cases: [(&[u8], &str); 7] = [
            ("\u{feff}<a>ä</a>".as_bytes(), "<a>ä</a>"),
            (&utf16, "<a>ä</a>"),
            (&bare, "<a>ä</a>"),
            (
                b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>",
                "<?xml version='1.0' encoding='ISO-8859-1'?><a>ä</a>",
            ),
            (
                b"<?xml version=\"1.0\" encoding = \"windows-1251\"?><a>\xe4</a>",
                "<?xml version=\"1.0\" encoding = \"windows-1251\"?><a>д</a>",
            ),
            (b"<?xml version='1.0' encoding='UTF-16'?><a/>", "<?xml version='1.0' encoding='UTF-16'?><a/>"),
            (
                b"<?xml version='1.0' encoding='GB18030'?><a>\xd6\xd0</a>",
                "<?xml version='1.0' encoding='GB18030'?><a>中</a>",
            ),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for bytes in [
            &b"\xff\xfe\0\0<\0\0\0"[..],
            b"\0\0\xfe\xff\0\0\0<",
            b"<\0\0\0a\0\0\0",
            b"\0\0\0<",
            b"<?xml version='1.0' encoding='UTF-32'?><a/>",
        ] {
            let said = decode(bytes).expect_err("UTF-32").to_string();
            assert!(said.contains("found UTF-32; save"), "{said}");
        }
        for bytes in [&b"<a>\xff</a>"[..], b"<?xml version='1.0' encoding='klingon'?><a/>", b"\xff\xfe<\0a"] {
            assert!(matches!(decode(bytes), Err(Error::Encoding { .. } | Error::Unknown { .. })), "{bytes:?}");
        }
    }
}

//! Which files a field takes: `"x-file": {"accept": ["image/*", "application/pdf", ".docx"], "maxBytes": 20971520}` beside
//! `"format": "x-file"`. Asked by the browser before a file is sent, and by the server before it is put into a record.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::limits;

/// What a field says of its files. Nothing said: any file up to [`limits::UPLOAD_BYTES`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FileRule {
    /// Media types (`application/pdf`, `image/*`) and endings (`.docx`); one must fit. Empty: all do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// `file-type`
    Type,
    /// `file-size`
    Size,
}

impl FileFault {
    /// The code of the fault at the field.
    pub fn code(self) -> &'static str {
        match self {
            Self::Type => "file-type",
            Self::Size => "file-size",
        }
    }
}

impl FileRule {
    /// The rule of a field, from its schema: one file or an array of them. What cannot be read says nothing.
    pub fn of(schema: &Value) -> Self {
        let word = schema.get("x-file").or_else(|| schema.pointer("/items/x-file"));
        word.and_then(|it| Self::deserialize(it).ok()).unwrap_or_default()
    }

    /// Bytes one file may have.
    pub fn most_bytes(&self) -> u64 {
        self.max_bytes.unwrap_or(limits::UPLOAD_BYTES).min(limits::UPLOAD_BYTES)
    }

    /// Whether the field takes a file of this name, media type and size.
    pub fn takes(&self, name: &str, media: &str, size: u64) -> Result<(), FileFault> {
        if size > self.most_bytes() {
            return Err(FileFault::Size);
        }
        let name = name.to_lowercase();
        let fits = |it: &String| match it.strip_suffix("/*") {
            Some(kind) => media.split_once('/').is_some_and(|(of, _)| of.eq_ignore_ascii_case(kind)),
            None if it.starts_with('.') => name.ends_with(&it.to_lowercase()),
            None => media.eq_ignore_ascii_case(it),
        };
        if self.accept.is_empty() || self.accept.iter().any(fits) { Ok(()) } else { Err(FileFault::Type) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_says_which_files_it_takes() {
        let schema = json!({"type": "array", "items": {"type": "string", "format": "x-file", "x-file": {"accept": ["image/*", "application/pdf", ".docx"], "maxBytes": 1000}}});
        let rule = FileRule::of(&schema);
        for (name, media, size, expected) in [
            ("a.png", "image/png", 1000, Ok(())),
            ("a.png", "image/png", 1001, Err(FileFault::Size)),
            ("a.pdf", "application/pdf", 1, Ok(())),
            ("报价.DOCX", "application/zip", 1, Ok(())),
            ("a.exe", "application/octet-stream", 1, Err(FileFault::Type)),
            ("image", "images/png", 1, Err(FileFault::Type)),
        ] {
            assert_eq!(rule.takes(name, media, size), expected, "{name} {media} {size}");
        }
        let open = FileRule::of(&json!({"type": "string", "format": "x-file"}));
        assert_eq!(open.takes("x", "", limits::UPLOAD_BYTES), Ok(()));
        assert_eq!(open.takes("x", "", limits::UPLOAD_BYTES + 1), Err(FileFault::Size));
        let generous = FileRule::of(&json!({"x-file": {"maxBytes": u64::MAX}}));
        assert_eq!(generous.most_bytes(), limits::UPLOAD_BYTES, "no field is more generous than the platform");
        assert_eq!(FileRule::of(&json!({"x-file": 7})), FileRule::default());
    }
}

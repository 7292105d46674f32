//! Why a file could not be read as BPMN, or a document not be written.

/// Why a file could not be read, or a document not be written. Every error says where and what was expected. Lines and columns count from 1,
/// columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("expected at most {most} bytes, found {bytes}")]
    TooLarge { bytes: usize, most: usize },
    /// The bytes are no text in the encoding the file declares, or nobody knows that encoding.
    #[error("expected text in {encoding}, found bytes that are none")]
    Encoding { encoding: String },
    /// An encoding nobody here reads.
    #[error("expected UTF-8, UTF-16 or another encoding of the web, found {encoding}; save the file as UTF-8")]
    Unknown { encoding: String },
    /// Not well-formed XML (with namespaces).
    #[error("line {line}, column {column}: {detail}")]
    Syntax { line: usize, column: usize, detail: String },
    /// More than a limit of [`crate::limits`] allows.
    #[error("line {line}, column {column}: expected at most {most} {what}")]
    Limit { line: usize, column: usize, what: &'static str, most: usize },
    /// Entities of a DTD are never expanded.
    #[error(
        "line {line}, column {column}: expected no declarations in the document type, found some; write the text itself instead of entities"
    )]
    Entities { line: usize, column: usize },
    #[error("expected `definitions` of BPMN 2.0 (http://www.omg.org/spec/BPMN/20100524/MODEL), found `{found}`")]
    NotBpmn { found: String },
    /// An extension element of ours that does not say what it should.
    #[error("element `{element}`: its Flowloom extension cannot be read: {detail}")]
    Extension { element: String, detail: String },
    /// Of a document that is written: XML has no way to say some control characters.
    #[error("element `{element}`: expected characters XML allows in {place}, found U+{code:04X}")]
    Character { element: String, place: String, code: u32 },
    /// Of the JSON form.
    #[error("{pointer}: {detail}")]
    Json { pointer: String, detail: String },
}

impl Error {
    /// A stable word for translations and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::TooLarge { .. } => "xml-too-large",
            Error::Encoding { .. } | Error::Unknown { .. } => "xml-encoding",
            Error::Syntax { .. } => "xml-syntax",
            Error::Limit { .. } => "xml-limit",
            Error::Entities { .. } => "xml-entities",
            Error::NotBpmn { .. } => "xml-not-bpmn",
            Error::Extension { .. } => "xml-extension",
            Error::Character { .. } => "xml-character",
            Error::Json { .. } => "json-malformed",
        }
    }
}

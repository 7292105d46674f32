//! What of BPMN XML has no word of ours and is kept for export.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::limits;

/// What BPMN XML said about an element that has no word of its own here: foreign attributes, extension elements, and
/// standard parts that are not executed. Kept for export, in the order of the file. [`crate::interchange`] reads and writes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Qualified name and value. In JSON an object.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "attributes")]
    pub attributes: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<XmlNode>,
}

/// An XML element, a text between elements, a comment or a processing instruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum XmlNode {
    Text(String),
    Element(XmlElement),
    Comment {
        comment: String,
    },
    /// Target and content of `<?…?>`.
    Instruction {
        instruction: String,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct XmlElement {
    /// Elements of BPMN and of its diagrams: the local name (`ioSpecification`). Everything else: the qualified name as in
    /// the file (`camunda:field`); one without a prefix that stands where BPMN's own could stand begins with a colon.
    #[serde(deserialize_with = "name")]
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "attributes")]
    pub attributes: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<XmlNode>,
}

impl Kept {
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty()
    }
}

/// How names of ours begin in the tree, whatever the prefix is in the file. No qualified name of a file has two colons.
pub(crate) const OURS_MARK: &str = "flowloom::";

/// Whether a text is an XML name without a colon (XML 1.0, fifth edition, production 5).
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let start = |it: char| it.is_ascii_alphabetic() || it == '_' || is_name_letter(it);
    chars.next().is_some_and(start)
        && chars.all(|it| start(it) || it.is_ascii_digit() || matches!(it, '-' | '.' | '\u{b7}'))
}

/// Letters beyond ASCII, roughly: production 4.
fn is_name_letter(it: char) -> bool {
    it >= '\u{c0}'
        && !matches!(it, '\u{d7}' | '\u{f7}' | '\u{2000}'..='\u{206f}' | '\u{3000}' | '\u{fffe}' | '\u{ffff}')
}

/// What is no name would be no XML when the file is written, or other XML than was meant.
fn checked(name: &str) -> Result<(), String> {
    let bare = name.strip_prefix(OURS_MARK).or_else(|| name.strip_prefix(':'));
    let good = match (bare, name.split_once(':')) {
        (Some(local), _) => is_name(local),
        (None, Some((prefix, local))) => is_name(prefix) && is_name(local),
        (None, None) => is_name(name),
    };
    if good && name.len() <= limits::XML_NAME {
        return Ok(());
    }
    let shown: String = name.chars().take(60).collect();
    Err(format!("expected an XML name, found `{shown}`"))
}

fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    checked(&name).map_err(D::Error::custom)?;
    Ok(name)
}

/// Attributes as a JSON object in the order of the file; a name that comes twice is refused.
pub mod attributes {
    use std::fmt;

    use serde::de::{Error, MapAccess, Visitor};
    use serde::ser::SerializeMap;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(of: &[(String, String)], to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(of.len()))?;
        for (key, value) in of {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
        struct Attributes;
        impl<'de> Visitor<'de> for Attributes {
            type Value = Vec<(String, String)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut names = std::collections::BTreeSet::new();
                let mut found = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, String>()? {
                    super::checked(&key).map_err(M::Error::custom)?;
                    if !names.insert(key.clone()) {
                        return Err(M::Error::custom(format!("expected the attribute `{key}` once, found it twice")));
                    }
                    found.push((key, value));
                }
                Ok(found)
            }
        }
        from.deserialize_map(Attributes)
    }
}

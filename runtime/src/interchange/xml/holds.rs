//! What XML 1.0 cannot hold (production 2): most control characters, not even as references. A file never has them; JSON and what
//! people type may.

use super::{OURS_MARK, Tree, read::is_char};
use crate::interchange::Error;
use crate::model::flow::{XmlElement, XmlNode};

/// The first character of a document that cannot be written; none: it can.
///
/// # Errors
/// A control character, with its place.
pub fn holds(tree: &Tree) -> Result<(), Error> {
    tree.before.iter().chain(&tree.after).try_for_each(|it| node("", it, &tree.root))?;
    element("", &tree.root)
}

/// `id`: of the nearest element around it that has one.
fn element(id: &str, it: &XmlElement) -> Result<(), Error> {
    let id = super::attribute(it, "id").unwrap_or(id);
    for (name, value) in &it.attributes {
        check(id, value, || format!("`{}`", name.trim_start_matches(OURS_MARK)))?;
    }
    it.children.iter().try_for_each(|child| node(id, child, it))
}

fn node(id: &str, it: &XmlNode, within: &XmlElement) -> Result<(), Error> {
    match it {
        XmlNode::Element(it) => element(id, it),
        XmlNode::Text(it) => check(id, it, || format!("the text of `{}`", within.name.trim_start_matches(OURS_MARK))),
        XmlNode::Comment { comment: it } => check(id, it, || "a comment".to_owned()),
        XmlNode::Instruction { instruction: it } => check(id, it, || "an instruction".to_owned()),
    }
}

fn check(id: &str, text: &str, place: impl FnOnce() -> String) -> Result<(), Error> {
    match text.chars().find(|it| !is_char(*it)) {
        None => Ok(()),
        Some(it) => {
            Err(Error::Character { element: id.escape_debug().to_string(), place: place(), code: u32::from(it) })
        }
    }
}

//! What flows say that BPMN has no word for: as extension elements of our namespace, and back.
//!
//! Nothing here knows what is ours. An element is written in BPMN's words and read again; where the result says less than
//! the element did, the difference goes into the extension, as structured XML. So whatever the model learns is carried.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Error;
use super::xml::{self, OURS_MARK};
use crate::model::flow::{XmlElement, XmlNode};

/// The attribute that says what an element of the extension holds.
const IS: &str = "flowloom::is";
/// The attribute with a member's name, where that is no XML name.
const KEY: &str = "flowloom::key";

/// The names of our extension elements: what they speak of.
pub const ELEMENT: &str = "flowloom::element";
pub const FLOW: &str = "flowloom::flow";
pub const LANE: &str = "flowloom::lane";
pub const COLLABORATION: &str = "flowloom::collaboration";

/// Puts what `full` says and `base` does not into the extension elements of `into`. `base` is what `into` says when it is
/// read; what is kept of the file is no part of the comparison.
pub fn extend<T: Serialize>(into: &mut XmlElement, name: &str, full: &T, base: &T) {
    let (mut full, mut base) = (value(full), value(base));
    forget_kept(&mut full);
    forget_kept(&mut base);
    let Some(ours) = difference(&full, &base) else { return };
    let node = XmlNode::Element(encode(name, &ours));
    let at = into.children.iter().position(|it| matches!(it, XmlNode::Element(it) if it.name == "extensionElements"));
    if let Some(XmlNode::Element(it)) = at.and_then(|at| into.children.get_mut(at)) {
        it.children.insert(0, node);
        return;
    }
    let extensions = XmlElement { children: vec![node], ..xml::element("extensionElements") };
    // Behind the documentation, as the schema wants it; comments stay where they are.
    let before = |it: &XmlNode| match it {
        XmlNode::Element(it) => it.name == "documentation",
        XmlNode::Comment { .. } | XmlNode::Instruction { .. } => true,
        XmlNode::Text(_) => false,
    };
    let at = into.children.iter().take_while(|it| before(it)).count();
    into.children.insert(at, XmlNode::Element(extensions));
}

/// The extension of that name inside an element.
pub fn find<'a>(of: &'a XmlElement, name: &str) -> Option<&'a XmlElement> {
    xml::child(xml::child(of, "extensionElements")?, name)
}

/// Takes our extension out of an element.
pub fn take(from: &mut XmlElement, name: &str) -> Option<XmlElement> {
    let at =
        from.children.iter().position(|it| matches!(it, XmlNode::Element(it) if it.name == "extensionElements"))?;
    let Some(XmlNode::Element(extensions)) = from.children.get_mut(at) else { return None };
    let inside = extensions.children.iter().position(|it| matches!(it, XmlNode::Element(it) if it.name == name))?;
    let XmlNode::Element(found) = extensions.children.remove(inside) else { return None };
    if extensions.children.is_empty() && extensions.attributes.is_empty() {
        from.children.remove(at);
    }
    Some(found)
}

/// What was read, with our extension laid over it.
///
/// # Errors
/// An extension that does not fit.
pub fn lay<T: Serialize + DeserializeOwned>(over: T, extension: &XmlElement, element: &str) -> Result<T, Error> {
    let mut base = value(&over);
    let wrong = |detail: String| Error::Extension { element: element.to_owned(), detail };
    overlay(&mut base, decode(extension).map_err(wrong)?);
    crate::plain::read_at(&base).map_err(|(place, fault)| {
        let place = place.to_string();
        wrong(if place.is_empty() { fault.to_string() } else { format!("{place}: {fault}") })
    })
}

/// Drops what is kept of files, here and in the lists of objects inside.
pub fn forget_kept(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.shift_remove("kept");
            members.values_mut().for_each(forget_kept);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_kept),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

fn value<T: Serialize>(of: &T) -> Value {
    serde_json::to_value(of).expect("the model serialises: its maps have text keys")
}

/// The members of `full` that `base` lacks or says otherwise. Null: a member that `base` has and `full` has not.
fn difference(full: &Value, base: &Value) -> Option<Value> {
    let (Value::Object(full), Value::Object(base)) = (full, base) else {
        return (full != base).then(|| full.clone());
    };
    let mut members = Map::new();
    for (key, value) in full {
        match base.get(key) {
            None => {
                members.insert(key.clone(), value.clone());
            }
            Some(other) => {
                if let Some(it) = difference(value, other) {
                    members.insert(key.clone(), it);
                }
            }
        }
    }
    for key in base.keys().filter(|it| !full.contains_key(*it)) {
        members.insert(key.clone(), Value::Null);
    }
    (!members.is_empty()).then_some(Value::Object(members))
}

fn overlay(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                if value.is_null() {
                    base.shift_remove(&key);
                } else {
                    overlay(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (base, over) => *base = over,
    }
}

/// A JSON value as XML: texts of objects are attributes, everything else an element that says what it is.
fn encode(name: &str, value: &Value) -> XmlElement {
    let mut out = xml::element(name);
    let typed = |out: &mut XmlElement, word: &str, text: String| {
        xml::set(out, IS, word);
        if !text.is_empty() {
            out.children.push(XmlNode::Text(text));
        }
    };
    match value {
        Value::Null => typed(&mut out, "null", String::new()),
        Value::Bool(it) => typed(&mut out, "boolean", it.to_string()),
        Value::Number(it) => typed(&mut out, "number", it.to_string()),
        Value::String(it) => typed(&mut out, "text", it.clone()),
        Value::Array(items) => {
            xml::set(&mut out, IS, "list");
            items.iter().for_each(|it| xml::push(&mut out, encode("flowloom::item", it)));
        }
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) if is_plain(key) => xml::set(&mut out, key, text.clone()),
                    _ if is_plain(key) => xml::push(&mut out, encode(&format!("{OURS_MARK}{key}"), value)),
                    _ => {
                        let mut member = encode("flowloom::member", value);
                        xml::set(&mut member, KEY, key.clone());
                        xml::push(&mut out, member);
                    }
                }
            }
        }
    }
    out
}

/// Whether a member's name can be the name of an attribute or element.
fn is_plain(key: &str) -> bool {
    key.starts_with(|it: char| it.is_ascii_alphabetic())
        && key.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.'))
        && !key.to_ascii_lowercase().starts_with("xml")
}

fn decode(element: &XmlElement) -> Result<Value, String> {
    let text = || xml::text(element);
    match xml::attribute(element, IS) {
        None => {
            let mut members = Map::new();
            for (key, value) in element.attributes.iter().filter(|(key, _)| !key.contains(':') && key != "xmlns") {
                members.insert(key.clone(), Value::String(value.clone()));
            }
            for it in xml::elements(element) {
                let name = it
                    .name
                    .strip_prefix(OURS_MARK)
                    .ok_or_else(|| format!("expected elements of ours, found `{}`", it.name))?;
                let key = xml::attribute(it, KEY).unwrap_or(name);
                if members.insert(key.to_owned(), decode(it)?).is_some() {
                    return Err(format!("expected `{key}` once, found it twice"));
                }
            }
            Ok(Value::Object(members))
        }
        Some("list") => xml::elements(element).map(decode).collect::<Result<_, _>>().map(Value::Array),
        Some("text") => Ok(Value::String(text())),
        Some("null") => Ok(Value::Null),
        Some("boolean") => super::kept::flag(&text())
            .map(Value::Bool)
            .ok_or_else(|| format!("expected true or false, found `{}`", text())),
        Some("number") => match serde_json::from_str(text().trim()) {
            Ok(it @ Value::Number(_)) => Ok(it),
            _ => Err(format!("expected a number, found `{}`", text())),
        },
        Some(other) => Err(format!("expected list, text, number, boolean or null, found `{other}`")),
    }
}

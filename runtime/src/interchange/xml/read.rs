//! From text to a tree, within limits: no entities of the file's own, no unbounded depth, size or number of anything.
//!
//! quick-xml cuts the text into tags; what it leaves to its caller (characters that are none, names, one root, declared
//! prefixes, what a reference may be) is checked here.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{BPMNDI, DC, DI, MODEL, OURS, OURS_MARK, Zone, diagram_space, is_name};
use crate::interchange::Error;
use crate::limits;
use crate::model::flow::{XmlElement, XmlNode};

/// A document.
#[derive(Debug, Default)]
pub struct Tree {
    /// Comments and instructions before the root …
    pub before: Vec<XmlNode>,
    pub root: XmlElement,
    /// … and after it.
    pub after: Vec<XmlNode>,
    /// Prefix of the root element; empty: the default namespace.
    pub prefix: String,
}

/// An element whose end has not come yet.
struct Open {
    element: XmlElement,
    zone: Zone,
    /// How many namespaces held outside of it.
    outside: usize,
}

struct State {
    /// Prefixes and their namespaces, innermost last.
    spaces: Vec<(String, String)>,
    open: Vec<Open>,
    tree: Tree,
    rooted: bool,
    nodes: usize,
}

/// What is wrong, before its line is known.
enum Wrong {
    Detail(String),
    Limit(&'static str, usize),
    Entities,
    NotBpmn(String),
}

impl From<String> for Wrong {
    fn from(detail: String) -> Self {
        Wrong::Detail(detail)
    }
}

/// Reads a document whose root is BPMN's `definitions`.
///
/// # Errors
/// Text that is no well-formed XML, goes beyond a limit, declares entities, or is not BPMN.
pub fn read(text: &str) -> Result<Tree, Error> {
    if let Some(at) = text.char_indices().find(|(_, it)| !is_char(*it)).map(|(at, _)| at) {
        return Err(placed(
            text,
            at,
            Wrong::Detail("expected characters XML allows, found a control character".to_owned()),
        ));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut state = State { spaces: Vec::new(), open: Vec::new(), tree: Tree::default(), rooted: false, nodes: 0 };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => state.take(event, at == 0).map_err(|it| placed(text, at, it))?,
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(at);
                let detail = error.to_string();
                let detail = detail
                    .strip_prefix("ill-formed document: ")
                    .or(detail.strip_prefix("syntax error: "))
                    .unwrap_or(&detail);
                return Err(placed(text, at, Wrong::Detail(detail.to_owned())));
            }
        }
    }
    if let Some(open) = state.open.last() {
        let detail = format!("expected the end of `{}`, found the end of the file", open.element.name);
        return Err(placed(text, text.len(), Wrong::Detail(detail)));
    }
    if !state.rooted {
        return Err(placed(text, text.len(), Wrong::Detail("expected an element, found none".to_owned())));
    }
    Ok(state.tree)
}

fn placed(text: &str, at: usize, wrong: Wrong) -> Error {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line = before.bytes().filter(|it| *it == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    match wrong {
        Wrong::Detail(detail) => Error::Syntax { line, column, detail },
        Wrong::Limit(what, most) => Error::Limit { line, column, what, most },
        Wrong::Entities => Error::Entities { line, column },
        Wrong::NotBpmn(found) => Error::NotBpmn { found },
    }
}

impl State {
    fn take(&mut self, event: Event<'_>, first: bool) -> Result<(), Wrong> {
        match event {
            Event::Start(start) => self.start(&start),
            Event::Empty(start) => {
                self.start(&start)?;
                self.end();
                Ok(())
            }
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(it) => {
                if it.contains("]]>") {
                    return Err("expected `]]&gt;`, found `]]>` in text".to_owned().into());
                }
                self.text(&it.xml10_content())
            }
            Event::CData(it) => {
                if self.open.is_empty() {
                    return Err("expected no text outside of the root element".to_owned().into());
                }
                self.text(&it.xml10_content())
            }
            Event::GeneralRef(it) => {
                let name: &str = &it;
                let text = resolve(name).ok_or_else(|| unknown_entity(name))?;
                if self.open.is_empty() {
                    return Err("expected no text outside of the root element".to_owned().into());
                }
                self.text(text.encode_utf8(&mut [0; 4]))
            }
            Event::Comment(it) => {
                self.count()?;
                self.put(XmlNode::Comment { comment: it.xml10_content().into_owned() });
                Ok(())
            }
            Event::PI(it) => {
                if it.target().eq_ignore_ascii_case("xml") {
                    return Err("expected the XML declaration at the very start of the file".to_owned().into());
                }
                self.count()?;
                self.put(XmlNode::Instruction { instruction: it.to_string() });
                Ok(())
            }
            Event::Decl(_) if first => Ok(()),
            Event::Decl(_) => Err("expected the XML declaration at the very start of the file".to_owned().into()),
            Event::DocType(it) => {
                if self.rooted || it.contains('[') {
                    return Err(Wrong::Entities);
                }
                Ok(())
            }
            Event::Eof => Ok(()),
        }
    }

    fn count(&mut self) -> Result<(), Wrong> {
        self.nodes += 1;
        if self.nodes > limits::XML_NODES {
            return Err(Wrong::Limit("elements, texts and comments", limits::XML_NODES));
        }
        Ok(())
    }

    fn put(&mut self, node: XmlNode) {
        match self.open.last_mut() {
            Some(it) => it.element.children.push(node),
            None if self.rooted => self.tree.after.push(node),
            None => self.tree.before.push(node),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Wrong> {
        let Some(open) = self.open.last_mut() else {
            return if text.trim().is_empty() {
                Ok(())
            } else {
                Err("expected no text outside of the root element".to_owned().into())
            };
        };
        if let Some(XmlNode::Text(before)) = open.element.children.last_mut() {
            before.push_str(text);
            return Ok(());
        }
        self.count()?;
        self.put(XmlNode::Text(text.to_owned()));
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Wrong> {
        self.count()?;
        if self.open.len() >= limits::XML_DEPTH {
            return Err(Wrong::Limit("levels of nesting", limits::XML_DEPTH));
        }
        let outside = self.spaces.len();
        let mut attributes = self.attributes(start)?;
        let name = start.name();
        let name: &str = name.as_ref();
        let (prefix, local) = split(name)?;
        let space = self.space(prefix).ok_or_else(|| undeclared(prefix))?.to_owned();
        for (key, _) in &mut attributes {
            if let Some((prefix, local)) = key.split_once(':')
                && prefix != "xmlns"
            {
                let space = self.space(prefix).ok_or_else(|| undeclared(prefix))?;
                if space == OURS {
                    *key = format!("{OURS_MARK}{local}");
                }
            }
        }
        let parent = self.open.last();
        let extending = parent.is_some_and(|it| match it.zone {
            Zone::Model => it.element.name == "extensionElements",
            Zone::Diagram => it.element.name == "extension",
            Zone::Foreign => true,
        });
        let zone = match parent.map(|it| it.zone) {
            None => {
                if self.rooted {
                    return Err(format!("expected one root element, found another, `{name}`").into());
                }
                if space != MODEL || local != "definitions" {
                    let found = if space.is_empty() { name.to_owned() } else { format!("{name}` of `{space}") };
                    return Err(Wrong::NotBpmn(found));
                }
                self.rooted = true;
                self.tree.prefix = prefix.to_owned();
                Zone::Model
            }
            Some(_) if extending => Zone::Foreign,
            Some(Zone::Model) if space == MODEL => Zone::Model,
            Some(Zone::Model | Zone::Diagram)
                if matches!(space.as_str(), BPMNDI | DC | DI) && diagram_space(local) == Some(space.as_str()) =>
            {
                Zone::Diagram
            }
            Some(_) => Zone::Foreign,
        };
        let name = match zone {
            Zone::Model | Zone::Diagram => local.to_owned(),
            Zone::Foreign if space == OURS => format!("{OURS_MARK}{local}"),
            Zone::Foreign if prefix.is_empty() && !extending => format!(":{local}"),
            Zone::Foreign => name.to_owned(),
        };
        self.open.push(Open { element: XmlElement { name, attributes, children: Vec::new() }, zone, outside });
        Ok(())
    }

    /// The attributes; the namespaces among them hold from here on.
    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Vec<(String, String)>, Wrong> {
        let mut found: Vec<(String, String)> = Vec::new();
        if !parted(start.attributes_raw()) {
            return Err("expected white space between attributes".to_owned().into());
        }
        for it in start.attributes() {
            let it = it.map_err(|it| {
                let it = it.to_string();
                it.split_once(": ").map_or(it.clone(), |(_, detail)| detail.to_owned())
            })?;
            if found.len() >= limits::XML_ATTRIBUTES {
                return Err(Wrong::Limit("attributes of one element", limits::XML_ATTRIBUTES));
            }
            let key: &str = it.key.as_ref();
            split(key)?;
            let value = value(&it.value)?;
            if value.len() > limits::XML_VALUE {
                return Err(Wrong::Limit("bytes of an attribute", limits::XML_VALUE));
            }
            let declared = match key.split_once(':') {
                None if key == "xmlns" => Some(""),
                Some(("xmlns", prefix)) => Some(prefix),
                _ => None,
            };
            if let Some(prefix) = declared {
                if value.is_empty() && !prefix.is_empty() {
                    return Err(format!("expected a namespace for the prefix `{prefix}`, found nothing").into());
                }
                if prefix == "xmlns" {
                    return Err("expected no declaration of the prefix `xmlns`".to_owned().into());
                }
                if self.spaces.len() >= limits::XML_NAMESPACES {
                    return Err(Wrong::Limit("namespaces at one place", limits::XML_NAMESPACES));
                }
                self.spaces.push((prefix.to_owned(), value.clone()));
            }
            found.push((key.to_owned(), value));
        }
        Ok(found)
    }

    /// The namespace of a prefix here. No default namespace is the empty one.
    fn space(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some("http://www.w3.org/XML/1998/namespace");
        }
        let found = self.spaces.iter().rev().find(|(it, _)| it == prefix).map(|(_, space)| space.as_str());
        if prefix.is_empty() { Some(found.unwrap_or_default()) } else { found }
    }

    fn end(&mut self) {
        let Some(Open { mut element, zone, outside }) = self.open.pop() else { return };
        self.spaces.truncate(outside);
        tidy(&mut element, zone);
        match self.open.last_mut() {
            Some(it) => it.element.children.push(XmlNode::Element(element)),
            None => self.tree.root = element,
        }
    }
}

/// Drops the white space that only indents: between elements where there is no other text. Elements of BPMN that hold
/// nothing else hold nothing.
fn tidy(element: &mut XmlElement, zone: Zone) {
    let is_blank = |it: &XmlNode| matches!(it, XmlNode::Text(text) if text.trim().is_empty());
    let is_text = |it: &XmlNode| matches!(it, XmlNode::Text(text) if !text.trim().is_empty());
    let preserved = element.attributes.iter().any(|(key, value)| key == "xml:space" && value == "preserve");
    if preserved || element.children.iter().any(is_text) {
        return;
    }
    let leaf = element.children.iter().all(|it| matches!(it, XmlNode::Text(_)));
    if !leaf || (zone != Zone::Foreign && !holds_text(&element.name)) {
        element.children.retain(|it| !is_blank(it));
    }
}

/// Elements of BPMN whose white space may be meant.
fn holds_text(name: &str) -> bool {
    matches!(name, "documentation" | "script" | "text")
}

/// Prefix and local name.
fn split(name: &str) -> Result<(&str, &str), Wrong> {
    if name.len() > limits::XML_NAME {
        return Err(Wrong::Limit("bytes of a name", limits::XML_NAME));
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let wrong = !is_name(local) || (name.contains(':') && !is_name(prefix));
    if wrong { Err(format!("expected a name, found `{name}`").into()) } else { Ok((prefix, local)) }
}

/// Production 2 of XML 1.0.
pub(super) fn is_char(it: char) -> bool {
    matches!(it, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether white space parts the attributes of a tag.
fn parted(raw: &str) -> bool {
    let mut quote = None;
    let mut closed = false;
    for it in raw.bytes() {
        if closed && !it.is_ascii_whitespace() {
            return false;
        }
        closed = quote == Some(it);
        quote = match quote {
            None if matches!(it, b'"' | b'\'') => Some(it),
            Some(open) if open == it => None,
            other => other,
        };
    }
    true
}

/// An attribute's value: white space becomes spaces, references what they stand for (XML 1.0 §3.3.3).
fn value(raw: &str) -> Result<String, Wrong> {
    if raw.contains('<') {
        return Err("expected `&lt;` in an attribute, found `<`".to_owned().into());
    }
    let raw: Cow<'_, str> = if raw.contains('\r') { raw.replace("\r\n", "\n").into() } else { raw.into() };
    let mut text = String::with_capacity(raw.len());
    let mut rest: &str = &raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        if let Some(reference) = after.strip_prefix('&') {
            let (name, after) =
                reference.split_once(';').ok_or_else(|| "expected `;` after a reference, found none".to_owned())?;
            text.push(resolve(name).ok_or_else(|| unknown_entity(name))?);
            rest = after;
        } else {
            text.push(' ');
            rest = after.get(1..).unwrap_or_default();
        }
    }
    text.push_str(rest);
    Ok(text)
}

/// What a reference stands for: one of the five names or a number.
fn resolve(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) if hex.bytes().all(|it| it.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
                None if number.bytes().all(|it| it.is_ascii_digit()) => number.parse().ok()?,
                _ => return None,
            };
            char::from_u32(code).filter(|it| is_char(*it))
        }
    }
}

fn unknown_entity(name: &str) -> Wrong {
    let name: String = name.chars().take(40).collect();
    Wrong::Detail(format!("expected a reference XML knows, found `&{name};`"))
}

fn undeclared(prefix: &str) -> Wrong {
    Wrong::Detail(format!("expected a declared prefix, found `{prefix}` (no `xmlns:{prefix}`)"))
}

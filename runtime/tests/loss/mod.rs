//! What a round trip lost, counted as the BPMN Model Interchange Working Group's files are compared: everything of the one
//! file as multisets, minus everything of the other. It reads XML by itself, not through `interchange`.

use std::collections::BTreeMap;
use std::fmt;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
/// Namespaces of diagrams begin so.
const DIAGRAM: [&str; 3] = [
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.omg.org/spec/DD/20100524/DI",
];
const OURS: &str = "urn:flowloom:bpmn:1";

/// What is missing in the second file, by kind.
#[derive(Debug, Default)]
pub struct Loss {
    /// BPMN elements: type and name.
    pub elements: Vec<String>,
    /// Their attributes: type, attribute, value.
    pub attributes: Vec<String>,
    /// Their texts: type and text.
    pub texts: Vec<String>,
    /// Shapes and edges, with all numbers.
    pub diagram: Vec<String>,
    pub ids: Vec<String>,
    /// Elements, attributes and texts of other namespaces.
    pub foreign: Vec<String>,
    pub namespaces: Vec<String>,
    pub comments: Vec<String>,
    /// What the second file has and the first had not: elements but `incoming` and `outgoing`.
    pub added: Vec<String>,
}

#[derive(Default)]
struct Count {
    elements: BTreeMap<String, i64>,
    attributes: BTreeMap<String, i64>,
    texts: BTreeMap<String, i64>,
    diagram: BTreeMap<String, i64>,
    ids: BTreeMap<String, i64>,
    foreign: BTreeMap<String, i64>,
    namespaces: BTreeMap<String, i64>,
    comments: BTreeMap<String, i64>,
}

impl Loss {
    pub fn between(first: &[u8], second: &[u8]) -> Self {
        let (first, second) = (Count::of(first), Count::of(second));
        let missing = |first: &BTreeMap<String, i64>, second: &BTreeMap<String, i64>| {
            first
                .iter()
                .filter(|(key, count)| second.get(*key).unwrap_or(&0) < count)
                .map(|(key, _)| key.clone())
                .collect()
        };
        Loss {
            elements: missing(&first.elements, &second.elements),
            attributes: missing(&first.attributes, &second.attributes),
            texts: missing(&first.texts, &second.texts),
            diagram: missing(&first.diagram, &second.diagram),
            ids: missing(&first.ids, &second.ids),
            foreign: missing(&first.foreign, &second.foreign),
            namespaces: missing(&first.namespaces, &second.namespaces),
            comments: missing(&first.comments, &second.comments),
            added: missing(&second.elements, &first.elements)
                .into_iter()
                .filter(|it: &String| !it.starts_with("incoming ") && !it.starts_with("outgoing "))
                .collect(),
        }
    }

    pub fn is_none(&self) -> bool {
        self.kinds().iter().all(|(_, it)| it.is_empty())
    }

    fn kinds(&self) -> [(&'static str, &Vec<String>); 9] {
        [
            ("elements", &self.elements),
            ("attributes", &self.attributes),
            ("texts", &self.texts),
            ("diagram", &self.diagram),
            ("ids", &self.ids),
            ("foreign", &self.foreign),
            ("namespaces", &self.namespaces),
            ("comments", &self.comments),
            ("added", &self.added),
        ]
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, lost) in self.kinds() {
            if !lost.is_empty() {
                write!(f, "\n  {} {kind}: {:?}", lost.len(), lost.iter().take(4).collect::<Vec<_>>())?;
            }
        }
        Ok(())
    }
}

/// An element that is open.
struct Open {
    space: String,
    name: String,
    text: String,
    leaf: bool,
}

impl Count {
    fn of(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes)
            .map_or_else(|_| encoding_rs::mem::decode_latin1(bytes).into_owned(), str::to_owned);
        let mut reader = NsReader::from_str(&text);
        let mut count = Count::default();
        let mut open: Vec<Open> = Vec::new();
        loop {
            let event = reader.read_event().expect("well-formed XML");
            match event {
                Event::Start(it) => {
                    let one = count.start(&reader, &it, &mut open);
                    open.push(one);
                }
                Event::Empty(it) => {
                    let one = count.start(&reader, &it, &mut open);
                    count.end(one);
                }
                Event::End(_) => {
                    let one = open.pop().expect("as many ends as starts");
                    count.end(one);
                }
                Event::Text(it) => push(&mut open, &it.xml10_content()),
                Event::CData(it) => push(&mut open, &it.xml10_content()),
                Event::GeneralRef(it) => {
                    let text = match it.resolve_char_ref().expect("a number") {
                        Some(it) => it.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&it).expect("one of five").to_owned(),
                    };
                    push(&mut open, &text);
                }
                Event::Comment(it) => *count.comments.entry(it.trim().to_owned()).or_default() += 1,
                Event::Eof => return count,
                _ => (),
            }
        }
    }

    fn start(&mut self, reader: &NsReader<&[u8]>, start: &BytesStart<'_>, open: &mut [Open]) -> Open {
        if let Some(it) = open.last_mut() {
            it.leaf = false;
        }
        let (space, local) = reader.resolver().resolve_element(start.name());
        let space = match space {
            ResolveResult::Bound(it) => it.as_ref().to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(it) => panic!("prefix {it:?} is not declared"),
        };
        let name = local.as_ref().to_owned();
        let mut label = String::new();
        let mut numbers = Vec::new();
        for it in start.attributes() {
            let it = it.expect("well-formed attributes");
            let value = it.normalized_value(XmlVersion::Implicit1_0).expect("known references").into_owned();
            let (of, key) = reader.resolver().resolve_attribute(it.key);
            let key = key.as_ref().to_owned();
            let of = match of {
                ResolveResult::Bound(it) => it.as_ref().to_owned(),
                ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
            };
            if it.key.as_ref().starts_with("xmlns") {
                *self.namespaces.entry(format!("{} {value}", it.key.as_ref())).or_default() = 1;
                continue;
            }
            if key == "id" && of.is_empty() {
                *self.ids.entry(value.clone()).or_default() += 1;
            }
            if key == "name" && of.is_empty() {
                label.clone_from(&value);
            }
            if !of.is_empty() {
                *self.foreign.entry(format!("{space} {name} @{of} {key} {value}")).or_default() += 1;
            } else if space == MODEL {
                *self.attributes.entry(format!("{name} {key} {value}")).or_default() += 1;
            } else {
                numbers.push(format!("{key}={value}"));
            }
        }
        numbers.sort();
        if space == MODEL {
            *self.elements.entry(format!("{name} {label}")).or_default() += 1;
        } else if DIAGRAM.contains(&space.as_str()) {
            let within = open.iter().rev().find(|it| it.name.starts_with("BPMN")).map_or("", |it| it.name.as_str());
            *self.diagram.entry(format!("{within}/{name} {}", numbers.join(" "))).or_default() += 1;
        } else if space != OURS {
            *self.foreign.entry(format!("{space} {name} {}", numbers.join(" "))).or_default() += 1;
        }
        Open { space, name, text: String::new(), leaf: true }
    }

    fn end(&mut self, one: Open) {
        let text = one.text.trim();
        if text.is_empty() || one.space == OURS {
            return;
        }
        let into = if one.space == MODEL { &mut self.texts } else { &mut self.foreign };
        *into.entry(format!("{} {text}", one.name)).or_default() += 1;
    }
}

fn push(open: &mut [Open], text: &str) {
    if let Some(it) = open.last_mut() {
        it.text.push_str(text);
    }
}

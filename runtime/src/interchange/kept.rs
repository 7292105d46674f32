//! What a file said beyond the model: taken out when it is read ([`rest`]), put back when it is written ([`join`]).
//!
//! Both work against the *plain* element: what the model alone would write. Reading keeps the original minus the plain
//! element; writing gives the plain element plus what was kept. So nothing can fall through, whatever the model knows.
//! A kept value of something the model has a word for too (`x="10.0"`, `calledElement="tns:P"`, `" a > 1 "`) counts only as long
//! as it says the same as the model.

use std::collections::{BTreeMap, BTreeSet};

use super::{order, xml};
use crate::model::flow::{Kept, XmlElement, XmlNode};

/// What of the original the plain element does not say.
pub fn rest(original: &XmlElement, plain: &XmlElement) -> Kept {
    let attributes =
        original.attributes.iter().filter(|(key, value)| xml::attribute(plain, key) != Some(value)).cloned().collect();
    if is_text(plain) {
        let children = if original.children == plain.children { Vec::new() } else { original.children.clone() };
        return Kept { attributes, children };
    }
    let twins = Queues::of(plain.children.iter());
    // Texts and comments the plain element has too: of parts that keep their own.
    let mut asides: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for node in plain.children.iter().filter(|it| !matches!(it, XmlNode::Element(_))) {
        *asides.entry(aside(node)).or_default() += 1;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let lists: Vec<&str> =
        ["incoming", "outgoing"].into_iter().filter(|it| twins.listed_otherwise(original, it)).collect();
    // Skeletons keep their place in the count, empty ones too as long as another follows.
    let mut found: Vec<(XmlNode, bool)> = Vec::new();
    for node in &original.children {
        match node {
            XmlNode::Element(it) if is_list_of_flows(&it.name) => {
                if lists.contains(&it.name.as_str()) {
                    found.push((node.clone(), false));
                }
            }
            XmlNode::Element(it) => {
                let count = seen.entry(&it.name).or_default();
                let left = match twins.get(&it.name, *count) {
                    Some(twin) => {
                        let Kept { attributes, children } = rest(it, twin);
                        XmlElement { name: it.name.clone(), attributes, children }
                    }
                    None => it.clone(),
                };
                *count += 1;
                let empty = left.attributes.is_empty() && left.children.is_empty() && *count <= twins.count(&it.name);
                found.push((XmlNode::Element(left), empty));
            }
            XmlNode::Text(text) if text.trim().is_empty() => {}
            XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => {
                let said = asides.get_mut(&aside(node)).filter(|it| **it > 0);
                match said {
                    Some(count) => *count -= 1,
                    None => found.push((node.clone(), false)),
                }
            }
        }
    }
    let mut needed: BTreeSet<String> = BTreeSet::new();
    let mut children: Vec<XmlNode> = Vec::new();
    for (node, empty) in found.into_iter().rev() {
        if let XmlNode::Element(it) = &node {
            if empty && !needed.contains(&it.name) {
                continue;
            }
            needed.insert(it.name.clone());
        }
        children.push(node);
    }
    children.reverse();
    Kept { attributes, children }
}

/// The plain element with what was kept, in the order of the schema.
pub fn join(plain: XmlElement, kept: &Kept) -> XmlElement {
    let XmlElement { name, mut attributes, children } = plain;
    for (key, value) in &kept.attributes {
        match attributes.iter_mut().find(|(it, _)| it == key) {
            Some((_, plain)) if same(key, plain, value) => plain.clone_from(value),
            Some(_) => (),
            None => attributes.push((key.clone(), value.clone())),
        }
    }
    let plain = XmlElement { name, attributes, children };
    if is_text(&plain) {
        let before = XmlElement { children: kept.children.clone(), ..xml::element(&plain.name) };
        let says_same = !kept.children.is_empty() && same(&plain.name, &xml::text(&plain), &xml::text(&before));
        return if says_same { XmlElement { children: before.children, ..plain } } else { plain };
    }

    let XmlElement { name, attributes, children } = plain;
    let skeletons = Queues::of(kept.children.iter());
    let listed: BTreeSet<(&str, String)> = xml_elements(&kept.children)
        .filter(|it| is_list_of_flows(&it.name))
        .map(|it| (it.name.as_str(), local(&xml::text(it)).to_owned()))
        .collect();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<XmlNode> = Vec::new();
    let mut later: Vec<XmlNode> = Vec::new();
    for node in children {
        let XmlNode::Element(it) = node else {
            out.push(node);
            continue;
        };
        if is_list_of_flows(&it.name) {
            // Flows are listed in the order of the file; those that came since follow.
            if !listed.contains(&(it.name.as_str(), local(&xml::text(&it)).to_owned())) {
                later.push(XmlNode::Element(it));
            }
            continue;
        }
        let count = taken.entry(it.name.clone()).or_default();
        let joined = match skeletons.get(&it.name, *count) {
            Some(left) => join(it, &Kept { attributes: left.attributes.clone(), children: left.children.clone() }),
            None => it,
        };
        *count += 1;
        out.push(XmlNode::Element(joined));
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for node in &kept.children {
        if let XmlNode::Element(it) = node {
            let count = seen.entry(&it.name).or_default();
            *count += 1;
            if *count <= taken.get(&it.name).copied().unwrap_or_default() || is_owned(&name, &it.name) {
                continue;
            }
        }
        out.push(node.clone());
    }
    out.extend(later);
    let mut joined = XmlElement { name, attributes, children: out };
    order::arrange(&mut joined);
    joined
}

/// The elements among nodes by name, each name's in order.
struct Queues<'a>(BTreeMap<&'a str, Vec<&'a XmlElement>>);

impl<'a> Queues<'a> {
    fn of(nodes: impl Iterator<Item = &'a XmlNode>) -> Self {
        let mut queues: BTreeMap<&str, Vec<&XmlElement>> = BTreeMap::new();
        for node in nodes {
            if let XmlNode::Element(it) = node {
                queues.entry(&it.name).or_default().push(it);
            }
        }
        Self(queues)
    }

    fn get(&self, name: &str, at: usize) -> Option<&'a XmlElement> {
        self.0.get(name).and_then(|it| it.get(at)).copied()
    }

    fn count(&self, name: &str) -> usize {
        self.0.get(name).map_or(0, Vec::len)
    }

    /// Whether the original lists flows, and not as these do.
    fn listed_otherwise(&self, original: &XmlElement, name: &str) -> bool {
        let mut at = 0;
        let mut as_here = true;
        for it in xml::elements(original).filter(|it| it.name == name) {
            as_here &= self.get(name, at).is_some_and(|here| here == it);
            at += 1;
        }
        at > 0 && (!as_here || at != self.count(name))
    }
}

/// A node that is no element, to compare.
fn aside(node: &XmlNode) -> (u8, &str) {
    match node {
        XmlNode::Text(text) => (0, text),
        XmlNode::Comment { comment } => (1, comment),
        XmlNode::Instruction { instruction } => (2, instruction),
        XmlNode::Element(it) => (3, &it.name),
    }
}

fn xml_elements(nodes: &[XmlNode]) -> impl Iterator<Item = &XmlElement> {
    nodes.iter().filter_map(|it| match it {
        XmlNode::Element(it) => Some(it),
        XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
    })
}

/// A reference without its prefix and the white space around it.
fn local(reference: &str) -> &str {
    let trimmed = reference.trim();
    trimmed.rsplit(':').next().unwrap_or(trimmed)
}

/// An element that holds text and nothing else.
fn is_text(it: &XmlElement) -> bool {
    !it.children.is_empty() && it.children.iter().all(|it| matches!(it, XmlNode::Text(_)))
}

/// `incoming`, `outgoing`: follow from the sequence flows; only their order is the file's.
fn is_list_of_flows(name: &str) -> bool {
    matches!(name, "incoming" | "outgoing")
}

/// Children the model has the last word on: one it no longer has is gone, whatever was kept with it.
fn is_owned(parent: &str, child: &str) -> bool {
    match child {
        "flowNodeRef" | "waypoint" | "sourceRef" | "targetRef" | "assignment" | "complexBehaviorDefinition" => true,
        "dataInputAssociation" | "dataOutputAssociation" => true,
        "timeDate" | "timeDuration" | "timeCycle" => parent == "timerEventDefinition",
        "standardLoopCharacteristics" | "multiInstanceLoopCharacteristics" => true,
        _ => child.ends_with("EventDefinition"),
    }
}

/// Whether two writings of a value say the same.
fn same(key: &str, plain: &str, kept: &str) -> bool {
    let (plain, kept) = (plain.trim(), kept.trim());
    if plain == kept {
        return true;
    }
    match key {
        "x" | "y" | "width" | "height" => match (plain.parse::<f64>(), kept.parse::<f64>()) {
            (Ok(plain), Ok(kept)) => (plain - kept).abs() <= 1e-6,
            _ => false,
        },
        _ if is_reference(key) => kept.split_once(':').is_some_and(|(_, local)| local == plain),
        // What a reference to data stands for is found by whoever writes it, see `activity`.
        "loopDataInputRef" | "loopDataOutputRef" => true,
        _ => match (flag(plain), flag(kept)) {
            (Some(plain), Some(kept)) => plain == kept,
            _ => plain.parse::<u32>().is_ok_and(|plain| kept.parse::<u32>() == Ok(plain)),
        },
    }
}

/// Attributes and elements that name another element, maybe with a prefix.
fn is_reference(key: &str) -> bool {
    match key {
        "incoming" | "outgoing" | "default" | "calledElement" | "bpmnElement" => true,
        "loopDataInputRef" | "loopDataOutputRef" => false,
        _ => key.ends_with("Ref"),
    }
}

/// A truth value as the schema writes it, or as some tools do.
pub fn flag(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" | "True" | "TRUE" => Some(true),
        "false" | "0" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

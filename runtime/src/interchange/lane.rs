//! Lanes in XML and back. The model lists all lanes, nested ones too; how a file groups them into sets is kept with the flow,
//! as sets of bare lanes.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::{Error, kept, ours, xml};
use crate::model::flow::{Kept, Lane, XmlElement, XmlNode};

/// Reads a lane set: its lanes, outer before inner, and the set as it is kept.
///
/// # Errors
/// An extension of ours that cannot be read.
pub fn read(set: &XmlElement, parent: Option<&str>, names: &Names, into: &mut Vec<Lane>) -> Result<XmlElement, Error> {
    let mut skeleton = XmlElement { name: set.name.clone(), attributes: set.attributes.clone(), children: Vec::new() };
    for node in &set.children {
        let XmlNode::Element(it) = node else {
            skeleton.children.push(node.clone());
            continue;
        };
        if it.name != "lane" {
            skeleton.children.push(node.clone());
            continue;
        }
        let mut own = XmlElement { name: it.name.clone(), attributes: it.attributes.clone(), children: Vec::new() };
        let mut sets = Vec::new();
        for node in &it.children {
            match node {
                XmlNode::Element(it) if it.name == "childLaneSet" => sets.push(it),
                _ => own.children.push(node.clone()),
            }
        }
        let extension = ours::take(&mut own, ours::LANE);
        let mut lane = plain(&own, parent, names);
        lane.kept = kept::rest(&own, &write_plain(&lane));
        if let Some(it) = extension {
            let id = lane.id.clone();
            lane = ours::lay(lane, &it, &id)?;
        }
        let id = lane.id.clone();
        into.push(lane);
        let mut bare = bare(&id);
        for it in sets {
            let inner = read(it, Some(&id), names, into)?;
            xml::push(&mut bare, inner);
        }
        xml::push(&mut skeleton, bare);
    }
    Ok(skeleton)
}

/// Writes the lanes into the sets that were kept; lanes no set knows go to the set of their parent, or the first.
pub fn write(lanes: &[Lane], mut sets: Vec<XmlElement>) -> Vec<XmlElement> {
    let mut known = BTreeSet::new();
    sets.iter().for_each(|it| placed(it, &mut known));
    let mut filling = Filling { lanes: BTreeMap::new(), fresh: BTreeMap::new(), written: BTreeSet::new() };
    for (at, lane) in lanes.iter().enumerate() {
        filling.lanes.insert(&lane.id, (at, lane));
        if !known.contains(&lane.id) {
            filling.fresh.entry(lane.parent.as_deref()).or_default().push(&lane.id);
        }
    }
    if sets.is_empty() && !lanes.is_empty() {
        sets.push(xml::element("laneSet"));
    }
    if let Some(first) = sets.first_mut() {
        filling.add(first, None);
    }
    sets = sets.into_iter().map(|it| filling.fill(it)).collect();
    // Lanes whose parent is no lane, or is inside of them.
    let lost: Vec<&Lane> = lanes.iter().filter(|it| !filling.written.contains(it.id.as_str())).collect();
    if let Some(first) = sets.first_mut() {
        for lane in lost {
            xml::push(first, write_one(lane));
        }
    }
    sets
}

/// Lanes on their way into sets.
struct Filling<'a> {
    lanes: BTreeMap<&'a str, (usize, &'a Lane)>,
    /// Lanes no set knows, by their parent.
    fresh: BTreeMap<Option<&'a str>, Vec<&'a str>>,
    written: BTreeSet<&'a str>,
}

impl<'a> Filling<'a> {
    /// Adds the lanes that no set knows to the set of their parent.
    fn add(&mut self, set: &mut XmlElement, parent: Option<&'a str>) {
        for id in self.fresh.remove(&parent).unwrap_or_default() {
            xml::push(set, bare(id));
        }
    }

    /// A set with its lanes as they are now, in the order of the model.
    fn fill(&mut self, set: XmlElement) -> XmlElement {
        let mut others = Vec::new();
        let mut filled: Vec<(usize, XmlElement)> = Vec::new();
        for node in set.children {
            let XmlNode::Element(mut it) = node else {
                others.push(node);
                continue;
            };
            if it.name != "lane" {
                others.push(XmlNode::Element(it));
                continue;
            }
            let Some((at, lane)) = xml::attribute(&it, "id").and_then(|it| self.lanes.get(it)).copied() else {
                continue;
            };
            if !self.written.insert(&lane.id) {
                continue;
            }
            let mut inner = it.children.iter_mut().find_map(|it| match it {
                XmlNode::Element(it) if it.name == "childLaneSet" => Some(it),
                _ => None,
            });
            if self.fresh.contains_key(&Some(lane.id.as_str())) {
                match &mut inner {
                    Some(inner) => self.add(inner, Some(&lane.id)),
                    None => {
                        let mut inner = xml::element("childLaneSet");
                        self.add(&mut inner, Some(&lane.id));
                        xml::push(&mut it, inner);
                    }
                }
            }
            let mut out = write_one(lane);
            for node in it.children {
                if let XmlNode::Element(inner) = node {
                    xml::push(&mut out, self.fill(inner));
                }
            }
            filled.push((at, out));
        }
        filled.sort_by_key(|(at, _)| *at);
        others.extend(filled.into_iter().map(|(_, it)| XmlNode::Element(it)));
        XmlElement { children: others, ..set }
    }
}

fn write_one(lane: &Lane) -> XmlElement {
    let mut out = kept::join(write_plain(lane), &lane.kept);
    let base = plain(&out, lane.parent.as_deref(), &Names::default());
    ours::extend(&mut out, ours::LANE, lane, &base);
    out
}

fn plain(from: &XmlElement, parent: Option<&str>, names: &Names) -> Lane {
    let attribute = |name: &str| xml::attribute(from, name).unwrap_or_default().to_owned();
    Lane {
        id: attribute("id"),
        name: attribute("name"),
        role: None,
        parent: parent.map(str::to_owned),
        flow_node_refs: xml::elements(from)
            .filter(|it| it.name == "flowNodeRef")
            .map(|it| names.reference(&xml::text(it)).into())
            .collect(),
        kept: Kept::default(),
    }
}

fn write_plain(of: &Lane) -> XmlElement {
    let mut out = bare(&of.id);
    if !of.name.is_empty() {
        xml::set(&mut out, "name", &of.name);
    }
    of.flow_node_refs.iter().for_each(|it| xml::push(&mut out, xml::text_element("flowNodeRef", it.as_str())));
    out
}

fn bare(id: &str) -> XmlElement {
    let mut out = xml::element("lane");
    xml::set(&mut out, "id", id);
    out
}

fn placed(set: &XmlElement, into: &mut BTreeSet<String>) {
    for lane in xml::elements(set).filter(|it| it.name == "lane") {
        into.extend(xml::attribute(lane, "id").map(str::to_owned));
        xml::elements(lane).for_each(|it| placed(it, into));
    }
}

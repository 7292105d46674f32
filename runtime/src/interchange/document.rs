//! What one BPMN file holds, logic and drawing: the [`Document`], as XML, as JSON, and as a flow of a pack.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::collaboration;
use super::flow::{self, Roots};
use super::names::Names;
use super::xml::{self, Tree};
use super::{Error, diagram, ids, order, unsupported};
use crate::model::flow::kept::attributes;
use crate::model::flow::{Collaboration, Element, Flow, Kept, Named, XmlElement, XmlNode};
use crate::model::layout::{Diagram, Layout};
use crate::model::load::FORMAT;

/// The content of a BPMN file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub format: u32,
    #[serde(default)]
    pub definitions: Definitions,
    /// Processes and global tasks.
    pub flows: Vec<Flow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collaborations: Vec<Collaboration>,
    pub layout: Layout,
}

/// BPMN `definitions`: what stands around processes, collaborations and diagrams.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// Prefix of BPMN's elements, where the namespaces leave a choice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Namespaces and everything else the root says, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "attributes")]
    pub attributes: Vec<(String, String)>,
    /// Comments and instructions before the root …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<XmlNode>,
    /// Root elements in the order of the file: imports, messages, items … A flow or collaboration stands here by name and
    /// id only, so that it gets its place again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<XmlNode>,
    /// … and after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<XmlNode>,
}

impl Document {
    /// A flow of a pack with its drawing, and with the pools it works with.
    pub fn of_flow(flow: Flow, layout: Layout) -> Self {
        let mut flow = flow;
        let mut collaboration = flow.collaboration.take().map(|it| *it);
        let mut attributes: Vec<(String, String)> = Vec::new();
        // Prefixes the flow brought from the file it came from hold for the whole document.
        flow.kept.attributes.retain(|it| {
            let prefix = it.0.starts_with("xmlns:");
            if prefix {
                attributes.push(it.clone());
            }
            !prefix
        });
        // Colours of a drawing have prefixes that everybody knows (BPMN in Color 1.0; bpmn.io before it).
        for (prefix, space) in [("color", xml::COLOR), ("bioc", xml::BIOC)] {
            let says = |it: &Kept| it.attributes.iter().any(|it| it.0.split_once(':').is_some_and(|it| it.0 == prefix));
            let used = layout
                .diagrams
                .iter()
                .any(|it| it.shapes.iter().any(|it| says(&it.kept)) || it.edges.iter().any(|it| says(&it.kept)));
            let name = format!("xmlns:{prefix}");
            if used && !attributes.iter().any(|it| it.0 == name) {
                attributes.push((name, space.to_owned()));
            }
        }
        let unsaid = !flow.kept.attributes.iter().any(|(key, _)| key == "isExecutable");
        if unsaid && !flow.global_task {
            flow.kept.attributes.push(("isExecutable".to_owned(), "true".to_owned()));
        }
        // Messages that only flow between pools are nobody's in particular: they stand at the root.
        let between = |id: &str| {
            collaboration
                .iter()
                .flat_map(|it: &Collaboration| &it.message_flows)
                .any(|it| it.message_ref.as_deref() == Some(id))
        };
        let own = flow::messages(&flow);
        let (shared, messages) =
            std::mem::take(&mut flow.messages).into_iter().partition(|it| !own.contains(&it.id) && between(&it.id));
        flow.messages = messages;
        let shared: Vec<Named> = shared;
        let children = shared.iter().map(|it| XmlNode::Element(flow::message(it))).collect();
        let definitions = Definitions { attributes, children, ..Definitions::default() };
        let mut flows = vec![flow];
        if let Some(it) = &mut collaboration {
            flows.append(&mut it.processes);
        }
        Self { format: FORMAT, definitions, flows, collaborations: collaboration.into_iter().collect(), layout }
    }

    /// One flow of the document as a flow of a pack: it takes along the prefixes its kept parts need, the diagrams, and the
    /// collaboration it takes part in with what the other pools hold.
    pub fn into_flow(self, at: usize) -> Option<(Flow, Layout)> {
        let Self { definitions, mut flows, mut collaborations, mut layout, .. } = self;
        if at >= flows.len() {
            return None;
        }
        let mut flow = flows.remove(at);
        if let Some(nth) = collaborations.iter().position(|it| it.pool_of(&flow.key).is_some()) {
            let mut it = collaborations.swap_remove(nth);
            it.processes = flows.into_iter().filter(|flow| it.pool_of(&flow.key).is_some()).collect();
            let known = Roots::of(definitions.children.iter().filter_map(|it| match it {
                XmlNode::Element(it) => Some(it),
                XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
            }));
            for id in it.message_flows.iter().filter_map(|it| it.message_ref.as_deref()) {
                if let Some(message) = known.message(id).filter(|_| !flow.messages.iter().any(|it| it.id == id)) {
                    flow.messages.push(message.clone());
                }
            }
            flow.collaboration = Some(Box::new(it));
        }
        // The diagram that shows the flow comes first.
        let mine: BTreeSet<&str> = flow.all().iter().map(|it| it.id.as_str()).collect();
        let shows = |it: &Diagram| it.shapes.iter().filter(|it| mine.contains(it.element.as_str())).count();
        let most = layout.diagrams.iter().map(shows).max().unwrap_or_default();
        if let Some(first) = layout.diagrams.iter().position(|it| shows(it) == most) {
            layout.diagrams[..=first].rotate_right(1);
        }
        let prefixes = definitions.attributes.into_iter().filter(|(key, value)| {
            key.starts_with("xmlns:")
                && ![xml::MODEL, xml::BPMNDI, xml::DC, xml::DI, xml::OURS].contains(&value.as_str())
        });
        flow.kept.attributes.extend(prefixes);
        Some((flow, layout))
    }

    /// Reads a BPMN 2.0 XML file.
    ///
    /// # Errors
    /// Bytes that are no well-formed BPMN, go beyond a limit, or hold an extension of ours that cannot be read.
    pub fn read_xml(bytes: &[u8]) -> Result<Self, Error> {
        let text = xml::decode(bytes)?;
        let Tree { before, mut root, after, prefix } = xml::read(&text)?;
        ids::complete(&mut root);
        let names = Names::of_tree(&root);
        let roots = Roots::of(xml::elements(&root));
        let mut document = Document {
            format: FORMAT,
            definitions: Definitions {
                prefix,
                attributes: root.attributes.clone(),
                before,
                after,
                children: Vec::new(),
            },
            layout: Layout { format: FORMAT, diagrams: Vec::new() },
            ..Document::default()
        };
        for node in root.children {
            let XmlNode::Element(it) = node else {
                document.definitions.children.push(node);
                continue;
            };
            let place = || {
                let mut place = xml::element(&it.name);
                xml::set(&mut place, "id", xml::attribute(&it, "id").unwrap_or_default());
                XmlNode::Element(place)
            };
            match it.name.as_str() {
                "BPMNDiagram" => document.layout.diagrams.push(diagram::read(&it, &names)),
                "collaboration" => {
                    document.collaborations.push(collaboration::read(&it, &names)?);
                    document.definitions.children.push(place());
                }
                name if flow::is_flow(name) => {
                    document.flows.push(flow::read(&it, &roots, &names)?);
                    document.definitions.children.push(place());
                }
                _ => document.definitions.children.push(XmlNode::Element(it)),
            }
        }
        Ok(document)
    }

    /// Writes the document as BPMN 2.0 XML. The same document gives the same text. Of a document that was not read from XML, what XML
    /// cannot hold comes out as U+FFFD; see [`Document::try_write_xml`].
    pub fn write_xml(&self) -> String {
        xml::print(self.tree())
    }

    /// The same without any change.
    ///
    /// # Errors
    /// A character that XML cannot hold.
    pub fn try_write_xml(&self) -> Result<String, Error> {
        let tree = self.tree();
        xml::holds(&tree)?;
        Ok(xml::print(tree))
    }

    fn tree(&self) -> Tree {
        let Definitions { prefix, before, after, .. } = &self.definitions;
        Tree { before: before.clone(), root: self.root(), after: after.clone(), prefix: prefix.clone() }
    }

    /// The document as one element, `definitions`, as it is written.
    pub fn root(&self) -> XmlElement {
        let Definitions { attributes, children, .. } = &self.definitions;
        let mut roots = children.clone();
        flow::write_roots(&self.flows, &mut roots);
        let elements = |nodes: &[XmlNode]| -> Vec<XmlElement> {
            nodes.iter().filter_map(|it| if let XmlNode::Element(it) = it { Some(it.clone()) } else { None }).collect()
        };
        let names = Names::of_document(self);
        let known = Roots::of(elements(&roots).iter());

        // What stands at the root by name and id, in order; what has no place there follows.
        let mut waiting: BTreeMap<(&str, &str), VecDeque<usize>> = BTreeMap::new();
        for (at, it) in self.flows.iter().enumerate() {
            waiting.entry((flow::tag(it), &it.id)).or_default().push_back(at);
        }
        for (at, it) in self.collaborations.iter().enumerate() {
            waiting.entry(("collaboration", &it.id)).or_default().push_back(at);
        }
        let build = |name: &str, at: usize| match name {
            "collaboration" => self.collaborations.get(at).map(|it| collaboration::write(it, &names)),
            _ => self.flows.get(at).map(|it| flow::write(it, &known, &names)),
        };
        let mut root =
            XmlElement { name: "definitions".to_owned(), attributes: attributes.clone(), children: Vec::new() };
        for node in &roots {
            match node {
                XmlNode::Element(it) if it.name == "collaboration" || flow::is_flow(&it.name) => {
                    let key = (it.name.as_str(), xml::attribute(it, "id").unwrap_or_default());
                    let at = waiting.get_mut(&key).and_then(VecDeque::pop_front);
                    root.children.extend(at.and_then(|at| build(&it.name, at)).map(XmlNode::Element));
                }
                _ => root.children.push(node.clone()),
            }
        }
        let mut left: Vec<(bool, usize, &str)> = waiting
            .iter()
            .flat_map(|((name, _), all)| all.iter().map(move |at| (*name != "collaboration", *at, *name)))
            .collect();
        left.sort_unstable();
        root.children.extend(left.into_iter().filter_map(|(_, at, name)| build(name, at)).map(XmlNode::Element));
        root.children.extend(self.layout.diagrams.iter().map(|it| XmlNode::Element(diagram::write(it))));
        order::arrange(&mut root);
        if xml::attribute(&root, "targetNamespace").is_none() {
            xml::set(&mut root, "targetNamespace", xml::OURS);
        }
        root
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// JSON that is no document; the pointer says where.
    pub fn read_json(bytes: &[u8]) -> Result<Self, Error> {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let read: Self = serde_path_to_error::deserialize(&mut json)
            .map_err(|it| Error::Json { pointer: it.path().to_string(), detail: it.inner().to_string() })?;
        match read.unnamed() {
            Some(pointer) => Err(Error::Json { pointer, detail: "expected an id".to_owned() }),
            None => Ok(read),
        }
    }

    /// Where something has no id that is referred to by its id. XML may leave ids out, and is given some; JSON is ours.
    fn unnamed(&self) -> Option<String> {
        let flows = self.flows.iter().enumerate().find_map(|(at, it)| {
            let at = format!("flows[{at}]");
            let lanes = it.lanes.iter().map(|it| it.id.as_str());
            blank(std::iter::once(it.id.as_str()))
                .map(|_| format!("{at}.id"))
                .or_else(|| blank(lanes).map(|lane| format!("{at}.lanes[{lane}].id")))
                .or_else(|| unnamed_in(&it.flow_elements, &format!("{at}.flowElements")))
        });
        flows.or_else(|| {
            self.collaborations.iter().enumerate().find_map(|(at, it)| {
                let at = format!("collaborations[{at}]");
                let (pools, messages) = (it.participants.iter(), it.message_flows.iter());
                blank(std::iter::once(it.id.as_str()))
                    .map(|_| format!("{at}.id"))
                    .or_else(|| blank(pools.map(|it| it.id.as_str())).map(|it| format!("{at}.participants[{it}].id")))
                    .or_else(|| {
                        blank(messages.map(|it| it.id.as_str())).map(|it| format!("{at}.messageFlows[{it}].id"))
                    })
                    .or_else(|| unnamed_in(&it.artifacts, &format!("{at}.artifacts")))
            })
        })
    }

    /// The JSON form, indented.
    pub fn write_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a document serialises: its maps have text keys")
    }

    /// What is read and kept but not executed: the element it is at, and its name.
    pub fn unsupported(&self) -> Vec<(String, String)> {
        unsupported::unsupported(self)
    }
}

/// The first that is blank.
fn blank<'a>(mut ids: impl Iterator<Item = &'a str>) -> Option<usize> {
    ids.position(|it| it.trim().is_empty())
}

fn unnamed_in(elements: &[Element], at: &str) -> Option<String> {
    let own = blank(elements.iter().map(|it| it.id.as_str())).map(|it| format!("{at}[{it}].id"));
    own.or_else(|| {
        let mut inside = elements.iter().enumerate().map(|(n, it)| (it.inside(), format!("{at}[{n}].flowElements")));
        inside.find_map(|(inside, at)| unnamed_in(inside, &at))
    })
}

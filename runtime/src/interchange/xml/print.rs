//! From a tree to text: prefixes, indentation, escapes. The same tree gives the same bytes.

use super::read::is_char;
use super::{BPMNDI, DC, DI, MODEL, OURS, OURS_MARK, Tree, Zone, diagram_space};
use crate::model::flow::{XmlElement, XmlNode};

/// Which prefix stands for which of our namespaces. Empty: the default namespace.
struct Prefixes {
    model: String,
    bpmndi: String,
    dc: String,
    di: String,
    ours: String,
}

struct Printer {
    out: String,
    prefixes: Prefixes,
}

/// The document as text. Namespaces that are used and not declared are declared at the root.
pub fn print(mut tree: Tree) -> String {
    let mut printer =
        Printer { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), prefixes: settle(&mut tree) };
    for it in &tree.before {
        printer.node(it, Zone::Model, 0);
    }
    printer.element(&tree.root, Zone::Model, 0);
    for it in &tree.after {
        printer.node(it, Zone::Model, 0);
    }
    printer.out
}

/// Chooses prefixes and declares at the root what is missing there.
fn settle(tree: &mut Tree) -> Prefixes {
    let mut used = Used::default();
    used.look(&tree.root, Zone::Model, true, &mut vec!["xml".to_owned(), "xmlns".to_owned()]);
    let root = &mut tree.root;
    let mut choose = |space: &str, wanted: &str, preferred: Option<&str>| {
        let bound = |prefix: &str| {
            let key = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            root.attributes.iter().find(|(it, _)| *it == key).map(|(_, space)| space.clone())
        };
        let rebound = |prefix: &str| used.rebound.iter().any(|(it, other)| it == prefix && other != space);
        if let Some(it) = preferred
            && bound(it).as_deref() == Some(space)
            && !rebound(it)
        {
            return it.to_owned();
        }
        let declared = root
            .attributes
            .iter()
            .filter(|(_, value)| value == space)
            .filter_map(|(key, _)| if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") })
            .find(|it| !rebound(it));
        if let Some(it) = declared {
            return it.to_owned();
        }
        let free = |it: &String| {
            bound(it).is_none() && !used.rebound.iter().any(|(other, _)| other == it) && !used.missing.contains(it)
        };
        let fresh = std::iter::once(wanted.to_owned())
            .chain((1..).map(|number| format!("{wanted}{number}")))
            .find(free)
            .expect("a file has finitely many prefixes");
        root.attributes.push((format!("xmlns:{fresh}"), space.to_owned()));
        fresh
    };
    let model = choose(MODEL, "bpmn", Some(&tree.prefix));
    let (mut bpmndi, mut dc, mut di, mut ours) = Default::default();
    if used.diagram {
        bpmndi = choose(BPMNDI, "bpmndi", None);
        dc = choose(DC, "dc", None);
        di = choose(DI, "di", None);
    }
    if used.ours {
        ours = choose(OURS, "flowloom", None);
    }
    for prefix in used.missing {
        let key = format!("xmlns:{prefix}");
        if !root.attributes.iter().any(|(it, _)| *it == key) {
            root.attributes.push((key, format!("urn:undeclared:{prefix}")));
        }
    }
    Prefixes { model, bpmndi, dc, di, ours }
}

/// What a tree uses.
#[derive(Default)]
struct Used {
    diagram: bool,
    ours: bool,
    /// Prefixes declared below the root where BPMN's own elements stand, and for what.
    rebound: Vec<(String, String)>,
    /// Prefixes that nothing declares.
    missing: Vec<String>,
}

impl Used {
    fn look(&mut self, element: &XmlElement, zone: Zone, root: bool, known: &mut Vec<String>) {
        let before = known.len();
        for (key, value) in &element.attributes {
            let prefix = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
            if let Some(prefix) = prefix {
                known.push(prefix.to_owned());
                if !root && zone != Zone::Foreign {
                    self.rebound.push((prefix.to_owned(), value.clone()));
                }
            }
        }
        let name = (zone == Zone::Foreign).then_some(&element.name);
        for it in name.into_iter().chain(element.attributes.iter().map(|(key, _)| key)) {
            if it.starts_with(OURS_MARK) {
                self.ours = true;
            } else if let Some((prefix, _)) = it.split_once(':')
                && !prefix.is_empty()
                && !known.iter().any(|it| it == prefix)
                && !self.missing.iter().any(|it| it == prefix)
            {
                self.missing.push(prefix.to_owned());
            }
        }
        self.diagram |= zone == Zone::Diagram;
        for it in super::elements(element) {
            self.look(it, within(element, zone, it), false, known);
        }
        known.truncate(before);
    }
}

/// The vocabulary of an element inside another one.
fn within(parent: &XmlElement, zone: Zone, child: &XmlElement) -> Zone {
    match zone {
        Zone::Foreign => Zone::Foreign,
        _ if child.name.contains(':') => Zone::Foreign,
        Zone::Model if parent.name == "extensionElements" => Zone::Foreign,
        Zone::Model
            if child.name == "BPMNDiagram"
                || (child.name.starts_with("BPMN") && diagram_space(&child.name).is_some()) =>
        {
            Zone::Diagram
        }
        Zone::Model => Zone::Model,
        Zone::Diagram if parent.name == "extension" => Zone::Foreign,
        Zone::Diagram => Zone::Diagram,
    }
}

impl Printer {
    fn name(&mut self, name: &str, zone: Zone) {
        let (prefix, local) = match zone {
            _ if name.starts_with(OURS_MARK) => (self.prefixes.ours.as_str(), name.trim_start_matches(OURS_MARK)),
            Zone::Model => (self.prefixes.model.as_str(), name),
            Zone::Diagram => match diagram_space(name) {
                Some(BPMNDI) => (self.prefixes.bpmndi.as_str(), name),
                Some(DC) => (self.prefixes.dc.as_str(), name),
                _ => (self.prefixes.di.as_str(), name),
            },
            Zone::Foreign => ("", name.trim_start_matches(':')),
        };
        if !prefix.is_empty() {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(local);
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    fn element(&mut self, element: &XmlElement, zone: Zone, depth: usize) {
        self.indent(depth);
        self.tag(element, zone, depth);
        self.out.push('\n');
    }

    /// The element without indentation around it.
    fn tag(&mut self, element: &XmlElement, zone: Zone, depth: usize) {
        self.out.push('<');
        self.name(&element.name, zone);
        for (key, value) in &element.attributes {
            self.out.push(' ');
            self.name(key, Zone::Foreign);
            self.out.push_str("=\"");
            self.escape(value, true);
            self.out.push('"');
        }
        if element.children.is_empty() {
            self.out.push_str("/>");
            return;
        }
        self.out.push('>');
        let mixed = element.children.iter().any(|it| matches!(it, XmlNode::Text(_)));
        if mixed {
            for it in &element.children {
                match it {
                    XmlNode::Text(text) => self.escape(text, false),
                    XmlNode::Element(it) => {
                        let zone = within(element, zone, it);
                        self.inline(it, zone);
                    }
                    XmlNode::Comment { .. } | XmlNode::Instruction { .. } => self.aside(it),
                }
            }
        } else {
            self.out.push('\n');
            for it in &element.children {
                let zone = match it {
                    XmlNode::Element(it) => within(element, zone, it),
                    XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => zone,
                };
                self.node(it, zone, depth + 1);
            }
            self.indent(depth);
        }
        self.out.push_str("</");
        self.name(&element.name, zone);
        self.out.push('>');
    }

    /// An element inside marked-up text: white space would be part of the text.
    fn inline(&mut self, element: &XmlElement, zone: Zone) {
        let mut element = element.clone();
        let texts = element.children.iter().any(|it| matches!(it, XmlNode::Text(_)));
        if !texts && !element.children.is_empty() {
            // An empty text keeps the inside on one line.
            element.children.insert(0, XmlNode::Text(String::new()));
        }
        self.tag(&element, zone, 0);
    }

    fn node(&mut self, node: &XmlNode, zone: Zone, depth: usize) {
        match node {
            XmlNode::Element(it) => self.element(it, zone, depth),
            XmlNode::Text(text) => self.escape(text, false),
            XmlNode::Comment { .. } | XmlNode::Instruction { .. } => {
                self.indent(depth);
                self.aside(node);
                self.out.push('\n');
            }
        }
    }

    fn aside(&mut self, node: &XmlNode) {
        match node {
            XmlNode::Comment { comment } => {
                self.out.push_str("<!--");
                // A hand-written document may hold what no comment can.
                let mut text: String = comment.replace("--", "- -").chars().filter(|it| is_char(*it)).collect();
                if text.ends_with('-') {
                    text.push(' ');
                }
                self.out.push_str(&text);
                self.out.push_str("-->");
            }
            XmlNode::Instruction { instruction } => {
                self.out.push_str("<?");
                self.out.extend(instruction.replace("?>", "? >").chars().filter(|it| is_char(*it)));
                self.out.push_str("?>");
            }
            XmlNode::Element(_) | XmlNode::Text(_) => (),
        }
    }

    fn escape(&mut self, text: &str, attribute: bool) {
        for it in text.chars() {
            match it {
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '&' => self.out.push_str("&amp;"),
                '"' if attribute => self.out.push_str("&quot;"),
                '\n' if attribute => self.out.push_str("&#10;"),
                '\t' if attribute => self.out.push_str("&#9;"),
                '\r' => self.out.push_str("&#13;"),
                it if is_char(it) => self.out.push(it),
                _ => self.out.push('\u{fffd}'),
            }
        }
    }
}

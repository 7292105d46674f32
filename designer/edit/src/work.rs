//! A flow under the knife: the parts of [`crate::flow_edit`] work on it, [`crate::drag_along`] tidies up after them.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{DataAssociation, Element, ElementKind, Flow, MessageFlow};
use runtime::model::layout::{Diagram, Edge, Point, Shape};

use crate::allowed::{self, Forbidden};
use crate::document::{Document, Done};
use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind, Roots};
use crate::tree::Line;
use crate::{planes, property, tree};

/// The flow, its drawing, and what the edit leaves to be tidied.
pub struct Work {
    pub flow: Flow,
    pub diagram: Diagram,
    /// Boxes before the edit, for repairing lines.
    pub stood: BTreeMap<String, Rect>,
    /// Lines that get a new way.
    pub reroute: BTreeSet<String>,
    /// Elements that are gone.
    pub gone: BTreeSet<String>,
    /// Elements that became another kind.
    pub replaced: BTreeSet<String>,
    /// What compensation events led to before the edit.
    pub handlers: BTreeSet<String>,
    /// Data objects that lost a reference.
    pub unreferenced: BTreeSet<String>,
    pub done: Done,
    seed: u64,
}

impl Work {
    pub fn new(document: &Document, key: &str) -> Option<Self> {
        let diagram = document.diagram(key);
        let mut flow = document.flow(key)?.as_ref().clone();
        // Room for what is added: a large flow is not moved to twice its room for one step.
        flow.flow_elements.reserve_exact(8);
        Some(Work {
            handlers: crate::conform::handlers(&flow),
            flow,
            stood: diagram.shapes.iter().map(|it| (it.element.0.clone(), Rect::from(it))).collect(),
            diagram,
            reroute: BTreeSet::new(),
            gone: BTreeSet::new(),
            replaced: BTreeSet::new(),
            unreferenced: BTreeSet::new(),
            done: Done::default(),
            seed: document.seed(),
        })
    }

    /// The box of a node.
    pub fn rect(&self, id: &str) -> Option<Rect> {
        self.diagram.shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from)
    }

    pub fn shape_mut(&mut self, id: &str) -> Option<&mut Shape> {
        self.diagram.shapes.iter_mut().find(|it| it.element.as_str() == id)
    }

    pub fn edge_mut(&mut self, id: &str) -> Option<&mut Edge> {
        self.diagram.edges.iter_mut().find(|it| it.element.as_str() == id)
    }

    pub fn place(&mut self, id: &str, rect: Rect) {
        if let Some(it) = self.shape_mut(id) {
            (it.x, it.y, it.width, it.height) =
                (rect.x.round(), rect.y.round(), rect.width.round(), rect.height.round());
        }
    }

    /// An id nothing in the flow has.
    pub fn fresh(&mut self, slug: &str) -> String {
        let flow = &self.flow;
        let beside: BTreeSet<String> = flow.collaboration.iter().flat_map(|it| it.ids()).map(|it| it.0).gather();
        // As a rule the first one tried is free: looking once costs less than a list of all.
        Document::fresh(&mut self.seed, slug, &|id| {
            tree::find(flow, id).is_some()
                || tree::link(flow, id).is_some()
                || flow.lanes.iter().any(|it| it.id == id)
                || beside.contains(id)
        })
    }

    pub fn family(&self, id: &str) -> Family {
        if self.flow.lanes.iter().any(|it| it.id == id) {
            return Family::Lane;
        }
        let element = match crate::pools::end(&self.flow, id) {
            Some(crate::pools::End::Pool(_)) => return Family::Pool,
            Some(crate::pools::End::Own(it) | crate::pools::End::Foreign(_, it)) => Some(it),
            None => None,
        };
        element.and_then(|it| Kind::of(&it.kind)).map_or(Family::Activity, Kind::family)
    }

    /// A subprocess shows what is inside it.
    pub fn expanded(&self, id: &str) -> bool {
        self.diagram.shapes.iter().any(|it| it.element.as_str() == id && it.is_expanded != Some(false))
    }

    /// Something between the element and a subprocess around it is folded.
    pub fn hidden_within(&self, id: &str, sub: &str) -> bool {
        tree::around(&self.flow, id).into_iter().take_while(|it| *it != sub).any(|it| !self.expanded(it))
    }

    /// Definitions a fresh event of this kind names; made where there are none.
    pub fn roots(&mut self, kind: Kind) -> Roots {
        let (message, signal) = kind.needs();
        Roots {
            message: if message { property::message_named(&mut self.flow, "message") } else { String::new() },
            signal: if signal { property::signal_named(&mut self.flow, "signal") } else { String::new() },
        }
    }

    /// Adds a node to a level and draws it.
    pub fn insert(
        &mut self,
        kind: Kind,
        rect: Rect,
        within: Option<&str>,
        host: Option<&str>,
    ) -> Result<String, Forbidden> {
        let roots = self.roots(kind);
        let mut made = kind.make(host, &roots).ok_or(Forbidden::CannotBecome)?;
        let id = self.fresh(kind.slug());
        if let ElementKind::DataObjectReference { data_object_ref } = &mut made {
            // What is drawn is a reference; the value itself lives beside it.
            let object = self.fresh("object");
            let value = Element::new(object.as_str(), ElementKind::DataObject { is_collection: false });
            *data_object_ref = Some(object);
            self.put(value, within)?;
        }
        self.put(Element::new(id.as_str(), made), within)?;
        self.draw(&id, rect, kind);
        self.done.select.insert(id.clone());
        Ok(id)
    }

    fn put(&mut self, element: Element, within: Option<&str>) -> Result<(), Forbidden> {
        let level = tree::level_mut(&mut self.flow, within).ok_or(Forbidden::NotFound)?;
        // Nodes before lines, as people read files.
        let line = |it: &Element| matches!(it.kind, ElementKind::SequenceFlow { .. } | ElementKind::Association { .. });
        let at = level.iter().rposition(|it| !line(it)).map_or(0, |it| it + 1);
        level.insert(at, element);
        Ok(())
    }

    pub fn draw(&mut self, id: &str, rect: Rect, kind: Kind) {
        self.diagram.shapes.push(Shape {
            element: id.into(),
            x: rect.x.round(),
            y: rect.y.round(),
            width: rect.width.round(),
            height: rect.height.round(),
            is_expanded: (kind.family() == Family::Sub).then_some(true),
            is_horizontal: (kind == Kind::Lane).then_some(true),
            ..Shape::default()
        });
    }

    /// Adds the line that fits between two nodes; its way is found with the others' at the end.
    pub fn connect(&mut self, source: &str, target: &str, condition: Option<String>) -> Result<String, Forbidden> {
        let line = allowed::line(&self.flow, source, target, None)?;
        self.connect_as(line, source, target, condition)
    }

    /// Adds a line of this kind.
    pub fn connect_as(
        &mut self,
        line: Line,
        source: &str,
        target: &str,
        condition: Option<String>,
    ) -> Result<String, Forbidden> {
        let id = self.fresh(match line {
            Line::Sequence => "flow",
            Line::Association => "link",
            Line::DataInput | Line::DataOutput => "data",
            Line::Message => "message_flow",
        });
        let within = tree::parent(&self.flow, source).map(str::to_owned);
        match line {
            Line::Sequence => {
                let kind = ElementKind::SequenceFlow {
                    source_ref: source.into(),
                    target_ref: target.into(),
                    condition_expression: condition,
                };
                tree::level_mut(&mut self.flow, within.as_deref())
                    .ok_or(Forbidden::NotFound)?
                    .push(Element::new(id.as_str(), kind));
            }
            Line::Association => {
                let handler = self.compensates(source);
                let kind = ElementKind::Association {
                    source_ref: source.into(),
                    target_ref: target.into(),
                    association_direction: handler.then(|| "One".to_owned()),
                };
                tree::level_mut(&mut self.flow, within.as_deref())
                    .ok_or(Forbidden::NotFound)?
                    .push(Element::new(id.as_str(), kind));
                if handler && let Some(it) = tree::find_mut(&mut self.flow.flow_elements, target) {
                    it.is_for_compensation = true;
                }
            }
            Line::DataInput | Line::DataOutput => {
                let (at, input) = if line == Line::DataInput { (target, true) } else { (source, false) };
                let it = tree::find_mut(&mut self.flow.flow_elements, at).ok_or(Forbidden::NotFound)?;
                let data = DataAssociation {
                    id: Some(id.clone()),
                    source_ref: if input { vec![source.to_owned()] } else { Vec::new() },
                    target_ref: (!input).then(|| target.to_owned()),
                    ..DataAssociation::default()
                };
                if input { &mut it.data_input_associations } else { &mut it.data_output_associations }.push(data);
            }
            Line::Message => {
                // What one of its ends sends or waits for already is what it carries.
                let said = |id: &str| tree::find(&self.flow, id).and_then(crate::pools::message_of);
                let message = MessageFlow {
                    id: id.clone(),
                    source_ref: source.to_owned(),
                    target_ref: target.to_owned(),
                    message_ref: said(source).or_else(|| said(target)),
                    ..MessageFlow::default()
                };
                self.flow.collaboration.as_deref_mut().ok_or(Forbidden::NotFound)?.message_flows.push(message);
            }
        }
        self.reroute.insert(id.clone());
        Ok(id)
    }

    /// One of a line's ends became another kind. What a file says wrongly elsewhere is left for the checker to tell.
    pub fn touched(&self, it: &tree::Link<'_>) -> bool {
        self.replaced.contains(it.source) || self.replaced.contains(it.target)
    }

    /// It is the event on an activity that starts its compensation.
    pub fn compensates(&self, id: &str) -> bool {
        let kind = tree::find(&self.flow, id).and_then(|it| Kind::of(&it.kind));
        kind == Some(Kind::Boundary(crate::kind::Trigger::Compensate))
    }

    /// The innermost open subprocess of a plane a point lies in.
    pub fn area(&self, at: Point, plane: Option<&str>) -> Option<String> {
        let planes = planes::planes(&self.flow, &self.diagram.shapes);
        self.diagram
            .shapes
            .iter()
            .filter(|it| Rect::from(*it).contains(at) && it.is_expanded != Some(false))
            .filter(|it| planes.get(it.element.as_str()).copied() == plane)
            .filter(|it| self.family(it.element.as_str()) == Family::Sub)
            .min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)))
            .map(|it| it.element.0.clone())
            .or_else(|| plane.map(str::to_owned))
    }

    /// A place for a new node right of another, below those that are there.
    pub fn free_place(&self, after: &Rect, kind: Kind) -> Rect {
        let (width, height) = kind.size();
        let mut rect = Rect::around(point(after.right() + 60.0 + width / 2.0, after.centre().y), width, height);
        for _ in 0..200 {
            let blocked = self
                .diagram
                .shapes
                .iter()
                .filter(|it| Rect::from(*it).grown(15.0).overlaps(&rect))
                .find(|it| !self.family(it.element.as_str()).area());
            match blocked {
                Some(it) => rect.y = Rect::from(it).bottom() + 30.0,
                None => break,
            }
        }
        rect
    }

    /// The activity an event sits on.
    pub fn attached(&self, id: &str) -> Option<String> {
        match &tree::find(&self.flow, id)?.kind {
            ElementKind::BoundaryEvent { attached_to_ref, .. } => Some(attached_to_ref.0.clone()),
            _ => None,
        }
    }

    /// Moves a shape with its name.
    pub fn shift(&mut self, id: &str, dx: f64, dy: f64) {
        if let Some(it) = self.shape_mut(id) {
            it.x += dx;
            it.y += dy;
            if let Some(label) = &mut it.label {
                label.x += dx;
                label.y += dy;
            }
        }
    }
}

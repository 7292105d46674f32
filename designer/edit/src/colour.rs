//! Colours of shapes and lines: the attributes of BPMN in Color (OMG, `color:`) and those bpmn.io wrote before it (`bioc:`), kept
//! with the drawing as a file says them. A person chooses of a few; what files say otherwise is shown as it is.

use runtime::model::flow::Kept;

/// One of those a person chooses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Blue,
    Green,
    Orange,
    Red,
    Purple,
    Grey,
}

impl Colour {
    pub const ALL: [Colour; 6] =
        [Colour::Blue, Colour::Green, Colour::Orange, Colour::Red, Colour::Purple, Colour::Grey];

    /// Ground and line, as other tools know them.
    pub fn values(self) -> (&'static str, &'static str) {
        match self {
            Colour::Blue => ("#bbdefb", "#0d4372"),
            Colour::Green => ("#c8e6c9", "#205022"),
            Colour::Orange => ("#ffe0b2", "#6b3c00"),
            Colour::Red => ("#ffcdd2", "#831311"),
            Colour::Purple => ("#e1bee7", "#5b176d"),
            Colour::Grey => ("#e0e0e0", "#424242"),
        }
    }
}

/// The colours something is drawn in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tint {
    pub ground: Option<String>,
    pub line: Option<String>,
}

const GROUND: [&str; 2] = ["color:background-color", "bioc:fill"];
const LINE: [&str; 2] = ["color:border-color", "bioc:stroke"];

/// What a shape or line of a drawing says of its colours; `None`: nothing that can be read.
pub fn tint(of: &Kept) -> Option<Tint> {
    let read = |names: [&str; 2]| {
        let given = names.iter().find_map(|name| of.attributes.iter().find(|it| it.0 == *name));
        // It becomes part of a style: nothing but a colour may.
        given.map(|it| it.1.trim().to_ascii_lowercase()).filter(|it| is_hex(it))
    };
    let found = Tint { ground: read(GROUND), line: read(LINE) };
    (found != Tint::default()).then_some(found)
}

fn is_hex(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|it| matches!(it.len(), 3 | 6) && it.chars().all(|it| it.is_ascii_hexdigit()))
}

/// Another colour, or none. Lines have no ground.
pub fn set(of: &mut Kept, colour: Option<Colour>, ground: bool) {
    of.attributes.retain(|it| !GROUND.contains(&it.0.as_str()) && !LINE.contains(&it.0.as_str()));
    let Some((fill, stroke)) = colour.map(Colour::values) else { return };
    let mut say = |names: [&str; 2], value: &str| {
        of.attributes.extend(names.map(|it| (it.to_owned(), value.to_owned())));
    };
    if ground {
        say(GROUND, fill);
    }
    say(LINE, stroke);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, FlowEdit};
    use crate::tests::{FLOW, check, flow, pack};

    #[test]
    fn colours_go_out_with_the_file_and_come_in_again() {
        let mut it = pack();
        let colour = |ids: &[&str], colour| {
            Edit::flow(FLOW, FlowEdit::Colour { ids: ids.iter().map(|it| (*it).to_owned()).collect(), colour })
        };
        check(&mut it, &colour(&["check", "f_1"], Some(Colour::Green)));
        let (fill, stroke) = Colour::Green.values();
        let layout = it.layout(FLOW).expect("drawn").as_ref().clone();
        let xml = runtime::interchange::Document::of_flow(flow(&it).clone(), layout).write_xml();
        let again =
            runtime::interchange::Document::read_xml(xml.as_bytes()).unwrap_or_else(|why| panic!("{why}\n{xml}"));
        let (_, layout) = again.into_flow(0).expect("a flow");
        let shape = layout.diagrams[0].shapes.iter().find(|it| it.element.as_str() == "check").expect("drawn");
        assert_eq!(tint(&shape.kept), Some(Tint { ground: Some(fill.to_owned()), line: Some(stroke.to_owned()) }));
        let edge = layout.diagrams[0].edges.iter().find(|it| it.element.as_str() == "f_1").expect("drawn");
        assert_eq!(tint(&edge.kept), Some(Tint { ground: None, line: Some(stroke.to_owned()) }));
        // Laying the flow out takes no colour away.
        let nothing: Vec<String> = Vec::new();
        for ids in [vec!["check".to_owned(), "start".to_owned()], nothing] {
            check(&mut it, &Edit::flow(FLOW, FlowEdit::Move { nodes: vec!["check".to_owned()], dx: 33.0, dy: 77.0 }));
            check(&mut it, &Edit::flow(FLOW, FlowEdit::Arrange { ids }));
            assert_eq!(it.diagram(FLOW).shapes.iter().filter(|it| tint(&it.kept).is_some()).count(), 1);
            assert_eq!(it.diagram(FLOW).edges.iter().filter(|it| tint(&it.kept).is_some()).count(), 1);
        }
        check(&mut it, &colour(&["check", "f_1"], None));
        assert!(it.diagram(FLOW).shapes.iter().all(|it| tint(&it.kept).is_none()));
    }

    #[test]
    fn what_is_no_colour_is_not_shown() {
        let says = |it: &str| Kept { attributes: vec![("bioc:fill".to_owned(), it.to_owned())], ..Kept::default() };
        assert_eq!(tint(&says("#FFF")).and_then(|it| it.ground), Some("#fff".to_owned()));
        for it in ["red;background:url(x)", "#12", "#12345g", ""] {
            assert_eq!(tint(&says(it)), None, "{it}");
        }
    }
}

//! What differs between two versions of a flow: for publishing, for comparing, drawn on the canvas and in words.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{Element, ElementKind, Flow};
use runtime::model::layout::Layout;
use serde_json::Value;

use crate::geometry::Rect;
use crate::kind::Kind;
use crate::planes;

/// Ids of nodes and lines, by what happened to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    pub added: BTreeSet<String>,
    /// With the name it had.
    pub removed: BTreeMap<String, String>,
    /// With the words of its file that differ.
    pub changed: BTreeMap<String, BTreeSet<String>>,
    /// Drawn elsewhere, and nothing else.
    pub moved: BTreeSet<String>,
    /// The flow's own words that differ: `name`, `lanes`, `messages` …
    pub flow: BTreeSet<String>,
}

impl Diff {
    pub fn is_empty(&self) -> bool {
        *self == Diff::default()
    }
}

/// From `old` to `new`. Neither need have a drawing.
pub fn diff(old: (&Flow, Option<&Layout>), new: (&Flow, Option<&Layout>)) -> Diff {
    let mut found = Diff::default();
    let (was, now) = (all(old.0), all(new.0));
    for (id, it) in &now {
        match was.get(id) {
            None => {
                found.added.insert((*id).to_owned());
            }
            Some(before) => {
                let words = words(before, it);
                if !words.is_empty() {
                    found.changed.insert((*id).to_owned(), words);
                }
            }
        }
    }
    for (id, it) in &was {
        if !now.contains_key(id) {
            found.removed.insert((*id).to_owned(), named(it));
        }
    }
    let (places, moved) = (boxes(old), boxes(new));
    for (id, to) in &moved {
        let elsewhere = places.get(id).is_some_and(|from| from != to);
        if elsewhere && was.contains_key(id.as_str()) && !found.changed.contains_key(id) {
            found.moved.insert(id.clone());
        }
    }
    found.flow = own(old.0, new.0);
    found
}

fn all(flow: &Flow) -> BTreeMap<&str, &Element> {
    // The value behind drawn data is told by its reference.
    let told = |it: &&Element| !matches!(it.kind, ElementKind::DataObject { .. });
    flow.all().into_iter().filter(told).map(|it| (it.id.as_str(), it)).gather()
}

fn named(it: &Element) -> String {
    match &it.kind {
        ElementKind::TextAnnotation { text } => text.clone(),
        _ => it.name.clone(),
    }
}

/// The words of two elements that differ; what lies inside a subprocess is told by itself.
fn words(a: &Element, b: &Element) -> BTreeSet<String> {
    let plain = |it: &Element| {
        let mut it = it.clone();
        if let Some(inside) = it.kind.inside_mut() {
            inside.clear();
        }
        match serde_json::to_value(&it) {
            Ok(Value::Object(it)) => it,
            _ => serde_json::Map::new(),
        }
    };
    if Kind::of(&a.kind) != Kind::of(&b.kind) {
        return BTreeSet::from(["type".to_owned()]);
    }
    let (a, b) = (plain(a), plain(b));
    a.keys().chain(b.keys()).filter(|key| a.get(*key) != b.get(*key)).cloned().gather()
}

fn own(a: &Flow, b: &Flow) -> BTreeSet<String> {
    let plain = |it: &Flow| match serde_json::to_value(Flow { flow_elements: Vec::new(), ..it.clone() }) {
        Ok(Value::Object(it)) => it,
        _ => serde_json::Map::new(),
    };
    let (a, b) = (plain(a), plain(b));
    a.keys().chain(b.keys()).filter(|key| a.get(*key) != b.get(*key)).cloned().gather()
}

fn boxes(of: (&Flow, Option<&Layout>)) -> BTreeMap<String, [i64; 4]> {
    let Some(layout) = of.1 else {
        return BTreeMap::new();
    };
    let whole = planes::merged(of.0, layout);
    let rounded = |it: Rect| [it.x, it.y, it.width, it.height].map(|it| it.round() as i64);
    whole.shapes.iter().map(|it| (it.element.0.clone(), rounded(Rect::from(it)))).gather()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, FlowEdit};
    use crate::geometry::point;
    use crate::tests::{FLOW, flow, pack};

    #[test]
    fn each_kind_of_change_is_told_once() {
        let mut it = pack();
        // A first edit, so that there is a drawing to compare with.
        it.apply(&Edit::flow(FLOW, FlowEdit::Arrange { ids: Vec::new() })).expect("allowed");
        let before = it.clone();
        for edit in [
            FlowEdit::Rename { id: "send".to_owned(), name: "Send it".to_owned() },
            FlowEdit::Move { nodes: vec!["end".to_owned()], dx: 40.0, dy: 0.0 },
            FlowEdit::Delete { ids: vec!["remind".to_owned()] },
            FlowEdit::Add { kind: Kind::Note, at: point(0.0, 900.0), on: None, plane: None },
            FlowEdit::Title { name: "Approve all".to_owned() },
        ] {
            it.apply(&Edit::flow(FLOW, edit)).expect("allowed");
        }
        let layout = |it: &crate::Document| it.layout(FLOW).cloned();
        let (old, new) = (layout(&before), layout(&it));
        let found = diff((flow(&before), old.as_deref()), (flow(&it), new.as_deref()));
        assert_eq!(found.added.len(), 1);
        assert!(found.removed.contains_key("remind"));
        assert_eq!(found.changed.get("send"), Some(&BTreeSet::from(["name".to_owned()])));
        assert!(found.moved.contains("end") && !found.moved.contains("start"));
        assert_eq!(found.flow, BTreeSet::from(["name".to_owned()]));
        assert!(diff((flow(&it), new.as_deref()), (flow(&it), new.as_deref())).is_empty());
    }
}

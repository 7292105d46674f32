//! Random edits: `undo(do(x)) == x`, and the invariants hold after each.

use proptest::prelude::*;

use super::{FLOW, flow, pack, sound};
use crate::edit::{Edit, FlowEdit, Side};
use crate::geometry::{Rect, point};
use crate::kind::Kind;
use crate::tree;

#[derive(Clone, Debug)]
pub struct Turn {
    what: u8,
    a: usize,
    pub b: usize,
    kind: usize,
    x: f64,
    y: f64,
}

pub fn turn() -> impl Strategy<Value = Turn> {
    (0u8..26, 0usize..60, 0usize..60, 0usize..80, -300.0..1500.0, -300.0..900.0)
        .prop_map(|(what, a, b, kind, x, y)| Turn { what, a, b, kind, x, y })
}

pub fn edit(document: &crate::Document, it: &Turn) -> FlowEdit {
    let mut ids: Vec<String> = flow(document).all().iter().map(|it| it.id.0.clone()).collect();
    ids.extend(flow(document).collaboration.iter().flat_map(|it| it.ids()).map(|it| it.0));
    let id = |at: usize| ids.get(at % ids.len().max(1)).cloned().unwrap_or_default();
    let all = Kind::all();
    let kind = all[it.kind % all.len()];
    match it.what {
        0 => FlowEdit::Add { kind, at: point(it.x, it.y), on: None, plane: None },
        1 => FlowEdit::Add { kind, at: point(it.x, it.y), on: Some(id(it.a)), plane: None },
        2 => FlowEdit::Append { after: id(it.a), kind, at: None },
        3 => FlowEdit::Connect { source: id(it.a), target: id(it.b) },
        4 => FlowEdit::Move { nodes: vec![id(it.a), id(it.b)], dx: it.x / 4.0, dy: it.y / 4.0 },
        5 => FlowEdit::Delete { ids: vec![id(it.a)] },
        6 => FlowEdit::Replace { id: id(it.a), kind },
        7 => FlowEdit::Reconnect { id: id(it.a), source: None, target: Some(id(it.b)) },
        8 => FlowEdit::Duplicate { ids: vec![id(it.a), id(it.b)] },
        9 => FlowEdit::Fold { id: id(it.a) },
        10 => FlowEdit::AddLane {
            beside: flow(document).lanes.first().map(|it| it.id.clone()),
            above: it.a.is_multiple_of(2),
        },
        11 => FlowEdit::Space { at: point(it.x, it.y), by: it.x / 5.0, flat: it.a.is_multiple_of(2), plane: None },
        12 => FlowEdit::Align { nodes: vec![id(it.a), id(it.b)], side: Side::Middle },
        13 => FlowEdit::Distribute { nodes: vec![id(it.a), id(it.b), id(it.kind)], flat: it.a.is_multiple_of(2) },
        14 => FlowEdit::Arrange { ids: if it.a.is_multiple_of(3) { Vec::new() } else { vec![id(it.a), id(it.b)] } },
        15 => FlowEdit::Insert { id: id(it.a), on: id(it.b), dx: 10.0, dy: 0.0 },
        16 => match crate::clip::copy(document, FLOW, &[id(it.a), id(it.b)].into()) {
            Some(clip) => FlowEdit::Paste { clip: Box::new(clip), at: point(it.x, it.y), plane: None },
            None => FlowEdit::Delete { ids: Vec::new() },
        },
        17 => match flow(document).lanes.get(it.a % 3) {
            Some(lane) => FlowEdit::Delete { ids: vec![lane.id.clone()] },
            None => FlowEdit::Append { after: id(it.a), kind, at: None },
        },
        18 => match tree::links(flow(document)).get(it.a) {
            Some(link) => FlowEdit::Delete { ids: vec![link.id.to_owned()] },
            None => FlowEdit::Append { after: id(it.a), kind, at: None },
        },
        19 => FlowEdit::Add { kind: Kind::Pool, at: point(it.x, it.y), on: None, plane: None },
        20 => {
            let pools = flow(document).collaboration.iter().flat_map(|it| &it.participants);
            let pools: Vec<String> = pools.map(|it| it.id.clone()).collect();
            let pool = pools.get(it.b % pools.len().max(1)).cloned().unwrap_or_default();
            if it.kind.is_multiple_of(2) {
                FlowEdit::Connect { source: id(it.a), target: pool }
            } else {
                FlowEdit::Connect { source: pool, target: id(it.a) }
            }
        }
        22 => FlowEdit::Attach {
            id: id(it.a),
            host: (!it.kind.is_multiple_of(3)).then(|| id(it.b)),
            at: point(it.x, it.y),
        },
        21 => {
            let to = Rect::new(it.x, it.y, 40.0 + it.b as f64 * 20.0, 40.0 + it.kind as f64 * 5.0);
            let lane = flow(document).lanes.get(it.a).map(|it| it.id.clone());
            FlowEdit::Resize { to: vec![(lane.unwrap_or_else(|| id(it.a)), to)] }
        }
        24 => match flow(document).lanes.get(it.a % 4) {
            Some(lane) => FlowEdit::DivideLane { id: lane.id.clone(), parts: 2 + it.b % 2 },
            None => FlowEdit::AddLane { beside: None, above: false },
        },
        23 => FlowEdit::Turn,
        _ => FlowEdit::Append { after: id(it.a), kind, at: None },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_can_be_undone(turns in prop::collection::vec(turn(), 1..25)) {
        let mut document = pack();
        let first = document.clone();
        let mut states = Vec::new();
        for it in &turns {
            let wish = Edit::flow(FLOW, edit(&document, it));
            let before = document.clone();
            let steps = document.history.names().len();
            match document.apply(&wish) {
                Err(_) => prop_assert!(document.same(&before), "a refused edit changes nothing"),
                Ok(_) => {
                    sound(&document);
                    if document.history.names().len() > steps {
                        states.push(before);
                    }
                }
            }
        }
        let last = document.clone();
        let done = states.len();
        for before in states.iter().rev() {
            prop_assert!(document.undo().is_some());
            prop_assert!(document.same(before));
        }
        prop_assert!(document.same(&first) && document.undo().is_none());
        for _ in 0..done {
            prop_assert!(document.redo().is_some());
        }
        prop_assert!(document.same(&last) && document.redo().is_none());
    }
}

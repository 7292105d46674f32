//! Two people have changed the same files: what both did is put together, element by element. Items of lists are known by
//! their ids, never by their place. Only where both changed the same member of the same element somebody has to choose.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::compare::Files;

/// Whose word counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    #[default]
    Mine,
    Theirs,
}

/// Something both have changed, differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// File, and below it the nearest thing with an id: `flows/approve/flow.json#/flowElements/check`.
    pub place: String,
    pub file: String,
    /// The id of that thing (of a field its key, of a text its address); none: the file itself.
    pub element: Option<String>,
    /// What differs, as each of them has it.
    pub parts: Vec<Part>,
    /// Where it is gone on that side; the other has changed it.
    pub removed: Option<Side>,
}

/// What differs in one member.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The member; empty: the thing as a whole.
    pub member: String,
    pub mine: Option<Value>,
    pub theirs: Option<Value>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    pub files: Files,
    pub clashes: Vec<Clash>,
    /// Files in which something of theirs was taken over.
    pub taken: BTreeSet<String>,
}

/// `base` is what both began with. `chosen` says, by [`Clash::place`], whose word counts; not said: mine.
pub fn merge(base: &Files, mine: &Files, theirs: &Files, chosen: &BTreeMap<String, Side>) -> Merged {
    let mut found = Merged::default();
    let paths: BTreeSet<&String> = base.keys().chain(mine.keys()).chain(theirs.keys()).gather();
    for path in paths {
        let (was, a, b) = (base.get(path), mine.get(path), theirs.get(path));
        let text = if a == b || b == was {
            a.cloned()
        } else if a == was {
            b.cloned()
        } else {
            both(path, [was, a, b], chosen, &mut found.clashes)
        };
        if text.as_ref() != a {
            found.taken.insert(path.clone());
        }
        if let Some(text) = text {
            found.files.insert(path.clone(), text);
        }
    }
    found
}

/// Both have changed a file.
fn both(
    path: &str,
    [was, mine, theirs]: [Option<&String>; 3],
    chosen: &BTreeMap<String, Side>,
    clashes: &mut Vec<Clash>,
) -> Option<String> {
    let json = path.ends_with(".json");
    let read = |it: Option<&String>| it.filter(|_| json).and_then(|it| runtime::plain::parse::<Value>(it).ok());
    if let (Some(a), Some(b)) = (read(mine), read(theirs)) {
        let mut at = Merger { file: path, chosen, clashes };
        let place = Place { path: String::new(), element: None };
        let merged = at.value(read(was).as_ref(), Some(&a), Some(&b), &place, None)?;
        return Some(crate::text::json(&merged));
    }
    // What is no JSON has no parts, and what one has removed as a whole has none left.
    let place = format!("{path}#");
    let removed = match (mine, theirs) {
        (None, _) => Some(Side::Mine),
        (_, None) => Some(Side::Theirs),
        (Some(_), Some(_)) => None,
    };
    let side = chosen.get(&place).copied().unwrap_or_default();
    let whole = |it: Option<&String>| it.cloned().map(Value::String);
    let parts = vec![Part { member: String::new(), mine: whole(mine), theirs: whole(theirs) }];
    clashes.push(Clash { place, file: path.to_owned(), element: None, parts, removed });
    match side {
        Side::Mine => mine.cloned(),
        Side::Theirs => theirs.cloned(),
    }
}

/// Where in a file: the nearest thing with an id.
#[derive(Clone)]
struct Place {
    path: String,
    element: Option<String>,
}

struct Merger<'a> {
    file: &'a str,
    chosen: &'a BTreeMap<String, Side>,
    clashes: &'a mut Vec<Clash>,
}

impl Merger<'_> {
    fn value(
        &mut self,
        was: Option<&Value>,
        mine: Option<&Value>,
        theirs: Option<&Value>,
        place: &Place,
        member: Option<&str>,
    ) -> Option<Value> {
        if mine == theirs || theirs == was {
            return mine.cloned();
        }
        if mine == was {
            return theirs.cloned();
        }
        match (mine, theirs) {
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                let none = Map::new();
                let was = was.and_then(Value::as_object).unwrap_or(&none);
                Some(Value::Object(self.object(was, a, b, place, member)))
            }
            (Some(Value::Array(a)), Some(Value::Array(b))) => {
                let was = was.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                match key_of([was, a, b]) {
                    Some(key) => Some(Value::Array(self.list(key, [was, a, b], place, member))),
                    None => self.clash(mine, theirs, place, member, None),
                }
            }
            // A thing known by its key, as a field is, may be gone on one side.
            (None, Some(_)) if member.is_none() => self.clash(mine, theirs, place, member, Some(Side::Mine)),
            (Some(_), None) if member.is_none() => self.clash(mine, theirs, place, member, Some(Side::Theirs)),
            _ => self.clash(mine, theirs, place, member, None),
        }
    }

    /// Whether the keys of an object name things: the fields of a form, the texts of a language.
    fn keyed(&self, place: &Place, member: Option<&str>) -> bool {
        let fields = member == Some("properties") && self.file.ends_with("/schema.json");
        place.element.is_none() && (fields || member.is_none() && self.file.starts_with("i18n/"))
    }

    fn object(
        &mut self,
        was: &Map<String, Value>,
        mine: &Map<String, Value>,
        theirs: &Map<String, Value>,
        place: &Place,
        outer: Option<&str>,
    ) -> Map<String, Value> {
        let mut merged = Map::new();
        let new = theirs.keys().filter(|it| !mine.contains_key(*it));
        let keyed = self.keyed(place, outer);
        for key in mine.keys().chain(new) {
            if keyed {
                let path = [place.path.as_str(), outer.unwrap_or_default(), key].join("/");
                let here = Place { path, element: Some(key.clone()) };
                if let Some(it) = self.value(was.get(key), mine.get(key), theirs.get(key), &here, None) {
                    merged.insert(key.clone(), it);
                }
                continue;
            }
            // Of an element it is the element's member that is told, however deep the difference lies.
            let member = outer.unwrap_or(key);
            if let Some(it) = self.value(was.get(key), mine.get(key), theirs.get(key), place, Some(member)) {
                merged.insert(key.clone(), it);
            }
        }
        merged
    }

    fn list(
        &mut self,
        key: &str,
        [was, mine, theirs]: [&[Value]; 3],
        place: &Place,
        member: Option<&str>,
    ) -> Vec<Value> {
        let id = |it: &Value| it.get(key).map(id_text).unwrap_or_default();
        let find = |list: &'_ [Value], wanted: &str| list.iter().find(|it| id(it) == wanted).cloned();
        let mut order: Vec<String> = mine.iter().map(id).collect();
        // What is only theirs stands behind what it stands behind there.
        for (at, it) in theirs.iter().enumerate() {
            if !order.contains(&id(it)) {
                let before =
                    theirs[..at].iter().rev().map(id).find_map(|it| order.iter().position(|other| *other == it));
                order.insert(before.map_or(0, |it| it + 1), id(it));
            }
        }
        let mut merged = Vec::new();
        for item in order {
            let (old, a, b) = (find(was, &item), find(mine, &item), find(theirs, &item));
            let path = format!("{}/{}/{item}", place.path, member.unwrap_or_default());
            let here = Place { path, element: Some(item.clone()) };
            let it = match (&a, &b) {
                (Some(_), Some(_)) => self.value(old.as_ref(), a.as_ref(), b.as_ref(), &here, None),
                // New on one side.
                (Some(it), None) | (None, Some(it)) if old.is_none() => Some(it.clone()),
                // Removed by one, as it was by the other.
                (Some(it), None) | (None, Some(it)) if old.as_ref() == Some(it) => None,
                (_, None) => self.clash(a.as_ref(), None, &here, None, Some(Side::Theirs)),
                (None, _) => self.clash(None, b.as_ref(), &here, None, Some(Side::Mine)),
            };
            merged.extend(it);
        }
        merged
    }

    fn clash(
        &mut self,
        mine: Option<&Value>,
        theirs: Option<&Value>,
        place: &Place,
        member: Option<&str>,
        removed: Option<Side>,
    ) -> Option<Value> {
        let name = format!("{}#{}", self.file, place.path);
        let side = self.chosen.get(&name).copied().unwrap_or_default();
        let part = Part { member: member.unwrap_or_default().to_owned(), mine: mine.cloned(), theirs: theirs.cloned() };
        match self.clashes.iter_mut().find(|it| it.place == name) {
            Some(it) => it.parts.push(part),
            None => self.clashes.push(Clash {
                place: name,
                file: self.file.to_owned(),
                element: place.element.clone(),
                parts: vec![part],
                removed,
            }),
        }
        match side {
            Side::Mine => mine.cloned(),
            Side::Theirs => theirs.cloned(),
        }
    }
}

/// The member all items of some lists are known by, each by another value.
fn key_of(lists: [&[Value]; 3]) -> Option<&'static str> {
    ["id", "element", "key", "field", "name", "user"].into_iter().find(|key| {
        lists.iter().all(|list| {
            let ids: BTreeSet<String> = list.iter().filter_map(|it| it.get(key).map(id_text)).gather();
            ids.len() == list.len()
        })
    })
}

fn id_text(it: &Value) -> String {
    it.as_str().map_or_else(|| it.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::geometry::point;
    use crate::kind::Kind;
    use crate::tests::{FLOW, pack};
    use crate::{Document, Edit, FlowEdit};

    fn files(it: &Document) -> Files {
        it.paths().into_iter().filter_map(|path| Some((path.clone(), it.text(&path)?))).collect()
    }

    fn edited(from: &Files, edits: &[FlowEdit], seed: u64) -> Files {
        let mut it = Document::open("p", from, &BTreeMap::new(), seed);
        for edit in edits {
            it.apply(&Edit::flow(FLOW, edit.clone())).expect("allowed");
        }
        files(&it)
    }

    fn rename(id: &str, name: &str) -> FlowEdit {
        FlowEdit::Rename { id: id.to_owned(), name: name.to_owned() }
    }

    fn name(files: &Files, id: &str) -> Option<String> {
        let flow: Value = serde_json::from_str(&files[&format!("flows/{FLOW}/flow.json")]).expect("JSON");
        let found = flow["flowElements"].as_array()?.iter().find(|it| it["id"] == id)?["name"].as_str()?.to_owned();
        Some(found)
    }

    fn drawn() -> Files {
        edited(&files(&pack()), &[FlowEdit::Arrange { ids: Vec::new() }], 1)
    }

    #[test]
    fn what_two_have_done_to_different_things_is_put_together() {
        let base = drawn();
        let add = |y: f64| FlowEdit::Add { kind: Kind::UserTask, at: point(900.0, y), on: None, plane: None };
        let mine = edited(
            &base,
            &[rename("send", "Send it"), add(700.0), FlowEdit::Delete { ids: vec!["remind".to_owned()] }],
            0x2222,
        );
        let theirs = edited(
            &base,
            &[
                rename("check", "Look at it"),
                add(900.0),
                FlowEdit::Move { nodes: vec!["end".to_owned()], dx: 30.0, dy: 0.0 },
            ],
            0x3333_3333,
        );
        let found = merge(&base, &mine, &theirs, &BTreeMap::new());
        assert_eq!(found.clashes, Vec::new());
        assert_eq!(name(&found.files, "send").as_deref(), Some("Send it"));
        assert_eq!(name(&found.files, "check").as_deref(), Some("Look at it"));
        let it = Document::open("p", &found.files, &BTreeMap::new(), 4);
        let flow = it.flow(FLOW).expect("it can be read");
        let tasks = |flow: &runtime::model::flow::Flow| {
            flow.all().iter().filter(|it| matches!(it.kind, runtime::model::flow::ElementKind::UserTask(_))).count()
        };
        assert_eq!(tasks(flow), tasks(pack().flow(FLOW).expect("there")) + 2, "both new tasks");
        assert!(crate::tree::find(flow, "remind").is_none(), "what one has removed is gone");
        // Whoever merges, the same things come out.
        let other = merge(&base, &theirs, &mine, &BTreeMap::new());
        let ids = |files: &Files| {
            let it = Document::open("p", files, &BTreeMap::new(), 4);
            it.flow(FLOW).expect("there").all().iter().map(|it| it.id.0.clone()).collect::<BTreeSet<_>>()
        };
        assert_eq!(ids(&found.files), ids(&other.files));
        assert!(found.taken.contains(&format!("flows/{FLOW}/flow.json")));
    }

    #[test]
    fn the_same_member_of_the_same_element_is_chosen() {
        let base = drawn();
        let mine = edited(&base, &[rename("check", "Mine"), rename("send", "Send it")], 0x2222);
        let theirs = edited(&base, &[rename("check", "Theirs")], 0x3333_3333);
        let found = merge(&base, &mine, &theirs, &BTreeMap::new());
        let place = format!("flows/{FLOW}/flow.json#/flowElements/check");
        assert_eq!(found.clashes.len(), 1, "{:?}", found.clashes);
        let clash = &found.clashes[0];
        assert_eq!((clash.place.as_str(), clash.element.as_deref()), (place.as_str(), Some("check")));
        let said = Part { member: "name".to_owned(), mine: Some("Mine".into()), theirs: Some("Theirs".into()) };
        assert_eq!(clash.parts, [said]);
        assert_eq!(name(&found.files, "check").as_deref(), Some("Mine"));
        let found = merge(&base, &mine, &theirs, &BTreeMap::from([(place, Side::Theirs)]));
        assert_eq!(name(&found.files, "check").as_deref(), Some("Theirs"));
        assert_eq!(name(&found.files, "send").as_deref(), Some("Send it"), "the rest of mine stays");
    }

    #[test]
    fn removed_by_one_and_changed_by_the_other() {
        let base = drawn();
        let mine = edited(&base, &[FlowEdit::Delete { ids: vec!["remind".to_owned()] }], 0x2222);
        let theirs = edited(&base, &[rename("remind", "Remind them")], 0x3333_3333);
        let place = format!("flows/{FLOW}/flow.json#/flowElements/remind");
        let found = merge(&base, &mine, &theirs, &BTreeMap::new());
        let clash = found.clashes.iter().find(|it| it.place == place).expect("told");
        assert_eq!((clash.removed, clash.parts.len()), (Some(Side::Mine), 1));
        assert_eq!((&clash.parts[0].mine, clash.parts[0].member.as_str()), (&None, ""));
        assert_eq!(clash.parts[0].theirs.as_ref().expect("what they made of it")["name"], "Remind them");
        assert_eq!(name(&found.files, "remind"), None);
        let found = merge(&base, &mine, &theirs, &BTreeMap::from([(place, Side::Theirs)]));
        assert_eq!(name(&found.files, "remind").as_deref(), Some("Remind them"));
    }

    #[test]
    fn fields_and_texts_are_told_one_by_one() {
        let at = |file: &str, it: Value| -> Files { [(file.to_owned(), it.to_string())].into() };
        let schema = "modules/m/schema.json";
        let form = |a: &str, b: &str, c: Option<&str>| {
            let mut fields =
                json!({ "a": { "title": a }, "b": { "title": b, "properties": { "title": { "title": "T" } } } });
            if let Some(c) = c {
                fields["c"] = json!({ "title": c });
            }
            at(schema, json!({ "type": "object", "properties": fields }))
        };
        let base = form("A", "B", Some("C"));
        let found = merge(&base, &form("A1", "B1", None), &form("A2", "B", Some("C2")), &BTreeMap::new());
        let told: Vec<(&str, Option<&str>, Option<Side>)> =
            found.clashes.iter().map(|it| (it.place.as_str(), it.element.as_deref(), it.removed)).collect();
        assert_eq!(
            told,
            [
                ("modules/m/schema.json#/properties/a", Some("a"), None),
                ("modules/m/schema.json#/properties/c", Some("c"), Some(Side::Mine))
            ]
        );
        assert_eq!(found.clashes[0].parts[0].member, "title");
        let theirs: BTreeMap<String, Side> = found.clashes.iter().map(|it| (it.place.clone(), Side::Theirs)).collect();
        let chosen = merge(&base, &form("A1", "B1", None), &form("A2", "B", Some("C2")), &theirs);
        assert_eq!(
            chosen.files[schema],
            crate::text::json(&serde_json::from_str::<Value>(&form("A2", "B1", Some("C2"))[schema]).expect("JSON"))
        );

        let texts = |a: &str, b: &str| at("i18n/en.json", json!({ "node/f/a": a, "node/f/b": b }));
        let found = merge(&texts("1", "1"), &texts("2", "2"), &texts("3", "1"), &BTreeMap::new());
        let part = Part { member: String::new(), mine: Some("2".into()), theirs: Some("3".into()) };
        assert_eq!(found.clashes.len(), 1, "{:?}", found.clashes);
        assert_eq!((found.clashes[0].element.as_deref(), &found.clashes[0].parts), (Some("node/f/a"), &vec![part]));
    }

    #[test]
    fn whole_files_and_what_is_no_json() {
        let text =
            |it: &[(&str, &str)]| -> Files { it.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect() };
        let base = text(&[("a.rhai", "1"), ("b.rhai", "1"), ("c.rhai", "1")]);
        let mine = text(&[("a.rhai", "2"), ("b.rhai", "1"), ("c.rhai", "2"), ("new.rhai", "x")]);
        let theirs = text(&[("a.rhai", "3"), ("b.rhai", "3")]);
        let found = merge(&base, &mine, &theirs, &BTreeMap::new());
        let told: Vec<(&str, Option<Side>)> = found.clashes.iter().map(|it| (it.place.as_str(), it.removed)).collect();
        assert_eq!(told, [("a.rhai#", None), ("c.rhai#", Some(Side::Theirs))]);
        assert_eq!(found.files, text(&[("a.rhai", "2"), ("b.rhai", "3"), ("c.rhai", "2"), ("new.rhai", "x")]));
        let all = BTreeMap::from([("a.rhai#".to_owned(), Side::Theirs), ("c.rhai#".to_owned(), Side::Theirs)]);
        assert_eq!(
            merge(&base, &mine, &theirs, &all).files,
            text(&[("a.rhai", "3"), ("b.rhai", "3"), ("new.rhai", "x")])
        );
    }

    /// Random edits by two people: nothing either has added is lost, and what comes out can be read.
    #[test]
    fn nothing_is_lost_whatever_two_people_do() {
        let seed: u64 = 0x5EED;
        println!("seed {seed}");
        let mut state = seed;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let base = drawn();
        for round in 0..60 {
            let by = |seed: u64, next: &mut dyn FnMut(u64) -> u64| {
                let mut it = Document::open("p", &base, &BTreeMap::new(), seed);
                for _ in 0..=next(5) {
                    let ids: Vec<String> = it
                        .flow(FLOW)
                        .expect("there")
                        .all()
                        .iter()
                        .filter(|it| it.kind.is_node())
                        .map(|it| it.id.0.clone())
                        .collect();
                    let id = ids[next(ids.len() as u64) as usize].clone();
                    let edit = match next(4) {
                        0 => FlowEdit::Add {
                            kind: Kind::ManualTask,
                            at: point(next(900) as f64, 1000.0 + next(900) as f64),
                            on: None,
                            plane: None,
                        },
                        1 => rename(&id, &format!("n{}", next(99))),
                        2 => FlowEdit::Move { nodes: vec![id], dx: 10.0, dy: 20.0 },
                        _ => FlowEdit::Delete { ids: vec![id] },
                    };
                    let _ = it.apply(&Edit::flow(FLOW, edit));
                }
                files(&it)
            };
            let (mine, theirs) = (by(7 + round, &mut next), by(1_000 + round, &mut next));
            let found = merge(&base, &mine, &theirs, &BTreeMap::new());
            let ids = |files: &Files| -> BTreeSet<String> {
                let it = Document::open("p", files, &BTreeMap::new(), 1);
                it.flow(FLOW).expect("it can be read").all().iter().map(|it| it.id.0.clone()).collect()
            };
            let (old, merged) = (ids(&base), ids(&found.files));
            for side in [&mine, &theirs] {
                let added: Vec<String> = ids(side).difference(&old).cloned().collect();
                assert!(added.iter().all(|it| merged.contains(it)), "round {round}: {added:?} of {merged:?}");
            }
            let place = |clashes: &[Clash]| clashes.iter().map(|it| it.place.clone()).collect::<BTreeSet<_>>();
            let back = merge(&base, &theirs, &mine, &BTreeMap::new());
            assert_eq!(
                place(&found.clashes),
                place(&back.clashes),
                "round {round}: the same clashes seen from both sides"
            );
        }
    }
}

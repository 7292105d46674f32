//! What cannot be read, or takes too long to be worked out, is an incident at its element: never taken for blank.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Play;
use crate::engine::{Context, Directory, Input, World, step};
use crate::id::{FieldKey, RecordId};
use crate::script::{Watch, watched};

const FLOW: &str = "start s
    s -> g
    xor g default=g-small
    g -> big : data.amount > 100
    g -> small
    end big
    end small";

struct Odd(Directory, BTreeMap<FieldKey, String>);

impl World for Odd {
    fn people(&self) -> &Directory {
        &self.0
    }
    fn referenced(&self, _: &RecordId) -> Option<&Map<String, Value>> {
        None
    }
    fn unreadable(&self) -> Option<&BTreeMap<FieldKey, String>> {
        Some(&self.1)
    }
}

/// Somebody whose clock says that it has been too long.
struct Late;

impl Watch for Late {
    fn begin(&self) {}
    fn over(&self) -> bool {
        true
    }
    fn end(&self) {}
}

#[test]
fn a_field_that_cannot_be_read_is_an_incident_where_it_is_read() {
    for (field, wanted) in [("amount", vec![("g", "it is a text by now")]), ("other", vec![])] {
        let play = Play::new(FLOW, &[]);
        let world = Odd(Directory::default(), BTreeMap::from([(field.into(), "it is a text by now".to_owned())]));
        let context = Context { world: &world, ..play.context("anna") };
        let start = Input::Start { at: None, vars: Map::new(), parent: None };
        let done = step(&play.plan, &play.instance, start, &context).unwrap();
        let told: Vec<_> = done.instance.incidents.values().map(|it| (it.node.as_str(), it.message.as_str())).collect();
        assert_eq!(told.len(), wanted.len(), "{told:?}");
        assert!(
            told.iter().zip(&wanted).all(|(told, wanted)| told.0 == wanted.0 && told.1.contains(wanted.1)),
            "{told:?}"
        );
        assert_eq!(done.instance.tokens.is_empty(), wanted.is_empty(), "{field}");
    }
}

#[test]
fn what_is_cut_short_is_an_incident_at_its_element() {
    let long = format!("[{}].len() > 5", (0..300).map(|it| it.to_string()).collect::<Vec<_>>().join(","));
    let mut play = Play::new(&FLOW.replace("data.amount > 100", &long), &[]);
    play.data = json!({ "amount": 1 }).as_object().unwrap().clone();
    let start = Input::Start { at: None, vars: Map::new(), parent: None };
    let done = watched(Arc::new(Late), || play.give("anna", start)).unwrap();
    let told: Vec<_> = done.instance.incidents.values().map(|it| (it.node.as_str(), it.message.clone())).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0 == "g" && told[0].1.contains("it takes too long"), "{told:?}");
}

//! References that make a tree: `"x-ref": {"module": "<its own>", "tree": true}`. Whoever stands above a record must not
//! stand below it as well, however many steps lie between. What is above is read by the caller, step by step, as far as
//! [`Form::unread_above`] asks for it.
//!
//! Faults: `tree-cycle` (the chosen record is below this one) and `tree-too-deep` (more levels than
//! [`limits::TREE_LEVELS`]).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::field::FieldKind;
use super::{Fault, Form, FormContext};
use crate::id::{FieldKey, RecordId};
use crate::limits;

type Records = BTreeMap<RecordId, Map<String, Value>>;

/// Where a walk upwards ended.
enum Top {
    /// Nothing is above, or it does not exist.
    Reached,
    /// This record has not been read.
    Unread(RecordId),
    /// The walk came to the record it began below.
    Met,
    TooDeep,
}

fn climb(field: &FieldKey, from: &Value, own: Option<&RecordId>, records: &Records) -> Top {
    let mut at = from.as_str().map(RecordId::from).filter(|it| !it.0.is_empty());
    for _ in 0..limits::TREE_LEVELS {
        let Some(id) = at else { return Top::Reached };
        if own == Some(&id) {
            return Top::Met;
        }
        let Some(record) = records.get(&id) else { return Top::Unread(id) };
        at = record.get(field.as_str()).and_then(Value::as_str).map(RecordId::from).filter(|it| !it.0.is_empty());
    }
    Top::TooDeep
}

impl Form {
    /// The fields whose references make a tree.
    pub fn trees(&self) -> impl Iterator<Item = &FieldKey> {
        self.fields.iter().filter(|it| matches!(it.kind, FieldKind::Reference { tree: true, .. })).map(|it| &it.key)
    }

    /// The next records that must be read before it can be said whether `data` closes a circle; none: it can be said.
    /// A record that does not exist is put into `records` empty.
    pub fn unread_above(&self, data: &Map<String, Value>, records: &Records) -> Vec<RecordId> {
        self.trees()
            .filter_map(|field| match climb(field, data.get(field.as_str())?, None, records) {
                Top::Unread(id) => Some(id),
                Top::Reached | Top::Met | Top::TooDeep => None,
            })
            .collect()
    }

    /// Faults of the trees; what has not been read is taken for the top.
    pub(super) fn circles(&self, data: &Map<String, Value>, ctx: &FormContext, faults: &mut Vec<Fault>) {
        for field in self.trees() {
            let Some(above) = data.get(field.as_str()) else { continue };
            let title = self.field(field.as_str()).map_or(field.as_str(), |it| it.title.as_str());
            let (code, message) = match climb(field, above, ctx.record, ctx.referenced) {
                Top::Reached | Top::Unread(_) => continue,
                Top::Met => {
                    ("tree-cycle", format!("`{title}` would go round in a circle: the chosen record is below this one"))
                }
                Top::TooDeep => ("tree-too-deep", format!("`{title}` may have at most {} levels", limits::TREE_LEVELS)),
            };
            let fault = Fault::new(format!("/{}", crate::schema::escape(field.as_str())), code, message);
            faults.push(fault.arg("field", field.0.clone()).arg("limit", limits::TREE_LEVELS));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::Person;
    use crate::form::{Change, Writer};
    use crate::model::catalog::Catalog;
    use crate::model::module::{Definition, Module};
    use crate::model::pack::Pack;

    fn form(to: &str) -> (Form, Vec<String>) {
        let schema = json!({"type": "object", "properties": {
            "name": {"type": "string"},
            "parent": {"title": "上级", "type": "string", "x-ref": {"module": to, "tree": true}}
        }});
        let unit = Module {
            definition: Definition { key: "unit".into(), ..Definition::default() },
            schema,
            ..Module::default()
        };
        let pack =
            Pack { modules: [("unit".into(), unit), ("other".into(), Module::default())].into(), ..Pack::default() };
        let (form, alerts) = Form::compile(&Catalog::new([pack]), &"unit".into());
        (form, alerts.into_iter().map(|it| it.code.to_string()).collect())
    }

    /// `above`: record and what is above it.
    fn faults(id: Option<&str>, parent: &str, above: &[(&str, &str)]) -> Vec<String> {
        let (form, _) = form("unit");
        let records: Records = above
            .iter()
            .map(|(id, above)| {
                let data = if above.is_empty() { json!({}) } else { json!({ "parent": above }) };
                (RecordId::from(*id), data.as_object().cloned().unwrap())
            })
            .collect();
        let patch = json!({ "parent": parent }).as_object().cloned().unwrap();
        let (user, id, old) = (Person::default(), id.map(RecordId::from), Map::new());
        let ctx = FormContext {
            now: "2026-03-02T09:00:00Z".parse().unwrap(),
            user: &user,
            record: id.as_ref(),
            referenced: &records,
        };
        let access = BTreeMap::new();
        let old = id.as_ref().map(|_| &old);
        let change = Change { old, patch: &patch, view: None, access: &access, by: Writer::Person, ctx };
        match form.accept(&change) {
            Ok(_) => Vec::new(),
            Err(found) => found.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect(),
        }
    }

    #[test]
    fn whoever_is_above_is_not_below() {
        let chain = [("a", ""), ("b", "a"), ("c", "b"), ("d", "c")];
        let circle = vec!["/parent tree-cycle".to_owned()];
        assert_eq!(faults(Some("a"), "a", &chain), circle, "itself");
        assert_eq!(faults(Some("a"), "b", &chain), circle, "directly");
        assert_eq!(faults(Some("a"), "d", &chain), circle, "over three levels");
        assert_eq!(faults(Some("d"), "a", &chain), Vec::<String>::new(), "upwards is no circle");
        assert_eq!(faults(Some("x"), "d", &chain), Vec::<String>::new(), "somebody else");
        assert_eq!(faults(None, "d", &chain), Vec::<String>::new(), "a new record has nothing below it");
        assert_eq!(faults(Some("a"), "gone", &chain), Vec::<String>::new(), "what has not been read is the top");
    }

    #[test]
    fn a_walk_upwards_ends() {
        // An old circle of others, and a chain without end.
        let round = [("p", "q"), ("q", "p")];
        assert_eq!(faults(Some("a"), "p", &round), vec!["/parent tree-too-deep".to_owned()]);
        let names: Vec<String> = (0..=limits::TREE_LEVELS).map(|it| format!("n{it}")).collect();
        let long: Vec<(&str, &str)> = names.windows(2).map(|it| (it[0].as_str(), it[1].as_str())).collect();
        assert_eq!(faults(Some("a"), "n0", &long), vec!["/parent tree-too-deep".to_owned()]);
        let (form, _) = form("unit");
        let data = json!({ "parent": "p" }).as_object().cloned().unwrap();
        let records: Records = round
            .iter()
            .map(|(id, above)| (RecordId::from(*id), json!({ "parent": above }).as_object().cloned().unwrap()))
            .collect();
        assert_eq!(form.unread_above(&data, &records), Vec::<RecordId>::new());
        assert_eq!(form.unread_above(&data, &Records::new()), vec![RecordId::from("p")]);
    }

    #[test]
    fn a_tree_is_of_one_module() {
        assert_eq!(form("unit").1, Vec::<String>::new());
        assert_eq!(form("other").1, vec!["form-tree-elsewhere".to_owned()]);
    }
}

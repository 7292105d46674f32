//! One of several: `module.json` says `"chosen": [{"id", "field": "primary", "among": "customer"}]`. Of the records that
//! refer to the same record in `among`, exactly one has the yes / no field set, wherever there is one that could: one for
//! which the field is visible. Whoever is newly chosen relieves the one before; whoever is first is chosen; and where the
//! chosen one leaves, the oldest that could follows.
//!
//! Here it is decided what a change of one record asks of the others of its group. The caller, who knows the others,
//! does it in the same transaction.

use serde_json::{Map, Value};

use super::state::scope;
use super::{Form, FormContext};
use crate::id::FieldKey;
use crate::model::module::Chosen;

/// What a change of a record asks of a group; `group` is the id in the field `among`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// The record is newly chosen: nobody else of the group stays so.
    Relieve { group: String },
    /// The record could be chosen: it is, where nobody of the group is.
    Fill { group: String },
    /// The record is no longer chosen in this group: the oldest of the others that could follows. `stays`: it is still
    /// of the group and could be chosen, so that without a successor it remains.
    Succeed { group: String, stays: bool },
}

fn group<'a>(rule: &Chosen, data: &'a Map<String, Value>) -> Option<&'a str> {
    data.get(rule.among.as_str()).and_then(Value::as_str).filter(|it| !it.is_empty())
}

fn holds(rule: &Chosen, data: &Map<String, Value>) -> bool {
    data.get(rule.field.as_str()) == Some(&Value::Bool(true))
}

impl Form {
    /// What a change asks of the groups it touches. `before` none: a new record; `after` none: it is deleted.
    pub fn duties(
        &self,
        rule: &Chosen,
        before: Option<&Map<String, Value>>,
        after: Option<&Map<String, Value>>,
        ctx: &FormContext,
    ) -> Vec<Duty> {
        let was = before.filter(|it| holds(rule, it)).and_then(|it| group(rule, it));
        let now = after.and_then(|it| Some((group(rule, it)?, holds(rule, it), self.could_be(&rule.field, it, ctx))));
        let mut duties = Vec::new();
        match now {
            Some((group, true, _)) if was != Some(group) => duties.push(Duty::Relieve { group: group.to_owned() }),
            // Who has just given it up is asked last, as a successor to itself.
            Some((group, false, true)) if was != Some(group) => duties.push(Duty::Fill { group: group.to_owned() }),
            Some(_) | None => {}
        }
        if let Some(was) = was
            && !now.is_some_and(|(group, holds, _)| group == was && holds)
        {
            let stays = now.is_some_and(|(group, _, could)| group == was && could);
            duties.push(Duty::Succeed { group: was.to_owned(), stays });
        }
        duties
    }

    /// True if a record with these values could be chosen: the field is visible for it.
    pub fn could_be(&self, field: &FieldKey, data: &Map<String, Value>, ctx: &FormContext) -> bool {
        let scope = scope(self, data, None, ctx);
        self.visible.iter().filter(|it| it.field == *field).all(|it| it.expr.holds(&scope).unwrap_or(true))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::engine::Person;
    use crate::model::catalog::Catalog;
    use crate::model::module::{Definition, Module};
    use crate::model::pack::Pack;
    use crate::model::rules::{Rules, When};

    fn rule() -> Chosen {
        Chosen { id: "one".to_owned(), field: "primary".into(), among: "customer".into() }
    }

    fn compiled(rule: Chosen) -> (Form, Vec<String>) {
        let schema = json!({"type": "object", "properties": {
            "customer": {"type": "string", "x-ref": {"module": "customer"}},
            "primary": {"type": "boolean"},
            "state": {"type": "string"}
        }});
        let visible =
            vec![When { id: "v".to_owned(), field: "primary".into(), when: "data.state != \"left\"".to_owned() }];
        let definition = Definition { key: "contact".into(), chosen: vec![rule], ..Definition::default() };
        let module = Module { definition, schema, rules: Rules { visible, ..Rules::default() }, ..Module::default() };
        let pack = Pack {
            modules: [("contact".into(), module), ("customer".into(), Module::default())].into(),
            ..Pack::default()
        };
        let (form, alerts) = Form::compile(&Catalog::new([pack]), &"contact".into());
        (form, alerts.into_iter().map(|it| format!("{} {}", it.code, it.pointer)).collect())
    }

    #[test]
    fn exactly_one_is_chosen() {
        let (form, _) = compiled(rule());
        let (user, none) = (Person::default(), BTreeMap::new());
        let ctx =
            FormContext { now: "2026-03-02T09:00:00Z".parse().unwrap(), user: &user, record: None, referenced: &none };
        let relieve = |group: &str| Duty::Relieve { group: group.to_owned() };
        let fill = |group: &str| Duty::Fill { group: group.to_owned() };
        let succeed = |group: &str, stays| Duty::Succeed { group: group.to_owned(), stays };
        let plain = || json!({"customer": "a"});
        let chosen = || json!({"customer": "a", "primary": true});
        let cases = [
            ("new, chosen", None, Some(chosen()), vec![relieve("a")]),
            ("new, not said", None, Some(plain()), vec![fill("a")]),
            ("new, of nobody", None, Some(json!({"primary": true})), vec![]),
            ("new, could not be", None, Some(json!({"customer": "a", "state": "left"})), vec![]),
            ("chosen later", Some(plain()), Some(chosen()), vec![relieve("a")]),
            ("chosen and stays", Some(chosen()), Some(chosen()), vec![]),
            ("given up", Some(chosen()), Some(json!({"customer": "a", "primary": false})), vec![succeed("a", true)]),
            (
                "can no longer be",
                Some(chosen()),
                Some(json!({"customer": "a", "state": "left"})),
                vec![succeed("a", false)],
            ),
            ("could be again", Some(json!({"customer": "a", "state": "left"})), Some(plain()), vec![fill("a")]),
            (
                "moved with it",
                Some(chosen()),
                Some(json!({"customer": "b", "primary": true})),
                vec![relieve("b"), succeed("a", false)],
            ),
            ("moved without", Some(plain()), Some(json!({"customer": "b"})), vec![fill("b")]),
            ("left the group", Some(chosen()), Some(json!({"primary": true})), vec![succeed("a", false)]),
            ("deleted", Some(chosen()), None, vec![succeed("a", false)]),
            ("deleted, was not", Some(plain()), None, vec![]),
        ];
        for (says, before, after, expected) in cases {
            let (before, after) =
                (before.as_ref().and_then(Value::as_object), after.as_ref().and_then(Value::as_object));
            assert_eq!(form.duties(&rule(), before, after, &ctx), expected, "{says}");
        }
    }

    #[test]
    fn it_is_a_yes_among_references() {
        assert_eq!(compiled(rule()).1, Vec::<String>::new());
        assert_eq!(compiled(Chosen { field: "state".into(), ..rule() }).1, vec!["form-no-field /chosen/0/field"]);
        assert_eq!(compiled(Chosen { among: "state".into(), ..rule() }).1, vec!["form-no-field /chosen/0/among"]);
    }
}

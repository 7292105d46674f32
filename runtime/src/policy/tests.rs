//! Cases as tables, and what must never happen.

use serde_json::json;

use super::*;
use crate::model::module::{Definition, FieldRight};
use crate::model::pack::Pack;

fn catalog(rights: Value, field_rights: Value) -> Catalog {
    let definition = Definition {
        rights: serde_json::from_value(rights).unwrap(),
        field_rights: serde_json::from_value::<Vec<FieldRight>>(field_rights).unwrap(),
        ..Definition::default()
    };
    let schema = json!({"properties": {"name": {}, "phone": {"x-sensitive": "mask"}, "salary": {"x-sensitive": "hide"}, "note": {}}});
    let module = Module { definition, schema, ..Module::default() };
    Catalog::new([Pack { modules: [("deal".into(), module)].into(), ..Pack::default() }])
}

fn actor(roles: &[&str], department: &str) -> Actor {
    let person = Person {
        id: "anna".into(),
        roles: roles.iter().map(|it| (*it).into()).collect(),
        department: Some(department.into()),
        ..Person::default()
    };
    let parents = [("hq", None), ("sales", Some("hq")), ("north", Some("sales")), ("loop", Some("loop"))];
    Actor::new(person, &parents.into_iter().map(|(it, above)| (it.into(), above.map(DeptId::from))).collect())
}

#[test]
fn a_scope_covers_its_records() {
    let data = json!({"handler": "anna", "team": ["bob", "anna"], "unit": "sales"});
    let data = data.as_object().unwrap();
    let (anna, bob, north) = (UserId::from("anna"), UserId::from("bob"), DeptId::from("north"));
    for (scope, owner, covered) in [
        (json!("own"), &anna, true),
        (json!("own"), &bob, false),
        (json!("department"), &bob, false),
        (json!("departmentTree"), &bob, true),
        (json!("all"), &bob, true),
        (json!({"fieldIsMe": "handler"}), &bob, true),
        (json!({"fieldIsMe": "team"}), &bob, true),
        (json!({"fieldIsMe": "other"}), &bob, false),
        (json!({"fieldIsMyDepartment": "unit"}), &bob, true),
        (json!({"fieldIsMyCustomer": "unit"}), &bob, false),
    ] {
        let it = catalog(json!([{"role": "rep", "actions": ["read"], "scope": scope}]), json!([]));
        let facts = RecordFacts { owner: Some(owner), department: Some(&north), data };
        let who = actor(&["rep"], "sales");
        assert_eq!(may(&it, &who, &"deal".into(), Action::Read).holds(&facts), covered, "{scope} {owner}");
        assert!(!may(&it, &who, &"deal".into(), Action::Update).holds(&facts));
        assert!(!may(&it, &actor(&["other"], "sales"), &"deal".into(), Action::Read).holds(&facts));
        assert_eq!(matches!(explain(&it, &who, &"deal".into(), Action::Read, &facts), Reason::Given { .. }), covered);
    }
}

#[test]
fn the_strongest_entry_of_the_persons_roles_counts() {
    let it = catalog(
        json!([{"role": "*", "actions": ["read"], "scope": "all"}, {"role": "rep", "actions": ["update"], "scope": "own"}]),
        json!([
            {"fields": ["note"], "role": "*", "access": "read"},
            {"fields": ["note", "phone"], "role": "fin", "access": "write"},
            {"fields": ["phone"], "role": "rep", "access": "read"}
        ]),
    );
    for (roles, expected) in [
        (vec!["rep"], [Access::Write, Access::Read, Access::Read, Access::Hidden]),
        (vec!["rep", "fin"], [Access::Write, Access::Write, Access::Write, Access::Hidden]),
        (vec!["gm"], [Access::Read, Access::Read, Access::Masked, Access::Hidden]),
    ] {
        let found = fields(&it, &actor(&roles, "hq"), &"deal".into());
        let found: Vec<Access> = ["name", "note", "phone", "salary"].iter().map(|key| found[*key]).collect();
        assert_eq!(found, expected, "{roles:?}");
    }
}

#[test]
fn what_is_not_for_the_person_is_not_in_what_they_get() {
    let access =
        [("phone".into(), Access::Masked), ("salary".into(), Access::Hidden), ("name".into(), Access::Read)].into();
    let data = json!({"phone": "13812341234", "salary": 1, "name": "x", "unknown": 1});
    let shown = present(&access, data.as_object().unwrap());
    assert_eq!(Value::Object(shown), json!({"phone": "138****1234", "name": "x"}));
}

#[test]
fn masks_leave_enough_to_recognise() {
    for (given, expected) in [
        ("13812341234", "138****1234"),
        ("+86 138 1234 1234", "+86****1234"),
        ("anna@example.com", "a***@example.com"),
        ("张三丰", "张**"),
        ("x", "*"),
        ("", ""),
        ("long enough text", "l***"),
    ] {
        assert_eq!(mask(&json!(given)), json!(expected));
    }
}

#[test]
fn who_is_barred_has_nothing_to_do_with_the_record() {
    let mut it = catalog(json!([{"role": "rep", "actions": ["create", "read", "update"], "scope": "all"}]), json!([]));
    it = Catalog::new(it.packs().cloned().map(|mut pack| {
        for module in pack.modules.values_mut() {
            module.definition.barred = vec!["about".into(), "others".into()];
        }
        pack
    }));
    for (data, covered) in [
        (json!({}), true),
        (json!({"about": null}), true),
        (json!({"about": "bob"}), true),
        (json!({"about": "anna"}), false),
        (json!({"others": ["bob", "anna"]}), false),
    ] {
        let facts = RecordFacts { owner: Some(&"anna".into()), department: None, data: data.as_object().unwrap() };
        let who = actor(&["rep"], "sales");
        let covers = |action| may(&it, &who, &"deal".into(), action).holds(&facts);
        assert_eq!((covers(Action::Read), covers(Action::Update)), (covered, covered), "{data}");
        assert!(covers(Action::Create), "who reports somebody else's deed of their own is not refused");
        assert_eq!(is_barred(&it, &who, &"deal".into(), &facts), !covered);
        assert!(may(&it, &who, &"deal".into(), Action::Read).is_whole());
    }
}

#[test]
fn what_a_step_decides_is_written_in_the_step_alone() {
    let it = catalog(
        json!([{"role": "rep", "actions": ["read", "update"], "scope": "all"}]),
        json!([{"fields": ["note"], "role": "rep", "access": "step"}, {"fields": ["note"], "role": "boss", "access": "write"}]),
    );
    let form = json!({"format": 1, "id": "v", "key": "v", "title": "", "content": {"kind": "form", "sections":
        [{"id": "s", "title": "", "fields": [{"field": "note", "span": 6}]}]}});
    let view: View = serde_json::from_value(form).unwrap();
    for (roles, rest, step) in
        [(vec!["rep"], Access::Read, Access::Write), (vec!["rep", "boss"], Access::Write, Access::Write)]
    {
        let who = actor(&roles, "hq");
        assert_eq!(fields(&it, &who, &"deal".into())["note"], rest);
        assert_eq!(step_fields(&it, &who, &"deal".into(), &view)["note"], step);
    }
}

//! Cases as tables, and what must never happen.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::*;
use crate::model::module::{Definition, Module};
use crate::model::pack::Pack;
use crate::model::view::View;

fn catalog(schema: Value, rules: Value) -> Catalog {
    let definition = Definition { key: "deal".into(), stage: Some("state".into()), ..Definition::default() };
    let module = Module { definition, schema, rules: serde_json::from_value(rules).unwrap(), ..Module::default() };
    let customer = Module {
        schema: json!({"properties": {"region": {"type": "string"}, "limit": {"type": "string", "format": "x-decimal"}}}),
        ..Module::default()
    };
    let mut pack = Pack { modules: [("deal".into(), module), ("customer".into(), customer)].into(), ..Pack::default() };
    pack.manifest.dictionaries.push(serde_json::from_value(json!({"id": "d", "key": "channel", "title": "C", "items": [{"value": "web", "title": "W"}, {"value": "call", "title": "C"}]})).unwrap());
    Catalog::new([pack])
}

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["name", "state"],
        "properties": {
            "code": {"type": "string", "x-number": "#D{yyyy}-{000}", "readOnly": true},
            "name": {"title": "名称", "type": "string", "minLength": 2, "maxLength": 10},
            "state": {"oneOf": [{"const": "new", "title": "N"}, {"const": "lost", "title": "L"}], "type": "string", "default": "new"},
            "kind": {"enum": ["a", "b"], "type": "string"},
            "reason": {"type": "string"},
            "channel": {"type": "string", "x-ref": {"dictionary": "channel"}},
            "customer": {"type": "string", "x-ref": {"module": "customer", "filter": "candidate.region == data.region && candidate.limit > 10"}},
            "region": {"type": "string"},
            "amount": {"type": "string", "format": "x-decimal", "x-money": {"currency": "CNY"}},
            "total": {"type": "string", "format": "x-decimal", "x-money": {"currency": "CNY"}},
            "tax": {"type": "string", "format": "x-decimal"},
            "due": {"type": "string", "format": "date"},
            "at": {"type": "string", "format": "date-time"},
            "count": {"type": "integer"},
            "phone": {"type": "string", "format": "x-phone", "x-sensitive": "mask"},
            "secret": {"type": "string", "readOnly": true},
            "rows": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["qty"], "properties": {
                "qty": {"type": "integer"}, "price": {"type": "string", "format": "x-decimal"}, "sum": {"type": "string", "format": "x-decimal", "x-money": {}}
            }}}
        },
        "additionalProperties": false
    })
}

fn rules() -> Value {
    json!({
        "format": 1,
        "computed": [
            // Written before what it reads: the order is found.
            {"id": "c_tax", "field": "tax", "mode": "always", "expr": "round(data.total * 0.13, 2)"},
            {"id": "c_total", "field": "total", "mode": "always", "expr": "sum(data.rows, \"sum\")"},
            {"id": "c_sum", "field": "rows.sum", "mode": "always", "expr": "row.qty * row.price"},
            {"id": "c_region", "field": "region", "mode": "untilEdited", "expr": "refs.customer.region"},
            {"id": "c_due", "field": "due", "mode": "onCreate", "expr": "add_days(today, 7)"}
        ],
        "visible": [{"id": "v_reason", "field": "reason", "when": "data.state == \"lost\" || data.kind == \"b\""}],
        "required": [{"id": "q_reason", "field": "reason", "when": "data.kind == \"b\""}],
        "readonly": [{"id": "o_amount", "field": "amount", "when": "old.state == \"lost\""}],
        "checks": [
            {"id": "k_amount", "expr": "blank(data.amount) || data.amount >= 0", "message": "negative", "fields": ["amount"]},
            {"id": "k_big", "expr": "blank(data.amount) || data.amount < 1000", "message": "large", "fields": ["amount"], "severity": "warning"}
        ]
    })
}

fn form() -> Form {
    let (form, alerts) = Form::compile(&catalog(schema(), rules()), &"deal".into());
    assert!(alerts.is_empty(), "{alerts:#?}");
    form
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

struct Case {
    old: Option<Value>,
    patch: Value,
    access: Vec<(&'static str, Access)>,
    view: Option<View>,
    by: Writer,
}

fn case(patch: Value) -> Case {
    Case { old: None, patch, access: Vec::new(), view: None, by: Writer::Person }
}

fn with<T>(it: &Case, act: impl FnOnce(&Form, &Change) -> T) -> T {
    let referenced = [
        ("c1".into(), object(json!({"region": "north", "limit": "50"}))),
        ("c2".into(), object(json!({"region": "south", "limit": "5"}))),
    ]
    .into();
    let user = Person { id: "anna".into(), ..Person::default() };
    let ctx = FormContext {
        now: "2026-03-02T01:00:00Z".parse().unwrap(),
        user: &user,
        record: None,
        referenced: &referenced,
    };
    let access: BTreeMap<FieldKey, Access> = it.access.iter().map(|(key, it)| ((*key).into(), *it)).collect();
    let (old, patch) = (it.old.clone().map(object), object(it.patch.clone()));
    act(&form(), &Change { old: old.as_ref(), patch: &patch, view: it.view.as_ref(), access: &access, by: it.by, ctx })
}

fn accepted(it: &Case) -> Accepted {
    with(it, |form, change| form.accept(change).unwrap_or_else(|it| panic!("{it:#?}")))
}

fn refused(it: &Case) -> Vec<String> {
    with(it, |form, change| {
        form.accept(change).expect_err("refused").into_iter().map(|it| format!("{} {}", it.code, it.pointer)).collect()
    })
}

fn view(fields: Value) -> View {
    serde_json::from_value(json!({"format": 1, "id": "v", "key": "v", "title": "V", "content": {"kind": "form", "sections": [{"id": "s", "fields": fields}]}})).unwrap()
}

#[test]
fn a_new_record_gets_defaults_formulas_and_one_way_of_writing() {
    let it = accepted(&case(json!({
        "name": "  华东 ", "amount": 12.5, "count": 3.0, "at": "2026-03-02T09:30", "kind": "", "customer": "c1",
        "rows": [{"qty": 3, "price": "0.335"}, {}, {"qty": 1, "price": 2}]
    })));
    assert_eq!(
        Value::Object(it.data),
        json!({
            "name": "华东", "state": "new", "amount": "12.50", "count": 3, "at": "2026-03-02T01:30:00Z", "customer": "c1", "region": "north", "due": "2026-03-09",
            "rows": [{"qty": 3, "price": "0.335", "sum": "1.01"}, {"qty": 1, "price": "2", "sum": "2.00"}], "total": "3.01", "tax": "0.39"
        })
    );
    let changed: Vec<&str> = it.changed.iter().map(FieldKey::as_str).collect();
    assert_eq!(
        changed,
        ["name", "state", "customer", "region", "amount", "total", "tax", "due", "at", "count", "rows"]
    );
}

#[test]
fn every_fault_is_told_at_once() {
    let it = case(
        json!({"name": "x", "kind": "z", "amount": "-1", "due": "soon", "count": "many", "channel": "fax", "nope": 1, "total": "5", "secret": "s", "state": "lost", "code": "D-1", "rows": [{"price": "1", "x": 1}]}),
    );
    let mut found = refused(&it);
    found.sort();
    assert_eq!(
        found,
        [
            "additionalProperties /rows/0/x",
            "check:k_amount /amount",
            "dictionary /channel",
            "enum /kind",
            "format /due",
            "minLength /name",
            "not-writable /code",
            "not-writable /secret",
            "not-writable /state",
            "not-writable /total",
            "required /rows/0/qty",
            "type /count",
            "unknown-field /nope"
        ]
    );
    assert_eq!(refused(&case(json!({"amount": "1.234"}))), ["required /name", "money-digits /amount"]);
}

#[test]
fn hidden_fields_are_blank_for_rules_and_dropped() {
    // The reason is required where the kind is b, but only there it exists.
    assert_eq!(refused(&case(json!({"name": "ab", "kind": "b"}))), ["required /reason"]);
    let it = accepted(&case(json!({"name": "ab", "kind": "a", "reason": "typed before the kind was changed"})));
    assert!(!it.data.contains_key("reason"));
    let state = with(&case(json!({"name": "ab", "kind": "a"})), |form, change| form.state(change));
    assert!(!state.fields["reason"].visible);
    assert_eq!(state.fields["reason"].because, ["v_reason"]);
    let state = with(&case(json!({"kind": "b"})), |form, change| form.state(change));
    assert!(state.fields["reason"].required && state.fields["name"].required);
    assert!(state.fields["total"].readonly && state.fields["state"].readonly && !state.fields["name"].readonly);
    assert_eq!(state.faults.len(), 2, "{:?}", state.faults);
}

#[test]
fn a_formula_until_edited_follows_until_a_person_writes() {
    let old = json!({"name": "ab", "state": "new", "customer": "c1", "region": "north"});
    let patch = |patch: Value, old: &Value| {
        accepted(&Case { old: Some(old.clone()), ..case(patch) }).data.get("region").cloned()
    };
    assert_eq!(patch(json!({"customer": "c2"}), &old), Some(json!("south")));
    assert_eq!(patch(json!({"region": "mine"}), &old), Some(json!("mine")));
    let edited = json!({"name": "ab", "state": "new", "customer": "c1", "region": "mine"});
    assert_eq!(patch(json!({"customer": "c2"}), &edited), Some(json!("mine")));
    assert_eq!(patch(json!({"region": null}), &edited), Some(json!("north")));
    let state = with(&Case { old: Some(edited), ..case(json!({})) }, |form, change| form.state(change));
    assert!(!state.fields["region"].computed);
}

#[test]
fn rights_and_views_bound_what_a_person_writes() {
    let old =
        json!({"name": "ab", "state": "new", "phone": "13812341234", "amount": "5.00", "total": "0.00", "tax": "0"});
    let with_access =
        |patch: Value, access: Vec<(&'static str, Access)>| Case { old: Some(old.clone()), access, ..case(patch) };
    assert_eq!(
        refused(&with_access(json!({"name": "new name"}), vec![("name", Access::Read)])),
        ["not-writable /name"]
    );
    // What was shown masked comes back masked: nothing is changed.
    let it = accepted(&with_access(json!({"phone": "138****1234", "name": "cd"}), vec![("phone", Access::Masked)]));
    assert_eq!(it.data["phone"], "13812341234");
    assert_eq!(it.changed, ["name".into()]);
    assert_eq!(
        refused(&with_access(json!({"phone": "13900000000"}), vec![("phone", Access::Masked)])),
        ["not-writable /phone"]
    );
    // Giving back what is there is no writing.
    assert!(
        accepted(&with_access(json!({"state": "new", "name": "ab", "amount": 5}), vec![("name", Access::Read)]))
            .changed
            .is_empty()
    );
    let step = Case {
        view: Some(view(json!([{"field": "name", "readonly": true}, {"field": "kind", "required": true}]))),
        ..with_access(json!({"name": "xy", "count": 1}), vec![])
    };
    assert_eq!(refused(&step), ["not-writable /count", "not-writable /name", "required /kind"]);
    let lost = Case {
        old: Some(json!({"name": "ab", "state": "lost", "reason": "r", "amount": "5.00"})),
        ..case(json!({"amount": "6"}))
    };
    assert_eq!(refused(&lost), ["not-writable /amount"]);
}

#[test]
fn a_flow_writes_what_people_may_not() {
    let it = Case {
        old: Some(json!({"name": "ab", "state": "new"})),
        by: Writer::Flow,
        ..case(json!({"state": "lost", "secret": "s", "code": "D2026-001", "reason": "r", "total": "99"}))
    };
    let done = accepted(&it);
    assert_eq!(done.data["state"], "lost");
    assert_eq!(done.data["code"], "D2026-001");
    // Computed stays computed.
    assert_eq!(done.data["total"], "0.00");
    let it = Case {
        old: Some(json!({"name": "ab", "state": "new"})),
        by: Writer::Flow,
        ..case(json!({"state": "gone", "nope": 1}))
    };
    assert_eq!(refused(&it), ["unknown-field /nope", "oneOf /state"]);
}

#[test]
fn what_was_wrong_before_does_not_stop_a_change_elsewhere() {
    let old = json!({"name": "x", "state": "new", "channel": "gone"});
    let it = accepted(&Case { old: Some(old.clone()), ..case(json!({"count": 1})) });
    assert_eq!(it.warnings.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["minLength"]);
    assert_eq!(refused(&Case { old: Some(old.clone()), ..case(json!({"name": "y"})) }), ["minLength /name"]);
    let shown = Case {
        old: Some(old),
        view: Some(view(json!([{"field": "name"}, {"field": "count"}]))),
        ..case(json!({"count": 1}))
    };
    assert_eq!(refused(&shown), ["minLength /name"]);
}

#[test]
fn warnings_do_not_stop() {
    let it = accepted(&case(json!({"name": "ab", "amount": "1000"})));
    assert_eq!(it.warnings.iter().map(|it| it.pointer.as_str()).collect::<Vec<_>>(), ["/amount"]);
}

#[test]
fn a_reference_filter_chooses_candidates() {
    with(&case(json!({})), |form, change| {
        let data = object(json!({"region": "north"}));
        let fits = |candidate: Value| form.candidate_fits(&"customer".into(), &object(candidate), &data, &change.ctx);
        assert!(fits(json!({"region": "north", "limit": "50"})));
        assert!(!fits(json!({"region": "north", "limit": "5"})));
        assert!(!fits(json!({"region": "south", "limit": "50"})));
        assert_eq!(form.looks_at(&object(json!({"customer": "c1"}))), [("customer".into(), "c1".into())]);
    });
}

#[test]
fn what_depends_on_what_is_known() {
    let form = form();
    let found = form.dependencies();
    assert!(
        found.affects["rows"].contains("total")
            && found.affects["total"].contains("tax")
            && found.affects["customer"].contains("region")
    );
    assert_eq!(found.looks_at.iter().cloned().collect::<Vec<FieldKey>>(), ["customer".into()]);
}

#[test]
fn what_is_wrong_with_rules_is_said() {
    let rules = json!({
        "format": 1,
        "computed": [
            {"id": "a", "field": "amount", "mode": "always", "expr": "data.total + 1"},
            {"id": "b", "field": "total", "mode": "always", "expr": "data.amount + 1"},
            {"id": "c", "field": "nope", "mode": "always", "expr": "1"},
            {"id": "d", "field": "rows.nope", "mode": "always", "expr": "1 +"}
        ],
        "required": [{"id": "e", "field": "nope", "when": "let a = 1"}],
        "checks": [{"id": "f", "expr": "(", "message": "m", "fields": ["nope"]}]
    });
    let (_, alerts) = Form::compile(&catalog(schema(), rules), &"deal".into());
    let mut found: Vec<String> = alerts.iter().map(|it| format!("{} {}", it.code, it.pointer)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            "form-compute-cycle /computed/0",
            "form-expression /checks/0/expr",
            "form-expression /computed/3/expr",
            "form-expression /required/0/when",
            "form-no-field /checks/0/fields/0",
            "form-no-field /computed/2/field",
            "form-no-field /computed/3/field",
            "form-no-field /required/0/field"
        ]
    );
}

#[test]
fn rules_that_cannot_run_are_no_trap() {
    let rules = json!({
        "format": 1,
        "computed": [{"id": "c", "field": "amount", "mode": "always", "expr": "1 / 0"}],
        "visible": [{"id": "v", "field": "kind", "when": "nope(1)"}],
        "required": [{"id": "q", "field": "kind", "when": "nope(1)"}],
        "checks": [{"id": "k", "expr": "nope(1)", "message": "m"}]
    });
    let (form, alerts) = Form::compile(&catalog(schema(), rules), &"deal".into());
    assert!(alerts.is_empty());
    with(&case(json!({"name": "ab", "kind": "a"})), |_, change| {
        let state = form.state(change);
        assert!(state.fields["kind"].visible && !state.fields["kind"].required);
        assert_eq!(state.problems.len(), 3, "{:?}", state.problems);
        let faults = form.accept(change).unwrap_err();
        assert_eq!(faults.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["check-failed"]);
    });
}

#[test]
fn rules_that_chase_each_other_end() {
    let rules = json!({"format": 1, "visible": [
        {"id": "a", "field": "kind", "when": "blank(data.reason)"},
        {"id": "b", "field": "reason", "when": "filled(data.kind)"}
    ]});
    let (form, _) = Form::compile(&catalog(schema(), rules), &"deal".into());
    with(&case(json!({"name": "ab", "kind": "a", "reason": "r"})), |_, change| {
        assert!(form.state(change).problems.iter().any(|it| it.code == "rules-unsettled"));
    });
}

/// Whatever comes, it is judged; and what was accepted is accepted again, unchanged.
#[test]
fn what_was_accepted_stays_as_it_is() {
    use proptest::prelude::*;
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..2_000).prop_map(Value::from),
        prop::sample::select(vec![
            "",
            " ",
            "ab",
            "a",
            "new",
            "b",
            "1.005",
            "12.5",
            "-0.0",
            "2026-03-02",
            "2026-03-02T09:00:00+08:00",
            "web",
            "c1",
            "13812341234",
            "9999999999999999999999999999999999999999"
        ])
        .prop_map(|it| json!(it)),
        prop::collection::vec(("[0-9]{1,3}", 0_i64..9), 0..3).prop_map(|it| Value::Array(
            it.into_iter().map(|(price, qty)| json!({"price": price, "qty": qty})).collect()
        )),
        Just(json!([[], {}, null, {"qty": null}])),
        Just(json!({"a": {"b": []}})),
    ];
    let keys = prop::sample::select(vec![
        "name", "state", "kind", "reason", "channel", "customer", "region", "amount", "total", "tax", "due", "at",
        "count", "phone", "secret", "rows", "code", "nope", "",
    ]);
    let patches = prop::collection::vec((keys, value), 0..8);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        proptest::test_runner::Config { cases: 600, failure_persistence: None, ..Default::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let done = runner.run(&(patches, any::<bool>()), |(patch, flow)| {
        let mut patch: Map<String, Value> = patch.into_iter().map(|(key, it)| (key.to_owned(), it)).collect();
        patch.entry("name").or_insert_with(|| json!("ab"));
        let by = if flow { Writer::Flow } else { Writer::Person };
        let it = Case { by, ..case(Value::Object(patch)) };
        with(&it, |form, change| form.state(change));
        let Ok(first) = with(&it, |form, change| form.accept(change)) else { return Ok(()) };
        let again = Case { old: Some(Value::Object(first.data.clone())), by, ..case(json!({})) };
        let second =
            with(&again, |form, change| form.accept(change)).map_err(|it| TestCaseError::fail(format!("{it:?}")))?;
        prop_assert_eq!(&second.data, &first.data);
        prop_assert!(second.changed.is_empty(), "{:?}", second.changed);
        let back = Case { old: Some(Value::Object(first.data.clone())), by, ..case(Value::Object(first.data.clone())) };
        let third =
            with(&back, |form, change| form.accept(change)).map_err(|it| TestCaseError::fail(format!("{it:?}")))?;
        prop_assert_eq!(&third.data, &first.data);
        Ok(())
    });
    assert!(done.is_ok(), "{done:?}");
}

/// Somebody whose clock says that it has been too long.
struct Late;

impl crate::script::Watch for Late {
    fn begin(&self) {}
    fn over(&self) -> bool {
        true
    }
    fn end(&self) {}
}

#[test]
fn a_rule_that_is_cut_short_is_a_fault_at_its_field_and_never_blank() {
    // Long enough to be asked for the time.
    let long = format!("[{}].len()", (0..300).map(|it| it.to_string()).collect::<Vec<_>>().join(", "));
    let rule = |kind: &str, field: &str, extra: Value| {
        let mut rule = json!({"id": "r_1", "field": field});
        rule.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"format": 1, kind: [rule]})
    };
    let user = crate::engine::Person::default();
    let nobody = BTreeMap::new();
    let old = json!({"name": "abc", "state": "new", "count": 7}).as_object().unwrap().clone();
    let patch = json!({"name": "abcd"}).as_object().unwrap().clone();
    for (what, rules) in [
        ("computed", rule("computed", "count", json!({"mode": "always", "expr": long}))),
        ("until edited", rule("computed", "count", json!({"mode": "untilEdited", "expr": long}))),
        ("required", rule("required", "count", json!({"when": format!("{long} > 5")}))),
        ("readonly", rule("readonly", "count", json!({"when": format!("{long} > 5")}))),
        ("visible", rule("visible", "count", json!({"when": format!("{long} > 5")}))),
    ] {
        let (form, alerts) = Form::compile(&catalog(schema(), rules), &"deal".into());
        assert!(crate::alert::publishable(&alerts), "{what}: {alerts:?}");
        let ctx = FormContext {
            now: "2026-03-02T08:00:00Z".parse().unwrap(),
            user: &user,
            referenced: &BTreeMap::new(),
            record: None,
        };
        let change = Change { old: Some(&old), patch: &patch, view: None, access: &nobody, by: Writer::Person, ctx };
        assert!(form.accept(&change).is_ok(), "{what}: in time");
        let late = || crate::script::watched(std::sync::Arc::new(Late), || (form.accept(&change), form.state(&change)));
        let (answer, state) = late();
        let faults = answer.expect_err(what);
        let mine = |it: &&Fault| it.code == "rule-cut-short";
        let told: Vec<&Fault> = faults.iter().filter(mine).collect();
        assert_eq!(told.len(), 1, "{what}: {faults:?}");
        assert_eq!((told[0].pointer.as_str(), &told[0].args["rule"]), ("/count", &json!("r_1")), "{what}");
        assert!(state.faults.iter().any(|it| it == told[0]), "{what}: the form shows it at the field too");
    }
}

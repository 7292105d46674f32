//! Edits of a form.

use runtime::model::rules::ComputeMode;
use runtime::model::suppressed::Suppression;
use runtime::model::view::ViewContent;
use serde_json::{Value, json};

use super::{MODULE, check, pack, selected};
use crate::allowed::{self, Forbidden};
use crate::edit::{Edit, FormEdit, RuleSlot, Spot};
use crate::field::FieldKind;
use crate::{Document, tree};

fn edit(it: FormEdit) -> Edit {
    Edit::form(MODULE, it)
}

fn no(document: &Document, it: FormEdit, why: Forbidden) {
    assert_eq!(allowed::allowed(document, &edit(it.clone())), Err(why), "{it:?}");
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn field<'a>(document: &'a Document, key: &str) -> &'a Value {
    tree::field(document.schema(MODULE).expect("schema"), key).unwrap_or_else(|| panic!("no {key}"))
}

fn shown(document: &Document) -> Vec<Vec<String>> {
    let ViewContent::Form(form) = &document.view(MODULE, "create").expect("view").content else { panic!("a form") };
    form.sections.iter().map(|it| it.fields.iter().map(|it| it.field.0.clone()).collect()).collect()
}

#[test]
fn every_type_of_field_can_be_added() {
    let mut it = pack();
    for kind in FieldKind::palette() {
        check(
            &mut it,
            &edit(FormEdit::AddField {
                view: s("create"),
                kind: kind.clone(),
                title: s("新字段"),
                spot: Spot::default(),
            }),
        );
        let key = selected(&it);
        assert_eq!(FieldKind::of(field(&it, &key)), kind);
        assert_eq!(shown(&it)[0][0], key);
    }
}

#[test]
fn a_key_comes_from_the_title_and_is_never_taken_twice() {
    let mut it = pack();
    let add = |title: &str| {
        edit(FormEdit::AddField {
            view: s("create"),
            kind: FieldKind::Text,
            title: s(title),
            spot: Spot { section: 1, index: 9 },
        })
    };
    for (title, key) in
        [("Due date", "due_date"), ("Due date", "due_date_2"), ("Owner", "owner_2"), ("If", "if_2"), ("名称", "text")]
    {
        check(&mut it, &add(title));
        assert_eq!(selected(&it), key);
    }
    no(
        &it,
        FormEdit::AddField { view: s("create"), kind: FieldKind::Text, title: s(" "), spot: Spot::default() },
        Forbidden::NameMissing,
    );
    no(
        &it,
        FormEdit::AddField { view: s("list"), kind: FieldKind::Text, title: s("X"), spot: Spot::default() },
        Forbidden::WrongType,
    );
}

#[test]
fn fields_are_placed_moved_and_taken_off() {
    let mut it = pack();
    check(
        &mut it,
        &edit(FormEdit::Place { view: s("create"), field: s("lines"), spot: Spot { section: 0, index: 1 } }),
    );
    no(&it, FormEdit::Place { view: s("create"), field: s("lines"), spot: Spot::default() }, Forbidden::AlreadyShown);
    assert_eq!(shown(&it), [vec!["name", "lines", "amount"], vec!["state"]]);
    check(
        &mut it,
        &edit(FormEdit::MoveField { view: s("create"), field: s("name"), to: Spot { section: 0, index: 3 } }),
    );
    assert_eq!(shown(&it)[0], ["lines", "amount", "name"]);
    check(
        &mut it,
        &edit(FormEdit::MoveField { view: s("create"), field: s("name"), to: Spot { section: 1, index: 0 } }),
    );
    assert_eq!(shown(&it), [vec!["lines", "amount"], vec!["name", "state"]]);
    check(&mut it, &edit(FormEdit::TakeOff { view: s("create"), field: s("name") }));
    assert_eq!(field(&it, "name")["title"], "Name");
}

#[test]
fn deleting_a_field_leaves_no_trace_of_it() {
    let mut it = pack();
    check(&mut it, &edit(FormEdit::DeleteField { field: s("amount") }));
    let text = it.files().into_values().flatten().collect::<String>();
    assert!(!text.replace("data.amount", "").contains("amount"), "{text}");
    no(&it, FormEdit::DeleteField { field: s("name") }, Forbidden::FieldInUse);
    no(&it, FormEdit::DeleteField { field: s("state") }, Forbidden::FieldInUse);
}

#[test]
fn flags_are_words_of_the_schema() {
    let mut it = pack();
    check(&mut it, &edit(FormEdit::Require { field: s("amount"), on: true }));
    assert_eq!(tree::required(it.schema(MODULE).expect("schema")), ["name", "amount"]);
    check(&mut it, &edit(FormEdit::Require { field: s("name"), on: false }));
    no(&it, FormEdit::Require { field: s("state"), on: true }, Forbidden::WrongType);
    check(&mut it, &edit(FormEdit::Search { field: s("name"), on: true }));
    assert_eq!(field(&it, "name")["x-index"], json!({"search": "fulltext", "filter": true, "sort": true}));
    check(&mut it, &edit(FormEdit::Search { field: s("name"), on: false }));
    check(&mut it, &edit(FormEdit::List { field: s("state"), on: true }));
    check(&mut it, &edit(FormEdit::List { field: s("amount"), on: false }));
    let ViewContent::List(list) = &it.view(MODULE, "list").expect("view").content else { panic!("a list") };
    let columns: Vec<&str> = list.columns.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(columns, ["name", "state"]);
    check(&mut it, &edit(FormEdit::Word { field: s("name"), word: s("maxLength"), value: Some(json!(40)) }));
    check(&mut it, &edit(FormEdit::Help { field: s("name"), help: s("As on the paper") }));
    check(&mut it, &edit(FormEdit::Retitle { field: s("name"), title: s("Full name") }));
    no(&it, FormEdit::Word { field: s("name"), word: s("x-id"), value: None }, Forbidden::WrongType);
}

#[test]
fn options_keep_their_values() {
    let mut it = pack();
    check(&mut it, &edit(FormEdit::AddOption { field: s("state"), title: s("Won over") }));
    check(&mut it, &edit(FormEdit::AddOption { field: s("state"), title: s("赢单") }));
    check(&mut it, &edit(FormEdit::RetitleOption { field: s("state"), value: s("a"), title: s("Alpha") }));
    check(&mut it, &edit(FormEdit::MoveOption { field: s("state"), value: s("won_over"), to: 0 }));
    check(&mut it, &edit(FormEdit::RemoveOption { field: s("state"), value: s("b") }));
    let values: Vec<&str> =
        tree::options(field(&it, "state")).expect("options").iter().filter_map(|it| it["const"].as_str()).collect();
    assert_eq!(values, ["won_over", "a", "o4"]);
    no(&it, FormEdit::RemoveOption { field: s("state"), value: s("b") }, Forbidden::NotFound);
    no(&it, FormEdit::AddOption { field: s("name"), title: s("X") }, Forbidden::WrongType);
}

#[test]
fn rules_are_set_and_taken_away() {
    let mut it = pack();
    let rule =
        |slot: RuleSlot, expr: Option<&str>| edit(FormEdit::Rule { field: s("amount"), slot, expr: expr.map(s) });
    check(&mut it, &rule(RuleSlot::RequiredWhen, Some("data.state == \"a\"")));
    check(&mut it, &rule(RuleSlot::VisibleWhen, Some("!blank(data.name)")));
    check(&mut it, &rule(RuleSlot::ReadonlyWhen, Some("true")));
    check(&mut it, &rule(RuleSlot::Computed(ComputeMode::Always), Some("1 + 1")));
    check(&mut it, &rule(RuleSlot::Computed(ComputeMode::UntilEdited), Some("1 + 2")));
    for slot in
        [RuleSlot::RequiredWhen, RuleSlot::VisibleWhen, RuleSlot::ReadonlyWhen, RuleSlot::Computed(ComputeMode::Always)]
    {
        check(&mut it, &rule(slot, None));
    }
    check(
        &mut it,
        &edit(FormEdit::AddCheck { field: Some(s("amount")), expr: s("data.amount < 9"), message: s("Too much") }),
    );
    check(&mut it, &edit(FormEdit::SetCheck { id: s("c_1"), expr: s("data.amount > 0"), message: s("More") }));
    check(&mut it, &edit(FormEdit::RemoveCheck { id: s("c_1") }));
}

#[test]
fn sections_and_columns() {
    let mut it = pack();
    check(&mut it, &edit(FormEdit::AddSection { view: s("create"), title: s("More"), at: 1 }));
    check(&mut it, &edit(FormEdit::RenameSection { view: s("create"), section: 1, title: s("Even more") }));
    check(&mut it, &edit(FormEdit::SectionVisible { view: s("create"), section: 1, expr: Some(s("true")) }));
    check(&mut it, &edit(FormEdit::MoveSection { view: s("create"), section: 2, to: 0 }));
    check(&mut it, &edit(FormEdit::RemoveSection { view: s("create"), section: 0 }));
    assert_eq!(shown(&it), [vec!["name", "amount", "state"], vec![]]);
    check(&mut it, &edit(FormEdit::RemoveSection { view: s("create"), section: 1 }));
    no(&it, FormEdit::RemoveSection { view: s("create"), section: 0 }, Forbidden::LastSection);
    check(&mut it, &edit(FormEdit::AddColumn { field: s("lines"), kind: FieldKind::Money, title: s("Price") }));
    check(&mut it, &edit(FormEdit::RemoveColumn { field: s("lines"), column: s("what") }));
    check(&mut it, &edit(FormEdit::Span { view: s("create"), field: s("name"), span: 4 }));
    check(&mut it, &edit(FormEdit::OnView { view: s("create"), field: s("name"), readonly: true, required: false }));
    no(&it, FormEdit::Span { view: s("create"), field: s("name"), span: 13 }, Forbidden::WrongType);
    check(&mut it, &Edit::Text { language: s("en"), address: s("field/offer/name"), text: s("Name of the offer") });
}

#[test]
fn scenarios_and_suppressed_alerts_come_and_go() {
    let mut it = pack();
    let scenario: runtime::model::scenario::Scenario = serde_json::from_value(serde_json::json!({
        "format": 1, "title": "Tried", "start": "2026-03-02T09:00:00+08:00", "actors": [], "steps": []
    }))
    .expect("a scenario");
    let put = |name: &str| Edit::Scenario { name: s(name), scenario: Some((&scenario).into()) };
    let take = Edit::Scenario { name: s("tried-1"), scenario: None };
    assert_eq!(it.apply(&take), Err(Forbidden::NotFound));
    assert_eq!(it.apply(&put("no path/../")), Err(Forbidden::NameMissing));
    check(&mut it, &put("tried-1"));
    assert!(it.files().contains_key("scenarios/tried-1.json"));
    check(&mut it, &take);
    assert!(it.files().is_empty(), "it was never live");
    let alert = runtime::alert::Alert::warning("flow-one-person", "x").at("flows/approve/flow.json", "/flowElements/1");
    let entry = |reason: &str| Box::new(Suppression::of(&alert.clone().on("check"), reason, "Anna"));
    let on = |reason: &str| Edit::Suppress { entry: entry(reason), on: true };
    assert_eq!(it.apply(&on(" ")), Err(Forbidden::NameMissing));
    check(&mut it, &on("a small team"));
    check(&mut it, &on("a small team, still"));
    assert_eq!(it.suppressed().suppressed.len(), 1, "one reason for one alert");
    assert!(it.files()["suppressed.json"].as_ref().is_some_and(|it| it.contains("still")));
    assert_eq!(it.apply(&Edit::Suppress { entry: entry("another"), on: false }), Err(Forbidden::NotFound));
    check(&mut it, &Edit::Suppress { entry: entry("a small team, still"), on: false });
    assert!(it.files().is_empty());
}

//! Edits of a form beyond single fields: several at once, copies, pages, types, schemas from outside, other keys.

use std::collections::BTreeMap;

use runtime::check::usage::{self, Subject};
use runtime::model::catalog::Catalog;
use runtime::model::load;
use runtime::model::view::{Page, Pages, Section, Turn, ViewContent};
use serde_json::{Value, json};

use super::{MODULE, check, pack};
use crate::allowed::{self, Forbidden};
use crate::document::{Address, Content};
use crate::edit::{Edit, FlowEdit, FormEdit, RuleSlot, Spot};
use crate::field::FieldKind;
use crate::form_clip::{self, FormClip};
use crate::{Document, tree};

fn edit(it: FormEdit) -> Edit {
    Edit::form(MODULE, it)
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn shown(document: &Document) -> Vec<Vec<String>> {
    let ViewContent::Form(form) = &document.view(MODULE, "create").expect("view").content else { panic!("a form") };
    form.sections.iter().map(|it| it.fields.iter().map(|it| it.field.0.clone()).collect()).collect()
}

#[test]
fn several_fields_move_as_one_step() {
    let mut it = pack();
    let to = Spot { section: 1, index: 1 };
    check(&mut it, &edit(FormEdit::MoveFields { view: s("create"), fields: vec![s("amount"), s("name")], to }));
    assert_eq!(shown(&it), [vec![], vec![s("state"), s("amount"), s("name")]]);
    let to = Spot { section: 1, index: 0 };
    check(&mut it, &edit(FormEdit::MoveFields { view: s("create"), fields: vec![s("name"), s("amount")], to }));
    assert_eq!(shown(&it)[1], [s("name"), s("amount"), s("state")]);
    let off = |field: &str| FormEdit::TakeOff { view: s("create"), field: s(field) };
    check(&mut it, &edit(FormEdit::All(vec![off("name"), off("state")])));
    assert_eq!(shown(&it)[1], [s("amount")]);
    assert_eq!(allowed::allowed(&it, &edit(FormEdit::All(vec![off("name")]))), Err(Forbidden::NotFound));
}

#[test]
fn a_copy_brings_its_rules_and_words_and_speaks_of_itself() {
    let mut it = pack();
    let computed = runtime::model::rules::ComputeMode::UntilEdited;
    for (slot, expr) in [
        (RuleSlot::VisibleWhen, "filled(data.name) && data.amount != 1"),
        (RuleSlot::Computed(computed), "data.amount * 2"),
    ] {
        check(&mut it, &edit(FormEdit::Rule { field: s("amount"), slot, expr: Some(s(expr)) }));
    }
    let text = |address: &str, text: &str| Edit::Text { language: s("en"), address: s(address), text: s(text) };
    check(&mut it, &text("field/offer/amount", "Sum"));
    check(&mut it, &text("help/offer/amount", "Without tax"));
    let clip = form_clip::copy(&it, MODULE, "create", &[s("amount")].into()).expect("a copy");
    let clip = FormClip::read(&clip.text()).expect("a text that is read again");
    check(
        &mut it,
        &edit(FormEdit::Paste { view: s("create"), clip: Box::new(clip), spot: Spot { section: 0, index: 2 } }),
    );
    assert_eq!(shown(&it)[0], [s("name"), s("amount"), s("amount_2")]);
    let rules = it.rules(MODULE).expect("rules");
    let visible = rules.visible.iter().find(|it| it.field.as_str() == "amount_2").expect("a rule");
    assert_eq!(visible.when, "filled(data.name) && data.amount_2 != 1");
    assert!(rules.computed.iter().any(|it| it.field.as_str() == "amount_2" && it.expr == "data.amount_2 * 2"));
    assert!(rules.required.iter().any(|it| it.field.as_str() == "amount_2"));
    assert_eq!(it.texts("en").get("field/offer/amount_2").map(String::as_str), Some("Sum"));
    assert_eq!(it.texts("en").get("help/offer/amount_2").map(String::as_str), Some("Without tax"));
    let id = |key: &str| tree::field(it.schema(MODULE).expect("schema"), key).expect("field")["x-id"].clone();
    assert_ne!(id("amount"), id("amount_2"));
    for text in ["", "{}", "[1]", "{\"format\":\"flowloom-clip-1\"}"] {
        assert_eq!(FormClip::read(text), None, "{text}");
    }
}

#[test]
fn a_copy_keeps_its_words_where_another_language_is_the_packs_own() {
    let mut it = pack();
    let text = |address: &str, text: &str| Edit::Text { language: s("zh-CN"), address: s(address), text: s(text) };
    check(&mut it, &text("field/offer/amount", "金额"));
    check(&mut it, &text("field/offer/state", "状态"));
    let clip = form_clip::copy(&it, MODULE, "create", &[s("amount"), s("state")].into()).expect("a copy");
    let title = |it: &Document, key: &str| {
        tree::field(it.schema(MODULE).expect("schema"), key).expect("field")["title"].clone()
    };
    let was = title(&it, "amount");
    // The same pack, in Chinese, without a word of any other language.
    let mut files: BTreeMap<String, String> =
        it.paths().into_iter().filter_map(|path| Some((path.clone(), it.text(&path)?))).collect();
    files.retain(|path, _| !path.starts_with("i18n/"));
    let manifest = json!({ "format": 1, "id": "p", "version": "1.0.0", "title": "P", "language": "zh-CN" });
    files.insert(s("pack.json"), manifest.to_string());
    let mut other = Document::open("p", &files, &BTreeMap::new(), 7);
    check(
        &mut other,
        &edit(FormEdit::Paste { view: s("create"), clip: Box::new(clip), spot: Spot { section: 0, index: 0 } }),
    );
    assert_eq!(title(&other, "amount_2"), json!("金额"));
    assert_eq!(title(&other, "state_2"), json!("状态"));
    assert_eq!(other.texts("en").get("field/offer/amount_2").map(|it| json!(it)), Some(was));
    assert!(!other.texts("zh-CN").contains_key("field/offer/amount_2"), "what the schema says is not said twice");
}

/// Of a pack that says its own names among its texts too, those are what people read.
#[test]
fn what_is_called_otherwise_is_called_so_among_the_own_texts_too() {
    let mut it = pack();
    let own = it.language();
    let text = |address: &str| Edit::Text { language: own.clone(), address: s(address), text: s("as it was") };
    for address in
        ["field/offer/amount", "node/approve/send", "flow/approve", "option/offer/state/a", "view/offer/create"]
    {
        check(&mut it, &text(address));
    }
    let said = |it: &Document, address: &str| it.texts(&own).get(address).cloned();
    check(&mut it, &edit(FormEdit::Retitle { field: s("amount"), title: s("Sum") }));
    check(&mut it, &edit(FormEdit::RetitleOption { field: s("state"), value: s("a"), title: s("Fresh") }));
    check(&mut it, &Edit::flow(super::FLOW, FlowEdit::Rename { id: s("send"), name: s("Send it") }));
    check(&mut it, &Edit::flow(super::FLOW, FlowEdit::Title { name: s("Agree") }));
    assert_eq!(said(&it, "field/offer/amount"), Some(s("Sum")));
    assert_eq!(said(&it, "option/offer/state/a"), Some(s("Fresh")));
    assert_eq!(said(&it, "node/approve/send"), Some(s("Send it")));
    assert_eq!(said(&it, "flow/approve"), Some(s("Agree")));
    assert_eq!(said(&it, "view/offer/create"), Some(s("as it was")));
    // What had no text gets none, and what has no name any more has none there either.
    check(&mut it, &Edit::flow(super::FLOW, FlowEdit::Rename { id: s("check"), name: s("Look") }));
    assert_eq!(said(&it, "node/approve/check"), None);
    check(&mut it, &Edit::flow(super::FLOW, FlowEdit::Rename { id: s("send"), name: s("") }));
    assert_eq!(said(&it, "node/approve/send"), None);
}

#[test]
fn what_is_new_has_something_to_choose_from_and_a_name_in_both_languages() {
    let mut it = pack();
    check(&mut it, &Edit::Text { language: s("zh-CN"), address: s("field/offer/name"), text: s("名称") });
    for (kind, pointer) in [(FieldKind::Choice, "/oneOf"), (FieldKind::Choices, "/items/oneOf")] {
        let add = FormEdit::AddField {
            view: s("create"),
            kind: kind.clone(),
            title: s("New choice"),
            spot: Spot { section: 0, index: 0 },
        };
        check(&mut it, &edit(FormEdit::Named { edit: Box::new(add), language: s("zh-CN"), title: s("新选项") }));
        let key = it.selection.first().cloned().expect("the new one is selected");
        let schema = tree::field(it.schema(MODULE).expect("schema"), &key).expect("field").clone();
        let two = json!([{ "const": "o1", "title": "Option 1" }, { "const": "o2", "title": "Option 2" }]);
        assert_eq!(schema.pointer(pointer), Some(&two));
        let said = |address: String| it.texts("zh-CN").get(&address).cloned();
        assert_eq!(said(format!("field/offer/{key}")), Some(s("新选项")));
        assert_eq!(said(format!("option/offer/{key}/o2")), Some(s("选项 2")));
        let more = FormEdit::AddOption { field: key.clone(), title: s("Third") };
        check(&mut it, &edit(FormEdit::Named { edit: Box::new(more), language: s("zh-CN"), title: s("第三项") }));
        assert_eq!(it.texts("zh-CN").get(&format!("option/offer/{key}/third")).map(String::as_str), Some("第三项"));
    }
    // A column of a sub-table likewise.
    let rows =
        FormEdit::AddField { view: s("create"), kind: FieldKind::Rows, title: s("Lines"), spot: Spot::default() };
    check(&mut it, &edit(rows));
    let key = it.selection.first().cloned().expect("the new one is selected");
    check(&mut it, &edit(FormEdit::AddColumn { field: key.clone(), kind: FieldKind::Choice, title: s("Grade") }));
    let path = format!("{key}.grade");
    let more = FormEdit::AddOption { field: path.clone(), title: s("Third") };
    check(&mut it, &edit(FormEdit::Named { edit: Box::new(more), language: s("zh-CN"), title: s("第三项") }));
    check(&mut it, &edit(FormEdit::MoveOption { field: path.clone(), value: s("third"), to: 0 }));
    check(&mut it, &edit(FormEdit::RemoveOption { field: path.clone(), value: s("o1") }));
    check(&mut it, &edit(FormEdit::RetitleOption { field: path.clone(), value: s("o2"), title: s("Second") }));
    let options = tree::field(it.schema(MODULE).expect("schema"), &path).and_then(tree::options).cloned();
    let two = json!([{ "const": "third", "title": "Third" }, { "const": "o2", "title": "Second" }]);
    assert_eq!(options, two.as_array().cloned());
    let said = |value: &str| it.texts("zh-CN").get(&format!("option/offer/{key}/grade/{value}")).cloned();
    assert_eq!((said("third"), said("o2")), (Some(s("第三项")), Some(s("选项 2"))));
    for wrong in [FormEdit::DeleteField { field: path.clone() }, FormEdit::Help { field: path, help: s("x") }] {
        assert_eq!(allowed::allowed(&it, &edit(wrong)), Err(Forbidden::NotFound), "a column is no field");
    }
    // A text that becomes a choice has them, too.
    check(&mut it, &edit(FormEdit::Retype { field: s("name"), kind: FieldKind::Choice }));
    let options = tree::field(it.schema(MODULE).expect("schema"), "name").and_then(tree::options).map(Vec::len);
    assert_eq!(options, Some(2));
    let off = FormEdit::TakeOff { view: s("create"), field: s("name") };
    let named = FormEdit::Named { edit: Box::new(off), language: s("zh-CN"), title: s("x") };
    assert_eq!(allowed::allowed(&it, &edit(named)), Err(Forbidden::WrongType));
}

#[test]
fn a_form_is_divided_into_pages() {
    let mut it = pack();
    let page = |id: &str, title: &str| Page { id: s(id), title: s(title) };
    let pages = Pages { turn: Turn::Steps, list: vec![page("", "One"), page("", "Two")] };
    check(&mut it, &edit(FormEdit::Pages { view: s("create"), pages: Some(pages) }));
    let form = |it: &Document| match &it.view(MODULE, "create").expect("view").content {
        ViewContent::Form(it) => it.clone(),
        ViewContent::List(_)
        | ViewContent::Kanban(_)
        | ViewContent::Calendar(_)
        | ViewContent::Tree(_)
        | ViewContent::Detail(_) => panic!("a form"),
    };
    let made = form(&it);
    let list = made.pages.clone().expect("pages").list;
    assert!(list.iter().all(|it| !it.id.is_empty()) && list[0].id != list[1].id);
    assert_eq!(made.page_of(&made.sections[1]), Some(&list[0]), "what names no page stands on the first");
    let to = Section { title: s("Two"), page: Some(list[1].id.clone()), collapsed: true, ..Section::default() };
    check(&mut it, &edit(FormEdit::Section { view: s("create"), section: 1, to: Box::new(to) }));
    let now = form(&it);
    assert_eq!(now.page_of(&now.sections[1]), Some(&list[1]));
    assert_eq!(now.sections[1].fields.len(), 1, "the fields stay");
    let fewer = Pages { turn: Turn::Tabs, list: vec![list[0].clone()] };
    check(&mut it, &edit(FormEdit::Pages { view: s("create"), pages: Some(fewer) }));
    assert_eq!(form(&it).sections[1].page, None);
    check(&mut it, &edit(FormEdit::Columns { view: s("create"), section: 0, columns: 3 }));
    assert!(form(&it).sections[0].fields.iter().all(|it| it.span == 4));
}

#[test]
fn a_field_becomes_another_type() {
    let mut it = pack();
    check(&mut it, &edit(FormEdit::Retype { field: s("name"), kind: FieldKind::Long }));
    let name = tree::field(it.schema(MODULE).expect("schema"), "name").expect("name");
    assert_eq!((FieldKind::of(name), &name["x-id"], &name["title"]), (FieldKind::Long, &json!("f_01"), &json!("Name")));
    let stage = edit(FormEdit::Retype { field: s("state"), kind: FieldKind::Text });
    assert_eq!(allowed::allowed(&it, &stage), Err(Forbidden::FieldInUse));
}

#[test]
fn a_schema_from_outside_becomes_fields_and_what_cannot_be_drawn_is_kept() {
    let mut it = pack();
    let schema = json!({ "type": "object", "required": ["firstName", "name"],
        "properties": {
            "firstName": {"type": "string", "minLength": 1},
            "name": {"type": "string", "title": "Other name"},
            "size": {"enum": ["s", "m"]},
            "odd": {"not": {"const": 1}},
            "price": {"$ref": "#/$defs/money"} },
        "$defs": {"money": {"type": "number", "minimum": 0}},
        "if": {"properties": {"size": {"const": "m"}}, "required": ["size"]}, "then": {"required": ["firstName"]},
        "dependentRequired": {"size": ["firstName"]} });
    let take = |schema: &Value| {
        edit(FormEdit::TakeSchema {
            view: s("create"),
            schema: Box::new(schema.clone()),
            spot: Spot { section: 0, index: 9 },
        })
    };
    check(&mut it, &take(&schema));
    assert_eq!(shown(&it)[0][2..], [s("first_name"), s("name_2"), s("size"), s("odd"), s("price")]);
    let now = it.schema(MODULE).expect("schema").as_ref().clone();
    assert_eq!(now["required"], json!(["name", "first_name", "name_2"]));
    assert_eq!(now["if"], json!({"properties": {"size": {"const": "m"}}, "required": ["size"]}));
    assert_eq!(now["then"], json!({"required": ["first_name"]}));
    assert_eq!(now["properties"]["size"]["oneOf"][1], json!({"const": "m", "title": "m"}));
    assert_eq!(now["properties"]["odd"]["not"], json!({"const": 1}));
    // Once more: the words are taken, so the second condition stands beside the first.
    check(&mut it, &take(&schema));
    let now = it.schema(MODULE).expect("schema").as_ref().clone();
    assert_eq!(now["allOf"][0]["if"]["required"], json!(["size_2"]));
    let (compiled, faults) = runtime::schema::Schema::compile(&now);
    assert_eq!(faults, Vec::new());
    drop(compiled);
    assert_eq!(allowed::allowed(&it, &take(&json!({"type": "string"}))), Err(Forbidden::WrongType));
}

/// A pack in which a field is named in every way a field can be named.
fn wordy() -> Document {
    let mut files: BTreeMap<String, String> =
        pack().paths().into_iter().filter_map(|path| Some((path.clone(), pack().text(&path)?))).collect();
    let mut put = |path: &str, it: &Value| files.insert(s(path), crate::text::json(it));
    put(
        "pack.json",
        &json!({ "format": 1, "id": "sales", "version": "1.0.0", "title": "Sales", "language": "zh-CN",
        "notices": [{"id": "n", "title": "About ${data.amount}", "body": "data.amount"}] }),
    );
    put(
        "modules/offer/rules.json",
        &json!({ "format": 1,
        "computed": [{"id": "c", "field": "amount", "mode": "always", "expr": "data.amount + old.amount + refs.parent.amount"}],
        "required": [{"id": "r", "field": "amount", "when": "data.state == \"amount\""}],
        "checks": [{"id": "k", "expr": "data[\"amount\"] >= 0", "message": "amount", "fields": ["amount"]}] }),
    );
    put(
        "modules/offer/schema.json",
        &json!({ "type": "object", "required": ["name", "amount"],
        "allOf": [{"if": {"required": ["amount"]}, "then": {"properties": {"amount": {"minLength": 1}}}}],
        "properties": {
            "name": {"title": "Name", "type": "string", "x-id": "f_01"},
            "state": {"title": "State", "type": "string", "oneOf": [{"const": "a", "title": "A"}], "x-id": "f_02"},
            "amount": {"title": "Amount", "type": "string", "format": "x-decimal", "x-id": "f_03"},
            "parent": {"title": "Parent", "type": "string", "x-ref": {"module": "offer", "label": "amount", "filter": "candidate.amount > data.amount"}, "x-id": "f_05"},
            "lines": {"title": "Lines", "type": "array", "items": {"type": "object", "required": ["amount"], "properties": {"amount": {"title": "A", "type": "string"}}}, "x-id": "f_04"} } }),
    );
    put(
        "modules/offer/views/list.json",
        &json!({ "format": 1, "id": "v_2", "key": "list", "title": "List",
        "content": {"kind": "list", "columns": [{"field": "amount"}], "sort": ["-amount"], "filters": ["amount"]} }),
    );
    put(
        "modules/line/module.json",
        &json!({ "format": 1, "id": "m_2", "key": "line", "title": "Line", "label": "amount",
        "links": [{"module": "offer", "field": "parent"}] }),
    );
    put(
        "modules/line/schema.json",
        &json!({ "type": "object", "properties": {
        "amount": {"title": "Own", "type": "string", "x-id": "g_1"},
        "offer": {"title": "Offer", "type": "string", "x-ref": {"module": "offer", "label": "amount", "filter": "candidate.amount == data.amount"}, "x-id": "g_2"} } }),
    );
    put(
        "modules/line/rules.json",
        &json!({ "format": 1,
        "checks": [{"id": "k", "expr": "data.amount <= refs.offer.amount", "message": "m", "fields": ["amount"]}] }),
    );
    put(
        "i18n/en.json",
        &json!({ "field/offer/amount": "Amount", "help/offer/amount": "H", "field/line/amount": "Own" }),
    );
    put(
        "scenarios/one.json",
        &json!({ "format": 1, "title": "One", "start": "2026-03-02T09:00:00+08:00", "actors": [],
        "records": [{"name": "o", "module": "offer", "data": {"amount": "1"}}, {"name": "l", "module": "line", "data": {"amount": "2"}}],
        "steps": [{"do": {"update": {"record": "o", "data": {"amount": "3"}}}, "expect": {"fields": {"amount": "3"}}},
            {"do": {"update": {"record": "l", "data": {"amount": "4"}}}, "expect": {"fields": {"amount": "4"}}}] }),
    );
    put(
        "samples/offer.json",
        &json!([{"module": "offer", "ref": "x", "data": {"amount": "1"},
        "then": [{"as": "a", "node": "check", "outcome": "yes", "data": {"amount": "2"}}]}]),
    );
    files.insert(s("scripts/price.rhai"), s("// amount\n#{ data: #{ amount: data.amount * 2 }, amount: 1 }\n"));
    let flow = files.get_mut("flows/approve/flow.json").expect("the flow");
    let mut value: Value = serde_json::from_str(flow).expect("JSON");
    let elements = value["flowElements"].as_array_mut().expect("elements");
    elements[1]["notify"] = json!([{"to": ["field:amount"], "notice": "n"}]);
    elements[1]["assign"] = json!([{"target": "data.amount", "expr": "data.amount"}]);
    elements.push(json!({"id": "run", "type": "scriptTask", "name": "Run", "script": "price"}));
    *flow = crate::text::json(&value);
    Document::open("sales", &files, &BTreeMap::new(), 7)
}

/// Where a field is named, as the checker sees it.
fn uses(document: &Document, field: &str) -> Vec<usage::Use> {
    let files = document.paths().into_iter().filter_map(|it| Some((it.clone(), document.text(&it)?.into_bytes())));
    let (pack, alerts) = load::load(&files.collect());
    assert_eq!(alerts, Vec::new());
    let catalog = Catalog::new([pack]);
    let index = usage::of_pack(&catalog, catalog.packs().next().expect("the pack"));
    index.get(&Subject::Field { module: MODULE.into(), field: field.into() }).cloned().unwrap_or_default()
}

#[test]
fn another_key_reaches_every_place_and_no_other() {
    let mut it = wordy();
    let before = uses(&it, "amount");
    assert!(before.len() > 15, "{before:#?}");
    let rename = |to: &str, uses: &[usage::Use]| Edit::RenameField {
        module: s(MODULE),
        field: s("amount"),
        to: s(to),
        uses: uses.to_vec(),
    };
    for (to, why) in [
        ("name", Forbidden::KeyTaken),
        ("amount", Forbidden::KeyTaken),
        ("Sum", Forbidden::NotAKey),
        ("if", Forbidden::NotAKey),
    ] {
        assert_eq!(allowed::allowed(&it, &rename(to, &before)), Err(why), "{to}");
    }
    check(&mut it, &rename("total", &before));
    assert_eq!(uses(&it, "amount"), Vec::new());
    assert_eq!(uses(&it, "total").len(), before.len());
    let text = |path: &str| it.text(path).unwrap_or_default();
    for (path, has, count) in [
        ("modules/offer/rules.json", "data.total + old.total + refs.parent.total", 1),
        ("modules/offer/rules.json", "data.state == \\\"amount\\\"", 1),
        ("modules/offer/rules.json", "\"message\": \"amount\"", 1),
        ("modules/offer/schema.json", "\"amount\"", 2),
        ("modules/offer/schema.json", "candidate.total > data.total", 1),
        ("modules/line/rules.json", "data.amount <= refs.offer.total", 1),
        ("modules/line/schema.json", "candidate.total == data.amount", 1),
        ("modules/line/module.json", "\"label\": \"amount\"", 1),
        ("pack.json", "About ${data.total}", 1),
        ("pack.json", "\"body\": \"data.amount\"", 1),
        ("scripts/price.rhai", "// amount\n#{ data: #{ total: data.total * 2 }, amount: 1 }", 1),
        ("scenarios/one.json", "\"total\"", 3),
        ("scenarios/one.json", "\"amount\"", 3),
        ("samples/offer.json", "\"total\"", 2),
        ("i18n/en.json", "field/offer/total", 1),
        ("i18n/en.json", "field/line/amount", 1),
    ] {
        assert_eq!(text(path).matches(has).count(), count, "{path}: {has}\n{}", text(path));
    }
    let field = tree::field(it.schema(MODULE).expect("schema"), "total").expect("the field");
    assert_eq!(field["x-id"], json!("f_03"), "the id stays: stored data is found by it");
}

/// The same pack with a sub-table that is computed, summed up, written and told of.
fn tabular() -> Document {
    let before = wordy();
    let mut files: BTreeMap<String, String> =
        before.paths().into_iter().filter_map(|path| Some((path.clone(), before.text(&path)?))).collect();
    let mut change = |path: &str, act: &dyn Fn(&mut Value)| {
        let mut it: Value = files.get(path).and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
        act(&mut it);
        files.insert(s(path), crate::text::json(&it));
    };
    change("modules/offer/schema.json", &|it| {
        it["properties"]["lines"]["items"]["properties"] = json!({
            "amount": {"title": "A", "type": "string", "format": "x-decimal", "x-id": "c_1"},
            "name": {"title": "N", "type": "string", "x-id": "c_2"} });
    });
    change("modules/offer/rules.json", &|it| {
        it["computed"] = json!([
            {"id": "c", "field": "lines.amount", "mode": "always", "expr": "row.amount * 2"},
            {"id": "d", "field": "amount", "mode": "always", "expr": "sum(data.lines, \"amount\") + data.amount"}]);
        it["checks"] = json!([{"id": "k", "expr": "data.lines.all(|it| it.amount > 0)", "message": "amount", "fields": ["lines.amount"]}]);
    });
    change("modules/line/rules.json", &|it| {
        it["checks"] = json!([{"id": "k", "expr": "data.amount <= sum(refs.offer.lines, \"amount\")", "message": "m", "fields": ["amount"]}]);
    });
    change("i18n/en.json", &|it| it["field/offer/lines/amount"] = json!("A"));
    change("scenarios/one.json", &|it| {
        it["records"][0]["data"] = json!({"amount": "1", "lines": [{"amount": "2", "name": "x"}]});
        it["records"][1]["data"] = json!({"amount": "2", "lines": [{"amount": "2"}]});
    });
    files.insert(s("scripts/price.rhai"), s("let first = data.lines[0];\n#{ data: #{ amount: first.amount } }\n"));
    Document::open("sales", &files, &BTreeMap::new(), 7)
}

#[test]
fn a_column_gets_another_key_and_the_field_of_that_name_none() {
    let mut it = tabular();
    let table = uses(&it, "lines");
    let found = crate::rename::column_uses(&it, MODULE, "lines", "amount", &table);
    let places: Vec<String> = found.iter().map(|it| format!("{}{}", it.file, it.pointer)).collect();
    assert_eq!(
        places,
        [
            "modules/line/rules.json/checks/0/expr",
            "modules/offer/rules.json/checks/0/expr",
            "modules/offer/rules.json/checks/0/fields/0",
            "modules/offer/rules.json/computed/0/expr",
            "modules/offer/rules.json/computed/0/field",
            "modules/offer/rules.json/computed/1/expr",
            "modules/offer/schema.json/properties/lines/items/properties/amount",
            "modules/offer/schema.json/properties/lines/items/required/0",
            "scripts/price.rhai",
        ]
    );
    let rename = |to: &str| Edit::RenameColumn {
        module: s(MODULE),
        field: s("lines"),
        column: s("amount"),
        to: s(to),
        uses: found.clone(),
    };
    for (to, why) in [("name", Forbidden::KeyTaken), ("amount", Forbidden::KeyTaken), ("A b", Forbidden::NotAKey)] {
        assert_eq!(allowed::allowed(&it, &rename(to)), Err(why), "{to}");
    }
    check(&mut it, &rename("sum"));
    let text = |path: &str| it.text(path).unwrap_or_default();
    for (path, has, count) in [
        ("modules/offer/rules.json", "\"row.sum * 2\"", 1),
        ("modules/offer/rules.json", "\"lines.sum\"", 2),
        ("modules/offer/rules.json", "sum(data.lines, \\\"sum\\\") + data.amount", 1),
        ("modules/offer/rules.json", "data.lines.all(|it| it.sum > 0)", 1),
        ("modules/offer/rules.json", "\"message\": \"amount\"", 1),
        ("modules/line/rules.json", "data.amount <= sum(refs.offer.lines, \\\"sum\\\")", 1),
        ("scripts/price.rhai", "#{ data: #{ amount: first.sum } }", 1),
        ("scenarios/one.json", "\"sum\"", 1),
        ("i18n/en.json", "field/offer/lines/sum", 1),
        ("i18n/en.json", "field/offer/amount", 1),
    ] {
        assert_eq!(text(path).matches(has).count(), count, "{path}: {has}\n{}", text(path));
    }
    let schema = it.schema(MODULE).expect("schema");
    let columns = tree::columns(tree::field(schema, "lines").expect("lines")).expect("columns");
    assert!(columns.len() == 2 && columns.contains_key("name"));
    assert_eq!(columns["sum"]["x-id"], json!("c_1"), "the id stays: stored rows are found by it");
    assert!(tree::field(schema, "amount").is_some());
    assert_eq!(crate::rename::column_uses(&it, MODULE, "lines", "sum", &uses(&it, "lines")).len(), found.len());
}

/// By what it is found in what is stored: its id, and before it has one its key.
#[test]
fn what_has_no_id_is_known_by_its_key_when_it_gets_another() {
    let before = tabular();
    let mut files: BTreeMap<String, String> =
        before.paths().into_iter().filter_map(|path| Some((path.clone(), before.text(&path)?))).collect();
    let path = "modules/offer/schema.json";
    let mut schema: Value = serde_json::from_str(&files[path]).expect("schema");
    let properties = schema["properties"].as_object_mut().expect("properties");
    for (key, id) in [("bare", None), ("owned", None), ("owner", Some("owned"))] {
        let mut field = json!({"title": "T", "type": "string"});
        if let Some(id) = id {
            field["x-id"] = json!(id);
        }
        properties.insert(s(key), field);
    }
    properties["lines"]["items"]["properties"]["plain"] = json!({"title": "P", "type": "string"});
    files.insert(s(path), crate::text::json(&schema));
    let mut it = Document::open("sales", &files, &BTreeMap::new(), 7);
    for (from, id) in [("bare", Some("bare")), ("owned", None)] {
        let to = format!("{from}_now");
        let uses = uses(&it, from);
        check(&mut it, &Edit::RenameField { module: s(MODULE), field: s(from), to: to.clone(), uses });
        let field = tree::field(it.schema(MODULE).expect("schema"), &to).cloned().expect("the field");
        assert_eq!(field["x-id"].as_str(), id, "{from}");
    }
    let uses = uses(&it, "lines");
    let column = Edit::RenameColumn { module: s(MODULE), field: s("lines"), column: s("plain"), to: s("fancy"), uses };
    check(&mut it, &column);
    let columns = tree::columns(tree::field(it.schema(MODULE).expect("schema"), "lines").expect("lines"));
    assert_eq!(columns.expect("columns")["fancy"]["x-id"], json!("plain"));
}

#[test]
fn whole_files_are_put_and_taken_back() {
    let mut it = pack();
    let address = Address::View(s(MODULE), s("list"));
    let view = json!({ "format": 1, "id": "v_2", "key": "list", "title": "Other", "content": {"kind": "list", "columns": []} });
    let content = Content::parse(&address, &view.to_string());
    assert!(content.is_some());
    let put = |files| Edit::Put { verb: "restore", what: s("list"), files };
    check(&mut it, &put(vec![(address.clone(), content)]));
    assert_eq!(it.view(MODULE, "list").map(|it| it.title.as_str()), Some("Other"));
    check(&mut it, &put(vec![(address, None)]));
    assert!(it.view(MODULE, "list").is_none());
    let fresh = Address::Table(s("size"));
    let table = json!({ "format": 1, "id": "t", "key": "size", "title": "Size", "hitPolicy": "first", "inputs": [], "outputs": [], "rules": [] });
    let content = Content::parse(&fresh, &table.to_string());
    check(&mut it, &put(vec![(fresh, content)]));
    assert!(it.files().contains_key("tables/size.json"));
}

#[test]
fn what_files_call_otherwise_is_called_so_where_people_work() {
    let mut it = pack();
    let own = it.language();
    let table = |title: &str, column: &str| -> Content {
        let value = json!({ "format": 1, "id": "t_1", "key": "limits", "title": title, "hitPolicy": "unique",
            "inputs": [{"id": "i_1", "key": "amount", "title": column, "type": "number"}],
            "outputs": [{"id": "o_1", "key": "who", "title": "Who", "type": "text"}], "rules": [] });
        Content::parse(&Address::Table(s("limits")), &value.to_string()).expect("a table")
    };
    let put = |verb, address: Address, content: Content| Edit::Put {
        verb,
        what: s("it"),
        files: vec![(address, Some(content))],
    };
    let say = |address: &str, text: &str| Edit::Text { language: own.clone(), address: s(address), text: s(text) };
    check(&mut it, &put("add", Address::Table(s("limits")), table("Limits", "Amount")));
    for (address, text) in [("table/limits", "Limits"), ("column/limits/i_1", "Amount"), ("view/offer/list", "List")] {
        check(&mut it, &say(address, text));
    }
    check(&mut it, &put("set", Address::Table(s("limits")), table("Who may", "Sum")));
    let mut list = it.view(MODULE, "list").expect("view").as_ref().clone();
    list.title = s("Everything");
    let at = Address::View(s(MODULE), s("list"));
    check(&mut it, &put("retitle", at, Content::View(std::sync::Arc::new(list))));
    let texts = it.texts(&own);
    for (address, text) in [
        ("table/limits", Some("Who may")),
        ("column/limits/i_1", Some("Sum")),
        // What has no text of its own gets none.
        ("column/limits/o_1", None),
        ("view/offer/list", Some("Everything")),
    ] {
        assert_eq!(texts.get(address).map(String::as_str), text, "{address}");
    }
}

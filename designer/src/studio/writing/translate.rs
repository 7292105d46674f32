//! All texts of a module, the pack's own language beside the others; what is missing can be looked at alone.

use edit::{Edit, tree};
use leptos::prelude::*;
use runtime::check::form::addresses;
use runtime::id::ModuleKey;
use runtime::model::module::Module;
use runtime::model::view::ViewContent;
use serde_json::Value;

use crate::studio::desk::Desk;
use crate::text::texts;

texts! {
    TITLE = "Translations", "翻译";
    ONLY_MISSING = "Only what is missing", "仅显示缺少的";
    MISSING = "{} of {} texts are missing", "{} / {} 条文字缺少翻译";
    COMPLETE = "Every text is there.", "文字均已翻译。";
    WHAT = "Text", "文字";
    MODULE = "Module", "模块";
    FIELD = "Field", "字段";
    HELP = "Help", "帮助";
    OPTION = "Option", "选项";
    VIEW = "View", "视图";
    SECTION = "Section", "分组";
    RELATED = "List of what belongs to it", "关联列表";
    PAGE = "Page", "页";
    CHECK = "Message", "提示";
}

/// The table.
pub fn translations(desk: Desk, module: String) -> AnyView {
    let module = StoredValue::new(module);
    let missing_only = RwSignal::new(false);
    let all = Memo::new(move |_| {
        let key = module.get_value();
        desk.document.with(|it| {
            let Some(definition) = it.definition(&key) else { return Vec::new() };
            let whole = Module {
                definition: definition.as_ref().clone(),
                schema: it.schema(&key).map(|it| it.as_ref().clone()).unwrap_or_default(),
                rules: it.rules(&key).map(|it| it.as_ref().clone()).unwrap_or_default(),
                views: it.views(&key).map(|(key, it)| (key.into(), it.as_ref().clone())).collect(),
            };
            let list = addresses(&ModuleKey::from(key.as_str()), &whole);
            list.into_iter().map(|(address, _)| (own(&whole, &address), address)).collect::<Vec<_>>()
        })
    });
    let own_language = desk.document.with_untracked(|it| it.language());
    let others: Vec<&'static str> = ["zh-CN", "en"].into_iter().filter(|it| *it != own_language).collect();
    let others = StoredValue::new(others);
    let lacks = move |address: &str| {
        others
            .with_value(|others| others.iter().any(|tag| desk.document.with(|it| !it.texts(tag).contains_key(address))))
    };
    let count = move || all.with(|it| it.iter().filter(|it| lacks(&it.1)).count());
    let rows = Memo::new(move |_| {
        let only = missing_only.get();
        // What is being translated stays until the choice is made anew.
        all.with(|it| it.iter().filter(|it| !only || untrack(|| lacks(&it.1))).cloned().collect::<Vec<_>>())
    });
    let name = |tag: &str| if tag == "en" { "English" } else { "简体中文" };
    let row = move |(text, address): (String, String)| {
        let address = StoredValue::new(address);
        let cells = others.get_value().into_iter().map(|tag| {
            let value = Memo::new(move |_| desk.document.with(|it| it.texts(tag).get(&address.get_value()).cloned().unwrap_or_default()));
            view! {
                <td><input class="input small" type="text" lang=tag aria-label=address.get_value() class:missing=move || value.with(String::is_empty)
                    prop:value=move || value.get()
                    on:change=move |event| {
                        let text = event_target_value(&event);
                        if text != value.get_untracked() {
                            desk.edit(Edit::Text { language: tag.to_owned(), address: address.get_value(), text });
                        }
                    }/></td>
            }
        }).collect_view();
        view! { <tr><td class="faint">{kind(&address.get_value()).get()}</td><th scope="row">{text}</th>{cells}</tr> }
    };
    view! {
        <div class="form-stage">
            <div class="writing">
                <header class="writing-head">
                    <h2>{TITLE.get()}</h2>
                    <span class="faint" role="status">{move || {
                        let missing = count();
                        if missing == 0 { COMPLETE.read().to_owned() } else { MISSING.fill(&[&missing.to_string(), &all.with(Vec::len).to_string()]) }
                    }}</span>
                    <label class="prop-check"><input type="checkbox" prop:checked=move || missing_only.get() on:change=move |event| missing_only.set(event_target_checked(&event))/><span>{ONLY_MISSING.get()}</span></label>
                </header>
                <table class="translations">
                    <thead><tr><th scope="col">{WHAT.get()}</th><th scope="col">{name(&own_language)}</th>{others.get_value().into_iter().map(|tag| view! { <th scope="col">{name(tag)}</th> }).collect_view()}</tr></thead>
                    <tbody><For each=move || rows.get() key=|it| it.clone() children=row/></tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}

fn kind(address: &str) -> crate::text::Text {
    match address.split('/').next().unwrap_or_default() {
        "module" => MODULE,
        "help" => HELP,
        "option" => OPTION,
        "view" => VIEW,
        "section" => SECTION,
        "page" => PAGE,
        "related" => RELATED,
        "check" => CHECK,
        _ => FIELD,
    }
}

/// The text in the pack's own language.
fn own(module: &Module, address: &str) -> String {
    let parts: Vec<&str> = address.split('/').collect();
    let text = |it: Option<&Value>| it.and_then(Value::as_str).unwrap_or_default().to_owned();
    let field = |key: &str| tree::field(&module.schema, key);
    let inner = |key: &str, column: &str| {
        let it = field(key)?;
        it.pointer("/items/properties").or_else(|| it.get("properties"))?.get(column)
    };
    let option = |schema: Option<&Value>, value: &str| {
        let list = schema.and_then(tree::options);
        let found = list.and_then(|it| it.iter().find(|it| it.get("const").and_then(Value::as_str) == Some(value)));
        text(found.and_then(|it| it.get("title")))
    };
    let form = |view: &str| match &module.views.get(view)?.content {
        ViewContent::Form(it) => Some(it),
        ViewContent::List(_)
        | ViewContent::Kanban(_)
        | ViewContent::Calendar(_)
        | ViewContent::Tree(_)
        | ViewContent::Detail(_) => None,
    };
    let detail = |view: &str| match &module.views.get(view)?.content {
        ViewContent::Detail(it) => Some(it),
        ViewContent::Form(_)
        | ViewContent::List(_)
        | ViewContent::Kanban(_)
        | ViewContent::Calendar(_)
        | ViewContent::Tree(_) => None,
    };
    match parts.as_slice() {
        ["module", _] => module.definition.title.clone(),
        ["field", _, key] => text(field(key).and_then(|it| it.get("title"))),
        ["field", _, key, column] => text(inner(key, column).and_then(|it| it.get("title"))),
        ["help", _, key] => text(field(key).and_then(|it| it.get("description"))),
        ["option", _, key, value] => option(field(key), value),
        ["option", _, key, column, value] => option(inner(key, column), value),
        ["view", _, view] => module.views.get(*view).map(|it| it.title.clone()).unwrap_or_default(),
        ["section", _, view, id] => {
            let page = || detail(view).map(|it| it.sections.as_slice());
            let sections = form(view).map(|it| it.sections.as_slice()).or_else(page).unwrap_or_default();
            sections.iter().find(|it| it.id == *id).map(|it| it.title.clone()).unwrap_or_default()
        }
        ["related", _, view, id] => detail(view)
            .and_then(|it| it.related.iter().find(|it| it.id == *id))
            .map(|it| it.title.clone())
            .unwrap_or_default(),
        ["page", _, view, id] => form(view)
            .and_then(|it| it.pages.as_ref()?.list.iter().find(|it| it.id == *id))
            .map(|it| it.title.clone())
            .unwrap_or_default(),
        ["check", _, id] => {
            module.rules.checks.iter().find(|it| it.id == *id).map(|it| it.message.clone()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

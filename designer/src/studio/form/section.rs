//! The selected section: its title in both languages, when it is shown, its page and columns, and the record that hangs on it.

use edit::{Edit, FormEdit};
use leptos::prelude::*;
use runtime::model::view::{Item, Linked, Section};

use super::condition::condition;
use super::rules::titled;
use super::{Sheet, words as own};
use crate::studio::desk::plain;
use crate::studio::input::{check, choice, group, line, named, row, some};
use crate::studio::words;
use crate::ui::icon::icon;

/// The panel.
pub fn section(sheet: Sheet, at: usize) -> AnyView {
    let now = move || sheet.form().sections.get(at).cloned();
    let change = move |act: &dyn Fn(&mut Section)| {
        if let Some(mut it) = untrack(now) {
            act(&mut it);
            sheet.edit(FormEdit::Section { view: sheet.view.get_untracked(), section: at, to: Box::new(it) });
        }
    };
    let language = sheet.desk.document.with_untracked(|it| it.language());
    let id = untrack(now).map(|it| it.id).unwrap_or_default();
    let titles = ["zh-CN", "en"]
        .into_iter()
        .map(|tag| {
            let mine = tag == language;
            let address = format!("section/{}/{}/{id}", sheet.module.get_value(), sheet.view.get_untracked());
            let read = address.clone();
            let value = move || {
                if mine {
                    now().map(|it| it.title).unwrap_or_default()
                } else {
                    sheet.desk.document.with(|it| it.texts(tag).get(&read).cloned().unwrap_or_default())
                }
            };
            let commit = move |text: String| {
                if mine {
                    change(&|it| it.title.clone_from(&text));
                } else {
                    sheet.desk.edit(Edit::Text { language: tag.to_owned(), address: address.clone(), text });
                }
            };
            let name = if tag == "en" { "English" } else { "简体中文" };
            view! { <label class="prop" lang=tag><span>{move || words::LABEL_IN.fill(&[name])}</span>{line(value, false, commit)}</label> }
        })
        .collect_view();
    let pages = move || sheet.form().pages.map(|it| it.list).unwrap_or_default();
    let several = Memo::new(move |_| !pages().is_empty());
    let page = move || {
        let form = sheet.form();
        form.sections.get(at).and_then(|it| form.page_of(it)).map(|it| it.id.clone()).unwrap_or_default()
    };
    view! {
        <h2 class="side-title">{words::SECTION.get()}</h2>
        {titles}
        {move || several.get().then(|| row(own::PAGE, choice(page, move || pages().into_iter().map(|it| (it.id, it.title)).collect(), move |to| {
            change(&|it| it.page = some(&to));
        })))}
        {titled(words::SECTION_VISIBLE, condition(sheet, move || now().and_then(|it| it.visible).unwrap_or_default(), move |expr| {
            change(&|it| it.visible = some(&expr));
        }))}
        {check(own::COLLAPSED, move || now().is_some_and(|it| it.collapsed), move |on| change(&|it| it.collapsed = on))}
        <div class="prop"><span>{own::COLUMNS.get()}</span>
            <div class="segmented" role="group" aria-label=own::COLUMNS.get()>
                {[1u8, 2, 3, 4].into_iter().map(|count| {
                    let all = move || now().is_some_and(|it| !it.fields.is_empty() && it.fields.iter().all(|it| it.span == 12 / count));
                    view! { <button type="button" aria-pressed=move || all().to_string() on:click=move |_| {
                        sheet.edit(FormEdit::Columns { view: sheet.view.get_untracked(), section: at, columns: count });
                    }>{count}</button> }
                }).collect_view()}
            </div>
        </div>
        {group(own::LINKED, untrack(now).is_some_and(|it| it.linked.is_some()), linked(sheet, at))}
    }
    .into_any()
}

/// A way in which one of several records hangs on this one: module, reference, mark.
type Way = (String, String, String);

/// All ways there are.
fn ways(sheet: Sheet) -> Vec<Way> {
    let here = sheet.module.get_value();
    sheet
        .modules()
        .into_iter()
        .flat_map(|(key, _)| {
            let chosen = sheet.definition_of(&key).map(|it| it.chosen).unwrap_or_default();
            let schema = sheet.schema_of(&key).unwrap_or_default();
            let here = here.clone();
            chosen.into_iter().filter_map(move |it| {
                let target = edit::tree::field(&schema, it.among.as_str())?.pointer("/x-ref/module")?.as_str()?;
                (target == here).then(|| (key.clone(), it.among.0.clone(), it.field.0.clone()))
            })
        })
        .collect()
}

fn linked(sheet: Sheet, at: usize) -> AnyView {
    let now = Memo::new(move |_| sheet.form().sections.get(at).and_then(|it| it.linked.clone()));
    let set = move |linked: Option<Linked>| {
        if let Some(mut it) = untrack(|| sheet.form().sections.get(at).cloned()) {
            it.linked = linked;
            sheet.edit(FormEdit::Section { view: sheet.view.get_untracked(), section: at, to: Box::new(it) });
        }
    };
    let possible = StoredValue::new(untrack(|| ways(sheet)));
    if possible.with_value(Vec::is_empty) && untrack(|| now.get()).is_none() {
        return view! { <p class="faint">{own::LINKED_IMPOSSIBLE.get()}</p> }.into_any();
    }
    let called = move |(module, among, mark): &Way| {
        let title = sheet.modules().into_iter().find(|it| it.0 == *module).map_or_else(|| module.clone(), |it| it.1);
        let fields = sheet.fields_of(module);
        let field = |key: &String| fields.iter().find(|it| it.0 == *key).map_or_else(|| key.clone(), |it| it.1.clone());
        format!("{title} · {} · {}", field(among), field(mark))
    };
    let word = |(module, among, mark): &Way| format!("{module}/{among}/{mark}");
    let ways_offered = move || {
        let mut offered = vec![(String::new(), own::LINKED_NONE.read().to_owned())];
        offered.extend(possible.with_value(|it| it.iter().map(|it| (word(it), called(it))).collect::<Vec<_>>()));
        offered
    };
    let keys = Memo::new(move |_| {
        now.get().map(|it| it.fields.iter().map(|it| it.field.0.clone()).collect::<Vec<_>>()).unwrap_or_default()
    });
    let change = move |act: &dyn Fn(&mut Vec<Item>)| {
        if let Some(mut it) = now.get_untracked() {
            act(&mut it.fields);
            set(Some(it));
        }
    };
    view! {
        <p class="faint">{own::LINKED_WHY.get()}</p>
        {row(own::LINKED_MODULE, choice(
            move || now.get().map(|it| word(&(it.module.0, it.field.0, it.chosen.0))).unwrap_or_default(),
            ways_offered,
            move |to| {
                let way = possible.with_value(|it| it.iter().find(|it| word(it) == to).cloned());
                set(way.map(|(module, among, mark)| {
                    let first = sheet.schema_of(&module).map(|it| edit::tree::required(&it).iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()).unwrap_or_default();
                    let fields = first.into_iter().filter(|it| *it != among && *it != mark).map(|it| Item { field: it.as_str().into(), span: 6, ..Item::default() }).collect();
                    Linked { module: module.into(), field: among.into(), chosen: mark.into(), fields }
                }));
            },
        ))}
        {move || now.get().map(|it| {
            let module = it.module.0.clone();
            let all = sheet.fields_of(&module);
            let title = move |key: &str| all.iter().find(|it| it.0 == key).map_or_else(|| key.to_owned(), |it| it.1.clone());
            let rows = keys.get().into_iter().enumerate().map(|(at, key)| {
                let label = title(&key);
                view! {
                    <div class="prop-row"><span class="grow">{label}</span>
                        <button type="button" class="button plain icon-only small" aria-label=words::MOVE_UP.get() disabled=at == 0 on:click=move |_| change(&|it| if at > 0 && at < it.len() { it.swap(at, at - 1) })>{icon("up")}</button>
                        <button type="button" class="button plain icon-only small" aria-label=own::REMOVE.get() on:click=move |_| change(&|it| if at < it.len() { it.remove(at); })>{icon("trash")}</button>
                    </div>
                }
            }).collect_view();
            let offered = {
                let module = module.clone();
                move || {
                    let mut offered = vec![(String::new(), format!("+ {}", own::LINKED_ADD.read()))];
                    offered.extend(sheet.fields_of(&module).into_iter().filter(|it| keys.with(|keys| !keys.contains(&it.0))));
                    offered
                }
            };
            view! { {rows}{named(own::LINKED_ADD, choice(String::new, offered, move |key| if !key.is_empty() {
                change(&|it| it.push(Item { field: key.as_str().into(), span: 6, ..Item::default() }));
            }))} }
        })}
    }
    .into_any()
}

/// At a yes / no field: of which records exactly one has it set.
pub fn chosen(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    let rules = move || sheet.definition_of(&sheet.module.get_value()).map(|it| it.chosen).unwrap_or_default();
    let among = move || {
        rules().iter().find(|it| it.field.0 == key.get_value()).map(|it| it.among.0.clone()).unwrap_or_default()
    };
    let offered = move || {
        let mut offered = vec![(String::new(), own::LINKED_NONE.read().to_owned())];
        let schema = sheet.schema_of(&sheet.module.get_value()).unwrap_or_default();
        let single = |key: &String| {
            edit::tree::field(&schema, key)
                .is_some_and(|it| it.pointer("/x-ref/module").is_some() && plain(it.get("type")) != "array")
        };
        offered.extend(sheet.keys().into_iter().filter(single).map(|it| (it.clone(), sheet.label(&it))));
        offered
    };
    view! {
        <p class="faint">{own::CHOSEN_WHY.get()}</p>
        {row(own::CHOSEN_AMONG, choice(among, offered, move |to| {
            let mut list = untrack(rules);
            list.retain(|it| it.field.0 != key.get_value());
            if let Some(to) = some(&to) {
                let field = key.get_value();
                list.push(runtime::model::module::Chosen { id: format!("one_{field}"), field: field.into(), among: to.into() });
            }
            sheet.edit(FormEdit::Chosen(list));
        }))}
    }
    .into_any()
}

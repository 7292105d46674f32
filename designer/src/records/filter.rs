//! Filters of a list as they stand in the address (`f=severity:in:s1~s2`), as chips, and as the API's [`Filter`].

use std::collections::BTreeMap;

use ::api::record::{Choice, Filter, Record};
use leptos::{prelude::*, task::spawn_local};
use serde_json::{Value, json};

use crate::app::{Lang, app};
use crate::module::{Field, Kind, Module, Pick};
use crate::text;
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::{api, nav, show};

/// One condition on one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub field: String,
    /// `in`, `below`, `contains`, `between`, `blank`, `filled`, `eq`.
    pub op: String,
    pub values: Vec<String>,
}

/// Reads the conditions of an address.
pub fn parse(text: &str) -> Vec<Condition> {
    let one = |it: &str| {
        let mut parts = it.splitn(3, ':');
        let (field, op) = (parts.next()?, parts.next()?);
        let values = parts.next().unwrap_or_default().split('~').map(str::to_owned).collect();
        (!field.is_empty()).then(|| Condition { field: field.to_owned(), op: op.to_owned(), values })
    };
    text.split(';').filter_map(one).collect()
}

/// Writes conditions for the address.
pub fn write(conditions: &[Condition]) -> String {
    let clean = |it: &String| it.replace([';', '~'], " ");
    let one = |it: &Condition| {
        format!("{}:{}:{}", it.field, it.op, it.values.iter().map(clean).collect::<Vec<_>>().join("~"))
    };
    conditions.iter().map(one).collect::<Vec<_>>().join(";")
}

/// As the API wants it; none: no condition.
pub fn to_api(conditions: &[Condition]) -> Option<Filter> {
    let field =
        |it: &Condition, op: &str, value: Value| Filter::Field { field: it.field.clone(), op: op.to_owned(), value };
    let mut all = Vec::new();
    for it in conditions {
        let value = |index: usize| it.values.get(index).cloned().unwrap_or_default();
        match it.op.as_str() {
            "between" => {
                if !value(0).is_empty() {
                    all.push(field(it, "ge", json!(value(0))));
                }
                if !value(1).is_empty() {
                    all.push(field(it, "le", json!(value(1))));
                }
            }
            "in" | "below" => all.push(field(it, &it.op, json!(it.values))),
            "eq" if value(0) == "true" || value(0) == "false" => all.push(field(it, "eq", json!(value(0) == "true"))),
            "blank" | "filled" => all.push(field(it, &it.op, Value::Null)),
            op => all.push(field(it, op, json!(value(0)))),
        }
    }
    match all.len() {
        0 => None,
        1 => all.pop(),
        _ => Some(Filter::All(all)),
    }
}

/// The condition in words, without the field's name.
fn words(module: &Module, it: &Condition, names: &BTreeMap<String, String>, lang: Lang) -> String {
    let Some(field) = module.field(&it.field) else { return it.values.join(", ") };
    let value = |text: &String| match text.as_str() {
        "me" => text::IS_ME.of(lang).to_owned(),
        _ => match &field.kind {
            Kind::Reference { .. } | Kind::User { .. } | Kind::Department { .. } => {
                names.get(text).cloned().unwrap_or_else(|| "…".to_owned())
            }
            _ => show::words(module, &field.key, field, &json!(text), names, lang),
        },
    };
    match it.op.as_str() {
        "blank" => text::BLANK.of(lang).to_owned(),
        "filled" => text::FILLED.of(lang).to_owned(),
        "between" => {
            match (it.values.first().filter(|it| !it.is_empty()), it.values.get(1).filter(|it| !it.is_empty())) {
                (Some(from), Some(to)) => format!("{} – {}", relative(from, lang, &value), relative(to, lang, &value)),
                (Some(from), None) => text::SINCE.of(lang).replace("{}", &relative(from, lang, &value)),
                (None, Some(to)) => text::UP_TO.of(lang).replace("{}", &relative(to, lang, &value)),
                (None, None) => String::new(),
            }
        }
        "contains" => format!("“{}”", it.values.join(" ")),
        "eq" if field.kind == Kind::Bool => {
            if it.values.first().is_some_and(|it| it == "true") { text::YES } else { text::NO }.of(lang).to_owned()
        }
        _ => it.values.iter().map(value).collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " }),
    }
}

fn relative(text: &String, lang: Lang, value: &dyn Fn(&String) -> String) -> String {
    match text.as_str() {
        "today" => text::TODAY.of(lang).to_owned(),
        "-7d" => text::DAYS_AGO.of(lang).replace("{}", "7"),
        "-30d" => text::DAYS_AGO.of(lang).replace("{}", "30"),
        _ => value(text),
    }
}

/// [`Filters`], as a function.
pub fn filters(
    module: StoredValue<std::sync::Arc<Module>>,
    conditions: Signal<Vec<Condition>>,
    set: Callback<Vec<Condition>>,
) -> AnyView {
    view! { <Filters module=module conditions=conditions set=set/> }.into_any()
}

/// The chips, and the button that adds one. `set` stores new conditions.
#[component]
pub fn Filters(
    module: StoredValue<std::sync::Arc<Module>>,
    conditions: Signal<Vec<Condition>>,
    set: Callback<Vec<Condition>>,
) -> impl IntoView {
    let names = RwSignal::new(BTreeMap::<String, String>::new());
    let adding = RwSignal::new(None::<String>);
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if !open.get() {
            adding.set(None);
        }
    });
    let change = Callback::new(move |new: Condition| {
        let mut all = conditions.get_untracked();
        let at = all.iter().position(|it| it.field == new.field);
        let says = !new.values.iter().all(String::is_empty) || matches!(new.op.as_str(), "blank" | "filled");
        match (at, says) {
            (Some(at), true) => all[at] = new,
            (Some(at), false) => drop(all.remove(at)),
            (None, true) => all.push(new),
            (None, false) => {}
        }
        set.run(all);
    });
    resolve_names(module, conditions, names);
    let fields = Memo::new(move |_| conditions.get().into_iter().map(|it| it.field).enumerate().collect::<Vec<_>>());
    let offered = move || {
        module.with_value(|module| {
            let (_, list) = module.list();
            let declared: Vec<String> = list.filters.iter().map(|it| it.0.clone()).collect();
            let flagged =
                |it: &&Field| it.schema.pointer("/x-index/filter").and_then(Value::as_bool).unwrap_or_default();
            let mut all: Vec<String> = declared;
            for field in module.fields.iter().filter(flagged) {
                if !all.contains(&field.key) {
                    all.push(field.key.clone());
                }
            }
            all.retain(|it| module.field(it).is_some() && module.access(it) != "masked");
            all
        })
    };
    view! {
        // A chip stays while its condition changes: that happens in the panel that hangs on it.
        <For each=move || fields.get() key=Clone::clone children=move |(at, field)| {
            let now = { let field = field.clone(); move || conditions.with(|it| it.get(at).filter(|it| it.field == field).cloned()) };
            let label = {
                let now = now.clone();
                Signal::derive(move || now().map(|it| module.with_value(|module| {
                    let lang = app().lang.get();
                    format!("{}: {}", module.field_title(&it.field, lang), words(module, &it, &names.get(), lang))
                })).unwrap_or_default())
            };
            view! {
                <span class="chip">
                    <Pop label=label class="chip-words" side="pad" button=ViewFn::from(move || view! { <span class="clip">{label}</span> })>
                        {untrack(&now).map(|it| editor(module, it, change, names))}
                    </Pop>
                    <button type="button" class="chip-x" aria-label=move || text::REMOVE_FILTER.fill(&[&label.get()])
                        on:click=move |_| set.run(conditions.get_untracked().into_iter().filter(|it| it.field != field).collect())>{icon("x")}</button>
                </span>
            }
        }/>
        <Pop label=Signal::derive(move || text::ADD_FILTER.read().to_owned()) class="button small plain" open=open
            button=ViewFn::from(|| view! { {icon("filter")}{text::ADD_FILTER.get()} })>
            {move || match adding.get() {
                Some(field) => {
                    let had = conditions.get_untracked().into_iter().find(|it| it.field == field);
                    let condition = had.unwrap_or_else(|| Condition { field, op: String::new(), values: Vec::new() });
                    view! { <div class="pad-in">{editor(module, condition, change, names)}</div> }.into_any()
                }
                None => offered().into_iter().map(|key| {
                    let title = module.with_value(|it| it.field_title(&key, app().lang.get()));
                    view! { <button type="button" class="menu-item" on:click=move |_| adding.set(Some(key.clone()))>{title}</button> }
                }).collect_view().into_any(),
            }}
        </Pop>
        {move || (conditions.get().len() > 1).then(|| view! {
            <button type="button" class="button small plain" on:click=move |_| set.run(Vec::new())>{text::CLEAR_FILTERS.get()}</button>
        })}
    }
}

/// Asks for the names of the references that stand in the address.
fn resolve_names(
    module: StoredValue<std::sync::Arc<Module>>,
    conditions: Signal<Vec<Condition>>,
    names: RwSignal<BTreeMap<String, String>>,
) {
    Effect::new(move |_| {
        for it in conditions.get() {
            let Some(path) =
                module.with_value(|module| module.field(&it.field).and_then(|field| search_path(&field.kind)))
            else {
                continue;
            };
            let known =
                names.with_untracked(|names| it.values.iter().all(|value| value == "me" || names.contains_key(value)));
            if known || it.op != "in" {
                continue;
            }
            let missing: Vec<String> = it.values.into_iter().filter(|it| it != "me").collect();
            spawn_local(async move {
                // People and departments are few; records are read one by one.
                let Some(module) = path.strip_prefix("/api/lookup/").map(|it| it.trim_end_matches('?').to_owned())
                else {
                    if let Ok(list) = api::get::<Vec<Choice>>(&format!("{path}q=")).await {
                        names.update(|names| names.extend(list.into_iter().map(|it| (it.id, it.label))));
                    }
                    return;
                };
                for id in missing {
                    if let Ok(record) = api::get::<Record>(&format!("/api/records/{module}/{}", nav::encode(&id))).await
                    {
                        names.update(|names| {
                            names.insert(id, record.label);
                        });
                    }
                }
            });
        }
    });
}

/// Where choices of a field are searched; ends with `?` or `&`.
pub fn search_path(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Reference { module, .. } => Some(format!("/api/lookup/{}?", nav::encode(module))),
        Kind::User { .. } => Some("/api/people?".to_owned()),
        Kind::Department { .. } => Some("/api/departments?".to_owned()),
        _ => None,
    }
}

/// The little form that makes a condition, by the field's kind.
fn editor(
    module: StoredValue<std::sync::Arc<Module>>,
    condition: Condition,
    change: Callback<Condition>,
    names: RwSignal<BTreeMap<String, String>>,
) -> AnyView {
    let Some(field) = module.with_value(|it| it.field(&condition.field).cloned()) else { return ().into_any() };
    let lang = app().lang.get_untracked();
    let title = module.with_value(|it| it.field_title(&field.key, lang));
    let head = view! { <h3>{title}</h3> };
    let values = RwSignal::new(condition.values.clone());
    let key = field.key.clone();
    let put = Callback::new(move |(op, list): (&'static str, Vec<String>)| {
        values.set(list.clone());
        change.run(Condition { field: key.clone(), op: op.to_owned(), values: list });
    });
    let checks = move |op: &'static str, options: Vec<(String, String)>| {
        options
            .into_iter()
            .map(|(value, title)| {
                let checked = {
                    let value = value.clone();
                    move || values.with(|it| it.contains(&value))
                };
                view! {
                    <label class="option"><input type="checkbox" prop:checked=checked on:change=move |event| {
                        let mut list = values.get_untracked();
                        list.retain(|it| *it != value && !it.is_empty());
                        if event_target_checked(&event) {
                            list.push(value.clone());
                        }
                        put.run((op, list));
                    }/>{title}</label>
                }
            })
            .collect_view()
    };
    let body = match &field.kind {
        Kind::Choice(options) | Kind::Choices(options) => {
            let titled = |it: &Pick| (it.value.clone(), module.with_value(|module| module.option_title(&field.key, it, lang)));
            checks("in", options.iter().map(titled).collect()).into_any()
        }
        Kind::Dictionary { key, .. } => {
            let items = module.with_value(|module| {
                let items = module.dictionaries.get(key).map(|it| it.items.clone()).unwrap_or_default();
                // Of a tree everything below is meant as well.
                let op = if items.iter().any(|it| it.parent.is_some()) { "below" } else { "in" };
                let titled = items.iter().take(200).map(|it| (it.value.clone(), module.dictionary_title(key, &it.value, lang)));
                (op, titled.collect::<Vec<_>>())
            });
            checks(items.0, items.1).into_any()
        }
        Kind::Bool => [("true", text::YES), ("false", text::NO)].into_iter().map(|(value, words)| view! {
            <label class="option"><input type="radio" name="filter-bool" prop:checked=move || values.with(|it| it.first().is_some_and(|it| it == value))
                on:change=move |_| put.run(("eq", vec![value.to_owned()]))/>{words.get()}</label>
        }).collect_view().into_any(),
        Kind::Date | Kind::DateTime | Kind::Int | Kind::Decimal | Kind::Money { .. } | Kind::Score { .. } => {
            let dated = matches!(field.kind, Kind::Date | Kind::DateTime);
            let time = field.kind == Kind::DateTime;
            let kind = if dated { "date" } else { "number" };
            let at = move |index: usize| values.with(|it| it.get(index).cloned().unwrap_or_default());
            let shown = move |index: usize| at(index).split('T').next().unwrap_or_default().to_owned();
            let set_at = move |index: usize, text: String| {
                let mut list = values.get_untracked();
                list.resize(2, String::new());
                let ends = if index == 0 { "T00:00:00Z" } else { "T23:59:59Z" };
                list[index] = if time && !text.is_empty() { format!("{text}{ends}") } else { text };
                put.run(("between", list));
            };
            let quick = move |words: text::Text, from: &'static str, to: &'static str| view! {
                <button type="button" class="button small" on:click=move |_| put.run(("between", vec![from.to_owned(), to.to_owned()]))>{words.get()}</button>
            };
            view! {
                {dated.then(|| view! {
                    <div class="row wrap">{quick(text::TODAY, "today", "today")}{quick(text::LAST_7, "-7d", "today")}{quick(text::LAST_30, "-30d", "today")}</div>
                })}
                <label class="stack tight"><span class="muted">{text::FROM.get()}</span>
                    <input class="input" type=kind step="any" prop:value=move || shown(0) on:change=move |event| set_at(0, event_target_value(&event))/></label>
                <label class="stack tight"><span class="muted">{text::TO.get()}</span>
                    <input class="input" type=kind step="any" prop:value=move || shown(1) on:change=move |event| set_at(1, event_target_value(&event))/></label>
            }.into_any()
        }
        kind @ (Kind::Reference { .. } | Kind::User { .. } | Kind::Department { .. }) => {
            let path = search_path(kind).unwrap_or_default();
            let people = matches!(kind, Kind::User { .. });
            let wanted = RwSignal::new(String::new());
            let found = fetch::<Vec<Choice>>(move || Some(format!("{path}q={}", nav::encode(&wanted.get()))));
            Effect::new(move |_| {
                if let Some(list) = found.value.get() {
                    names.update(|names| names.extend(list.into_iter().map(|it| (it.id, it.label))));
                }
            });
            view! {
                <input class="input" type="search" placeholder=text::SEARCH.get() aria-label=text::SEARCH.get()
                    on:input=move |event| wanted.set(event_target_value(&event))/>
                {people.then(|| checks("in", vec![("me".to_owned(), text::IS_ME.of(lang).to_owned())]))}
                {draw(found, move |list| if list.is_empty() {
                    view! { <p class="faint" role="status">{text::NO_RESULTS.get()}</p> }.into_any()
                } else {
                    checks("in", list.into_iter().take(12).map(|it| (it.id, it.label)).collect()).into_any()
                })}
            }.into_any()
        }
        _ => view! {
            <input class="input" type="search" aria-label=text::CONTAINS.get() placeholder=text::CONTAINS.get()
                prop:value=move || values.with(|it| it.first().cloned().unwrap_or_default())
                on:change=move |event| put.run(("contains", vec![event_target_value(&event)]))/>
        }.into_any(),
    };
    let no = condition.field.clone();
    let blank = view! {
        <label class="option"><input type="checkbox" prop:checked=condition.op == "blank" on:change=move |event| {
            let op = if event_target_checked(&event) { "blank" } else { "in" };
            change.run(Condition { field: no.clone(), op: op.to_owned(), values: vec![String::new()] });
        }/>{text::BLANK.get()}</label>
    };
    view! { <div class="stack filter-form">{head}<div class="stack tight">{body}</div>{blank}</div> }.into_any()
}

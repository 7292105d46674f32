//! A condition: clicked together from fields, comparisons and values, with the expression behind it. What says more than
//! that is edited as the expression it is.

use edit::field::FieldKind;
use edit::plain::{self, Op, Plain, Term};
use edit::tree;
use leptos::{ev, prelude::*};
use serde_json::Value;

use super::{Sheet, words};
use crate::studio::desk::plain as shown;
use crate::studio::expression::{Name, expression};
use crate::studio::words as general;
use crate::text::texts;
use crate::ui::icon::icon;

texts! {
    TODAY = "today · Date", "今天 · 日期";
    NOW = "now · Date and time", "现在 · 日期时间";
    USER_ID = "id of who writes", "操作人的标识";
    USER_NAME = "name of who writes", "操作人的姓名";
    USER_DEPARTMENT = "department of who writes", "操作人的部门";
    FILLED = "there is something · Yes / no", "有值 · 是/否";
    BLANK = "there is nothing · Yes / no", "为空 · 是/否";
}

/// What people call a field, and of which type it is.
fn typed(sheet: Sheet, key: &str) -> String {
    let kind = sheet.field(key).map(|it| general::field(&FieldKind::of(&it)).now());
    kind.map_or_else(|| sheet.label(key), |kind| format!("{} · {kind}", sheet.label(key)))
}

/// What expressions of the module can name: its fields, and what stands around them.
pub fn names(sheet: Sheet) -> Vec<Name> {
    let mut found: Vec<Name> =
        sheet.keys().into_iter().map(|key| Name { title: typed(sheet, &key), text: format!("data.{key}") }).collect();
    for (text, title) in [
        ("today", TODAY),
        ("now", NOW),
        ("user.id", USER_ID),
        ("user.name", USER_NAME),
        ("user.department", USER_DEPARTMENT),
        ("filled()", FILLED),
        ("blank()", BLANK),
    ] {
        found.push(Name { text: text.to_owned(), title: title.now().to_owned() });
    }
    found
}

/// The input.
pub fn condition(
    sheet: Sheet,
    value: impl Fn() -> String + Send + Sync + 'static,
    commit: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let source = Memo::new(move |_| value());
    let commit = StoredValue::new(commit);
    let read = Memo::new(move |_| plain::read(&source.get()));
    let write = move |it: &Plain| commit.with_value(|commit| commit(plain::write(it)));
    // Rows are made anew when one comes or goes; otherwise only what they show changes, and the focus stays.
    let count = Memo::new(move |_| read.with(|it| it.as_ref().map(|it| it.terms.len())));
    let add = move |_| {
        let mut it = read.get_untracked().unwrap_or_default();
        if let Some(field) = untrack(|| sheet.keys()).into_iter().next() {
            it.terms.push(Term { field, op: Op::Filled, value: Value::Null });
            write(&it);
        }
    };
    let body = move || match count.get() {
        None => view! { <p class="faint">{words::MORE_THAN_CLICKED.get()}</p> }.into_any(),
        Some(count) => {
            let rows =
                (0..count).map(|at| row(sheet, read, at, Callback::new(move |it: Plain| write(&it)))).collect_view();
            let joined = (count > 1).then(|| {
                let any = move || read.with(|it| it.as_ref().is_some_and(|it| it.any));
                view! {
                    <select class="input small" aria-label=words::ALL_OF.get() prop:value=move || if any() { "any" } else { "all" }
                        on:change=move |event| {
                            let mut it = read.get_untracked().unwrap_or_default();
                            it.any = event_target_value(&event) == "any";
                            write(&it);
                        }>
                        <option value="all" selected=move || !any()>{words::ALL_OF.get()}</option>
                        <option value="any" selected=any>{words::ANY_OF.get()}</option>
                    </select>
                }
            });
            view! {
                {joined}{rows}
                <button type="button" class="button plain small" on:click=add>{icon("plus")}{words::ADD_CONDITION.get()}</button>
            }
            .into_any()
        }
    };
    view! {
        <div class="condition">
            {body}
            <details open=untrack(|| count.get().is_none())>
                <summary>{words::AS_EXPRESSION.get()}</summary>
                {expression(None, move || source.get(), move || names(sheet), Some(sheet.tried()), move |it| commit.with_value(|commit| commit(it)))}
            </details>
        </div>
    }
    .into_any()
}

fn row(sheet: Sheet, read: Memo<Option<Plain>>, at: usize, write: Callback<Plain>) -> AnyView {
    let term = Memo::new(move |_| read.with(|it| it.as_ref().and_then(|it| it.terms.get(at).cloned())));
    let change = move |act: &dyn Fn(&mut Term)| {
        let Some(mut it) = read.get_untracked() else { return };
        if let Some(term) = it.terms.get_mut(at) {
            act(term);
        }
        write.run(it);
    };
    let remove = move |_| {
        let Some(mut it) = read.get_untracked() else { return };
        if at < it.terms.len() {
            it.terms.remove(at);
        }
        write.run(it);
    };
    let field = move || term.with(|it| it.as_ref().map(|it| it.field.clone()).unwrap_or_default());
    let op = Memo::new(move |_| term.with(|it| it.as_ref().map_or(Op::Filled, |it| it.op)));
    let kind = Memo::new(move |_| sheet.field(&field()).map(|it| FieldKind::of(&it)));
    let fields = move || {
        let now = field();
        let mut offered: Vec<(String, String)> =
            sheet.keys().into_iter().map(|it| (it.clone(), sheet.label(&it))).collect();
        if !offered.iter().any(|it| it.0 == now) {
            offered.push((now.clone(), now.clone()));
        }
        offered
            .into_iter()
            .map(|(key, label)| {
                let chosen = key == now;
                view! { <option value=key selected=chosen>{label}</option> }
            })
            .collect_view()
    };
    let ops = move || {
        let kind = kind.get();
        Op::ALL
            .into_iter()
            .filter(|it| fits(*it, kind.as_ref()) || *it == op.get())
            .map(|it| {
                let chosen = it == op.get();
                view! { <option value=it.word() selected=chosen>{words::op(it).get()}</option> }
            })
            .collect_view()
    };
    let set_op = move |event: ev::Event| {
        let word = event_target_value(&event);
        if let Some(op) = Op::ALL.into_iter().find(|it| it.word() == word) {
            change(&|it| {
                it.op = op;
                it.value = match (op, &it.value) {
                    (Op::Filled | Op::Blank, _) => Value::Null,
                    (Op::OneOf, Value::Array(_)) => it.value.clone(),
                    (Op::OneOf, Value::Null) => Value::Array(Vec::new()),
                    (Op::OneOf, one) => Value::Array(vec![one.clone()]),
                    (_, Value::Array(list)) => list.first().cloned().unwrap_or_default(),
                    (_, one) => one.clone(),
                };
            });
        }
    };
    let input = move || {
        let set = Callback::new(move |value: Value| change(&|it| it.value = value.clone()));
        op.get().takes_value().then(|| value(sheet, field(), kind.get(), op.get(), term, set))
    };
    view! {
        <div class="condition-row">
            <select class="input small" aria-label=words::FIELD.get() on:change=move |event| {
                let key = event_target_value(&event);
                change(&|it| {
                    it.field.clone_from(&key);
                    it.op = Op::Filled;
                    it.value = Value::Null;
                });
            }>{fields}</select>
            <select class="input small" aria-label=words::COMPARED.get() on:change=set_op>{ops}</select>
            {input}
            <button type="button" class="button plain icon-only small" aria-label=words::REMOVE.get() title=words::REMOVE.get() on:click=remove>{icon("x")}</button>
        </div>
    }
    .into_any()
}

/// Comparisons that mean something for a type.
fn fits(op: Op, kind: Option<&FieldKind>) -> bool {
    let ordered = matches!(
        kind,
        Some(
            FieldKind::Int
                | FieldKind::Decimal
                | FieldKind::Percent
                | FieldKind::Money
                | FieldKind::Score
                | FieldKind::Date
                | FieldKind::DateTime
                | FieldKind::Time
        )
    );
    let many = matches!(
        kind,
        Some(
            FieldKind::Choices
                | FieldKind::Tags
                | FieldKind::Rows
                | FieldKind::File { .. }
                | FieldKind::Reference { many: true, .. }
                | FieldKind::User { many: true }
                | FieldKind::Department { many: true }
                | FieldKind::Address
                | FieldKind::Geo
        )
    );
    match op {
        Op::Filled | Op::Blank => true,
        Op::More | Op::Less | Op::AtLeast | Op::AtMost => ordered,
        Op::Is | Op::IsNot => !many,
        Op::OneOf => !many && !ordered && kind != Some(&FieldKind::Bool),
    }
}

fn value(
    sheet: Sheet,
    field: String,
    kind: Option<FieldKind>,
    op: Op,
    term: Memo<Option<Term>>,
    set: Callback<Value>,
) -> AnyView {
    let now = move || term.with(|it| it.as_ref().map(|it| it.value.clone()).unwrap_or_default());
    let listed = sheet.choices(&field);
    if kind == Some(FieldKind::Bool) {
        let yes = move || now() == Value::Bool(true);
        return view! {
            <select class="input small" aria-label=words::VALUE.get() on:change=move |event| set.run(Value::Bool(event_target_value(&event) == "true"))>
                <option value="true" selected=yes>{words::YES.get()}</option>
                <option value="false" selected=move || !yes()>{words::NO.get()}</option>
            </select>
        }
        .into_any();
    }
    if let Some(listed) = listed {
        if op == Op::OneOf {
            let has =
                move |value: &str| now().as_array().is_some_and(|it| it.iter().any(|it| it.as_str() == Some(value)));
            return view! {
                <div class="condition-many" role="group" aria-label=words::VALUE.get()>
                    {listed.into_iter().map(|(value, title)| {
                        let (own, other) = (value.clone(), value.clone());
                        let toggle = move |_| {
                            let mut list: Vec<Value> = now().as_array().cloned().unwrap_or_default();
                            let before = list.len();
                            list.retain(|it| it.as_str() != Some(own.as_str()));
                            if list.len() == before {
                                list.push(own.clone().into());
                            }
                            set.run(Value::Array(list));
                        };
                        view! { <button type="button" class="toggle-chip" aria-pressed=move || has(&other).to_string() on:click=toggle>{title}</button> }
                    }).collect_view()}
                </div>
            }
            .into_any();
        }
        return view! {
            <select class="input small" aria-label=words::VALUE.get() on:change=move |event| set.run(event_target_value(&event).into())>
                {move || {
                    let now = shown(Some(&now()));
                    let blank = (!listed.iter().any(|it| it.0 == now)).then(|| view! { <option value=now.clone() selected=true>{now.clone()}</option> });
                    let rest = listed.iter().map(|(value, title)| {
                        let chosen = *value == now;
                        view! { <option value=value.clone() selected=chosen>{title.clone()}</option> }
                    }).collect_view();
                    view! { {blank}{rest} }
                }}
            </select>
        }
        .into_any();
    }
    let number = matches!(
        kind,
        Some(FieldKind::Int | FieldKind::Decimal | FieldKind::Percent | FieldKind::Money | FieldKind::Score)
    );
    let text = move || match now() {
        Value::Array(list) => list.iter().map(|it| shown(Some(it))).collect::<Vec<_>>().join(", "),
        one => shown(Some(&one)),
    };
    let commit = move |event: ev::Event| {
        let text = event_target_value(&event);
        let one = |text: &str| {
            let text = text.trim();
            let as_number = number.then(|| runtime::plain::parse::<serde_json::Number>(text).ok()).flatten();
            as_number.map_or_else(|| Value::from(text), Value::Number)
        };
        set.run(if op == Op::OneOf {
            text.split([',', '，', '、']).map(str::trim).filter(|it| !it.is_empty()).map(one).collect()
        } else {
            one(&text)
        });
    };
    let input = match kind {
        Some(FieldKind::Date) => "date",
        _ => "text",
    };
    view! { <input class="input small" type=input aria-label=words::VALUE.get() prop:value=text on:change=commit/> }
        .into_any()
}

/// The listed choices of a schema: value and title.
pub fn options(schema: &Value) -> Option<Vec<(String, String)>> {
    let list = tree::options(schema)?;
    Some(list.iter().map(|it| (shown(it.get("const")), shown(it.get("title")))).collect())
}

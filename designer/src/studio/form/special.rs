//! What only fields of one type have: what a reference points at and offers, which files are taken, how numbers are made.

use edit::FormEdit;
use edit::field::FieldKind;
use edit::number::{self, Part};
use leptos::prelude::*;
use serde_json::{Map, Value, json};

use super::{Sheet, words as own};
use crate::studio::desk::plain;
use crate::studio::expression::{Name, expression};
use crate::studio::input::{check, choice, group, line, row, some};
use crate::studio::words;
use crate::ui::icon::icon;

/// The groups for a type; none for most.
pub fn special(sheet: Sheet, key: StoredValue<String>, kind: &FieldKind) -> Option<AnyView> {
    match kind {
        FieldKind::Dictionary(_) => Some(row(
            words::DICTIONARY,
            choice(
                move || plain(word(sheet, key, "x-ref").get("dictionary")),
                move || sheet.dictionaries(),
                move |to| member(sheet, key, "x-ref", "dictionary", Some(to.into())),
            ),
        )),
        FieldKind::Reference { module, .. } => Some(group(own::REFERENCE, true, reference(sheet, key, module.clone()))),
        FieldKind::File { .. } | FieldKind::Image => Some(group(own::FILES, false, files(sheet, key, kind))),
        FieldKind::Number => Some(group(own::NUMBERING, true, numbering(sheet, key))),
        FieldKind::Money => Some(row(
            own::CURRENCY,
            choice(
                move || plain(word(sheet, key, "x-money").get("currency")),
                || {
                    ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "TWD", "SGD", "KRW"]
                        .iter()
                        .map(|it| ((*it).to_owned(), (*it).to_owned()))
                        .collect()
                },
                move |to| member(sheet, key, "x-money", "currency", Some(to.into())),
            ),
        )),
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Rich
        | FieldKind::Int
        | FieldKind::Decimal
        | FieldKind::Percent
        | FieldKind::Score
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Time
        | FieldKind::Bool
        | FieldKind::Choice
        | FieldKind::Choices
        | FieldKind::User { .. }
        | FieldKind::Department { .. }
        | FieldKind::Role
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Url
        | FieldKind::Address
        | FieldKind::Geo
        | FieldKind::Tags
        | FieldKind::Signature
        | FieldKind::Rows => None,
    }
}

/// A word of the field's schema that is an object.
fn word(sheet: Sheet, key: StoredValue<String>, name: &str) -> Value {
    sheet.field(&key.get_value()).and_then(|it| it.get(name).cloned()).unwrap_or_default()
}

/// Sets or removes one member of such a word; an empty object goes.
pub fn member(sheet: Sheet, key: StoredValue<String>, name: &str, member: &str, value: Option<Value>) {
    let mut members: Map<String, Value> = untrack(|| word(sheet, key, name)).as_object().cloned().unwrap_or_default();
    match value {
        Some(it) => {
            members.insert(member.to_owned(), it);
        }
        None => {
            members.remove(member);
        }
    }
    let value = (!members.is_empty()).then_some(Value::Object(members));
    sheet.edit(FormEdit::Word { field: key.get_value(), word: name.to_owned(), value });
}

/// `candidate.X == data.Y`, clicked together.
fn cascade(filter: &str) -> Option<(String, String)> {
    let (left, right) = filter.split_once("==")?;
    let name = |it: &str, root: &str| {
        let it = it.trim().strip_prefix(root)?;
        (!it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_')).then(|| it.to_owned())
    };
    Some((name(left, "candidate.")?, name(right, "data.")?))
}

fn reference(sheet: Sheet, key: StoredValue<String>, module: String) -> AnyView {
    let at = move || word(sheet, key, "x-ref");
    let filter = Memo::new(move |_| plain(at().get("filter")));
    let target = StoredValue::new(module);
    let fields = move || sheet.fields_of(&target.get_value());
    let set = move |member_name: &'static str, value: Option<Value>| member(sheet, key, "x-ref", member_name, value);
    let labels = move || {
        let mut offered = vec![(String::new(), own::USUAL_LABEL.read().to_owned())];
        offered.extend(fields());
        offered
    };
    let theirs = move || {
        let mut offered = vec![(String::new(), own::CASCADE_NONE.read().to_owned())];
        offered.extend(fields());
        offered
    };
    let ours = move || sheet.keys().into_iter().map(|it| (it.clone(), sheet.label(&it))).collect::<Vec<_>>();
    let pair = move || cascade(&filter.get());
    let is_pair = Memo::new(move |_| filter.get().is_empty() || pair().is_some());
    let itself = move || sheet.module.with_value(|it| target.with_value(|target| it == target));
    let completions = move || {
        let mut names: Vec<Name> =
            fields().into_iter().map(|(key, title)| Name { text: format!("candidate.{key}"), title }).collect();
        names.extend(super::condition::names(sheet));
        names
    };
    view! {
        {row(words::REFERS_TO, choice(
            move || plain(at().get("module")),
            move || sheet.modules(),
            move |to| {
                // What was said of the other module's fields means nothing any more.
                let kept: Map<String, Value> = Map::from_iter([("module".to_owned(), Value::from(to))]);
                sheet.edit(FormEdit::Word { field: key.get_value(), word: "x-ref".to_owned(), value: Some(Value::Object(kept)) });
            },
        ))}
        {row(own::LABEL_FIELD, choice(move || plain(at().get("label")), labels, move |to| set("label", some(&to).map(Value::from))))}
        {move || is_pair.get().then(|| view! {
            {row(own::CASCADE, choice(move || pair().map(|it| it.0).unwrap_or_default(), theirs, move |to| {
                let mine = untrack(pair).map(|it| it.1).or_else(|| untrack(|| sheet.keys()).into_iter().find(|it| *it != key.get_value()));
                let filter = some(&to).zip(mine).map(|(to, mine)| Value::from(format!("candidate.{to} == data.{mine}")));
                set("filter", filter);
            }))}
            {move || pair().is_some().then(|| row(own::CASCADE_SAME, choice(move || pair().map(|it| it.1).unwrap_or_default(), ours, move |mine| {
                if let Some((to, _)) = untrack(pair) {
                    set("filter", Some(format!("candidate.{to} == data.{mine}").into()));
                }
            })))}
        })}
        <details class="condition-source" open=untrack(|| !is_pair.get())>
            <summary>{own::AS_EXPRESSION.get()}</summary>
            {expression(Some(own::FILTER), move || filter.get(), completions, None, move |it| set("filter", some(&it).map(Value::from)))}
            <p class="faint">{own::FILTER_WHY.get()}</p>
        </details>
        {itself().then(|| check(own::TREE, move || at().get("tree") == Some(&Value::Bool(true)), move |on| set("tree", on.then_some(Value::Bool(true)))))}
    }
    .into_any()
}

/// Which files a field takes, or a column (`rows.column`).
pub fn files(sheet: Sheet, key: StoredValue<String>, kind: &FieldKind) -> AnyView {
    const MB: u64 = 1 << 20;
    let many = *kind == FieldKind::File { many: true };
    let put = move |word: &str, value: Option<Value>| {
        let (path, word) = (key.get_value(), word.to_owned());
        sheet.edit(match path.split_once('.') {
            Some((rows, column)) => {
                FormEdit::ColumnWord { field: rows.to_owned(), column: column.to_owned(), word, value }
            }
            None => FormEdit::Word { field: path, word, value },
        });
    };
    let at = move || {
        let schema = sheet.field(&key.get_value()).unwrap_or_default();
        schema.get("x-file").or_else(|| schema.pointer("/items/x-file")).cloned().unwrap_or_default()
    };
    let set = move |name: &'static str, value: Option<Value>| {
        let mut members = untrack(at).as_object().cloned().unwrap_or_default();
        match value {
            Some(it) => {
                members.insert(name.to_owned(), it);
            }
            None => {
                members.remove(name);
            }
        }
        put("x-file", (!members.is_empty()).then_some(Value::Object(members)));
    };
    let accepted = move || {
        let list = at().get("accept").and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    view! {
        {row(own::ACCEPT, line(accepted, true, move |text| {
            let list: Vec<Value> = text.split([',', ' ', '，', '、']).map(str::trim).filter(|it| !it.is_empty()).map(Value::from).collect();
            set("accept", (!list.is_empty()).then_some(Value::Array(list)));
        }))}
        {row(own::MAX_MB, line(move || at().get("maxBytes").and_then(Value::as_u64).map(|it| (it / MB).to_string()).unwrap_or_default(), true, move |text| {
            set("maxBytes", text.trim().parse::<u64>().ok().filter(|it| *it > 0).map(|it| (it.saturating_mul(MB)).into()));
        }))}
        {many.then(|| row(own::MOST_FILES, line(move || sheet.field(&key.get_value()).map(|it| plain(it.get("maxItems"))).unwrap_or_default(), true, move |text| {
            put("maxItems", text.trim().parse::<u64>().ok().map(Value::from));
        })))}
    }
    .into_any()
}

fn numbering(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    let rule =
        Memo::new(move |_| sheet.field(&key.get_value()).map(|it| plain(it.get("x-number"))).unwrap_or_default());
    let parts = Memo::new(move |_| number::parts(&rule.get()).unwrap_or_default());
    let set = move |rule: String| {
        sheet.edit(FormEdit::Word { field: key.get_value(), word: "x-number".to_owned(), value: Some(json!(rule)) });
    };
    let change = move |act: &dyn Fn(&mut Vec<Part>)| {
        let mut it = parts.get_untracked();
        act(&mut it);
        set(number::rule(&it));
    };
    // Parts are made anew when one comes or goes, or becomes another kind.
    let shape = Memo::new(move |_| {
        parts.with(|it| {
            it.iter()
                .map(|it| match it {
                    Part::Text(_) => 0,
                    Part::Day(_) => 1,
                    Part::Counter(_) => 2,
                })
                .collect::<Vec<u8>>()
        })
    });
    let one = move |at: usize, kind: u8| {
        let now = move || parts.with(|it| it.get(at).cloned());
        let input = match kind {
            0 => view! {
                <input class="input small" type="text" aria-label=own::PART_TEXT.get()
                    prop:value=move || match now() { Some(Part::Text(it)) => it, _ => String::new() }
                    on:change=move |event| {
                        let text = event_target_value(&event);
                        change(&|it| if let Some(Part::Text(place)) = it.get_mut(at) { place.clone_from(&text) });
                    }/>
            }
            .into_any(),
            1 => view! {
                <select class="input small" aria-label=own::PART_DAY.get() on:change=move |event| {
                    let day = event_target_value(&event);
                    change(&|it| if let Some(Part::Day(place)) = it.get_mut(at) { place.clone_from(&day) });
                }>
                    {move || {
                        let day = match now() { Some(Part::Day(it)) => it, _ => String::new() };
                        let odd = (!number::DAYS.contains(&day.as_str())).then(|| view! { <option value=day.clone() selected=true>{day.clone()}</option> });
                        let rest = number::DAYS.iter().map(|it| { let chosen = *it == day; view! { <option value=*it selected=chosen>{*it}</option> } }).collect_view();
                        view! { {odd}{rest} }
                    }}
                </select>
            }
            .into_any(),
            _ => view! {
                <input class="input small" type="number" min="1" max="18" aria-label=own::PART_COUNTER.get()
                    prop:value=move || match now() { Some(Part::Counter(it)) => it.to_string(), _ => String::new() }
                    on:change=move |event| {
                        let digits = event_target_value(&event).parse::<usize>().unwrap_or(4);
                        change(&|it| if let Some(Part::Counter(place)) = it.get_mut(at) { *place = digits.clamp(1, 18) });
                    }/>
            }
            .into_any(),
        };
        let name = match kind {
            0 => own::PART_TEXT,
            1 => own::PART_DAY,
            _ => own::PART_COUNTER,
        };
        view! {
            <div class="prop-row">
                <span class="part-name">{name.get()}</span>{input}
                <button type="button" class="button plain icon-only small" aria-label=words::MOVE_UP.get() disabled=at == 0 on:click=move |_| {
                    change(&|it| if at > 0 && at < it.len() { it.swap(at, at - 1) });
                }>{icon("up")}</button>
                // There is exactly one counter.
                <button type="button" class="button plain icon-only small" aria-label=own::REMOVE.get() disabled=kind == 2 on:click=move |_| {
                    change(&|it| if at < it.len() { it.remove(at); });
                }>{icon("trash")}</button>
            </div>
        }
    };
    let today = move || {
        let now = js_sys::Date::new_0();
        (now.get_full_year() as i32, now.get_month() + 1, now.get_date())
    };
    let examples = move || {
        let it = parts.get();
        [1, 2, 3].into_iter().map(|n| number::preview(&it, n, today())).collect::<Vec<_>>().join("  ")
    };
    let anew = move || {
        let period = parts.with(|it| number::period(it));
        let every = if period.contains("dd") {
            own::EVERY_DAY
        } else if period.contains("MM") {
            own::EVERY_MONTH
        } else if period.contains("yy") {
            own::EVERY_YEAR
        } else {
            return own::NEVER_ANEW.read().to_owned();
        };
        own::STARTS_ANEW.fill(&[every.read()])
    };
    view! {
        {move || shape.get().into_iter().enumerate().map(|(at, kind)| one(at, kind)).collect_view()}
        <div class="prop-row">
            <button type="button" class="button small" on:click=move |_| change(&|it| it.insert(0, Part::Text("-".to_owned())))>{icon("plus")}{own::ADD_TEXT.get()}</button>
            <button type="button" class="button small" on:click=move |_| change(&|it| it.insert(0, Part::Day("yyyy".to_owned())))>{icon("plus")}{own::ADD_DAY.get()}</button>
        </div>
        <p class="prop"><span>{own::NEXT_NUMBERS.get()}</span><output class="number-examples">{examples}</output><span class="faint">{anew}</span></p>
        <details class="condition-source"><summary>{own::AS_EXPRESSION.get()}</summary>{line(move || rule.get(), true, set)}</details>
    }
    .into_any()
}

/// What a new record begins with, entered as the field is.
pub fn default(sheet: Sheet, key: StoredValue<String>, kind: &FieldKind) -> Option<AnyView> {
    let now = move || sheet.field(&key.get_value()).and_then(|it| it.get("default").cloned());
    let set = move |value: Option<Value>| {
        sheet.edit(FormEdit::Word { field: key.get_value(), word: "default".to_owned(), value });
    };
    let nothing = || (String::new(), own::NO_DEFAULT.read().to_owned());
    let input = match kind {
        FieldKind::Bool => choice(
            move || now().map(|it| it.to_string()).unwrap_or_default(),
            move || {
                vec![
                    nothing(),
                    ("true".to_owned(), own::YES.read().to_owned()),
                    ("false".to_owned(), own::NO.read().to_owned()),
                ]
            },
            move |to| set(runtime::plain::parse(&to).ok()),
        ),
        FieldKind::Choice | FieldKind::Dictionary(_) => choice(
            move || plain(now().as_ref()),
            move || {
                let mut offered = vec![nothing()];
                offered.extend(sheet.choices(&key.get_value()).unwrap_or_default());
                offered
            },
            move |to| set(some(&to).map(Value::from)),
        ),
        FieldKind::Int | FieldKind::Score => line(
            move || plain(now().as_ref()),
            true,
            move |text| {
                set(text.trim().parse::<i64>().ok().map(Value::from));
            },
        ),
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Decimal
        | FieldKind::Percent
        | FieldKind::Money
        | FieldKind::Date
        | FieldKind::Time
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Url => line(move || plain(now().as_ref()), false, move |text| set(some(&text).map(Value::from))),
        FieldKind::Rich
        | FieldKind::DateTime
        | FieldKind::Choices
        | FieldKind::Reference { .. }
        | FieldKind::User { .. }
        | FieldKind::Department { .. }
        | FieldKind::Role
        | FieldKind::Address
        | FieldKind::Geo
        | FieldKind::Tags
        | FieldKind::File { .. }
        | FieldKind::Image
        | FieldKind::Signature
        | FieldKind::Number
        | FieldKind::Rows => return None,
    };
    Some(row(own::DEFAULT, input))
}

#[cfg(test)]
mod tests {
    use super::cascade;

    #[test]
    fn a_cascade_is_two_fields_that_are_the_same() {
        assert_eq!(
            cascade("candidate.customer == data.customer"),
            Some(("customer".to_owned(), "customer".to_owned()))
        );
        assert_eq!(cascade("candidate.a == data.b && true"), None);
        assert_eq!(cascade("data.a == candidate.b"), None);
    }
}

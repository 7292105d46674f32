//! Faults in words, and the summary above a form whose links lead to the fields.

use ::api::problem::FieldFault;
use leptos::{html, prelude::*};
use runtime::form::FileRule;
use serde_json::Value;

use super::state::Form;
use super::widget::files;
use crate::app::Lang;
use crate::module::{Field, Module};
use crate::ui::icon::icon;
use crate::{app::app, shell, show, text};

/// One sentence for a fault.
pub fn words(module: &Module, fault: &FieldFault, lang: Lang) -> String {
    let path = fault.pointer.trim_start_matches('/');
    let field = module.field(path.split('/').next().unwrap_or_default());
    let limit = |word: &str| {
        let given = fault.args.get(word).or_else(|| fault.args.get("limit"));
        let own = || field.and_then(|it| it.schema.get(word));
        given.or_else(own).map(crate::module::plain).map(|it| show::number(&it, None)).unwrap_or_default()
    };
    let with = |it: text::Text, word: &str| it.of(lang).replace("{}", &limit(word));
    match fault.code.as_str() {
        "required" => text::FAULT_REQUIRED.of(lang).to_owned(),
        "minLength" => with(text::FAULT_MIN_LENGTH, "minLength"),
        "maxLength" => with(text::FAULT_MAX_LENGTH, "maxLength"),
        "minimum" => with(text::FAULT_MINIMUM, "minimum"),
        "maximum" => with(text::FAULT_MAXIMUM, "maximum"),
        "exclusiveMinimum" => with(text::FAULT_OVER, "exclusiveMinimum"),
        "exclusiveMaximum" => with(text::FAULT_UNDER, "exclusiveMaximum"),
        "minItems" => with(text::FAULT_MIN_ITEMS, "minItems"),
        "maxItems" => with(text::FAULT_MAX_ITEMS, "maxItems"),
        "type" => text::FAULT_TYPE.of(lang).to_owned(),
        "pattern" | "format" | "multipleOf" | "money-digits" => text::FAULT_FORMAT.of(lang).to_owned(),
        "oneOf" | "enum" | "const" | "dictionary" | "anyOf" => text::FAULT_CHOICE.of(lang).to_owned(),
        "unique" | "duplicate" => text::FAULT_UNIQUE.of(lang).to_owned(),
        "reference" | "no-such-record" | "dangling" => text::FAULT_REFERENCE.of(lang).to_owned(),
        "file-type" => text::FAULT_FILE_TYPE.of(lang).replace("{}", &accepted(field)),
        "file-size" => text::FAULT_FILE_SIZE
            .of(lang)
            .replace("{}", &files::megabytes(fault.args.get("limit").and_then(Value::as_u64).unwrap_or_default())),
        "no-such-file" => text::FAULT_NO_FILE.of(lang).to_owned(),
        "too-many-files" => with(text::FAULT_MAX_ITEMS, "limit"),
        "nobody-follows" => text::FAULT_NOBODY_FOLLOWS.of(lang).to_owned(),
        "tree-cycle" => text::FAULT_TREE_CYCLE.of(lang).to_owned(),
        "tree-too-deep" => with(text::FAULT_TREE_TOO_DEEP, "limit"),
        "rule-cut-short" => text::FAULT_CUT_SHORT
            .of(lang)
            .replace("{}", fault.args.get("rule").and_then(Value::as_str).unwrap_or_default()),
        "not-convertible" => text::FAULT_NOT_CONVERTIBLE.of(lang).to_owned(),
        "readonly" | "read-only" | "access" | "no-rights" | "not-writable" => text::FAULT_READONLY.of(lang).to_owned(),
        code => {
            let id = code.strip_prefix("check:").unwrap_or(code);
            let own = || Some(fault.message.clone()).filter(|it| !it.is_empty());
            let words = module.words(&format!("check/{}/{id}", module.info.key), lang);
            words.or_else(own).unwrap_or_else(|| text::FAULT_OTHER.of(lang).to_owned())
        }
    }
}

/// Which files a field takes, in its own words.
fn accepted(field: Option<&Field>) -> String {
    field.map(|it| FileRule::of(&it.schema).accept.join(", ")).unwrap_or_default()
}

/// The name of the field a fault is at, with the row of a sub-table.
pub fn place(module: &Module, fault: &FieldFault, lang: Lang) -> String {
    let parts: Vec<&str> = fault.pointer.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        [field] => module.field_title(field, lang),
        [field, row, column, ..] => {
            let row = row.parse::<usize>().map_or_else(|_| (*row).to_owned(), |it| (it + 1).to_string());
            format!(
                "{} {row}: {}",
                module.field_title(field, lang),
                module.field_title(&format!("{field}.{column}"), lang)
            )
        }
        [field, ..] => module.field_title(field, lang),
        [] => String::new(),
    }
}

/// All faults of a form that was tried to save, each a link to its field.
#[component]
pub fn Summary(form: Form) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let all = Memo::new(move |_| {
        let mut all = form.faults.get();
        if form.tried.get() {
            for it in form.own_faults() {
                if !all.iter().any(|other| other.pointer == it.pointer) {
                    all.push(it);
                }
            }
        }
        all
    });
    let link = move |fault: FieldFault| {
        let words = {
            let fault = fault.clone();
            move || {
                form.module.with_value(|module| {
                    let lang = app().lang.get();
                    let place = place(module, &fault, lang);
                    let words = words(module, &fault, lang);
                    if place.is_empty() {
                        words
                    } else {
                        format!("{place}{}{words}", if lang == Lang::Zh { "：" } else { ": " })
                    }
                })
            }
        };
        let path = fault.pointer.trim_start_matches('/').replace('/', ".");
        let target = form.input_id(&path);
        let top = form.input_id(path.split('.').next().unwrap_or_default());
        let href = format!("#{target}");
        view! {
            <li><a href=href on:click=move |event| {
                event.prevent_default();
                form.turn_to(&path);
                let there = document().get_element_by_id(&target).is_some();
                let target = if there { target.clone() } else { top.clone() };
                // Its page may have been turned just now.
                request_animation_frame(move || shell::focus(&target));
            }>{words}</a></li>
        }
    };
    view! {
        <div class="fault-summary-place" tabindex="-1" node_ref=node id=form.input_id("summary")>
            {move || {
                let all = all.get();
                (!all.is_empty()).then(|| view! {
                    <div class="banner danger" role="group" aria-label=text::INVALID_FIELDS.get()>
                        {icon("alert")}
                        <div class="grow">
                            <p class="strong">{text::INVALID_FIELDS.get()}</p>
                            <ul class="fault-links">{all.into_iter().map(link).collect_view()}</ul>
                        </div>
                    </div>
                })
            }}
        </div>
        <p class="sr" aria-live="polite">{move || {
            let count = all.with(Vec::len);
            (count > 0).then(|| text::FAULTS_OF.fill(&[&count.to_string()]))
        }}</p>
    }
}

/// Shows what is wrong and moves there: to the summary.
pub fn show_faults(form: Form) {
    form.tried.set(true);
    let id = form.input_id("summary");
    request_animation_frame(move || {
        shell::focus(&id);
        if let Some(it) = document().get_element_by_id(&id) {
            it.scroll_into_view();
        }
    });
}

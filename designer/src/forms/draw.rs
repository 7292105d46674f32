//! A form on the page: sections on a grid of twelve columns, every field with its label, help and fault.

use leptos::prelude::*;
use runtime::model::view::{Item, Section};

use super::faults;
use super::state::Form;
use super::widget::{self, Input};
use crate::app::app;
use crate::module::Kind;
use crate::{show, text};

/// Sections and fields of a form, to be filled.
#[component]
pub fn Fields(form: Form) -> impl IntoView {
    let (key, view) = form.view.get_value();
    if view.pages.is_some() {
        return crate::later::paged(form, key, view);
    }
    view.sections.into_iter().map(move |it| section(form, key.clone(), it)).collect_view().into_any()
}

/// One section with its fields.
pub fn section(form: Form, view: String, section: Section) -> impl IntoView {
    let id = section.id.clone();
    let shown = Memo::new(move |_| {
        form.state.with(|it| it.as_ref().and_then(|it| it.sections.get(&id).copied())).unwrap_or(true)
    });
    let items = section.fields.clone();
    // A section whose fields are all hidden has no heading either.
    let linked = section.linked.clone();
    let also = linked.is_some();
    let any = Memo::new(move |_| {
        also || items
            .iter()
            .any(|it| form.field(it.field.as_str()).visible && form.definition(it.field.as_str()).is_some())
    });
    let title = {
        let section = section.clone();
        Signal::derive(move || {
            form.module.with_value(|it| it.section_title(&view, &section.id, &section.title, app().lang.get()))
        })
    };
    let fields = section.fields.into_iter().map(|it| field(form, it)).collect_view();
    let folded = section.collapsed;
    let linked = linked.map(|it| crate::later::linked(form, it));
    view! {
        <div class="form-section" hidden=move || !shown.get() || !any.get()>
            {if folded {
                view! { <details class="form-fold"><summary>{title}</summary><div class="form-grid">{fields}</div>{linked}</details> }.into_any()
            } else {
                view! { <h2 hidden=move || title.get().is_empty()>{title}</h2><div class="form-grid">{fields}</div>{linked} }.into_any()
            }}
        </div>
    }
}

fn field(form: Form, item: Item) -> Option<AnyView> {
    let key = item.field.0.clone();
    let definition = form.definition(&key)?;
    let state = {
        let key = key.clone();
        Memo::new(move |_| form.field(&key))
    };
    let id = form.input_id(&key);
    let faults = {
        let key = key.clone();
        Memo::new(move |_| form.faults_at(&key))
    };
    let label = {
        let key = key.clone();
        Signal::derive(move || form.module.with_value(|it| it.field_title(&key, app().lang.get())))
    };
    let help = {
        let (key, own) = (key.clone(), item.help.clone());
        Signal::derive(move || {
            if own.is_empty() { form.module.with_value(|it| it.help(&key, app().lang.get())) } else { own.clone() }
        })
    };
    let words = {
        let key = key.clone();
        Memo::new(move |_| {
            let own = format!("/{key}");
            let all = faults.get();
            // Faults inside a sub-table are shown at their cells.
            all.iter()
                .filter(|it| it.pointer == own)
                .map(|it| form.module.with_value(|module| faults::words(module, it, app().lang.get())))
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    let warning = {
        let key = key.clone();
        Memo::new(move |_| {
            let found = form.warning_at(&key);
            found
                .map(|it| form.module.with_value(|module| faults::words(module, &it, app().lang.get())))
                .unwrap_or_default()
        })
    };
    let value = {
        let key = key.clone();
        Signal::derive(move || form.value(&key))
    };
    let (set_key, touch_key) = (key.clone(), key.clone());
    let input = Input {
        form,
        id: StoredValue::new(id.clone()),
        path: StoredValue::new(key.clone()),
        value,
        set: Callback::new(move |it| form.set(&set_key, it)),
        left: Callback::new(move |()| form.touch(&touch_key)),
        invalid: Signal::derive(move || !words.get().is_empty()),
        readonly: Signal::derive(move || state.get().readonly),
        required: Signal::derive(move || state.get().required),
        label,
        describe: {
            let id = id.clone();
            Signal::derive(move || {
                let mut ids = Vec::new();
                if !help.get().is_empty() {
                    ids.push(format!("{id}-help"));
                }
                if !words.get().is_empty() {
                    ids.push(format!("{id}-fault"));
                }
                ids.join(" ")
            })
        },
        compact: false,
    };
    let kind = definition.kind.clone();
    // A group of inputs is named by a legend, a single one by its label.
    let group = widget::is_group(&definition, item.widget.as_deref());
    let shown_kind = kind.clone();
    let shown_key = key.clone();
    let shown_definition = definition.clone();
    let (help_id, fault_id, label_id, for_id) =
        (format!("{id}-help"), format!("{id}-fault"), format!("{id}-label"), id.clone());
    let group_id = label_id.clone();
    let wanted = item.widget.clone();
    let read_only = Memo::new(move |_| state.get().readonly);
    let body = move || {
        if read_only.get() && !matches!(kind, Kind::Rows(_)) {
            let definition = shown_definition.clone();
            let key = shown_key.clone();
            let labels = form.labels;
            let value = value;
            return view! {
                <div class="value" id=id.clone() tabindex="-1">{move || {
                    let lang = app().lang.get();
                    form.module.with_value(|module| labels.with(|labels| show::cell(module, &key, &definition, &value.get(), labels, lang)))
                }}</div>
            }.into_any();
        }
        widget::widget(input, &definition, wanted.as_deref())
    };
    let span = if shown_kind.wide() && item.span == 6 { 12 } else { item.span.clamp(1, 12) };
    Some(view! {
        <div class=format!("field span-{span}") class:bad=move || !words.get().is_empty() hidden=move || !state.get().visible data-field=key
            role=group.then_some("group") aria-labelledby=group.then_some(group_id)>
            {
                let star = move || (state.get().required && !state.get().readonly).then(|| view! { <span class="star" aria-hidden="true">" *"</span> });
                if group {
                    view! { <span class="field-label" id=label_id>{label}{star}</span> }.into_any()
                } else {
                    view! { <label class="field-label" id=label_id for=for_id>{label}{star}</label> }.into_any()
                }
            }
            {body}
            <p class="field-fault" id=fault_id hidden=move || words.get().is_empty()>{move || words.get()}</p>
            <p class="field-warning" hidden=move || warning.get().is_empty()>{move || warning.get()}</p>
            <p class="field-help" id=help_id hidden=move || help.get().is_empty() || state.get().readonly>{help}</p>
            {let key = shown_key_for_reset(&shown_kind, item.field.0.clone()); move || key.as_ref().and_then(|key| reset_to_formula(form, key))}
        </div>
    }.into_any())
}

fn shown_key_for_reset(kind: &Kind, key: String) -> Option<String> {
    (!matches!(kind, Kind::Rows(_) | Kind::Group(_))).then_some(key)
}

/// A value somebody entered over a formula can go back to the formula.
fn reset_to_formula(form: Form, key: &str) -> Option<AnyView> {
    form.is_edited(key).then(|| {
        let key = key.to_owned();
        view! {
            <button type="button" class="button plain small" on:click=move |_| form.set(&key, serde_json::Value::Null)>{text::RESET_FORMULA.get()}</button>
        }.into_any()
    })
}

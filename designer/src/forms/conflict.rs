//! Two people changed the same fields: both values side by side, a choice for each. What somebody decides on and another
//! has changed since it was read is shown as it was and as it is.

use std::collections::BTreeMap;

use ::api::problem::Conflict;
use leptos::prelude::*;
use serde_json::Value;

use super::state::Form;
use crate::app::app;
use crate::show;
use crate::text;
use crate::ui::dialog::Dialog;

/// Asks field by field; `decided` gets the form with the choices in its patch and saves again.
#[component]
pub fn ConflictDialog(form: Form, conflicts: RwSignal<Vec<Conflict>>, decided: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let mine = RwSignal::new(BTreeMap::<String, bool>::new());
    Effect::new(move |_| {
        let any = !conflicts.with(Vec::is_empty);
        if any {
            mine.set(conflicts.with(|it| it.iter().map(|it| (it.field.clone(), true)).collect()));
        }
        open.set(any);
    });
    Effect::new(move |_| {
        if !open.get() && !conflicts.with_untracked(Vec::is_empty) {
            conflicts.set(Vec::new());
        }
    });
    let words = move |field: &str, value: &Value| {
        let lang = app().lang.get();
        form.module.with_value(|module| match module.field(field) {
            Some(it) => form.labels.with(|labels| show::words(module, field, it, value, labels, lang)),
            None => crate::module::plain(value),
        })
    };
    let filled = |value: String| if value.is_empty() { text::EMPTY_VALUE.read().to_owned() } else { value };
    let save = move |_| {
        for it in conflicts.get_untracked() {
            if it.read {
                continue;
            }
            let keep = mine.with_untracked(|mine| mine.get(&it.field).copied().unwrap_or(true));
            form.change_old(|old| {
                if let Some(old) = old {
                    old.insert(it.field.clone(), it.theirs.clone());
                }
            });
            if keep {
                form.set(&it.field, it.yours.clone());
            } else {
                form.untype(&it.field);
            }
        }
        conflicts.set(Vec::new());
        decided.run(());
    };
    view! {
        <Dialog open=open title=text::CONFLICT_TITLE wide=true>
            <div class="body">
                <p>{move || if conflicts.with(|it| it.iter().all(|it| it.read)) { text::CONFLICT_READ.get() } else { text::CONFLICT_WHY.get() }}</p>
                {move || conflicts.get().into_iter().map(|it| {
                    let field = it.field.clone();
                    let title = { let field = field.clone(); move || form.module.with_value(|module| module.field_title(&field, app().lang.get())) };
                    let (yours, theirs) = (it.yours.clone(), it.theirs.clone());
                    let (own, other) = (field.clone(), field.clone());
                    if it.read {
                        let fact = |head: String, value: String| view! {
                            <div class="conflict-choice"><span class="grow"><span class="faint">{head}</span><span class="prose">{filled(value)}</span></span></div>
                        };
                        return view! {
                            <fieldset class="conflict"><legend class="strong">{title}</legend>
                                <div class="conflict-pair">
                                    {fact(text::CONFLICT_BASE.read().to_owned(), words(&own, &it.base))}
                                    {fact(text::CONFLICT_THEIRS.fill(&[&it.by]), words(&other, &theirs))}
                                </div>
                            </fieldset>
                        }.into_any();
                    }
                    let option = move |keep: bool, head: String, value: String| {
                        let field = field.clone();
                        let set = field.clone();
                        let name = format!("conflict-{field}");
                        view! {
                            <label class="conflict-choice">
                                <input type="radio" name=name prop:checked=move || mine.with(|it| it.get(&field) == Some(&keep))
                                    on:change=move |_| mine.update(|it| { it.insert(set.clone(), keep); })/>
                                <span class="grow"><span class="faint">{head}</span><span class="prose">{filled(value)}</span></span>
                            </label>
                        }
                    };
                    view! {
                        <fieldset class="conflict"><legend class="strong">{title}</legend>
                            <div class="conflict-pair">
                                {option(true, text::CONFLICT_YOURS.read().to_owned(), words(&own, &yours))}
                                {option(false, text::CONFLICT_THEIRS.fill(&[&it.by]), words(&other, &theirs))}
                            </div>
                        </fieldset>
                    }.into_any()
                }).collect_view()}
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" on:click=save>
                    {move || if conflicts.with(|it| it.iter().all(|it| it.read)) { text::CONFLICT_GO_ON.get() } else { text::CONFLICT_SAVE.get() }}
                </button>
            </footer>
        </Dialog>
    }
}

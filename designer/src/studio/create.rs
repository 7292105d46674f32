//! `/studio/{pack}/new/{flow|form|table}`: what a new flow, form or decision table is called, and what it works on. It begins with the
//! least that can be published ([`edit::fresh`]) and opens where it is designed.

use edit::fresh::{self, Fresh, Wish};
use leptos::{html, prelude::*};

use super::Desk;
use super::words;
use crate::app::{Tone, app};
use crate::nav;
use crate::text::{CANCEL, CREATE, FAULT_REQUIRED, Text, texts};
use crate::ui::icon::icon;

texts! {
    NEW_FLOW = "New flow", "新建流程";
    NEW_FORM = "New form", "新建表单";
    NEW_TABLE = "New decision table", "新建决策表";
    NAME = "Name", "名称";
    KEY = "Key", "标识";
    KEY_WHY = "Small letters, digits and _. Scripts and addresses use it; it does not change with the name.", "小写字母、数字和 _。脚本和地址使用它，名称改变时它不变。";
    KEY_BAD = "Small letters, digits and _, and nothing here has it yet.", "只能用小写字母、数字和 _，并且尚未被使用。";
    WORKS_ON = "Works on", "处理的表单";
    ON_NOTHING = "(no form)", "（无表单）";
    STARTS = "Every new record starts it", "新建记录时启动";
    FIRST_INPUT = "Input", "输入";
    FIRST_OUTPUT = "Result", "结果";
    FIRST_FIELD = "Name", "名称";
}

/// What the word of an address means.
fn meant(word: &str) -> Option<(Fresh, Text)> {
    Some(match word {
        "flow" => (Fresh::Flow, NEW_FLOW),
        "form" => (Fresh::Form, NEW_FORM),
        "table" => (Fresh::Table, NEW_TABLE),
        _ => return None,
    })
}

/// The screen; nothing for a word that means nothing.
pub fn page(desk: Desk, word: String) -> AnyView {
    let Some((what, head)) = meant(&word) else {
        return view! { <div class="state">{icon("alert")}<h2>{words::NOT_HERE.get()}</h2><a class="button" href="/studio">{words::GO_BACK.get()}</a></div> }.into_any();
    };
    let (title, key, touched) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let (module, starts, asked) = (RwSignal::new(String::new()), RwSignal::new(true), RwSignal::new(false));
    let modules = untrack(|| {
        desk.document.with(|it| {
            let name = |(key, found): (&str, &std::sync::Arc<runtime::model::module::Definition>)| {
                (key.to_owned(), desk.words(it, &format!("module/{key}"), &found.title))
            };
            it.modules().map(name).collect::<Vec<_>>()
        })
    });
    if let Some(it) = modules.first().filter(|_| what == Fresh::Flow) {
        module.set(it.0.clone());
    }
    let shown_key =
        move || if touched.get() { key.get() } else { desk.document.with(|it| fresh::key(it, what, &title.get())) };
    let no_name = move || asked.get() && title.with(|it| it.trim().is_empty());
    let bad_key = move || !desk.document.with(|it| fresh::is_free(it, what, &shown_key()));
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(it) = input.get() {
            let _ = it.focus();
        }
    });
    Effect::new(move |_| nav::title(head.read()));
    let create = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        asked.set(true);
        if untrack(|| title.with(|it| it.trim().is_empty()) || bad_key()) {
            return;
        }
        let key = untrack(shown_key);
        let names = match what {
            Fresh::Table => [FIRST_INPUT.now().to_owned(), FIRST_OUTPUT.now().to_owned()],
            Fresh::Flow | Fresh::Form => [FIRST_FIELD.now().to_owned(), String::new()],
        };
        let on = module.get_untracked();
        let wish = Wish {
            what,
            key: key.clone(),
            title: title.get_untracked(),
            module: (!on.is_empty()).then(|| on.as_str().into()),
            starts: starts.get_untracked(),
            names,
        };
        let made = desk.document.with_untracked(|it| fresh::edit(it, &wish));
        if made.is_some_and(|it| desk.edit(it)) {
            let pack = desk.source.with_value(|it| nav::encode(&it.id));
            let place = format!("/studio/{pack}/{word}/{}", nav::encode(&key));
            // The next page reads the draft: it has to be there.
            desk.after_saving(move || nav::go(&place));
        } else {
            app().toast(Tone::Bad, KEY_BAD.now());
        }
    };
    view! {
        <form class="page-body studio-new stack" novalidate="" on:submit=create>
            <header class="studio-head"><h1>{head.get()}</h1></header>
            <div>
                <label class="field-label" for="new-title">{NAME.get()}</label>
                <input class="input" id="new-title" type="text" maxlength="80" node_ref=input aria-required="true"
                    aria-invalid=move || no_name().then_some("true") aria-describedby="new-title-fault"
                    prop:value=move || title.get() on:input=move |event| title.set(event_target_value(&event))/>
                <p class="field-fault" id="new-title-fault" hidden=move || !no_name()>{FAULT_REQUIRED.get()}</p>
            </div>
            <div>
                <label class="field-label" for="new-key">{KEY.get()}</label>
                <input class="input mono" id="new-key" type="text" spellcheck="false" maxlength="60"
                    aria-invalid=move || bad_key().then_some("true") aria-describedby="new-key-why"
                    prop:value=shown_key on:input=move |event| { touched.set(true); key.set(event_target_value(&event)); }/>
                <p id="new-key-why" class=move || if bad_key() { "field-fault" } else { "field-help" }>{move || if bad_key() { KEY_BAD.read() } else { KEY_WHY.read() }}</p>
            </div>
            {(what == Fresh::Flow).then(|| view! {
                <div>
                    <label class="field-label" for="new-module">{WORKS_ON.get()}</label>
                    <select class="input" id="new-module" on:change=move |event| module.set(event_target_value(&event))>
                        {modules.into_iter().map(|(key, name)| view! { <option value=key>{name}</option> }).collect_view()}
                        <option value="">{ON_NOTHING.get()}</option>
                    </select>
                </div>
                <label class="option" hidden=move || module.with(String::is_empty)><input type="checkbox" prop:checked=move || starts.get() on:change=move |event| starts.set(event_target_checked(&event))/>{STARTS.get()}</label>
            })}
            <div class="row">
                <button type="submit" class="button primary">{CREATE.get()}</button>
                <a class="button" href="/studio">{CANCEL.get()}</a>
            </div>
        </form>
    }
    .into_any()
}

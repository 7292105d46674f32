//! The files of a module as JSON: what cannot be drawn is written here. What a file has at a place, and names of what there is,
//! are offered while one writes; a mistake is told with its line. A JSON Schema from outside is taken here too, and given out
//! without our words.

use edit::document::{Address, Content};
use edit::{Edit, FormEdit, complete, tree, written};
use leptos::{ev, html, prelude::*};
use runtime::model::pack::Manifest;
use serde_json::Value;
use wasm_bindgen::JsCast;

use crate::app::{Tone, app};
use crate::studio::expression::bytes;
use crate::studio::form::Sheet;
use crate::studio::input::choice;
use crate::studio::writing::amiss;
use crate::text::texts;
use crate::ui::icon::icon;

texts! {
    TITLE = "As JSON", "JSON 源码";
    FILE = "File", "文件";
    SCHEMA = "Schema", "结构";
    RULES = "Rules", "规则";
    DEFINITION = "Module", "模块";
    VIEW = "This view", "当前视图";
    TAKE = "Take it", "应用";
    TAKEN = "Taken. Undo brings back what was there.", "已应用，可撤销。";
    UNCHANGED = "Nothing was changed.", "没有改动。";
    IN = "A form from a JSON Schema", "由 JSON Schema 生成表单";
    IN_WHY = "Its properties become fields of this form. What cannot be drawn is kept and still validated.", "其属性会成为此表单的字段；无法绘制的结构会保留并继续校验。";
    IN_TAKE = "Add its fields", "添加字段";
    IN_NONE = "This is no JSON Schema with properties.", "不是带有属性的 JSON Schema。";
    ADDED = "{} fields were added.", "已添加 {} 个字段。";
    OUT = "Copy as a plain JSON Schema", "复制为标准 JSON Schema";
    OUT_DONE = "Copied, without the words of this platform.", "已复制，不含平台扩展关键字。";
    OFFERED = "Words", "可用关键字";
}

/// Words shown at once.
const MOST: usize = 10;

/// The page.
pub fn editor(sheet: Sheet) -> AnyView {
    let which = RwSignal::new("schema".to_owned());
    let address = move || {
        let module = sheet.module.get_value();
        match which.get().as_str() {
            "rules" => Address::Rules(module),
            "definition" => Address::Definition(module),
            "view" => Address::View(module, sheet.view.get()),
            _ => Address::Schema(module),
        }
    };
    let stored = Memo::new(move |_| sheet.desk.document.with(|it| it.text(&address().path()).unwrap_or_default()));
    let text = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<(usize, String)>);
    Effect::new(move |_| {
        text.set(stored.get());
        fault.set(None);
    });
    let look = move |now: &str| fault.set(wrong(&untrack(address), now));
    let take = move |_| {
        let (now, address) = (text.get_untracked(), untrack(address));
        if now == stored.get_untracked() {
            return app().toast(Tone::Info, UNCHANGED.now());
        }
        if let Some(it) = wrong(&address, &now) {
            return fault.set(Some(it));
        }
        let content = Content::parse(&address, &now);
        let what = address.path();
        if sheet.desk.edit(Edit::Put { verb: "write", what, files: vec![(address, content)] }) {
            app().toast(Tone::Good, TAKEN.now());
        }
    };
    let files = || {
        [("schema", SCHEMA), ("rules", RULES), ("definition", DEFINITION), ("view", VIEW)]
            .into_iter()
            .map(|(key, text)| (key.to_owned(), text.read().to_owned()))
            .collect()
    };
    view! {
        <div class="form-stage">
            <div class="writing">
                <header class="writing-head">
                    <h2>{TITLE.get()}</h2>
                    <label class="preview-choice"><span>{FILE.get()}</span>{choice(move || which.get(), files, move |it| which.set(it))}</label>
                    <span class="grow"></span>
                    <button type="button" class="button primary" disabled=move || fault.with(Option::is_some) on:click=take>{TAKE.get()}</button>
                </header>
                {area(sheet, which, text, fault, look)}
                <p class="prop-fault" role="alert">{move || fault.get().map(|it| it.1)}</p>
                {from_outside(sheet)}
            </div>
        </div>
    }
    .into_any()
}

/// What is wrong with a text as that file: its line, and a sentence.
fn wrong(address: &Address, text: &str) -> Option<(usize, String)> {
    let it = written::syntax(text).or_else(|| Content::fault(address, text))?;
    Some((it.line, amiss::say(&it)))
}

/// What there is to refer to.
fn names(sheet: Sheet, what: &str) -> Vec<String> {
    let all = |it: Vec<(String, String)>| it.into_iter().map(|it| it.0).collect();
    match what {
        "field" => sheet.keys(),
        "module" => all(sheet.modules()),
        "dictionary" => all(sheet.dictionaries()),
        "role" => {
            let own = sheet.desk.document.with(|it| it.manifest().map(|it| it.roles.clone())).unwrap_or_default();
            let read = |text: &String| runtime::plain::parse::<Manifest>(text).ok();
            let required = sheet.desk.source.with_value(|it| {
                let manifests = it.required.values().filter_map(|files| files.get("pack.json").and_then(read));
                manifests.flat_map(|it| it.roles).collect::<Vec<_>>()
            });
            own.into_iter().chain(required).map(|it| it.key.0).collect()
        }
        "flow" => sheet.desk.document.with(|it| it.flows().map(|it| it.0.to_owned()).collect()),
        _ => Vec::new(),
    }
}

/// The text with the numbers of its lines, and the words that are offered.
fn area(
    sheet: Sheet,
    which: RwSignal<String>,
    text: RwSignal<String>,
    fault: RwSignal<Option<(usize, String)>>,
    look: impl Fn(&str) + Copy + Send + Sync + 'static,
) -> AnyView {
    let node = NodeRef::<html::Textarea>::new();
    let gutter = NodeRef::<html::Pre>::new();
    let offered = RwSignal::new(Vec::<String>::new());
    let at = RwSignal::new(0usize);
    let lines = move || {
        let bad = fault.with(|it| it.as_ref().map(|it| it.0));
        let count = text.with(|it| it.split('\n').count());
        (1..=count).map(|it| if Some(it) == bad { format!("▸{it}\n") } else { format!("{it}\n") }).collect::<String>()
    };
    let begun = move || {
        let it = node.get_untracked()?;
        let text = it.value();
        let caret = bytes(&text, it.selection_start().ok().flatten().unwrap_or_default());
        complete::offer(&which.get_untracked(), &text, caret, &|what| untrack(|| names(sheet, what)))
    };
    let spot = RwSignal::new([const { String::new() }; 3]);
    let offer = move || {
        at.set(0);
        spot.set(node.get_untracked().map(|it| beside_caret(&it)).unwrap_or_default());
        let mut found = begun().map(|it| it.words).unwrap_or_default();
        found.truncate(MOST);
        offered.set(found);
    };
    let put = move |word: &str| {
        let (Some(begun), Some(it)) = (begun(), node.get_untracked()) else { return };
        let rest = format!("{}{}", word.strip_prefix(&begun.part).unwrap_or_default(), begun.after);
        let (start, end) = (
            it.selection_start().ok().flatten().unwrap_or_default(),
            it.selection_end().ok().flatten().unwrap_or_default(),
        );
        let _ = it.set_range_text_with_start_and_end_and_mode(&rest, start, end, "end");
        text.set(it.value());
        look(&it.value());
        offered.set(Vec::new());
    };
    let keys = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        if event.is_composing() {
            return;
        }
        let count = offered.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => {
                event.prevent_default();
                at.update(|it| *it = (*it + 1) % count);
            }
            "ArrowUp" if count > 0 => {
                event.prevent_default();
                at.update(|it| *it = (*it + count - 1) % count);
            }
            "Enter" | "Tab" if count > 0 => {
                event.prevent_default();
                if let Some(it) = offered.with_untracked(|it| it.get(at.get_untracked()).cloned()) {
                    put(&it);
                }
            }
            // As in other editors, for who wants to see what there is.
            " " if event.ctrl_key() => {
                event.prevent_default();
                offer();
            }
            "Escape" => offered.set(Vec::new()),
            _ => (),
        }
    };
    view! {
        <div class="json-area">
            <pre class="json-lines" aria-hidden="true" node_ref=gutter>{lines}</pre>
            <textarea class="json-text" spellcheck="false" autocomplete="off" wrap="off" node_ref=node aria-label=TITLE.get() aria-invalid=move || fault.with(Option::is_some).to_string()
                prop:value=move || text.get()
                on:input=move |event| {
                    let now = event_target_value(&event);
                    look(&now);
                    text.set(now);
                    offer();
                }
                on:keydown=keys on:blur=move |_| offered.set(Vec::new())
                on:scroll=move |event| {
                    let from: web_sys::Element = event_target(&event);
                    if let Some(it) = gutter.get_untracked() {
                        it.unchecked_ref::<web_sys::Element>().set_scroll_top(from.scroll_top());
                    }
                }></textarea>
            {move || {
                let words = offered.get();
                (!words.is_empty()).then(|| view! {
                    <ul class="completions json-words" role="listbox" aria-label=OFFERED.get() 
                        style:left=move || spot.with(|it| it[0].clone()) style:top=move || spot.with(|it| it[1].clone()) style:bottom=move || spot.with(|it| it[2].clone())>
                        {words.into_iter().enumerate().map(|(index, it)| {
                            let word = it.clone();
                            view! {
                                <li role="option" aria-selected=move || (at.get() == index).to_string()
                                    on:pointerdown=move |event| { event.prevent_default(); put(&word); }><code>{it}</code></li>
                            }
                        }).collect_view()}
                    </ul>
                })
            }}
        </div>
    }
    .into_any()
}

/// The place below the caret, or above it where there is no room: left, top, bottom.
fn beside_caret(it: &web_sys::HtmlTextAreaElement) -> [String; 3] {
    let text = it.value();
    let before = &text[..bytes(&text, it.selection_start().ok().flatten().unwrap_or_default())];
    let wide = |it: char| if it as u32 >= 0x2e80 { 2 } else { 1 };
    let columns: usize = before.rsplit('\n').next().unwrap_or_default().chars().map(wide).sum();
    let line = f64::from(it.scroll_height() - 16) / text.split('\n').count().max(1) as f64;
    let top = 8.0 + before.matches('\n').count() as f64 * line - f64::from(it.scroll_top());
    let left = format!("min(calc(60px + {columns}ch - {}px), calc(100% - 232px))", it.scroll_left());
    let auto = || "auto".to_owned();
    if top > f64::from(it.client_height()) - 200.0 {
        [left, auto(), format!("calc(100% - {top:.0}px)")]
    } else {
        [left, format!("{:.0}px", top + line + 2.0), auto()]
    }
}

fn from_outside(sheet: Sheet) -> AnyView {
    let pasted = RwSignal::new(String::new());
    let take = move |_| {
        let schema: Option<Value> = runtime::plain::parse(&pasted.get_untracked()).ok();
        let Some(schema) = schema.filter(|it| it.get("properties").is_some_and(Value::is_object)) else {
            return app().toast(Tone::Bad, IN_NONE.now());
        };
        let count = schema.get("properties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
        let edit = FormEdit::TakeSchema {
            view: sheet.view.get_untracked(),
            schema: Box::new(schema),
            spot: sheet.next_spot(),
        };
        sheet.edit_then(edit, move || {
            let _ = pasted.try_set(String::new());
            app().toast(Tone::Good, ADDED.fill_now(&[&count.to_string()]));
        });
    };
    let give = move |_| {
        let schema = untrack(|| sheet.schema_of(&sheet.module.get_value())).unwrap_or_default();
        let text = serde_json::to_string_pretty(&tree::plain_schema(&schema)).unwrap_or_default();
        let _ = window().navigator().clipboard().write_text(&text);
        app().toast(Tone::Good, OUT_DONE.now());
    };
    view! {
        <details class="json-in">
            <summary>{IN.get()}</summary>
            <p class="faint">{IN_WHY.get()}</p>
            <textarea class="input mono" rows="8" spellcheck="false" aria-label=IN.get() prop:value=move || pasted.get()
                on:input=move |event| pasted.set(event_target_value(&event)) on:keydown=|event| event.stop_propagation()></textarea>
            <button type="button" class="button" on:click=take>{icon("plus")}{IN_TAKE.get()}</button>
        </details>
        <button type="button" class="button" on:click=give>{icon("copy")}{OUT.get()}</button>
    }
    .into_any()
}

//! The files of a module as JSON: what cannot be drawn is written here. Words of the format and keys of fields are offered while
//! one writes; a mistake is told with its line. A JSON Schema from outside is taken here too, and given out without our words.

use edit::document::{Address, Content};
use edit::{Edit, FormEdit, tree};
use leptos::{ev, html, prelude::*};
use serde_json::Value;
use wasm_bindgen::JsCast;

use crate::app::{Tone, app};
use crate::studio::form::Sheet;
use crate::studio::input::choice;
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
    LINE = "Line {}, column {}: {}", "第 {} 行第 {} 列：{}";
    WRONG = "This is JSON, but not what the file holds: {}", "JSON 格式正确，但内容不符合此文件：{}";
    IN = "A form from a JSON Schema", "由 JSON Schema 生成表单";
    IN_WHY = "Its properties become fields of this form. What cannot be drawn is kept and still validated.", "其属性会成为此表单的字段；无法绘制的结构会保留并继续校验。";
    IN_TAKE = "Add its fields", "添加字段";
    IN_NONE = "This is no JSON Schema with properties.", "不是带有属性的 JSON Schema。";
    ADDED = "{} fields were added.", "已添加 {} 个字段。";
    OUT = "Copy as a plain JSON Schema", "复制为标准 JSON Schema";
    OUT_DONE = "Copied, without the words of this platform.", "已复制，不含平台扩展关键字。";
    OFFERED = "Words", "可用关键字";
}

/// Words of a schema, ours among them.
const WORDS: &[&str] = &[
    "type",
    "title",
    "description",
    "properties",
    "required",
    "items",
    "oneOf",
    "anyOf",
    "allOf",
    "not",
    "if",
    "then",
    "else",
    "const",
    "enum",
    "default",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "prefixItems",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "dependentSchemas",
    "readOnly",
    "writeOnly",
    "deprecated",
    "examples",
    "$ref",
    "$defs",
    "string",
    "number",
    "integer",
    "boolean",
    "object",
    "array",
    "null",
    "date",
    "date-time",
    "time",
    "email",
    "uri",
    "x-decimal",
    "x-phone",
    "x-file",
    "x-rich",
    "x-id",
    "x-ref",
    "x-index",
    "x-money",
    "x-sensitive",
    "x-number",
    "x-display",
    "module",
    "dictionary",
    "directory",
    "filter",
    "label",
    "tree",
    "search",
    "sort",
    "unique",
    "fulltext",
    "prefix",
    "exact",
    "currency",
    "accept",
    "maxBytes",
    "widget",
    "list",
    "tier",
    "textarea",
    "rating",
    "percent",
    "image",
    "signature",
    "radio",
    "computed",
    "readonly",
    "visible",
    "checks",
    "field",
    "mode",
    "expr",
    "when",
    "message",
    "fields",
    "severity",
    "always",
    "untilEdited",
    "onCreate",
    "sections",
    "span",
    "help",
    "page",
    "pages",
    "turn",
    "tabs",
    "steps",
    "collapsed",
    "linked",
    "chosen",
    "columns",
    "width",
    "filters",
    "group",
    "card",
    "sum",
];

/// Words shown at once.
const MOST: usize = 8;

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
                {area(sheet, text, fault, look)}
                <p class="prop-fault" role="alert">{move || fault.get().map(|it| it.1)}</p>
                {from_outside(sheet)}
            </div>
        </div>
    }
    .into_any()
}

/// What is wrong with a text as that file: its line, and a sentence.
fn wrong(address: &Address, text: &str) -> Option<(usize, String)> {
    if let Err(why) = runtime::plain::parse::<Value>(text) {
        let words = why.to_string();
        let words = words.split(" at line ").next().unwrap_or_default().to_owned();
        let (line, column) = (why.line(), why.column());
        return Some((line, LINE.fill_now(&[&line.to_string(), &column.to_string(), &words])));
    }
    let why = Content::fault(address, text)?;
    let line = why.split(" at line ").nth(1).and_then(|it| it.split(' ').next()?.parse().ok()).unwrap_or_default();
    Some((line, WRONG.fill_now(&[&why])))
}

/// The text with the numbers of its lines, and the words that are offered.
fn area(
    sheet: Sheet,
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
        let units: Vec<u16> = it.value().encode_utf16().collect();
        let caret = it.selection_start().ok().flatten().unwrap_or_default() as usize;
        let before = String::from_utf16_lossy(units.get(..caret).unwrap_or(&units));
        let quote = before.rfind('"')?;
        let part = before[quote + 1..].to_owned();
        // An even number of quotes before this one: a text has just been begun.
        let line = before[..quote].rsplit('\n').next().unwrap_or_default();
        let open = line.matches('"').count() % 2 == 0;
        (open && !part.contains(['\n', ' '])).then_some(part)
    };
    let offer = move || {
        at.set(0);
        let Some(part) = begun().filter(|it| !it.is_empty()) else { return offered.set(Vec::new()) };
        let keys = untrack(|| sheet.keys());
        let all = WORDS.iter().map(|it| (*it).to_owned()).chain(keys);
        let mut found: Vec<String> = all.filter(|it| it.starts_with(&part) && *it != part).collect();
        found.dedup();
        found.truncate(MOST);
        offered.set(found);
    };
    let put = move |word: &str| {
        let (Some(part), Some(it)) = (begun(), node.get_untracked()) else { return };
        let rest: String = word.chars().skip(part.chars().count()).collect();
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
                    <ul class="completions json-words" role="listbox" aria-label=OFFERED.get()>
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

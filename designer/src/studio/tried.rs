//! An expression tried while it is written: its value with a demo record of the pack, which one can be chosen. Also why it cannot
//! be read or gives no value, said in the language of the person; the interpreter speaks English.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::desk::Desk;
use super::input::choice;
use crate::module::plain;
use crate::text::texts;

texts! {
    WITH = "Tried with", "试算记录";
    GIVES = "gives", "得到";
    NOTHING = "nothing", "空";
    YES = "yes", "是";
    NO = "no", "否";
    NO_VALUE = "No value: {}", "得不到值：{}";
    AT = "Column {}: {}", "第 {} 列：{}";
    UNFINISHED = "something is missing at the end", "末尾不完整";
    QUOTE = "a quotation mark is missing", "缺少右引号";
    EXPECTED = "expected {}", "此处应为 {}";
    RESERVED = "{} cannot be used here", "此处不能使用 {}";
    UNKNOWN = "{} is not known", "没有 {}";
    UNFIT = "these values do not go together: {}", "值的类型不匹配：{}";
    UNREADABLE = "this cannot be read", "无法识别";
    ELSE = "it does not fit this record", "与该记录不符";
}

/// Records offered at most.
const MOST: usize = 20;

/// Whose records: of a module of the pack that is edited.
#[derive(Clone, Copy)]
pub struct Tried {
    pub desk: Desk,
    pub module: StoredValue<String>,
}

/// What an expression is asked about.
#[derive(Serialize)]
pub struct Asked {
    data: Map<String, Value>,
    schema: Value,
    now: String,
}

/// What the interpreter says of a text.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Parsed {
    pub ok: bool,
    message: String,
    column: usize,
    /// It was tried with the record: its value, or why it has none.
    tried: bool,
    value: Value,
    stopped: String,
}

impl Parsed {
    /// It was tried with a record.
    pub fn is_tried(&self) -> bool {
        self.tried
    }
}

/// The demo records of a module: the data of each.
pub fn samples(desk: Desk, module: &str, most: usize) -> Vec<Map<String, Value>> {
    desk.document.with(|it| {
        let lists = it.words().filter(|it| it.0.starts_with("samples/"));
        let all = lists.filter_map(|(_, text)| runtime::plain::parse::<Vec<Value>>(text).ok()).flatten();
        let mine = all.filter(|it| it.get("module").and_then(Value::as_str) == Some(module));
        mine.filter_map(|it| it.get("data")?.as_object().cloned()).take(most).collect()
    })
}

impl Tried {
    /// The records, by what they are called.
    fn records(self) -> Vec<(String, Map<String, Value>)> {
        let module = self.module.get_value();
        let label =
            self.desk.document.with(|it| it.definition(&module).map(|it| it.label.0.clone())).unwrap_or_default();
        let all = samples(self.desk, &module, MOST).into_iter().enumerate();
        // Where a number names it there is none yet: the first text does.
        let called = |data: &Map<String, Value>| {
            let first = data.values().find_map(|it| it.as_str().filter(|it| !it.starts_with('@')));
            data.get(&label).map(plain).or_else(|| first.map(str::to_owned)).unwrap_or_default()
        };
        all.map(|(at, it)| (format!("{} · {}", at + 1, called(&it)), it)).collect()
    }

    /// What an expression is tried with, if there is such a record.
    pub fn with(self, at: usize) -> Option<Asked> {
        let module = self.module.get_value();
        let data = untrack(|| samples(self.desk, &module, MOST)).into_iter().nth(at)?;
        let schema = self.desk.document.with_untracked(|it| it.schema(&module).map(|it| it.as_ref().clone()))?;
        let now = js_sys::Date::new_0().to_iso_string().into();
        Some(Asked { data, schema, now })
    }
}

/// Below an expression: the record it is tried with, and its value.
pub fn line(tried: Tried, at: RwSignal<usize>, parsed: RwSignal<Option<Parsed>>) -> AnyView {
    let said = move || {
        parsed.with(|it| match it.as_ref().filter(|it| it.tried) {
            None => String::new(),
            Some(it) if !it.stopped.is_empty() => NO_VALUE.fill(&[&why_not(&it.stopped)]),
            Some(it) => match &it.value {
                Value::Null => NOTHING.read().to_owned(),
                Value::Bool(true) => YES.read().to_owned(),
                Value::Bool(false) => NO.read().to_owned(),
                it => plain(it),
            },
        })
    };
    let records =
        move || tried.records().into_iter().enumerate().map(|(at, it)| (at.to_string(), it.0)).collect::<Vec<_>>();
    let pick = choice(move || at.get().to_string(), records, move |it| at.set(it.parse().unwrap_or_default()));
    view! {
        <div class="tried">
            <label><span>{WITH.get()}</span>{pick}</label>
            <output data-tried="" aria-label=GIVES.get()>{said}</output>
        </div>
    }
    .into_any()
}

/// Why a text is no expression.
pub fn misread(it: &Parsed) -> String {
    let what = if it.message.starts_with("Script is incomplete") {
        UNFINISHED.now().to_owned()
    } else if it.message.starts_with("Open string") {
        QUOTE.now().to_owned()
    } else if it.message.starts_with("Expecting '") {
        EXPECTED.fill_now(&[quoted(&it.message)])
    } else if it.message.contains("reserved") {
        RESERVED.fill_now(&[quoted(&it.message)])
    } else {
        UNREADABLE.now().to_owned()
    };
    if it.column == 0 { what } else { AT.fill_now(&[&it.column.to_string(), &what]) }
}

/// Why an expression has no value.
fn why_not(why: &str) -> String {
    let rest = |it: &str| why.split_once(it).map(|it| it.1.trim().to_owned());
    if let Some(it) = rest("Variable not found:").or_else(|| rest("Property not found:")) {
        UNKNOWN.fill(&[&it])
    } else if let Some(it) = rest("Function not found:") {
        UNFIT.fill(&[&it])
    } else {
        ELSE.read().to_owned()
    }
}

/// What stands in quotation marks first.
fn quoted(text: &str) -> &str {
    text.split('\'').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_was_expected_is_named() {
        assert_eq!(quoted("Expecting ')' to close this"), ")");
        assert_eq!(quoted("nothing"), "");
    }
}

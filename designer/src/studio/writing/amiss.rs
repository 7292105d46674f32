//! What is wrong with a file that is written by hand, said in the language of the person: the place, and what was expected there.

use edit::written::{Fault, Sign, Sort, Wrong};

use crate::text::{Text, texts};

texts! {
    LINE = "Line {}, column {}: {}", "第 {} 行第 {} 列：{}";
    PLACE = "This is JSON, but not what the file holds. At {}: {}", "JSON 格式正确，但内容不符合此文件。{} 处：{}";
    WHOLE = "This is JSON, but not what the file holds: {}", "JSON 格式正确，但内容不符合此文件：{}";
    ENDS = "the text ends here, expected {}", "文本到此结束，此处应为{}";
    EXPECTED = "expected {}", "此处应为{}";
    FOLLOWS = "the end was expected, something follows", "此处应已结束，后面还有多余内容";
    TRAILING_COMMA = "nothing follows this comma: take it away", "逗号后没有内容，请删去逗号";
    ESCAPE = "this backslash means nothing; a backslash itself is written \\\\", "反斜杠用法不正确；反斜杠本身应写作 \\\\";
    CONTROL = "a line break or tab inside a text is written \\n or \\t; or a quotation mark is missing", "文本中的换行、制表符应写作 \\n、\\t；也可能缺少右引号";
    NUMBER = "this is no number", "数字格式不正确";
    DEEP = "it is nested too deeply", "嵌套层数过多";
    MISSING = "`{}` is missing", "缺少 `{}`";
    UNKNOWN = "`{}` is not known here", "此处不支持 `{}`";
    UNKNOWN_OF = "`{}` is not known here, expected one of: {}", "此处不支持 `{}`，可用：{}";
    TWICE = "`{}` is there twice", "`{}` 重复";
    SORT = "expected {}, found {}", "此处应为{}，实际为{}";
    FOUND = "{} cannot stand here", "此处不能是{}";
    OTHER = "this does not fit here", "此处内容不符合要求";
}

/// Names listed at most.
const MOST: usize = 8;

/// The whole sentence.
pub fn say(it: &Fault) -> String {
    let what = wrong(&it.wrong);
    match (it.line, it.place.as_str()) {
        (0, "") => WHOLE.fill_now(&[&what]),
        (0, place) => PLACE.fill_now(&[place, &what]),
        (line, _) => LINE.fill_now(&[&line.to_string(), &it.column.to_string(), &what]),
    }
}

fn wrong(it: &Wrong) -> String {
    match it {
        Wrong::Ends(it) => ENDS.fill_now(&[sign(*it).now()]),
        Wrong::Expected(it) => EXPECTED.fill_now(&[sign(*it).now()]),
        Wrong::Follows => FOLLOWS.now().to_owned(),
        Wrong::TrailingComma => TRAILING_COMMA.now().to_owned(),
        Wrong::Escape => ESCAPE.now().to_owned(),
        Wrong::Control => CONTROL.now().to_owned(),
        Wrong::Number => NUMBER.now().to_owned(),
        Wrong::Deep => DEEP.now().to_owned(),
        Wrong::Missing(name) => MISSING.fill_now(&[name]),
        Wrong::Unknown(name, known) if known.is_empty() => UNKNOWN.fill_now(&[name]),
        Wrong::Unknown(name, known) => {
            let mut shown = known.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
            if known.len() > MOST {
                shown.push('…');
            }
            UNKNOWN_OF.fill_now(&[name, &shown])
        }
        Wrong::Twice(name) => TWICE.fill_now(&[name]),
        Wrong::Sort { expected: Some(a), found: Some(b) } => SORT.fill_now(&[sort(*a).now(), sort(*b).now()]),
        Wrong::Sort { expected: Some(it), found: None } => EXPECTED.fill_now(&[sort(*it).now()]),
        Wrong::Sort { expected: None, found: Some(it) } => FOUND.fill_now(&[sort(*it).now()]),
        Wrong::Sort { expected: None, found: None } | Wrong::Other => OTHER.now().to_owned(),
    }
}

fn sign(it: Sign) -> Text {
    match it {
        Sign::Value => Text::new(
            "a value: a text in quotation marks, a number, true, false, null, [ or {",
            "值：带引号的文本、数字、true、false、null、[ 或 {",
        ),
        Sign::Name => Text::new("a name in quotation marks", "带引号的名称"),
        Sign::Colon => Text::new("a colon", "冒号"),
        Sign::InList => Text::new("a comma or ]", "逗号或 ]"),
        Sign::InObject => Text::new("a comma or }", "逗号或 }"),
        Sign::Quote => Text::new("a quotation mark", "右引号"),
    }
}

fn sort(it: Sort) -> Text {
    match it {
        Sort::Text => Text::new("a text", "文本"),
        Sort::Number => Text::new("a number", "数字"),
        Sort::Bool => Text::new("true or false", "true 或 false"),
        Sort::List => Text::new("a list", "列表"),
        Sort::Object => Text::new("an object", "对象"),
        Sort::Null => Text::new("null", "null"),
    }
}

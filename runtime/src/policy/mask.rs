//! Masking: enough to recognise, too little to use.

use serde_json::Value;

/// `13812341234` → `138****1234`, `anna@example.com` → `a***@example.com`, `张三丰` → `张**`; anything else `***`.
pub fn mask(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::String(it) => Value::String(text(it)),
        Value::Array(items) => Value::Array(items.iter().map(mask).collect()),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Value::String("***".to_owned()),
    }
}

fn text(it: &str) -> String {
    if let Some((name, host)) = it.split_once('@') {
        let first: String = name.chars().take(1).collect();
        return format!("{first}***@{host}");
    }
    let chars: Vec<char> = it.chars().collect();
    let digits = chars.iter().filter(|it| it.is_ascii_digit()).count();
    match chars.len() {
        0 => String::new(),
        1 => "*".to_owned(),
        n if n >= 8 && digits * 2 > n => {
            let (head, tail): (String, String) = (chars[..3].iter().collect(), chars[n - 4..].iter().collect());
            format!("{head}****{tail}")
        }
        n if n <= 4 => chars[..1].iter().collect::<String>() + "*".repeat(n - 1).as_str(),
        _ => chars[..1].iter().collect::<String>() + "***",
    }
}

//! Files as text, in the one form packs are kept in: two spaces, short objects on one line, whole numbers
//! without a point. The same value always gives the same text.

use serde::Serialize;
use serde_json::Value;

/// Longest line that is not broken.
const WIDTH: usize = 140;

/// The file's text, with a line end at its end.
pub fn json<T: Serialize>(it: &T) -> String {
    let value = serde_json::to_value(it).unwrap_or(Value::Null);
    let mut text = String::new();
    write(&value, 0, 0, &mut text);
    text.push('\n');
    text
}

/// `room` is what the line already holds.
fn write(value: &Value, depth: usize, room: usize, into: &mut String) {
    let flat = inline(value, true);
    if room + flat.chars().count() < WIDTH && depth > 0 && short(value) {
        into.push_str(&flat);
        return;
    }
    let pad = "  ".repeat(depth + 1);
    match value {
        Value::Object(map) if !map.is_empty() => {
            into.push_str("{\n");
            for (at, (key, it)) in map.iter().enumerate() {
                let head = format!("{pad}{}: ", Value::from(key.as_str()));
                into.push_str(&head);
                write(it, depth + 1, head.chars().count() + 1, into);
                into.push_str(if at + 1 < map.len() { ",\n" } else { "\n" });
            }
            into.push_str(&"  ".repeat(depth));
            into.push('}');
        }
        Value::Array(list) if !list.is_empty() => {
            into.push_str("[\n");
            for (at, it) in list.iter().enumerate() {
                into.push_str(&pad);
                write(it, depth + 1, pad.len() + 1, into);
                into.push_str(if at + 1 < list.len() { ",\n" } else { "\n" });
            }
            into.push_str(&"  ".repeat(depth));
            into.push(']');
        }
        _ => into.push_str(&flat),
    }
}

/// A list of several objects stands on lines of its own even where it would fit.
fn short(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.len() < 2 || !list.iter().any(Value::is_object),
        Value::Object(map) => map.values().all(short),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn inline(value: &Value, outer: bool) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let inside: Vec<String> =
                map.iter().map(|(key, it)| format!("{}: {}", Value::from(key.as_str()), inline(it, false))).collect();
            let inside = inside.join(", ");
            if outer { format!("{{ {inside} }}") } else { format!("{{{inside}}}") }
        }
        Value::Array(list) => {
            let inside: Vec<String> = list.iter().map(|it| inline(it, false)).collect();
            format!("[{}]", inside.join(", "))
        }
        Value::Number(it) => match it.as_f64() {
            Some(number) if it.is_f64() && number.fract() == 0.0 && number.abs() < 9e15 => format!("{}", number as i64),
            _ => it.to_string(),
        },
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    #[test]
    fn short_things_stay_on_a_line_and_whole_numbers_are_whole() {
        let text = json(&value!({ "b": 1.0, "a": [{"x": 1.5}], "c": [{"n": 1}, {"n": 2}], "d": {}, "e": { "f": ["g"] } }));
        assert_eq!(
            text,
            "{\n  \"b\": 1,\n  \"a\": [{\"x\": 1.5}],\n  \"c\": [\n    { \"n\": 1 },\n    { \"n\": 2 }\n  ],\n  \"d\": {},\n  \"e\": { \"f\": [\"g\"] }\n}\n"
        );
    }
}

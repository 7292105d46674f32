//! Conditions and times as other tools write them, said in rhai where they can be: `${amount > 100 and kind eq 'a'}`, `#{…}` (unified
//! expression language), `= amount > 100` (FEEL). What is ours already, or cannot be said, stays as it is; the plan then says what is wrong.

use crate::expr::{Expr, is_name};
use crate::model::flow::{Behavior, Element, ElementKind, EventDefinition, Loop};
use crate::script::Statements;

/// Words and signs that mean something else, or nothing, in rhai.
const WORDS: &[(&str, &str)] = &[
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("eq", "=="),
    ("ne", "!="),
    ("lt", "<"),
    ("le", "<="),
    ("gt", ">"),
    ("ge", ">="),
    ("div", "/"),
    ("mod", "%"),
    ("null", "()"),
];

/// Every expression of an element.
pub(super) fn element(it: &mut Element) {
    if let ElementKind::SequenceFlow { condition_expression: Some(it), .. }
    | ElementKind::ComplexGateway { activation_condition: Some(it) }
    | ElementKind::AdHocSubProcess { completion_condition: Some(it), .. } = &mut it.kind
    {
        text(it);
    }
    if let ElementKind::StartEvent { event_definition: Some(it), .. }
    | ElementKind::IntermediateCatchEvent { event_definition: it }
    | ElementKind::BoundaryEvent { event_definition: it, .. } = &mut it.kind
    {
        definition(it);
    }
    match it.loop_characteristics.as_deref_mut() {
        None => {}
        Some(Loop::StandardLoop { loop_condition, loop_maximum, .. }) => {
            loop_condition.iter_mut().chain(loop_maximum).for_each(text);
        }
        Some(Loop::MultiInstance {
            loop_cardinality,
            collection,
            completion_condition,
            complex_behaviors,
            behavior,
            ..
        }) => {
            loop_cardinality.iter_mut().chain(collection).chain(completion_condition).for_each(text);
            if *behavior == Behavior::Complex {
                complex_behaviors.iter_mut().for_each(|it| text(&mut it.condition));
            }
        }
    }
}

fn definition(it: &mut EventDefinition) {
    if let EventDefinition::Conditional { condition } = it {
        text(condition);
    } else if let EventDefinition::Timer { time_date, time_duration, time_cycle } = it {
        time_date.iter_mut().chain(time_duration).chain(time_cycle).for_each(time);
    } else if let EventDefinition::Multiple { event_definitions, .. } = it {
        event_definitions.iter_mut().for_each(definition);
    }
}

/// A time that is no literal is an expression (BPMN 2.0.2 §10.5.5): `${wait}`, `= wait`, `wait`. Ours begins with `=`.
fn time(it: &mut String) {
    let source = it.trim();
    let wrapped = source.starts_with("${") || source.starts_with("#{") || source.starts_with('=');
    if wrapped || is_name(source) {
        let said = temporal(&said(source));
        if Expr::parse(&said).is_ok() {
            *it = format!("={said}");
        }
    }
}

/// FEEL's `duration("PT1H")` and `date and time("…")`: here a time is its text.
fn temporal(source: &str) -> String {
    let source = source.trim();
    for name in ["duration", "date && time", "date"] {
        if let Some(inside) = source.strip_prefix(name).and_then(|it| it.trim().strip_prefix('('))
            && let Some(inside) = inside.strip_suffix(')')
        {
            return inside.to_owned();
        }
    }
    source.to_owned()
}

/// Whether a script is for another engine: it is said to be in another language, and it is no rhai, or speaks of what only other
/// engines have.
pub(super) fn script(it: &Element, source: &str) -> bool {
    let language = it.kept.attributes.iter().find(|(name, _)| name == "scriptFormat" || name == "scriptLanguage");
    let other = language.is_some_and(|(_, it)| !it.trim().is_empty() && !it.to_ascii_lowercase().contains("rhai"));
    other && Statements::parse(source).map_or(true, |it| it.reads().iter().any(|it| OBJECTS.contains(&it.root())))
}

/// What scripts of other engines find there.
const OBJECTS: &[&str] = &["execution", "kcontext", "console", "java", "System"];

/// A condition, or another expression.
pub(super) fn text(it: &mut String) {
    if Expr::parse(it).is_err()
        && let said = said(it)
        && Expr::parse(&said).is_ok()
    {
        *it = said;
    }
}

/// The same in rhai, word by word.
fn said(source: &str) -> String {
    let source = source.trim();
    let wrapped = source.strip_prefix("${").or_else(|| source.strip_prefix("#{")).and_then(|it| it.strip_suffix('}'));
    let source = wrapped.or_else(|| source.strip_prefix('=').filter(|it| !it.starts_with('='))).unwrap_or(source);
    let mut out = String::new();
    let mut rest = source.chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '\'' | '"' => {
                out.push('"');
                while let Some(inside) = rest.next() {
                    match inside {
                        _ if inside == it => break,
                        '\\' => out.extend(['\\', rest.next().unwrap_or('\\')]),
                        '"' => out.push_str("\\\""),
                        other => out.push(other),
                    }
                }
                out.push('"');
            }
            '=' if !out.ends_with(['=', '!', '<', '>']) && rest.peek() != Some(&'=') => out.push_str("=="),
            it if it.is_alphabetic() || it == '_' => {
                let mut word = String::from(it);
                while let Some(more) = rest.next_if(|it| it.is_alphanumeric() || *it == '_') {
                    word.push(more);
                }
                let member = out.ends_with('.');
                let known = WORDS.iter().find(|(from, _)| *from == word && !member);
                out.push_str(known.map_or(word.as_str(), |(_, to)| to));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_expressions_where_they_are_no_literals() {
        let cases = [
            ("PT1H", "PT1H"),
            ("R3/PT1H", "R3/PT1H"),
            ("0 0 9 * * ?", "0 0 9 * * ?"),
            ("${wait}", "=wait"),
            ("#{order.due}", "=order.due"),
            ("wait", "=wait"),
            ("= \"PT5M\"", "=\"PT5M\""),
            ("=duration(\"PT5M\")", "=\"PT5M\""),
            ("=date and time(\"2026-01-01T00:00:00Z\")", "=\"2026-01-01T00:00:00Z\""),
        ];
        for (from, to) in cases {
            let mut it = from.to_owned();
            super::time(&mut it);
            assert_eq!(it, to, "{from}");
        }
    }

    #[test]
    fn other_languages_are_said_in_rhai() {
        let cases = [
            ("amount > 100", "amount > 100"),
            ("${approved}", "approved"),
            ("${!approved}", "!approved"),
            ("#{clarified == 'yes'}", "clarified == \"yes\""),
            ("= amount >= 100 and kind = \"a\"", " amount >= 100 && kind == \"a\""),
            ("${a.or eq 'it'}", "a.or == \"it\""),
            ("${not (n gt 3) or text.contains('b')}", "! (n > 3) || text.contains(\"b\")"),
            ("what is this?", "what is this?"),
        ];
        for (from, to) in cases {
            let mut it = from.to_owned();
            super::text(&mut it);
            assert_eq!(it.trim(), to.trim(), "{from}");
        }
    }
}

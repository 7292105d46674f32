//! Conditions and times as other tools write them, said in rhai where they can be: `${amount > 100 and kind eq 'a'}`, `#{…}` (unified
//! expression language), `= amount in [1..3]` (FEEL, [`feel`]). What is ours already stays as it is, and so does what cannot be said; the plan
//! then says what is wrong.

mod feel;

use std::collections::BTreeMap;

use crate::expr::{Expr, is_name};
use crate::limits;
use crate::model::flow::{Behavior, Element, ElementKind, EventDefinition, Flow, Loop, XmlElement, XmlNode};
use crate::script::Statements;
use feel::Unknown;

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

/// Names of variables that are no names in rhai (`Order Total`, `order-id`), each with the variable it stands for.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Those of flows (data objects by id and by name), and others that are given.
    pub fn of<'a>(flows: &[Flow], given: impl Iterator<Item = &'a str>) -> Self {
        let mut found = BTreeMap::new();
        for it in flows.iter().flat_map(Flow::all) {
            let object = match &it.kind {
                ElementKind::DataObject { .. } => &it.id.0,
                ElementKind::DataObjectReference { data_object_ref: Some(object) } => object,
                _other => continue,
            };
            found.insert(it.name.split_whitespace().collect::<Vec<_>>().join(" "), object.clone());
            found.insert(it.id.0.clone(), object.clone());
            found.insert(object.clone(), object.clone());
        }
        for name in given {
            found.insert(name.to_owned(), name.to_owned());
        }
        found.retain(|name, _| !name.is_empty() && !feel::is_plain(name));
        Self(found)
    }
}

/// Every expression of an element, said in rhai.
pub fn element(it: &mut Element, names: &Names) {
    let feel = language(&it.kept.children).is_some_and(is_feel);
    if let Some(Loop::MultiInstance { collection, output_item, .. }) = it.loop_characteristics.as_deref_mut() {
        // Read without the `=` that Zeebe's extensions have.
        for (text, name) in [(collection, "inputCollection"), (output_item, "outputElement")] {
            let marked = said_by(&it.kept.children, name).is_some_and(|it| it.trim_start().starts_with('='));
            text.iter_mut().filter(|_| marked).for_each(|it| mark(it, false));
        }
    }
    each(it, &mut |it, is_time| {
        if feel {
            mark(it, is_time);
        }
        if is_time { time(it, names) } else { text(it, names) }
    });
}

/// Marks every expression of a flow as FEEL, where the file says that its expressions are.
pub fn of_language(flow: &mut Flow, whole: &str) {
    fn inside(list: &mut [Element]) {
        for it in list {
            if language(&it.kept.children).is_none() {
                each(it, &mut |it, is_time| mark(it, is_time));
            }
            inside(it.kind.inside_mut().map_or(&mut [], Vec::as_mut_slice));
        }
    }
    if is_feel(whole) {
        inside(&mut flow.flow_elements);
    }
}

fn is_feel(language: &str) -> bool {
    language.to_ascii_lowercase().contains("feel")
}

/// The language an expression of an element is said to be in.
fn language(kept: &[XmlNode]) -> Option<&str> {
    said_by(kept, "language")
}

/// The first attribute of a name among what was kept.
fn said_by<'a>(kept: &'a [XmlNode], name: &str) -> Option<&'a str> {
    kept.iter().find_map(|it| match it {
        XmlNode::Element(it) => {
            let own = it.attributes.iter().find(|(own, _)| own == name);
            own.map(|(_, it)| it.as_str()).or_else(|| said_by(&it.children, name))
        }
        XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
    })
}

/// FEEL is known by its `=`. A time that is written out is no expression.
fn mark(it: &mut String, is_time: bool) {
    let source = it.trim();
    let wrapped = source.starts_with('=') || source.starts_with("${") || source.starts_with("#{");
    let written = is_time && !is_name(source) && !source.contains(['(', '"']);
    if !wrapped && !written && !source.is_empty() {
        *it = format!("= {source}");
    }
}

/// The flows of a file with what Zeebe's extensions say of them; none: they say nothing.
pub fn with_zeebe(flows: &[Flow]) -> Option<Vec<Flow>> {
    fn inside(list: &mut [Element], names: &Names, changed: &mut bool) {
        for it in list {
            let open = |it: &Element| match &it.kind {
                ElementKind::CallActivity { called_element, .. } => called_element.as_str().is_empty(),
                ElementKind::ScriptTask { script, source } => script.is_none() && source.is_none(),
                _other => false,
            };
            if open(it) {
                of_zeebe(it, names);
                *changed |= !open(it);
            }
            inside(it.kind.inside_mut().map_or(&mut [], Vec::as_mut_slice), names, changed);
        }
    }
    let extended = |it: &Element| {
        it.kept.children.iter().any(|it| matches!(it, XmlNode::Element(it) if it.name == "extensionElements"))
    };
    if !flows.iter().flat_map(Flow::all).any(extended) {
        return None;
    }
    let (mut made, mut changed) = (flows.to_vec(), false);
    let names = Names::of(flows, std::iter::empty());
    made.iter_mut().for_each(|it| inside(&mut it.flow_elements, &names, &mut changed));
    changed.then_some(made)
}

/// What Zeebe's extensions say that BPMN has a place for: the process a call activity calls, the expression a script task is.
pub fn of_zeebe(it: &mut Element, names: &Names) {
    let extensions = it.kept.children.iter().filter_map(|it| match it {
        XmlNode::Element(it) if it.name == "extensionElements" => Some(&it.children),
        _other => None,
    });
    let named = |wanted: &str| {
        extensions.clone().flatten().find_map(|it| match it {
            XmlNode::Element(it) if it.name.strip_suffix(wanted).is_some_and(|it| it.ends_with(':')) => Some(it),
            _other => None,
        })
    };
    let attribute = |of: &XmlElement, name: &str| {
        let found = of.attributes.iter().find(|(key, _)| key == name).map(|(_, it)| it.trim().to_owned());
        found.filter(|it| !it.is_empty())
    };
    match &mut it.kind {
        ElementKind::CallActivity { called_element, .. } if called_element.as_str().is_empty() => {
            let called = named("calledElement").and_then(|it| attribute(it, "processId"));
            if let Some(called) = called.filter(|it| !it.starts_with('=')) {
                *called_element = called.as_str().into();
            }
        }
        ElementKind::ScriptTask { script: None, source: source @ None } => {
            let found =
                named("script").and_then(|it| Some((attribute(it, "expression")?, attribute(it, "resultVariable")?)));
            if let Some((mut expression, result)) = found {
                mark(&mut expression, false);
                text(&mut expression, names);
                *source = Some(format!("{} = {expression}", feel::variable(&result)));
            }
        }
        _other => {}
    }
}

/// Shows every expression of an element, and whether it is a time.
fn each(it: &mut Element, look: &mut impl FnMut(&mut String, bool)) {
    if let ElementKind::SequenceFlow { condition_expression: Some(it), .. }
    | ElementKind::ComplexGateway { activation_condition: Some(it) }
    | ElementKind::AdHocSubProcess { completion_condition: Some(it), .. } = &mut it.kind
    {
        look(it, false);
    }
    if let ElementKind::StartEvent { event_definition: Some(it), .. }
    | ElementKind::IntermediateCatchEvent { event_definition: it }
    | ElementKind::BoundaryEvent { event_definition: it, .. } = &mut it.kind
    {
        definition(it, look);
    }
    for it in it.data_input_associations.iter_mut().chain(&mut it.data_output_associations) {
        let assigned = it.assignment.iter_mut().map(|it| &mut it.expr);
        it.transformation.iter_mut().chain(assigned).for_each(|it| look(it, false));
    }
    match it.loop_characteristics.as_deref_mut() {
        None => {}
        Some(Loop::StandardLoop { loop_condition, loop_maximum, .. }) => {
            loop_condition.iter_mut().chain(loop_maximum).for_each(|it| look(it, false));
        }
        Some(Loop::MultiInstance {
            loop_cardinality,
            collection,
            output_item,
            completion_condition,
            complex_behaviors,
            behavior,
            ..
        }) => {
            let all = loop_cardinality.iter_mut().chain(collection).chain(output_item).chain(completion_condition);
            all.for_each(|it| look(it, false));
            if *behavior == Behavior::Complex {
                complex_behaviors.iter_mut().for_each(|it| look(&mut it.condition, false));
            }
        }
    }
}

fn definition(it: &mut EventDefinition, look: &mut impl FnMut(&mut String, bool)) {
    if let EventDefinition::Conditional { condition } = it {
        look(condition, false);
    } else if let EventDefinition::Timer { time_date, time_duration, time_cycle } = it {
        time_date.iter_mut().chain(time_duration).chain(time_cycle).for_each(|it| look(it, true));
    } else if let EventDefinition::Multiple { event_definitions, .. } = it {
        event_definitions.iter_mut().for_each(|it| definition(it, look));
    }
}

/// A time that is no literal is an expression (BPMN 2.0.2 §10.5.5): `${wait}`, `= wait`, `wait`. Ours begins with `=`.
fn time(it: &mut String, names: &Names) {
    let source = it.trim();
    let wrapped = source.starts_with("${") || source.starts_with("#{") || source.starts_with('=');
    if wrapped || is_name(source) || names.0.contains_key(source) {
        let mut said = source.to_owned();
        text(&mut said, names);
        if Expr::parse(&said).is_ok() {
            *it = format!("={said}");
        }
    }
}

/// Whether a script is for another engine: it is said to be in another language, and it is no rhai, or speaks of what only other
/// engines have.
pub fn script(it: &Element, source: &str) -> bool {
    let language = it.kept.attributes.iter().find(|(name, _)| name == "scriptFormat" || name == "scriptLanguage");
    let other = language.is_some_and(|(_, it)| !it.trim().is_empty() && !it.to_ascii_lowercase().contains("rhai"));
    other && Statements::parse(source).map_or(true, |it| it.reads().iter().any(|it| OBJECTS.contains(&it.root())))
}

/// What scripts of other engines find there.
const OBJECTS: &[&str] = &["execution", "kcontext", "console", "java", "System"];

/// A condition, or another expression. FEEL that is not understood stops whoever asks it, and says what was not.
pub fn text(it: &mut String, names: &Names) {
    let source = returned(it.trim());
    if let Some(feel) = source.strip_prefix('=').filter(|it| !it.starts_with('=')) {
        *it = of_feel(feel, names).or_else(|it| of_both(feel).ok_or(it)).unwrap_or_else(|it| stopped(&it.what, source));
        return;
    }
    let named = with_names(source, names);
    let wrapped = named.starts_with("${") || named.starts_with("#{");
    if !wrapped && Expr::parse(&named).is_ok_and(|expr| !means_otherwise(&named, &expr)) {
        if named != it.trim() {
            *it = named;
        }
        return;
    }
    let feel = if wrapped { None } else { Some(of_feel(source, names)) };
    match feel {
        Some(Ok(said)) => *it = said,
        Some(Err(unknown)) if Expr::parse(&named).is_ok() => *it = stopped(&unknown.what, source),
        Some(Err(_)) | None => {
            let said = said(&named);
            if Expr::parse(&said).is_ok() {
                *it = said;
            }
        }
    }
}

/// Conditions in Java and JavaScript are bodies of a function: `return amount > 100;`.
fn returned(source: &str) -> &str {
    let inside = source.strip_prefix("return ").and_then(|it| it.trim_end().strip_suffix(';')).map(str::trim);
    inside.filter(|it| !it.contains([';', '{'])).unwrap_or(source)
}

fn of_feel(source: &str, names: &Names) -> Result<String, Unknown> {
    let said = feel::said(source, &names.0)?;
    Expr::parse(&said).map(|_| said).map_err(|it| Unknown { what: it.to_string() })
}

/// Marked as FEEL, but written with the signs of other languages, as long as nothing in it means something else there.
fn of_both(source: &str) -> Option<String> {
    let signs = ["&&", "||", "!", "'"].iter().any(|it| source.contains(it));
    let feels =
        source.contains(['[', '@']) || source.split_whitespace().any(|it| matches!(it, "in" | "if" | "between"));
    let said = said(source);
    (signs && !feels && Expr::parse(&said).is_ok()).then_some(said)
}

/// Whether what rhai can read was meant as FEEL: ranges, `not(…)`.
fn means_otherwise(source: &str, expr: &Expr) -> bool {
    let (mut quoted, mut points, mut before) = (false, false, ' ');
    for it in source.chars() {
        match it {
            '"' | '`' => quoted = !quoted,
            '.' if before == '.' && !quoted => points = true,
            _other => {}
        }
        before = it;
    }
    points || expr.calls().iter().any(|it| it.name == "not")
}

/// An expression that says what was not understood where it is asked.
pub fn stopped(what: &str, source: &str) -> String {
    let says = format!("expected an expression that is understood here, found {what}");
    format!("{STOPPED}({}, {})", feel::quoted(&says), feel::quoted(source))
}

/// How it was written before it was said otherwise; none: it is what was written.
pub fn written(expr: &Expr) -> Option<String> {
    let call = expr.calls().into_iter().find(|it| it.name == STOPPED)?;
    call.args.into_iter().nth(1)??.as_str().map(str::to_owned)
}

/// Whether an expression is one of those.
pub fn is_stopped(source: &str) -> bool {
    source.starts_with(STOPPED)
}

const STOPPED: &str = "not_understood";

/// Names that are none in rhai, as the variables they stand for.
fn with_names(source: &str, names: &Names) -> String {
    if names.0.is_empty() {
        return source.to_owned();
    }
    let (mut out, mut rest, mut quote) = (String::new(), source, None);
    while let Some(it) = rest.chars().next() {
        let inside = out.ends_with(|it: char| it.is_alphanumeric() || matches!(it, '_' | '.'));
        let whole = |len: usize| !rest[len..].starts_with(|it: char| it.is_alphanumeric() || it == '_');
        let found = names.0.iter().filter(|(name, _)| rest.starts_with(name.as_str()) && whole(name.len()));
        match (quote, found.max_by_key(|(name, _)| name.len())) {
            (None, Some((name, variable))) if !inside => {
                out.push_str(&feel::variable(variable));
                rest = &rest[name.len()..];
            }
            _other => {
                match quote {
                    None if matches!(it, '"' | '\'' | '`') => quote = Some(it),
                    Some(open) if open == it => quote = None,
                    _other => {}
                }
                out.push(it);
                rest = &rest[it.len_utf8()..];
            }
        }
    }
    out
}

/// The same in rhai, word by word.
fn said(source: &str) -> String {
    let source = source.trim();
    let wrapped = source.strip_prefix("${").or_else(|| source.strip_prefix("#{")).and_then(|it| it.strip_suffix('}'));
    let source = wrapped.or_else(|| source.strip_prefix('=').filter(|it| !it.starts_with('='))).unwrap_or(source);
    // As deep as an expression may be, and no deeper.
    match choice(source).filter(|_| source.matches('?').count() <= limits::EXPR_DEPTH) {
        Some([when, then, other]) => format!("choose({}, {}, {})", words(when.trim()), words(then.trim()), said(other)),
        None => words(source),
    }
}

/// The parts of `when ? then : other`, outside of texts and brackets.
fn choice(source: &str) -> Option<[&str; 3]> {
    let (mut depth, mut quote, mut asked) = (0_usize, None, None);
    for (at, it) in source.char_indices() {
        match (quote, it) {
            (Some(open), _) if open == it => quote = None,
            (None, '\'' | '"') => quote = Some(it),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, '?') if depth == 0 && asked.is_none() => asked = Some(at),
            (None, ':') if depth == 0 => {
                let asked = asked?;
                return Some([&source[..asked], &source[asked + 1..at], &source[at + 1..]]);
            }
            _other => {}
        }
    }
    None
}

fn words(source: &str) -> String {
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
                // `empty list`: a function here.
                if word == "empty" && !member && rest.peek() == Some(&' ') {
                    let mut path = String::new();
                    while rest.next_if_eq(&' ').is_some() {}
                    while let Some(more) = rest.next_if(|it| it.is_alphanumeric() || matches!(it, '_' | '.')) {
                        path.push(more);
                    }
                    out.push_str(&format!("blank({path})"));
                    continue;
                }
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
            super::time(&mut it, &super::Names::default());
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
            ("${empty list || !empty order.lines}", "blank(list) || !blank(order.lines)"),
            ("${not empty list and x.empty}", "! blank(list) && x.empty"),
            ("${not (n gt 3) or text.contains('b')}", "! (n > 3) || text.contains(\"b\")"),
            ("${fast ? 'PT1H' : 'P1D'}", "choose(fast, \"PT1H\", \"P1D\")"),
            ("${a ? 1 : b ? 2 : 3}", "choose(a, 1, choose(b, 2, 3))"),
            ("${list['a:b'] ? x : y}", "choose(list[\"a:b\"], x, y)"),
            ("what is this?", "what is this?"),
        ];
        for (from, to) in cases {
            let mut it = from.to_owned();
            super::text(&mut it, &super::Names::default());
            assert_eq!(it.trim(), to.trim(), "{from}");
        }
    }
}

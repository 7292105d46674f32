//! Walks a schema along a value. Every fault at once; bounded in steps and depth.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::number::{Number, equal, fingerprint};
use super::{Fault, Id, Kind, Rule, Schema, escape};
use crate::limits;

pub(super) fn validate(schema: &Schema, value: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut walk = Walk { schema, steps: 0, depth: 0, exhausted: false };
    if !schema.nodes.is_empty() {
        walk.node(0, value, "", Some(&mut faults));
    }
    if walk.exhausted {
        faults.push(Fault::new("", "too-complex", "the value is too complex for its schema"));
    }
    faults
}

pub(super) fn accepts(schema: &Schema, value: &Value) -> bool {
    let mut walk = Walk { schema, steps: 0, depth: 0, exhausted: false };
    schema.nodes.is_empty() || walk.node(0, value, "", None).valid && !walk.exhausted
}

struct Walk<'a> {
    schema: &'a Schema,
    steps: usize,
    depth: usize,
    exhausted: bool,
}

/// What a subschema made of a value.
#[derive(Default)]
struct Outcome {
    valid: bool,
    seen: Seen,
}

/// Which parts of the value some subschema has evaluated, for `unevaluated…`.
#[derive(Default)]
struct Seen {
    all_properties: bool,
    properties: BTreeSet<String>,
    all_items: bool,
    /// The first so many.
    prefix: usize,
    items: BTreeSet<usize>,
}

impl Seen {
    fn join(&mut self, other: Seen) {
        self.all_properties |= other.all_properties;
        self.properties.extend(other.properties);
        self.all_items |= other.all_items;
        self.prefix = self.prefix.max(other.prefix);
        self.items.extend(other.items);
    }
}

type Faults<'f> = Option<&'f mut Vec<Fault>>;

impl Walk<'_> {
    fn node(&mut self, id: Id, value: &Value, pointer: &str, mut faults: Faults) -> Outcome {
        self.steps += 1;
        if self.steps > limits::SCHEMA_STEPS || self.depth >= limits::SCHEMA_DEPTH {
            self.exhausted = true;
        }
        if self.exhausted {
            return Outcome { valid: true, seen: Seen::default() };
        }
        let schema = self.schema;
        let node = &schema.nodes[id];
        if node.never {
            if let Some(faults) = faults.as_deref_mut() {
                faults.push(Fault::new(pointer, "false", "nothing is allowed here"));
            }
            return Outcome::default();
        }
        self.depth += 1;
        let mut outcome = Outcome { valid: true, seen: Seen::default() };
        for rule in &node.rules {
            let holds = self.rule(rule, value, pointer, &mut outcome.seen, faults.as_deref_mut());
            outcome.valid &= holds;
            if !outcome.valid && faults.is_none() {
                break;
            }
        }
        self.depth -= 1;
        outcome
    }

    /// A subschema that looks at the same value: what it has seen counts, if it is valid.
    fn same(&mut self, id: Id, value: &Value, pointer: &str, seen: &mut Seen, faults: Faults) -> bool {
        let outcome = self.node(id, value, pointer, faults);
        if outcome.valid && self.schema.unevaluated {
            seen.join(outcome.seen);
        }
        outcome.valid
    }

    fn rule(&mut self, rule: &Rule, value: &Value, pointer: &str, seen: &mut Seen, faults: Faults) -> bool {
        match rule {
            Rule::Ref(id) => self.same(*id, value, pointer, seen, faults),
            Rule::AllOf(_) | Rule::AnyOf(_) | Rule::OneOf(_) | Rule::Not(_) | Rule::If { .. } => {
                self.combine(rule, value, pointer, seen, faults)
            }
            Rule::PrefixItems(_) | Rule::Items(..) | Rule::Contains { .. } | Rule::UnevaluatedItems(_) => match value {
                Value::Array(items) => self.items(rule, items, pointer, seen, faults),
                _ => true,
            },
            Rule::PropertyNames(_)
            | Rule::Properties { .. }
            | Rule::DependentSchemas(_)
            | Rule::UnevaluatedProperties(_) => match value {
                Value::Object(members) => self.members(rule, value, members, pointer, seen, faults),
                _ => true,
            },
            Rule::Required(names) => match value {
                Value::Object(members) => {
                    missing(names.iter().filter(|it| !members.contains_key(*it)), "required", pointer, faults)
                }
                _ => true,
            },
            Rule::DependentRequired(rules) => match value {
                Value::Object(members) => {
                    let names = rules.iter().filter(|(key, _)| members.contains_key(key)).flat_map(|(_, it)| it);
                    missing(names.filter(|it| !members.contains_key(*it)), "dependentRequired", pointer, faults)
                }
                _ => true,
            },
            Rule::Type(_)
            | Rule::Enum(_)
            | Rule::Const(_)
            | Rule::Minimum(_)
            | Rule::Maximum(_)
            | Rule::ExclusiveMinimum(_)
            | Rule::ExclusiveMaximum(_)
            | Rule::MultipleOf(_)
            | Rule::MinLength(_)
            | Rule::MaxLength(_)
            | Rule::Pattern(_)
            | Rule::Format(_)
            | Rule::MinItems(_)
            | Rule::MaxItems(_)
            | Rule::UniqueItems
            | Rule::MinProperties(_)
            | Rule::MaxProperties(_) => match assertion(rule, value) {
                None => true,
                Some(fault) => {
                    if let Some(faults) = faults {
                        faults.push(Fault { pointer: pointer.to_owned(), ..fault });
                    }
                    false
                }
            },
        }
    }

    fn combine(&mut self, rule: &Rule, value: &Value, pointer: &str, seen: &mut Seen, mut faults: Faults) -> bool {
        match rule {
            Rule::AllOf(ids) => {
                let mut valid = true;
                for id in ids {
                    valid &= self.same(*id, value, pointer, seen, faults.as_deref_mut());
                    if !valid && faults.is_none() {
                        break;
                    }
                }
                valid
            }
            Rule::AnyOf(ids) => {
                let mut valid = false;
                for id in ids {
                    valid |= self.same(*id, value, pointer, seen, None);
                    // Every valid branch counts for `unevaluated…`.
                    if valid && !self.schema.unevaluated {
                        break;
                    }
                }
                if !valid && let Some(faults) = faults {
                    self.no_branch(ids, "anyOf", value, pointer, faults);
                }
                valid
            }
            Rule::OneOf(ids) => {
                let mut found: Option<Outcome> = None;
                for id in ids {
                    let outcome = self.node(*id, value, pointer, None);
                    if !outcome.valid {
                        continue;
                    }
                    if found.is_some() {
                        if let Some(faults) = faults {
                            faults.push(Fault::new(
                                pointer,
                                "oneOf",
                                "expected to fit exactly one of the alternatives, fits several",
                            ));
                        }
                        return false;
                    }
                    found = Some(outcome);
                }
                match found {
                    Some(outcome) => {
                        seen.join(outcome.seen);
                        true
                    }
                    None => {
                        if let Some(faults) = faults {
                            self.no_branch(ids, "oneOf", value, pointer, faults);
                        }
                        false
                    }
                }
            }
            Rule::Not(id) => {
                let valid = !self.node(*id, value, pointer, None).valid;
                if !valid && let Some(faults) = faults {
                    faults.push(Fault::new(pointer, "not", "this value is excluded"));
                }
                valid
            }
            Rule::If { test, then, otherwise } => {
                let branch = if self.same(*test, value, pointer, seen, None) { then } else { otherwise };
                branch.is_none_or(|id| self.same(id, value, pointer, seen, faults))
            }
            _other => true,
        }
    }

    /// No alternative fits: what the chosen one lacks, if the value says which one is meant; else what is possible.
    fn no_branch(&mut self, ids: &[Id], code: &str, value: &Value, pointer: &str, faults: &mut Vec<Fault>) {
        let constants: Vec<Value> = ids
            .iter()
            .filter_map(|id| match self.schema.nodes[*id].rules.iter().find(|it| matches!(it, Rule::Const(_))) {
                Some(Rule::Const(it)) => Some(it.clone()),
                _ => None,
            })
            .collect();
        if constants.len() == ids.len() {
            faults.push(
                Fault::new(pointer, code, format!("expected one of {}, found {}", list(&constants), brief(value)))
                    .arg("options", constants),
            );
            return;
        }
        let chosen: Vec<Id> = ids.iter().copied().filter(|id| self.is_meant(*id, value)).collect();
        if let [only] = chosen.as_slice() {
            self.node(*only, value, pointer, Some(faults));
            return;
        }
        faults.push(Fault::new(pointer, code, "expected to fit one of the alternatives, fits none"));
    }

    /// True if a member of the value is the constant by which the branch is told apart.
    fn is_meant(&self, id: Id, value: &Value) -> bool {
        self.schema.nodes[id].rules.iter().any(|rule| match rule {
            Rule::Properties { named, .. } => named.iter().any(|(key, id)| {
                let given = value.get(key);
                self.schema.nodes[*id]
                    .rules
                    .iter()
                    .any(|it| matches!(it, Rule::Const(it) if given.is_some_and(|given| equal(it, given))))
            }),
            _other => false,
        })
    }

    fn items(&mut self, rule: &Rule, items: &[Value], pointer: &str, seen: &mut Seen, mut faults: Faults) -> bool {
        let mut valid = true;
        match rule {
            Rule::PrefixItems(ids) => {
                for (at, (id, it)) in ids.iter().zip(items).enumerate() {
                    valid &= self.node(*id, it, &format!("{pointer}/{at}"), faults.as_deref_mut()).valid;
                }
                seen.prefix = seen.prefix.max(ids.len().min(items.len()));
            }
            Rule::Items(from, id) => {
                for (at, it) in items.iter().enumerate().skip(*from) {
                    valid &= self.node(*id, it, &format!("{pointer}/{at}"), faults.as_deref_mut()).valid;
                    if !valid && faults.is_none() {
                        break;
                    }
                }
                seen.all_items = true;
            }
            Rule::Contains { schema, min, max } => {
                let mut count = 0_u64;
                for (at, it) in items.iter().enumerate() {
                    if self.node(*schema, it, pointer, None).valid {
                        count += 1;
                        seen.items.insert(at);
                    }
                }
                let (code, limit) = if count < *min {
                    (if *min == 1 { "contains" } else { "minContains" }, *min)
                } else if let Some(max) = max.filter(|max| count > *max) {
                    ("maxContains", max)
                } else {
                    return true;
                };
                valid = false;
                if let Some(faults) = faults {
                    let message = format!(
                        "expected {} {limit} fitting items, found {count}",
                        if code == "maxContains" { "at most" } else { "at least" }
                    );
                    faults.push(Fault::new(pointer, code, message).arg("limit", limit).arg("found", count));
                }
            }
            Rule::UnevaluatedItems(id) => {
                if !seen.all_items {
                    for (at, it) in items.iter().enumerate().skip(seen.prefix) {
                        if !seen.items.contains(&at) {
                            valid &= self.extra(
                                *id,
                                it,
                                &format!("{pointer}/{at}"),
                                "unevaluatedItems",
                                faults.as_deref_mut(),
                            );
                        }
                    }
                }
                seen.all_items = true;
            }
            _other => {}
        }
        valid
    }

    fn members(
        &mut self,
        rule: &Rule,
        value: &Value,
        members: &Map<String, Value>,
        pointer: &str,
        seen: &mut Seen,
        mut faults: Faults,
    ) -> bool {
        let mut valid = true;
        match rule {
            Rule::PropertyNames(id) => {
                for key in members.keys() {
                    let holds = self.node(*id, &Value::String(key.clone()), pointer, None).valid;
                    valid &= holds;
                    if let (false, Some(faults)) = (holds, faults.as_deref_mut()) {
                        faults.push(
                            Fault::new(
                                child(pointer, key),
                                "propertyNames",
                                format!("`{key}` is not allowed as a name"),
                            )
                            .arg("name", key.clone()),
                        );
                    }
                }
            }
            Rule::Properties { named, patterns, others } => {
                for (key, it) in members {
                    let mut known = false;
                    let place = child(pointer, key);
                    let by_name = named.iter().filter(|(name, _)| name == key).map(|(_, id)| *id);
                    let by_pattern = patterns.iter().filter(|(pattern, _)| pattern.is_match(key)).map(|(_, id)| *id);
                    for id in by_name.chain(by_pattern) {
                        known = true;
                        valid &= self.node(id, it, &place, faults.as_deref_mut()).valid;
                    }
                    if let (false, Some(id)) = (known, others) {
                        known = true;
                        valid &= self.extra(*id, it, &place, "additionalProperties", faults.as_deref_mut());
                    }
                    if known && self.schema.unevaluated {
                        seen.properties.insert(key.clone());
                    }
                    if !valid && faults.is_none() {
                        break;
                    }
                }
            }
            Rule::DependentSchemas(schemas) => {
                for (key, id) in schemas {
                    if members.contains_key(key) {
                        valid &= self.same(*id, value, pointer, seen, faults.as_deref_mut());
                    }
                }
            }
            Rule::UnevaluatedProperties(id) => {
                if !seen.all_properties {
                    for (key, it) in members {
                        if !seen.properties.contains(key) {
                            valid &= self.extra(
                                *id,
                                it,
                                &child(pointer, key),
                                "unevaluatedProperties",
                                faults.as_deref_mut(),
                            );
                        }
                    }
                }
                seen.all_properties = true;
            }
            _other => {}
        }
        valid
    }

    /// A part nobody has spoken of yet: where nothing is allowed, the keyword says so.
    fn extra(&mut self, id: Id, value: &Value, pointer: &str, code: &str, faults: Faults) -> bool {
        if self.schema.nodes[id].never {
            if let Some(faults) = faults {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                faults.push(Fault::new(pointer, code, format!("`{name}` is not known here")).arg("name", name));
            }
            return false;
        }
        self.node(id, value, pointer, faults).valid
    }
}

fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", escape(key))
}

fn missing<'n>(names: impl Iterator<Item = &'n String>, code: &str, pointer: &str, mut faults: Faults) -> bool {
    let mut valid = true;
    for name in names {
        valid = false;
        match faults.as_deref_mut() {
            Some(faults) => faults.push(
                Fault::new(child(pointer, name), code, format!("`{name}` must be filled")).arg("field", name.clone()),
            ),
            None => break,
        }
    }
    valid
}

fn list(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().take(10).map(Value::to_string).collect();
    if values.len() > 10 { format!("{}, …", shown.join(", ")) } else { shown.join(", ") }
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 60 { text.chars().take(60).chain(['…']).collect() } else { text }
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(_) if Number::of(value).is_some_and(Number::is_whole) => Kind::Integer,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}

/// A rule about the value itself. The pointer is the caller's.
fn assertion(rule: &Rule, value: &Value) -> Option<Fault> {
    let fault = |code: &str, message: String| Some(Fault::new("", code, message));
    let bound = |code: &str, words: &str, limit: Number, holds: fn(Ordering) -> bool| {
        let found = Number::of(value)?;
        if found.compare(limit).is_none_or(holds) {
            return None;
        }
        Some(
            Fault::new("", code, format!("expected {words} {}, found {value}", limit.json()))
                .arg("limit", limit.json()),
        )
    };
    let size = |code: &str, what: &str, limit: u64, found: Option<usize>, least: bool| {
        let found = found? as u64;
        if if least { found >= limit } else { found <= limit } {
            return None;
        }
        let words = if least { "at least" } else { "at most" };
        Some(
            Fault::new("", code, format!("expected {words} {limit} {what}, found {found}"))
                .arg("limit", limit)
                .arg("found", found),
        )
    };
    let length = || value.as_str().map(|it| it.chars().count());
    match rule {
        Rule::Type(kinds) => {
            let found = kind(value);
            if kinds.iter().any(|it| *it == found || (*it == Kind::Number && found == Kind::Integer)) {
                return None;
            }
            let names: Vec<&str> = kinds.iter().map(|it| it.name()).collect();
            Some(
                Fault::new("", "type", format!("expected {}, found {}", names.join(" or "), found.name()))
                    .arg("expected", names)
                    .arg("found", found.name()),
            )
        }
        Rule::Enum(options) if options.iter().any(|it| equal(it, value)) => None,
        Rule::Enum(options) => Some(
            Fault::new("", "enum", format!("expected one of {}, found {}", list(options), brief(value)))
                .arg("options", options.clone()),
        ),
        Rule::Const(it) if equal(it, value) => None,
        Rule::Const(it) => Some(
            Fault::new("", "const", format!("expected {}, found {}", brief(it), brief(value)))
                .arg("expected", it.clone()),
        ),
        Rule::Minimum(limit) => bound("minimum", "at least", *limit, Ordering::is_ge),
        Rule::Maximum(limit) => bound("maximum", "at most", *limit, Ordering::is_le),
        Rule::ExclusiveMinimum(limit) => bound("exclusiveMinimum", "more than", *limit, Ordering::is_gt),
        Rule::ExclusiveMaximum(limit) => bound("exclusiveMaximum", "less than", *limit, Ordering::is_lt),
        Rule::MultipleOf(of) => {
            if Number::of(value)?.is_multiple_of(*of) {
                return None;
            }
            Some(
                Fault::new("", "multipleOf", format!("expected a multiple of {of}, found {value}"))
                    .arg("of", Number::Exact(*of).json()),
            )
        }
        Rule::MinLength(limit) => size("minLength", "characters", *limit, length(), true),
        Rule::MaxLength(limit) => size("maxLength", "characters", *limit, length(), false),
        Rule::Pattern(pattern) => {
            if pattern.is_match(value.as_str()?) {
                return None;
            }
            Some(
                Fault::new("", "pattern", format!("expected a text like `{}`", pattern.as_str()))
                    .arg("pattern", pattern.as_str()),
            )
        }
        Rule::Format(format) => {
            if format.holds(value.as_str()?) {
                return None;
            }
            Some(
                Fault::new("", "format", format!("expected {}, found {}", format.expected(), brief(value)))
                    .arg("format", format.name()),
            )
        }
        Rule::MinItems(limit) => size("minItems", "items", *limit, value.as_array().map(Vec::len), true),
        Rule::MaxItems(limit) => size("maxItems", "items", *limit, value.as_array().map(Vec::len), false),
        Rule::MinProperties(limit) => size("minProperties", "members", *limit, value.as_object().map(Map::len), true),
        Rule::MaxProperties(limit) => size("maxProperties", "members", *limit, value.as_object().map(Map::len), false),
        Rule::UniqueItems => {
            let mut found = BTreeSet::new();
            let all_differ = value.as_array()?.iter().all(|it| {
                let mut text = String::new();
                fingerprint(it, &mut text);
                found.insert(text)
            });
            if all_differ { None } else { fault("uniqueItems", "expected no item twice".to_owned()) }
        }
        _other => None,
    }
}

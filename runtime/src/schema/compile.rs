//! A schema document into nodes. No recursion: subschemas wait in a list, so that depth of the document costs no stack.
//!
//! - `schema-keyword` (error): a keyword's value is not what JSON Schema 2020-12 allows.
//! - `schema-unknown-keyword` (warning): a word that is neither of JSON Schema nor ours; it has no effect.
//! - `schema-unsupported` (error): `$dynamicRef` and its kin; use `$ref`.
//! - `schema-reference` (error): a `$ref` leads out of the document or to nothing.
//! - `schema-endless` (error): subschemas refer to each other without looking at anything smaller; validating would never end.
//! - `schema-too-large` (error): more subschemas than `crate::limits` allows.

use std::collections::BTreeMap;

use regex_lite::{Regex, RegexBuilder};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::format::Format;
use super::number::Number;
use super::{Id, Kind, Node, Rule, Schema, escape};
use crate::alert::Alert;
use crate::limits;

/// Keywords that assert nothing.
const ANNOTATIONS: [&str; 16] = [
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "$defs",
    "$vocabulary",
    "title",
    "description",
    "default",
    "examples",
    "readOnly",
    "writeOnly",
    "deprecated",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
];

pub(super) fn compile(schema: &Value) -> (Schema, Vec<Alert>) {
    let mut it = Compiler {
        root: schema,
        ids: BTreeMap::new(),
        anchors: BTreeMap::new(),
        waiting: Vec::new(),
        nodes: Vec::new(),
        alerts: Vec::new(),
        places: Vec::new(),
    };
    anchors(schema, &mut String::new(), &mut it.anchors, 0);
    it.node(String::new(), schema);
    while let Some((id, pointer, schema)) = it.waiting.pop() {
        it.fill(id, &pointer, schema);
    }
    it.cut_circles();
    let unevaluated = it
        .nodes
        .iter()
        .flat_map(|it| &it.rules)
        .any(|it| matches!(it, Rule::UnevaluatedItems(_) | Rule::UnevaluatedProperties(_)));
    it.alerts.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    (Schema { nodes: it.nodes, unevaluated }, it.alerts)
}

/// `$anchor` → pointer.
fn anchors(value: &Value, pointer: &mut String, found: &mut BTreeMap<String, String>, depth: usize) {
    if depth > limits::JSON_DEPTH * 2 {
        return;
    }
    let length = pointer.len();
    match value {
        Value::Object(members) => {
            if let Some(name) = members.get("$anchor").and_then(Value::as_str) {
                found.entry(name.to_owned()).or_insert_with(|| pointer.clone());
            }
            for (key, it) in members {
                pointer.push('/');
                pointer.push_str(&escape(key));
                anchors(it, pointer, found, depth + 1);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (at, it) in items.iter().enumerate() {
                pointer.push_str(&format!("/{at}"));
                anchors(it, pointer, found, depth + 1);
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

struct Compiler<'a> {
    root: &'a Value,
    ids: BTreeMap<String, Id>,
    anchors: BTreeMap<String, String>,
    waiting: Vec<(Id, String, &'a Value)>,
    nodes: Vec<Node>,
    /// Pointer of each node.
    places: Vec<String>,
    alerts: Vec<Alert>,
}

impl<'a> Compiler<'a> {
    /// The node of a subschema; it is filled later.
    fn node(&mut self, pointer: String, schema: &'a Value) -> Id {
        if let Some(id) = self.ids.get(&pointer) {
            return *id;
        }
        let id = self.nodes.len();
        if id >= limits::SCHEMA_NODES {
            if id == limits::SCHEMA_NODES {
                self.report(
                    "schema-too-large",
                    &pointer,
                    format!("expected at most {} subschemas", limits::SCHEMA_NODES),
                );
                self.nodes.push(Node::default());
                self.places.push(pointer);
            }
            return limits::SCHEMA_NODES;
        }
        self.nodes.push(Node::default());
        self.places.push(pointer.clone());
        self.ids.insert(pointer.clone(), id);
        self.waiting.push((id, pointer, schema));
        id
    }

    fn report(&mut self, code: &str, pointer: &str, message: String) {
        self.alerts.push(Alert::error(code, message).at("", pointer));
    }

    fn fill(&mut self, id: Id, pointer: &str, schema: &'a Value) {
        let members = match schema {
            Value::Bool(it) => {
                self.nodes[id].never = !it;
                return;
            }
            Value::Object(members) => members,
            other => {
                self.report("schema-keyword", pointer, format!("expected a schema, found {other}"));
                return;
            }
        };
        let mut rules = Vec::new();
        let mut late = Vec::new();
        for (key, value) in members {
            let here = format!("{pointer}/{}", escape(key));
            match self.keyword(key, value, &here, members, pointer) {
                Ok(Some(rule @ (Rule::UnevaluatedItems(_) | Rule::UnevaluatedProperties(_)))) => late.push(rule),
                Ok(Some(rule)) => rules.push(rule),
                Ok(None) => {}
                Err(expected) => {
                    self.report("schema-keyword", &here, format!("expected {expected}, found {}", brief(value)))
                }
            }
        }
        if let Some(rule) = self.properties(members, pointer) {
            rules.push(rule);
        }
        rules.append(&mut late);
        self.nodes[id].rules = rules;
    }

    /// One keyword; the error says what was expected.
    fn keyword(
        &mut self,
        key: &str,
        value: &'a Value,
        here: &str,
        members: &'a Map<String, Value>,
        pointer: &str,
    ) -> Result<Option<Rule>, &'static str> {
        let rule = match key {
            "type" => Rule::Type(kinds(value).ok_or("the name of a type, or a list of them")?),
            "enum" => Rule::Enum(value.as_array().ok_or("a list of values")?.clone()),
            "const" => Rule::Const(value.clone()),
            "minimum" => Rule::Minimum(number(value)?),
            "maximum" => Rule::Maximum(number(value)?),
            "exclusiveMinimum" => Rule::ExclusiveMinimum(number(value)?),
            "exclusiveMaximum" => Rule::ExclusiveMaximum(number(value)?),
            "multipleOf" => match number(value)? {
                Number::Exact(it) if it > Decimal::ZERO => Rule::MultipleOf(it),
                Number::Exact(_) | Number::Float(_) => return Err("a positive number"),
            },
            "minLength" => Rule::MinLength(count(value)?),
            "maxLength" => Rule::MaxLength(count(value)?),
            "pattern" => Rule::Pattern(
                self.pattern(value.as_str().ok_or("a regular expression")?, here)
                    .ok_or("a regular expression without look-around and back references")?,
            ),
            "format" => return Ok(Format::of(value.as_str().ok_or("the name of a format")?).map(Rule::Format)),
            "minItems" => Rule::MinItems(count(value)?),
            "maxItems" => Rule::MaxItems(count(value)?),
            "uniqueItems" if *value == Value::Bool(true) => Rule::UniqueItems,
            "uniqueItems" if *value == Value::Bool(false) => return Ok(None),
            "uniqueItems" => return Err("true or false"),
            "prefixItems" => Rule::PrefixItems(self.list(value, here)?),
            "items" => {
                let from = members.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                if value.is_array() {
                    return Err("a schema (a list of schemas is `prefixItems`)");
                }
                Rule::Items(from, self.node(here.to_owned(), value))
            }
            "contains" => {
                let get = |key: &str| members.get(key).map(count).transpose().ok().flatten();
                Rule::Contains {
                    schema: self.node(here.to_owned(), value),
                    min: get("minContains").unwrap_or(1),
                    max: get("maxContains"),
                }
            }
            "minContains" | "maxContains" => return count(value).map(|_| None),
            "minProperties" => Rule::MinProperties(count(value)?),
            "maxProperties" => Rule::MaxProperties(count(value)?),
            "required" => Rule::Required(texts(value)?),
            "dependentRequired" => {
                let found = value.as_object().ok_or("an object of lists")?;
                Rule::DependentRequired(found.iter().map(|(key, it)| Ok((key.clone(), texts(it)?))).collect::<Result<
                    _,
                    &'static str,
                >>(
                )?)
            }
            "propertyNames" => Rule::PropertyNames(self.node(here.to_owned(), value)),
            // Together, in `properties`.
            "properties" | "patternProperties" | "additionalProperties" => return Ok(None),
            "dependentSchemas" => {
                let found = value.as_object().ok_or("an object of schemas")?;
                Rule::DependentSchemas(
                    found
                        .iter()
                        .map(|(key, it)| (key.clone(), self.node(format!("{here}/{}", escape(key)), it)))
                        .collect(),
                )
            }
            "$ref" => return Ok(self.reference(value.as_str().ok_or("a reference")?, here).map(Rule::Ref)),
            "allOf" => Rule::AllOf(self.list(value, here)?),
            "anyOf" => Rule::AnyOf(self.list(value, here)?),
            "oneOf" => Rule::OneOf(self.list(value, here)?),
            "not" => Rule::Not(self.node(here.to_owned(), value)),
            "if" => {
                let mut branch = |key: &str| members.get(key).map(|it| self.node(format!("{pointer}/{key}"), it));
                let (then, otherwise) = (branch("then"), branch("else"));
                Rule::If { test: self.node(here.to_owned(), value), then, otherwise }
            }
            "then" | "else" => return Ok(None),
            "unevaluatedItems" => Rule::UnevaluatedItems(self.node(here.to_owned(), value)),
            "unevaluatedProperties" => Rule::UnevaluatedProperties(self.node(here.to_owned(), value)),
            "$dynamicRef" | "$dynamicAnchor" => {
                self.report("schema-unsupported", here, format!("`{key}` is not supported; use `$ref`"));
                return Ok(None);
            }
            _ => {
                if !ANNOTATIONS.contains(&key) && !key.starts_with("x-") {
                    self.alerts.push(
                        Alert::warning(
                            "schema-unknown-keyword",
                            format!("`{key}` is no keyword of JSON Schema and does nothing"),
                        )
                        .at("", here),
                    );
                }
                return Ok(None);
            }
        };
        Ok(Some(rule))
    }

    fn properties(&mut self, members: &'a Map<String, Value>, pointer: &str) -> Option<Rule> {
        let (mut named, mut patterns) = (Vec::new(), Vec::new());
        for (key, found) in
            [("properties", members.get("properties")), ("patternProperties", members.get("patternProperties"))]
        {
            match found {
                None => {}
                Some(Value::Object(schemas)) => {
                    for (name, it) in schemas {
                        let here = format!("{pointer}/{key}/{}", escape(name));
                        if key == "properties" {
                            let id = self.node(here, it);
                            named.push((name.clone(), id));
                        } else if let Some(pattern) = self.pattern(name, &here) {
                            let id = self.node(here, it);
                            patterns.push((pattern, id));
                        } else {
                            self.report(
                                "schema-keyword",
                                &here,
                                "expected a regular expression without look-around and back references".to_owned(),
                            );
                        }
                    }
                }
                Some(other) => self.report(
                    "schema-keyword",
                    &format!("{pointer}/{key}"),
                    format!("expected an object of schemas, found {}", brief(other)),
                ),
            }
        }
        let others =
            members.get("additionalProperties").map(|it| self.node(format!("{pointer}/additionalProperties"), it));
        (!named.is_empty() || !patterns.is_empty() || others.is_some()).then_some(Rule::Properties {
            named,
            patterns,
            others,
        })
    }

    fn list(&mut self, value: &'a Value, here: &str) -> Result<Vec<Id>, &'static str> {
        let items = value.as_array().filter(|it| !it.is_empty()).ok_or("a list of schemas")?;
        Ok(items.iter().enumerate().map(|(at, it)| self.node(format!("{here}/{at}"), it)).collect())
    }

    /// ECMA-262 as far as it runs in linear time.
    fn pattern(&mut self, source: &str, _here: &str) -> Option<Regex> {
        let source = source.replace("\\/", "/").replace("\\-", "\\x2d");
        RegexBuilder::new(&source).size_limit(limits::PATTERN_BYTES).build().ok()
    }

    fn reference(&mut self, to: &str, here: &str) -> Option<Id> {
        let own = self.root.get("$id").and_then(Value::as_str).unwrap_or_default();
        let local = match to.strip_prefix(own) {
            Some(rest) if !own.is_empty() && (rest.is_empty() || rest.starts_with('#')) => rest,
            _ => to,
        };
        let Some(fragment) = local.strip_prefix('#').or((local.is_empty() && !to.is_empty()).then_some("")) else {
            self.report("schema-reference", here, format!("expected a reference into this document, found `{to}`"));
            return None;
        };
        let pointer = if fragment.is_empty() || fragment.starts_with('/') {
            decode(fragment)
        } else {
            self.anchors.get(fragment).cloned()
        };
        let found = pointer.and_then(|it| self.root.pointer(&it).map(|schema| (it, schema)));
        match found {
            Some((pointer, schema)) => Some(self.node(pointer, schema)),
            None => {
                self.report("schema-reference", here, format!("there is nothing at `{to}`"));
                None
            }
        }
    }

    /// A schema that refers to itself at the same place of the value would never end.
    fn cut_circles(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.nodes.len()];
        for start in 0..self.nodes.len() {
            if marks[start] != Mark::New {
                continue;
            }
            marks[start] = Mark::Open;
            let mut stack = vec![(start, in_place(&self.nodes[start]))];
            while let Some((at, left)) = stack.last_mut() {
                let at = *at;
                let Some(next) = left.pop() else {
                    marks[at] = Mark::Done;
                    stack.pop();
                    continue;
                };
                match marks[next] {
                    Mark::New => {
                        marks[next] = Mark::Open;
                        stack.push((next, in_place(&self.nodes[next])));
                    }
                    Mark::Open => {
                        let message = "this schema leads back to itself without going into the value".to_owned();
                        let place = self.places[at].clone();
                        self.report("schema-endless", &place, message);
                        self.nodes[at].rules.retain(|rule| !leads(rule).contains(&next));
                    }
                    Mark::Done => {}
                }
            }
        }
    }
}

fn in_place(node: &Node) -> Vec<Id> {
    node.rules.iter().flat_map(leads).collect()
}

/// The subschemas of a rule that look at the same value.
fn leads(rule: &Rule) -> Vec<Id> {
    match rule {
        Rule::Ref(id) | Rule::Not(id) => vec![*id],
        Rule::AllOf(ids) | Rule::AnyOf(ids) | Rule::OneOf(ids) => ids.clone(),
        Rule::If { test, then, otherwise } => std::iter::once(*test).chain(*then).chain(*otherwise).collect(),
        Rule::DependentSchemas(schemas) => schemas.iter().map(|(_, id)| *id).collect(),
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
        | Rule::PrefixItems(_)
        | Rule::Items(..)
        | Rule::Contains { .. }
        | Rule::MinProperties(_)
        | Rule::MaxProperties(_)
        | Rule::Required(_)
        | Rule::DependentRequired(_)
        | Rule::PropertyNames(_)
        | Rule::Properties { .. }
        | Rule::UnevaluatedItems(_)
        | Rule::UnevaluatedProperties(_) => Vec::new(),
    }
}

fn brief(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

fn kinds(value: &Value) -> Option<Vec<Kind>> {
    let one = |it: &Value| {
        Some(match it.as_str()? {
            "null" => Kind::Null,
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "string" => Kind::String,
            "array" => Kind::Array,
            "object" => Kind::Object,
            _ => return None,
        })
    };
    match value {
        Value::Array(items) if !items.is_empty() => items.iter().map(one).collect(),
        other => one(other).map(|it| vec![it]),
    }
}

fn number(value: &Value) -> Result<Number, &'static str> {
    Number::of(value).ok_or("a number")
}

fn count(value: &Value) -> Result<u64, &'static str> {
    let whole = value
        .as_u64()
        .or_else(|| value.as_f64().filter(|it| it.fract() == 0.0 && (0.0..1e15).contains(it)).map(|it| it as u64));
    whole.ok_or("a whole number that is not negative")
}

fn texts(value: &Value) -> Result<Vec<String>, &'static str> {
    let items = value.as_array().ok_or("a list of names")?;
    items.iter().map(|it| it.as_str().map(str::to_owned).ok_or("a list of names")).collect()
}

/// Percent-decoding of a fragment.
fn decode(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

//! What kind of value a part of an expression has, and, where it is one of a few, which. Read off schemas, outcomes, decision
//! tables and assignments.

use std::collections::BTreeMap;

use crate::engine::DONE;
use crate::expr::{Expr, Path, Term};
use crate::form::field::{self, Field, FieldKind};
use crate::id::NodeId;
use crate::model::catalog::Catalog;
use crate::model::flow::{ElementKind, EventDefinition, Flow};
use crate::model::module::Module;
use crate::model::table::{Table, TableType};

/// A kind of value.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Not known.
    Any,
    Text,
    Number {
        whole: bool,
    },
    Bool,
    /// A day or a moment, written as text.
    Date,
    List,
    Map,
    /// One of these texts; `open`: people can add others (dictionaries).
    Choice {
        options: Vec<String>,
        open: bool,
    },
}

impl Kind {
    fn number() -> Self {
        Self::Number { whole: false }
    }

    /// The kind that covers both.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Choice { mut options, open }, Self::Choice { options: more, open: also }) => {
                options.extend(more.into_iter().filter(|it| !options.contains(it)).collect::<Vec<_>>());
                Self::Choice { options, open: open || also }
            }
            (Self::Number { whole: a }, Self::Number { whole: b }) => Self::Number { whole: a && b },
            (a, b) if a == b => a,
            (a, b) if a.is_text() && b.is_text() => Self::Text,
            _different => Self::Any,
        }
    }

    /// True for values that are texts.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Date | Self::Choice { .. })
    }

    /// For people.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Text => "a text",
            Self::Number { .. } => "a number",
            Self::Bool => "true or false",
            Self::Date => "a date",
            Self::List => "a list",
            Self::Map => "a group of values",
            Self::Choice { .. } => "one of a few texts",
        }
    }
}

/// Knows the kinds of the names of one module or flow.
pub struct Kinds<'a> {
    catalog: &'a Catalog,
    pub fields: BTreeMap<String, Field>,
    flow: Option<&'a Flow>,
    /// Kinds of variables, found once.
    vars: BTreeMap<String, Kind>,
}

impl<'a> Kinds<'a> {
    pub fn new(catalog: &'a Catalog, module: Option<&Module>, flow: Option<&'a Flow>) -> Self {
        let fields = module
            .map(|it| field::fields(&it.schema).into_iter().map(|it| (it.key.0.clone(), it)).collect())
            .unwrap_or_default();
        let mut kinds = Self { catalog, fields, flow, vars: BTreeMap::new() };
        // A variable may be made of another: twice is enough for what people write.
        for _ in 0..2 {
            kinds.vars = kinds.variables();
        }
        kinds
    }

    /// Every variable whose kind follows from what sets it.
    fn variables(&self) -> BTreeMap<String, Kind> {
        let mut found: BTreeMap<String, Kind> = BTreeMap::new();
        let Some(flow) = self.flow else { return found };
        let mut note = |name: &str, kind: Kind| {
            let kind = match found.remove(name) {
                Some(before) => before.or(kind),
                None => kind,
            };
            found.insert(name.to_owned(), kind);
        };
        let mut any = false;
        for it in flow.all() {
            for assign in &it.assign {
                if let Some(name) = assign.target.strip_prefix("vars.") {
                    note(name, self.of_source(&assign.expr, Some(&it.id)));
                }
            }
            match &it.kind {
                ElementKind::ServiceTask { call: Some(call) } => note(&call.output, Kind::Any),
                ElementKind::BusinessRuleTask { output, .. } => note(output, Kind::Map),
                ElementKind::CallActivity { outputs, .. } => {
                    outputs.iter().filter_map(|it| it.target.strip_prefix("vars.")).for_each(|it| note(it, Kind::Any));
                }
                ElementKind::ScriptTask { script: Some(script), .. } => {
                    let written = self
                        .catalog
                        .script(script)
                        .and_then(|source| crate::script::Script::compile(script, source).ok())
                        .map(|it| it.writes());
                    match written {
                        Some(it) if !it.unknown => it
                            .perhaps
                            .iter()
                            .filter_map(|it| it.strip_prefix("vars."))
                            .for_each(|it| note(it, Kind::Any)),
                        Some(_) | None => any = true,
                    }
                }
                ElementKind::ScriptTask { source: Some(_), .. } | ElementKind::ReceiveTask { .. } => any = true,
                ElementKind::IntermediateCatchEvent { event_definition }
                | ElementKind::BoundaryEvent { event_definition, .. }
                | ElementKind::StartEvent { event_definition: Some(event_definition), .. } => {
                    any |= brings(event_definition);
                }
                _other => {}
            }
            if it.loop_characteristics.is_some() {
                any = true;
            }
        }
        if any { BTreeMap::new() } else { found }
    }

    /// The kind of an expression; `at`: the user task whose outcome it may speak of.
    fn of_source(&self, source: &str, at: Option<&NodeId>) -> Kind {
        match Expr::parse(source).map(|it| it.tree()) {
            Ok(Term::Path(it)) if it.0 == ["outcome"] => at.and_then(|it| self.outcomes_of(it)).unwrap_or(Kind::Any),
            Ok(it) => self.of(&it),
            Err(_) => Kind::Any,
        }
    }

    /// What a user task can end with.
    pub fn outcomes_of(&self, node: &NodeId) -> Option<Kind> {
        let it = self.flow?.all().into_iter().find(|it| it.id == *node)?;
        match &it.kind {
            ElementKind::UserTask(task) if task.outcomes.is_empty() => {
                Some(Kind::Choice { options: vec![DONE.to_owned()], open: false })
            }
            ElementKind::UserTask(task) => {
                Some(Kind::Choice { options: task.outcomes.iter().map(|it| it.id.clone()).collect(), open: false })
            }
            _other => None,
        }
    }

    /// The kind of a part of an expression.
    pub fn of(&self, term: &Term) -> Kind {
        match term {
            Term::Path(path) => self.of_path(path),
            Term::Text(it) => Kind::Choice { options: vec![it.clone()], open: false },
            Term::Number(it) => Kind::Number { whole: it.fract().is_zero() },
            Term::Bool(_) | Term::Not(_) | Term::And(_) | Term::Or(_) | Term::Compare(..) => Kind::Bool,
            Term::Blank | Term::Other(_) => Kind::Any,
            Term::List(_) => Kind::List,
            Term::Map(_) => Kind::Map,
            Term::Call(name, args) => self.of_call(name, args),
        }
    }

    fn of_call(&self, name: &str, args: &[Term]) -> Kind {
        match name {
            "blank" | "filled" | "one_of" | "between" | "contains" | "starts_with" | "ends_with" | "has_role"
            | "covers" | "matches" => Kind::Bool,
            "round" | "round_bank" | "abs" | "number" | "sum" | "count" | "average" | "years_between"
            | "months_between" | "days_between" | "hours_between" => Kind::number(),
            "floor" | "ceiling" | "len" => Kind::Number { whole: true },
            "-" | "*" | "/" | "%" => Kind::number(),
            "+" if args.iter().all(|it| matches!(self.of(it), Kind::Number { .. })) => Kind::number(),
            "text" => Kind::Text,
            "coalesce" | "??" => args.iter().map(|it| self.of(it)).reduce(Kind::or).unwrap_or(Kind::Any),
            // Where one side is blank, the other says what it is.
            "choose" => match args {
                [_, a, Term::Blank] | [_, Term::Blank, a] => self.of(a),
                [_, a, b] => self.of(a).or(self.of(b)),
                _other => Kind::Any,
            },
            _other => Kind::Any,
        }
    }

    /// The kind of what a path leads to.
    pub fn of_path(&self, path: &Path) -> Kind {
        let parts: Vec<&str> = path.0.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["data" | "old", field] => self.fields.get(*field).map_or(Kind::Any, |it| self.of_field(it)),
            ["refs", field, inner] => {
                let target = self.fields.get(*field).and_then(Field::target).and_then(|it| self.catalog.module(it));
                let fields = target.map(|it| field::fields(&it.schema)).unwrap_or_default();
                fields.iter().find(|it| it.key.as_str() == *inner).map_or(Kind::Any, |it| self.of_field(it))
            }
            ["vars", name] => self.vars.get(*name).cloned().unwrap_or(Kind::Any),
            ["vars", name, output] => self.of_output(name, output),
            ["outcome"] => {
                let tasks = self.flow.map(Flow::all).unwrap_or_default();
                tasks.iter().filter_map(|it| self.outcomes_of(&it.id)).reduce(Kind::or).unwrap_or(Kind::Any)
            }
            ["outcomes", node] => self.outcomes_of(&NodeId::from(*node)).unwrap_or(Kind::Any),
            ["today" | "now"] => Kind::Date,
            ["starter" | "record" | "instance"]
            | ["user", "id" | "name" | "department" | "manager" | "customer" | "language"] => Kind::Text,
            ["user", "roles" | "regions" | "skills"] | ["people" | "candidates"] => Kind::List,
            _other => Kind::Any,
        }
    }

    /// An output of the decision table that sets a variable.
    fn of_output(&self, variable: &str, output: &str) -> Kind {
        let tasks = self.flow.map(Flow::all).unwrap_or_default();
        let mut found: Option<Kind> = None;
        for it in tasks {
            let sets = it.assign.iter().any(|it| it.target.strip_prefix("vars.") == Some(variable));
            match &it.kind {
                ElementKind::BusinessRuleTask { table, output: name, .. } if name == variable => {
                    let kind = self.catalog.table(table).map_or(Kind::Any, |it| column(it, output));
                    found = Some(found.map_or(kind.clone(), |before| before.or(kind)));
                }
                ElementKind::ServiceTask { call: Some(call) } if call.output == variable => return Kind::Any,
                _other if sets => return Kind::Any,
                _other => {}
            }
        }
        found.unwrap_or(Kind::Any)
    }

    fn of_field(&self, field: &Field) -> Kind {
        match &field.kind {
            FieldKind::Text
            | FieldKind::Long
            | FieldKind::Rich
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::Url
            | FieldKind::Time
            | FieldKind::Number { .. } => Kind::Text,
            FieldKind::Integer | FieldKind::Score { .. } => Kind::Number { whole: true },
            FieldKind::Decimal { .. } | FieldKind::Money { .. } => Kind::number(),
            FieldKind::Date | FieldKind::DateTime => Kind::Date,
            FieldKind::Bool => Kind::Bool,
            FieldKind::Choice { options } => {
                let texts: Option<Vec<String>> =
                    options.iter().map(|it| it.value.as_str().map(str::to_owned)).collect();
                texts.map_or(Kind::Any, |options| Kind::Choice { options, open: false })
            }
            FieldKind::Dictionary { many: true, .. }
            | FieldKind::Department { many: true }
            | FieldKind::Role { many: true } => Kind::List,
            FieldKind::Dictionary { dictionary, many: false, .. } => match self.catalog.dictionary(dictionary) {
                Some(it) => Kind::Choice { options: it.items.iter().map(|it| it.value.clone()).collect(), open: true },
                None => Kind::Text,
            },
            FieldKind::MultiChoice { .. }
            | FieldKind::References { .. }
            | FieldKind::Users { .. }
            | FieldKind::Files
            | FieldKind::Rows { .. } => Kind::List,
            FieldKind::Reference { .. }
            | FieldKind::User { .. }
            | FieldKind::Department { many: false }
            | FieldKind::Role { many: false } => Kind::Text,
            FieldKind::Address { .. } | FieldKind::Geo | FieldKind::File => Kind::Map,
            FieldKind::Json => Kind::Any,
        }
    }
}

fn brings(definition: &EventDefinition) -> bool {
    match definition {
        EventDefinition::Message { .. }
        | EventDefinition::Signal { .. }
        | EventDefinition::Error { .. }
        | EventDefinition::Escalation { .. } => true,
        EventDefinition::Multiple { event_definitions, .. } => event_definitions.iter().any(brings),
        EventDefinition::Timer { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => false,
    }
}

fn column(table: &Table, output: &str) -> Kind {
    let Some(at) = table.outputs.iter().position(|it| it.key == output) else { return Kind::Any };
    match table.outputs[at].kind {
        TableType::Number => Kind::number(),
        TableType::Bool => Kind::Bool,
        TableType::Date => Kind::Date,
        TableType::Text => {
            let values = table.rules.iter().filter_map(|it| it.then.get(at)).filter(|it| !it.is_null());
            let texts: Option<Vec<String>> = values.map(|it| it.as_str().map(str::to_owned)).collect();
            match texts {
                Some(mut options) => {
                    options.sort();
                    options.dedup();
                    Kind::Choice { options, open: false }
                }
                None => Kind::Text,
            }
        }
    }
}

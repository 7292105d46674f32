//! The table of a module: which column holds which field. Made from the module's schema and what the database
//! already has, because a column is never dropped and never changes its type.

use std::collections::{BTreeMap, BTreeSet};

use runtime::id::{DictKey, FieldKey, ModuleKey};
use runtime::model::module::{Access, Module};
use serde_json::Value;

use super::sql::{Dialect, ident};

/// The table of one module.
#[derive(Clone, Debug)]
pub struct Table {
    pub module: ModuleKey,
    /// `m_<module>`
    pub name: String,
    pub columns: Vec<Column>,
    /// Field → place in `columns`.
    by_key: BTreeMap<FieldKey, usize>,
    /// Indexes over several fields, as the module asks for them.
    pub indexes: Vec<Vec<FieldKey>>,
}

/// The column of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub key: FieldKey,
    /// Its name in the table.
    pub name: String,
    pub kind: Kind,
    pub target: Target,
    pub search: bool,
    pub filter: bool,
    pub sort: bool,
    pub unique: bool,
    /// Numbered by the platform with this pattern.
    pub number: Option<String>,
    /// Somebody may see less of it than the rest: its words are kept apart in the search index.
    pub closed: bool,
}

/// How a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
    /// A decimal as text, in JSON a string.
    Decimal,
    /// A decimal as text, in JSON a number.
    Number,
    Bool,
    /// Lists, sub-tables, objects.
    Json,
}

/// What the text in a column refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    None,
    Module(ModuleKey),
    AnyModule,
    Dictionary(DictKey),
    User,
    Department,
    Role,
}

/// Columns every module's table has.
pub const SYSTEM: &[&str] =
    &["n", "id", "version", "owner", "department", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "search"];

impl Kind {
    fn of(schema: &Value) -> Self {
        match (type_of(schema), schema.get("format").and_then(Value::as_str)) {
            ("string", Some("x-decimal")) => Self::Decimal,
            ("integer", _) => Self::Integer,
            ("number", _) => Self::Number,
            ("boolean", _) => Self::Bool,
            ("array" | "object", _) => Self::Json,
            (_other, _) => Self::Text,
        }
    }

    /// The declared type. On SQLite decimals and JSON have text affinity, so that nothing is rewritten.
    pub fn sql_type(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Text, _) => "TEXT",
            (Self::Integer, _) => "BIGINT",
            (Self::Bool, _) => "BOOLEAN",
            (Self::Decimal | Self::Number, Dialect::Sqlite) => "DECIMAL_TEXT",
            (Self::Decimal | Self::Number, Dialect::Postgres) => "NUMERIC",
            (Self::Json, Dialect::Sqlite) => "JSON_TEXT",
            (Self::Json, Dialect::Postgres) => "JSONB",
        }
    }
}

fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(it)) => it,
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).find(|it| *it != "null").unwrap_or("string"),
        Some(_) | None => "string",
    }
}

fn target_of(schema: &Value) -> Target {
    let Some(reference) = schema.get("x-ref") else { return Target::None };
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    match (text("module"), text("dictionary"), text("directory")) {
        (Some("*"), _, _) => Target::AnyModule,
        (Some(module), _, _) => Target::Module(ModuleKey::from(module)),
        (None, Some(dictionary), _) => Target::Dictionary(DictKey::from(dictionary)),
        (None, None, Some("user")) => Target::User,
        (None, None, Some("department")) => Target::Department,
        (None, None, Some("role")) => Target::Role,
        (None, None, Some(_) | None) => Target::None,
    }
}

impl Table {
    /// The table of a module. `existing`: declared type by column, as the database has it now.
    pub fn of(module: &Module, dialect: Dialect, existing: &BTreeMap<String, String>) -> Self {
        let restricted: BTreeSet<&FieldKey> =
            module.definition.field_rights.iter().filter(|it| it.access < Access::Read).flat_map(|it| &it.fields).collect();
        let mut columns = Vec::new();
        let properties = module.schema.get("properties").and_then(Value::as_object);
        for (key, schema) in properties.into_iter().flatten() {
            let kind = Kind::of(schema);
            let index = schema.get("x-index");
            let flag = |name: &str| index.and_then(|it| it.get(name)).and_then(Value::as_bool).unwrap_or(false);
            let key = FieldKey::from(key.as_str());
            columns.push(Column {
                name: column_name(key.as_str(), kind, dialect, existing),
                kind,
                target: target_of(schema),
                search: index.and_then(|it| it.get("search")).and_then(Value::as_str).is_some_and(|it| it != "none"),
                filter: flag("filter"),
                sort: flag("sort"),
                unique: flag("unique"),
                number: schema.get("x-number").and_then(Value::as_str).map(str::to_owned),
                closed: schema.get("x-sensitive").is_some() || restricted.contains(&key),
                key,
            });
        }
        let by_key = columns.iter().enumerate().map(|(index, it)| (it.key.clone(), index)).collect();
        let indexes = module.definition.indexes.iter().map(|it| it.iter().map(|key| FieldKey::from(key.as_str())).collect()).collect();
        let module = module.definition.key.clone();
        Self { name: format!("m_{module}"), module, columns, by_key, indexes }
    }

    /// The column of a field.
    pub fn column(&self, key: &str) -> Option<&Column> {
        self.by_key.get(key).map(|index| &self.columns[*index])
    }

    /// The table's name, quoted.
    pub fn quoted(&self) -> String {
        ident(&self.name)
    }

    /// The table of search tokens (SQLite), quoted.
    pub fn search_table(&self) -> String {
        ident(&format!("{}_search", self.name))
    }
}

impl Column {
    /// What conditions and orders compare: exact for text, by number for decimals.
    pub fn compared(&self, dialect: Dialect) -> String {
        match (self.kind, dialect) {
            (Kind::Decimal | Kind::Number, Dialect::Sqlite) => format!("CAST({} AS REAL)", ident(&self.name)),
            (Kind::Text | Kind::Integer | Kind::Decimal | Kind::Number | Kind::Bool | Kind::Json, _) => ident(&self.name),
        }
    }

    /// What is read: on PostgreSQL decimals and JSON as text.
    pub fn read(&self, dialect: Dialect) -> String {
        match (self.kind, dialect) {
            (Kind::Decimal | Kind::Number | Kind::Json, Dialect::Postgres) => format!("{}::text", ident(&self.name)),
            (Kind::Text | Kind::Integer | Kind::Decimal | Kind::Number | Kind::Bool | Kind::Json, _) => ident(&self.name),
        }
    }

    /// What follows a placeholder that is bound to a stored value of this column.
    pub fn cast(&self, dialect: Dialect) -> &'static str {
        match (self.kind, dialect) {
            (Kind::Decimal | Kind::Number, Dialect::Postgres) => "::numeric",
            (Kind::Json, Dialect::Postgres) => "::jsonb",
            (Kind::Text | Kind::Integer | Kind::Decimal | Kind::Number | Kind::Bool | Kind::Json, _) => "",
        }
    }
}

/// A field's column: its key; where that is taken by the platform or by a column of another type, a name beside it.
fn column_name(key: &str, kind: Kind, dialect: Dialect, existing: &BTreeMap<String, String>) -> String {
    let name = if SYSTEM.contains(&key) { format!("f_{key}") } else { key.to_owned() };
    match existing.get(&name) {
        Some(declared) if !declared.eq_ignore_ascii_case(kind.sql_type(dialect)) => {
            format!("{name}__{}", kind.sql_type(dialect).to_ascii_lowercase())
        }
        Some(_) | None => name,
    }
}

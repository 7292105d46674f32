//! The table of a module: which column holds which field. Made from the module's schema and what the database
//! already has, because a column is never dropped and never changes its type.

use std::collections::{BTreeMap, BTreeSet};

use runtime::form::field::{self, FieldKind, Search};
use runtime::id::{DictKey, FieldKey, ModuleKey};
use runtime::model::module::{Access, Module};

use super::sql::{Dialect, ident};

/// The table of one module.
#[derive(Clone, Debug)]
pub struct Table {
    pub module: ModuleKey,
    /// `m_<module>`
    pub name: String,
    pub columns: Vec<Column>,
    /// What is read of a record, as `SELECT …`; the same at every look.
    pub(super) selected: String,
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
    /// Numbered by the platform.
    pub number: bool,
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
pub const SYSTEM: &[&str] = &[
    "n",
    "id",
    "version",
    "owner",
    "department",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_at",
    "search",
];

impl Kind {
    fn of(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Integer | FieldKind::Score { .. } => Self::Integer,
            FieldKind::Decimal { text: true } | FieldKind::Money { .. } => Self::Decimal,
            FieldKind::Decimal { text: false } => Self::Number,
            FieldKind::Bool => Self::Bool,
            FieldKind::MultiChoice { .. }
            | FieldKind::References { .. }
            | FieldKind::Users { .. }
            | FieldKind::Dictionary { many: true, .. }
            | FieldKind::Department { many: true }
            | FieldKind::Role { many: true }
            | FieldKind::Address { .. }
            | FieldKind::Geo
            | FieldKind::File
            | FieldKind::Files
            | FieldKind::Rows { .. }
            | FieldKind::Json => Self::Json,
            // A choice among numbers or true and false keeps them as JSON.
            FieldKind::Choice { options } if options.iter().any(|it| !it.value.is_string()) => Self::Json,
            FieldKind::Choice { .. }
            | FieldKind::Text
            | FieldKind::Long
            | FieldKind::Rich
            | FieldKind::Date
            | FieldKind::DateTime
            | FieldKind::Time
            | FieldKind::Dictionary { many: false, .. }
            | FieldKind::Reference { .. }
            | FieldKind::User { .. }
            | FieldKind::Department { many: false }
            | FieldKind::Role { many: false }
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::Url
            | FieldKind::Number { .. } => Self::Text,
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

fn target_of(kind: &FieldKind) -> Target {
    match kind {
        FieldKind::Reference { module: Some(module), .. } | FieldKind::References { module: Some(module), .. } => {
            Target::Module(module.clone())
        }
        FieldKind::Reference { module: None, .. } | FieldKind::References { module: None, .. } => Target::AnyModule,
        FieldKind::Dictionary { dictionary, .. } => Target::Dictionary(dictionary.clone()),
        FieldKind::User { .. } | FieldKind::Users { .. } => Target::User,
        FieldKind::Department { .. } => Target::Department,
        FieldKind::Role { .. } => Target::Role,
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Rich
        | FieldKind::Integer
        | FieldKind::Decimal { .. }
        | FieldKind::Money { .. }
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Time
        | FieldKind::Bool
        | FieldKind::Choice { .. }
        | FieldKind::MultiChoice { .. }
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Url
        | FieldKind::Address { .. }
        | FieldKind::Geo
        | FieldKind::File
        | FieldKind::Files
        | FieldKind::Score { .. }
        | FieldKind::Number { .. }
        | FieldKind::Rows { .. }
        | FieldKind::Json => Target::None,
    }
}

impl Table {
    /// The table of a module. `existing`: declared type by column, as the database has it now.
    pub fn of(module: &Module, dialect: Dialect, existing: &BTreeMap<String, String>) -> Self {
        let restricted: BTreeSet<&FieldKey> = module
            .definition
            .field_rights
            .iter()
            .filter(|it| it.access < Access::Read)
            .flat_map(|it| &it.fields)
            .collect();
        let columns: Vec<Column> = field::fields(&module.schema)
            .into_iter()
            .map(|it| {
                let kind = Kind::of(&it.kind);
                Column {
                    name: column_name(it.key.as_str(), kind, dialect, existing),
                    kind,
                    target: target_of(&it.kind),
                    search: it.index.search != Search::None,
                    filter: it.index.filter,
                    sort: it.index.sort,
                    unique: it.index.unique,
                    number: matches!(it.kind, FieldKind::Number { .. }),
                    closed: it.sensitive.is_some() || restricted.contains(&it.key),
                    key: it.key,
                }
            })
            .collect();
        let by_key = columns.iter().enumerate().map(|(index, it)| (it.key.clone(), index)).collect();
        let indexes = module
            .definition
            .indexes
            .iter()
            .map(|it| it.iter().map(|key| FieldKey::from(key.as_str())).collect())
            .collect();
        let module = module.definition.key.clone();
        let read: String = columns.iter().map(|it| format!(", {}", it.read(dialect))).collect();
        let selected = format!("SELECT {}{read}", super::records::SYSTEM);
        Self { name: format!("m_{module}"), module, columns, selected, by_key, indexes }
    }

    /// The column of a field.
    pub fn column(&self, key: &str) -> Option<&Column> {
        self.by_key.get(key).map(|index| &self.columns[*index])
    }

    /// True if these fields decide by which words a record is found.
    pub fn words_change(&self, changed: &BTreeSet<FieldKey>) -> bool {
        self.columns.iter().any(|it| (it.search || it.refers()) && changed.contains(&it.key))
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
    /// True if it holds records of one module, whose names are words to find this record by.
    pub fn refers(&self) -> bool {
        matches!(self.target, Target::Module(_))
    }

    /// What conditions and orders compare: exact for text, by number for decimals.
    pub fn compared(&self, dialect: Dialect) -> String {
        match (self.kind, dialect) {
            (Kind::Decimal | Kind::Number, Dialect::Sqlite) => format!("CAST({} AS REAL)", ident(&self.name)),
            (Kind::Text | Kind::Integer | Kind::Decimal | Kind::Number | Kind::Bool | Kind::Json, _) => {
                ident(&self.name)
            }
        }
    }

    /// What is read: on PostgreSQL decimals and JSON as text.
    pub fn read(&self, dialect: Dialect) -> String {
        match (self.kind, dialect) {
            (Kind::Decimal | Kind::Number | Kind::Json, Dialect::Postgres) => format!("{}::text", ident(&self.name)),
            (Kind::Text | Kind::Integer | Kind::Decimal | Kind::Number | Kind::Bool | Kind::Json, _) => {
                ident(&self.name)
            }
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

//! Expressions: rhai in expression mode. One value out, no statements, nothing changed. Used for conditions, computed
//! fields, checks, durations, assignments, filters; [`Template`] puts their values into texts.

mod template;

pub use crate::script::{Call, Comparison, Path, Scope, Term};
pub use template::Template;

use rhai::{AST, Dynamic};
use serde_json::Value;

use crate::foreign;
use crate::script::{self, Kind, Needs};
use crate::value;

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Expr {
    source: String,
    ast: AST,
    needs: Needs,
    /// Where it is nothing but a path: its words. Most holes of texts and many conditions are.
    path: Vec<String>,
}

/// Why a text is not an expression.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message} (line {line}, column {column})")]
pub struct ParseError {
    pub message: String,
    /// From 1; 0: unknown.
    pub line: usize,
    /// In characters, from 1; 0: unknown.
    pub column: usize,
}

/// Why an expression gave no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{source_text}`: {message}")]
pub struct EvalError {
    pub source_text: String,
    pub message: String,
    /// It was not wrong but too much: its steps, its room or its time were used up.
    pub spent: bool,
}

impl Expr {
    /// Parses an expression; statements, loops and assignments are errors.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        if source.trim().is_empty() {
            return Err(ParseError { message: "expected an expression, found nothing".into(), line: 1, column: 1 });
        }
        match script::compile(Kind::Expression, source) {
            Ok(ast) => {
                let made = Self { source: source.to_owned(), needs: Needs::of(&ast), ast, path: path(source) };
                // What was not understood is shown as somebody wrote it.
                let written = foreign::is_stopped(source).then(|| foreign::written(&made)).flatten();
                Ok(Self { source: written.unwrap_or(made.source), ..made })
            }
            Err(it) => Err(ParseError { message: it.message, line: it.line, column: it.column }),
        }
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Which parts of the scope it reads: `data.address.city`.
    pub fn reads(&self) -> Vec<Path> {
        script::reads(&self.ast)
    }

    /// Which functions it calls, with their literal arguments: `table("sla", …)`.
    pub fn calls(&self) -> Vec<Call> {
        script::calls(&self.ast)
    }

    /// What it is made of, for reasoning about it.
    pub fn tree(&self) -> Term {
        script::tree(&self.ast)
    }

    /// The value; blank is null.
    pub fn eval(&self, scope: &Scope) -> Result<Value, EvalError> {
        self.run(scope).map(|it| value::from_dynamic(&it))
    }

    /// What stands at the end of a path needs no interpreter. Where nothing stands there, it says what that means.
    fn run(&self, scope: &Scope) -> Result<Dynamic, EvalError> {
        if let Some(found) = scope.at(&self.path) {
            return Ok(found);
        }
        script::run(Kind::Expression, &self.ast, &self.needs, scope).map_err(|it| EvalError {
            source_text: self.source.clone(),
            message: it.message,
            spent: it.spent,
        })
    }

    /// The value as text, for putting into texts; blank is nothing.
    pub fn text(&self, scope: &Scope) -> Result<String, EvalError> {
        self.run(scope).map(|it| script::display(&it))
    }

    /// True or false; blank is false, anything else an error.
    pub fn holds(&self, scope: &Scope) -> Result<bool, EvalError> {
        match self.eval(scope)? {
            Value::Bool(it) => Ok(it),
            Value::Null => Ok(false),
            other => Err(EvalError {
                source_text: self.source.clone(),
                message: format!("expected true or false, found {other}"),
                spent: false,
            }),
        }
    }
}

/// The words of an expression that is a path of at least two (`data.customer`); else nothing.
fn path(source: &str) -> Vec<String> {
    let source = source.trim();
    let word = |it: &str| {
        it.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    if source.contains('.') && source.split('.').all(word) {
        source.split('.').map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

/// Whether a text is a variable's name, or a path from one: `wait`, `order.due`; not something meant to be a time (`P1D`, `R3/PT1H`,
/// `tomorrow at 8`).
pub(crate) fn is_name(text: &str) -> bool {
    let word = |it: &str| {
        it.starts_with(|it: char| it.is_lowercase() || it == '_')
            && it.chars().all(|it| it.is_alphanumeric() || it == '_')
    };
    text.split('.').all(word)
}

#[cfg(test)]
mod tests;

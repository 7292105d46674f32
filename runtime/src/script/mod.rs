//! rhai, fenced in. [`sandbox`] is the one place that builds engines; [`functions`] is the library of both
//! expressions ([`crate::expr`]) and scripts ([`Script`]); [`Scope`] is what an evaluation sees.

mod dates;
mod feel;
mod functions;
mod known;
mod library;
mod names;
mod needs;
mod read;
mod sandbox;
mod scope;
mod statements;
mod tree;
mod watch;
mod written;

pub use known::{all as functions, known};
pub use library::Library;
pub use names::{jaro_winkler, normalize_name};
pub use read::{Call, Path};
pub use scope::{Scope, candidate_value, moment, user_value};
pub use statements::Statements;
pub use tree::{Comparison, Term};
pub use watch::{Watch, watched};
pub use written::Written;

pub(crate) use functions::text as display;
pub(crate) use needs::Needs;
pub(crate) use read::{calls, reads};
pub(crate) use sandbox::{Kind, compile, run};
pub(crate) use tree::tree;

use serde_json::Value;

use crate::id::ScriptKey;
use crate::value;

/// A compiled `.rhai` file.
#[derive(Clone, Debug)]
pub struct Script {
    key: ScriptKey,
    ast: rhai::AST,
}

/// Why a script did not compile or run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{script}, line {line}: {message}")]
pub struct ScriptError {
    pub script: ScriptKey,
    /// From 1; 0: unknown.
    pub line: usize,
    /// From 1; 0: unknown.
    pub column: usize,
    pub message: String,
}

impl Script {
    /// Compiles; the first fault is returned (rhai stops there).
    pub fn compile(key: &ScriptKey, source: &str) -> Result<Self, ScriptError> {
        match compile(Kind::Script, source) {
            Ok(ast) => Ok(Self { key: key.clone(), ast }),
            Err(it) => Err(ScriptError { script: key.clone(), line: it.line, column: it.column, message: it.message }),
        }
    }

    pub fn key(&self) -> &ScriptKey {
        &self.key
    }

    /// Runs from the top; the value of the last statement (or `return`) is the answer. The scope is not changed.
    pub fn run(&self, scope: &Scope) -> Result<Value, ScriptError> {
        run(Kind::Script, &self.ast, &Needs::Everything, scope).map(|it| value::from_dynamic(&it)).map_err(|it| {
            ScriptError { script: self.key.clone(), line: it.line, column: it.column, message: it.message }
        })
    }

    /// Which parts of the scope the script reads, as far as they are written out: `data.severity`.
    /// A local name of the script can appear too.
    pub fn reads(&self) -> Vec<Path> {
        reads(&self.ast)
    }

    /// What it sets, as far as that is written out.
    pub fn writes(&self) -> Written {
        written::written(&self.ast)
    }

    /// Functions it calls that do not exist.
    pub fn unknown_calls(&self) -> Vec<String> {
        known::unknown_calls(&self.ast)
    }

    /// Which functions it calls, with their literal arguments.
    pub fn calls(&self) -> Vec<Call> {
        calls(&self.ast)
    }
}

#[cfg(test)]
mod tests;

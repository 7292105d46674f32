//! Statements written at a script task itself (BPMN `script`): they see the variables by name, and what they change
//! is kept. A file of `scripts/` returns what it wants to change instead, see [`super::Script`].

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr as Node, Stmt};
use serde_json::{Map, Value};

use super::sandbox::{self, Kind, Stop};
use super::{Needs, Path, Scope, reads};
use crate::value::{self, Shape};

/// Parsed statements.
#[derive(Clone, Debug)]
pub struct Statements {
    ast: AST,
    /// What they assign: such a name need not exist before.
    assigned: BTreeSet<String>,
}

impl Statements {
    /// Parses; the first fault is returned, with its place.
    pub fn parse(source: &str) -> Result<Self, String> {
        let ast = sandbox::compile(Kind::Script, source).map_err(say)?;
        let assigned = assigned(&ast);
        Ok(Self { ast, assigned })
    }

    /// Functions they call that do not exist.
    pub fn unknown_calls(&self) -> Vec<String> {
        super::known::unknown_calls(&self.ast)
    }

    /// Runs them; answers the variables that are new or have changed. Names of the scope that are not variables can be
    /// read, and are left as they are.
    pub fn run(&self, scope: &Scope, variables: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut all = scope.copy(&Needs::Everything);
        for name in &self.assigned {
            if !all.contains(name) {
                all.push_dynamic(name.clone(), rhai::Dynamic::UNIT);
            }
        }
        let first = all.len();
        for (name, it) in variables {
            all.push_dynamic(name.clone(), value::to_dynamic(it, &Shape::Any));
        }
        let after = sandbox::run_in(&self.ast, scope, all).map_err(say)?;
        let mut changed = Map::new();
        // rhai tells the newest first; an older entry of the same name is shadowed.
        let count = after.len();
        let mut seen = BTreeSet::new();
        for (back, (name, _, it)) in after.iter_raw().enumerate() {
            let mine = count - 1 - back >= first || self.assigned.contains(name);
            if !mine || !seen.insert(name.to_owned()) {
                continue;
            }
            let value = value::from_dynamic(it);
            match variables.get(name) {
                Some(before) if *before == value => {}
                None if value.is_null() => {}
                Some(_) | None => {
                    changed.insert(name.to_owned(), value);
                }
            }
        }
        Ok(changed)
    }

    /// Which parts of the scope they read, as far as they are written out.
    pub fn reads(&self) -> Vec<Path> {
        reads(&self.ast)
    }

    /// Names they assign with `=`.
    pub fn assigns(&self) -> impl Iterator<Item = &str> {
        self.assigned.iter().map(String::as_str)
    }
}

fn assigned(ast: &AST) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Assignment(it))) = path.last()
            && let Node::Variable(name, ..) = &it.1.lhs
        {
            found.insert(name.1.to_string());
        }
        true
    });
    found
}

fn say(it: Stop) -> String {
    if it.line == 0 { it.message } else { format!("line {}: {}", it.line, it.message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Library;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn statements_change_variables() {
        let cases = [
            ("x = x + 1", json!({ "x": 1 }), json!({ "x": 2 })),
            ("y = x * 2", json!({ "x": 4 }), json!({ "y": 8 })),
            ("let y = 1; y += 1;", json!({}), json!({ "y": 2 })),
            ("if x > 3 { big = true } else { big = false }", json!({ "x": 4 }), json!({ "big": true })),
            ("list.push(3)", json!({ "list": [1, 2] }), json!({ "list": [1, 2, 3] })),
            ("order.total = 12.5", json!({ "order": { "id": 1 } }), json!({ "order": { "id": 1, "total": 12.5 } })),
            ("x", json!({ "x": 1 }), json!({})),
            ("for i in 0..3 { sum = sum + i }", json!({ "sum": 0 }), json!({ "sum": 3 })),
            ("x = 1; x = 2", json!({ "x": 2 }), json!({})),
        ];
        for (source, before, expected) in cases {
            let scope = Scope::new(Arc::new(Library::default()), jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC);
            let before = before.as_object().expect("a map").clone();
            let changed = Statements::parse(source).and_then(|it| it.run(&scope, &before));
            assert_eq!(changed.map(Value::Object), Ok(expected), "{source}");
        }
    }

    #[test]
    fn statements_that_cannot_run_say_where() {
        assert_eq!(Statements::parse("x = ;").map(|_| ()).unwrap_err().split(':').next(), Some("line 1"));
        let scope = Scope::new(Arc::new(Library::default()), jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC);
        let fault = Statements::parse("\nx = nothing + 1").and_then(|it| it.run(&scope, &Map::new())).unwrap_err();
        assert!(fault.starts_with("line 2") && fault.contains("nothing"), "{fault}");
        let fault = Statements::parse("loop {}").and_then(|it| it.run(&scope, &Map::new())).unwrap_err();
        assert!(fault.contains("too many steps"), "{fault}");
    }
}

//! What an expression or script reads and calls, found in its syntax tree. Only what is written out counts:
//! `data.rows[i].x` reads `data.rows`.

use std::collections::BTreeSet;
use std::fmt;

use rhai::{AST, ASTFlags, ASTNode, Expr as Node};
use serde_json::Value;

use crate::value;

/// A way into the scope: `data.address.city`. The first part is the variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<String>);

impl Path {
    /// The variable.
    pub fn root(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// The member of the variable: the field, when the root is `data`.
    pub fn field(&self) -> Option<&str> {
        self.0.get(1).map(String::as_str)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// A function call. An argument that is not a literal is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub name: String,
    pub args: Vec<Option<Value>>,
}

pub(crate) fn reads(ast: &AST) -> Vec<Path> {
    let mut found = BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        let Some(ASTNode::Expr(node)) = path.last() else { return true };
        let above = |steps: usize| match path.len().checked_sub(steps + 1).and_then(|it| path.get(it)) {
            Some(ASTNode::Expr(it)) => Some(*it),
            _ => None,
        };
        match node {
            // The head of a chain counts with its chain; an index inside a chain looks like a head and is none.
            Node::Variable(..) => {
                let heads_chain =
                    above(1).is_some_and(|it| heads(it, node) && !above(2).is_some_and(|above| continues(above, it)));
                if !heads_chain {
                    found.insert(Path(vec![name(node)]));
                }
            }
            Node::Dot(..) | Node::Index(..) if !above(1).is_some_and(|it| continues(it, node)) => {
                let mut parts = Vec::new();
                follow(node, &mut parts);
                if !parts.is_empty() {
                    found.insert(Path(parts));
                }
            }
            _ => {}
        }
        true
    });
    found.into_iter().collect()
}

/// True if `node` begins the chain `parent`.
fn heads(parent: &Node, node: &Node) -> bool {
    match parent {
        Node::Dot(it, ..) | Node::Index(it, ..) => std::ptr::eq(&raw const it.lhs, node),
        _ => false,
    }
}

/// True if `node` is the rest of the chain `parent`, not an expression of its own.
fn continues(parent: &Node, node: &Node) -> bool {
    match parent {
        Node::Dot(it, ..) => std::ptr::eq(&raw const it.rhs, node),
        Node::Index(it, flags, _) => !flags.contains(ASTFlags::BREAK) && std::ptr::eq(&raw const it.rhs, node),
        _ => false,
    }
}

fn name(node: &Node) -> String {
    match node {
        Node::Variable(it, ..) => it.1.to_string(),
        _ => String::new(),
    }
}

/// Collects the names of a chain that begins with a variable; stops at the first part that is not a name.
fn follow(node: &Node, parts: &mut Vec<String>) {
    match node {
        Node::Dot(it, ..) => {
            if step(&it.lhs, parts, false) {
                match &it.rhs {
                    Node::Dot(..) | Node::Index(..) => follow(&it.rhs, parts),
                    other => {
                        step(other, parts, false);
                    }
                }
            }
        }
        Node::Index(it, flags, _) => {
            if step(&it.lhs, parts, false) {
                match &it.rhs {
                    Node::Dot(..) | Node::Index(..) if !flags.contains(ASTFlags::BREAK) => follow_index(&it.rhs, parts),
                    other => {
                        step(other, parts, true);
                    }
                }
            }
        }
        other => {
            step(other, parts, false);
        }
    }
}

/// The rest of a chain whose first part is an index.
fn follow_index(node: &Node, parts: &mut Vec<String>) {
    match node {
        Node::Dot(it, ..) => {
            if step(&it.lhs, parts, true) {
                follow(&it.rhs, parts);
            }
        }
        Node::Index(it, flags, _) => {
            if step(&it.lhs, parts, true) {
                if flags.contains(ASTFlags::BREAK) {
                    step(&it.rhs, parts, true);
                } else {
                    follow_index(&it.rhs, parts)
                }
            }
        }
        other => {
            step(other, parts, true);
        }
    }
}

/// Adds one part if it is a name; false ends the chain.
fn step(node: &Node, parts: &mut Vec<String>, index: bool) -> bool {
    match node {
        Node::Variable(..) if !index && parts.is_empty() => {
            parts.push(name(node));
            true
        }
        Node::Property(it, _) if !index && !parts.is_empty() => {
            parts.push(it.2.to_string());
            true
        }
        Node::StringConstant(it, _) if index => {
            parts.push(it.to_string());
            true
        }
        // A chain inside parentheses: `(data.a).b`.
        Node::Dot(..) if !index && parts.is_empty() => {
            follow(node, parts);
            !parts.is_empty()
        }
        _ => false,
    }
}

pub(crate) fn calls(ast: &AST) -> Vec<Call> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        let node = match path.last() {
            Some(ASTNode::Expr(Node::FnCall(it, _) | Node::MethodCall(it, _))) => Some(&**it),
            Some(ASTNode::Stmt(rhai::Stmt::FnCall(it, _))) => Some(&**it),
            _ => None,
        };
        if let Some(call) = node.filter(|it| !it.is_operator_call()) {
            let args =
                call.args.iter().map(|it| it.get_literal_value(None).map(|it| value::from_dynamic(&it))).collect();
            found.push(Call { name: call.name.to_string(), args });
        }
        true
    });
    found
}

//! What a script of `scripts/` can change: the members of the maps it returns, `#{ data: #{…}, vars: #{…} }`, as far as
//! they are written out.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr as Node, Stmt};

/// What a script sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Set whenever the script ends: `data.<field>`, `vars.<name>`.
    pub surely: BTreeSet<String>,
    /// Set on some way through it.
    pub perhaps: BTreeSet<String>,
    /// It returns something that is not written out: it may set anything.
    pub unknown: bool,
}

pub(crate) fn written(ast: &AST) -> Written {
    let mut found = Written::default();
    // What is returned from the middle, and what any map in the text could be.
    let mut returns = 0_usize;
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Return(value, ..))) => {
                returns += 1;
                if !value.as_ref().is_some_and(|it| matches!(**it, Node::Map(..) | Node::Unit(..))) && value.is_some() {
                    found.unknown = true;
                }
            }
            Some(ASTNode::Expr(node @ Node::Map(..))) => match members(node) {
                Some(it) => found.perhaps.extend(it),
                None => found.unknown |= has_part(node),
            },
            _other => {}
        }
        true
    });
    match ast.statements().last() {
        None | Some(Stmt::Noop(_)) => {}
        Some(Stmt::Expr(it)) => match &**it {
            node @ Node::Map(..) => {
                if returns == 0 {
                    found.surely = members(node).unwrap_or_default();
                }
            }
            Node::Unit(_) => {}
            _other => found.unknown = true,
        },
        Some(Stmt::Return(Some(it), ..)) => {
            if let node @ Node::Map(..) = &**it
                && returns == 1
            {
                found.surely = members(node).unwrap_or_default();
            }
        }
        Some(Stmt::Return(None, ..) | Stmt::Assignment(_) | Stmt::Var(..) | Stmt::For(..) | Stmt::While(..)) => {}
        // The value of an `if` or `switch` is one of its maps, which have been seen; anything else could be anything.
        Some(Stmt::If(..) | Stmt::Switch(..) | Stmt::Block(_)) => found.unknown |= found.perhaps.is_empty(),
        Some(_other) => found.unknown = true,
    }
    found
}

/// `data.<field>` and `vars.<name>` of a map that a script returns; none: not written out.
fn members(node: &Node) -> Option<BTreeSet<String>> {
    let Node::Map(it, _) = node else { return None };
    let mut found = BTreeSet::new();
    for (key, value) in &it.0 {
        if !matches!(key.name.as_str(), "data" | "vars") {
            return None;
        }
        match value {
            Node::Map(inner, _) => found.extend(inner.0.iter().map(|(name, _)| format!("{}.{}", key.name, name.name))),
            Node::Unit(_) => {}
            _other => return None,
        }
    }
    Some(found)
}

fn has_part(node: &Node) -> bool {
    matches!(node, Node::Map(it, _) if it.0.iter().any(|(key, _)| matches!(key.name.as_str(), "data" | "vars")))
}

#[cfg(test)]
mod tests {
    use crate::script::Script;

    #[test]
    fn scripts_say_what_they_set() {
        let cases = [
            ("#{ data: #{ a: 1 }, vars: #{ b: 2 } }", "data.a vars.b", "data.a vars.b", false),
            ("let x = 1; #{ vars: #{ b: x } }", "vars.b", "vars.b", false),
            ("if data.n > 1 { return #{ vars: #{ b: 1 } }; } #{ vars: #{ c: 1 } }", "", "vars.b vars.c", false),
            ("if data.n > 1 { #{ vars: #{ b: 1 } } } else { #{ vars: #{ c: 1 } } }", "", "vars.b vars.c", false),
            ("let out = #{}; out", "", "", true),
            ("let v = #{ b: 1 }; #{ vars: v }", "", "", true),
            ("", "", "", false),
        ];
        for (source, surely, perhaps, unknown) in cases {
            let it = Script::compile(&"s".into(), source).expect(source).writes();
            let text = |it: &std::collections::BTreeSet<String>| it.iter().cloned().collect::<Vec<_>>().join(" ");
            assert_eq!(
                (text(&it.surely).as_str(), text(&it.perhaps).as_str(), it.unknown),
                (surely, perhaps, unknown),
                "{source}"
            );
        }
    }
}

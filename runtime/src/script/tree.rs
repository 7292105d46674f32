//! An expression as a tree of our own: what the checker reasons about. rhai's tree stays in this folder.

use rhai::{AST, ASTFlags, Expr as Node, Stmt};
use rust_decimal::Decimal;

use super::Path;
use crate::value;

/// A part of an expression. What has no word here is [`Term::Other`], with the parts it was made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    Path(Path),
    Text(String),
    Number(Decimal),
    Bool(bool),
    Blank,
    List(Vec<Term>),
    Map(Vec<(String, Term)>),
    Not(Box<Term>),
    And(Vec<Term>),
    Or(Vec<Term>),
    Compare(Comparison, Box<Term>, Box<Term>),
    /// A function, a method (what it is called on comes first) or another operator: `round`, `+`, `in` as `contains`.
    Call(String, Vec<Term>),
    Other(Vec<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn of(sign: &str) -> Option<Self> {
        Some(match sign {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _other => return None,
        })
    }

    /// The comparison with its sides exchanged.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// Whether two values in this order fulfil it.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Term {
    /// The parts directly below.
    pub fn parts(&self) -> Vec<&Term> {
        match self {
            Self::Path(_) | Self::Text(_) | Self::Number(_) | Self::Bool(_) | Self::Blank => Vec::new(),
            Self::List(it) | Self::And(it) | Self::Or(it) | Self::Call(_, it) | Self::Other(it) => it.iter().collect(),
            Self::Map(it) => it.iter().map(|(_, it)| it).collect(),
            Self::Not(it) => vec![it],
            Self::Compare(_, a, b) => vec![a, b],
        }
    }

    /// Shows it to `look`, then its parts, from the outside in.
    pub fn walk<'a>(&'a self, look: &mut impl FnMut(&'a Term)) {
        look(self);
        for it in self.parts() {
            it.walk(look);
        }
    }
}

/// The tree of an expression.
pub(crate) fn tree(ast: &AST) -> Term {
    match ast.statements() {
        [Stmt::Expr(it)] => term(it),
        [Stmt::FnCall(it, _)] => call(it.name.as_str(), it.args.iter().map(term).collect()),
        _statements => Term::Other(Vec::new()),
    }
}

pub(super) fn term(node: &Node) -> Term {
    let all = |it: &[Node]| it.iter().map(term).collect::<Vec<_>>();
    match node {
        Node::Unit(_) => Term::Blank,
        Node::BoolConstant(it, _) => Term::Bool(*it),
        Node::IntegerConstant(it, _) => Term::Number(Decimal::from(*it)),
        Node::StringConstant(it, _) => Term::Text(it.to_string()),
        Node::CharConstant(it, _) => Term::Text(it.to_string()),
        Node::DynamicConstant(it, _) => literal(&value::from_dynamic(it), it.as_decimal().ok()),
        Node::Array(it, _) => Term::List(all(it)),
        Node::Map(it, _) => Term::Map(it.0.iter().map(|(key, it)| (key.name.to_string(), term(it))).collect()),
        Node::And(it, _) => Term::And(all(it)),
        Node::Or(it, _) => Term::Or(all(it)),
        Node::Coalesce(it, _) => Term::Call("??".to_owned(), all(it)),
        Node::InterpolatedString(it, _) => Term::Call("text".to_owned(), all(it)),
        Node::FnCall(it, _) | Node::MethodCall(it, _) => call(it.name.as_str(), all(&it.args)),
        Node::Variable(..) => chain(node),
        Node::Dot(..) | Node::Index(..) => chain(node),
        Node::Stmt(it) => match it.statements() {
            [Stmt::Expr(it)] => term(it),
            [Stmt::FnCall(it, _)] => call(it.name.as_str(), all(&it.args)),
            _statements => Term::Other(Vec::new()),
        },
        _other => Term::Other(Vec::new()),
    }
}

fn literal(it: &serde_json::Value, decimal: Option<Decimal>) -> Term {
    use serde_json::Value;
    match (it, decimal) {
        (_, Some(it)) => Term::Number(it),
        (Value::Null, None) => Term::Blank,
        (Value::Bool(it), None) => Term::Bool(*it),
        (Value::Number(it), None) => value::decimal(&it.to_string()).map_or(Term::Other(Vec::new()), Term::Number),
        (Value::String(it), None) => Term::Text(it.clone()),
        (Value::Array(it), None) => Term::List(it.iter().map(|it| literal(it, None)).collect()),
        (Value::Object(it), None) => Term::Map(it.iter().map(|(key, it)| (key.clone(), literal(it, None))).collect()),
    }
}

fn call(name: &str, mut args: Vec<Term>) -> Term {
    match (Comparison::of(name), args.len()) {
        (Some(sign), 2) => {
            let right = args.pop().unwrap_or(Term::Blank);
            let left = args.pop().unwrap_or(Term::Blank);
            Term::Compare(sign, Box::new(left), Box::new(right))
        }
        (None, 1) if name == "!" => Term::Not(Box::new(args.pop().unwrap_or(Term::Blank))),
        _other => Term::Call(name.to_owned(), args),
    }
}

/// `data.a.b`: a path, as far as it is written out; `data.a.len()`: a call on one.
fn chain(node: &Node) -> Term {
    let mut links = Vec::new();
    flatten(node, false, &mut links);
    let mut made: Option<Term> = None;
    for link in links {
        let next = match (made.take(), link) {
            (None, Link::Value(Node::Variable(it, ..))) => Term::Path(Path(vec![it.1.to_string()])),
            (None, Link::Value(other)) => term(other),
            (Some(Term::Path(mut path)), Link::Value(Node::Property(it, _))) => {
                path.0.push(it.2.to_string());
                Term::Path(path)
            }
            (Some(Term::Path(mut path)), Link::Index(Node::StringConstant(it, _))) => {
                path.0.push(it.to_string());
                Term::Path(path)
            }
            (Some(it), Link::Value(Node::MethodCall(function, _) | Node::FnCall(function, _))) => {
                let args = std::iter::once(it).chain(function.args.iter().map(term)).collect();
                call(function.name.as_str(), args)
            }
            (Some(it), Link::Index(index)) => Term::Other(vec![it, term(index)]),
            (Some(it), Link::Value(_)) => Term::Other(vec![it]),
            (None, Link::Index(index)) => term(index),
        };
        made = Some(next);
    }
    made.unwrap_or(Term::Other(Vec::new()))
}

enum Link<'a> {
    Value(&'a Node),
    Index(&'a Node),
}

/// The links of a chain in order. rhai nests chains to the right: `a.b[c].d` is `a . (b [ (c . d) ])`.
fn flatten<'a>(node: &'a Node, is_index: bool, into: &mut Vec<Link<'a>>) {
    match node {
        Node::Dot(it, flags, _) if !(is_index && flags.contains(ASTFlags::BREAK)) => {
            flatten(&it.lhs, is_index, into);
            flatten(&it.rhs, false, into);
        }
        Node::Index(it, flags, _) => {
            flatten(&it.lhs, is_index, into);
            if flags.contains(ASTFlags::BREAK) {
                into.push(Link::Index(&it.rhs));
            } else {
                flatten(&it.rhs, true, into);
            }
        }
        other if is_index => into.push(Link::Index(other)),
        other => into.push(Link::Value(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Term};
    use crate::expr::Expr;

    fn of(source: &str) -> Term {
        Expr::parse(source).expect(source).tree()
    }

    #[test]
    fn expressions_become_trees() {
        let path = |it: &str| Term::Path(super::Path(it.split('.').map(str::to_owned).collect()));
        let cases = [
            ("data.a.b", path("data.a.b")),
            (r#"outcomes["x y"].z"#, path("outcomes.x y.z")),
            (
                "data.n >= 1.5",
                Term::Compare(
                    Comparison::GreaterOrEqual,
                    Box::new(path("data.n")),
                    Box::new(Term::Number("1.5".parse().expect("a number"))),
                ),
            ),
            (
                r#"data.a == "x" && !data.b"#,
                Term::And(vec![
                    Term::Compare(Comparison::Equal, Box::new(path("data.a")), Box::new(Term::Text("x".into()))),
                    Term::Not(Box::new(path("data.b"))),
                ]),
            ),
            (
                "data.list.len() > 2",
                Term::Compare(
                    Comparison::Greater,
                    Box::new(Term::Call("len".into(), vec![path("data.list")])),
                    Box::new(Term::Number(2.into())),
                ),
            ),
            (
                r#"one_of(data.a, ["x", "y"])"#,
                Term::Call(
                    "one_of".into(),
                    vec![path("data.a"), Term::List(vec![Term::Text("x".into()), Term::Text("y".into())])],
                ),
            ),
            (
                r#"data.a in ["x"]"#,
                Term::Call("contains".into(), vec![Term::List(vec![Term::Text("x".into())]), path("data.a")]),
            ),
            ("data.rows[0].x", Term::Other(vec![Term::Other(vec![path("data.rows"), Term::Number(0.into())])])),
            ("data.a == ()", Term::Compare(Comparison::Equal, Box::new(path("data.a")), Box::new(Term::Blank))),
        ];
        for (source, expected) in cases {
            assert_eq!(of(source), expected, "{source}");
        }
    }
}

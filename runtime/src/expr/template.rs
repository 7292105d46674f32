//! Texts with holes: `投诉 ${data.number} 已受理`. Inside a hole stands an expression.

use super::{EvalError, Expr, ParseError, Scope};

/// A parsed text.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Hole(Box<Expr>),
}

impl Template {
    /// Parses. A `$` that no `{` follows is a `$`; braces and quotes inside a hole are respected.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, hole) = (&rest[..at], &rest[at + 2..]);
            let Some(end) = end(hole) else {
                return Err(ParseError { message: "expected `}` after `${`".into(), line: 0, column: 0 });
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Hole(Box::new(Expr::parse(&hole[..end])?)));
            rest = &hole[end + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The expressions in the holes.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|it| match it {
            Part::Hole(it) => Some(&**it),
            Part::Text(_) => None,
        })
    }

    /// Fills the holes; blank leaves nothing.
    pub fn render(&self, scope: &Scope) -> Result<String, EvalError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(it) => text.push_str(it),
                Part::Hole(it) => text.push_str(&it.text(scope)?),
            }
        }
        Ok(text)
    }
}

/// Where the hole ends: the first `}` that closes no other brace and stands in no text.
fn end(hole: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, char) in hole.char_indices() {
        match (quote, char) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == char => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(char),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

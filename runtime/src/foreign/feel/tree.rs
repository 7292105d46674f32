//! FEEL as a tree (DMN 1.4 §10.3.1.2): what is built of it here, and nothing else.

use super::Unknown;
use super::words::Word;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(String),
    Text(String),
    At(String),
    Bool(bool),
    Null,
    Name(String),
    Member(Box<Node>, String),
    /// `list[1]`.
    Item(Box<Node>, Box<Node>),
    List(Vec<Node>),
    Context(Vec<(String, Node)>),
    Range(Range),
    Negative(Box<Node>),
    Binary(&'static str, Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    /// A value against tests, one of which has to hold: `in (1, > 5, [7..9])`.
    In(Box<Node>, Vec<Node>),
    /// Of a test: `> 5`.
    Beyond(&'static str, Box<Node>),
    Call(String, Vec<Node>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Range {
    pub low: Box<Node>,
    pub high: Box<Node>,
    /// The bound itself is not in it.
    pub after_low: bool,
    pub before_high: bool,
}

/// Nesting above which a text is not read.
const DEPTH: usize = 48;

pub(super) struct Reader {
    words: Vec<Word>,
    at: usize,
    depth: usize,
    /// In the upper bound of a range, behind which `[` ends it.
    bound: bool,
}

const COMPARISONS: &[&str] = &["<=", ">=", "!=", "=", "==", "<", ">"];

pub(super) fn read(words: Vec<Word>) -> Result<Node, Unknown> {
    let mut it = Reader { words, at: 0, depth: 0, bound: false };
    let found = it.expression()?;
    match it.peek() {
        Word::End => Ok(found),
        other => Err(unexpected(other)),
    }
}

fn unexpected(it: &Word) -> Unknown {
    Unknown::new(match it {
        Word::Number(it) | Word::Name(it) => format!("`{it}`"),
        Word::Text(it) | Word::At(it) => format!("`\"{it}\"`"),
        Word::Sign(it) => format!("`{it}`"),
        Word::End => "an end too early".to_owned(),
    })
}

impl Reader {
    fn peek(&self) -> &Word {
        self.words.get(self.at).unwrap_or(&Word::End)
    }

    fn next(&mut self) -> Word {
        let it = self.peek().clone();
        self.at += 1;
        it
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Word::Sign(it) if *it == sign);
        self.at += usize::from(found);
        found
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let found = matches!(self.peek(), Word::Name(it) if it == name);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Result<(), Unknown> {
        if self.takes(sign) { Ok(()) } else { Err(unexpected(self.peek())) }
    }

    fn need_name(&mut self, name: &str) -> Result<(), Unknown> {
        if self.takes_name(name) { Ok(()) } else { Err(unexpected(self.peek())) }
    }

    fn expression(&mut self) -> Result<Node, Unknown> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Unknown::new("an expression nested so deeply"));
        }
        let around = std::mem::take(&mut self.bound);
        let found = self.either();
        self.bound = around;
        self.depth -= 1;
        found
    }

    fn either(&mut self) -> Result<Node, Unknown> {
        let mut left = self.both()?;
        while self.takes_name("or") {
            left = Node::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Node, Unknown> {
        let mut left = self.comparison()?;
        while self.takes_name("and") {
            left = Node::And(Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Node, Unknown> {
        let left = self.sum()?;
        if let Word::Sign(sign) = *self.peek()
            && COMPARISONS.contains(&sign)
        {
            self.at += 1;
            return Ok(Node::Binary(sign, Box::new(left), Box::new(self.sum()?)));
        }
        if self.takes_name("between") {
            let low = Box::new(self.sum()?);
            self.need_name("and")?;
            let high = Box::new(self.sum()?);
            let range = Range { low, high, after_low: false, before_high: false };
            return Ok(Node::In(Box::new(left), vec![Node::Range(range)]));
        }
        if self.takes_name("in") {
            let tests = self.tests()?;
            return Ok(Node::In(Box::new(left), tests));
        }
        if self.takes_name("instance of") || matches!(self.peek(), Word::Name(it) if it == "instance") {
            return Err(Unknown::new("`instance of`"));
        }
        Ok(left)
    }

    /// What stands behind `in`: one test, or several in parentheses. Nothing is read twice: nested, that would take for ever.
    fn tests(&mut self) -> Result<Vec<Node>, Unknown> {
        if !self.takes("(") {
            return Ok(vec![self.test()?]);
        }
        let mut found = vec![self.test()?];
        if matches!(self.peek(), Word::Sign(".."))
            && let Some(low) = found.pop_if(|it| !matches!(it, Node::Beyond(..) | Node::Range(_)))
        {
            // It was a range that begins after its lower bound.
            self.at += 1;
            return Ok(vec![self.range_from(low, true)?]);
        }
        while self.takes(",") {
            found.push(self.test()?);
        }
        self.need(")")?;
        Ok(found)
    }

    fn test(&mut self) -> Result<Node, Unknown> {
        if let Word::Sign(sign) = *self.peek()
            && COMPARISONS.contains(&sign)
        {
            self.at += 1;
            return Ok(Node::Beyond(sign, Box::new(self.sum()?)));
        }
        // The other ranges are values.
        if self.takes("]") {
            let low = self.sum()?;
            self.need("..")?;
            return self.range_from(low, true);
        }
        self.sum()
    }

    /// The rest of a range, from behind its points.
    fn range_from(&mut self, low: Node, after_low: bool) -> Result<Node, Unknown> {
        let around = std::mem::replace(&mut self.bound, true);
        let high = self.sum()?;
        self.bound = around;
        let before_high = match self.next() {
            Word::Sign("]") => false,
            Word::Sign(")" | "[") => true,
            other => return Err(unexpected(&other)),
        };
        Ok(Node::Range(Range { low: Box::new(low), high: Box::new(high), after_low, before_high }))
    }

    fn sum(&mut self) -> Result<Node, Unknown> {
        self.depth += 1;
        if self.depth > 4 * DEPTH {
            return Err(Unknown::new("an expression nested so deeply"));
        }
        let mut left = self.product()?;
        while let Word::Sign(sign @ ("+" | "-")) = *self.peek() {
            self.at += 1;
            left = Node::Binary(sign, Box::new(left), Box::new(self.product()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, Unknown> {
        let mut left = self.power()?;
        loop {
            let sign = match self.peek() {
                Word::Sign(it @ ("*" | "/")) => *it,
                _other => return Ok(left),
            };
            self.at += 1;
            left = Node::Binary(sign, Box::new(left), Box::new(self.power()?));
        }
    }

    fn power(&mut self) -> Result<Node, Unknown> {
        let mut left = self.sign()?;
        while self.takes("**") {
            left = Node::Binary("**", Box::new(left), Box::new(self.sign()?));
        }
        Ok(left)
    }

    fn sign(&mut self) -> Result<Node, Unknown> {
        let mut negative = false;
        while self.takes("-") {
            negative = !negative;
        }
        let it = self.behind()?;
        Ok(if negative { Node::Negative(Box::new(it)) } else { it })
    }

    /// A value with its members, items and arguments.
    fn behind(&mut self) -> Result<Node, Unknown> {
        let mut it = self.value()?;
        loop {
            if self.takes(".") {
                match self.next() {
                    Word::Name(name) => it = Node::Member(Box::new(it), name),
                    other => return Err(unexpected(&other)),
                }
            } else if !self.bound && self.takes("[") {
                let inner = self.expression()?;
                self.need("]")?;
                it = Node::Item(Box::new(it), Box::new(inner));
            } else {
                return Ok(it);
            }
        }
    }

    fn value(&mut self) -> Result<Node, Unknown> {
        match self.next() {
            Word::Number(it) => Ok(Node::Number(it)),
            Word::Text(it) => Ok(Node::Text(it)),
            Word::At(it) => Ok(Node::At(it)),
            Word::Sign("(") => {
                let found = self.expression()?;
                if self.takes("..") {
                    return self.range_from(found, true);
                }
                self.need(")")?;
                Ok(found)
            }
            Word::Sign("[") => self.list(),
            Word::Sign("{") => self.context(),
            Word::Name(name) => self.named(name),
            other => Err(unexpected(&other)),
        }
    }

    /// A list, or a range.
    fn list(&mut self) -> Result<Node, Unknown> {
        let mut found = Vec::new();
        if self.takes("]") {
            return Ok(Node::List(found));
        }
        found.push(self.expression()?);
        if self.takes("..") {
            let low = found.remove(0);
            return self.range_from(low, false);
        }
        while self.takes(",") {
            found.push(self.expression()?);
        }
        self.need("]")?;
        Ok(Node::List(found))
    }

    fn context(&mut self) -> Result<Node, Unknown> {
        let mut found = Vec::new();
        while !self.takes("}") {
            if !found.is_empty() {
                self.need(",")?;
            }
            let key = match self.next() {
                Word::Name(it) | Word::Text(it) => it,
                other => return Err(unexpected(&other)),
            };
            self.need(":")?;
            found.push((key, self.expression()?));
        }
        Ok(Node::Context(found))
    }

    fn named(&mut self, name: String) -> Result<Node, Unknown> {
        match name.as_str() {
            "true" => return Ok(Node::Bool(true)),
            "false" => return Ok(Node::Bool(false)),
            "null" => return Ok(Node::Null),
            "if" => {
                let when = self.expression()?;
                self.need_name("then")?;
                let then = self.expression()?;
                self.need_name("else")?;
                let other = self.expression()?;
                return Ok(Node::If(Box::new(when), Box::new(then), Box::new(other)));
            }
            "for" | "some" | "every" | "function" if matches!(self.peek(), Word::Name(_)) || name == "function" => {
                return Err(Unknown::new(format!("`{name}`")));
            }
            "and" | "or" | "then" | "else" | "in" | "between" | "return" | "satisfies" => {
                return Err(Unknown::new(format!("`{name}` where a value was expected")));
            }
            _other => {}
        }
        if !self.takes("(") {
            return Ok(Node::Name(name));
        }
        let mut arguments = Vec::new();
        while !self.takes(")") {
            if !arguments.is_empty() {
                self.need(",")?;
            }
            if matches!((self.peek(), self.words.get(self.at + 1)), (Word::Name(_), Some(Word::Sign(":")))) {
                return Err(Unknown::new(format!("named arguments of `{name}`")));
            }
            arguments.push(self.expression()?);
        }
        Ok(Node::Call(name, arguments))
    }
}

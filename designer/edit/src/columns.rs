//! Renaming the column of a sub-table inside expressions and scripts. What is a row is found by following where it comes from:
//! `data.lines[0].qty`, `sum(data.lines, "qty")`, `data.lines.filter(|it| it.qty > 1)`, `for line in data.lines { line.qty }`,
//! `let first = data.lines[0]`, and the keys of rows a script writes. `row` is one where the formula is that of a column.

use crate::names::{self, Brace, Reading};

/// Which chains are the sub-table: the parts up to and with its own name.
pub type IsTable<'a> = dyn Fn(&[&str]) -> bool + 'a;

/// What is renamed, and where.
pub struct Column<'a> {
    /// The key of the sub-table, as scripts write it.
    pub table: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub is_table: &'a IsTable<'a>,
    /// `row` is a row of the table.
    pub row: bool,
}

/// Methods of a list that give a list of its rows, and such that give a row.
const LISTS: &[&str] =
    &["filter", "extract", "drain", "retain", "sort", "order_by", "reversed", "dedup", "head", "tail"];
const ROWS: &[&str] = &["find", "first", "last", "pop", "shift", "get"];

/// What an expression gives, as far as it matters here.
#[derive(Clone, Copy, PartialEq)]
enum Gives {
    Table,
    Row,
    Other,
}

/// The map that is being written.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Plain,
    Data,
    Rows,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    /// A text in double quotes; its ends lie inside them.
    Text,
    Sign(char),
}

#[derive(Clone, Copy)]
struct Token {
    kind: Kind,
    from: usize,
    to: usize,
}

/// The source with the column's other name; what is not understood stays.
pub fn rewrite(source: &str, column: &Column) -> String {
    let mut it = Reader {
        source,
        column,
        tokens: tokens(source),
        found: Vec::new(),
        known: if column.row { vec![("row".to_owned(), Gives::Row)] } else { Vec::new() },
        inside: Inside::Plain,
        depth: 0,
    };
    let mut at = 0;
    // A closing bracket too many ends a group; the rest is read all the same.
    while at < it.tokens.len() {
        at = it.group(at);
    }
    it.found.sort_unstable();
    let (mut out, mut done) = (String::with_capacity(source.len()), 0);
    for (from, to) in it.found {
        if from >= done {
            out.push_str(&source[done..from]);
            out.push_str(column.to);
            done = to;
        }
    }
    out.push_str(&source[done..]);
    out
}

/// The same in the holes of a template.
pub fn rewrite_template(text: &str, column: &Column) -> String {
    names::holes(text, &|hole| rewrite(hole, column))
}

fn tokens(source: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut braces: Vec<Brace> = Vec::new();
    let mut reading = Reading { source, at: 0 };
    while let Some(it) = reading.peek() {
        let from = reading.at;
        match it {
            '"' => {
                reading.text('"');
                let closed = reading.at > from + 1 && source[..reading.at].ends_with('"');
                let to = if closed { reading.at - 1 } else { reading.at };
                all.push(Token { kind: Kind::Text, from: from + 1, to });
            }
            '\'' => reading.text('\''),
            '`' => {
                reading.take();
                reading.backticks(&mut braces);
            }
            '/' if reading.rest().starts_with("//") => reading.until("\n"),
            '/' if reading.rest().starts_with("/*") => reading.until("*/"),
            it if names::begins(it) => {
                while reading.peek().is_some_and(names::goes_on) {
                    reading.take();
                }
                all.push(Token { kind: Kind::Word, from, to: reading.at });
            }
            it => {
                reading.take();
                match it {
                    '{' => braces.push(Brace::Block),
                    '}' if braces.pop() == Some(Brace::Hole) => reading.backticks(&mut braces),
                    _ => (),
                }
                if !it.is_whitespace() {
                    all.push(Token { kind: Kind::Sign(it), from, to: reading.at });
                }
            }
        }
    }
    all
}

/// Sources are bounded, their nesting is by this.
const DEEPEST: usize = 200;

struct Reader<'a> {
    source: &'a str,
    column: &'a Column<'a>,
    tokens: Vec<Token>,
    /// Where another name goes.
    found: Vec<(usize, usize)>,
    /// Variables that hold the table or a row of it; the newest counts.
    known: Vec<(String, Gives)>,
    inside: Inside,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn sign(&self, at: usize, sign: char) -> bool {
        self.tokens.get(at).is_some_and(|it| it.kind == Kind::Sign(sign))
    }

    fn word(&self, at: usize) -> Option<&'a str> {
        self.tokens.get(at).filter(|it| it.kind == Kind::Word).map(|it| &self.source[it.from..it.to])
    }

    /// The token names the column.
    fn names_it(&self, at: usize, kind: Kind) -> bool {
        self.tokens.get(at).is_some_and(|it| it.kind == kind && self.source[it.from..it.to] == *self.column.from)
    }

    fn rename(&mut self, at: usize) {
        if let Some(it) = self.tokens.get(at) {
            self.found.push((it.from, it.to));
        }
    }

    /// Everything up to the bracket that closes the group, and behind it. What was bound in it is forgotten.
    fn group(&mut self, from: usize) -> usize {
        let bound = self.known.len();
        let at = self.until(from, |_| false);
        self.known.truncate(bound);
        at + 1
    }

    /// Everything up to a closing bracket or a sign of the own level.
    fn until(&mut self, from: usize, ends: impl Fn(char) -> bool) -> usize {
        let mut at = from;
        // Bound at the loop's brace.
        let mut pending: Option<(String, Gives)> = None;
        while let Some(token) = self.tokens.get(at).copied() {
            match token.kind {
                Kind::Sign(')' | ']' | '}') => return at,
                Kind::Sign(it) if ends(it) => return at,
                Kind::Sign('#') if self.sign(at + 1, '{') => at = self.map(at + 2),
                Kind::Sign('{') => {
                    let bound = self.known.len();
                    self.known.extend(pending.take());
                    at = self.inner(at + 1);
                    self.known.truncate(bound);
                }
                Kind::Sign('(' | '[') => at = self.inner(at + 1),
                Kind::Word => {
                    let word = self.word(at).unwrap_or_default();
                    if word == "for" {
                        // `for x in …` or `for (x, at) in …`.
                        let name = self.word(at + 1).or_else(|| self.word(at + 2)).unwrap_or_default().to_owned();
                        let start = if self.sign(at + 1, '(') { at + 6 } else { at + 2 };
                        if self.word(start) == Some("in") {
                            let (next, gives) = self.chain(start + 1);
                            let each = if gives == Gives::Table { Gives::Row } else { Gives::Other };
                            pending = Some((name, each));
                            at = next;
                            continue;
                        }
                        at += 1;
                    } else if matches!(word, "let" | "const") && self.sign(at + 2, '=') && !self.sign(at + 3, '=') {
                        let name = self.word(at + 1).unwrap_or_default().to_owned();
                        let (next, gives) = self.chain(at + 3);
                        self.known.push((name, gives));
                        at = next.max(at + 3);
                    } else {
                        at = self.chain(at).0;
                    }
                }
                Kind::Sign(_) | Kind::Text => at += 1,
            }
        }
        at
    }

    /// A group inside; what is nested beyond all reason is stepped over.
    fn inner(&mut self, from: usize) -> usize {
        if self.depth >= DEEPEST {
            return from;
        }
        self.depth += 1;
        let at = self.group(from);
        self.depth -= 1;
        at
    }

    /// A map, behind its `#{`.
    fn map(&mut self, from: usize) -> usize {
        let here = self.inside;
        let mut at = from;
        while at < self.tokens.len() && !self.sign(at, '}') {
            let key = self.tokens.get(at).map(|it| &self.source[it.from..it.to]).unwrap_or_default();
            if self.sign(at + 1, ':') {
                let is_name = self.names_it(at, Kind::Word) || self.names_it(at, Kind::Text);
                if here == Inside::Rows && is_name {
                    self.rename(at);
                }
                self.inside = match here {
                    Inside::Plain if key == "data" => Inside::Data,
                    Inside::Data if key == self.column.table => Inside::Rows,
                    Inside::Plain | Inside::Data | Inside::Rows => Inside::Plain,
                };
                at += 2;
            }
            if self.depth >= DEEPEST {
                return at + 1;
            }
            self.depth += 1;
            let next = self.until(at, |it| it == ',');
            self.depth -= 1;
            // Brackets that do not fit end here as well.
            at = if self.sign(next, ',') || next == at && !self.sign(next, '}') { next + 1 } else { next };
        }
        self.inside = here;
        at + 1
    }

    /// A name with everything that hangs on it: where it ends and what it gives.
    fn chain(&mut self, from: usize) -> (usize, Gives) {
        let Some(first) = self.word(from) else { return (from, Gives::Other) };
        if self.sign(from + 1, '(') {
            return (self.call(from + 2), Gives::Other);
        }
        let known = self.known.iter().rev().find(|it| it.0 == first).map(|it| it.1);
        let mut gives = known.unwrap_or(Gives::Other);
        // The parts of a path that is not the table yet.
        let mut path = if known.is_none() { vec![first] } else { Vec::new() };
        let mut at = from + 1;
        loop {
            if self.sign(at, '?') && (self.sign(at + 1, '.') || self.sign(at + 1, '[')) {
                at += 1;
            }
            let quoted = self.sign(at, '[')
                && self.tokens.get(at + 1).is_some_and(|it| it.kind == Kind::Text)
                && self.sign(at + 2, ']');
            if self.sign(at, '.') && self.word(at + 1).is_some() && self.sign(at + 2, '(') {
                let method = self.word(at + 1).unwrap_or_default();
                let bound = self.known.len();
                let mut inside = at + 3;
                if gives == Gives::Table {
                    if self.sign(inside, '|') {
                        inside += 1;
                        while let Some(name) = self.word(inside) {
                            self.known.push((name.to_owned(), Gives::Row));
                            inside += 1 + usize::from(self.sign(inside + 1, ','));
                        }
                    } else if self.names_it(inside, Kind::Text) {
                        self.rename(inside);
                    }
                }
                at = self.inner(inside);
                self.known.truncate(bound);
                gives = match gives {
                    Gives::Table if LISTS.contains(&method) => Gives::Table,
                    Gives::Table if ROWS.contains(&method) => Gives::Row,
                    Gives::Table | Gives::Row | Gives::Other => Gives::Other,
                };
                path.clear();
            } else if quoted || self.sign(at, '.') && self.word(at + 1).is_some() {
                let kind = if quoted { Kind::Text } else { Kind::Word };
                if gives == Gives::Row && self.names_it(at + 1, kind) {
                    self.rename(at + 1);
                }
                gives = Gives::Other;
                if let (false, Some(it)) = (path.is_empty(), self.tokens.get(at + 1)) {
                    path.push(&self.source[it.from..it.to]);
                    if (self.column.is_table)(&path) {
                        gives = Gives::Table;
                        path.clear();
                    }
                }
                at += if quoted { 3 } else { 2 };
            } else if self.sign(at, '[') {
                at = self.inner(at + 1);
                gives = if gives == Gives::Table { Gives::Row } else { Gives::Other };
                path.clear();
            } else {
                return (at, gives);
            }
        }
    }

    /// What a function is given, behind its bracket: of the table, the second may be the column.
    fn call(&mut self, from: usize) -> usize {
        if self.depth >= DEEPEST {
            return from;
        }
        let (at, gives) = self.chain(from);
        if gives == Gives::Table && self.sign(at, ',') && self.names_it(at + 1, Kind::Text) {
            self.rename(at + 1);
        }
        self.inner(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_where_rows_are() {
        let is_table = |path: &[&str]| matches!(path, ["data" | "old", "lines"] | ["refs", "order", "lines"]);
        let it = Column { table: "lines", from: "qty", to: "count", is_table: &is_table, row: true };
        for (source, wanted) in [
            ("row.qty * row.price", "row.count * row.price"),
            ("row[\"qty\"] + row.qty.len()", "row[\"count\"] + row.count.len()"),
            ("sum(data.lines, \"qty\") > data.qty", "sum(data.lines, \"count\") > data.qty"),
            ("count(data.lines, \"kind\", \"qty\")", "count(data.lines, \"kind\", \"qty\")"),
            ("sum(data.other, \"qty\")", "sum(data.other, \"qty\")"),
            (
                "max(old.lines, \"qty\") + sum(refs.order.lines, \"qty\")",
                "max(old.lines, \"count\") + sum(refs.order.lines, \"count\")",
            ),
            ("data.lines[0].qty + data.lines[data.qty]?.qty", "data.lines[0].count + data.lines[data.qty]?.count"),
            ("data[\"lines\"][1][\"qty\"]", "data[\"lines\"][1][\"count\"]"),
            (
                "data.lines.filter(|it| it.qty > 1 && x.qty).sum(\"qty\")",
                "data.lines.filter(|it| it.count > 1 && x.qty).sum(\"count\")",
            ),
            ("data.lines.map(|it| it.qty).filter(|it| it.qty)", "data.lines.map(|it| it.count).filter(|it| it.qty)"),
            ("data.lines.find(|it| it.price > it.qty).qty", "data.lines.find(|it| it.price > it.count).count"),
            ("data.lines.reduce(|a, it| a + it.qty, 0)", "data.lines.reduce(|a, it| a + it.count, 0)"),
            ("for line in data.lines { line.qty } line.qty", "for line in data.lines { line.count } line.qty"),
            (
                "for (line, at) in data.lines { at.qty + line.qty }",
                "for (line, at) in data.lines { at.qty + line.count }",
            ),
            ("let it = data.lines[0]; it.qty", "let it = data.lines[0]; it.count"),
            (
                "let all = data.lines; { let all = 1; all[0].qty } sum(all, \"qty\")",
                "let all = data.lines; { let all = 1; all[0].qty } sum(all, \"count\")",
            ),
            ("if (data.lines[0].qty > 1) { 2 }", "if (data.lines[0].count > 1) { 2 }"),
            (
                "`a ${data.lines[0].qty} b data.lines[0].qty ${sum(data.lines, \"qty\")}`",
                "`a ${data.lines[0].count} b data.lines[0].qty ${sum(data.lines, \"count\")}`",
            ),
            ("// row.qty\nrow.qty /* row.qty */ == \"row.qty\"", "// row.qty\nrow.count /* row.qty */ == \"row.qty\""),
            (
                "#{ data: #{ qty: 1, lines: [#{ qty: 2, sum: #{ qty: 3 } }] }, qty: 4 }",
                "#{ data: #{ qty: 1, lines: [#{ count: 2, sum: #{ qty: 3 } }] }, qty: 4 }",
            ),
            (
                "#{ data: #{ lines: data.lines.map(|it| #{ qty: it.qty + 1 }) } }",
                "#{ data: #{ lines: data.lines.map(|it| #{ count: it.count + 1 }) } }",
            ),
            ("行.qty + row.qty", "行.qty + row.count"),
            ("row.quantity + rows.qty", "row.quantity + rows.qty"),
            (") ] } row.qty + (", ") ] } row.count + ("),
            ("#{ qty", "#{ qty"),
            ("#{ ) : ] }", "#{ ) : ] }"),
            ("\"", "\""),
            ("`${", "`${"),
            ("data.lines.", "data.lines."),
            ("for in data.lines", "for in data.lines"),
        ] {
            assert_eq!(rewrite(source, &it), wanted);
        }
        assert_eq!(rewrite("row.qty", &Column { row: false, ..it }), "row.qty", "another formula's row");
        let it = Column { table: "lines", from: "qty", to: "count", is_table: &is_table, row: false };
        assert_eq!(
            rewrite_template("row.qty ${sum(data.lines, \"qty\")}", &it),
            "row.qty ${sum(data.lines, \"count\")}"
        );
    }

    #[test]
    fn whatever_is_written_is_read_to_its_end() {
        let is_table = |path: &[&str]| path == ["data", "lines"];
        let it = Column { table: "lines", from: "qty", to: "qty", is_table: &is_table, row: true };
        let pieces = [
            "row", "data", ".", "lines", "[", "]", "(", ")", "{", "}", "#{", "|", ",", ":", "qty", "\"qty\"", "for ",
            " in ", "let ", "=", "`", "${", "?", "行", "\"", "\\",
        ];
        let mut seed = 11_u64;
        println!("seed {seed}");
        for _ in 0..4_000 {
            let mut source = String::new();
            for _ in 0..30 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                source.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
            }
            assert_eq!(rewrite(&source, &it), source, "the same name changes nothing");
        }
        let deep = "(".repeat(100_000) + "row.qty";
        assert_eq!(rewrite(&deep, &it), deep);
        let deep = "#{a:".repeat(50_000) + "f(".repeat(50_000).as_str();
        assert_eq!(rewrite(&deep, &it), deep);
    }
}

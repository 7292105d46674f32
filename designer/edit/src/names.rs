//! Renaming inside expressions and scripts: which words of a source are names of fields, and what stands in their place.
//! Nothing is parsed twice: strings and comments are stepped over, chains (`data.customer.name`, `data["name"]`) and the keys
//! of `#{ data: #{ name: … } }` are looked at.

/// Says what stands in place of a part of a chain: the chain's parts up to it, and the part itself.
pub type Decide<'a> = dyn Fn(&[&str], &str) -> Option<String> + 'a;

/// A part of a chain and where it stands, in bytes.
struct Part {
    from: usize,
    to: usize,
}

/// What an open brace belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Brace {
    Block,
    /// `#{`; of `data: #{` the keys are fields.
    Map {
        data: bool,
    },
    /// `${` of a text in backticks: its end leads back into the text.
    Hole,
}

/// The source with other names; what is not understood stays.
pub fn rewrite(source: &str, decide: &Decide) -> String {
    let (reading, out) = (Reading { source, at: 0 }, String::with_capacity(source.len()));
    Reader { reading, out, copied: 0, decide, braces: Vec::new(), key: String::new() }.run()
}

/// The holes `${…}` of a template rewritten, the rest as it is.
pub fn rewrite_template(text: &str, decide: &Decide) -> String {
    holes(text, &|hole| rewrite(hole, decide))
}

/// A template with something else in its holes.
pub(crate) fn holes(text: &str, other: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, hole) = rest.split_at(at + 2);
        out.push_str(before);
        let Some(end) = end_of_hole(hole) else {
            out.push_str(hole);
            return out;
        };
        out.push_str(&other(&hole[..end]));
        rest = &hole[end..];
    }
    out.push_str(rest);
    out
}

/// The closing brace of a hole; braces and quotes inside it are respected.
fn end_of_hole(hole: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, it) in hole.char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted && depth == 0 => return Some(at),
            '}' if !quoted => depth -= 1,
            _ => (),
        }
    }
    None
}

pub(crate) fn begins(it: char) -> bool {
    it.is_alphabetic() || it == '_'
}

pub(crate) fn goes_on(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

/// A source that is read from its beginning to its end.
pub(crate) struct Reading<'a> {
    pub source: &'a str,
    /// Where it is read, in bytes.
    pub at: usize,
}

impl<'a> Reading<'a> {
    pub(crate) fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn take(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    pub(crate) fn until(&mut self, end: &str) {
        self.at += self.rest().find(end).map_or(self.rest().len(), |it| it + end.len());
    }

    /// A text in quotes.
    pub(crate) fn text(&mut self, quote: char) {
        self.take();
        while let Some(it) = self.peek() {
            self.take();
            if it == '\\' {
                self.take();
            } else if it == quote {
                return;
            }
        }
    }

    /// A text in backticks up to its end or its next hole.
    pub(crate) fn backticks(&mut self, braces: &mut Vec<Brace>) {
        while let Some(it) = self.peek() {
            if self.rest().starts_with("${") {
                self.at += 2;
                braces.push(Brace::Hole);
                return;
            }
            self.take();
            if it == '`' {
                return;
            }
        }
    }
}

struct Reader<'a> {
    reading: Reading<'a>,
    out: String,
    /// How much of the source is in `out`.
    copied: usize,
    decide: &'a Decide<'a>,
    braces: Vec<Brace>,
    /// The key that was read last, in front of a `:`.
    key: String,
}

impl Reader<'_> {
    fn run(mut self) -> String {
        while let Some(it) = self.reading.peek() {
            match it {
                '"' | '\'' => self.reading.text(it),
                '`' => {
                    self.reading.take();
                    self.reading.backticks(&mut self.braces);
                }
                '/' if self.reading.rest().starts_with("//") => self.reading.until("\n"),
                '/' if self.reading.rest().starts_with("/*") => self.reading.until("*/"),
                '#' if self.reading.rest().starts_with("#{") => {
                    let data = self.key == "data";
                    self.reading.at += 2;
                    self.braces.push(Brace::Map { data });
                    self.key.clear();
                }
                '{' => {
                    self.reading.take();
                    self.braces.push(Brace::Block);
                }
                '}' => {
                    self.reading.take();
                    if self.braces.pop() == Some(Brace::Hole) {
                        self.reading.backticks(&mut self.braces);
                    }
                }
                it if begins(it) => self.chain(),
                it if it.is_ascii_digit() => {
                    while self.reading.peek().is_some_and(goes_on) {
                        self.reading.take();
                    }
                }
                ',' | ';' => {
                    self.key.clear();
                    self.reading.take();
                }
                _ => self.reading.take(),
            }
        }
        self.out.push_str(&self.reading.source[self.copied..]);
        self.out
    }

    /// Blanks from a place on.
    fn blanks(&self, from: usize) -> usize {
        self.reading.source[from..].len() - self.reading.source[from..].trim_start().len()
    }

    fn word(&self, from: usize) -> usize {
        self.reading.source[from..].chars().take_while(|it| goes_on(*it)).map(char::len_utf8).sum()
    }

    /// A name with everything that hangs on it, or the key of a map.
    fn chain(&mut self) {
        let from = self.reading.at;
        let mut parts = vec![Part { from, to: from + self.word(from) }];
        loop {
            let end = parts.last().map_or(from, |it| it.to);
            let closed = if self.reading.source[..end].len() < self.reading.source.len() && self.quoted(&parts) {
                end + 2
            } else {
                end
            };
            let at = closed + self.blanks(closed);
            let rest = &self.reading.source[at..];
            let dot =
                if rest.starts_with("?.") { 2 } else { usize::from(rest.starts_with('.') && !rest.starts_with("..")) };
            if dot > 0 {
                let from = at + dot + self.blanks(at + dot);
                let length = self.word(from);
                if length == 0 || !self.reading.source[from..].starts_with(begins) {
                    break;
                }
                parts.push(Part { from, to: from + length });
            } else if rest.starts_with("[\"") {
                let from = at + 2;
                let length = self.word(from);
                if length == 0 || !self.reading.source[from + length..].starts_with("\"]") {
                    break;
                }
                parts.push(Part { from, to: from + length });
            } else {
                break;
            }
        }
        let texts: Vec<&str> = parts.iter().map(|it| &self.reading.source[it.from..it.to]).collect();
        let end = parts.last().map_or(from, |it| it.to);
        let follows = &self.reading.source[end + self.blanks(end)..];
        let is_key = parts.len() == 1 && follows.starts_with(':') && !follows.starts_with("::");
        let mut names: Vec<Option<String>> =
            (0..texts.len()).map(|at| (self.decide)(&texts[..at], texts[at])).collect();
        if is_key {
            let in_data = matches!(self.braces.last(), Some(Brace::Map { data: true }));
            names[0] = in_data.then(|| (self.decide)(&["data"], texts[0])).flatten();
            self.key = texts[0].to_owned();
        } else if names[0].is_some() {
            // The root of a chain is no field.
            names[0] = None;
        }
        for (part, name) in parts.iter().zip(names) {
            if let Some(name) = name {
                self.out.push_str(&self.reading.source[self.copied..part.from]);
                self.out.push_str(&name);
                self.copied = part.to;
            }
        }
        self.reading.at = end;
    }

    /// The last part stands in `["…"]`.
    fn quoted(&self, parts: &[Part]) -> bool {
        parts.last().is_some_and(|it| {
            self.reading.source[..it.from].ends_with("[\"") && self.reading.source[it.to..].starts_with("\"]")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_are_names() {
        let decide = |before: &[&str], part: &str| match before {
            ["data" | "old"] if part == "name" => Some("title".to_owned()),
            ["refs", "customer"] if part == "name" => Some("title".to_owned()),
            _ => None,
        };
        for (source, wanted) in [
            ("data.name", "data.title"),
            ("data.name == \"data.name\" && old?.name != ()", "data.title == \"data.name\" && old?.title != ()"),
            ("data.names + data.name.len()", "data.names + data.title.len()"),
            ("name + x.data.name", "name + x.data.name"),
            ("refs.customer.name", "refs.customer.title"),
            ("refs.other.name", "refs.other.name"),
            ("data[\"name\"] in [\"name\"]", "data[\"title\"] in [\"name\"]"),
            ("data[\"name\"].len() > 2", "data[\"title\"].len() > 2"),
            ("`a ${data.name} b data.name` + data.name", "`a ${data.title} b data.name` + data.title"),
            ("// data.name\ndata.name /* data.name */", "// data.name\ndata.title /* data.name */"),
            (
                "#{ data: #{ name: data.name, other: 1 }, name: 2 }",
                "#{ data: #{ title: data.title, other: 1 }, name: 2 }",
            ),
            ("let a = 1..3; data . name", "let a = 1..3; data . title"),
            ("客户.name + data.name", "客户.name + data.title"),
            ("data.name", "data.title"),
            ("\"", "\""),
            ("`${", "`${"),
        ] {
            assert_eq!(rewrite(source, &decide), wanted);
        }
        assert_eq!(rewrite_template("Hi ${data.name}, data.name ${", &decide), "Hi ${data.title}, data.name ${");
    }
}

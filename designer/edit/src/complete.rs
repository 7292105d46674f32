//! What may be written at a place of a file that is edited as JSON: words its schema has there and are not yet beside it, values
//! where only certain ones mean something, names of what there is to refer to.

/// What a member holds: `{name` an object of that shape, `*` anything by name, `[` a list, `=a|b` one of these words,
/// `@what` a name of what there is; nothing: anything.
type Shape = &'static [(&'static str, &'static str)];

const FORMATS: &str = "=date|date-time|time|duration|email|hostname|ipv4|ipv6|uri|uri-reference|uuid|json-pointer|regex|x-decimal|x-phone|x-file|x-rich";

const SHAPES: &[(&str, Shape)] = &[
    (
        "schema",
        &[
            ("type", "=string|number|integer|boolean|object|array|null"),
            ("title", ""),
            ("description", ""),
            ("properties", "*{schema"),
            ("required", "[@property"),
            ("items", "{schema"),
            ("oneOf", "[{schema"),
            ("anyOf", "[{schema"),
            ("allOf", "[{schema"),
            ("not", "{schema"),
            ("if", "{schema"),
            ("then", "{schema"),
            ("else", "{schema"),
            ("const", ""),
            ("enum", ""),
            ("default", ""),
            ("format", FORMATS),
            ("pattern", ""),
            ("minLength", ""),
            ("maxLength", ""),
            ("minimum", ""),
            ("maximum", ""),
            ("exclusiveMinimum", ""),
            ("exclusiveMaximum", ""),
            ("multipleOf", ""),
            ("minItems", ""),
            ("maxItems", ""),
            ("uniqueItems", ""),
            ("contains", "{schema"),
            ("minContains", ""),
            ("maxContains", ""),
            ("prefixItems", "[{schema"),
            ("unevaluatedItems", "{schema"),
            ("patternProperties", "*{schema"),
            ("additionalProperties", "{schema"),
            ("unevaluatedProperties", "{schema"),
            ("propertyNames", "{schema"),
            ("minProperties", ""),
            ("maxProperties", ""),
            ("dependentRequired", "*[@property"),
            ("dependentSchemas", "*{schema"),
            ("readOnly", ""),
            ("writeOnly", ""),
            ("deprecated", ""),
            ("examples", ""),
            ("$ref", "@def"),
            ("$defs", "*{schema"),
            ("x-id", ""),
            ("x-ref", "{ref"),
            ("x-index", "{index"),
            ("x-display", "{display"),
            ("x-money", "{money"),
            ("x-number", ""),
            ("x-sensitive", "=mask|hide"),
            ("x-file", "{file"),
        ],
    ),
    (
        "ref",
        &[
            ("module", "@module"),
            ("dictionary", "@dictionary"),
            ("directory", "=user|department|role"),
            ("label", ""),
            ("filter", ""),
            ("tree", ""),
        ],
    ),
    ("index", &[("search", "=none|exact|prefix|fulltext"), ("filter", ""), ("sort", ""), ("unique", "")]),
    (
        "display",
        &[
            ("widget", "=textarea|rating|percent|image|signature|radio"),
            ("list", "=default|optional|never"),
            ("tier", "=primary|secondary|extended"),
        ],
    ),
    ("money", &[("currency", "=CNY|USD|EUR|GBP|JPY|HKD")]),
    ("file", &[("accept", ""), ("maxBytes", "")]),
    (
        "rules",
        &[
            ("format", ""),
            ("computed", "[{computed"),
            ("required", "[{when"),
            ("readonly", "[{when"),
            ("visible", "[{when"),
            ("checks", "[{check"),
        ],
    ),
    ("computed", &[("id", ""), ("field", "@field"), ("mode", "=always|untilEdited|onCreate"), ("expr", "")]),
    ("when", &[("id", ""), ("field", "@field"), ("when", "")]),
    ("check", &[("id", ""), ("expr", ""), ("message", ""), ("fields", "[@field"), ("severity", "=error|warning|info")]),
    (
        "definition",
        &[
            ("format", ""),
            ("id", ""),
            ("key", ""),
            ("title", ""),
            ("icon", ""),
            ("label", "@field"),
            ("stage", "@field"),
            ("rights", "[{right"),
            ("fieldRights", "[{fieldright"),
            ("barred", "[@field"),
            ("triggers", "[{trigger"),
            ("indexes", "[[@field"),
            ("links", "[{link"),
            ("chosen", "[{chosen"),
            ("duplicates", "{duplicates"),
        ],
    ),
    (
        "right",
        &[
            ("role", "@role"),
            ("actions", "[=create|read|update|delete|export"),
            ("scope", "=own|department|departmentTree|all"),
        ],
    ),
    ("fieldright", &[("fields", "[@field"), ("role", "@role"), ("access", "=hidden|masked|read|step|write")]),
    ("trigger", &[("id", ""), ("on", "=created|updated"), ("flow", "@flow"), ("when", "")]),
    ("link", &[("module", "@module"), ("field", "")]),
    ("chosen", &[("id", ""), ("field", "@field"), ("among", "@field")]),
    ("duplicates", &[("script", ""), ("keys", "[@field"), ("warn", ""), ("stop", "")]),
    ("view", &[("format", ""), ("id", ""), ("key", ""), ("title", ""), ("content", "{content")]),
    ("content", &[("kind", "=form|list|kanban|calendar|tree|detail")]),
    ("content/form", &[("kind", ""), ("pages", "{pages"), ("sections", "[{section")]),
    ("content/list", &[("kind", ""), ("columns", "[{column"), ("sort", "[@field"), ("filters", "[@field")]),
    ("content/kanban", &[("kind", ""), ("group", "@field"), ("card", "[@field"), ("sum", "@field")]),
    ("content/calendar", &[("kind", ""), ("start", "@field"), ("end", "@field"), ("card", "[@field")]),
    ("content/tree", &[("kind", ""), ("parent", "@field"), ("columns", "[{column"), ("sort", "@field")]),
    (
        "content/detail",
        &[("kind", ""), ("sections", "[{section"), ("related", "[{related"), ("timeline", "=tab|beside|below")],
    ),
    ("pages", &[("turn", "=tabs|steps"), ("list", "[{page")]),
    ("page", &[("id", ""), ("title", "")]),
    (
        "section",
        &[
            ("id", ""),
            ("page", ""),
            ("title", ""),
            ("visible", ""),
            ("collapsed", ""),
            ("fields", "[{item"),
            ("linked", "{linked"),
        ],
    ),
    (
        "item",
        &[
            ("field", "@field"),
            ("span", ""),
            ("visible", ""),
            ("readonly", ""),
            ("required", ""),
            ("widget", "=textarea|rating|percent|image|signature|radio"),
            ("help", ""),
        ],
    ),
    ("linked", &[("module", "@module"), ("field", ""), ("chosen", ""), ("fields", "[{item")]),
    ("column", &[("field", "@field"), ("width", "")]),
    ("related", &[("id", ""), ("title", ""), ("module", "@module"), ("field", ""), ("columns", "")]),
];

/// What is offered for a text that has been begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What stands of it before the caret.
    pub part: String,
    pub words: Vec<String>,
    /// What follows when one is taken: its end, and the colon of a member.
    pub after: &'static str,
}

/// An object or list around the caret, and how far it has been read.
#[derive(Clone, Default)]
struct Frame {
    object: bool,
    /// The member that is read; of one whose colon has not come yet `named` is false.
    key: String,
    named: bool,
    keys: Vec<String>,
    kind: String,
}

/// What may be written at the caret (a place in bytes) of such a file (`schema`, `rules`, `definition`, `view`); `names` says
/// what there is (`field`, `module`, `dictionary`, `role`, `flow`). Nothing where no text has been begun.
pub fn offer(file: &str, text: &str, caret: usize, names: &dyn Fn(&str) -> Vec<String>) -> Option<Offer> {
    let read = Read::of(text, caret);
    let (frames, part) = read.caret?;
    let (top, around) = frames.split_last()?;
    let mut code = around.iter().try_fold(root(file)?, |code, it| inside(code, it))?;
    let member = top.object && !top.named;
    let words: Vec<String> = if member {
        let beside = read.beside.unwrap_or_default();
        let shape = shape(code.strip_prefix('{')?, &top.kind)?;
        shape.iter().map(|it| it.0.to_owned()).filter(|it| *it == part || !beside.contains(it)).collect()
    } else {
        code = inside(code, top)?;
        let holder = if top.object { &frames[..frames.len() - 1] } else { &around[..around.len().checked_sub(1)?] };
        match code.split_at_checked(1)? {
            ("=", all) => all.split('|').map(str::to_owned).collect(),
            ("@", "property") => {
                read.maps.iter().find(|it| it.0 == way(holder, "properties")).map(|it| it.1.clone())?
            }
            ("@", "def") => {
                let defs = read.maps.iter().filter(|it| it.0 == way(&[], "$defs")).flat_map(|it| &it.1);
                defs.map(|it| format!("#/$defs/{it}")).collect()
            }
            ("@", what) => names(what),
            _ => Vec::new(),
        }
    };
    let words = words.into_iter().filter(|it| it.starts_with(&part) && *it != part).collect();
    let closed = text[caret..].starts_with('"');
    let after = match (closed, member) {
        (true, _) => "",
        (false, true) => "\": ",
        (false, false) => "\"",
    };
    Some(Offer { part, words, after })
}

fn root(file: &str) -> Option<&'static str> {
    ["{schema", "{rules", "{definition", "{view"].into_iter().find(|it| it[1..] == *file)
}

fn shape(name: &str, kind: &str) -> Option<Shape> {
    let own = SHAPES.iter().find(|it| it.0.strip_prefix(name).and_then(|it| it.strip_prefix('/')) == Some(kind));
    own.or_else(|| SHAPES.iter().find(|it| it.0 == name)).map(|it| it.1)
}

/// What a frame of such a shape holds where it is read.
fn inside(code: &'static str, frame: &Frame) -> Option<&'static str> {
    let (sort, rest) = code.split_at_checked(1)?;
    match (sort, frame.object) {
        ("{", true) => shape(rest, &frame.kind)?.iter().find(|it| it.0 == frame.key).map(|it| it.1),
        ("*", true) | ("[", false) => Some(rest),
        // A list where one is expected: `"type": ["string", "null"]`.
        ("=" | "@", false) => Some(code),
        _ => None,
    }
}

/// Where a map stands, for finding it again.
fn way(frames: &[Frame], last: &str) -> String {
    frames.iter().map(|it| it.key.as_str()).chain([last]).collect::<Vec<_>>().join("/")
}

/// A text as far as it can be read: it is being written, so something may be missing anywhere.
#[derive(Default)]
struct Read {
    /// What is around the caret, and the text begun there.
    caret: Option<(Vec<Frame>, String)>,
    /// Members of the object the caret is in.
    beside: Option<Vec<String>>,
    /// Names in `properties` and `$defs`.
    maps: Vec<(String, Vec<String>)>,
}

impl Read {
    fn of(text: &str, caret: usize) -> Read {
        let mut read = Read::default();
        let mut frames: Vec<Frame> = Vec::new();
        let mut rest = text.char_indices();
        while let Some((at, it)) = rest.next() {
            match it {
                '{' | '[' => frames.push(Frame { object: it == '{', ..Frame::default() }),
                '}' | ']' => read.close(&mut frames),
                ':' => {
                    if let Some(top) = frames.last_mut() {
                        top.named = true;
                    }
                }
                ',' => {
                    if let Some(top) = frames.last_mut() {
                        top.named = false;
                        if top.object {
                            top.key.clear();
                        }
                    }
                }
                '"' => {
                    let begun = at + 1;
                    let (mut end, mut whole) = (text.len(), false);
                    while let Some((at, it)) = rest.next() {
                        match it {
                            '\\' => {
                                rest.next();
                            }
                            // A text does not go over lines: its end has not been written yet.
                            '"' | '\n' => {
                                (end, whole) = (at, it == '"');
                                break;
                            }
                            _ => (),
                        }
                    }
                    let here = (begun..=end).contains(&caret);
                    if here {
                        read.caret = Some((frames.clone(), text.get(begun..caret).unwrap_or_default().to_owned()));
                    }
                    let Some(top) = frames.last_mut().filter(|it| it.object) else { continue };
                    let said = text.get(begun..end).unwrap_or_default();
                    if top.named {
                        if top.key == "kind" {
                            said.clone_into(&mut top.kind);
                        }
                        // On the next line another member begins.
                        top.named = whole || here;
                    } else {
                        said.clone_into(&mut top.key);
                        if !here {
                            top.keys.push(said.to_owned());
                        }
                    }
                }
                _ => (),
            }
        }
        while !frames.is_empty() {
            read.close(&mut frames);
        }
        read
    }

    fn close(&mut self, frames: &mut Vec<Frame>) {
        let Some(closed) = frames.pop() else { return };
        if self.beside.is_none() && self.caret.as_ref().is_some_and(|it| it.0.len() == frames.len() + 1) {
            self.beside = Some(closed.keys.clone());
        }
        if let Some((last, around)) = frames.split_last()
            && matches!(last.key.as_str(), "properties" | "$defs")
        {
            self.maps.push((way(around, &last.key), closed.keys));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` is where the caret is.
    fn offered(file: &str, text: &str) -> Option<(String, Vec<String>, &'static str)> {
        let caret = text.find('|').expect("a caret");
        let text = text.replacen('|', "", 1);
        let names = |what: &str| match what {
            "field" => vec!["amount".to_owned(), "name".to_owned()],
            "module" => vec!["customer".to_owned()],
            _ => Vec::new(),
        };
        offer(file, &text, caret, &names).map(|it| (it.part, it.words, it.after))
    }

    #[test]
    fn what_is_offered_depends_on_where_it_is_written() {
        let cases: &[(&str, &str, &[&str], &str)] = &[
            // Words of a schema, without those that are there already, before or after.
            ("schema", r#"{"maxLength": 1, "ma|"#, &["maximum", "maxItems", "maxContains", "maxProperties"], "\": "),
            ("schema", r#"{"minL|", "maxLength": 4}"#, &["minLength"], ""),
            ("schema", r#"{"pat|": 1, "pattern": ""}"#, &["patternProperties"], ""),
            // What a property holds is a schema again.
            ("schema", r#"{"properties": {"a": {"ti|"#, &["title"], "\": "),
            ("schema", r#"{"properties": {"rows": {"items": {"properties": {"a": {"x-in|"#, &["x-index"], "\": "),
            ("schema", r#"{"allOf": [{}, {"th|"#, &["then"], "\": "),
            // Values, also in a list and with nothing begun; a text that stands there is replaced by hand.
            ("schema", r#"{"type": "n|"#, &["number", "null"], "\""),
            ("schema", r#"{"type": ["string", "nu|"]}"#, &["number", "null"], ""),
            ("schema", r#"{"x-index": {"search": "|"#, &["none", "exact", "prefix", "fulltext"], "\""),
            ("schema", r#"{"x-ref": {"module": "|"}}"#, &["customer"], ""),
            // What the text itself has: properties of the same object, definitions.
            (
                "schema",
                r#"{"required": ["b|"], "properties": {"bread": {}, "butter": {}, "jam": {}}}"#,
                &["bread", "butter"],
                "",
            ),
            (
                "schema",
                r##"{"properties": {"rows": {"properties": {"in": {}}, "required": ["|"]}, "out": {}}}"##,
                &["in"],
                "",
            ),
            (
                "schema",
                r##"{"$defs": {"money": {}, "man": {}}, "properties": {"a": {"$ref": "#/$defs/mo|"}}}"##,
                &["#/$defs/money"],
                "",
            ),
            // Rules and views have words of their own.
            ("rules", r#"{"computed": [{"field": "|", "mode": ""}]}"#, &["amount", "name"], ""),
            ("rules", r#"{"computed": [{"mode": "u|"#, &["untilEdited"], "\""),
            ("rules", r#"{"checks": [{"fields": ["name", "a|"#, &["amount"], "\""),
            ("view", r#"{"content": {"kind": "kanban", "gr|"#, &["group"], "\": "),
            ("view", r#"{"content": {"kind": "form", "sections": [{"fields": [{"field": "a|"#, &["amount"], "\""),
            ("view", r#"{"content": {"kind": "form", "gr|"#, &[], "\": "),
            ("definition", r#"{"rights": [{"actions": ["read", "ex|"#, &["export"], "\""),
            // Escapes and lines that are not finished yet.
            ("schema", "{\"title\": \"a \\\" {\", \"desc|", &["description"], "\": "),
            ("schema", "{\"title\": \"a,\n \"desc|", &["description"], "\": "),
        ];
        for (file, text, words, after) in cases {
            let (_, found, end) = offered(file, text).unwrap_or_else(|| panic!("nothing for {text}"));
            let mut wanted: Vec<&str> = words.to_vec();
            let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
            wanted.sort_unstable();
            found.sort_unstable();
            assert_eq!((found, end), (wanted, *after), "{text}");
        }
        // No text has been begun; nobody knows what is written there; the name of a property is its author's.
        for text in [r#"{"a": 1|}"#, "|", r#"{"no such": {"ti|"#, r#"{"properties": {"ti|"#, r#"{"title": "ti|"#] {
            assert_eq!(offered("schema", text), None, "{text}");
        }
    }

    #[test]
    fn every_shape_that_is_named_is_there() {
        for (name, shape) in SHAPES {
            for (key, code) in *shape {
                let named = code.trim_start_matches(['*', '[']);
                if let Some(it) = named.strip_prefix('{') {
                    assert!(super::shape(it, "").is_some(), "{name}.{key}");
                }
            }
        }
    }
}

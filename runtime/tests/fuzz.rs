//! What comes from outside, damaged at random: the XML reader, the JSON loader, expressions and scripts, FEEL, the checker. Whatever
//! comes is read or refused within the limits; nothing panics, and what was read is written and read again alike.
//!
//! Every run begins with the same seed and few rounds. `./dev fuzz TARGET MINUTES` goes on for so long; what fails is
//! written to the temporary folder, with its seed. `FUZZ_SEED` begins elsewhere.

#![allow(clippy::disallowed_methods, reason = "the clock and the seeds are the test's, not the core's")]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use runtime::check;
use runtime::expr::{Expr, Scope, Template};
use runtime::foreign::{self, Names};
use runtime::id::ScriptKey;
use runtime::interchange::Document;
use runtime::layout;
use runtime::model::catalog::Catalog;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use runtime::model::load;
use runtime::script::{Library, Script, Statements};
use runtime::simulate;
use serde_json::{Map, Value, json};

/// Rounds without a time of their own.
const ROUNDS: u64 = 150;

/// SplitMix64 (Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((it ^ (it >> 31)) % sides.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }

    /// A part of some bytes, not longer than `most`.
    fn part<'a>(&mut self, of: &'a [u8], most: usize) -> &'a [u8] {
        let from = self.roll(of.len());
        let to = (from + 1 + self.roll(most)).min(of.len());
        &of[from.min(to)..to]
    }
}

/// Bytes with some damage: `words` are put in, parts of other inputs spliced in.
fn damaged(dice: &mut Dice, inputs: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut it = dice.pick(inputs).clone();
    for _ in 0..1 + dice.roll(6) {
        let at = dice.roll(it.len() + 1);
        match dice.roll(7) {
            0 if at < it.len() => it[at] ^= 1 << dice.roll(8),
            1 => {
                let to = (at + dice.roll(40)).min(it.len());
                it.drain(at..to);
            }
            2 => {
                let part = dice.part(&it, 60).to_vec();
                it.splice(at..at, part);
            }
            3 => {
                let other = dice.pick(inputs).clone();
                it.splice(at..at, dice.part(&other, 400).to_vec());
            }
            4 => {
                let many = 1 << dice.roll(9);
                let word = dice.pick(words).repeat(many);
                it.splice(at..at, word.into_bytes());
            }
            5 => it.truncate(at),
            _ => {
                let word = dice.pick(words).as_bytes().to_vec();
                let to = (at + dice.roll(12)).min(it.len());
                it.splice(at..to, word);
            }
        }
    }
    it
}

/// Does a target again and again; tells the seed and keeps the input of what fails.
fn fuzz(name: &str, mut round: impl FnMut(&mut Dice) -> (Vec<u8>, Box<dyn FnOnce()>)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let first = number("FUZZ_SEED").unwrap_or(1);
    let time = number("FUZZ_MINUTES").map(|it| Duration::from_secs(it * 60));
    let begun = Instant::now();
    let mut seed = first;
    while time.map_or(seed < first + ROUNDS, |it| begun.elapsed() < it) {
        let (input, work) = round(&mut Dice(seed));
        let asked = Instant::now();
        let failed = catch_unwind(AssertUnwindSafe(work)).is_err();
        let slow = asked.elapsed() > Duration::from_secs(300);
        if failed || slow {
            let path = std::env::temp_dir().join(format!("fuzz-{name}-{seed}"));
            std::fs::write(&path, input).expect("the input can be kept");
            panic!("FUZZ_SEED={seed} {}: {}", if slow { "takes too long" } else { "fails" }, path.display());
        }
        seed += 1;
    }
    println!("{name}: {} rounds in {} s", seed - first, begun.elapsed().as_secs());
}

fn files(under: &Path, named: &dyn Fn(&Path) -> bool, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(under).into_iter().flatten().flatten().map(|it| it.path()) {
        if path.is_dir() {
            files(&path, named, found);
        } else if named(&path) {
            found.push(path);
        }
    }
    found.sort();
}

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates")
}

/// Flows with every element, in our JSON, besides those of the packs.
fn flows() -> Vec<Flow> {
    let mut all = Vec::new();
    let events = [
        json!({ "type": "timer", "timeDuration": "PT1H" }),
        json!({ "type": "message", "messageRef": "m" }),
        json!({ "type": "signal", "signalRef": "g" }),
        json!({ "type": "escalation", "escalationRef": "x" }),
        json!({ "type": "conditional", "condition": "n > 1" }),
        json!({ "type": "compensate" }),
        json!({ "type": "link", "name": "l" }),
        json!({ "type": "multiple", "parallel": true, "eventDefinitions": [{ "type": "message", "messageRef": "m" }, { "type": "terminate" }] }),
    ];
    for event in &events {
        let edge = |id: &str, from: &str, to: &str| json!({ "type": "sequenceFlow", "id": id, "sourceRef": from, "targetRef": to, "conditionExpression": "n > 0" });
        all.push(json!([
            { "type": "startEvent", "id": "s" },
            { "type": "inclusiveGateway", "id": "o" }, { "type": "complexGateway", "id": "c", "activationCondition": "activationCount >= 1" },
            { "type": "parallelGateway", "id": "p" }, { "type": "exclusiveGateway", "id": "x" }, { "type": "eventBasedGateway", "id": "v" },
            { "type": "subProcess", "id": "sub", "flowElements": [{ "type": "startEvent", "id": "ss" }, { "type": "task", "id": "st" }, edge("sf", "ss", "st"), { "type": "endEvent", "id": "se", "eventDefinition": { "type": "error", "errorRef": "E" } }, edge("sg", "st", "se")] },
            { "type": "boundaryEvent", "id": "b", "attachedToRef": "sub", "cancelActivity": false, "eventDefinition": event },
            { "type": "adHocSubProcess", "id": "a", "flowElements": [{ "type": "scriptTask", "id": "at", "source": "n = n + 1" }] },
            { "type": "userTask", "id": "u", "startQuantity": 2, "loopCharacteristics": { "type": "multiInstance", "loopCardinality": "n", "completionCondition": "nrOfCompletedInstances > 1" } },
            { "type": "intermediateCatchEvent", "id": "ic", "eventDefinition": event }, { "type": "intermediateThrowEvent", "id": "it", "eventDefinition": event },
            { "type": "endEvent", "id": "e", "eventDefinition": event },
            edge("f1", "s", "o"), edge("f2", "o", "sub"), edge("f3", "o", "a"), edge("f4", "sub", "c"), edge("f5", "a", "c"), edge("f6", "c", "p"),
            edge("f7", "p", "u"), edge("f8", "p", "v"), edge("f9", "v", "ic"), edge("f10", "ic", "x"), edge("f11", "x", "it"), edge("f12", "it", "e"),
            edge("f13", "u", "x"), edge("f14", "x", "o"), edge("f15", "b", "x")
        ]));
    }
    let flow = |elements: Value| {
        let value = json!({ "format": 1, "id": "P", "key": "p", "name": "P", "flowElements": elements });
        serde_json::from_value::<Flow>(value).expect("a flow")
    };
    let mut found: Vec<Flow> = all.into_iter().map(flow).collect();
    let mut paths = Vec::new();
    files(&templates(), &|it| it.ends_with("flow.json"), &mut paths);
    found.extend(
        paths.iter().map(|it| serde_json::from_slice::<Flow>(&std::fs::read(it).expect("a file")).expect("a flow")),
    );
    found
}

fn documents() -> Vec<Document> {
    let drawn = |flow: Flow| {
        let mut document = Document::of_flow(flow, Layout { format: 1, diagrams: Vec::new() });
        layout::complete(&mut document);
        document
    };
    flows().into_iter().map(drawn).collect()
}

/// What is read is checked, written and read again.
fn use_document(document: &Document) {
    let xml = document.write_xml();
    let again = Document::read_xml(xml.as_bytes()).expect("what was written can be read");
    assert_eq!(again.write_xml(), xml, "the second round trip gives the same bytes");
    let json = document.write_json();
    let again = Document::read_json(json.as_bytes()).expect("what was written can be read");
    assert_eq!(again.write_json(), json, "as JSON too");
    check::file::check(document, "a.bpmn");
    document.unsupported();
    use_flows(&document.flows);
}

fn use_flows(flows: &[Flow]) {
    check::flows_together(flows, &[], 2_000);
    simulate::run(flows, &[], &simulate::Options { auto: true, ..simulate::Options::default() });
}

#[test]
fn xml() {
    let inputs: Vec<Vec<u8>> = documents().iter().map(|it| it.write_xml().into_bytes()).collect();
    let words = [
        "<",
        ">",
        "/>",
        "&",
        "&#x0;",
        "&lt;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
        "<?",
        "\"",
        "'",
        "xmlns:a=\"u\"",
        "<subProcess>",
        "</subProcess>",
        "<a:b/>",
        "\u{feff}",
        "\u{0}",
        "é",
        "id=\"s\"",
        "NaN",
        "1e308",
    ];
    fuzz("xml", |dice| {
        let input = damaged(dice, &inputs, &words);
        let bytes = input.clone();
        (
            input,
            Box::new(move || {
                if let Ok(it) = Document::read_xml(&bytes) {
                    use_document(&it);
                }
            }),
        )
    });
}

#[test]
fn json() {
    let inputs: Vec<Vec<u8>> = documents().iter().map(|it| it.write_json().into_bytes()).collect();
    let mut pack: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut paths = Vec::new();
    let root = templates().join("service");
    files(&root, &|it| it.extension().is_some_and(|it| it == "json" || it == "rhai"), &mut paths);
    for path in &paths {
        let name = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
        pack.insert(name, std::fs::read(path).expect("a file"));
    }
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "1e999",
        "-0",
        "\"\"",
        "\"id\"",
        "\\u0000",
        "[[[[[[[[",
        "{\"a\":",
        "\"type\":\"task\"",
        "9999999999999999999",
    ];
    fuzz("json", |dice| {
        if pack.is_empty() || dice.roll(2) == 0 {
            let input = damaged(dice, &inputs, &words);
            let bytes = input.clone();
            return (
                input,
                Box::new(move || {
                    if let Ok(it) = Document::read_json(&bytes) {
                        use_document(&it);
                    }
                }),
            );
        }
        let names: Vec<String> = pack.keys().cloned().collect();
        let name = dice.pick(&names).clone();
        let input = damaged(dice, std::slice::from_ref(&pack[&name]), &words);
        let mut files = pack.clone();
        files.insert(name, input.clone());
        (
            input,
            Box::new(move || {
                let (pack, _) = load::load(&files);
                let id = pack.manifest.id.clone();
                let around = check::Surroundings { budget: Some(2_000), ..check::Surroundings::default() };
                check::pack(&Catalog::new([pack]), &id, &around);
            }),
        )
    });
}

#[test]
fn expressions() {
    let inputs = [
        "data.amount * 2 > 100 && data.kind == \"a\"",
        "if vars.n > 1 { \"many\" } else { \"one\" }",
        "let total = 0; for it in rows { total += it.price * it.count; } result.total = total; total",
        "n = n + 1; list.push(n); text = `sum ${n}`;",
        "today + days(3) <= date(data.due)",
        "fn f(x) { if x < 2 { 1 } else { f(x - 1) + f(x - 2) } } f(n)",
        "rows.filter(|it| it.price > 1).map(|it| it.price).reduce(|a, b| a + b)",
        "if n in [1..3) and not(rows[1].price between 1 and 2) then date(data.due) + duration(\"P1D\") else @\"2026-01-01\"",
        "Order Total > 10 or order-id in (\"a\", \"b\", n) and string length(data.kind) = 1",
        "Dear ${user.name}, it is ${round(data.amount, 2)} ${data[\"a\"][0].b}",
    ];
    let inputs: Vec<Vec<u8>> = inputs.iter().map(|it| it.as_bytes().to_vec()).collect();
    let words = [
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "`",
        "\"",
        "'",
        "||",
        "&&",
        "!",
        "-",
        "??",
        "?.",
        "..",
        "**",
        "<<",
        ">>",
        "%",
        "/ 0",
        "9223372036854775807",
        "-9223372036854775808",
        "1e308",
        "loop { }",
        "while true { x += \"aaaaaaaa\" }",
        "fn g() { g() } g()",
        "eval(\"1\")",
        "import \"a\" as b;",
        "while ",
        "0..1000000000",
        "pad(\"a\", 1000000000, \"b\")",
        "x * x",
        "[[",
        "#{a: ",
        "/*",
        "//",
        "$",
        "\\",
        "é",
    ];
    fuzz("expressions", |dice| {
        let input = damaged(dice, &inputs, &words);
        let text = String::from_utf8_lossy(&input).into_owned();
        (
            input,
            Box::new(move || {
                let mut scope = Scope::new(Arc::new(Library::default()), Timestamp::UNIX_EPOCH, &TimeZone::UTC);
                scope.set("data", json!({ "amount": 12.5, "kind": "a", "due": "2026-01-01", "a": [{ "b": 1 }] }));
                scope.set("vars", json!({ "n": 3 }));
                scope.set("rows", json!([{ "price": 2, "count": 3 }]));
                scope.set("n", json!(5));
                if let Ok(it) = Expr::parse(&text) {
                    let _value = it.eval(&scope);
                    let _ways = (it.reads(), it.calls(), it.tree());
                }
                // As other tools write it.
                let names = Names::of(&[], ["Order Total", "order-id"].into_iter());
                for mut said in [text.clone(), format!("={text}"), format!("${{{text}}}")] {
                    foreign::text(&mut said, &names);
                    let _value = Expr::parse(&said).map(|it| it.eval(&scope));
                }
                if let Ok(it) = Template::parse(&text) {
                    let _text = it.render(&scope);
                }
                if let Ok(it) = Statements::parse(&text) {
                    let variables: Map<String, Value> =
                        [("n".to_owned(), json!(1)), ("list".to_owned(), json!([]))].into_iter().collect();
                    let _changed = it.run(&scope, &variables);
                }
                if let Ok(it) = Script::compile(&ScriptKey::from("s"), &text) {
                    let _value = it.run(&scope);
                    let _ways = (it.reads(), it.writes(), it.calls());
                }
            }),
        )
    });
}

/// An expression of FEEL, nested at most so deeply; a bit of everything, and what belongs nowhere.
fn feel_of(dice: &mut Dice, depth: usize) -> String {
    const LEAVES: &[&str] = &[
        "n",
        "m",
        "Order Total",
        "order-id",
        "rows",
        "data.kind",
        "nothing",
        "null",
        "true",
        "1",
        ".5",
        "-2",
        "\"a\"",
        "\"\\n\"",
        "@\"2026-01-01\"",
        "@\"PT5M\"",
        "@\"2026-01-01T00:00:00Z\"",
        "[]",
        "{}",
        "now()",
        "today()",
        "é",
    ];
    const CALLS: &[&str] = &[
        "not",
        "date",
        "time",
        "date and time",
        "duration",
        "string",
        "number",
        "abs",
        "floor",
        "modulo",
        "decimal",
        "round half up",
        "string length",
        "upper case",
        "contains",
        "starts with",
        "list contains",
        "is defined",
        "is blank",
        "get or else",
        "count",
        "sum",
        "max",
        "mean",
        "year",
        "some",
        "substring",
    ];
    const SIGNS: &[&str] =
        &["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "between", "instance of", "->"];
    if depth == 0 || dice.roll(12) == 0 {
        return (*dice.pick(LEAVES)).to_owned();
    }
    // One way down as deep as it goes, the others short.
    let deep = |dice: &mut Dice| feel_of(dice, depth - 1);
    let short = |dice: &mut Dice| {
        let depth = if dice.roll(8) == 0 { depth / 2 } else { 0 };
        feel_of(dice, depth)
    };
    match dice.roll(14) {
        0 => format!("({})", deep(dice)),
        1 => format!("-{}", deep(dice)),
        2 => format!("if {} then {} else {}", short(dice), deep(dice), short(dice)),
        3 => format!("if {} then {} else {}", deep(dice), short(dice), short(dice)),
        4 => format!("{}[{}]", deep(dice), short(dice)),
        5 => format!("[{}, {}]", short(dice), deep(dice)),
        6 => format!("{{a: {}, \"b c\": {}}}", deep(dice), short(dice)),
        7 => format!("{} in ({}, > {}, {})", short(dice), deep(dice), short(dice), short(dice)),
        8 => {
            let (open, close) = (*dice.pick(&["[", "(", "]", "(("]), *dice.pick(&["]", ")", "[", "))"]));
            format!("{} in {open}{}..{}{close}", short(dice), deep(dice), short(dice))
        }
        9 => format!("{} between {} and {}", deep(dice), short(dice), short(dice)),
        10 => format!("{}({})", dice.pick(CALLS), deep(dice)),
        11 => format!("{}({}, {})", dice.pick(CALLS), short(dice), deep(dice)),
        12 => format!("{}.{}", deep(dice), dice.pick(&["a", "case", "Order Total"])),
        _ => format!("{} {} {}", short(dice), dice.pick(SIGNS), deep(dice)),
    }
}

/// FEEL alone: what is read is an expression of ours, soon and not too long; what is not says so where it is asked.
#[test]
fn feel() {
    let words = [
        " in ",
        " in (",
        " in ((",
        "..",
        "[",
        "]",
        "(",
        ")",
        "{a:",
        "}",
        "if ",
        " then ",
        " else ",
        " and ",
        " or ",
        "not(",
        "-",
        "**",
        "@\"",
        "\"",
        "\\",
        "//",
        "/*",
        "*/",
        "date and time",
        "date  and\ttime(",
        " between ",
        " instance of ",
        "Order ",
        "Order Total",
        "order-id",
        ".",
        "1.",
        "..5",
        "?",
        ":",
        ",",
        "item",
        "\u{a0}",
        "é",
        "\u{0}",
        "999999999999999999999999999999",
        "P1Y",
        "PT",
    ];
    fuzz("feel", |dice| {
        let depth = 1 + dice.roll(40);
        let own = feel_of(dice, depth).into_bytes();
        let input = if dice.roll(3) == 0 { damaged(dice, &[own], &words) } else { own };
        let text = String::from_utf8_lossy(&input).into_owned();
        (
            input,
            Box::new(move || {
                let mut scope = Scope::new(Arc::new(Library::default()), Timestamp::UNIX_EPOCH, &TimeZone::UTC);
                let vars = json!({ "n": 3, "m": 2.5, "nothing": null, "rows": [1, { "a": 2 }], "Order Total": 12, "order-id": "x" });
                for (name, value) in vars.as_object().expect("a map") {
                    scope.set(name, value.clone());
                }
                scope.set("data", json!({ "kind": "a" }));
                scope.set("vars", vars);
                let names = Names::of(&[], ["Order Total", "order-id"].into_iter());
                let asked = Instant::now();
                // `==` is another language's.
                let mut said = format!("={}", text.trim_start().trim_start_matches('='));
                foreign::text(&mut said, &names);
                let took = asked.elapsed();
                assert!(took < Duration::from_secs(5), "read in {took:?}");
                assert!(said.len() <= (64 << 10) + 4 * text.len(), "{} bytes became {}", text.len(), said.len());
                match Expr::parse(&said) {
                    Ok(it) => {
                        let _value = it.eval(&scope);
                        assert_eq!(foreign::is_stopped(&said), foreign::written(&it).is_some(), "{said}");
                    }
                    Err(wrong) => panic!("said {said}: {wrong}"),
                }
            }),
        )
    });
}

/// Every text under these keys in a JSON value, in order.
fn texts<'a>(value: &'a mut Value, keys: &[&str], found: &mut Vec<&'a mut String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| texts(it, keys, found)),
        Value::Object(members) => {
            for (key, it) in members.iter_mut() {
                if !it.is_string() {
                    texts(it, keys, found);
                } else if let Value::String(text) = it
                    && keys.contains(&key.as_str())
                {
                    found.push(text);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn checker() {
    let inputs: Vec<Value> = flows().iter().map(|it| serde_json::to_value(it).expect("JSON")).collect();
    fuzz("checker", |dice| {
        let mut value = dice.pick(&inputs).clone();
        for _ in 0..1 + dice.roll(5) {
            let mut names = Vec::new();
            texts(
                &mut value,
                &[
                    "id",
                    "sourceRef",
                    "targetRef",
                    "attachedToRef",
                    "default",
                    "type",
                    "conditionExpression",
                    "activationCondition",
                ],
                &mut names,
            );
            let (from, to) = (dice.roll(names.len()), dice.roll(names.len()));
            let text = names[from].clone();
            *names[to] = text;
            if let Some(elements) = value["flowElements"].as_array_mut() {
                let (at, other) = (dice.roll(elements.len()), dice.roll(elements.len()));
                match dice.roll(4) {
                    0 => elements.swap(at, other),
                    1 => {
                        let it = elements[at].clone();
                        elements.insert(other, it);
                    }
                    2 if elements.len() > 3 => {
                        elements.remove(at);
                    }
                    _ => {}
                }
            }
        }
        let input = value.to_string().into_bytes();
        (
            input,
            Box::new(move || {
                let Ok(flow) = serde_json::from_value::<Flow>(value) else { return };
                let mut document = Document::of_flow(flow.clone(), Layout { format: 1, diagrams: Vec::new() });
                layout::complete(&mut document);
                use_flows(&[flow]);
            }),
        )
    });
}

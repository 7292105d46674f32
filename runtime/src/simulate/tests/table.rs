//! Execution tests as a table: model, input, expected trace. The models are in text files: `# title`, lines as
//! [`crate::engine::tests::flow`] reads them (`process id` begins another process of the same file), then runs: `? auto {variables}
//! [script]` and `= status trace`. `UPDATE_EXPECT=1` writes what came.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::{Options, run, show};
use crate::model::flow::Flow;

/// One run: its line, and what is expected.
struct Case<'a> {
    title: &'a str,
    model: Vec<&'a str>,
    asked: &'a str,
}

fn flows(model: &[&str]) -> Vec<Flow> {
    let mut texts: Vec<(&str, String)> = Vec::new();
    for line in model {
        match line.strip_prefix("process ") {
            Some(id) => texts.push((id, String::new())),
            None => {
                if texts.is_empty() {
                    texts.push(("p", String::new()));
                }
                let _ = writeln!(texts.last_mut().expect("a process").1, "{line}");
            }
        }
    }
    let flow = |(id, text): &(&str, String)| Flow {
        id: (*id).to_owned(),
        key: (*id).into(),
        ..crate::engine::tests::flow(text)
    };
    texts.iter().map(flow).collect()
}

fn came(case: &Case) -> String {
    let (auto, rest) = case.asked.strip_prefix("auto ").map_or((false, case.asked), |it| (true, it));
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let mut next = || values.next().transpose().unwrap_or_else(|it| panic!("{}: {rest}: {it}", case.title));
    let variables: Map<String, Value> = next().and_then(|it| it.as_object().cloned()).unwrap_or_default();
    let script = next().map(|it| serde_json::from_value(it).expect("happenings")).unwrap_or_default();
    let outcome = run(&flows(&case.model), &[], &Options { auto, variables, script, ..Options::default() });
    let shown = show(&outcome);
    let parts: Vec<&str> = shown.splitn(4, " | ").collect();
    let waits = if parts[2].is_empty() { String::new() } else { format!(" | {}", parts[2]) };
    let says = if parts[3].is_empty() { String::new() } else { format!(" | {}", parts[3]) };
    format!("{}{waits}{says}", parts[0])
}

/// Plays a table; answers the titles in it.
#[allow(clippy::disallowed_methods, reason = "the table is a file, so that it can be written anew")]
fn table(file: &str) -> Vec<String> {
    let path = format!("{}/src/simulate/tests/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a table");
    let (mut titles, mut model, mut wrong, mut new) = (Vec::new(), Vec::new(), Vec::new(), String::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("# ") {
            titles.push(title.to_owned());
            model.clear();
        } else if let Some(asked) = line.strip_prefix("? ") {
            let expected = lines.next_if(|it| it.starts_with("= ")).map(|it| &it[2..]).unwrap_or_default();
            let title = titles.last().expect("a title").clone();
            let came = came(&Case { title: &title, model: model.clone(), asked });
            if came != expected {
                wrong.push(format!("{title}\n  ? {asked}\n  expected {expected}\n  came     {came}"));
            }
            let _ = writeln!(new, "{line}\n= {came}");
            continue;
        } else if !line.trim().is_empty() {
            model.push(line);
        }
        let _ = writeln!(new, "{line}");
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, new).expect("the table can be written");
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    titles
}

/// The control-flow patterns of van der Aalst et al. (workflowpatterns.com), all 43.
#[test]
fn workflow_patterns() {
    let titles = table("patterns.txt");
    let numbers: Vec<u32> = titles.iter().filter_map(|it| it.split(' ').next()?.parse().ok()).collect();
    assert_eq!(numbers, (1..=43).collect::<Vec<_>>());
}

/// Every element in every place where it may stand.
#[test]
fn elements() {
    assert!(!table("elements.txt").is_empty());
}

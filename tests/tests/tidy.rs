//! The house is in order: crate borders, file lengths, first lines, documented codes, texts in both languages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the workspace").to_owned()
}

/// Every file under version control's eye with one of these endings, with its path from the root.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    fn walk(dir: &Path, endings: &[&str], root: &Path, into: &mut Vec<(String, String)>) {
        let mut entries: Vec<_> =
            std::fs::read_dir(dir).expect("a folder of the workspace").flatten().map(|it| it.path()).collect();
        entries.sort();
        for path in entries {
            let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
            if path.is_dir() {
                if !["target", "node_modules", "data", "vendor"].contains(&name)
                    && (!name.starts_with('.') || name == ".ci")
                {
                    walk(&path, endings, root, into);
                }
            } else if endings.iter().any(|it| name.ends_with(it))
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let from_root = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
                into.push((from_root, text));
            }
        }
    }
    let mut into = Vec::new();
    walk(&root(), endings, &root(), &mut into);
    assert!(!into.is_empty(), "no files with {endings:?} found");
    into
}

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_800_lines() {
    let long = files(&[".rs", ".css", ".js", ".mjs", ".sh", ".rhai", "dev"])
        .into_iter()
        .filter(|(_, text)| text.lines().count() > 800)
        .map(|(path, text)| {
            format!("{path}: {} lines; find the second concept in it and give it a file", text.lines().count())
        });
    none(long.collect());
}

#[test]
fn every_source_file_says_what_lives_in_it() {
    let silent = files(&[".rs"])
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| format!("{path}: expected `//!` first"));
    none(silent.collect());
}

#[test]
fn crates_know_only_whom_they_may() {
    // Crate folder → the crates of ours it may depend on, tests aside.
    let may: BTreeMap<&str, &[&str]> = [
        ("runtime", &[] as &[&str]),
        ("server/api", &["runtime"]),
        ("server/plugin", &["runtime"]),
        ("server/wal", &[]),
        ("server", &["runtime", "api", "plugin", "wal"]),
        ("designer/edit", &["runtime"]),
        ("designer/rules", &["runtime", "api"]),
        ("designer/bundle", &[]),
        ("designer", &["api", "edit", "runtime"]),
    ]
    .into();
    let ours: BTreeSet<&str> =
        ["runtime", "api", "plugin", "wal", "server", "edit", "rules", "bundle", "designer", "tests"].into();
    let mut wrong = Vec::new();
    for (folder, allowed) in may {
        let text = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).expect(folder);
        let mut section = "";
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line;
            }
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if section == "[dependencies]" && ours.contains(name) && !allowed.contains(&name) {
                wrong.push(format!("{folder} may not know {name}"));
            }
        }
    }
    none(wrong);
}

#[test]
fn versions_stand_only_in_the_workspace() {
    let mut wrong = Vec::new();
    for (path, text) in files(&["Cargo.toml"]) {
        if path == "Cargo.toml" || path.starts_with("plugins/") {
            continue;
        }
        for line in text.lines().filter(|it| it.contains("version = \"")) {
            wrong.push(format!("{path}: `{line}`; versions belong into [workspace.dependencies]"));
        }
    }
    none(wrong);
}

/// Codes given to `Alert::error("…"`, `Alert::warning("…"`, `Alert::new("…"`, `unknown("…"`.
fn codes(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for start in ["Alert::error(", "Alert::warning(", "Alert::new(", "unknown(", "report(", "say("] {
        for rest in text.split(start).skip(1) {
            let rest = rest.trim_start();
            if let Some(code) = rest.strip_prefix('"').and_then(|it| it.split('"').next())
                && code.contains('-')
                && !code.contains(' ')
            {
                found.insert(code.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_alert_code_is_documented_where_it_is_raised() {
    let mut wrong = Vec::new();
    for (path, text) in
        files(&[".rs"]).into_iter().filter(|(path, _)| path.starts_with("runtime/src") && !path.contains("test"))
    {
        let docs: String =
            text.lines().map(str::trim).filter(|it| it.starts_with("//!") || it.starts_with("///")).collect();
        wrong.extend(codes(&text).into_iter().filter(|it| !docs.contains(&format!("`{it}`"))).map(|it| {
            format!("{path}: `{it}` has no page: name it in a doc comment with what it means and how it is mended")
        }));
    }
    none(wrong);
}

#[test]
fn every_alert_code_has_its_page_in_both_languages() {
    let sources =
        files(&[".rs"]).into_iter().filter(|(path, _)| path.starts_with("runtime/src") && !path.contains("test"));
    let mut all: BTreeSet<String> = sources.flat_map(|(_, text)| codes(&text)).collect();
    let pages: BTreeMap<String, String> = files(&[".md"])
        .into_iter()
        .filter_map(|(path, text)| Some((path.strip_prefix("docs/alerts/")?.to_owned(), text)))
        .collect();
    all.extend(pages.keys().filter_map(|it| it.split('.').next()).map(str::to_owned));
    let words = files(&["say.rs"])
        .into_iter()
        .find(|(path, _)| path.contains("studio"))
        .expect("the studio's words for alerts")
        .1;
    let mut wrong = Vec::new();
    for code in all {
        for (language, parts) in [
            ("en", ["**Why.**", "**Bad.**", "**Good.**", "**Fix.**"]),
            ("zh-CN", ["**为什么。**", "**错误示例。**", "**正确示例。**", "**如何修正。**"]),
        ] {
            match pages.get(&format!("{code}.{language}.md")) {
                None => wrong.push(format!("docs/alerts/{code}.{language}.md is missing")),
                Some(text)
                    if !text.starts_with("# ")
                        || !text.contains(&format!("`{code}`"))
                        || parts.iter().any(|it| !text.contains(it)) =>
                {
                    wrong.push(format!("docs/alerts/{code}.{language}.md: expected a heading, the code, {parts:?}"))
                }
                Some(text) if language == "zh-CN" => {
                    let heading = text.lines().next().unwrap_or_default().trim_start_matches("# ");
                    if !words.contains(&format!("\"{code}\" => \"{heading}\"")) {
                        wrong.push(format!(
                            "the studio says nothing, or something else, for `{code}`: expected `{heading}`"
                        ));
                    }
                }
                Some(_) => {}
            }
        }
    }
    none(wrong);
}

#[test]
fn packs_speak_both_languages() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(root().join("templates"))
        .expect("templates")
        .flatten()
        .filter(|it| it.path().join("pack.json").exists())
    {
        let read = |language: &str| -> BTreeMap<String, String> {
            let text = std::fs::read_to_string(entry.path().join(format!("i18n/{language}.json"))).expect(language);
            serde_json::from_str(&text).expect(language)
        };
        let (en, zh) = (read("en"), read("zh-CN"));
        for (one, other, name) in [(&en, &zh, "zh-CN"), (&zh, &en, "en")] {
            wrong.extend(
                one.keys()
                    .filter(|it| !other.contains_key(*it))
                    .map(|it| format!("{}: {it} has no text in {name}", entry.path().display())),
            );
        }
        wrong.extend(
            en.iter()
                .chain(&zh)
                .filter(|(_, text)| text.trim().is_empty())
                .map(|(key, _)| format!("{}: {key} is empty", entry.path().display())),
        );
    }
    none(wrong);
}

#[test]
fn nothing_speaks_of_one_machine() {
    // Folders of the place where it is written, put together here so that this file does not name them.
    let places = [["/wo", "rk/main"], ["/wo", "rk/wt"], ["/wo", "rk/shared"], ["/ro", "ot/."]].map(|it| it.concat());
    let mut wrong = Vec::new();
    for (path, text) in files(&[".rs", ".md", ".json", ".toml", ".sh", ".css", ".js", ".rhai", ".html", "dev", "run"]) {
        for (at, line) in text.lines().enumerate() {
            if places.iter().any(|it| line.contains(it)) {
                wrong.push(format!("{path}:{}: {}", at + 1, line.trim()));
            }
        }
    }
    none(wrong);
}

#[test]
fn nothing_unwraps_outside_tests() {
    let mut wrong = Vec::new();
    for (path, text) in files(&[".rs"]) {
        // Modules that are tests as a whole say so where they are declared.
        let module = path.trim_end_matches(".rs").rsplit('/').next().unwrap_or_default();
        let declared =
            Path::new(&path).parent().map(|it| ["lib.rs", "mod.rs", "main.rs"].map(|file| root().join(it).join(file)));
        let whole = declared.into_iter().flatten().filter_map(|it| std::fs::read_to_string(it).ok()).any(|it| {
            it.contains(&format!("#[cfg(test)]\nmod {module};"))
                || it.contains(&format!("#[cfg(test)]\npub mod {module};"))
        });
        if path.starts_with("tests/") || path.contains("/tests") || path.contains("test") || whole {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, line) in code.lines().enumerate() {
            let line = line.trim();
            if !line.starts_with("//")
                && [".unwrap()", "todo!(", "unimplemented!(", "dbg!("].iter().any(|it| line.contains(it))
            {
                wrong.push(format!("{path}:{}: {line}", at + 1));
            }
        }
    }
    none(wrong);
}

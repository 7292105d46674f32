//! Words for the search index. Latin letters and digits: whole words in lower case, found by their beginnings.
//! Chinese has no spaces: every two neighbouring characters are a word, so that any part of a name is found
//! without a dictionary. A question is cut the same way, and all its words must be there.

use runtime::limits;
use std::collections::BTreeSet;

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// Full-width letters and digits as plain ones; everything in lower case.
fn plain(c: char) -> impl Iterator<Item = char> {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    narrow.to_lowercase()
}

/// Runs of one kind of character.
enum Run {
    Word(String),
    Cjk(Vec<char>),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    for c in text.chars().flat_map(plain) {
        if is_cjk(c) {
            match runs.last_mut() {
                Some(Run::Cjk(run)) if open => run.push(c),
                Some(_) | None => runs.push(Run::Cjk(vec![c])),
            }
            open = true;
        } else if c.is_alphanumeric() {
            match runs.last_mut() {
                Some(Run::Word(run)) if open => {
                    if run.chars().count() < limits::WORD_CHARS {
                        run.push(c);
                    }
                }
                Some(_) | None => runs.push(Run::Word(c.to_string())),
            }
            open = true;
        } else {
            open = false;
        }
    }
    runs
}

/// The words of some text, for the index.
pub fn words(text: &str, into: &mut BTreeSet<String>) {
    tagged(text, "", into);
}

/// The words of a field that not everybody may see: each carries the field's tag.
pub fn tagged(text: &str, tag: &str, into: &mut BTreeSet<String>) {
    for run in runs(text) {
        if into.len() >= limits::RECORD_WORDS {
            return;
        }
        match run {
            Run::Word(word) => {
                into.insert(format!("{tag}{word}"));
            }
            Run::Cjk(run) => {
                for pair in run.windows(2) {
                    into.insert(format!("{tag}{}{}", pair[0], pair[1]));
                }
                // The last character starts no pair; alone it lets a question of one character find it.
                if let Some(last) = run.last() {
                    into.insert(format!("{tag}{last}"));
                }
            }
        }
    }
}

/// The tag of a closed field: letters and digits only, and nothing a person would type.
pub fn tag(field: &str) -> String {
    let plain: String = field.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("zqx{plain}qz")
}

/// One word of a question; with `prefix` it is the beginning of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub word: String,
    pub prefix: bool,
}

/// The words of a question. Empty when it has none.
pub fn asked(text: &str) -> Vec<Asked> {
    let mut asked = Vec::new();
    for run in runs(text) {
        match run {
            Run::Word(word) => asked.push(Asked { word, prefix: true }),
            Run::Cjk(run) if run.len() == 1 => asked.push(Asked { word: run[0].to_string(), prefix: true }),
            Run::Cjk(run) => asked.extend(run.windows(2).map(|it| Asked { word: it.iter().collect(), prefix: false })),
        }
    }
    asked.truncate(limits::ASKED_WORDS);
    asked
}

/// The question as FTS5 wants it. `tags`: closed fields the person may read.
pub fn fts5(asked: &[Asked], tags: &[String]) -> String {
    let term = |it: &Asked, tag: &str| format!("\"{tag}{}\"{}", it.word, if it.prefix { "*" } else { "" });
    join(asked, tags, term, " OR ", " AND ")
}

/// The question as a `tsquery`.
pub fn tsquery(asked: &[Asked], tags: &[String]) -> String {
    let term = |it: &Asked, tag: &str| format!("'{tag}{}'{}", it.word, if it.prefix { ":*" } else { "" });
    join(asked, tags, term, " | ", " & ")
}

fn join(asked: &[Asked], tags: &[String], term: impl Fn(&Asked, &str) -> String, or: &str, and: &str) -> String {
    let one = |it: &Asked| {
        let mut terms = vec![term(it, "")];
        terms.extend(tags.iter().map(|tag| term(it, tag)));
        format!("({})", terms.join(or))
    };
    asked.iter().map(one).collect::<Vec<_>>().join(and)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        let mut into = BTreeSet::new();
        words(text, &mut into);
        into.into_iter().collect()
    }

    #[test]
    fn chinese_is_cut_into_pairs() {
        assert_eq!(list("变压器"), ["压器", "变压", "器"]);
        assert_eq!(list("#TS20260302-001 ＡＢＢ公司"), ["001", "abb", "ts20260302", "公司", "司"]);
    }

    #[test]
    fn a_question_is_quoted_whatever_it_holds() {
        assert_eq!(fts5(&asked("压器 TS2026\" OR *"), &[]), "(\"压器\") AND (\"ts2026\"*) AND (\"or\"*)");
        assert_eq!(
            tsquery(&asked("漏 138"), &["zqxphoneqz".to_owned()]),
            "('漏':* | 'zqxphoneqz漏':*) & ('138':* | 'zqxphoneqz138':*)"
        );
        assert!(asked("  ，。--").is_empty());
    }
}

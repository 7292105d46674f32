//! Pieces that are too small to travel alone. The splitter makes one for every set of parts that share something: hundreds, most of
//! them less than a kilobyte, each a request of its own and compressed by itself. A small one goes along with a larger one that is
//! there wherever it is needed; a few bytes then come where nobody needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::merge::{merge, weight};

/// Bytes from which on a piece travels alone.
const ALONE: usize = 8192;
/// Bytes at most that come where nobody needs them, for one piece, over all parts.
const MORE: usize = 10_000;

/// What some later parts share.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    /// Its number in the splitter's names.
    number: String,
    users: BTreeSet<String>,
    size: usize,
}

/// Puts small pieces in `folder` together and tells the loader there. Answers the names of the files that are gone.
pub fn gather(folder: &Path, loader: &Path) -> Result<Vec<String>> {
    let script = fs::read_to_string(loader).with_context(|| format!("read {}", loader.display()))?;
    let file = |number: &str| format!("chunk_{number}.wasm");
    let mut pieces = pieces(&script);
    for it in &mut pieces {
        it.size = weight(&fs::read(folder.join(file(&it.number))).with_context(|| file(&it.number))?)?;
    }
    let groups = groups(pieces);
    let mut gone = Vec::new();
    for group in groups.iter().filter(|it| it.len() > 1) {
        let read = |it: &Piece| fs::read(folder.join(file(&it.number))).with_context(|| file(&it.number));
        let modules = group.iter().map(read).collect::<Result<Vec<_>>>()?;
        let whole = merge(&modules).with_context(|| format!("put {} and others together", file(&group[0].number)))?;
        for it in &group[1..] {
            fs::remove_file(folder.join(file(&it.number)))?;
            gone.push(file(&it.number));
        }
        fs::write(folder.join(file(&group[0].number)), whole)?;
    }
    fs::write(loader, told(&script, &groups)?)?;
    Ok(gone)
}

/// The pieces the loader knows: `/* who, uses, it */ const __chunk_7 = makeLoad(…`
fn pieces(script: &str) -> Vec<Piece> {
    let found = script.split("/* ").skip(1).filter_map(|it| {
        let (users, rest) = it.split_once(" */")?;
        let number = rest.trim_start().strip_prefix("const __chunk_")?.split(' ').next()?;
        Some(Piece { number: number.to_owned(), users: users.split(", ").map(str::to_owned).collect(), size: 0 })
    });
    found.collect()
}

/// What travels together; the first of each is used wherever the others are.
fn groups(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let (large, mut small): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|it| it.size >= ALONE);
    let mut groups: Vec<Vec<Piece>> = large.into_iter().map(|it| vec![it]).collect();
    // Those that are used most first: where none is there to go along with, others may go along with them.
    small.sort_by(|a, b| b.users.len().cmp(&a.users.len()).then(b.size.cmp(&a.size)).then(a.number.cmp(&b.number)));
    for it in small {
        let fits = |group: &&mut Vec<Piece>| {
            let users = &group[0].users;
            users.is_superset(&it.users) && (users.len() - it.users.len()) * it.size <= MORE
        };
        match groups.iter_mut().filter(fits).min_by_key(|group| group[0].users.len()) {
            Some(group) => group.push(it),
            None => groups.push(vec![it]),
        }
    }
    groups
}

/// The loader without the pieces that went along with others.
fn told(script: &str, groups: &[Vec<Piece>]) -> Result<String> {
    let mut instead: BTreeMap<&str, &str> = BTreeMap::new();
    for group in groups {
        for it in group {
            instead.insert(&it.number, &group[0].number);
        }
    }
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    // The constants of the pieces.
    while let Some((before, after)) = rest.split_once("/* ") {
        out.push_str(before);
        let end = after.find(", []);\n").context("the loader is not written as expected")? + ", []);\n".len();
        let (block, left) = after.split_at(end);
        let number = block.split_once("const __chunk_").and_then(|it| it.1.split(' ').next()).context("no piece")?;
        if instead.get(number) == Some(&number) {
            out.push_str("/* ");
            out.push_str(block);
        }
        rest = left;
    }
    // What each part waits for.
    while let Some((before, after)) = rest.split_once(", [__chunk_") {
        out.push_str(before);
        let (list, left) = after.split_once(']').context("a list without an end")?;
        let mut wanted: Vec<&str> = Vec::new();
        for name in list.split(", ") {
            let number = name.trim_start_matches("__chunk_");
            let number = instead.get(number).copied().with_context(|| format!("nobody knows the piece {number}"))?;
            if !wanted.contains(&number) {
                wanted.push(number);
            }
        }
        let wanted: Vec<String> = wanted.iter().map(|it| format!("__chunk_{it}")).collect();
        out.push_str(", [");
        out.push_str(&wanted.join(", "));
        out.push(']');
        rest = left;
    }
    out.push_str(rest);
    let kept = groups.len();
    ensure!(pieces(&out).len() == kept, "of {kept} pieces the loader tells {}", pieces(&out).len());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(number: &str, users: &[&str], size: usize) -> Piece {
        Piece { number: number.to_owned(), users: users.iter().map(|it| (*it).to_owned()).collect(), size }
    }

    #[test]
    fn a_small_piece_goes_with_the_nearest_that_is_there_wherever_it_is_needed() {
        let groups = groups(vec![
            piece("1", &["a", "b", "c", "d"], 9000),
            piece("2", &["a", "b", "c"], 8192),
            piece("3", &["a", "b"], 100),
            piece("4", &["a", "z"], 100),
            piece("5", &["a", "d"], 200),
            // Worth a request of its own: two parts would get it for nothing.
            piece("6", &["b", "d"], 6000),
        ]);
        let told: Vec<Vec<&str>> = groups.iter().map(|it| it.iter().map(|it| it.number.as_str()).collect()).collect();
        assert_eq!(told, [vec!["1", "5"], vec!["2", "3"], vec!["6"], vec!["4"]]);
    }

    #[test]
    fn the_loader_forgets_what_went_along() {
        let block = |number: &str, users: &str| {
            format!(
                "/* {users} */\nconst __chunk_{number} = makeLoad(() => {{\n    fetch(\"./chunk_{number}.wasm\");\n}}\n, []);\n"
            )
        };
        let script = format!(
            "head\n{}{}export const __wasm_split_load_a = wrapAsyncCb(makeLoad(x, [__chunk_1, __chunk_2]));\n\
             export const __wasm_split_load_b = wrapAsyncCb(makeLoad(y, []));\n",
            block("1", "a"),
            block("2", "a, b"),
        );
        let mut found = pieces(&script);
        assert_eq!(found, [piece("1", &["a"], 0), piece("2", &["a", "b"], 0)]);
        found[1].size = 9000;
        let text = told(&script, &groups(found)).expect("told");
        assert!(!text.contains("chunk_1") && text.contains("chunk_2.wasm"), "{text}");
        assert!(text.contains("makeLoad(x, [__chunk_2])") && text.contains("makeLoad(y, [])"), "{text}");
    }
}

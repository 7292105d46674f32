//! `flowloom pack`: packs as folders: made, installed, exported, compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use runtime::alert::Severity;
use runtime::id::PackId;
use rust_embed::RustEmbed;
use serde::Serialize;
use serde_json::Value;

use super::{DONE, Format, Place, WRONG, block_on, folder, print_json};
use crate::auth::first;
use crate::definitions;
use crate::error::Error;

#[derive(Subcommand)]
pub enum Command {
    /// Make a new pack with one module, one flow and one scenario
    New {
        /// Id of the pack: small letters, digits, dashes
        id: String,
        /// Where the folder is made
        #[arg(long, default_value = ".", value_name = "DIR")]
        into: PathBuf,
    },
    /// Install a pack, or bring an installed one to the files of a folder
    Install {
        #[arg(value_name = "PACK")]
        path: PathBuf,
        /// Why, for the list of versions
        #[arg(long, default_value = "")]
        note: String,
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(flatten)]
        place: Place,
    },
    /// Write the installed files of a pack into a folder
    Export {
        id: String,
        /// The folder; made if it is not there, must be empty if it is
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Compare a pack with another folder, or with what is installed; exit code 1 when they differ
    Diff {
        #[arg(value_name = "PACK")]
        path: PathBuf,
        /// The other folder; not given: what is installed
        other: Option<PathBuf>,
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(flatten)]
        place: Place,
    },
}

type Texts = BTreeMap<String, String>;

pub fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::New { id, into } => new(&id, &into),
        Command::Install { path, note, format, place } => install(&path, &note, format, &place),
        Command::Export { id, out, place } => export(&PackId(id), &out, &place),
        Command::Diff { path, other, format, place } => diff(&path, other.as_deref(), format, &place),
    }
}

/// What a new pack starts with. `{{id}}` and `{{key}}` stand for its names, `_key_` in paths too.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/src/cli/new"]
struct Beginning;

/// The files of a new pack.
fn beginning(id: &str) -> Texts {
    let key = id.replace('-', "_");
    let mut files = Texts::new();
    for name in Beginning::iter() {
        let Some(file) = Beginning::get(&name) else { continue };
        let text = String::from_utf8_lossy(&file.data).replace("{{id}}", id).replace("{{key}}", &key);
        files.insert(name.replace("_key_", &key), text);
    }
    files
}

fn new(id: &str, into: &Path) -> anyhow::Result<u8> {
    let fits = id.starts_with(|it: char| it.is_ascii_lowercase())
        && id.len() <= 40
        && id.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
    if !fits {
        bail!("expected an id of small letters, digits and dashes that begins with a letter, found `{id}`");
    }
    let out = into.join(id);
    write(&out, &beginning(id))?;
    say!("{}\nCheck it: flowloom check {}", out.display(), out.display());
    Ok(DONE)
}

/// Writes files into a folder that must be new or empty.
fn write(out: &Path, files: &Texts) -> anyhow::Result<()> {
    if out.exists() && std::fs::read_dir(out).with_context(|| out.display().to_string())?.next().is_some() {
        bail!("{} is not empty; nothing was written", out.display());
    }
    for (name, text) in files {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The files of a pack in a folder, as text.
fn texts(path: &Path) -> anyhow::Result<(PackId, Texts)> {
    let found = folder::read_pack(path)?;
    let mut files = Texts::new();
    for (name, bytes) in found.files {
        let Ok(text) = String::from_utf8(bytes) else {
            bail!(folder::Unreadable {
                path: format!("{}/{name}", path.display()),
                reason: "expected UTF-8 text".to_owned()
            });
        };
        files.insert(name, text);
    }
    Ok((found.pack.manifest.id, files))
}

fn install(path: &Path, note: &str, format: Format, place: &Place) -> anyhow::Result<u8> {
    let (id, files) = texts(path)?;
    let done = block_on(async {
        let app = place.open().await?;
        Ok(definitions::install(&app, &first::owner(), files, note).await)
    })?;
    let (installed, alerts) = match done {
        Ok(alerts) => (true, alerts),
        Err(Error::NotPublishable(alerts)) => (false, alerts),
        Err(other) => return Err(other.into()),
    };
    match format {
        Format::Json => print_json(&serde_json::json!({ "pack": id, "installed": installed, "alerts": alerts }))?,
        Format::Text => {
            for it in alerts.iter().filter(|it| !installed || it.severity != Severity::Info) {
                say!("{} {}: {}: {}", it.file, it.pointer, it.code, it.message);
            }
            say!("{id}: {}", if installed { "installed" } else { "not installed" });
        }
    }
    Ok(if installed { DONE } else { WRONG })
}

/// The files of an installed pack.
fn installed(id: &PackId, place: &Place) -> anyhow::Result<Texts> {
    block_on(async {
        let app = place.open().await?;
        Ok(definitions::files(&app, &first::owner(), id).await?.files)
    })
}

fn export(id: &PackId, out: &Path, place: &Place) -> anyhow::Result<u8> {
    let files = installed(id, place)?;
    write(out, &files)?;
    say!("{}: {} files", out.display(), files.len());
    Ok(DONE)
}

/// How one file differs.
#[derive(Debug, PartialEq, Serialize)]
struct Difference {
    path: String,
    /// `added`, `removed`, `changed`.
    change: &'static str,
    /// Where in a JSON file; the first hundred.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    at: Vec<String>,
}

fn diff(path: &Path, other: Option<&Path>, format: Format, place: &Place) -> anyhow::Result<u8> {
    let (id, new) = texts(path)?;
    let old = match other {
        Some(other) => texts(other)?.1,
        None => installed(&id, place)?,
    };
    let differences = compare(&old, &new);
    match format {
        Format::Json => print_json(&serde_json::json!({ "pack": id, "files": differences }))?,
        Format::Text => {
            for it in &differences {
                say!("{:<8} {}", it.change, it.path);
                for at in &it.at {
                    say!("         {at}");
                }
            }
        }
    }
    Ok(if differences.is_empty() { DONE } else { WRONG })
}

/// What must be done to `old` to get `new`.
fn compare(old: &Texts, new: &Texts) -> Vec<Difference> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differences = names.into_iter().filter_map(|name| {
        let (change, at) = match (old.get(name), new.get(name)) {
            (None, Some(_)) => ("added", Vec::new()),
            (Some(_), None) => ("removed", Vec::new()),
            (Some(old), Some(new)) if old != new => ("changed", places(old, new)),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some(Difference { path: name.clone(), change, at })
    });
    differences.collect()
}

/// Pointers at which two JSON texts differ.
fn places(old: &str, new: &str) -> Vec<String> {
    const MOST: usize = 100;
    fn walk(old: &Value, new: &Value, at: &str, found: &mut Vec<String>) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => {
                let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                for name in names {
                    let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    match (old.get(name), new.get(name)) {
                        (Some(old), Some(new)) => walk(old, new, &at, found),
                        (Some(_), None) => found.push(format!("- {at}")),
                        (None, _) => found.push(format!("+ {at}")),
                    }
                }
            }
            (Value::Array(old), Value::Array(new)) => {
                for index in 0..old.len().max(new.len()) {
                    let at = format!("{at}/{index}");
                    match (old.get(index), new.get(index)) {
                        (Some(old), Some(new)) => walk(old, new, &at, found),
                        (Some(_), None) => found.push(format!("- {at}")),
                        (None, _) => found.push(format!("+ {at}")),
                    }
                }
            }
            (old, new) if old == new => (),
            _ => found.push(format!("~ {at}")),
        }
    }
    let mut found = Vec::new();
    if let (Ok(old), Ok(new)) = (serde_json::from_str(old), serde_json::from_str(new)) {
        walk(&old, &new, "", &mut found);
    }
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_file_and_place() {
        let old =
            Texts::from([("a.json".to_owned(), r#"{"x":[1,2],"y":1}"#.to_owned()), ("b".to_owned(), "b".to_owned())]);
        let new =
            Texts::from([("a.json".to_owned(), r#"{"x":[1,3],"z":1}"#.to_owned()), ("c".to_owned(), "c".to_owned())]);
        let found = compare(&old, &new);
        let text: Vec<_> = found.iter().map(|it| format!("{} {} {}", it.change, it.path, it.at.join(" "))).collect();
        assert_eq!(text, ["changed a.json ~ /x/1 - /y + /z", "removed b ", "added c "]);
        assert!(compare(&new, &new).is_empty());
    }

    #[test]
    fn a_new_pack_has_no_faults_and_its_scenario_passes() {
        let files: BTreeMap<String, Vec<u8>> =
            beginning("field-visits").into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        assert!(files.contains_key("modules/field_visits/schema.json"), "{:?}", files.keys());
        let (pack, alerts) = runtime::model::load::load(&files);
        assert!(alerts.is_empty(), "{alerts:#?}");
        let scenarios = pack.scenarios.clone();
        let id = pack.manifest.id.clone();
        let catalog = runtime::model::catalog::Catalog::new([pack]);
        let report = runtime::check::pack(&catalog, &id, &runtime::check::Surroundings::default());
        let wrong: Vec<_> = report.alerts.iter().filter(|it| it.severity != Severity::Info).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(scenarios.len(), 1);
        for scenario in scenarios.values() {
            let report = runtime::scenario::run(&catalog, scenario, &mut runtime::scenario::NoPlugins);
            assert!(report.passed, "{report:#?}");
        }
    }
}

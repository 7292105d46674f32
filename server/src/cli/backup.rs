//! `flowloom backup` and `flowloom restore`: an installation on SQLite as a folder: the database and the attached
//! files. PostgreSQL has its own tools (`pg_dump`), and is told so.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{DONE, Place, block_on};
use crate::store::copy;

/// Name of the database file, in the data folder and in a backup.
const DATABASE: &str = "flowloom.db";
/// Name of the folder of attached files, likewise.
const FILES: &str = "files";

/// `flowloom backup …`
#[derive(Args)]
pub struct Backup {
    /// The folder to write; it must be new. The server may be running
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// `flowloom restore …`
#[derive(Args)]
pub struct Restore {
    /// A folder `flowloom backup` wrote
    from: PathBuf,
    #[command(flatten)]
    place: Place,
}

pub fn backup(options: &Backup) -> anyhow::Result<u8> {
    let from = database(&options.place)?;
    if !from.is_file() {
        bail!("there is no database at {}", from.display());
    }
    fs::create_dir(&options.out)
        .with_context(|| format!("expected a folder that can be made: {}", options.out.display()))?;
    let to = options.out.join(DATABASE);
    block_on(async { Ok(copy::copy(&from, &to).await?) })?;
    // After the database: whatever it names was there before it.
    let files = copy_folder(&options.place.data.join(FILES), &options.out.join(FILES))?;
    block_on(async { Ok(copy::verify(&to).await?) })?;
    say!("{}: {} bytes, {files} files", options.out.display(), fs::metadata(&to)?.len());
    Ok(DONE)
}

pub fn restore(options: &Restore) -> anyhow::Result<u8> {
    let to = database(&options.place)?;
    let from = options.from.join(DATABASE);
    if !from.is_file() {
        bail!("{} is no backup: it has no {DATABASE}", options.from.display());
    }
    if to.exists() {
        bail!("{} exists; nothing was overwritten. Move it away first", to.display());
    }
    block_on(async { Ok(copy::verify(&from).await) })?
        .map_err(|it| anyhow::anyhow!("the backup is damaged, nothing was restored: {}", it.for_log()))?;
    super::serve::make_folder(&options.place.data)?;
    let files = copy_folder(&options.from.join(FILES), &options.place.data.join(FILES))?;
    // Last, under its name at once: half a restore is no installation.
    let aside = to.with_extension("restoring");
    fs::copy(&from, &aside).with_context(|| aside.display().to_string())?;
    fs::File::open(&aside)?.sync_all()?;
    fs::rename(&aside, &to)?;
    say!("{}: restored, {files} files", options.place.data.display());
    Ok(DONE)
}

/// The SQLite file of an installation.
fn database(place: &Place) -> anyhow::Result<PathBuf> {
    match place.database.as_deref() {
        None => Ok(place.data.join(DATABASE)),
        Some(url) => match url.strip_prefix("sqlite:") {
            Some(path) => Ok(PathBuf::from(path.trim_start_matches("//"))),
            None => bail!("this database is backed up by its own tools: pg_dump and pg_restore"),
        },
    }
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<usize> {
    let mut copied = 0;
    if !from.is_dir() {
        return Ok(copied);
    }
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copied += copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| path.display().to_string())?;
            copied += 1;
        }
    }
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(data: &Path) -> Place {
        Place { database: None, data: data.to_owned(), ..Place::default() }
    }

    #[test]
    fn what_was_backed_up_is_restored_and_nothing_is_overwritten() {
        let root = tempfile::tempdir().expect("a folder");
        let (here, out, there) = (root.path().join("here"), root.path().join("out"), root.path().join("there"));
        let add = |data: &Path, login: &str| {
            let data = place(data);
            block_on(async {
                let ask = api::admin::SaveUser {
                    login: Some(login.to_owned()),
                    name: Some(login.to_owned()),
                    ..Default::default()
                };
                let app = data.open().await?;
                crate::auth::first::add(&app, ask, "tea at four".to_owned()).await?;
                Ok(app.people.state().users.len())
            })
        };
        assert_eq!(add(&here, "anna").expect("an installation"), 1);
        fs::create_dir_all(here.join("files/ab")).expect("a folder");
        fs::write(here.join("files/ab/photo"), "x").expect("a file");
        backup(&Backup { out: out.clone(), place: place(&here) }).expect("a backup");
        assert!(backup(&Backup { out: out.clone(), place: place(&here) }).is_err(), "a backup is never overwritten");

        restore(&Restore { from: out.clone(), place: place(&there) }).expect("restored");
        assert_eq!(add(&there, "ben").expect("an installation"), 2);
        assert_eq!(fs::read_to_string(there.join("files/ab/photo")).expect("a file"), "x");
        assert!(restore(&Restore { from: out.clone(), place: place(&there) }).is_err());
        // A damaged one is told to be that, and leaves nothing behind.
        let mut bytes = fs::read(out.join(DATABASE)).expect("a database");
        bytes[..64].fill(b'x');
        fs::write(out.join(DATABASE), bytes).expect("written");
        let elsewhere = root.path().join("elsewhere");
        let told = restore(&Restore { from: out, place: place(&elsewhere) }).expect_err("damaged").to_string();
        assert!(told.contains("damaged, nothing was restored"), "{told}");
        assert!(!elsewhere.exists());
        assert!(restore(&Restore { from: here.join("files"), place: place(&root.path().join("new")) }).is_err());
    }
}

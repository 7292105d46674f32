//! Packs on disk: a folder with `pack.json` in it, as files by path. Reading is bounded like everything else.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use runtime::alert::Alert;
use runtime::id::PackId;
use runtime::limits;
use runtime::model::catalog::Catalog;
use runtime::model::load::load;
use runtime::model::pack::Pack;

/// Something on disk that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct Unreadable {
    pub path: String,
    pub reason: String,
}

impl Unreadable {
    fn new(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self { path: path.display().to_string(), reason: reason.to_string() }
    }
}

/// A pack that was read, with what is wrong with its files.
pub struct Found {
    pub path: PathBuf,
    pub files: BTreeMap<String, Vec<u8>>,
    pub pack: Pack,
    pub alerts: Vec<Alert>,
}

/// Whether a folder is a pack.
pub fn is_pack(path: &Path) -> bool {
    path.join("pack.json").is_file()
}

/// Whether a folder is a pack whose `pack.json` is missing: it has modules.
pub fn was_pack(path: &Path) -> bool {
    let is_module = |it: &PathBuf| it.join("module.json").is_file() || it.join("schema.json").is_file();
    !is_pack(path) && entries(&path.join("modules")).is_ok_and(|all| all.iter().any(is_module))
}

/// Reads the pack in a folder.
pub fn read_pack(path: &Path) -> Result<Found, Unreadable> {
    if !is_pack(path) {
        return Err(Unreadable::new(path, "expected a folder with a pack.json"));
    }
    read_files(path)
}

/// Reads a folder as a pack, whether its `pack.json` is there or not.
pub fn read_files(path: &Path) -> Result<Found, Unreadable> {
    let mut files = BTreeMap::new();
    collect(path, path, &mut files)?;
    let (pack, alerts) = load(&files);
    Ok(Found { path: path.to_owned(), files, pack, alerts })
}

/// Reads one file of at most [`limits::FILE_BYTES`].
pub fn read_file(path: &Path) -> Result<Vec<u8>, Unreadable> {
    read_up_to(path, limits::FILE_BYTES)
}

/// Reads one file of at most so many bytes.
pub fn read_up_to(path: &Path, most: usize) -> Result<Vec<u8>, Unreadable> {
    let unreadable = |it| Unreadable::new(path, it);
    let file = fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > most as u64 {
        return Err(Unreadable::new(path, format!("expected at most {most} bytes, found {size}")));
    }
    // A pipe or a device does not say how much comes.
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        return Err(Unreadable::new(path, format!("expected at most {most} bytes, found more")));
    }
    Ok(bytes)
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Unreadable> {
    for path in entries(folder)? {
        // A link may lead out of the pack, or around in a circle.
        let kind = fs::symlink_metadata(&path).map_err(|it| Unreadable::new(&path, it))?.file_type();
        if kind.is_dir() {
            collect(root, &path, files)?;
        } else if kind.is_file() {
            if files.len() >= limits::PACK_FILES {
                return Err(Unreadable::new(root, format!("expected at most {} files", limits::PACK_FILES)));
            }
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, read_file(&path)?);
        }
    }
    Ok(())
}

/// What is in a folder, in order of names; hidden files are not part of a pack.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|it| Unreadable::new(folder, it))? {
        let entry = entry.map_err(|it| Unreadable::new(folder, it))?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The packs together with those they require: from the folders beside them, else as shipped in this binary.
pub fn catalog(packs: &[Found]) -> Catalog {
    let mut all: BTreeMap<PackId, Pack> =
        packs.iter().map(|it| (it.pack.manifest.id.clone(), it.pack.clone())).collect();
    let mut wanted: Vec<(PathBuf, PackId)> = packs.iter().flat_map(|it| requires(&it.path, &it.pack)).collect();
    while let Some((beside, id)) = wanted.pop() {
        if all.contains_key(&id) {
            continue;
        }
        let folder = beside.join(id.as_str());
        let pack = match read_pack(&folder) {
            Ok(found) => Some(found.pack),
            Err(_) => crate::shipped::pack(&id),
        };
        if let Some(pack) = pack {
            wanted.extend(requires(&folder, &pack));
            all.insert(id, pack);
        }
    }
    Catalog::new(all.into_values())
}

fn requires(path: &Path, pack: &Pack) -> Vec<(PathBuf, PackId)> {
    let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = whole.parent().unwrap_or(path).to_owned();
    pack.manifest.requires.iter().map(|it| (beside.clone(), it.pack.clone())).collect()
}

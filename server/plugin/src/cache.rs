//! Compiled components on disk: compiling takes a tenth of a second and more, reading it back a
//! millisecond. A file is keyed by the component's content and by everything of the engine that
//! shapes its machine code, and begins with its own digest; what does not fit is compiled anew.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{fs, io, process};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

const DIGEST: usize = 32;

/// The folder of compiled components.
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Uses `folder`, which is made when it is not there, for this user alone.
    pub fn new(folder: PathBuf) -> io::Result<Cache> {
        fs::create_dir_all(&folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(Cache { folder })
    }

    /// The compiled form of `bytes`, from the folder or made now.
    pub fn component(&self, engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Component> {
        let file = self.folder.join(name(engine, bytes));
        if let Some(component) = read(engine, &file) {
            return Ok(component);
        }
        let component = Component::from_binary(engine, bytes)?;
        // A cache that cannot be written costs time at the next start and nothing else.
        if let Err(error) = write(&file, &component.serialize()?) {
            tracing::warn!(%error, file = %file.display(), "a compiled plugin could not be kept");
        }
        Ok(component)
    }
}

fn name(engine: &Engine, bytes: &[u8]) -> String {
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    let content: String = Sha256::digest(bytes)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{content}-{:016x}.compiled", settings.finish())
}

fn read(engine: &Engine, file: &Path) -> Option<Component> {
    let bytes = fs::read(file).ok()?;
    let (digest, compiled) = bytes.split_at_checked(DIGEST)?;
    if Sha256::digest(compiled).as_slice() != digest {
        return None;
    }
    load(engine, compiled)
}

#[allow(unsafe_code)]
fn load(engine: &Engine, compiled: &[u8]) -> Option<Component> {
    // SAFETY: the bytes must be what `Component::serialize` wrote. The digest excludes a torn or
    // rotten file, wasmtime checks its own version and settings, and the folder can be written by
    // this user alone, who could replace the server itself just as well.
    unsafe { Component::deserialize(engine, compiled) }.ok()
}

/// Written aside first: another node starting on the same folder never reads half a file.
fn write(file: &Path, compiled: &[u8]) -> io::Result<()> {
    let aside = file.with_extension(format!("{}.part", process::id()));
    let mut bytes = Sha256::digest(compiled).to_vec();
    bytes.extend_from_slice(compiled);
    fs::write(&aside, bytes)?;
    fs::rename(aside, file)
}

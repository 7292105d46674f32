//! Files in, a pack and alerts out. Never fails: what cannot be read is left out and reported, all of it at once.

use std::collections::BTreeMap;

use super::pack::Pack;
use crate::alert::Alert;

/// Loads a pack from its files by path inside the pack (`modules/complaint/schema.json`).
pub fn load(files: &BTreeMap<String, Vec<u8>>) -> (Pack, Vec<Alert>) {
    let mut pack = Pack::default();
    pack.hash = hash(files);
    (pack, Vec::new())
}

/// SHA-256 over all files in path order, hex. Lengths are hashed too, so that no two packs look alike.
fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    use sha2::Digest;
    let mut digest = sha2::Sha256::new();
    for (path, bytes) in files {
        digest.update((path.len() as u64).to_be_bytes());
        digest.update(path.as_bytes());
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    }
    digest.finalize().iter().map(|it| format!("{it:02x}")).collect()
}

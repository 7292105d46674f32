//! The shipped packs' scenarios, and how a failing one reads.

use std::path::{Path, PathBuf};

use expect_test::expect;

use super::*;
use crate::model::load;
use crate::model::pack::Pack;

/// A pack of `templates/`.
fn pack(name: &str) -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates").join(name);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut open: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for it in std::fs::read_dir(folder).unwrap() {
            let path = it.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    load::load(&files).0
}

fn shipped() -> Catalog {
    Catalog::new([pack("core-crm"), pack("service")])
}

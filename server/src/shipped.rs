//! The packs shipped inside the binary: the folders of `templates/`. A debug build reads them from there.

use std::collections::{BTreeMap, BTreeSet};

use runtime::id::PackId;
use runtime::model::load::load;
use runtime::model::pack::Pack;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../templates"]
struct Templates;

/// Their ids, in order.
pub fn packs() -> BTreeSet<PackId> {
    let ids = Templates::iter().filter_map(|name| Some(PackId::from(name.strip_suffix("/pack.json")?)));
    ids.filter(|it| !it.as_str().contains('/')).collect()
}

/// The files of one, by path inside the pack.
pub fn files(id: &PackId) -> BTreeMap<String, Vec<u8>> {
    let folder = format!("{id}/");
    let mut files = BTreeMap::new();
    for name in Templates::iter() {
        let Some(path) = name.strip_prefix(&folder) else { continue };
        let hidden = path.split('/').any(|it| it.starts_with('.'));
        if let (false, Some(file)) = (hidden, Templates::get(&name)) {
            files.insert(path.to_owned(), file.data.into_owned());
        }
    }
    files
}

/// One of them, loaded.
pub fn pack(id: &PackId) -> Option<Pack> {
    let files = files(id);
    files.contains_key("pack.json").then(|| load(&files).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packs_of_the_house_are_inside() {
        let ids = packs();
        assert!(ids.contains("core-crm") && ids.contains("service"), "{ids:?}");
        assert!(files(&PackId::from("service")).contains_key("pack.json"));
        assert!(pack(&PackId::from("no-such-pack")).is_none());
    }
}

//! What `pack.json` says of versions.
//!
//! `pack-wrong-type` (error): a version, or a range of versions, is none. Fix: `1.0.0`, `^1.0`, `>=0.1`.
//! `pack-format` (error): the pack is for another version of the platform. Fix: upgrade the platform, or use a fitting pack.
//! `pack-unknown` (error): a pack this one requires is not installed, or not in a version that fits. Fix: install it.

use crate::alert::Alert;
use crate::model::catalog::Catalog;
use crate::model::pack::Pack;
use crate::version::{PLATFORM, Range, Version};

/// Looks at the versions of a pack.
pub fn check(catalog: &Catalog, pack: &Pack) -> Vec<Alert> {
    let manifest = &pack.manifest;
    let mut found = Vec::new();
    let mut say =
        |code: &str, says: String, pointer: String| found.push(Alert::error(code, says).at("pack.json", pointer));
    if !manifest.version.is_empty() && Version::parse(&manifest.version).is_none() {
        let says = format!("expected a semantic version like `1.0.0`, found `{}`", manifest.version);
        say("pack-wrong-type", says, "/version".to_owned());
    }
    let range = |text: &str| Range::parse(text).ok_or_else(|| format!("expected versions like `^1.0`, found `{text}`"));
    let platform = &manifest.platform;
    match range(platform) {
        _ if platform.is_empty() => {}
        Err(says) => say("pack-wrong-type", says, "/platform".to_owned()),
        Ok(it) if !Version::parse(PLATFORM).is_some_and(|own| it.holds(&own)) => {
            let says = format!("expected a pack for the platform {PLATFORM}, found one for {platform}");
            say("pack-format", says, "/platform".to_owned());
        }
        Ok(_) => {}
    }
    for (nth, it) in manifest.requires.iter().enumerate() {
        let wanted = match range(&it.version) {
            Err(says) => {
                say("pack-wrong-type", says, format!("/requires/{nth}/version"));
                None
            }
            Ok(wanted) => Some(wanted),
        };
        let name = &it.pack;
        match (catalog.packs.get(name), wanted) {
            (None, _) => {
                let says =
                    format!("expected the pack `{name}`, which this one requires, to be installed, found it is not");
                say("pack-unknown", says, format!("/requires/{nth}/pack"));
            }
            (Some(there), Some(wanted)) => {
                // A version that cannot be read is told where it stands.
                let own = &there.manifest.version;
                if Version::parse(own).is_some_and(|own| !wanted.holds(&own)) {
                    let says = format!("expected the pack `{name}` in a version {}, found {own}", it.version);
                    say("pack-unknown", says, format!("/requires/{nth}/version"));
                }
            }
            (Some(_), None) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::model::catalog::Catalog;
    use crate::model::pack::Pack;

    fn pack(id: &str, version: &str, platform: &str, requires: Value) -> Pack {
        let manifest = json!({ "format": 1, "id": id, "version": version, "title": id, "language": "en",
            "platform": platform, "requires": requires });
        Pack { manifest: serde_json::from_value(manifest).expect("a manifest"), ..Pack::default() }
    }

    #[test]
    fn versions_are_looked_at() {
        let base = pack("base", "1.2.0", "", json!([]));
        for (version, platform, requires, expected) in [
            ("1.0.0", ">=0.1", json!([{ "pack": "base", "version": "^1.0" }]), &[][..]),
            ("1.0", "", json!([]), &["pack-wrong-type /version"]),
            ("one", "newest", json!([]), &["pack-wrong-type /version", "pack-wrong-type /platform"]),
            ("1.0.0", ">=99", json!([]), &["pack-format /platform"]),
            ("1.0.0", "", json!([{ "pack": "gone", "version": "^1.0" }]), &["pack-unknown /requires/0/pack"]),
            ("1.0.0", "", json!([{ "pack": "base", "version": "^2.0" }]), &["pack-unknown /requires/0/version"]),
            ("1.0.0", "", json!([{ "pack": "base", "version": "soon" }]), &["pack-wrong-type /requires/0/version"]),
        ] {
            let own = pack("own", version, platform, requires);
            let told = check(&Catalog::new([base.clone(), own.clone()]), &own);
            let told: Vec<String> = told.iter().map(|it| format!("{} {}", it.code, it.pointer)).collect();
            assert_eq!(told, expected, "{version} {platform}");
        }
    }
}

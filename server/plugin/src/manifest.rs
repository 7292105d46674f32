//! `plugin.json`: what a plugin says about itself. Strict: an unknown word is a mistake.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;

/// A text in every language of the platform, by language tag.
pub type Texts = BTreeMap<String, String>;

/// The languages every text of a manifest must be in.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// `plugin.json`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always 1.
    pub format: u32,
    /// The name of the plugin's folder: small letters, digits, dashes.
    pub id: String,
    /// Of the plugin, as semver.
    pub version: String,
    /// Its name for people.
    pub title: Texts,
    /// What it is for.
    #[serde(default)]
    pub description: Texts,
    /// What can be called.
    pub functions: Vec<Function>,
    /// What it may use of the host.
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// One function of a plugin.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// What callers write.
    pub name: String,
    /// Its name for people.
    pub title: Texts,
    /// What it answers.
    #[serde(default)]
    pub description: Texts,
    /// JSON Schema of what goes in.
    pub input: Value,
    /// JSON Schema of what comes out.
    pub output: Value,
}

/// What a plugin may use of the host, apart from the log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// The settings it may read.
    #[serde(default)]
    pub config: BTreeSet<String>,
}

impl Manifest {
    /// Reads and checks a manifest.
    pub fn parse(text: &str) -> Result<Manifest, Error> {
        let manifest: Manifest = serde_json::from_str(text).map_err(|error| Error::BadManifest(error.to_string()))?;
        match manifest.fault() {
            Some(fault) => Err(Error::BadManifest(fault)),
            None => Ok(manifest),
        }
    }

    /// The function of this name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    fn fault(&self) -> Option<String> {
        if self.format != 1 {
            return Some(format!("expected format 1, found {}", self.format));
        }
        // The id becomes a file name.
        let slug = |text: &str| {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
            text.starts_with(|c: char| c.is_ascii_lowercase()) && text.len() <= 64 && text.chars().all(fits)
        };
        if !slug(&self.id) {
            return Some(format!("expected an id of small letters, digits and dashes, found `{}`", self.id));
        }
        let mut names = BTreeSet::new();
        for function in &self.functions {
            if !slug(&function.name) {
                return Some(format!(
                    "expected a function name of small letters, digits and _, found `{}`",
                    function.name
                ));
            }
            if !names.insert(&function.name) {
                return Some(format!("expected every function once, found `{}` twice", function.name));
            }
        }
        let titles = self.functions.iter().map(|function| &function.title).chain([&self.title]);
        for title in titles {
            if let Some(language) = LANGUAGES.iter().find(|it| !title.contains_key(**it)) {
                return Some(format!("expected every title in {}, found none in {language}", LANGUAGES.join(" and ")));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> String {
        match Manifest::parse(text) {
            Ok(manifest) => manifest.id,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_manifest_is_read_strictly() {
        let with = |id: &str, more: &str| {
            format!(
                r#"{{"format":1,"id":"{id}","version":"1.0.0","title":{{"en":"T","zh-CN":"题"}},"functions":[]{more}}}"#
            )
        };
        assert_eq!(parse(&with("vat-lookup", "")), "vat-lookup");
        assert!(parse(&with("../up", "")).contains("expected an id"));
        assert!(parse(&with("x", r#","hosts":["*"]"#)).contains("unknown field `hosts`"));
        assert!(parse(&with("x", "").replace("zh-CN", "de")).contains("found none in zh-CN"));
        assert!(parse(&with("x", "").replace("\"format\":1", "\"format\":2")).contains("expected format 1"));
        assert!(parse("[]").contains("plugin.json"));
    }
}

//! The plugins of `plugins/`, as components: every call of their `examples.json` gets its answer.
//! `./dev assets` makes the components; without them this test says so and fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use plugin::{Error, Host, Limits, Manifest};
use serde::Deserialize;
use serde_json::Value;

/// One call of `examples.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    function: String,
    input: Value,
    #[serde(default)]
    config: BTreeMap<String, String>,
    output: Option<Value>,
    refused: Option<String>,
}

const LIMITS: Limits = Limits {
    fuel: 200_000_000,
    deadline: Duration::from_secs(20),
    memory: 32 << 20,
    table: 10_000,
    input: 1 << 20,
    output: 1 << 20,
    log: 4_096,
    calls: 2,
    component: 8 << 20,
};

#[test]
fn every_example_gets_its_answer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let built = env::var_os("FLOWLOOM_PLUGINS").map_or_else(|| target(&root).join("embed/plugins"), PathBuf::from);
    let cache = tempfile::tempdir().unwrap();
    let host = Host::new(cache.path(), LIMITS).unwrap();
    let mut calls = 0;
    for folder in fs::read_dir(root.join("plugins")).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(manifest) = fs::read_to_string(folder.join("plugin.json")) else { continue };
        let manifest = Manifest::parse(&manifest).unwrap();
        let id = manifest.id.clone();
        let component = built.join(format!("{id}.wasm"));
        let bytes = fs::read(&component)
            .unwrap_or_else(|error| panic!("{}: {error}; `./dev assets` makes it", component.display()));
        let functions: Vec<_> = manifest.functions.iter().map(|function| function.name.clone()).collect();
        host.load(manifest, &bytes).unwrap();

        let examples = fs::read_to_string(folder.join("examples.json")).unwrap();
        let examples: Vec<Example> = serde_json::from_str(&examples).unwrap();
        for function in functions {
            assert!(examples.iter().any(|it| it.function == function), "{id}: no example of `{function}`");
        }
        for example in examples {
            let place = format!("{id}: {}", example.name);
            match host.call(&id, &example.function, &example.input, &example.config) {
                Ok(found) => assert_eq!(Some(found), example.output, "{place}"),
                Err(Error::Refused(words)) => assert_eq!(Some(words), example.refused, "{place}"),
                Err(error) => panic!("{place}: {error}"),
            }
            calls += 1;
        }
    }
    assert!(calls >= 4, "expected the examples of the shipped plugins, found {calls}");
}

fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |set| root.join(set))
}

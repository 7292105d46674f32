//! The plugins shipped inside the binary, and the host that runs them under the platform's limits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plugin::{Host, Limits, Manifest};
use runtime::limits;
use rust_embed::RustEmbed;

use crate::error::{Error, Result};

/// `<id>.json` and `<id>.wasm`, put there by `designer/bundle`.
#[derive(RustEmbed)]
#[folder = "$FLOWLOOM_PLUGINS"]
struct Shipped;

fn limits() -> Limits {
    Limits {
        fuel: limits::PLUGIN_FUEL,
        deadline: Duration::from_millis(limits::PLUGIN_MILLIS),
        memory: limits::PLUGIN_MEMORY,
        table: limits::PLUGIN_TABLE,
        input: limits::PLUGIN_JSON,
        output: limits::PLUGIN_JSON,
        log: limits::PLUGIN_LOG,
        calls: limits::PLUGIN_CALLS,
        component: limits::PLUGIN_COMPONENT,
    }
}

/// A host with every shipped plugin. Compiled once: the machine code is kept in `cache`.
pub fn open(cache: &Path) -> Result<Arc<Host>> {
    let host = Host::new(cache, limits()).map_err(Error::internal)?;
    for name in Shipped::iter() {
        let Some(id) = name.strip_suffix(".json") else { continue };
        let (Some(text), Some(component)) = (Shipped::get(&name), Shipped::get(&format!("{id}.wasm"))) else {
            tracing::warn!(plugin = id, "a shipped plugin is incomplete");
            continue;
        };
        let loaded = Manifest::parse(&String::from_utf8_lossy(&text.data))
            .and_then(|manifest| host.load(manifest, &component.data));
        if let Err(error) = loaded {
            // The others still work; a call of this one becomes an incident that says so.
            tracing::error!(plugin = id, %error, "a shipped plugin cannot be used");
        }
    }
    Ok(Arc::new(host))
}

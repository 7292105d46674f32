//! Says where the browser app and the plugins lie that are embedded in the server, and makes the
//! two folders when they are not there yet, so that a fresh clone compiles without them.
//!
//! `./dev` builds their contents. For the crate they are `$FLOWLOOM_APP` and `$FLOWLOOM_PLUGINS`
//! (absolute): set from outside, or `embed/app` and `embed/plugins` in cargo's target directory.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    folder("FLOWLOOM_APP", "app")?;
    folder("FLOWLOOM_PLUGINS", "plugins")
}

fn folder(variable: &str, name: &str) -> io::Result<()> {
    println!("cargo::rerun-if-env-changed={variable}");
    let path = env::var_os(variable).map_or_else(|| target().join("embed").join(name), PathBuf::from);
    fs::create_dir_all(&path)?;
    let path = std::path::absolute(&path)?;
    // A debug server reads the folders at run time, only a release holds them inside.
    if env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rustc-env={variable}={}", path.display());
    Ok(())
}

fn target() -> PathBuf {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = server.parent().unwrap_or(server);
    match env::var_os("CARGO_TARGET_DIR") {
        Some(set) => workspace.join(set),
        None => workspace.join("target"),
    }
}

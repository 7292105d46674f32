//! The bundler cuts the app into parts (`designer/bundle/src/split.rs`) and needs the linker's relocations for it.
//! They stay in the build folder; nothing of them reaches the browser.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|it| it == "wasm32") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}

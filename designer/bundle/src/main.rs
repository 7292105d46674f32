//! The build tool behind `./dev`: turns compiled wasm into what the server embeds.
//!
//! `bundle app` makes the browser app's folder (hashed names, compressed copies, `manifest.json`);
//! `bundle plugins` turns plugin guests into components. It compiles nothing itself: cargo has
//! done that before, and `dev` calls the two in the right order.

mod app;
mod compress;
mod gather;
mod manifest;
mod mend;
mod merge;
mod optimize;
mod plugins;
mod split;
mod stamp;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Turns compiled wasm into what the server embeds")]
struct Line {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The browser app: wasm-bindgen, hashed names, compressed copies, manifest.json
    App(app::Options),
    /// The plugins: core modules made into components, beside their manifests
    Plugins {
        /// The folder that holds one folder per plugin
        #[arg(long, default_value = "plugins")]
        source: PathBuf,
        /// Where cargo put the guests' core modules
        #[arg(long)]
        wasm: PathBuf,
        /// The folder to write
        #[arg(long)]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Line::parse().what {
        What::App(options) => app::bundle(&options),
        What::Plugins { source, wasm, out } => plugins::bundle(&source, &wasm, &out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error:#}");
            ExitCode::FAILURE
        }
    }
}

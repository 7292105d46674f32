//! `flowloom convert`: BPMN 2.0 XML to JSON and back, logic and drawing in one file.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::DONE;
use super::model::{self, Kind};

/// `flowloom convert …`
#[derive(Args)]
pub struct Options {
    /// A .bpmn file, a .json document, a flow.json, or a folder with a flow.json
    #[arg(value_name = "IN")]
    from: PathBuf,
    /// Where it is written: .bpmn or .json
    #[arg(value_name = "OUT")]
    to: PathBuf,
    /// Draw what has no diagram, and what is missing in one
    #[arg(long)]
    layout: bool,
}

pub fn run(options: &Options) -> anyhow::Result<u8> {
    let from = if options.from.is_dir() { options.from.join("flow.json") } else { options.from.clone() };
    if model::kind(&from).is_none() {
        bail!("{}: expected a file that ends with .bpmn or .json", from.display());
    }
    let to = model::kind(&options.to)
        .with_context(|| format!("{}: expected a name that ends with .bpmn or .json", options.to.display()))?;
    let bytes = model::bytes(&from).map_err(|it| anyhow::anyhow!("{it}"))?;
    let mut document = match model::parse(&from, &bytes, true) {
        Ok(it) => it.document,
        Err(it) if it.pointer.is_empty() => bail!("{}: {}", from.display(), it.detail),
        Err(it) => bail!("{}: {}: {}", from.display(), it.pointer, it.detail),
    };
    if options.layout {
        runtime::layout::complete(&mut document);
    }
    let text = match to {
        Kind::Bpmn => document.try_write_xml().with_context(|| from.display().to_string())?,
        Kind::Json => {
            let mut text = document.write_json();
            text.push('\n');
            text
        }
    };
    fs::write(&options.to, text).with_context(|| options.to.display().to_string())?;
    Ok(DONE)
}

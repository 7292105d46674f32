//! The browser app's folder.
//!
//! ```text
//! index.html                       the skeleton, with the placeholders filled in
//! manifest.json                    names, sizes, hashes
//! assets/app-<hash>/start.js       ← designer/start.js
//! assets/app-<hash>/designer*      the app, from crate `designer`, without its later parts
//! assets/app-<hash>/split_*.wasm   a later part (chunk_*.wasm: what some of them share)
//! assets/app-<hash>/parts.js       loads the later parts; see `split`
//! assets/rules-<hash>/worker.js    ← designer/rules/worker.js
//! assets/rules-<hash>/rules*       the rule engine, from crate `rules`; split_*.wasm, parts.js as above
//! assets/style-<hash>.css          ← designer/style/*.css in the order of their names
//! assets/later-style-<hash>.css    ← designer/style/*.later.css, the same for what comes after the first page
//! assets/<name>-<hash>.<ext>       ← designer/static/*
//! ```
//!
//! The hash of a folder covers everything inside, so the files in it may name each other as they
//! are, and everything under `assets/` may be cached for ever. In index.html and in the style
//! sheets `{{app}}`, `{{rules}}`, `{{style}}`, `{{later-style}}` and `{{static/<name>}}` stand for those paths.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use wasm_bindgen_cli_support::Bindgen;

use crate::manifest::{File, Manifest, Part};
use crate::{compress, optimize, split, stamp};

/// `bundle app …`
#[derive(Args)]
pub struct Options {
    /// The crate of the browser app: index.html, start.js, style/, static/, rules/worker.js
    #[arg(long, default_value = "designer")]
    source: PathBuf,
    /// Where cargo put designer.wasm and rules.wasm
    #[arg(long)]
    wasm: PathBuf,
    /// The folder to write
    #[arg(long)]
    out: PathBuf,
    /// Small rather than quick: wasm-opt, names stripped, brotli at its best
    #[arg(long)]
    release: bool,
}

/// Writes the folder, unless it was made from the same inputs before.
pub fn bundle(options: &Options) -> Result<()> {
    let stamp = stamp::of(&inputs(options)?, if options.release { "release" } else { "dev" })?;
    if stamp::matches(&options.out, &stamp) && options.out.join("manifest.json").is_file() {
        return Ok(());
    }
    // Written aside and moved into place last: a server that runs meanwhile sees the old app or the
    // new one, and an interrupted build leaves no half.
    let aside = options.out.with_extension("new");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir_all(aside.join("assets"))?;
    let manifest = write(options, &aside, stamp)?;
    if options.out.exists() {
        fs::remove_dir_all(&options.out)?;
    }
    fs::rename(&aside, &options.out)?;
    stamp::write(&options.out, &manifest.stamp)?;
    print(&manifest);
    Ok(())
}

fn inputs(options: &Options) -> Result<Vec<PathBuf>> {
    let Options { source, wasm, .. } = options;
    let mut files = vec![
        wasm.join("designer.wasm"),
        wasm.join("rules.wasm"),
        source.join("index.html"),
        source.join("start.js"),
        source.join("rules/worker.js"),
    ];
    files.extend(stamp::files(&source.join("style"))?);
    files.extend(stamp::files(&source.join("static"))?);
    Ok(files)
}

fn write(options: &Options, out: &Path, stamp: String) -> Result<Manifest> {
    let Options { source, wasm, release, .. } = options;
    let mut names = BTreeMap::new();
    for file in stamp::files(&source.join("static"))? {
        let bytes = fs::read(&file)?;
        let name = hashed(&file, &bytes)?;
        fs::write(out.join(&name), bytes)?;
        names.insert(format!("static/{}", file.strip_prefix(source.join("static"))?.display()), name);
    }
    for (word, later) in [("style", false), ("later-style", true)] {
        let style = fill(&style(&source.join("style"), later)?, &names).context("designer/style")?;
        let name = format!("assets/{word}-{}.css", stamp::short(style.as_bytes()));
        fs::write(out.join(&name), style)?;
        names.insert(word.to_owned(), name);
    }

    let app = module(&wasm.join("designer.wasm"), &source.join("start.js"), out, "app", *release)?;
    let rules = module(&wasm.join("rules.wasm"), &source.join("rules/worker.js"), out, "rules", *release)?;
    let rules_worker = format!("/{rules}/worker.js");
    names.insert("app".to_owned(), app);
    names.insert("rules".to_owned(), rules);

    let page = fs::read_to_string(source.join("index.html")).context("read index.html")?;
    let page = fill(&page, &names).context("designer/index.html")?;
    fs::write(out.join("index.html"), &page)?;

    let mut manifest = Manifest { stamp, release: *release, rules_worker, files: Vec::new() };
    for file in stamp::files(out)? {
        let name = file.strip_prefix(out)?.display().to_string();
        manifest.files.push(File {
            part: part(&name, &page),
            size: fs::metadata(&file)?.len(),
            brotli: compress::brotli(&file, if *release { 11 } else { 5 })?,
            hash: hash_in(&name),
            name,
        });
    }
    fs::write(out.join("manifest.json"), serde_json::to_string_pretty(&manifest)?)?;
    Ok(manifest)
}

/// One wasm module with its glue, its later parts and its entry script, in a folder named after all of them.
fn module(wasm: &Path, entry: &Path, out: &Path, part: &str, release: bool) -> Result<String> {
    let aside = out.join(part);
    let cut = out.with_extension(part);
    let (first, later) = split::split(wasm, &aside, &cut)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&first)
        .web(true)?
        .omit_default_module_path(false)
        .typescript(false)
        .keep_debug(false)
        // The later parts call what the first part exports to them.
        .keep_lld_exports(true)
        .demangle(!release);
    bindgen.remove_name_section(release).remove_producers_section(release);
    bindgen.generate(&aside).with_context(|| format!("wasm-bindgen on {}", wasm.display()))?;
    fs::remove_dir_all(&cut)?;
    if release {
        let stem = wasm.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        optimize::shrink(&aside.join(format!("{stem}_bg.wasm")))?;
        for part in &later {
            optimize::shrink_part(part)?;
        }
    }
    let name = entry.file_name().with_context(|| format!("{} is no file", entry.display()))?;
    fs::copy(entry, aside.join(name)).with_context(|| format!("copy {}", entry.display()))?;

    let folder = format!("assets/{part}-{}", &stamp::of_folder(&aside)?[..10]);
    fs::rename(&aside, out.join(&folder))?;
    Ok(folder)
}

/// The style sheets of the first page, or those of what comes later (`*.later.css`), as one, without comments, indentation and
/// empty lines.
fn style(folder: &Path, later: bool) -> Result<String> {
    let mut all = String::new();
    for file in stamp::files(folder)? {
        let name = file.to_string_lossy();
        if name.ends_with(".css") && name.ends_with(".later.css") == later {
            all.push_str(&fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?);
            all.push('\n');
        }
    }
    Ok(squeeze(&all))
}

fn squeeze(css: &str) -> String {
    let mut rest = css;
    let mut bare = String::with_capacity(css.len());
    while let Some(start) = rest.find("/*") {
        bare.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    bare.push_str(rest);
    let lines = bare.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// `assets/<stem>-<hash>.<ext>`
fn hashed(file: &Path, bytes: &[u8]) -> Result<String> {
    let text = |part: Option<&std::ffi::OsStr>| part.and_then(|it| it.to_str()).map(str::to_owned);
    let stem = text(file.file_stem()).with_context(|| format!("{} has no name", file.display()))?;
    let extension = text(file.extension()).with_context(|| format!("{} has no extension", file.display()))?;
    Ok(format!("assets/{stem}-{}.{extension}", stamp::short(bytes)))
}

/// Puts the real paths where `{{…}}` stands.
fn fill(text: &str, names: &BTreeMap<String, String>) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((key, tail)) = after.split_once("}}") else { bail!("`{{{{` without `}}}}`") };
        let Some(name) = names.get(key.trim()) else {
            let known = names.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            bail!("`{{{{{key}}}}}` is not part of the bundle; there is {known}");
        };
        out.push_str(before);
        out.push('/');
        out.push_str(name);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn part(name: &str, page: &str) -> Part {
    let later = split::is_later(name);
    if name.starts_with("assets/later-style-") {
        Part::AppLater
    } else if name.starts_with("assets/app-") {
        if later { Part::AppLater } else { Part::App }
    } else if name.starts_with("assets/rules-") {
        if later { Part::RulesLater } else { Part::Rules }
    } else if name == "index.html" || page.contains(name) {
        Part::Page
    } else {
        Part::Static
    }
}

/// The hash in a name like `assets/app-0123456789/x.js` or `assets/x-0123456789.css`.
fn hash_in(name: &str) -> Option<String> {
    let element = name.strip_prefix("assets/")?.split('/').next()?;
    let hash = element.rsplit_once('-')?.1.split('.').next()?;
    Some(hash.to_owned())
}

fn print(manifest: &Manifest) {
    let kb = |bytes: u64| bytes.div_ceil(1024);
    println!("{:>9} {:>9}  file", "KB", "brotli");
    for file in &manifest.files {
        let packed = file.brotli.map_or_else(|| "-".to_owned(), |size| kb(size).to_string());
        println!("{:>9} {:>9}  {}", kb(file.size), packed, file.name);
    }
    let first = manifest.weight(Part::Page) + manifest.weight(Part::App);
    println!(
        "before the first page shows: {} KB, later {} KB; rule engine: {} KB, later {} KB",
        kb(first),
        kb(manifest.weight(Part::AppLater)),
        kb(manifest.weight(Part::Rules)),
        kb(manifest.weight(Part::RulesLater)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_loses_comments_and_indentation() {
        assert_eq!(squeeze("/* a */\n.x {\n  color: red; /* b\n */\n}\n\n/* open"), ".x {\ncolor: red;\n}");
    }

    #[test]
    fn placeholders_become_paths_and_unknown_ones_are_refused() {
        let names = BTreeMap::from([("app".to_owned(), "assets/app-1".to_owned())]);
        assert_eq!(fill("src={{app}}/start.js", &names).unwrap(), "src=/assets/app-1/start.js");
        let refused = fill("{{worker}}", &names).unwrap_err().to_string();
        assert!(refused.contains("worker") && refused.contains("app"), "{refused}");
        assert!(fill("{{app", &names).is_err());
    }

    #[test]
    fn a_name_tells_its_hash_and_part() {
        assert_eq!(hash_in("assets/app-0123456789/designer_bg.wasm").as_deref(), Some("0123456789"));
        assert_eq!(hash_in("assets/big-logo-0123456789.svg").as_deref(), Some("0123456789"));
        assert_eq!(hash_in("index.html"), None);
        assert!(part("assets/rules-1/worker.js", "") == Part::Rules);
        assert!(part("assets/app-1/designer_bg.wasm", "") == Part::App);
        assert!(part("assets/app-1/split_studio.wasm", "") == Part::AppLater);
        assert!(part("assets/rules-1/split_studio.wasm", "") == Part::RulesLater);
        assert!(part("assets/style-1.css", "href=\"/assets/style-1.css\"") == Part::Page);
    }
}

//! `manifest.json`: what the bundle holds, for the server, for benchmarks and for people.

use serde::Serialize;

/// The whole bundle.
#[derive(Serialize)]
pub struct Manifest {
    /// The stamp of the inputs: two bundles with the same one are the same.
    pub stamp: String,
    /// Whether this is the small, slowly built one.
    pub release: bool,
    /// Where the worker with the rule engine starts, as the browser asks for it.
    pub rules_worker: String,
    /// Every file the browser may ask for, in the order of their names.
    pub files: Vec<File>,
}

/// One file of the bundle.
#[derive(Serialize)]
pub struct File {
    /// The path below the root of the site, without a leading slash.
    pub name: String,
    /// What it belongs to: `page`, `app`, `app-later`, `rules`, `rules-later` or `static`.
    pub part: Part,
    /// Bytes as they are.
    pub size: u64,
    /// Bytes of the brotli copy, where there is one.
    pub brotli: Option<u64>,
    /// The hash in its name; a file with one never changes and may be cached for ever.
    pub hash: Option<String>,
}

/// When a file is needed.
#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// index.html and what it asks for: needed for the first paint.
    Page,
    /// The app itself: needed before the first page shows.
    App,
    /// Parts of the app that are loaded by the first visit to their screens.
    AppLater,
    /// The rule engine: loaded by the worker after the first page shows.
    Rules,
    /// Parts of the rule engine that are loaded by the first question for them.
    RulesLater,
    /// Whatever else lies in `static/`.
    Static,
}

impl Manifest {
    /// What travels over the wire for one part.
    pub fn weight(&self, part: Part) -> u64 {
        let files = self.files.iter().filter(|file| file.part == part);
        files.map(|file| file.brotli.unwrap_or(file.size)).sum()
    }
}

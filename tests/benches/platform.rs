//! Measures what the product promises, each figure beside a baseline measured in the same run; prints ratios.
//! Run by `./dev bench` against the release binary. Nothing but a size fails on a number: machines differ,
//! ratios are read by people.

#[path = "platform/bare.rs"]
mod bare;
#[path = "platform/checker.rs"]
mod checker;
#[path = "platform/engine.rs"]
mod engine;
#[path = "platform/fill.rs"]
mod fill;
#[path = "platform/flow.rs"]
mod flow;
#[path = "platform/large.rs"]
mod large;
#[path = "platform/list.rs"]
mod list;
#[path = "platform/load.rs"]
mod load;
#[path = "platform/others.rs"]
mod others;
#[path = "platform/save.rs"]
mod save;
#[path = "platform/show.rs"]
mod show;
#[path = "platform/sizes.rs"]
mod sizes;
#[path = "platform/start.rs"]
mod start;
#[path = "platform/studio.rs"]
mod studio;
#[path = "platform/wire.rs"]
mod wire;

use anyhow::Result;

/// As the server has it: what runs in this process is measured as it runs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    // `cargo bench -- list` runs only the parts named; cargo itself adds `--bench`.
    let asked: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|it| it == part);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // Told at the end: a size that is too high keeps nobody from the other figures.
    let sizes = if wanted("sizes") { sizes::print() } else { Ok(()) };
    if wanted("show") {
        runtime.block_on(show::measure())?;
    }
    if wanted("checker") {
        checker::measure();
    }
    if wanted("engine") {
        engine::measure()?;
    }
    if wanted("start") {
        runtime.block_on(start::measure())?;
    }
    if wanted("save") {
        runtime.block_on(save::measure())?;
    }
    if wanted("flow") {
        runtime.block_on(flow::measure())?;
    }
    if wanted("list") {
        runtime.block_on(list::measure())?;
    }
    if wanted("studio") {
        runtime.block_on(studio::measure())?;
    }
    if wanted("fill") {
        runtime.block_on(fill::measure())?;
    }
    sizes
}

/// One line: what, figure, baseline, ratio, target.
pub fn row(what: &str, figure: String, baseline: String, ratio: f64, target: &str) {
    println!("{what:<46} {figure:>16}   {baseline:>24}   ratio {ratio:>6.2}   (target {target})");
}

//! How many nodes the engine executes in memory, and how much a waiting instance takes; beside a walk along the same
//! nodes that only writes down where it was.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use runtime::engine::{Context, Directory, Input, Instance, Plan, World, step};
use runtime::id::RecordId;
use runtime::model::catalog::Catalog;
use runtime::model::flow::Flow;
use serde_json::{Map, Value, json};

/// Nodes of a flow: well below what one step may execute.
const NODES: usize = 450;
/// Executions measured.
const RUNS: usize = 400;

/// Nobody works here.
struct Empty(Directory);

impl World for Empty {
    fn people(&self) -> &Directory {
        &self.0
    }
    fn referenced(&self, _: &RecordId) -> Option<&Map<String, Value>> {
        None
    }
}

/// Measures and prints.
pub fn measure() -> Result<()> {
    let plain = walk();
    let world = Empty(Directory::default());
    let sequence = flow(NODES, false, false)?;
    let met = run(&sequence, NODES, &world)?;
    row("nodes executed, automatic ones in a row", met, plain, 1_000_000.0);
    // Every gateway is followed by a node, so half as many.
    let gateways = flow(NODES / 2, true, false)?;
    let met = run(&gateways, NODES, &world)?;
    row("nodes executed, a condition at every gateway", met, plain, 200_000.0);
    let waiting = start(&flow(3, false, true)?, &world)?;
    ensure!(!waiting.tasks.is_empty() || !waiting.tokens.is_empty(), "expected a waiting task");
    let bytes = serde_json::to_string(&waiting)?.len();
    super::row(
        "state of an instance that waits at a task",
        format!("{bytes} B"),
        "2048 B".to_owned(),
        bytes as f64 / 2048.0,
        "≤ 1.00",
    );
    Ok(())
}

fn row(what: &str, per_second: f64, plain: f64, target: f64) {
    super::row(
        what,
        format!("{:.2} M/s", per_second / 1e6),
        format!("{:.1} M/s plain walk", plain / 1e6),
        per_second / plain,
        &format!("≥ {:.1} M/s", target / 1e6),
    );
}

/// A flow of so many automatic nodes or gateways in a row, and a person's task behind them if it is to wait.
fn flow(nodes: usize, gateways: bool, waits: bool) -> Result<Plan> {
    let mut elements = vec![json!({ "id": "start", "type": "startEvent" })];
    let mut last = "start".to_owned();
    for at in 0..nodes {
        let id = format!("n{at}");
        let kind = if gateways { "exclusiveGateway" } else { "task" };
        let mut node = json!({ "id": id, "type": kind });
        if gateways {
            node["default"] = json!(format!("d{at}"));
        }
        elements.push(node);
        elements.push(json!({ "id": format!("f{at}"), "type": "sequenceFlow", "sourceRef": last, "targetRef": id }));
        if gateways {
            // Two ways to the same place: one with a condition that holds every other time, and the default.
            let past = format!("t{at}");
            elements.push(json!({ "id": past, "type": "task" }));
            elements.push(json!({ "id": format!("c{at}"), "type": "sequenceFlow", "sourceRef": id, "targetRef": past,
                "conditionExpression": format!("amount > {}", at % 200) }));
            elements
                .push(json!({ "id": format!("d{at}"), "type": "sequenceFlow", "sourceRef": id, "targetRef": past }));
            last = past;
        } else {
            last = id;
        }
    }
    if waits {
        elements.push(json!({ "id": "wait", "type": "userTask", "name": "Look", "performer": { "roles": ["agent"] } }));
        elements.push(json!({ "id": "w", "type": "sequenceFlow", "sourceRef": last, "targetRef": "wait" }));
        last = "wait".to_owned();
    }
    elements.push(json!({ "id": "end", "type": "endEvent" }));
    elements.push(json!({ "id": "out", "type": "sequenceFlow", "sourceRef": last, "targetRef": "end" }));
    let flow: Flow =
        serde_json::from_value(json!({ "format": 1, "id": "p", "key": "p", "name": "P", "flowElements": elements }))?;
    Plan::compile(&Catalog::new([]), &flow).map_err(|alerts| anyhow::anyhow!("{alerts:?}")).context("a flow that runs")
}

fn start(plan: &Plan, world: &Empty) -> Result<Instance> {
    let vars = Map::from_iter([("amount".to_owned(), json!(100))]);
    let data = Map::new();
    let context = Context {
        now: "2026-03-02T01:00:00Z".parse()?,
        actor: "anna".into(),
        record: "r1".into(),
        owner: None,
        data: &data,
        world,
    };
    let instance = Instance { id: "i".into(), ..Instance::default() };
    let done = step(plan, &instance, Input::Start { at: None, vars, parent: None }, &context);
    Ok(done.map_err(|it| anyhow::anyhow!("{it:?}"))?.instance)
}

/// Nodes executed per second.
fn run(plan: &Plan, nodes: usize, world: &Empty) -> Result<f64> {
    let ended = start(plan, world)?;
    let state = serde_json::to_value(&ended)?;
    let what = state.to_string().chars().take(600).collect::<String>();
    let state = &state["state"];
    ensure!(state == "finished", "expected the end, came {what}");
    let mut best = f64::MAX;
    for _ in 0..5 {
        let before = Instant::now();
        for _ in 0..RUNS / 5 {
            black_box(start(black_box(plan), world)?);
        }
        best = best.min(before.elapsed().as_secs_f64());
    }
    Ok((nodes * RUNS / 5) as f64 / best)
}

/// A walk along as many nodes, which only writes down their names.
fn walk() -> f64 {
    let nodes: Vec<(String, usize)> = (0..NODES).map(|at| (format!("n{at}"), at + 1)).collect();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let before = Instant::now();
        for _ in 0..RUNS / 5 {
            let (mut at, mut facts) = (0, Vec::new());
            while let Some((name, next)) = nodes.get(at) {
                facts.push(("entered", name.clone()));
                facts.push(("left", name.clone()));
                at = *next;
            }
            black_box(facts);
        }
        best = best.min(before.elapsed().as_secs_f64());
    }
    (NODES * RUNS / 5) as f64 / best
}

//! The rule fixtures of bpmnlint, where they are present: a folder is a rule; a file named `valid…` is silent for it, every other raises it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use runtime::alert::Alert;
use runtime::check;
use runtime::interchange::Document;

/// bpmnlint's rules and our codes for the same faults.
const CODES: &[(&str, &[&str])] = &[
    ("ad-hoc-sub-process", &["flow-ad-hoc"]),
    ("conditional-event", &["flow-conditional-event"]),
    ("conditional-flows", &["flow-no-condition"]),
    ("end-event-required", &["flow-no-end"]),
    ("event-based-gateway", &["flow-event-gateway"]),
    ("event-sub-process-typed-start-event", &["flow-event-subprocess-start"]),
    ("fake-join", &["flow-fake-join"]),
    ("global", &["flow-global"]),
    ("label-required", &["flow-no-name"]),
    ("link-event", &["flow-link"]),
    ("no-bpmndi", &["flow-no-drawing"]),
    ("no-complex-gateway", &["flow-complex-gateway"]),
    ("no-disconnected", &["flow-disconnected"]),
    ("no-duplicate-sequence-flows", &["flow-duplicate-connection"]),
    ("no-gateway-join-fork", &["flow-join-fork"]),
    ("no-implicit-end", &["flow-dead-end"]),
    ("no-implicit-split", &["flow-implicit-split"]),
    ("no-implicit-start", &["flow-implicit-start", "flow-unreachable"]),
    ("no-inclusive-gateway", &["flow-inclusive-gateway"]),
    ("no-overlapping-elements", &["flow-overlap"]),
    ("single-blank-start-event", &["flow-many-starts"]),
    ("single-event-definition", &["flow-many-definitions"]),
    ("standard-size", &["flow-odd-size"]),
    ("start-event-required", &["flow-no-start"]),
    ("sub-process-blank-start-event", &["flow-typed-inner-start"]),
    ("superfluous-gateway", &["flow-superfluous-gateway"]),
    ("superfluous-termination", &["flow-superfluous-termination"]),
];

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    std::env::var_os("FLOWLOOM_CORPUS")
        .map(PathBuf::from)
        .into_iter()
        .chain([beside])
        .find(|it| it.join("lint").is_dir())
}

fn alerts(path: &Path) -> Vec<Alert> {
    let document = Document::read_xml(&std::fs::read(path).expect("a file"))
        .unwrap_or_else(|it| panic!("{}: {it}", path.display()));
    let mut found = check::file::check(&document, "a.bpmn");
    for flow in &document.flows {
        found.extend(check::flow::check(flow, "a.bpmn"));
    }
    found
}

#[test]
fn every_fixture_is_judged_as_its_name_says() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus beside the repository (FLOWLOOM_CORPUS)");
        return;
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (rule, codes) in CODES {
        let Ok(files) = std::fs::read_dir(corpus.join("lint").join(rule)) else { continue };
        for path in files.flatten().map(|it| it.path()).filter(|it| it.extension().is_some_and(|it| it == "bpmn")) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let came: BTreeSet<String> = alerts(&path).into_iter().map(|it| it.code).collect();
            let raised = codes.iter().any(|it| came.contains(*it));
            seen += 1;
            if raised == name.starts_with("valid") {
                wrong.push(format!("{rule}/{name}: {came:?}"));
            }
        }
    }
    assert!(seen > 0, "no fixtures");
    assert!(wrong.is_empty(), "of {seen}:\n{}", wrong.join("\n"));
}

/// Models that others made as references: what is certain to go wrong in them is not ours to invent. Tools draw what the standard
/// forbids here and there; these codes are such drawings, looked at one by one.
#[test]
fn reference_models_raise_no_false_error() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus beside the repository (FLOWLOOM_CORPUS)");
        return;
    };
    let Ok(files) = std::fs::read_dir(corpus.join("miwg")) else { return };
    let mut wrong = Vec::new();
    for path in files.flatten().map(|it| it.path()).filter(|it| it.extension().is_some_and(|it| it == "bpmn")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for it in alerts(&path).into_iter().filter(|it| it.severity == runtime::alert::Severity::Error) {
            if !KNOWN.contains(&(name.as_str(), it.code.as_str())) {
                wrong.push(format!("{name}: {} {}: {}", it.code, it.element.unwrap_or_default(), it.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// File and code of what those models really do against the standard.
const KNOWN: &[(&str, &str)] = &[];

//! Drawings to look at: with `LAYOUT_PICTURES=<folder>` every model of the corpus is laid out and written there as SVG and BPMN.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::*;

/// The folder of outside models, if it is there.
fn corpus() -> Option<PathBuf> {
    let named = option_env!("FLOWLOOM_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    named.into_iter().chain([beside]).find(|it| it.is_dir())
}

fn models(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).expect("a folder").flatten().map(|it| it.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            models(&path, into);
        } else if path.extension().is_some_and(|it| it == "bpmn") {
            into.push(path);
        }
    }
}

#[test]
fn outside_models_are_drawn_by_the_rules() {
    let Some(corpus) = corpus() else {
        println!("skipped: no folder of outside models (FLOWLOOM_CORPUS, ../shared/corpus)");
        return;
    };
    let mut paths = Vec::new();
    models(&corpus, &mut paths);
    let mut wrong = Vec::new();
    for path in paths {
        let mut document = Document::read_xml(&std::fs::read(&path).expect("a model")).expect("a good model");
        document.layout = Layout::default();
        complete(&mut document);
        let once = document.layout.clone();
        document.layout = Layout::default();
        complete(&mut document);
        assert_eq!(once, document.layout, "the same model gives the same drawing");
        let name = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        if let Some(folder) = option_env!("LAYOUT_PICTURES") {
            for diagram in &document.layout.diagrams {
                std::fs::write(format!("{folder}/{name}.svg"), svg(&document, diagram)).expect("a folder to write to");
            }
            std::fs::write(format!("{folder}/{name}.bpmn"), document.write_xml()).expect("a folder to write to");
        }
        wrong.extend(faults(&document).into_iter().map(|it| format!("{name}: {it}")));
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.into_iter().take(60).collect::<Vec<_>>().join("\n"));
}

/// A plain picture of a drawing.
fn svg(document: &Document, diagram: &Diagram) -> String {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for flow in &document.flows {
        names.extend(flow.all().into_iter().map(|it| (it.id.0.clone(), it.name.clone())));
        names.extend(flow.lanes.iter().map(|it| (it.id.clone(), it.name.clone())));
    }
    for it in &document.collaborations {
        names.extend(it.participants.iter().map(|it| (it.id.clone(), it.name.clone())));
        names.extend(it.message_flows.iter().map(|it| (it.id.clone(), it.name.clone())));
    }
    let right = diagram.shapes.iter().map(|it| it.x + it.width).fold(0.0, f64::max) + 60.0;
    let bottom = diagram.shapes.iter().map(|it| it.y + it.height).fold(0.0, f64::max) + 60.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{right}\" height=\"{bottom}\" font-family=\"sans-serif\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let plain = |it: &str| it.replace('&', "&amp;").replace('<', "&lt;");
    let name = |id: &str| names.get(id).map(|it| plain(it)).unwrap_or_default();
    for it in &diagram.shapes {
        let (x, y, w, h) = (it.x, it.y, it.width, it.height);
        let _ = if w == 50.0 && h == 50.0 {
            writeln!(out, "<path d=\"M{} {y} l25 25 l-25 25 l-25 -25 z\" fill=\"white\" stroke=\"black\"/>", x + 25.0)
        } else if w == 36.0 && h == 36.0 {
            writeln!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"18\" fill=\"white\" stroke=\"black\"/>", x + 18.0, y + 18.0)
        } else {
            let fill = if it.is_expanded == Some(true) || it.is_horizontal.is_some() { "#f6f8ff" } else { "white" };
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"6\" fill=\"{fill}\" stroke=\"black\"/><text x=\"{}\" y=\"{}\">{}</text>",
                x + 5.0,
                y + 15.0,
                name(it.element.as_str())
            )
        };
        if let Some(label) = it.label {
            let _ = writeln!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#cc0\"/><text x=\"{}\" y=\"{}\">{}</text>",
                label.x,
                label.y,
                label.width,
                label.height,
                label.x,
                label.y + 11.0,
                name(it.element.as_str())
            );
        }
    }
    for it in &diagram.edges {
        let points: String = it.waypoints.iter().map(|it| format!("{},{} ", it.x, it.y)).collect();
        let _ = writeln!(out, "<polyline points=\"{points}\" fill=\"none\" stroke=\"#036\"/>");
        if let Some(last) = it.waypoints.last() {
            let _ = writeln!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"3\" fill=\"#036\"/>", last.x, last.y);
        }
        if let Some(label) = it.label {
            let _ = writeln!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#c0c\"/><text x=\"{}\" y=\"{}\" fill=\"#606\">{}</text>",
                label.x,
                label.y,
                label.width,
                label.height,
                label.x,
                label.y + 11.0,
                name(it.element.as_str())
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

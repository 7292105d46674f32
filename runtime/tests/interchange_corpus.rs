//! Every model of the outside corpus, if it lies beside the project: read, through JSON, written, and nothing is lost.
//! What "nothing" means is in `loss`.

mod loss;

use std::fs;
use std::path::{Path, PathBuf};

use loss::Loss;
use runtime::interchange::Document;

/// The folder of outside models; `None`, with the reason printed: it is not here.
fn corpus() -> Option<PathBuf> {
    let places = [
        std::env::var("FLOWLOOM_CORPUS").ok().map(PathBuf::from),
        Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus")),
    ];
    let found = places.into_iter().flatten().find(|it| it.is_dir());
    if found.is_none() {
        println!("skipped: no folder of outside models (FLOWLOOM_CORPUS, ../shared/corpus)");
    }
    found
}

fn models(folder: &Path, into: &mut Vec<PathBuf>) {
    for it in fs::read_dir(folder).expect("the corpus can be listed").flatten() {
        let path = it.path();
        if path.is_dir() {
            models(&path, into);
        } else if path.extension().is_some_and(|it| it == "bpmn") {
            into.push(path);
        }
    }
    into.sort();
}

#[test]
fn every_model_comes_back_whole() {
    let Some(corpus) = corpus() else { return };
    let mut paths = Vec::new();
    models(&corpus, &mut paths);
    let mut wrong = Vec::new();
    for path in &paths {
        let name = path.display();
        let original = fs::read(path).expect("a model can be read");
        let document = match Document::read_xml(&original) {
            Ok(it) => it,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        let json = document.write_json();
        let again = Document::read_json(json.as_bytes()).expect("what we write as JSON we read");
        assert_eq!(again, document, "{name}: through JSON");
        let first = again.write_xml();
        let loss = Loss::between(&original, first.as_bytes());
        if !loss.is_none() {
            wrong.push(format!("{name}: {loss}"));
        }
        let second = Document::read_xml(first.as_bytes()).expect("what we write we read").write_xml();
        if first != second {
            let at = first.lines().zip(second.lines()).find(|(a, b)| a != b);
            wrong.push(format!("{name}: the second time differs: {at:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), paths.len(), wrong.join("\n"));
    println!("{} models came back whole", paths.len());
}

//! The packs of `templates/`: they load and check without an alert, their files are in canonical form, every text stands
//! in both languages, every sample is a valid record, every scenario passes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use runtime::alert::Severity;
use runtime::check;
use runtime::engine::Person;
use runtime::form::{Change, Form, FormContext, Writer};
use runtime::model::catalog::Catalog;
use runtime::model::{load, pack::Pack, save};
use runtime::scenario::{self, NoPlugins};

const PACKS: [&str; 2] = ["core-crm", "service"];

fn folder(pack: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates").join(pack)
}

fn files(pack: &str) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, at: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, into);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                into.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut into = BTreeMap::new();
    walk(&folder(pack), &folder(pack), &mut into);
    into
}

fn packs() -> Vec<Pack> {
    PACKS.iter().map(|it| load::load(&files(it)).0).collect()
}

#[test]
fn packs_load_without_an_alert() {
    for pack in PACKS {
        let (_, alerts) = load::load(&files(pack));
        assert!(alerts.is_empty(), "{pack}: {alerts:#?}");
    }
}

/// What a designer saves is what stands in the repository: a change is a small diff. `UPDATE_EXPECT=1` rewrites the files.
#[test]
fn files_are_in_canonical_form() {
    for pack in PACKS {
        let written = files(pack);
        let (loaded, _) = load::load(&written);
        let saved = save::save(&loaded);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            for (path, bytes) in &saved {
                std::fs::write(folder(pack).join(path), bytes).unwrap();
            }
            continue;
        }
        for (path, bytes) in &saved {
            assert!(
                written.get(path) == Some(bytes),
                "{pack}/{path} is not in canonical form; run with UPDATE_EXPECT=1"
            );
        }
        let more: Vec<_> = written.keys().filter(|it| !saved.contains_key(*it) && !it.ends_with(".md")).collect();
        assert!(more.is_empty(), "{pack}: not part of the pack: {more:?}");
    }
}

/// Infos remain: references to modules of packs that come later.
#[test]
fn packs_check_clean_and_their_flows_are_sound() {
    let catalog = Catalog::new(packs());
    for pack in catalog.packs() {
        let report = check::pack(&catalog, &pack.manifest.id, &check::Surroundings::default());
        let grave: Vec<_> = report.alerts.iter().filter(|it| it.severity != Severity::Info).collect();
        assert!(grave.is_empty(), "{}: {grave:#?}", pack.manifest.id);
        for (flow, process) in &report.processes {
            assert_eq!(process.verdict, check::Verdict::Sound, "{flow}");
        }
        for key in pack.modules.keys() {
            let (_, alerts) = Form::compile(&catalog, key);
            assert!(alerts.is_empty(), "{key}: {alerts:#?}");
        }
    }
}

#[test]
fn every_text_stands_in_both_languages() {
    for pack in packs() {
        let addresses = |language: &str| pack.texts[language].keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(addresses("en"), addresses("zh-CN"), "{}", pack.manifest.id);
        for (language, texts) in &pack.texts {
            let blank: Vec<_> = texts.iter().filter(|(_, text)| text.trim().is_empty()).collect();
            assert!(blank.is_empty(), "{language}: {blank:?}");
        }
        let missing = needed(&pack).into_iter().filter(|it| !pack.texts["en"].contains_key(it)).collect::<Vec<_>>();
        assert!(missing.is_empty(), "{}: no text for {missing:#?}", pack.manifest.id);
    }
}

/// The addresses of everything in a pack that has a title.
fn needed(pack: &Pack) -> Vec<String> {
    let mut found = vec!["pack".to_owned()];
    found.extend(pack.manifest.roles.iter().map(|it| format!("role/{}", it.key)));
    for it in &pack.manifest.dictionaries {
        found.push(format!("dict/{}", it.key));
        found.extend(it.items.iter().map(|item| format!("dict/{}/{}", it.key, item.value)));
    }
    for it in &pack.manifest.notices {
        found.extend(["title", "body"].map(|part| format!("notice/{}/{part}", it.id)));
    }
    for (key, module) in &pack.modules {
        found.push(format!("module/{key}"));
        found.extend(module.views.keys().map(|it| format!("view/{key}/{it}")));
        found.extend(module.rules.checks.iter().map(|it| format!("check/{key}/{}", it.id)));
        for (field, property) in module.schema["properties"].as_object().into_iter().flatten() {
            found.push(format!("field/{key}/{field}"));
            for list in [property.get("oneOf"), property.pointer("/items/oneOf")] {
                let options = list.and_then(|it| it.as_array()).into_iter().flatten();
                found.extend(
                    options.filter_map(|it| Some(format!("option/{key}/{field}/{}", it.get("const")?.as_str()?))),
                );
            }
            for list in [property.get("properties"), property.pointer("/items/properties")] {
                let columns = list.and_then(|it| it.as_object()).into_iter().flatten();
                found.extend(columns.map(|(column, _)| format!("field/{key}/{field}/{column}")));
            }
        }
    }
    for (key, flow) in &pack.flows {
        found.push(format!("flow/{key}"));
        found.extend(flow.all().into_iter().filter(|it| !it.name.is_empty()).map(|it| format!("node/{key}/{}", it.id)));
    }
    for (key, table) in &pack.tables {
        found.push(format!("table/{key}"));
        let columns = table.inputs.iter().map(|it| &it.id).chain(table.outputs.iter().map(|it| &it.id));
        found.extend(columns.map(|it| format!("column/{key}/{it}")));
    }
    found.extend(pack.scenarios.keys().map(|name| format!("scenario/{name}")));
    found
}

#[test]
fn every_sample_is_a_valid_record() {
    let catalog = Catalog::new(packs());
    let (nobody, nothing, all) = (Person::default(), BTreeMap::new(), BTreeMap::new());
    let customer = Person { name: "许文静".to_owned(), customer: Some("customer".into()), ..Person::default() };
    for sample in catalog.packs().flat_map(|it| &it.samples) {
        // What a customer files, the rules complete.
        let user = if sample.owner.as_deref() == Some("portal") { &customer } else { &nobody };
        let now = "2026-03-02T01:00:00Z".parse().unwrap();
        let ctx = FormContext { now, user, record: None, referenced: &nothing };
        let (form, _) = Form::compile(&catalog, &sample.module);
        let change = Change { old: None, patch: &sample.data, view: None, access: &all, by: Writer::Flow, ctx };
        if let Err(faults) = form.accept(&change) {
            panic!("{}: {faults:#?}", sample.name);
        }
    }
}

#[test]
fn every_scenario_passes() {
    let catalog = Catalog::new(packs());
    let mut failed = Vec::new();
    for (name, it) in catalog.packs().flat_map(|it| &it.scenarios) {
        let report = scenario::run(&catalog, it, &mut NoPlugins);
        if !report.passed {
            let wrong = report.steps.iter().filter(|it| !it.passed).map(|it| {
                format!(
                    "  {} {}: {:?}",
                    it.index,
                    it.note,
                    it.failures.iter().map(ToString::to_string).collect::<Vec<_>>()
                )
            });
            failed.push(format!(
                "{name}\n{}\n    {}",
                wrong.collect::<Vec<_>>().join("\n"),
                report.trace.join("\n    ")
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

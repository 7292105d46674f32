//! The checker is told what each edit changed: in the end it says what it says of the whole, told anew.

use proptest::prelude::*;
use runtime::model::patch::Splice;
use serde_json::{Value, json};

use super::random::{Turn, edit, turn};
use super::{FLOW, MODULE, pack};
use crate::delta::Told;
use crate::document::{Address, Content, Document};
use crate::{Edit, FormEdit};

fn ask(call: &str, args: &Value) -> Value {
    let answer = rules::ask(&json!({ "id": 1, "call": call, "args": args }).to_string());
    let mut answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
    assert!(answer.get("error").is_none(), "{call}: {answer}");
    answer["ok"].take()
}

/// What the studio knows of the checker.
struct Known {
    id: String,
    told: Told,
    step: u64,
    alerts: Vec<Value>,
    processes: Value,
}

impl Known {
    fn open(id: &str, document: &Document) -> Self {
        ask("pack.load", &json!({ "id": id, "files": {} }));
        let whole = ask("check.pack", &json!({ "id": id, "draft": document.files() }));
        let processes = whole["processes"].clone();
        let mut it = Self { id: id.to_owned(), told: document.told(), step: 0, alerts: Vec::new(), processes };
        it.hear(whole);
        it
    }

    fn hear(&mut self, mut answer: Value) -> bool {
        let changes: Vec<Splice<Value>> = serde_json::from_value(answer["alerts"].take()).expect("a list");
        for it in changes {
            it.apply(&mut self.alerts).expect("a stretch of the list that was told");
        }
        let new = answer["processes"].as_object().cloned().unwrap_or_default();
        self.processes.as_object_mut().expect("verdicts").extend(new);
        answer["more"] == json!(true)
    }

    /// Tells an edit; `to_end`: and hears everything the checker has to say.
    fn tell(&mut self, document: &Document, to_end: bool) {
        let Some(patches) = document.since(&self.told) else {
            *self = Self::open(&self.id.clone(), document);
            return;
        };
        (self.told, self.step) = (document.told(), self.step + 1);
        let answer = ask("check.edit", &json!({ "id": self.id, "step": self.step, "patches": patches }));
        let mut more = self.hear(answer);
        while more && to_end {
            let answer = ask("check.more", &json!({ "id": self.id }));
            more = self.hear(answer);
        }
    }
}

/// A pack with every file in its draft, so that nothing but the document says what is in it.
fn drafted() -> Document {
    let mut document = pack();
    let manifest = json!({ "format": 1, "id": "sales", "version": "1.0.0", "title": "Sales", "language": "en" });
    let manifest = Content::parse(&Address::Manifest, &manifest.to_string()).expect("a manifest");
    document.put(Address::Manifest, Some(manifest));
    let contents = document.contents().clone();
    let files = contents.iter().map(|(address, it)| (address.path(), Some(it.text(None)))).collect();
    Document::open("sales", &Default::default(), &files, 7)
}

fn whole(document: &Document) -> Known {
    Known::open("fresh", document)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_told_one_by_one_are_judged_as_the_whole(turns in prop::collection::vec((turn(), any::<bool>()), 1..20)) {
        let mut document = drafted();
        let mut known = Known::open("edited", &document);
        for (nth, (it, to_end)) in turns.iter().enumerate() {
            let wish = wish(&document, it, nth);
            if nth % 7 == 6 {
                document.undo();
            } else if document.apply(&wish).is_err() {
                continue;
            }
            known.tell(&document, *to_end);
        }
        known.tell(&document, true);
        let fresh = whole(&document);
        prop_assert_eq!(&known.alerts, &fresh.alerts, "{} edits", turns.len());
        prop_assert_eq!(&known.processes, &fresh.processes);
    }
}

/// An edit of the flow mostly, of the form now and then.
fn wish(document: &Document, it: &Turn, nth: usize) -> Edit {
    let fields: Vec<String> = document
        .schema(MODULE)
        .and_then(|it| it.get("properties")?.as_object().map(|it| it.keys().cloned().collect()))
        .unwrap_or_default();
    match fields.get(it.b % fields.len().max(1)) {
        Some(field) if nth % 4 == 3 => Edit::form(MODULE, FormEdit::DeleteField { field: field.clone() }),
        _ => Edit::flow(FLOW, edit(document, it)),
    }
}

//! What differs between two sets of files of a pack, for people: by flow (drawn, and in words), by form with its fields,
//! and the other files. For publishing, and for comparing any two versions.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::diff::{self, Diff};
use crate::document::Address;
use crate::tree;

/// Path in the pack → text.
pub type Files = BTreeMap<String, String>;

/// What happened to a file, a flow, a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Added,
    Removed,
    Changed,
}

/// Everything that differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub flows: Vec<FlowChange>,
    pub forms: Vec<FormChange>,
    /// Other files, by path.
    pub others: Vec<(String, How)>,
}

/// A flow with its drawing.
pub type Drawn = (Flow, Option<Layout>);

/// What differs in a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowChange {
    pub key: String,
    pub name: String,
    pub how: How,
    pub diff: Diff,
    /// What the elements that differ are called: of a line without a name, what it connects.
    pub names: BTreeMap<String, String>,
    pub old: Option<Drawn>,
    pub new: Option<Drawn>,
}

/// What differs in a form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormChange {
    pub module: String,
    pub name: String,
    pub how: Option<How>,
    /// Labels of fields.
    pub added: Vec<String>,
    pub removed: Vec<String>,
    /// Label, and the words of the schema that differ.
    pub changed: Vec<(String, BTreeSet<String>)>,
    /// `rules`, `views`, `module`: files that differ.
    pub parts: BTreeSet<String>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }
}

/// From `old` to `new`, with names in a language.
pub fn compare(old: &Files, new: &Files, language: &str) -> Changes {
    let mut found = Changes::default();
    let (mut flows, mut forms, mut texts) = (BTreeSet::new(), BTreeSet::new(), Said::default());
    for path in old.keys().chain(new.keys()).filter(|it| old.get(*it) != new.get(*it)) {
        match Address::of(path) {
            Some(Address::Flow(key) | Address::Layout(key)) => {
                flows.insert(key);
            }
            Some(Address::Definition(key) | Address::Schema(key) | Address::Rules(key) | Address::View(key, _)) => {
                forms.insert(key);
            }
            // What is said of a thing is told of the thing; of anything else the file is told.
            Some(it @ Address::Texts(_)) if texts.read((old, new), &it, language) => {}
            Some(
                Address::Manifest | Address::Texts(_) | Address::Table(_) | Address::Words(_) | Address::Suppressed,
            )
            | None => {
                let it = (path.clone(), how(old.get(path), new.get(path)));
                if !found.others.contains(&it) {
                    found.others.push(it);
                }
            }
        }
    }
    flows.extend(texts.flows.keys().cloned());
    forms.extend(texts.forms.keys().cloned());
    let (before, after) = (Side::of(old, language), Side::of(new, language));
    found.flows = flows.iter().filter_map(|it| flow(&before, &after, it, &texts)).collect();
    found.forms = forms.iter().filter_map(|it| form(&before, &after, it, &texts)).collect();
    found
}

/// Texts that differ, by flow and by form: what each speaks of (none: the flow or form itself), and as which word it is told.
#[derive(Default)]
struct Said {
    flows: BTreeMap<String, BTreeSet<(Option<String>, &'static str)>>,
    forms: BTreeMap<String, BTreeSet<(Option<String>, &'static str)>>,
}

impl Said {
    /// Takes the texts of a language that differ. False: some speak of neither a flow nor a form.
    fn read(&mut self, (old, new): (&Files, &Files), address: &Address, shown: &str) -> bool {
        let texts = |files: &Files| read::<BTreeMap<String, String>>(files, address).unwrap_or_default();
        let (old, new) = (texts(old), texts(new));
        let own = *address == Address::Texts(shown.to_owned());
        let mut all = true;
        for text in old.keys().chain(new.keys()).filter(|it| old.get(*it) != new.get(*it)) {
            let parts: Vec<&str> = text.split('/').collect();
            // In another language than the one that is read it is a translation that differs.
            let word = |word| if own { word } else { "translation" };
            let field = |it: &str| Some(it.split('.').next().unwrap_or(it).to_owned());
            let (of, key, thing, word) = match parts.as_slice() {
                ["flow", key] => (&mut self.flows, key, None, word("name")),
                ["node", key, id, ..] => (&mut self.flows, key, Some((*id).to_owned()), word("name")),
                ["outcome", key, id, ..] => (&mut self.flows, key, Some((*id).to_owned()), "outcomes"),
                ["module", key] => (&mut self.forms, key, None, word("title")),
                ["field", key, it, ..] => (&mut self.forms, key, field(it), word("title")),
                ["help", key, it, ..] => (&mut self.forms, key, field(it), word("description")),
                ["option", key, it, ..] => (&mut self.forms, key, field(it), "oneOf"),
                ["view" | "section" | "page", key, ..] => (&mut self.forms, key, None, "views"),
                ["check", key, ..] => (&mut self.forms, key, None, "rules"),
                _ => {
                    all = false;
                    continue;
                }
            };
            of.entry((*key).to_owned()).or_default().insert((thing, word));
        }
        all
    }
}

fn how<T>(old: Option<T>, new: Option<T>) -> How {
    match (old, new) {
        (None, _) => How::Added,
        (_, None) => How::Removed,
        (Some(_), Some(_)) => How::Changed,
    }
}

/// One set of files, and what things are called in it.
struct Side<'a> {
    files: &'a Files,
    texts: BTreeMap<String, String>,
}

impl<'a> Side<'a> {
    fn of(files: &'a Files, language: &str) -> Self {
        let texts = read(files, &Address::Texts(language.to_owned())).unwrap_or_default();
        Side { files, texts }
    }

    fn name(&self, address: &str, own: &str) -> String {
        self.texts.get(address).map_or(own, String::as_str).to_owned()
    }

    fn drawn(&self, key: &str) -> Option<Drawn> {
        let flow: Flow = read(self.files, &Address::Flow(key.to_owned()))?;
        Some((flow, read(self.files, &Address::Layout(key.to_owned()))))
    }

    /// What an element of a flow is called here.
    fn element(&self, flow: &Flow, id: &str) -> Option<String> {
        let of = |id: &str| {
            let own = &tree::find(flow, id)?.name;
            Some(self.name(&format!("node/{}/{id}", flow.key), own)).filter(|it| !it.trim().is_empty())
        };
        if let Some(it) = of(id) {
            return Some(it);
        }
        let link = tree::link(flow, id)?;
        let end = |id: &str| of(id).unwrap_or_else(|| id.to_owned());
        Some(format!("{} → {}", end(link.source), end(link.target)))
    }

    fn properties(&self, module: &str) -> Option<Map<String, Value>> {
        let mut schema: Value = read(self.files, &Address::Schema(module.to_owned()))?;
        match schema.get_mut("properties").map(Value::take) {
            Some(Value::Object(it)) => Some(it),
            _ => Some(Map::new()),
        }
    }

    fn label(&self, module: &str, field: &str, it: &Value) -> String {
        let own = it.get("title").and_then(Value::as_str).unwrap_or(field);
        self.name(&format!("field/{module}/{field}"), own)
    }
}

fn read<T: DeserializeOwned>(files: &Files, address: &Address) -> Option<T> {
    runtime::plain::parse(files.get(&address.path())?).ok()
}

fn flow(before: &Side, after: &Side, key: &str, texts: &Said) -> Option<FlowChange> {
    let (old, new) = (before.drawn(key), after.drawn(key));
    let how = match (&old, &new) {
        (None, None) => return None,
        (None, Some(_)) => How::Added,
        (Some(_), None) => How::Removed,
        (Some(_), Some(_)) => How::Changed,
    };
    let diff = match (&old, &new) {
        (Some(old), Some(new)) => {
            let mut diff = diff::diff((&old.0, old.1.as_ref()), (&new.0, new.1.as_ref()));
            let stays = |id: &str| tree::there(&old.0, id) && tree::there(&new.0, id);
            for (thing, word) in texts.flows.get(key).into_iter().flatten() {
                match thing {
                    None => drop(diff.flow.insert((*word).to_owned())),
                    Some(id) if stays(id) => {
                        diff.moved.remove(id);
                        diff.changed.entry(id.clone()).or_default().insert((*word).to_owned());
                    }
                    // What is new or gone is told as such.
                    Some(_) => {}
                }
            }
            diff
        }
        (None, _) | (_, None) => Diff::default(),
    };
    // Written otherwise, and the same.
    if how == How::Changed && diff.is_empty() {
        return None;
    }
    let mut names = BTreeMap::new();
    let ids = diff.added.iter().chain(diff.changed.keys()).chain(&diff.moved).chain(diff.removed.keys());
    for id in ids {
        let now = new.as_ref().and_then(|it| after.element(&it.0, id));
        let was = || old.as_ref().and_then(|it| before.element(&it.0, id));
        names.insert(id.clone(), now.or_else(was).unwrap_or_else(|| id.clone()));
    }
    let (side, flow) = match (&old, &new) {
        (_, Some(new)) => (after, &new.0),
        (Some(old), None) => (before, &old.0),
        (None, None) => return None,
    };
    Some(FlowChange {
        key: key.to_owned(),
        name: side.name(&format!("flow/{key}"), &flow.name),
        how,
        diff,
        names,
        old,
        new,
    })
}

fn form(before: &Side, after: &Side, module: &str, texts: &Said) -> Option<FormChange> {
    let (old, new) = (before.properties(module), after.properties(module));
    let side = if new.is_some() { after } else { before };
    let definition: Value = read(side.files, &Address::Definition(module.to_owned())).unwrap_or_default();
    let own = definition.get("title").and_then(Value::as_str).unwrap_or(module);
    let mut found = FormChange {
        module: module.to_owned(),
        name: side.name(&format!("module/{module}"), own),
        how: Some(how(old.as_ref(), new.as_ref())),
        ..FormChange::default()
    };
    if let (Some(old), Some(new)) = (&old, &new) {
        let said = texts.forms.get(module);
        for (key, it) in new {
            let Some(was) = old.get(key) else {
                found.added.push(after.label(module, key, it));
                continue;
            };
            let mut told = words(was, it);
            told.extend(said.into_iter().flatten().filter(|it| it.0.as_ref() == Some(key)).map(|it| it.1.to_owned()));
            if !told.is_empty() {
                found.changed.push((after.label(module, key, it), told));
            }
        }
        found.parts.extend(said.into_iter().flatten().filter(|it| it.0.is_none()).map(|it| it.1.to_owned()));
        for (key, it) in old.iter().filter(|it| !new.contains_key(it.0)) {
            found.removed.push(before.label(module, key, it));
        }
    }
    let differs = |path: &String| before.files.get(path) != after.files.get(path);
    for path in before.files.keys().chain(after.files.keys()).filter(|it| differs(it)) {
        let part = match Address::of(path) {
            Some(Address::Rules(it)) if it == module => "rules",
            Some(Address::View(it, _)) if it == module => "views",
            Some(Address::Definition(it)) if it == module => "module",
            // Its fields are told; what else it says is told as such.
            Some(Address::Schema(it)) if it == module => {
                let told = !(found.added.is_empty() && found.removed.is_empty() && found.changed.is_empty());
                if told {
                    continue;
                }
                "schema"
            }
            _ => continue,
        };
        found.parts.insert(part.to_owned());
    }
    // Texts of fields that are gone say nothing more.
    let told = found.how != Some(How::Changed) || !(found.added.is_empty() && found.removed.is_empty());
    (told || !found.changed.is_empty() || !found.parts.is_empty()).then_some(found)
}

fn words(old: &Value, new: &Value) -> BTreeSet<String> {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return BTreeSet::new() };
    old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key)).cloned().gather()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{FLOW, pack};
    use crate::{Document, Edit, FlowEdit};

    fn files(it: &Document) -> Files {
        it.paths().into_iter().filter_map(|path| Some((path.clone(), it.text(&path)?))).collect()
    }

    #[test]
    fn everything_that_differs_is_told_by_name() {
        let mut it = pack();
        let old = files(&it);
        assert!(compare(&old, &old, "en").is_empty());
        for edit in [
            FlowEdit::Rename { id: "send".to_owned(), name: "Send it".to_owned() },
            FlowEdit::Delete { ids: vec!["remind".to_owned()] },
        ] {
            it.apply(&Edit::flow(FLOW, edit)).expect("allowed");
        }
        let mut new = files(&it);
        let schema = new.keys().find(|it| it.ends_with("/schema.json")).cloned().expect("a form");
        let mut value: Value = serde_json::from_str(&new[&schema]).expect("JSON");
        let fields = value["properties"].as_object_mut().expect("fields");
        let (gone, _) = fields.iter().next().map(|(key, it)| (key.clone(), it.clone())).expect("a field");
        fields.remove(&gone);
        fields.insert("fresh".to_owned(), serde_json::json!({ "type": "string", "title": "Fresh" }));
        new.insert(schema.clone(), value.to_string());
        new.insert("notes.md".to_owned(), "x".to_owned());
        let found = compare(&old, &new, "en");
        let flow = &found.flows[0];
        assert_eq!((flow.key.as_str(), flow.how), (FLOW, How::Changed));
        assert_eq!(flow.names["send"], "Send it");
        assert!(flow.diff.removed.contains_key("remind") && flow.names.contains_key("remind"));
        assert_eq!(found.others, [("notes.md".to_owned(), How::Added)]);
        let form = &found.forms[0];
        assert_eq!(
            (form.added.as_slice(), form.removed.len(), form.changed.len()),
            (["Fresh".to_owned()].as_slice(), 1, 0)
        );
        // The other way round what was added is removed.
        let back = compare(&new, &old, "en");
        assert_eq!((back.forms[0].added.len(), back.forms[0].removed.len()), (1, 1));
        assert!(back.flows[0].diff.added.contains("remind"));
        assert_eq!(back.others, [("notes.md".to_owned(), How::Removed)]);
    }

    #[test]
    fn what_is_called_otherwise_is_told_of_the_thing() {
        let mut it = pack();
        let old = files(&it);
        let text = |address: &str| Edit::Text {
            language: "zh-CN".to_owned(),
            address: address.to_owned(),
            text: "新".to_owned(),
        };
        for address in [
            "node/approve/send",
            "flow/approve",
            "field/offer/amount",
            "option/offer/state/new",
            "section/offer/create/s",
        ] {
            it.apply(&text(address)).expect("allowed");
        }
        let new = files(&it);
        let words = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
        for (language, name, label) in [("zh-CN", "name", "title"), ("en", "translation", "translation")] {
            let found = compare(&old, &new, language);
            assert_eq!(found.others, Vec::new());
            assert_eq!(found.flows[0].diff.changed["send"], words(&[name]));
            assert_eq!(found.flows[0].diff.flow, words(&[name]));
            let changed: Vec<&BTreeSet<String>> = found.forms[0].changed.iter().map(|it| &it.1).collect();
            assert!(changed.contains(&&words(&[label])) && changed.contains(&&words(&["oneOf"])), "{changed:?}");
            assert_eq!(found.forms[0].parts, words(&["views"]));
        }
        assert_eq!(compare(&old, &new, "zh-CN").flows[0].names["send"], "新");
        // Of what is neither flow nor form the file is told.
        it.apply(&text("role/clerk")).expect("allowed");
        assert_eq!(compare(&old, &files(&it), "en").others.len(), 1);
    }

    #[test]
    fn whole_flows_and_files_that_cannot_be_read() {
        let it = pack();
        let old = files(&it);
        let mut new = old.clone();
        new.retain(|path, _| !path.starts_with(&format!("flows/{FLOW}/")));
        assert_eq!(compare(&old, &new, "zh-CN").flows[0].how, How::Removed);
        assert_eq!(compare(&new, &old, "zh-CN").flows[0].how, How::Added);
        new.insert(format!("flows/{FLOW}/flow.json"), "{ no JSON".to_owned());
        assert_eq!(compare(&old, &new, "en").flows[0].how, How::Removed);
        let mut spaced = old.clone();
        let path = format!("flows/{FLOW}/flow.json");
        spaced.insert(path.clone(), format!("{}\n\n", old[&path]));
        assert!(compare(&old, &spaced, "en").flows.is_empty(), "written otherwise, and the same");
    }
}

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
    let (mut flows, mut forms) = (BTreeSet::new(), BTreeSet::new());
    for path in old.keys().chain(new.keys()).filter(|it| old.get(*it) != new.get(*it)) {
        match Address::of(path) {
            Some(Address::Flow(key) | Address::Layout(key)) => {
                flows.insert(key);
            }
            Some(Address::Definition(key) | Address::Schema(key) | Address::Rules(key) | Address::View(key, _)) => {
                forms.insert(key);
            }
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
    let (before, after) = (Side::of(old, language), Side::of(new, language));
    found.flows = flows.iter().filter_map(|it| flow(&before, &after, it)).collect();
    found.forms = forms.iter().filter_map(|it| form(&before, &after, it)).collect();
    found
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

fn flow(before: &Side, after: &Side, key: &str) -> Option<FlowChange> {
    let (old, new) = (before.drawn(key), after.drawn(key));
    let how = match (&old, &new) {
        (None, None) => return None,
        (None, Some(_)) => How::Added,
        (Some(_), None) => How::Removed,
        (Some(_), Some(_)) => How::Changed,
    };
    let diff = match (&old, &new) {
        (Some(old), Some(new)) => diff::diff((&old.0, old.1.as_ref()), (&new.0, new.1.as_ref())),
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

fn form(before: &Side, after: &Side, module: &str) -> Option<FormChange> {
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
        for (key, it) in new {
            match old.get(key) {
                None => found.added.push(after.label(module, key, it)),
                Some(was) if was != it => found.changed.push((after.label(module, key, it), words(was, it))),
                Some(_) => {}
            }
        }
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
    Some(found)
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

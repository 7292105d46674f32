//! Who uses what: for every field, role, script, table, notice, flow, dictionary, module and view of a pack, each place that names it.
//! Renaming rewrites these places, deleting shows them first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::expr::{Expr, Path, Template};
use crate::id::{DictKey, FieldKey, FlowKey, ModuleKey, RoleKey, ScriptKey, TableKey, ViewKey};
use crate::model::catalog::Catalog;
use crate::model::pack::Pack;
use crate::script::{Call, Script};

/// Something that can be named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Subject {
    Field { module: ModuleKey, field: FieldKey },
    Module { module: ModuleKey },
    View { module: ModuleKey, view: ViewKey },
    Role { role: RoleKey },
    Dictionary { dictionary: DictKey },
    Script { script: ScriptKey },
    Table { table: TableKey },
    Notice { notice: String },
    Flow { flow: FlowKey },
    Plugin { plugin: String },
}

/// A place that names something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Use {
    /// The file inside its pack.
    pub file: String,
    /// JSON pointer into it; empty for scripts.
    pub pointer: String,
}

/// The index of one pack.
pub type Index = BTreeMap<Subject, Vec<Use>>;

/// Who uses what in the files of a pack.
pub fn of_pack(catalog: &Catalog, pack: &Pack) -> Index {
    let mut walk = Walk { catalog, pack, index: BTreeMap::new(), module: None, candidate: None, file: String::new() };
    walk.pack_file();
    for (key, module) in &pack.modules {
        walk.module = Some(key.clone());
        walk.json(format!("modules/{key}/module.json"), &module.definition);
        walk.json(format!("modules/{key}/rules.json"), &module.rules);
        walk.json(format!("modules/{key}/schema.json"), &module.schema);
        for (view, it) in &module.views {
            walk.json(format!("modules/{key}/views/{view}.json"), it);
        }
        if let Some(it) = &module.definition.duplicates {
            // It compares two records of the module.
            walk.candidate = Some(key.clone());
            walk.script(&it.script.as_str().into());
            walk.candidate = None;
        }
    }
    for (key, flow) in &pack.flows {
        walk.module = flow.module.clone();
        walk.json(format!("flows/{key}/flow.json"), flow);
        walk.scripts_of(flow);
    }
    let mut index = walk.index;
    index.values_mut().for_each(|it| {
        it.sort();
        it.dedup();
    });
    index
}

/// Every text of a JSON value.
pub(super) fn texts<'a>(it: &'a Value, into: &mut Vec<&'a str>) {
    match it {
        Value::String(text) => into.push(text),
        Value::Array(list) => list.iter().for_each(|it| texts(it, into)),
        Value::Object(map) => map.values().for_each(|it| texts(it, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

struct Walk<'a> {
    catalog: &'a Catalog,
    pack: &'a Pack,
    index: Index,
    /// Whose fields a bare name means.
    module: Option<ModuleKey>,
    /// Whose fields `candidate` has.
    candidate: Option<ModuleKey>,
    file: String,
}

/// Members whose text, or whose list of texts, are names; of what, `name` says.
fn named(key: &str, parent: &str, module: Option<&ModuleKey>, text: &str) -> Option<Subject> {
    let field = |text: &str| {
        Some(Subject::Field { module: module?.clone(), field: text.split('.').next().unwrap_or(text).into() })
    };
    Some(match key {
        "role" | "fallback" | "veto" | "by" => Subject::Role { role: text.into() },
        "roles" if parent != "manifest" => Subject::Role { role: text.into() },
        "script" | "inputScript" => Subject::Script { script: text.into() },
        "table" => Subject::Table { table: text.into() },
        "notice" => Subject::Notice { notice: text.to_owned() },
        "calledElement" | "flow" => Subject::Flow { flow: text.into() },
        "plugin" => Subject::Plugin { plugin: text.to_owned() },
        "dictionary" => Subject::Dictionary { dictionary: text.into() },
        "module" if text != "*" => Subject::Module { module: text.into() },
        "form" => Subject::View { module: module?.clone(), view: text.into() },
        "field"
        | "fields"
        | "keys"
        | "stage"
        | "label"
        | "requires"
        | "required"
        | "columns"
        | "filters"
        | "group"
        | "card"
        | "sum"
        | "chosen"
        | "among"
        | "barred"
        | "fieldIsMe"
        | "fieldIsMyDepartment"
        | "fieldIsMyCustomer"
        | "indexes" => return field(text),
        "sort" => return field(text.trim_start_matches('-')),
        "target" => return field(text.strip_prefix("data.")?),
        "to" => match text.split_once(':') {
            Some(("role", role)) => Subject::Role { role: role.into() },
            Some(("field", name)) => return field(name),
            _other => return None,
        },
        _other => return None,
    })
}

/// Members that hold expressions; with `=` in front, others too.
const EXPRESSIONS: &[&str] = &[
    "conditionExpression",
    "expr",
    "when",
    "visible",
    "filter",
    "department",
    "user",
    "condition",
    "correlation",
    "payload",
    "input",
    "collection",
    "loopCondition",
    "loopMaximum",
    "loopCardinality",
    "completionCondition",
    "activationCondition",
    "outputItem",
    "transformation",
];

impl Walk<'_> {
    fn json(&mut self, file: String, it: &impl Serialize) {
        self.file = file;
        let json = serde_json::to_value(it).unwrap_or_default();
        self.value(&json, "", "", "");
    }

    fn add(&mut self, subject: Subject, pointer: &str) {
        // Columns every record has are no fields of the pack.
        if let Subject::Field { module, field } = &subject
            && self
                .catalog
                .module(module)
                .and_then(|it| it.schema.pointer("/properties")?.get(field.as_str()))
                .is_none()
        {
            return;
        }
        self.index.entry(subject).or_default().push(Use { file: self.file.clone(), pointer: pointer.to_owned() });
    }

    fn value(&mut self, it: &Value, pointer: &str, key: &str, parent: &str) {
        match it {
            Value::String(text) => self.text(text, pointer, key, parent),
            Value::Array(list) => {
                for (at, it) in list.iter().enumerate() {
                    self.value(it, &format!("{pointer}/{at}"), key, parent);
                }
            }
            Value::Object(map) => {
                // A link, a reference, and the fields of a record that hangs on this one are the other module's.
                let other = matches!(key, "links" | "linked" | "related" | "x-ref")
                    .then(|| map.get("module").and_then(Value::as_str))
                    .flatten()
                    .map(ModuleKey::from);
                let before = (self.module.clone(), self.candidate.clone());
                for (name, it) in map {
                    let foreign = matches!(name.as_str(), "field" | "fields" | "chosen" | "label" | "columns");
                    let module = other.clone().filter(|_| foreign);
                    self.module = module.or_else(|| before.0.clone());
                    self.candidate = other.clone().or_else(|| before.1.clone());
                    self.value(it, &format!("{pointer}/{}", crate::schema::escape(name)), name, key);
                }
                (self.module, self.candidate) = before;
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &str, pointer: &str, key: &str, parent: &str) {
        let is_flow = self.file.starts_with("flows/");
        if let Some(source) = text.strip_prefix('=').or_else(|| EXPRESSIONS.contains(&key).then_some(text))
            && let Ok(it) = Expr::parse(source)
        {
            self.reads(&it.reads(), &it.calls(), pointer);
            return;
        }
        // A flow's stage is a value, a step's `flow` no flow.
        let is_name =
            !(is_flow && matches!(key, "stage" | "label" | "group" | "required" | "keys" | "columns" | "card" | "sum"));
        let is_schema = self.file.ends_with("schema.json");
        let is_name = is_name
            && (!is_schema
                || matches!(key, "module" | "dictionary") && parent == "x-ref"
                || key == "required" && !pointer.contains("/properties/")
                || key == "label" && parent == "x-ref");
        // By what a calendar and a tree go.
        if self.file.contains("/views/") && parent == "content" && matches!(key, "start" | "end" | "parent") {
            return self.field(None, text, pointer);
        }
        if is_name && let Some(it) = named(key, parent, self.module.as_ref(), text) {
            self.add(it, pointer);
        }
    }

    fn reads(&mut self, reads: &[Path], calls: &[Call], pointer: &str) {
        for path in reads {
            match (path.root(), path.0.as_slice()) {
                ("data" | "old", [_, field, ..]) => self.field(None, field, pointer),
                ("candidate", [_, field, ..]) => {
                    if let Some(module) = self.candidate.clone() {
                        self.field(Some(module), field, pointer);
                    }
                }
                ("refs", [_, field, rest @ ..]) => {
                    self.field(None, field, pointer);
                    let target = self
                        .module
                        .as_ref()
                        .and_then(|it| self.catalog.module(it))
                        .and_then(|it| it.schema.pointer(&format!("/properties/{field}/x-ref/module")))
                        .and_then(Value::as_str);
                    if let (Some(module), Some(inner)) = (target.map(ModuleKey::from), rest.first()) {
                        self.field(Some(module), inner, pointer);
                    }
                }
                _other => {}
            }
        }
        for call in calls {
            let first = match call.args.first() {
                Some(Some(Value::String(it))) => it.as_str(),
                _other => continue,
            };
            match call.name.as_str() {
                "table" => self.add(Subject::Table { table: first.into() }, pointer),
                "covers" => self.add(Subject::Dictionary { dictionary: first.into() }, pointer),
                _other => {}
            }
        }
    }

    fn field(&mut self, module: Option<ModuleKey>, field: &str, pointer: &str) {
        if let Some(module) = module.or_else(|| self.module.clone()) {
            self.add(Subject::Field { module, field: field.into() }, pointer);
        }
    }

    fn pack_file(&mut self) {
        self.file = "pack.json".to_owned();
        let pack = self.pack;
        fn menu(walk: &mut Walk, entries: &[crate::model::pack::MenuEntry], pointer: &str) {
            for (at, it) in entries.iter().enumerate() {
                let pointer = format!("{pointer}/{at}");
                if let Some(module) = &it.module {
                    walk.add(Subject::Module { module: module.clone() }, &format!("{pointer}/module"));
                }
                menu(walk, &it.children, &format!("{pointer}/children"));
            }
        }
        menu(self, &pack.manifest.menu, "/menu");
        for (at, notice) in pack.manifest.notices.iter().enumerate() {
            // A notice speaks of the records of the flows that send it.
            let modules: Vec<ModuleKey> =
                pack.flows.values().filter(|flow| sends(flow, &notice.id)).filter_map(|it| it.module.clone()).collect();
            for (text, part) in [(&notice.title, "title"), (&notice.body, "body")] {
                let Ok(template) = Template::parse(text) else { continue };
                for it in template.expressions() {
                    for module in &modules {
                        self.module = Some(module.clone());
                        self.reads(&it.reads(), &it.calls(), &format!("/notices/{at}/{part}"));
                    }
                }
            }
        }
        self.module = None;
    }

    /// Fields and tables that the scripts of a flow name.
    fn scripts_of(&mut self, flow: &crate::model::flow::Flow) {
        use crate::model::flow::ElementKind;
        for it in flow.all() {
            let key = match &it.kind {
                ElementKind::ScriptTask { script, .. } => script.as_ref(),
                ElementKind::UserTask(task) => task.performer.script.as_ref(),
                ElementKind::ServiceTask { call } => call.as_ref().and_then(|it| it.input_script.as_ref()),
                _other => None,
            };
            if let Some(key) = key {
                self.script(key);
            }
        }
    }

    fn script(&mut self, key: &ScriptKey) {
        let Some(source) = self.pack.scripts.get(key) else { return };
        if let Ok(script) = Script::compile(key, source) {
            self.file = format!("scripts/{key}.rhai");
            self.reads(&script.reads(), &script.calls(), "");
            for name in script.writes().perhaps {
                if let Some(field) = name.strip_prefix("data.") {
                    self.field(None, field, "");
                }
            }
        }
    }
}

fn sends(flow: &crate::model::flow::Flow, notice: &str) -> bool {
    use crate::model::flow::ElementKind;
    flow.all().iter().any(|it| {
        let reminds =
            matches!(&it.kind, ElementKind::UserTask(task) if task.reminders.iter().any(|it| it.notice == notice));
        reminds || it.notify.iter().any(|it| it.notice == notice)
    })
}

#[cfg(test)]
mod tests;

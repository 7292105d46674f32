//! What every element reads and writes: forms, assignments, mappings, conditions, decision tables, scripts, notices.
//! Names are `data.<field>`, `vars.<name>` and `object.<id>` (data objects).

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{Expr, Path, Template, Term};
use crate::form::field::{self, Field};
use crate::id::{NodeId, ScriptKey};
use crate::model::catalog::Catalog;
use crate::model::flow::{Assignment, Element, ElementKind, EventDefinition, Flow, Loop, UserTask};
use crate::model::module::Module;
use crate::model::view::ViewContent;
use crate::script::{Script, Statements};

/// What is done with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Something depends on the value.
    Read,
    /// The same, but blank is provided for: `filled(x)`, `coalesce(x, 1)`, a script.
    Guarded,
    /// Shown to people.
    Shown,
    /// Set whenever the step is done.
    Write,
    /// Set perhaps: a field of a form that may be left blank.
    Perhaps,
}

impl Act {
    /// True where the value may be another afterwards.
    pub fn sets(self) -> bool {
        matches!(self, Self::Write | Self::Perhaps)
    }
}

/// One use of a name.
#[derive(Clone, Debug)]
pub struct Op {
    pub name: String,
    pub act: Act,
    /// JSON pointer below the element.
    pub below: String,
    /// A sequence flow's condition: the flow it stands on.
    pub at: Option<NodeId>,
}

/// What an element does, in order.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// When it is entered: who does it, until when, the stage.
    pub enter: Vec<Op>,
    /// While it happens and when it is left, its outgoing conditions included.
    pub leave: Vec<Op>,
    /// Reads all variables, in a way that is not written out.
    pub reads_all: bool,
    /// May set any variable: a message's content, a script that is not written out.
    pub sets_any: bool,
    /// May set any field.
    pub sets_any_field: bool,
    /// People see the record.
    pub is_seen: bool,
}

/// Looks things up while the accesses of a flow are collected.
pub struct Reader<'a> {
    pub catalog: &'a Catalog,
    pub flow: &'a Flow,
    pub module: Option<&'a Module>,
    pub fields: BTreeMap<String, Field>,
    objects: BTreeMap<&'a str, &'a str>,
}

/// Names that are no variables in a flow without a record.
fn is_known_name(name: &str) -> bool {
    crate::engine::NAMES.contains(&name)
        || ["data", "user", "now", "today", "old", "row", "index"].contains(&name)
        || crate::engine::LOOP_NAMES.contains(&name)
}

impl<'a> Reader<'a> {
    pub fn new(catalog: &'a Catalog, flow: &'a Flow) -> Self {
        let module = flow.module.as_ref().and_then(|it| catalog.module(it));
        let fields = module
            .map(|it| field::fields(&it.schema).into_iter().map(|it| (it.key.0.clone(), it)).collect())
            .unwrap_or_default();
        let mut objects = BTreeMap::new();
        for it in flow.all() {
            match &it.kind {
                ElementKind::DataObject { .. } => {
                    objects.insert(it.id.as_str(), it.id.as_str());
                    // Associations speak of it by its name too.
                    objects.insert(it.name.as_str(), it.id.as_str());
                }
                ElementKind::DataObjectReference { data_object_ref } => {
                    let object = data_object_ref.as_deref().unwrap_or(it.id.as_str());
                    objects.insert(it.id.as_str(), object);
                    objects.insert(it.name.as_str(), object);
                }
                _other => {}
            }
        }
        Self { catalog, flow, module, fields, objects }
    }

    /// The name a path means, if it is one that flows hold: `None` for a person, a moment, an outcome.
    pub fn name(&self, path: &Path) -> Option<String> {
        match (path.root(), path.field()) {
            ("data", Some(field)) => Some(format!("data.{field}")),
            ("vars", Some(name)) => Some(format!("vars.{name}")),
            (root, _) if self.flow.module.is_none() && !is_known_name(root) => Some(format!("vars.{root}")),
            _other => None,
        }
    }

    fn read(&self, into: &mut Vec<Op>, all: &mut bool, source: &str, below: &str, at: Option<&NodeId>) {
        if let Ok(it) = Expr::parse(source) {
            self.read_tree(into, all, &it.tree(), below, at);
        }
    }

    fn read_tree(&self, into: &mut Vec<Op>, all: &mut bool, tree: &Term, below: &str, at: Option<&NodeId>) {
        let mut guarded = BTreeSet::new();
        tree.walk(&mut |it| match it {
            Term::Call(name, args) if matches!(name.as_str(), "filled" | "blank" | "coalesce" | "??") => {
                guarded.extend(
                    args.iter().filter_map(|it| if let Term::Path(path) = it { self.name(path) } else { None }),
                );
            }
            Term::Compare(_, a, b) => {
                for (one, other) in [(a, b), (b, a)] {
                    if let (Term::Path(path), Term::Blank) = (one.as_ref(), other.as_ref()) {
                        guarded.extend(self.name(path));
                    }
                }
            }
            _other => {}
        });
        tree.walk(&mut |it| {
            let Term::Path(path) = it else { return };
            if path.0.len() == 1 && path.root() == "vars" {
                *all = true;
            }
            if let Some(name) = self.name(path) {
                let act = if guarded.contains(&name) { Act::Guarded } else { Act::Read };
                into.push(Op { name, act, below: below.to_owned(), at: at.cloned() });
            }
        });
    }

    fn maybe(&self, into: &mut Vec<Op>, all: &mut bool, text: Option<&String>, below: &str) {
        if let Some(source) = text.and_then(|it| it.strip_prefix('=')) {
            self.read(into, all, source, below, None);
        }
    }

    fn assign(&self, into: &mut Vec<Op>, all: &mut bool, list: &[Assignment], below: &str) {
        for (nth, it) in list.iter().enumerate() {
            self.read(into, all, &it.expr, &format!("{below}/{nth}/expr"), None);
            if matches!(it.target.split_once('.'), Some(("data" | "vars", _))) {
                into.push(Op {
                    name: it.target.clone(),
                    act: Act::Write,
                    below: format!("{below}/{nth}/target"),
                    at: None,
                });
            }
        }
    }

    fn inputs(&self, into: &mut Vec<Op>, all: &mut bool, list: &[Assignment], below: &str) {
        for (nth, it) in list.iter().enumerate() {
            self.read(into, all, &it.expr, &format!("{below}/{nth}/expr"), None);
        }
    }

    fn script(&self, access: &mut Access, key: &ScriptKey, below: &str, changes: bool) {
        let Some(script) = self.catalog.script(key).and_then(|it| Script::compile(key, it).ok()) else {
            access.reads_all = true;
            access.sets_any |= changes;
            return;
        };
        for path in script.reads() {
            access.reads_all |= path.root() == "vars" && path.field().is_none();
            if let Some(name) = self.name(&path).filter(|_| matches!(path.root(), "data" | "vars")) {
                access.leave.push(Op { name, act: Act::Guarded, below: below.to_owned(), at: None });
            }
        }
        if changes {
            let written = script.writes();
            access.sets_any |= written.unknown;
            access.sets_any_field |= written.unknown;
            let act = |it: &String| if written.surely.contains(it) { Act::Write } else { Act::Perhaps };
            access.leave.extend(written.perhaps.iter().map(|it| Op {
                name: it.clone(),
                act: act(it),
                below: below.to_owned(),
                at: None,
            }));
        }
    }

    fn notice(&self, into: &mut Vec<Op>, id: &str, below: &str) {
        let Some(notice) = self.catalog.notice(id) else { return };
        for template in [&notice.title, &notice.body].into_iter().filter_map(|it| Template::parse(it).ok()) {
            for path in template.expressions().flat_map(Expr::reads) {
                into.extend(self.name(&path).map(|name| Op {
                    name,
                    act: Act::Shown,
                    below: below.to_owned(),
                    at: None,
                }));
            }
        }
    }

    fn stage_field(&self) -> Option<String> {
        self.module.and_then(|it| it.definition.stage.as_ref()).map(|it| format!("data.{it}"))
    }

    fn user_task(&self, access: &mut Access, task: &UserTask) {
        let (mut enter, mut all) = (Vec::new(), false);
        for (source, below) in
            [(&task.performer.department, "/performer/department"), (&task.performer.user, "/performer/user")]
        {
            if let Some(source) = source {
                self.read(&mut enter, &mut all, source, below, None);
            }
        }
        self.maybe(&mut enter, &mut all, task.due.as_ref(), "/due");
        self.maybe(&mut enter, &mut all, task.priority.as_ref(), "/priority");
        if let Some(when) = task.skip.as_ref().and_then(|it| it.when.as_ref()) {
            self.read(&mut enter, &mut all, when, "/skip/when", None);
        }
        if let Some(script) = &task.performer.script {
            let mut its = Access::default();
            self.script(&mut its, script, "/performer/script", false);
            enter.append(&mut its.leave);
            all |= its.reads_all;
        }
        if let Some(field) = &task.performer.field {
            let name = format!("data.{field}");
            enter.push(Op { name: name.clone(), act: Act::Guarded, below: "/performer/field".into(), at: None });
            enter.push(Op { name, act: Act::Write, below: "/performer/field".into(), at: None });
        }
        access.enter.append(&mut enter);
        access.reads_all |= all;
        access.is_seen = true;
        for reminder in &task.reminders {
            self.notice(&mut access.leave, &reminder.notice, "/reminders");
        }
        let view = task.form.as_ref().and_then(|it| self.module?.views.get(it));
        let Some(ViewContent::Form(form)) = view.map(|it| &it.content) else { return };
        for (section, item) in
            form.sections.iter().flat_map(|section| section.fields.iter().map(move |it| (section, it)))
        {
            let name = format!("data.{}", item.field);
            access.leave.push(Op { name: name.clone(), act: Act::Shown, below: "/form".into(), at: None });
            let field = self.fields.get(item.field.as_str());
            if item.readonly || field.is_none_or(|it| it.readonly) {
                continue;
            }
            let by_outcome =
                !task.outcomes.is_empty() && task.outcomes.iter().all(|it| it.requires.contains(&item.field));
            let always_seen = section.visible.is_none() && item.visible.is_none();
            let filled = by_outcome || always_seen && (item.required || field.is_some_and(|it| it.required));
            access.leave.push(Op {
                name,
                act: if filled { Act::Write } else { Act::Perhaps },
                below: "/form".into(),
                at: None,
            });
        }
    }

    fn event(&self, access: &mut Access, definition: &EventDefinition, below: &str, catches: bool) {
        let Access { leave, reads_all, sets_any, .. } = access;
        match definition {
            EventDefinition::Timer { time_date, time_duration, time_cycle } => {
                for (text, name) in
                    [(time_date, "timeDate"), (time_duration, "timeDuration"), (time_cycle, "timeCycle")]
                {
                    self.maybe(leave, reads_all, text.as_ref(), &format!("{below}/{name}"));
                }
            }
            EventDefinition::Message { correlation, payload, .. } => {
                for (source, name) in [(correlation, "correlation"), (payload, "payload")] {
                    if let Some(source) = source {
                        self.read(leave, reads_all, source, &format!("{below}/{name}"), None);
                    }
                }
                *sets_any |= catches;
            }
            EventDefinition::Signal { payload, .. } => {
                if let Some(source) = payload {
                    self.read(leave, reads_all, source, &format!("{below}/payload"), None);
                }
                *sets_any |= catches;
            }
            EventDefinition::Conditional { condition } => {
                self.read(leave, reads_all, condition, &format!("{below}/condition"), None)
            }
            EventDefinition::Multiple { event_definitions, .. } => {
                for (nth, it) in event_definitions.iter().enumerate() {
                    self.event(access, it, &format!("{below}/eventDefinitions/{nth}"), catches);
                }
            }
            // What was caught is told in `vars.error`.
            EventDefinition::Error { .. } | EventDefinition::Escalation { .. } => *sets_any |= catches,
            EventDefinition::Compensate { .. }
            | EventDefinition::Cancel {}
            | EventDefinition::Link { .. }
            | EventDefinition::Terminate {} => {}
        }
    }

    fn repetition(&self, access: &mut Access, repeats: &Loop) {
        let Access { leave, reads_all, .. } = access;
        let mut read = |source: &Option<String>, name: &str| {
            if let Some(source) = source {
                self.read(leave, reads_all, source, &format!("/loopCharacteristics/{name}"), None);
            }
        };
        match repeats {
            Loop::StandardLoop { loop_condition, loop_maximum, .. } => {
                read(loop_condition, "loopCondition");
                read(loop_maximum, "loopMaximum");
            }
            Loop::MultiInstance {
                loop_cardinality,
                collection,
                output_item,
                output_collection,
                completion_condition,
                item,
                ..
            } => {
                read(loop_cardinality, "loopCardinality");
                let (list, results) = (self.object(collection), self.object(output_collection));
                if list.is_none() {
                    read(collection, "collection");
                }
                read(output_item, "outputItem");
                read(completion_condition, "completionCondition");
                // Each instance has its item from the list.
                let item = format!("vars.{}", item.as_deref().unwrap_or("item"));
                leave.retain(|it| it.name != item);
                // A data object without a value is blank, nobody waits for it.
                for kind in ["object", "vars"] {
                    leave.extend(list.map(|list| Op {
                        name: format!("{kind}.{list}"),
                        act: Act::Guarded,
                        below: "/loopCharacteristics/collection".into(),
                        at: None,
                    }));
                }
                if let Some(list) = output_collection {
                    let name = results.unwrap_or(list.strip_prefix("vars.").unwrap_or(list));
                    leave.push(Op {
                        name: format!("vars.{name}"),
                        act: Act::Write,
                        below: "/loopCharacteristics/outputCollection".into(),
                        at: None,
                    });
                }
            }
        }
    }

    /// The data object whose id, or that of a reference to it, a list has. Its name is a variable's: there is no other way to say that.
    fn object(&self, list: &Option<String>) -> Option<&'a str> {
        let id = list.as_deref()?.trim();
        let all = self.flow.all();
        let is_data =
            |it: &Element| matches!(it.kind, ElementKind::DataObject { .. } | ElementKind::DataObjectReference { .. });
        all.into_iter().find(|it| it.id.as_str() == id && is_data(it))?;
        self.objects.get(id).copied()
    }

    /// What an element does. Sequence flows are read by the node they leave, see [`Reader::condition`].
    pub fn of(&self, it: &'a Element) -> Access {
        let mut access = Access::default();
        if let (Some(_), Some(name)) = (&it.stage, self.stage_field()) {
            access.enter.push(Op { name, act: Act::Write, below: "/stage".into(), at: None });
        }
        for association in &it.data_input_associations {
            for source in association.source_ref.iter().filter_map(|it| self.objects.get(it.as_str())) {
                access.leave.push(Op {
                    name: format!("object.{source}"),
                    act: Act::Guarded,
                    below: "/dataInputAssociations".into(),
                    at: None,
                });
            }
        }
        let catches = !matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. });
        match &it.kind {
            ElementKind::UserTask(task) => self.user_task(&mut access, task),
            ElementKind::ScriptTask { script, source } => {
                if let Some(key) = script {
                    self.script(&mut access, key, "/script", true);
                }
                if let Some(source) = source {
                    self.statements(&mut access, source);
                }
            }
            ElementKind::ServiceTask { call: Some(call) } => {
                if let Some(source) = &call.input {
                    self.read(&mut access.leave, &mut access.reads_all, source, "/call/input", None);
                }
                if let Some(script) = &call.input_script {
                    self.script(&mut access, script, "/call/inputScript", false);
                }
                access.leave.push(Op {
                    name: format!("vars.{}", call.output),
                    act: Act::Write,
                    below: "/call/output".into(),
                    at: None,
                });
            }
            ElementKind::BusinessRuleTask { inputs, output, .. } => {
                self.inputs(&mut access.leave, &mut access.reads_all, inputs, "/inputs");
                access.leave.push(Op {
                    name: format!("vars.{output}"),
                    act: Act::Write,
                    below: "/output".into(),
                    at: None,
                });
            }
            ElementKind::CallActivity { inputs, outputs, .. } => {
                self.inputs(&mut access.leave, &mut access.reads_all, inputs, "/inputs");
                self.assign(&mut access.leave, &mut access.reads_all, outputs, "/outputs");
                // The called flow works on the same record.
                access.is_seen = true;
                access.sets_any_field = true;
            }
            ElementKind::SendTask { correlation, payload, .. } => {
                for (source, name) in [(correlation, "/correlation"), (payload, "/payload")] {
                    if let Some(source) = source {
                        self.read(&mut access.leave, &mut access.reads_all, source, name, None);
                    }
                }
            }
            ElementKind::ReceiveTask { correlation, .. } => {
                if let Some(source) = correlation {
                    self.read(&mut access.leave, &mut access.reads_all, source, "/correlation", None);
                }
                access.sets_any = true;
            }
            ElementKind::AdHocSubProcess { completion_condition: Some(source), .. } => {
                self.read(&mut access.leave, &mut access.reads_all, source, "/completionCondition", None)
            }
            ElementKind::ComplexGateway { activation_condition: Some(source) } => {
                self.read(&mut access.leave, &mut access.reads_all, source, "/activationCondition", None)
            }
            ElementKind::StartEvent { event_definition: Some(definition), .. }
            | ElementKind::EndEvent { event_definition: Some(definition) }
            | ElementKind::IntermediateThrowEvent { event_definition: Some(definition) }
            | ElementKind::IntermediateCatchEvent { event_definition: definition }
            | ElementKind::BoundaryEvent { event_definition: definition, .. } => {
                self.event(&mut access, definition, "/eventDefinition", catches)
            }
            // The rest neither reads nor writes by itself.
            _other => {}
        }
        if let Some(repeats) = &it.loop_characteristics {
            self.repetition(&mut access, repeats);
        }
        if crate::check::flow::waits(it) && it.inside().is_empty() {
            access.is_seen = true;
        }
        self.assign(&mut access.leave, &mut access.reads_all, &it.assign, "/assign");
        for (nth, notify) in it.notify.iter().enumerate() {
            self.notice(&mut access.leave, &notify.notice, &format!("/notify/{nth}"));
        }
        for association in &it.data_output_associations {
            if let Some(target) = association.target_ref.as_deref().and_then(|it| self.objects.get(it)) {
                access.leave.push(Op {
                    name: format!("object.{target}"),
                    act: Act::Write,
                    below: "/dataOutputAssociations".into(),
                    at: None,
                });
            }
        }
        access
    }

    fn statements(&self, access: &mut Access, source: &str) {
        let Ok(statements) = Statements::parse(source) else { return };
        let assigned: BTreeSet<&str> = statements.assigns().collect();
        for path in statements.reads() {
            // A name that is assigned is perhaps made before it is read.
            if let Some(name) = self.name(&path).filter(|_| !assigned.contains(path.root())) {
                access.leave.push(Op { name, act: Act::Guarded, below: "/source".into(), at: None });
            }
        }
        for name in assigned {
            let act = Act::Perhaps;
            access.leave.push(Op {
                name: format!("vars.{name}"),
                act: Act::Guarded,
                below: "/source".into(),
                at: None,
            });
            access.leave.push(Op { name: format!("vars.{name}"), act, below: "/source".into(), at: None });
        }
    }

    /// What the condition of a sequence flow reads.
    pub fn condition(&self, access: &mut Access, flow: &Element) {
        if let ElementKind::SequenceFlow { condition_expression: Some(source), .. } = &flow.kind {
            self.read(&mut access.leave, &mut access.reads_all, source, "/conditionExpression", Some(&flow.id));
        }
    }
}

//! Data of a step: the record's fields and the variables, what sets them and what expressions see of them. Each
//! subprocess, each turn of a repeated activity can have variables of its own.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::evaluate::Names;
use super::fact::Fact;
use super::plan::{Assign, Target};
use super::run::{Changes, Kept, Run, Stuck};
use crate::id::FieldKey;
use crate::limits;

impl Run<'_> {
    /// Evaluates assignments one after the other, each seeing those before it; changes nothing yet.
    pub fn evaluate_assignments(&self, token: u64, list: &[Assign], names: &mut Names) -> Result<Changes, Stuck> {
        let (mut data, mut vars) = (Map::new(), Map::new());
        let mut all_data = None;
        for it in list {
            let value = it.expr.eval(names)?;
            match &it.target {
                Target::Field(field) => {
                    let all = all_data.get_or_insert_with(|| self.data.clone());
                    all.insert(field.0.clone(), value.clone());
                    names.set_data(&self.plan.tools, &self.context.record, all);
                    data.insert(field.0.clone(), value);
                }
                Target::Var(name) => {
                    vars.insert(name.clone(), value);
                    let mut all = self.visible(self.scope_of(token));
                    all.extend(vars.clone());
                    if self.plan.flow.module.is_none() {
                        names.set_bare(&vars);
                    }
                    names.set("vars", Value::Object(all));
                }
            }
        }
        Ok((data, vars))
    }

    /// Changes fields of the record; what is as it was is left out.
    pub fn set_fields(&mut self, fields: Map<String, Value>) {
        let blank = Value::Null;
        let changed = |(key, value): &(String, Value)| self.data.get(key).unwrap_or(&blank) != value;
        let fields: Map<String, Value> = fields.into_iter().filter(changed).collect();
        if fields.is_empty() {
            return;
        }
        self.recompute(&fields);
        self.data.extend(fields.clone());
        self.fields.extend(fields.clone());
        self.emit(Fact::FieldsSet { fields });
        self.dirty = true;
    }

    pub fn set_field(&mut self, field: &FieldKey, value: Value) {
        self.set_fields(Map::from_iter([(field.0.clone(), value)]));
    }

    /// Sets variables, each in the innermost scope that has one of its name, else in the flow.
    pub fn set_vars(&mut self, scope: Option<u64>, vars: Map<String, Value>) -> Result<(), Stuck> {
        if vars.is_empty() {
            return Ok(());
        }
        let mut groups: BTreeMap<Option<u64>, Map<String, Value>> = BTreeMap::new();
        for (name, value) in vars {
            groups.entry(self.home(scope, &name)).or_default().insert(name, value);
        }
        self.set_groups(groups)
    }

    /// Sets variables of a scope itself, whether it had them or not.
    pub fn set_own(&mut self, scope: Option<u64>, vars: Map<String, Value>) -> Result<(), Stuck> {
        if vars.is_empty() { Ok(()) } else { self.set_groups(BTreeMap::from([(scope, vars)])) }
    }

    fn set_groups(&mut self, groups: BTreeMap<Option<u64>, Map<String, Value>>) -> Result<(), Stuck> {
        let bytes = self.bytes_of_vars(&groups);
        if bytes > limits::INSTANCE_VARS_BYTES {
            return Err(format!("expected variables of at most {} bytes, found {bytes}", limits::INSTANCE_VARS_BYTES));
        }
        for (scope, vars) in groups {
            self.emit(Fact::VarsSet { scope, vars });
        }
        self.dirty = true;
        Ok(())
    }

    /// The innermost scope that has a variable of this name; none: the flow.
    fn home(&self, scope: Option<u64>, name: &str) -> Option<u64> {
        let mut at = scope;
        while let Some(id) = at {
            let it = self.instance.scopes.get(&id)?;
            if it.vars.contains_key(name) {
                return Some(id);
            }
            at = it.parent;
        }
        None
    }

    /// What all variables weigh once these are set.
    fn bytes_of_vars(&self, groups: &BTreeMap<Option<u64>, Map<String, Value>>) -> usize {
        let size = |it: &Map<String, Value>| serde_json::to_vec(it).map_or(usize::MAX, |it| it.len());
        let after = |scope: Option<u64>, vars: &Map<String, Value>| match groups.get(&scope) {
            Some(new) => {
                let mut all = vars.clone();
                all.extend(new.clone());
                size(&all)
            }
            None => size(vars),
        };
        let inner =
            self.instance.scopes.iter().filter(|(id, it)| !it.vars.is_empty() || groups.contains_key(&Some(**id)));
        let inner = inner.map(|(id, it)| after(Some(*id), &it.vars)).fold(0_usize, usize::saturating_add);
        inner.saturating_add(after(None, &self.instance.vars))
    }

    /// The variables that can be seen from a scope: those further in hide those further out.
    pub fn visible(&self, scope: Option<u64>) -> Map<String, Value> {
        let mut all = self.instance.vars.clone();
        all.extend(self.locals(scope));
        all
    }

    /// The variables of a scope and those around it, without the flow's own.
    fn locals(&self, scope: Option<u64>) -> Map<String, Value> {
        let mut found = Map::new();
        let mut at = scope;
        while let Some(it) = at.and_then(|it| self.instance.scopes.get(&it)) {
            for (name, value) in &it.vars {
                if !found.contains_key(name) {
                    found.insert(name.clone(), value.clone());
                }
            }
            at = it.parent;
        }
        found
    }

    /// What expressions at a token see.
    pub fn names(&self, token: u64) -> Names {
        let outcome = self.outcome(token);
        self.names_in(self.scope_of(token), outcome.as_deref())
    }

    /// What expressions in a scope see. A task that opens asks for it four times, so the last answer is kept while nothing
    /// happens that changes it.
    pub fn names_in(&self, scope: Option<u64>, outcome: Option<&str>) -> Names {
        let kept = self.kept.borrow();
        if let Some(it) = kept.as_ref().filter(|it| it.scope == scope && it.outcome.as_deref() == outcome) {
            return it.names.clone();
        }
        drop(kept);
        let names = self.gathered(scope, outcome);
        *self.kept.borrow_mut() = Some(Kept { scope, outcome: outcome.map(str::to_owned), names: names.clone() });
        names
    }

    fn gathered(&self, scope: Option<u64>, outcome: Option<&str>) -> Names {
        let mut names = self.plan.tools.names(self.context.now);
        let visible = self.visible(scope);
        // Variables of a scope are names of their own everywhere (`item`, `loopCounter`, data objects).
        names.set_bare(&self.locals(scope));
        names.set_data(&self.plan.tools, &self.context.record, &self.data);
        if let Some(fields) = self.context.world.unreadable() {
            // What the flow has set itself meanwhile it can read.
            let left = fields.iter().filter(|it| !self.fields.contains_key(it.0.as_str()));
            names.set_unreadable(left.map(|(key, why)| (key.clone(), why.clone())).collect());
        }
        names.set("vars", Value::Object(visible.clone()));
        names.set("outcome", outcome.map_or(Value::Null, Value::from));
        names.set("record", Value::String(self.context.record.0.clone()));
        names.set("instance", Value::String(self.instance.id.0.clone()));
        names.set("starter", Value::String(self.instance.started_by.0.clone()));
        let done = self.instance.done.iter().map(|(node, it)| (node.0.clone(), Value::from(it.outcome.clone())));
        names.set("outcomes", Value::Object(done.collect()));
        match self.context.world.people().get(&self.context.actor) {
            Some(person) => names.set_user(person),
            None => names.set("user", serde_json::json!({ "id": self.context.actor.0, "name": "", "roles": [] })),
        }
        names.set("refs", Value::Object(self.refs()));
        // A flow without a record has nothing but its variables: plain BPMN writes them by their names.
        if self.plan.flow.module.is_none() {
            names.set_bare(&visible);
            // A variable of the name goes before the data object; one without a value is blank.
            let of_flow = self.plan.data_objects.get(&None);
            for (name, object) in self.plan.data_names.iter().filter(|(name, _)| !visible.contains_key(name)) {
                let blank = || of_flow.is_some_and(|it| it.contains(object)).then_some(Value::Null);
                if let Some(value) = visible.get(object).cloned().or_else(blank) {
                    names.set(name, value);
                }
            }
        }
        names
    }

    /// What scripts see besides.
    pub fn script_names(&self, token: u64) -> Names {
        let mut names = self.names(token);
        names.set_people(self.context.world.people(), self.context.now);
        names
    }
}

//! What the rules make of a change: computed values, visible, required, read-only. No verdicts; see [`super::accept`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::compile::target_shape;
use super::field::{Field, FieldKind};
use super::normal::{Source, normal};
use super::{Change, Computation, Condition, Fault, FieldState, Form, FormContext, FormState, Writer, accept};
use crate::expr::{EvalError, Expr, Scope};
use crate::id::FieldKey;
use crate::model::module::Access;
use crate::model::rules::ComputeMode;
use crate::model::view::{Item, Section, View};
use crate::policy;
use crate::value::{self, Shape};

/// How often visibility and formulas are tried until nothing changes any more.
const PASSES: usize = 8;

/// A change with its consequences.
pub(super) struct Worked {
    /// The record: normalised, computed; hidden values are still there.
    pub data: Map<String, Value>,
    /// Hidden field → rule that hides it.
    pub hidden: BTreeMap<FieldKey, String>,
    /// `untilEdited` fields that hold a person's value.
    pub edited: BTreeSet<FieldKey>,
    /// What the patch says, normalised; none: cleared. Unknown fields as they came.
    pub given: BTreeMap<String, Option<Value>>,
    /// What the record was before the patch: the stored one, or a new one's beginning.
    pub before: Map<String, Value>,
    pub problems: Vec<Fault>,
    /// What expressions see besides the record; see [`within`].
    pub around: Scope,
}

impl Worked {
    /// The record without hidden values.
    pub fn shown(&self) -> Map<String, Value> {
        without(&self.data, &self.hidden)
    }
}

fn without(data: &Map<String, Value>, hidden: &BTreeMap<FieldKey, String>) -> Map<String, Value> {
    data.iter()
        .filter(|(key, _)| !hidden.contains_key(key.as_str()))
        .map(|(key, it)| (key.clone(), it.clone()))
        .collect()
}

/// What expressions see of a record.
pub(super) fn scope(
    form: &Form,
    data: &Map<String, Value>,
    old: Option<&Map<String, Value>>,
    ctx: &FormContext,
) -> Scope {
    within(&around(form, old, ctx), form, data, ctx)
}

/// What expressions see besides the record and what it refers to. The same all through a change.
fn around(form: &Form, old: Option<&Map<String, Value>>, ctx: &FormContext) -> Scope {
    let mut scope = Scope::new(form.library.clone(), ctx.now, &form.zone);
    scope.set_user(ctx.user);
    match old {
        Some(old) => scope.set_record("old", old, &form.shape),
        None => scope.set("old", Value::Null),
    }
    scope
}

/// A record within what is around it.
pub(super) fn within(around: &Scope, form: &Form, data: &Map<String, Value>, ctx: &FormContext) -> Scope {
    let mut scope = around.clone();
    scope.set_record("data", data, &form.shape);
    if let Some(id) = ctx.record {
        scope.set_member("data", "id", &Value::String(id.0.clone()), &Shape::Any);
    }
    let (mut refs, mut shapes) = (Map::new(), BTreeMap::new());
    for it in &form.fields {
        if !matches!(it.kind, FieldKind::Reference { .. }) {
            continue;
        }
        let Some(found) = data.get(it.key.as_str()).and_then(Value::as_str).and_then(|id| ctx.referenced.get(id))
        else {
            continue;
        };
        refs.insert(it.key.0.clone(), Value::Object(found.clone()));
        shapes.insert(it.key.0.clone(), target_shape(form, it.key.as_str()).clone());
    }
    scope.set_record("refs", &refs, &Shape::Object(shapes));
    scope
}

/// Defaults of the schema, what is given, then `onCreate` formulas for what neither gave.
pub(super) fn seed(form: &Form, given: &Map<String, Value>, ctx: &FormContext) -> Map<String, Value> {
    seed_within(&around(form, None, ctx), form, given, ctx, &mut Vec::new())
}

fn seed_within(
    around: &Scope,
    form: &Form,
    given: &Map<String, Value>,
    ctx: &FormContext,
    problems: &mut Vec<Fault>,
) -> Map<String, Value> {
    let mut data = Map::new();
    for it in &form.fields {
        if let Some(made) = it.default.as_ref().and_then(|default| normal(it, default, Source::Given, &form.zone)) {
            data.insert(it.key.0.clone(), made);
        }
    }
    for (key, it) in given {
        if it.is_null() {
            data.remove(key)
        } else {
            data.insert(key.clone(), it.clone())
        };
    }
    for it in form.computed.iter().filter(|it| it.mode == ComputeMode::OnCreate && it.column.is_none()) {
        if given.contains_key(it.field.as_str()) {
            continue;
        }
        let made = eval(it, &within(around, form, &data, ctx), problems).and_then(|made| fit(form, it, &made));
        if let Some(made) = made {
            data.insert(it.field.0.clone(), made);
        }
    }
    data
}

/// A formula's value as its field stores it.
fn fit(form: &Form, it: &Computation, made: &Value) -> Option<Value> {
    normal(target(form, it)?, made, Source::Formula, &form.zone)
}

fn target<'a>(form: &'a Form, it: &Computation) -> Option<&'a Field> {
    let field = form.field(it.field.as_str())?;
    match &it.column {
        None => Some(field),
        Some(column) => {
            let FieldKind::Rows { columns } = &field.kind else { return None };
            columns.iter().find(|it| it.key == *column)
        }
    }
}

pub(super) fn work(form: &Form, change: &Change) -> Worked {
    let mut given = BTreeMap::new();
    for (key, it) in change.patch {
        // What a masked field was shown as comes back with the form: nothing is changed.
        let masked = change.by == Writer::Person && change.access.get(key.as_str()) == Some(&Access::Masked);
        if masked && change.old.and_then(|old| old.get(key)).is_some_and(|old| policy::mask(old) == *it) {
            continue;
        }
        let made = match form.field(key) {
            Some(field) => normal(field, it, Source::Given, &form.zone),
            None => Some(it.clone()),
        };
        given.insert(key.clone(), made);
    }
    let patch: Map<String, Value> = given
        .iter()
        .filter(|(key, _)| form.field(key).is_some())
        .map(|(key, it)| (key.clone(), it.clone().unwrap_or(Value::Null)))
        .collect();
    let around = around(form, change.old, &change.ctx);
    // What went wrong before the rounds; what went wrong in them is what the last one says.
    let mut begun = Vec::new();
    let (before, mut data) = match change.old {
        Some(old) => (old.clone(), old.clone()),
        None => {
            let before = seed_within(&around, form, &Map::new(), &change.ctx, &mut Vec::new());
            (before, seed_within(&around, form, &patch, &change.ctx, &mut begun))
        }
    };
    for (key, it) in &patch {
        if it.is_null() {
            data.remove(key)
        } else {
            data.insert(key.clone(), it.clone())
        };
    }
    let mut worked =
        Worked { data, hidden: BTreeMap::new(), edited: BTreeSet::new(), given, before, problems: Vec::new(), around };
    worked.edited = edited(form, change, &worked, &mut begun);
    for _ in 0..PASSES {
        let mut problems = Vec::new();
        let (data, hidden) = pass(form, change, &worked, &mut problems);
        worked.problems = begun.iter().cloned().chain(problems).collect();
        let settled = data == worked.data && hidden.keys().eq(worked.hidden.keys());
        (worked.data, worked.hidden) = (data, hidden);
        if settled {
            return worked;
        }
    }
    let message = "visibility and formulas change each other without end";
    worked.problems.push(Fault::new("", "rules-unsettled", message));
    worked
}

/// One round of formulas and visibility.
fn pass(
    form: &Form,
    change: &Change,
    worked: &Worked,
    problems: &mut Vec<Fault>,
) -> (Map<String, Value>, BTreeMap<FieldKey, String>) {
    let mut data = worked.data.clone();
    let mut scope = within(&worked.around, form, &without(&data, &worked.hidden), &change.ctx);
    for it in &form.computed {
        match &it.column {
            Some(column) => rows(form, it, column, change, &mut data, &mut scope, problems),
            None => {
                let wanted = match it.mode {
                    ComputeMode::Always => true,
                    ComputeMode::UntilEdited => !worked.edited.contains(&it.field),
                    ComputeMode::OnCreate => false,
                };
                if !wanted {
                    continue;
                }
                let made = eval(it, &scope, problems).and_then(|made| fit(form, it, &made));
                if !worked.hidden.contains_key(&it.field) {
                    scope.set_member(
                        "data",
                        it.field.as_str(),
                        made.as_ref().unwrap_or(&Value::Null),
                        form.shape.member(it.field.as_str()),
                    );
                }
                match made {
                    Some(made) => data.insert(it.field.0.clone(), made),
                    None => data.remove(it.field.as_str()),
                };
            }
        }
    }
    let mut hidden = BTreeMap::new();
    for it in &form.visible {
        match it.expr.holds(&scope) {
            Ok(true) => {}
            Ok(false) => {
                hidden.entry(it.field.clone()).or_insert_with(|| it.id.clone());
            }
            // A rule that cannot run hides nothing.
            Err(fault) => problems.push(problem(&it.id, &it.field, &fault)),
        }
    }
    (data, hidden)
}

fn eval(it: &Computation, scope: &Scope, problems: &mut Vec<Fault>) -> Option<Value> {
    match it.expr.eval(scope) {
        Ok(Value::Null) => None,
        Ok(made) => Some(made),
        Err(fault) => {
            problems.push(problem(&it.id, &it.field, &fault));
            None
        }
    }
}

/// A rule that was cut short: nobody knows what it would have said, so nothing is saved on its word.
pub(super) const CUT_SHORT: &str = "rule-cut-short";

pub(super) fn problem(rule: &str, field: &FieldKey, fault: &EvalError) -> Fault {
    Fault::new(
        format!("/{}", crate::schema::escape(field.as_str())),
        if fault.spent { CUT_SHORT } else { "rule-failed" },
        format!("the rule `{rule}` could not run: {}", fault.message),
    )
    .arg("rule", rule)
    .arg("reason", fault.message.clone())
}

/// A computed column: the formula for every row.
fn rows(
    form: &Form,
    it: &Computation,
    column: &FieldKey,
    change: &Change,
    data: &mut Map<String, Value>,
    scope: &mut Scope,
    problems: &mut Vec<Fault>,
) {
    let Some(Value::Array(items)) = data.get(it.field.as_str()).cloned() else { return };
    let empty = Vec::new();
    let before = change.old.and_then(|old| old.get(it.field.as_str())).and_then(Value::as_array).unwrap_or(&empty);
    let shape = match form.shape.member(it.field.as_str()) {
        Shape::Rows(inner) => (**inner).clone(),
        Shape::Any | Shape::Decimal | Shape::Object(_) => Shape::Any,
    };
    let mut made = items;
    for (at, row) in made.iter_mut().enumerate() {
        let Value::Object(row) = row else { continue };
        let cell = row.get(column.as_str()).cloned();
        let old = before.get(at).and_then(Value::as_object);
        let wanted = match it.mode {
            ComputeMode::Always => true,
            ComputeMode::OnCreate => cell.is_none() && old.is_none(),
            ComputeMode::UntilEdited => match (&cell, old) {
                (None, _) => true,
                // Untouched since it was computed: follow the formula. Else a person entered it.
                (Some(cell), Some(old)) if old.get(column.as_str()) == Some(cell) => {
                    scope.set_row(old, at, &shape);
                    let was = eval(it, scope, problems).and_then(|was| fit(form, it, &was));
                    was.as_ref() == Some(cell)
                }
                (Some(_), _) => false,
            },
        };
        if !wanted {
            continue;
        }
        scope.set_row(row, at, &shape);
        match eval(it, scope, problems).and_then(|made| fit(form, it, &made)) {
            Some(made) => row.insert(column.0.clone(), made),
            None => row.remove(column.as_str()),
        };
    }
    scope.clear_row();
    let made = Value::Array(made);
    scope.set_member("data", it.field.as_str(), &made, form.shape.member(it.field.as_str()));
    data.insert(it.field.0.clone(), made);
}

/// Which `untilEdited` fields hold a person's value: given now, or stored and not what the formula gave.
fn edited(form: &Form, change: &Change, worked: &Worked, problems: &mut Vec<Fault>) -> BTreeSet<FieldKey> {
    let mut found = BTreeSet::new();
    let mut stored = None;
    for it in form.computed.iter().filter(|it| it.mode == ComputeMode::UntilEdited && it.column.is_none()) {
        let key = it.field.as_str();
        let old_value = change.old.and_then(|old| old.get(key)).filter(|it| !value::blank(it));
        let by_person = match worked.given.get(key) {
            Some(None) => false,
            Some(Some(now)) if old_value.is_none_or(|old| !value::same(old, now)) => true,
            Some(Some(_)) | None => match (change.old, old_value) {
                (Some(old), Some(old_value)) => {
                    let scope = stored.get_or_insert_with(|| {
                        let others: Map<String, Value> = old.clone();
                        within(&worked.around, form, &others, &change.ctx)
                    });
                    let was = eval(it, scope, problems).and_then(|was| fit(form, it, &was));
                    !was.is_some_and(|was| value::same(&was, old_value))
                }
                _ => false,
            },
        };
        if by_person {
            found.insert(it.field.clone());
        }
    }
    found
}

/// The items of a form view with their sections.
pub(super) fn items(view: Option<&View>) -> Vec<(&Section, &Item)> {
    let sections = view.and_then(|it| it.content.form()).map(|it| it.sections.as_slice()).unwrap_or_default();
    sections.iter().flat_map(|section| section.fields.iter().map(move |it| (section, it))).collect()
}

/// True if a view's expression shows the thing; one that cannot run shows it.
pub(super) fn shows(form: &Form, source: Option<&String>, scope: &Scope) -> bool {
    let Some(source) = source else { return true };
    match form.expressions.get(source) {
        Some(it) => it.holds(scope).unwrap_or(true),
        None => Expr::parse(source).ok().is_none_or(|it| it.holds(scope).unwrap_or(true)),
    }
}

/// Why people may not write a field, by the form alone; empty: they may.
pub(super) fn locked(form: &Form, field: &Field, readonly: &BTreeMap<&FieldKey, &str>) -> Vec<String> {
    let mut because = Vec::new();
    if matches!(field.kind, FieldKind::Number { .. }) {
        because.push("number".to_owned());
    }
    if form.stage.as_ref() == Some(&field.key) {
        because.push("stage".to_owned());
    }
    if field.readonly {
        because.push("system".to_owned());
    }
    if field.computed == Some(ComputeMode::Always) {
        because.push("computed".to_owned());
    }
    if let Some(rule) = readonly.get(&field.key) {
        because.push((*rule).to_owned());
    }
    because
}

/// Which conditions hold, by field; those that cannot run do not.
pub(super) fn holding<'a>(
    conditions: &'a [Condition],
    scope: &Scope,
    problems: &mut Vec<Fault>,
) -> BTreeMap<&'a FieldKey, &'a str> {
    let mut found = BTreeMap::new();
    for it in conditions {
        match it.expr.holds(scope) {
            Ok(true) => {
                found.entry(&it.field).or_insert(it.id.as_str());
            }
            Ok(false) => {}
            Err(fault) => problems.push(problem(&it.id, &it.field, &fault)),
        }
    }
    found
}

pub(super) fn state(form: &Form, change: &Change) -> FormState {
    let worked = work(form, change);
    let data = worked.shown();
    let scope = within(&worked.around, form, &data, &change.ctx);
    let mut problems = worked.problems.clone();
    let required = holding(&form.required, &scope, &mut problems);
    let readonly = holding(&form.readonly, &scope, &mut problems);
    let on_view = items(change.view);
    let mut fields = BTreeMap::new();
    for field in &form.fields {
        let mut it = FieldState { visible: true, ..FieldState::default() };
        let places: Vec<_> = on_view.iter().filter(|(_, item)| item.field == field.key).collect();
        if let Some(rule) = worked.hidden.get(&field.key) {
            it.visible = false;
            it.because.push(rule.clone());
        } else if !places.is_empty()
            && !places.iter().any(|(section, item)| {
                shows(form, section.visible.as_ref(), &scope) && shows(form, item.visible.as_ref(), &scope)
            })
        {
            it.visible = false;
            it.because.push("view".to_owned());
        }
        if it.visible {
            for (holds, why) in [
                (field.required, "schema"),
                (required.contains_key(&field.key), required.get(&field.key).copied().unwrap_or_default()),
                (places.iter().any(|(_, item)| item.required), "view"),
            ] {
                if holds {
                    it.required = true;
                    it.because.push(why.to_owned());
                }
            }
        }
        match change.by {
            Writer::Person => {
                let mut because = locked(form, field, &readonly);
                if change.access.get(&field.key).is_some_and(|it| *it < Access::Write) {
                    because.push("access".to_owned());
                }
                if places.iter().any(|(_, item)| item.readonly) {
                    because.push("view".to_owned());
                }
                if change.access.get(&field.key) == Some(&Access::Hidden) {
                    it.visible = false;
                }
                it.readonly = !because.is_empty();
                it.because.extend(because);
            }
            Writer::Flow => it.readonly = field.computed == Some(ComputeMode::Always),
        }
        it.computed = match field.computed {
            Some(ComputeMode::Always) => true,
            Some(ComputeMode::UntilEdited) => !worked.edited.contains(&field.key),
            Some(ComputeMode::OnCreate) | None => false,
        };
        fields.insert(field.key.clone(), it);
    }
    let sections = change.view.and_then(|it| it.content.form()).map(|it| it.sections.as_slice()).unwrap_or_default();
    let sections = sections.iter().map(|it| (it.id.clone(), shows(form, it.visible.as_ref(), &scope))).collect();
    let mut verdict = accept::judge(form, change, &worked);
    accept::cut_short(&problems, &mut verdict.faults);
    FormState { data, fields, sections, faults: verdict.faults, warnings: verdict.warnings, problems }
}

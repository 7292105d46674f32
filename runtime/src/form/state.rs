//! What the rules make of a change: computed values, visible, required, read-only. No verdicts; see [`super::accept`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

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
    pub data: Arc<Value>,
    /// The record without hidden values.
    pub shown: Arc<Value>,
    /// What expressions see of that.
    pub scope: Scope,
    /// Hidden field → rule that hides it.
    pub hidden: BTreeMap<FieldKey, String>,
    /// `untilEdited` fields that hold a person's value.
    pub edited: BTreeSet<FieldKey>,
    /// What the patch says, normalised; none: cleared. Unknown fields as they came.
    pub given: BTreeMap<String, Option<Value>>,
    pub problems: Vec<Fault>,
}

impl Worked {
    /// The record without hidden values, for keeps.
    pub fn into_shown(self) -> Map<String, Value> {
        let Self { data, shown, scope, .. } = self;
        // Nobody else holds it after that, so it need not be copied.
        drop((data, scope));
        match Arc::unwrap_or_clone(shown) {
            Value::Object(all) => all,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
        }
    }
}

/// The fields of a record that is shared with the scopes that see it.
pub(super) fn members(record: &Value) -> &Map<String, Value> {
    static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    record.as_object().unwrap_or(&NOTHING)
}

/// Sets a field, or takes it away. What a scope sees too is copied before, and only where something changes.
fn put(record: &mut Arc<Value>, key: &str, made: Option<Value>) {
    if members(record).get(key) == made.as_ref() {
        return;
    }
    if let Value::Object(all) = Arc::make_mut(record) {
        match made {
            Some(made) => all.insert(key.to_owned(), made),
            None => all.remove(key),
        };
    }
}

fn without(record: &Arc<Value>, hidden: &BTreeMap<FieldKey, String>) -> Arc<Value> {
    if hidden.is_empty() {
        return record.clone();
    }
    let seen = members(record).iter().filter(|(key, _)| !hidden.contains_key(key.as_str()));
    Arc::new(Value::Object(seen.map(|(key, it)| (key.clone(), it.clone())).collect()))
}

/// What expressions see of a record.
pub(super) fn scope(
    form: &Form,
    data: &Map<String, Value>,
    old: Option<&Map<String, Value>>,
    ctx: &FormContext,
) -> Scope {
    let shared = |it: &Map<String, Value>| Arc::new(Value::Object(it.clone()));
    within(&around(form, old.map(shared), ctx), form, &shared(data), ctx)
}

/// What expressions see besides the record and what it refers to. The same all through a change.
fn around(form: &Form, old: Option<Arc<Value>>, ctx: &FormContext) -> Scope {
    let mut scope = Scope::new(form.library.clone(), ctx.now, &form.zone);
    scope.set_user(ctx.user);
    match old {
        Some(old) => scope.share_record("old", old, form.shape.clone()),
        None => scope.set("old", Value::Null),
    }
    scope.set("refs", Value::Object(Map::new()));
    scope
}

/// A record within what is around it.
fn within(around: &Scope, form: &Form, data: &Arc<Value>, ctx: &FormContext) -> Scope {
    let mut scope = around.clone();
    scope.share_record("data", data.clone(), form.shape.clone());
    if let Some(id) = ctx.record {
        scope.set_member("data", "id", &Value::String(id.0.clone()), &Shape::Any);
    }
    let found = |it: &Field| {
        if !matches!(it.kind, FieldKind::Reference { .. }) {
            return None;
        }
        let record = ctx.referenced.get(members(data).get(it.key.as_str())?.as_str()?)?;
        Some((it.key.0.clone(), Value::Object(record.clone())))
    };
    let refs: Map<String, Value> = form.fields.iter().filter_map(found).collect();
    if !refs.is_empty() {
        scope.share_record("refs", Arc::new(Value::Object(refs)), form.refs.clone());
    }
    scope
}

/// Defaults of the schema, what is given, then `onCreate` formulas for what neither gave.
pub(super) fn seed(form: &Form, given: &Map<String, Value>, ctx: &FormContext) -> Map<String, Value> {
    members(&seed_within(&around(form, None, ctx), form, given, ctx, &mut Vec::new())).clone()
}

fn seed_within(
    around: &Scope,
    form: &Form,
    given: &Map<String, Value>,
    ctx: &FormContext,
    problems: &mut Vec<Fault>,
) -> Arc<Value> {
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
    let wanted = |it: &&Computation| {
        it.mode == ComputeMode::OnCreate && it.column.is_none() && !given.contains_key(it.field.as_str())
    };
    let mut data = Arc::new(Value::Object(data));
    let mut scope = None;
    for it in form.computed.iter().filter(wanted) {
        let seen = scope.get_or_insert_with(|| within(around, form, &data, ctx));
        if let Some(made) = eval(it, seen, problems).and_then(|made| fit(form, it, &made)) {
            put(&mut data, it.field.as_str(), Some(made));
            // The next formula sees it, and what it refers to.
            scope = None;
        }
    }
    drop(scope);
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
    let old = change.old.map(|it| Arc::new(Value::Object(it.clone())));
    let around = around(form, old.clone(), &change.ctx);
    // What went wrong before the rounds; what went wrong in them is what the last one says.
    let mut begun = Vec::new();
    let mut data = match &old {
        Some(old) => old.clone(),
        None => seed_within(&around, form, &patch, &change.ctx, &mut begun),
    };
    for (key, it) in patch {
        put(&mut data, &key, Some(it).filter(|it| !it.is_null()));
    }
    let edited = edited(form, change, &around, old.as_ref(), &given, &mut begun);
    let mut hidden = BTreeMap::new();
    let mut problems = Vec::new();
    let mut settled = false;
    for _ in 0..PASSES {
        let mut found = Vec::new();
        let (next, hides) = pass(form, change, &around, (&data, &hidden, &edited), &mut found);
        problems = begun.iter().cloned().chain(found).collect();
        settled = next == data && hides.keys().eq(hidden.keys());
        (data, hidden) = (next, hides);
        if settled {
            break;
        }
    }
    if !settled {
        let message = "visibility and formulas change each other without end";
        problems.push(Fault::new("", "rules-unsettled", message));
    }
    let shown = without(&data, &hidden);
    let scope = within(&around, form, &shown, &change.ctx);
    Worked { data, shown, scope, hidden, edited, given, problems }
}

/// What a round begins with: the record, what is hidden, what people have entered.
type Round<'a> = (&'a Arc<Value>, &'a BTreeMap<FieldKey, String>, &'a BTreeSet<FieldKey>);

/// One round of formulas and visibility.
fn pass(
    form: &Form,
    change: &Change,
    around: &Scope,
    (before, hides, edited): Round,
    problems: &mut Vec<Fault>,
) -> (Arc<Value>, BTreeMap<FieldKey, String>) {
    let mut data = before.clone();
    let mut scope = within(around, form, &without(before, hides), &change.ctx);
    for it in &form.computed {
        match &it.column {
            Some(column) => rows(form, it, column, change, &mut data, &mut scope, problems),
            None => {
                let wanted = match it.mode {
                    ComputeMode::Always => true,
                    ComputeMode::UntilEdited => !edited.contains(&it.field),
                    ComputeMode::OnCreate => false,
                };
                if !wanted {
                    continue;
                }
                let made = eval(it, &scope, problems).and_then(|made| fit(form, it, &made));
                if !hides.contains_key(&it.field) {
                    scope.set_member(
                        "data",
                        it.field.as_str(),
                        made.as_ref().unwrap_or(&Value::Null),
                        form.shape.member(it.field.as_str()),
                    );
                }
                put(&mut data, it.field.as_str(), made);
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
    data: &mut Arc<Value>,
    scope: &mut Scope,
    problems: &mut Vec<Fault>,
) {
    let Some(Value::Array(items)) = members(data).get(it.field.as_str()).cloned() else { return };
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
    put(data, it.field.as_str(), Some(made));
}

/// Which `untilEdited` fields hold a person's value: given now, or stored and not what the formula gave.
fn edited(
    form: &Form,
    change: &Change,
    around: &Scope,
    old: Option<&Arc<Value>>,
    given: &BTreeMap<String, Option<Value>>,
    problems: &mut Vec<Fault>,
) -> BTreeSet<FieldKey> {
    let mut found = BTreeSet::new();
    let mut stored = None;
    for it in form.computed.iter().filter(|it| it.mode == ComputeMode::UntilEdited && it.column.is_none()) {
        let key = it.field.as_str();
        let old_value = change.old.and_then(|old| old.get(key)).filter(|it| !value::blank(it));
        let by_person = match given.get(key) {
            Some(None) => false,
            Some(Some(now)) if old_value.is_none_or(|old| !value::same(old, now)) => true,
            Some(Some(_)) | None => match (old, old_value) {
                (Some(old), Some(old_value)) => {
                    let scope = stored.get_or_insert_with(|| within(around, form, old, &change.ctx));
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
    let scope = &worked.scope;
    let mut problems = worked.problems.clone();
    let required = holding(&form.required, scope, &mut problems);
    let readonly = holding(&form.readonly, scope, &mut problems);
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
                shows(form, section.visible.as_ref(), scope) && shows(form, item.visible.as_ref(), scope)
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
    let sections = sections.iter().map(|it| (it.id.clone(), shows(form, it.visible.as_ref(), scope))).collect();
    let mut verdict = accept::judge(form, change, &worked);
    accept::cut_short(&problems, &mut verdict.faults);
    let data = worked.into_shown();
    FormState { data, fields, sections, faults: verdict.faults, warnings: verdict.warnings, problems }
}

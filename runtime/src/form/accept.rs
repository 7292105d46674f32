//! The one write path: rights on fields, then everything a record must satisfy. Every fault at once.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::field::{Field, FieldKind};
use super::normal::too_fine;
use super::state::{CUT_SHORT, Worked, holding, items, locked, members, problem, shows, work};
use super::{Accepted, Change, Fault, Form, Writer};
use crate::alert::Severity;
use crate::id::FieldKey;
use crate::limits;
use crate::model::module::Access;
use crate::model::rules::ComputeMode;
use crate::schema::escape;
use crate::value;

/// What a record is accused of.
#[derive(Default)]
pub(super) struct Verdict {
    pub faults: Vec<Fault>,
    pub warnings: Vec<Fault>,
}

pub(super) fn accept(form: &Form, change: &Change) -> Result<Accepted, Vec<Fault>> {
    let worked = work(form, change);
    let mut faults = rights(form, change, &worked);
    let verdict = judge(form, change, &worked);
    faults.extend(verdict.faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut data = worked.into_shown();
    data.retain(|_, it| !value::blank(it));
    let empty = Map::new();
    let before = change.old.unwrap_or(&empty);
    let changed = form
        .fields
        .iter()
        .filter(|it| {
            !value::same(
                before.get(it.key.as_str()).unwrap_or(&Value::Null),
                data.get(it.key.as_str()).unwrap_or(&Value::Null),
            )
        })
        .map(|it| it.key.clone())
        .collect();
    Ok(Accepted { data, changed, warnings: verdict.warnings })
}

/// Rules that used up their steps or their time, each once.
pub(super) fn cut_short(problems: &[Fault], faults: &mut Vec<Fault>) {
    for it in problems.iter().filter(|it| it.code == CUT_SHORT) {
        if !faults.contains(it) {
            faults.push(it.clone());
        }
    }
}

fn at(key: &str) -> String {
    format!("/{}", escape(key))
}

/// Fields of the patch that the writer may not write. Giving the value that is there already is no writing.
fn rights(form: &Form, change: &Change, worked: &Worked) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut problems = Vec::new();
    let readonly = holding(&form.readonly, &worked.scope, &mut problems);
    cut_short(&problems, &mut faults);
    let on_view = items(change.view);
    // What a new record begins with; asked for only where something is written that may not be.
    let mut seeded = None;
    for (key, given) in &worked.given {
        let Some(field) = form.field(key) else {
            faults.push(
                Fault::new(at(key), "unknown-field", format!("`{key}` is not a field of `{}`", form.module))
                    .arg("field", key.clone()),
            );
            continue;
        };
        let given = given.as_ref().unwrap_or(&Value::Null);
        let mut because = Vec::new();
        match change.by {
            Writer::Flow => {}
            Writer::Person => {
                let access = change.access.get(&field.key).copied().unwrap_or(Access::Write);
                because = locked(form, field, &readonly);
                // A computed value that comes back as it will be computed is no writing either.
                if field.computed == Some(ComputeMode::Always)
                    && value::same(members(&worked.data).get(key).unwrap_or(&Value::Null), given)
                {
                    continue;
                }
                if access < Access::Write {
                    because.push("access".to_owned());
                }
                if change.view.is_some() && !on_view.iter().any(|(_, item)| item.field == field.key && !item.readonly) {
                    because.push("view".to_owned());
                }
            }
        }
        if let Some(why) = because.into_iter().next() {
            let before = match change.old {
                Some(old) => old.get(key),
                None => seeded.get_or_insert_with(|| form.seed(&change.ctx)).get(key),
            };
            if value::same(before.unwrap_or(&Value::Null), given) {
                continue;
            }
            let message = format!("`{}` cannot be written ({why})", field.title);
            faults.push(Fault::new(at(key), "not-writable", message).arg("field", key.clone()).arg("why", why));
        }
    }
    faults
}

/// What holds for the record whoever writes it, and what its view asks for.
///
/// A change is not refused for what was wrong before it, at a field it does not touch and its view does not show:
/// that becomes a warning. Else a stricter form would stop every running flow.
pub(super) fn judge(form: &Form, change: &Change, worked: &Worked) -> Verdict {
    let mut verdict = raw(form, change, worked);
    let Some(old) = change.old else { return verdict };
    if verdict.faults.is_empty() {
        return verdict;
    }
    let nothing = Map::new();
    let before = Change { old: Some(old), patch: &nothing, view: None, ..*change };
    let known: BTreeSet<(String, String)> =
        raw(form, &before, &work(form, &before)).faults.into_iter().map(|it| (it.pointer, it.code)).collect();
    let on_view = items(change.view);
    let (stay, fade) = std::mem::take(&mut verdict.faults).into_iter().partition(|it: &Fault| {
        let field = it.field().unwrap_or_default();
        let shown = on_view.iter().any(|(_, item)| item.field.as_str() == field);
        // What could not be worked out would be stored as nothing.
        let lost = it.code == CUT_SHORT;
        lost || shown || worked.given.contains_key(&field) || !known.contains(&(it.pointer.clone(), it.code.clone()))
    });
    verdict.faults = stay;
    let fade: Vec<Fault> = fade;
    verdict.warnings.extend(fade);
    verdict
}

fn raw(form: &Form, change: &Change, worked: &Worked) -> Verdict {
    let mut verdict = Verdict::default();
    let (data, scope) = (members(&worked.shown), &worked.scope);
    let filled = |key: &FieldKey| data.get(key.as_str()).is_some_and(|it| !value::blank(it));

    let mut missing: BTreeSet<FieldKey> = BTreeSet::new();
    let mut problems = worked.problems.clone();
    for (field, _) in holding(&form.required, scope, &mut problems) {
        missing.insert(field.clone());
    }
    cut_short(&problems, &mut verdict.faults);
    for (section, item) in items(change.view) {
        if item.required && shows(form, section.visible.as_ref(), scope) && shows(form, item.visible.as_ref(), scope) {
            missing.insert(item.field.clone());
        }
    }
    missing.retain(|it| !filled(it) && !worked.hidden.contains_key(it));
    for key in &missing {
        let title = form.field(key.as_str()).map_or(key.as_str(), |it| it.title.as_str());
        verdict.faults.push(
            Fault::new(at(key.as_str()), "required", format!("`{title}` must be filled")).arg("field", key.0.clone()),
        );
    }

    for fault in form.schema.validate(&worked.shown) {
        let field = fault.field().unwrap_or_default();
        if fault.code == "required" {
            let key = FieldKey::from(field.as_str());
            let numbered = form.field(&field).is_some_and(|it| matches!(it.kind, FieldKind::Number { .. }));
            if fault.pointer == at(&field) && (missing.contains(&key) || worked.hidden.contains_key(&key) || numbered) {
                continue;
            }
        }
        verdict.faults.push(fault);
    }

    for field in &form.fields {
        if let Some(it) = data.get(field.key.as_str()) {
            let before = change.old.and_then(|old| old.get(field.key.as_str()));
            member(form, field, it, before, &at(field.key.as_str()), &mut verdict.faults);
        }
    }
    if bytes(data) > limits::RECORD_BYTES {
        verdict.faults.push(
            Fault::new("", "record-too-large", format!("a record may have at most {} bytes", limits::RECORD_BYTES))
                .arg("limit", limits::RECORD_BYTES),
        );
    }

    form.circles(data, &change.ctx, &mut verdict.faults);
    for check in &form.checks {
        let place = check.fields.first().map_or_else(String::new, |it| at(it.as_str()));
        match check.expr.eval(scope) {
            Ok(Value::Bool(true) | Value::Null) => {}
            Ok(Value::Bool(false)) => {
                let fields: Vec<Value> = check.fields.iter().map(|it| Value::String(it.0.clone())).collect();
                let fault = Fault::new(place, &format!("check:{}", check.id), check.message.clone())
                    .arg("rule", check.id.clone())
                    .arg("fields", fields);
                match check.severity {
                    Severity::Error => verdict.faults.push(fault),
                    Severity::Warning | Severity::Info => verdict.warnings.push(fault),
                }
            }
            Ok(other) => {
                verdict.faults.push(unable(&check.id, place, &format!("expected true or false, found {other}")))
            }
            Err(fault) => {
                let first = check.fields.first().cloned().unwrap_or_else(|| FieldKey::from(""));
                let told = if fault.spent {
                    Fault { pointer: place, ..problem(&check.id, &first, &fault) }
                } else {
                    unable(&check.id, place, &fault.message)
                };
                verdict.faults.push(told);
            }
        }
    }
    verdict
}

/// How long a record is as JSON.
fn bytes(data: &Map<String, Value>) -> usize {
    struct Counted(usize);
    impl std::io::Write for Counted {
        fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
            self.0 += part.len();
            Ok(part.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counted = Counted(0);
    match serde_json::to_writer(&mut counted, data) {
        Ok(()) => counted.0,
        Err(_) => 0,
    }
}

fn unable(rule: &str, place: String, reason: &str) -> Fault {
    Fault::new(place, "check-failed", format!("the rule `{rule}` could not run: {reason}"))
        .arg("rule", rule)
        .arg("reason", reason)
}

/// What the schema cannot say of a value: dictionaries, digits of a currency, number of rows.
fn member(form: &Form, field: &Field, it: &Value, before: Option<&Value>, place: &str, faults: &mut Vec<Fault>) {
    match &field.kind {
        FieldKind::Dictionary { dictionary, .. } => {
            let values: &[Value] = match it {
                Value::Array(items) => items,
                other => std::slice::from_ref(other),
            };
            // A value that has left the dictionary since stays where it is.
            if before.is_some_and(|before| value::same(before, it)) || !form.library.knows(dictionary.as_str()) {
                return;
            }
            for value in values.iter().filter_map(Value::as_str) {
                if !form.library.has(dictionary.as_str(), value) {
                    let message = format!("`{value}` is not in the dictionary `{dictionary}`");
                    faults.push(
                        Fault::new(place, "dictionary", message)
                            .arg("value", value)
                            .arg("dictionary", dictionary.0.clone()),
                    );
                }
            }
        }
        FieldKind::Money { currency } => {
            if too_fine(field, it) {
                let message = format!("an amount in {currency} has fewer digits after the point");
                faults.push(Fault::new(place, "money-digits", message).arg("currency", currency.clone()));
            }
        }
        FieldKind::Rows { columns } => {
            let Value::Array(rows) = it else { return };
            if rows.len() > limits::SUBTABLE_ROWS {
                let message = format!("a sub-table may have at most {} rows", limits::SUBTABLE_ROWS);
                faults.push(Fault::new(place, "too-many-rows", message).arg("limit", limits::SUBTABLE_ROWS));
                return;
            }
            for (index, row) in rows.iter().enumerate() {
                let old = before.and_then(|it| it.get(index));
                for column in columns {
                    if let Some(cell) = row.get(column.key.as_str()) {
                        member(
                            form,
                            column,
                            cell,
                            old.and_then(|it| it.get(column.key.as_str())),
                            &format!("{place}/{index}{}", at(column.key.as_str())),
                            faults,
                        );
                    }
                }
            }
        }
        FieldKind::Files => {
            if it.as_array().is_some_and(|it| it.len() > limits::FIELD_FILES) {
                let message = format!("a field may have at most {} files", limits::FIELD_FILES);
                faults.push(Fault::new(place, "too-many-files", message).arg("limit", limits::FIELD_FILES));
            }
        }
        FieldKind::Address { members } => {
            for column in members {
                if let Some(cell) = it.get(column.key.as_str()) {
                    member(
                        form,
                        column,
                        cell,
                        before.and_then(|it| it.get(column.key.as_str())),
                        &format!("{place}{}", at(column.key.as_str())),
                        faults,
                    );
                }
            }
        }
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Rich
        | FieldKind::Integer
        | FieldKind::Decimal { .. }
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Time
        | FieldKind::Bool
        | FieldKind::Choice { .. }
        | FieldKind::MultiChoice { .. }
        | FieldKind::Reference { .. }
        | FieldKind::References { .. }
        | FieldKind::User { .. }
        | FieldKind::Users { .. }
        | FieldKind::Department { .. }
        | FieldKind::Role { .. }
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Url
        | FieldKind::Geo
        | FieldKind::File
        | FieldKind::Score { .. }
        | FieldKind::Number { .. }
        | FieldKind::Json => {}
    }
}

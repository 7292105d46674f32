//! Schema and rules in, form and alerts out.
//!
//! - `form-no-module` (error): the module is in no installed pack.
//! - `form-no-field` (error): a rule or view names a field the schema does not have; rename or remove it.
//! - `form-expression` (error): a rule's expression cannot be read; the message says where.
//! - `form-tree-elsewhere` (error): a reference is called a tree but points at another module than its own; take `tree` away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::field::{self, Field, FieldKind};
use super::{Check, Computation, Condition, Dependencies, Form, order};
use crate::alert::Alert;
use crate::expr::{Expr, Path};
use crate::id::{FieldKey, ModuleKey};
use crate::model::catalog::Catalog;
use crate::model::module::Module;
use crate::model::rules::When;
use crate::model::view::ViewContent;
use crate::numbering::Rule;
use crate::schema::Schema;
use crate::time::Calendar;
use crate::value::Shape;

/// What is wrong with a module's schema as such: no JSON Schema, a tree of other records, or numbers that cannot be given.
pub fn of_schema(key: &ModuleKey, schema: &Value) -> Vec<Alert> {
    let (_, mut found) = Schema::compile(schema);
    for it in field::fields(schema) {
        found.extend(tree_elsewhere(key, &it));
        found.extend(unnumbered(&it));
    }
    let file = format!("modules/{key}/schema.json");
    found.into_iter().map(|it| Alert { file: file.clone(), ..it }).collect()
}

fn tree_elsewhere(key: &ModuleKey, field: &Field) -> Option<Alert> {
    let FieldKind::Reference { tree: true, module, .. } = &field.kind else { return None };
    let place = format!("/properties/{}/x-ref/tree", crate::schema::escape(field.key.as_str()));
    let says = format!("expected a reference to `{key}` itself, since `{}` is a tree", field.key);
    let alert = Alert::error("form-tree-elsewhere", says).at("", place).on(field.key.0.clone());
    (module.as_ref() != Some(key)).then_some(alert)
}

/// A numbering rule that cannot be read: records would stay without their number.
fn unnumbered(field: &Field) -> Option<Alert> {
    let FieldKind::Number { rule } = &field.kind else { return None };
    let place = format!("/properties/{}/x-number", crate::schema::escape(field.key.as_str()));
    Some(Rule::parse(rule).err()?.at("", place).on(field.key.0.clone()))
}

pub(super) fn compile(catalog: &Catalog, key: &ModuleKey) -> (Form, Vec<Alert>) {
    let empty = Module::default();
    let mut alerts = Vec::new();
    let module = catalog.module(key).unwrap_or_else(|| {
        alerts.push(Alert::error("form-no-module", format!("there is no module `{key}`")));
        &empty
    });
    let schema_file = format!("modules/{key}/schema.json");
    let (schema, faults) = Schema::compile(&module.schema);
    alerts.extend(faults.into_iter().map(|it| Alert { file: schema_file.clone(), ..it }));

    let mut fields = field::fields(&module.schema);
    for it in &mut fields {
        complete(catalog, it, &schema_file, &mut alerts);
        let found = tree_elsewhere(key, it).into_iter().chain(unnumbered(it));
        alerts.extend(found.map(|it| Alert { file: schema_file.clone(), ..it }));
    }
    choices(module, key, &fields, &mut alerts);
    let mut reader = Reader { file: format!("modules/{key}/rules.json"), alerts, fields: &fields };
    let computed = reader.computed(module);
    let rules = &module.rules;
    let required = reader.conditions("required", &rules.required);
    let readonly = reader.conditions("readonly", &rules.readonly);
    let visible = reader.conditions("visible", &rules.visible);
    let checks = reader.checks(module);
    let mut alerts = reader.alerts;

    for it in &computed {
        if it.column.is_none()
            && let Some(found) = fields.iter_mut().find(|field| field.key == it.field)
        {
            found.computed = Some(it.mode);
        }
        if let Some(column) = &it.column
            && let Some(FieldKind::Rows { columns }) =
                fields.iter_mut().find(|field| field.key == it.field).map(|it| &mut it.kind)
            && let Some(found) = columns.iter_mut().find(|it| it.key == *column)
        {
            found.computed = Some(it.mode);
        }
    }
    let targets: BTreeMap<FieldKey, Shape> = fields
        .iter()
        .filter_map(|it| {
            let target = catalog.module(it.target()?)?;
            Some((it.key.clone(), field::shape(&field::fields(&target.schema))))
        })
        .collect();
    let shape = Arc::new(field::shape(&fields));
    let named = |(field, it): (&FieldKey, &Shape)| (field.0.clone(), it.clone());
    let refs = Arc::new(Shape::Object(targets.iter().map(named).collect()));
    let expressions = views(module, key, &mut alerts);
    let mut form = Form {
        module: key.clone(),
        stage: module.definition.stage.clone(),
        schema,
        computed,
        required,
        readonly,
        visible,
        checks,
        expressions,
        dependencies: Dependencies::default(),
        shape,
        targets,
        refs,
        library: catalog.library(),
        zone: Calendar::of(catalog).zone().clone(),
        fields,
    };
    form.dependencies = dependencies(&form);
    (form, alerts)
}

/// Of which records exactly one is chosen: by a yes / no field, among those that refer to the same record.
fn choices(module: &Module, key: &ModuleKey, fields: &[Field], alerts: &mut Vec<Alert>) {
    for (at, rule) in module.definition.chosen.iter().enumerate() {
        let kind = |key: &FieldKey| fields.iter().find(|it| it.key == *key).map(|it| &it.kind);
        let mut miss = |member: &str, words: String| {
            let place = format!("/chosen/{at}/{member}");
            alerts.push(
                Alert::error("form-no-field", words)
                    .at(format!("modules/{key}/module.json"), place)
                    .on(rule.id.clone()),
            );
        };
        if !matches!(kind(&rule.field), Some(FieldKind::Bool)) {
            miss("field", format!("there is no yes / no field `{}`", rule.field));
        }
        if !matches!(kind(&rule.among), Some(FieldKind::Reference { .. })) {
            miss("among", format!("there is no reference `{}` to one record", rule.among));
        }
    }
}

/// What only the catalog knows of a field.
fn complete(catalog: &Catalog, field: &mut Field, file: &str, alerts: &mut Vec<Alert>) {
    let at = format!("/properties/{}", crate::schema::escape(field.key.as_str()));
    match &mut field.kind {
        FieldKind::Dictionary { dictionary, tree, .. } => {
            if let Some(found) = catalog.dictionary(dictionary) {
                *tree = found.items.iter().any(|it| it.parent.is_some());
            }
        }
        FieldKind::Rows { columns } | FieldKind::Address { members: columns } => {
            for it in columns {
                complete(catalog, it, file, alerts);
            }
        }
        FieldKind::Reference { filter: Some(filter), .. }
        | FieldKind::References { filter: Some(filter), .. }
        | FieldKind::User { filter: Some(filter) }
        | FieldKind::Users { filter: Some(filter) } => {
            if let Err(fault) = Expr::parse(filter) {
                alerts.push(
                    Alert::error("form-expression", fault.to_string())
                        .at(file, format!("{at}/x-ref/filter"))
                        .on(field.key.0.clone()),
                );
            }
        }
        FieldKind::Number { .. }
        | FieldKind::Text
        | FieldKind::Long
        | FieldKind::Rich
        | FieldKind::Integer
        | FieldKind::Decimal { .. }
        | FieldKind::Money { .. }
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Time
        | FieldKind::Bool
        | FieldKind::Choice { .. }
        | FieldKind::MultiChoice { .. }
        | FieldKind::Reference { filter: None, .. }
        | FieldKind::References { filter: None, .. }
        | FieldKind::User { filter: None }
        | FieldKind::Users { filter: None }
        | FieldKind::Department { .. }
        | FieldKind::Role { .. }
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Url
        | FieldKind::Geo
        | FieldKind::File
        | FieldKind::Files
        | FieldKind::Score { .. }
        | FieldKind::Json => {}
    }
}

struct Reader<'a> {
    file: String,
    alerts: Vec<Alert>,
    fields: &'a [Field],
}

impl Reader<'_> {
    fn expr(&mut self, source: &str, pointer: String, on: &str) -> Option<Expr> {
        match Expr::parse(source) {
            Ok(it) => Some(it),
            Err(fault) => {
                self.alerts
                    .push(Alert::error("form-expression", fault.to_string()).at(self.file.clone(), pointer).on(on));
                None
            }
        }
    }

    fn knows(&mut self, field: &str, pointer: String, on: &str) -> bool {
        let known = self.fields.iter().any(|it| it.key.as_str() == field);
        if !known {
            self.alerts.push(
                Alert::error("form-no-field", format!("there is no field `{field}`"))
                    .at(self.file.clone(), pointer)
                    .on(on),
            );
        }
        known
    }

    fn conditions(&mut self, list: &str, rules: &[When]) -> Vec<Condition> {
        let mut found = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let known = self.knows(rule.field.as_str(), format!("/{list}/{at}/field"), &rule.id);
            if let Some(expr) = self.expr(&rule.when, format!("/{list}/{at}/when"), &rule.id)
                && known
            {
                found.push(Condition { id: rule.id.clone(), field: rule.field.clone(), expr });
            }
        }
        found
    }

    fn checks(&mut self, module: &Module) -> Vec<Check> {
        let mut found = Vec::new();
        for (at, rule) in module.rules.checks.iter().enumerate() {
            for (place, field) in rule.fields.iter().enumerate() {
                self.knows(field.as_str(), format!("/checks/{at}/fields/{place}"), &rule.id);
            }
            if let Some(expr) = self.expr(&rule.expr, format!("/checks/{at}/expr"), &rule.id) {
                found.push(Check {
                    id: rule.id.clone(),
                    expr,
                    message: rule.message.clone(),
                    fields: rule.fields.clone(),
                    severity: rule.severity,
                });
            }
        }
        found
    }

    /// Formulas in an order in which each comes after those it reads; those in a circle are left out.
    fn computed(&mut self, module: &Module) -> Vec<Computation> {
        let mut open = Vec::new();
        for (at, rule) in module.rules.computed.iter().enumerate() {
            let (field, column) = order::split(&rule.field);
            let mut known = self.knows(field.as_str(), format!("/computed/{at}/field"), &rule.id);
            if let (true, Some(column)) = (known, &column) {
                let columns = self.fields.iter().find(|it| it.key == field).map(|it| &it.kind);
                known =
                    matches!(columns, Some(FieldKind::Rows { columns }) if columns.iter().any(|it| it.key == *column));
                if !known {
                    let message = format!("there is no column `{}`", rule.field);
                    self.alerts.push(
                        Alert::error("form-no-field", message)
                            .at(self.file.clone(), format!("/computed/{at}/field"))
                            .on(rule.id.clone()),
                    );
                }
            }
            let expr = self.expr(&rule.expr, format!("/computed/{at}/expr"), &rule.id);
            if let (true, Some(expr)) = (known, expr) {
                open.push((at, order::computation(rule, expr)));
            }
        }
        let (done, circle) = order::ordered(open);
        self.alerts.extend(circle.map(|it| it.alert(&self.file)));
        done
    }
}

/// Every expression of the module's views, parsed.
fn views(module: &Module, key: &ModuleKey, alerts: &mut Vec<Alert>) -> BTreeMap<String, Expr> {
    let mut found = BTreeMap::new();
    for (view_key, view) in &module.views {
        let ViewContent::Form(form) = &view.content else { continue };
        for (at, section) in form.sections.iter().enumerate() {
            let items =
                section.fields.iter().enumerate().map(|(place, it)| (format!("/fields/{place}"), it.visible.as_ref()));
            for (place, source) in std::iter::once((String::new(), section.visible.as_ref())).chain(items) {
                let Some(source) = source else { continue };
                match Expr::parse(source) {
                    Ok(it) => {
                        found.insert(source.clone(), it);
                    }
                    Err(fault) => alerts.push(Alert::error("form-expression", fault.to_string()).at(
                        format!("modules/{key}/views/{view_key}.json"),
                        format!("/content/sections/{at}{place}/visible"),
                    )),
                }
            }
        }
    }
    found
}

fn dependencies(form: &Form) -> Dependencies {
    let mut found = Dependencies::default();
    let mut note = |paths: Vec<Path>, target: &FieldKey| {
        for path in paths {
            match (path.root(), path.field()) {
                ("data", Some(field)) => {
                    found.affects.entry(field.into()).or_default().insert(target.clone());
                }
                ("refs", Some(field)) => {
                    found.looks_at.insert(field.into());
                    found.affects.entry(field.into()).or_default().insert(target.clone());
                }
                ("row", Some(_)) => {
                    found.affects.entry(target.clone()).or_default().insert(target.clone());
                }
                _ => {}
            }
        }
    };
    for it in &form.computed {
        note(it.expr.reads(), &it.field);
    }
    for it in form.required.iter().chain(&form.readonly).chain(&form.visible) {
        note(it.expr.reads(), &it.field);
    }
    for it in &form.checks {
        for field in &it.fields {
            note(it.expr.reads(), field);
        }
        if it.fields.is_empty() {
            for path in it.expr.reads() {
                if let ("refs", Some(field)) = (path.root(), path.field()) {
                    note(vec![path.clone()], &field.into());
                }
            }
        }
    }
    let keys: BTreeSet<&FieldKey> = form.fields.iter().map(|it| &it.key).collect();
    for expr in form.expressions.values() {
        for path in expr.reads() {
            if let (true, Some(field)) = (path.root() == "refs", path.field()) {
                found.looks_at.insert(field.into());
            }
        }
    }
    found.looks_at.extend(form.trees().cloned());
    found.looks_at.retain(|it| keys.contains(it));
    found
}

/// The shape of the record a reference points at.
pub(super) fn target_shape<'a>(form: &'a Form, field: &str) -> &'a Shape {
    static ANY: Shape = Shape::Any;
    form.targets.get(field).unwrap_or(&ANY)
}

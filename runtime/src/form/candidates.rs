//! Which records may be chosen in a reference field: its filter, asked of candidates.

use serde_json::{Map, Value};

use super::compile::target_shape;
use super::field::FieldKind;
use super::state::scope;
use super::{Form, FormContext};
use crate::expr::{Expr, Scope};
use crate::id::FieldKey;
use crate::value::Shape;

/// The filter of a field before the form as it is filled now.
pub struct Candidates<'a> {
    filter: Expr,
    scope: Scope,
    shape: &'a Shape,
}

impl Candidates<'_> {
    /// True if a record may be chosen. A filter that cannot run lets everything through.
    pub fn fits(&self, id: &str, data: &Map<String, Value>) -> bool {
        let mut candidate = data.clone();
        candidate.insert("id".to_owned(), Value::from(id));
        self.holds(&candidate)
    }

    fn holds(&self, candidate: &Map<String, Value>) -> bool {
        let mut scope = self.scope.clone();
        scope.set_record("candidate", candidate, self.shape);
        self.filter.holds(&scope).unwrap_or(true)
    }
}

impl Form {
    /// The filter of a reference field, ready to be asked; none: every record may be chosen.
    pub fn candidates(&self, field: &FieldKey, data: &Map<String, Value>, ctx: &FormContext) -> Option<Candidates<'_>> {
        let (FieldKind::Reference { filter: Some(filter), .. }
        | FieldKind::References { filter: Some(filter), .. }
        | FieldKind::User { filter: Some(filter) }
        | FieldKind::Users { filter: Some(filter) }) = &self.field(field.as_str())?.kind
        else {
            return None;
        };
        let filter = Expr::parse(filter).ok()?;
        Some(Candidates { filter, scope: scope(self, data, None, ctx), shape: target_shape(self, field.as_str()) })
    }

    /// True if a record may be chosen in a reference field; `candidate` is its data with `id`.
    pub fn candidate_fits(
        &self,
        field: &FieldKey,
        candidate: &Map<String, Value>,
        data: &Map<String, Value>,
        ctx: &FormContext,
    ) -> bool {
        self.candidates(field, data, ctx).is_none_or(|it| it.holds(candidate))
    }
}

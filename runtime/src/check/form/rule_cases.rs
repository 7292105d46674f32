//! `form-rule-never` (warning): the condition of a rule holds in no case: it contradicts itself, or compares with a value the
//! field cannot have. What it shows, asks for or locks never happens.
//! `form-rule-always` (info): the condition holds in every case; the rule says no more than the flag without it.
//! `form-required-hidden` (warning): a field is asked for only in cases in which it is not shown; nobody is ever asked.
//! Fix: correct the comparison, or take the rule away.

use crate::alert::{Alert, Severity};
use crate::check::condition::Kinds;
use crate::check::condition::space::{Case, Space};
use crate::expr::{Expr, Term};
use crate::id::ModuleKey;
use crate::model::catalog::Catalog;
use crate::model::module::Module;
use crate::model::rules::When;
use crate::model::view::ViewContent;

pub fn rule(found: &mut Vec<Alert>, catalog: &Catalog, key: &ModuleKey, module: &Module) {
    let kinds = Kinds::new(catalog, Some(module), None);
    let look = Look { kinds: &kinds, rules: format!("modules/{key}/rules.json") };
    for (list, rules) in
        [("required", &module.rules.required), ("readonly", &module.rules.readonly), ("visible", &module.rules.visible)]
    {
        for (at, it) in rules.iter().enumerate() {
            look.alone(found, list, at, it);
        }
    }
    for (at, it) in module.rules.required.iter().enumerate() {
        let shown = module.rules.visible.iter().find(|other| other.field == it.field);
        if let Some(shown) = shown
            && look.never_together(&[&it.when, &shown.when])
        {
            let place = format!("/required/{at}/when");
            found.push(look.hidden(it.field.as_str(), &look.rules, place));
        }
    }
    views(found, &look, key, module);
}

/// Fields a form asks for where the form, or a rule, does not show them.
fn views(found: &mut Vec<Alert>, look: &Look, key: &ModuleKey, module: &Module) {
    for (view_key, view) in &module.views {
        let ViewContent::Form(form) = &view.content else { continue };
        let file = format!("modules/{key}/views/{view_key}.json");
        for (at, section) in form.sections.iter().enumerate() {
            for (nth, item) in section.fields.iter().enumerate().filter(|it| it.1.required) {
                let rule = module.rules.visible.iter().find(|it| it.field == item.field).map(|it| &it.when);
                let conditions: Vec<&String> =
                    [section.visible.as_ref(), item.visible.as_ref(), rule].into_iter().flatten().collect();
                // One alone that never holds is told at the rule, or has no form to be missed on.
                if conditions.len() > 1 && look.never_together(&conditions) {
                    let place = format!("/content/sections/{at}/fields/{nth}");
                    found.push(look.hidden(item.field.as_str(), &file, place));
                }
            }
        }
    }
}

struct Look<'a> {
    kinds: &'a Kinds<'a>,
    rules: String,
}

impl Look<'_> {
    fn alone(&self, found: &mut Vec<Alert>, list: &str, at: usize, it: &When) {
        let Ok(term) = Expr::parse(&it.when).map(|it| it.tree()) else { return };
        let Some(space) = self.space(&[&term]) else { return };
        let (mut some, mut all) = (false, true);
        for case in space.cases() {
            let holds = space.holds(&term, &case);
            some |= holds;
            all &= holds;
        }
        let place = format!("/{list}/{at}/when");
        let field = it.field.as_str();
        if !some {
            let says = format!("expected the rule of `{field}` to hold in some case, found none");
            found.push(Alert::warning("form-rule-never", says).at(&self.rules, place).on(field).arg("list", list));
        } else if all {
            let says = format!("expected the rule of `{field}` not to hold in some case, found that it always does");
            let alert = Alert::new("form-rule-always", Severity::Info, says);
            found.push(alert.at(&self.rules, place).on(field).arg("list", list));
        }
    }

    /// No case in which all of them hold, though each has some.
    fn never_together(&self, sources: &[&String]) -> bool {
        let terms: Option<Vec<Term>> = sources.iter().map(|it| Expr::parse(it).ok().map(|it| it.tree())).collect();
        let Some(terms) = terms else { return false };
        let terms: Vec<&Term> = terms.iter().collect();
        let Some(space) = self.space(&terms) else { return false };
        let cases: Vec<Case> = space.cases().collect();
        let each = terms.iter().all(|term| cases.iter().any(|case| space.holds(term, case)));
        each && !cases.iter().any(|case| terms.iter().all(|term| space.holds(term, case)))
    }

    /// Every field may be blank while a form is filled in.
    fn space(&self, terms: &[&Term]) -> Option<Space> {
        Space::new(terms, self.kinds, |_| None, |_| false)
    }

    fn hidden(&self, field: &str, file: &str, place: String) -> Alert {
        let says = format!("expected `{field}` to be shown where it is required, found no case in which both hold");
        Alert::warning("form-required-hidden", says).at(file, place).on(field)
    }
}

//! The parts of a pack that are checked by themselves, so that after an edit what it touched is told at once and the rest a
//! moment later. All parts together are what [`super::pack()`] says.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::reference::{Look, Said};
use super::sound::{Fix, Process, fix};
use super::{
    Report, Surroundings, condition, data, expression, file, flow, form, manifest, reference, suppress, table,
};
use crate::alert::Alert;
use crate::id::{FlowKey, ModuleKey, NodeId, TableKey};
use crate::limits;
use crate::model::catalog::Catalog;
use crate::model::pack::Pack;

/// What is checked by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Scripts, and the texts of notices.
    Words,
    /// A module: its rules, forms, views and what they name.
    Module(ModuleKey),
    Table(TableKey),
    /// A flow as drawn: its shape, and whether every run can end. Nothing but the flow and those it calls has a say in it.
    Shape(FlowKey),
    /// What a flow means: what it names, reads, sets and decides by, and who does it.
    Meaning(FlowKey),
    /// One of the changes that might mend a flow whose shape is broken, by its turn.
    Mend(FlowKey, usize),
}

/// What was found in a part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    pub alerts: Vec<Alert>,
    /// Of a shape.
    pub process: Option<Process>,
    /// Of a meaning: decisions of which it is known better than by shape whether they need a default.
    settled: Vec<NodeId>,
    /// Of a change tried: it mends the flow.
    fix: Option<Fix>,
}

/// The parts of a pack.
pub fn parts(pack: &Pack) -> Vec<Part> {
    let mut found = vec![Part::Words];
    found.extend(pack.modules.keys().cloned().map(Part::Module));
    found.extend(pack.tables.keys().cloned().map(Part::Table));
    found.extend(pack.flows.keys().cloned().map(Part::Shape));
    found.extend(pack.flows.keys().cloned().map(Part::Meaning));
    found.extend(pack.flows.keys().flat_map(mends));
    found
}

/// What is tried with a flow, should it be broken.
pub fn mends(key: &FlowKey) -> impl Iterator<Item = Part> {
    (0..limits::CHECK_FIX.1).map(|turn| Part::Mend(key.clone(), turn))
}

/// A pack among others, ready to be looked at.
pub struct View<'a> {
    look: Look<'a>,
    around: &'a Surroundings,
    said: OnceCell<Said>,
}

impl<'a> View<'a> {
    /// `pack` is one of the catalog.
    pub fn new(catalog: &'a Catalog, pack: &'a Pack, around: &'a Surroundings) -> Self {
        let look = Look { catalog, pack, holders: around.holders.as_ref(), plugins: around.plugins.as_ref() };
        Self { look, around, said: OnceCell::new() }
    }

    /// Looks at a part; one that is not there (any more) has no findings. `found`: what was found before, since a flow is
    /// mended as its shape is broken.
    pub fn look(&self, part: &Part, found: &BTreeMap<Part, Findings>) -> Findings {
        let (catalog, pack) = (self.look.catalog, self.look.pack);
        match part {
            Part::Words => {
                let mut alerts = expression::of_pack(pack);
                alerts.extend(manifest::check(catalog, pack));
                Findings { alerts, ..Findings::default() }
            }
            Part::Module(key) => pack.modules.get(key).map_or_else(Findings::default, |it| {
                let mut alerts = reference::of_module(&self.look, key, it);
                alerts.extend(expression::of_module(catalog, key, it));
                alerts.extend(form::check(catalog, pack, key, it));
                Findings { alerts, ..Findings::default() }
            }),
            Part::Table(key) => pack
                .tables
                .get(key)
                .map_or_else(Findings::default, |it| Findings { alerts: table::one(it), ..Findings::default() }),
            Part::Shape(key) => self.shape(key),
            Part::Meaning(key) => self.meaning(key),
            Part::Mend(key, turn) => {
                let process = found.get(&Part::Shape(key.clone())).and_then(|it| it.process.as_ref());
                let fix = pack.flows.get(key).zip(process).and_then(|(flow, it)| fix::fix(flow, it, *turn));
                Findings { fix, ..Findings::default() }
            }
        }
    }

    fn shape(&self, key: &FlowKey) -> Findings {
        let Some(it) = self.look.pack.flows.get(key) else { return Findings::default() };
        let (file, budget) = (format!("flows/{key}/flow.json"), self.around.budget.unwrap_or(limits::CHECK_STATES));
        let (mut alerts, process) = super::without_fixes(it, &file, budget, &|key| self.look.catalog.flow(key));
        flow::for_running(&mut alerts);
        alerts.extend(file::pools(it, &file));
        if let Some(layout) = self.look.pack.layouts.get(key) {
            alerts.extend(file::drawing(it, layout, &file));
        }
        Findings { alerts, process: Some(process), ..Findings::default() }
    }

    fn meaning(&self, key: &FlowKey) -> Findings {
        let catalog = self.look.catalog;
        let Some(it) = self.look.pack.flows.get(key) else { return Findings::default() };
        let said = self.said.get_or_init(|| reference::said(catalog));
        let mut alerts = reference::of_flow(&self.look, said, key, it);
        alerts.extend(expression::of_flow(catalog, key, it));
        let data = data::Data::new(catalog, key, it);
        let (decisions, settled) = condition::check(catalog, key, it, &data);
        alerts.extend(decisions);
        alerts.extend(data::check(&data, catalog, key));
        if let Some(people) = &self.around.people {
            reference::duties(&mut alerts, key, it, &data, people);
        }
        Findings { alerts, settled, ..Findings::default() }
    }
}

/// The verdict on a flow, with what would mend it as far as that is known.
pub fn process(key: &FlowKey, found: &BTreeMap<Part, Findings>) -> Option<Process> {
    let process = found.get(&Part::Shape(key.clone()))?.process.clone()?;
    let tried = mends(key).filter_map(|it| found.get(&it)?.fix.clone());
    Some(Process { fixes: fix::best(tried.collect()), ..process })
}

/// What the place of an alert in a report goes by.
pub fn rank(it: &Alert) -> impl Ord + '_ {
    (it.severity, &it.file, &it.pointer, &it.code)
}

/// What was found in all parts, put together: by severity, then file and pointer; with what somebody lives with.
pub fn report(pack: &Pack, found: &BTreeMap<Part, Findings>) -> Report {
    let mut report = Report::default();
    for (part, it) in found {
        let mut alerts = it.alerts.clone();
        if let Part::Shape(key) = part {
            if let Some(process) = process(key, found) {
                report.processes.insert(key.clone(), process);
            }
            let settled = found.get(&Part::Meaning(key.clone())).map(|it| it.settled.as_slice()).unwrap_or_default();
            let known_better = |alert: &Alert| {
                alert.code == "flow-no-default"
                    && settled.iter().any(|it| alert.element.as_deref() == Some(it.as_str()))
            };
            alerts.retain(|it| !known_better(it));
        }
        report.alerts.extend(alerts);
    }
    report.alerts.sort_by(|a, b| rank(a).cmp(&rank(b)));
    report.alerts.dedup();
    suppress::apply(&pack.suppressed, &mut report.alerts);
    report
}

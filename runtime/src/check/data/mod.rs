//! How data goes through a flow (Trčka, van der Aalst, Sidorova 2009): what is read before it is written, written and never
//! read, overwritten unread, touched by branches that run beside each other.
//!
//! `flow-data-missing` (warning): a value is read that nothing before has set, or only some of the ways there; it is blank then.
//! Fix: set it before, ask for it in a form, or provide for blank with `coalesce`.
//! `flow-data-unread` (info): a variable is set and nothing ever reads it. Fix: use it or take it away.
//! `flow-data-lost` (info): a variable is set, and on every way from there it is overwritten before anything reads it.
//! `flow-data-race` (warning): two branches that run beside each other set the same value, or one sets what the other decides by; which
//! comes last is chance. Fix: let one of them do it, or do it after they have been joined.

mod access;
mod beside;
mod bits;
mod order;
mod way;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::alert::{Alert, Severity};
use crate::check::flow::{called, places};
use crate::id::{FlowKey, NodeId};
use crate::model::catalog::Catalog;
use crate::model::flow::{ElementKind, Flow};
use crate::model::view::ViewContent;
use access::{Access, Act, Op, Reader};
use bits::Bits;
use order::{END, Order, Role, Way};

/// The order of a flow's steps and what each reads and writes; conditions are judged by it too.
pub(super) struct Data<'a> {
    reader: Reader<'a>,
    order: Order<'a>,
    /// By step.
    access: Vec<Access>,
    names: Vec<String>,
    index: BTreeMap<String, usize>,
    /// Before each step: set on every way there, set on some.
    surely: Vec<Bits>,
    perhaps: Vec<Bits>,
    /// Set on every way there since the token last rested: steps of one stretch are taken at once, nothing comes between.
    fresh: Vec<Bits>,
    pointers: BTreeMap<&'a NodeId, String>,
    /// The flows from one node to another.
    between: BTreeMap<(&'a NodeId, &'a NodeId), Vec<&'a NodeId>>,
    /// Which steps can be active at the same time, once somebody asks; none: the flow is too large.
    beside: OnceCell<Option<Vec<Bits>>>,
}

/// Looks at the data of a flow of a pack.
pub(super) fn check(data: &Data, catalog: &Catalog, key: &FlowKey) -> Vec<Alert> {
    let file = format!("flows/{key}/flow.json");
    let mut found = Vec::new();
    data.missing(&mut found, &file);
    data.unused(&mut found, &file, catalog, key);
    data.races(&mut found, &file);
    found
}

impl<'a> Data<'a> {
    pub(super) fn new(catalog: &'a Catalog, key: &FlowKey, flow: &'a Flow) -> Self {
        let reader = Reader::new(catalog, flow);
        let order = Order::new(flow);
        let mut access: Vec<Access> = order.steps.iter().map(|step| accesses(&reader, step)).collect();
        let mut between: BTreeMap<(&NodeId, &NodeId), Vec<&NodeId>> = BTreeMap::new();
        for it in flow.all() {
            if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &it.kind {
                between.entry((source_ref, target_ref)).or_default().push(&it.id);
                if let Some((_, left)) = order.seat.get(source_ref) {
                    reader.condition(&mut access[*left], it);
                }
            }
        }
        let mut index = BTreeMap::new();
        let mut names = Vec::new();
        let mut intern = |name: &str| {
            if !index.contains_key(name) {
                index.insert(name.to_owned(), names.len());
                names.push(name.to_owned());
            }
        };
        access.iter().flat_map(|it| it.enter.iter().chain(&it.leave)).for_each(|it| intern(&it.name));
        let pointers = places(flow).into_iter().map(|(pointer, it)| (&it.id, pointer)).collect();
        let mut data = Self {
            reader,
            order,
            access,
            names,
            index,
            surely: Vec::new(),
            perhaps: Vec::new(),
            fresh: Vec::new(),
            pointers,
            between,
            beside: OnceCell::new(),
        };
        data.flow_forward(catalog, key);
        data
    }

    /// By step, the steps that can be active at the same time; none: the flow is too large.
    fn beside(&self) -> Option<&[Bits]> {
        self.beside.get_or_init(|| beside::of(&self.order)).as_deref()
    }

    /// What is set before the flow begins: `(surely, perhaps)`.
    fn at_start(&self, catalog: &Catalog, key: &FlowKey) -> (Bits, Bits) {
        let count = self.names.len();
        let (mut surely, mut perhaps) = (Bits::none(count), Bits::none(count));
        let shown = self.reader.module.and_then(|it| it.views.get("create")).and_then(|it| match &it.content {
            ViewContent::Form(form) => Some(
                form.sections.iter().flat_map(|it| &it.fields).map(|it| it.field.as_str()).collect::<BTreeSet<_>>(),
            ),
            ViewContent::List(_)
            | ViewContent::Kanban(_)
            | ViewContent::Calendar(_)
            | ViewContent::Tree(_)
            | ViewContent::Detail(_) => None,
        });
        let computed: BTreeSet<&str> = self
            .reader
            .module
            .map(|it| it.rules.computed.iter().map(|it| it.field.as_str()).collect())
            .unwrap_or_default();
        for (at, name) in self.names.iter().enumerate() {
            let Some(field) = name.strip_prefix("data.") else { continue };
            let known = self.reader.fields.get(field);
            let by_system = super::reference::SYSTEM_FIELDS.contains(&field)
                || computed.contains(field)
                || known.is_none_or(|it| it.required || it.default.is_some() || it.readonly);
            if by_system {
                surely.add(at);
            }
            // Where no form says what is filled at the beginning, anything may be.
            if by_system || shown.as_ref().is_none_or(|it| it.contains(field)) {
                perhaps.add(at);
            }
        }
        // Variables come from the flows that call this one.
        let calls: Vec<BTreeSet<String>> = catalog
            .flows()
            .flat_map(|(_, _, it)| it.all())
            .filter_map(|it| match &it.kind {
                ElementKind::CallActivity { called_element, inputs, .. } if called_element == key => {
                    Some(inputs.iter().map(|it| format!("vars.{}", it.target)).collect())
                }
                _other => None,
            })
            .collect();
        for (at, name) in self.names.iter().enumerate() {
            if !calls.is_empty() && calls.iter().all(|it| it.contains(name)) {
                surely.add(at);
            }
            if calls.iter().any(|it| it.contains(name)) {
                perhaps.add(at);
            }
        }
        (surely, perhaps)
    }

    fn flow_forward(&mut self, catalog: &Catalog, key: &FlowKey) {
        let (count, steps) = (self.names.len(), self.order.steps.len());
        let (surely, perhaps) = self.at_start(catalog, key);
        self.surely = vec![Bits::all(count); steps];
        self.perhaps = vec![Bits::none(count); steps];
        self.surely[0] = surely;
        self.perhaps[0] = perhaps;
        // By event, the steps it can follow at any moment.
        let mut accompanied: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for from in 0..steps {
            self.order.events_around(from).for_each(|it| accompanied.entry(it).or_default().push(from));
        }
        let mut changed = true;
        while changed {
            changed = false;
            for at in 1..steps {
                let must = self.surely_before(at);
                let may = self.perhaps_before(at, &accompanied);
                if must != self.surely[at] || may != self.perhaps[at] {
                    changed = true;
                    self.surely[at] = must;
                    self.perhaps[at] = may;
                }
            }
        }
        self.fresh = vec![Bits::all(count); steps];
        self.fresh[0] = Bits::none(count);
        let mut changed = true;
        while changed {
            changed = false;
            for at in 1..steps {
                let mut found: Option<Bits> = None;
                for (from, _) in &self.order.steps[at].prev {
                    let rests = self.order.rests(*from);
                    let state =
                        self.after(*from, &if rests { Bits::none(count) } else { self.fresh[*from].clone() }, false);
                    match &mut found {
                        None => found = Some(state),
                        Some(it) => it.intersect(&state),
                    }
                }
                let found = found.unwrap_or_else(|| Bits::none(count));
                if found != self.fresh[at] {
                    changed = true;
                    self.fresh[at] = found;
                }
            }
        }
    }

    fn surely_before(&self, at: usize) -> Bits {
        let step = &self.order.steps[at];
        let mut unites =
            step.waits && step.element.is_some_and(|it| matches!(it.kind, ElementKind::ParallelGateway {}));
        let mut ways: Vec<(usize, Way)> = step.prev.clone();
        if step.role == Role::Exit {
            let host = self.order.host(at);
            unites = self.order.is_parallel_inside(host);
            if ways.len() > 1 {
                ways.retain(|(from, _)| *from != host);
            }
        }
        let mut found: Option<Bits> = None;
        for (from, way) in ways {
            let state = if matches!(way, Way::Instead | Way::Beside) {
                self.surely[from].clone()
            } else {
                self.after(from, &self.surely[from], false)
            };
            match &mut found {
                None => found = Some(state),
                Some(it) if unites => {
                    it.unite(&state);
                }
                Some(it) => it.intersect(&state),
            }
        }
        // Nothing leads there: another rule says so.
        found.unwrap_or_else(|| Bits::all(self.names.len()))
    }

    fn perhaps_before(&self, at: usize, accompanied: &BTreeMap<usize, Vec<usize>>) -> Bits {
        let mut found = Bits::none(self.names.len());
        for (from, _) in &self.order.steps[at].prev {
            found.unite(&self.after(*from, &self.perhaps[*from], true));
        }
        for from in accompanied.get(&at).into_iter().flatten() {
            found.unite(&self.after(*from, &self.perhaps[*from], true));
        }
        found
    }

    /// The state after a step. What is not written out may set every name.
    fn after(&self, step: usize, before: &Bits, perhaps: bool) -> Bits {
        let mut state = before.clone();
        let access = &self.access[step];
        for op in access.enter.iter().chain(&access.leave) {
            if op.act == Act::Write || perhaps && op.act == Act::Perhaps {
                state.add(self.index[&op.name]);
            }
        }
        if perhaps && (access.sets_any || access.sets_any_field) {
            for (at, name) in self.names.iter().enumerate() {
                if access.sets_any && name.starts_with("vars.") || access.sets_any_field && name.starts_with("data.") {
                    state.add(at);
                }
            }
        }
        state
    }

    fn missing(&self, found: &mut Vec<Alert>, file: &str) {
        let mut told = BTreeSet::new();
        for (at, access) in self.access.iter().enumerate() {
            let (mut surely, mut perhaps) = (self.surely[at].clone(), self.perhaps[at].clone());
            if access.sets_any || access.sets_any_field {
                // It happens before its own conditions are asked.
                perhaps = self.after(at, &perhaps, true);
            }
            for op in access.enter.iter().chain(&access.leave) {
                let name = self.index[&op.name];
                match op.act {
                    Act::Write => {
                        surely.add(name);
                        perhaps.add(name);
                    }
                    Act::Perhaps => {
                        perhaps.add(name);
                    }
                    Act::Read if !surely.has(name) => {
                        let is_field = op.name.starts_with("data.");
                        // A field may be filled at any time by people; only what nothing fills is worth a word.
                        if !(is_field && (perhaps.has(name) || op.at.is_none()))
                            && told.insert((op.at.clone(), at, name))
                        {
                            let says = if perhaps.has(name) {
                                format!(
                                    "expected `{}` to be set on every way here, found ways on which nothing sets it",
                                    op.name
                                )
                            } else {
                                format!(
                                    "expected `{}` to be set before it is read, found nothing before that sets it",
                                    op.name
                                )
                            };
                            found.extend(self.on(Alert::warning("flow-data-missing", says), file, at, op));
                        }
                    }
                    Act::Read | Act::Guarded | Act::Shown => {}
                }
            }
        }
    }

    /// Variables that are set for nothing.
    fn unused(&self, found: &mut Vec<Alert>, file: &str, catalog: &Catalog, key: &FlowKey) {
        let count = self.names.len();
        let reads = |op: &&Op| matches!(op.act, Act::Read | Act::Guarded | Act::Shown);
        let mut read = Bits::none(count);
        self.access.iter().flat_map(|it| it.enter.iter().chain(&it.leave)).filter(reads).for_each(|it| {
            read.add(self.index[&it.name]);
        });
        let at_end = self.at_end(catalog, key);
        let reads_all = self.access.iter().any(|it| it.reads_all);
        let live = self.flow_backward(&at_end);
        let mut told = BTreeSet::new();
        for (at, access) in self.access.iter().enumerate() {
            // A name that lives after each write: what comes later in the step, then what follows it.
            let mut after = live[at].clone();
            for op in access.leave.iter().rev().chain(access.enter.iter().rev()) {
                let name = self.index[&op.name];
                let is_data = op.name.starts_with("data.");
                match op.act {
                    Act::Write | Act::Perhaps if !is_data => {
                        if !reads_all && !read.has(name) && !at_end.has(name) {
                            if told.insert(name) {
                                let says = format!("expected something to read `{}`, found nothing", op.name);
                                found.extend(self.on(
                                    Alert::new("flow-data-unread", Severity::Info, says),
                                    file,
                                    at,
                                    op,
                                ));
                            }
                        } else if op.act == Act::Write
                            && !reads_all
                            && !after.has(name)
                            && self.beside().is_some_and(|it| !it[at].iter().any(|other| self.reads_at(other, name)))
                        {
                            let says = format!(
                                "expected `{}` to be read before it is set again or the flow ends, found no way on which it is",
                                op.name
                            );
                            found.extend(self.on(Alert::new("flow-data-lost", Severity::Info, says), file, at, op));
                        }
                        if op.act == Act::Write {
                            after.remove(name);
                        }
                    }
                    Act::Write | Act::Perhaps => {}
                    Act::Read | Act::Guarded | Act::Shown => {
                        after.add(name);
                    }
                }
            }
        }
    }

    fn reads_at(&self, step: usize, name: usize) -> bool {
        let access = &self.access[step];
        access.reads_all
            || access
                .enter
                .iter()
                .chain(&access.leave)
                .any(|it| self.index[&it.name] == name && !matches!(it.act, Act::Write | Act::Perhaps))
    }

    /// What is read after the flow has ended: what callers take of its variables.
    fn at_end(&self, catalog: &Catalog, key: &FlowKey) -> Bits {
        let mut found = Bits::none(self.names.len());
        for it in catalog.flows().flat_map(|(_, _, it)| it.all()) {
            let ElementKind::CallActivity { called_element, outputs, .. } = &it.kind else { continue };
            if called_element != key {
                continue;
            }
            for path in outputs
                .iter()
                .filter_map(|it| crate::expr::Expr::parse(&it.expr).ok())
                .flat_map(|it| it.reads())
                .filter(|it| it.root() == "result")
            {
                match path.field() {
                    None => return Bits::all(self.names.len()),
                    Some(name) => {
                        if let Some(at) = self.index.get(&format!("vars.{name}")) {
                            found.add(*at);
                        }
                    }
                }
            }
        }
        found
    }

    /// After each step: what can be read before it is set again.
    fn flow_backward(&self, at_end: &Bits) -> Vec<Bits> {
        let (count, steps) = (self.names.len(), self.order.steps.len());
        let mut live = vec![Bits::none(count); steps];
        // What can be read once a step has been entered: by itself, by what follows it, by an event at it.
        let mut entered = vec![Bits::none(count); steps];
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..steps).rev() {
                let mut after = if at == END { at_end.clone() } else { Bits::none(count) };
                let next = &self.order.steps[at].next;
                for to in next.iter().map(|(to, _)| *to).chain(self.order.events_around(at)) {
                    after.unite(&entered[to]);
                }
                let mut before = after.clone();
                let access = &self.access[at];
                for op in access.leave.iter().rev().chain(access.enter.iter().rev()) {
                    let name = self.index[&op.name];
                    match op.act {
                        Act::Write => before.remove(name),
                        Act::Perhaps => {}
                        Act::Read | Act::Guarded | Act::Shown => {
                            before.add(name);
                        }
                    }
                }
                for (to, _) in next.iter().filter(|(_, way)| matches!(way, Way::Instead | Way::Beside)) {
                    before.unite(&entered[*to]);
                }
                if after != live[at] || before != entered[at] {
                    live[at] = after;
                    entered[at] = before;
                    changed = true;
                }
            }
        }
        live
    }

    fn races(&self, found: &mut Vec<Alert>, file: &str) {
        let writes = |it: &&Op| matches!(it.act, Act::Write | Act::Perhaps);
        // By name, the steps that have to do with it: most names are touched by few.
        let mut touched: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, access) in self.access.iter().enumerate() {
            for op in access.enter.iter().chain(&access.leave) {
                let steps = touched.entry(&op.name).or_default();
                if steps.last() != Some(&at) {
                    steps.push(at);
                }
            }
        }
        let mut told = BTreeSet::new();
        for (at, access) in self.access.iter().enumerate() {
            for op in access.enter.iter().chain(&access.leave).filter(writes) {
                let others = touched.get(op.name.as_str()).map(Vec::as_slice).unwrap_or_default();
                if others == [at] {
                    continue;
                }
                let Some(beside) = self.beside() else { return };
                let apart = |it: &usize| beside[at].has(*it) && !self.contains(at, *it) && !self.contains(*it, at);
                for other in others.iter().copied().filter(apart) {
                    let conflict = self.access[other]
                        .enter
                        .iter()
                        .chain(&self.access[other].leave)
                        .find(|it| it.name == op.name && self.conflicts(op, it));
                    let Some(conflict) = conflict else { continue };
                    let writes = matches!(conflict.act, Act::Write | Act::Perhaps);
                    // Of two that write, the first in the file tells.
                    let is_stage = op.below == "/stage" && conflict.below == "/stage";
                    let own = !writes && self.fresh[other].has(self.index[&op.name]);
                    // Of two that end each other, only one is ever done.
                    let either = self.order.ends_at_once(at, other) && self.order.ends_at_once(other, at);
                    if is_stage
                        || own
                        || either
                        || writes && at > other
                        || !told.insert((op.name.clone(), at.min(other), at.max(other)))
                    {
                        continue;
                    }
                    let who = self.order.steps[other].element.map(called).unwrap_or_default();
                    let says = if writes {
                        format!("expected one branch to set `{}`, found that `{who}` sets it at the same time", op.name)
                    } else {
                        format!(
                            "expected `{}` to stay as it is while `{who}` decides by it, found that it is set at the same time",
                            op.name
                        )
                    };
                    found.extend(self.on(Alert::warning("flow-data-race", says).arg("other", who), file, at, op));
                }
            }
        }
    }

    /// Forms that show a field conflict with nobody; two forms that may both fill it do.
    fn conflicts(&self, one: &Op, other: &Op) -> bool {
        match other.act {
            Act::Write | Act::Perhaps => true,
            Act::Read => one.act == Act::Write,
            Act::Guarded | Act::Shown => false,
        }
    }

    fn contains(&self, outer: usize, inner: usize) -> bool {
        let same = |a: usize, b: usize| match (self.order.steps[a].element, self.order.steps[b].element) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            _root => a == b,
        };
        self.order.steps[inner].around.iter().any(|it| same(*it, outer))
    }

    fn on(&self, alert: Alert, file: &str, step: usize, op: &Op) -> Option<Alert> {
        let element = self.order.steps[step].element?;
        let id = op.at.as_ref().unwrap_or(&element.id);
        let pointer = self.pointers.get(id)?;
        Some(
            alert
                .at(file, format!("{pointer}{}", op.below))
                .on(id.as_str())
                .arg("element", called(element))
                .arg("name", op.name.as_str()),
        )
    }
}

fn accesses<'a>(reader: &Reader<'a>, step: &order::Step<'a>) -> Access {
    let Some(element) = step.element else { return Access::default() };
    match step.role {
        Role::Root | Role::Edge => Access::default(),
        Role::Node => reader.of(element),
        // What a subprocess does when it is entered, and what when it is left.
        Role::Enter => Access { leave: Vec::new(), ..reader.of(element) },
        Role::Exit => Access { enter: Vec::new(), ..reader.of(element) },
    }
}

#[cfg(test)]
mod tests;

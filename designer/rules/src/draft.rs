//! A pack while it is edited. `check.pack` looks at all of it; after that `check.edit` takes what each edit changed, looks at the
//! part it touched and answers, and `check.more` looks at the rest, a piece at a time, so that the next edit need not wait.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use runtime::alert::Alert;
use runtime::check::part::{self, View};
use runtime::check::{Findings, Part, Process, Surroundings, Verdict};
use runtime::id::{FlowKey, PackId};
use runtime::model::catalog::Catalog;
use runtime::model::flow::{ElementKind, Flow};
use runtime::model::load;
use runtime::model::pack::Pack;
use runtime::model::patch::{self, OutOfStep, Patch, Splice};
use serde::Serialize;

/// Flow elements looked at in one piece.
const PIECE: usize = 400;
/// What any other part counts for.
const OTHER: usize = 40;

/// What is told after each question.
#[derive(Serialize, Default)]
pub struct Told {
    /// What has changed in the list of alerts, in this order; it begins empty.
    alerts: Vec<Splice<Alert>>,
    /// Verdicts of flows that have changed.
    processes: BTreeMap<FlowKey, Process>,
    /// There is more to look at.
    more: bool,
}

/// A pack as it stands now, and what was found in it.
pub struct Draft {
    catalog: Catalog,
    id: PackId,
    /// Text of every file; of those in `patched` it is older than what the catalog holds.
    files: BTreeMap<String, Vec<u8>>,
    patched: BTreeSet<String>,
    /// What the loader said.
    read: Vec<Alert>,
    found: BTreeMap<Part, Findings>,
    waiting: VecDeque<Part>,
    /// What was told last.
    told: Vec<Alert>,
    /// What was found, or what the loader says, is not what was told last.
    stale: bool,
    /// Edits taken since all of it was looked at.
    pub step: u64,
}

impl Draft {
    /// Takes up a pack among those it requires; nothing is looked at yet.
    pub fn open(files: BTreeMap<String, Vec<u8>>, required: impl IntoIterator<Item = Pack>) -> Self {
        let (pack, read) = load::load(&files);
        let id = pack.manifest.id.clone();
        let waiting = part::parts(&pack).into();
        let catalog = Catalog::new(required.into_iter().chain([pack]));
        Self {
            catalog,
            id,
            files,
            patched: BTreeSet::new(),
            read,
            found: BTreeMap::new(),
            waiting,
            told: Vec::new(),
            stale: true,
            step: 0,
        }
    }

    /// Looks at everything that waits.
    pub fn all(&mut self, around: &Surroundings) -> Told {
        let parts: Vec<Part> = self.waiting.drain(..).collect();
        self.look(&parts, around)
    }

    /// Looks at the next piece of what waits.
    pub fn more(&mut self, around: &Surroundings) -> Told {
        let (mut parts, mut weight) = (Vec::new(), 0);
        while let Some(it) = self.waiting.front() {
            weight += self.weight(it);
            if weight > PIECE && !parts.is_empty() {
                break;
            }
            parts.extend(self.waiting.pop_front());
        }
        self.look(&parts, around)
    }

    fn pack(&self) -> Option<&Pack> {
        self.catalog.packs.get(&self.id)
    }

    fn weight(&self, part: &Part) -> usize {
        match part {
            Part::Shape(key) | Part::Meaning(key) => {
                self.pack().and_then(|it| it.flows.get(key)).map_or(0, |it| it.all().len())
            }
            Part::Words | Part::Module(_) | Part::Table(_) => OTHER,
            // Judging a change is as dear as the flow is large; where nothing is broken there is none.
            Part::Mend(key, _) => match self.found.get(&Part::Shape(key.clone())).and_then(|it| it.process.as_ref()) {
                Some(it) if it.verdict == Verdict::Broken => PIECE,
                _sound => 0,
            },
        }
    }

    /// Looks at some parts, and says what that changes.
    fn look(&mut self, parts: &[Part], around: &Surroundings) -> Told {
        let mut told = Told { more: !self.waiting.is_empty(), ..Told::default() };
        let Some(pack) = self.catalog.packs.get(&self.id) else { return told };
        let view = View::new(&self.catalog, pack, around);
        for it in parts {
            let new = view.look(it, &self.found);
            if self.found.get(it) == Some(&new) {
                continue;
            }
            if let Part::Shape(key) = it {
                // What mended another shape mends this one no more.
                part::mends(key).for_each(|it| drop(self.found.remove(&it)));
            }
            self.found.insert(it.clone(), new);
            self.stale = true;
            if let Part::Shape(key) | Part::Mend(key, _) = it
                && let Some(process) = part::process(key, &self.found)
            {
                told.processes.insert(key.clone(), process);
            }
        }
        if std::mem::take(&mut self.stale) {
            let mut alerts = self.read.clone();
            alerts.extend(part::report(pack, &self.found).alerts);
            told.alerts = patch::stretches(&self.told, &alerts, |a, b| part::rank(a) < part::rank(b));
            self.told = alerts;
        }
        told
    }

    /// Takes what an edit changed, and looks at what it touched.
    ///
    /// # Errors
    /// [`OutOfStep`]: it is no change of what is here; open the pack anew.
    pub fn edit(&mut self, patches: Vec<Patch>, around: &Surroundings) -> Result<Told, OutOfStep> {
        // Decision tables and dictionaries are compiled once for a catalog.
        self.catalog = Catalog::new(std::mem::take(&mut self.catalog).packs.into_values());
        let mut first: BTreeSet<Part> = BTreeSet::new();
        let mut only_flows = true;
        for it in patches {
            only_flows &= !matches!(it, Patch::File { .. });
            self.take(it, &mut first)?;
        }
        self.step += 1;
        let Some(pack) = self.catalog.packs.get(&self.id) else { return Err(OutOfStep) };
        let parts = part::parts(pack);
        let there: BTreeSet<&Part> = parts.iter().collect();
        let known = self.found.len();
        self.found.retain(|it, _| there.contains(it));
        // The list of what somebody lives with is no part; it comes as a file.
        self.stale |= known != self.found.len() || !only_flows;
        first.retain(|it| there.contains(it));
        let next = first.iter().filter_map(|it| match it {
            Part::Shape(key) => Some(key.clone()),
            Part::Words | Part::Module(_) | Part::Table(_) | Part::Meaning(_) | Part::Mend(..) => None,
        });
        let flows: Vec<FlowKey> = next.collect();
        let mut waiting: VecDeque<Part> = flows.iter().cloned().map(Part::Meaning).collect();
        waiting.extend(flows.iter().flat_map(part::mends));
        // What else can be seen otherwise now: the shape of a flow only when it calls one that has changed.
        let calls = |key: &FlowKey| pack.flows.get(key).is_some_and(calls_another);
        let left: BTreeSet<&Part> = self.waiting.iter().collect();
        let known = |it: &Part| self.found.contains_key(it) && !left.contains(it);
        let rest = parts.iter().filter(|it| match it {
            Part::Shape(key) => calls(key) || !known(it),
            Part::Words | Part::Table(_) => !only_flows || !known(it),
            Part::Module(_) | Part::Meaning(_) => true,
            // Where the shape is looked at anew.
            Part::Mend(key, _) => calls(key) || !known(it),
        });
        let next: BTreeSet<Part> = waiting.iter().cloned().collect();
        let rest: Vec<Part> = rest.filter(|it| !first.contains(it) && !next.contains(it)).cloned().collect();
        waiting.extend(rest);
        self.waiting = waiting;
        let first: Vec<Part> = first.into_iter().collect();
        Ok(self.look(&first, around))
    }

    fn take(&mut self, it: Patch, first: &mut BTreeSet<Part>) -> Result<(), OutOfStep> {
        let pack = self.catalog.packs.get_mut(&self.id).ok_or(OutOfStep)?;
        let path = match it {
            Patch::Flow { key, shell, elements } => {
                patch::to_flow(pack.flows.get_mut(key.as_str()).ok_or(OutOfStep)?, shell, elements)?;
                let path = format!("flows/{key}/flow.json");
                first.insert(Part::Shape(key.into()));
                self.patched.insert(path.clone());
                path
            }
            Patch::Layout { key, diagrams } => {
                patch::to_layout(pack.layouts.get_mut(key.as_str()).ok_or(OutOfStep)?, diagrams)?;
                let path = format!("flows/{key}/layout.json");
                first.insert(Part::Shape(key.into()));
                self.patched.insert(path.clone());
                path
            }
            Patch::File { path, text } => return self.file(&path, text, first),
        };
        // What can be edited can be read.
        let said = self.read.len();
        self.read.retain(|it| it.file != path);
        self.stale |= said != self.read.len();
        Ok(())
    }

    fn file(&mut self, path: &str, text: Option<String>, first: &mut BTreeSet<Part>) -> Result<(), OutOfStep> {
        first.insert(match path.split('/').collect::<Vec<_>>().as_slice() {
            ["modules", key, ..] => Part::Module((*key).into()),
            ["flows", key, ..] => Part::Shape((*key).into()),
            ["tables", file] => Part::Table(file.trim_end_matches(".json").into()),
            _other => Part::Words,
        });
        self.patched.remove(path);
        let is_new = !self.files.contains_key(path);
        let Some(text) = text else {
            self.files.remove(path);
            return self.reload();
        };
        let bytes = text.into_bytes();
        // What the loader says of the whole depends on which files there are; demo records do not say what file they are of.
        if is_new || path == "pack.json" || path.starts_with("samples/") {
            self.files.insert(path.to_owned(), bytes);
            return self.reload();
        }
        let pack = self.catalog.packs.get_mut(&self.id).ok_or(OutOfStep)?;
        self.read.retain(|it| it.file != path);
        self.read.extend(load::reload(pack, path, &bytes));
        self.files.insert(path.to_owned(), bytes);
        Ok(())
    }

    /// Reads all files anew.
    fn reload(&mut self) -> Result<(), OutOfStep> {
        let pack = self.catalog.packs.remove(&self.id).ok_or(OutOfStep)?;
        for path in std::mem::take(&mut self.patched) {
            let text = match path.split('/').collect::<Vec<_>>().as_slice() {
                ["flows", key, "flow.json"] => pack.flows.get(*key).map(serde_json::to_vec),
                ["flows", key, "layout.json"] => pack.layouts.get(*key).map(serde_json::to_vec),
                _other => None,
            };
            if let Some(Ok(text)) = text {
                self.files.insert(path, text);
            }
        }
        let (pack, read) = load::load(&self.files);
        self.read = read;
        self.id = pack.manifest.id.clone();
        self.catalog.packs.insert(self.id.clone(), pack);
        Ok(())
    }
}

fn calls_another(flow: &Flow) -> bool {
    flow.all().iter().any(|it| matches!(it.kind, ElementKind::CallActivity { .. }))
}

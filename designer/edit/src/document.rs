//! The pack that is edited. Every file a person can change is held parsed ([`Content`]), the others as text.
//! Contents are shared (`Arc`): a step of the history keeps what was there before, and undoing puts it back.

use runtime::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use runtime::model::flow::Flow;
use runtime::model::layout::{Diagram, Layout};
use runtime::model::module::Definition;
use runtime::model::pack::{Manifest, Texts};
use runtime::model::rules::Rules;
use runtime::model::scenario::Scenario;
use runtime::model::suppressed::Suppressed;
use runtime::model::table::Table;
use runtime::model::view::View;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::allowed::{self, Forbidden};
use crate::change::Change;
use crate::edit::Edit;
use crate::history::History;
use crate::written::{Fault, typed};
use crate::{arrange, later, planes, text};

/// A file of the pack that can be edited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    Manifest,
    Flow(String),
    Layout(String),
    Definition(String),
    Schema(String),
    Rules(String),
    View(String, String),
    Texts(String),
    Table(String),
    /// A script, a scenario or demo records, by path: kept as text.
    Words(String),
    Suppressed,
}

/// What such a file says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Manifest(Arc<Manifest>),
    Flow(Arc<Flow>),
    Layout(Arc<Layout>),
    Definition(Arc<Definition>),
    Schema(Arc<Value>),
    Rules(Arc<Rules>),
    View(Arc<View>),
    Texts(Arc<Texts>),
    Table(Arc<Table>),
    Words(Arc<String>),
    Suppressed(Arc<Suppressed>),
}

impl Address {
    /// Where a path of a pack leads; `None` for files that are not edited here.
    pub fn of(path: &str) -> Option<Address> {
        let parts: Vec<&str> = path.split('/').collect();
        let stem = |name: &str| name.strip_suffix(".json").map(str::to_owned);
        Some(match parts.as_slice() {
            ["pack.json"] => Address::Manifest,
            ["flows", flow, "flow.json"] => Address::Flow((*flow).to_owned()),
            ["flows", flow, "layout.json"] => Address::Layout((*flow).to_owned()),
            ["modules", module, "module.json"] => Address::Definition((*module).to_owned()),
            ["modules", module, "schema.json"] => Address::Schema((*module).to_owned()),
            ["modules", module, "rules.json"] => Address::Rules((*module).to_owned()),
            ["modules", module, "views", view] => Address::View((*module).to_owned(), stem(view)?),
            ["i18n", language] => Address::Texts(stem(language)?),
            ["tables", table] => Address::Table(stem(table)?),
            ["scripts" | "scenarios" | "samples", _] => Address::Words(path.to_owned()),
            ["suppressed.json"] => Address::Suppressed,
            _ => return None,
        })
    }

    /// The path inside the pack.
    pub fn path(&self) -> String {
        match self {
            Address::Manifest => "pack.json".to_owned(),
            Address::Flow(it) => format!("flows/{it}/flow.json"),
            Address::Layout(it) => format!("flows/{it}/layout.json"),
            Address::Definition(it) => format!("modules/{it}/module.json"),
            Address::Schema(it) => format!("modules/{it}/schema.json"),
            Address::Rules(it) => format!("modules/{it}/rules.json"),
            Address::View(module, view) => format!("modules/{module}/views/{view}.json"),
            Address::Texts(it) => format!("i18n/{it}.json"),
            Address::Table(it) => format!("tables/{it}.json"),
            Address::Words(it) => it.clone(),
            Address::Suppressed => "suppressed.json".to_owned(),
        }
    }
}

impl Content {
    /// True when it is the very same, shared; two that only say the same may differ.
    pub fn is_same(&self, other: &Content) -> bool {
        match (self, other) {
            (Content::Manifest(a), Content::Manifest(b)) => Arc::ptr_eq(a, b),
            (Content::Flow(a), Content::Flow(b)) => Arc::ptr_eq(a, b),
            (Content::Layout(a), Content::Layout(b)) => Arc::ptr_eq(a, b),
            (Content::Definition(a), Content::Definition(b)) => Arc::ptr_eq(a, b),
            (Content::Schema(a), Content::Schema(b)) => Arc::ptr_eq(a, b),
            (Content::Rules(a), Content::Rules(b)) => Arc::ptr_eq(a, b),
            (Content::View(a), Content::View(b)) => Arc::ptr_eq(a, b),
            (Content::Texts(a), Content::Texts(b)) => Arc::ptr_eq(a, b),
            (Content::Table(a), Content::Table(b)) => Arc::ptr_eq(a, b),
            (Content::Words(a), Content::Words(b)) => Arc::ptr_eq(a, b),
            (Content::Suppressed(a), Content::Suppressed(b)) => Arc::ptr_eq(a, b),
            _of_another_kind => false,
        }
    }

    /// Reads a file; `None`: it is not what its address says.
    pub fn parse(address: &Address, text: &str) -> Option<Content> {
        fn read<T: DeserializeOwned>(text: &str) -> Option<Arc<T>> {
            runtime::plain::parse(text).ok().map(Arc::new)
        }
        Some(match address {
            Address::Manifest => Content::Manifest(read(text)?),
            Address::Flow(_) => Content::Flow(read(text)?),
            Address::Layout(_) => Content::Layout(read(text)?),
            Address::Definition(_) => Content::Definition(read(text)?),
            Address::Schema(_) => Content::Schema(read(text)?),
            Address::Rules(_) => Content::Rules(read(text)?),
            Address::View(..) => Content::View(read(text)?),
            Address::Texts(_) => Content::Texts(read(text)?),
            Address::Table(_) => Content::Table(read(text)?),
            Address::Words(_) => Content::Words(Arc::new(text.to_owned())),
            Address::Suppressed => Content::Suppressed(read(text)?),
        })
    }

    /// Why a text is not what its address says.
    pub fn fault(address: &Address, text: &str) -> Option<Fault> {
        match address {
            Address::Manifest => typed::<Manifest>(text),
            Address::Flow(_) => typed::<Flow>(text),
            Address::Layout(_) => typed::<Layout>(text),
            Address::Definition(_) => typed::<Definition>(text),
            Address::Schema(_) => typed::<serde_json::Map<String, Value>>(text),
            Address::Rules(_) => typed::<Rules>(text),
            Address::View(..) => typed::<View>(text),
            Address::Texts(_) => typed::<Texts>(text),
            Address::Table(_) => typed::<Table>(text),
            Address::Words(_) => None,
            Address::Suppressed => typed::<Suppressed>(text),
        }
    }

    /// As it is saved, in the words of the text that was there before, if there was one.
    pub fn text(&self, before: Option<(&str, &Content)>) -> String {
        fn write<T: Serialize>(now: &Arc<T>, before: Option<(&str, &Arc<T>)>) -> String {
            match before {
                Some((old, was)) => text::rewrite(old, was.as_ref(), now.as_ref()),
                None => text::json(now.as_ref()),
            }
        }
        let old = before.map(|it| it.0).unwrap_or_default();
        match (self, before.map(|it| it.1)) {
            (Content::Manifest(it), Some(Content::Manifest(was))) => write(it, Some((old, was))),
            (Content::Flow(it), Some(Content::Flow(was))) => write(it, Some((old, was))),
            (Content::Layout(it), Some(Content::Layout(was))) => write(it, Some((old, was))),
            (Content::Definition(it), Some(Content::Definition(was))) => write(it, Some((old, was))),
            (Content::Schema(it), Some(Content::Schema(was))) => write(it, Some((old, was))),
            (Content::Rules(it), Some(Content::Rules(was))) => write(it, Some((old, was))),
            (Content::View(it), Some(Content::View(was))) => write(it, Some((old, was))),
            (Content::Texts(it), Some(Content::Texts(was))) => write(it, Some((old, was))),
            (Content::Table(it), Some(Content::Table(was))) => write(it, Some((old, was))),
            (Content::Words(it), _) => it.as_ref().clone(),
            (Content::Suppressed(it), Some(Content::Suppressed(was))) => write(it, Some((old, was))),
            (Content::Manifest(it), _) => write(it, None),
            (Content::Flow(it), _) => write(it, None),
            (Content::Layout(it), _) => write(it, None),
            (Content::Definition(it), _) => write(it, None),
            (Content::Schema(it), _) => write(it, None),
            (Content::Rules(it), _) => write(it, None),
            (Content::View(it), _) => write(it, None),
            (Content::Texts(it), _) => write(it, None),
            (Content::Table(it), _) => write(it, None),
            (Content::Suppressed(it), _) => write(it, None),
        }
    }
}

/// The pack, what is selected in it, and what was done to it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pub pack: String,
    contents: BTreeMap<Address, Content>,
    /// Parsed contents as they were opened, to know what changed.
    opened: BTreeMap<Address, Content>,
    /// Text of every file of the live pack.
    live: Arc<BTreeMap<String, String>>,
    /// Changed files of the draft that are not edited here, or could not be read.
    aside: BTreeMap<String, Option<String>>,
    /// Texts of the draft at opening, for files nobody has touched since.
    drafted: BTreeMap<String, String>,
    pub selection: BTreeSet<String>,
    pub history: History,
    /// For new ids; not part of what is saved.
    seed: u64,
    /// Texts that were written once, of contents that are still the same: a large flow takes a while.
    written: Written,
    /// What changed contents are written with; there with the first change.
    writing: Option<Writing>,
}

/// How contents that were changed become files again. Only [`Document::put`] names it: the browser shows a document that nobody
/// has changed, and what edits one comes later, with all that writes it.
#[derive(Clone, Copy, Debug)]
struct Writing {
    same: fn(&Content, &Content) -> bool,
    text: fn(&Content, Option<(&str, &Content)>) -> String,
}

#[derive(Clone, Debug, Default)]
struct Written(Arc<Mutex<BTreeMap<Address, (Content, String)>>>);

impl Written {
    fn text(&self, address: &Address, now: &Content, write: impl FnOnce() -> String) -> String {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get(address) {
            Some((then, text)) if then.is_same(now) => text.clone(),
            _other => {
                let text = write();
                all.insert(address.clone(), (now.clone(), text.clone()));
                text
            }
        }
    }
}

/// What an edit did, for the view: what to select, where to look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    /// Elements or fields that are new, or the ones that changed.
    pub select: BTreeSet<String>,
}

impl Document {
    /// Opens a pack: its live files and the draft's changes on top. Files that cannot be read stay as they are;
    /// the checker says what is wrong with them. `seed` should differ from session to session.
    pub fn open(
        pack: &str,
        live: &BTreeMap<String, String>,
        draft: &BTreeMap<String, Option<String>>,
        seed: u64,
    ) -> Self {
        let mut it =
            Document { pack: pack.to_owned(), live: Arc::new(live.clone()), seed: seed | 1, ..Document::default() };
        for (path, text) in live {
            it.take(path, text);
        }
        for (path, text) in draft {
            match text {
                Some(text) if it.take(path, text) => {
                    it.drafted.insert(path.clone(), text.clone());
                }
                _ => {
                    if let Some(address) = Address::of(path) {
                        it.contents.remove(&address);
                    }
                    it.aside.insert(path.clone(), text.clone());
                }
            }
        }
        it.opened = it.contents.clone();
        it
    }

    fn take(&mut self, path: &str, text: &str) -> bool {
        let Some(address) = Address::of(path) else {
            return false;
        };
        match Content::parse(&address, text) {
            Some(content) => {
                self.contents.insert(address, content);
                true
            }
            None => {
                self.contents.remove(&address);
                false
            }
        }
    }

    /// Changed files of the draft: path → text, `None` for a removed one. Files nobody touched keep their text to the letter.
    pub fn files(&self) -> BTreeMap<String, Option<String>> {
        let mut changed = self.aside.clone();
        let addresses: BTreeSet<&Address> = self.contents.keys().chain(self.opened.keys()).gather();
        for address in addresses {
            let path = address.path();
            match (self.contents.get(address), self.opened.get(address)) {
                (Some(now), Some(then)) if self.is_unchanged(now, then) => {
                    if let Some(text) = self.drafted.get(&path) {
                        changed.insert(path, Some(text.clone()));
                    }
                }
                (Some(now), _) => {
                    // Without it nothing was ever put in.
                    let Some(writing) = self.writing else { continue };
                    let old = self.drafted.get(&path).or_else(|| self.live.get(&path));
                    let write = || (writing.text)(now, old.map(String::as_str).zip(self.opened.get(address)));
                    let text = self.written.text(address, now, write);
                    if self.live.get(&path) != Some(&text) {
                        changed.insert(path, Some(text));
                    }
                }
                (None, _) => {
                    if self.live.contains_key(&path) {
                        changed.insert(path, None);
                    }
                }
            }
        }
        changed
    }

    fn is_unchanged(&self, now: &Content, then: &Content) -> bool {
        now.is_same(then) || self.writing.is_some_and(|it| (it.same)(now, then))
    }

    /// Text of a file as it stands now.
    pub fn text(&self, path: &str) -> Option<String> {
        if let Some(text) = self.files().remove(path) {
            return text;
        }
        self.live.get(path).cloned()
    }

    /// Paths of all files, as they stand now.
    pub fn paths(&self) -> BTreeSet<String> {
        let mut paths: BTreeSet<String> = self.live.keys().cloned().gather();
        for (path, text) in self.files() {
            match text {
                Some(_) => paths.insert(path),
                None => paths.remove(&path),
            };
        }
        paths
    }

    /// All contents by address.
    pub(crate) fn contents(&self) -> &BTreeMap<Address, Content> {
        &self.contents
    }

    /// Changed files that are not edited here.
    pub(crate) fn aside(&self) -> &BTreeMap<String, Option<String>> {
        &self.aside
    }

    pub fn content(&self, address: &Address) -> Option<&Content> {
        self.contents.get(address)
    }

    pub(crate) fn put(&mut self, address: Address, content: Option<Content>) {
        self.writing = Some(Writing { same: Content::eq, text: Content::text });
        match content {
            Some(it) => self.contents.insert(address, it),
            None => self.contents.remove(&address),
        };
    }

    pub fn manifest(&self) -> Option<&Arc<Manifest>> {
        match self.contents.get(&Address::Manifest)? {
            Content::Manifest(it) => Some(it),
            _ => None,
        }
    }

    pub fn flow(&self, key: &str) -> Option<&Arc<Flow>> {
        match self.contents.get(&Address::Flow(key.to_owned()))? {
            Content::Flow(it) => Some(it),
            _ => None,
        }
    }

    /// A flow as it is live, with its drawing; none: it is new, or cannot be read.
    pub fn live_flow(&self, key: &str) -> Option<(Flow, Option<Layout>)> {
        let read = |address: &Address| self.live.get(&address.path()).map(String::as_str);
        let flow = runtime::plain::parse(read(&Address::Flow(key.to_owned()))?).ok()?;
        let layout = read(&Address::Layout(key.to_owned())).and_then(|it| runtime::plain::parse(it).ok());
        Some((flow, layout))
    }

    pub fn layout(&self, key: &str) -> Option<&Arc<Layout>> {
        match self.contents.get(&Address::Layout(key.to_owned()))? {
            Content::Layout(it) => Some(it),
            _ => None,
        }
    }

    pub fn definition(&self, module: &str) -> Option<&Arc<Definition>> {
        match self.contents.get(&Address::Definition(module.to_owned()))? {
            Content::Definition(it) => Some(it),
            _ => None,
        }
    }

    pub fn schema(&self, module: &str) -> Option<&Arc<Value>> {
        match self.contents.get(&Address::Schema(module.to_owned()))? {
            Content::Schema(it) => Some(it),
            _ => None,
        }
    }

    pub fn rules(&self, module: &str) -> Option<&Arc<Rules>> {
        match self.contents.get(&Address::Rules(module.to_owned()))? {
            Content::Rules(it) => Some(it),
            _ => None,
        }
    }

    pub fn view(&self, module: &str, view: &str) -> Option<&Arc<View>> {
        match self.contents.get(&Address::View(module.to_owned(), view.to_owned()))? {
            Content::View(it) => Some(it),
            _ => None,
        }
    }

    /// Texts of a language; empty when the pack has none.
    pub fn texts(&self, language: &str) -> Arc<Texts> {
        match self.contents.get(&Address::Texts(language.to_owned())) {
            Some(Content::Texts(it)) => it.clone(),
            _ => Arc::default(),
        }
    }

    /// The tags of the languages the pack has texts in, its own first.
    pub fn languages(&self) -> Vec<String> {
        let mut all = vec![self.language()];
        for address in self.contents.keys() {
            if let Address::Texts(tag) = address
                && !all.contains(tag)
            {
                all.push(tag.clone());
            }
        }
        all
    }

    pub fn table(&self, key: &str) -> Option<&Arc<Table>> {
        match self.contents.get(&Address::Table(key.to_owned()))? {
            Content::Table(it) => Some(it),
            _ => None,
        }
    }

    pub fn tables(&self) -> impl Iterator<Item = (&str, &Arc<Table>)> {
        self.contents.iter().filter_map(|(address, it)| match (address, it) {
            (Address::Table(key), Content::Table(it)) => Some((key.as_str(), it)),
            _ => None,
        })
    }

    /// Scripts, scenarios and demo records: path and text.
    pub fn words(&self) -> impl Iterator<Item = (&str, &Arc<String>)> {
        self.contents.iter().filter_map(|(address, it)| match (address, it) {
            (Address::Words(path), Content::Words(it)) => Some((path.as_str(), it)),
            _ => None,
        })
    }

    /// The names of all scenarios.
    pub fn scenario_names(&self) -> impl Iterator<Item = &str> {
        self.words().filter_map(|(path, _)| path.strip_prefix("scenarios/")?.strip_suffix(".json"))
    }

    /// Scenarios by name, of those that can be read.
    pub fn scenarios(&self) -> impl Iterator<Item = (&str, Scenario)> {
        self.words().filter_map(|(path, text)| {
            let name = path.strip_prefix("scenarios/")?.strip_suffix(".json")?;
            Some((name, runtime::plain::parse(text).ok()?))
        })
    }

    /// Alerts somebody lives with.
    pub fn suppressed(&self) -> Arc<Suppressed> {
        match self.contents.get(&Address::Suppressed) {
            Some(Content::Suppressed(it)) => it.clone(),
            _ => Arc::new(Suppressed { format: 1, suppressed: Vec::new() }),
        }
    }

    /// The text a file has in the live pack.
    pub fn live(&self, path: &str) -> Option<&str> {
        self.live.get(path).map(String::as_str)
    }

    pub fn flows(&self) -> impl Iterator<Item = (&str, &Arc<Flow>)> {
        self.contents.iter().filter_map(|(address, it)| match (address, it) {
            (Address::Flow(key), Content::Flow(it)) => Some((key.as_str(), it)),
            _ => None,
        })
    }

    pub fn modules(&self) -> impl Iterator<Item = (&str, &Arc<Definition>)> {
        self.contents.iter().filter_map(|(address, it)| match (address, it) {
            (Address::Definition(key), Content::Definition(it)) => Some((key.as_str(), it)),
            _ => None,
        })
    }

    pub fn views(&self, module: &str) -> impl Iterator<Item = (&str, &Arc<View>)> {
        self.contents.iter().filter_map(move |(address, it)| match (address, it) {
            (Address::View(of, key), Content::View(it)) if of == module => Some((key.as_str(), it)),
            _ => None,
        })
    }

    /// The drawing of a flow, what lies inside folded subprocesses included, with what was missing in it.
    pub fn diagram(&self, flow: &str) -> Diagram {
        let Some(it) = self.flow(flow) else {
            return Diagram::default();
        };
        match self.kept_diagram(flow) {
            Some(diagram) if arrange::is_whole(it, &diagram) => diagram,
            diagram => later::completed(it, diagram),
        }
    }

    /// Whether a flow is drawn, and nothing is missing in its drawing.
    pub fn is_drawn(&self, flow: &str) -> bool {
        let kept = self.flow(flow).zip(self.kept_diagram(flow));
        kept.is_some_and(|(flow, diagram)| arrange::is_whole(flow, &diagram))
    }

    /// The drawing of a flow as the pack has it.
    fn kept_diagram(&self, flow: &str) -> Option<Diagram> {
        let layout = self.layout(flow).filter(|it| it.diagrams.first().is_some_and(|it| !it.shapes.is_empty()))?;
        Some(planes::merged(self.flow(flow)?, layout))
    }

    /// The pack's own language.
    pub fn language(&self) -> String {
        self.manifest().map_or_else(|| "en".to_owned(), |it| it.language.clone())
    }

    /// Does an edit as one undoable step. Nothing changes when it is forbidden.
    pub fn apply(&mut self, edit: &Edit) -> Result<Done, Forbidden> {
        allowed::allowed(self, edit)?;
        let (changes, done) = crate::expand(self, edit)?;
        let changes: Vec<Change> = changes.into_iter().filter(|it| it.before != it.after).collect();
        if !changes.is_empty() {
            for it in &changes {
                it.apply(self);
            }
            let after = if done.select.is_empty() { self.selection.clone() } else { done.select.clone() };
            let before = std::mem::replace(&mut self.selection, after.clone());
            self.history.push(edit.name(), changes, [before, after]);
        }
        Ok(done)
    }

    /// Takes the last step back; its name, if there was one.
    pub fn undo(&mut self) -> Option<crate::edit::Name> {
        let step = self.history.back()?;
        for it in step.changes.iter().rev() {
            it.inverse().apply(self);
        }
        let [before, _] = step.selection;
        self.selection = before;
        Some(step.name)
    }

    /// Does the step that was taken back again.
    pub fn redo(&mut self) -> Option<crate::edit::Name> {
        let step = self.history.forth()?;
        for it in &step.changes {
            it.apply(self);
        }
        let [_, after] = step.selection;
        self.selection = after;
        Some(step.name)
    }

    /// An id nobody in `used` has: the slug and four characters.
    pub(crate) fn fresh(seed: &mut u64, slug: &str, used: &dyn Fn(&str) -> bool) -> String {
        loop {
            // xorshift64: ids must differ from those another person makes, nothing more.
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            let tail: String = (0..4)
                .map(|at| char::from(b"23456789abcdefghjkmnpqrstuvwxyz"[(*seed >> (at * 8)) as usize % 31]))
                .collect();
            let id = format!("{slug}_{tail}");
            if !used(&id) {
                return id;
            }
        }
    }

    /// The seed moves on with every edit, so that an id taken back is not given again.
    pub(crate) fn seed(&self) -> u64 {
        self.seed ^ self.history.count().wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1
    }

    /// All that would be saved, for comparing two states.
    pub fn same(&self, other: &Document) -> bool {
        self.contents == other.contents && self.aside == other.aside
    }
}

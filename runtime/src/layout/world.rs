//! Everything there is to draw by id: what is in which subprocess, and the links between elements, with the scopes that have to do
//! with each, so that a scope looks at its own alone.

use crate::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use super::scope::LineKind;
use crate::model::flow::{Element, ElementKind};

/// Something between two elements.
pub(super) struct Link<'a> {
    pub id: &'a str,
    pub kind: LineKind,
    pub name: &'a str,
    pub source: &'a str,
    pub target: &'a str,
}

/// Everything there is to draw, by id.
#[derive(Default)]
pub(super) struct World<'a> {
    pub links: Vec<Link<'a>>,
    /// The subprocess an element is in; `None`: in no subprocess.
    pub within: BTreeMap<&'a str, Option<&'a str>>,
    pub hosts: BTreeMap<&'a str, &'a str>,
    /// By subprocess, `None` for the top: the links that have to do with it, by number.
    of_scope: BTreeMap<Option<&'a str>, Vec<usize>>,
}

impl<'a> World<'a> {
    /// Notes elements with all inside them, and the links between them.
    pub(super) fn gather(&mut self, elements: &'a [Element], within: Option<&'a str>) {
        for it in elements {
            let id = it.id.as_str();
            match &it.kind {
                ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
                    let (source, target) = (source_ref.as_str(), target_ref.as_str());
                    self.links.push(Link { id, kind: LineKind::Sequence, name: &it.name, source, target });
                    continue;
                }
                ElementKind::Association { source_ref, target_ref, .. } => {
                    let (source, target) = (source_ref.as_str(), target_ref.as_str());
                    self.links.push(Link { id, kind: LineKind::Association, name: &it.name, source, target });
                    continue;
                }
                ElementKind::BoundaryEvent { attached_to_ref, .. } => {
                    self.hosts.insert(id, attached_to_ref.as_str());
                }
                _ => (),
            }
            self.within.insert(id, within);
            for data in &it.data_input_associations {
                if let (Some(line), [source]) = (&data.id, data.source_ref.as_slice()) {
                    self.links.push(Link { id: line, kind: LineKind::Association, name: "", source, target: id });
                }
            }
            for data in &it.data_output_associations {
                if let (Some(line), Some(target)) = (&data.id, &data.target_ref) {
                    self.links.push(Link { id: line, kind: LineKind::Association, name: "", source: id, target });
                }
            }
            self.gather(it.inside(), Some(id));
        }
    }

    /// Finds out which links the drawing of each scope has to look at: those with an end in it, however deep, and at the top all.
    pub(super) fn share(&mut self) {
        let mut found: BTreeMap<Option<&'a str>, Vec<usize>> = BTreeMap::new();
        for (number, link) in self.links.iter().enumerate() {
            let mut scopes = self.scopes(link.source);
            scopes.extend(self.scopes(link.target));
            scopes.push(None);
            scopes.sort_unstable();
            scopes.dedup();
            scopes.into_iter().for_each(|it| found.entry(it).or_default().push(number));
        }
        self.of_scope = found;
    }

    /// The scopes an element is in, from the inside out.
    fn scopes(&self, element: &'a str) -> Vec<Option<&'a str>> {
        let mut found = Vec::new();
        self.outward(element, |_, within| {
            found.push(within);
            false
        });
        found
    }

    /// Goes from an element outward, from events to their hosts: shows what stands for it in every scope, until it is told to stop.
    fn outward(&self, element: &'a str, mut stop: impl FnMut(&'a str, Option<&'a str>) -> bool) {
        let mut at = element;
        // A broken file may hang events on each other; no chain is longer than there are elements.
        for _ in 0..=self.within.len() {
            match self.hosts.get(at) {
                Some(host) if self.within.contains_key(host) => at = host,
                Some(_) | None => {
                    let Some(within) = self.within.get(at).copied() else { return };
                    if stop(at, within) {
                        return;
                    }
                    let Some(outer) = within else { return };
                    at = outer;
                }
            }
        }
    }

    /// The links a scope has to look at, by number.
    pub(super) fn links_of<'s>(
        &'s self,
        scope: Option<&'s str>,
    ) -> impl Iterator<Item = (usize, &'s Link<'a>)> + use<'s, 'a> {
        self.of_scope.get(&scope).into_iter().flatten().map(|it| (*it, &self.links[*it]))
    }

    /// Subprocesses with something inside, pools and lanes: a label may stand in them.
    pub(super) fn containers(&self) -> BTreeSet<&'a str> {
        self.within.values().flatten().copied().gather()
    }

    /// The element that stands for another one in a scope; `None`: it is nowhere inside.
    pub(super) fn stands_for(&self, element: &'a str, scope: Option<&str>) -> Option<&'a str> {
        let mut found = None;
        self.outward(element, |at, within| {
            let there = within == scope;
            found = there.then_some(at);
            there
        });
        found
    }
}

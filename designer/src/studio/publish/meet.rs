//! Puts together what is here and what another has saved, element by element ([`edit::merge`]). Where both have changed the same,
//! the person chooses ([`super::clash`]).

use std::collections::BTreeMap;

use ::api::studio::PackFiles;
use edit::Document;
use edit::compare::Files;
use edit::merge::{self, Side};
use leptos::prelude::*;
use runtime::gather::Gather as _;

use crate::app::{Tone, app};
use crate::studio::desk::{Desk, Saved};
use crate::studio::together::{Meeting, whole};
use crate::studio::words;

/// Lays out what is here and what the server has (`it`) as one, or asks whose word counts.
pub fn put(desk: Desk, it: PackFiles, chosen: &BTreeMap<String, Side>) {
    let Some(draft) = desk.document.try_with_untracked(Document::files) else { return };
    // It was saved from here meanwhile; what is read is older.
    if desk.saved.get_untracked() == Saved::Saving {
        return;
    }
    let mine = desk.source.with_value(|source| whole(&source.files, &draft));
    let theirs = whole(&it.files, &it.draft);
    let same = desk.source.with_value(|source| source.hash == it.hash) && desk.revision() == it.draft_revision;
    if same {
        return;
    }
    let merged = desk.base.with_value(|base| merge::merge(base, &mine, &theirs, chosen));
    let name = it.draft_by.clone().unwrap_or_else(|| words::SOMEBODY.now().to_owned());
    if merged.clashes.iter().any(|it| !chosen.contains_key(&it.place)) {
        desk.meeting.set(Some(Meeting { name, clashes: merged.clashes }));
        desk.saved.set(Saved::Conflict);
        return;
    }
    let ahead = merged.files != theirs;
    desk.lay(it, &|live| difference(live, &merged.files), theirs, &merged.taken);
    if !merged.taken.is_empty() {
        app().toast(Tone::Info, words::MERGED.fill_now(&[&name]));
    }
    desk.meeting.set(None);
    desk.saved.set(if ahead { Saved::Dirty } else { Saved::Done });
    if ahead {
        desk.save();
    }
}

fn difference(live: &Files, wanted: &Files) -> BTreeMap<String, Option<String>> {
    let changed = wanted.iter().filter(|(path, text)| live.get(*path) != Some(text));
    let gone = live.keys().filter(|it| !wanted.contains_key(*it));
    changed.map(|(path, text)| (path.clone(), Some(text.clone()))).chain(gone.map(|it| (it.clone(), None))).gather()
}

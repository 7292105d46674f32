//! The document the studio edits: plain data, no signals, no DOM, tested natively.
//!
//! ```text
//! pack files ──open──▶ Document ──apply(Edit)──▶ Document' ──files──▶ changed files
//!                          │            │
//!                      scene (draw)   allowed (the one law), drag_along (what an edit carries with it)
//! ```
//!
//! Reading order: [`edit`] (every change a person can make) → [`document`], [`change`], [`history`] → [`allowed`] →
//! [`flow_edit`] ([`work`], [`place`], [`shift`], [`lanes`], [`pools`], [`standing`], [`clip`], [`conform`]), [`drag_along`], `own_words`, [`form_edit`] ([`form_layout`],
//! [`form_clip`], [`retype`], [`schema_in`]), [`rename`] ([`names`], [`columns`]) (what an edit does); [`complete`] (what is
//! offered where a file is written by hand), [`written`] (what is wrong with it) → [`tool`] (what the pointer does). Drawing is
//! pure: [`kind`], [`geometry`], [`wrap`], [`route`], [`arrange`], [`snap`], [`colour`] → [`scene`], [`bridge`], [`blend`].

pub mod allowed;
pub mod arrange;
pub mod bends;
pub mod blend;
pub mod bridge;
pub mod change;
pub mod clip;
pub mod colour;
pub mod columns;
pub mod compare;
pub mod complete;
pub mod conform;
pub mod delta;
pub mod diff;
pub mod document;
pub mod drag_along;
pub mod edit;
pub mod field;
pub mod film;
pub mod flow_edit;
pub mod form_clip;
pub mod form_edit;

pub mod foreseen;
pub mod form_layout;
pub mod fresh;
pub mod geometry;
pub mod grid;
pub mod history;
pub mod kind;
pub mod lanes;
pub mod later;
pub mod merge;
pub mod names;
pub mod number;
mod own_words;
pub mod place;
pub mod plain;
pub mod planes;
pub mod pools;
pub mod property;
pub mod rename;
pub mod retype;
pub mod route;
pub mod scene;
pub mod schema_in;
pub mod shift;
pub mod snap;
pub mod standing;
pub mod text;
pub mod tool;
pub mod tree;
pub mod trial;
pub mod work;
pub mod wrap;
pub mod written;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use allowed::Forbidden;
use change::Change;
pub use document::Document;
use document::{Address, Content, Done};
pub use edit::{Edit, FlowEdit, FormEdit};
use runtime::model::pack::Texts;
use runtime::model::suppressed::Suppression;

/// An edit as primitive changes of files.
pub(crate) fn expand(document: &Document, edit: &Edit) -> Result<(Vec<Change>, Done), Forbidden> {
    let change = |address: Address, after: Content| {
        let before = document.content(&address).cloned();
        Change { address, before, after: Some(after) }
    };
    match edit {
        Edit::Flow { flow: key, edit } => {
            let (contents, done) = later::flow(document, key, edit)?;
            Ok((contents.into_iter().map(|(address, it)| change(address, it)).collect(), done))
        }
        Edit::Form { module, edit } => {
            let (contents, done) = later::form(document, module, edit)?;
            Ok((contents.into_iter().map(|(address, it)| change(address, it)).collect(), done))
        }
        Edit::Put { files, .. } => {
            let one = |(address, after): &(Address, Option<Content>)| Change {
                before: document.content(address).cloned(),
                address: address.clone(),
                after: after.clone(),
            };
            let mut changes: Vec<Change> = files.iter().map(one).collect();
            changes.extend(own_words::of_files(document, files).map(|(address, it)| change(address, it)));
            Ok((changes, Done::default()))
        }
        Edit::RenameField { module, field, to, uses } => {
            let files = later::renamed(document, module, field, to, uses)?;
            let select = [to.clone()].into();
            Ok((files.into_iter().map(|(address, it)| change(address, it)).collect(), Done { select }))
        }
        Edit::RenameColumn { module, field, column, to, uses } => {
            let files = later::renamed_column(document, module, field, (column, to), uses)?;
            let select = [field.clone()].into();
            Ok((files.into_iter().map(|(address, it)| change(address, it)).collect(), Done { select }))
        }
        Edit::Text { language, address, text } => {
            let mut texts: Texts = document.texts(language).as_ref().clone();
            if text.trim().is_empty() {
                texts.remove(address);
            } else {
                texts.insert(address.clone(), text.trim().to_owned());
            }
            let change = change(Address::Texts(language.clone()), Content::Texts(Arc::new(texts)));
            Ok((vec![change], Done::default()))
        }
        Edit::Scenario { name, scenario } => {
            let address = Address::Words(format!("scenarios/{name}.json"));
            let before = document.content(&address).cloned();
            let after = scenario.as_ref().map(|it| Content::Words(Arc::new(it.text.clone())));
            Ok((vec![Change { address, before, after }], Done::default()))
        }
        Edit::Suppress { entry, on } => {
            let mut all = document.suppressed().as_ref().clone();
            // One reason for one alert; the new one counts.
            let same = |it: &Suppression| {
                (&it.code, &it.file, &it.element, &it.pointer)
                    == (&entry.code, &entry.file, &entry.element, &entry.pointer)
            };
            all.suppressed.retain(|it| !same(it));
            if *on {
                all.suppressed.push(entry.as_ref().clone());
            }
            let address = Address::Suppressed;
            let before = document.content(&address).cloned();
            let after = (!all.suppressed.is_empty()).then(|| Content::Suppressed(Arc::new(all)));
            Ok((vec![Change { address, before, after }], Done::default()))
        }
    }
}

//! Texts people read.
//!
//! `flow-untranslated` (info): names of a flow, its steps or its buttons have no text in a language the pack speaks; people get the
//! pack's own language there. Fix: write the texts in `i18n/<language>.json`.
//! `notice-unknown-field` (error): a notice that a flow sends speaks of a field its record does not have; people would read nothing there.

use std::collections::BTreeSet;

use super::{Look, unknown};
use crate::alert::{Alert, Severity};
use crate::check::flow::places;
use crate::expr::{Expr, Template};
use crate::id::FlowKey;
use crate::model::flow::{ElementKind, Flow};

pub fn rule(found: &mut Vec<Alert>, look: &Look, key: &FlowKey, flow: &Flow) {
    untranslated(found, look, key, flow);
    notices(found, look, flow);
}

fn untranslated(found: &mut Vec<Alert>, look: &Look, key: &FlowKey, flow: &Flow) {
    let own = look.pack.manifest.language.as_str();
    for (language, texts) in
        look.pack.texts.iter().filter(|(language, texts)| language.as_str() != own && !texts.is_empty())
    {
        let mut missing: Vec<(String, String)> = Vec::new();
        let mut needs = |address: String, id: &str| {
            if !texts.contains_key(&address) {
                missing.push((address, id.to_owned()));
            }
        };
        needs(format!("flow/{key}"), "");
        for it in flow.all() {
            // Lines and notes are drawn in the pack's language.
            if it.kind.is_node() && !it.name.trim().is_empty() {
                needs(format!("node/{key}/{}", it.id), it.id.as_str());
            }
            if let ElementKind::UserTask(task) = &it.kind {
                task.outcomes
                    .iter()
                    .for_each(|outcome| needs(format!("outcome/{key}/{}/{}", it.id, outcome.id), it.id.as_str()));
            }
        }
        if let Some((address, id)) = missing.first() {
            let says = format!(
                "expected every text of the flow in `{language}`, found {} without, the first is `{address}`",
                missing.len()
            );
            let mut alert = Alert::new("flow-untranslated", Severity::Info, says)
                .at(format!("flows/{key}/flow.json"), "")
                .arg("language", language.as_str())
                .arg("count", missing.len() as u64);
            if !id.is_empty() {
                alert = alert.on(id);
            }
            found.push(alert);
        }
    }
}

fn notices(found: &mut Vec<Alert>, look: &Look, flow: &Flow) {
    let Some(module) = &flow.module else { return };
    if look.catalog.module(module).is_none() {
        return;
    }
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for (_, it) in places(flow) {
        let reminders = if let ElementKind::UserTask(task) = &it.kind {
            task.reminders.iter().map(|it| &it.notice).collect()
        } else {
            Vec::new()
        };
        for id in it.notify.iter().map(|it| &it.notice).chain(reminders) {
            // A notice of another pack is that pack's to mend.
            let Some((at, notice)) = look.pack.manifest.notices.iter().enumerate().find(|(_, notice)| notice.id == *id)
            else {
                continue;
            };
            for (text, part) in [(&notice.title, "title"), (&notice.body, "body")] {
                let Ok(template) = Template::parse(text) else { continue };
                for path in template.expressions().flat_map(Expr::reads) {
                    let Some(field) = path.field().filter(|_| path.root() == "data") else { continue };
                    if !look.has_field(module, field) && told.insert((id.clone(), field.to_owned())) {
                        let alert = unknown(
                            "notice-unknown-field",
                            "field of the record the flow works on",
                            field,
                            std::iter::empty(),
                        );
                        found.push(alert.at("pack.json", format!("/notices/{at}/{part}")).on(id));
                    }
                }
            }
        }
    }
}

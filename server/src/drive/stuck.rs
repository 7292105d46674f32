//! Incidents: who administers is told that a flow stands still. Nobody else can help, and nobody would look.

use std::collections::BTreeSet;

use runtime::engine::effect::NoticeText;
use runtime::id::UserId;

use super::explain::{node_titles, titles};
use super::{Running, Work};
use crate::actor::ADMIN;
use crate::error::Error;
use crate::live::Change;
use crate::store::instances::{self, Incident};
use crate::store::notices;

impl Work<'_> {
    /// Tells of new incidents, before they are stored. Where the flow stands still at the same node already, that was told: a
    /// fault that a thousand instances share is told once. What the record says stands nowhere in it.
    pub(super) async fn tell_incidents(&self, running: &Running, new: &[Incident]) -> Result<(), Error> {
        let mut told = BTreeSet::new();
        for it in new {
            if !told.insert(&it.node) || instances::stands_still_at(self.tx, &running.stored.flow, &it.node).await? {
                continue;
            }
            let to: Vec<UserId> = self.directory.holders(&ADMIN.into()).map(|it| it.id.clone()).collect();
            let flow =
                titles(&running.pinned, &format!("flow/{}", running.pinned.flow), &running.pinned.plan.flow().name);
            let node = node_titles(&running.pinned, &it.node);
            let texts: Vec<NoticeText> = WORDS
                .iter()
                .map(|(language, title, body)| NoticeText {
                    language: (*language).to_owned(),
                    title: title.replace("{}", flow.get(*language).map_or("", String::as_str)),
                    body: body.replace("{}", node.get(*language).map_or("", String::as_str)),
                })
                .collect();
            let ids = notices::add(self.tx, &self.at, &to, &texts, "/admin/incidents").await?;
            for (id, user) in ids.into_iter().zip(to) {
                self.tx.tell(Change::Notice { id, user });
            }
        }
        Ok(())
    }
}

/// Language, title and body.
const WORDS: [(&str, &str, &str); 2] = [
    ("en", "“{}” stands still", "It cannot go on at “{}”. The list of incidents says why, and tries again."),
    ("zh-CN", "流程“{}”停住了", "流程在“{}”无法继续。“异常”列表中有原因，处理后可在那里重试。"),
];

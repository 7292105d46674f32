//! Of several records exactly one is chosen ([`runtime::form::Duty`]): what a change asks of the others of its group is
//! done in the transaction of the change. One group is settled by one person at a time.

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use runtime::form::{Duty, Form, FormContext, Writer};
use runtime::id::RecordId;
use runtime::model::module::{Chosen, TriggerEvent};
use serde_json::{Map, Value};

use super::{RecordState, Work};
use crate::actor::Channel;
use crate::error::Error;
use crate::store::records::{self as rows, Stored};
use crate::store::sql::{Query, ident};

/// Others of a group that are looked at to find a successor.
const LOOKED_AT: &str = " ORDER BY n LIMIT 500";

impl Work<'_> {
    /// Does what the change of this record asks of others. `gone`: the record is about to be deleted. Once only.
    pub(crate) async fn settle(&mut self, gone: bool) -> Result<(), Error> {
        if std::mem::replace(&mut self.settled, true) || self.state == RecordState::Gone {
            return Ok(());
        }
        let module = self.module.clone();
        for rule in &module.definition.chosen {
            let before = if self.state == RecordState::New { None } else { Some(&self.before) };
            let after = if gone { None } else { Some(&self.record.data) };
            if before == after {
                continue;
            }
            let duties = self.judged(|form, ctx| form.duties(rule, before, after, ctx));
            for it in &duties {
                let (Duty::Relieve { group } | Duty::Fill { group } | Duty::Succeed { group, .. }) = it;
                rows::lock_group(self.tx, &self.module.table, rule.field.as_str(), group).await?;
            }
            for duty in duties {
                self.duty(rule, duty).await?;
            }
        }
        Ok(())
    }

    async fn duty(&mut self, rule: &Chosen, duty: Duty) -> Result<(), Error> {
        match duty {
            Duty::Relieve { group } => {
                for other in self.group(rule, &group, true).await? {
                    self.mark(&other.id, rule, false).await?;
                }
            }
            Duty::Fill { group } => {
                if self.group(rule, &group, true).await?.is_empty() {
                    self.mark_own(rule).await?;
                }
            }
            Duty::Succeed { group, stays } => {
                for other in self.group(rule, &group, false).await? {
                    let could = self.judged(|form, ctx| form.could_be(&rule.field, &other.data, ctx));
                    if could && self.mark(&other.id, rule, true).await? {
                        return Ok(());
                    }
                }
                if stays && self.given_up.contains(&rule.field) {
                    return Err(nobody_follows(rule));
                }
                if stays {
                    self.mark_own(rule).await?;
                }
            }
        }
        Ok(())
    }

    fn judged<T>(&self, ask: impl FnOnce(&Form, &FormContext) -> T) -> T {
        let ctx = FormContext { now: self.now, user: &self.actor.person, referenced: &self.referenced, record: None };
        ask(&self.module.form, &ctx)
    }

    /// The others of a group that are, or are not, chosen; the oldest first.
    async fn group(&self, rule: &Chosen, group: &str, chosen: bool) -> Result<Vec<Stored>, Error> {
        let table = &self.module.table;
        let (Some(field), Some(among)) = (table.column(rule.field.as_str()), table.column(rule.among.as_str())) else {
            return Ok(Vec::new());
        };
        let mut condition = Query::new(format!("{} = ", ident(&among.name)));
        condition.bind(group).push(" AND id <> ").bind(self.record.id.as_str());
        condition.push(&format!(" AND COALESCE({}, ", ident(&field.name))).bind(false).push(") = ").bind(chosen);
        rows::find_where(self.tx, table, condition, LOOKED_AT).await
    }

    /// Chooses another record, or relieves it. False: it could not be chosen, because of something else that is wrong with it.
    fn mark<'b>(&'b self, id: &'b RecordId, rule: &'b Chosen, chosen: bool) -> BoxFuture<'b, Result<bool, Error>> {
        async move {
            let mut work = Work::open(self.app, self.tx, self.actor, &self.module.key, id).await?;
            work.settled = true;
            work.budget = self.budget.clone();
            match work.accept(&patch(rule, chosen), None, &BTreeMap::new(), Writer::Flow).await {
                Ok(_) => {}
                Err(Error::InvalidFields(_)) if chosen => return Ok(false),
                Err(error) => return Err(error),
            }
            work.by_rule(0);
            // For whoever waits for such a change it is one like any other.
            work.trigger(TriggerEvent::Updated).await?;
            work.finish().await?;
            Ok(true)
        }
        .boxed()
    }

    async fn mark_own(&mut self, rule: &Chosen) -> Result<(), Error> {
        let begun = self.entries.len();
        self.accept(&patch(rule, true), None, &BTreeMap::new(), Writer::Flow).await?;
        if self.state == RecordState::New
            && self.entries.len() > begun
            && let (Some(last), Some(first)) = (self.entries.pop(), self.entries.first_mut())
        {
            first.changes.extend(last.changes);
        }
        self.by_rule(begun);
        Ok(())
    }

    /// Entries from here on say that the rule did it, on the deed of the person.
    fn by_rule(&mut self, from: usize) {
        for it in self.entries.iter_mut().skip(from) {
            it.by = self.actor.id().clone();
            it.channel = Channel::System;
        }
    }
}

fn patch(rule: &Chosen, chosen: bool) -> Map<String, Value> {
    Map::from_iter([(rule.field.0.clone(), Value::Bool(chosen))])
}

fn nobody_follows(rule: &Chosen) -> Error {
    Error::InvalidFields(vec![api::problem::FieldFault {
        pointer: format!("/{}", rule.field),
        code: "nobody-follows".to_owned(),
        message: "there is no other record that could take this over".to_owned(),
        ..Default::default()
    }])
}
